package app

import (
	"cmp"
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"postea/config"
	"postea/internal/compose"
	"postea/internal/mail"
	"postea/internal/query"
	"postea/internal/reading"
	"postea/internal/store"
)

// A draft is in its Drafts folder as soon as it is kept, though its copy comes to the
// server later or never: until then the list has a row for it, above those of
// messages. The row of a copy that is older than the draft shows the draft.

// ownDrafts are the drafts of a place that no message in it stands for, newest
// first, and those that are newer than the messages that do, by their Message-IDs.
func (a *App) ownDrafts(ctx context.Context, p Place) (alone []mail.Draft, newer map[string]mail.Draft, err error) {
	if p.Kind != PlaceFolder || p.Role != mail.RoleDrafts || p.Query != "" {
		return nil, nil, nil
	}
	list, err := a.store.KeptDrafts(ctx, p.Account)
	if err != nil {
		return nil, nil, err
	}
	newer = map[string]mail.Draft{}
	for _, k := range list {
		shown := false
		for _, id := range k.Copies {
			there, err := a.store.LiesIn(ctx, p.Folder, id)
			if err != nil {
				return nil, nil, err
			}
			if there && k.Newer {
				newer[id] = k.Draft
			}
			shown = shown || there
		}
		if !shown {
			alone = append(alone, k.Draft)
		}
	}
	return alone, newer, nil
}

// withDrafts is window for a place with drafts that only this machine has, or
// none; they are the first of the list.
func (a *App) withDrafts(ctx context.Context, p Place, w Window, drafts []mail.Draft) (store.ListResult, View, error) {
	n, at := len(drafts), w.Offset
	nowhere := p.Kind == PlaceFolder && p.Folder == 0 // the account has no such folder
	if n == 0 && !nowhere {
		return a.window(ctx, p, w)
	}
	var anchored bool
	if w.Anchor != 0 {
		i := slices.IndexFunc(drafts, func(d mail.Draft) bool { return draftRow(d.ID) == w.Anchor })
		if i < 0 && !nowhere {
			r, _, err := a.window(ctx, p, Window{Anchor: w.Anchor, Limit: 1})
			if err != nil {
				return r, View{}, err
			}
			if r.AnchorPresent {
				i = n + r.Offset
			}
		}
		if anchored = i >= 0; anchored {
			at = i - w.Offset
		}
	}
	var r store.ListResult
	var view View
	var err error
	if !nowhere {
		at = max(at, 0)
		if r, view, err = a.window(ctx, p, Window{Offset: max(at-n, 0), Limit: max(w.Limit-max(n-at, 0), 1)}); err != nil {
			return r, view, err
		}
	}
	r.Total, r.Messages, r.AnchorPresent = r.Total+n, r.Messages+n, anchored
	at = max(0, min(at, r.Total-1))
	var first []store.Conversation
	for _, d := range drafts[min(at, n):min(at+w.Limit, n)] {
		first = append(first, store.Conversation{Summary: draftSummary(d, p.Folder), Count: 1, Attached: len(d.Attach) > 0})
	}
	if at < n {
		r.Offset = at
	} else {
		r.Offset += n
	}
	if r.Rows = append(first, r.Rows...); len(r.Rows) > w.Limit {
		r.Rows = r.Rows[:w.Limit]
	}
	return r, view, nil
}

// draftsFound are those drafts of a place that no message stands for that a search
// finds, newest first.
func (a *App) draftsFound(ctx context.Context, p Place, root query.Node) ([]mail.Draft, error) {
	var places []Place
	switch {
	case root == nil:
	case p.Kind == PlaceFolder && p.Role == mail.RoleDrafts:
		p.Query = ""
		places = []Place{p}
	case p.Kind == PlaceEverywhere:
		for _, name := range a.accountNames() {
			f, err := a.store.FolderByRole(ctx, name, mail.RoleDrafts)
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return nil, err
			}
			places = append(places, Place{Kind: PlaceFolder, Account: name, Folder: f.ID, Name: f.Name, Role: mail.RoleDrafts})
		}
	}
	var out []mail.Draft
	for _, in := range places {
		alone, _, err := a.ownDrafts(ctx, in)
		if err != nil {
			return nil, err
		}
		for _, d := range alone {
			if query.Holds(root, searchedDraft(d, in.Name)) {
				out = append(out, d)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b mail.Draft) int { return b.Updated.Compare(a.Updated) })
	return out, nil
}

func searchedDraft(d mail.Draft, folder string) query.Item {
	it := query.Item{
		Account: d.Account, Folders: []string{string(mail.RoleDrafts), folder}, States: []query.State{query.Draft, query.Read}, Date: d.Updated, Size: int64(len(d.Body)),
		Texts: map[query.Field]string{query.From: d.From.String(), query.To: d.To + "\n" + d.Bcc, query.Cc: d.Cc, query.Subject: d.Subject, query.Body: d.Body},
	}
	for _, f := range d.Attach {
		it.Texts[query.Files] += cmp.Or(f.Name, filepath.Base(f.Path)) + "\n"
		it.Size += f.Size
		if !f.Inline {
			it.States = append(it.States, query.Attachment)
		}
	}
	return it
}

func draftRow(id mail.DraftID) mail.ThreadID { return mail.Alone(mail.DraftAsMessage(id)) }

// draftSummary is what a list knows of a draft.
func draftSummary(d mail.Draft, folder mail.FolderID) mail.Summary {
	s := mail.Summary{
		ID: mail.DraftAsMessage(d.ID), Thread: draftRow(d.ID), Account: d.Account, Folder: folder, FolderRole: mail.RoleDrafts,
		Date: d.Updated, From: []mail.Address{d.From}, Subject: d.Subject, Snippet: beginning(d.Body), Flags: []string{mail.FlagSeen, mail.FlagDraft},
	}
	s.To, s.Cc = typedAddresses(d.To), typedAddresses(d.Cc)
	return s
}

// typedAddresses reads a field as far as it is written.
func typedAddresses(field string) []mail.Address {
	list, _ := mail.ParseAddressList(field)
	if field = strings.TrimSpace(field); len(list) == 0 && field != "" {
		list = []mail.Address{{Name: field}}
	}
	return list
}

// openDraft gives a draft as the reader shows messages.
func (a *App) openDraft(ctx context.Context, id mail.DraftID) (Message, error) {
	d, err := a.store.Draft(ctx, id)
	if err != nil {
		return Message{}, err
	}
	out := a.head(draftSummary(d, 0))
	files := d.Attach
	d.Attach = nil // they are not read for being named
	m := reading.Parse(compose.DraftMessage(d, "", "", compose.Options{Now: d.Updated}))
	out.Here, out.Body = true, body{m, a.cfg.Reading.PreferHTML}
	for i, f := range files {
		kind, _, _ := strings.Cut(f.Type, ";")
		out.Attachments = append(out.Attachments, Attachment{Index: i, Name: reading.Line(f.Name), Type: reading.Line(kind), Size: f.Size})
	}
	return out, nil
}

// withoutDrafts parts conversations from the drafts among them.
func withoutDrafts(t []mail.ThreadID) (rest []mail.ThreadID, drafts []mail.DraftID) {
	for _, one := range t {
		if id, ok := one.Single(); ok {
			if d, ok := id.Draft(); ok {
				drafts = append(drafts, d)
				continue
			}
		}
		rest = append(rest, one)
	}
	return rest, drafts
}

// withDraftsItem counts the drafts of an account that no message stands for, and
// gives an account without a Drafts folder a place for them.
func (a *App) withDraftsItem(ctx context.Context, acc config.Account, list []FolderItem) ([]FolderItem, error) {
	at := slices.IndexFunc(list, func(f FolderItem) bool { return f.Place.Role == mail.RoleDrafts })
	there := at >= 0
	item := FolderItem{
		Place: Place{Kind: PlaceFolder, Account: acc.Name, Name: acc.FolderName(mail.RoleDrafts, roleLabel(mail.RoleDrafts)), Role: mail.RoleDrafts},
		Label: reading.Line(roleLabel(mail.RoleDrafts)), Selectable: true, Subscribed: true,
	}
	if there {
		item = list[at]
	}
	drafts, _, err := a.ownDrafts(ctx, item.Place)
	if item.Drafts = len(drafts); err != nil || item.Drafts == 0 {
		return list, err
	}
	if there {
		list[at] = item
		return list, nil
	}
	for at = 0; at < len(list) && roleRank(list[at].Place.Role) < roleRank(mail.RoleDrafts); at++ {
	}
	return slices.Insert(list, at, item), nil
}
