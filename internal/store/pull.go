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
	return s.addHeaders(ctx, folder, list, false)
}

// AddMany is AddHeaders for a part of a long list: the words of new messages are
// left to Reindex or, where their bodies come first, to PutBodies.
func (s *Store) AddMany(ctx context.Context, folder mail.FolderID, list []Header) ([]mail.ID, error) {
	return s.addHeaders(ctx, folder, list, true)
}

func (s *Store) addHeaders(ctx context.Context, folder mail.FolderID, list []Header, later bool) ([]mail.ID, error) {
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
	if ident := h.ident(); !b.idents[ident] {
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
	known, err = t.findMsg(`account = ? AND ident = ? AND ((srv_folder = ? AND srv_uid IS NULL)
		OR (folder = ? AND srv_folder = 0)) ORDER BY srv_folder = ? DESC, size = ? DESC, id`,
		account, h.ident(), folder, folder, folder, h.Size)
	if err == nil {
		return known.id, false, t.adopt(known, folder, h)
	}
	if !errors.Is(err, ErrNotFound) {
		return 0, false, err
	}
	// Then one that has vanished elsewhere: another client has moved it here.
	known, err = t.findMsg(`account = ? AND ident = ? AND folder = 0 AND srv_folder = 0 AND copy_of = 0 AND size = ? ORDER BY id`, account, h.ident(), h.Size)
	if err == nil {
		known.folder = folder
		return known.id, false, t.adopt(known, folder, h)
	}
	if !errors.Is(err, ErrNotFound) {
		return 0, false, err
	}
	// What a move without an answer may have put here is left to the replay
	// or to the pull of its old folder, which find out.
	_, err = t.findMsg(`account = ? AND ident = ? AND moving = ? AND size = ?`, account, h.ident(), folder, h.Size)
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

// msgRow is the part of a row that decides about places and flags.
type msgRow struct {
	id                mail.ID
	account           string
	folder, srvFolder mail.FolderID
	srvUID            sql.NullInt64
	flags, srvFlags   string
	thread            mail.ThreadID
	moving            mail.FolderID // where a move without an answer may have put it
	doubt             string        // flags that were sent without an answer
	lift              int64         // see pinBase
	muted             bool
	copyOf            mail.ID // 0: none, or made
}

func (m msgRow) dirty() bool {
	return m.folder != m.srvFolder || m.flags != m.srvFlags || m.moving != 0 || m.doubt != ""
}

const msgColumns = `id, account, folder, srv_folder, srv_uid, flags, srv_flags, thread, moving, doubt, lift, muted, copy_of`

func (m *msgRow) fields() []any {
	return []any{&m.id, &m.account, &m.folder, &m.srvFolder, &m.srvUID, &m.flags, &m.srvFlags, &m.thread, &m.moving, &m.doubt, &m.lift, &m.muted, &m.copyOf}
}

func scanMsg(row interface{ Scan(...any) error }) (m msgRow, err error) {
	err = row.Scan(m.fields()...)
	return m, err
}

// heard takes what the server says about the flags: every bit that the user has
// changed, and those of which it was not known whether the server has them, stay
// the user's.
func (m *msgRow) heard(now string) {
	add, remove := m.wish()
	m.flags, m.srvFlags, m.doubt = applyFlags(now, add, remove), now, ""
}

// wish is what the server must be told to make its flags those of the user.
func (m msgRow) wish() (add, remove []string) {
	add, remove = flagDelta(m.srvFlags, m.flags)
	for _, f := range splitFlags(m.doubt) {
		switch {
		case slices.Contains(add, f), slices.Contains(remove, f):
		case hasFlag(m.flags, f):
			add = append(add, f)
		default:
			remove = append(remove, f)
		}
	}
	return add, remove
}

func (t *txn) findMsg(where string, args ...any) (msgRow, error) {
	m, err := scanMsg(t.QueryRowContext(t.ctx, `SELECT `+msgColumns+` FROM msg WHERE `+where+` LIMIT 1`, args...))
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	return m, err
}

// findMsgs is findMsg for all that fit; none is no error.
func (t *txn) findMsgs(where string, args ...any) ([]msgRow, error) {
	rows, err := t.QueryContext(t.ctx, `SELECT `+msgColumns+` FROM msg WHERE `+where, args...)
	if err != nil {
		return nil, err
	}
	return collect(rows, func() (msgRow, error) { return scanMsg(rows) })
}

// save writes the places and flags of a row and notes what must be told.
func (t *txn) save(before, m msgRow) error {
	t.touch(before.folder, m.thread)
	t.touch(m.folder, m.thread)
	for _, f := range []mail.FolderID{before.folder, m.folder} {
		if f != 0 {
			t.emit(event.MessagesChanged{Account: m.account, Folder: f})
		}
	}
	t.emit(event.FoldersChanged{Account: m.account})
	if m.srvFolder != 0 {
		m.copyOf = 0
	}
	if now := hasFlag(m.flags, mail.FlagMuted); now != hasFlag(before.flags, mail.FlagMuted) {
		m.muted = now
	}
	seen, flagged := hasFlag(m.flags, mail.FlagSeen), hasFlag(m.flags, mail.FlagFlagged)
	// SQLite writes every index with a column that is named, changed or not: what
	// is done to many messages at once names few.
	moved, flags := before, before
	moved.folder = m.folder
	flags.flags = m.flags
	switch m {
	case moved:
		return t.exec(`UPDATE msg SET folder = ?, dirty = ? WHERE id = ?`, m.folder, m.dirty(), m.id)
	case flags:
		return t.exec(`UPDATE msg SET flags = ?, dirty = ?, seen = ?, flagged = ? WHERE id = ?`, m.flags, m.dirty(), seen, flagged, m.id)
	}
	return t.exec(`UPDATE msg SET folder = ?, flags = ?, srv_folder = ?, srv_uid = ?, srv_flags = ?, moving = ?, doubt = ?, dirty = ?, seen = ?, flagged = ?,
		lift = ?, muted = ?, copy_of = ? WHERE id = ?`,
		m.folder, m.flags, m.srvFolder, m.srvUID, m.srvFlags, m.moving, m.doubt, m.dirty(), seen, flagged, m.lift, m.muted, m.copyOf, m.id)
}

func hasFlag(flags, flag string) bool { return slices.Contains(splitFlags(flags), flag) }

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
	flags := joinFlags(h.Flags)
	n, err := t.insert(`INSERT INTO msg (account, folder, flags, srv_folder, srv_uid, srv_flags, seen, flagged, ident, message_id,
		thread, date, internal, sender, rcpt, cc, subject, size, attachments, attached, list, doc)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		account, folder, flags, folder, h.UID, flags, hasFlag(flags, mail.FlagSeen), hasFlag(flags, mail.FlagFlagged), h.ident(), h.MessageID,
		thread, h.sortDate().Unix(), h.Internal.Unix(), addressJSON(h.From), addressJSON(h.To), addressJSON(h.Cc), h.Subject, h.Size,
		attachmentJSON(h.Attachments), countAttached(h.Attachments), h.ListID, doc)
	t.touch(folder, thread)
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
	if n > 0 {
		t.emit(event.BodyArrived{ID: m.id, Failed: "the message is no longer in its folder"})
	}
	return t.save(before, m)
}

// twin finds the row that the same message got when a pull saw it in another
// folder before it vanished from its old one.
func (t *txn) twin(m msgRow, where string, args ...any) (msgRow, error) {
	return t.findMsg(`(account, ident, size) = (SELECT account, ident, size FROM msg WHERE id = ?) AND id > ?
		AND dirty = 0 AND folder <> 0 AND srv_uid IS NOT NULL `+where+` ORDER BY id`, append([]any{m.id, m.id}, args...)...)
}

// absorb lets m go on in the place of its twin, which keeps the id of m.
func (t *txn) absorb(m, twin msgRow, err error) error {
	if err != nil {
		return err
	}
	n, err := t.changed(`UPDATE OR IGNORE body SET msg = ? WHERE msg = ?`, m.id, twin.id)
	if err != nil {
		return err
	}
	if n > 0 { // with its snippet; its words are read again
		if err := t.exec(`UPDATE msg SET (snippet, attachments, attached) = (SELECT snippet, attachments, attached FROM msg WHERE id = ?) WHERE id = ?`, twin.id, m.id); err != nil {
			return err
		}
		if err := t.exec(`INSERT OR IGNORE INTO reindex (msg) VALUES (?)`, m.id); err != nil {
			return err
		}
	}
	if err := t.dropTwin(twin); err != nil {
		return err
	}
	before := m
	m.heard(twin.srvFlags)
	m.folder, m.srvFolder, m.srvUID, m.moving = twin.folder, twin.srvFolder, twin.srvUID, 0
	return t.save(before, m)
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

// ServerUIDs lists the UIDs that the server is known to have in the folder,
// with the flags it is known to have for each.
func (s *Store) ServerUIDs(ctx context.Context, folder mail.FolderID) (map[mail.UID][]string, error) {
	rows, err := s.mail.read.QueryContext(ctx, `SELECT srv_uid, srv_flags FROM msg WHERE srv_folder = ? AND srv_uid IS NOT NULL`, folder)
	if err != nil {
		return nil, fmt.Errorf("listing UIDs: %w", err)
	}
	defer rows.Close()
	out := map[mail.UID][]string{}
	for rows.Next() {
		var uid mail.UID
		var flags string
		if err := rows.Scan(&uid, &flags); err != nil {
			return nil, err
		}
		out[uid] = splitFlags(flags)
	}
	return out, rows.Err()
}

// ServerCount is how many messages with a UID below the given one the server is
// known to have in the folder; 0 counts all.
func (s *Store) ServerCount(ctx context.Context, folder mail.FolderID, below mail.UID) (int, error) {
	var n int
	err := s.mail.read.QueryRowContext(ctx, `SELECT count(*) FROM msg WHERE srv_folder = ? AND srv_uid IS NOT NULL AND srv_uid < ?`,
		folder, upTo(below)).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("counting messages: %w", err)
	}
	return n, nil
}

// upTo makes 0 the end of all UIDs.
func upTo(below mail.UID) int64 {
	if below == 0 {
		return 1 << 32
	}
	return int64(below)
}

// ServerUIDsBetween lists the UIDs from first to last that the server is known
// to have in the folder.
func (s *Store) ServerUIDsBetween(ctx context.Context, folder mail.FolderID, first, last mail.UID) ([]mail.UID, error) {
	rows, err := s.mail.read.QueryContext(ctx, `SELECT srv_uid FROM msg
		WHERE srv_folder = ? AND srv_uid IS NOT NULL AND srv_uid BETWEEN ? AND ? ORDER BY srv_uid`, folder, first, last)
	if err != nil {
		return nil, fmt.Errorf("listing UIDs: %w", err)
	}
	return collect(rows, func() (uid mail.UID, err error) { return uid, rows.Scan(&uid) })
}

// Unplaced tells whether there are messages of which only the whole list of the
// folder can tell whether, and where, they are in it.
func (s *Store) Unplaced(ctx context.Context, folder mail.FolderID) (bool, error) {
	var yes bool
	err := s.mail.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM msg WHERE srv_folder = ?1 AND srv_uid IS NULL)
		OR EXISTS (SELECT 1 FROM msg WHERE folder = ?1 AND srv_folder = 0 AND srv_uid IS NULL AND copy_of = 0)
		OR EXISTS (SELECT 1 FROM msg WHERE moving = ?1 AND moving <> 0)`, folder).Scan(&yes)
	if err != nil {
		return false, fmt.Errorf("looking for messages without a place: %w", err)
	}
	return yes, nil
}
