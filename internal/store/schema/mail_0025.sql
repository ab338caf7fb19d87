-- Whether the last list left a folder out that was spared for once: the round after that
-- may be another process's.
ALTER TABLE folder ADD COLUMN missed INTEGER NOT NULL DEFAULT 0;
