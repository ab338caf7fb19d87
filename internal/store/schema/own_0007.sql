-- Since when a message is tried, without what it waited for a time of day or for the
-- user; 0: not yet. What is given up is counted from here.
ALTER TABLE outgoing ADD COLUMN tried INTEGER NOT NULL DEFAULT 0;
UPDATE outgoing SET tried = (SELECT coalesce(min(started), 0) FROM attempt WHERE outgoing = id) WHERE finished = 0;
