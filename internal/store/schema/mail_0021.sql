-- Whose mailbox the mirror is of, as the syncer names it: UIDs, and what waits to be
-- done to them, mean nothing in another one. '' where it is not known yet.
ALTER TABLE account_state ADD COLUMN mailbox TEXT NOT NULL DEFAULT '';
