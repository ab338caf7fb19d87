-- mail.db: the mirror. It can be rebuilt from the servers.

CREATE TABLE folder (
  id            INTEGER PRIMARY KEY,
  account       TEXT    NOT NULL,
  name          TEXT    NOT NULL,             -- decoded, levels parted by /
  wire          TEXT    NOT NULL,             -- as the server names it
  role          TEXT    NOT NULL DEFAULT '',
  selectable    INTEGER NOT NULL DEFAULT 1,
  remote        INTEGER NOT NULL DEFAULT 1,   -- 0: to be created on the server
  uidvalidity   INTEGER NOT NULL DEFAULT 0,
  uidnext       INTEGER NOT NULL DEFAULT 0,   -- of the last complete pull
  modseq        INTEGER NOT NULL DEFAULT 0,
  complete      INTEGER NOT NULL DEFAULT 0,   -- 1: every message up to uidnext is here
  total         INTEGER NOT NULL DEFAULT 0,   -- kept by the triggers below
  unread        INTEGER NOT NULL DEFAULT 0,
  UNIQUE (account, name)
) STRICT;

-- A message has two places and two sets of flags: what the user sees (folder,
-- flags) and what the server is known to have (srv_folder, srv_uid, srv_flags).
-- Where they differ the row is dirty, and the difference is the pending
-- operation. Undo is setting the first back; a pull merges into it.
CREATE TABLE msg (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  account     TEXT    NOT NULL,
  folder      INTEGER NOT NULL,               -- 0: deleted for good by the user
  flags       TEXT    NOT NULL DEFAULT '',    -- sorted, parted by blanks
  srv_folder  INTEGER NOT NULL,               -- 0: gone from the server
  srv_uid     INTEGER,                        -- NULL: there, UID not known yet
  srv_flags   TEXT    NOT NULL DEFAULT '',
  dirty       INTEGER NOT NULL DEFAULT 0,
  seen        INTEGER NOT NULL DEFAULT 0,
  flagged     INTEGER NOT NULL DEFAULT 0,
  ident       TEXT    NOT NULL,               -- Message-ID, or a hash of the header
  message_id  TEXT    NOT NULL DEFAULT '',
  thread      INTEGER NOT NULL,
  date        INTEGER NOT NULL,               -- Unix seconds, Date or else INTERNALDATE
  internal    INTEGER NOT NULL DEFAULT 0,
  sender      TEXT    NOT NULL DEFAULT '[]',  -- JSON lists of addresses
  rcpt        TEXT    NOT NULL DEFAULT '[]',
  cc          TEXT    NOT NULL DEFAULT '[]',
  subject     TEXT    NOT NULL DEFAULT '',
  size        INTEGER NOT NULL DEFAULT 0,
  attachments TEXT    NOT NULL DEFAULT '[]',  -- JSON list
  attached    INTEGER NOT NULL DEFAULT 0,     -- how many of them are not inline
  snippet     TEXT    NOT NULL DEFAULT '',
  wanted      INTEGER NOT NULL DEFAULT 0      -- 1: the user waits for the body
) STRICT;
CREATE UNIQUE INDEX msg_srv    ON msg (srv_folder, srv_uid) WHERE srv_uid IS NOT NULL;
CREATE INDEX msg_thread        ON msg (thread, folder);
CREATE INDEX msg_ident         ON msg (account, ident);
CREATE INDEX msg_folder_date   ON msg (folder, date DESC, id DESC);
CREATE INDEX msg_dirty         ON msg (account) WHERE dirty = 1;
CREATE INDEX msg_wanted        ON msg (account) WHERE wanted = 1;
CREATE INDEX msg_flagged       ON msg (flagged, date DESC) WHERE flagged = 1;

CREATE TABLE body (
  msg  INTEGER PRIMARY KEY,
  size INTEGER NOT NULL,
  zstd BLOB    NOT NULL
) STRICT;

CREATE TABLE thread (id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL) STRICT;
-- Every Message-ID seen in a Message-ID, In-Reply-To or References field.
CREATE TABLE mid (
  account TEXT    NOT NULL,
  mid     TEXT    NOT NULL,
  thread  INTEGER NOT NULL,
  PRIMARY KEY (account, mid)
) STRICT, WITHOUT ROWID;
CREATE INDEX mid_thread ON mid (thread);

-- What a list shows: one row per conversation and folder.
CREATE TABLE folder_thread (
  folder      INTEGER NOT NULL,
  thread      INTEGER NOT NULL,
  last_date   INTEGER NOT NULL,
  last_msg    INTEGER NOT NULL,
  n           INTEGER NOT NULL,
  unread      INTEGER NOT NULL,
  flagged     INTEGER NOT NULL,
  attachments INTEGER NOT NULL,
  PRIMARY KEY (folder, thread)
) STRICT, WITHOUT ROWID;
CREATE INDEX folder_thread_date ON folder_thread (folder, last_date DESC, thread DESC);
CREATE INDEX folder_thread_flagged ON folder_thread (flagged, last_date DESC) WHERE flagged > 0;

CREATE TABLE undo (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  label   TEXT    NOT NULL,
  created INTEGER NOT NULL,
  items   TEXT    NOT NULL                    -- JSON: message, folder and flags before and after
) STRICT;

CREATE TABLE account_state (
  account TEXT PRIMARY KEY,
  synced  INTEGER NOT NULL DEFAULT 0          -- end of the last complete round
) STRICT, WITHOUT ROWID;

CREATE TRIGGER msg_insert AFTER INSERT ON msg BEGIN
  UPDATE folder SET total = total + 1, unread = unread + 1 - NEW.seen WHERE id = NEW.folder;
END;
CREATE TRIGGER msg_delete AFTER DELETE ON msg BEGIN
  UPDATE folder SET total = total - 1, unread = unread - 1 + OLD.seen WHERE id = OLD.folder;
  DELETE FROM body WHERE msg = OLD.id;
END;
CREATE TRIGGER msg_update AFTER UPDATE OF folder, seen ON msg
WHEN OLD.folder <> NEW.folder OR OLD.seen <> NEW.seen BEGIN
  UPDATE folder SET total = total - 1, unread = unread - 1 + OLD.seen WHERE id = OLD.folder;
  UPDATE folder SET total = total + 1, unread = unread + 1 - NEW.seen WHERE id = NEW.folder;
END;
