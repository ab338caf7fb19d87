package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"

	"postea/internal/mail"
)

// stretchBits is how many bits of a date lie within a stretch of a list.
const stretchBits = 19

// stretch is part of a list: n conversations whose date lies in it.
type stretch struct {
	at int64 // date >> stretchBits
	n  int
}

// lists remembers the stretches of folders, newest first, for as long as their
// lists do not change.
type lists struct {
	mu   sync.Mutex
	byID map[mail.FolderID]folderList
}

type folderList struct {
	version int64
	parts   []stretch
}

// window is the part of a list in which some rows lie.
type window struct {
	before   int   // conversations above it
	from, to int64 // dates: from ≤ date < to
}

// windowOf finds the stretches that hold the conversations from offset on, limit
// of them. ok is false beyond the end of the list.
func (s snapshot) windowOf(ctx context.Context, folders []mail.FolderID, versions []int64, offset, limit int) (w window, ok bool, err error) {
	parts, err := s.stretchesOf(ctx, folders, versions)
	if err != nil {
		return w, false, err
	}
	till := 0
	for _, p := range parts {
		if till >= offset+max(limit, 1) {
			break
		}
		if till+p.n > offset {
			if !ok {
				w.before, w.to, ok = till, (p.at+1)<<stretchBits, true
			}
			w.from = p.at << stretchBits
		}
		till += p.n
	}
	return w, ok, nil
}

// stretchesOf gives the stretches of the merged lists of folders.
func (s snapshot) stretchesOf(ctx context.Context, folders []mail.FolderID, versions []int64) ([]stretch, error) {
	var all []stretch
	for i, f := range folders {
		parts, err := s.stretches(ctx, f, versions[i])
		if err != nil {
			return nil, err
		}
		if len(folders) == 1 {
			return parts, nil
		}
		all = append(all, parts...)
	}
	slices.SortStableFunc(all, func(a, b stretch) int { return cmp.Compare(b.at, a.at) })
	merged := all[:0]
	for _, p := range all {
		if n := len(merged); n > 0 && merged[n-1].at == p.at {
			merged[n-1].n += p.n
			continue
		}
		merged = append(merged, p)
	}
	return merged, nil
}

// stretches gives those of one folder, whose list has that version.
func (s snapshot) stretches(ctx context.Context, folder mail.FolderID, version int64) ([]stretch, error) {
	s.lists.mu.Lock()
	known, ok := s.lists.byID[folder]
	s.lists.mu.Unlock()
	if ok && known.version == version {
		return known.parts, nil
	}
	rows, err := s.QueryContext(ctx, `SELECT at, n FROM stretch WHERE folder = ? AND n > 0 ORDER BY at DESC`, folder)
	if err != nil {
		return nil, fmt.Errorf("finding the place in the list: %w", err)
	}
	parts, err := collect(rows, func() (p stretch, err error) { return p, rows.Scan(&p.at, &p.n) })
	if err != nil {
		return nil, fmt.Errorf("finding the place in the list: %w", err)
	}
	s.lists.mu.Lock()
	defer s.lists.mu.Unlock()
	if s.lists.byID == nil {
		s.lists.byID = map[mail.FolderID]folderList{}
	}
	s.lists.byID[folder] = folderList{version, parts}
	return parts, nil
}

// position is the index of a conversation in a list of folders.
func (s snapshot) position(ctx context.Context, folders []mail.FolderID, versions []int64, thread mail.ThreadID) (int, bool, error) {
	in := `ft.folder IN (` + marks(len(folders)) + `)`
	var date int64
	err := s.QueryRowContext(ctx, `SELECT max(last_date) FROM folder_thread ft WHERE ft.thread = ? AND `+in+` HAVING count(*) > 0`,
		append([]any{thread}, anys(folders)...)...).Scan(&date)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, fmt.Errorf("finding the conversation: %w", err)
	}
	parts, err := s.stretchesOf(ctx, folders, versions)
	if err != nil {
		return 0, false, err
	}
	above, within := 0, 0
	for _, p := range parts {
		if p.at <= date>>stretchBits {
			break
		}
		above += p.n
	}
	err = s.QueryRowContext(ctx, `SELECT count(*) FROM folder_thread ft WHERE `+in+` AND last_date >= ? AND last_date < ? AND (last_date, thread) > (?, ?)`,
		append(anys(folders), date, (date>>stretchBits+1)<<stretchBits, date, thread)...).Scan(&within)
	if err != nil {
		return 0, false, fmt.Errorf("finding the conversation: %w", err)
	}
	return above + within, true, nil
}
