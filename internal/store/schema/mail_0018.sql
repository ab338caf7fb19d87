-- The last message that the first round of an account brought: what comes later has
-- arrived.
ALTER TABLE account_state ADD COLUMN begun INTEGER NOT NULL DEFAULT 0;
UPDATE account_state SET begun = horizon;
