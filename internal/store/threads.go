package store

import (
	"database/sql"
	"errors"
	"slices"

	"postea/internal/mail"
)

// maxRefs bounds how many References one message may tie together.
const maxRefs = 50

// threadFor finds or makes the conversation of a message by the hashes of its own
// Message-ID and those it refers to. Conversations that turn out to be one are merged.
func (t *txn) threadFor(refs []int64) (mail.ThreadID, error) {
	var thread mail.ThreadID
	for _, ref := range refs {
		found, err := t.threadOf(ref)
		switch {
		case err != nil:
			return 0, err
		case found == 0 || found == thread:
		case thread == 0:
			thread = found
		default:
			if err := t.mergeThreads(thread, found); err != nil {
				return 0, err
			}
		}
	}
	if thread == 0 {
		t.book.last++
		thread = t.book.last
		t.book.made = append(t.book.made, thread)
	}
	for _, ref := range refs {
		if t.book.threads[ref] == thread {
			continue
		}
		t.book.threads[ref] = thread
		t.book.added = append(t.book.added, ref)
	}
	return thread, nil
}

// threadOf gives the conversation of a Message-ID by its hash, 0 for none.
func (t *txn) threadOf(ref int64) (mail.ThreadID, error) {
	if found, read := t.book.threads[ref]; read {
		return found, nil
	}
	var found mail.ThreadID
	err := t.QueryRowContext(t.ctx, `SELECT thread FROM reference WHERE hash = ?`, ref).Scan(&found)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	t.book.threads[ref] = found
	return found, err
}

func (t *txn) mergeThreads(into, from mail.ThreadID) error {
	rows, err := t.QueryContext(t.ctx, `SELECT DISTINCT folder FROM msg WHERE thread = ?`, from)
	if err != nil {
		return err
	}
	folders, err := collect(rows, func() (f mail.FolderID, err error) { return f, rows.Scan(&f) })
	if err != nil {
		return err
	}
	for _, f := range folders {
		t.touch(f, from)
		t.touch(f, into)
	}
	if err := t.exec(`UPDATE msg SET thread = ? WHERE thread = ?`, into, from); err != nil {
		return err
	}
	if err := t.exec(`UPDATE reference SET thread = ? WHERE thread = ?`, into, from); err != nil {
		return err
	}
	for ref, thread := range t.book.threads {
		if thread == from {
			t.book.threads[ref] = into
		}
	}
	if i := slices.Index(t.book.made, from); i >= 0 {
		t.book.made = slices.Delete(t.book.made, i, i+1)
	}
	return t.exec(`DELETE FROM thread WHERE id = ?`, from)
}

// touch notes that a conversation's row in a folder's list must be counted anew.
func (t *txn) touch(folder mail.FolderID, thread mail.ThreadID) { t.recountLater(folder, thread, true) }

// grown is touch where messages have only come.
func (t *txn) grown(folder mail.FolderID, thread mail.ThreadID) {
	t.recountLater(folder, thread, false)
}

func (t *txn) recountLater(folder mail.FolderID, thread mail.ThreadID, left bool) {
	if t.threads == nil {
		t.threads = map[threadKey]bool{}
	}
	key := threadKey{folder, thread}
	t.threads[key] = t.threads[key] || left
}

// shift notes what flags that have changed do to the row of a conversation, which need
// not be counted anew for them.
func (t *txn) shift(folder mail.FolderID, thread mail.ThreadID, unread, flagged int) {
	if t.shifts == nil {
		t.shifts = map[threadKey]threadShift{}
	}
	key := threadKey{folder, thread}
	d := t.shifts[key]
	t.shifts[key] = threadShift{d.unread + unread, d.flagged + flagged}
}

// shiftRows carries out the shifts. Conversations that must be counted anew all the same
// are touched.
func (t *txn) shiftRows(arranging map[mail.FolderID]string) error {
	for k, d := range t.shifts {
		if _, counted := t.threads[k]; counted || k.folder == 0 || d == (threadShift{}) {
			continue
		}
		if _, sorted := arranging[k.folder]; sorted {
			t.touch(k.folder, k.thread)
			continue
		}
		n, err := t.changed(`UPDATE folder_thread SET unread = unread + ?, flagged = flagged + ? WHERE folder = ? AND thread = ?`, d.unread, d.flagged, k.folder, k.thread)
		if err != nil {
			return err
		}
		if n == 0 {
			t.touch(k.folder, k.thread)
		}
	}
	return nil
}

// recount brings folder_thread and arranged in line for every touched conversation. The hint
// keeps SQLite from going through whole folders.
func (t *txn) recount() error {
	if len(t.threads)+len(t.shifts) == 0 {
		return nil
	}
	arranging, err := t.arranging()
	if err != nil {
		return err
	}
	if err := t.shiftRows(arranging); err != nil {
		return err
	}
	byFolder := map[mail.FolderID][]mail.ThreadID{}
	for k := range t.threads {
		if k.folder != 0 {
			byFolder[k.folder] = append(byFolder[k.folder], k.thread)
		}
	}
	for folder, threads := range byFolder {
		list := jsonSet(threads)
		if err := t.exec(`INSERT INTO folder_thread (folder, thread, last_date, last_msg, n, unread, flagged, attachments)
			SELECT folder, thread, max(`+liftedDate+`), CASE count(*) WHEN 1 THEN max(id) ELSE (
				SELECT id FROM msg AS m INDEXED BY msg_thread WHERE m.thread = msg.thread AND m.folder = ?1 ORDER BY date DESC, id DESC LIMIT 1) END,
				count(*), sum(1 - seen), sum(flagged), sum(attached)
			FROM msg INDEXED BY msg_thread WHERE thread IN (SELECT value FROM json_each(?2)) AND folder = ?1 GROUP BY thread
			ON CONFLICT (folder, thread) DO UPDATE SET
			last_date = excluded.last_date, last_msg = excluded.last_msg, n = excluded.n,
			unread = excluded.unread, flagged = excluded.flagged, attachments = excluded.attachments`, folder, list); err != nil {
			return err
		}
		if left := slices.DeleteFunc(threads, func(id mail.ThreadID) bool { return !t.threads[threadKey{folder, id}] }); len(left) > 0 {
			if err := t.exec(`DELETE FROM folder_thread WHERE folder = ?1 AND thread IN (SELECT value FROM json_each(?2))
				AND NOT EXISTS (SELECT 1 FROM msg INDEXED BY msg_thread WHERE thread = folder_thread.thread AND folder = ?1)`, folder, jsonList(left)); err != nil {
				return err
			}
		}
		if name, kept := arranging[folder]; kept {
			if err := t.arrange(folder, name, list); err != nil {
				return err
			}
		}
	}
	return nil
}
