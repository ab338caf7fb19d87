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
	"postea/internal/reading"
	"postea/internal/store"
)

// longestDoze bounds how long due marks are waited for without looking, so that
// a clock that was set, or a machine that slept, delays nothing for long.
const longestDoze = 30 * time.Second

// keepMarks brings back what is due until ctx ends.
func (a *App) keepMarks(ctx context.Context) {
	sub := a.bus.Subscribe()
	defer sub.Close()
	for ctx.Err() == nil {
		if err := a.doDue(ctx); err != nil && ctx.Err() == nil {
			a.log.Error("bringing messages back", "err", err)
		}
		doze := longestDoze
		if next, err := a.store.NextMark(ctx); err == nil && !next.IsZero() {
			doze = min(max(next.Sub(a.now()), 20*time.Millisecond), longestDoze)
		}
		limit, cancel := context.WithTimeout(ctx, doze)
		for wait := true; wait; {
			batch, err := sub.Next(limit)
			if errors.Is(err, event.ErrClosed) {
				cancel()
				return
			}
			wait = err == nil && !marksMatter(batch)
		}
		cancel()
	}
}

// marksMatter tells of news after which marks are looked at again: one that was
// set in the meantime, or messages that may be pinned or muted.
func marksMatter(batch []event.Event) bool {
	for _, e := range batch {
		switch e.(type) {
		case event.MarksChanged, event.AccountChanged, event.Overflow:
			return true
		}
	}
	return false
}

// doDue brings back what is snoozed and due, and what nobody has answered.
func (a *App) doDue(ctx context.Context) error {
	_, err := a.bringBack(ctx)
	return err
}

// bringBack is doDue, and names the accounts that something was done in.
func (a *App) bringBack(ctx context.Context) (accounts []string, err error) {
	if err := a.store.Remark(ctx); err != nil {
		return nil, err
	}
	due, err := a.store.DueMarks(ctx)
	if err != nil {
		return nil, err
	}
	for _, m := range due {
		if wait, err := a.notYetHere(ctx, m); err != nil {
			return accounts, err
		} else if wait {
			continue
		}
		switch m.Kind {
		case store.MarkSnooze:
			err = a.awaken(ctx, m)
		case store.MarkRemind:
			err = a.remind(ctx, m)
		}
		if err == nil {
			// The mark goes last: what was cut off in between is done again, and
			// finds nothing to do.
			err = a.store.DropMark(ctx, m)
		}
		if err != nil {
			return accounts, err
		}
		accounts = append(accounts, m.Account)
	}
	return accounts, nil
}

const (
	// roundsApart is more than lies between two rounds of an account that is followed.
	roundsApart = 30 * time.Minute
	// longestRemindWait bounds how long a reminder waits for an account that cannot be looked at.
	longestRemindWait = 24 * time.Hour
)

// notYetHere tells of a mark whose message is still to come, as the mirror of its account is
// being made anew, and of a reminder whose answer may be: nobody has looked for one since the
// machine slept, or postea was closed. The mark is all that brings the message back.
func (a *App) notYetHere(ctx context.Context, m store.Mark) (bool, error) {
	acc, ok := a.cfg.Account(m.Account)
	if !ok || acc.IMAP.Host == "" {
		return false, nil
	}
	last, err := a.store.LastRound(ctx, m.Account)
	if err != nil {
		return false, err
	}
	if m.Kind == store.MarkRemind && last.Before(m.At.Add(-roundsApart)) && a.now().Before(m.At.Add(longestRemindWait)) {
		return true, nil
	}
	list, err := a.store.MarkedMessages(ctx, m)
	return err == nil && len(list) == 0 && last.IsZero(), err
}

// awaken brings a snoozed message back, unless somebody has taken it out of
// Snoozed before.
func (a *App) awaken(ctx context.Context, m store.Mark) error {
	list, err := a.store.MarkedMessages(ctx, m)
	if err != nil {
		return err
	}
	var ids []mail.ID
	for _, s := range list {
		if s.FolderRole == mail.RoleSnoozed {
			ids = append(ids, s.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	to, err := a.store.FolderNamed(ctx, m.Account, m.Origin)
	if errors.Is(err, ErrNotFound) || err == nil && !to.Selectable {
		to, err = a.store.EnsureFolder(ctx, m.Account, mail.RoleInbox, "INBOX")
	}
	if err != nil {
		return err
	}
	_, err = a.store.Apply(ctx, ids, store.Change{
		MoveTo: to.ID, Remove: []string{mail.FlagSeen}, Lift: new(a.now().Unix()),
	})
	if err == nil {
		a.bus.Publish(event.Returned{ID: ids[0]})
	}
	return err
}

// remind brings a message back that nobody has answered: into the inbox, as a
// copy where it lies elsewhere.
func (a *App) remind(ctx context.Context, m store.Mark) error {
	list, err := a.store.MarkedMessages(ctx, m)
	list = slices.DeleteFunc(list, func(s mail.Summary) bool { // the user has done with it
		return (s.FolderRole == mail.RoleTrash || s.FolderRole == mail.RoleJunk) && s.FolderName != m.Origin
	})
	if err != nil || len(list) == 0 {
		return err
	}
	acc, _ := a.cfg.Account(m.Account)
	answered, err := a.store.Answered(ctx, list[0], acc.Own, func(m mail.Summary) bool { return a.automatic(ctx, m) })
	if err != nil || answered {
		return err
	}
	inbox, err := a.store.EnsureFolder(ctx, m.Account, mail.RoleInbox, "INBOX")
	if err != nil {
		return err
	}
	back := store.Change{CopyTo: inbox.ID, Remove: []string{mail.FlagSeen}, Lift: new(a.now().Unix())}
	which := list[0].ID
	for _, s := range list {
		if s.Folder == inbox.ID {
			which, back.CopyTo = s.ID, 0
		}
	}
	if _, err := a.store.Apply(ctx, []mail.ID{which}, back); err != nil {
		return err
	}
	a.bus.Publish(event.Returned{ID: which}, event.Notice{Account: m.Account, Text: fmt.Sprintf("Nobody has answered: %s", reading.Line(list[0].Subject))})
	return nil
}

// automatic tells of a message that its text, where that is here, says to be the answer of a
// machine: somebody is away, or the message was not delivered (RFC 3834 §5).
func (a *App) automatic(ctx context.Context, m mail.Summary) bool {
	read, _, err := a.Readable(ctx, m.ID)
	return err == nil && strings.HasPrefix(read.Header.AutoSubmitted, "auto-replied")
}
