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
