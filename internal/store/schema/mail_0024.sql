-- Which of two steps was the last is told within a second too: what else can be undone lies
-- in the other file.
UPDATE undo SET created = created * 1000;
