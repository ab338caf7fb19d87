package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/internal/reading"
)

// demoLimit is how long the journey may take; it needs about three seconds.
const demoLimit = 60 * time.Second

// demoHeadless does what a person would do in the interface, and prints it.
func (e *env) demoHeadless(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, demoLimit)
	defer cancel()
	a, done, err := e.openDemo(ctx, false)
	if err != nil {
		return err
	}
	defer done()
	a.Start(ctx)
	j := &journey{e: e, a: a}
	for _, step := range []func(context.Context) error{j.readInbox, j.write, j.receive, j.answer, j.bounce, j.other} {
		if err := step(ctx); err != nil {
			return exit(exUnavailable, "the demo did not come to its end: %w", err)
		}
	}
	e.print("Everything happened: sent, received, answered, bounced, in two accounts.")
	return nil
}

// journey is the demo without a terminal, step by step.
type journey struct {
	e    *env
	a    *app.App
	sent mail.Outgoing // the first message
	got  mail.Summary  // its answer
	echo string        // the address that answers
}

func (j *journey) readInbox(ctx context.Context) error {
	if err := awaitSynced(ctx, j.a, demoLimit); err != nil {
		return err
	}
	for _, acc := range j.a.Config().Accounts {
		list, err := j.a.Messages(ctx, acc.Name, "inbox", 1000)
		if err != nil {
			return err
		}
		unread := 0
		for _, m := range list {
			if m.Unread() {
				unread++
			}
		}
		if len(list) == 0 {
			return fmt.Errorf("the inbox of %s is empty", acc.Name)
		}
		j.e.print("Inbox of %s (%s): %d messages, %d unread", acc.Name, acc.Address, len(list), unread)
	}
	j.e.print("")
	return nil
}

func (j *journey) account(n int) (name, address string) {
	acc := j.a.Config().Accounts[n]
	return acc.Name, acc.Address
}

// write composes a message with an attachment and a subject beyond ASCII.
func (j *journey) write(ctx context.Context) error {
	name, address := j.account(0)
	_, other := j.account(1)
	j.echo = "echo@" + address[strings.LastIndexByte(address, '@')+1:]
	d, err := j.a.NewDraft(ctx, name)
	if err != nil {
		return err
	}
	path := filepath.Join(j.a.TempDir(), "Notizen für Zoë.txt")
	if err := os.WriteFile(path, []byte("Die Maschine webt algebraische Muster.\n"), 0o600); err != nil {
		return err
	}
	file, err := j.a.AttachFile(ctx, path)
	if err != nil {
		return err
	}
	d.To, d.Cc, d.Subject = j.echo, other, "Grüße an das Echo — こだま"
	d.Body = "Hello from postea,\n\ndoes this find its way there and back?\n" + d.Body
	d.Attach = []mail.AttachmentRef{file}
	j.sent, err = j.send(ctx, d, "A message with an attachment to "+d.To+", a copy to "+d.Cc)
	return err
}

// send queues a draft, waits for the outcome, and prints the conversation.
func (j *journey) send(ctx context.Context, d mail.Draft, title string) (mail.Outgoing, error) {
	j.e.print("── %s", title)
	id, _, err := j.a.Send(ctx, d)
	if err != nil {
		return mail.Outgoing{}, err
	}
	var o mail.Outgoing
	err = await(ctx, j.a, func() (bool, error) {
		o, err = j.a.OutgoingItem(ctx, id)
		open := slices.ContainsFunc(o.Recipients, func(r mail.Recipient) bool { return r.State == mail.RecipientPending })
		return err == nil && !open && !o.Sending, err
	})
	if err != nil {
		return o, err
	}
	_, attempts, err := j.a.OutgoingLog(ctx, id)
	if err != nil {
		return o, err
	}
	for _, t := range attempts {
		for _, l := range t.Transcript {
			j.e.print("%s: %s", l.From, app.SafeLine(l.Text))
		}
	}
	for _, r := range o.Recipients {
		if r.State == mail.RecipientFailed || r.State == mail.RecipientUnsure {
			return o, fmt.Errorf("%s is %s: %s", r.Address, r.State, r.Text)
		}
		j.e.print("%s: %s (%s)", r.Address, r.State, app.SafeLine(r.Text))
	}
	j.e.print("")
	return o, nil
}

// arrived waits for a message in the inbox of an account.
func (j *journey) arrived(ctx context.Context, account string, is func(*reading.Message) bool) (mail.Summary, *reading.Message, error) {
	var found mail.Summary
	var body *reading.Message
	err := await(ctx, j.a, func() (bool, error) {
		list, err := j.a.Messages(ctx, account, "inbox", 10)
		if err != nil {
			return false, err
		}
		for _, m := range list {
			parsed, _, err := j.a.Parsed(ctx, m.ID)
			if errors.Is(err, app.ErrNotHere) {
				continue
			}
			if err != nil {
				return false, err
			}
			if is(parsed) {
				found, body = m, parsed
				return true, nil
			}
		}
		return false, nil
	})
	return found, body, err
}

func (j *journey) show(title string, m *reading.Message) {
	j.e.print("── %s", title)
	j.e.printMessage(m, 76)
	j.e.print("")
}

func (j *journey) receive(ctx context.Context) error {
	name, _ := j.account(0)
	m, body, err := j.arrived(ctx, name, answers(j.sent.MessageID))
	if err != nil {
		return fmt.Errorf("waiting for the answer of %s: %w", j.echo, err)
	}
	j.got = m
	j.show("The answer has arrived", body)
	var c app.Conversation
	err = await(ctx, j.a, func() (bool, error) { // the copy in Sent may come after the answer
		c, err = j.a.Conversation(ctx, app.Place{Kind: app.PlaceAllInboxes}, m.Thread)
		return err == nil && len(c.Messages) > 1, err
	})
	if err != nil {
		return fmt.Errorf("looking for what was sent in the conversation of its answer: %w", err)
	}
	j.e.print("It stands in one conversation with what was sent: %d messages.", len(c.Messages))
	j.e.print("")
	return nil
}

func answers(id string) func(*reading.Message) bool {
	return func(m *reading.Message) bool { return slices.Contains(m.Header.InReplyTo, id) }
}

func (j *journey) answer(ctx context.Context) error {
	d, err := j.a.Answer(ctx, j.got.ID, app.ToAuthor, "")
	if err != nil {
		return err
	}
	d.Body = "It did. Thank you!\n" + d.Body
	o, err := j.send(ctx, d, "A reply to it")
	if err != nil {
		return err
	}
	_, body, err := j.arrived(ctx, o.Account, answers(o.MessageID))
	if err != nil {
		return fmt.Errorf("waiting for the second answer: %w", err)
	}
	j.e.print("And it was answered again: %s", app.SafeLine(body.Header.Subject))
	j.e.print("")
	return nil
}

func (j *journey) bounce(ctx context.Context) error {
	name, address := j.account(0)
	d, err := j.a.NewDraft(ctx, name)
	if err != nil {
		return err
	}
	d.To, d.Subject = "nobody@"+address[strings.LastIndexByte(address, '@')+1:], "Is anybody there?"
	d.Body = "Knock, knock.\n" + d.Body
	o, err := j.send(ctx, d, "A message to somebody who does not exist")
	if err != nil {
		return err
	}
	_, body, err := j.arrived(ctx, name, func(m *reading.Message) bool {
		r := m.Report()
		return r != nil && r.OriginalMessageID == o.MessageID
	})
	if err != nil {
		return fmt.Errorf("waiting for the bounce: %w", err)
	}
	j.e.print("The bounce has arrived: %s", app.SafeLine(body.Header.Subject))
	err = await(ctx, j.a, func() (bool, error) {
		o, err = j.a.OutgoingItem(ctx, o.ID)
		return err == nil && o.Recipients[0].State == mail.RecipientFailed, err
	})
	if err != nil {
		return fmt.Errorf("waiting for the bounce to be tied to its message: %w", err)
	}
	r := o.Recipients[0]
	j.e.print("and is tied to the message in the outbox: %s %s, %s %s", r.Address, r.State, r.Enhanced, app.SafeLine(r.Plain()))
	j.e.print("")
	return nil
}

// other looks at the copy that went to the second account.
func (j *journey) other(ctx context.Context) error {
	name, address := j.account(1)
	_, body, err := j.arrived(ctx, name, func(m *reading.Message) bool { return m.Header.MessageID == j.sent.MessageID })
	if err != nil {
		return fmt.Errorf("waiting for the copy at %s: %w", address, err)
	}
	if len(body.Attachments) != 1 || body.Header.Subject != j.sent.Subject {
		return errors.New("the copy is not what was sent")
	}
	j.e.print("The copy is with %s, attachment and all: %s", address, app.SafeLine(body.Attachments[0].Name))
	j.e.print("")
	return nil
}
