-- 1: only what postea has written under this Message-ID is to go.
ALTER TABLE draft_gone ADD COLUMN marked INTEGER NOT NULL DEFAULT 0;
