package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"postea/internal/event"
	"postea/internal/mail"
	"postea/internal/transcript"
)

// ErrNotDue says that an item is not to be attempted now: another process was
// faster, or the user changed it.
var ErrNotDue = errors.New("not due")

// StateError says that an item's state does not allow what was asked.
type StateError struct {
	ID    mail.OutboxID
	State mail.ItemState
	Why   string
}

func (e *StateError) Error() string { return fmt.Sprintf("%s is %s: %s", e.ID, e.State, e.Why) }

// dueNow is what may be attempted now. A clock that was set back must not keep
// anything waiting, save what is scheduled for a time of day.
const dueNow = `o.finished = 0 AND o.cancelled = 0 AND o.sending = 0 AND o.blocked = ''
	AND (o.not_before <= ?1 OR o.hold_reason = 'undo' AND o.created > ?1) AND (o.next_attempt <= ?1 OR o.planned > ?1)`

// pending are the recipients still to be sent to with their items, read in the
// order of the index, so that the first few of a long queue cost little.
const pending = `recipient r INDEXED BY recipient_pending CROSS JOIN outgoing o ON o.id = r.outgoing WHERE r.state = 'pending'`

// DueAccounts names the accounts with items that may be attempted now.
func (s *Store) DueAccounts(ctx context.Context) ([]string, error) {
	rows, err := s.own.read.QueryContext(ctx, `SELECT DISTINCT o.account FROM `+pending+` AND `+dueNow, s.now().UnixMilli())
	if err != nil {
		return nil, fmt.Errorf("reading the outbox: %w", s.damage(err))
	}
	return collect(rows, func() (name string, err error) { return name, rows.Scan(&name) })
}

// NextItem gives the oldest item of an account after another one ("": any) that
// may be attempted now. The error is ErrNotFound where there is none.
func (s *Store) NextItem(ctx context.Context, account string, after mail.OutboxID) (mail.Outgoing, error) {
	past, _ := after.Number()
	var n int64
	err := s.own.read.QueryRowContext(ctx, `SELECT r.outgoing FROM `+pending+` AND r.outgoing > ?2 AND o.account = ?3 AND `+dueNow+` ORDER BY r.outgoing LIMIT 1`,
		s.now().UnixMilli(), past, account).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		return mail.Outgoing{}, ErrNotFound
	}
	if err != nil {
		return mail.Outgoing{}, fmt.Errorf("reading the outbox: %w", s.damage(err))
	}
	return s.OutboxItem(ctx, mail.NewOutboxID(n))
}

// NextDue is the earliest time at which an item that waits may be attempted;
// zero where nothing waits for a time.
func (s *Store) NextDue(ctx context.Context) (time.Time, error) {
	var at int64
	err := s.own.read.QueryRowContext(ctx, `SELECT coalesce(min(max(o.not_before, o.next_attempt)), 0) FROM `+pending+`
		AND o.finished = 0 AND o.cancelled = 0 AND o.sending = 0 AND o.blocked = ''`).Scan(&at)
	if err != nil {
		return time.Time{}, fmt.Errorf("reading the outbox: %w", s.damage(err))
	}
	return fromMillis(at), nil
}

// BeginAttempt records that an item is about to be handed over, and when to try
// next should this process die, before the network is touched. The error is
// ErrNotDue where it may not be attempted now.
func (s *Store) BeginAttempt(ctx context.Context, id mail.OutboxID, server string, next time.Time) (mail.Outgoing, error) {
	var item mail.Outgoing
	err := s.changeOutbox(ctx, "beginning to send", id, func(t *txn, n int64, o *mail.Outgoing) error {
		err := t.beginAttempt(n, o, server, next, false, "")
		item = *o
		return err
	})
	return item, err
}

// beginAttempt begins an attempt; committed and boot are those of one that is
// handed over at once.
func (t *txn) beginAttempt(n int64, o *mail.Outgoing, server string, next time.Time, committed bool, boot string) error {
	now := t.s.now()
	if o.Sending || o.Cancelled || o.Blocked != "" || o.NotBefore.After(now) || o.NextAttempt.After(now) || countState(*o, mail.RecipientPending) == 0 {
		return ErrNotDue
	}
	tryingSince(o, now)
	o.Sending = true
	o.Attempts++
	o.NextAttempt = next
	return t.exec(`INSERT INTO attempt (outgoing, n, started, server, committed, boot) VALUES (?, ?, ?, ?, ?, ?)`,
		n, o.Attempts, now.UnixMilli(), server, committed, boot)
}

// longRest is how late a try is that nobody was there to make.
const longRest = 12 * time.Hour

// tryingSince begins the time after which a message is given up, anew where the clock
// was set back since. By a clock that is behind the message, as that of a machine
// without one that was just started, no time is counted, nor is that of a machine that
// was off.
func tryingSince(o *mail.Outgoing, now time.Time) {
	if late := now.Sub(o.NextAttempt); !o.Tried.IsZero() && !o.NextAttempt.IsZero() && late >= longRest {
		o.Tried = o.Tried.Add(late)
	}
	switch {
	case now.Before(o.Created):
		o.Tried = time.Time{}
	case o.Tried.IsZero() || o.Tried.After(now):
		o.Tried = now
	}
}

func countState(o mail.Outgoing, states ...mail.RecipientState) int {
	n := 0
	for _, r := range o.Recipients {
		for _, st := range states {
			if r.State == st {
				n++
			}
		}
	}
	return n
}

// RecipientChange is what an attempt or a report says about one recipient, by
// its index in the item.
type RecipientChange struct {
	Index    int
	State    mail.RecipientState
	Source   mail.Source
	Code     int
	Enhanced string
	Text     string
}

func (c RecipientChange) apply(o *mail.Outgoing) {
	if c.Index < 0 || c.Index >= len(o.Recipients) {
		return
	}
	r := &o.Recipients[c.Index]
	if r.Source == mail.SourceReport && c.Source != mail.SourceReport {
		return // it came before this was recorded, and knows more
	}
	r.State, r.Source, r.Code, r.Enhanced, r.Text = c.State, c.Source, c.Code, c.Enhanced, c.Text
}

// CommitPoint records, before the byte that can commit leaves, what the server
// said about each recipient: those it took become unsure. From here on only a
// reply, a report or the user can say more.
func (s *Store) CommitPoint(ctx context.Context, id mail.OutboxID, changes []RecipientChange) error {
	return s.changeOutbox(ctx, "recording the hand-over of", id, func(t *txn, n int64, o *mail.Outgoing) error {
		if !o.Sending {
			return &StateError{id, o.State, "the attempt was taken over"}
		}
		for _, c := range changes {
			c.apply(o)
		}
		o.UnsureSince, o.Reconciled = s.now(), 0
		return t.exec(`UPDATE attempt SET committed = 1 WHERE outgoing = ? AND n = ?`, n, o.Attempts)
	})
}

// Outcome is how an attempt ended.
type Outcome struct {
	Changes    []RecipientChange
	Next       time.Time // next try for those still pending; zero: none planned
	Blocked    string    // what the user must mend before the next try; "": nothing
	BlockedBy  mail.BlockedBy
	QueueID    string
	Text       string // one line in words
	TLS        string
	Kind       string // of the journey's line: accepted, deferred, rejected, unsure, blocked
	Detail     string
	Transcript []transcript.Line
	Reports    bool // delivery reports were asked for
	// Late says that the message waits for longer than the user wants to be left
	// in the dark about.
	Late bool
	// HoldHere says that the server would not hold the message back for as long
	// as it was asked to: it waits here again.
	HoldHere bool
}

// EndAttempt records how an attempt ended.
func (s *Store) EndAttempt(ctx context.Context, id mail.OutboxID, out Outcome) error {
	return s.changeOutbox(ctx, "recording the outcome of", id, func(t *txn, n int64, o *mail.Outgoing) error {
		return t.endAttempt(n, o, out)
	})
}

func (t *txn) endAttempt(n int64, o *mail.Outgoing, out Outcome) error {
	raw, err := json.Marshal(out.Transcript)
	if err != nil {
		return err
	}
	for _, c := range out.Changes {
		c.apply(o)
	}
	o.Sending, o.NextAttempt, o.Blocked, o.BlockedBy, o.LastText = false, out.Next, out.Blocked, out.BlockedBy, out.Text
	if out.Blocked != "" || out.HoldHere { // neither is a try that counts
		o.Tried = time.Time{}
	}
	if out.HoldHere {
		o.NextAttempt = time.Time{}
		o.NotBefore, o.HoldReason, o.Release = o.Release, mail.HeldForSchedule, time.Time{}
	}
	if out.QueueID != "" {
		o.QueueID = out.QueueID
	}
	o.ReportsOpen = o.ReportsOpen || out.Reports
	if countState(*o, mail.RecipientUnsure) == 0 {
		o.UnsureSince = time.Time{}
	}
	if err := t.accepted(n, o); err != nil {
		return err
	}
	if err := t.exec(`UPDATE attempt SET ended = ?, tls = ?, outcome = ?, transcript = ? WHERE outgoing = ? AND n = ?`,
		t.s.now().UnixMilli(), out.TLS, out.Text, t.s.pack(raw), n, o.Attempts); err != nil {
		return err
	}
	if err := t.log(n, out.Kind, out.Text, out.Detail); err != nil || !out.Late {
		return err
	}
	return t.late(n, o, out.Text)
}

// late tells the user, once, that a message still waits.
func (t *txn) late(n int64, o *mail.Outgoing, why string) error {
	told := false
	if err := t.QueryRowContext(t.ctx, `SELECT EXISTS (SELECT 1 FROM journey WHERE outgoing = ? AND kind = 'late')`, n).Scan(&told); err != nil || told {
		return err
	}
	waits := t.s.now().Sub(o.Due()).Round(time.Hour)
	t.emit(event.Notice{Account: o.Account, Error: true, Text: fmt.Sprintf("%q has been waiting for %d hours: %s", o.Subject, int(waits.Hours()), why)})
	return t.log(n, "late", "you were told that it still waits", "")
}

// accepted starts the steps that follow the first acceptance: the copy in Sent.
func (t *txn) accepted(n int64, o *mail.Outgoing) error {
	if o.Copy == mail.CopyNone && slices.ContainsFunc(o.Recipients, mail.Recipient.Taken) {
		o.Copy = mail.CopyPending
		t.wake = true
		return t.exec(`UPDATE outgoing SET accepted = ? WHERE id = ? AND accepted = 0`, t.s.now().UnixMilli(), n)
	}
	return nil
}

// DeferAccount lets what is due of an account wait after an outcome that every
// message of it would have: until its next try or, where it is blocked, until the user
// has mended that.
func (s *Store) DeferAccount(ctx context.Context, account string, out Outcome) error {
	return s.writeOwn(ctx, "deferring", func(t *txn) error {
		now := s.now()
		list, err := s.selectOutgoing(ctx, t.Tx, `id IN (SELECT r.outgoing FROM `+pending+` AND o.account = ?2 AND `+dueNow+`)`, now.UnixMilli(), account)
		if err != nil {
			return err
		}
		for _, o := range list {
			n, _ := o.ID.Number()
			if tryingSince(&o, now); out.Blocked != "" {
				o.Tried = time.Time{}
			}
			o.NextAttempt, o.Blocked, o.BlockedBy, o.LastText = out.Next, out.Blocked, out.BlockedBy, out.Text
			if err := t.saveOutgoing(n, o, o.Recipients); err != nil {
				return err
			}
		}
		return nil
	})
}

// Recover sets right what a process that died left behind: an attempt that had
// reached its commit point leaves its recipients unsure, any other leaves them
// pending and due. Only the owner of the data directory may call it, before it
// sends anything. It returns the items it found.
func (s *Store) Recover(ctx context.Context) ([]mail.OutboxID, error) {
	list, err := s.selectOutgoing(ctx, s.own.read, `sending = 1`)
	if err != nil {
		return nil, err
	}
	var ids []mail.OutboxID
	came, told := s.turns.read()
	defer s.turns.clear()
	for _, item := range list {
		err := s.changeOutbox(ctx, "recovering", item.ID, func(t *txn, n int64, o *mail.Outgoing) error {
			if !o.Sending {
				return nil
			}
			if told {
				if ok, err := t.recoverTurn(n, o, came); ok || err != nil {
					return err
				}
			}
			committed := false
			if err := t.QueryRowContext(t.ctx, `SELECT committed FROM attempt WHERE outgoing = ? AND n = ?`, n, o.Attempts).Scan(&committed); err != nil {
				return err
			}
			tryingSince(o, s.now())
			o.Sending, o.NextAttempt = false, s.now()
			kind, text := "deferred", "the program ended while sending; nothing had been handed over"
			if committed && countState(*o, mail.RecipientUnsure) > 0 {
				kind, text = "unsure", "the program ended while the server was taking the message"
			}
			o.LastText = text
			if err := t.exec(`UPDATE attempt SET ended = ?, outcome = ? WHERE outgoing = ? AND n = ?`, s.now().UnixMilli(), text, n, o.Attempts); err != nil {
				return err
			}
			return t.log(n, kind, text, "")
		})
		if err != nil {
			return ids, err
		}
		ids = append(ids, item.ID)
	}
	return ids, nil
}

// Unsure lists the items with recipients of whom it is not known whether the
// server took the message.
func (s *Store) Unsure(ctx context.Context) ([]mail.Outgoing, error) {
	return s.selectOutgoing(ctx, s.own.read, `finished = 0 AND sending = 0 AND id IN
		(SELECT outgoing FROM recipient INDEXED BY recipient_unsure WHERE state = 'unsure') ORDER BY created, id`)
}

// Reconcile records that an unsure message was looked for. Found means it was
// in a mailbox, so the server had taken it.
func (s *Store) Reconcile(ctx context.Context, id mail.OutboxID, found bool, where string) error {
	return s.changeOutbox(ctx, "reconciling", id, func(t *txn, n int64, o *mail.Outgoing) error {
		o.Reconciled++
		if !found {
			return nil
		}
		return t.resolveUnsure(n, o, "accepted", "found in "+where+": the server had taken it")
	})
}

func (t *txn) resolveUnsure(n int64, o *mail.Outgoing, kind, text string) error {
	hit := false
	for i := range o.Recipients {
		if o.Recipients[i].State == mail.RecipientUnsure {
			o.Recipients[i].State, hit = mail.RecipientAccepted, true
		}
	}
	if !hit {
		return nil
	}
	o.UnsureSince, o.LastText = time.Time{}, text
	if err := t.accepted(n, o); err != nil {
		return err
	}
	return t.log(n, kind, text, "")
}
