-- Message-IDs and addresses are looked up by a hash: keys in no order of their
-- own, each as long as a line, were half of what a first synchronisation wrote.
-- What is there already is hashed in Go (hashRows).
ALTER TABLE msg ADD COLUMN ident_hash  INTEGER NOT NULL DEFAULT 0; -- of ident
ALTER TABLE msg ADD COLUMN sender_hash INTEGER NOT NULL DEFAULT 0; -- of the first address of sender, in small letters
DROP INDEX msg_ident;
DROP INDEX msg_sender;

-- Every Message-ID seen in a Message-ID, In-Reply-To or References field, as the
-- hash of it and the account.
CREATE TABLE reference (
  hash   INTEGER PRIMARY KEY,
  thread INTEGER NOT NULL
) STRICT;
CREATE INDEX reference_thread ON reference (thread);
