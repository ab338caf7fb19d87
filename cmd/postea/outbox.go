package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"

	"postea/internal/app"
	"postea/internal/mail"
)

func (e *env) outboxCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "outbox", Short: "See and steer what is being sent", Args: cobra.NoArgs,
		Long: `Everything that was sent in the last 30 days, and what became of it. Without a
verb it lists.`,
		RunE: func(c *cobra.Command, _ []string) error { return e.outboxList(c.Context()) },
	}
	item := func(use, short string, f func(ctx context.Context, a *app.App, id mail.OutboxID) error) *cobra.Command {
		return &cobra.Command{Use: use + " ID", Short: short, Args: cobra.ExactArgs(1),
			RunE: func(c *cobra.Command, args []string) error {
				return e.onOutgoing(c.Context(), args[0], f)
			}}
	}
	c.AddCommand(
		&cobra.Command{Use: "list", Short: "List it, newest first", Args: cobra.NoArgs,
			RunE: func(c *cobra.Command, _ []string) error { return e.outboxList(c.Context()) }},
		item("show", "Show the journey of a message", e.outboxShow),
		item("retry", "Try now; for an unsure message: send the same bytes once more", func(ctx context.Context, a *app.App, id mail.OutboxID) error {
			if err := a.Retry(ctx, id); err != nil {
				return err
			}
			return e.deliverAgain(ctx, a, id)
		}),
		item("settle", "An unsure message did arrive, or a failure is dealt with", func(ctx context.Context, a *app.App, id mail.OutboxID) error { return a.Settle(ctx, id) }),
		item("cancel", "Do not send it any more", func(ctx context.Context, a *app.App, id mail.OutboxID) error { return a.CancelSend(ctx, id) }),
		&cobra.Command{Use: "edit ID", Short: "Take it back and mend it in the composer", Args: cobra.ExactArgs(1), RunE: e.outboxEdit},
		e.flushCommand(),
	)
	return c
}

func (e *env) onOutgoing(ctx context.Context, arg string, f func(ctx context.Context, a *app.App, id mail.OutboxID) error) error {
	a, err := e.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	id := mail.OutboxID(arg)
	if _, ok := id.Number(); !ok {
		return exit(exNoInput, "%q is no id of the outbox: they look like o12", arg)
	}
	err = f(ctx, a, id)
	if errors.Is(err, app.ErrNotFound) {
		return exit(exNoInput, "there is no message %s in the outbox", arg)
	}
	return err
}

func (e *env) deliverAgain(ctx context.Context, a *app.App, id mail.OutboxID) error {
	mine, err := a.Deliver(ctx, id)
	if err != nil || !mine {
		return err
	}
	o, err := a.OutgoingItem(ctx, id)
	if err != nil {
		return err
	}
	return e.outcome(o, true)
}

func (e *env) outboxList(ctx context.Context) error {
	a, err := e.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	list, err := a.Outgoing(ctx)
	if err != nil {
		return err
	}
	for _, o := range list {
		if e.account != "" && o.Account != e.account {
			continue
		}
		if e.json {
			if err := e.emit(outgoing(o)); err != nil {
				return err
			}
			continue
		}
		to := "(nobody)"
		if len(o.Recipients) > 0 {
			to = o.Recipients[0].Address
		}
		if n := len(o.Recipients); n > 1 {
			to += fmt.Sprintf(" +%d", n-1)
		}
		line := fmt.Sprintf("%6s  %s  %s  %s  %s", o.ID, pad(stateWords(o, e.now()), 17), shortDate(o.Created, e.now()), pad(app.SafeLine(to), 28), app.SafeLine(o.Subject))
		if e.narrow() {
			line = fmt.Sprintf("%6s  %-9s  %s  %s", o.ID, stateWords(o, e.now()), pad(app.SafeLine(to), max(8, (e.width-21)/2)), app.SafeLine(o.Subject))
		}
		if e.width > 0 {
			line = ansi.Truncate(line, e.width, "…")
		}
		e.print("%s", strings.TrimRight(line, " "))
	}
	return nil
}

// stateWords says also when a message goes out that is held until then.
func stateWords(o mail.Outgoing, now time.Time) string {
	if o.State == mail.ItemHeld && o.HeldFor == mail.HeldForSchedule {
		return "held " + dateWords(o.NotBefore, now, o.NotBefore.Sub(now) < sameYear)
	}
	return string(o.State)
}

func (e *env) outboxShow(ctx context.Context, a *app.App, id mail.OutboxID) error {
	o, err := a.OutgoingItem(ctx, id)
	if err != nil {
		return err
	}
	log, attempts, err := a.OutgoingLog(ctx, id)
	if err != nil {
		return err
	}
	if e.json {
		return e.emit(outboxShownJSON{outgoing(o), journeyJSON(log, attempts)})
	}
	e.print("%s  %s", o.ID, stateWords(o, e.now()))
	e.print("Subject: %s", app.SafeLine(o.Subject))
	e.print("From: %s (account %s)", app.SafeLine(o.FromHeader.String()), o.Account)
	e.print("Message-ID: <%s>", app.SafeLine(o.MessageID))
	e.print("")
	for _, r := range o.Recipients {
		line := fmt.Sprintf("  %s  %s", pad(app.SafeLine(r.Address), 32), o.Shown(r))
		if r.Code != 0 || r.Text != "" {
			line += "  " + app.SafeLine(strings.Join(strings.Fields(codeText(r.Code)+" "+r.Enhanced+" "+r.Plain()), " "))
		}
		e.print("%s", line)
	}
	e.print("")
	for _, l := range log {
		e.print("  %s  %s  %s", l.At.Local().Format("2 Jan 15:04:05"), pad(l.Kind, 9), app.SafeLine(l.Text))
		if l.Detail != "" {
			for d := range strings.SplitSeq(l.Detail, "\n") {
				e.print("  %s  %s  %s", pad("", 14), pad("", 9), app.SafeLine(d))
			}
		}
	}
	for _, t := range attempts {
		e.print("")
		e.print("  attempt %d  %s  %s %s", t.N, t.Started.Local().Format("2 Jan 15:04:05"), app.SafeLine(t.Server), t.TLS)
		for _, l := range t.Transcript {
			e.print("    %s: %s", l.From, app.SafeLine(l.Text))
		}
	}
	return nil
}

func journeyJSON(log []mail.LogEntry, attempts []mail.Attempt) []logJSON {
	out := []logJSON{}
	for _, l := range log {
		out = append(out, logJSON{At: l.At.Format(time.RFC3339), Kind: l.Kind, Text: l.Text, Detail: orNull(l.Detail), Transcript: []traceJSON{}})
	}
	for _, t := range attempts {
		j := logJSON{At: t.Started.Format(time.RFC3339), Kind: "attempt", Text: t.Outcome, Server: orNull(t.Server), TLS: orNull(t.TLS), Transcript: []traceJSON{}}
		for _, l := range t.Transcript {
			j.Transcript = append(j.Transcript, traceJSON{l.At.Format(time.RFC3339Nano), string(l.From), l.Text})
		}
		out = append(out, j)
	}
	return out
}

func (e *env) outboxEdit(c *cobra.Command, args []string) error {
	if why := e.noScreen(true); why != "" {
		return exit(exUsage, "outbox edit opens the composer, which %s; without one use  postea outbox cancel %s  and  postea send", why, args[0])
	}
	return e.onOutgoing(c.Context(), args[0], func(ctx context.Context, a *app.App, id mail.OutboxID) error {
		d, err := a.EditOutbox(ctx, id)
		if err != nil {
			return err
		}
		return e.interact(ctx, a, &d)
	})
}

func (e *env) flushCommand() *cobra.Command {
	return &cobra.Command{
		Use: "flush", Short: "Try everything that waits, now", Args: cobra.NoArgs,
		Long: `Try everything that waits, now, and exit with 0 where all of it has gone, 75
where some still waits or is unsure, 69 where some was refused.`,
		RunE: func(c *cobra.Command, _ []string) error {
			ctx := c.Context()
			a, err := e.openToTalk(ctx)
			if err != nil {
				return err
			}
			defer a.Close()
			open, err := e.waiting(ctx, a)
			if err != nil {
				return err
			}
			for _, id := range open {
				var state *app.StateError
				if err := a.SendNow(ctx, id); err != nil && !errors.As(err, &state) {
					return err
				}
			}
			mine, err := e.deliverOpen(ctx, a, open)
			if err != nil {
				return err
			}
			if !mine {
				if a.OwnerSilent() {
					return &exitError{exTempFail, app.ErrOwnerSilent}
				}
				e.say("another postea looks after this data directory and was told to send")
				for _, id := range open {
					if _, err := a.Wait(ctx, id, 30*time.Second); err != nil {
						return err
					}
				}
			}
			return e.flushed(ctx, a, open)
		},
	}
}

// deliverOpen sends what flush found; where that is nothing, what has become due
// since, and the copies that are still to be filed.
func (e *env) deliverOpen(ctx context.Context, a *app.App, open []mail.OutboxID) (mine bool, err error) {
	if len(open) == 0 {
		return a.DeliverDue(ctx, e.account)
	}
	return a.Deliver(ctx, open...)
}

// waiting lists what flush is about: what waits, but not what the user holds
// back, nor what is unsure, which only retry sends again.
func (e *env) waiting(ctx context.Context, a *app.App) ([]mail.OutboxID, error) {
	list, err := a.Outgoing(ctx)
	var out []mail.OutboxID
	for _, o := range list {
		switch o.State {
		case mail.ItemQueued, mail.ItemDeferred, mail.ItemBlocked, mail.ItemSending, mail.ItemUnsure:
			if e.account == "" || o.Account == e.account {
				out = append(out, o.ID)
			}
		}
	}
	return out, err
}

func (e *env) flushed(ctx context.Context, a *app.App, ids []mail.OutboxID) error {
	worst := exOK
	var texts []string
	rank := map[int]int{exOK: 0, exUnavailable: 1, exNoPerm: 2, exTempFail: 3}
	for _, id := range ids {
		o, err := a.OutgoingItem(ctx, id)
		if err != nil {
			return err
		}
		code, words := judge(o)
		if o.State == mail.ItemBlocked {
			code = exTempFail
		}
		if code != exOK {
			texts = append(texts, fmt.Sprintf("%s %s", id, words))
		}
		if rank[code] > rank[worst] {
			worst = code
		}
	}
	if worst == exOK {
		return nil
	}
	return &exitError{worst, errors.New(strings.Join(texts, "\n"))}
}
