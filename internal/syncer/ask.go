package syncer

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"unicode/utf8"

	imap "github.com/emersion/go-imap/v2"

	"postea/imapclient"
	"postea/internal/mail"
	"postea/internal/query"
	"postea/internal/store"
)

// Ask has the server search folders, over a connection of its own, for what is
// not here: the words of messages without bodies, and all that is left of folders
// that are not kept whole, of which what is found is stored. Folders that cannot
// be searched are left out; whole tells that there were none, and that nothing
// was too much. The words are found as the server finds them.
func (a *Account) Ask(ctx context.Context, folders []store.FolderState, q query.Node) (found map[mail.FolderID][]mail.UID, whole bool, err error) {
	o := ClientOptions(a.profile)
	o.Timeouts = a.timeouts
	c, err := imapclient.Connect(ctx, o)
	if err != nil {
		return nil, false, err
	}
	defer c.Close()
	found, whole = map[mail.FolderID][]mail.UID{}, true
	for _, f := range folders {
		uids, all, err := a.askIn(ctx, c, f, q)
		if plain, other := untyped(q); other && refused(err) { // a server may know ASCII only, RFC 9051 §6.4.4
			uids, all, err = a.askIn(ctx, c, f, plain)
		}
		switch {
		case refused(err), errors.Is(err, store.ErrNotFound):
			a.log.Info("search refused", "folder", f.Name, "err", err)
			whole = false
			continue
		case err != nil:
			return found, false, err
		}
		whole = whole && all
		for _, uid := range uids {
			found[f.ID] = append(found[f.ID], mail.UID(uid))
		}
	}
	if err := c.Logout(ctx); err != nil {
		a.log.Info("after a search", "err", err) // a courtesy
	}
	return found, whole, nil
}

// errOtherUIDs says that the UIDs of the mirror mean something else by now.
var errOtherUIDs = &imapclient.Error{Op: "SEARCH", Kind: imapclient.KindUnsupported, Err: errors.New("the folder has been renumbered")}

// askIn searches one folder, and tells whether all of it was looked at.
func (a *Account) askIn(ctx context.Context, c *imapclient.Client, f store.FolderState, q query.Node) ([]imap.UID, bool, error) {
	criteria, ok := criteriaFor(q, f)
	if !ok {
		return nil, true, nil
	}
	data, err := c.Select(ctx, f.Wire, true)
	if err != nil {
		return nil, false, err
	}
	if data.UIDValidity != f.UIDValidity {
		return nil, false, errOtherUIDs
	}
	var uids []imap.UID
	if AsksForText(q) {
		if uids, err = c.Search(ctx, criteria); err != nil {
			return nil, false, err
		}
		if n := int(data.NumMessages); n > 0 && len(uids) >= n {
			if err := heedsWords(ctx, c); err != nil {
				return nil, false, err
			}
		}
	}
	older, all, err := a.askOlder(ctx, c, f, q, criteria)
	return append(uids, older...), all, err
}

var errHeedless = &imapclient.Error{Op: "SEARCH", Kind: imapclient.KindUnsupported, Err: errors.New("the server finds every message, whatever is looked for")}

// heedsWords asks for a word that nothing can hold: some servers take no notice of what is
// looked for. All of a folder is soon deleted that was found by a word.
func heedsWords(ctx context.Context, c *imapclient.Client) error {
	uids, err := c.Search(ctx, &imap.SearchCriteria{Text: []string{rand.Text()}})
	if err == nil && len(uids) > 0 {
		return errHeedless
	}
	return err
}

// AsksForText tells whether a search looks into bodies, which only the server can
// do for messages whose bodies are not here.
func AsksForText(q query.Node) bool {
	yes := false
	query.Walk(q, func(n query.Node) {
		if t, ok := n.(query.Text); ok && (t.Field == query.Anywhere || t.Field == query.Body) {
			yes = true
		}
	})
	return yes
}

// criteriaFor translates a search for one folder (RFC 9051 §6.4.4); false where
// nothing in the folder can fulfil it. What the server is not asked for holds of
// everything: the mirror looks at it afterwards.
func criteriaFor(q query.Node, f store.FolderState) (*imap.SearchCriteria, bool) {
	c, what := criteria(q, false, f)
	return &c, what != never
}

type truth int

const (
	maybe truth = iota
	surely
	never
)

// criteria carries a negation down to what the server is asked for: the opposite of what
// the mirror looks at is its business too.
func criteria(n query.Node, not bool, f store.FolderState) (imap.SearchCriteria, truth) {
	var c imap.SearchCriteria
	switch n := n.(type) {
	case query.And:
		if not {
			return either(n, not, f)
		}
		return all(n, not, f)
	case query.Or:
		if not {
			return all(n, not, f)
		}
		return either(n, not, f)
	case query.Not:
		return criteria(n.Of, !not, f)
	case query.Text:
		sub, what := text(n)
		if not && what == maybe {
			c.Not = []imap.SearchCriteria{sub}
			return c, what
		}
		return sub, what
	case query.In:
		return c, holds(store.HasFolder([]store.FolderState{f}, n.Name) != not)
	case query.Account:
		return c, holds(query.Same(n.Name, f.Account) != not)
	}
	return c, surely
}

func holds(yes bool) truth {
	if yes {
		return surely
	}
	return never
}

func all(list []query.Node, not bool, f store.FolderState) (c imap.SearchCriteria, what truth) {
	what = surely
	for _, part := range list {
		sub, t := criteria(part, not, f)
		switch t {
		case never:
			return c, never
		case maybe:
			c.And(&sub)
			what = maybe
		}
	}
	return c, what
}

func either(list []query.Node, not bool, f store.FolderState) (imap.SearchCriteria, truth) {
	var subs []imap.SearchCriteria
	for _, part := range list {
		sub, t := criteria(part, not, f)
		switch t {
		case surely:
			return imap.SearchCriteria{}, surely
		case maybe:
			subs = append(subs, sub)
		}
	}
	if len(subs) == 0 {
		return imap.SearchCriteria{}, never
	}
	out := subs[0]
	for _, sub := range subs[1:] {
		out = imap.SearchCriteria{Or: [][2]imap.SearchCriteria{{out, sub}}}
	}
	return out, maybe
}

// text asks for the words as they were typed and as the mirror has them: most servers
// take an accent and what parts words for what they are, so that neither "grusse" nor
// "ada example org" is found by them, and some do not.
func text(n query.Text) (imap.SearchCriteria, truth) {
	words := strings.Join(n.Words, " ")
	folded, what := find(n.Field, words)
	if what != maybe || n.Typed == "" || strings.EqualFold(n.Typed, words) {
		return folded, what
	}
	typed, _ := find(n.Field, n.Typed)
	return imap.SearchCriteria{Or: [][2]imap.SearchCriteria{{typed, folded}}}, maybe
}

// untyped is a search by the words of the mirror only, which hold no letters with
// accents; false where it would be the same search.
func untyped(q query.Node) (plain query.Node, other bool) {
	plain = query.Map(q, func(n query.Node) query.Node {
		t, ok := n.(query.Text)
		if !ok {
			return n
		}
		other = other || strings.ContainsFunc(t.Typed, func(r rune) bool { return r >= utf8.RuneSelf })
		t.Typed = ""
		return t
	})
	return plain, other
}

func find(f query.Field, words string) (imap.SearchCriteria, truth) {
	header := func(key string) imap.SearchCriteria {
		return imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: key, Value: words}}}
	}
	switch f {
	case query.From:
		return header("From"), maybe
	case query.To:
		return imap.SearchCriteria{Or: [][2]imap.SearchCriteria{{header("To"), header("Cc")}}}, maybe
	case query.Cc:
		return header("Cc"), maybe
	case query.Subject:
		return header("Subject"), maybe
	case query.List:
		return header("List-Id"), maybe
	case query.Files:
		return imap.SearchCriteria{}, surely // the mirror knows them by the structure
	case query.Body:
		return imap.SearchCriteria{Body: []string{words}}, maybe
	}
	return imap.SearchCriteria{Text: []string{words}}, maybe
}
