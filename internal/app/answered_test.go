package app

import (
	"strings"
	"testing"

	"postea/config"
	"postea/internal/event"
)

const invitationMail = "From: bob@y.example\r\nTo: ada@x.example\r\nSubject: Tea\r\nMessage-ID: <m0@x>\r\nMIME-Version: 1.0\r\nContent-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\n" +
	"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:tea-1\r\nSEQUENCE:1\r\nDTSTAMP:20261101T100000Z\r\nDTSTART:20261205T160000Z\r\nDTEND:20261205T170000Z\r\nSUMMARY:Tea\r\n" +
	"ORGANIZER:mailto:bob@y.example\r\nATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:ada@x.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"

// What was answered is known when the invitation is opened again, unless the
// answer was taken back, or the event has changed.
func TestAnswerIsRemembered(t *testing.T) {
	a, ids := holding(t, invitationMail, strings.Replace(invitationMail, "SEQUENCE:1", "SEQUENCE:2", 1), strings.Replace(invitationMail, "UID:tea-1", "UID:tea-2", 1))
	a.cfg.Accounts[0].SMTP = config.Server{Host: "smtp.x.example", Port: 465, Password: config.Secret{Value: "x"}}
	mine := func(i int) string {
		t.Helper()
		m, err := a.Open(t.Context(), ids[i])
		if err != nil || m.Invitation == nil {
			t.Fatalf("%+v, %v", m.Invitation, err)
		}
		return m.Invitation.Mine
	}
	if s := mine(0); s != "needs-action" {
		t.Errorf("before: %q", s)
	}
	d, err := a.AnswerInvitation(t.Context(), ids[0], "accepted")
	if err != nil {
		t.Fatal(err)
	}
	if s := mine(0); s != "needs-action" {
		t.Errorf("not sent yet: %q", s)
	}
	id, _, err := a.Send(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"accepted", "needs-action", "needs-action"} {
		if s := mine(i); s != want {
			t.Errorf("invitation %d: %q, want %q", i, s, want)
		}
	}
	if err := a.CancelSend(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if s := mine(0); s != "needs-action" {
		t.Errorf("taken back: %q", s)
	}
	for _, status := range []string{"tentative", "declined"} {
		if d, err = a.AnswerInvitation(t.Context(), ids[0], status); err != nil {
			t.Fatal(err)
		}
		if id, _, err = a.Send(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.CancelSend(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if s := mine(0); s != "tentative" {
		t.Errorf("the second answer taken back: %q", s)
	}
}

// Who answers is the one who was invited: an alias under its own name, or an address
// of another account, from where the invitation was passed on.
func TestAnswerIsOfWhoWasInvited(t *testing.T) {
	for invited, want := range map[string][2]string{
		"Countess@x.example": {"work", "From: The Countess <countess@x.example>"},
		"ada@club.example":   {"club", "From: Ada at the club <ada@club.example>"},
		"talk@lists.example": {"work", "From: Ada <ada@x.example>"},
	} {
		a, ids := holding(t, strings.Replace(invitationMail, "mailto:ada@x.example", "mailto:"+invited, 1))
		a.cfg.Accounts[0].RealName = "Ada"
		a.cfg.Accounts[0].More = []config.Identity{{Address: "countess@x.example", RealName: "The Countess"}}
		a.cfg.Accounts = append(a.cfg.Accounts, config.Account{Name: "club", Address: "ada@club.example", RealName: "Ada at the club"})
		d, err := a.AnswerInvitation(t.Context(), ids[0], "accepted")
		if err != nil {
			t.Fatal(err)
		}
		if got := [2]string{d.Account, "From: " + d.From.String()}; got != want {
			t.Errorf("%s answers as %q, want %q", invited, got, want)
		}
		m, err := a.Open(t.Context(), ids[0])
		if err != nil || (m.Invitation.Mine == "") != (invited == "talk@lists.example") {
			t.Errorf("%s is %q in the invitation, %v", invited, m.Invitation.Mine, err)
		}
	}
}

// Who shows an invitation is told once its answer is known, and not only before.
func TestAnswerIsToldOf(t *testing.T) {
	a, ids := holding(t, invitationMail)
	a.cfg.Accounts[0].SMTP = config.Server{Host: "smtp.x.example", Port: 465, Password: config.Secret{Value: "x"}}
	d, err := a.AnswerInvitation(t.Context(), ids[0], "accepted")
	if err != nil {
		t.Fatal(err)
	}
	sub := a.Events()
	defer sub.Close()
	seen, last := make(chan string, 100), ""
	go func() {
		defer close(seen)
		for {
			batch, err := sub.Next(t.Context())
			if err != nil {
				return
			}
			for _, e := range batch {
				if _, ok := e.(event.OutboxChanged); ok {
					if m, err := a.Open(t.Context(), ids[0]); err == nil {
						seen <- m.Invitation.Mine
					}
				}
			}
		}
	}()
	if _, _, err := a.Send(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	sub.Close()
	for last = range seen {
	}
	if last != "accepted" {
		t.Errorf("at last it is %q", last)
	}
}
