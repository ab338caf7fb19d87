-- Up to where the rules of the user have been asked about what comes to an inbox: messages
-- that are here by then (msg), or that lay at the server by then (uid), are not new to them.
CREATE TABLE ruled (folder INTEGER PRIMARY KEY, msg INTEGER NOT NULL, uid INTEGER NOT NULL, uidvalidity INTEGER NOT NULL) STRICT;

-- Copies that the user has put into an inbox since.
CREATE TABLE unruly (msg INTEGER PRIMARY KEY) STRICT;

-- Its number may become that of another folder.
CREATE TRIGGER folder_unruled AFTER DELETE ON folder BEGIN
  DELETE FROM ruled WHERE folder = OLD.id;
END;
