package store

import (
	"context"
	"fmt"

	"postea/internal/event"
	"postea/internal/mail"
)

// Somebody stands for the index of a recipient where nobody knows which one it is.
const Somebody = -1

// Reported applies a delivery report to an item, once: ident names the report.
// A report may move a recipient forward (delayed, then failed or delivered),
// never back. A failure comes after everything: an address that leads to others is
// told of as delivered when it was passed on, or to the first of them. text is about the
// first that failed, where there is one.
func (s *Store) Reported(ctx context.Context, id mail.OutboxID, ident string, changes []RecipientChange, text, detail string) error {
	return s.changeOutbox(ctx, "recording a report about", id, func(t *txn, n int64, o *mail.Outgoing) error {
		fresh, err := t.changed(`INSERT OR IGNORE INTO report_seen (ident, at) VALUES (?, ?)`, ident, s.now().Unix())
		if err != nil || fresh == 0 {
			return err
		}
		failed := 0
		for _, c := range changes {
			if c.Index != Somebody {
				if c.Index < 0 || c.Index >= len(o.Recipients) || !forward(o.Recipients[c.Index].State, c.State) {
					continue
				}
				c.apply(o)
				o.Recipients[c.Index].Settled = false
			}
			if c.State == mail.RecipientFailed {
				failed++
			}
		}
		if err := t.accepted(n, o); err != nil {
			return err
		}
		if failed > 0 {
			o.LastText = text
			told := text
			if failed > 1 {
				told += fmt.Sprintf("; and for %d more", failed-1)
			}
			t.emit(event.Notice{Account: o.Account, Error: true, Text: told})
		}
		return t.log(n, "reported", text, detail)
	})
}

func forward(from, to mail.RecipientState) bool {
	rank := map[mail.RecipientState]int{
		mail.RecipientPending: 0, mail.RecipientUnsure: 0, mail.RecipientAccepted: 1, mail.RecipientDelayed: 2,
		mail.RecipientRelayed: 3, mail.RecipientExpanded: 3, mail.RecipientDelivered: 4, mail.RecipientFailed: 5,
	}
	if from == mail.RecipientDelayed && to == mail.RecipientDelayed {
		return true
	}
	return rank[to] > rank[from]
}

// FindOutgoing lists items by Message-ID or envelope id, newest first; an empty
// argument matches nothing.
func (s *Store) FindOutgoing(ctx context.Context, messageID, envID string) ([]mail.Outgoing, error) {
	return s.selectOutgoing(ctx, s.own.read, `(message_id = ? AND message_id <> '') OR (envid = ? AND envid <> '') ORDER BY created DESC, id DESC`, messageID, envID)
}

// FailedMessages gives the Message-IDs of what did not reach some recipient, as
// long as nobody has dealt with that.
func (s *Store) FailedMessages(ctx context.Context) (map[string]bool, error) {
	rows, err := s.own.read.QueryContext(ctx, `SELECT message_id FROM outgoing WHERE id IN (SELECT outgoing FROM recipient WHERE state = 'failed' AND settled = 0)`)
	if err != nil {
		return nil, fmt.Errorf("looking for failures: %w", err)
	}
	out := map[string]bool{}
	_, err = collect(rows, func() (id string, err error) {
		err = rows.Scan(&id)
		out[id] = id != ""
		return id, err
	})
	return out, err
}
