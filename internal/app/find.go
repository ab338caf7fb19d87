package app

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"postea/internal/mail"
	"postea/internal/query"
	"postea/internal/reading"
	"postea/internal/store"
)

// maxFound bounds how many conversations of a search can be scrolled through or
// selected at once.
const maxFound = 20_000

// found is a conversation with messages that a search has found.
type found struct {
	thread mail.ThreadID
	folder mail.FolderID // where verbs act
	hits   []mail.ID     // among those that were looked at, newest first
}

// actsIn chooses the folder in which verbs act on a conversation: that of its
// newest hit outside of those that are aside, where there is one.
func (f *found) actsIn(folder mail.FolderID, aside map[mail.FolderID]bool) {
	if f.folder == 0 || aside[f.folder] && !aside[folder] {
		f.folder = folder
	}
}

// asideFolders are those of messages that one has written, and of everything that lies
// elsewhere too.
func (a *App) asideFolders(ctx context.Context) (map[mail.FolderID]bool, []store.FolderState, error) {
	all, err := a.store.Folders(ctx, "")
	aside := map[mail.FolderID]bool{}
	for _, f := range all {
		if f.Role == mail.RoleSent || f.Role == mail.RoleDrafts || f.Role == mail.RoleAll {
			aside[f.ID] = true
		}
	}
	return aside, all, err
}

// search is a question to the store, with those of the drafts that only this
// machine has that answer it too.
type search struct {
	store.Search
	drafts []mail.Draft
}

// searchIn makes the question for a place with a query.
func (a *App) searchIn(ctx context.Context, p Place, root query.Node) (search, error) {
	q := search{Search: store.Search{For: root, Accounts: a.accountNames()}}
	var err error
	if q.drafts, err = a.draftsFound(ctx, p, root); err != nil {
		return q, err
	}
	switch p.Kind {
	case PlaceEverywhere:
	case PlaceStarred:
		q.For = query.And{root, query.Is{State: query.Starred}}
	default:
		folders, err := a.searched(ctx, p)
		if err != nil {
			return q, err
		}
		q.Folders = append([]mail.FolderID{}, folders...)
	}
	return q, nil
}

// searched are the folders in which a search in a place looks: in that of all mail
// wherever it lies, as the text of a message is kept with one of its copies.
func (a *App) searched(ctx context.Context, p Place) ([]mail.FolderID, error) {
	folders, err := a.folders(ctx, p)
	if err != nil || p.Kind != PlaceFolder {
		return folders, err
	}
	in, err := a.store.Folder(ctx, p.Folder)
	if errors.Is(err, store.ErrNotFound) { // gone meanwhile, with what was in it
		return folders, nil
	}
	if err != nil || in.Role != mail.RoleAll {
		return folders, err
	}
	all, err := a.store.Folders(ctx, in.Account)
	for _, f := range all {
		if f.ID != in.ID && f.Role != mail.RoleJunk && f.Role != mail.RoleTrash {
			folders = append(folders, f.ID)
		}
	}
	return folders, err
}

// conversationsFound gives the first n conversations that a search finds, by
// their newest hits, drafts before them; more tells whether there are others. It
// stops early where enough says so.
func (a *App) conversationsFound(ctx context.Context, q search, n int, enough func([]found) bool) (list []found, more bool, err error) {
	at := map[mail.ThreadID]int{}
	aside, _, err := a.asideFolders(ctx)
	if err != nil {
		return nil, false, err
	}
	for _, d := range q.drafts[:min(len(q.drafts), n)] {
		list = append(list, found{thread: draftRow(d.ID), hits: []mail.ID{mail.DraftAsMessage(d.ID)}})
	}
	for size := n + n/2 + 1; ; size *= 2 {
		hits, err := a.store.Search(ctx, q.Search, size)
		if err != nil {
			return nil, false, err
		}
		for _, h := range hits {
			if i, ok := at[h.Thread]; ok {
				list[i].hits = append(list[i].hits, h.ID)
				list[i].actsIn(h.Folder, aside)
				continue
			}
			if len(list) == n {
				return list, true, nil
			}
			at[h.Thread] = len(list)
			list = append(list, found{h.Thread, h.Folder, []mail.ID{h.ID}})
		}
		if len(hits) < size || enough != nil && enough(list) {
			return list, len(hits) == size, nil
		}
		q.After = hits[len(hits)-1]
	}
}

// find gives a window of the conversations that a search finds in a place.
func (a *App) find(ctx context.Context, p Place, w Window) (Page, error) {
	var page Page
	parsed, err := a.parse(ctx, p.Query)
	if err != nil {
		return page, err
	}
	for _, pr := range parsed.Problems {
		if !pr.Half {
			page.Problem = reading.Line(pr.Text)
			break
		}
	}
	page.Marks = Marks{query.Needles(parsed.Root)}
	q, err := a.searchIn(ctx, p, a.withAsked(p, parsed.Root))
	if err != nil {
		return page, err
	}
	offset := max(w.Offset, 0)
	if w.Anchor != 0 {
		if i, ok, err := a.positionFound(ctx, q, w.Anchor); err != nil {
			return page, err
		} else if ok {
			offset = max(i-w.Offset, 0)
		}
	}
	list, more, err := a.conversationsFound(ctx, q, min(offset+w.Limit, maxFound), nil)
	if err != nil {
		return page, err
	}
	page.Total, page.More = len(list), more
	page.Offset = min(offset, max(len(list)-1, 0))
	page.Rows, err = a.foundRows(ctx, p, q, list[min(page.Offset, len(list)):])
	return page, err
}

func (a *App) foundRows(ctx context.Context, p Place, q search, list []found) ([]Row, error) {
	ids := make([]mail.ID, len(list))
	for i, f := range list {
		ids[i] = f.hits[0]
	}
	sums, err := a.store.Summaries(ctx, ids)
	if err != nil {
		return nil, err
	}
	_, folders, err := a.asideFolders(ctx)
	if err != nil {
		return nil, err
	}
	of := map[mail.ThreadID]found{}
	var hits []mail.ID
	for _, f := range list {
		of[f.thread] = f
		hits = append(hits, f.hits...)
	}
	heads, err := a.store.Heads(ctx, hits)
	if err != nil {
		return nil, err
	}
	has := map[mail.ThreadID]store.Conversation{}
	for _, h := range heads {
		c := has[h.Thread]
		c.UnreadCount += b2i(!mail.HasFlag(h.Flags, mail.FlagSeen))
		c.Starred, c.Pinned = c.Starred || mail.HasFlag(h.Flags, mail.FlagFlagged), c.Pinned || h.Pinned
		has[h.Thread] = c
	}
	once, err := a.once(ctx, heads)
	if err != nil {
		return nil, err
	}
	for _, h := range once {
		c := has[h.Thread]
		c.Count++
		has[h.Thread] = c
	}
	var rows []Row
	for _, d := range q.drafts {
		if len(of[draftRow(d.ID)].hits) > 0 {
			m := draftSummary(d, 0)
			row := a.row(store.Conversation{Summary: m, Count: 1, Attached: len(d.Attach) > 0})
			if p.Kind == PlaceEverywhere {
				row.Where = a.folderLabel(m.Account, roleLabel(mail.RoleDrafts))
			}
			rows = append(rows, row)
		}
	}
	for _, m := range sums {
		c := has[m.Thread]
		c.Summary = m
		c.Attached = slices.ContainsFunc(m.Attachments, func(x mail.AttachmentInfo) bool { return !x.Inline })
		row := a.row(c)
		switch {
		case p.Kind == PlaceEverywhere:
			row.Where = a.where(folders, of[m.Thread].folder)
		case a.overAccounts(p):
			row.Where = reading.Line(m.Account)
		}
		row.Hits = of[m.Thread].hits
		rows = append(rows, row)
	}
	return rows, nil
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// where names a folder, and its account where there are several.
func (a *App) where(folders []store.FolderState, id mail.FolderID) Text {
	for _, f := range folders {
		if f.ID != id {
			continue
		}
		name := roleLabel(f.Role)
		if name == "" {
			name = f.Name
		}
		return a.folderLabel(f.Account, name)
	}
	return Text{}
}

func (a *App) folderLabel(account, name string) Text {
	if len(a.cfg.Accounts) > 1 {
		name = account + "/" + name
	}
	return reading.Line(name)
}

// positionFound is the index of a conversation among those that a search finds.
func (a *App) positionFound(ctx context.Context, q search, t mail.ThreadID) (int, bool, error) {
	at := -1
	list, _, err := a.conversationsFound(ctx, q, maxFound, func(list []found) bool {
		at = slices.IndexFunc(list, func(f found) bool { return f.thread == t })
		return at >= 0
	})
	if at < 0 {
		at = slices.IndexFunc(list, func(f found) bool { return f.thread == t })
	}
	return at, at >= 0, err
}

func (a *App) neighbourFound(ctx context.Context, in Place, t mail.ThreadID, n int) (mail.ThreadID, bool, error) {
	q, err := a.placeSearch(ctx, in)
	if err != nil {
		return 0, false, err
	}
	at, ok, err := a.positionFound(ctx, q, t)
	if err != nil || !ok || at+n < 0 {
		return 0, false, err
	}
	list, _, err := a.conversationsFound(ctx, q, at+max(n, 0)+1, nil)
	if err != nil || at+n >= len(list) {
		return 0, false, err
	}
	return list[at+n].thread, true, nil
}

func (a *App) placeSearch(ctx context.Context, in Place) (search, error) {
	parsed, err := a.parse(ctx, in.Query)
	if err != nil {
		return search{}, err
	}
	return a.searchIn(ctx, in, a.withAsked(in, parsed.Root))
}

// Matching lists the conversations of a place that a search finds among them. The error
// is a *QueryError where that cannot be understood as a whole: what is chosen by it is
// acted on unseen.
func (a *App) Matching(ctx context.Context, in Place, text string) ([]mail.ThreadID, error) {
	root, err := a.parseWhole(ctx, text)
	if err != nil {
		return nil, err
	}
	if in.Query != "" {
		shown, err := a.parse(ctx, in.Query)
		if err != nil {
			return nil, err
		}
		if shown.Root != nil {
			root = query.And{a.withAsked(in, shown.Root), root}
		}
	}
	q, err := a.searchIn(ctx, in, root)
	if err != nil {
		return nil, err
	}
	if view, err := a.viewOf(ctx, in); err != nil || in.Query == "" && view.Single {
		if err != nil {
			return nil, err
		}
		return a.singleFound(ctx, q)
	}
	list, _, err := a.conversationsFound(ctx, q, maxFound, nil)
	return threadsFound(list), err
}

// singleFound gives what a search finds as a list of single messages shows it.
func (a *App) singleFound(ctx context.Context, q search) ([]mail.ThreadID, error) {
	var out []mail.ThreadID
	for _, d := range q.drafts {
		out = append(out, draftRow(d.ID))
	}
	hits, err := a.store.Search(ctx, q.Search, maxFound)
	for _, h := range hits {
		out = append(out, mail.Alone(h.ID))
	}
	return out, err
}

func threadsFound(list []found) []mail.ThreadID {
	out := make([]mail.ThreadID, len(list))
	for i, f := range list {
		out[i] = f.thread
	}
	return out
}

// foundOf gives what a search in a place finds of conversations.
func (a *App) foundOf(ctx context.Context, in Place, threads []mail.ThreadID) ([]found, error) {
	q, err := a.placeSearch(ctx, in)
	if err != nil || q.For == nil {
		return nil, err
	}
	const few = 8 // so many are looked for one by one
	var list []found
	if len(threads) > few {
		list, _, err = a.conversationsFound(ctx, q, maxFound, nil)
	} else {
		for _, t := range threads {
			one := search{Search: q.Search}
			one.For = query.And{q.For, query.Thread{ID: int64(t)}}
			f, _, ferr := a.conversationsFound(ctx, one, 1, nil)
			list, err = append(list, f...), errors.Join(err, ferr)
		}
	}
	if err != nil {
		return nil, err
	}
	wanted := map[mail.ThreadID]bool{}
	for _, t := range threads {
		wanted[t] = true
	}
	return slices.DeleteFunc(list, func(f found) bool { return !wanted[f.thread] }), nil
}

// besideFound gives the messages that a verb acts on in a list of what was found: of each
// conversation those that lie in the folder that its row names, as if it had been done
// there.
func (a *App) besideFound(ctx context.Context, list []found) ([]mail.ID, error) {
	byFolder := map[mail.FolderID][]mail.ThreadID{}
	for _, f := range list {
		byFolder[f.folder] = append(byFolder[f.folder], f.thread)
	}
	var out []mail.ID
	for folder, threads := range byFolder {
		ids, err := a.store.ThreadMessages(ctx, threads, store.ListQuery{Folders: []mail.FolderID{folder}})
		if err != nil {
			return nil, err
		}
		out = append(out, ids...)
	}
	return out, nil
}

// flagged gives the messages whose flags a verb changes: those that others act on, and
// what was found of their conversations elsewhere, as the rows show the flags of both.
func (a *App) flagged(ctx context.Context, in Place, t []mail.ThreadID) ([]mail.ID, error) {
	if in.Query == "" || singly(t) {
		return a.selected(ctx, in, t)
	}
	if err := noDrafts(t); err != nil {
		return nil, err
	}
	list, err := a.foundOf(ctx, in, t)
	if err != nil {
		return nil, err
	}
	ids, err := a.besideFound(ctx, list)
	for _, f := range list {
		ids = append(ids, f.hits...)
	}
	slices.Sort(ids)
	return slices.Compact(ids), err
}

// Marks tells what of a text a search was about. The zero value marks nothing.
type Marks struct{ needles []query.Text }

// ParseMarks gives the marks of a search as typed.
func ParseMarks(text string, now time.Time) Marks {
	return Marks{query.Needles(query.Parse(text, now).Root)}
}

// OfText leaves out what was looked for in a field of the header.
func (m Marks) OfText() Marks {
	return Marks{slices.DeleteFunc(slices.Clone(m.needles), func(t query.Text) bool { return t.Field != query.Anywhere && t.Field != query.Body })}
}

// Empty tells that nothing is marked.
func (m Marks) Empty() bool { return len(m.needles) == 0 }

// Reach is how many bytes such a piece takes at most, with accents and with what stands between
// its words; 0 where nothing is marked.
func (m Marks) Reach() int {
	n := 0
	for _, t := range m.needles {
		n = max(n, 4*len(strings.Join(t.Words, " ")))
	}
	return n
}

// Find gives the pieces of a text to be marked, in order: where each begins and
// ends, in bytes.
func (m Marks) Find(s string) [][2]int {
	var out [][2]int
	for _, p := range query.Find(s, m.needles) {
		out = append(out, [2]int{p.Start, p.End})
	}
	return out
}
