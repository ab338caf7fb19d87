package syncer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	imap "github.com/emersion/go-imap/v2"

	"postea/imapclient"
	"postea/internal/mail"
	"postea/internal/store"
)

// batch is changes that one command carries.
type batch struct {
	from, to    mail.FolderID
	add, remove []string
	ids         []mail.ID
	uids        map[mail.ID]imap.UID
}

func (b *batch) set() imap.UIDSet {
	var set imap.UIDSet
	for _, id := range b.ids {
		set.AddNum(b.uids[id])
	}
	return set
}

func (b *batch) put(p store.Pending) {
	if b.uids == nil {
		b.uids = map[mail.ID]imap.UID{}
	}
	b.ids = append(b.ids, p.ID)
	b.uids[p.ID] = imap.UID(p.UID)
}

// replay carries local changes to the server: first flags, then moves and
// deletions. A change is recorded as done only after the server's OK; whatever
// is cut off in between is found by the next pull.
func (a *Account) replay(ctx context.Context) error {
	pending, err := a.store.PendingChanges(ctx, a.profile.Name)
	if err != nil || len(pending) == 0 {
		return err
	}
	touched := map[mail.FolderID]bool{}
	for _, from := range sources(pending) {
		f, err := a.store.Folder(ctx, from)
		if err != nil {
			continue
		}
		switch _, err := a.selectFolder(ctx, f); {
		case errors.Is(err, errRekeyed):
			continue // the next pull finds the messages again
		case refused(err):
			if err := a.refuse(ctx, idsFrom(pending, from), "open "+f.Name, err); err != nil {
				return err
			}
			continue
		case err != nil:
			return err
		}
		for _, b := range group(pending, from) {
			if err := a.carry(ctx, b, touched); err != nil {
				return err
			}
		}
	}
	for id := range touched {
		if err := a.pullTolerant(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

func sources(pending []store.Pending) []mail.FolderID {
	var out []mail.FolderID
	for _, p := range pending {
		if p.From != 0 && p.UID != 0 && !slices.Contains(out, p.From) {
			out = append(out, p.From)
		}
	}
	return out
}

func idsFrom(pending []store.Pending, from mail.FolderID) []mail.ID {
	var out []mail.ID
	for _, p := range pending {
		if p.From == from {
			out = append(out, p.ID)
		}
	}
	return out
}

// group makes batches of the changes in one folder, flags before moves.
func group(pending []store.Pending, from mail.FolderID) []*batch {
	var flags, moves []*batch
	byKey := map[string]*batch{}
	get := func(list *[]*batch, key string, b batch) *batch {
		if byKey[key] == nil {
			byKey[key] = &b
			*list = append(*list, &b)
		}
		return byKey[key]
	}
	for _, p := range pending {
		if p.From != from || p.UID == 0 {
			continue
		}
		if p.To != 0 && len(p.Add)+len(p.Remove) > 0 {
			key := strings.Join(p.Add, " ") + "\x00" + strings.Join(p.Remove, " ")
			get(&flags, key, batch{from: from, to: from, add: p.Add, remove: p.Remove}).put(p)
		}
		if p.To != from {
			get(&moves, fmt.Sprint("move", p.To), batch{from: from, to: p.To}).put(p)
		}
	}
	return append(flags, moves...)
}

func (a *Account) carry(ctx context.Context, b *batch, touched map[mail.FolderID]bool) error {
	switch {
	case b.to == 0:
		return a.erase(ctx, b)
	case b.to != b.from:
		touched[b.to] = true
		return a.move(ctx, b)
	}
	return a.storeFlags(ctx, b)
}

func (a *Account) storeFlags(ctx context.Context, b *batch) error {
	err := error(nil)
	if len(b.add) > 0 {
		err = a.client.AddFlags(ctx, b.set(), imapFlags(b.add))
	}
	if err == nil && len(b.remove) > 0 {
		err = a.client.RemoveFlags(ctx, b.set(), imapFlags(b.remove))
	}
	switch {
	case refused(err):
		return a.refuse(ctx, b.ids, "change flags", err)
	case err != nil:
		return err
	}
	return a.store.FlagsDone(ctx, b.ids, b.add, b.remove)
}

func imapFlags(list []string) []imap.Flag {
	out := make([]imap.Flag, len(list))
	for i, f := range list {
		out[i] = imap.Flag(f)
	}
	return out
}

func (a *Account) move(ctx context.Context, b *batch) error {
	wire, err := a.wireName(ctx, b.to)
	if err == nil {
		var newUIDs map[imap.UID]imap.UID
		newUIDs, err = a.client.Move(ctx, b.set(), wire)
		if tryCreate(err) {
			if _, err = a.client.Create(ctx, wire); err == nil {
				newUIDs, err = a.client.Move(ctx, b.set(), wire)
			}
		}
		if err == nil {
			done := make(map[mail.ID]mail.UID, len(b.ids))
			for _, id := range b.ids {
				done[id] = mail.UID(newUIDs[b.uids[id]])
			}
			return a.store.MoveDone(ctx, b.to, done)
		}
	}
	if refused(err) {
		return a.refuse(ctx, b.ids, "move", err)
	}
	return err
}

func tryCreate(err error) bool {
	var e *imapclient.Error
	return errors.As(err, &e) && e.Code == imap.ResponseCodeTryCreate
}

func (a *Account) erase(ctx context.Context, b *batch) error {
	err := a.client.Expunge(ctx, b.set())
	switch {
	case refused(err):
		return a.refuse(ctx, b.ids, "delete", err)
	case err != nil:
		return err
	}
	return a.store.EraseDone(ctx, b.ids)
}

// refuse takes changes back that the server will not have, and says so.
func (a *Account) refuse(ctx context.Context, ids []mail.ID, what string, err error) error {
	text := err.Error()
	var e *imapclient.Error
	if errors.As(err, &e) && e.Text != "" {
		text = e.Text
	}
	return a.store.Refuse(ctx, a.profile.Name, ids, fmt.Sprintf("The server would not %s %s: %s. It is as it was.", what, messages(len(ids)), text))
}

func messages(n int) string {
	if n == 1 {
		return "a message"
	}
	return fmt.Sprintf("%d messages", n)
}
