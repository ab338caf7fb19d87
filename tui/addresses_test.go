package tui_test

import (
	"errors"
	"testing"
	"time"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/tui/tuitest"
)

func contact(name, address string, uses int) app.Contact {
	return app.Contact{Name: reading.Line(name), Address: reading.Line(address), Raw: mail.Address{Name: name, Address: address}, Uses: uses}
}

func TestAddressesAreJudgedAsTyped(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Press("c")
		d.Type("grace at example")
		d.SeeNot("no @ in the address")
		d.Type(", ")
		d.See(`✕ "grace at example": no @ in the address`)
		d.Press("ctrl+u")
		d.Type("grace@gmial.com, ")
		d.See("grace@gmial.com: it looks like gmail.com")
		d.Press("ctrl+u")
		d.Type("用户@例え.example, ")
		d.See("1 recipient", "SMTPUTF8")
		d.Press("ctrl+u")
		d.Type("grace@example.net, ")
		d.See("1 recipient · plain text ·")
	})(t)
}

// Who has typed an address to its end and presses tab is in the next field,
// whether or not it has been offered by then.
func TestTabAfterAWholeAddress(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Backend.People = append(d.Backend.People, contact("Annie", "ann@example.org.uk", 9), contact("Ann", "ann@example.org", 3))
		d.Press("c")
		d.Type("Ann@example.org")
		d.See("3 mails", "9 mails")
		d.Press("tab")
		d.Type("Engines")
		d.See("To  Ann <ann@example.org>,", "Subject  Engines")
		d.Press("esc", "c")
		d.Type("ann@example.or")
		d.Press("tab", "tab")
		d.Type("Engines")
		d.See("Subject  Engines")
	})(t)
}

func TestGroupsAreOffered(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Backend.People = append(d.Backend.People, app.Contact{Name: reading.Line("Engines"), Address: reading.Line("2 people"),
			Members: []mail.Address{{Name: "Ann", Address: "ann@example.org"}, {Address: "bob@example.org"}}})
		d.Press("c")
		d.Type("engi")
		d.See("Engines", "2 people")
		d.Press("enter")
		d.See("Ann <ann@example.org>, bob@example.org,", "2 recipients")
	})(t)
}

func TestTheQueryCommandIsAsked(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Backend.Elsewhere = []app.Contact{contact("Gracia Remote", "gracia@far.example", 0), contact("Grace Hopper", "grace@example.net", 0)}
		d.Press("c")
		d.Type("grac")
		d.See("grace@example.net")
		d.SeeNot("gracia@far.example")
		d.Advance(time.Second)
		d.See("grace@example.net", "gracia@far.example")
		d.Press("down", "enter")
		d.See("Gracia Remote <gracia@far.example>,")
		d.Backend.Fail["QueryContacts"] = errors.New("asking khard for addresses: no such program")
		d.Type("x")
		d.Advance(time.Second)
		d.See("no such program")
	})(t)
}

// What is offered completes what stands before the cursor: once that is elsewhere,
// in the field or in another one, nothing is taken.
func TestNothingIsOfferedElsewhere(t *testing.T) {
	for _, away := range [][]string{{"home"}, {"left"}, {"home", "ctrl+u"}, {"alt+b"}} {
		at(120, 36, func(d *tuitest.Driver) {
			d.Press("c")
			d.Type("grace@example.net, Howard Ai")
			d.See("howard@example.edu")
			d.Press(away...)
			d.SeeNot("howard@example.edu")
			d.Press("tab")
			d.See("grace@example.net, Howard Ai\n")
			d.SeeNot("howard@example.edu")
		})(t)
	}
	at(120, 36, func(d *tuitest.Driver) {
		d.Press("c")
		d.Type("Howard Ai")
		d.See("howard@example.edu")
		d.Press("ctrl+o", "tab", "enter")
		d.SeeNot("howard@example.edu")
		d.See("Howard Ai\n")
	})(t)
}
