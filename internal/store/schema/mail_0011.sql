-- The index of words knows beginnings of three letters and not of two: those of
-- common words stand for too many messages to be gathered for each search, while
-- two letters are looked for by the threes that begin with them. So that it grows
-- no larger its rows are numbered closer: of each second two can be.
DROP TABLE words;
CREATE VIRTUAL TABLE words USING fts5(
  sender, rcpt, cc, subject, files, list, body, tag,
  content='', contentless_delete=1, tokenize='ascii', prefix='3');
INSERT INTO words (words, rank) VALUES ('hashsize', 8388608);
INSERT INTO words (words, rank) VALUES ('automerge', 8);
CREATE VIRTUAL TABLE words_terms USING fts5vocab(words, 'instance');

DROP INDEX msg_displaced;
UPDATE msg SET doc = NULL WHERE doc IS NOT NULL;
CREATE INDEX msg_displaced ON msg (date, doc) WHERE doc >> 1 <> date;
INSERT OR IGNORE INTO reindex SELECT id FROM msg WHERE thread <> 0;
