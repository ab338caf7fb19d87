-- How the server says that a large message is built, by which it is fetched in
-- parts. Only the syncer reads it.
CREATE TABLE structure (
  msg  INTEGER PRIMARY KEY,
  body TEXT NOT NULL
) STRICT;

-- A large message without the parts that were left at the server. It is never
-- given for the message itself, which is in body once it is here, and this gone.
CREATE TABLE partial (
  msg  INTEGER PRIMARY KEY,
  away TEXT NOT NULL,                 -- JSON list of the parts that are not in it
  zstd BLOB NOT NULL
) STRICT;

-- The parts of messages that somebody asked for; path '' is all of the message.
CREATE TABLE part (
  msg    INTEGER NOT NULL,
  path   TEXT    NOT NULL,
  size   INTEGER NOT NULL,            -- as it is encoded, by the server; 0: not known
  got    INTEGER NOT NULL DEFAULT 0,  -- how much of it is here, from its beginning on
  done   INTEGER NOT NULL DEFAULT 0,
  wanted INTEGER NOT NULL DEFAULT 0,
  used   INTEGER NOT NULL DEFAULT 0,  -- when it was asked for or grew
  failed TEXT    NOT NULL DEFAULT '', -- why it could not be had, in words
  PRIMARY KEY (msg, path)
) STRICT, WITHOUT ROWID;
CREATE INDEX part_wanted ON part (used) WHERE wanted = 1;
CREATE TABLE chunk (
  msg  INTEGER NOT NULL,
  path TEXT    NOT NULL,
  at   INTEGER NOT NULL,
  zstd BLOB    NOT NULL,
  PRIMARY KEY (msg, path, at)
) STRICT;

CREATE TRIGGER msg_unpart AFTER DELETE ON msg BEGIN
  DELETE FROM structure WHERE msg = OLD.id;
  DELETE FROM partial WHERE msg = OLD.id;
  DELETE FROM part WHERE msg = OLD.id;
END;
CREATE TRIGGER part_unchunk AFTER DELETE ON part BEGIN
  DELETE FROM chunk WHERE msg = OLD.msg AND path = OLD.path;
END;
