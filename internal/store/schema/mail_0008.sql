-- The index is written in pieces of a whole transaction's words, and merged
-- less often: merging was most of what a first synchronisation did.
INSERT INTO words (words, rank) VALUES ('hashsize', 8388608);
INSERT INTO words (words, rank) VALUES ('automerge', 8);

-- Which messages have bodies is asked without going through the bodies.
CREATE INDEX body_msg ON body (msg);
