package lab

import (
	"errors"
	"io"
	"strings"
	"testing"

	"postea/internal/dial"
	"postea/smtpclient"
)

// testWishes asks for what servers offer or do not: reports, addresses beyond
// ASCII, large messages.
func testWishes(t *testing.T, s *Server) {
	t.Run("delivery report", func(t *testing.T) { testReport(t, s) })
	t.Run("UTF-8 address", func(t *testing.T) { testUTF8(t, s) })
	t.Run("large", func(t *testing.T) { testLarge(t, s) })
	t.Run("over SIZE", func(t *testing.T) { testOverSize(t, s) })
}

// testReport asks for a report and, where there are reports, waits for it.
func testReport(t *testing.T, s *Server) {
	c := open(t, submission(s, dial.ModeImplicit, ""))
	env := smtpclient.Envelope{
		From: s.Account(0).Address, DSN: smtpclient.DSN{EnvID: "o-42=x+y", Return: "HDRS"},
		To: []smtpclient.Recipient{{Address: s.Account(1).Address, Notify: []string{"SUCCESS", "FAILURE"}}},
	}
	body := "From: <" + env.From + ">\r\nSubject: tracked\r\n\r\nhello\r\n"
	result, err := c.Send(t.Context(), env, strings.NewReader(body), smtpclient.SendOptions{})
	if err != nil || result.Tracked != c.Capabilities().Offers("DSN") {
		t.Fatalf("%+v, %v", result, err)
	}
	if !result.Tracked || s.IMAPS == 0 {
		return // no reports, or nowhere to read them
	}
	report := string(arrived(t, reader(t, s, 0, dial.ModeImplicit, ""), "Successful"))
	for _, want := range []string{"Original-Envelope-Id: o-42=x+y", "Original-Recipient: rfc822;" + s.Account(1).Address, "Action: relayed"} { // LMTP has no reports
		if !strings.Contains(report, want) {
			t.Errorf("the report lacks %q", want)
		}
	}
}

func testUTF8(t *testing.T, s *Server) {
	c := open(t, submission(s, dial.ModeImplicit, ""))
	result, err := submit(t, c, s.Account(0).Address, "grüße", "jörg@"+s.Domain, s.Account(1).Address)
	if !c.Capabilities().Offers("SMTPUTF8") {
		if !errors.Is(err, smtpclient.ErrNoSMTPUTF8) || !c.Alive() {
			t.Errorf("not offered: %v", err)
		}
		return
	}
	// Whether there is a jörg is the server's to say; it must have understood.
	if err != nil || result.Recipients[0].Reply == nil || result.Recipients[0].Reply.Code/100 == 5 && !strings.HasPrefix(result.Recipients[0].Reply.Enhanced, "5.1.") {
		t.Errorf("%+v, %v", result, err)
	}
}

const large = 50_000_000

// testLarge sends 50 MB. A server that tells no limit may still have one, and
// refuse by the size that it is told: then half of it must get through.
func testLarge(t *testing.T, s *Server) {
	c := open(t, submission(s, dial.ModeImplicit, ""))
	limit := c.Capabilities().MaxSize()
	if limit != 0 && limit < large {
		t.Fatalf("the server takes %d bytes", limit)
	}
	err := sendLarge(t, c, s, large)
	var e *smtpclient.Error
	if limit == 0 && errors.As(err, &e) && e.Phase == smtpclient.PhaseMail && e.Code == 552 && c.Alive() {
		t.Log(err)
		err = sendLarge(t, c, s, large/2)
	}
	if err != nil {
		t.Error(err)
	}
}

func sendLarge(t *testing.T, c *smtpclient.Client, s *Server, size int64) error {
	t.Helper()
	from := s.Account(0).Address
	head := "From: <" + from + ">\r\nSubject: large\r\n\r\n"
	body := io.MultiReader(strings.NewReader(head), io.LimitReader(lines{}, size-int64(len(head))))
	env := smtpclient.Envelope{From: from, To: []smtpclient.Recipient{{Address: s.Account(1).Address}}, BodySize: size}
	last := int64(0)
	_, err := c.Send(t.Context(), env, body, smtpclient.SendOptions{Progress: func(sent, total int64) {
		if sent < last || total != size {
			t.Errorf("progress from %d to %d of %d", last, sent, total)
		}
		last = sent
	}})
	if err == nil && last != size {
		t.Errorf("progress ends at %d of %d", last, size)
	}
	return err
}

// testOverSize sends one byte more than the server takes; nothing of it may be
// read.
func testOverSize(t *testing.T, s *Server) {
	c := open(t, submission(s, dial.ModeImplicit, ""))
	limit := c.Capabilities().MaxSize()
	if limit == 0 {
		t.Log("the server tells no limit")
		return
	}
	env := smtpclient.Envelope{From: s.Account(0).Address, To: []smtpclient.Recipient{{Address: s.Account(1).Address}}, BodySize: limit + 1}
	if _, err := c.Send(t.Context(), env, untouched{t}, smtpclient.SendOptions{}); !errors.Is(err, smtpclient.ErrTooLarge) || !c.Alive() {
		t.Errorf("error = %v", err)
	}
}

// untouched is a message that must not be read.
type untouched struct{ t *testing.T }

func (u untouched) Read([]byte) (int, error) {
	u.t.Error("the message was read")
	return 0, io.EOF
}

// lines is an endless message.
type lines struct{}

func (lines) Read(p []byte) (int, error) {
	const line = "the quick brown fox jumps over the lazy dog, and then it jumps back\r\n"
	n := 0
	for len(p)-n >= len(line) {
		n += copy(p[n:], line)
	}
	if n == 0 {
		n = copy(p, line)
	}
	return n, nil
}
