package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"postea/internal/mail"
)

// SortQuery says which list of one folder is wanted, in an order other than that
// of List.
type SortQuery struct {
	Folder mail.FolderID
	Sort   string // "" newest first, oldest, sender, subject, largest, unread
	Single bool   // messages, each as mail.Alone, instead of conversations
	Offset int
	Limit  int
	Anchor mail.ThreadID // as of ListQuery
}

const (
	bySender = `lower(coalesce(nullif(m.sender ->> '$[0].name', ''), m.sender ->> '$[0].address', ''))`
	// Answers stand beside what they answer.
	bySubject = `lower(trim(CASE WHEN m.subject LIKE 're: %' OR m.subject LIKE 'aw: %' OR m.subject LIKE 'fw: %' THEN substr(m.subject, 5)
		WHEN m.subject LIKE 'fwd: %' THEN substr(m.subject, 6) ELSE m.subject END))`
)

// sortNamed is the query with that name.
func sortNamed(folder mail.FolderID, name string) (SortQuery, bool) {
	kind, sort, _ := strings.Cut(name, " ")
	q := SortQuery{Folder: folder, Sort: sort, Single: kind == "single"}
	return q, q.name() == name && slices.Contains([]string{"", "oldest", "sender", "subject", "largest", "unread"}, sort)
}

// keys are what rows with a date d, a key k and unread u, of a message m, are
// ordered by, all ascending.
func (q SortQuery) keys() (key, at, tie string) {
	switch q.Sort {
	case "oldest":
		return `''`, `r.d`, `r.k`
	case "sender":
		return bySender, `-r.d`, `-r.k`
	case "subject":
		return bySubject, `-r.d`, `-r.k`
	case "largest":
		return `-m.size`, `-r.k`, `-m.id`
	case "unread":
		return `r.u = 0`, `-r.d`, `-r.k`
	}
	return `''`, `-r.d`, `-r.k`
}

func (q SortQuery) order() string {
	key, at, tie := q.keys()
	return key + `, ` + at + `, ` + tie
}

// of is what the list is made of, as far as it lies in the folder ?1 and fulfils
// a condition: each row r with d, k and u, and its message m. by names an index of
// msg, or is empty.
func (q SortQuery) of(by, condition string) string {
	if q.Single {
		return `(SELECT id, -id AS k, ` + liftedDate + ` AS d, 1 - seen AS u, 1 AS n, flagged AS f, attached AS a
			FROM msg ` + by + ` WHERE folder = ?1 AND ` + condition + `) r JOIN msg m ON m.id = r.id`
	}
	return `(SELECT last_msg AS id, thread AS k, last_date AS d, unread AS u, n, flagged AS f, attachments AS a
		FROM folder_thread WHERE folder = ?1 AND ` + condition + `) r JOIN msg m ON m.id = r.id`
}

// shown joins to rows w, each with the thread and the id of its message, what is
// shown of them: as of does.
func (q SortQuery) shown() string {
	if q.Single {
		return `JOIN (SELECT id, -id AS k, ` + liftedDate + ` AS d, 1 - seen AS u, 1 AS n, flagged AS f, attached AS a FROM msg) r ON r.id = w.id JOIN msg m ON m.id = w.id`
	}
	return `JOIN (SELECT folder, thread AS k, last_date AS d, unread AS u, n, flagged AS f, attachments AS a FROM folder_thread) r ON r.folder = ?1 AND r.k = w.thread JOIN msg m ON m.id = w.id`
}

const liftedDate = `CASE WHEN lift >= ` + pinBase + ` THEN lift + date ELSE max(date, lift) END`

// ListSorted gives a window of the list of one folder in any order. Where that
// order is not kept (see Arrange) the result says so, and it takes longer the more
// the folder holds.
func (s *Store) ListSorted(ctx context.Context, q SortQuery) (ListResult, error) {
	var r ListResult
	err := s.atOnce(ctx, func(at snapshot) (err error) {
		r, err = at.sorted(ctx, q)
		return err
	})
	return r, err
}

func (s snapshot) sorted(ctx context.Context, q SortQuery) (ListResult, error) {
	var r ListResult
	total := `threads`
	if q.Single {
		total = `total`
	}
	var kept bool
	err := s.QueryRowContext(ctx, `SELECT `+total+`, total, unread, arranged = ? AND arranged_to = ? FROM folder WHERE id = ?`,
		q.name(), int64(arrangedAll), q.Folder).Scan(&r.Total, &r.Messages, &r.Unread, &kept)
	if there, err := found(err); err != nil || !there {
		if err != nil {
			err = fmt.Errorf("counting the list: %w", err)
		}
		return r, err
	}
	r.Offset, r.Unarranged = q.Offset, !kept
	if q.Anchor != 0 {
		place := s.placeBySorting
		if kept {
			place = s.placeInOrder
		}
		n, there, err := place(ctx, q)
		if err != nil {
			return r, err
		}
		if there {
			r.AnchorPresent, r.Offset = true, n-q.Offset
		}
	}
	r.Offset = max(0, min(r.Offset, r.Total-1))
	if kept {
		r.Rows, err = s.inOrder(ctx, q, r.Offset, r.Total)
	} else {
		r.Rows, err = s.sortedRows(ctx, q.of(``, `true`), q.order()+` LIMIT ?2 OFFSET ?3`, q.Folder, q.Limit, r.Offset)
	}
	return r, err
}

// placeBySorting is how many rows stand before one.
func (s snapshot) placeBySorting(ctx context.Context, q SortQuery) (n int, there bool, err error) {
	err = s.QueryRowContext(ctx, `SELECT n - 1 FROM (SELECT k, row_number() OVER (ORDER BY `+q.order()+`) AS n FROM `+q.of(``, `true`)+`) WHERE k = ?2`,
		q.Folder, q.Anchor).Scan(&n)
	there, err = found(err)
	if err != nil {
		err = fmt.Errorf("finding the conversation: %w", err)
	}
	return n, there, err
}

// sortedRows reads rows of a list from what gives r and m, in an order.
func (s snapshot) sortedRows(ctx context.Context, from, order string, args ...any) ([]Conversation, error) {
	rows, err := s.QueryContext(ctx, `SELECT `+summaryColumns+`, r.k, r.n, r.u, r.f > 0, r.a > 0, r.d >= `+pinBase+`
		FROM `+from+` LEFT JOIN folder f ON f.id = m.folder ORDER BY `+order, args...)
	if err != nil {
		return nil, fmt.Errorf("reading the list: %w", err)
	}
	return collect(rows, func() (Conversation, error) {
		var c Conversation
		var key mail.ThreadID
		var err error
		c.Summary, err = scanSummary(scanMore{rows, []any{&key, &c.Count, &c.UnreadCount, &c.Starred, &c.Attached, &c.Pinned}})
		c.Thread = key
		return c, err
	})
}

// ThreadsSorted lists all conversations, or single messages, of a folder.
func (s *Store) ThreadsSorted(ctx context.Context, q SortQuery) ([]mail.ThreadID, error) {
	rows, err := s.mail.read.QueryContext(ctx, `SELECT k FROM `+q.of(``, `true`)+` ORDER BY `+q.order(), q.Folder)
	if err != nil {
		return nil, fmt.Errorf("reading the list: %w", err)
	}
	return collect(rows, func() (t mail.ThreadID, err error) { return t, rows.Scan(&t) })
}

// found tells whether there was a row.
func found(err error) (bool, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}
