package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"postea/internal/event"
	"postea/internal/mail"
)

// RemoteFolder is a folder as a server lists it.
type RemoteFolder struct {
	Name       string // decoded, levels parted by /
	Wire       string // as the server names it
	Lasting    string // the name it keeps when it is renamed; "" where the server gives none
	Role       mail.Role
	Selectable bool
	Told       bool // the server tells of subscriptions
	Subscribed bool
	Missed     bool // it is no part of the list, and stays for once
}

// FolderState is how far the mirror of a folder is.
type FolderState struct {
	mail.Folder
	Wire        string
	Remote      bool // exists on the server
	UIDValidity uint32
	UIDNext     uint32
	ModSeq      uint64
	Complete    bool
	Subscribed  bool // other clients are to show it
	Reach       Reach
}

const folderColumns = `id, account, name, wire, role, selectable, remote, uidvalidity, uidnext, modseq, complete, subscribed, total, unread, depth, floor, older, more`

func scanFolder(row interface{ Scan(...any) error }) (FolderState, error) {
	var f FolderState
	err := row.Scan(&f.ID, &f.Account, &f.Name, &f.Wire, &f.Role, &f.Selectable, &f.Remote,
		&f.UIDValidity, &f.UIDNext, &f.ModSeq, &f.Complete, &f.Subscribed, &f.Total, &f.Unread,
		&f.Reach.Depth, &f.Reach.Floor, &f.Reach.Older, &f.Reach.More)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	return f, err
}

// Folders lists the folders of an account, or of all accounts where it is
// empty, without those that the user has deleted: by account, INBOX first, then
// by name.
func (s *Store) Folders(ctx context.Context, account string) ([]FolderState, error) {
	rows, err := s.mail.read.QueryContext(ctx, `SELECT `+folderColumns+` FROM folder
		WHERE gone = 0 AND (?1 = '' OR account = ?1) ORDER BY account, role <> 'inbox', name COLLATE NOCASE`, account)
	if err != nil {
		return nil, fmt.Errorf("listing folders: %w", err)
	}
	return collect(rows, func() (FolderState, error) { return scanFolder(rows) })
}

// Mirrored names the accounts that have a folder here.
func (s *Store) Mirrored(ctx context.Context) ([]string, error) {
	rows, err := s.mail.read.QueryContext(ctx, `SELECT DISTINCT account FROM folder WHERE gone = 0`)
	if err != nil {
		return nil, fmt.Errorf("listing accounts: %w", err)
	}
	return collect(rows, func() (name string, err error) { return name, rows.Scan(&name) })
}

// Folder gives one folder. The error is ErrNotFound where there is none.
func (s *Store) Folder(ctx context.Context, id mail.FolderID) (FolderState, error) {
	return scanFolder(s.mail.read.QueryRowContext(ctx, `SELECT `+folderColumns+` FROM folder WHERE id = ?`, id))
}

// FolderByRole gives the account's folder of a role. The error is ErrNotFound
// where there is none.
func (s *Store) FolderByRole(ctx context.Context, account string, role mail.Role) (FolderState, error) {
	return scanFolder(s.mail.read.QueryRowContext(ctx, `SELECT `+folderColumns+` FROM folder
		WHERE account = ? AND role = ? AND gone = 0 ORDER BY selectable DESC, id LIMIT 1`, account, role))
}

// EnsureFolder gives the account's folder of a role, making a local one of that
// name where there is none; the syncer then creates it on the server.
func (s *Store) EnsureFolder(ctx context.Context, account string, role mail.Role, name string) (FolderState, error) {
	if f, err := s.FolderByRole(ctx, account, role); !errors.Is(err, ErrNotFound) {
		return f, err
	}
	name, err := ownName(ctx, s.mail.read, account, name, 0)
	if err != nil {
		return FolderState{}, err
	}
	err = s.writeMail(ctx, "making folder "+name, func(t *txn) error {
		t.emit(event.FoldersChanged{Account: account})
		return t.exec(`INSERT INTO folder (id, account, name, wire, role, remote) VALUES (`+newFolder+`, ?, ?, '', ?, 0)
			ON CONFLICT (account, name) DO UPDATE SET role = excluded.role, gone = 0`, account, name, role)
	})
	if err != nil {
		return FolderState{}, err
	}
	return s.FolderByRole(ctx, account, role)
}

func (t *txn) dropFolder(account, name string) error {
	var id mail.FolderID
	if err := t.QueryRowContext(t.ctx, `SELECT id FROM folder WHERE account = ? AND name = ?`, account, name).Scan(&id); err != nil {
		return err
	}
	if err := t.emptied(id); err != nil {
		return err
	}
	var left int
	if err := t.QueryRowContext(t.ctx, `SELECT count(*) FROM msg WHERE folder = ?`, id).Scan(&left); err != nil {
		return err
	}
	if left > 0 {
		return t.exec(`UPDATE folder SET remote = 0, wire = '', srv_name = '' WHERE id = ?`, id)
	}
	return t.exec(`DELETE FROM folder WHERE id = ?`, id)
}

// emptied takes the messages of a folder away that can have none at the server any more,
// and what was known of it.
func (t *txn) emptied(id mail.FolderID) error {
	if err := t.exec(`DELETE FROM msg WHERE srv_folder = ? AND folder = 0`, id); err != nil {
		return err
	}
	// It may have been renamed: its messages may turn up again in this round.
	if err := t.exec(`UPDATE msg SET folder = 0, srv_folder = 0, srv_uid = NULL, wanted = 0, moving = 0, dirty = flags <> srv_flags
		WHERE srv_folder = ? AND folder = srv_folder`, id); err != nil {
		return err
	}
	if err := t.exec(`UPDATE msg SET srv_folder = 0, srv_uid = NULL WHERE srv_folder = ?`, id); err != nil {
		return err
	}
	if err := t.exec(`DELETE FROM folder_thread WHERE folder = ?`, id); err != nil {
		return err
	}
	return t.exec(`UPDATE folder SET uidvalidity = 0, uidnext = 0, modseq = 0, complete = 0, depth = '', floor = 0, older = 0, more = 0, arranged = '', arranged_to = 0 WHERE id = ?`, id)
}

// FolderCreated records that a folder now exists on the server under a name,
// which need not be the one that the user wants by now.
func (s *Store) FolderCreated(ctx context.Context, id mail.FolderID, name, wire string) error {
	return s.writeMail(ctx, "storing a new folder", func(t *txn) error {
		return t.exec(`UPDATE folder SET remote = 1, wire = ?, srv_name = ?, srv_subscribed = 1, made = 0, making = '' WHERE id = ?`, wire, name, id)
	})
}

// MakingFolder records, before the server is told to make a folder, under which
// name; "" that it has refused.
func (s *Store) MakingFolder(ctx context.Context, id mail.FolderID, name string) error {
	return s.writeMail(ctx, "storing that a folder is being made", func(t *txn) error {
		return t.exec(`UPDATE folder SET making = ? WHERE id = ? AND remote = 0`, name, id)
	})
}

// SetFolderState records how far the mirror of a folder is. It is committed
// only after the data it speaks of.
func (s *Store) SetFolderState(ctx context.Context, id mail.FolderID, uidNext uint32, modSeq uint64, complete bool) error {
	return s.writeMail(ctx, "storing folder state", func(t *txn) error {
		return t.exec(`UPDATE folder SET uidnext = ?, modseq = ?, complete = ? WHERE id = ?`, uidNext, modSeq, complete, id)
	})
}

// SetUIDValidity begins the folder anew under another UIDVALIDITY: every
// message is kept and waits to be recognised by its ident (RFC 9051 §2.3.1.1
// makes the old UIDs worthless).
func (s *Store) SetUIDValidity(ctx context.Context, id mail.FolderID, validity uint32) error {
	return s.writeMail(ctx, "storing UIDVALIDITY", func(t *txn) error {
		if err := t.exec(`UPDATE msg SET srv_uid = NULL WHERE srv_folder = ? AND srv_uid IS NOT NULL`, id); err != nil {
			return err
		}
		return t.exec(`UPDATE folder SET uidvalidity = ?, uidnext = 0, modseq = 0, complete = 0, depth = '', floor = 0, older = 0, more = 0 WHERE id = ?`, validity, id)
	})
}

// SetMailbox records whose mailbox the mirror of an account is of, and tells whether it
// was that of another one until now. Then the mirror begins anew as with another
// UIDVALIDITY, which need not differ between two mailboxes: what the user wants of a
// message is kept where the message turns up again, and no folder is deleted.
func (s *Store) SetMailbox(ctx context.Context, account, mailbox string) (another bool, err error) {
	was := ""
	err = s.mail.read.QueryRowContext(ctx, `SELECT mailbox FROM account_state WHERE account = ?`, account).Scan(&was)
	if err != nil && !errors.Is(err, sql.ErrNoRows) || was == mailbox {
		return false, err
	}
	another = was != ""
	return another, s.writeMail(ctx, "storing whose mailbox it is", func(t *txn) error {
		if another {
			t.emit(event.FoldersChanged{Account: account})
			for _, q := range []string{
				`UPDATE msg SET srv_uid = NULL, moving = 0 WHERE account = ? AND (srv_uid IS NOT NULL OR moving <> 0)`,
				`UPDATE folder SET uidvalidity = 0, uidnext = 0, modseq = 0, complete = 0, depth = '', floor = 0, older = 0, more = 0, gone = 0 WHERE account = ?`,
				`UPDATE account_state SET synced = 0, used = 0, room = 0 WHERE account = ?`, // what comes first is no news
				`DELETE FROM ruled WHERE folder IN (SELECT id FROM folder WHERE account = ?)`,
			} {
				if err := t.exec(q, account); err != nil {
					return err
				}
			}
		}
		return t.exec(`INSERT INTO account_state (account, mailbox) VALUES (?, ?) ON CONFLICT (account) DO UPDATE SET mailbox = excluded.mailbox`, account, mailbox)
	})
}

// RoundDone records the end of a complete round of an account: every folder was
// pulled, so what has vanished and not turned up elsewhere is gone.
func (s *Store) RoundDone(ctx context.Context, account string) error {
	return s.writeMail(ctx, "storing the end of the round", func(t *txn) error {
		t.emit(event.AccountChanged{Account: account})
		if err := t.bequeath(account); err != nil {
			return err
		}
		if err := t.exec(`DELETE FROM msg WHERE account = ? AND folder = 0 AND srv_folder = 0`, account); err != nil {
			return err
		}
		return t.exec(`INSERT INTO account_state (account, synced, horizon, begun) VALUES (?, ?, (SELECT coalesce(max(id), 0) FROM msg), (SELECT coalesce(max(id), 0) FROM msg))
			ON CONFLICT (account) DO UPDATE SET synced = excluded.synced, horizon = excluded.horizon, begun = iif(synced = 0, excluded.begun, begun)`, account, s.now().Unix())
	})
}

// LastRound is the end of the last complete round of an account; zero: never.
func (s *Store) LastRound(ctx context.Context, account string) (time.Time, error) {
	var at int64
	err := s.mail.read.QueryRowContext(ctx, `SELECT synced FROM account_state WHERE account = ?`, account).Scan(&at)
	if errors.Is(err, sql.ErrNoRows) || (err == nil && at == 0) { // a state without a round yet
		return time.Time{}, nil
	}
	return time.Unix(at, 0), err
}

// DropAccount forgets the mirror of an account. Drafts and outbox stay.
func (s *Store) DropAccount(ctx context.Context, account string) error {
	return s.writeMail(ctx, "dropping the mirror of "+account, func(t *txn) error {
		t.emit(event.FoldersChanged{Account: account})
		for _, q := range []string{
			`DELETE FROM msg WHERE account = ?`,
			`DELETE FROM folder_thread WHERE folder IN (SELECT id FROM folder WHERE account = ?)`,
			`DELETE FROM folder WHERE account = ?`,
			`DELETE FROM undo WHERE EXISTS (SELECT 1 FROM json_each(more, '$.folders') WHERE value->>'a' = ?)`, // or it would make the folders again
			`DELETE FROM reference WHERE thread IN (SELECT id FROM thread WHERE account = ?)`,
			`DELETE FROM thread WHERE account = ?`,
			`DELETE FROM account_state WHERE account = ?`,
		} {
			if err := t.exec(q, account); err != nil {
				return err
			}
		}
		return nil
	})
}

// collect reads all rows with scan and closes them.
func collect[T any](rows *sql.Rows, scan func() (T, error)) ([]T, error) {
	defer rows.Close()
	var out []T
	for rows.Next() {
		v, err := scan()
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// marks gives n question marks for an IN list.
func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?,", n), ",") }

func anys[T any](list []T) []any {
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = v
	}
	return out
}
