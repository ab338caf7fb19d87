package app

import (
	"context"
	"fmt"
	"slices"

	"postea/internal/mail"
	"postea/internal/reading"
	"postea/internal/store"
)

// folders gives the folders a place is made of; Starred is made of conversations.
func (a *App) folders(ctx context.Context, p Place) ([]mail.FolderID, error) {
	switch p.Kind {
	case PlaceFolder:
		return []mail.FolderID{p.Folder}, nil
	case PlaceAllInboxes:
		return a.foldersOfRole(ctx, mail.RoleInbox)
	}
	all, err := a.store.Folders(ctx, "")
	if err != nil {
		return nil, err
	}
	var out []mail.FolderID
	for _, f := range all {
		out = append(out, f.ID)
	}
	return out, nil
}

// foldersOf is folders with what is known of each; Drafts may have none yet.
func (a *App) foldersOf(ctx context.Context, p Place) ([]store.FolderState, error) {
	ids, err := a.folders(ctx, p)
	if err != nil {
		return nil, err
	}
	all, err := a.store.Folders(ctx, "")
	return slices.DeleteFunc(all, func(f store.FolderState) bool { return !slices.Contains(ids, f.ID) }), err
}

func (a *App) foldersOfRole(ctx context.Context, role mail.Role) ([]mail.FolderID, error) {
	all, err := a.store.Folders(ctx, "")
	if err != nil {
		return nil, err
	}
	var out []mail.FolderID
	for _, f := range all {
		if _, configured := a.cfg.Account(f.Account); f.Role == role && configured {
			out = append(out, f.ID)
		}
	}
	return out, nil
}

func (a *App) query(ctx context.Context, p Place) (store.ListQuery, error) {
	if p.Kind == PlaceStarred {
		return store.ListQuery{Starred: true}, nil
	}
	folders, err := a.folders(ctx, p)
	return store.ListQuery{Folders: folders}, err
}

// window reads a part of the list of a place without a query, as its view wants
// it.
func (a *App) window(ctx context.Context, p Place, w Window) (store.ListResult, View, error) {
	view, err := a.viewOf(ctx, p)
	if err != nil {
		return store.ListResult{}, view, err
	}
	if view.Sort != SortNewest || view.Single {
		q := sortQuery(p, view, w)
		r, err := a.store.ListSorted(ctx, q)
		if err == nil && r.Unarranged {
			a.arrange(q)
		}
		return r, view, err
	}
	q, err := a.query(ctx, p)
	if err != nil {
		return store.ListResult{}, view, err
	}
	q.Offset, q.Limit, q.Anchor = w.Offset, w.Limit, w.Anchor
	r, err := a.store.List(ctx, q)
	return r, view, err
}

func sortQuery(p Place, v View, w Window) store.SortQuery {
	return store.SortQuery{Folder: p.Folder, Sort: string(v.Sort), Single: v.Single, Offset: w.Offset, Limit: w.Limit, Anchor: w.Anchor}
}

// viewOf is how the user wants to see a place; only folders have wishes.
func (a *App) viewOf(ctx context.Context, p Place) (View, error) {
	if p.Kind != PlaceFolder {
		return View{}, nil
	}
	key, err := a.viewKeyOf(ctx, p)
	if err != nil {
		return View{}, err
	}
	views, err := a.views(ctx)
	return viewOf(views[key]), err
}

// List gives a window of the conversations of a place, newest first.
func (a *App) List(ctx context.Context, p Place, w Window) (Page, error) {
	if p.Query != "" || p.Kind == PlaceEverywhere {
		return a.find(ctx, p, w)
	}
	var page Page
	drafts, newer, err := a.ownDrafts(ctx, p)
	if err != nil {
		return page, err
	}
	r, view, err := a.withDrafts(ctx, p, w, drafts)
	if err != nil {
		return page, err
	}
	page.View = view
	if page.Older, err = a.older(ctx, p); err != nil {
		return page, err
	}
	page.Offset, page.Total, page.Unread, page.Count = r.Offset, r.Total, r.Unread, r.Messages
	if page.Total == 0 {
		if page.Awaited, err = a.awaited(ctx, p); err != nil {
			return page, err
		}
	}
	page.Rows = make([]Row, len(r.Rows))
	ids := make([]string, len(r.Rows))
	for i, c := range r.Rows {
		if d, ok := newer[c.MessageID]; ok {
			s := draftSummary(d, c.Folder)
			c.To, c.Cc, c.Subject, c.Snippet, c.Date, c.Attached = s.To, s.Cc, s.Subject, s.Snippet, s.Date, len(d.Attach) > 0
		}
		page.Rows[i], ids[i] = a.row(c), c.MessageID
		if a.overAccounts(p) {
			page.Rows[i].Where = reading.Line(c.Account)
		}
	}
	if p.Role == mail.RoleSent {
		err = a.markFailed(ctx, page.Rows, ids)
	}
	return page, err
}

// awaited tells of a place with a folder that the first round of its account has still to
// look at.
func (a *App) awaited(ctx context.Context, p Place) (bool, error) {
	list, err := a.foldersOf(ctx, p)
	if err != nil {
		return false, err
	}
	for _, f := range list {
		if acc, ok := a.cfg.Account(f.Account); f.Complete || !f.Selectable || !ok || acc.IMAP.Host == "" {
			continue
		}
		if last, err := a.store.LastRound(ctx, f.Account); err != nil || last.IsZero() {
			return true, err
		}
	}
	return false, nil
}

// overAccounts tells whether a list has messages of several accounts, which it names.
func (a *App) overAccounts(p Place) bool {
	return len(a.cfg.Accounts) > 1 && p.Account == "" && p.Folder == 0
}

func (a *App) row(c store.Conversation) Row {
	acc, _ := a.cfg.Account(c.Account)
	if c.FolderRole == mail.RoleAll && c.Count == 1 && mail.HasFlag(c.Flags, mail.FlagDraft) {
		c.FolderRole = mail.RoleDrafts // where it lies too
	}
	return Row{
		Thread: c.Thread, ID: c.ID, Account: c.Account, Folder: c.Folder, Role: c.FolderRole,
		Who: a.who(c.Summary), Subject: subjectLine(c.Subject), Snippet: reading.Line(c.Snippet), Date: c.Date,
		Count: c.Count, Unread: c.UnreadCount > 0, Starred: c.Starred, Attachments: c.Attached,
		Answered: mail.HasFlag(c.Flags, mail.FlagAnswered), Muted: c.Muted, Pinned: c.Pinned, Returned: c.Lifted && !c.Pinned,
		Labels: labels(c.Flags), Color: acc.Color,
	}
}

func labels(flags []string) []Text {
	var out []Text
	for _, name := range mail.Labels(flags) {
		out = append(out, reading.Line(name))
	}
	return out
}

func subjectLine(s string) Text {
	if t := reading.Line(s); t.String() != "" {
		return t
	}
	return reading.Line("(no subject)")
}

// who is the name a list shows: the sender, or for one's own messages those it
// was written to.
func (a *App) who(m mail.Summary) Text {
	list := m.From
	if m.FolderRole == mail.RoleSent || m.FolderRole == mail.RoleDrafts {
		list = slices.Concat(m.To, m.Cc)
	}
	switch {
	case len(list) == 0:
		return reading.Line("(nobody)")
	case len(list) == 1:
		return reading.Line(list[0].Label())
	}
	return reading.Line(fmt.Sprintf("%s +%d", list[0].Label(), len(list)-1))
}

// Neighbour gives the conversation n places after t in the list (negative:
// before), and false where there is none.
func (a *App) Neighbour(ctx context.Context, in Place, t mail.ThreadID, n int) (mail.ThreadID, bool, error) {
	if in.Query != "" {
		return a.neighbourFound(ctx, in, t, n)
	}
	drafts, _, err := a.ownDrafts(ctx, in)
	if err != nil {
		return 0, false, err
	}
	r, _, err := a.withDrafts(ctx, in, Window{Anchor: t, Limit: 1}, drafts)
	if err != nil || !r.AnchorPresent {
		return 0, false, err
	}
	at := r.Offset + n
	if at < 0 || at >= r.Total {
		return 0, false, nil
	}
	if r, _, err = a.withDrafts(ctx, in, Window{Offset: at, Limit: 1}, drafts); err != nil || len(r.Rows) == 0 {
		return 0, false, err
	}
	return r.Rows[0].Thread, true, nil
}
