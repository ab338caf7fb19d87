package store

import (
	"context"
	"fmt"

	"postea/internal/event"
	"postea/internal/mail"
)

// Reach is how much of a folder is kept here. The zero value is all of it.
type Reach struct {
	Depth string   // the setting that Floor was chosen by; "" is everything
	Floor mail.UID // every message of the server from this UID on is here, or about to be; 0: every one
	Older int      // messages that the server has and that are not here
	More  int      // older messages that the user asks for
}

// SetReach records how much of a folder is kept here, which was otherwise when it
// was looked at. It is committed before the messages that a lower floor brings, so
// that counting shows what is missing. What was asked for meanwhile stays.
func (s *Store) SetReach(ctx context.Context, id mail.FolderID, was, now Reach) error {
	return s.writeMail(ctx, "storing how far a folder is kept", func(t *txn) error {
		account, err := t.accountOf(id)
		if err != nil {
			return err
		}
		t.emit(event.MessagesChanged{Account: account, Folder: id}, event.FoldersChanged{Account: account})
		return t.exec(`UPDATE folder SET depth = ?, floor = ?, older = ?, more = max(0, more - ?) WHERE id = ?`, now.Depth, now.Floor, now.Older, was.More-now.More, id)
	})
}

// WantOlder asks for n more of the messages that folders have at the server only,
// of each the newest. It returns how many will come.
func (s *Store) WantOlder(ctx context.Context, folders []mail.FolderID, n int) (int, error) {
	coming := 0
	err := s.writeMail(ctx, "asking for older messages", func(t *txn) error {
		coming = 0
		for _, id := range folders {
			var more int
			if err := t.QueryRowContext(t.ctx, `UPDATE folder SET more = min(older, more + ?) WHERE id = ? RETURNING more`, n, id).Scan(&more); err != nil {
				return err
			}
			coming += more
		}
		t.wake = coming > 0
		return nil
	})
	return coming, err
}

// WantedOlder lists the folders whose older messages the user asks for.
func (s *Store) WantedOlder(ctx context.Context, account string) ([]mail.FolderID, error) {
	rows, err := s.mail.read.QueryContext(ctx, `SELECT id FROM folder WHERE account = ? AND more > 0 AND remote = 1 AND gone = 0`, account)
	if err != nil {
		return nil, fmt.Errorf("listing folders: %w", err)
	}
	return collect(rows, func() (id mail.FolderID, err error) { return id, rows.Scan(&id) })
}

// AddOlder stores messages from below the floor of a folder, which a search at
// the server has found. UIDs of before another UIDVALIDITY are refused with
// ErrNotFound.
func (s *Store) AddOlder(ctx context.Context, folder mail.FolderID, validity uint32, list []Header) error {
	account, err := s.accountOf(ctx, folder)
	if err != nil {
		return err
	}
	rows := newHeaderRows(account, list)
	return s.writeMail(ctx, "storing messages", func(t *txn) error {
		fresh, err := t.addHeaders(folder, rows, false)
		if err != nil {
			return err
		}
		n, err := t.changed(`UPDATE folder SET older = max(0, older - ?) WHERE id = ? AND uidvalidity = ?`, len(fresh), folder, validity)
		if err == nil && n == 0 {
			err = ErrNotFound
		}
		return err
	})
}
