package outbox

import (
	"context"
	"crypto/tls"
	"errors"
	"slices"
	"sync"

	"postea/config"
	"postea/internal/mail"
	"postea/internal/store"
)

// What is due while a connection is kept leaves in batches, of one message often
// enough: one transaction records that the next messages are about to be handed
// over, and how the ones before went. Whose turn has come is
// told by a file that outlives the process, so that its crash leaves one message
// unsure; that of the machine leaves up to two batches, which is why these are
// small, why the first message to a server never is in one, and why large
// messages, which take long, leave alone.
const (
	batchItems = 16
	batchLarge = 256 << 10
)

// queue sends what is due for an account in batches, while the connection that
// was kept after an earlier message lives and there is enough to send. While one
// batch leaves, the next is recorded, and the outcomes of the one before with it.
// The error is that of recording; what was not sent is due again.
func (w *Worker) queue(ctx context.Context, name string) error {
	account, ok := w.account(name)
	if !ok || account.SMTP.Direct() {
		return nil
	}
	ids, err := w.store.DueItems(ctx, name, batchItems, batchLarge)
	if err != nil || len(ids) == 0 {
		return err
	}
	conn := w.takeWarm(name)
	if conn == nil {
		return nil
	}
	defer func() {
		w.remember(ctx, name, conn)
		w.keep(name, conn)
	}()
	usable := func() bool { return ctx.Err() == nil && conn.client.Alive() && sameServer(conn.smtp, account.SMTP) }
	if !usable() {
		return nil
	}
	items, err := w.handOver(ctx, account, nil, ids)
	var ended []store.Ended
	var limit *store.Outcome
	for err == nil && len(items) > 0 {
		var next []mail.Outgoing
		var recording sync.WaitGroup
		recording.Go(func() {
			if ids, err = nil, nil; usable() {
				ids, err = w.store.DueItems(ctx, name, batchItems, batchLarge)
			}
			if len(ids)+len(ended) > 0 {
				var herr error
				next, herr = w.handOver(ctx, account, ended, ids)
				err = errors.Join(err, herr)
			}
		})
		var sent []store.Ended
		sent, limit = w.batch(ctx, account, conn, items)
		recording.Wait()
		stuck := limit != nil || !slices.ContainsFunc(sent, func(e store.Ended) bool { return !e.Untouched })
		if err != nil { // what went before may not be recorded either
			sent = append(ended, sent...)
		}
		if err != nil || stuck { // what cannot leave in a batch leaves by itself
			for _, item := range next {
				sent = append(sent, store.Ended{ID: item.ID, Untouched: true})
			}
			next = nil
		}
		ended, items = sent, next
	}
	if err = errors.Join(err, w.settle(ctx, account, ended)); err == nil && limit != nil {
		err = w.holdLane(ctx, name, *limit)
	}
	return err
}

func (w *Worker) settle(ctx context.Context, account config.Account, ended []store.Ended) error {
	if len(ended) == 0 {
		return nil
	}
	_, err := w.handOver(ctx, account, ended, nil)
	return err
}

// handOver is store.HandOver, tried again where that fails: the outcomes are known
// nowhere else.
func (w *Worker) handOver(ctx context.Context, account config.Account, ended []store.Ended, next []mail.OutboxID) ([]mail.Outgoing, error) {
	var items []mail.Outgoing
	err := w.insist(ctx, "recording outcomes of account "+account.Name, func() (err error) {
		retry := w.now().Add(Backoff(account.Send.Retry, 1))
		items, err = w.store.HandOver(context.WithoutCancel(ctx), ended, next, serverOf(account), retry)
		next = nil // nothing more leaves before these are recorded
		return err
	})
	return items, err
}

// batch sends items that were handed over, one after another, and tells how each
// ended. The first fault of the connection ends it, and so does a limit of the
// account, which is told too: items whose turn has not come are given back.
func (w *Worker) batch(ctx context.Context, account config.Account, conn *connection, items []mail.Outgoing) (ended []store.Ended, limit *store.Outcome) {
	for _, item := range items {
		if limit != nil || !conn.client.Alive() || ctx.Err() != nil || w.store.TurnCame(item) != nil {
			ended = append(ended, store.Ended{ID: item.ID, Untouched: true})
			continue
		}
		a := &attempt{w: w, item: item, account: account, conn: conn, handedOver: true}
		out, untouched := a.oneOf(ctx)
		if !untouched {
			w.store.TurnEnded(item, out)
		}
		if !untouched && overLimit(out) {
			limit = &out
		}
		ended = append(ended, store.Ended{ID: item.ID, Outcome: out, Untouched: untouched})
	}
	return ended, limit
}

// oneOf sends one message of a batch. It is untouched where the connection turns
// out to have been closed before anything was handed over.
func (a *attempt) oneOf(ctx context.Context) (out store.Outcome, untouched bool) {
	a.sent = waiting(a.item)
	content, err := a.w.store.OutboxContent(ctx, a.item.ID)
	if err == nil {
		if state, ok := a.conn.client.TLSState(); ok {
			a.tls = tls.VersionName(state.Version)
		}
		a.result, err = a.send(ctx, a.conn, content)
	}
	if err != nil && a.untouched(err) {
		a.conn.close()
		return out, true
	}
	out = a.resolve(ctx, err)
	out.TLS, out.Transcript = a.tls, a.transcript()
	out.Reports = a.result != nil && a.result.Tracked && a.account.Send.Track
	return out, false
}
