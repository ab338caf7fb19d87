package tui_test

import (
	"slices"
	"testing"

	"postea/internal/app"
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
