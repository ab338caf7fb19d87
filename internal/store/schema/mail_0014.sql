-- What is merged on request (TidyIndex) is merged as soon as two pieces of the
-- index are of about the same size: each word is looked up in every piece.
INSERT INTO words (words, rank) VALUES ('usermerge', 2);
