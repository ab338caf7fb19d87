-- Whether somebody has written before is asked whenever a message is opened.
CREATE INDEX msg_sender ON msg (lower(json_extract(sender, '$[0].address')));
