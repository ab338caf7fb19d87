-- What was sent to the server and not answered yet may have been done or not.
ALTER TABLE msg ADD COLUMN moving INTEGER NOT NULL DEFAULT 0;  -- the folder it may have reached; 0: none
ALTER TABLE msg ADD COLUMN doubt  TEXT    NOT NULL DEFAULT ''; -- flags that may be there or not

-- Messages with a greater id have come since the last complete round.
ALTER TABLE account_state ADD COLUMN horizon INTEGER NOT NULL DEFAULT 0;

-- A message that vanished waits here, with folder and srv_folder 0, until the
-- round is over: another client may have moved it to a folder not pulled yet.
CREATE INDEX msg_limbo ON msg (account, ident) WHERE folder = 0 AND srv_folder = 0;
