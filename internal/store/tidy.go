package store

import (
	"context"
	"fmt"
	"time"

	"postea/internal/store/segment"
)

const (
	tidyPages = 64                    // of the index, written by one merge
	tidyTime  = 40 * time.Millisecond // after which no further one begins
)

// TidyIndex merges pieces of the index of words, in which every word of a search is
// looked up one by one: a first synchronisation leaves some twenty. It does a part of
// the work, for which other writers wait a twentieth of a second, seldom more, and is
// to be called while there is nothing else to do and until it says that nothing is left.
func (s *Store) TidyIndex(ctx context.Context) (left bool, err error) {
	began := time.Now()
	err = s.writeMail(ctx, "tidying the index", func(t *txn) error {
		for {
			before, err := t.totalChanges()
			if err != nil {
				return err
			}
			if err := t.exec(`INSERT INTO words (words, rank) VALUES ('merge', ?)`, tidyPages); err != nil {
				return err
			}
			after, err := t.totalChanges()
			if err != nil {
				return err
			}
			// With nothing to merge the statement itself is the only change.
			if left = after-before >= 2; !left || time.Since(began) > tidyTime || s.mail.waiting.Load() > 0 {
				return nil
			}
		}
	})
	return left && err == nil, err
}

// IndexPieces counts the pieces of the index of words.
func (s *Store) IndexPieces(ctx context.Context) (int, error) {
	var block []byte
	if err := s.mail.read.QueryRowContext(ctx, stateQuery, segment.StateID).Scan(&block); err != nil {
		return 0, fmt.Errorf("counting the pieces of the index: %w", err)
	}
	state, err := segment.ParseState(block)
	if err != nil {
		return 0, nil // of a later version, which tidies it in its own way
	}
	return state.Segments(), nil
}

func (t *txn) totalChanges() (n int64, err error) {
	return n, t.QueryRowContext(t.ctx, `SELECT total_changes()`).Scan(&n)
}

// maxScrub is how much of the mirror Scrub writes anew, which it holds in memory.
const maxScrub = 256 << 20

// Scrub takes what was dropped out of the file of the mirror too, where it would stay
// until something is written over it, and gives the room back to the disk. It tells by
// false that too much mail is left for that. To be called by the owner alone.
func (s *Store) Scrub(ctx context.Context) (clean bool, err error) {
	empty := false
	err = s.writeMail(ctx, "clearing the mirror", func(t *txn) error {
		if err := t.QueryRowContext(t.ctx, `SELECT NOT EXISTS (SELECT 1 FROM folder)`).Scan(&empty); err != nil || !empty {
			return err
		}
		if err := t.exec(`DELETE FROM undo`); err != nil {
			return err
		}
		return t.exec(`INSERT INTO words (words) VALUES ('delete-all')`)
	})
	if err != nil {
		return false, err
	}
	var left int64
	if err := s.mail.write.QueryRowContext(ctx, `SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size`).Scan(&left); err != nil {
		return false, fmt.Errorf("clearing the mirror: %w", err)
	}
	if left > maxScrub {
		return false, nil
	}
	steps := []string{`VACUUM`, `PRAGMA wal_checkpoint(TRUNCATE)`}
	if !empty { // or the index knows the words of what was dropped
		steps = append([]string{`INSERT INTO words (words) VALUES ('optimize')`}, steps...)
	}
	for _, q := range steps {
		if _, err := s.mail.write.ExecContext(ctx, q); err != nil {
			return false, fmt.Errorf("clearing the mirror: %w", err)
		}
	}
	return true, nil
}
