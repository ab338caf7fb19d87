-- Which failures nobody has dealt with is asked for each page of a Sent folder.
CREATE INDEX recipient_failed ON recipient (outgoing) WHERE state = 'failed' AND settled = 0;
