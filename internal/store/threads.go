package store

import (
	"database/sql"
	"errors"

	"postea/internal/mail"
)

// maxRefs bounds how many References one message may tie together.
const maxRefs = 50

// threadFor finds or makes the conversation of a message by its own Message-ID
// and those it refers to. Conversations that turn out to be one are merged.
func (t *txn) threadFor(account string, h Header) (mail.ThreadID, error) {
	ids := threadIDs(h)
	var thread mail.ThreadID
	for _, id := range ids {
		var found mail.ThreadID
		err := t.QueryRowContext(t.ctx, `SELECT thread FROM mid WHERE account = ? AND mid = ?`, account, id).Scan(&found)
		switch {
		case errors.Is(err, sql.ErrNoRows):
		case err != nil:
			return 0, err
		case thread == 0:
			thread = found
		case thread != found:
			if err := t.mergeThreads(thread, found); err != nil {
				return 0, err
			}
		}
	}
	if thread == 0 {
		n, err := t.insert(`INSERT INTO thread (account) VALUES (?)`, account)
		if err != nil {
			return 0, err
		}
		thread = mail.ThreadID(n)
	}
	for _, id := range ids {
		if err := t.exec(`INSERT OR IGNORE INTO mid (account, mid, thread) VALUES (?, ?, ?)`, account, id, thread); err != nil {
			return 0, err
		}
	}
	return thread, nil
}

// threadIDs lists the Message-IDs that tie a message to its conversation, the
// root first, each once, none empty.
func threadIDs(h Header) []string {
	refs := h.References
	if len(refs) > maxRefs {
		refs = append(append([]string{}, refs[0]), refs[len(refs)-maxRefs+1:]...)
	}
	seen := map[string]bool{"": true}
	var ids []string
	for _, list := range [][]string{refs, h.InReplyTo, {h.MessageID}} {
		for _, id := range list {
			if !seen[id] && len(id) <= 998 {
				seen[id] = true
				ids = append(ids, id)
			}
		}
		if len(ids) > 2*maxRefs {
			break
		}
	}
	return ids
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
	if err := t.exec(`UPDATE mid SET thread = ? WHERE thread = ?`, into, from); err != nil {
		return err
	}
	return t.exec(`DELETE FROM thread WHERE id = ?`, from)
}

// touch notes that a conversation's row in a folder's list must be counted anew.
func (t *txn) touch(folder mail.FolderID, thread mail.ThreadID) {
	if t.threads == nil {
		t.threads = map[threadKey]struct{}{}
	}
	t.threads[threadKey{folder, thread}] = struct{}{}
}

// recount brings folder_thread in line for every touched conversation.
func (t *txn) recount() error {
	for k := range t.threads {
		if k.folder == 0 {
			continue
		}
		var n, unread, flagged, attachments sql.NullInt64
		var date, last sql.NullInt64
		err := t.QueryRowContext(t.ctx, `SELECT count(*), sum(1 - seen), sum(flagged), sum(attached), max(date)
			FROM msg WHERE thread = ? AND folder = ?`, k.thread, k.folder).Scan(&n, &unread, &flagged, &attachments, &date)
		if err != nil {
			return err
		}
		if n.Int64 == 0 {
			if err := t.exec(`DELETE FROM folder_thread WHERE folder = ? AND thread = ?`, k.folder, k.thread); err != nil {
				return err
			}
			continue
		}
		// Without the hint SQLite goes through the folder from its newest message on.
		if err := t.QueryRowContext(t.ctx, `SELECT id FROM msg INDEXED BY msg_thread WHERE thread = ? AND folder = ? ORDER BY date DESC, id DESC LIMIT 1`,
			k.thread, k.folder).Scan(&last); err != nil {
			return err
		}
		if err := t.exec(`INSERT INTO folder_thread (folder, thread, last_date, last_msg, n, unread, flagged, attachments)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (folder, thread) DO UPDATE SET
			last_date = excluded.last_date, last_msg = excluded.last_msg, n = excluded.n,
			unread = excluded.unread, flagged = excluded.flagged, attachments = excluded.attachments`,
			k.folder, k.thread, date.Int64, last.Int64, n.Int64, unread.Int64, flagged.Int64, attachments.Int64); err != nil {
			return err
		}
	}
	return nil
}
