-- The lists of folders that somebody wants in another order than newest first:
-- sorting a folder for each page would take longer the more it holds. Rows are
-- made when a folder is first listed so, and kept from then on; folders without
-- such a wish cost nothing.
CREATE TABLE arranged (
  folder INTEGER NOT NULL,
  thread INTEGER NOT NULL,
  msg    INTEGER NOT NULL,            -- the message that is shown
  key    ANY     NOT NULL,            -- ascending: sender, subject, size …
  at     INTEGER NOT NULL,            -- then this
  tie    INTEGER NOT NULL,            -- then this
  PRIMARY KEY (folder, thread, msg)
) STRICT, WITHOUT ROWID;
CREATE INDEX arranged_order ON arranged (folder, key, at, tie);

ALTER TABLE folder ADD COLUMN arranged    TEXT    NOT NULL DEFAULT ''; -- the order of its rows there; '': it has none
ALTER TABLE folder ADD COLUMN arranged_to INTEGER NOT NULL DEFAULT 0;  -- the rows of threads up to this one have been made
CREATE INDEX folder_arranged ON folder (arranged) WHERE arranged <> '';
CREATE TRIGGER folder_unarrange AFTER DELETE ON folder BEGIN
  DELETE FROM arranged WHERE folder = OLD.id;
END;

-- The newest message that a notice on the desktop was shown for: of the processes
-- that see it come, one shows it.
CREATE TABLE told (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  msg INTEGER NOT NULL
) STRICT;
INSERT INTO told VALUES (1, 0);
