package store

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"postea/internal/event"
	"postea/internal/mail"
)

// pinBase lifts a pinned message above all dates: 2 to the power of 40 seconds.
const pinBase = "1099511627776"

// Pinned is the Lift of a message that stands on top of its lists.
const Pinned int64 = 1 << 40

// Change is what the user wants of some messages.
type Change struct {
	Label  string        // for undo: "Archived 3 messages"; "": no undo step
	MoveTo mail.FolderID // 0: stay
	CopyTo mail.FolderID // a copy is made there, which the changes of flags are for; 0: none
	BackTo mail.FolderID // where undo moves what the server has made of the copy; 0: it is deleted for good
	Erase  bool          // delete for good
	Add    []string      // flags
	Remove []string
	Lift   *int64 // where lists show it: Pinned, a time in Unix seconds, or 0 for its date; nil: as it is
	Muted  *bool  // nil: as it is
	Mark   *MarkChange

	Discard []mail.DraftID // drafts
	Forget  bool           // also those whose copies the messages are
}

// Part is a change of some of the messages of a step.
type Part struct {
	IDs []mail.ID
	Change
}

type undoItem struct {
	ID           mail.ID `json:"id"`
	FolderBefore int64   `json:"fb"`
	FolderAfter  int64   `json:"fa"`
	FlagsBefore  string  `json:"gb"`
	FlagsAfter   string  `json:"ga"`
	LiftBefore   int64   `json:"lb,omitempty"`
	LiftAfter    int64   `json:"la,omitempty"`
	MutedBefore  bool    `json:"mb,omitempty"`
	MutedAfter   bool    `json:"ma,omitempty"`
	BackTo       int64   `json:"bt,omitempty"`
	IdentHash    int64   `json:"ih,omitempty"`
}

// undoMore is what a step takes back besides messages.
type undoMore struct {
	Marks    []markBefore   `json:"marks,omitempty"`
	Folders  []folderBefore `json:"folders,omitempty"`
	Drafts   []draftBefore  `json:"drafts,omitempty"`
	Searches []searchBefore `json:"searches,omitempty"`
	Rule     string         `json:"rule,omitempty"`
}

// Apply makes a change to messages, at once in what the user sees; the syncer
// carries it to the server. Ids that name nothing are passed over; the number
// of messages found is returned.
func (s *Store) Apply(ctx context.Context, ids []mail.ID, c Change) (int, error) {
	return s.ApplyAll(ctx, c.Label, []Part{{ids, c}})
}

// ApplyAll is Apply for several changes that are one step of undo, under label;
// "" makes none. Where all was so already there is a step too, or undo would take
// back the one before. The labels of the parts do not matter.
func (s *Store) ApplyAll(ctx context.Context, label string, parts []Part) (int, error) {
	// Marks and drafts lie in the other file. They come first: without the change they do
	// nothing, and the change without them would not be taken back when due.
	more := undoMore{}
	if slices.ContainsFunc(parts, func(p Part) bool { return p.Mark != nil }) {
		s.marking.Lock()
		defer s.marking.Unlock()
	}
	for _, p := range parts {
		if p.Mark == nil {
			continue
		}
		before, err := s.markMessages(ctx, p.IDs, *p.Mark)
		if err != nil {
			return 0, err
		}
		more.Marks = append(more.Marks, before...)
	}
	for _, p := range parts {
		before, err := s.discardOf(ctx, p)
		if err != nil {
			return 0, err
		}
		more.Drafts = append(more.Drafts, before...)
	}
	n := 0
	err := s.writeMail(ctx, "recording the change", func(t *txn) error {
		n = 0
		var items []undoItem
		for _, p := range parts {
			found, err := t.apply(p, &items)
			if err != nil {
				return err
			}
			n += found
		}
		if label == "" || n == 0 && len(more.Drafts) == 0 {
			return nil
		}
		return t.pushUndo(label, items, more)
	})
	return n, err
}

func (t *txn) apply(p Part, items *[]undoItem) (int, error) {
	n := 0
	add, remove := mapFlags(p.Add), mapFlags(p.Remove)
	for _, id := range p.IDs {
		m, err := t.findMsg(`id = ? AND folder <> 0`, id)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return n, err
		}
		n++
		before := m
		if p.CopyTo != 0 {
			if m, err = t.copyMsg(m, p.CopyTo); err != nil {
				return n, err
			}
			before = m
			before.folder = 0
		}
		switch {
		case p.Erase:
			m.folder = 0
			m.flags = applyFlags(m.flags, nil, []string{mail.FlagDeleted}) // or it would be HereOnly, see Pending
		case p.MoveTo != 0:
			m.folder = p.MoveTo
			m.flags = applyFlags(m.flags, nil, []string{mail.FlagSnoozed}) // what lies elsewhere is not
		}
		m.flags = applyFlags(m.flags, add, remove)
		if p.Lift != nil && (m.lift != Pinned || *p.Lift == 0) { // what comes back to the top is not taken off it
			m.lift = *p.Lift
		}
		if p.Muted != nil {
			m.muted = *p.Muted
		}
		if m == before {
			continue
		}
		*items = append(*items, undoItem{m.id, int64(before.folder), int64(m.folder), before.flags, m.flags, before.lift, m.lift, before.muted, m.muted, int64(p.BackTo), m.identHash})
		if p.CopyTo != 0 {
			before.folder = p.CopyTo
		}
		if err := t.put(before, m); err != nil {
			return n, err
		}
	}
	return n, nil
}

// put is save, but for a copy that was never begun: where the user wants it no
// more, there is nothing to be carried out.
func (t *txn) put(before, m msgRow) error {
	if m.copyOf == 0 || m.folder != 0 || m.srvFolder != 0 || m.moving != 0 {
		return t.save(before, m)
	}
	t.touch(before.folder, m.thread)
	t.emit(event.MessagesChanged{Account: m.account, Folder: before.folder}, event.FoldersChanged{Account: m.account})
	return t.exec(`DELETE FROM msg WHERE id = ?`, m.id)
}

// copyMsg makes a copy of a message that the server has still to make.
func (t *txn) copyMsg(m msgRow, to mail.FolderID) (msgRow, error) {
	n, err := t.insert(`INSERT INTO msg (account, folder, flags, srv_folder, dirty, seen, flagged, ident, ident_hash, message_id, thread, date, internal,
			sender, sender_hash, rcpt, cc, subject, size, attachments, attached, snippet, list, muted, copy_of)
		SELECT account, ?2, flags, 0, 1, seen, flagged, ident, ident_hash, message_id, thread, date, internal,
			sender, sender_hash, rcpt, cc, subject, size, attachments, attached, snippet, list, muted, id FROM msg WHERE id = ?1`, m.id, to)
	if err != nil {
		return m, err
	}
	t.touch(to, m.thread)
	for _, q := range []string{
		`INSERT INTO body (msg, size, zstd) SELECT ?2, size, zstd FROM body WHERE msg = ?1`,
		`INSERT INTO partial (msg, away, zstd) SELECT ?2, away, zstd FROM partial WHERE msg = ?1`,
		`INSERT INTO structure (msg, body) SELECT ?2, body FROM structure WHERE msg = ?1`,
		`INSERT INTO reindex (msg) SELECT ?2 WHERE ?1 <> 0`,
	} {
		if err := t.exec(q, m.id, n); err != nil {
			return m, err
		}
	}
	if err := t.exec(`INSERT INTO unruly (msg) SELECT ? FROM ruled WHERE folder = ?`, n, to); err != nil {
		return m, err
	}
	if err := t.exec(`UPDATE folder SET total = total + 1, unread = unread + (SELECT 1 - seen FROM msg WHERE id = ?) WHERE id = ?`, n, to); err != nil {
		return m, err
	}
	return t.findMsg(`id = ?`, n)
}

func mapFlags(list []string) []string {
	out := make([]string, len(list))
	for i, f := range list {
		out[i] = canonicalFlag(f)
	}
	return out
}

// CopiesDone records that the server has made copies in a folder; uids gives the
// UID of each where the server said it, 0 where it did not.
func (s *Store) CopiesDone(ctx context.Context, to mail.FolderID, uids map[mail.ID]mail.UID) error {
	var ids []mail.ID
	for id := range uids {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	// A copy has the flags that the original had then (RFC 9051 §6.4.7), as far
	// as they are known.
	err := s.eachMsg(ctx, "recording the flags of copies", ids, func(t *txn, m msgRow) error {
		return t.exec(`UPDATE msg SET srv_flags = coalesce((SELECT o.srv_flags FROM msg o WHERE o.id = msg.copy_of), '') WHERE id = ?`, m.id)
	})
	if err != nil {
		return err
	}
	return s.MoveDone(ctx, to, uids)
}

// DropCopies takes copies away that will not be made, and says why unless that
// is "".
func (s *Store) DropCopies(ctx context.Context, account string, ids []mail.ID, why string) error {
	return s.refusing(ctx, "taking a copy back", account, ids, why, func(t *txn, m msgRow) error {
		t.touch(m.folder, m.thread)
		t.emit(event.MessagesChanged{Account: m.account, Folder: m.folder}, event.FoldersChanged{Account: m.account})
		return t.exec(`DELETE FROM msg WHERE id = ?`, m.id)
	})
}

func (t *txn) pushUndo(label string, items []undoItem, more undoMore) error {
	left, err := t.left(items, more.Folders)
	if err != nil {
		return err
	}
	more.Folders = slices.Concat(more.Folders, left)
	b, err := json.Marshal(items)
	if err != nil {
		return err
	}
	m, err := json.Marshal(more)
	if err != nil {
		return err
	}
	if err := t.exec(`INSERT INTO undo (label, created, items, more) VALUES (?, ?, ?, ?)`, label, t.s.now().UnixMilli(), string(b), string(m)); err != nil {
		return err
	}
	return t.exec(`DELETE FROM undo WHERE id <= (SELECT max(id) FROM undo) - ?`, maxUndo)
}

// left lists the folders that messages have left, beside those of a list.
func (t *txn) left(items []undoItem, list []folderBefore) ([]folderBefore, error) {
	var ids []int64
	for _, it := range items {
		known := slices.ContainsFunc(list, func(f folderBefore) bool { return f.ID == mail.FolderID(it.FolderBefore) })
		if it.FolderBefore != it.FolderAfter && !known && !slices.Contains(ids, it.FolderBefore) {
			ids = append(ids, it.FolderBefore)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := t.QueryContext(t.ctx, `SELECT id, account, name, role FROM folder WHERE id IN (SELECT value FROM json_each(?))`, jsonList(ids))
	if err != nil {
		return nil, err
	}
	return collect(rows, func() (folderBefore, error) {
		f := folderBefore{Gone: true}
		err := rows.Scan(&f.ID, &f.Account, &f.Name, &f.Role)
		return f, err
	})
}
