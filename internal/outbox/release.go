package outbox

import (
	"context"
	"errors"
	"time"

	"postea/config"
	"postea/internal/mail"
	"postea/internal/store"
)

// leastHold is how much earlier than its time a message is worth handing over.
const leastHold = time.Minute

// Release hands messages that are scheduled for later to the servers that hold
// them back until then (RFC 4865), so that they leave in time though this process
// ends; ids, where there are any, limits it to these. Messages of other servers
// keep waiting here. As long as a process stays it has no reason to call this: what
// waits here can still be edited and cancelled. Only the owner of the data
// directory may call it, when neither Run nor Flush is under way.
func (w *Worker) Release(ctx context.Context, ids ...mail.OutboxID) error {
	defer w.closeAll()
	list, err := w.store.Scheduled(ctx)
	if err != nil {
		return err
	}
	only := map[mail.OutboxID]bool{}
	for _, id := range ids {
		only[id] = true
	}
	stuck := map[string]bool{} // accounts whose sign-in is refused: once is enough
	for _, item := range list {
		if stuck[item.Account] || len(only) > 0 && !only[item.ID] || item.NotBefore.Sub(w.now()) < leastHold {
			continue
		}
		account, ok := w.account(item.Account)
		if !ok || account.SMTP.Direct() || !w.holds(ctx, account, item.NotBefore.Sub(w.now())) {
			continue
		}
		switch err := w.store.AskServerToHold(ctx, item.ID); {
		case errors.Is(err, store.ErrNotDue):
			continue
		case err != nil:
			return err
		}
		if err := w.attempt(ctx, item); err != nil {
			return err
		}
		if now, err := w.store.OutboxItem(ctx, item.ID); err == nil && now.State == mail.ItemBlocked {
			stuck[item.Account] = true
		}
	}
	return ctx.Err()
}

// holds tells whether the account's server holds messages back for so long. It is
// asked where that is not known yet.
func (w *Worker) holds(ctx context.Context, a config.Account, long time.Duration) bool {
	if a.SMTP.Host == "" {
		return false
	}
	f, ok := FactsOf(ctx, w.store, a)
	if !ok {
		if conn, _, err := w.connect(ctx, a); err == nil {
			w.keep(a.Name, conn)
		}
		f, _ = FactsOf(ctx, w.store, a)
	}
	return f.Hold >= long
}
