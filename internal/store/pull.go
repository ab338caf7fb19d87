package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base32"
	"encoding/json"
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

// ident is what a message is recognised by when its UID has changed.
func (h Header) ident() string {
	if h.MessageID != "" {
		return h.MessageID
	}
	from, _ := json.Marshal(h.From)
	sum := sha256.Sum256(fmt.Appendf(nil, "%d\x00%d\x00%s\x00%s", h.Date.Unix(), h.Size, from, h.Subject))
	return "h:" + base32.StdEncoding.EncodeToString(sum[:15])
}

// sortDate is the date a list goes by: Date, unless it is missing or lies in
// the future of its own arrival by more than a day.
func (h Header) sortDate() time.Time {
	if h.Date.IsZero() || (!h.Internal.IsZero() && h.Date.Sub(h.Internal) > 24*time.Hour) {
		return h.Internal
	}
	return h.Date
}

// AddHeaders stores messages that a pull of the folder found, in one
// transaction, and returns the ids of those that are new to the mirror. A
// message already there gets its flags merged; one that was moved here locally,
// or whose UID was lost, is recognised by its ident and keeps its id.
func (s *Store) AddHeaders(ctx context.Context, folder mail.FolderID, list []Header) ([]mail.ID, error) {
	return s.addHeaders(ctx, folder, list, false, nil)
}

// AddMany is AddHeaders for a part of a long list: the words of new messages are
// left to Reindex or, where their bodies come first, to PutBodies.
func (s *Store) AddMany(ctx context.Context, folder mail.FolderID, list []Header) ([]mail.ID, error) {
	return s.addHeaders(ctx, folder, list, true, nil)
}

// addHeaders does also, where it is not nil, in the same transaction, with the
// number of new messages.
func (s *Store) addHeaders(ctx context.Context, folder mail.FolderID, list []Header, later bool, also func(t *txn, fresh int) error) ([]mail.ID, error) {
	var fresh []mail.ID
	err := s.writeMail(ctx, "storing messages", func(t *txn) error {
		fresh = nil
		account, err := t.accountOf(folder)
		if err != nil {
			return err
		}
		b, err := t.lookUp(account, folder, list)
		if err != nil {
			return err
		}
		b.later = later
		for _, h := range list {
			if h.UID == 0 {
				continue
			}
			id, isNew, err := t.addHeader(account, folder, h, b)
			if err != nil {
				return err
			}
			if isNew {
				fresh = append(fresh, id)
			}
		}
		if err := errors.Join(t.closeBook(), t.count(folder, b)); err != nil {
			return err
		}
		if err := t.exec(`INSERT INTO reindex (msg) SELECT value FROM json_each(?)`, jsonList(b.unindexed)); err != nil {
			return err
		}
		if len(list) > 0 {
			t.emit(event.MessagesChanged{Account: account, Folder: folder}, event.FoldersChanged{Account: account})
		}
		if also != nil {
			return also(t, len(fresh))
		}
		return nil
	})
	return fresh, err
}

func (t *txn) accountOf(folder mail.FolderID) (string, error) {
	var account string
	err := t.QueryRowContext(t.ctx, `SELECT account FROM folder WHERE id = ?`, folder).Scan(&account)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	return account, err
}

func (t *txn) addHeader(account string, folder mail.FolderID, h Header, b *batch) (mail.ID, bool, error) {
	if known, ok := b.known[h.UID]; ok {
		return known.id, false, t.serverFlags(known, joinFlags(h.Flags))
	}
	ident := h.ident()
	if !b.idents[ident] {
		b.idents[ident] = true
		return t.newMsg(account, folder, h, b)
	}
	known, err := t.findMsg(`srv_folder = ? AND srv_uid = ?`, folder, h.UID) // twice in the list
	if err == nil {
		return known.id, false, t.serverFlags(known, joinFlags(h.Flags))
	}
	if !errors.Is(err, ErrNotFound) {
		return 0, false, err
	}
	// A row without a UID that belongs here on the server comes first, then one
	// that the user moved here and whose move may have been done unseen. Among
	// copies of one message the size tells them apart.
	known, err = t.findMsg(`account = ? AND ident_hash = ? AND ident = ? AND ((srv_folder = ? AND srv_uid IS NULL)
		OR (folder = ? AND srv_folder = 0)) ORDER BY srv_folder = ? DESC, size = ? DESC, id`,
		account, hashOf(ident), ident, folder, folder, folder, h.Size)
	if err == nil {
		return known.id, false, t.adopt(known, folder, h)
	}
	if !errors.Is(err, ErrNotFound) {
		return 0, false, err
	}
	// Then one that has vanished elsewhere: another client has moved it here.
	known, err = t.findMsg(`account = ? AND ident_hash = ? AND ident = ? AND folder = 0 AND srv_folder = 0 AND copy_of = 0 AND size = ? ORDER BY id`, account, hashOf(ident), ident, h.Size)
	if err == nil {
		known.folder = folder
		return known.id, false, t.adopt(known, folder, h)
	}
	if !errors.Is(err, ErrNotFound) {
		return 0, false, err
	}
	// What a move without an answer may have put here is left to the replay
	// or to the pull of its old folder, which find out.
	_, err = t.findMsg(`account = ? AND ident_hash = ? AND ident = ? AND moving = ? AND size = ?`, account, hashOf(ident), ident, folder, h.Size)
	if !errors.Is(err, ErrNotFound) {
		return 0, false, err
	}
	return t.newMsg(account, folder, h, b)
}

func (t *txn) newMsg(account string, folder mail.FolderID, h Header, b *batch) (mail.ID, bool, error) {
	id, err := t.insertMsg(account, folder, h, b)
	b.total++
	unread := !slices.ContainsFunc(h.Flags, func(f string) bool { return canonicalFlag(f) == mail.FlagSeen })
	if unread {
		b.unread++
	}
	if err == nil && t.book.muted {
		err = t.hush(account, folder, id, unread)
	}
	return id, true, err
}

// hush mutes a message of a muted conversation: one that is new passes the inbox
// by.
func (t *txn) hush(account string, folder mail.FolderID, id mail.ID, unread bool) error {
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

func (t *txn) adopt(m msgRow, folder mail.FolderID, h Header) error {
	before := m
	m.heard(joinFlags(h.Flags))
	if m.srvFolder != folder {
		m.srvFolder, m.moving = folder, 0
	}
	m.srvUID = sql.NullInt64{Int64: int64(h.UID), Valid: true}
	return t.save(before, m)
}

func (t *txn) insertMsg(account string, folder mail.FolderID, h Header, b *batch) (mail.ID, error) {
	thread, err := t.threadFor(account, h)
	if err != nil {
		return 0, err
	}
	doc, err := t.newDoc(h.sortDate().Unix())
	if err != nil {
		return 0, err
	}
	flags, ident := joinFlags(h.Flags), h.ident()
	n, err := t.insert(`INSERT INTO msg (account, folder, flags, srv_folder, srv_uid, srv_flags, seen, flagged, ident, ident_hash, message_id,
		thread, date, internal, sender, sender_hash, rcpt, cc, subject, size, attachments, attached, list, doc)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		account, folder, flags, folder, h.UID, flags, hasFlag(flags, mail.FlagSeen), hasFlag(flags, mail.FlagFlagged), ident, hashOf(ident), h.MessageID,
		thread, h.sortDate().Unix(), h.Internal.Unix(), addressJSON(h.From), hashOfSender(h.From), addressJSON(h.To), addressJSON(h.Cc), h.Subject, h.Size,
		attachmentJSON(h.Attachments), countAttached(h.Attachments), h.ListID, doc)
	t.touch(folder, thread)
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

// maxAddresses bounds how many addresses of a field the mirror keeps.
const maxAddresses = 1000

func addressJSON(list []mail.Address) string {
	if len(list) == 0 {
		return "[]"
	}
	b, err := json.Marshal(list[:min(len(list), maxAddresses)])
	if err != nil {
		return "[]"
	}
	return string(b)
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
		for _, u := range list {
			m, err := t.findMsg(`srv_folder = ? AND srv_uid = ?`, folder, u.UID)
			if errors.Is(err, ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			if err := t.serverFlags(m, joinFlags(u.Flags)); err != nil {
				return err
			}
		}
		return nil
	})
}
