package store

import (
	"cmp"
	"encoding/json"
	"slices"

	"postea/internal/mail"
)

// batch is what is looked up and written once for all messages of AddHeaders.
type batch struct {
	known  map[mail.UID]msgRow // those that are there already
	idents map[string]bool     // messages the mirror has, in whatever folder
	total  int                 // how many were added to the folder
	unread int

	later     bool      // the words of new messages are left to Reindex
	unindexed []mail.ID // those
}

// lookUp reads what is known of the messages of a list.
func (t *txn) lookUp(account string, folder mail.FolderID, list []headerRow) (*batch, error) {
	b := &batch{known: map[mail.UID]msgRow{}, idents: map[string]bool{}}
	uids := make([]mail.UID, 0, len(list))
	var idents, refs []int64
	for _, h := range list {
		uids = append(uids, h.UID)
		idents = append(idents, h.identHash)
		refs = append(refs, h.refs...)
	}
	if err := t.lookUpUIDs(b, folder, uids); err != nil {
		return nil, err
	}
	rows, err := t.QueryContext(t.ctx, `SELECT ident FROM msg WHERE account = ? AND ident_hash IN (SELECT value FROM json_each(?))`, account, jsonSet(idents))
	if err != nil {
		return nil, err
	}
	_, err = collect(rows, func() (ident string, err error) {
		err = rows.Scan(&ident)
		b.idents[ident] = true
		return "", err
	})
	if err != nil {
		return nil, err
	}
	if err := t.lookUpDocs(list); err != nil {
		return nil, err
	}
	return b, t.openBook(account, refs)
}

// lookUpUIDs reads which messages of a folder are there. In a first pull none between
// the first and the last is, which is asked at once.
func (t *txn) lookUpUIDs(b *batch, folder mail.FolderID, uids []mail.UID) error {
	if len(uids) == 0 {
		return nil
	}
	var some bool
	err := t.QueryRowContext(t.ctx, `SELECT EXISTS (SELECT 1 FROM msg WHERE srv_folder = ? AND srv_uid IS NOT NULL AND srv_uid BETWEEN ? AND ?)`,
		folder, slices.Min(uids), slices.Max(uids)).Scan(&some)
	if err != nil || !some {
		return err
	}
	rows, err := t.QueryContext(t.ctx, `SELECT srv_uid, `+msgColumns+` FROM msg WHERE srv_folder = ? AND srv_uid IS NOT NULL AND srv_uid IN (SELECT value FROM json_each(?))`,
		folder, jsonSet(uids))
	if err != nil {
		return err
	}
	_, err = collect(rows, func() (m msgRow, err error) {
		var uid mail.UID
		err = rows.Scan(append([]any{&uid}, m.fields()...)...)
		b.known[uid] = m
		return m, err
	})
	return err
}

func jsonList[T any](list []T) string {
	if len(list) == 0 {
		return "[]"
	}
	b, err := json.Marshal(list)
	if err != nil {
		return "[]" // numbers and valid strings cannot fail
	}
	return string(b)
}

// jsonSet is jsonList for what is looked up: sorted, as it lies in an index.
func jsonSet[T cmp.Ordered](list []T) string {
	slices.Sort(list)
	return jsonList(list)
}

// count adds what a batch has put into a folder to its counters.
func (t *txn) count(folder mail.FolderID, b *batch) error {
	if b.total == 0 {
		return nil
	}
	return t.exec(`UPDATE folder SET total = total + ?, unread = unread + ? WHERE id = ?`, b.total, b.unread, folder)
}

// book is the Message-IDs of a transaction with their conversations: read at
// once, written at once.
type book struct {
	account string
	threads map[int64]mail.ThreadID // by hash; 0: looked for, and not there
	added   []int64
	made    []mail.ThreadID
	last    mail.ThreadID // the last one there is
	muted   bool          // some conversation is
}

// openBook looks hashes of Message-IDs up.
func (t *txn) openBook(account string, refs []int64) error {
	t.book = &book{account: account, threads: make(map[int64]mail.ThreadID, len(refs))}
	err := t.QueryRowContext(t.ctx, `SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'thread'), 0),
		EXISTS (SELECT 1 FROM msg WHERE muted = 1)`).Scan(&t.book.last, &t.book.muted)
	if err != nil {
		return err
	}
	for _, ref := range refs {
		t.book.threads[ref] = 0
	}
	rows, err := t.QueryContext(t.ctx, `SELECT hash, thread FROM reference WHERE hash IN (SELECT value FROM json_each(?))`, jsonSet(refs))
	if err != nil {
		return err
	}
	_, err = collect(rows, func() (ref int64, err error) {
		var thread mail.ThreadID
		err = rows.Scan(&ref, &thread)
		t.book.threads[ref] = thread
		return ref, err
	})
	return err
}

// closeBook writes what is new.
func (t *txn) closeBook() error {
	b := t.book
	t.book = nil
	if len(b.made) > 0 {
		if err := t.exec(`INSERT INTO thread (id, account) SELECT value, ? FROM json_each(?)`, b.account, jsonList(b.made)); err != nil {
			return err
		}
	}
	slices.Sort(b.added)
	for part := range slices.Chunk(b.added, 1000) {
		entries := make([][2]int64, len(part))
		for i, ref := range part {
			entries[i] = [2]int64{ref, int64(b.threads[ref])}
		}
		if err := t.exec(`INSERT OR IGNORE INTO reference (hash, thread) SELECT value ->> 0, value ->> 1 FROM json_each(?)`, jsonList(entries)); err != nil {
			return err
		}
	}
	return nil
}
