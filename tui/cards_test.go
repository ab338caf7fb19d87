package tui_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/tui"
	"postea/tui/tuitest"
)

func withCards(w, h int, f func(*tuitest.Driver)) func(*testing.T) {
	return func(t *testing.T) {
		tuitest.Run(t, tuitest.Setup{Width: w, Height: h, Backend: tuitest.SampleCards()}, f)
	}
}

func TestInvitationIsAnswered(t *testing.T) {
	t.Run("at once", withCards(120, 36, func(d *tuitest.Driver) {
		d.Press("enter")
		d.See("Invitation: The engine shown to visitors", "16:00–17:30, every two weeks", "1 Dorset Street", "waiting for your answer",
			"✓ example.net confirms this message", "signed with OpenPGP, not checked", "i a accept", "i d decline")
		d.Press("i")
		d.See("i …", "a accept", "m maybe", "d decline", "c in words")
		d.SeeNot("journey", "leave list") // not what this message is for
		d.Press("a")
		d.See("Accepted, goes to charles@example.net in 10 s")
		if n := len(d.Backend.Sent); n != 1 || !strings.HasPrefix(d.Backend.Sent[0].Subject, "accepted:") || d.Backend.Sent[0].ReplyTo == 0 {
			d.T.Fatalf("sent %+v", d.Backend.Sent)
		}
		d.Press("u")
		d.See("The answer is accepted.") // in the composer, to be thought over
		if len(d.Backend.Sent) != 0 {
			d.T.Error("it was sent all the same")
		}
	}))
	t.Run("heard", func(t *testing.T) {
		tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Backend: tuitest.SampleCards(), Options: tui.Options{Plain: true}}, func(d *tuitest.Driver) {
			d.Press("enter")
			d.See("no answer from Ada Lovelace", "accepted Mary Somerville", "declined The Duke")
		})
	})
	t.Run("in words", withCards(120, 36, func(d *tuitest.Driver) {
		d.Press("enter", "i c")
		d.Type("decl")
		d.Press("enter")
		d.See("The answer is declined.", "answer.ics")
		if len(d.Backend.Sent) != 0 {
			d.T.Error("it was sent without a word")
		}
	}))
	t.Run("only an invitation", withCards(120, 36, func(d *tuitest.Driver) {
		d.Press("j", "enter", "i a")
		d.See("This message asks for no answer to an invitation")
		if len(d.Backend.Sent) != 0 {
			d.T.Error("it was answered")
		}
	}))
	t.Run("taken back at once", withCards(120, 36, func(d *tuitest.Driver) {
		d.Backend.Do(func() { d.Backend.Slow = map[string]time.Duration{"AnswerInvitation": time.Second} })
		d.Press("s", "enter")
		d.Burst("i", "a", "u")
		d.Advance(2 * time.Second)
		d.See("Sending taken back")
	}))
	t.Run("failing", withCards(120, 36, func(d *tuitest.Driver) {
		d.Backend.Do(func() { d.Backend.Fail["Send"] = errors.New("the disk is full") })
		d.Press("enter", "i d")
		d.See("the disk is full")
	}))
}

func TestBounceLeadsToTheJourney(t *testing.T) {
	for _, key := range []string{"enter", "i j"} {
		t.Run(key, withCards(120, 36, func(d *tuitest.Driver) {
			d.Press("j", "enter")
			d.See("✕ Not delivered", "Wheels for the demonstration", "written Today 07:41", "charles.babage@example.net: no such mailbox (5.1.1)",
				"User unknown in", "mary@example.net: the mailbox is full (4.2.2)")
			d.Press(key)
			d.See("Outbox", "Wheels for the demonstration", "written to disk")
			d.Press("esc")
			d.See("✕ Not delivered")
		}))
	}
	t.Run("of nobody's message", withCards(120, 36, func(d *tuitest.Driver) {
		d.Press("5 j", "enter")
		d.See("It names no message that was sent from here")
		d.Press("i j")
		d.See("The message that it is about was not sent from here")
		d.Press("enter") // folds, as ever
		d.SeeNot("It names no message")
	}))
}

// Leaving a list by a request takes two steps, and the first one says who is
// told; by mail, the composer is the second step.
func TestLeavingAList(t *testing.T) {
	t.Run("by a request", withCards(120, 36, func(d *tuitest.Driver) {
		d.Press("j", "j", "enter")
		d.See("list The Difference, weekly · can be left at once")
		d.Press("i u")
		d.See("Leave The Difference, weekly?", "lists.example.com")
		for _, key := range []string{"enter", "n"} {
			d.Press(key)
		}
		if len(d.Backend.Left) != 0 {
			d.T.Fatal("left without a yes")
		}
		d.Press("i u", "y")
		d.See("Asked to be taken off The Difference, weekly")
		if got := d.Backend.Left; len(got) != 1 || got[0] != mail.ID(3) {
			d.T.Errorf("left %v", got)
		}
		d.Press("i w")
		if got := d.Backend.Opened; len(got) != 1 || got[0] != "https://lists.example.com/52" {
			d.T.Errorf("opened %v", got)
		}
	}))
	t.Run("by mail", withCards(120, 36, func(d *tuitest.Driver) {
		d.Press("3 j", "enter")
		d.Burst("i", "u", "e") // which is typed into the message
		d.See("almanack-leave@example.com", "unsubscribe", "keep draft")
		d.SeeNot("Archived")
		if len(d.Backend.Left)+len(d.Backend.Sent) != 0 {
			d.T.Error("it was left without a look")
		}
	}))
}

func TestDoubtsAreLinesAndNoWall(t *testing.T) {
	withCards(80, 24, func(d *tuitest.Driver) {
		d.Press("4 j", "enter")
		d.See("the first mail from this address", "does not vouch for this message", "x@xn--bnk-7cd.example", "and 2 further odd things", "Press here.")
		if n := strings.Count(d.Screen(), "▲"); n != 5 {
			d.T.Errorf("%d warnings:\n%s", n, d.Screen())
		}
	})(t)
}

// The card of a series says what it leaves out and which of its dates are otherwise; that
// of a single date says which it is.
func TestInvitationToASeries(t *testing.T) {
	b := tuitest.SampleCards()
	m := b.Messages[0]
	also := m.Also
	m.Also = func(out *app.Message) {
		also(out)
		out.Invitation.Repeats = reading.Line("every two weeks, not on Fri, 11 Dec 2026 and Fri, 25 Dec 2026")
		out.Invitation.Series = reading.Line("this one of a series only")
		out.Invitation.Changes = []reading.Text{reading.Line("Fri, 8 Jan 2027, 16:00: cancelled")}
	}
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Backend: b}, func(d *tuitest.Driver) {
		d.Press("enter")
		d.See("every two weeks, not on Fri, 11 Dec 2026 and Fri, 25 Dec\n", "2026\n", "this one of a series only", "Fri, 8 Jan 2027, 16:00: cancelled")
	})
}
