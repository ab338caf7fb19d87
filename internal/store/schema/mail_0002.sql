-- A message copied on a server without MOVE may be there although no answer came.
ALTER TABLE msg ADD COLUMN copying INTEGER NOT NULL DEFAULT 0; -- the folder it may have reached

-- Messages with a greater id have come since the last complete round.
ALTER TABLE account_state ADD COLUMN horizon INTEGER NOT NULL DEFAULT 0;

-- A message that vanished waits here, with folder and srv_folder 0, until the
-- round is over: another client may have moved it to a folder not pulled yet.
CREATE INDEX msg_limbo ON msg (account, ident) WHERE folder = 0 AND srv_folder = 0;
