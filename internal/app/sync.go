package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"postea/internal/event"
	"postea/internal/mail"
	"postea/internal/owner"
	"postea/internal/syncer"
)

// Sync does one round for an account, or for all where it is empty: it replays
// local changes, pulls, and does what the outbox asks for. It tells whether
// this process did it; false means that another process owns the data directory
// and was told to. The error joins those of the accounts.
func (a *App) Sync(ctx context.Context, account string) (bool, error) {
	own, err := a.takeTurn(ctx)
	if err != nil || own == nil {
		return false, err
	}
	defer own.Release()
	began := a.now()
	if err := a.syncAll(ctx, account); err != nil {
		if serr := a.sendWhatCame(ctx, began); serr != nil {
			a.log.Error("sending what came during a round", "err", serr)
		}
		return true, err
	}
	return true, a.sendWhatCame(ctx, began)
}

// PassedOver says which folders could not be read in the last Sync, and why.
func (a *App) PassedOver(account string) []error {
	var out []error
	for _, s := range a.chosen(account) {
		for _, words := range s.PassedOver() {
			out = append(out, &AccountError{Account: s.Name(), Text: words})
		}
	}
	slices.SortFunc(out, func(x, y error) int { return strings.Compare(x.Error(), y.Error()) })
	return out
}

// Refusals gathers what is told only once, such as a change that a server would not make
// and that was taken back. heard gives what has come so far, and ends it.
func (a *App) Refusals() (heard func() []error) {
	sub := a.bus.Subscribe()
	return func() []error {
		defer sub.Close()
		ctx, cancel := context.WithCancel(context.Background())
		cancel() // what has come is given all the same
		batch, _ := sub.Next(ctx)
		return refusals(batch)
	}
}

func refusals(batch []event.Event) []error {
	var out []error
	for _, e := range batch {
		switch n, ok := e.(event.Notice); {
		case !ok || !n.Error:
		case n.Account == "":
			out = append(out, errors.New(n.Text))
		default:
			out = append(out, &AccountError{Account: n.Account, Text: n.Text})
		}
	}
	return out
}

// longestTurn is how long a command waits for its turn. What it has queued is then left
// to whoever has the turn.
const longestTurn = 20 * time.Second

// sendWhatCame sends what others have left to this process, which began its turn so long
// ago that they may have.
func (a *App) sendWhatCame(ctx context.Context, began time.Time) error {
	if a.now().Sub(began) < longestTurn || ctx.Err() != nil {
		return nil
	}
	return a.flushDue(ctx, "")
}

// takeTurn gets the lock for the time of a command; nil means that another
// process has it and was woken. A command of another process that holds it only
// for a moment is waited for.
func (a *App) takeTurn(ctx context.Context) (*owner.Owner, error) {
	limit, cancel := context.WithTimeout(ctx, longestTurn)
	defer cancel()
	for {
		own, err := owner.Acquire(a.store.Dir())
		if !errors.Is(err, owner.ErrHeld) {
			return own, err
		}
		if owner.Wake(a.store.Dir()) { // it listens, so it stays
			return nil, nil
		}
		if limit.Err() != nil {
			return nil, ctx.Err()
		}
		Sleep(limit, 50*time.Millisecond)
	}
}

func (a *App) syncAll(ctx context.Context, account string) error {
	if err := a.doDue(ctx); err != nil {
		return err
	}
	if err := a.beginRules(ctx); err != nil {
		return err
	}
	errs := rounds(ctx, a.chosen(account))
	changed, err := a.bringBack(ctx) // what waited for the answers that may have come
	if err != nil {
		errs = append(errs, err)
	}
	if err := a.indexAll(ctx); err != nil {
		errs = append(errs, err)
	}
	ruled, err := a.ruleNew(ctx)
	if err != nil {
		errs = append(errs, err)
	}
	if changed = append(changed, ruled...); len(changed) > 0 && len(errs) == 0 {
		errs = rounds(ctx, slices.DeleteFunc(a.chosen(account), func(s *syncer.Account) bool { return !slices.Contains(changed, s.Name()) }))
	}
	if err := a.tidyMany(ctx); err != nil {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// rounds does one round for each of the accounts, side by side, and gives what went wrong.
func rounds(ctx context.Context, list []*syncer.Account) []error {
	var mu sync.Mutex
	var errs []error
	var group sync.WaitGroup
	for _, s := range list {
		group.Go(func() {
			if err := s.Round(ctx); err != nil {
				mu.Lock()
				defer mu.Unlock()
				errs = append(errs, &AccountError{Account: s.Name(), Text: s.Explain(err), Err: err})
			}
		})
	}
	group.Wait()
	slices.SortFunc(errs, func(x, y error) int { return strings.Compare(x.Error(), y.Error()) })
	return errs
}

func (a *App) chosen(account string) []*syncer.Account {
	a.mu.Lock()
	defer a.mu.Unlock()
	var out []*syncer.Account
	for name, s := range a.syncers {
		if account == "" || account == name {
			out = append(out, s)
		}
	}
	return out
}

// AccountError is what went wrong with an account, in one line that says what
// to do.
type AccountError struct {
	Account string
	Text    string
	Err     error
}

func (e *AccountError) Error() string { return e.Account + ": " + e.Text }
func (e *AccountError) Unwrap() error { return e.Err }

// Deliver makes one attempt at the given items, where they are due, and does what
// follows a send: the copy in Sent, the flag of an answered message. It tells
// whether this process did it; false means that another process owns the data
// directory and was told to.
func (a *App) Deliver(ctx context.Context, ids ...mail.OutboxID) (bool, error) {
	if len(ids) == 0 {
		return true, nil
	}
	own, err := a.takeTurn(ctx)
	if err != nil || own == nil {
		return false, err
	}
	defer own.Release()
	began := a.now()
	if err := a.outbox.Flush(ctx, ids...); err != nil {
		return true, err
	}
	if err := a.finishSends(ctx, ids); err != nil {
		return true, err
	}
	return true, a.sendWhatCame(ctx, began)
}

// DeliverDue is Deliver for what is due of one account, of all where it is "".
func (a *App) DeliverDue(ctx context.Context, account string) (bool, error) {
	own, err := a.takeTurn(ctx)
	if err != nil || own == nil {
		return false, err
	}
	defer own.Release()
	return true, a.flushDue(ctx, account)
}

// flushDue sends what is due of an account, of all where it is "", and does what
// follows a send.
func (a *App) flushDue(ctx context.Context, account string) error {
	if err := a.outbox.FlushAccount(ctx, account); err != nil {
		return err
	}
	accounts, err := a.store.CopiesPending(ctx)
	if err != nil {
		return err
	}
	if account != "" {
		accounts = slices.DeleteFunc(accounts, func(name string) bool { return name != account })
	}
	return a.followUp(ctx, accounts)
}

// Release hands a scheduled message to its server where that one holds messages
// back until their time, so that it leaves though no postea is running then. It
// does nothing where another process owns the data directory: that one stays.
func (a *App) Release(ctx context.Context, id mail.OutboxID) error {
	own, err := a.takeTurn(ctx)
	if err != nil || own == nil {
		return err
	}
	defer own.Release()
	if err := a.outbox.Release(ctx, id); err != nil {
		return err
	}
	return a.finishSends(ctx, []mail.OutboxID{id})
}

// finishSends does what items that were just accepted still want at their servers.
func (a *App) finishSends(ctx context.Context, ids []mail.OutboxID) error {
	var accounts []string
	for _, id := range ids {
		if o, err := a.store.OutboxItem(ctx, id); err == nil && o.Copy == mail.CopyPending && !slices.Contains(accounts, o.Account) {
			accounts = append(accounts, o.Account)
		}
	}
	return a.followUp(ctx, accounts)
}

// followUp signs in to IMAP of the accounts, for messages that were accepted and
// still want something there. That it cannot be had is no failure of the send: it
// stays recorded and is done later.
func (a *App) followUp(ctx context.Context, accounts []string) error {
	for _, account := range accounts {
		for _, s := range a.chosen(account) {
			if err := s.FollowUp(ctx); err != nil {
				a.log.Warn("after sending", "account", account, "err", err)
			}
		}
	}
	return ctx.Err()
}

// Wait waits until no recipient of an item is pending any more, or for d.
// It returns the item as it is then.
func (a *App) Wait(ctx context.Context, id mail.OutboxID, d time.Duration) (mail.Outgoing, error) {
	limit, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	for {
		o, err := a.store.OutboxItem(ctx, id)
		if err != nil {
			return o, err
		}
		open := slices.ContainsFunc(o.Recipients, func(r mail.Recipient) bool { return r.State == mail.RecipientPending })
		if !open && !o.Sending || o.State == mail.ItemBlocked || limit.Err() != nil {
			return o, nil
		}
		// Whoever owns the directory may have ended since it was woken.
		if due := o.NotBefore; !due.After(a.now()) && !o.Sending && !o.NextAttempt.After(a.now()) {
			if _, err := a.Deliver(limit, id); err != nil && limit.Err() == nil {
				return o, err
			}
		}
		Sleep(limit, 100*time.Millisecond)
	}
}

// WhatBlocks says why a message waits for the user, and how it goes then: what was
// mended outside of postea is noticed when it is started to stay, and not before.
func WhatBlocks(o mail.Outgoing) string {
	return strings.TrimSuffix(o.Blocked, ".") + "; when that is mended:  postea outbox flush"
}

// Blocked lists the messages of an account, of all where it is "", that wait for the user.
func (a *App) Blocked(ctx context.Context, account string) ([]error, error) {
	list, err := a.store.Outbox(ctx)
	var out []error
	for _, o := range list {
		if o.State == mail.ItemBlocked && (account == "" || o.Account == account) {
			out = append(out, &AccountError{Account: o.Account, Text: fmt.Sprintf("%s waits for you: %s", o.ID, WhatBlocks(o))})
		}
	}
	return out, err
}

// tellBlocked tells of what is blocked and was not told, and gives what is.
func (a *App) tellBlocked(ctx context.Context, told map[string]bool, tell func(error)) map[string]bool {
	blocked, err := a.Blocked(ctx, "")
	if err != nil {
		return told
	}
	now := map[string]bool{}
	for _, b := range blocked {
		if now[b.Error()] = true; !told[b.Error()] {
			tell(b)
		}
	}
	return now
}

// Trouble calls tell with what is wrong with an account or keeps a message from
// going, each time that becomes another thing, and with what a server has refused, until
// ctx ends.
func (a *App) Trouble(ctx context.Context, tell func(error)) {
	sub := a.bus.Subscribe()
	defer sub.Close()
	last, told := map[string]string{}, map[string]bool{}
	for sends := true; ; {
		if sends {
			told = a.tellBlocked(ctx, told, tell)
		}
		batch, err := sub.Next(ctx)
		if err != nil {
			return
		}
		if slices.Contains(batch, event.Event(event.ConfigChanged{})) {
			tell(ErrConfigChanged)
		}
		if slices.Contains(batch, event.Event(event.ZoneChanged{})) {
			tell(ErrZoneChanged)
		}
		sends = slices.ContainsFunc(batch, func(e event.Event) bool {
			switch e.(type) {
			case event.OutboxChanged, event.Overflow:
				return true
			}
			return false
		})
		for _, r := range refusals(batch) {
			tell(r)
		}
		for _, s := range a.chosen("") {
			st := s.Status()
			switch {
			case st.Kind == syncer.Online:
				delete(last, s.Name())
			case (st.Kind == syncer.NeedsYou || st.Kind == syncer.Offline) && st.Text != last[s.Name()]:
				last[s.Name()] = st.Text
				tell(&AccountError{Account: s.Name(), Text: st.Text})
			}
		}
	}
}

// Follow owns the data directory, sending and syncing, until ctx ends; where
// account is not "", only that one is synced. It sends for all, as others leave
// that to the owner. The error says so where another process has the directory.
func (a *App) Follow(ctx context.Context, account string) error {
	a.following = account
	own, err := owner.Acquire(a.store.Dir())
	if err != nil {
		return fmt.Errorf("cannot stay as the owner: %w", err)
	}
	defer own.Release()
	a.work.Go(func() { a.keepConfig(ctx) })
	a.work.Go(func() { a.keepZone(ctx) })
	a.runWorkers(ctx, own)
	return nil
}
