package store

import (
	"context"
	"fmt"
	"time"

	"postea/internal/event"
	"postea/internal/mail"
)

// Schedule lets an item that waits to be sent wait until a time of day.
func (s *Store) Schedule(ctx context.Context, id mail.OutboxID, at time.Time) error {
	return s.changeOutbox(ctx, "scheduling", id, func(t *txn, n int64, o *mail.Outgoing) error {
		if o.Sending || o.Cancelled || countState(*o, mail.RecipientPending) == 0 {
			return &StateError{id, o.State, "it does not wait to be sent"}
		}
		o.NotBefore, o.HoldReason, o.NextAttempt, o.Blocked, o.Release, o.Tried = at, mail.HeldForSchedule, time.Time{}, "", time.Time{}, time.Time{}
		t.wake = true
		return t.log(n, "scheduled", "to be sent "+at.Local().Format("2 Jan 15:04"), "")
	})
}

// Scheduled lists the items that wait for a time of day, oldest first.
func (s *Store) Scheduled(ctx context.Context) ([]mail.Outgoing, error) {
	return s.selectOutgoing(ctx, s.own.read, `finished = 0 AND cancelled = 0 AND sending = 0 AND blocked = '' AND hold_reason = 'schedule' AND not_before > ?
		ORDER BY created, id`, s.now().UnixMilli())
}

// AskServerToHold makes a scheduled item due, to be handed over with the request
// to hold it back until its time.
func (s *Store) AskServerToHold(ctx context.Context, id mail.OutboxID) error {
	return s.changeOutbox(ctx, "asking the server to hold", id, func(t *txn, n int64, o *mail.Outgoing) error {
		if o.Sending || o.Cancelled || o.HoldReason != mail.HeldForSchedule || !o.NotBefore.After(s.now()) {
			return ErrNotDue
		}
		o.Release, o.NotBefore, o.NextAttempt = o.NotBefore, time.Time{}, time.Time{}
		return nil
	})
}

// Redirect queues the same bytes, under the same Message-ID, for another address
// in place of a recipient that failed, and settles that failure. envID is for
// the reports about the new item, which is linked to the old one.
func (s *Store) Redirect(ctx context.Context, id mail.OutboxID, failed, to, envID string) (mail.OutboxID, error) {
	var fresh mail.OutboxID
	err := s.changeOutbox(ctx, "redirecting", id, func(t *txn, n int64, o *mail.Outgoing) error {
		found := false
		for i := range o.Recipients {
			if r := &o.Recipients[i]; r.Address == failed && r.State == mail.RecipientFailed && !r.Settled {
				r.Settled, found = true, true
				break
			}
		}
		if !found {
			return &StateError{id, o.State, failed + " is no recipient that failed"}
		}
		if err := t.withBytes(n, o); err != nil {
			return err
		}
		copyState := mail.CopySkipped // the first item's copy is that of this one too
		if o.Copy == mail.CopyNone {
			copyState, o.Copy = mail.CopyNone, mail.CopySkipped
		}
		now := s.now().UnixMilli()
		m, err := t.insert(`INSERT INTO outgoing (account, created, message_id, envid, env_from, from_header, to_header, subject, size, eight_bit, utf8, copy,
				replaces, answers, forwards, parent_done)
			SELECT account, ?, message_id, ?, env_from, from_header, ?, subject, size, eight_bit, utf8 OR ?, ?, id, answers, forwards, parent_done
			FROM outgoing WHERE id = ?`, now, envID, addressJSON([]mail.Address{{Address: to}}), !mail.IsASCII(to), copyState, n)
		if err != nil {
			return err
		}
		fresh = mail.NewOutboxID(m)
		for _, q := range []string{
			`INSERT INTO content (outgoing, wire, bcc, draft) SELECT ?, wire, bcc, draft FROM content WHERE outgoing = ?`,
			`INSERT INTO content_data (outgoing, hash, zstd) SELECT ?, hash, zstd FROM content_data WHERE outgoing = ?`,
			`UPDATE outgoing SET replaced_by = ? WHERE id = ?`,
		} {
			if err := t.exec(q, m, n); err != nil {
				return err
			}
		}
		if err := t.exec(`INSERT INTO recipient (outgoing, n, address) VALUES (?, 0, ?)`, m, to); err != nil {
			return err
		}
		if err := t.useContact(to, nil, s.now()); err != nil {
			return err
		}
		t.emit(event.OutboxChanged{ID: fresh})
		t.wake = true
		if err := t.log(m, "queued", "written to disk", fmt.Sprintf("the same message as %s, for %s instead of %s", id, to, failed)); err != nil {
			return err
		}
		return t.log(n, "settled", "sent to "+to+" instead of "+failed, "as "+string(fresh))
	})
	return fresh, err
}
