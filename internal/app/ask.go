package app

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"postea/internal/event"
	"postea/internal/mail"
	"postea/internal/query"
	"postea/internal/reading"
	"postea/internal/store"
	"postea/internal/syncer"
)

const (
	maxAsked = 20          // searches whose answers are kept
	askTime  = time.Minute // how long servers may search
)

// asked keeps what servers have found, by the text of the search.
type asked struct {
	mu    sync.Mutex // guards what follows
	ids   map[string][]int64
	order []string
}

func askKey(p Place) string { return strings.TrimSpace(p.Query) }

func (k *asked) put(key string, ids []int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.ids == nil {
		k.ids = map[string][]int64{}
	}
	if _, known := k.ids[key]; !known {
		k.order = append(k.order, key)
	}
	k.ids[key] = ids
	for len(k.order) > maxAsked {
		delete(k.ids, k.order[0])
		k.order = k.order[1:]
	}
}

func (k *asked) get(key string) []int64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.ids[key]
}

// Asked tells what servers were asked about a search.
type Asked struct {
	Found   int    // messages that were not here, or not their bodies
	Needed  bool   // there was something to ask for
	Missing []Text // why something was not searched, one for each account
}

// AskServers has servers search the bodies that are not here, and the older
// messages that are left with them; what they find is in the list of the search from then on. It may take as long as the slowest
// server; IndexReady follows.
func (a *App) AskServers(ctx context.Context, p Place) (Asked, error) {
	var out Asked
	q, err := a.parse(ctx, p.Query)
	if err != nil || q.Root == nil {
		return out, err
	}
	folders, err := a.askFolders(ctx, p, syncer.AsksForText(q.Root))
	if err != nil || len(folders) == 0 {
		return out, err
	}
	out.Needed = true
	if a.Offline() {
		out.Missing = []Text{reading.Line("you are offline")}
		return out, nil
	}
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	byAccount := map[string][]store.FolderState{}
	for _, f := range folders {
		byAccount[f.Account] = append(byAccount[f.Account], f)
	}
	var mu sync.Mutex
	var group sync.WaitGroup
	var ids []int64
	for account, folders := range byAccount {
		for _, s := range a.chosen(account) {
			group.Go(func() {
				found, whole, err := s.Ask(ctx, folders, q.Root)
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err != nil:
					out.Missing = append(out.Missing, reading.Line(account+": "+s.Explain(err)))
				case !whole:
					out.Missing = append(out.Missing, reading.Line(account+": its server would not search everything"))
				}
				for folder, uids := range found {
					list, lerr := a.store.BodylessAt(ctx, folder, uids)
					if lerr != nil {
						out.Missing = append(out.Missing, reading.Line(lerr.Error()))
					}
					for _, id := range list {
						ids = append(ids, int64(id))
					}
				}
			})
		}
	}
	group.Wait()
	out.Found = len(ids)
	slices.Sort(ids)
	a.asked.put(askKey(p), ids)
	if len(ids) > 0 {
		a.bus.Publish(event.IndexReady{})
	}
	return out, nil
}

// askFolders are the folders of a place of which not all is here: messages, or
// their bodies where a search is about text.
func (a *App) askFolders(ctx context.Context, p Place, text bool) ([]store.FolderState, error) {
	all, err := a.store.Folders(ctx, "")
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(f store.FolderState) bool { return f.Reach.Older == 0 || !f.Remote || !f.Selectable })
	if text {
		bodyless, err := a.store.BodylessFolders(ctx)
		if err != nil {
			return nil, err
		}
		for _, f := range bodyless {
			if !slices.ContainsFunc(all, func(o store.FolderState) bool { return o.ID == f.ID }) {
				all = append(all, f)
			}
		}
	}
	var within []mail.FolderID
	if p.Kind != PlaceEverywhere && p.Kind != PlaceStarred {
		if within, err = a.searched(ctx, p); err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(all, func(f store.FolderState) bool {
		return !a.hasAccount(f.Account) || within != nil && !slices.Contains(within, f.ID)
	}), nil
}

// withAsked adds to a search what servers have found, where what else it asks for
// holds all the same, and what is kept there.
func (a *App) withAsked(p Place, root query.Node) query.Node {
	if root == nil {
		return nil
	}
	out := query.Or{root}
	if ids := a.asked.get(askKey(p)); len(ids) > 0 {
		out = append(out, query.And{query.Any{IDs: ids}, loose(root, false)})
	}
	if p.Kept != 0 {
		out = append(out, query.Any{IDs: []int64{int64(p.Kept)}})
	}
	if len(out) == 1 {
		return root
	}
	return out
}

// loose is a search without its words, which a server has looked at.
func loose(n query.Node, not bool) query.Node {
	each := func(list []query.Node) []query.Node {
		out := make([]query.Node, len(list))
		for i, c := range list {
			out[i] = loose(c, not)
		}
		return out
	}
	switch n := n.(type) {
	case query.And:
		return query.And(each(n))
	case query.Or:
		return query.Or(each(n))
	case query.Not:
		return query.Not{Of: loose(n.Of, !not)}
	case query.Text:
		if n.Field == query.Files {
			return n
		}
		if not {
			return query.Any{} // of nothing, which the Not above turns round
		}
		return query.Not{Of: query.Any{}}
	}
	return n
}
