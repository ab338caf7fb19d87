package syncer

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"

	"postea/config"
	"postea/imapclient"
	"postea/internal/event"
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
	Pace     Pace
}

// Pace is how often things are done; zero values take the defaults.
type Pace struct {
	FirstPause time.Duration // before a lost connection is taken up again: 2 s, doubled up to MaxPause
	MaxPause   time.Duration // 5 min
	Round      time.Duration // 2 min between rounds, for what IDLE does not cover
	// Refused is before what waits for the user is tried all the same, where that does no
	// harm (see again): 30 min, doubled up to 6 h.
	Refused time.Duration
	// Near is how soon a server must let us in to be asked once more for new mail,
	// rather than always for what may be nothing, which costs it more: 0.1 s, less than
	// 0: never.
	Near time.Duration
	// Beside is how long the user waits for a text before a second connection fetches it: 2 s.
	Beside time.Duration
}

func (p Pace) withDefaults() Pace {
	set := func(d *time.Duration, standard time.Duration) {
		if *d <= 0 {
			*d = standard
		}
	}
	set(&p.FirstPause, 2*time.Second)
	set(&p.MaxPause, 5*time.Minute)
	set(&p.Round, 2*time.Minute)
	set(&p.Refused, 30*time.Minute)
	set(&p.Beside, 2*time.Second)
	if p.Near == 0 {
		p.Near = 100 * time.Millisecond
	}
	return p
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
	pace     Pace
	wake     chan struct{} // a token: look at the store again
	retry    chan struct{} // a token: try again now, a whole round
	beside   beside
	readOnly bool // this is the second connection

	session // of the goroutine in Run or Round

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
		bodies: o.Bodies, timeouts: o.Timeouts, pace: o.Pace.withDefaults(), wake: make(chan struct{}, 1), retry: make(chan struct{}, 1),
		beside: beside{wake: make(chan struct{}, 1)}, session: newSession(),
	}
}

// Name is the account's name.
func (a *Account) Name() string { return a.profile.Name }

// Wake makes Run look for local changes and wanted bodies. It never blocks.
func (a *Account) Wake() {
	token(a.wake)
	token(a.beside.wake)
}

// SyncNow makes Run begin a whole round at once, also while it waits to try
// again or for the user. It never blocks.
func (a *Account) SyncNow() { token(a.retry) }

func token(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Run follows the account until ctx ends. It never gives up: a lost connection
// is taken up again after a growing pause.
func (a *Account) Run(ctx context.Context) error {
	var group sync.WaitGroup
	defer group.Wait()
	group.Go(func() { a.standBy(ctx) })
	pause := a.pace.FirstPause
	for ctx.Err() == nil {
		a.signedIn, a.settled = time.Time{}, time.Time{}
		err := store.Damaged(a.store.Dir(), a.stay(ctx))
		a.hangUp()
		if ctx.Err() != nil {
			break
		}
		pause = a.pace.behind(pause, since(a.signedIn), since(a.settled))
		wait := max(pause, backoff(err))
		st := a.failed(err, a.now().Add(wait))
		a.log.Warn("connection ended", "err", err)
		a.setStatus(st)
		if st.Kind == NeedsYou {
			wait = a.again(err, pause)
		}
		pause = min(2*pause, a.pace.MaxPause)
		if a.pause(ctx, wait) {
			pause = a.pace.FirstPause
		}
	}
	a.setStatus(Status{Kind: Idle})
	return nil
}

// lasting is from how long on a connection is more than one that breaks at once.
const lasting = 15 * time.Second

// behind is the pause before a connection is taken up again that has lasted and worked so
// long, where the one before was so long: none that would have grown behind one that had
// worked for a while, and a short one behind one that had lasted. A line that breaks now
// and then may never let a first round come to its end, but each connection brings some
// of it.
func (p Pace) behind(pause, lasted, worked time.Duration) time.Duration {
	switch {
	case worked >= pause:
		return p.FirstPause
	case lasted >= lasting:
		return max(p.FirstPause, min(pause, lasted/4))
	}
	return pause
}

// backoff is how long the server wants to be left alone.
func backoff(err error) time.Duration {
	var e *imapclient.Error
	if !errors.As(err, &e) {
		return 0
	}
	return e.Backoff()
}

// since is 0 for the zero time.
func since(t time.Time) time.Duration {
	if t.IsZero() {
		return 0
	}
	return time.Since(t)
}

// again is how long what needs the user is waited for before it is tried all the same;
// 0: without limit. A password that was refused once is not tried again by itself, for
// some servers lock the account (security over convenience), but one that they have taken
// before may be refused because they are busy, and a keyring may have been unlocked.
func (a *Account) again(err error, pause time.Duration) time.Duration {
	if passes(err) {
		return pause
	}
	var secret *config.SecretError
	var e *imapclient.Error
	if !errors.As(err, &secret) && (!errors.As(err, &e) || e.Kind != imapclient.KindAuth || !a.admitted) {
		return 0
	}
	a.refusals++
	return min(a.pace.Refused<<min(a.refusals-1, 8), 12*a.pace.Refused)
}

// Resumed says that the machine has slept or that its clock was set: lines may be dead
// and waits longer than they were meant. It never blocks.
func (a *Account) Resumed() {
	if s := a.Status(); s.Kind != NeedsYou || !s.Retry.IsZero() {
		a.SyncNow()
	}
}

// pause waits for a time (0: without limit), for SyncNow, which it reports, or
// for the end.
func (a *Account) pause(ctx context.Context, d time.Duration) bool {
	var timeout <-chan time.Time
	if d > 0 {
		t := time.NewTimer(d)
		defer t.Stop()
		timeout = t.C
	}
	select {
	case <-timeout:
	case <-a.retry:
		clear(a.trouble)
		return true
	case <-ctx.Done():
	}
	return false
}

// Round connects, does one whole round, and hangs up.
func (a *Account) Round(ctx context.Context) error {
	defer a.hangUp()
	clear(a.trouble)
	if err := a.connect(ctx); err != nil {
		a.setStatus(a.failed(err, time.Time{}))
		return err
	}
	if err := store.Damaged(a.store.Dir(), a.round(ctx)); err != nil {
		a.setStatus(a.failed(err, time.Time{}))
		return err
	}
	a.setStatus(Status{Kind: Idle})
	return nil
}

// Explain says in one line what an error of Round means and what to do.
func (a *Account) Explain(err error) string { return strings.TrimSuffix(a.explain(err), trying) }

// Explain is Account.Explain for an error that somebody else got at the server.
func Explain(p config.Account, err error) string { return New(Options{Account: p}).Explain(err) }

// ClientOptions gives what imapclient needs to sign in for an account.
func ClientOptions(p config.Account) imapclient.Options {
	key := config.Key{Account: p.Name, Service: "imap"}
	o := imapclient.Options{Dial: p.IMAP.Dial(), Auth: imapclient.Auth{Policy: p.IMAP.Auth, Username: p.IMAP.Username}, Roles: p.Folders}
	o.Auth.Password = func(ctx context.Context) (string, error) { return p.IMAP.Password.Resolve(ctx, key) }
	if !p.IMAP.Token.Zero() {
		o.Auth.Token = func(ctx context.Context) (string, error) { return p.IMAP.Token.Resolve(ctx, key) }
		o.Auth.Renew = func(ctx context.Context, refused string) (string, error) {
			return p.IMAP.Token.Instead(ctx, key, refused)
		}
	}
	return o
}

// FollowUp connects, does what the outbox asks for (the copies in Sent, the
// flags of answered messages), waiting for a copy that the provider may file
// itself, and hangs up. Nothing else is synced.
func (a *Account) FollowUp(ctx context.Context) error {
	defer a.hangUp()
	if err := a.connect(ctx); err != nil {
		return err
	}
	list, err := a.client.List(ctx)
	if err != nil {
		return err
	}
	if err := a.folders(ctx, list); err != nil {
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
