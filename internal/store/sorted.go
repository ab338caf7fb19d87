package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

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

// order is the ORDER BY of a query on m with a date d, a key k and unread u.
func (q SortQuery) order() string {
	switch q.Sort {
	case "oldest":
		return `d, k`
	case "sender":
		return bySender + `, d DESC, k DESC`
	case "subject":
		return bySubject + `, d DESC, k DESC`
	case "largest":
		return `m.size DESC, k DESC`
	case "unread":
		return `u > 0 DESC, d DESC, k DESC`
	}
	return `d DESC, k DESC`
}

// from is what the list is made of: each row with d, k and u.
func (q SortQuery) from() string {
	if q.Single {
		return `(SELECT id, -id AS k, CASE WHEN lift >= ` + pinBase + ` THEN lift + date ELSE max(date, lift) END AS d, 1 - seen AS u, 1 AS n, flagged AS f, attached AS a
			FROM msg WHERE folder = ?1) r JOIN msg m ON m.id = r.id`
	}
	return `(SELECT last_msg AS id, thread AS k, last_date AS d, unread AS u, n, flagged AS f, attachments AS a
		FROM folder_thread WHERE folder = ?1) r JOIN msg m ON m.id = r.id`
}

// ListSorted gives a window of the list of one folder in any order.
func (s *Store) ListSorted(ctx context.Context, q SortQuery) (ListResult, error) {
	var r ListResult
	total := `threads`
	if q.Single {
		total = `total`
	}
	err := s.mail.read.QueryRowContext(ctx, `SELECT `+total+`, total, unread FROM folder WHERE id = ?`, q.Folder).Scan(&r.Total, &r.Messages, &r.Unread)
	if errors.Is(err, sql.ErrNoRows) {
		return r, nil
	}
	if err != nil {
		return r, fmt.Errorf("counting the list: %w", err)
	}
	r.Offset = q.Offset
	if q.Anchor != 0 {
		var n int
		err := s.mail.read.QueryRowContext(ctx, `SELECT n - 1 FROM (SELECT k, row_number() OVER (ORDER BY `+q.order()+`) AS n FROM `+q.from()+`) WHERE k = ?2`,
			q.Folder, q.Anchor).Scan(&n)
		switch {
		case err == nil:
			r.AnchorPresent, r.Offset = true, n-q.Offset
		case !errors.Is(err, sql.ErrNoRows):
			return r, fmt.Errorf("finding the conversation: %w", err)
		}
	}
	r.Offset = max(0, min(r.Offset, r.Total-1))
	rows, err := s.mail.read.QueryContext(ctx, `SELECT `+summaryColumns+`, r.k, r.n, r.u, r.f > 0, r.a > 0, r.d >= `+pinBase+`
		FROM `+q.from()+` LEFT JOIN folder f ON f.id = m.folder ORDER BY `+q.order()+` LIMIT ?2 OFFSET ?3`, q.Folder, q.Limit, r.Offset)
	if err != nil {
		return r, fmt.Errorf("reading the list: %w", err)
	}
	r.Rows, err = collect(rows, func() (Conversation, error) {
		var c Conversation
		var key mail.ThreadID
		var err error
		c.Summary, err = scanSummary(scanMore{rows, []any{&key, &c.Count, &c.UnreadCount, &c.Starred, &c.Attached, &c.Pinned}})
		c.Thread = key
		return c, err
	})
	return r, err
}

// ThreadsSorted lists all conversations, or single messages, of a folder.
func (s *Store) ThreadsSorted(ctx context.Context, q SortQuery) ([]mail.ThreadID, error) {
	rows, err := s.mail.read.QueryContext(ctx, `SELECT k FROM `+q.from()+` ORDER BY `+q.order(), q.Folder)
	if err != nil {
		return nil, fmt.Errorf("reading the list: %w", err)
	}
	return collect(rows, func() (t mail.ThreadID, err error) { return t, rows.Scan(&t) })
}
