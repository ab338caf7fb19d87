-- Words that are gathered for a large piece of the index are written later than what
-- they are of: who asks for a message to be indexed anew meanwhile counts up, so that
-- what was gathered before is known to be old.
ALTER TABLE reindex ADD COLUMN wish INTEGER NOT NULL DEFAULT 0;
-- Those pieces are merged while nothing happens (TidyIndex), and never at once.
INSERT INTO words (words, rank) VALUES ('crisismerge', 1999);
