package lab

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	imap "github.com/emersion/go-imap/v2"

	"postea/imapclient"
	"postea/internal/dial"
	"postea/smtpclient"
)

func secret(s string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return s, nil }
}

func reader(t *testing.T, s *Server, i int, mode dial.TLSMode, policy string) *imapclient.Client {
	t.Helper()
	u := s.Account(i)
	c, err := imapclient.Connect(t.Context(), imapclient.Options{
		Dial: s.IMAPDial(mode),
		Auth: imapclient.Auth{Username: u.Username, Password: secret(u.Password), Policy: policy},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func sender(t *testing.T, s *Server, i int, mode dial.TLSMode) *smtpclient.Client {
	t.Helper()
	u := s.Account(i)
	c, err := smtpclient.Connect(t.Context(), smtpclient.Options{
		Dial: s.SubmissionDial(mode),
		Auth: smtpclient.Auth{Username: u.Username, Password: secret(u.Password)},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func submit(t *testing.T, c *smtpclient.Client, from, subject string, to ...string) (*smtpclient.Result, error) {
	t.Helper()
	body := fmt.Sprintf("From: %s\r\nSubject: %s\r\nMessage-ID: <%s@lab>\r\n\r\nhello\r\n", from, subject, subject)
	env := smtpclient.Envelope{From: from}
	for _, rcpt := range to {
		env.To = append(env.To, smtpclient.Recipient{Address: rcpt})
	}
	return c.Send(t.Context(), env, strings.NewReader(body), smtpclient.SendOptions{})
}

// arrived waits until a message with the text in its subject is in INBOX.
func arrived(t *testing.T, c *imapclient.Client, subject string) []byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	for {
		if _, err := c.Select(ctx, "INBOX", true); err != nil {
			t.Fatal(err)
		}
		found, err := c.Search(ctx, &imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: "Subject", Value: subject}}})
		if err != nil {
			t.Fatal(err)
		}
		if len(found) > 0 {
			raw, err := c.FetchBody(ctx, found[0], 0)
			if err != nil {
				t.Fatal(err)
			}
			return raw
		}
		if _, err := c.Idle(ctx, time.Second); err != nil {
			t.Fatalf("waiting for %q: %v", subject, err)
		}
	}
}

func TestDeliver(t *testing.T) {
	s := Postfix(t)
	alice, bob := s.Account(0).Address, s.Account(1).Address
	for _, mode := range []dial.TLSMode{dial.ModeImplicit, dial.ModeStartTLS} {
		t.Run(string(mode), func(t *testing.T) {
			subject := "delivery-" + string(mode)
			if _, err := submit(t, sender(t, s, 0, mode), alice, subject, bob); err != nil {
				t.Fatal(err)
			}
			raw := arrived(t, reader(t, s, 1, mode, ""), subject)
			if !strings.HasSuffix(string(raw), "\r\n\r\nhello\r\n") {
				t.Errorf("arrived as %q", raw)
			}
		})
	}
	t.Run("bounce", func(t *testing.T) {
		if _, err := submit(t, sender(t, s, 0, dial.ModeImplicit), alice, "to nobody", s.Bounces); err != nil {
			t.Fatal(err)
		}
		raw := arrived(t, reader(t, s, 0, dial.ModeImplicit, "strong"), "Undelivered")
		if !strings.Contains(string(raw), "Status: 5.1.1") {
			t.Errorf("the bounce gives no reason:\n%s", raw)
		}
	})
	t.Run("refusals", func(t *testing.T) {
		result, err := submit(t, sender(t, s, 0, dial.ModeImplicit), alice, "refused", bob, s.Rejected, s.Deferred)
		if err != nil {
			t.Fatal(err)
		}
		got := fmt.Sprint(result.Recipients[0].Reply.Code, result.Recipients[1].Reply.Code, result.Recipients[2].Reply.Code)
		if got != "250 550 451" {
			t.Errorf("replies are %s", got)
		}
	})
}

// recorder is a test that only notes what would become of it.
type recorder struct {
	testing.TB
	fate string
}

func (r *recorder) Helper() {}
func (r *recorder) Skipf(format string, args ...any) {
	r.fate = "skipped: " + fmt.Sprintf(format, args...)
	runtime.Goexit()
}
func (r *recorder) Fatalf(format string, args ...any) {
	r.fate = "failed: " + fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// fate runs f as a test of its own.
func fate(f func(testing.TB)) string {
	r := &recorder{fate: "went on"}
	done := make(chan struct{})
	go func() {
		defer close(done)
		f(r)
	}()
	<-done
	return r.fate
}

func TestRequire(t *testing.T) {
	tests := []struct {
		list string
		ok   bool
		want string
	}{
		{"", true, "went on"},
		{"", false, "skipped: no thing: get it"},
		{"other", false, "skipped: no thing: get it"},
		{"other, Thing", false, "failed: thing is required and missing: get it"},
		{"thing", true, "went on"},
	}
	for _, test := range tests {
		t.Setenv("POSTEA_TEST_REQUIRE", test.list)
		if got := fate(func(t testing.TB) { Require(t, "thing", test.ok, "get it") }); got != test.want {
			t.Errorf("with %q: %s, want %s", test.list, got, test.want)
		}
	}
}

func TestNothingThere(t *testing.T) {
	t.Setenv("POSTEA_TEST_REQUIRE", "")
	t.Setenv("POSTEA_TEST_CORPUS", "")
	t.Setenv("LAB_MOX_HOST", "")
	if got := fate(func(t testing.TB) { Corpus(t) }); !strings.HasPrefix(got, "skipped: no corpus: set POSTEA_TEST_CORPUS") {
		t.Error(got)
	}
	if got := fate(func(t testing.TB) { Mox(t) }); !strings.HasPrefix(got, "skipped: no mox: start one") {
		t.Error(got)
	}
	dir := t.TempDir()
	t.Setenv("POSTEA_TEST_CORPUS", dir)
	if got := Corpus(t); got != dir {
		t.Errorf("corpus is %q", got)
	}
}
