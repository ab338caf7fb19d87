package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"

	"postea/internal/event"
	"postea/internal/mail"
)

const (
	arrangeStep = 200           // conversations that are put in order in one transaction
	arrangedAll = math.MaxInt64 // folder.arranged_to when all have been
)

// name is how folder.arranged calls the order of a query. An order that changes
// its meaning gets another name.
func (q SortQuery) name() string {
	if q.Single {
		return "single " + q.Sort
	}
	return "threads " + q.Sort
}

// Arrange puts a folder in the order of a query and has it kept so, until another
// order is wanted; ListSorted then gives any page at once. It works in small
// transactions and may be broken off: the next call goes on.
func (s *Store) Arrange(ctx context.Context, q SortQuery) error {
	for {
		done := false
		err := s.writeMail(ctx, "arranging a list", func(t *txn) (err error) {
			done, err = t.arrangeSome(q)
			return err
		})
		if done || err != nil {
			return err
		}
	}
}

// arrangeSome does the next part of it.
func (t *txn) arrangeSome(q SortQuery) (done bool, err error) {
	var name, account string
	var to int64
	err = t.QueryRowContext(t.ctx, `SELECT account, arranged, arranged_to FROM folder WHERE id = ?`, q.Folder).Scan(&account, &name, &to)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return true, nil
	case err != nil:
		return false, err
	case name != q.name():
		return false, t.clearArranged(q)
	case to == arrangedAll:
		return true, nil
	}
	rows, err := t.QueryContext(t.ctx, `SELECT thread FROM folder_thread WHERE folder = ? AND thread > ? ORDER BY thread LIMIT ?`, q.Folder, to, arrangeStep)
	if err != nil {
		return false, err
	}
	list, err := collect(rows, func() (id mail.ThreadID, err error) { return id, rows.Scan(&id) })
	if err != nil {
		return false, err
	}
	to = arrangedAll
	if len(list) == arrangeStep {
		to = int64(list[len(list)-1])
	}
	if err := t.arrange(q.Folder, q.name(), jsonList(list)); err != nil {
		return false, err
	}
	if to == arrangedAll {
		t.emit(event.MessagesChanged{Account: account, Folder: q.Folder})
	}
	return to == arrangedAll, t.exec(`UPDATE folder SET arranged_to = ? WHERE id = ?`, to, q.Folder)
}

// clearArranged takes away rows of another order, and begins when there are none.
func (t *txn) clearArranged(q SortQuery) error {
	if err := t.exec(`UPDATE folder SET arranged = '', arranged_to = 0 WHERE id = ?`, q.Folder); err != nil {
		return err
	}
	n, err := t.changed(`DELETE FROM arranged WHERE folder = ?1 AND thread IN (SELECT thread FROM arranged WHERE folder = ?1 ORDER BY thread LIMIT ?2)`, q.Folder, arrangeStep)
	if err != nil || n > 0 {
		return err
	}
	return t.exec(`UPDATE folder SET arranged = ? WHERE id = ?`, q.name(), q.Folder)
}

// arranging gives the folders whose order is kept, by id.
func (t *txn) arranging() (map[mail.FolderID]string, error) {
	rows, err := t.QueryContext(t.ctx, `SELECT id, arranged FROM folder WHERE arranged <> ''`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[mail.FolderID]string{}
	for rows.Next() {
		var id mail.FolderID
		var name string
		if err := rows.Scan(&id, &name); err != nil {
			return nil, err
		}
		out[id] = name
	}
	return out, rows.Err()
}

// arrange puts conversations, a list in JSON, in their places.
func (t *txn) arrange(folder mail.FolderID, name, threads string) error {
	q, ok := sortNamed(folder, name)
	if !ok { // of another version of postea: it is made anew when it is wanted
		return t.exec(`UPDATE folder SET arranged = '', arranged_to = 0 WHERE id = ?`, folder)
	}
	if err := t.exec(`DELETE FROM arranged WHERE folder = ?1 AND thread IN (SELECT value FROM json_each(?2))`, folder, threads); err != nil {
		return err
	}
	by := ``
	if q.Single { // else SQLite may go through the whole folder
		by = `INDEXED BY msg_thread`
	}
	key, at, tie := q.keys()
	return t.exec(`INSERT INTO arranged (folder, thread, msg, key, at, tie) SELECT ?1, m.thread, m.id, `+key+`, `+at+`, `+tie+`
		FROM `+q.of(by, `thread IN (SELECT value FROM json_each(?2))`), folder, threads)
}

// inOrder reads a window of a list whose order is kept, whichever end is nearer.
func (s snapshot) inOrder(ctx context.Context, q SortQuery, offset, total int) ([]Conversation, error) {
	limit, desc := q.Limit, ""
	if offset > total/2 {
		end := max(0, total-offset-limit)
		limit, offset, desc = total-offset-end, end, " DESC"
	}
	return s.sortedRows(ctx, `(SELECT thread, msg AS id, key, at, tie FROM arranged WHERE folder = ?1
			ORDER BY key`+desc+`, at`+desc+`, tie`+desc+` LIMIT ?2 OFFSET ?3) w `+q.shown(), `w.key, w.at, w.tie`, q.Folder, limit, offset)
}

// placeInOrder is how many rows stand before one in a list whose order is kept.
func (s snapshot) placeInOrder(ctx context.Context, q SortQuery) (n int, there bool, err error) {
	one := `thread = ?2`
	if q.Single {
		one = `thread = (SELECT thread FROM msg WHERE id = -?2) AND msg = -?2`
	}
	err = s.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM arranged a WHERE a.folder = ?1 AND (a.key, a.at, a.tie) < (x.key, x.at, x.tie))
		FROM arranged x WHERE x.folder = ?1 AND `+one, q.Folder, q.Anchor).Scan(&n)
	there, err = found(err)
	if err != nil {
		err = fmt.Errorf("finding the conversation: %w", err)
	}
	return n, there, err
}
