-- What the user wants of single messages and no server keeps: when one comes
-- back, which are pinned, whose conversations are muted. Messages are named by
-- their ident, which outlives the mirror.
CREATE TABLE mark (
  account TEXT    NOT NULL,
  kind    TEXT    NOT NULL,              -- snooze, remind, pin, mute
  ident   TEXT    NOT NULL,
  at      INTEGER NOT NULL DEFAULT 0,    -- when it is due, Unix milliseconds
  origin  TEXT    NOT NULL DEFAULT '',   -- the folder to return to
  PRIMARY KEY (account, kind, ident)
) STRICT, WITHOUT ROWID;
CREATE INDEX mark_due ON mark (at) WHERE at > 0;

CREATE TABLE saved_search (
  name     TEXT PRIMARY KEY COLLATE NOCASE,
  query    TEXT    NOT NULL,
  position INTEGER NOT NULL
) STRICT;

CREATE TABLE searched (
  query TEXT PRIMARY KEY,
  at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- How the user wants to see a folder.
CREATE TABLE folder_view (
  account   TEXT    NOT NULL,
  name      TEXT    NOT NULL,
  favourite INTEGER NOT NULL DEFAULT 0,
  position  INTEGER NOT NULL DEFAULT 0,  -- 0: by its name
  sort      TEXT    NOT NULL DEFAULT '',
  single    INTEGER NOT NULL DEFAULT 0,  -- messages instead of conversations
  rows      TEXT    NOT NULL DEFAULT '', -- comfortable, compact; '' as elsewhere
  notify    TEXT    NOT NULL DEFAULT '', -- on, off; '' as configured
  PRIMARY KEY (account, name)
) STRICT, WITHOUT ROWID;
