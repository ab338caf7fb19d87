package compose

import (
	"errors"
	"strings"
	"testing"

	"postea/internal/mail"
)

func TestResend(t *testing.T) {
	raw := "Return-Path: <bob@x.example>\nDKIM-Signature: v=1; h=From\nFrom: Bob <bob@x.example>\nBcc: secret@x.example\nSubject: =?utf-8?q?T=C3=A9?=\nX-Postea-Kept: 1\nMessage-ID: <orig@x.example>\n\n  body \xc3\xa4 \n.\n"
	d := mail.Draft{From: ada, To: "carol@y.example, 用 <dave@z.example>", Cc: "erin@z.example", Bcc: "frank@z.example", Subject: "ignored", Body: "ignored"}
	b, err := Resend([]byte(raw), d, fixed())
	if err != nil {
		t.Fatal(err)
	}
	head, body, _ := strings.Cut(string(b.Wire), "\r\n\r\n")
	for _, want := range []string{"Resent-Date: ", "\r\nResent-From: Ada", "\r\nResent-To: carol@y.example, =?utf-8?", "\r\nResent-Cc: erin@z.example\r\n",
		"\r\nResent-Message-ID: <" + b.MessageID + ">\r\nDKIM-Signature: v=1; h=From\r\nFrom: Bob <bob@x.example>\r\nSubject: =?utf-8?q?T=C3=A9?=\r\nMessage-ID: <orig@x.example>"} {
		if !strings.Contains(head, want) {
			t.Errorf("no %q in\n%s", want, head)
		}
	}
	for _, not := range []string{"secret", "frank", "Bcc", "ignored", "Return-Path", "Postea"} {
		if strings.Contains(string(b.Wire), not) {
			t.Errorf("%q in\n%s", not, b.Wire)
		}
	}
	if body != "  body \xc3\xa4 \r\n.\r\n" || !b.EightBit || b.From != ada.Address || len(b.Recipients) != 4 || b.MessageID == "orig@x.example" {
		t.Errorf("%q, %+v", body, b)
	}
	if b, err := Resend([]byte(raw), mail.Draft{From: ada, Bcc: "frank@z.example"}, fixed()); err != nil || !strings.Contains(string(b.Wire), "Resent-To: undisclosed-recipients:;") {
		t.Errorf("to Bcc alone: %v", err)
	}
	if _, err := Resend([]byte(raw), mail.Draft{From: ada}, fixed()); !errors.Is(err, ErrNoRecipients) {
		t.Errorf("to nobody: %v", err)
	}
	if _, err := Resend([]byte("no header"), d, fixed()); !errors.Is(err, ErrNoHeader) {
		t.Errorf("no header: %v", err)
	}
}

func TestResendIsNoLoop(t *testing.T) {
	b, err := Resend([]byte("Delivered-To: ada@example.org\nReceived: by x\nDelivered-To: team@example.org\nFrom: a@x.example\n\nbody\n"), mail.Draft{From: ada, To: "team@example.org"}, fixed())
	if err != nil || strings.Contains(string(b.Wire), "Delivered-To") || !strings.Contains(string(b.Wire), "\r\nReceived: by x\r\nFrom: a@x.example\r\n\r\nbody") {
		t.Errorf("%v\n%s", err, b.Wire)
	}
}

// A header of a length that some server has let through does not keep a message here.
func TestResendOfLongHeader(t *testing.T) {
	b, err := Resend([]byte("From: a@x.example\nX-Info: "+strings.Repeat("y", 3000)+"\n z\nSubject: x\n\nbody\n"), mail.Draft{From: ada, To: "b@x.example"}, fixed())
	if err != nil || isWide(b.Wire) || !strings.Contains(string(b.Wire), "\r\nX-Info: =?utf-8?q?yyyy") || !strings.HasSuffix(string(b.Wire), "\r\nSubject: x\r\n\r\nbody\r\n") {
		t.Errorf("%v", err)
	}
}

func TestForOthers(t *testing.T) {
	got := string(ForOthers([]byte("From: a@x.example\nBCC: b@x.example,\n c@x.example\nTo: d@x.example\n\nbody\n")))
	if got != "From: a@x.example\r\nTo: d@x.example\r\n\r\nbody\r\n" {
		t.Errorf("%q", got)
	}
	if got := string(ForOthers([]byte("what is this"))); got != "what is this" {
		t.Errorf("%q", got)
	}
}

// TestForOthersOfManyFolds: each line of a field copied those before it, which took
// minutes.
func TestForOthersOfManyFolds(t *testing.T) {
	in := "From: a@x.example\r\nX-Long:" + strings.Repeat("\r\n a", 1<<20) + "\r\n\r\nbody\r\n"
	if got := string(ForOthers([]byte(in))); got != in {
		t.Errorf("%d bytes of %d came back", len(got), len(in))
	}
}

func TestResendKeepsLetters(t *testing.T) {
	b, err := Resend([]byte("From: M\xfcller <a@x.example>\nSubject: caf\xe9\n\nbody\n"), mail.Draft{From: ada, To: "team@example.org"}, fixed())
	if err != nil || !strings.Contains(string(b.Wire), "\r\nFrom: =?utf-8?q?M=C3=BCller?= <a@x.example>\r\nSubject: =?utf-8?b?Y2Fmw6k=?=\r\n") {
		t.Errorf("%v\n%s", err, b.Wire)
	}
}
