-- When next_attempt was planned: a clock that stands before it was set back, and
-- the wait counts for nothing.
ALTER TABLE outgoing ADD COLUMN planned INTEGER NOT NULL DEFAULT 0;
