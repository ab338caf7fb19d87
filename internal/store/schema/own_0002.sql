-- When next_attempt was planned: a clock that stands before it was set back, and
-- the wait counts for nothing.
ALTER TABLE outgoing ADD COLUMN planned INTEGER NOT NULL DEFAULT 0;

-- Who is still to be sent to, in the order in which messages were queued.
CREATE INDEX recipient_pending ON recipient (outgoing) WHERE state = 'pending';
CREATE INDEX recipient_unsure ON recipient (outgoing) WHERE state = 'unsure';

-- The start of the machine in which the message was handed over in a batch; the
-- file of turns of that start tells whether its turn came.
ALTER TABLE attempt ADD COLUMN boot TEXT NOT NULL DEFAULT '';

-- Until when the server is asked to hold the message back (RFC 4865); 0: not.
ALTER TABLE outgoing ADD COLUMN release INTEGER NOT NULL DEFAULT 0;
