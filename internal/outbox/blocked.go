package outbox

import (
	"context"
	"errors"
	"time"

	"postea/config"
	"postea/smtpclient"
)

// What waits for the user is tried again by itself where that does no harm: once when
// Run begins, as settings may have been mended anywhere; after a message of the account
// was taken; now and then, and once the line is back, while a certificate does not prove
// who the server is, as in networks that first want their own page to be seen; and seldom
// where a sign-in is refused that has worked before in this process, or where there is no
// password, for a keyring may be unlocked meanwhile.
const (
	refusedFirst = 30 * time.Minute
	refusedLast  = 6 * time.Hour
)

// blockage is what is known of an account whose messages wait for the user.
type blockage struct {
	tries int
	again time.Time // zero: only the user helps
	line  bool      // it is that of the line, and not of the account
}

// blocked notes that the messages of an account wait for the user, because of err.
func (w *Worker) blocked(account config.Account, err error) {
	e := smtpError(err)
	var secret *config.SecretError
	w.mu.Lock()
	defer w.mu.Unlock()
	b := w.blockages[account.Name]
	if b == nil {
		b = &blockage{}
		w.blockages[account.Name] = b
	}
	b.tries++
	b.line = e != nil && certificateFailed(e)
	switch refused := e != nil && e.Phase == smtpclient.PhaseAuth && e.Code != 0; {
	case b.line:
		b.again = w.now().Add(Backoff(account.Send.Retry, b.tries))
	case errors.As(err, &secret), refused && w.admitted[account.Name]:
		b.again = w.now().Add(min(refusedFirst<<min(b.tries-1, 8), refusedLast))
	default:
		b.again = time.Time{}
	}
}

// unblocked lets the messages of an account go that wait for the user, after a server
// has taken one of them.
func (w *Worker) unblocked(ctx context.Context, account string) error {
	w.mu.Lock()
	b, known := w.blockages[account]
	w.blockages[account] = nil
	w.mu.Unlock()
	if known && b == nil {
		return nil
	}
	return w.store.Unblock(context.WithoutCancel(ctx), account)
}

// tryAgain lets go what waited for the user and is to be tried by itself.
func (w *Worker) tryAgain(ctx context.Context) error {
	var due []string
	w.mu.Lock()
	for name, b := range w.blockages {
		if b != nil && !b.again.IsZero() && !b.again.After(w.now()) {
			b.again = time.Time{}
			due = append(due, name)
		}
	}
	w.mu.Unlock()
	for _, name := range due {
		if err := w.store.Unblock(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// reconsider lets go what an earlier process has left waiting for the user: all of it,
// or only that of accounts that were not configured and are.
func (w *Worker) reconsider(ctx context.Context, all bool) error {
	list, err := w.store.Blocked(ctx)
	if err != nil {
		return err
	}
	for _, b := range list {
		a, ok := w.account(b.Account)
		if !ok || !a.SMTP.Used() || !all && b.Why != (&missingError{b.Account}).Error() {
			continue
		}
		if err := w.store.Unblock(ctx, b.Account); err != nil {
			return err
		}
	}
	return nil
}
