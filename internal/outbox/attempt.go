package outbox

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"postea/config"
	"postea/internal/compose"
	"postea/internal/event"
	"postea/internal/mail"
	"postea/internal/store"
	"postea/internal/transcript"
	"postea/smtpclient"
)

// graceAfterCommit is how long a process that is asked to end waits for the
// answer to a message whose last byte has left. A message cut off there is
// unsure, which costs the user a question.
const graceAfterCommit = 15 * time.Second

// maxTranscript bounds how many lines of a conversation are kept.
const maxTranscript = 2000

// attempt makes one try at an item and records it. The error is nil where the
// next item of the account may follow at once.
func (w *Worker) attempt(ctx context.Context, item mail.Outgoing) error {
	account, accountErr := w.accountOf(item)
	server := serverOf(account)
	// The next try is planned before this one, so that a process which dies in
	// a loop does not hammer the server.
	next := w.now().Add(Backoff(account.Send.Retry, item.Attempts+1))
	item, err := w.store.BeginAttempt(ctx, item.ID, server, next)
	if errors.Is(err, store.ErrNotDue) {
		return nil
	}
	if err != nil {
		return err
	}
	a := &attempt{w: w, item: item, account: account, sent: waiting(item)}
	if account.SMTP.Direct() {
		return w.record(ctx, item.ID, a.deliverDirect(ctx))
	}
	runErr := accountErr
	if runErr == nil {
		runErr = a.run(ctx)
	}
	out := a.resolve(ctx, runErr)
	out.TLS, out.Transcript = a.tls, a.transcript()
	out.Reports = a.result != nil && a.result.Tracked && account.Send.Track
	w.remember(ctx, account.Name, a.conn)
	if err := w.record(ctx, item.ID, out); err != nil {
		return err
	}
	w.reached(account.Name, out.Kind != "deferred" || !unreached(runErr))
	if runErr == nil {
		w.learn(ctx, account.Name)
		if err := w.unblocked(ctx, account.Name); err != nil {
			return err
		}
	}
	if out.Kind == "blocked" && accountErr == nil {
		w.blocked(account, runErr)
	}
	if overLimit(out) {
		return w.holdLane(ctx, item.Account, out)
	}
	if ctx.Err() == nil && (out.Kind == "deferred" || out.Kind == "blocked") {
		if e := smtpError(runErr); e == nil || beforeMail(e.Phase) || e.Phase == smtpclient.PhaseAuth || turnedAway(e) {
			return w.holdLane(ctx, item.Account, out)
		}
	}
	return nil
}

// holdLane spares the account's other messages an attempt that would meet the
// same fault: they wait as long as this one.
func (w *Worker) holdLane(ctx context.Context, account string, out store.Outcome) error {
	return w.store.DeferAccount(context.WithoutCancel(ctx), account, out)
}

// turnedAway tells of a server that begins no message, as one that was asked too often:
// it would only be asked more often. An old connection that ends so was replaced.
func turnedAway(e *smtpclient.Error) bool {
	return e.Code == 421 && e.Phase == smtpclient.PhaseMail
}

// overLimit tells whether somebody waits because the account may send no more for
// now: every further message would only be counted against it.
func overLimit(out store.Outcome) bool {
	return !out.Next.IsZero() && slices.ContainsFunc(out.Changes, func(c store.RecipientChange) bool {
		return c.State == mail.RecipientPending && smtpclient.Reply{Code: c.Code, Enhanced: c.Enhanced, Text: c.Text}.OverLimit()
	})
}

// record commits an outcome whatever happens to ctx: it is the only place
// where it is known.
func (w *Worker) record(ctx context.Context, id mail.OutboxID, out store.Outcome) error {
	w.log.Debug("attempt", "item", id, "outcome", out.Kind, "tls", out.TLS)
	return w.insist(ctx, "recording the outcome of "+string(id), func() error {
		return w.store.EndAttempt(context.WithoutCancel(ctx), id, out)
	})
}

// mostTries bounds how often is tried to record something that fails for another reason
// than a disk without room: for some minutes.
const mostTries = 12

// insist does something with the store that must be done, until ctx ends: a disk that is
// full gets room again, and who keeps the store locked for long comes to an end.
func (w *Worker) insist(ctx context.Context, what string, do func() error) error {
	wait := time.Second
	for tries := 1; ; tries++ {
		err := do()
		var full *store.FullError
		var state *store.StateError
		switch {
		case err == nil, errors.As(err, &state), errors.Is(err, store.ErrNotFound):
			return err
		case !errors.As(err, &full) && tries == mostTries:
			return err
		}
		w.log.Error(what, "err", err)
		select {
		case <-ctx.Done():
			return err
		case <-time.After(wait):
			wait = min(2*wait, 30*time.Second)
		}
	}
}

type attempt struct {
	w       *Worker
	item    mail.Outgoing
	account config.Account
	sent    []int // indexes of the recipients in the envelope
	beyond  []int // of those whose addresses the server cannot take
	result  *smtpclient.Result
	tracked bool
	tls     string
	conn    *connection
	// handedOver says that the commit point was recorded before the attempt.
	handedOver bool
	committed  atomic.Bool
}

// waiting gives the indexes of those who are still to get an item. Whom the server was not
// asked about the last time comes first: those it puts off each time would else take up all
// the room that it has in a transaction.
func waiting(item mail.Outgoing) []int {
	var asked, others []int
	for i, r := range item.Recipients {
		switch {
		case r.State != mail.RecipientPending:
		case r.Code != 0:
			asked = append(asked, i)
		default:
			others = append(others, i)
		}
	}
	return append(others, asked...)
}

// run connects and sends. A connection that was kept and turns out to be dead
// before anything was handed over is replaced once.
func (a *attempt) run(ctx context.Context) error {
	content, err := a.w.store.OutboxContent(ctx, a.item.ID)
	if err != nil {
		return err
	}
	for {
		conn, kept, err := a.w.connect(ctx, a.account)
		if err != nil {
			a.conn = conn
			return err
		}
		a.conn = conn
		if state, ok := conn.client.TLSState(); ok {
			a.tls = tls.VersionName(state.Version)
		}
		a.result, err = a.send(ctx, conn, content)
		if err != nil && kept && a.untouched(err) {
			conn.close()
			a.committed.Store(false)
			continue
		}
		a.w.keep(a.account.Name, conn)
		return err
	}
}

// stale tells whether an error says that an idle connection had been closed, or that the
// server does not forget the message before.
func stale(err error) bool {
	e := smtpError(err)
	if e == nil || e.Unknown() {
		return false
	}
	return e.Code == 0 && e.Temporary || e.Code == 421 || e.Command == "RSET"
}

// untouched tells whether an error only says that a kept connection came to its end, by
// age or because it has carried as many messages as the server wants, and that nothing
// was taken: what leaves in one flight has passed the commit point before the answer to
// MAIL can say so.
func (a *attempt) untouched(err error) bool {
	if !stale(err) {
		return false
	}
	e := smtpError(err)
	return !a.committed.Load() || turnedAway(e)
}

func (a *attempt) send(ctx context.Context, conn *connection, content store.Content) (*smtpclient.Result, error) {
	sendCtx, end := a.graceful(ctx)
	defer end()
	defer a.w.reportEnd(a.item.ID)
	content = a.reachable(conn.client.Capabilities(), content)
	return conn.client.Send(sendCtx, a.envelope(content), bytes.NewReader(content.Wire), a.hooks(ctx, content))
}

// reachable leaves out whom the server cannot reach, because it does not offer
// SMTPUTF8, so that the others get the message all the same, under a header that
// the server takes.
func (a *attempt) reachable(caps smtpclient.Capabilities, content store.Content) store.Content {
	if !content.UTF8 || caps.Offers("SMTPUTF8") || !mail.IsASCII(a.item.From) {
		return content
	}
	var sent, beyond []int
	for _, n := range a.sent {
		if mail.IsASCII(a.item.Recipients[n].Address) {
			sent = append(sent, n)
		} else {
			beyond = append(beyond, n)
		}
	}
	wire, ok := compose.ASCIIHeader(content.Wire)
	if !ok || len(sent) == 0 {
		return content
	}
	a.sent, a.beyond = sent, append(a.beyond, beyond...)
	content.Wire, content.UTF8 = wire, false
	return content
}

// resolve is Resolve, with those who were left out. What fails once ctx has ended says
// only that.
func (a *attempt) resolve(ctx context.Context, err error) store.Outcome {
	if err != nil && ctx.Err() != nil {
		err = errors.Join(context.Canceled, err)
	}
	out := Resolve(a.item, a.sent, a.result, err, a.account.Send, a.w.now())
	for _, n := range a.beyond {
		out.Changes = append(out.Changes, store.RecipientChange{Index: n, State: mail.RecipientFailed, Source: mail.SourceReply, Text: smtpclient.ErrNoSMTPUTF8.Error()})
	}
	return out
}

// graceful gives a context that ends with ctx, but after the commit point a
// while later.
func (a *attempt) graceful(ctx context.Context) (context.Context, func()) {
	sendCtx, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		if a.committed.Load() {
			time.AfterFunc(graceAfterCommit, func() { cancel(ctx.Err()) })
			return
		}
		cancel(ctx.Err())
	})
	return sendCtx, func() {
		stop()
		cancel(nil)
	}
}

func (a *attempt) hooks(ctx context.Context, content store.Content) smtpclient.SendOptions {
	return smtpclient.SendOptions{
		BeforeCommit: func(replies []smtpclient.RecipientResult) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			if a.handedOver { // it is recorded already
				a.committed.Store(true)
				return nil
			}
			// From here on a crash leaves the item unsure, never silently resent.
			if err := a.w.store.CommitPoint(context.WithoutCancel(ctx), a.item.ID, commitChanges(a.sent, replies)); err != nil {
				return err
			}
			a.committed.Store(true)
			return nil
		},
		Progress: a.progress(int64(len(content.Wire))),
		SevenBit: func() ([]byte, bool) { return sevenBit(content) },
	}
}

// sevenBit is the message for a server that takes no more. Addresses beyond ASCII
// in its header have no such form.
func sevenBit(content store.Content) ([]byte, bool) {
	if content.UTF8 {
		return nil, false
	}
	return compose.SevenBit(content.Wire)
}

// commitChanges says what is true if nothing more is ever heard: who was taken
// is unsure, who was refused is refused.
func commitChanges(sent []int, replies []smtpclient.RecipientResult) []store.RecipientChange {
	out := make([]store.RecipientChange, 0, len(replies))
	for _, r := range replies {
		c := store.RecipientChange{Index: sent[r.Index], State: mail.RecipientPending}
		switch {
		case r.MayHave(): // taken, or asked in the same flight and not answered yet
			c.State = mail.RecipientUnsure
		case r.Reply != nil:
			c.Source, c.Code, c.Enhanced, c.Text = mail.SourceReply, r.Reply.Code, r.Reply.Enhanced, r.Reply.Text
			if !r.Temporary {
				c.State = mail.RecipientFailed
			}
		}
		out = append(out, c)
	}
	return out
}

func (a *attempt) envelope(content store.Content) smtpclient.Envelope {
	notify := []string{"FAILURE", "DELAY"}
	if a.account.Send.Track {
		notify = append(notify, "SUCCESS")
	}
	env := smtpclient.Envelope{
		From: a.item.From, BodySize: int64(len(content.Wire)), EightBit: content.EightBit, UTF8: content.UTF8,
		DSN: smtpclient.DSN{EnvID: a.item.EnvID, Return: "HDRS"},
	}
	if a.item.Release.After(a.w.now()) {
		env.HoldUntil = a.item.Release
	}
	for _, n := range a.sent {
		env.To = append(env.To, smtpclient.Recipient{Address: a.item.Recipients[n].Address, Notify: notify})
	}
	return env
}

// progressEvery is how often the upload of a large message is reported.
const progressEvery = 100 * time.Millisecond

func (a *attempt) progress(total int64) func(sent, total int64) {
	const worthABar = 64 << 10
	if total < worthABar {
		return nil
	}
	var last time.Time
	return func(sent, _ int64) {
		if now := a.w.now(); now.Sub(last) >= progressEvery || sent >= total {
			last = now
			a.w.report(event.Progress{ID: a.item.ID, Sent: sent, Total: total})
		}
	}
}

func (a *attempt) transcript() []transcript.Line {
	if a.conn == nil {
		return nil
	}
	return a.conn.transcript()
}
