-- What only the whole list of a folder can place, and what may have been moved.
CREATE INDEX msg_unplaced ON msg (srv_folder, folder) WHERE srv_uid IS NULL;
CREATE INDEX msg_moving ON msg (moving) WHERE moving <> 0;

-- Messages are counted by who adds them, many at a time.
DROP TRIGGER msg_insert;
