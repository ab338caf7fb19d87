package tui_test

import (
	"errors"
	"slices"
	"testing"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/tui/tuitest"
)

func TestAddressBook(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Backend.People = append(d.Backend.People, app.Contact{Name: reading.Line("Engines"), Address: reading.Line("2 people"), Kept: true,
			Members: []mail.Address{{Name: "Ann", Address: "ann@example.org"}, {Address: "bob@example.org"}}})
		d.Press("g c")
		d.See("Contacts", "Grace Hopper", "grace@example.net", "Engines", "2 people: Ann, bob@example.org")
		d.Type("grace")
		d.See("Grace Hopper")
		d.SeeNot("Howard Aiken")
		d.Press("enter")
		d.See("To  Grace Hopper <grace@example.net>")
		d.Press("esc")
		d.See("Contacts", "Grace Hopper")
		d.Press("ctrl+d")
		d.See("Removed Grace Hopper", "Nobody like that")
		d.Backend.Fail["PutBack"] = errors.New("the disk is full")
		d.Press("ctrl+z")
		d.See("the disk is full", "Nobody like that")
		delete(d.Backend.Fail, "PutBack")
		d.Press("ctrl+z")
		d.See("Put back Grace Hopper", "grace@example.net")
		d.Press("ctrl+z")
		d.See("Nobody was removed")
		d.Press("ctrl+e")
		d.See("Name and keep")
		d.Press("ctrl+u")
		d.Type("Admiral Hopper <grace@example.net>")
		d.Press("enter")
		d.See("Kept Admiral Hopper")
		d.Press("esc")
		d.See("Howard Aiken", "Engines")
		d.Type("new@example.org")
		d.Press("ctrl+a", "enter")
		d.See("Kept new@example.org", "★ new@example.org")
		d.Press("ctrl+a", "ctrl+u")
		d.Type("not an address")
		d.See("no @ in the address")
		d.Press("esc", "esc", "esc")
		d.See("Re: the talk on Thursday")
		if !slices.ContainsFunc(d.Backend.People, func(c app.Contact) bool { return c.Raw.Address == "new@example.org" }) {
			d.T.Error("not added")
		}
	})(t)
}

// A group is removed whose name is not shown as it is.
func TestAGroupOfAStrangeName(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		const name = "En\u202egines"
		d.Backend.People = append(d.Backend.People, app.Contact{Name: reading.Line(name), Raw: mail.Address{Name: name}, Address: reading.Line("1 person"), Kept: true,
			Members: []mail.Address{{Address: "bob@example.org"}}})
		d.Press("g c")
		d.Type("gines")
		d.Press("ctrl+d")
		d.See("Removed the group En", "Nobody like that")
		if slices.ContainsFunc(d.Backend.People, func(c app.Contact) bool { return c.Members != nil }) {
			d.T.Error("it is still there")
		}
	})(t)
}

// What is typed decides who is written to, however fast enter follows; and who is
// under the cursor stays there when others come or go.
func TestAddressBookActsOnWhoIsMeant(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Press("g c")
		d.Burst("h", "o", "w", "a", "enter")
		d.See("To  Howard Aiken")
		d.Press("esc", "esc")
		d.Burst("g", "r", "a", "c", "e", "ctrl+d")
		d.See("Removed Grace Hopper")
		d.Press("esc")
		d.Backend.Do(func() {
			d.Backend.People = append(d.Backend.People, app.Contact{Name: reading.Line("Looms"), Raw: mail.Address{Name: "Looms"}, Address: reading.Line("1 person"), Kept: true,
				Members: []mail.Address{{Address: "bob@example.org"}}})
		})
		d.Burst("l", "o", "o", "m", "s", "ctrl+e")
		d.See("There is nobody here to be named")
		d.Press("esc")
		d.Burst("n", "o", "b", "o", "d", "y", "enter")
		d.See("There is nobody here")
		d.Burst("ctrl+u", "h", "o", "w", "a", "ctrl+e")
		d.See("Name and keep", "Howard Aiken")
		d.Press("esc", "esc", "down", "down")
		was := line(d, "▌")
		d.Backend.Do(func() {
			d.Backend.People = slices.Insert(d.Backend.People, 0, contact("Aaron", "aaron@example.org", 99))
		})
		d.Advance(0)
		d.See("Aaron")
		if now := line(d, "▌"); now != was || was == "" {
			t.Errorf("the cursor went from %q to %q", was, now)
		}
	})(t)
}

func TestAddressBookThatCannotBeRead(t *testing.T) {
	at(80, 24, func(d *tuitest.Driver) {
		d.Backend.Fail["FindContacts"] = errors.New("the disk is gone")
		d.Press("g c")
		d.See("The address book could not be read: the disk is gone")
		d.Press("enter")
		d.See("There is nobody here")
	})(t)
}
