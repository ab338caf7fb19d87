-- What the names of one's own folders begin with at the server ('INBOX/' on some, on most
-- nothing): a folder that is to be made or renamed has the name under which it will be
-- listed.
ALTER TABLE account_state ADD COLUMN prefix TEXT NOT NULL DEFAULT '';
