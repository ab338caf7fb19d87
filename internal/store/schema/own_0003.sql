-- Address book: what the user put there, and what is not to be offered.
ALTER TABLE contact ADD COLUMN kept   INTEGER NOT NULL DEFAULT 0;
ALTER TABLE contact ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0;

CREATE TABLE contact_group (
  name    TEXT PRIMARY KEY COLLATE NOCASE,
  members TEXT NOT NULL                        -- JSON list of addresses
) STRICT, WITHOUT ROWID;
