package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"

	"postea/internal/apart"
	"postea/internal/event"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/internal/store"
)

const (
	gather   = 400 * time.Millisecond // what comes within it is told of at once
	maxHooks = 20                     // messages of one moment that the hook is run for
	hookTime = 30 * time.Second
)

// keepNotices tells of new mail, and gives what matters to hook, which is nil
// where another process does that, until ctx ends.
func (a *App) keepNotices(ctx context.Context, hook func(context.Context, hookEvent)) {
	sub := a.bus.Subscribe()
	defer sub.Close()
	last, err := a.store.LastMessage(ctx)
	if err != nil {
		a.log.Error("looking for new mail", "err", err)
		return
	}
	if len(a.cfg.Notify.Hook) == 0 {
		hook = nil
	}
	states := map[mail.OutboxID]mail.ItemState{} // of which the hook is not told any more
	if hook != nil {
		list, err := a.store.Outbox(ctx)
		if err != nil {
			a.log.Error("looking at the outbox", "err", err)
			return
		}
		for _, o := range list {
			states[o.ID] = o.State
		}
	}
	for {
		batch, err := sub.Next(ctx)
		if err != nil {
			return
		}
		looks := false
		for _, e := range batch {
			switch e := e.(type) {
			case event.MessagesChanged, event.Ruled:
				looks = true
			case event.Overflow: // in which what happened to the outbox may have gone under
				looks = true
				if hook != nil {
					a.hookOutbox(ctx, states)
				}
			case event.OutboxChanged:
				if hook != nil {
					a.hookOutgoing(ctx, e.ID, states)
				}
			case event.Returned:
				if m, err := a.store.Summary(ctx, e.ID); err == nil && hook != nil {
					hook(ctx, messageEvent("returned", m))
				}
			}
		}
		if !looks {
			continue
		}
		Sleep(ctx, gather)
		if last, err = a.tellOf(ctx, last, hook); err != nil && ctx.Err() == nil {
			a.log.Error("looking for new mail", "err", err)
		}
	}
}

// tellOf tells of the messages that have come after last.
func (a *App) tellOf(ctx context.Context, last mail.ID, hook func(context.Context, hookEvent)) (mail.ID, error) {
	list, newest, err := a.store.ArrivedAfter(ctx, last)
	if err != nil || newest == last {
		return last, err
	}
	if list, err = a.notables(ctx, list); err != nil || len(list) == 0 {
		return newest, err
	}
	a.bus.Publish(arrived(list))
	if hook == nil {
		return newest, nil
	}
	for _, m := range list[max(0, len(list)-maxHooks):] {
		hook(ctx, messageEvent("new_mail", m))
	}
	return newest, nil
}

// arrived is the event for messages, of which there is at least one.
func arrived(list []mail.Summary) event.Arrived {
	return event.Arrived{First: list[0].ID, Newest: list[len(list)-1].ID, Count: len(list)}
}

// notables keeps of messages that have come those that the user wants to know of. What came
// to the inbox and is told of is not told of again in a folder that is a label.
func (a *App) notables(ctx context.Context, list []mail.Summary) ([]mail.Summary, error) {
	views, err := a.views(ctx)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(m mail.Summary) bool { return !a.notable(m, views) })
	ids := make([]mail.ID, len(list))
	for i, m := range list {
		ids[i] = m.ID
	}
	inbox, err := a.store.CopiesIn(ctx, ids, mail.RoleInbox)
	if err != nil {
		return nil, err
	}
	came, err := a.store.Summaries(ctx, slices.Collect(maps.Values(inbox)))
	told := map[mail.ID]bool{}
	for _, m := range came {
		told[m.ID] = a.notable(m, views)
	}
	return slices.DeleteFunc(list, func(m mail.Summary) bool { return inbox[m.ID] < m.ID && told[inbox[m.ID]] }), err
}

// notable tells whether the user wants to know of a message.
func (a *App) notable(m mail.Summary, views map[viewKey]store.FolderView) bool {
	acc, ok := a.cfg.Account(m.Account)
	if !ok || m.Muted || len(m.From) > 0 && acc.Own(m.From[0].Address) {
		return false
	}
	switch views[viewKey{m.Account, m.FolderName}].Notify {
	case "on":
		return true
	case "off":
		return false
	}
	return slices.ContainsFunc(a.cfg.Notify.Folders, func(f string) bool {
		return strings.EqualFold(f, string(m.FolderRole)) && f != "" || strings.EqualFold(f, m.FolderName)
	})
}

// Announcement is what a notice of new mail says.
type Announcement struct {
	Title, Body Text
	Quiet       bool          // these are quiet hours: it is not shown
	Of          event.Arrived // what it tells of; a zero Count is nothing
}

// Announce gives the notice for mail that has come. Where the user wants none of
// the content in it, it says only how much there is.
func (a *App) Announce(ctx context.Context, e event.Arrived) (Announcement, error) {
	out := Announcement{Title: reading.Line("postea"), Of: e, Quiet: a.cfg.Notify.Quiet.Holds(a.now())}
	switch {
	case e.Count > 1 || !a.cfg.Notify.Content:
		out.Body = reading.Line("New mail: " + messages(e.Count))
		if e.Count > 1 && a.cfg.Notify.Content {
			if m, err := a.store.Summary(ctx, e.Newest); err == nil {
				out.Body = reading.Line(fmt.Sprintf("%d new, the last from %s: %s", e.Count, a.who(m), subjectLine(m.Subject)))
			}
		}
		return out, nil
	}
	m, err := a.store.Summary(ctx, e.Newest)
	if err != nil {
		return out, err
	}
	out.Title, out.Body = a.who(m), subjectLine(m.Subject)
	return out, nil
}

// NotifySystem shows a notice by the system's own means; what it says is never
// part of a command line that a shell reads. It does nothing where there are none,
// or where another process has shown it: several may show the same mailbox.
func (a *App) NotifySystem(ctx context.Context, n Announcement) error {
	argv, body := []string{"notify-send", "--app-name=postea", "--category=email.arrived", "--", "", ""}, plainBody
	if runtime.GOOS == "darwin" {
		body = func(s string) string { return s }
		argv = []string{"osascript", "-e", "on run argv", "-e", "display notification (item 2 of argv) with title (item 1 of argv)", "-e", "end run", "", ""}
	}
	path, err := exec.LookPath(argv[0])
	if err != nil {
		return nil
	}
	if n, err = a.untold(ctx, n); err != nil || n.Of.Count == 0 {
		return err
	}
	argv = append(argv[:len(argv)-2], n.Title.String(), body(n.Body.String()))
	limit, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	cmd := exec.CommandContext(limit, path, argv[1:]...)
	apart.Set(cmd)
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("showing a notice: %w", err)
	}
	return nil
}

// plainBody writes a text so that notify-send, which undoes escapes as C has them, and
// the desktop, which takes a body for markup, show it as it is.
func plainBody(s string) string {
	return strings.NewReplacer(`\`, `\\`, "&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

// untold is what is left of a notice to tell: each message is told of once, by the
// process that is the first to do so, and counts in no other notice.
func (a *App) untold(ctx context.Context, n Announcement) (Announcement, error) {
	if n.Of.Count == 0 {
		return n, nil
	}
	before, err := a.store.ToldUpTo(ctx, n.Of.Newest)
	switch {
	case err != nil || before >= n.Of.Newest:
		return Announcement{}, err
	case before < n.Of.First:
		return n, nil
	}
	list, _, err := a.store.ArrivedAfter(ctx, before)
	if err != nil {
		return Announcement{}, err
	}
	list, err = a.notables(ctx, slices.DeleteFunc(list, func(m mail.Summary) bool { return m.ID > n.Of.Newest }))
	if err != nil || len(list) == 0 {
		return Announcement{}, err
	}
	return a.Announce(ctx, arrived(list))
}

// hookEvent is what the hook gets, one JSON object.
type hookEvent struct {
	Event     string     `json:"event"` // new_mail, returned, sent, needs_you
	Time      string     `json:"time"`
	Account   string     `json:"account"`
	ID        string     `json:"id"`
	MessageID string     `json:"message_id"`
	Folder    *string    `json:"folder"`
	State     *string    `json:"state"` // of an outgoing message
	Subject   string     `json:"subject"`
	From      []hookName `json:"from"`
	To        []hookName `json:"to"`
}

type hookName struct {
	Name    string `json:"name"`
	Address string `json:"address"`
}

func hookNames(list []mail.Address) []hookName {
	out := make([]hookName, len(list))
	for i, p := range list {
		out[i] = hookName{p.Name, p.Address}
	}
	return out
}

func messageEvent(what string, m mail.Summary) hookEvent {
	return hookEvent{Event: what, Account: m.Account, ID: m.ID.String(), MessageID: m.MessageID, Folder: &m.FolderName,
		Subject: m.Subject, From: hookNames(m.From), To: hookNames(m.To)}
}

// hookOutgoing runs the hook when an outgoing message was taken by everybody, or
// needs the user.
func (a *App) hookOutgoing(ctx context.Context, id mail.OutboxID, states map[mail.OutboxID]mail.ItemState) {
	if o, err := a.store.OutboxItem(ctx, id); err == nil {
		a.hookState(ctx, o, states)
	}
}

// hookOutbox gives the hook all that is to be told of outgoing messages.
func (a *App) hookOutbox(ctx context.Context, states map[mail.OutboxID]mail.ItemState) {
	list, err := a.store.Outbox(ctx)
	if err != nil && ctx.Err() == nil {
		a.log.Error("looking at the outbox", "err", err)
	}
	for _, o := range slices.Backward(list) {
		a.hookState(ctx, o, states)
	}
}

func (a *App) hookState(ctx context.Context, o mail.Outgoing, states map[mail.OutboxID]mail.ItemState) {
	was := states[o.ID]
	if was == o.State {
		return
	}
	states[o.ID] = o.State
	e := hookEvent{Event: "needs_you", Account: o.Account, ID: string(o.ID), MessageID: o.MessageID, State: new(string(o.State)),
		Subject: o.Subject, From: hookNames([]mail.Address{o.FromHeader}), To: hookNames(o.To)}
	switch o.State {
	case mail.ItemAccepted, mail.ItemDone:
		if was == mail.ItemAccepted || was == mail.ItemDone {
			return
		}
		e.Event = "sent"
	case mail.ItemBlocked, mail.ItemUnsure, mail.ItemRejected:
	default:
		return
	}
	a.hook(ctx, e)
}

// hook gives an event to the hook, as JSON on its standard input. It is not waited
// for longer than half a minute; what it writes goes to the log.
func (a *App) hook(ctx context.Context, e hookEvent) {
	argv := a.cfg.Notify.Hook
	if len(argv) == 0 {
		return
	}
	e.Time = a.now().Format(time.RFC3339)
	in, err := json.Marshal(e)
	if err != nil {
		a.log.Error("hook", "err", err)
		return
	}
	program, err := absoluteProgram(argv[0])
	if err != nil {
		a.log.Error("hook", "err", err)
		a.bus.Publish(event.Notice{Error: true, Text: fmt.Sprintf("The hook %s failed: %s", argv[0], apart.Why(err))})
		return
	}
	limit, cancel := context.WithTimeout(ctx, hookTime)
	defer cancel()
	cmd := exec.CommandContext(limit, program, argv[1:]...)
	apart.Set(cmd)
	out := &boundedBuffer{left: 4096}
	cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.WaitDelay = bytes.NewReader(append(in, '\n')), out, out, time.Second
	err = cmd.Run()
	if errors.Is(err, exec.ErrWaitDelay) { // it ended well, and what it started goes on
		err = nil
	}
	if err != nil && ctx.Err() == nil {
		a.log.Error("hook", "event", e.Event, "err", err, "output", out.b.String())
		a.bus.Publish(event.Notice{Error: true, Text: fmt.Sprintf("The hook %s failed: %s", argv[0], apart.Why(err))})
	}
}

// absoluteProgram finds a program by its path, which may begin with ~/, or by its
// name.
func absoluteProgram(name string) (string, error) {
	if strings.HasPrefix(name, "~/") {
		return absolute(name)
	}
	return exec.LookPath(name)
}
