package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"postea/internal/mail"
	"postea/internal/reading"
	"postea/internal/store"
	"postea/smtpclient"
)

// outboxShown bounds how many messages the outbox shows beside those that need
// the user.
const outboxShown = 1000

// OutboxPage is what the outbox shows.
type OutboxPage struct {
	Items   []OutboxItem // newest first
	Counts  OutboxCounts // of all messages
	More    int          // older ones that are not among the items
	Offline bool         // the user has gone offline: what is queued waits
}

// Outbox lists outgoing messages of the last 30 days, newest first: all that need
// the user, and the newest thousand of the others.
func (a *App) Outbox(ctx context.Context) (OutboxPage, error) {
	list, more, err := a.store.OutboxPage(ctx, outboxShown)
	if err != nil {
		return OutboxPage{}, err
	}
	p := OutboxPage{Items: make([]OutboxItem, len(list)), More: more, Offline: a.Offline()}
	for i, o := range list {
		p.Items[i] = a.outboxItem(o)
	}
	p.Counts, err = a.outboxCounts(ctx)
	return p, err
}

// Outgoing lists all of them as the store keeps them, for the command line.
func (a *App) Outgoing(ctx context.Context) ([]mail.Outgoing, error) { return a.store.Outbox(ctx) }

// OutgoingItem gives one, for the command line.
func (a *App) OutgoingItem(ctx context.Context, id mail.OutboxID) (mail.Outgoing, error) {
	return a.store.OutboxItem(ctx, id)
}

// OutgoingLog gives the steps of one, for the command line.
func (a *App) OutgoingLog(ctx context.Context, id mail.OutboxID) ([]mail.LogEntry, []mail.Attempt, error) {
	log, err := a.store.OutboxLog(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	attempts, err := a.store.Attempts(ctx, id)
	return log, attempts, err
}

// Sending tells whether this process is just handing a message over, for the answer to
// which Close waits a moment.
func (a *App) Sending(ctx context.Context) bool {
	c, err := a.outboxCounts(ctx)
	return err == nil && c.Sending > 0 && a.owns()
}

func (a *App) outboxCounts(ctx context.Context) (OutboxCounts, error) {
	c, err := a.store.CountOutbox(ctx)
	out := OutboxCounts{Sending: c.Sending, Waiting: c.Waiting, NeedsYou: c.NeedYou}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.isOwner && !a.offline {
		out.Soon = c.Soon
	}
	return out, err
}

func (a *App) outboxItem(o mail.Outgoing) OutboxItem {
	it := OutboxItem{
		ID: o.ID, Account: o.Account, State: o.State, HeldFor: o.HeldFor, Subject: subjectLine(o.Subject),
		Created: o.Created, NotBefore: o.NotBefore, NextAttempt: o.NextAttempt, Finished: o.Finished, Began: o.Began, Attempts: o.Attempts, Size: o.Size,
		Sent: a.outbox.Progress(o.ID).Sent, Detail: reading.Line(outboxDetail(o)), QueueID: reading.Line(o.QueueID),
		MessageID: reading.Line(o.MessageID),
	}
	it.To, it.More = recipientsLine(o)
	for _, r := range o.Recipients {
		shown := o.Shown(r)
		it.Recipients = append(it.Recipients, OutboxRecipient{
			Address: reading.Line(r.Address), Settled: r.Settled, State: shown, Sending: o.Sending && shown == mail.RecipientPending, Source: r.Source, Code: r.Code, Enhanced: reading.Line(r.Enhanced),
			Words: reading.Line(reasonWords(r)), Text: reading.Line(r.Plain()),
		})
	}
	return it
}

func reasonWords(r mail.Recipient) string {
	if r.State != mail.RecipientFailed && r.State != mail.RecipientDelayed && r.State != mail.RecipientPending || r.Code == 0 && r.Enhanced == "" {
		return ""
	}
	if r.Code == 0 { // told by a report, which gives no reply
		return asSentence(reading.ReasonFor(r.Enhanced, 0, r.Text))
	}
	phase := smtpclient.PhaseRcpt
	if r.Source == mail.SourceMessage {
		phase = smtpclient.PhaseCommit
	}
	e := smtpclient.Error{Phase: phase, Code: r.Code, Enhanced: r.Enhanced, Text: r.Text, Temporary: r.Code/100 == 4}
	return e.Explain()
}

func asSentence(words string) string {
	if words == "" {
		return ""
	}
	return strings.ToUpper(words[:1]) + words[1:] + "."
}

// recipientsLine names the recipient that the message is about now, one that it
// still waits for or else one that failed, and counts the others.
func recipientsLine(o mail.Outgoing) (line Text, more int) {
	named := slices.IndexFunc(o.Recipients, func(r mail.Recipient) bool { return r.State == mail.RecipientPending })
	if named < 0 {
		named = slices.IndexFunc(o.Recipients, func(r mail.Recipient) bool { return r.State == mail.RecipientFailed && !r.Settled })
	}
	switch n := len(o.Recipients); {
	case n == 0:
		return Text{}, 0
	case n <= 9:
		return reading.Line(o.Recipients[max(named, 0)].Address), n - 1
	default:
		return reading.Line(fmt.Sprintf("%d recipients", n)), 0
	}
}

// outboxDetail says in words what happened last.
func outboxDetail(o mail.Outgoing) string {
	switch o.State {
	case mail.ItemRejected:
		for _, r := range o.Recipients {
			if r.State == mail.RecipientFailed && !r.Settled {
				if w := reasonWords(r); w != "" {
					return w
				}
				return r.Text
			}
		}
	case mail.ItemAccepted, mail.ItemDone:
		return doneDetail(o)
	case mail.ItemBlocked:
		return o.Blocked
	case mail.ItemUnsure:
		if o.LastText == store.FromCopy {
			return o.LastText
		}
		return "line lost after the last byte"
	}
	return o.LastText
}

func doneDetail(o mail.Outgoing) string {
	counts := map[string]int{}
	for _, r := range o.Recipients {
		counts[outcome(r)]++
	}
	if counts["accepted"] == len(o.Recipients) {
		if o.QueueID != "" {
			return "queued as " + o.QueueID
		}
		return o.LastText
	}
	var parts []string
	for _, word := range []string{"delivered", "handed over", "sent to a list", "accepted", "delayed", "failed", "not sent"} {
		if n := counts[word]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, word))
		}
	}
	return strings.Join(parts, " · ")
}

// outcome is what became of a message for one recipient.
func outcome(r mail.Recipient) string {
	switch {
	case r.State == mail.RecipientRelayed:
		return "handed over"
	case r.State == mail.RecipientExpanded:
		return "sent to a list"
	case r.State == mail.RecipientFailed && r.Source == "": // the user did not want it sent any more
		return "not sent"
	}
	return string(r.State)
}

// Journey gives everything known about an outgoing message.
func (a *App) Journey(ctx context.Context, id mail.OutboxID) (Journey, error) {
	o, err := a.store.OutboxItem(ctx, id)
	if err != nil {
		return Journey{}, err
	}
	log, attempts, err := a.OutgoingLog(ctx, id)
	if err != nil {
		return Journey{}, err
	}
	j := Journey{Item: a.outboxItem(o)}
	for _, e := range log {
		j.Log = append(j.Log, LogLine{At: e.At, Kind: e.Kind, Text: reading.Line(e.Text), Detail: reading.Line(e.Detail)})
	}
	for _, at := range attempts {
		v := AttemptView{N: at.N, Started: at.Started, Server: reading.Line(at.Server), TLS: reading.Line(at.TLS), Outcome: reading.Line(at.Outcome)}
		for _, l := range at.Transcript {
			v.Lines = append(v.Lines, TraceView{At: l.At, From: l.From, Text: reading.Line(l.Text)})
		}
		j.Attempts = append(j.Attempts, v)
	}
	return j, nil
}

// Retry makes a message due now; for an unsure one this is the consent to send
// the same bytes again.
func (a *App) Retry(ctx context.Context, id mail.OutboxID) error { return a.store.Retry(ctx, id) }

// Settle takes an unsure message as accepted, or a failure as dealt with.
func (a *App) Settle(ctx context.Context, id mail.OutboxID) error { return a.store.Settle(ctx, id) }

// CancelSend stops a message for everybody who has not got it.
func (a *App) CancelSend(ctx context.Context, id mail.OutboxID) error {
	return a.store.Cancel(ctx, id)
}

// EditOutbox turns a message back into a draft: whole where nobody has got it,
// for the refused recipients otherwise.
func (a *App) EditOutbox(ctx context.Context, id mail.OutboxID) (mail.Draft, error) {
	return a.editAgain(ctx, id)
}

// SendNow ends a hold, a schedule or a wait.
func (a *App) SendNow(ctx context.Context, id mail.OutboxID) error { return a.store.SendNow(ctx, id) }

// OpenSends counts the messages of an account that still wait to be sent.
func (a *App) OpenSends(ctx context.Context, account string) (int, error) {
	list, err := a.store.Outbox(ctx)
	n := 0
	for _, o := range list {
		switch o.State {
		case mail.ItemQueued, mail.ItemHeld, mail.ItemSending, mail.ItemDeferred, mail.ItemBlocked, mail.ItemUnsure:
			if o.Account == account {
				n++
			}
		}
	}
	return n, err
}

// Unblock lets the messages of an account go again that waited for the user to
// mend its settings.
func (a *App) Unblock(ctx context.Context, account string) error {
	return a.store.Unblock(ctx, account)
}

// Forget takes an account out of the configuration, which takeOut does, and drops the copy
// of its mail. Drafts and outbox stay. It does neither, and tells by alone, where another
// process owns the data directory: that one would go on and fetch all of it again. clean
// tells that no trace of it is left in the file of the mirror.
func (a *App) Forget(ctx context.Context, account string, takeOut func() error) (alone, clean bool, err error) {
	own, err := a.takeTurn(ctx)
	if err != nil || own == nil {
		return false, false, err
	}
	defer own.Release()
	if err := takeOut(); err != nil {
		return false, false, err
	}
	if err := a.store.DropAccount(ctx, account); err != nil {
		return true, false, err
	}
	clean, err = a.store.Scrub(ctx)
	if err != nil { // the account is gone all the same
		a.log.Warn("clearing the mirror", "err", err)
	}
	return true, clean, nil
}
