-- own.db: what exists nowhere else. Full synchronisation.

CREATE TABLE draft (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  account TEXT    NOT NULL,
  json    TEXT    NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL
) STRICT;
-- Attachments that are not files: taken over from forwarded mail or a pipe.
CREATE TABLE draft_data (
  draft INTEGER NOT NULL,
  hash  TEXT    NOT NULL,
  zstd  BLOB    NOT NULL,
  PRIMARY KEY (draft, hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE outgoing (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  account      TEXT    NOT NULL,
  created      INTEGER NOT NULL,              -- Unix milliseconds, as all times here
  not_before   INTEGER NOT NULL DEFAULT 0,
  hold_reason  TEXT    NOT NULL DEFAULT '',
  next_attempt INTEGER NOT NULL DEFAULT 0,
  attempts     INTEGER NOT NULL DEFAULT 0,
  message_id   TEXT    NOT NULL,
  envid        TEXT    NOT NULL,
  env_from     TEXT    NOT NULL,
  from_header  TEXT    NOT NULL,              -- JSON address
  to_header    TEXT    NOT NULL,              -- JSON list of addresses
  subject      TEXT    NOT NULL,
  size         INTEGER NOT NULL,
  eight_bit    INTEGER NOT NULL,
  utf8         INTEGER NOT NULL,
  blocked      TEXT    NOT NULL DEFAULT '',
  cancelled    INTEGER NOT NULL DEFAULT 0,
  sending      INTEGER NOT NULL DEFAULT 0,
  copy         TEXT    NOT NULL DEFAULT 'none',
  copy_next    INTEGER NOT NULL DEFAULT 0,
  copy_tries   INTEGER NOT NULL DEFAULT 0,
  queue_id     TEXT    NOT NULL DEFAULT '',
  last_text    TEXT    NOT NULL DEFAULT '',
  reports_open INTEGER NOT NULL DEFAULT 0,
  replaces     INTEGER NOT NULL DEFAULT 0,
  replaced_by  INTEGER NOT NULL DEFAULT 0,
  answers      TEXT    NOT NULL DEFAULT '',   -- Message-ID to be marked \Answered
  forwards     TEXT    NOT NULL DEFAULT '',   -- Message-ID to be marked $Forwarded
  parent_done  INTEGER NOT NULL DEFAULT 0,
  unsure_since INTEGER NOT NULL DEFAULT 0,
  reconciled   INTEGER NOT NULL DEFAULT 0,
  accepted     INTEGER NOT NULL DEFAULT 0,    -- when the first recipient was
  finished     INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX outgoing_open ON outgoing (account) WHERE finished = 0;
CREATE INDEX outgoing_mid ON outgoing (message_id);
CREATE INDEX outgoing_created ON outgoing (created DESC);

CREATE TABLE content (
  outgoing INTEGER PRIMARY KEY,
  wire     BLOB NOT NULL,                     -- zstd: the bytes that go over the wire
  bcc      BLOB NOT NULL,                     -- header lines in front of the Sent copy
  draft    TEXT NOT NULL                      -- JSON of the draft, to edit it again
) STRICT;
CREATE TABLE content_data (
  outgoing INTEGER NOT NULL,
  hash     TEXT    NOT NULL,
  zstd     BLOB    NOT NULL,
  PRIMARY KEY (outgoing, hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE recipient (
  outgoing INTEGER NOT NULL,
  n        INTEGER NOT NULL,
  address  TEXT    NOT NULL,
  state    TEXT    NOT NULL DEFAULT 'pending',
  source   TEXT    NOT NULL DEFAULT '',
  code     INTEGER NOT NULL DEFAULT 0,
  enhanced TEXT    NOT NULL DEFAULT '',
  text     TEXT    NOT NULL DEFAULT '',
  settled  INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (outgoing, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE attempt (
  outgoing   INTEGER NOT NULL,
  n          INTEGER NOT NULL,
  started    INTEGER NOT NULL,
  ended      INTEGER NOT NULL DEFAULT 0,
  server     TEXT    NOT NULL DEFAULT '',
  tls        TEXT    NOT NULL DEFAULT '',
  committed  INTEGER NOT NULL DEFAULT 0,
  outcome    TEXT    NOT NULL DEFAULT '',
  transcript BLOB    NOT NULL DEFAULT x'',    -- zstd of JSON
  PRIMARY KEY (outgoing, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE journey (
  id       INTEGER PRIMARY KEY,
  outgoing INTEGER NOT NULL,
  at       INTEGER NOT NULL,
  kind     TEXT    NOT NULL,
  text     TEXT    NOT NULL,
  detail   TEXT    NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX journey_outgoing ON journey (outgoing, id);

-- Delivery reports already counted, so that none is applied twice.
CREATE TABLE report_seen (
  ident TEXT PRIMARY KEY,
  at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What was learned about a server: whether it files sent copies itself, and so on.
CREATE TABLE learned (
  server TEXT NOT NULL,
  key    TEXT NOT NULL,
  value  TEXT NOT NULL,
  at     INTEGER NOT NULL,
  PRIMARY KEY (server, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE contact (
  address TEXT PRIMARY KEY COLLATE NOCASE,
  name    TEXT    NOT NULL DEFAULT '',
  sent    INTEGER NOT NULL DEFAULT 0,
  seen    INTEGER NOT NULL DEFAULT 0,
  last    INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
