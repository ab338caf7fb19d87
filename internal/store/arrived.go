package store

import (
	"context"
	"fmt"
	"slices"

	"postea/internal/mail"
)

// LastMessage is the greatest id that a message has had.
func (s *Store) LastMessage(ctx context.Context) (mail.ID, error) {
	var id mail.ID
	err := s.mail.read.QueryRowContext(ctx, `SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'msg'), 0)`).Scan(&id)
	if err != nil {
		return 0, fmt.Errorf("looking for the last message: %w", err)
	}
	return id, nil
}

// maxArrived bounds how many new messages are told of at once.
const maxArrived = 1000

// ArrivedAfter lists the unread messages that have come after one, oldest first,
// and gives the last up to which it lists them: there may be more that rules have still to
// be asked about. What the first round of an account brings, and what was sent long before
// it came, has not arrived just now.
func (s *Store) ArrivedAfter(ctx context.Context, after mail.ID) ([]mail.Summary, mail.ID, error) {
	last, err := s.LastMessage(ctx)
	if err != nil || last == after {
		return nil, after, err
	}
	// In this order: what is new to rules by now and not after this is listed as they left it.
	unruled, err := s.FirstUnruled(ctx)
	if err != nil {
		return nil, after, err
	}
	if unruled != 0 {
		last = min(last, unruled-1)
	}
	if last <= after {
		return nil, after, nil
	}
	const recent = 24 * 60 * 60
	list, err := s.summaries(ctx, "looking for new mail", `m.id > ?1 AND m.id <= ?2 AND m.folder <> 0 AND m.seen = 0 AND m.copy_of = 0 AND m.lift = 0
		AND m.internal > ?3 AND m.account IN (SELECT account FROM account_state WHERE synced > 0 AND begun < m.id)
		ORDER BY m.id DESC LIMIT ?4`, after, last, s.now().Unix()-recent, maxArrived)
	slices.Reverse(list)
	return list, last, err
}

// ToldUpTo records that a process is about to tell of the messages up to one, and
// gives up to which they were told of before, by whatever process.
func (s *Store) ToldUpTo(ctx context.Context, id mail.ID) (before mail.ID, err error) {
	err = s.writeMail(ctx, "recording a notice", func(t *txn) error {
		if err := t.QueryRowContext(t.ctx, `SELECT msg FROM told`).Scan(&before); err != nil {
			return err
		}
		return t.exec(`UPDATE told SET msg = max(msg, ?)`, id)
	})
	return before, err
}
