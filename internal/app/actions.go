package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"postea/internal/mail"
	"postea/internal/store"
)

// selected gives the messages of conversations as far as they lie in a place. That none
// of them is there any more is an error.
func (a *App) selected(ctx context.Context, in Place, threads []mail.ThreadID) ([]mail.ID, error) {
	if err := noDrafts(threads); err != nil {
		return nil, err
	}
	ids, err := a.lying(ctx, in, threads)
	if err == nil && len(ids) == 0 && len(threads) > 0 {
		err = &UsageError{"No longer here: " + counted(threads)}
	}
	return ids, err
}

// lying gives the messages of conversations that lie in a place.
func (a *App) lying(ctx context.Context, in Place, threads []mail.ThreadID) ([]mail.ID, error) {
	var single []mail.ID
	var whole []mail.ThreadID
	for _, t := range threads {
		if id, ok := t.Single(); ok {
			single = append(single, id)
		} else {
			whole = append(whole, t)
		}
	}
	if in.Folder != 0 && len(single) > 0 {
		heads, err := a.store.Heads(ctx, single)
		if err != nil {
			return nil, err
		}
		single = idsOf(slices.DeleteFunc(heads, func(h store.MsgHead) bool { return h.Folder != in.Folder }))
	}
	if len(whole) == 0 {
		return single, nil
	}
	var ids []mail.ID
	var err error
	if in.Query != "" {
		var list []found
		if list, err = a.foundOf(ctx, in, whole); err == nil {
			ids, err = a.besideFound(ctx, list)
		}
	} else {
		var q store.ListQuery
		if q, err = a.query(ctx, in); err == nil {
			ids, err = a.store.ThreadMessages(ctx, whole, q)
		}
	}
	return append(single, ids...), err
}

func noDrafts(threads []mail.ThreadID) error {
	if _, drafts := withoutDrafts(threads); len(drafts) > 0 {
		return &UsageError{"A draft that is kept only here can be opened and deleted, and nothing else"}
	}
	return nil
}

// Archive moves conversations to their account's Archive.
func (a *App) Archive(ctx context.Context, in Place, t []mail.ThreadID) (string, error) {
	return a.moveToRole(ctx, in, t, mail.RoleArchive, "Archived")
}

// Junk moves conversations to Junk and marks them so that servers and other
// clients learn from it; from Junk it moves them back to the inbox.
func (a *App) Junk(ctx context.Context, in Place, t []mail.ThreadID) (string, error) {
	heads, err := a.heads(ctx, in, t)
	if err != nil {
		return "", err
	}
	var junk, good []mail.ID
	for _, h := range heads {
		if h.Role == mail.RoleJunk {
			good = append(good, h.ID)
		} else {
			junk = append(junk, h.ID)
		}
	}
	if len(junk) == 0 {
		label := "Moved " + counted(t) + " to Inbox as no junk"
		_, err = a.MoveToRole(ctx, good, mail.RoleInbox, label)
		return label, err
	}
	label := "Moved " + counted(t) + " to Junk"
	_, err = a.MoveToRole(ctx, junk, mail.RoleJunk, label)
	return label, err
}

// heads gives what selected does, where messages stand singly each as a conversation.
func (a *App) heads(ctx context.Context, in Place, t []mail.ThreadID) ([]store.MsgHead, error) {
	ids, err := a.selected(ctx, in, t)
	if err != nil {
		return nil, err
	}
	list, err := a.store.Heads(ctx, ids)
	if singly(t) {
		for i := range list {
			list[i].Thread = mail.Alone(list[i].ID)
		}
	}
	return list, err
}

// Delete moves conversations to Trash; from Trash it deletes them for good,
// which no undo brings back.
func (a *App) Delete(ctx context.Context, in Place, t []mail.ThreadID) (string, error) {
	if rest, drafts := withoutDrafts(t); len(drafts) > 0 {
		return a.deleteDrafts(ctx, in, rest, drafts)
	}
	if in.Role != mail.RoleTrash {
		return a.moveToRole(ctx, in, t, mail.RoleTrash, "Deleted")
	}
	ids, err := a.selected(ctx, in, t)
	if err != nil {
		return "", err
	}
	if _, err := a.store.Apply(ctx, ids, store.Change{Erase: true}); err != nil {
		return "", err
	}
	return "Deleted for good: " + counted(t), nil
}

// deleteDrafts deletes drafts that are kept here, and what else was selected.
func (a *App) deleteDrafts(ctx context.Context, in Place, rest []mail.ThreadID, drafts []mail.DraftID) (string, error) {
	ids, err := a.selected(ctx, in, rest)
	if err != nil {
		return "", err
	}
	parts, err := a.movesTo(ctx, ids, mail.RoleTrash)
	if err != nil {
		return "", err
	}
	label := "Deleted " + Counted(len(drafts)+len(rest), "draft")
	if len(rest) > 0 && in.Role != mail.RoleDrafts {
		label = "Deleted " + Counted(len(drafts), "draft") + " and " + counted(rest)
	}
	_, err = a.store.ApplyAll(ctx, label, append(parts, store.Part{Change: store.Change{Discard: drafts}}))
	return label, err
}

func (a *App) moveToRole(ctx context.Context, in Place, t []mail.ThreadID, role mail.Role, verb string) (string, error) {
	return a.toRole(ctx, in, t, role, verb+" "+counted(t))
}

func (a *App) toRole(ctx context.Context, in Place, t []mail.ThreadID, role mail.Role, label string) (string, error) {
	ids, err := a.selected(ctx, in, t)
	if err != nil {
		return "", err
	}
	_, err = a.MoveToRole(ctx, ids, role, label)
	return label, err
}

// nonJunk is how Thunderbird writes $NotJunk.
const nonJunk = "NonJunk"

// MoveToRole moves messages to their accounts' folder of a role, making it
// where there is none, in one undo step. What is moved to or from Junk bears the
// keywords by which servers and other clients learn (IANA $Junk, $NotJunk).
func (a *App) MoveToRole(ctx context.Context, ids []mail.ID, role mail.Role, label string) (int, error) {
	parts, err := a.movesTo(ctx, ids, role)
	if err != nil {
		return 0, err
	}
	return a.store.ApplyAll(ctx, label, parts)
}

func (a *App) movesTo(ctx context.Context, ids []mail.ID, role mail.Role) ([]store.Part, error) {
	if err := a.mayMove(ctx, ids, role); err != nil {
		return nil, err
	}
	ids, err := a.ownPlaces(ctx, ids)
	if err != nil {
		return nil, err
	}
	if !thrownAway(role) { // which takes it out of everywhere
		if ids, err = a.takenOut(ctx, ids, role == mail.RoleArchive); err != nil {
			return nil, err
		}
	}
	heads, err := a.store.Heads(ctx, ids)
	if err != nil {
		return nil, err
	}
	type kind struct {
		account  string
		fromJunk bool
	}
	groups := map[kind][]mail.ID{}
	for _, h := range heads {
		k := kind{h.Account, h.Role == mail.RoleJunk}
		groups[k] = append(groups[k], h.ID)
	}
	var parts []store.Part
	for k, ids := range groups {
		f, err := a.folderFor(ctx, k.account, role)
		if err != nil {
			return nil, err
		}
		c := store.Change{MoveTo: f.ID, Forget: role == mail.RoleTrash}
		switch {
		case role == mail.RoleJunk:
			c.Add, c.Remove = []string{mail.FlagJunk}, []string{mail.FlagNotJunk, nonJunk}
		case k.fromJunk && role != mail.RoleTrash:
			c.Add, c.Remove = []string{mail.FlagNotJunk}, []string{mail.FlagJunk, "Junk"}
		}
		parts = append(parts, store.Part{IDs: ids, Change: c})
	}
	if thrownAway(role) {
		if ids, err = a.inInboxToo(ctx, ids); err == nil && len(ids) > 0 {
			more, err := a.movesTo(ctx, ids, role)
			return append(parts, more...), err
		}
	}
	return parts, err
}

// mayMove keeps drafts in Drafts until they are deleted: what is moved is only the copy.
func (a *App) mayMove(ctx context.Context, ids []mail.ID, to mail.Role) error {
	if to == mail.RoleTrash || to == mail.RoleDrafts {
		return nil
	}
	drafts, err := a.store.DraftsAmong(ctx, ids)
	if err == nil && len(drafts) > 0 {
		err = &UsageError{"A draft that is kept here stays in Drafts until it is sent or deleted"}
	}
	return err
}

// folderFor gives the account's folder of a role. At Gmail the folder of all mail is the
// archive; elsewhere it is a view of the others (RFC 6154 §2), into which nothing is moved.
func (a *App) folderFor(ctx context.Context, account string, role mail.Role) (store.FolderState, error) {
	if role == mail.RoleArchive {
		f, err := a.store.FolderByRole(ctx, account, role)
		if errors.Is(err, ErrNotFound) {
			labels, unknown := a.gmail(ctx, account)
			if unknown != nil {
				return f, unknown
			}
			if labels {
				f, err = a.store.FolderByRole(ctx, account, mail.RoleAll)
			}
		}
		if !errors.Is(err, ErrNotFound) {
			return f, err
		}
	}
	return a.store.EnsureFolder(ctx, account, role, a.folderName(account, role))
}

// folderName is what the folder of a role is called where there is none yet.
func (a *App) folderName(account string, role mail.Role) string {
	acc, _ := a.cfg.Account(account)
	return acc.FolderName(role, roleLabel(role))
}

func (a *App) byAccount(ctx context.Context, ids []mail.ID) (map[string][]mail.ID, error) {
	heads, err := a.store.Heads(ctx, ids)
	out := map[string][]mail.ID{}
	for _, h := range heads {
		out[h.Account] = append(out[h.Account], h.ID)
	}
	return out, err
}

// Move moves conversations to a folder of their own account.
func (a *App) Move(ctx context.Context, in Place, t []mail.ThreadID, to mail.FolderID) (string, error) {
	ids, err := a.selected(ctx, in, t)
	if err != nil {
		return "", err
	}
	return a.MoveMessages(ctx, ids, to, counted(t))
}

// MoveByRole moves conversations, each to the folder of a role of its own account.
func (a *App) MoveByRole(ctx context.Context, in Place, t []mail.ThreadID, role mail.Role) (string, error) {
	return a.toRole(ctx, in, t, role, "Moved "+counted(t)+" to "+roleLabel(role))
}

// MoveMessages moves messages to a folder of their own account; what says what
// they are, for the toast.
func (a *App) MoveMessages(ctx context.Context, ids []mail.ID, to mail.FolderID, what string) (string, error) {
	f, err := a.store.Folder(ctx, to)
	if err != nil {
		return "", err
	}
	if err := a.takes(ctx, f, ids); err != nil {
		return "", err
	}
	parts, err := a.movesInto(ctx, ids, f)
	if err != nil {
		return "", err
	}
	label := fmt.Sprintf("Moved %s to %s", what, shownName(f))
	_, err = a.store.ApplyAll(ctx, label, parts)
	return label, err
}

// takes tells why messages cannot be moved to a folder, if they cannot.
func (a *App) takes(ctx context.Context, f store.FolderState, ids []mail.ID) error {
	if !f.Selectable {
		return &UsageError{fmt.Sprintf("%s holds only folders, no messages", f.Name)}
	}
	byAccount, err := a.byAccount(ctx, ids)
	if err != nil {
		return err
	}
	for account := range byAccount {
		if account != f.Account {
			return &UsageError{fmt.Sprintf("%s belongs to another account (%s)", f.Name, f.Account)}
		}
	}
	return a.mayMove(ctx, ids, f.Role)
}

// movesInto gives what moves messages to a folder.
func (a *App) movesInto(ctx context.Context, ids []mail.ID, f store.FolderState) ([]store.Part, error) {
	ids, parts, err := a.outOfFolders(ctx, ids, f)
	if err != nil {
		return nil, err
	}
	parts = append(parts, store.Part{IDs: ids, Change: store.Change{MoveTo: f.ID, Forget: f.Role == mail.RoleTrash}})
	if f.Role != mail.RoleInbox {
		return parts, nil
	}
	// Who wants it there wants to see what comes to it.
	heads, err := a.store.Heads(ctx, ids)
	if err != nil {
		return nil, err
	}
	loud, err := a.unmuted(ctx, heads)
	return append(parts, loud...), err
}

// SetStarred sets or clears the star.
func (a *App) SetStarred(ctx context.Context, in Place, t []mail.ThreadID, on bool) (string, error) {
	pick := a.flagged
	if on { // one star per conversation is enough: on what its row shows
		pick = a.shown
	}
	ids, err := pick(ctx, in, t)
	if err != nil {
		return "", err
	}
	return a.flag(ctx, ids, mail.FlagFlagged, on, "Starred "+counted(t), "Unstarred "+counted(t))
}

// shown gives of each conversation the message that its row shows; single ones are what
// theirs do.
func (a *App) shown(ctx context.Context, in Place, t []mail.ThreadID) ([]mail.ID, error) {
	if in.Query == "" || singly(t) {
		ids, err := a.selected(ctx, in, t)
		if err != nil || singly(t) {
			return ids, err
		}
		heads, err := a.store.Heads(ctx, ids)
		return newest(heads), err
	}
	if err := noDrafts(t); err != nil {
		return nil, err
	}
	list, err := a.foundOf(ctx, in, t)
	out := make([]mail.ID, len(list))
	for i, f := range list {
		out[i] = f.hits[0]
	}
	return out, err
}

// newest keeps of each conversation the message that came last, of its copies that in the inbox:
// moved to where another one lies, it takes that one's place, and undo knows only it.
func newest(heads []store.MsgHead) []mail.ID {
	last := map[mail.ThreadID]store.MsgHead{}
	for _, h := range heads {
		if was, ok := last[h.Thread]; !ok || h.Date.After(was.Date) || h.Date.Equal(was.Date) && was.Role != mail.RoleInbox {
			last[h.Thread] = h
		}
	}
	var out []mail.ID
	for _, h := range last {
		out = append(out, h.ID)
	}
	slices.Sort(out)
	return out
}

// SetRead marks conversations read or unread.
func (a *App) SetRead(ctx context.Context, in Place, t []mail.ThreadID, on bool) (string, error) {
	ids, err := a.flagged(ctx, in, t)
	if err != nil {
		return "", err
	}
	return a.flag(ctx, ids, mail.FlagSeen, on, "Marked "+counted(t)+" as read", "Marked "+counted(t)+" as unread")
}

func (a *App) flag(ctx context.Context, ids []mail.ID, flag string, on bool, yes, no string) (string, error) {
	if on {
		_, err := a.store.Apply(ctx, ids, store.Change{Label: yes, Add: []string{flag}})
		return yes, err
	}
	_, err := a.store.Apply(ctx, ids, store.Change{Label: no, Remove: []string{flag}})
	return no, err
}

// MarkRead marks messages as read because they were on screen; it is no undo step.
func (a *App) MarkRead(ctx context.Context, ids ...mail.ID) error {
	list, err := a.store.Summaries(ctx, ids)
	if err != nil {
		return err
	}
	var unread []mail.ID
	var from []mail.Address
	for _, m := range list {
		if m.Unread() {
			unread, from = append(unread, m.ID), append(from, m.From...)
		}
	}
	if len(unread) == 0 {
		return nil
	}
	if err := a.store.SeenContact(ctx, from); err != nil {
		return err
	}
	_, err = a.store.Apply(ctx, unread, store.Change{Add: []string{mail.FlagSeen}})
	return err
}

// ApplyTo changes single messages, for the command line. A flag that no server takes
// is a *UsageError.
func (a *App) ApplyTo(ctx context.Context, ids []mail.ID, add, remove []string) error {
	for _, flag := range slices.Concat(add, remove) {
		if err := mail.CheckFlag(flag); err != nil {
			return &UsageError{err.Error()}
		}
	}
	_, err := a.store.Apply(ctx, ids, store.Change{Add: add, Remove: remove})
	return err
}

// Erase deletes messages for good, for the command line.
func (a *App) Erase(ctx context.Context, ids []mail.ID) error {
	_, err := a.store.Apply(ctx, ids, store.Change{Erase: true})
	return err
}

// Undo takes back what was done last: a change of messages, a send that is still
// held, the discarding of a draft, or of a rule.
func (a *App) Undo(ctx context.Context) (Undone, error) {
	step, err := a.store.LastUndo(ctx)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Undone{}, err
	}
	held, herr := a.newestHeld(ctx)
	if herr != nil {
		return Undone{}, herr
	}
	discarded, derr := a.lastDiscarded(ctx)
	if derr != nil {
		return Undone{}, derr
	}
	if discarded != nil && (err != nil || discarded.At.After(step.Created)) && (held == nil || discarded.At.After(held.Created)) {
		d, err := a.RestoreDraft(ctx, discarded.ID)
		return Undone{What: "Draft restored", Draft: &d}, err
	}
	if held != nil && (err != nil || !step.Created.After(held.Created)) {
		if held.Sending || slices.ContainsFunc(held.Recipients, func(r mail.Recipient) bool { return r.State != mail.RecipientPending }) {
			return Undone{}, &UsageError{"Too late to take back the sending"}
		}
		d, err := a.editAgain(ctx, held.ID)
		if err != nil {
			return Undone{}, err
		}
		return Undone{What: "Sending taken back", Draft: &d}, nil
	}
	if err != nil {
		return Undone{}, &UsageError{"Nothing to undo"}
	}
	if step.Rule != "" { // first, as the step goes with the undo
		err := a.keepAgain(step.Rule)
		if _, taken := errors.AsType[*UsageError](err); taken { // for good, and what was done before can be undone
			_, undo := a.store.Undo(ctx)
			return Undone{}, cmp.Or(undo, err)
		}
		if err != nil {
			return Undone{}, err
		}
	}
	step, err = a.store.Undo(ctx)
	if taken, ok := errors.AsType[*store.SearchExistsError](err); ok {
		err = &UsageError{fmt.Sprintf("Another search is called “%s” by now; the one of before stays forgotten", taken.Name)}
	}
	if err != nil {
		return Undone{}, err
	}
	return a.undone(ctx, step)
}

// canUndo tells whether Undo has something to take back.
func (a *App) canUndo(ctx context.Context) (bool, error) {
	if _, err := a.store.LastUndo(ctx); !errors.Is(err, ErrNotFound) {
		return err == nil, err
	}
	if held, err := a.newestHeld(ctx); err != nil || held != nil && held.State == mail.ItemHeld {
		return err == nil, err
	}
	discarded, err := a.lastDiscarded(ctx)
	return discarded != nil, err
}

// lateUndo is how long after the hold one still means the send by undoing, and not what
// was done before.
const lateUndo = 5 * time.Second

// newestHeld is the message that was sent last, until a moment after it can be taken back.
func (a *App) newestHeld(ctx context.Context) (*mail.Outgoing, error) {
	o, err := a.store.NewestHeld(ctx, a.now().Add(-lateUndo))
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &o, nil
}

func (a *App) undone(ctx context.Context, step store.UndoStep) (Undone, error) {
	u := Undone{What: "Taken back: " + step.Label}
	f, err := a.store.Folder(ctx, step.Folder)
	if err == nil {
		p := folderItem(f).Place
		u.Place = &p
	}
	list, err := a.store.Heads(ctx, step.Items)
	if err != nil {
		return Undone{}, err
	}
	var newest time.Time
	for _, m := range list {
		if u.Focus == 0 || !m.Date.Before(newest) { // of one second the last, as in a list
			u.Focus, u.ID, newest = m.Thread, m.ID, m.Date
		}
	}
	return u, nil
}

func conversations(n int) string { return Counted(n, "conversation") }

// counted says how many rows of a list there are: of messages, where those stand singly.
func counted(t []mail.ThreadID) string {
	if singly(t) {
		return messages(len(t))
	}
	return conversations(len(t))
}

func singly(t []mail.ThreadID) bool {
	return !slices.ContainsFunc(t, func(t mail.ThreadID) bool { _, single := t.Single(); return !single })
}
