package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"postea/internal/event"
	"postea/internal/mail"
)

// Retry makes an item due now, or at the time it is scheduled for where that is to come
// still. Unsure recipients and refused ones become pending: this is the user's consent to
// send the same bytes to them again.
func (s *Store) Retry(ctx context.Context, id mail.OutboxID) error {
	return s.changeOutbox(ctx, "retrying", id, func(t *txn, n int64, o *mail.Outgoing) error {
		if o.Sending || o.Cancelled {
			return &StateError{id, o.State, "it cannot be retried now"}
		}
		again := 0
		for i := range o.Recipients {
			r := &o.Recipients[i]
			switch {
			case r.State == mail.RecipientUnsure, r.State == mail.RecipientFailed && !r.Settled:
				*r = mail.Recipient{Address: r.Address, State: mail.RecipientPending}
				again++
			case r.State == mail.RecipientPending:
				again++
			}
		}
		if again == 0 {
			return &StateError{id, o.State, "there is nobody left to send it to"}
		}
		if err := t.withBytes(n, o); err != nil {
			return err
		}
		if o.State != mail.ItemUnsure || o.HoldReason != mail.HeldForSchedule || !o.NotBefore.After(s.now()) {
			o.NotBefore = time.Time{}
		}
		o.NextAttempt, o.Blocked, o.UnsureSince, o.Tried = time.Time{}, "", time.Time{}, time.Time{}
		t.wake = true
		return t.log(n, "queued", "to be sent again, as you asked", "")
	})
}

// Settle records the user's word: an unsure message was taken, a failure has
// been dealt with.
func (s *Store) Settle(ctx context.Context, id mail.OutboxID) error {
	return s.changeOutbox(ctx, "settling", id, func(t *txn, n int64, o *mail.Outgoing) error {
		if o.Sending {
			return &StateError{id, o.State, "wait until the attempt has ended"}
		}
		if countState(*o, mail.RecipientUnsure) > 0 {
			return t.resolveUnsure(n, o, "settled", "taken as accepted, as you said")
		}
		dealt := 0
		for i := range o.Recipients {
			if r := &o.Recipients[i]; r.State == mail.RecipientFailed && !r.Settled {
				r.Settled, dealt = true, dealt+1
			}
		}
		if dealt == 0 {
			return &StateError{id, o.State, "there is nothing to settle"}
		}
		return t.log(n, "settled", "the failure was dealt with", "")
	})
}

// SendNow ends a hold, a schedule or a wait for the next try.
func (s *Store) SendNow(ctx context.Context, id mail.OutboxID) error {
	return s.changeOutbox(ctx, "sending now", id, func(t *txn, n int64, o *mail.Outgoing) error {
		if o.Sending || o.Cancelled || countState(*o, mail.RecipientPending) == 0 {
			return &StateError{id, o.State, "it does not wait to be sent"}
		}
		o.NotBefore, o.NextAttempt, o.Blocked, o.Release, o.Tried = time.Time{}, time.Time{}, "", time.Time{}, time.Time{}
		t.wake = true
		return nil
	})
}

// Blockage is why messages of an account wait for the user.
type Blockage struct{ Account, Why string }

// Blocked tells for what the messages of which accounts wait.
func (s *Store) Blocked(ctx context.Context) ([]Blockage, error) {
	rows, err := s.own.read.QueryContext(ctx, `SELECT DISTINCT account, blocked FROM outgoing WHERE finished = 0 AND blocked <> ''`)
	if err != nil {
		return nil, fmt.Errorf("reading the outbox: %w", s.damage(err))
	}
	return collect(rows, func() (b Blockage, err error) { return b, rows.Scan(&b.Account, &b.Why) })
}

// Hasten makes due what waits of an account without that a server has said why. What is
// scheduled for a time keeps it.
func (s *Store) Hasten(ctx context.Context, account string) error {
	return s.writeOwn(ctx, "trying at once", func(t *txn) error {
		list, err := s.selectOutgoing(ctx, t.Tx, `finished = 0 AND cancelled = 0 AND sending = 0 AND account = ?1 AND blocked = '' AND next_attempt > ?2
			AND EXISTS (SELECT 1 FROM recipient r WHERE r.outgoing = outgoing.id AND r.state = 'pending')
			AND NOT EXISTS (SELECT 1 FROM recipient r WHERE r.outgoing = outgoing.id AND r.state = 'pending' AND r.code <> 0)`, account, s.now().UnixMilli())
		if err != nil {
			return err
		}
		for _, o := range list {
			n, _ := o.ID.Number()
			o.NextAttempt = s.now()
			if err := t.saveOutgoing(n, o, o.Recipients); err != nil {
				return err
			}
		}
		t.wake = len(list) > 0
		return nil
	})
}

// Unblock lets the items of an account go again that wait for the user: those that
// were for later still are.
func (s *Store) Unblock(ctx context.Context, account string) error {
	const which = `finished = 0 AND sending = 0 AND account = ? AND blocked <> ''`
	var some bool
	if err := s.own.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM outgoing WHERE `+which+`)`, account).Scan(&some); err != nil {
		return fmt.Errorf("reading the outbox: %w", s.damage(err))
	}
	if !some {
		return nil
	}
	return s.writeOwn(ctx, "trying again", func(t *txn) error {
		list, err := s.selectOutgoing(ctx, t.Tx, which, account)
		if err != nil {
			return err
		}
		for _, o := range list {
			n, _ := o.ID.Number()
			o.NextAttempt, o.Blocked = time.Time{}, ""
			if o.Release.After(s.now()) {
				o.NotBefore, o.HoldReason, o.Release = o.Release, mail.HeldForSchedule, time.Time{}
			}
			if err := t.saveOutgoing(n, o, o.Recipients); err != nil {
				return err
			}
		}
		t.wake = true
		return nil
	})
}

// Cancel stops an item: nobody who has not got it yet will. The recipients who
// have are not called back.
func (s *Store) Cancel(ctx context.Context, id mail.OutboxID) error {
	return s.changeOutbox(ctx, "cancelling", id, func(t *txn, n int64, o *mail.Outgoing) error { return t.cancel(n, o) })
}

func (t *txn) cancel(n int64, o *mail.Outgoing) error {
	if o.Sending || countState(*o, mail.RecipientPending) == 0 {
		return &StateError{o.ID, o.State, "it can no longer be cancelled"}
	}
	o.NextAttempt, o.NotBefore, o.Blocked = time.Time{}, time.Time{}, ""
	if countState(*o, mail.RecipientPending) == len(o.Recipients) {
		o.Cancelled = true
		return t.log(n, "cancelled", "cancelled before anybody got it", "")
	}
	for i := range o.Recipients {
		if r := &o.Recipients[i]; r.State == mail.RecipientPending {
			*r = givenUp(r.Address, "cancelled by you")
		}
	}
	return t.log(n, "cancelled", "cancelled for those who had not got it", "")
}

// givenUp is a recipient to whom the user does not want it sent any more: nobody has refused it.
func givenUp(address, why string) mail.Recipient {
	return mail.Recipient{Address: address, State: mail.RecipientFailed, Text: why, Settled: true}
}

// EditAgain turns an item back into a draft in one transaction. One that nobody
// has got is cancelled and comes back whole (the undo of a send); one with
// refused recipients comes back for these alone, and is linked to what is sent
// next. The draft is returned as stored.
func (s *Store) EditAgain(ctx context.Context, id mail.OutboxID) (mail.Draft, error) {
	n, ok := id.Number()
	if !ok {
		return mail.Draft{}, ErrNotFound
	}
	var raw string
	switch err := s.own.read.QueryRowContext(ctx, `SELECT draft FROM content WHERE outgoing = ?`, n).Scan(&raw); {
	case errors.Is(err, sql.ErrNoRows):
		return mail.Draft{}, s.changeOutbox(ctx, "editing", id, (*txn).withBytes)
	case err != nil:
		return mail.Draft{}, fmt.Errorf("editing %s: %w", id, s.damage(err))
	}
	draft, err := s.decodeDraft(raw, s.loadData(ctx, "content_data", "outgoing", n))
	if err != nil {
		return mail.Draft{}, err
	}
	draft.ID, draft.MessageID, draft.Again = 0, "", false
	err = s.changeOutbox(ctx, "editing", id, func(t *txn, n int64, o *mail.Outgoing) error {
		var to []mail.Address
		switch {
		case o.Sending:
			return &StateError{id, o.State, "it is just being sent"}
		case countState(*o, mail.RecipientUnsure) > 0:
			return &StateError{id, o.State, "first retry or settle it"}
		case countState(*o, mail.RecipientPending) == len(o.Recipients):
			for _, r := range o.Recipients {
				to = append(to, mail.Address{Address: r.Address})
			}
			if err := t.cancel(n, o); err != nil {
				return err
			}
		default:
			if to = failedOf(o); len(to) == 0 {
				why := "nobody is left whom it did not reach"
				if slices.ContainsFunc(o.Recipients, mail.Recipient.Taken) {
					why = "a server has it already"
				}
				return &StateError{id, o.State, why}
			}
			draft.ReplacesO = id
		}
		draft.OnlyTo(to) // what went to a corrected address is of a draft for others too
		return t.restoreDraft(&draft)
	})
	return draft, err
}

// failedOf settles the refused and the pending recipients and returns them.
func failedOf(o *mail.Outgoing) []mail.Address {
	var list []mail.Address
	for i := range o.Recipients {
		r := &o.Recipients[i]
		switch {
		case r.State == mail.RecipientPending:
			*r = givenUp(r.Address, "taken back to be edited")
		case r.State == mail.RecipientFailed && !r.Settled:
			r.Settled = true
		default:
			continue
		}
		list = append(list, mail.Address{Address: r.Address})
	}
	o.NextAttempt, o.NotBefore, o.Blocked = time.Time{}, time.Time{}, ""
	return list
}

func (t *txn) restoreDraft(d *mail.Draft) error {
	raw, data, err := t.s.encodeDraft(*d)
	if err != nil {
		return err
	}
	now := t.s.now()
	n, err := t.insert(`INSERT INTO draft (account, json, created, updated) VALUES (?, ?, ?, ?)`, d.Account, raw, now.UnixMilli(), now.UnixMilli())
	if err != nil {
		return err
	}
	d.ID, d.Updated = mail.DraftID(n), now
	t.emit(event.DraftsChanged{})
	return t.saveData("draft_data", "draft", n, data)
}
