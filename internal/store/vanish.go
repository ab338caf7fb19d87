package store

import (
	"context"
	"database/sql"
	"errors"

	"postea/internal/event"
	"postea/internal/mail"
)

// Vanished takes messages away that the server no longer has in the folder. One
// that the user moved elsewhere stays until the pull of its new folder knows
// whether the move was done; one that another client moved keeps its id if its
// new folder is pulled before RoundDone.
func (s *Store) Vanished(ctx context.Context, folder mail.FolderID, uids []mail.UID) error {
	if len(uids) == 0 {
		return nil
	}
	return s.writeMail(ctx, "removing messages", func(t *txn) error {
		for _, uid := range uids {
			m, err := t.findMsg(`srv_folder = ? AND srv_uid = ?`, folder, uid)
			if errors.Is(err, ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			if err := t.gone(m); err != nil {
				return err
			}
		}
		return nil
	})
}

// gone takes a message away that the server no longer has where it was.
func (t *txn) gone(m msgRow) error {
	switch {
	case m.moving != 0 && m.moving != m.srvFolder:
		// A move without an answer was done after all, whatever the user wants
		// by now. The pull of that folder finds it, or not.
		before := m
		m.srvFolder, m.srvUID, m.moving = m.moving, sql.NullInt64{}, 0
		return t.save(before, m)
	case m.folder == 0: // deleted by the user, and now by the server
		return t.exec(`DELETE FROM msg WHERE id = ?`, m.id)
	case m.folder != m.srvFolder:
		// Our own move may have been done unseen, and its target may have been
		// pulled before.
		twin, err := t.twin(m, `AND folder = ?`, m.folder)
		if !errors.Is(err, ErrNotFound) {
			return t.absorb(m, twin, err)
		}
		before := m
		m.srvFolder, m.srvUID, m.moving = 0, sql.NullInt64{}, 0
		return t.save(before, m)
	}
	twin, err := t.twin(m, `AND id > coalesce((SELECT horizon FROM account_state WHERE account = ?), 0)`, m.account)
	if !errors.Is(err, ErrNotFound) {
		return t.absorb(m, twin, err)
	}
	return t.limbo(m)
}

// limbo hides a message until the end of the round, lest it be only moved.
func (t *txn) limbo(m msgRow) error {
	before := m
	m.folder, m.srvFolder, m.srvUID, m.moving = 0, 0, sql.NullInt64{}, 0
	n, err := t.changed(`UPDATE msg SET wanted = 0 WHERE id = ? AND wanted = 1`, m.id)
	if err != nil {
		return err
	}
	const why = "the message is no longer in its folder"
	if n > 0 {
		t.emit(event.BodyArrived{ID: m.id, Failed: why})
	}
	if n, err = t.changed(`UPDATE part SET wanted = 0, failed = ? WHERE msg = ? AND wanted = 1`, why, m.id); err != nil {
		return err
	}
	if n > 0 {
		t.emit(event.PartsChanged{ID: m.id})
	}
	return t.save(before, m)
}

// twin finds the row that the same message got when a pull saw it in another
// folder before it vanished from its old one.
func (t *txn) twin(m msgRow, where string, args ...any) (msgRow, error) {
	return t.findMsg(`(ident_hash, account, ident, size) = (SELECT ident_hash, account, ident, size FROM msg WHERE id = ?) AND id > ?
		AND dirty = 0 AND folder <> 0 AND srv_uid IS NOT NULL `+where+` ORDER BY id`, append([]any{m.id, m.id}, args...)...)
}

// absorb lets m go on in the place of its twin, which keeps the id of m.
func (t *txn) absorb(m, twin msgRow, err error) error {
	if err != nil {
		return err
	}
	if err := t.inherit(m.id, twin.id); err != nil {
		return err
	}
	if err := t.dropTwin(twin); err != nil {
		return err
	}
	before := m
	m.heard(twin.srvFlags)
	m.folder, m.srvFolder, m.srvUID, m.moving = twin.folder, twin.srvFolder, twin.srvUID, 0
	return t.save(before, m)
}

// inherit gives a message what is here of the text of another row of it, unless it has that.
func (t *txn) inherit(id, from mail.ID) error {
	n, err := t.changed(`UPDATE OR IGNORE body SET msg = ? WHERE msg = ?`, id, from)
	if err != nil {
		return err
	}
	if n > 0 {
		if err := t.whole(id); err != nil {
			return err
		}
	} else if n, err = t.changed(`INSERT OR IGNORE INTO partial (msg, away, zstd) SELECT ?1, away, zstd FROM partial
		WHERE msg = ?2 AND NOT EXISTS (SELECT 1 FROM body WHERE msg = ?1)`, id, from); err != nil {
		return err
	}
	if n == 0 {
		return nil
	}
	// With its snippet; its words are read again.
	if err := t.exec(`UPDATE msg SET (snippet, attachments, attached) = (SELECT snippet, attachments, attached FROM msg WHERE id = ?) WHERE id = ?`, from, id); err != nil {
		return err
	}
	return t.exec(wishQuery, id)
}

// bequeath lets what was here of messages that are gone for good go on with their copies,
// as when a label was taken off at the server.
func (t *txn) bequeath(account string) error {
	rows, err := t.QueryContext(t.ctx, `SELECT msg.id, copy.id FROM msg INDEXED BY msg_limbo JOIN msg AS copy ON `+copyOfMsg+`
		WHERE msg.account = ? AND msg.folder = 0 AND msg.srv_folder = 0 ORDER BY msg.id, copy.id`, account)
	if err != nil {
		return err
	}
	list, err := collect(rows, func() (pair [2]mail.ID, err error) { return pair, rows.Scan(&pair[0], &pair[1]) })
	if err != nil {
		return err
	}
	for _, pair := range list {
		if err := t.inherit(pair[1], pair[0]); err != nil {
			return err
		}
	}
	return nil
}

func (t *txn) dropTwin(twin msgRow) error {
	t.touch(twin.folder, twin.thread)
	return t.exec(`DELETE FROM msg WHERE id = ?`, twin.id)
}

// DropUnclaimed takes away, after a complete pull of the folder, the messages
// that were believed to be in it and that no pull has shown.
func (s *Store) DropUnclaimed(ctx context.Context, folder mail.FolderID) error {
	return s.writeMail(ctx, "removing messages that are gone", func(t *txn) error {
		list, err := t.findMsgs(`(srv_folder = ?1 AND srv_uid IS NULL) OR (folder = ?1 AND srv_folder = 0 AND srv_uid IS NULL AND copy_of = 0)`, folder)
		if err != nil {
			return err
		}
		for _, m := range list {
			if m.srvFolder == 0 {
				err = t.limbo(m)
			} else {
				err = t.gone(m)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// LeftBehind notes messages of a folder that were moved away or deleted on a
// server that can only mark them (RFC 3501 has no expunge of single messages):
// they are there still, but not for the user.
func (s *Store) LeftBehind(ctx context.Context, folder mail.FolderID, uids []mail.UID) error {
	return s.writeMail(ctx, "recording what was left behind", func(t *txn) error {
		account, err := t.accountOf(folder)
		if err != nil {
			return err
		}
		for _, uid := range uids {
			if err := t.exec(`INSERT OR IGNORE INTO msg (account, folder, flags, srv_folder, srv_uid, srv_flags, ident, thread, date)
				VALUES (?1, 0, ?4, ?2, ?3, ?4, '', 0, 0)`, account, folder, uid, mail.FlagDeleted); err != nil {
				return err
			}
		}
		return nil
	})
}
