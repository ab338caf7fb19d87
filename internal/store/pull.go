package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"postea/internal/event"
	"postea/internal/mail"
)

// Header is what a pull learns about a message without its body.
type Header struct {
	UID          mail.UID
	Flags        []string
	MessageID    string // without <>; "" where there is none
	InReplyTo    []string
	References   []string
	Date         time.Time // of the Date field; zero: none that can be read
	Internal     time.Time // INTERNALDATE
	From, To, Cc []mail.Address
	Subject      string
	Size         int64
	Attachments  []mail.AttachmentInfo
	ListID       string // without <>
	ServerThread string // the conversation it is in by the server's count; "" where it keeps none
	Structure    string // how it is built, for the syncer; "" where it need not be known
}

// AddHeaders stores messages that a pull of the folder found, in one
// transaction, and returns the ids of those that are new to the mirror. A
// message already there gets its flags merged; one that was moved here locally,
// or whose UID was lost, is recognised by its ident and keeps its id. The error is
// ErrNotFound where there is no such folder.
func (s *Store) AddHeaders(ctx context.Context, folder mail.FolderID, list []Header) ([]mail.ID, error) {
	account, err := s.accountOf(ctx, folder)
	if err != nil {
		return nil, err
	}
	rows := newHeaderRows(account, list)
	var fresh []mail.ID
	err = s.writeMail(ctx, "storing messages", func(t *txn) (err error) {
		t.brief = true
		fresh, err = t.addHeaders(folder, rows, false)
		return err
	})
	return fresh, err
}

// AddMany is AddHeaders for a part of a long list: the words of new messages are
// left to Reindex or, where their bodies come first, to PutBodies. It is one
// transaction only while nobody else wants to write; after an error a part of the
// list may be stored. The list, which is prepared for the account of the folder, is sorted.
func (s *Store) AddMany(ctx context.Context, folder mail.FolderID, list []PreparedHeader) ([]mail.ID, error) {
	account, err := s.accountOf(ctx, folder)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(list, func(a, b PreparedHeader) int { return cmp.Compare(a.row.UID, b.row.UID) })
	rows := make([]headerRow, 0, len(list))
	for _, p := range list {
		if p.account != account {
			return nil, fmt.Errorf("storing messages: prepared for the account %q, not %q", p.account, account)
		}
		if p.row.UID != 0 {
			rows = append(rows, p.row)
		}
	}
	var fresh []mail.ID
	for len(rows) > 0 {
		var added []mail.ID
		left := rows
		err := s.writeMail(ctx, "storing messages", func(t *txn) error {
			t.brief = true
			for first := true; len(left) > 0 && (first || s.mail.waiting.Load() == 0); first = false {
				part := left[:min(len(left), manyAtOnce)]
				ids, err := t.addHeaders(folder, part, true)
				if err != nil {
					return err
				}
				added, left = append(added, ids...), left[len(part):]
			}
			return nil
		})
		if err != nil {
			return fresh, err
		}
		fresh, rows = append(fresh, added...), left
	}
	return fresh, nil
}

// manyAtOnce is how many headers AddMany stores before it looks whether somebody
// waits.
const manyAtOnce = 1000

// accountOf tells whose folder it is. The error is ErrNotFound where there is none.
func (s *Store) accountOf(ctx context.Context, folder mail.FolderID) (string, error) {
	return accountIn(s.mail.read.QueryRowContext(ctx, accountQuery, folder))
}

func (t *txn) accountOf(folder mail.FolderID) (string, error) {
	return accountIn(t.QueryRowContext(t.ctx, accountQuery, folder))
}

const accountQuery = `SELECT account FROM folder WHERE id = ?`

func accountIn(row *sql.Row) (account string, err error) {
	err = row.Scan(&account)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	return account, err
}

// addHeaders returns the ids of those that are new. Where their words are left for
// later, they wait for Reindex.
func (t *txn) addHeaders(folder mail.FolderID, list []headerRow, later bool) ([]mail.ID, error) {
	account, err := t.accountOf(folder)
	if err != nil {
		return nil, err
	}
	b, err := t.lookUp(account, folder, list)
	if err != nil {
		return nil, err
	}
	b.later = later
	var fresh []mail.ID
	for i := range list {
		id, isNew, err := t.addHeader(account, folder, &list[i], b)
		if err != nil {
			return nil, err
		}
		if isNew {
			fresh = append(fresh, id)
		}
	}
	if err := errors.Join(t.closeBook(), t.count(folder, b)); err != nil {
		return nil, err
	}
	if len(b.unindexed) > 0 {
		if err := t.exec(`INSERT INTO reindex (msg) SELECT value FROM json_each(?)`, jsonList(b.unindexed)); err != nil {
			return nil, err
		}
	}
	if len(list) > 0 {
		t.emit(event.MessagesChanged{Account: account, Folder: folder}, event.FoldersChanged{Account: account})
	}
	return fresh, nil
}

func (t *txn) addHeader(account string, folder mail.FolderID, h *headerRow, b *batch) (mail.ID, bool, error) {
	if known, ok := b.known[h.UID]; ok {
		return known.id, false, t.serverFlags(known, h.flags)
	}
	if !b.idents[h.ident] {
		b.idents[h.ident] = true
		return t.newMsg(account, folder, h, b)
	}
	known, err := t.findMsg(`srv_folder = ? AND srv_uid = ?`, folder, h.UID) // twice in the list
	if err == nil {
		return known.id, false, t.serverFlags(known, h.flags)
	}
	if !errors.Is(err, ErrNotFound) {
		return 0, false, err
	}
	// A row without a UID that belongs here on the server comes first, then one
	// that the user moved here and whose move may have been done unseen. Among
	// copies of one message the size tells them apart.
	known, err = t.findMsg(`account = ? AND ident_hash = ? AND ident = ? AND ((srv_folder = ? AND srv_uid IS NULL)
		OR (folder = ? AND srv_folder = 0)) ORDER BY srv_folder = ? DESC, size = ? DESC, id`,
		account, h.identHash, h.ident, folder, folder, folder, h.Size)
	if err == nil {
		return known.id, false, t.adopt(known, folder, h)
	}
	if !errors.Is(err, ErrNotFound) {
		return 0, false, err
	}
	// Then one that has vanished elsewhere: another client has moved it here.
	known, err = t.findMsg(`account = ? AND ident_hash = ? AND ident = ? AND folder = 0 AND srv_folder = 0 AND copy_of = 0 AND size = ? ORDER BY id`, account, h.identHash, h.ident, h.Size)
	if err == nil {
		known.folder = folder
		return known.id, false, t.adopt(known, folder, h)
	}
	if !errors.Is(err, ErrNotFound) {
		return 0, false, err
	}
	// What a move without an answer may have put here is left to the replay
	// or to the pull of its old folder, which find out.
	_, err = t.findMsg(`account = ? AND ident_hash = ? AND ident = ? AND moving = ? AND size = ?`, account, h.identHash, h.ident, folder, h.Size)
	if !errors.Is(err, ErrNotFound) {
		return 0, false, err
	}
	return t.newMsg(account, folder, h, b)
}

func (t *txn) newMsg(account string, folder mail.FolderID, h *headerRow, b *batch) (mail.ID, bool, error) {
	id, err := t.insertMsg(account, folder, h, b)
	b.total++
	unread := !hasFlag(h.flags, mail.FlagSeen)
	if unread {
		b.unread++
	}
	if err == nil && t.book.muted {
		err = t.hush(folder, id, unread)
	}
	return id, true, err
}

// hush mutes a message of a muted conversation: one that is new passes the inbox
// by.
func (t *txn) hush(folder mail.FolderID, id mail.ID, unread bool) error {
	m, err := t.findMsg(`id = ?`, id)
	if err != nil {
		return err
	}
	if _, err := t.findMsg(`thread = ? AND muted = 1 AND id <> ?`, m.thread, id); err != nil {
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		return err
	}
	before := m
	m.muted = true
	var to mail.FolderID
	err = t.QueryRowContext(t.ctx, `SELECT a.id FROM folder f JOIN folder a ON a.account = f.account AND a.role IN ('archive', 'all') AND a.gone = 0
		WHERE f.id = ? AND f.role = 'inbox' AND f.complete = 1 ORDER BY a.role = 'all' LIMIT 1`, folder).Scan(&to)
	switch {
	case errors.Is(err, sql.ErrNoRows):
	case err != nil:
		return err
	case unread:
		m.folder = to
	}
	return t.save(before, m)
}

func (t *txn) serverFlags(m msgRow, now string) error {
	if m.srvFlags == now && m.doubt == "" {
		return nil
	}
	before := m
	m.heard(now)
	return t.save(before, m)
}

func (t *txn) adopt(m msgRow, folder mail.FolderID, h *headerRow) error {
	before := m
	m.heard(h.flags)
	if m.srvFolder != folder {
		m.srvFolder, m.moving = folder, 0
	}
	m.srvUID = sql.NullInt64{Int64: int64(h.UID), Valid: true}
	return t.save(before, m)
}

func (t *txn) insertMsg(account string, folder mail.FolderID, h *headerRow, b *batch) (mail.ID, error) {
	thread, err := t.threadFor(h.refs)
	if err != nil {
		return 0, err
	}
	doc, err := t.newDoc(h.at)
	if err != nil {
		return 0, err
	}
	n, err := t.insert(`INSERT INTO msg (account, folder, flags, srv_folder, srv_uid, srv_flags, seen, flagged, ident, ident_hash, message_id,
		thread, date, internal, sender, sender_hash, rcpt, cc, subject, size, attachments, attached, list, doc)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		account, folder, h.flags, folder, h.UID, h.flags, hasFlag(h.flags, mail.FlagSeen), hasFlag(h.flags, mail.FlagFlagged), h.ident, h.identHash, h.MessageID,
		thread, h.at, h.Internal.Unix(), h.from, h.fromHash, h.to, h.cc, h.Subject, h.Size, h.files, h.attached, h.ListID, doc)
	t.grown(folder, thread)
	if h.Structure != "" && err == nil {
		err = t.exec(`INSERT INTO structure (msg, body) VALUES (?, ?)`, n, h.Structure)
	}
	if b.later && err == nil {
		b.unindexed = append(b.unindexed, mail.ID(n))
		return mail.ID(n), nil
	}
	t.index(doc, false, indexed{account: account, from: h.From, to: h.To, cc: h.Cc, subject: h.Subject, list: h.ListID, size: h.Size, attachments: h.Attachments})
	return mail.ID(n), err
}

// FlagUpdate is what a server says about the flags of one message.
type FlagUpdate struct {
	UID   mail.UID
	Flags []string
}

// SetServerFlags merges what the server says about flags into the mirror.
// Unknown UIDs are passed over.
func (s *Store) SetServerFlags(ctx context.Context, folder mail.FolderID, list []FlagUpdate) error {
	return s.writeMail(ctx, "storing flags", func(t *txn) error {
		t.brief = true
		uids := make([]mail.UID, len(list))
		for i, u := range list {
			uids[i] = u.UID
		}
		b := &batch{known: make(map[mail.UID]msgRow, len(list))}
		if err := t.lookUpUIDs(b, folder, uids); err != nil {
			return err
		}
		for _, u := range list {
			m, known := b.known[u.UID]
			if !known { // or named before
				var err error
				if m, err = t.findMsg(`srv_folder = ? AND srv_uid = ?`, folder, u.UID); errors.Is(err, ErrNotFound) {
					continue
				} else if err != nil {
					return err
				}
			}
			delete(b.known, u.UID)
			if err := t.serverFlags(m, joinFlags(u.Flags)); err != nil {
				return err
			}
		}
		return nil
	})
}
