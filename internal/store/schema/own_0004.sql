-- The copy of a draft in the Drafts folder of its server. Each state that is
-- copied has a Message-ID of its own; copies lists those that may be there.
ALTER TABLE draft ADD COLUMN copies TEXT    NOT NULL DEFAULT '[]';
ALTER TABLE draft ADD COLUMN pushed INTEGER NOT NULL DEFAULT 0;  -- "updated" of the state that the last copy has
ALTER TABLE draft ADD COLUMN next   INTEGER NOT NULL DEFAULT 0;  -- not to be copied before
ALTER TABLE draft ADD COLUMN tries  INTEGER NOT NULL DEFAULT 0;

-- Copies that are to go, because their draft was sent or discarded.
CREATE TABLE draft_gone (
  account TEXT    NOT NULL,
  copy    TEXT    NOT NULL,
  next    INTEGER NOT NULL DEFAULT 0,
  tries   INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (account, copy)
) STRICT, WITHOUT ROWID;

-- Earlier states of drafts, and discarded ones, for a day.
CREATE TABLE draft_version (
  id    INTEGER PRIMARY KEY,
  draft INTEGER NOT NULL,
  at    INTEGER NOT NULL,
  gone  INTEGER NOT NULL DEFAULT 0,            -- 1: the draft was discarded
  zstd  BLOB    NOT NULL                       -- JSON; the bytes of attachments lie in draft_data
) STRICT;
CREATE INDEX draft_version_draft ON draft_version (draft, at DESC);
