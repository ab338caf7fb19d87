package app

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"postea/internal/mail"
	"postea/internal/reading"
	"postea/internal/store"
	"postea/internal/syncer"
)

// Sidebar gives the accounts with their folders and counts.
func (a *App) Sidebar(ctx context.Context) (Sidebar, error) {
	var sb Sidebar
	all, err := a.store.Folders(ctx, "")
	if err != nil {
		return sb, err
	}
	views, err := a.views(ctx)
	if err != nil {
		return sb, err
	}
	sb.Offline = a.Offline()
	if sb.Undo, err = a.canUndo(ctx); err != nil {
		return sb, err
	}
	for _, acc := range a.cfg.Accounts {
		item := AccountItem{Name: acc.Name, Label: reading.Line(acc.Address), Color: acc.Color}
		q, err := a.store.Quota(ctx, acc.Name)
		if err != nil {
			return sb, err
		}
		item.Used, item.Room = q.Used, q.Room
		own := slices.DeleteFunc(slices.Clone(all), func(f store.FolderState) bool { return f.Account != acc.Name })
		item.Awaited = acc.IMAP.Host != "" && !slices.ContainsFunc(own, func(f store.FolderState) bool { return f.Remote })
		sortFolders(own, views)
		for _, f := range own {
			fi := folderItem(f)
			fi.View = viewOf(views[viewKey{f.Account, f.Name}])
			item.Folders = append(item.Folders, fi)
			if fi.View.Favourite {
				sb.Favourites = append(sb.Favourites, fi)
			}
			if f.Role == mail.RoleInbox {
				sb.InboxUnread += f.Unread
			}
		}
		if item.Folders, err = a.withDraftsItem(ctx, acc, item.Folders); err != nil {
			return sb, err
		}
		item.Folders = withLevels(item.Folders)
		sb.Accounts = append(sb.Accounts, item)
	}
	if sb.Outbox, err = a.outboxCounts(ctx); err != nil {
		return sb, err
	}
	sb.Searches, err = a.SavedSearches(ctx)
	return sb, err
}

func folderItem(f store.FolderState) FolderItem {
	label, depth := f.Leaf(), f.Depth()
	if f.Role != mail.RoleNone {
		label, depth = roleLabel(f.Role), 0
	}
	return FolderItem{
		Place: Place{Kind: PlaceFolder, Account: f.Account, Folder: f.ID, Name: f.Name, Role: f.Role},
		Label: reading.Line(label), Depth: depth, Unread: f.Unread, Total: f.Total, Older: f.Reach.Older, Selectable: f.Selectable, Subscribed: f.Subscribed,
	}
}

// withLevels puts in the levels above folders that no server has listed, and
// those that stand elsewhere because of their role, so that a folder never seems
// to lie in the one that happens to stand above it.
func withLevels(list []FolderItem) []FolderItem {
	var out []FolderItem
	shown := map[string]bool{}
	for _, f := range list {
		if f.Place.Role == mail.RoleNone {
			levels := strings.Split(f.Place.Name, "/")
			for n := 1; n < len(levels); n++ {
				name := strings.Join(levels[:n], "/")
				if !shown[name] {
					shown[name] = true
					out = append(out, FolderItem{Place: Place{Kind: PlaceFolder, Account: f.Place.Account, Name: name}, Label: reading.Line(levels[n-1]), Depth: n - 1})
				}
			}
			shown[f.Place.Name] = true
		}
		out = append(out, f)
	}
	return out
}

// roleRank orders folders with a role before those without.
func roleRank(r mail.Role) int {
	if i := slices.Index(mail.Roles(), r); i >= 0 {
		return i
	}
	return len(mail.Roles())
}

func roleLabel(r mail.Role) string {
	switch r {
	case mail.RoleInbox:
		return "Inbox"
	case mail.RoleDrafts:
		return "Drafts"
	case mail.RoleSent:
		return "Sent"
	case mail.RoleArchive:
		return "Archive"
	case mail.RoleJunk:
		return "Junk"
	case mail.RoleTrash:
		return "Trash"
	case mail.RoleAll:
		return "All mail"
	case mail.RoleSnoozed:
		return "Snoozed"
	}
	return ""
}

// shownName is a folder's name as the folders show it, with the levels above it.
func shownName(f store.FolderState) string { return cmp.Or(roleLabel(f.Role), f.Name) }

// Statuses tells what each account is doing, in the order of the configuration.
func (a *App) Statuses(ctx context.Context) ([]Status, error) {
	pending, err := a.store.CountPending(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Status, len(a.cfg.Accounts))
	for i, acc := range a.cfg.Accounts {
		st := Status{Account: acc.Name, Pending: pending[acc.Name]}
		if st.Synced, err = a.store.LastRound(ctx, acc.Name); err != nil {
			return nil, err
		}
		a.mu.Lock()
		s, mine, offline, silent, theirs := a.syncers[acc.Name], a.isOwner, a.offline, a.silent, cmp.Or(a.theirs, &told{})
		a.mu.Unlock()
		switch {
		case offline, !mine && !silent && theirs.Offline:
			st.Kind, st.Text = StatusOffline, reading.Line("what you do waits")
		case s == nil:
			st.Kind = StatusIdle
		case !mine && silent:
			st.Kind, st.Text = StatusOffline, reading.Line(ErrOwnerSilent.Error())
		case !mine:
			st.Kind = StatusOnline // another process looks after it
			if said, ok := theirs.Accounts[acc.Name]; ok {
				fillStatus(&st, said)
			}
		default:
			fillStatus(&st, s.Status())
		}
		out[i] = st
	}
	return out, nil
}

// Pending counts the messages of an account with changes that its server has not been
// told of.
func (a *App) Pending(ctx context.Context, account string) (int, error) {
	n, err := a.store.CountPending(ctx)
	return n[account], err
}

func fillStatus(st *Status, from syncer.Status) {
	st.Kind = map[syncer.Kind]StatusKind{
		syncer.Idle: StatusIdle, syncer.Connecting: StatusConnecting, syncer.Syncing: StatusSyncing,
		syncer.Online: StatusOnline, syncer.Offline: StatusOffline, syncer.NeedsYou: StatusNeedsYou,
	}[from.Kind]
	st.Retry, st.Text, st.Done, st.Of = from.Retry, reading.Line(from.Text), from.Done, from.Of
}
