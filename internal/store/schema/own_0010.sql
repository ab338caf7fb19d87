-- Whether the server keeps the mark of copies, so that what has none there is of another program.
ALTER TABLE draft      ADD COLUMN marked INTEGER NOT NULL DEFAULT 0;
ALTER TABLE draft_gone ADD COLUMN marked INTEGER NOT NULL DEFAULT 0;  -- 1: only what postea has written under this Message-ID is to go
