-- The name of a folder that lasts whatever it is called (RFC 8474): one that was
-- renamed elsewhere is the same folder.
ALTER TABLE folder ADD COLUMN lasting TEXT NOT NULL DEFAULT ''; -- '': the server gives none
