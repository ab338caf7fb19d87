package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"postea/internal/event"
	"postea/internal/mail"
)

// SetOwnPrefix records what the names of the account's own folders but INBOX begin with
// at the server. Folders that are still to be made get such a name; where there is one of
// that name already, it takes in what lies in them. It is to come after SetFolders, which
// tells what lies elsewhere.
func (s *Store) SetOwnPrefix(ctx context.Context, account, prefix string) error {
	was := ""
	err := s.mail.read.QueryRowContext(ctx, `SELECT prefix FROM account_state WHERE account = ?`, account).Scan(&was)
	if err != nil && !errors.Is(err, sql.ErrNoRows) || was == prefix {
		return err
	}
	return s.writeMail(ctx, "storing where own folders lie", func(t *txn) error {
		if err := t.exec(`INSERT INTO account_state (account, prefix) VALUES (?, ?) ON CONFLICT (account) DO UPDATE SET prefix = excluded.prefix`, account, prefix); err != nil {
			return err
		}
		have, err := t.folderRows(account)
		if err != nil {
			return err
		}
		byName := map[string]*folderRow{}
		for _, r := range have {
			byName[r.Name] = r
		}
		for _, r := range have {
			if r.remote || r.Wire != "" {
				continue
			}
			name, err := ownName(t.ctx, t, account, r.Name, 0)
			if err != nil || name == r.Name {
				if err != nil {
					return err
				}
				continue
			}
			t.emit(event.FoldersChanged{Account: account})
			if same := byName[name]; same != nil {
				err = t.takeIn(same.id, r.id)
			} else {
				err = t.exec(`UPDATE folder SET name = ?1, making = CASE making WHEN '' THEN '' ELSE ?1 END WHERE id = ?2`, name, r.id)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// takeIn moves what lies in a folder that the server does not have into another, and
// forgets the first.
func (t *txn) takeIn(into, from mail.FolderID) error {
	ids, err := t.messagesIn(from)
	if err != nil {
		return err
	}
	if _, err := t.apply(Part{ids, Change{MoveTo: into}}, &[]undoItem{}); err != nil {
		return err
	}
	return t.exec(`DELETE FROM folder WHERE id = ?`, from)
}

// ownName gives the name under which the server will list an own folder, or one that
// shall not be called as it is any more. What lies elsewhere, as folders of others do, and
// what is to lie in such a folder keeps its name.
func ownName(ctx context.Context, q queryer, account, name string, was mail.FolderID) (string, error) {
	prefix := ""
	err := q.QueryRowContext(ctx, `SELECT prefix FROM account_state WHERE account = ?`, account).Scan(&prefix)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", err
	}
	if strings.HasPrefix(name+"/", prefix) { // INBOX is in capitals, as names are decoded
		return name, nil
	}
	var elsewhere bool
	err = q.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM folder WHERE account = ?1 AND wire <> '' AND substr(srv_name || '/', 1, length(?4)) <> ?4
		AND (id = ?3 OR substr(?2, 1, length(name) + 1) = name || '/'))`, account, name, was, prefix).Scan(&elsewhere)
	if err != nil || elsewhere {
		return name, err
	}
	return prefix + name, nil
}
