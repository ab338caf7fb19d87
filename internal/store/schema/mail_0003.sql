-- The index of words. Its rows are numbered by date (msg.doc), so that the
-- newest hits come first without sorting, and a range of dates is a range of
-- rows. The words are made by internal/query, hence the plain tokenizer.
CREATE VIRTUAL TABLE words USING fts5(
  sender, rcpt, cc, subject, files, list, body, tag,
  content='', contentless_delete=1, tokenize='ascii', prefix='2');

-- Of each second four rows can be numbered; others are displaced to later ones.
ALTER TABLE msg ADD COLUMN doc  INTEGER;                    -- row of words: date * 4 + n; NULL: in none yet
ALTER TABLE msg ADD COLUMN list TEXT NOT NULL DEFAULT '';   -- List-Id
CREATE UNIQUE INDEX msg_doc      ON msg (doc)         WHERE doc IS NOT NULL;
CREATE INDEX msg_displaced       ON msg (date, doc)   WHERE doc >> 2 <> date;
CREATE INDEX msg_folder_doc      ON msg (folder, doc);
CREATE INDEX msg_unread          ON msg (doc)         WHERE seen = 0;
CREATE INDEX msg_marked          ON msg (doc, flags)  WHERE flags <> '' AND flags <> '\Seen';

-- Messages whose words are to be written anew.
CREATE TABLE reindex (msg INTEGER PRIMARY KEY) STRICT;
INSERT INTO reindex SELECT id FROM msg WHERE thread <> 0;

CREATE TRIGGER msg_unindex AFTER DELETE ON msg BEGIN
  DELETE FROM words WHERE rowid = OLD.doc;
  DELETE FROM reindex WHERE msg = OLD.id;
END;

-- How many conversations a list holds, so that its pages need not count them.
ALTER TABLE folder ADD COLUMN threads INTEGER NOT NULL DEFAULT 0;
UPDATE folder SET threads = (SELECT count(*) FROM folder_thread WHERE folder = folder.id);
CREATE TRIGGER folder_thread_insert AFTER INSERT ON folder_thread BEGIN
  UPDATE folder SET threads = threads + 1 WHERE id = NEW.folder;
END;
CREATE TRIGGER folder_thread_delete AFTER DELETE ON folder_thread BEGIN
  UPDATE folder SET threads = threads - 1 WHERE id = OLD.folder;
END;
