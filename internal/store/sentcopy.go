package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"postea/internal/mail"
)

// After acceptance two steps wait for the syncer, each done until it is
// recorded: the copy in Sent, and the flag on the message that was answered or
// forwarded. Both may be done twice without harm: the copy is first looked for
// by its Message-ID, a flag is set or is set already.

// FollowUp is what is left to do for an accepted message.
type FollowUp struct {
	ID        mail.OutboxID
	Account   string
	MessageID string
	Copy      bool      // a copy is to be looked for, then filed
	Tries     int       // how often filing the copy was begun
	Accepted  time.Time // when the first recipient was accepted
	Answers   string    // Message-ID to be flagged; "" none
	Forwards  string
}

// copyDue is when a copy is due: also where it was put off by a clock that has been set
// back since, for nothing is put off for more than a day.
const copyDue = `copy = 'pending' AND (copy_next <= ?1 OR copy_next > ?1 + 86400000)`

// FollowUps lists what is to be done now, oldest first: the copies of an account, and
// the flags, as what is answered may be of another one than the answer.
func (s *Store) FollowUps(ctx context.Context, account string) ([]FollowUp, error) {
	rows, err := s.own.read.QueryContext(ctx, `SELECT id, account, message_id, account = ?2 AND `+copyDue+`, copy_tries, accepted,
		CASE parent_done WHEN 0 THEN answers ELSE '' END, CASE parent_done WHEN 0 THEN forwards ELSE '' END
		FROM outgoing WHERE (account = ?2 AND `+copyDue+`)
		OR (parent_done = 0 AND answers || forwards <> '' AND EXISTS (SELECT 1 FROM recipient r WHERE r.outgoing = outgoing.id
			AND r.state NOT IN ('pending', 'unsure', 'failed'))) ORDER BY id LIMIT 1000`, s.now().UnixMilli(), account)
	if err != nil {
		return nil, fmt.Errorf("reading the outbox: %w", s.damage(err))
	}
	return collect(rows, func() (f FollowUp, err error) {
		var n, accepted int64
		err = rows.Scan(&n, &f.Account, &f.MessageID, &f.Copy, &f.Tries, &accepted, &f.Answers, &f.Forwards)
		f.ID, f.Accepted = mail.NewOutboxID(n), fromMillis(accepted)
		return f, err
	})
}

// CopyFiled records that the copy is in Sent; by tells who filed it.
func (s *Store) CopyFiled(ctx context.Context, id mail.OutboxID, by string) error {
	return s.changeOutbox(ctx, "recording the copy of", id, func(t *txn, n int64, o *mail.Outgoing) error {
		if o.Copy == mail.CopyFiled {
			return nil
		}
		o.Copy = mail.CopyFiled
		if err := t.log(n, "copied", "copy filed in Sent", by); err != nil {
			return err
		}
		return t.letGo()
	})
}

// mostLetGo bounds what letGo does in one transaction: more than one, so that it
// comes to its end in a store from before there was one.
const mostLetGo = 16

// letGo takes out the bytes of messages that have left the outbox and lie in Sent: own.db
// would else grow by all that is ever sent, and every copy of it too. Who did not get one
// may still be sent to, when the draft that was for him is discarded.
func (t *txn) letGo() error {
	rows, err := t.QueryContext(t.ctx, `SELECT c.outgoing FROM content c CROSS JOIN outgoing o ON o.id = c.outgoing
		WHERE c.outgoing <= (SELECT id FROM outgoing WHERE created < ?1 ORDER BY created DESC LIMIT 1)
		AND o.copy = ?2 AND o.finished BETWEEN 1 AND ?1
		AND NOT EXISTS (SELECT 1 FROM recipient r WHERE r.outgoing = o.id AND r.state = 'failed') LIMIT ?3`, t.s.now().Add(-keepFinished).UnixMilli(), mail.CopyFiled, mostLetGo)
	if err != nil {
		return err
	}
	gone, err := collect(rows, func() (n int64, err error) { return n, rows.Scan(&n) })
	if err != nil {
		return err
	}
	for _, n := range gone {
		if err := errors.Join(t.exec(`DELETE FROM content WHERE outgoing = ?`, n), t.exec(`DELETE FROM content_data WHERE outgoing = ?`, n)); err != nil {
			return err
		}
	}
	return nil
}

// withBytes is an error where the bytes of an item are gone.
func (t *txn) withBytes(n int64, o *mail.Outgoing) error {
	var kept bool
	err := t.QueryRowContext(t.ctx, `SELECT EXISTS (SELECT 1 FROM content WHERE outgoing = ?)`, n).Scan(&kept)
	if err != nil || kept {
		return err
	}
	return &StateError{o.ID, o.State, "it was sent long ago and is kept in Sent only"}
}

// CopySkipped records that no copy can or shall be made.
func (s *Store) CopySkipped(ctx context.Context, id mail.OutboxID, why string) error {
	return s.changeOutbox(ctx, "recording the copy of", id, func(t *txn, n int64, o *mail.Outgoing) error {
		o.Copy = mail.CopySkipped
		return t.log(n, "copied", "no copy in Sent", why)
	})
}

// CopyLater records that the copy is to be looked for again, and why it was not
// filed; "" where it may still be filed by the provider.
func (s *Store) CopyLater(ctx context.Context, id mail.OutboxID, next time.Time, why string) error {
	return s.changeOutbox(ctx, "recording the copy of", id, func(t *txn, n int64, o *mail.Outgoing) error {
		if told := "copy in Sent: " + why; why != "" && o.LastText != told {
			o.LastText = told
			if err := t.log(n, "copied", "no copy in Sent yet", why); err != nil {
				return err
			}
		}
		return t.exec(`UPDATE outgoing SET copy_next = ? WHERE id = ?`, millis(next), n)
	})
}

// CopyBegun records that the copy is about to be filed, so that one found
// afterwards is not taken for the provider's.
func (s *Store) CopyBegun(ctx context.Context, id mail.OutboxID) error {
	n, _ := id.Number()
	return s.writeOwn(ctx, "beginning the copy", func(t *txn) error {
		return t.exec(`UPDATE outgoing SET copy_tries = copy_tries + 1 WHERE id = ?`, n)
	})
}

// NextFollowUp is the earliest time at which something of an account waits to
// be done; zero where nothing does.
func (s *Store) NextFollowUp(ctx context.Context, account string) (time.Time, error) {
	var at int64
	err := s.own.read.QueryRowContext(ctx, `SELECT coalesce(min(max(copy_next, 1)), 0) FROM outgoing WHERE account = ? AND copy = 'pending'`, account).Scan(&at)
	if err != nil {
		return time.Time{}, fmt.Errorf("reading the outbox: %w", s.damage(err))
	}
	return fromMillis(at), nil
}

// ParentFlagged records that the answered or forwarded message carries its flag.
func (s *Store) ParentFlagged(ctx context.Context, id mail.OutboxID) error {
	n, _ := id.Number()
	return s.writeOwn(ctx, "recording the flag", func(t *txn) error {
		return t.exec(`UPDATE outgoing SET parent_done = 1 WHERE id = ?`, n)
	})
}
