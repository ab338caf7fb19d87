-- Up to which id every message of a folder that can be fetched is here, so that
-- the others are not looked for among all there are. A message that comes to be
-- fetched, or loses its text, sets it back.
ALTER TABLE folder ADD COLUMN bodied INTEGER NOT NULL DEFAULT 0;
CREATE TRIGGER msg_unbodied AFTER UPDATE OF folder, srv_folder, srv_uid ON msg
WHEN NEW.srv_uid IS NOT NULL AND NEW.folder = NEW.srv_folder AND NOT EXISTS (SELECT 1 FROM body WHERE msg = NEW.id) BEGIN
  UPDATE folder SET bodied = NEW.id - 1 WHERE id = NEW.folder AND bodied >= NEW.id;
END;
CREATE TRIGGER body_unbodied AFTER DELETE ON body BEGIN
  UPDATE folder SET bodied = OLD.msg - 1 WHERE id = (SELECT folder FROM msg WHERE id = OLD.msg) AND bodied >= OLD.msg;
END;
