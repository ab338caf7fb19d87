package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"postea/internal/mail"
	"postea/internal/reading"
	"postea/internal/store"
)

// Copy copies conversations, as far as they lie in the place, to a folder of
// their own account.
func (a *App) Copy(ctx context.Context, in Place, t []mail.ThreadID, to mail.FolderID) (string, error) {
	f, err := a.store.Folder(ctx, to)
	if err != nil {
		return "", err
	}
	if !f.Selectable {
		return "", &UsageError{fmt.Sprintf("%s holds only folders, no messages", f.Name)}
	}
	heads, err := a.headsOnce(ctx, in, t)
	if err != nil {
		return "", err
	}
	var ids, away []mail.ID
	for _, h := range heads {
		if h.Account != f.Account {
			return "", &UsageError{fmt.Sprintf("%s belongs to another account (%s)", f.Name, f.Account)}
		}
		if thrownAway(h.Role) {
			away = append(away, h.ID)
		} else {
			ids = append(ids, h.ID)
		}
	}
	have, off, err := a.already(ctx, idsOf(heads), f)
	switch {
	case err != nil:
		return "", err
	case have == nil:
		ids, away = idsOf(heads), nil
	case thrownAway(f.Role) || len(ids) == 0:
		return a.Move(ctx, in, t, to)
	}
	ids = slices.DeleteFunc(ids, func(id mail.ID) bool { return have[id] != 0 })
	if len(ids)+len(away) == 0 && len(have) > 0 {
		return "", &UsageError{"Already in " + shownName(f)}
	}
	label := fmt.Sprintf("Copied %s to %s", counted(t), shownName(f))
	_, err = a.store.ApplyAll(ctx, label, []store.Part{
		{IDs: ids, Change: store.Change{CopyTo: to, BackTo: off}}, // to delete it for good would be to delete the message
		{IDs: away, Change: store.Change{MoveTo: to}},
	})
	return label, err
}

// thrownAway tells of Trash and Junk; where messages lie in several folders, what is there
// is nowhere else.
func thrownAway(r mail.Role) bool { return r == mail.RoleTrash || r == mail.RoleJunk }

// Label is a label of an account.
type Label struct {
	Name Text
	Raw  string // for SetLabel
	On   bool   // all of the conversations asked about have it
	Some bool   // some of them have
	Used int    // how many messages have it
}

// Labels lists the labels of the account that conversations belong to, those they
// have first, then the most used.
func (a *App) Labels(ctx context.Context, in Place, t []mail.ThreadID) ([]Label, error) {
	heads, err := a.heads(ctx, in, t)
	if err != nil || len(heads) == 0 {
		return nil, err
	}
	used, err := a.labelsUsed(ctx, heads[0].Account)
	if err != nil {
		return nil, err
	}
	copies, err := a.amongAll(ctx, heads)
	if err != nil {
		return nil, err
	}
	all := map[mail.ThreadID]bool{}
	have := map[*Label]map[mail.ThreadID]bool{}
	for _, h := range heads {
		all[h.Thread] = true
		for _, name := range mail.Labels(slices.Concat(h.Flags, copies[h.ID].Flags)) {
			l := used.label(name)
			if have[l] == nil {
				have[l] = map[mail.ThreadID]bool{}
			}
			have[l][h.Thread] = true
		}
	}
	out := make([]Label, 0, len(used))
	for _, l := range used {
		l.On, l.Some = len(have[l]) == len(all), len(have[l]) > 0
		out = append(out, *l)
	}
	slices.SortFunc(out, func(x, y Label) int {
		if x.Some != y.Some {
			return b2i(y.Some) - b2i(x.Some)
		}
		return cmp.Or(y.Used-x.Used, strings.Compare(x.Raw, y.Raw))
	})
	return out, nil
}

// labelSet is labels by their names in lower case, for a name means the same in both.
type labelSet map[string]*Label

func (s labelSet) label(name string) *Label {
	key := strings.ToLower(name)
	if s[key] == nil {
		s[key] = &Label{Name: reading.Line(name), Raw: name}
	}
	return s[key]
}

// labelsUsed counts for each label of an account how many messages have it.
func (a *App) labelsUsed(ctx context.Context, account string) (labelSet, error) {
	keywords, err := a.store.Keywords(ctx, account)
	if err != nil {
		return nil, err
	}
	used := labelSet{}
	for flag, n := range keywords {
		if name, ok := mail.LabelName(flag); ok {
			used.label(name).Used += n
		}
	}
	gmail, err := a.gmail(ctx, account)
	if err != nil || !gmail {
		return used, err
	}
	folders, err := a.store.Folders(ctx, account)
	for _, f := range folders {
		if f.Role == mail.RoleNone && f.Selectable && !strings.HasPrefix(f.Name, "[G") {
			used.label(f.Name).Used = f.Total // its flag is counted in each folder where a message lies
		}
	}
	return used, err
}

// gmail tells whether an account has Gmail's labels: where its folders stand as they do
// there, or one of its messages has. To find that none has is slow where there are many.
func (a *App) gmail(ctx context.Context, account string) (bool, error) {
	folders, err := a.store.Folders(ctx, account)
	if err != nil || slices.ContainsFunc(folders, func(f store.FolderState) bool {
		return strings.HasPrefix(f.Wire, "[Gmail]/") || strings.HasPrefix(f.Wire, "[Google Mail]/")
	}) {
		return err == nil, err
	}
	used, err := a.store.Keywords(ctx, account)
	for flag := range used {
		if _, ok := mail.GmailLabel(flag); ok {
			return true, err
		}
	}
	return false, err
}

// gmailOnce is gmail for many messages, with what is known already.
func (a *App) gmailOnce(ctx context.Context, account string, known map[string]bool) (bool, error) {
	labels, ok := known[account]
	if ok {
		return labels, nil
	}
	labels, err := a.gmail(ctx, account)
	known[account] = labels
	return labels, err
}

// SetLabel puts a label on conversations or takes it off: a keyword, or a Gmail
// label.
func (a *App) SetLabel(ctx context.Context, in Place, t []mail.ThreadID, name string, on bool) (string, error) {
	heads, err := a.heads(ctx, in, t)
	if err != nil {
		return "", err
	}
	if !on {
		copies, err := a.amongAll(ctx, heads)
		if err != nil {
			return "", err
		}
		heads = slices.AppendSeq(heads, maps.Values(copies))
	}
	name = strings.Join(strings.Fields(name), " ")
	byAccount := map[string][]store.MsgHead{}
	for _, h := range heads {
		byAccount[h.Account] = append(byAccount[h.Account], h)
	}
	var parts []store.Part
	for account, heads := range byAccount {
		gmail, err := a.gmail(ctx, account)
		if err != nil {
			return "", err
		}
		flag, err := mail.LabelFlag(name, gmail)
		if err != nil {
			return "", &UsageError{err.Error()}
		}
		for _, h := range heads {
			c := store.Change{}
			if on {
				c.Add = []string{flag}
			} else {
				for _, f := range h.Flags { // however it is written
					if have, ok := mail.LabelName(f); ok && strings.EqualFold(have, name) {
						c.Remove = append(c.Remove, f)
					}
				}
			}
			parts = append(parts, store.Part{IDs: []mail.ID{h.ID}, Change: c})
		}
	}
	label := fmt.Sprintf("Labelled %s %s", counted(t), name)
	if !on {
		label = fmt.Sprintf("Took %s off %s", name, counted(t))
	}
	_, err = a.store.ApplyAll(ctx, label, parts)
	return label, err
}

// Mute mutes conversations: they leave the inbox, and what comes to them later
// passes it by. Where all of them are muted already, it takes that back.
func (a *App) Mute(ctx context.Context, in Place, t []mail.ThreadID) (string, error) {
	ids, err := a.selected(ctx, in, t)
	if err != nil {
		return "", err
	}
	heads, err := a.store.Heads(ctx, ids)
	if err != nil || len(heads) == 0 {
		return "", err
	}
	if !slices.ContainsFunc(heads, func(h store.MsgHead) bool { return !h.Muted }) {
		parts, err := a.unmuted(ctx, heads)
		if err != nil {
			return "", err
		}
		label := "No longer muted: " + conversations(len(t))
		_, err = a.store.ApplyAll(ctx, label, parts)
		return label, err
	}
	all, err := a.whole(ctx, heads)
	if err != nil {
		return "", err
	}
	parts := []store.Part{
		{IDs: idsOf(all), Change: store.Change{Muted: new(true)}},
		{IDs: newest(all), Change: store.Change{Add: []string{mail.FlagMuted}, Mark: &store.MarkChange{Kind: store.MarkMute}}},
	}
	inbox := map[string][]mail.ID{}
	for _, h := range all {
		if h.Role == mail.RoleInbox {
			inbox[h.Account] = append(inbox[h.Account], h.ID)
		}
	}
	for account, ids := range inbox {
		f, err := a.folderFor(ctx, account, mail.RoleArchive)
		if err != nil {
			return "", err
		}
		parts = append(parts, store.Part{IDs: ids, Change: store.Change{MoveTo: f.ID}})
	}
	label := "Muted " + conversations(len(t))
	_, err = a.store.ApplyAll(ctx, label, parts)
	return label, err
}

// unmuted are the changes that take back that conversations are muted.
func (a *App) unmuted(ctx context.Context, heads []store.MsgHead) ([]store.Part, error) {
	muted := slices.DeleteFunc(slices.Clone(heads), func(h store.MsgHead) bool { return !h.Muted })
	if len(muted) == 0 {
		return nil, nil
	}
	all, err := a.whole(ctx, muted)
	if err != nil {
		return nil, err
	}
	return []store.Part{{IDs: idsOf(all), Change: store.Change{
		Muted: new(false), Remove: []string{mail.FlagMuted}, Mark: &store.MarkChange{Kind: store.MarkMute, Off: true},
	}}}, nil
}

// whole gives all messages of the conversations that some belong to.
func (a *App) whole(ctx context.Context, heads []store.MsgHead) ([]store.MsgHead, error) {
	var threads []mail.ThreadID
	seen := map[mail.ThreadID]bool{}
	for _, h := range heads {
		if !seen[h.Thread] {
			seen[h.Thread] = true
			threads = append(threads, h.Thread)
		}
	}
	ids, err := a.store.ThreadIDs(ctx, threads)
	if err != nil {
		return nil, err
	}
	return a.store.Heads(ctx, ids)
}

func idsOf(heads []store.MsgHead) []mail.ID {
	out := make([]mail.ID, len(heads))
	for i, h := range heads {
		out[i] = h.ID
	}
	return out
}

// Pin makes conversations stand on top of their lists, or takes that back where
// all of them do.
func (a *App) Pin(ctx context.Context, in Place, t []mail.ThreadID) (string, error) {
	heads, err := a.heads(ctx, in, t)
	if err != nil || len(heads) == 0 {
		return "", err
	}
	pinned := map[mail.ThreadID]bool{}
	for _, h := range heads {
		if _, err := a.store.MarkOf(ctx, h.ID, store.MarkPin); err == nil {
			pinned[h.Thread] = true
		} else if !errors.Is(err, ErrNotFound) {
			return "", err
		}
	}
	ids, label := newest(heads), "Pinned "+counted(t)
	c := store.Change{Lift: new(store.Pinned), Mark: &store.MarkChange{Kind: store.MarkPin}}
	if !slices.ContainsFunc(heads, func(h store.MsgHead) bool { return !pinned[h.Thread] }) {
		ids, label = idsOf(heads), "No longer pinned: "+counted(t)
		c = store.Change{Lift: new(int64(0)), Mark: &store.MarkChange{Kind: store.MarkPin, Off: true}}
	}
	if ids, err = a.store.WithCopies(ctx, ids); err != nil {
		return "", err
	}
	c.Label = label
	_, err = a.store.Apply(ctx, ids, c)
	return label, err
}

// at reads a time to come for the user.
func (a *App) at(text string) (time.Time, error) {
	at, err := a.dates.Parse(text, a.now())
	if err != nil {
		return at, &UsageError{err.Error()}
	}
	return at, nil
}

// Snooze hides conversations in the folder Snoozed until a time as people write
// it; then they are on top of the folder they came from, unread.
func (a *App) Snooze(ctx context.Context, in Place, t []mail.ThreadID, text string) (string, error) {
	at, err := a.at(text)
	if err != nil {
		return "", err
	}
	ids, err := a.selected(ctx, in, t)
	if err != nil {
		return "", err
	}
	if ids, err = a.ownPlaces(ctx, ids); err != nil {
		return "", err
	}
	if ids, err = a.takenOut(ctx, ids, true); err != nil {
		return "", err
	}
	heads, err := a.store.Heads(ctx, ids)
	if err != nil {
		return "", err
	}
	byAccount := map[string][]mail.ID{}
	for _, h := range heads {
		if h.Role == mail.RoleDrafts {
			return "", &UsageError{"A draft cannot be snoozed"}
		}
		byAccount[h.Account] = append(byAccount[h.Account], h.ID)
	}
	var parts []store.Part
	for account, ids := range byAccount {
		f, err := a.store.EnsureFolder(ctx, account, mail.RoleSnoozed, roleLabel(mail.RoleSnoozed))
		if err != nil {
			return "", err
		}
		parts = append(parts, store.Part{IDs: ids, Change: store.Change{
			MoveTo: f.ID, Add: []string{mail.FlagSnoozed}, Mark: &store.MarkChange{Kind: store.MarkSnooze, At: at},
		}})
	}
	label := fmt.Sprintf("Snoozed %s until %s", counted(t), a.dates.Coming(at, a.now()))
	_, err = a.store.ApplyAll(ctx, label, parts)
	return label, err
}

// Remind brings conversations back to the inbox at a time as people write it,
// unless somebody has written in them by then.
func (a *App) Remind(ctx context.Context, in Place, t []mail.ThreadID, text string) (string, error) {
	at, err := a.at(text)
	if err != nil {
		return "", err
	}
	heads, err := a.heads(ctx, in, t)
	if err != nil {
		return "", err
	}
	all := heads
	if !singly(t) {
		if all, err = a.whole(ctx, heads); err != nil {
			return "", err
		}
	}
	label := fmt.Sprintf("Reminder at %s unless there is an answer", a.dates.Coming(at, a.now()))
	_, err = a.store.Apply(ctx, newest(all), store.Change{Label: label, Mark: &store.MarkChange{Kind: store.MarkRemind, At: at}})
	return label, err
}

// MarkAllRead marks everything in a place as read.
func (a *App) MarkAllRead(ctx context.Context, in Place) (string, error) {
	var ids []mail.ID
	var err error
	if in.Query != "" || in.Kind == PlaceStarred {
		var threads []mail.ThreadID
		if threads, err = a.Threads(ctx, in); err == nil {
			ids, err = a.flagged(ctx, in, threads)
		}
	} else {
		var folders []mail.FolderID
		if folders, err = a.folders(ctx, in); err == nil {
			ids, err = a.store.UnreadIn(ctx, folders)
		}
	}
	if err != nil {
		return "", err
	}
	if len(ids) == 0 {
		return "Everything here is read", nil
	}
	label := "Marked " + messages(len(ids)) + " as read"
	_, err = a.store.Apply(ctx, ids, store.Change{Label: label, Add: []string{mail.FlagSeen}})
	return label, err
}

func messages(n int) string { return Counted(n, "message") }

// Threads lists all conversations of a place, as far as a search gives them; in a
// list of single messages, these.
func (a *App) Threads(ctx context.Context, in Place) ([]mail.ThreadID, error) {
	if in.Query != "" || in.Kind == PlaceEverywhere {
		q, err := a.placeSearch(ctx, in)
		if err != nil {
			return nil, err
		}
		list, _, err := a.conversationsFound(ctx, q, maxFound, nil)
		return threadsFound(list), err
	}
	drafts, _, err := a.ownDrafts(ctx, in)
	if err != nil {
		return nil, err
	}
	var own []mail.ThreadID
	for _, d := range drafts {
		own = append(own, draftRow(d.ID))
	}
	view, err := a.viewOf(ctx, in)
	if err != nil {
		return nil, err
	}
	var list []mail.ThreadID
	if view.Sort != SortNewest || view.Single {
		list, err = a.store.ThreadsSorted(ctx, sortQuery(in, view, Window{}))
		return append(own, list...), err
	}
	q, err := a.query(ctx, in)
	if err != nil {
		return nil, err
	}
	list, err = a.store.Threads(ctx, q)
	return append(own, list...), err
}
