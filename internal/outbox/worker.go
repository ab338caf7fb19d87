package outbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"postea/config"
	"postea/internal/event"
	"postea/internal/mail"
	"postea/internal/store"
	"postea/smtpclient/direct"
)

// Options of New.
type Options struct {
	Store   *store.Store
	Account func(name string) (config.Account, bool) // asked anew for every attempt
	Bus     *event.Bus                               // progress of uploads; nil: nowhere
	Log     *slog.Logger                             // nil: nowhere
	Now     func() time.Time                         // nil: time.Now
	// KeepOpen is how long a connection is kept after a message; 0: 90 s.
	KeepOpen time.Duration
}

// Worker hands messages over. Its methods may be called from several goroutines.
type Worker struct {
	store    *store.Store
	account  func(string) (config.Account, bool)
	bus      *event.Bus
	log      *slog.Logger
	now      func() time.Time
	keepOpen time.Duration
	mx       direct.Options // for direct delivery; the zero value is the real world
	wake     chan struct{}  // a token: look again

	mu       sync.Mutex                       // guards what follows
	lanes    map[string]*lane                 // by account, while one runs
	progress map[mail.OutboxID]event.Progress // of uploads under way
	warm     map[string]*connection           // by account, idle
	memory   map[string]*serverMemory         // by account
	admitted map[string]bool                  // accounts that this process has signed in
	// unreached are the accounts whose server could not be reached when it was tried last.
	unreached map[string]bool
	// blockages are by account; nil where nothing waits for the user.
	blockages map[string]*blockage
}

// New makes a worker; nothing happens until Run or Flush.
func New(o Options) *Worker {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.KeepOpen == 0 {
		o.KeepOpen = 90 * time.Second
	}
	return &Worker{
		store: o.Store, account: o.Account, bus: o.Bus, log: o.Log, now: o.Now, keepOpen: o.KeepOpen,
		wake:     make(chan struct{}, 1),
		lanes:    map[string]*lane{},
		progress: map[mail.OutboxID]event.Progress{},
		warm:     map[string]*connection{},
		memory:   map[string]*serverMemory{},
		admitted: map[string]bool{}, unreached: map[string]bool{}, blockages: map[string]*blockage{},
	}
}

// Wake makes Run look at the store again. It never blocks.
func (w *Worker) Wake() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// Progress tells how far the upload of an item is; the zero value where none is
// under way.
func (w *Worker) Progress(id mail.OutboxID) event.Progress {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.progress[id]
}

// longestNap bounds how long Run sleeps without looking, so that a clock that
// was set, or a machine that slept, delays nothing for long.
const longestNap = time.Minute

// Run recovers what an earlier process left behind, then delivers whatever is
// due until ctx ends. An attempt that has passed its commit point is given a
// moment to hear the server's answer. Errors of the store are returned.
func (w *Worker) Run(ctx context.Context) error {
	defer w.closeAll()
	if err := w.insist(ctx, "looking for what was left behind", func() error {
		_, err := w.store.Recover(ctx)
		return err
	}); err != nil && ctx.Err() == nil {
		return err
	}
	if err := w.reconsider(ctx, true); err != nil && ctx.Err() == nil {
		w.log.Error("outbox", "err", err)
	}
	for {
		if err := w.startDue(ctx); err != nil && ctx.Err() == nil {
			// A full disk must not end the worker: what is queued waits.
			w.log.Error("outbox", "err", err)
		}
		nap, err := w.untilNext(ctx)
		if err != nil && ctx.Err() == nil {
			w.log.Error("outbox", "err", err)
		}
		timer := time.NewTimer(nap)
		select {
		case <-ctx.Done():
			timer.Stop()
			w.waitLanes()
			return nil
		case <-w.wake:
		case <-timer.C:
		}
		timer.Stop()
	}
}

func (w *Worker) untilNext(ctx context.Context) (time.Duration, error) {
	next, err := w.store.NextDue(ctx)
	if err != nil || next.IsZero() {
		return longestNap, err
	}
	return min(max(next.Sub(w.now()), 50*time.Millisecond), longestNap), nil
}

// startDue starts a lane for every account that has something due and none running.
func (w *Worker) startDue(ctx context.Context) error {
	if err := w.tryAgain(ctx); err != nil {
		return err
	}
	due, err := w.store.DueAccounts(ctx)
	if err != nil {
		return err
	}
	for _, account := range due {
		w.startLane(ctx, account)
	}
	return w.resendUnsure(ctx)
}

// lane is the one goroutine that sends for an account.
type lane struct{ done chan struct{} }

func (w *Worker) startLane(ctx context.Context, account string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.lanes[account] != nil || ctx.Err() != nil {
		return
	}
	l := &lane{done: make(chan struct{})}
	w.lanes[account] = l
	go func() {
		defer w.Wake() // what came in while the lane was ending
		defer close(l.done)
		defer func() {
			w.mu.Lock()
			delete(w.lanes, account)
			w.mu.Unlock()
		}()
		w.drain(ctx, account, nil)
	}()
}

func (w *Worker) waitLanes() {
	for {
		w.mu.Lock()
		var done chan struct{}
		for _, l := range w.lanes {
			done = l.done
		}
		w.mu.Unlock()
		if done == nil {
			return
		}
		<-done
	}
}

// drain sends what is due for an account, oldest first, until nothing is or a
// fault of the connection says that going on is useless. only, where not nil,
// limits it to certain items.
func (w *Worker) drain(ctx context.Context, account string, only map[mail.OutboxID]bool) {
	for ctx.Err() == nil {
		if only == nil {
			if err := w.queue(ctx, account); err != nil {
				if !errors.Is(err, context.Canceled) {
					w.log.Error("outbox", "account", account, "err", err)
				}
				return
			}
		}
		item, err := w.store.NextItem(ctx, account, "")
		for err == nil && only != nil && !only[item.ID] {
			item, err = w.store.NextItem(ctx, account, item.ID)
		}
		if err != nil {
			if !errors.Is(err, store.ErrNotFound) {
				w.log.Error("outbox", "err", err)
			}
			return
		}
		if err := w.attempt(ctx, item); err != nil {
			if !errors.Is(err, context.Canceled) {
				w.log.Error("outbox", "item", item.ID, "err", err)
			}
			return
		}
	}
}

// Flush makes one attempt at everything that is due (only the given items where
// there are any), waits for the outcomes, and returns. Accounts are served side
// by side.
func (w *Worker) Flush(ctx context.Context, ids ...mail.OutboxID) error {
	var only map[mail.OutboxID]bool
	if len(ids) > 0 {
		only = map[mail.OutboxID]bool{}
		for _, id := range ids {
			only[id] = true
		}
	}
	return w.flush(ctx, "", only)
}

// FlushAccount is Flush for what is due of one account, of all where it is "".
func (w *Worker) FlushAccount(ctx context.Context, account string) error {
	return w.flush(ctx, account, nil)
}

func (w *Worker) flush(ctx context.Context, of string, only map[mail.OutboxID]bool) error {
	defer w.closeAll()
	if _, err := w.store.Recover(ctx); err != nil {
		return err
	}
	if err := w.reconsider(ctx, false); err != nil {
		return err
	}
	accounts, err := w.store.DueAccounts(ctx)
	if err != nil {
		return err
	}
	var group sync.WaitGroup
	for _, account := range accounts {
		if of == "" || account == of {
			group.Go(func() { w.drain(ctx, account, only) })
		}
	}
	group.Wait()
	return ctx.Err()
}

// resendUnsure retries unsure items of accounts whose owner has given consent
// in advance (on_unsure = "resend"), once they have been looked for in vain, or where there
// is no mailbox to look in. The consent is for one more time: a second end in doubt asks,
// and so does what waited when a copy of the outbox was made.
func (w *Worker) resendUnsure(ctx context.Context) error {
	list, err := w.store.Unsure(ctx)
	if err != nil {
		return err
	}
	for _, item := range list {
		a, ok := w.account(item.Account)
		if !ok || a.Send.OnUnsure != "resend" || item.LastText == store.FromCopy || a.IMAP.Used() && item.Reconciled < len(a.Send.Reconcile) {
			continue
		}
		if again, err := w.twiceUnsure(ctx, item.ID); err != nil {
			return err
		} else if again {
			continue
		}
		if err := w.store.Retry(ctx, item.ID); err != nil {
			return err
		}
		w.Wake()
	}
	return nil
}

// twiceUnsure tells whether more than one try at an item has ended in doubt.
func (w *Worker) twiceUnsure(ctx context.Context, id mail.OutboxID) (bool, error) {
	log, err := w.store.OutboxLog(ctx, id)
	times := 0
	for _, e := range log {
		if e.Kind == "unsure" {
			times++
		}
	}
	return times > 1, err
}

func (w *Worker) report(p event.Progress) {
	w.mu.Lock()
	w.progress[p.ID] = p
	w.mu.Unlock()
	if w.bus != nil {
		w.bus.Publish(p)
	}
}

func (w *Worker) reportEnd(id mail.OutboxID) {
	w.mu.Lock()
	delete(w.progress, id)
	w.mu.Unlock()
}

func (w *Worker) accountOf(item mail.Outgoing) (config.Account, error) {
	a, ok := w.account(item.Account)
	if !ok || !a.SMTP.Used() {
		return a, &missingError{item.Account}
	}
	return a, nil
}

// missingError says that an account cannot send by the configuration as it is.
type missingError struct{ account string }

func (e *missingError) Error() string {
	return fmt.Sprintf("account %q is not in the configuration, or has no SMTP server: add it and start the postea that runs anew, or cancel the message", e.account)
}
