package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"postea/internal/mail"
)

// Ended is an attempt that is over.
type Ended struct {
	ID      mail.OutboxID
	Outcome Outcome
	// Untouched says that the item's turn never came: it is as if the attempt
	// had not been begun.
	Untouched bool
}

// HandOver records in one transaction how attempts ended, and that the next
// items are about to leave, one after another: beginning and commit point at
// once. Their pending recipients are unsure from here on, until a later call says
// how it ended. It returns the items with the recipients as they were, without
// those that may not be attempted now. retry is when to try next should this
// process die.
func (s *Store) HandOver(ctx context.Context, ended []Ended, next []mail.OutboxID, server string, retry time.Time) ([]mail.Outgoing, error) {
	var begun []mail.Outgoing
	boot := ""
	if len(next) > 0 {
		boot = s.turns.begin()
	}
	err := s.writeOwn(ctx, "handing over", func(t *txn) error {
		begun = nil
		for _, e := range ended {
			if err := t.change(e.ID, func(t *txn, n int64, o *mail.Outgoing) error {
				if e.Untouched {
					return t.giveBack(n, o)
				}
				return t.endAttempt(n, o, e.Outcome)
			}); err != nil {
				return fmt.Errorf("%s: %w", e.ID, err)
			}
		}
		for _, id := range next {
			err := t.change(id, func(t *txn, n int64, o *mail.Outgoing) error {
				if err := t.beginAttempt(n, o, server, retry, true, boot); err != nil {
					return err
				}
				before := *o
				before.Recipients = slices.Clone(o.Recipients)
				begun = append(begun, before)
				for i := range o.Recipients {
					if r := &o.Recipients[i]; r.State == mail.RecipientPending {
						*r = mail.Recipient{Address: r.Address, State: mail.RecipientUnsure}
					}
				}
				o.UnsureSince, o.Reconciled = t.s.now(), 0
				return nil
			})
			if err != nil && !errors.Is(err, ErrNotDue) && !errors.Is(err, ErrNotFound) {
				return fmt.Errorf("%s: %w", id, err)
			}
		}
		return nil
	})
	return begun, err
}

// giveBack undoes beginAttempt and commitPoint of an item whose turn never came.
func (t *txn) giveBack(n int64, o *mail.Outgoing) error {
	for i := range o.Recipients {
		if r := &o.Recipients[i]; r.State == mail.RecipientUnsure {
			r.State = mail.RecipientPending
		}
	}
	if err := t.exec(`DELETE FROM attempt WHERE outgoing = ? AND n = ?`, n, o.Attempts); err != nil {
		return err
	}
	o.Sending, o.UnsureSince, o.NextAttempt = false, time.Time{}, t.s.now()
	if o.Attempts--; o.Attempts == 0 {
		o.NextAttempt = time.Time{}
	}
	return nil
}

// DueItems lists the ids of items of an account that may be attempted now,
// oldest first, none of them larger than a number of bytes, and none that is unsure for
// somebody already: who is unsure by being handed over could not be told from them.
func (s *Store) DueItems(ctx context.Context, account string, limit int, largest int64) ([]mail.OutboxID, error) {
	rows, err := s.own.read.QueryContext(ctx, `SELECT DISTINCT r.outgoing FROM `+pending+` AND o.account = ?2 AND o.size <= ?3 AND `+dueNow+`
		AND NOT EXISTS (SELECT 1 FROM recipient u INDEXED BY recipient_unsure WHERE u.outgoing = o.id AND u.state = 'unsure') ORDER BY r.outgoing LIMIT ?4`,
		s.now().UnixMilli(), account, largest, limit)
	if err != nil {
		return nil, fmt.Errorf("reading the outbox: %w", s.damage(err))
	}
	return collect(rows, func() (mail.OutboxID, error) {
		var n int64
		err := rows.Scan(&n)
		return mail.NewOutboxID(n), err
	})
}
