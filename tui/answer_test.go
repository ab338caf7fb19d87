package tui_test

import (
	"testing"

	"postea/tui/tuitest"
)

func TestReplyToAList(t *testing.T) {
	all := func(d *tuitest.Driver) {
		for _, m := range d.Backend.Messages {
			m.List = "talk@lists.example"
		}
	}
	t.Run("L answers to the list alone", at(120, 36, func(d *tuitest.Driver) {
		all(d)
		d.Press("L")
		d.See("To  talk@lists.example", "Re: the talk on Thursday")
		d.SeeNot("The list asks")
	}))
	t.Run("r asks where the list has drawn answers to itself", at(120, 36, func(d *tuitest.Driver) {
		all(d)
		d.Press("r")
		d.See("The list asks for answers to itself", "Only the author", "Grace Hopper <grace@example.net>", "The whole list", "talk@lists.example")
		d.Press("enter")
		d.See("To  Grace Hopper <grace@example.net>")
		d.Press("esc")
		d.SeeNot("Draft kept")
	}))
	t.Run("and goes to the list where that is meant", at(120, 36, func(d *tuitest.Driver) {
		all(d)
		d.Press("r", "down", "enter")
		d.See("To  talk@lists.example")
		d.Type("Yes.")
		d.Press("ctrl+s")
		d.See("Queued")
	}))
}

// alt+e sends an answer and archives what it answers; u takes both back, the send first.
func TestSendAndArchive(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Press("c", "alt+e")
		d.See("This answers nothing that could be archived")
		d.Press("esc")
		d.See("Re: the talk on Thursday")
		d.Press("r")
		d.Type("Yes.")
		d.Press("alt+e")
		d.See("Archived and queued")
		d.SeeNot("Re: the talk on Thursday")
		d.Press("u")
		d.See("Sending taken back", "Yes.")
		d.Press("alt+x")
		d.SeeNot("Re: the talk on Thursday")
		if sent := d.Backend.Sent; len(sent) != 0 {
			d.T.Errorf("sent is %v", sent)
		}
	})(t)
}

// From the open conversation it goes on to the next one, as archiving does.
func TestSendAndArchiveFromTheReader(t *testing.T) {
	at(80, 24, func(d *tuitest.Driver) {
		d.Press("enter")
		d.See("Re: the talk on Thursday", "1 of 30")
		d.Press("r")
		d.Type("Yes.")
		d.Press("alt+e")
		d.See("Archived and queued", "1 of 29")
		d.SeeNot("the talk on Thursday")
	})(t)
}

func TestForwardAsAttachment(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Press("F")
		d.See("Fwd: Re: the talk on Thursday", "Re: the talk on Thursday.eml")
		d.Type("howard@example.edu")
		d.Press("ctrl+s")
		d.See("Queued")
	})(t)
}

func TestRedirect(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Press("B")
		d.See("Redirect: Re: the talk on Thursday", "sent on unchanged")
		d.Press("tab", "tab", "ctrl+e", "ctrl+a")
		d.See("A redirected message goes out as it came")
		d.Type("howard@example.edu")
		d.ClickOn("Subject")
		d.Type(", dave@example.edu")
		d.See("To  howard@example.edu, dave@example.edu", "2 recipients")
		d.Press("ctrl+s")
		d.See("Queued")
		d.Press("u")
		d.See("Redirect: Re: the talk", "howard@example.edu")
	})(t)
}

func TestEditAsNew(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Press("E")
		d.See("Subject  Re: the talk on Thursday")
		d.SeeNot("wrote:")
		d.Press("ctrl+s")
		d.See("Queued")
	})(t)
}
