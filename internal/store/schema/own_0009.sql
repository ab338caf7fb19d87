-- Of which kind is what the user must mend, for those who decide by it and not by its words.
ALTER TABLE outgoing ADD COLUMN blocked_by TEXT NOT NULL DEFAULT '';
