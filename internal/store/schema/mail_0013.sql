-- An account may keep only what is newest of its folders; the rest stays at the
-- server. Messages below the floor that were found there by a search are kept
-- like any other.
ALTER TABLE folder ADD COLUMN depth TEXT    NOT NULL DEFAULT ''; -- the setting that the floor was chosen by; '': everything
ALTER TABLE folder ADD COLUMN floor INTEGER NOT NULL DEFAULT 0;  -- every message from this UID on is kept; 0: every one
ALTER TABLE folder ADD COLUMN older INTEGER NOT NULL DEFAULT 0;  -- messages that the server has and that are not here
ALTER TABLE folder ADD COLUMN more  INTEGER NOT NULL DEFAULT 0;  -- older messages that the user asks for

-- A CREATE whose answer is lost may have been carried out, and the user may have
-- renamed the folder since.
ALTER TABLE folder ADD COLUMN making TEXT NOT NULL DEFAULT ''; -- the name under which the server was told to make it; '': it was not
