package syncer

import (
	"context"
	"slices"
	"time"

	imap "github.com/emersion/go-imap/v2"

	"postea/imapclient"
	"postea/internal/mail"
	"postea/internal/query"
	"postea/internal/store"
)

// mostOlder is how many messages one search brings here from below the floor of a
// folder, the newest.
const mostOlder = 500

// askOlder searches what is left of a folder at the server and stores the headers
// of what it finds. False tells that there is more, or that the search says
// nothing by which the server could choose.
func (a *Account) askOlder(ctx context.Context, c *imapclient.Client, f store.FolderState, q query.Node, base *imap.SearchCriteria) ([]imap.UID, bool, error) {
	if f.Reach.Older == 0 || f.Reach.Floor <= 1 {
		return nil, true, nil
	}
	criteria := *base
	if narrow(q, &criteria); !narrows(criteria) {
		return nil, false, nil
	}
	var below imap.UIDSet
	below.AddRange(1, imap.UID(f.Reach.Floor-1))
	criteria.UID = append(slices.Clone(criteria.UID), below)
	uids, err := c.Search(ctx, &criteria)
	if err != nil {
		return nil, false, err
	}
	here, err := a.store.ServerUIDsBetween(ctx, f.ID, 1, f.Reach.Floor-1)
	if err != nil {
		return nil, false, err
	}
	missing := slices.DeleteFunc(slices.Clone(uids), func(u imap.UID) bool {
		_, have := slices.BinarySearch(here, mail.UID(u))
		return have
	})
	all := len(missing) <= mostOlder
	missing = missing[max(0, len(missing)-mostOlder):]
	if len(missing) == 0 {
		return uids, all, nil
	}
	var headers []store.Header
	if err := c.FetchHeaders(ctx, imap.UIDSetNum(missing...), func(m imapclient.Message) error {
		headers = append(headers, header(m))
		return nil
	}); err != nil {
		return nil, false, err
	}
	return uids, all, a.store.AddOlder(ctx, f.ID, f.UIDValidity, headers)
}

func narrows(c imap.SearchCriteria) bool {
	return len(c.Header)+len(c.Body)+len(c.Text)+len(c.Flag)+len(c.NotFlag)+len(c.Not)+len(c.Or) > 0 ||
		c.Larger > 0 || c.Smaller > 0
}

// narrow adds what the mirror would look at by itself, as far as it holds of the
// whole search. The mirror looks at it all the same, and so the server may say
// yes too often: its days are of whatever time zone (RFC 9051 §6.4.4).
func narrow(n query.Node, c *imap.SearchCriteria) {
	const day = 24 * time.Hour
	switch n := n.(type) {
	case query.And:
		for _, part := range n {
			narrow(part, c)
		}
	case query.Addresses:
		sub, _ := either(n.Words(), false, store.FolderState{})
		c.And(&sub)
	case query.Dates:
		if at := n.From.Add(-day); !n.From.IsZero() {
			c.Or = append(c.Or, [2]imap.SearchCriteria{{SentSince: at}, {Since: at}})
		}
		if at := n.To.Add(2 * day); !n.To.IsZero() {
			c.Or = append(c.Or, [2]imap.SearchCriteria{{SentBefore: at}, {Before: at}})
		}
	case query.Size:
		c.Larger, c.Smaller = max(c.Larger, n.Over), n.Under
	case query.Is:
		flags := map[query.State]imap.Flag{query.Starred: imap.FlagFlagged, query.Answered: imap.FlagAnswered, query.Forwarded: imap.FlagForwarded, query.Draft: imap.FlagDraft, query.Read: imap.FlagSeen}
		if flag, ok := flags[n.State]; ok {
			c.Flag = append(c.Flag, flag)
		} else if n.State == query.Unread {
			c.NotFlag = append(c.NotFlag, imap.FlagSeen)
		}
	}
}
