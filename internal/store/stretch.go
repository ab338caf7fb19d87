package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"postea/internal/mail"
)

// stretchBits is how many bits of a date lie within a stretch of a list.
const stretchBits = 19

// stretches is the part of a list in which a window lies.
type stretches struct {
	before   int   // conversations above it
	from, to int64 // dates: from ≤ date < to
}

// stretchesOf finds the stretches that hold the conversations from offset on,
// limit of them. ok is false beyond the end of the list.
func (s *Store) stretchesOf(ctx context.Context, folders []mail.FolderID, offset, limit int) (w stretches, ok bool, err error) {
	var first, last sql.NullInt64
	var before sql.NullInt64
	err = s.mail.read.QueryRowContext(ctx, `WITH part AS (SELECT at, sum(sum(n)) OVER (ORDER BY at DESC) AS till, sum(n) AS n
			FROM stretch WHERE folder IN (`+marks(len(folders))+`) GROUP BY at HAVING sum(n) > 0)
		SELECT max(at), min(at), min(till - n) FROM part WHERE till > ? AND till - n < ?`,
		append(anys(folders), offset, offset+max(limit, 1))...).Scan(&first, &last, &before)
	if err != nil {
		return w, false, fmt.Errorf("finding the place in the list: %w", err)
	}
	return stretches{int(before.Int64), last.Int64 << stretchBits, (first.Int64 + 1) << stretchBits}, first.Valid, nil
}

// position is the index of a conversation in a list of folders.
func (s *Store) position(ctx context.Context, folders []mail.FolderID, thread mail.ThreadID) (int, bool, error) {
	in := `ft.folder IN (` + marks(len(folders)) + `)`
	var date int64
	err := s.mail.read.QueryRowContext(ctx, `SELECT max(last_date) FROM folder_thread ft WHERE ft.thread = ? AND `+in+` HAVING count(*) > 0`,
		append([]any{thread}, anys(folders)...)...).Scan(&date)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, fmt.Errorf("finding the conversation: %w", err)
	}
	var above, within int
	args := append(append(anys(folders), date>>stretchBits), append(anys(folders), (date>>stretchBits+1)<<stretchBits, date, thread)...)
	err = s.mail.read.QueryRowContext(ctx, `SELECT (SELECT coalesce(sum(n), 0) FROM stretch ft WHERE `+in+` AND at > ?),
		(SELECT count(*) FROM folder_thread ft WHERE `+in+` AND last_date < ? AND (last_date, thread) > (?, ?))`, args...).Scan(&above, &within)
	return above + within, true, err
}
