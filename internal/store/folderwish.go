package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"postea/internal/event"
	"postea/internal/mail"
)

// How a folder is to go.
const (
	goneEmpty = 1 // once its messages have left it
	goneWhole = 2 // with what lies in it, which lies elsewhere too
)

// FolderExistsError says that there is a folder of that name already.
type FolderExistsError struct {
	Account, Name string
	Going         bool // the user has deleted it, and the server has it still
}

func (e *FolderExistsError) Error() string {
	if e.Going {
		return fmt.Sprintf("the folder %s is still to be deleted at the server", e.Name)
	}
	return fmt.Sprintf("there is a folder %s already", e.Name)
}

// folderBefore is a folder as it was before a step.
type folderBefore struct {
	ID         mail.FolderID `json:"id"`
	Account    string        `json:"a"`
	Name       string        `json:"n"`
	NameAfter  string        `json:"m,omitempty"` // "": the step did not rename it
	Role       mail.Role     `json:"r,omitempty"`
	Made       bool          `json:"c,omitempty"` // the step has made it
	Gone       bool          `json:"g,omitempty"` // the step has deleted it, or has taken messages out of it
	Subscribed *bool         `json:"s,omitempty"` // as before; nil: the step did not change it, nor delete the folder
}

// FolderWish is what the server is to be told about a folder.
type FolderWish struct {
	FolderState
	SrvName    string // as the server is known to have it
	Gone       bool
	Whole      bool // with the messages in it
	Made       bool
	Making     string // the name under which the server was told to make it, without an answer
	Subscribed bool   // as the user wants it
	Unknown    bool   // the server has another subscription
	Busy       bool   // messages are still to be moved out of it
	LeftBehind int    // messages that the server can only mark as deleted
}

// FolderWishes lists the folders of an account that are to be made, renamed,
// subscribed to or deleted on the server, those above others first.
func (s *Store) FolderWishes(ctx context.Context, account string) ([]FolderWish, error) {
	rows, err := s.mail.read.QueryContext(ctx, `SELECT `+folderColumns+`, srv_name, gone, made, making, subscribed, subscribed <> srv_subscribed,
			gone <> 0 AND EXISTS (SELECT 1 FROM msg WHERE srv_folder = folder.id AND msg.folder <> srv_folder AND NOT (msg.folder = 0 AND dirty = 0)
				AND NOT (msg.folder = 0 AND ident = '')),
			(SELECT count(*) FROM msg WHERE srv_folder = folder.id AND msg.folder = 0 AND ident = '')
		FROM folder WHERE account = ? AND (gone <> 0 OR made = 1 AND remote = 0 OR remote = 1 AND srv_name <> '' AND name <> srv_name OR remote = 1 AND subscribed <> srv_subscribed)
		ORDER BY length(name) - length(replace(name, '/', '')), name`, account)
	if err != nil {
		return nil, fmt.Errorf("listing changes of folders: %w", err)
	}
	return collect(rows, func() (w FolderWish, err error) {
		var gone int
		w.FolderState, err = scanFolder(scanMore{rows, []any{&w.SrvName, &gone, &w.Made, &w.Making, &w.Subscribed, &w.Unknown, &w.Busy, &w.LeftBehind}})
		w.Gone, w.Whole = gone != 0, gone == goneWhole
		return w, err
	})
}

// MakeFolder makes a folder and those missing above it, which the syncer then
// makes on the server, as a step of undo. The error is a *FolderExistsError where
// there is one.
func (s *Store) MakeFolder(ctx context.Context, account, name, label string) (mail.FolderID, error) {
	name, err := ownName(ctx, s.mail.read, account, name, 0)
	if err != nil {
		return 0, err
	}
	var id mail.FolderID
	err = s.writeMail(ctx, "making a folder", func(t *txn) error {
		var made []folderBefore
		levels := strings.Split(name, "/")
		for i := range levels {
			f := folderBefore{Account: account, Name: strings.Join(levels[:i+1], "/"), Made: true}
			err := t.makeFolder(&f)
			var exists *FolderExistsError
			if errors.As(err, &exists) && i < len(levels)-1 {
				continue
			}
			if err != nil {
				return err
			}
			made, id = append(made, f), f.ID
		}
		t.emit(event.FoldersChanged{Account: account})
		return t.pushUndo(label, []undoItem{}, undoMore{Folders: made})
	})
	return id, err
}

// newFolder is the number of a new folder: none by which a step of undo knows one that is
// gone, and would take this for it.
const newFolder = `(SELECT 1 + max(ifnull((SELECT max(id) FROM folder), 0),
	ifnull((SELECT max(f.value ->> 'id') FROM undo, json_each(undo.more, '$.folders') AS f), 0)))`

// makeFolder makes one folder and sets its ID.
func (t *txn) makeFolder(f *folderBefore) error {
	var gone int
	err := t.QueryRowContext(t.ctx, `SELECT id, gone FROM folder WHERE account = ? AND name = ?`, f.Account, f.Name).Scan(&f.ID, &gone)
	switch {
	case err == nil && gone == 0:
		return &FolderExistsError{Account: f.Account, Name: f.Name}
	case err == nil: // it was to be deleted
		return t.exec(`UPDATE folder SET gone = 0, made = 1 - remote WHERE id = ?`, f.ID)
	case !errors.Is(err, sql.ErrNoRows):
		return err
	}
	n, err := t.insert(`INSERT INTO folder (id, account, name, wire, remote, made) VALUES (`+newFolder+`, ?, ?, '', 0, 1)`, f.Account, f.Name)
	f.ID = mail.FolderID(n)
	return err
}

// folderTree lists a folder and those below it.
func (t *txn) folderTree(id mail.FolderID) ([]folderBefore, error) {
	rows, err := t.QueryContext(t.ctx, `SELECT f.id, f.account, f.name, f.role FROM folder f JOIN folder top ON top.id = ? AND top.account = f.account
		WHERE f.id = top.id OR substr(f.name, 1, length(top.name) + 1) = top.name || '/' ORDER BY f.name`, id)
	if err != nil {
		return nil, err
	}
	list, err := collect(rows, func() (f folderBefore, err error) { return f, rows.Scan(&f.ID, &f.Account, &f.Name, &f.Role) })
	if err == nil && len(list) == 0 {
		err = ErrNotFound
	}
	return list, err
}

// RenameFolder gives a folder another name, and so those below it, as a step of
// undo. The error is a *FolderExistsError where that name is taken.
func (s *Store) RenameFolder(ctx context.Context, id mail.FolderID, name, label string) error {
	old, err := s.Folder(ctx, id)
	if err != nil {
		return err
	}
	if name, err = ownName(ctx, s.mail.read, old.Account, name, id); err != nil {
		return err
	}
	if err := s.copyViews(ctx, old.Account, map[string]string{name: old.Name}); err != nil {
		return err
	}
	return s.writeMail(ctx, "renaming a folder", func(t *txn) error {
		list, err := t.folderTree(id)
		if err != nil {
			return err
		}
		for i := range list {
			f := &list[i]
			f.NameAfter = name + strings.TrimPrefix(f.Name, old.Name)
			if err := t.freeName(f.Account, f.NameAfter, list); err != nil {
				return err
			}
		}
		if err := t.rename(list, func(f folderBefore) string { return f.NameAfter }); err != nil {
			return err
		}
		return t.pushUndo(label, []undoItem{}, undoMore{Folders: list})
	})
}

// freeName sees to it that a name can be given to one of a list of folders.
func (t *txn) freeName(account, name string, list []folderBefore) error {
	var id mail.FolderID
	var gone int
	err := t.QueryRowContext(t.ctx, `SELECT id, gone FROM folder WHERE account = ? AND name = ?`, account, name).Scan(&id, &gone)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return err
	case slices.ContainsFunc(list, func(f folderBefore) bool { return f.ID == id }):
		return nil
	}
	return &FolderExistsError{account, name, gone != 0}
}

// rename gives folders names at once: by way of names that nobody has, since
// one may take that of another.
func (t *txn) rename(list []folderBefore, to func(folderBefore) string) error {
	for _, f := range list {
		if err := t.exec(`UPDATE folder SET name = char(0) || id WHERE id = ?`, f.ID); err != nil {
			return err
		}
	}
	for _, f := range list {
		if err := t.exec(`UPDATE folder SET name = ? WHERE id = ?`, to(f), f.ID); err != nil {
			return err
		}
		t.emit(event.FoldersChanged{Account: f.Account}, event.MessagesChanged{Account: f.Account, Folder: f.ID})
	}
	return nil
}

// DeleteFolder deletes a folder with those below it, as a step of undo. Its
// messages move to another one; without one (to is 0) they go with it, as where
// a folder is only a label, which is taken off them.
func (s *Store) DeleteFolder(ctx context.Context, id, to mail.FolderID, label string) error {
	return s.writeMail(ctx, "deleting a folder", func(t *txn) error {
		list, err := t.folderTree(id)
		if err != nil {
			return err
		}
		var items []undoItem
		how := goneWhole
		if to != 0 {
			how = goneEmpty
		}
		for i := range list {
			list[i].Gone = true
			lie, c := t.messagesIn, Change{MoveTo: to}
			if to == 0 {
				lie, c = t.labelledBy, Change{Remove: []string{mail.FromGmailLabel(list[i].Name)}}
			}
			ids, err := lie(list[i].ID)
			if err != nil {
				return err
			}
			if _, err := t.apply(Part{ids, c}, &items); err != nil {
				return err
			}
			err = t.QueryRowContext(t.ctx, `UPDATE folder SET gone = ? WHERE id = ? RETURNING subscribed`, how, list[i].ID).Scan(&list[i].Subscribed)
			if err != nil {
				return err
			}
		}
		t.emit(event.FoldersChanged{Account: list[0].Account})
		return t.pushUndo(label, items, undoMore{Folders: list})
	})
}

func (t *txn) messagesIn(folder mail.FolderID) ([]mail.ID, error) {
	return t.messageIDs(`SELECT id FROM msg WHERE folder = ?`, folder)
}

// labelledBy gives the messages among all mail that have the label that a folder is.
func (t *txn) labelledBy(folder mail.FolderID) ([]mail.ID, error) {
	return t.messageIDs(`SELECT copy.id FROM msg JOIN msg AS copy ON `+sameMessage+` JOIN folder f ON f.id = copy.folder WHERE msg.folder = ? AND f.role = 'all'`, folder)
}

func (t *txn) messageIDs(which string, folder mail.FolderID) ([]mail.ID, error) {
	rows, err := t.QueryContext(t.ctx, which, folder)
	if err != nil {
		return nil, err
	}
	return collect(rows, func() (id mail.ID, err error) { return id, rows.Scan(&id) })
}

// SubscribeFolder says whether other clients should show a folder, as a step of
// undo.
func (s *Store) SubscribeFolder(ctx context.Context, id mail.FolderID, on bool, label string) error {
	return s.writeMail(ctx, "changing a subscription", func(t *txn) error {
		f := folderBefore{ID: id}
		var was bool
		err := t.QueryRowContext(t.ctx, `SELECT account, name, subscribed FROM folder WHERE id = ?`, id).Scan(&f.Account, &f.Name, &was)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNotFound
		}
		if err != nil || was == on {
			return err
		}
		f.Subscribed = &was
		t.emit(event.FoldersChanged{Account: f.Account})
		if err := t.exec(`UPDATE folder SET subscribed = ? WHERE id = ?`, on, id); err != nil {
			return err
		}
		return t.pushUndo(label, []undoItem{}, undoMore{Folders: []folderBefore{f}})
	})
}

// restoreFolders takes a step back, as far as folders go. It tells which folders those
// that messages return to are now.
func (t *txn) restoreFolders(list []folderBefore) (map[mail.FolderID]mail.FolderID, error) {
	var renamed []folderBefore
	now := map[mail.FolderID]mail.FolderID{}
	for _, f := range list {
		t.emit(event.FoldersChanged{Account: f.Account})
		var err error
		switch {
		case f.Made:
			err = t.unmake(f.ID)
		case f.Gone:
			now[f.ID], err = t.bringBack(f)
		case f.Subscribed != nil:
			err = t.exec(`UPDATE folder SET subscribed = ? WHERE id = ?`, *f.Subscribed, f.ID)
		case f.NameAfter != "":
			var name string
			err = t.QueryRowContext(t.ctx, `SELECT name FROM folder WHERE id = ?`, f.ID).Scan(&name)
			if errors.Is(err, sql.ErrNoRows) {
				err = nil
			} else if name == f.NameAfter {
				renamed = append(renamed, f)
			}
		}
		if err != nil {
			return nil, err
		}
	}
	for _, f := range renamed {
		if err := t.freeName(f.Account, f.Name, renamed); err != nil {
			return nil, err
		}
	}
	return now, t.rename(renamed, func(f folderBefore) string { return f.Name })
}

// unmake takes back that a folder was made. One with messages stays. The server
// may be making it just now, so that what was not made yet is deleted there too.
func (t *txn) unmake(id mail.FolderID) error {
	return t.exec(`UPDATE folder SET gone = 1 WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM msg WHERE folder = ?1)`, id)
}

// bringBack takes back that a folder was deleted, also where it is gone by now, be it
// by another client. It has its old number, by which steps before know it, unless that
// is another one's.
func (t *txn) bringBack(f folderBefore) (id mail.FolderID, err error) {
	n, err := t.changed(`UPDATE folder SET gone = 0 WHERE id = ? AND account = ? AND name = ?`, f.ID, f.Account, f.Name)
	if err != nil || n > 0 {
		return f.ID, err
	}
	err = t.QueryRowContext(t.ctx, `INSERT INTO folder (id, account, name, wire, role, remote, made, subscribed)
		VALUES ((SELECT ?1 WHERE NOT EXISTS (SELECT 1 FROM folder WHERE id = ?1)), ?2, ?3, '', ?4, 0, 1, coalesce(?5, 1))
		ON CONFLICT (account, name) DO UPDATE SET gone = 0 RETURNING id`, f.ID, f.Account, f.Name, f.Role, f.Subscribed).Scan(&id)
	return id, err
}

// FolderRenamed records that the server has renamed a folder, with those below it.
func (s *Store) FolderRenamed(ctx context.Context, id mail.FolderID, srvName, wire string) error {
	return s.writeMail(ctx, "recording the new name of a folder", func(t *txn) error {
		var account, oldName, oldWire string
		err := t.QueryRowContext(t.ctx, `SELECT account, srv_name, wire FROM folder WHERE id = ?`, id).Scan(&account, &oldName, &oldWire)
		if err != nil {
			return err
		}
		t.emit(event.FoldersChanged{Account: account})
		return t.exec(`UPDATE folder SET wire = ?1 || substr(wire, length(?2) + 1), srv_name = ?3 || substr(srv_name, length(?4) + 1)
			WHERE id = ?5 OR account = ?6 AND remote = 1 AND substr(srv_name, 1, length(?4) + 1) = ?4 || '/' AND substr(wire, 1, length(?2)) = ?2`,
			wire, oldWire, srvName, oldName, id, account)
	})
}

// FolderSubscribed records that the server has taken a subscription.
func (s *Store) FolderSubscribed(ctx context.Context, id mail.FolderID, on bool) error {
	return s.writeMail(ctx, "recording a subscription", func(t *txn) error {
		return t.exec(`UPDATE folder SET srv_subscribed = ? WHERE id = ?`, on, id)
	})
}

// FolderDeleted records that a folder is not on the server any more.
func (s *Store) FolderDeleted(ctx context.Context, id mail.FolderID) error {
	return s.writeMail(ctx, "recording that a folder is gone", func(t *txn) error {
		var account, name string
		err := t.QueryRowContext(t.ctx, `SELECT account, name FROM folder WHERE id = ? AND gone <> 0`, id).Scan(&account, &name)
		if errors.Is(err, sql.ErrNoRows) {
			return nil // wanted again: the next list tells
		}
		if err != nil {
			return err
		}
		t.emit(event.FoldersChanged{Account: account})
		return t.dropFolder(account, name)
	})
}

// RefuseFolder takes back what the user wanted of a folder and the server will
// not have, and says why.
func (s *Store) RefuseFolder(ctx context.Context, id mail.FolderID, why string) error {
	return s.writeMail(ctx, "taking back a refused change of a folder", func(t *txn) error {
		var account, name, srvName string
		var remote, gone bool
		err := t.QueryRowContext(t.ctx, `SELECT account, name, srv_name, remote, gone <> 0 FROM folder WHERE id = ?`, id).Scan(&account, &name, &srvName, &remote, &gone)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		t.emit(event.FoldersChanged{Account: account}, event.Notice{Account: account, Error: true, Text: why})
		switch {
		case !remote:
			return t.refuseNew(id)
		case gone:
			err = t.exec(`UPDATE folder SET gone = 0 WHERE id = ?`, id)
		case name != srvName:
			err = t.takeBack(id, name, srvName)
		default:
			err = t.exec(`UPDATE folder SET subscribed = srv_subscribed WHERE id = ?`, id)
		}
		if err != nil {
			return err
		}
		return t.dropRefused(nil, id)
	})
}

// takeBack gives a folder, with those below it, the name again that the server has it
// under. Whoever has that name by now only has it here: it is one that the server was
// to be told of too.
func (t *txn) takeBack(id mail.FolderID, name, srvName string) error {
	list, err := t.folderTree(id)
	if err != nil {
		return err
	}
	back := func(f folderBefore) string { return srvName + strings.TrimPrefix(f.Name, name) }
	if err := t.rename(list, func(f folderBefore) string { return fmt.Sprintf("\x00%d", f.ID) }); err != nil {
		return err
	}
	for _, f := range list {
		var other mail.FolderID
		var has string
		var remote, double bool
		err := t.QueryRowContext(t.ctx, `SELECT o.id, o.srv_name, o.remote, o.wire = f.wire AND o.wire <> '' FROM folder o JOIN folder f ON f.id = ?3
			WHERE o.account = ?1 AND o.name = ?2`, f.Account, back(f), f.ID).Scan(&other, &has, &remote, &double)
		switch {
		case errors.Is(err, sql.ErrNoRows):
		case err != nil:
			return err
		case double: // what is in it is found in the other
			if err := t.dropFolder(f.Account, back(f)); err != nil {
				return err
			}
			err = t.takeIn(f.ID, other)
		case !remote:
			err = t.takeIn(f.ID, other)
		default:
			err = t.takeBack(other, back(f), has)
		}
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
	}
	return t.rename(list, back)
}

// refuseNew gives up a folder that cannot be made: what was put into it is again
// where the server has it.
func (t *txn) refuseNew(id mail.FolderID) error {
	ids, err := t.messagesIn(id)
	if err != nil {
		return err
	}
	for _, msg := range ids {
		m, err := t.findMsg(`id = ?`, msg)
		if err != nil {
			return err
		}
		before := m
		m.folder, m.moving = m.srvFolder, 0
		if err := t.put(before, m); err != nil {
			return err
		}
	}
	if err := t.exec(`DELETE FROM folder WHERE id = ?`, id); err != nil {
		return err
	}
	return t.dropRefused(ids, id)
}

// Quota is the room of an account in bytes. Room 0: not known.
type Quota struct{ Used, Room int64 }

// SetQuota records the room of an account.
func (s *Store) SetQuota(ctx context.Context, account string, q Quota) error {
	have, err := s.Quota(ctx, account)
	if err != nil || have == q {
		return err
	}
	return s.writeMail(ctx, "storing the quota", func(t *txn) error {
		t.emit(event.AccountChanged{Account: account})
		return t.exec(`INSERT INTO account_state (account, used, room) VALUES (?, ?, ?)
			ON CONFLICT (account) DO UPDATE SET used = excluded.used, room = excluded.room`, account, q.Used, q.Room)
	})
}

// Quota gives the room of an account as the server told it last.
func (s *Store) Quota(ctx context.Context, account string) (Quota, error) {
	var q Quota
	err := s.mail.read.QueryRowContext(ctx, `SELECT used, room FROM account_state WHERE account = ?`, account).Scan(&q.Used, &q.Room)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return q, err
}
