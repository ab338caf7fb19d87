package outbox

import (
	"context"
	"time"
)

// warmEvery is how often an idle connection says that it is still there: below
// the limits of idleness, and of what counts as junk.
const warmEvery = 25 * time.Second

// Warm keeps a signed-in connection to the submission server of an account until
// ctx ends, so that somebody who is writing waits for one round trip when he
// sends, and not for the set-up. It is a favour: what fails is not tried again,
// above all no password, and Warm returns. Only the owner of the data directory
// may call it. The connection then stays for as long as after a message.
func (w *Worker) Warm(ctx context.Context, account string) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		if err := w.warmUp(ctx, account); err != nil {
			w.log.Debug("keeping a connection ready", "account", account, "err", err)
			return
		}
		timer.Reset(warmEvery)
	}
}

// warmUp opens the connection, or makes the one that is there say something. An
// account whose messages are leaving right now needs neither.
func (w *Worker) warmUp(ctx context.Context, name string) error {
	account, ok := w.account(name)
	if !ok || account.SMTP.Host == "" || w.busy(name) { // without a host: direct, or none
		return nil
	}
	conn, kept, err := w.connect(ctx, account)
	if err != nil {
		return err
	}
	if kept {
		opening := conn.said()
		if err := conn.client.Noop(ctx); err != nil {
			conn.close()
			return nil // the next round opens another
		}
		conn.unsay(opening) // it belongs to no attempt; the opening does to the first
	}
	w.keep(name, conn)
	return nil
}

func (w *Worker) busy(account string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.lanes[account] != nil
}
