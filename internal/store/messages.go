package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"postea/internal/event"
	"postea/internal/mail"
)

const summaryColumns = `m.id, m.account, m.folder, coalesce(f.name, ''), coalesce(f.role, ''), coalesce(m.srv_uid, 0), m.srv_folder = m.folder,
	m.message_id, m.thread, m.date, m.sender, m.rcpt, m.cc, m.subject, m.flags, m.size, m.attachments, m.snippet, m.muted, m.lift <> 0`

func scanSummary(row interface{ Scan(...any) error }) (mail.Summary, error) {
	var m mail.Summary
	var date int64
	var from, to, cc, flags, attachments string
	var here bool
	err := row.Scan(&m.ID, &m.Account, &m.Folder, &m.FolderName, &m.FolderRole, &m.UID, &here,
		&m.MessageID, &m.Thread, &date, &from, &to, &cc, &m.Subject, &flags, &m.Size, &attachments, &m.Snippet, &m.Muted, &m.Lifted)
	if errors.Is(err, sql.ErrNoRows) {
		return m, ErrNotFound
	}
	if err != nil {
		return m, err
	}
	if !here { // moved locally: the UID belongs to another folder
		m.UID = 0
	}
	m.Date = time.Unix(date, 0)
	m.From, m.To, m.Cc = parseAddresses(from), parseAddresses(to), parseAddresses(cc)
	m.Flags = splitFlags(flags)
	m.Attachments, err = parseAttachments(attachments)
	return m, err
}

// maxAttachments bounds how many files of a message the mirror lists.
const maxAttachments = 200

func attachmentJSON(list []mail.AttachmentInfo) string {
	b, err := json.Marshal(list[:min(len(list), maxAttachments)])
	if err != nil || len(list) == 0 {
		return "[]"
	}
	return string(b)
}

func parseAttachments(s string) ([]mail.AttachmentInfo, error) {
	if s == "" || s == "[]" {
		return nil, nil
	}
	var list []mail.AttachmentInfo
	err := json.Unmarshal([]byte(s), &list)
	return list, err
}

// countAttached counts what a list shows its sign for.
func countAttached(list []mail.AttachmentInfo) int {
	n := 0
	for _, a := range list {
		if !a.Inline {
			n++
		}
	}
	return n
}

// Summary gives one message. The error is ErrNotFound where there is none.
func (s *Store) Summary(ctx context.Context, id mail.ID) (mail.Summary, error) {
	return scanSummary(s.mail.read.QueryRowContext(ctx,
		`SELECT `+summaryColumns+` FROM msg m LEFT JOIN folder f ON f.id = m.folder WHERE m.id = ? AND m.folder <> 0`, id))
}

func (s *Store) summaries(ctx context.Context, what, where string, args ...any) ([]mail.Summary, error) {
	rows, err := s.mail.read.QueryContext(ctx,
		`SELECT `+summaryColumns+` FROM msg m LEFT JOIN folder f ON f.id = m.folder WHERE `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return collect(rows, func() (mail.Summary, error) { return scanSummary(rows) })
}

// Newest lists single messages of the given folders (none: of all), newest
// first, at most limit.
func (s *Store) Newest(ctx context.Context, folders []mail.FolderID, limit int) ([]mail.Summary, error) {
	if len(folders) == 0 {
		return s.summaries(ctx, "listing messages", `m.folder <> 0 ORDER BY m.date DESC, m.id DESC LIMIT ?`, limit)
	}
	var all []mail.Summary
	for _, f := range folders {
		list, err := s.summaries(ctx, "listing messages", `m.folder = ? ORDER BY m.date DESC, m.id DESC LIMIT ?`, f, limit)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	slices.SortStableFunc(all, func(a, b mail.Summary) int {
		if c := b.Date.Compare(a.Date); c != 0 {
			return c
		}
		return int(b.ID - a.ID)
	})
	return all[:min(limit, len(all))], nil
}

// Thread lists the messages of a conversation in every folder of its account,
// oldest first.
func (s *Store) Thread(ctx context.Context, thread mail.ThreadID) ([]mail.Summary, error) {
	// Of the same second, an answer comes after what it answers, whose copy in
	// Sent is often seen later.
	return s.summaries(ctx, "reading the conversation", `m.thread = ? AND m.folder <> 0 ORDER BY m.date, m.subject LIKE 're:%', m.id`, thread)
}

// ThreadMessages lists the messages of conversations that the rows of a list stand for.
func (s *Store) ThreadMessages(ctx context.Context, threads []mail.ThreadID, q ListQuery) ([]mail.ID, error) {
	if len(threads) == 0 || len(q.Folders) == 0 && !q.Starred {
		return nil, nil
	}
	where, args := q.where()
	if q.Starred {
		where = starred // copies too, that a row leaves out
	}
	return s.idsOfThreads(ctx, threads, `EXISTS (SELECT 1 FROM folder_thread ft WHERE ft.folder = msg.folder AND ft.thread = msg.thread AND `+where+`)`, args...)
}

// Conversation is one line of a list: its newest message and its counts in the folder.
type Conversation struct {
	mail.Summary
	Count       int
	UnreadCount int
	Starred     bool
	Attached    bool
	Pinned      bool
}

// ListQuery says which conversations a list holds.
type ListQuery struct {
	Folders []mail.FolderID // merged by date
	Starred bool            // only those with a \Flagged message; Folders may be nil then
	Offset  int
	Limit   int
	Anchor  mail.ThreadID // where set and found, the window begins Offset rows above it
}

// ListResult is a window of a list.
type ListResult struct {
	Offset        int
	Rows          []Conversation
	Total         int // conversations
	Messages      int
	Unread        int
	AnchorPresent bool
	Unarranged    bool // of ListSorted: the order is not kept
}

// starred are the rows of conversations with a \Flagged message.
const starred = `ft.flagged > 0 AND ft.folder IN (SELECT id FROM folder WHERE role NOT IN ('trash', 'junk'))`

func (q ListQuery) where() (string, []any) {
	if q.Starred { // what lies in a folder of all mail is not listed once more for each other folder
		return starred + ` AND NOT EXISTS (SELECT 1 FROM folder_thread o JOIN folder f ON f.id = o.folder
			WHERE o.thread = ft.thread AND o.flagged > 0 AND f.role = 'all' AND f.id <> ft.folder)`, nil
	}
	return `ft.folder IN (` + marks(len(q.Folders)) + `)`, anys(q.Folders)
}

// List gives a window of a list of conversations, newest first.
func (s *Store) List(ctx context.Context, q ListQuery) (ListResult, error) {
	var r ListResult
	err := s.atOnce(ctx, func(at snapshot) (err error) {
		switch {
		case q.Starred:
			r, err = at.starred(ctx, q)
		case len(q.Folders) > 0:
			r, err = at.list(ctx, q)
		}
		return err
	})
	return r, err
}

func (s snapshot) list(ctx context.Context, q ListQuery) (ListResult, error) {
	var r ListResult
	versions, err := s.count(ctx, q.Folders, &r)
	if err != nil {
		return r, err
	}
	r.Offset = q.Offset
	if q.Anchor != 0 {
		pos, ok, err := s.position(ctx, q.Folders, versions, q.Anchor)
		if err != nil {
			return r, err
		}
		if r.AnchorPresent = ok; ok {
			r.Offset = pos - q.Offset
		}
	}
	r.Offset = max(0, min(r.Offset, r.Total-1))
	w, ok, err := s.windowOf(ctx, q.Folders, versions, r.Offset, q.Limit)
	if err != nil || !ok {
		return r, err
	}
	r.Rows, err = s.rows(ctx, `ft.folder IN (`+marks(len(q.Folders))+`) AND ft.last_date >= ? AND ft.last_date < ?`,
		append(anys(q.Folders), w.from, w.to), q.Limit, r.Offset-w.before)
	return r, err
}

// count fills in the totals of a list, and gives the versions of the lists that it
// is made of.
func (s snapshot) count(ctx context.Context, folders []mail.FolderID, r *ListResult) ([]int64, error) {
	rows, err := s.QueryContext(ctx, `SELECT id, threads, total, unread, listed FROM folder WHERE id IN (`+marks(len(folders))+`)`, anys(folders)...)
	if err != nil {
		return nil, fmt.Errorf("counting the list: %w", err)
	}
	versions := make([]int64, len(folders))
	_, err = collect(rows, func() (struct{}, error) {
		var id mail.FolderID
		var threads, total, unread int
		var version int64
		err := rows.Scan(&id, &threads, &total, &unread, &version)
		r.Total, r.Messages, r.Unread = r.Total+threads, r.Messages+total, r.Unread+unread
		versions[slices.Index(folders, id)] = version
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("counting the list: %w", err)
	}
	return versions, nil
}

// starred gives a window of the list of conversations with a \Flagged message.
func (s snapshot) starred(ctx context.Context, q ListQuery) (ListResult, error) {
	where, args := q.where()
	var r ListResult
	err := s.QueryRowContext(ctx, `SELECT count(*), coalesce(sum(n), 0), coalesce(sum(unread), 0) FROM folder_thread ft WHERE `+where).Scan(&r.Total, &r.Messages, &r.Unread)
	if err != nil {
		return r, fmt.Errorf("counting the list: %w", err)
	}
	r.Offset = q.Offset
	if q.Anchor != 0 {
		var n int
		err := s.QueryRowContext(ctx, `SELECT n - 1 FROM (SELECT thread, row_number() OVER (ORDER BY last_date DESC, thread DESC) AS n
			FROM folder_thread ft WHERE `+where+`) WHERE thread = ? LIMIT 1`, q.Anchor).Scan(&n)
		switch {
		case err == nil:
			r.AnchorPresent, r.Offset = true, n-q.Offset
		case !errors.Is(err, sql.ErrNoRows):
			return r, fmt.Errorf("finding the conversation: %w", err)
		}
	}
	r.Offset = max(0, min(r.Offset, r.Total-1))
	r.Rows, err = s.rows(ctx, where, args, q.Limit, r.Offset)
	return r, err
}

// rows reads a part of a list, newest first.
func (s snapshot) rows(ctx context.Context, where string, args []any, limit, offset int) ([]Conversation, error) {
	rows, err := s.QueryContext(ctx, `SELECT `+summaryColumns+`, ft.n, ft.unread, ft.flagged > 0, ft.attachments > 0, ft.last_date >= `+pinBase+`
		FROM (SELECT folder, thread FROM folder_thread ft WHERE `+where+` ORDER BY ft.last_date DESC, ft.thread DESC LIMIT ? OFFSET ?) w
		JOIN folder_thread ft ON ft.folder = w.folder AND ft.thread = w.thread JOIN msg m ON m.id = ft.last_msg LEFT JOIN folder f ON f.id = m.folder ORDER BY ft.last_date DESC, ft.thread DESC`,
		append(args, limit, offset)...)
	if err != nil {
		return nil, fmt.Errorf("reading the list: %w", err)
	}
	return collect(rows, func() (Conversation, error) {
		var c Conversation
		var err error
		c.Summary, err = scanSummary(scanMore{rows, []any{&c.Count, &c.UnreadCount, &c.Starred, &c.Attached, &c.Pinned}})
		return c, err
	})
}

// scanMore scans further columns behind those that its caller names.
type scanMore struct {
	rows *sql.Rows
	more []any
}

func (s scanMore) Scan(dest ...any) error { return s.rows.Scan(append(dest, s.more...)...) }

// Wanted lists messages of an account whose bodies the user waits for, newest first.
func (s *Store) Wanted(ctx context.Context, account string) ([]mail.ID, error) {
	rows, err := s.mail.read.QueryContext(ctx, `SELECT id FROM msg WHERE account = ? AND wanted = 1 ORDER BY date DESC`, account)
	if err != nil {
		return nil, fmt.Errorf("listing wanted bodies: %w", err)
	}
	return collect(rows, func() (id mail.ID, err error) { return id, rows.Scan(&id) })
}

// Want notes that the user waits for the text of a message.
func (s *Store) Want(ctx context.Context, id mail.ID) error {
	return s.writeMail(ctx, "asking for the message", func(t *txn) error {
		n, err := t.changed(`UPDATE msg SET wanted = 1 WHERE id = ? AND wanted = 0 AND id NOT IN (SELECT msg FROM body) AND id NOT IN (SELECT msg FROM partial)`, id)
		t.wake = n > 0
		return err
	})
}

// WantFailed gives up on a body and says why.
func (s *Store) WantFailed(ctx context.Context, id mail.ID, why string) error {
	return s.writeMail(ctx, "giving up on the message", func(t *txn) error {
		t.emit(event.BodyArrived{ID: id, Failed: why})
		return t.exec(`UPDATE msg SET wanted = 0 WHERE id = ?`, id)
	})
}

// Place is where the server has a message.
type Place struct {
	ID     mail.ID
	Folder mail.FolderID
	UID    mail.UID
	Size   int64
}

// ServerPlace tells where the server has a message. The error is ErrNotFound
// where that is not known.
func (s *Store) ServerPlace(ctx context.Context, id mail.ID) (Place, error) {
	p := Place{ID: id}
	err := s.mail.read.QueryRowContext(ctx, `SELECT srv_folder, srv_uid, size FROM msg
		WHERE id = ? AND srv_uid IS NOT NULL AND srv_folder <> 0`, id).Scan(&p.Folder, &p.UID, &p.Size)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	return p, err
}

// BodyInfo is what reading a body taught about a message.
type BodyInfo struct {
	Snippet     string
	Attachments []mail.AttachmentInfo
	ListID      string // without <>
	Text        string // what the reader shows, for the index of words
}

// BodyItem is the exact bytes of a message, with what they taught.
type BodyItem struct {
	ID  mail.ID
	Raw []byte
	BodyInfo
}

// PutBody stores the exact bytes of a message, and its words in the index.
func (s *Store) PutBody(ctx context.Context, id mail.ID, raw []byte, info BodyInfo) error {
	return s.PutBodies(ctx, []BodyItem{{id, raw, info}})
}

// PutBodies is PutBody for several messages, in few transactions, which costs the
// index much less. The words of a long list are in the index some seconds later, or
// when Reindex returns.
func (s *Store) PutBodies(ctx context.Context, list []BodyItem) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	size := 0
	for _, b := range list {
		size += len(b.Raw)
	}
	ready := make(chan prepared, 16)
	go func() {
		var words []byte
		for _, b := range list {
			select {
			case ready <- prepared{s.enc.EncodeAll(b.Raw, s.packs.get()), bodyWords(&words, b.Text)}:
			case <-ctx.Done():
				return
			}
		}
	}()
	return s.writePieces(ctx, "storing messages", len(list), func(t *txn, i int) error {
		select {
		case p := <-ready:
			defer s.packs.put(p.packed)
			return t.putBody(list[i], p, size >= s.many.listBytes)
		case <-ctx.Done():
			return ctx.Err()
		}
	})
}

// prepared is what of a body can be made before it is written.
type prepared struct {
	packed []byte
	words  string
}

func (t *txn) putBody(b BodyItem, p prepared, many bool) error {
	m, err := t.findBodyless(b.ID)
	if errors.Is(err, ErrNotFound) {
		return nil // expunged while it was on its way
	}
	if err != nil {
		return err
	}
	if err := t.exec(`INSERT INTO body (msg, size, zstd) VALUES (?, ?, ?) ON CONFLICT (msg) DO UPDATE SET size = excluded.size, zstd = excluded.zstd`,
		b.ID, len(b.Raw), p.packed); err != nil {
		return err
	}
	if m.parts {
		if err := t.whole(b.ID); err != nil {
			return err
		}
	}
	return t.learned(m, b.BodyInfo, p.words, many)
}

// bodyless is what is known of a message of which the body arrives.
type bodyless struct {
	storedWords
	id       mail.ID
	folder   mail.FolderID
	thread   mail.ThreadID
	attached int
	parts    bool // something is kept that is needed only while it is not here as a whole
	body     bool // it is here already
}

// findBodyless reads that. The error is ErrNotFound where the message is gone.
func (t *txn) findBodyless(id mail.ID) (m bodyless, err error) {
	err = t.QueryRowContext(t.ctx, `SELECT `+indexedColumns+`, m.id, folder, thread, attached, EXISTS (SELECT 1 FROM structure WHERE msg = m.id)
			OR EXISTS (SELECT 1 FROM partial WHERE msg = m.id) OR EXISTS (SELECT 1 FROM part WHERE msg = m.id), EXISTS (SELECT 1 FROM body WHERE msg = m.id)
		FROM msg m WHERE id = ?`, id).Scan(append(m.fields(), &m.id, &m.folder, &m.thread, &m.attached, &m.parts, &m.body)...)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	return m, err
}

// learned takes over what reading a message taught, and tells that it is here. Of many
// the words are gathered.
func (t *txn) learned(m bodyless, b BodyInfo, words string, many bool) error {
	attached := countAttached(b.Attachments)
	if attached != m.attached {
		t.touch(m.folder, m.thread)
	}
	t.emit(event.BodyArrived{ID: m.id}, event.MessagesChanged{Account: m.account, Folder: m.folder})
	m.files, m.list = attachmentJSON(b.Attachments), b.ListID
	if err := t.exec(`UPDATE msg SET snippet = ?, attachments = ?, attached = ?, list = ?, wanted = 0 WHERE id = ?`,
		b.Snippet, m.files, attached, m.list, m.id); err != nil {
		return err
	}
	if err := t.number(m.id, &m.storedWords); err != nil {
		return err
	}
	if many {
		g := gathered{storedWords: m.storedWords, msg: m.id, body: words, hasBody: true}
		err := t.QueryRowContext(t.ctx, wishQuery+` RETURNING wish`, m.id).Scan(&g.wish)
		t.later = append(t.later, g)
		return err
	}
	x, err := m.indexed(words, true)
	if err != nil {
		return err
	}
	t.index(m.doc.Int64, true, x)
	return t.exec(`DELETE FROM reindex WHERE msg = ?`, m.id)
}

// Body gives the exact bytes of a message, from wherever a copy of it lies. The error is
// ErrNotFound where they are not here.
func (s *Store) Body(ctx context.Context, id mail.ID) ([]byte, error) {
	var packed []byte
	err := s.mail.read.QueryRowContext(ctx, `SELECT zstd FROM body WHERE msg = ?1
		UNION ALL SELECT zstd FROM msg JOIN msg AS copy ON `+copyOfMsg+` JOIN body ON body.msg = copy.id WHERE msg.id = ?1 LIMIT 1`, id).Scan(&packed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("reading message %s: %w", id, err)
	}
	return s.unpack(packed)
}

// HasBody tells whether the bytes of a message are here.
func (s *Store) HasBody(ctx context.Context, id mail.ID) (bool, error) {
	var n int
	err := s.mail.read.QueryRowContext(ctx, `SELECT count(*) FROM msg WHERE id = ? AND (NOT `+noBody+` OR `+copyHere+`)`, id).Scan(&n)
	return n > 0, err
}

// FindMessageID lists the messages of an account with a Message-ID, those in
// Sent first.
func (s *Store) FindMessageID(ctx context.Context, account, messageID string) ([]mail.Summary, error) {
	return s.summaries(ctx, "looking for a message", `m.account = ? AND m.ident_hash = ? AND m.ident = ? AND m.folder <> 0 ORDER BY f.role = 'sent' DESC, m.id`, account, hashOf(messageID), messageID)
}
