package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"postea/internal/event"
	"postea/internal/mail"
	"postea/internal/query"
	"postea/internal/reading"
	"postea/internal/store"
	"postea/internal/syncer"
)

// QueryError says what in a search cannot be understood.
type QueryError struct {
	At   int // the place in it, in characters from 1
	Text string
}

func (e *QueryError) Error() string {
	return fmt.Sprintf("%s (at character %d of the search)", e.Text, e.At)
}

// SearchMessages finds single messages over everything that is here, newest
// first, for the command line; account "" is all of them. The error is a
// *QueryError where the search cannot be understood as a whole.
func (a *App) SearchMessages(ctx context.Context, text, account string, limit int) ([]mail.Summary, error) {
	for size := limit; ; size *= 2 {
		list, err := a.searchCopies(ctx, text, account, size)
		if err != nil {
			return nil, err
		}
		once, err := a.foundOnce(ctx, list)
		if err != nil || len(once) >= limit || len(list) < size {
			return once[:min(limit, len(once))], err
		}
	}
}

// searchCopies is SearchMessages which gives a message once for each folder where it lies.
func (a *App) searchCopies(ctx context.Context, text, account string, limit int) ([]mail.Summary, error) {
	root, err := a.parseWhole(ctx, text)
	if err != nil {
		return nil, err
	}
	accounts := a.accountNames()
	if account != "" {
		accounts = []string{account}
	}
	hits, err := a.store.Search(ctx, store.Search{For: root, Accounts: accounts}, limit)
	if err != nil {
		return nil, err
	}
	return a.store.Summaries(ctx, messageIDs(hits))
}

func messageIDs(hits []store.Hit) []mail.ID {
	ids := make([]mail.ID, len(hits))
	for i, h := range hits {
		ids[i] = h.ID
	}
	return ids
}

// Unsynced names the accounts of which nothing is here yet, of all or of the one named.
func (a *App) Unsynced(ctx context.Context, account string) ([]string, error) {
	here, err := a.store.Mirrored(ctx)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, acc := range a.cfg.Accounts {
		if (account == "" || acc.Name == account) && acc.IMAP.Used() && !slices.Contains(here, acc.Name) {
			names = append(names, acc.Name)
		}
	}
	return names, nil
}

func (a *App) accountNames() []string {
	names := make([]string, len(a.cfg.Accounts))
	for i, acc := range a.cfg.Accounts {
		names[i] = acc.Name
	}
	return names
}

// parse reads a search, and adds to its problems the accounts and folders that
// there are not.
func (a *App) parse(ctx context.Context, text string) (query.Query, error) {
	q := query.Parse(text, a.now())
	q.Root = query.Map(q.Root, a.me)
	var named []query.Node
	query.Walk(q.Root, func(n query.Node) {
		switch n.(type) {
		case query.In, query.Account:
			named = append(named, n)
		}
	})
	if len(named) == 0 {
		return q, nil
	}
	folders, err := a.store.Folders(ctx, "")
	if err != nil {
		return q, err
	}
	for _, n := range named {
		switch n := n.(type) {
		case query.In:
			if _, isRole := mail.ParseRole(n.Name); !isRole && !store.HasFolder(folders, n.Name) {
				q.Problems = append(q.Problems, query.Problem{Span: n.At, Text: fmt.Sprintf("there is no folder %q", n.Name), Half: n.At.End == len(text)})
			}
		case query.Account:
			if !a.hasAccount(n.Name) {
				q.Problems = append(q.Problems, query.Problem{Span: n.At, Half: n.At.End == len(text),
					Text: fmt.Sprintf("there is no account %q; there are %s", n.Name, strings.Join(a.accountNames(), ", "))})
			}
		}
	}
	return q, nil
}

// parseWhole reads a search by which something is done: one that is not understood as
// a whole is a *QueryError.
func (a *App) parseWhole(ctx context.Context, text string) (query.Node, error) {
	q, err := a.parse(ctx, text)
	if err != nil {
		return nil, err
	}
	if len(q.Problems) > 0 {
		p := q.Problems[0]
		return nil, &QueryError{At: len([]rune(text[:p.Start])) + 1, Text: p.Text}
	}
	if q.Root == nil {
		return nil, &QueryError{At: 1, Text: "the search asks for nothing"}
	}
	return q.Root, nil
}

// me turns from:me, to:me and cc:me into the user's own addresses.
func (a *App) me(n query.Node) query.Node {
	t, ok := n.(query.Text)
	if !ok || t.Field != query.From && t.Field != query.To && t.Field != query.Cc || len(t.Words) != 1 || t.Words[0] != "me" {
		return n
	}
	own := query.Addresses{Field: t.Field}
	for _, acc := range a.cfg.Accounts {
		for _, id := range acc.Identities() {
			own.Of = append(own.Of, id.Address)
		}
	}
	if len(own.Of) == 0 {
		return n
	}
	return own
}

func (a *App) hasAccount(name string) bool {
	return slices.ContainsFunc(a.accountNames(), func(have string) bool { return query.Same(have, name) })
}

// Coverage tells what a search looks at.
type Coverage struct {
	Messages  int // that are here
	Older     int // that are at servers only
	NoBodies  int // of those here, without their bodies, found by their headers only
	Unindexed int // that are being indexed and cannot be found yet
}

// Coverage counts what a search looks at.
func (a *App) Coverage(ctx context.Context) (Coverage, error) {
	c, err := a.store.Coverage(ctx, a.accountNames())
	return Coverage{Messages: c.Messages, Older: c.Older, NoBodies: c.Messages - c.Bodies, Unindexed: c.Unindexed}, err
}

// Unindexed counts the messages that a search cannot find yet.
func (a *App) Unindexed(ctx context.Context) (int, error) { return a.store.Unindexed(ctx) }

// indexAll indexes what waits for it.
func (a *App) indexAll(ctx context.Context) error {
	for {
		left, err := a.store.Reindex(ctx, func(raw []byte) store.BodyInfo { return syncer.BodyInfo(reading.Parse(raw)) })
		if err != nil || left == 0 {
			return err
		}
		Sleep(ctx, 20*time.Millisecond) // others want to write too
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

const (
	tidyAfter = 5 * time.Second       // in which nothing has happened
	tidyPause = 30 * time.Millisecond // between two parts of tidying

	manyPieces = 100                    // of the index; a first synchronisation leaves some twenty, new mail a few
	tidyABit   = 150 * time.Millisecond // by a command, where there are more
)

// tidyMany tidies the index a bit where it has many pieces: nobody else does so for those
// who only ever use commands.
func (a *App) tidyMany(ctx context.Context) error {
	began := time.Now()
	for left := true; left && time.Since(began) < tidyABit; {
		n, err := a.store.IndexPieces(ctx)
		if err != nil || n <= manyPieces {
			return err
		}
		if left, err = a.store.TidyIndex(ctx); err != nil {
			return err
		}
	}
	return nil
}

// indexPatience is how long words wait for the end of a round, in which bodies may come
// that are indexed along with them.
const indexPatience = 30 * time.Second

// keepIndex indexes what waits for it now and after every round, asks the rules about what can
// be found thereby, and tidies the index when nothing happens for a while. syncing tells whether a round is under way.
func (a *App) keepIndex(ctx context.Context, syncing func() bool) {
	sub := a.bus.Subscribe()
	defer sub.Close()
	for {
		if err := a.indexAll(ctx); err != nil && !errors.Is(err, context.Canceled) {
			a.log.Error("indexing", "err", err)
		}
		if _, err := a.ruleNew(ctx); err != nil && ctx.Err() == nil {
			a.log.Error("asking the rules", "err", err)
		}
		var due time.Time // when something was said to have come
		untidy, quiet := true, tidyAfter
		for due.IsZero() || syncing() && time.Since(due) < indexPatience {
			batch, err := nextWithin(ctx, sub, untidy || !due.IsZero(), quiet)
			switch {
			case ctx.Err() != nil:
				return
			case errors.Is(err, context.DeadlineExceeded):
				if syncing() {
					continue
				}
				quiet = tidyPause
				if untidy, err = a.store.TidyIndex(ctx); err != nil && ctx.Err() == nil {
					a.log.Error("tidying the index", "err", err)
				}
				continue
			case err != nil:
				return
			}
			quiet = tidyAfter
			for _, e := range batch {
				switch e.(type) {
				case event.AccountChanged, event.RulesChanged, event.Overflow:
					if due.IsZero() {
						due = time.Now()
					}
				}
			}
		}
	}
}

// syncing tells whether an account is in the midst of a round.
func (a *App) syncing() bool {
	return slices.ContainsFunc(a.chosen(""), func(s *syncer.Account) bool { return s.Status().Kind == syncer.Syncing })
}

// nextWithin waits for events, where limited not for longer than a while.
func nextWithin(ctx context.Context, sub *event.Subscription, limited bool, d time.Duration) ([]event.Event, error) {
	if limited {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, d)
		defer cancel()
	}
	return sub.Next(ctx)
}
