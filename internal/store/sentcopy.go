package store

import (
	"context"
	"fmt"
	"time"

	"postea/internal/mail"
)

// After acceptance two steps wait for the syncer, each done until it is
// recorded: the copy in Sent, and the flag on the message that was answered or
// forwarded. Both may be done twice without harm: the copy is first looked for
// by its Message-ID, a flag is set or is set already.

// FollowUp is what is left to do for an accepted message of an account.
type FollowUp struct {
	ID        mail.OutboxID
	Account   string
	MessageID string
	Copy      bool      // a copy is to be looked for, then filed
	Tries     int       // of the copy
	Since     time.Time // when the message was queued
	Answers   string    // Message-ID to be flagged; "" none
	Forwards  string
}

// FollowUps lists what is to be done now for an account, oldest first.
func (s *Store) FollowUps(ctx context.Context, account string) ([]FollowUp, error) {
	rows, err := s.own.read.QueryContext(ctx, `SELECT id, account, message_id, copy = 'pending' AND copy_next <= ?1, copy_tries, created,
		CASE parent_done WHEN 0 THEN answers ELSE '' END, CASE parent_done WHEN 0 THEN forwards ELSE '' END
		FROM outgoing WHERE account = ?2 AND ((copy = 'pending' AND copy_next <= ?1)
		OR (parent_done = 0 AND answers || forwards <> '' AND EXISTS (SELECT 1 FROM recipient r WHERE r.outgoing = outgoing.id
			AND r.state NOT IN ('pending', 'unsure', 'failed')))) ORDER BY id LIMIT 1000`, s.now().UnixMilli(), account)
	if err != nil {
		return nil, fmt.Errorf("reading the outbox: %w", err)
	}
	return collect(rows, func() (f FollowUp, err error) {
		var n, created int64
		err = rows.Scan(&n, &f.Account, &f.MessageID, &f.Copy, &f.Tries, &created, &f.Answers, &f.Forwards)
		f.ID, f.Since = mail.NewOutboxID(n), fromMillis(created)
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
		return t.log(n, "copied", "copy filed in Sent", by)
	})
}

// CopySkipped records that no copy can or shall be made.
func (s *Store) CopySkipped(ctx context.Context, id mail.OutboxID, why string) error {
	return s.changeOutbox(ctx, "recording the copy of", id, func(t *txn, n int64, o *mail.Outgoing) error {
		o.Copy = mail.CopySkipped
		return t.log(n, "copied", "no copy in Sent", why)
	})
}

// CopyLater records that the copy could not be made now.
func (s *Store) CopyLater(ctx context.Context, id mail.OutboxID, next time.Time, why string) error {
	return s.changeOutbox(ctx, "recording the copy of", id, func(t *txn, n int64, o *mail.Outgoing) error {
		o.LastText = "copy in Sent: " + why
		return t.exec(`UPDATE outgoing SET copy_next = ?, copy_tries = copy_tries + 1 WHERE id = ?`, millis(next), n)
	})
}

// ParentFlagged records that the answered or forwarded message carries its flag.
func (s *Store) ParentFlagged(ctx context.Context, id mail.OutboxID) error {
	n, _ := id.Number()
	return s.writeOwn(ctx, "recording the flag for "+string(id), func(t *txn) error {
		return t.exec(`UPDATE outgoing SET parent_done = 1 WHERE id = ?`, n)
	})
}
