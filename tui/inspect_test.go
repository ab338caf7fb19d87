package tui_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"postea/internal/app"
	"postea/internal/event"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/tui/tuitest"
)

func TestPartsAreLookedAt(t *testing.T) {
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36}, func(d *tuitest.Driver) {
		d.Press("enter", "V")
		d.See("Parts", "multipart/mixed", "  text/plain; utf-8", "moth.jpg")
		d.Press("2")
		d.See("› part 2", "as it is: 2")
		d.Press("esc")
		d.SeeNot("as it is")
	})
}

func TestSignaturesAreChecked(t *testing.T) {
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36}, func(d *tuitest.Driver) {
		d.Press("enter", "i s")
		d.See("Signatures of the domains (DKIM)", "example.net has signed this message")
	})
}

func TestContactIsKept(t *testing.T) {
	b := tuitest.Sample()
	for _, m := range b.Messages {
		m.Also = func(out *app.Message) {
			out.Contacts = []reading.ContactCard{{
				Name: reading.Line("Grace Hopper"), Organization: reading.Line("Director, Navy"), Phones: []app.Text{reading.Line("+1 555 0100")},
				Addresses: []mail.Address{{Name: "Grace Hopper", Address: "grace@navy.example"}},
			}}
		}
	}
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Backend: b}, func(d *tuitest.Driver) {
		d.Press("enter")
		d.See("▌ Grace Hopper", "Director, Navy", "grace@navy.example", "+1 555 0100", "i k keep contact")
		d.Press("i k")
		d.See("In the address book: Grace Hopper")
		if !slices.ContainsFunc(b.People, func(c app.Contact) bool { return c.Kept && c.Raw.Address == "grace@navy.example" }) {
			t.Errorf("the address book has %v", b.People)
		}
	})
}

func TestReceiptIsNotSent(t *testing.T) {
	b := tuitest.Sample()
	for _, m := range b.Messages {
		m.Also = func(out *app.Message) { out.ReceiptTo = reading.Line("Grace Hopper") }
	}
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Backend: b}, func(d *tuitest.Driver) {
		d.Press("enter")
		d.See("Grace Hopper asks to be told that you have read this · nobody is told")
		if len(b.Sent) > 0 {
			t.Error("something was sent")
		}
	})
}

// A message of one's own says what became of it, and leads to its journey.
func TestSentMessageTellsItsFate(t *testing.T) {
	b := tuitest.Sample()
	item := app.OutboxItem{ID: "o7", State: mail.ItemRejected, Recipients: []app.OutboxRecipient{
		{Address: reading.Line("grace@example.net"), State: mail.RecipientAccepted},
		{Address: reading.Line("gracie@example.net"), State: mail.RecipientFailed, Source: mail.SourceReport, Words: reading.Line("there is no such mailbox")},
	}}
	for _, m := range b.Messages {
		m.Also = func(out *app.Message) { out.Outgoing = &item }
	}
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Backend: b}, func(d *tuitest.Driver) {
		d.Press("enter")
		d.See("✕ gracie@example.net · bounced: there is no such mailbox", "i j journey")
		d.SeeNot("grace@example.net · ")
		item.State, item.Recipients[1].Settled, item.Detail = mail.ItemDone, true, reading.Line("queued as 12345")
		d.Backend.Bus.Publish(event.OutboxChanged{ID: "o7"})
		d.Advance(time.Second)
		d.See("queued as 12345")
		d.SeeNot("no such mailbox")
	})
}

// A failure that was dealt with still says why, and not that the server took it.
func TestAFailureThatWasDealtWithSaysWhy(t *testing.T) {
	b := tuitest.Sample()
	b.Outgoing = []app.OutboxItem{{
		ID: "o7", State: mail.ItemDone, Subject: reading.Line("Into the void"), To: reading.Line("gracie@example.net"),
		QueueID: reading.Line("4XyZ12"), Detail: reading.Line("1 failed"),
		Recipients: []app.OutboxRecipient{
			{Address: reading.Line("gracie@example.net"), State: mail.RecipientFailed, Source: mail.SourceReport, Settled: true, Words: reading.Line("there is no such mailbox")},
		},
	}}
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Backend: b}, func(d *tuitest.Driver) {
		d.Press("g o")
		d.See("✕ bounced", "Into the void", "there is no such mailbox")
		d.SeeNot("queued as")
	})
}

// A server that takes long is told by how long it has taken so far.
func TestSendingThatTakesLongSaysHowLong(t *testing.T) {
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36}, func(d *tuitest.Driver) {
		d.Backend.Outgoing = []app.OutboxItem{{ID: "o7", State: mail.ItemSending, Subject: reading.Line("Into the void"), To: reading.Line("gracie@example.net"), Began: time.Now(), Size: 900}}
		d.Press("g o")
		d.See("sending", "Into the void")
		d.SeeNot("so far")
		d.Advance(12 * time.Second)
		d.See("12 s so far")
		d.Advance(2 * time.Minute)
		d.See("2 min so far")
	})
}

// A message longer than the page begins below its subject; in a low window the
// message itself begins at the top.
func TestALongMessageBeginsBelowItsSubject(t *testing.T) {
	b := tuitest.Sample()
	m := b.Messages[4]
	m.Body = "The first line.\n" + strings.Repeat("Another line.\n", 80)
	heading := "\n   " + m.Subject
	show := func(w, h int, f func(*tuitest.Driver)) {
		tuitest.Run(t, tuitest.Setup{Width: w, Height: h, Backend: b}, func(d *tuitest.Driver) {
			d.Press("j", "j", "enter")
			d.See("The first line.", "Another line.")
			f(d)
		})
	}
	show(80, 24, func(d *tuitest.Driver) { d.See(heading) })
	show(80, 14, func(d *tuitest.Driver) { d.SeeNot(heading) })
}

// How many others a message went to is seen where not all of their names are.
func TestManyRecipientsAreCounted(t *testing.T) {
	b := tuitest.Sample()
	for _, m := range b.Messages {
		m.To, m.Cc = nil, []mail.Address{{Name: "Howard Aiken", Address: "howard@example.edu"}}
		for i := range 300 {
			m.To = append(m.To, mail.Address{Name: fmt.Sprintf("Person Number %d", i), Address: fmt.Sprintf("p%d@example.net", i)})
		}
	}
	for width, want := range map[int]string{
		120: "to Person Number 0, Person Number 1, Person Number 2, 297 more, cc Howard Aiken",
		60:  "to Person Number 0, 299 more, cc Howard Aiken",
	} {
		tuitest.Run(t, tuitest.Setup{Width: width, Height: 36, Backend: b}, func(d *tuitest.Driver) {
			d.Press("enter")
			d.See(want)
		})
	}
}
