package demo_test

import (
	"bytes"
	"fmt"
	"net/smtp"
	"slices"
	"strings"
	"testing"
	"time"

	"postea/internal/demo"
	"postea/internal/reading"
	"postea/smtpclient"
)

func note(s *demo.Server, id, text string) string {
	return fmt.Sprintf("From: Ada Lovelace <%s>\r\nTo: someone\r\nSubject: A note\r\n"+
		"Date: Mon, 10 Jul 1843 10:00:00 +0000\r\nMessage-ID: <%s>\r\nReferences: <first@x.example>\r\n"+
		"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8; format=flowed\r\n\r\n%s\r\n", s.Users[0].Address, id, text)
}

func TestDelivery(t *testing.T) {
	s := start(t, demo.Options{Empty: true})
	me, other := s.Users[0].Address, s.Users[1].Address
	raw := note(s, "a@x.example", "Hello.")
	submit(t, s, raw, smtpclient.Envelope{To: to(other)})
	got := string(arrival(t, s, 1, 1))
	want := fmt.Sprintf("Return-Path: <%s>\r\nDelivered-To: %s\r\nReceived: from ", me, other)
	if !strings.HasPrefix(got, want) || !strings.HasSuffix(got, raw) {
		t.Errorf("delivered as\n%s", got)
	}
	accepted := s.Accepted()
	if len(accepted) != 1 || accepted[0].From != me || accepted[0].To[0].Address != other || string(accepted[0].Raw) != raw {
		t.Errorf("accepted %+v", accepted)
	}
}

func TestEcho(t *testing.T) {
	s := start(t, demo.Options{Empty: true})
	submit(t, s, note(s, "a@x.example", "Long lines \r\nflow.\r\n\r\n-- \r\nAda"), smtpclient.Envelope{To: to("echo@postea.example")})
	m := reading.Parse(arrival(t, s, 0, 1))
	h := m.Header
	if h.Subject != "Re: A note" || len(h.From) != 1 || h.From[0].Address != "echo@postea.example" {
		t.Errorf("%q from %v", h.Subject, h.From)
	}
	if !slices.Equal(h.InReplyTo, []string{"a@x.example"}) || !slices.Equal(h.References, []string{"first@x.example", "a@x.example"}) {
		t.Errorf("in reply to %q, references %q", h.InReplyTo, h.References)
	}
	if raw := string(arrival(t, s, 0, 1)); !strings.Contains(raw, "> Long lines\r\n> flow.\r\n") || strings.Contains(raw, "> Ada") || len(m.Defects) > 0 {
		t.Errorf("defects %q in\n%s", m.Defects, raw)
	}

	html := "From: ada@postea.example\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nMessage-ID: <h@x.example>\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" +
		"<html><head><style>p{}</style></head><body><p>Fish &amp; chips</p><p>Tea<br>or coffee</p></body></html>\r\n"
	submit(t, s, html, smtpclient.Envelope{To: to("Echo@analytical.example")})
	m = reading.Parse(arrival(t, s, 0, 2))
	if raw := arrival(t, s, 0, 2); m.Header.Subject != "Re: Grüße" || !bytes.Contains(raw, []byte("> Fish & chips\r\n> Tea\r\n> or coffee")) {
		t.Errorf("%q:\n%s", m.Header.Subject, raw)
	}
}

func TestBounce(t *testing.T) {
	s := start(t, demo.Options{Empty: true})
	env := smtpclient.Envelope{To: []smtpclient.Recipient{{Address: "nobody@postea.example", ORcpt: "no.body@postea.example"}}}
	env.DSN = smtpclient.DSN{EnvID: "journey+1", Return: "HDRS"}
	submit(t, s, note(s, "a@x.example", "Hello?"), env)
	raw := arrival(t, s, 0, 1)
	if !bytes.HasPrefix(raw, []byte("Return-Path: <>\r\n")) || bytes.Contains(raw, []byte("Hello?")) {
		t.Errorf("bounce is\n%s", raw)
	}
	m := reading.Parse(raw)
	r := m.Report()
	if r == nil || len(m.Defects) > 0 {
		t.Fatalf("no report, or defects %q, in\n%s", m.Defects, raw)
	}
	if r.Kind != "failed" || r.OriginalMessageID != "a@x.example" || r.EnvID != "journey+1" || len(r.Recipients) != 1 {
		t.Errorf("report %+v", r)
	}
	if got := r.Recipients[0]; got.Address != "no.body@postea.example" || got.FinalRecipient != "nobody@postea.example" || got.Status != "5.1.1" || got.Code != 550 {
		t.Errorf("recipient %+v", got)
	}
}

func TestReports(t *testing.T) {
	s := start(t, demo.Options{Empty: true})
	work := s.Users[1].Address
	env := smtpclient.Envelope{DSN: smtpclient.DSN{Return: "FULL"}, To: []smtpclient.Recipient{
		{Address: work, Notify: []string{"SUCCESS", "FAILURE"}},
		{Address: "quiet@postea.example", Notify: []string{"NEVER"}},
	}}
	submit(t, s, note(s, "a@x.example", "Hello."), env)
	raw := arrival(t, s, 0, 1)
	r := reading.Parse(raw).Report()
	if r == nil || r.Kind != "delivered" || len(r.Recipients) != 1 || r.Recipients[0].Address != work || !bytes.Contains(raw, []byte("\r\nHello.\r\n")) {
		t.Errorf("report %+v in\n%s", r, raw)
	}
}

func TestRefusals(t *testing.T) {
	s := start(t, demo.Options{Empty: true})
	result := submit(t, s, note(s, "a@x.example", "Hello."), smtpclient.Envelope{
		To: to(s.Users[1].Address, "refused@postea.example", "later@analytical.example", "ada@elsewhere.example"),
	})
	var got []string
	for _, r := range result.Recipients {
		got = append(got, fmt.Sprint(r.Reply.Code, " ", r.Reply.Enhanced))
	}
	want := []string{"250 2.0.0", "550 5.1.1", "451 4.7.1", "550 5.1.2"}
	if !slices.Equal(got, want) {
		t.Errorf("replies %q, want %q", got, want)
	}
	u := s.Users[0]
	_, err := sender(t, s, 0).Send(t.Context(), smtpclient.Envelope{From: s.Users[1].Address, To: to(u.Address)}, strings.NewReader("\r\n"), smtpclient.SendOptions{})
	if err == nil || !strings.Contains(err.Error(), "553") {
		t.Errorf("another's address as the sender gives %v", err)
	}
}

// TestSubmission speaks to the server with the standard library's client.
func TestSubmission(t *testing.T) {
	s := start(t, demo.Options{Empty: true})
	u := s.Users[0]
	c, err := smtp.Dial(address(s.Info().Submission))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if ok, _ := c.Extension("AUTH"); ok {
		t.Error("AUTH is offered in clear text")
	}
	if err := c.Mail(u.Address); err == nil || !strings.HasPrefix(err.Error(), "530") {
		t.Errorf("MAIL before everything gives %v", err)
	}
	if err := c.StartTLS(trust(t, s)); err != nil {
		t.Fatal(err)
	}
	if _, mechanisms := c.Extension("AUTH"); mechanisms != "PLAIN LOGIN" {
		t.Errorf("AUTH %s", mechanisms)
	}
	for _, name := range []string{"PIPELINING", "8BITMIME", "SMTPUTF8", "SIZE", "CHUNKING", "DSN", "ENHANCEDSTATUSCODES"} {
		if ok, _ := c.Extension(name); !ok {
			t.Errorf("no %s", name)
		}
	}
	if err := c.Auth(smtp.PlainAuth("", u.Username, "guess", "127.0.0.1")); err == nil || !strings.HasPrefix(err.Error(), "535") {
		t.Errorf("a wrong password gives %v", err)
	}
}

func TestFaults(t *testing.T) {
	s := start(t, demo.Options{Empty: true})
	c := sender(t, s, 0)
	s.LoseNextAnswer()
	env := smtpclient.Envelope{From: s.Users[0].Address, To: to(s.Users[1].Address)}
	if _, err := c.Send(t.Context(), env, strings.NewReader(note(s, "a@x.example", "Hello.")), smtpclient.SendOptions{}); err == nil {
		t.Error("the lost answer has arrived")
	}
	if n := len(s.Accepted()); n != 1 {
		t.Errorf("%d messages accepted", n)
	}

	reader := signIn(t, s, 1, nil)
	s.IMAP.Stall()
	noop := reader.Noop()
	answered := make(chan error, 1)
	go func() { answered <- noop.Wait() }()
	select {
	case err := <-answered:
		t.Errorf("a stalled server answers %v", err)
	case <-time.After(20 * time.Millisecond): // too short can only miss a fault
	}
	s.IMAP.Resume()
	if err := <-answered; err != nil {
		t.Error(err)
	}
	s.IMAP.SetOffline(true)
	if reader.Noop().Wait() == nil {
		t.Error("a server that is offline answers")
	}
	s.IMAP.SetOffline(false)
	signIn(t, s, 1, nil)
}

func TestClose(t *testing.T) {
	s := start(t, demo.Options{Empty: true, EchoAfter: time.Hour})
	submit(t, s, note(s, "a@x.example", "Hello."), smtpclient.Envelope{To: to("echo@postea.example", s.Users[0].Address)})
	c := signIn(t, s, 0, nil)
	if _, err := c.Select("INBOX", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Idle(); err != nil {
		t.Fatal(err)
	}
	s.Close() // returns although an answer is due and a client idles
	if n := s.IMAP.Connections() + s.SMTP.Connections(); n != 0 {
		t.Errorf("%d connections are left", n)
	}
	s.Close()
}
