-- Which draft a message was made of: a second window that has it open still is not
-- to send it once more without a word.
ALTER TABLE outgoing ADD COLUMN draft INTEGER NOT NULL DEFAULT 0;
CREATE INDEX outgoing_draft ON outgoing (draft) WHERE draft <> 0;
