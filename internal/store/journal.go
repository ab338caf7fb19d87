package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"postea/internal/event"
	"postea/internal/mail"
)

// Pending is a change of one message that the server has not been told.
type Pending struct {
	ID          mail.ID
	From        mail.FolderID // where the server has it; 0: nowhere
	UID         mail.UID      // 0: not known yet
	To          mail.FolderID // where the user wants it; 0: erased
	Add, Remove []string
	MessageID   string
	Ident       string        // what it is recognised by elsewhere: see Ident
	HereOnly    bool          // of what is erased: a copy taken back, and not the message wherever it lies
	Moving      mail.FolderID // where a move that had no answer may have put it; 0: nowhere
	CopyOf      mail.ID       // the message that the server is to copy; 0: none
}

// PendingChanges lists what is to be carried to the server for an account,
// oldest message first.
func (s *Store) PendingChanges(ctx context.Context, account string) ([]Pending, error) {
	rows, err := s.mail.read.QueryContext(ctx, `SELECT message_id, ident, `+msgColumns+` FROM msg WHERE account = ? AND dirty = 1 ORDER BY id`, account)
	if err != nil {
		return nil, fmt.Errorf("listing pending changes: %w", err)
	}
	return collect(rows, func() (p Pending, err error) {
		m, err := scanMsg(scanAfter{rows, []any{&p.MessageID, &p.Ident}})
		p.ID, p.From, p.UID, p.To, p.Moving, p.CopyOf = m.id, m.srvFolder, mail.UID(m.srvUID.Int64), m.folder, m.moving, m.copyOf
		p.Add, p.Remove = m.wish()
		p.HereOnly = m.folder == 0 && hasFlag(m.flags, mail.FlagDeleted)
		return p, err
	})
}

// scanAfter scans further columns in front of those that its caller names.
type scanAfter struct {
	rows  *sql.Rows
	front []any
}

func (s scanAfter) Scan(dest ...any) error {
	return s.rows.Scan(append(slices.Clone(s.front), dest...)...)
}

// CountPending is the number of messages with changes that wait, by account.
func (s *Store) CountPending(ctx context.Context) (map[string]int, error) {
	rows, err := s.mail.read.QueryContext(ctx, `SELECT account, count(*) FROM msg WHERE dirty = 1 GROUP BY account`)
	if err != nil {
		return nil, fmt.Errorf("counting pending changes: %w", err)
	}
	defer rows.Close()
	out := map[string]int{}
	for rows.Next() {
		var a string
		var n int
		if err := rows.Scan(&a, &n); err != nil {
			return nil, err
		}
		out[a] = n
	}
	return out, rows.Err()
}

// FlagsDone records that the server has taken flag changes.
func (s *Store) FlagsDone(ctx context.Context, ids []mail.ID, add, remove []string) error {
	return s.eachMsg(ctx, "recording flags", ids, func(t *txn, m msgRow) error {
		before := m
		m.srvFlags = applyFlags(m.srvFlags, add, remove)
		m.doubt = applyFlags(m.doubt, nil, slices.Concat(add, remove))
		return t.save(before, m)
	})
}

// FlagsBegun records that flag changes are about to be sent. Until FlagsDone the
// server may have them or not, so that taking them back is a change too.
func (s *Store) FlagsBegun(ctx context.Context, ids []mail.ID, add, remove []string) error {
	return s.eachMsg(ctx, "recording flags to be sent", ids, func(t *txn, m msgRow) error {
		doubt := applyFlags(m.doubt, slices.Concat(add, remove), nil)
		return t.exec(`UPDATE msg SET doubt = ?, dirty = 1 WHERE id = ?`, doubt, m.id)
	})
}

// MoveBegun records that messages are about to be moved to a folder. If no
// answer comes, they are looked for there (MoveEnded, MoveDone).
func (s *Store) MoveBegun(ctx context.Context, ids []mail.ID, to mail.FolderID) error {
	return s.eachMsg(ctx, "recording the move to be made", ids, func(t *txn, m msgRow) error {
		return t.exec(`UPDATE msg SET moving = ?, dirty = 1 WHERE id = ?`, to, m.id)
	})
}

// MoveEnded records that a move was not done.
func (s *Store) MoveEnded(ctx context.Context, ids []mail.ID) error {
	return s.eachMsg(ctx, "recording the end of the move", ids, func(t *txn, m msgRow) error {
		m.moving = 0
		return t.exec(`UPDATE msg SET moving = 0, dirty = ? WHERE id = ?`, m.dirty(), m.id)
	})
}

// MoveDone records that the server has moved messages; uids gives the new UID
// of each where the server said it (COPYUID), 0 where it did not.
func (s *Store) MoveDone(ctx context.Context, to mail.FolderID, uids map[mail.ID]mail.UID) error {
	ids := make([]mail.ID, 0, len(uids))
	for id := range uids {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return s.eachMsg(ctx, "recording the move", ids, func(t *txn, m msgRow) error {
		before := m
		uid := uids[m.id]
		if uid != 0 {
			// A pull of the target may have seen the message first.
			twin, err := t.findMsg(`srv_folder = ? AND srv_uid = ? AND id <> ?`, to, uid, m.id)
			if err == nil {
				if err := t.dropTwin(twin); err != nil {
					return err
				}
			} else if !errors.Is(err, ErrNotFound) {
				return err
			}
		}
		m.srvFolder, m.srvUID = to, sql.NullInt64{Int64: int64(uid), Valid: uid != 0}
		m.moving = 0
		m.doubt = applyFlags(m.doubt, nil, []string{mail.FlagDeleted}) // that was of the original
		if err := t.listAll(before.srvFolder); err != nil {
			return err
		}
		return t.save(before, m)
	})
}

// listAll has the next pull of a folder of all mail ask for all there is: what was moved
// or deleted there may lie in it all the same, and then its count tells nothing.
func (t *txn) listAll(folder mail.FolderID) error {
	return t.exec(`UPDATE folder SET uidnext = 0 WHERE id = ? AND role = 'all'`, folder)
}

// FlagsFound corrects what the server is known to have, by UID in the folder,
// and leaves what the user wants alone.
func (s *Store) FlagsFound(ctx context.Context, folder mail.FolderID, list []FlagUpdate) error {
	return s.writeMail(ctx, "recording flags that were found", func(t *txn) error {
		for _, u := range list {
			m, err := t.findMsg(`srv_folder = ? AND srv_uid = ?`, folder, u.UID)
			if errors.Is(err, ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			before := m
			m.srvFlags, m.doubt = joinFlags(u.Flags), ""
			if err := t.save(before, m); err != nil {
				return err
			}
		}
		return nil
	})
}

// EraseDone records that the server has expunged messages.
func (s *Store) EraseDone(ctx context.Context, ids []mail.ID) error {
	return s.eachMsg(ctx, "recording the deletion", ids, func(t *txn, m msgRow) error {
		if m.folder != 0 { // undone too late
			t.emit(event.MessagesChanged{Account: m.account, Folder: m.folder}, event.FoldersChanged{Account: m.account})
		}
		t.touch(m.folder, m.thread)
		if err := t.listAll(m.srvFolder); err != nil {
			return err
		}
		return t.exec(`DELETE FROM msg WHERE id = ?`, m.id)
	})
}

// RefuseFlags takes back flags that the server will not have, and says why in a
// notice; without a reason it does so silently.
func (s *Store) RefuseFlags(ctx context.Context, account string, ids []mail.ID, add, remove []string, why string) error {
	return s.refusing(ctx, "taking refused flags back", account, ids, why, func(t *txn, m msgRow) error {
		before := m
		muted := m.muted
		m.flags = applyFlags(m.flags, remove, add)
		m.doubt = applyFlags(m.doubt, nil, slices.Concat(add, remove))
		if err := t.save(before, m); err != nil || muted == m.muted && !slices.Contains(add, mail.FlagMuted) {
			return err
		}
		// That a conversation is muted holds here, though the server keeps no word for it.
		return t.exec(`UPDATE msg SET muted = ? WHERE id = ?`, muted, m.id)
	})
}

// Refuse takes local changes back that the server will not have, and says why
// in a notice.
func (s *Store) Refuse(ctx context.Context, account string, ids []mail.ID, why string) error {
	return s.refusing(ctx, "taking a refused change back", account, ids, why, func(t *txn, m msgRow) error {
		before := m
		m.flags = m.srvFlags
		if m.srvFolder != 0 {
			m.folder = m.srvFolder
		}
		m.moving, m.doubt = 0, ""
		return t.save(before, m)
	})
}

func (s *Store) eachMsg(ctx context.Context, what string, ids []mail.ID, f func(*txn, msgRow) error) error {
	if len(ids) == 0 {
		return nil
	}
	return s.writeMail(ctx, what, func(t *txn) error { return t.eachMsg(ids, f) })
}

// refusing is eachMsg for what takes changes back that the server will not have; why is said,
// unless that is "".
func (s *Store) refusing(ctx context.Context, what, account string, ids []mail.ID, why string, f func(*txn, msgRow) error) error {
	if len(ids) == 0 {
		return nil
	}
	return s.writeMail(ctx, what, func(t *txn) error {
		if err := t.eachMsg(ids, f); err != nil || why == "" {
			return err
		}
		t.emit(event.Notice{Account: account, Error: true, Text: why})
		return t.dropRefused(ids, 0)
	})
}

func (t *txn) eachMsg(ids []mail.ID, f func(*txn, msgRow) error) error {
	for _, id := range ids {
		m, err := t.findMsg(`id = ?`, id)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if err := f(t, m); err != nil {
			return err
		}
	}
	return nil
}

// ByMessageID gives a message of the account that carries a Message-ID, one that
// others have sent where there are several. The error is ErrNotFound where there
// is none.
func (s *Store) ByMessageID(ctx context.Context, account, messageID string) (mail.ID, error) {
	var id mail.ID
	err := s.mail.read.QueryRowContext(ctx, `SELECT msg.id FROM msg JOIN folder ON folder.id = msg.folder WHERE msg.account = ? AND ident_hash = ? AND ident = ? AND msg.folder <> 0
		ORDER BY folder.role IN (?, ?), msg.id LIMIT 1`, account, hashOf(messageID), messageID, mail.RoleSent, mail.RoleDrafts).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, ErrNotFound
	}
	return id, err
}

// FlagByMessageID adds a flag to every message that carries the Message-ID, of whichever
// account; used for \Answered and $Forwarded once a reply was accepted.
func (s *Store) FlagByMessageID(ctx context.Context, messageID, flag string) error {
	rows, err := s.mail.read.QueryContext(ctx, `SELECT id FROM msg WHERE ident_hash = ? AND ident = ? AND folder <> 0`, hashOf(messageID), messageID)
	if err != nil {
		return fmt.Errorf("finding %s: %w", strings.TrimSpace(messageID), err)
	}
	ids, err := collect(rows, func() (id mail.ID, err error) { return id, rows.Scan(&id) })
	if err != nil || len(ids) == 0 {
		return err
	}
	_, err = s.Apply(ctx, ids, Change{Add: []string{flag}})
	return err
}
