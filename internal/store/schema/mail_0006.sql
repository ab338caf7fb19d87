-- Where a list shows a message other than by its date: brought up again at a
-- time, or pinned (pinBase more than the date). 0: by its date.
ALTER TABLE msg ADD COLUMN lift    INTEGER NOT NULL DEFAULT 0;
-- The conversation is muted: what comes to it skips the inbox.
ALTER TABLE msg ADD COLUMN muted   INTEGER NOT NULL DEFAULT 0;
-- The message of which the server is still to make this copy; 0: none.
ALTER TABLE msg ADD COLUMN copy_of INTEGER NOT NULL DEFAULT 0;
CREATE INDEX msg_lift  ON msg (account, ident) WHERE lift <> 0;
CREATE INDEX msg_muted ON msg (thread)         WHERE muted = 1;

-- As of messages, what the user sees of a folder (name, gone, subscribed) and
-- what the server is known to have; the difference is the pending operation.
ALTER TABLE folder ADD COLUMN srv_name       TEXT    NOT NULL DEFAULT '';
ALTER TABLE folder ADD COLUMN gone           INTEGER NOT NULL DEFAULT 0;
ALTER TABLE folder ADD COLUMN subscribed     INTEGER NOT NULL DEFAULT 1;
ALTER TABLE folder ADD COLUMN srv_subscribed INTEGER NOT NULL DEFAULT 1;
ALTER TABLE folder ADD COLUMN made           INTEGER NOT NULL DEFAULT 0; -- 1: to be made on the server though nothing is in it
UPDATE folder SET srv_name = name WHERE remote = 1;

-- What an undo step takes back besides places and flags: JSON.
ALTER TABLE undo ADD COLUMN more TEXT NOT NULL DEFAULT '{}';

-- Of the account's mailbox, RFC 9208, in bytes; room 0: not known.
ALTER TABLE account_state ADD COLUMN used INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account_state ADD COLUMN room INTEGER NOT NULL DEFAULT 0;
