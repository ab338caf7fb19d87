package store

import (
	"context"
	"fmt"

	"postea/internal/event"
)

// Mailboxes tells whose mailboxes the mirrors are of, by account, as far as that is
// known: also those of accounts that are no longer configured.
func (s *Store) Mailboxes(ctx context.Context) (map[string]string, error) {
	rows, err := s.mail.read.QueryContext(ctx, `SELECT account, mailbox FROM account_state WHERE mailbox <> ''`)
	if err != nil {
		return nil, fmt.Errorf("listing mailboxes: %w", err)
	}
	out := map[string]string{}
	_, err = collect(rows, func() (struct{}, error) {
		var account, mailbox string
		err := rows.Scan(&account, &mailbox)
		out[account] = mailbox
		return struct{}{}, err
	})
	return out, err
}

// RenameAccount gives what only this machine has of an account to one of another name:
// outbox, drafts, marks and views. It tells whether there was anything. What waited for
// the user may go again.
func (s *Store) RenameAccount(ctx context.Context, from, to string) (bool, error) {
	var some bool
	err := s.own.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM outgoing WHERE account = ?1) OR EXISTS (SELECT 1 FROM draft WHERE account = ?1)
		OR EXISTS (SELECT 1 FROM mark WHERE account = ?1) OR EXISTS (SELECT 1 FROM draft_gone WHERE account = ?1) OR EXISTS (SELECT 1 FROM folder_view WHERE account = ?1)`,
		from).Scan(&some)
	if err != nil || !some {
		return false, err
	}
	return true, s.writeOwn(ctx, "renaming account "+from, func(t *txn) error {
		t.emit(event.DraftsChanged{}, event.MarksChanged{})
		for _, q := range []string{
			`UPDATE content SET draft = json_set(draft, '$.Account', ?2) WHERE outgoing IN (SELECT id FROM outgoing WHERE account = ?1) AND json_extract(draft, '$.Account') = ?1`,
			`UPDATE outgoing SET account = ?2, blocked = '' WHERE account = ?1`,
			`UPDATE draft SET account = ?2, json = json_set(json, '$.Account', ?2) WHERE account = ?1`,
			`UPDATE OR REPLACE mark SET account = ?2 WHERE account = ?1`,
			`UPDATE OR REPLACE draft_gone SET account = ?2 WHERE account = ?1`,
			`UPDATE OR REPLACE folder_view SET account = ?2 WHERE account = ?1`,
		} {
			if err := t.exec(q, from, to); err != nil {
				return err
			}
		}
		return nil
	})
}
