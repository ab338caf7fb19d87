package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"postea/internal/event"
	"postea/internal/mail"
)

// SetFolders brings the account's folders in line with what the server lists.
// A folder that is gone from the server goes from the mirror with its messages,
// unless a local change still waits to be carried there. One whose server name
// is known keeps its place under whatever name people see; what the user wants
// of it and the server has not been told stays. One that was renamed elsewhere is
// followed where the server gives folders lasting names; elsewhere it is another one,
// in which the messages turn up again.
func (s *Store) SetFolders(ctx context.Context, account string, list []RemoteFolder) error {
	return s.writeMail(ctx, "storing folders", func(t *txn) error {
		have, err := t.folderRows(account)
		if err != nil {
			return err
		}
		listed := map[string]bool{}
		for _, f := range list {
			listed[f.Wire] = true
		}
		byWire, byName := map[string]*folderRow{}, map[string]*folderRow{}
		for _, r := range have {
			byWire[r.Wire], byName[r.Name] = r, r
		}
		delete(byWire, "")
		for _, f := range list {
			// Made after all, under the name of that time.
			i := slices.IndexFunc(have, func(r *folderRow) bool { return !r.remote && r.making == f.Name })
			if i >= 0 && byWire[f.Wire] == nil && byName[f.Name] == nil {
				byWire[f.Wire] = have[i]
			}
		}
		was, err := t.followFolders(have, list, byWire, byName)
		if err != nil {
			return err
		}
		changed := false
		for _, f := range list {
			this, err := t.setFolder(account, f, byWire, byName, listed)
			if err != nil {
				return err
			}
			changed = changed || this
		}
		for _, f := range have {
			if f.Wire == "" || listed[f.Wire] { // not created on the server yet
				continue
			}
			changed = true
			if err := t.dropFolder(account, f.Name); err != nil {
				return err
			}
		}
		if changed {
			t.emit(event.FoldersChanged{Account: account})
		}
		// Before the new names are there, for then nobody would ask for this again.
		return s.copyViews(ctx, account, was)
	})
}

// Unlisted is a folder of the mirror that is not in a list.
type Unlisted struct {
	RemoteFolder // as the server had it last
	ID           mail.FolderID
	Gone         bool // the user has deleted it
}

// Unlisted gives the folders that SetFolders would take away for this list, and whether
// there are others in it that the mirror does not know.
func (s *Store) Unlisted(ctx context.Context, account string, list []RemoteFolder) (left []Unlisted, others bool, err error) {
	rows, err := s.mail.read.QueryContext(ctx, `SELECT id, srv_name, wire, lasting, role, selectable, missed, gone <> 0 FROM folder WHERE account = ? AND wire <> ''`, account)
	if err != nil {
		return nil, false, fmt.Errorf("listing folders: %w", err)
	}
	have, err := collect(rows, func() (u Unlisted, err error) {
		return u, rows.Scan(&u.ID, &u.Name, &u.Wire, &u.Lasting, &u.Role, &u.Selectable, &u.Missed, &u.Gone)
	})
	if err != nil {
		return nil, false, err
	}
	wires, names, lasting := map[string]bool{}, map[string]bool{}, map[string]bool{"": false}
	for _, f := range list {
		wires[f.Wire], names[f.Name], lasting[f.Lasting] = true, true, f.Lasting != ""
	}
	known := 0
	for _, u := range have {
		switch {
		case wires[u.Wire]:
			known++
		case names[u.Name] || lasting[u.Lasting]: // spelled otherwise before, or renamed
		default:
			left = append(left, u)
		}
	}
	return left, known < len(list), nil
}

// folderRow is a folder as the mirror has it.
type folderRow struct {
	RemoteFolder
	id         mail.FolderID
	srvName    string
	remote     bool
	making     string
	subscribed bool // as the user wants it; RemoteFolder has what the server is known to have
}

func (t *txn) folderRows(account string) ([]*folderRow, error) {
	rows, err := t.QueryContext(t.ctx, `SELECT id, name, srv_name, wire, lasting, role, selectable, remote, making, subscribed, srv_subscribed, missed FROM folder WHERE account = ?`, account)
	if err != nil {
		return nil, err
	}
	return collect(rows, func() (*folderRow, error) {
		f := &folderRow{}
		return f, rows.Scan(&f.id, &f.Name, &f.srvName, &f.Wire, &f.Lasting, &f.Role, &f.Selectable, &f.remote, &f.making, &f.subscribed, &f.Subscribed, &f.Missed)
	})
}

// setFolder stores one folder of a list and tells whether that was news.
func (t *txn) setFolder(account string, f RemoteFolder, byWire, byName map[string]*folderRow, listed map[string]bool) (bool, error) {
	row, named := byWire[f.Wire], byName[f.Name]
	if row == nil && named != nil && !listed[named.Wire] {
		row = named // made here, or spelled otherwise before
	}
	if named != nil && named != row && named.Name != named.srvName && named.srvName != "" {
		// The user has given its name to another folder, which cannot be.
		t.emit(event.Notice{Account: account, Error: true, Text: fmt.Sprintf("%s could not be renamed: there is a folder %s already.", named.srvName, f.Name)})
		if err := t.exec(`UPDATE folder SET name = srv_name WHERE id = ?`, named.id); err != nil {
			return false, err
		}
		delete(byName, named.Name)
		named.Name = named.srvName
		byName[named.Name] = named
	}
	if row == nil {
		return true, t.exec(`INSERT INTO folder (id, account, name, srv_name, wire, role, selectable, subscribed, srv_subscribed, lasting) VALUES (`+newFolder+`, ?1, ?2, ?2, ?3, ?4, ?5, ?6, ?6, ?7)
			ON CONFLICT (account, name) DO NOTHING`, account, f.Name, f.Wire, f.Role, f.Selectable, f.Subscribed || !f.Told, f.Lasting)
	}
	was := *row
	renamed := !row.remote && row.making == f.Name // and row.Name is what the user wants now
	if (row.Name == row.srvName || row.srvName == "") && !renamed && (byName[f.Name] == nil || byName[f.Name] == row) {
		delete(byName, row.Name)
		row.Name = f.Name
		byName[f.Name] = row
	}
	row.srvName, row.Wire, row.Role, row.Selectable, row.remote, row.making = f.Name, f.Wire, f.Role, f.Selectable, true, ""
	row.Missed = f.Missed
	row.Lasting = cmp.Or(f.Lasting, row.Lasting)
	if f.Told {
		if row.subscribed == row.Subscribed {
			row.subscribed = f.Subscribed
		}
		row.Subscribed = f.Subscribed
	}
	if was == *row {
		return false, nil
	}
	if was.Selectable && !row.Selectable { // deleted, but for its name above those of others
		if err := t.emptied(row.id); err != nil {
			return true, err
		}
	}
	return true, t.exec(`UPDATE folder SET name = ?, srv_name = ?, wire = ?, role = ?, selectable = ?, remote = 1, made = 0, making = '', subscribed = ?, srv_subscribed = ?, lasting = ?, missed = ? WHERE id = ?`,
		row.Name, row.srvName, row.Wire, row.Role, row.Selectable, row.subscribed, row.Subscribed, row.Lasting, row.Missed, row.id)
}

// followFolders finds, by their lasting names, folders that were renamed elsewhere,
// and lets byWire and byName tell of them by their new names. One whose new name
// belongs to a folder that is not renamed itself is left to be found anew. It returns
// the names from before by those of now, of folders that the user calls as the server
// does.
func (t *txn) followFolders(have []*folderRow, list []RemoteFolder, byWire, byName map[string]*folderRow) (was map[string]string, err error) {
	lasting := map[string]*folderRow{}
	for _, r := range have {
		if r.Lasting != "" && r.Wire != "" {
			lasting[r.Lasting] = r
		}
	}
	moves := map[*folderRow]RemoteFolder{}
	for _, f := range list {
		r := lasting[f.Lasting]
		if r == nil || r.Wire == f.Wire {
			continue
		}
		if _, twice := moves[r]; twice || slices.ContainsFunc(list, func(g RemoteFolder) bool { return g.Wire == r.Wire && g.Lasting == f.Lasting }) {
			delete(moves, r) // two folders of one lasting name
			delete(lasting, f.Lasting)
			continue
		}
		moves[r] = f
	}
	stays := func(r *folderRow) bool {
		_, is := moves[r]
		return r != nil && !is
	}
	for again := true; again; {
		again = false
		for r, f := range moves {
			if stays(byWire[f.Wire]) || stays(byName[f.Name]) {
				delete(moves, r)
				again = true
			}
		}
	}
	was = map[string]string{}
	for r, f := range moves {
		delete(byWire, r.Wire)
		if r.Name != r.srvName {
			continue
		}
		// Two may have changed their names for each other's.
		delete(byName, r.Name)
		was[f.Name], r.Name = r.Name, fmt.Sprintf("\n%d", r.id)
		r.srvName = r.Name
		if err := t.exec(`UPDATE folder SET name = ? WHERE id = ?`, r.Name, r.id); err != nil {
			return nil, err
		}
	}
	for r, f := range moves {
		byWire[f.Wire] = r
	}
	return was, nil
}
