-- Pieces of the index are merged while nothing else happens (TidyIndex), and never while
-- they are written: a first synchronisation wrote its words several times over.
INSERT INTO words (words, rank) VALUES ('automerge', 0);
