package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/internal/when"
)

// sendFlags are the flags of postea send.
type sendFlags struct {
	letterFlags
	at   string
	hold time.Duration
	wait string
}

func (e *env) sendCommand() *cobra.Command {
	var f sendFlags
	c := &cobra.Command{
		Use:   "send --to ADDRESS… < body",
		Short: "Send a message whose text comes from standard input",
		Long: `Send a message. Its text is read from standard input, or given by --text. The
id in the outbox is printed once the message is on the disk; then it is
delivered, by the postea that owns the data directory or by this command. The
name of a group of the address book stands for its members.

Without --wait, 0 means: safely queued. With it, the command returns once no
recipient waits any more, or after the time given (60 s), and exits with 0 only
if the server took the message for all of them; 75 if some still wait or it is
unsure, 69 if some were refused, 77 if the sign-in was refused.`,
		Example: `  echo "See you at eight." | postea send --to bob@example.org --subject Dinner
  postea send --to a@example.org,b@example.org --attach report.pdf --wait < text
  git diff | postea send --to ann@example.org --attach - --attach-as fix.diff`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			wait, err := f.waitFor(c, args)
			if err != nil {
				return err
			}
			return e.send(c.Context(), f, wait, e.letter)
		},
	}
	f.register(c.Flags())
	return c
}

func (f *sendFlags) register(fl *pflag.FlagSet) {
	f.letterFlags.register(fl)
	fl.Var((*timeFlag)(&f.at), "at", "not before this `time`: 17:30, \"tomorrow 9:00\", \"fri 17:30\", \"in 2h\", \"2026-12-24 18:00\"")
	fl.DurationVar(&f.hold, "hold", 0, "keep it back for this `time`, such as 10s; postea outbox cancel takes it back")
	fl.Var((*timeFlag)(&f.wait), "wait", "wait for the outcome, 60 s or the `time` given")
	fl.Lookup("wait").NoOptDefVal = "60s"
}

// timeFlag is when something is to be. An empty one, as from a variable of a script that
// is not set, is no "now".
type timeFlag string

func (t *timeFlag) Set(s string) error {
	if strings.TrimSpace(s) == "" {
		return errors.New("empty")
	}
	*t = timeFlag(s)
	return nil
}

func (t *timeFlag) String() string { return string(*t) }

const timeType = "time"

func (*timeFlag) Type() string { return timeType }

// waitFor reads --wait, --wait=30s and --wait 30s; 0 is not to wait.
func (f sendFlags) waitFor(c *cobra.Command, args []string) (time.Duration, error) {
	text := f.wait
	if len(args) == 1 {
		if !c.Flags().Changed("wait") {
			return 0, exit(exUsage, "%q is not a flag: recipients go with --to, the text comes from standard input", args[0])
		}
		text = args[0]
	}
	if text == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return 0, exit(exUsage, "--wait takes a time such as 60s, not %q", text)
	}
	return d, nil
}

// send sends what begin makes of the flags.
func (e *env) send(ctx context.Context, f sendFlags, wait time.Duration, begin func(context.Context, *app.App, letterFlags) (mail.Draft, error)) error {
	if err := f.check(); err != nil {
		return err
	}
	c, err := e.loadConfig(false)
	if err != nil {
		return err
	}
	notBefore, why, err := f.notBefore(e.now(), c.UI.DateStyle(os.Getenv))
	if err != nil {
		return err
	}
	if err := e.unlockForUse(c); err != nil {
		return err
	}
	a, err := e.openWith(ctx, app.Options{Config: c})
	if err != nil {
		return err
	}
	defer a.Close()
	d, err := begin(ctx, a, f.letterFlags)
	if err != nil {
		return err
	}
	id, err := a.SendAt(ctx, d, notBefore, why)
	if err != nil {
		return err
	}
	return e.deliver(ctx, a, id, notBefore, wait)
}

func (f sendFlags) notBefore(now time.Time, dates when.Style) (time.Time, mail.HeldFor, error) {
	switch {
	case f.at != "" && f.hold != 0:
		return time.Time{}, "", exit(exUsage, "--at and --hold exclude each other")
	case f.hold < 0:
		return time.Time{}, "", exit(exUsage, "--hold cannot be negative")
	case f.hold > 0:
		return now.Add(f.hold), mail.HeldForUndo, nil
	case f.at == "":
		return time.Time{}, "", nil
	}
	at, err := dates.Parse(f.at, now.Local())
	if err != nil {
		return time.Time{}, "", exit(exUsage, "--at: %w", err)
	}
	return at, mail.HeldForSchedule, nil
}

// longestHold is how long a command stays to deliver what it holds back itself.
const longestHold = 10 * time.Minute

// deliver prints the id of a queued message and sees it off: by the owner of
// the data directory where there is one, else here.
func (e *env) deliver(ctx context.Context, a *app.App, id mail.OutboxID, notBefore time.Time, wait time.Duration) error {
	e.queued = true
	o, err := a.OutgoingItem(context.WithoutCancel(ctx), id) // who is not told of it sends it again
	if err != nil {
		return err
	}
	if !e.json {
		e.print("%s", id)
	}
	mine := false
	switch hold := notBefore.Sub(e.now()); {
	case hold > longestHold || wait == 0 && hold > 0 && o.HeldFor == mail.HeldForSchedule:
		err = e.keepFor(ctx, a, id, notBefore)
	case wait > 0:
		o, err = a.Wait(ctx, id, wait+max(hold, 0))
	default:
		if hold > 0 {
			app.Sleep(ctx, hold+10*time.Millisecond)
		}
		mine, err = a.Deliver(ctx, id)
	}
	if err != nil && ctx.Err() == nil {
		return err
	}
	if o, err = a.OutgoingItem(context.WithoutCancel(ctx), id); err != nil {
		return err
	}
	if e.json {
		_ = e.emit(outgoing(o)) // what is lost of it is told at the end, and the message goes its way
	}
	if !mine && o.State == mail.ItemQueued && a.OwnerSilent() {
		e.say("%s waits: %v", id, app.ErrOwnerSilent)
	}
	if wait == 0 && !mine {
		return nil
	}
	return e.outcome(o, wait > 0)
}

// keepFor gives a message for later to the server where that one holds it, and
// says who sends it.
func (e *env) keepFor(ctx context.Context, a *app.App, id mail.OutboxID, at time.Time) error {
	if err := a.Release(ctx, id); err != nil {
		return err
	}
	o, err := a.OutgoingItem(ctx, id)
	if err != nil {
		return err
	}
	when := a.Config().UI.DateStyle(os.Getenv).Coming(at, e.now().Local())
	switch o.State {
	case mail.ItemHeld:
		e.say("%s goes out at %s, when postea is running then (postea sync --watch)", id, when)
	case mail.ItemAccepted, mail.ItemDone:
		e.say("%s is with the server, which sends it at %s", id, when)
	}
	return nil
}

// outcome tells what became of a message. The code is that of the worst
// recipient where it was waited for, else 0: it is safely queued.
func (e *env) outcome(o mail.Outgoing, waited bool) error {
	code, words := judge(o)
	if code == exOK {
		return nil
	}
	text := fmt.Errorf("%s %s", o.ID, words)
	if !waited {
		e.say("%v", text)
		return nil
	}
	return &exitError{code, text}
}

// judge gives the exit code of an item and what to say about it.
func judge(o mail.Outgoing) (int, string) {
	has := func(s mail.RecipientState) bool {
		return slices.ContainsFunc(o.Recipients, func(r mail.Recipient) bool { return r.State == s && !r.Settled })
	}
	switch {
	case o.State == mail.ItemBlocked:
		return blockedCode(o.BlockedBy), "waits for you: " + app.WhatBlocks(o)
	case o.State == mail.ItemCancelled:
		return exUnavailable, "was cancelled"
	case o.State == mail.ItemSending:
		return exTempFail, "is still being sent"
	case has(mail.RecipientFailed):
		return exUnavailable, "was refused: " + refusals(o)
	case has(mail.RecipientUnsure):
		return exTempFail, "is unsure: the line was lost after the last byte; see  postea outbox show " + string(o.ID)
	case has(mail.RecipientPending):
		words := "waits"
		if o.LastText != "" {
			words += ": " + o.LastText
		}
		if o.State == mail.ItemDeferred {
			words = strings.TrimSuffix(words, ".") + "; next try " + o.NextAttempt.Local().Format("15:04:05")
		}
		return exTempFail, words
	}
	return exOK, ""
}

// blockedCode is the exit code of a message that waits for the user.
func blockedCode(by mail.BlockedBy) int {
	switch by {
	case mail.BlockedByConnection:
		return exUnavailable
	case mail.BlockedBySettings:
		return exConfig
	}
	return exNoPerm
}

func refusals(o mail.Outgoing) string {
	var out []string
	for _, r := range o.Recipients {
		if r.State == mail.RecipientFailed && !r.Settled {
			out = append(out, strings.TrimSpace(fmt.Sprintf("%s: %s", r.Address, strings.Join(strings.Fields(fmt.Sprintf("%s %s %s", codeText(r.Code), r.Enhanced, r.Plain())), " "))))
		}
	}
	return strings.Join(out, "; ")
}

func codeText(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}
