package syncer

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"postea/config"
	"postea/imapclient"
	"postea/internal/event"
	"postea/internal/mail"
	"postea/internal/store"
)

// Options of New.
type Options struct {
	Store   *store.Store
	Account config.Account
	Bus     *event.Bus       // nil: nowhere
	Log     *slog.Logger     // nil: nowhere
	Now     func() time.Time // nil: time.Now
	Bodies  string           // which bodies are fetched beforehand: recent (""), all, none
	// Timeouts of the connection; zero values are those of imapclient.
	Timeouts imapclient.Timeouts
}

// Account follows one account. Run and Round may not run at the same time; all
// other methods may be called from several goroutines.
type Account struct {
	store    *store.Store
	profile  config.Account
	bus      *event.Bus
	log      *slog.Logger
	now      func() time.Time
	bodies   string
	timeouts imapclient.Timeouts
	wake     chan struct{} // a token: look at the store again
	retry    chan struct{} // a token: try again now, a whole round

	client   *imapclient.Client // of the round under way
	selected mail.FolderID

	mu     sync.Mutex // guards what follows
	status Status
}

// New makes the worker of an account; nothing happens until Run or Round.
func New(o Options) *Account {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Account{
		store: o.Store, profile: o.Account, bus: o.Bus, log: o.Log.With("account", o.Account.Name), now: o.Now,
		bodies: o.Bodies, timeouts: o.Timeouts, wake: make(chan struct{}, 1), retry: make(chan struct{}, 1),
	}
}

// Name is the account's name.
func (a *Account) Name() string { return a.profile.Name }

// Wake makes Run look for local changes and wanted bodies. It never blocks.
func (a *Account) Wake() { token(a.wake) }

// SyncNow makes Run begin a whole round at once, also while it waits to try
// again or for the user. It never blocks.
func (a *Account) SyncNow() { token(a.retry) }

func token(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

const (
	idleFor    = 9 * time.Minute // many NATs forget a silent connection after 10
	pollEvery  = 2 * time.Minute // folders that IDLE does not cover
	firstPause = 2 * time.Second
	maxPause   = 5 * time.Minute
)

// Run follows the account until ctx ends. It never gives up: a lost connection
// is taken up again after a growing pause.
func (a *Account) Run(ctx context.Context) error {
	pause := firstPause
	for ctx.Err() == nil {
		began := a.now()
		err := a.session(ctx)
		a.hangUp()
		if ctx.Err() != nil {
			break
		}
		if a.now().Sub(began) > time.Minute {
			pause = firstPause
		}
		st := a.failed(err, a.now().Add(pause))
		a.log.Warn("connection ended", "err", err)
		a.setStatus(st)
		if st.Kind == NeedsYou {
			pause = maxPause
			// A password that was refused once is not tried again by itself:
			// some servers lock the account (security over convenience).
			a.pause(ctx, 0)
			continue
		}
		a.pause(ctx, pause)
		pause = min(2*pause, maxPause)
	}
	a.setStatus(Status{Kind: Idle})
	return nil
}

// pause waits for a time (0: without limit), for SyncNow, or for the end.
func (a *Account) pause(ctx context.Context, d time.Duration) {
	var timeout <-chan time.Time
	if d > 0 {
		t := time.NewTimer(d)
		defer t.Stop()
		timeout = t.C
	}
	select {
	case <-timeout:
	case <-a.retry:
	case <-ctx.Done():
	}
}

// session is the life of one connection: a round, then following INBOX.
func (a *Account) session(ctx context.Context) error {
	if err := a.connect(ctx); err != nil {
		return err
	}
	if err := a.round(ctx); err != nil {
		return err
	}
	lastPoll := a.now()
	for {
		a.setStatus(Status{Kind: Online})
		err := a.follow(ctx)
		if err != nil {
			return err
		}
		a.setStatus(Status{Kind: Syncing})
		select {
		case <-a.retry:
			lastPoll = time.Time{}
		default:
		}
		if a.now().Sub(lastPoll) >= pollEvery {
			err = a.round(ctx)
			lastPoll = a.now()
		} else {
			err = a.quickRound(ctx)
		}
		if err != nil {
			return err
		}
	}
}

// follow waits in IDLE on INBOX until there is news from the server or from the
// user, or something falls due.
func (a *Account) follow(ctx context.Context) error {
	inbox, err := a.store.FolderByRole(ctx, a.profile.Name, mail.RoleInbox)
	if err != nil {
		return err
	}
	if _, err := a.selectFolder(ctx, inbox); err != nil {
		return err
	}
	idle, stop := context.WithCancel(ctx)
	defer stop()
	woken := make(chan struct{})
	go func() {
		defer close(woken)
		select {
		case <-a.wake:
		case <-a.retry:
			a.SyncNow()
		case <-idle.Done():
		}
		stop()
	}()
	_, err = a.client.Idle(idle, min(idleFor, pollEvery, a.untilDue(ctx)))
	stop()
	<-woken
	if errors.Is(err, context.Canceled) && ctx.Err() == nil {
		err = nil
	}
	return err
}

// untilDue is how long nothing of the outbox falls due for this account.
func (a *Account) untilDue(ctx context.Context) time.Duration {
	next := a.nextReconcile(ctx)
	if at, err := a.store.NextFollowUp(ctx, a.profile.Name); err == nil && !at.IsZero() && (next.IsZero() || at.Before(next)) {
		next = at
	}
	if next.IsZero() {
		return idleFor
	}
	return max(next.Sub(a.now()), 250*time.Millisecond)
}

// Round connects, does one whole round, and hangs up.
func (a *Account) Round(ctx context.Context) error {
	defer a.hangUp()
	if err := a.connect(ctx); err != nil {
		a.setStatus(a.failed(err, time.Time{}))
		return err
	}
	if err := a.round(ctx); err != nil {
		a.setStatus(a.failed(err, time.Time{}))
		return err
	}
	a.setStatus(Status{Kind: Idle})
	return nil
}

// Explain says in one line what an error of Round means and what to do.
func (a *Account) Explain(err error) string { return a.explain(err) }

// ClientOptions gives what imapclient needs to sign in for an account.
func ClientOptions(p config.Account) imapclient.Options {
	key := config.Key{Account: p.Name, Service: "imap"}
	o := imapclient.Options{Dial: p.IMAP.Dial(), Auth: imapclient.Auth{Policy: p.IMAP.Auth, Username: p.IMAP.Username}}
	o.Auth.Password = func(ctx context.Context) (string, error) { return p.IMAP.Password.Resolve(ctx, key) }
	if !p.IMAP.Token.Zero() {
		o.Auth.Token = func(ctx context.Context) (string, error) { return p.IMAP.Token.Resolve(ctx, key) }
	}
	return o
}

func (a *Account) connect(ctx context.Context) error {
	a.setStatus(Status{Kind: Connecting})
	o := ClientOptions(a.profile)
	o.Timeouts = a.timeouts
	c, err := imapclient.Connect(ctx, o)
	if err != nil {
		return err
	}
	a.client, a.selected = c, 0
	return nil
}

// reconnect replaces a connection that an odd answer has spoiled.
func (a *Account) reconnect(ctx context.Context) error {
	a.client.Close()
	a.client = nil
	return a.connect(ctx)
}

func (a *Account) hangUp() {
	if a.client == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if a.client.Alive() {
		_ = a.client.Logout(ctx) // a courtesy
	}
	a.client.Close()
	a.client = nil
}

// FollowUp connects, does what the outbox asks for (the copies in Sent, the
// flags of answered messages), waiting for a copy that the provider may file
// itself, and hangs up. Nothing else is synced.
func (a *Account) FollowUp(ctx context.Context) error {
	defer a.hangUp()
	if err := a.connect(ctx); err != nil {
		return err
	}
	if err := a.folders(ctx); err != nil {
		return err
	}
	const longest = 10 * time.Second
	for end := a.now().Add(longest); ; {
		if err := a.followUps(ctx); err != nil {
			return err
		}
		next, err := a.store.NextFollowUp(ctx, a.profile.Name)
		if err != nil || next.IsZero() || next.After(end) {
			break
		}
		wait := time.NewTimer(max(next.Sub(a.now()), 50*time.Millisecond))
		select {
		case <-wait.C:
		case <-ctx.Done():
			wait.Stop()
			return ctx.Err()
		}
	}
	return a.replay(ctx)
}
