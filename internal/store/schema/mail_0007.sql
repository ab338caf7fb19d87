-- How many conversations of a folder's list lie in each stretch of six days, so
-- that a place deep in a list is found without counting from its top.
CREATE TABLE stretch (
  folder INTEGER NOT NULL,
  at     INTEGER NOT NULL,            -- last_date >> 19
  n      INTEGER NOT NULL,
  PRIMARY KEY (folder, at)
) STRICT, WITHOUT ROWID;
-- Counts the changes of its list, so that what is remembered of that is known to
-- be old.
ALTER TABLE folder ADD COLUMN listed INTEGER NOT NULL DEFAULT 0;
INSERT INTO stretch SELECT folder, last_date >> 19, count(*) FROM folder_thread GROUP BY 1, 2;

DROP TRIGGER folder_thread_insert;
DROP TRIGGER folder_thread_delete;
CREATE TRIGGER folder_thread_insert AFTER INSERT ON folder_thread BEGIN
  UPDATE folder SET threads = threads + 1, listed = listed + 1 WHERE id = NEW.folder;
  INSERT INTO stretch VALUES (NEW.folder, NEW.last_date >> 19, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER folder_thread_delete AFTER DELETE ON folder_thread BEGIN
  UPDATE folder SET threads = threads - 1, listed = listed + 1 WHERE id = OLD.folder;
  UPDATE stretch SET n = n - 1 WHERE folder = OLD.folder AND at = OLD.last_date >> 19;
END;
CREATE TRIGGER stretch_update AFTER UPDATE OF last_date ON folder_thread
WHEN OLD.last_date >> 19 <> NEW.last_date >> 19 BEGIN
  UPDATE folder SET listed = listed + 1 WHERE id = NEW.folder;
  UPDATE stretch SET n = n - 1 WHERE folder = OLD.folder AND at = OLD.last_date >> 19;
  INSERT INTO stretch VALUES (NEW.folder, NEW.last_date >> 19, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
