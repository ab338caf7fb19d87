package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"postea/config"
	"postea/internal/event"
	"postea/internal/mail"
	"postea/internal/outbox"
	"postea/internal/owner"
	"postea/internal/store"
	"postea/internal/syncer"
	"postea/internal/web"
	"postea/internal/when"
)

// ErrNotFound is returned where an id names nothing.
var ErrNotFound = store.ErrNotFound

// ErrNotHere says that the body of a message is not in the store yet.
var ErrNotHere = errors.New("the message is not here yet")

// StateError says that the state of an outgoing message does not allow what was
// asked.
type StateError = store.StateError

// SentError says that a draft was sent already, as from another window.
type SentError = store.SentError

// UsageError says that what was asked for cannot be done as asked.
type UsageError struct{ Text string }

func (e *UsageError) Error() string { return e.Text }

// CreateError is a file that cannot be made.
type CreateError struct{ Err error }

func (e *CreateError) Error() string { return e.Err.Error() }

func (e *CreateError) Unwrap() error { return e.Err }

// Options of Open.
type Options struct {
	Config *config.Config
	Dir    string           // the data directory
	Log    *slog.Logger     // nil: nowhere
	Now    func() time.Time // nil: time.Now
	// Hold says whether the undo window of an account is used for sends. The
	// command line does not, unless asked.
	Hold            bool
	Brief, MailOnly bool               // store.Options
	Step            func(point string) // store.Options.Step
	// Dates is how times are read and written in what is told.
	Dates when.Style
	// Helper is a command that calls Help with the word that is added to it; nil
	// does that in this process.
	Helper []string
}

// App is an open data directory with the accounts of a configuration.
type App struct {
	cfg       *config.Config
	store     *store.Store
	bus       *event.Bus
	log       *slog.Logger
	now       func() time.Time
	hold      bool
	dates     when.Style
	helper    []string
	following string                                                   // the account that Follow syncs; "" is all
	web       web.Options                                              // how servers of the web are asked
	txt       func(ctx context.Context, name string) ([]string, error) // asks name servers

	book     addressBook
	spelling spelling
	outbox   *outbox.Worker
	asked    asked
	arranged arrangements
	stop     context.CancelFunc
	work     sync.WaitGroup

	mu       sync.Mutex // guards what follows
	syncers  map[string]*syncer.Account
	isOwner  bool
	woke     time.Time       // when the machine did, while no server was reached since
	silent   bool            // the owner, which is another process, does not react
	theirs   *told           // what it tells; nil where nothing is known
	heard    int64           // up to which of its errors were taken over
	errors   []toldError     // for those who look
	ruled    []config.Rule   // the rules; they may become others while it runs
	troubled map[string]bool // what was told of them
	offline  bool
	pause    context.CancelFunc // ends the talk with servers; nil while there is none
	online   chan struct{}      // a token: no longer offline
}

// Open opens the data directory. It touches no network and starts nothing.
func Open(ctx context.Context, o Options) (*App, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	a := &App{cfg: o.Config, bus: &event.Bus{}, log: o.Log, now: o.Now, hold: o.Hold, dates: o.Dates, txt: lookupTXT, helper: o.Helper, ruled: o.Config.Rules, syncers: map[string]*syncer.Account{}, online: make(chan struct{}, 1)}
	s, err := store.Open(ctx, o.Dir, store.Options{Bus: a.bus, Now: o.Now, Committed: a.committed, Brief: o.Brief, MailOnly: o.MailOnly, Step: o.Step})
	if err != nil {
		return nil, err
	}
	a.store = s
	a.outbox = outbox.New(outbox.Options{Store: s, Account: o.Config.Account, Bus: a.bus, Log: o.Log, Now: o.Now})
	for _, acc := range o.Config.Accounts {
		if acc.IMAP.Host != "" {
			a.syncers[acc.Name] = a.newSyncer(acc)
		}
	}
	if o.MailOnly {
		return a, nil
	}
	if err := a.followRenames(ctx); err != nil {
		a.log.Warn("accounts under new names", "err", err)
	}
	return a, nil
}

// followRenames gives what belongs to an account that is no longer configured to the one
// that is now of the same mailbox: it bears another name. Else what waits to be sent would
// wait, and what is snoozed would not come back.
func (a *App) followRenames(ctx context.Context) error {
	known, err := a.store.Mailboxes(ctx)
	if err != nil {
		return err
	}
	for was, mailbox := range known {
		if _, ok := a.cfg.Account(was); ok {
			continue
		}
		var now []string
		for _, acc := range a.cfg.Accounts {
			if acc.IMAP.Host != "" && syncer.Mailbox(acc.IMAP) == mailbox {
				now = append(now, acc.Name)
			}
		}
		if len(now) != 1 {
			continue
		}
		some, err := a.store.RenameAccount(ctx, was, now[0])
		if err != nil {
			return err
		}
		if some {
			a.log.Info("an account bears another name", "was", was, "account", now[0])
		}
	}
	return nil
}

func (a *App) newSyncer(acc config.Account) *syncer.Account {
	return syncer.New(syncer.Options{Store: a.store, Account: acc, Bus: a.bus, Log: a.log, Now: a.now, Bodies: cmp.Or(acc.Bodies, a.cfg.Reading.Bodies)})
}

// Notices tells what the user must know about the data directory, such as a
// damaged file that was put aside.
func (a *App) Notices() []string { return a.store.Notices() }

// Config is the configuration the App was opened with.
func (a *App) Config() *config.Config { return a.cfg }

// Events begins a subscription to everything that changes.
func (a *App) Events() *event.Subscription { return a.bus.Subscribe() }

// Close stops the workers, waits for them, and closes the store.
func (a *App) Close() error {
	if a.stop != nil {
		a.stop()
	}
	a.arranged.stop()
	a.work.Wait()
	a.bus.Close()
	return a.store.Close()
}

// committed is called after each commit: it wakes whoever carries changes out,
// in this process or in the owner's.
func (a *App) committed() {
	if a.owns() {
		a.wakeWorkers()
		return
	}
	if a.store != nil {
		owner.Wake(a.store.Dir())
	}
}

// ownerPatience is more than a process needs that is only slow.
const ownerPatience = 2 * time.Second

// ErrOwnerSilent is what is said where another process owns the data directory and does not
// react, as one that was suspended by ctrl+z: until it goes on, nothing is sent or synced.
var ErrOwnerSilent = errors.New("another postea talks to the servers and does not answer: where it was suspended, fg brings it back")

// OwnerSilent tells whether that is so.
func (a *App) OwnerSilent() bool {
	_, silent := owner.Ping(a.store.Dir(), ownerPatience)
	return !a.owns() && silent
}

func (a *App) wakeWorkers() {
	a.outbox.Wake()
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, s := range a.syncers {
		s.Wake()
	}
}

const (
	takeOverEvery = 2 * time.Second        // how often a viewer tries to become the owner
	lookEvery     = 700 * time.Millisecond // how often a viewer looks for commits of others
)

// Start begins to send and sync in the background as soon as this process owns
// the data directory, which is at once unless another process does. Until then
// it shows what the other one commits.
func (a *App) Start(ctx context.Context) {
	now := make(chan struct{})
	close(now)
	a.StartAfter(ctx, now)
}

// StartAfter is Start that waits until first is closed, a second at most: what is
// shown first has the processor to itself.
func (a *App) StartAfter(ctx context.Context, first <-chan struct{}) {
	ctx, a.stop = context.WithCancel(ctx)
	a.ensureInboxes(ctx)
	a.work.Go(func() { a.keepConfig(ctx) })
	a.work.Go(func() { a.keepZone(ctx) })
	a.work.Go(func() {
		select {
		case <-first:
		case <-time.After(time.Second):
		case <-ctx.Done():
			return
		}
		for _, n := range a.Notices() { // on the terminal they are below what is shown
			a.bus.Publish(event.Notice{Error: true, Text: n})
		}
		a.tellEdited()
		own, err := a.waitForOwnership(ctx)
		if err != nil {
			return
		}
		defer own.Release()
		a.runWorkers(ctx, own)
	})
}

// ensureInboxes gives every account an inbox to look at before the first sync.
func (a *App) ensureInboxes(ctx context.Context) {
	for _, acc := range a.cfg.Accounts {
		if acc.IMAP.Host == "" {
			continue
		}
		if _, err := a.store.EnsureFolder(ctx, acc.Name, mail.RoleInbox, "INBOX"); err != nil {
			a.log.Warn("making the inbox", "account", acc.Name, "err", err)
		}
	}
}

// waitForOwnership takes the lock of the data directory. While another process has
// it, what that one commits is shown, and told of; the hook is the owner's.
func (a *App) waitForOwnership(ctx context.Context) (*owner.Owner, error) {
	own, err := owner.Acquire(a.store.Dir())
	if err == nil {
		return own, nil
	}
	viewing, stop := context.WithCancel(ctx)
	defer stop()
	a.work.Go(func() { a.keepNotices(viewing, nil) })
	a.work.Go(func() { a.watchOthers(viewing) })
	a.mu.Lock()
	a.heard = time.Now().UnixNano()
	a.mu.Unlock()
	tick := time.NewTicker(takeOverEvery)
	defer tick.Stop()
	told := ""
	for {
		if !errors.Is(err, owner.ErrHeld) && err.Error() != told {
			told = err.Error()
			a.bus.Publish(event.Notice{Error: true, Text: told})
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-tick.C:
		}
		if own, err = owner.Acquire(a.store.Dir()); err == nil {
			a.bus.Publish(event.Overflow{}) // what was committed last
			return own, nil
		}
		a.mindOwner()
	}
}

// watchOthers publishes Overflow whenever another process has committed.
func (a *App) watchOthers(ctx context.Context) {
	w, err := a.store.Watch(ctx)
	if err != nil {
		if ctx.Err() == nil {
			a.log.Error("watching other processes", "err", err)
		}
		return
	}
	defer w.Close()
	a.bus.Publish(event.Overflow{}) // what was committed before
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if changed, err := w.Changed(ctx); err == nil && changed {
				a.bus.Publish(event.Overflow{})
			}
		}
	}
}

// farewell bounds how long the end of the program may wait for a server that
// takes scheduled messages into its keeping.
const farewell = 5 * time.Second

// release hands scheduled messages to servers that hold them, as this process
// will not be there in time. What cannot be handed over waits for the next one.
func (a *App) release(ctx context.Context) {
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), farewell)
	defer cancel()
	if err := a.outbox.Release(limit); err != nil {
		a.log.Warn("handing over scheduled messages", "err", err)
	}
}

func (a *App) runWorkers(ctx context.Context, own *owner.Owner) {
	a.mu.Lock()
	a.isOwner = true
	a.mu.Unlock()
	if err := a.beginRules(ctx); err != nil {
		a.log.Error("beginning rules", "err", err)
	}
	var group sync.WaitGroup
	group.Go(func() {
		err := own.Listen(ctx, a.tell, func(asked bool) {
			a.bus.Publish(event.Overflow{})
			a.wakeWorkers()
			if asked {
				_ = a.SyncNow() // offline, nobody who asks is owed an answer
			}
		})
		if err != nil {
			a.log.Error("wake socket", "err", err)
		}
	})
	group.Go(func() { a.keepTold(ctx) })
	group.Go(func() { a.keepIndex(ctx, a.syncing) })
	group.Go(func() { a.watchClock(ctx, a.resumed) })
	group.Go(func() { a.watchLine(ctx) })
	group.Go(func() { a.keepMarks(ctx) })
	group.Go(func() { a.keepNotices(ctx, a.hook) })
	for ctx.Err() == nil {
		if paused := a.talk(ctx); !paused { // the outbox has stopped, and nobody syncs
			<-ctx.Done()
		}
		a.untilOnline(ctx)
	}
	if !a.Offline() {
		a.release(ctx)
	}
	group.Wait()
	a.mu.Lock()
	a.isOwner = false
	a.mu.Unlock()
}

// talk sends and syncs until ctx ends or the user goes offline, which it tells.
func (a *App) talk(ctx context.Context) (paused bool) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	a.mu.Lock()
	a.pause = cancel
	offline := a.offline
	a.mu.Unlock()
	if offline {
		return true
	}
	var group sync.WaitGroup
	group.Go(func() {
		if err := a.outbox.Run(ctx); err != nil {
			a.log.Error("outbox", "err", err)
			a.bus.Publish(event.Notice{Error: true, Text: fmt.Sprintf("The outbox has stopped: %v", err)})
		}
	})
	for _, s := range a.chosen(a.following) {
		group.Go(func() {
			if err := s.Run(ctx); err != nil {
				a.log.Error("sync", "account", s.Name(), "err", err)
			}
		})
	}
	group.Wait()
	return ctx.Err() != nil
}

// SyncNow has the process that owns the data directory, this one or another, begin a round of
// all accounts, also of those that wait to try again or for the user. It does not wait for it.
// The error is a *UsageError where the user has gone offline here, and ErrOwnerSilent.
func (a *App) SyncNow() error {
	if !a.owns() {
		owner.Ask(a.store.Dir())
		if a.OwnerSilent() {
			return ErrOwnerSilent
		}
		return nil
	}
	if a.Offline() {
		return &UsageError{"You are offline: nothing is synced until you are online again"}
	}
	for _, s := range a.chosen("") {
		s.SyncNow()
	}
	return nil
}
