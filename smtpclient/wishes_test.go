package smtpclient

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"postea/internal/dial"
	"postea/internal/sasl"
)

func TestWishes(t *testing.T) {
	all := parseCapabilities([]string{"mx", "REQUIRETLS", "FUTURERELEASE 3600 2026-12-01T00:00:00Z", "DELIVERBY 240"})
	open := parseCapabilities([]string{"mx", "FUTURERELEASE", "DELIVERBY"})
	noon := time.Date(2026, 11, 30, 13, 0, 0, 0, time.FixedZone("", 3600))
	tests := []struct {
		name   string
		env    Envelope
		caps   Capabilities
		secure bool
		want   string
		err    error
	}{
		{"nothing", Envelope{}, all, true, "", nil},
		{"REQUIRETLS", Envelope{RequireTLS: true}, all, true, " REQUIRETLS", nil},
		{"REQUIRETLS in clear", Envelope{RequireTLS: true}, all, false, "", ErrNoRequireTLS},
		{"REQUIRETLS not offered", Envelope{RequireTLS: true}, open, true, "", ErrNoRequireTLS},
		{"hold", Envelope{HoldFor: 1500 * time.Millisecond}, all, true, " HOLDFOR=2", nil},
		{"hold too long", Envelope{HoldFor: 2 * time.Hour}, all, true, "", ErrNoHold},
		{"hold without a limit", Envelope{HoldFor: 2 * time.Hour}, open, true, " HOLDFOR=7200", nil},
		{"hold longer than can be said", Envelope{HoldFor: 1 << 62}, open, true, "", ErrNoHold},
		{"hold until", Envelope{HoldUntil: noon}, all, true, " HOLDUNTIL=2026-11-30T12:00:00Z", nil},
		{"hold until too late", Envelope{HoldUntil: noon.AddDate(0, 0, 2)}, all, true, "", ErrNoHold},
		{"hold both ways", Envelope{HoldFor: 1, HoldUntil: noon}, all, true, "", ErrParameter},
		{"hold into the past", Envelope{HoldFor: -1}, all, true, "", ErrParameter},
		{"hold not offered", Envelope{HoldFor: time.Hour}, Capabilities{}, true, "", ErrNoHold},
		{"deadline", Envelope{Deadline: Deadline{Within: time.Hour}}, all, true, " BY=3600;N", nil},
		{"deadline, returned and traced", Envelope{Deadline: Deadline{Within: time.Hour, Return: true, Trace: true}}, all, true, " BY=3600;RT", nil},
		{"deadline too near", Envelope{Deadline: Deadline{Within: time.Minute, Return: true}}, all, true, "", ErrNoDeadline},
		{"deadline near, with a notice only", Envelope{Deadline: Deadline{Within: time.Minute}}, all, true, " BY=60;N", nil},
		{"deadline below a second", Envelope{Deadline: Deadline{Within: 1}}, all, true, "", ErrParameter},
		{"deadline not offered", Envelope{Deadline: Deadline{Within: time.Hour}}, Capabilities{}, true, "", ErrNoDeadline},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.env.From = "a@b.test"
			got, err := tt.env.mailCommand(tt.caps, tt.secure)
			if !errors.Is(err, tt.err) || err == nil && got != "MAIL FROM:<a@b.test>"+tt.want {
				t.Errorf("%q, %v", got, err)
			}
			if e := invalid(PhaseMail, "MAIL", err); err != nil && !strings.HasSuffix(e.Explain(), ".") {
				t.Errorf("explained as %q", e.Explain())
			}
		})
	}
}

// A value is only good for the server it was learned from, and not for ever; but
// what is dangerous is never forgotten.
func TestLearnedIsRecalled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		good := func() Learned {
			opts := plainOptions()
			oneFlight(&opts)
			return opts.Learned
		}
		tests := []struct {
			name   string
			change func(*Learned)
			want   Answer
			avoid  bool
		}{
			{"fresh", func(*Learned) {}, Yes, false},
			{"of another server", func(l *Learned) { l.Server += "x" }, "", false},
			{"zero", func(l *Learned) { *l = Learned{} }, "", false},
			{"too old", func(l *Learned) { l.At = l.At.Add(-31 * 24 * time.Hour); l.AvoidChunking = true }, "", false},
			{"too old, but dangerous", func(l *Learned) { l.At = l.At.AddDate(-5, 0, 0); l.Discards = No }, No, false},
			{"from the future", func(l *Learned) { l.At = l.At.AddDate(5, 0, 0) }, "", false},
			{"to be avoided", func(l *Learned) { l.AvoidChunking = true }, Yes, true},
		}
		for _, tt := range tests {
			opts := plainOptions()
			opts.Learned = good()
			tt.change(&opts.Learned)
			stored, err := json.Marshal(opts.Learned)
			if err != nil || json.Unmarshal(stored, &opts.Learned) != nil {
				t.Fatal(err)
			}
			sendOver(t, opts, helloChunks, func(_ context.Context, c *Client) {
				if l := c.Learned(); l.Discards != tt.want || l.AvoidChunking != tt.avoid || l.Server != good().Server {
					t.Errorf("%s: %+v", tt.name, l)
				}
			})
		}
	})
}

func TestSoftware(t *testing.T) {
	for greeting, want := range map[string]string{
		"mx.test ESMTP Postfix (Debian/GNU)":                                    "ESMTP Postfix Debian/GNU",
		"mx.test ESMTP Exim 4.96 Wed, 25 Nov 2026 03:55:33 +0000":               "ESMTP Exim 4.96",
		"smtp.test ESMTP 5b1f17b1804b1-477bf3e9a9dsm1234.12 - gsmtp":            "ESMTP - gsmtp",
		"AB1.test Microsoft ESMTP MAIL Service ready at Tue, 24 Nov 2026 [x==]": "Microsoft ESMTP MAIL Service ready at x==",
		"mx": "", "": "",
	} {
		if got := softwareOf(greeting); got != want {
			t.Errorf("%q: %q, want %q", greeting, got, want)
		}
	}
	for _, word := range []string{"x ", "ü", "€"} {
		if got := softwareOf("mx y" + strings.Repeat(word, 500)); len(got) > maxSoftware || !utf8.ValidString(got) {
			t.Errorf("%d bytes: %q", len(got), got)
		}
	}
}

// A server that counts messages is left when it has had enough.
func TestMailLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &turnServer{offers: append([]string{"LIMITS MAILMAX=2"}, offersData...)}
		withTurns(t, s, plainOptions(), func(c *Client) {
			send(t, c, 1)
			if !c.Alive() {
				t.Error("left too early")
			}
			send(t, c, 1)
			_, err := c.Send(t.Context(), envelope("bob@b.test"), strings.NewReader(message), SendOptions{})
			if e := asError(err); c.Alive() || !errors.Is(err, ErrClosed) || !e.Temporary {
				t.Errorf("alive %v, %v", c.Alive(), err)
			}
		})
	})
}

func TestPartsFail(t *testing.T) {
	broken := errors.New("cannot seek")
	synctest.Test(t, func(t *testing.T) {
		s := &turnServer{offers: offersData, maxRcpt: 2, refuse: map[string]int{"u2@b.test": 452}}
		withTurns(t, s, plainOptions(), func(c *Client) {
			for range c.SendParts(t.Context(), manyRecipients(5), strings.NewReader(message), SendOptions{}) {
				break // told to stop: no further transaction
			}
			for _, err := range c.SendParts(t.Context(), manyRecipients(5), unseekable{broken}, SendOptions{}) {
				if !errors.Is(err, broken) {
					t.Error(err)
				}
			}
			n := 0
			for result, err := range c.SendParts(t.Context(), Envelope{From: "a@b.test", To: to("u2@b.test")}, strings.NewReader(message), SendOptions{}) {
				if n++; err == nil || result.Limited() {
					t.Errorf("%+v, %v", result, err)
				}
			}
			if n != 1 {
				t.Errorf("%d transactions for a recipient that is refused", n)
			}
		})
		if len(s.messages) != 1 {
			t.Errorf("%d messages", len(s.messages))
		}
	})
}

type unseekable struct{ err error }

func (u unseekable) Read([]byte) (int, error)       { return 0, u.err }
func (u unseekable) Seek(int64, int) (int64, error) { return 0, u.err }

func TestPrepareFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &turnServer{offers: offersAll, refuse: map[string]int{"gone@b.test": 550}}
		withTurns(t, s, plainOptions(), func(c *Client) {
			if err := c.Learn(t.Context()); err != nil {
				t.Fatal(err)
			}
			if _, _, err := c.Prepare(t.Context(), Envelope{}, strings.NewReader(message), SendOptions{}); !errors.Is(err, ErrNoRecipients) {
				t.Error(err)
			}
			if _, result, err := c.Prepare(t.Context(), envelope("gone@b.test"), strings.NewReader(message), SendOptions{}); err == nil || result.Recipients[0].Reply.Code != 550 {
				t.Errorf("%+v, %v", result, err)
			}
			if _, _, err := c.Prepare(t.Context(), envelope("bob@b.test"), iotest.ErrReader(io.ErrNoProgress), SendOptions{}); !errors.Is(err, io.ErrNoProgress) {
				t.Error(err)
			}
			p, _, err := c.Prepare(t.Context(), envelope("bob@b.test"), strings.NewReader(message), SendOptions{})
			if err != nil {
				t.Fatal(err)
			}
			c.Close()
			if err := p.Discard(t.Context()); err == nil {
				t.Error("discarded on a closed connection")
			}
		})
		if len(s.messages) != 0 {
			t.Errorf("%d messages", len(s.messages))
		}
	})
	for name, script := range map[string]string{"refused": "S: 500 what", "closed": "CLOSE"} {
		synctest.Test(t, func(t *testing.T) {
			opts := plainOptions()
			oneFlight(&opts)
			sendOver(t, opts, helloChunks+flight+"CHUNK 30\nS: 250 ok\nS: 250 ok\nS: 250 ok\nC: RSET\n"+script, func(ctx context.Context, c *Client) {
				p, _, err := c.Prepare(ctx, envelope("bob@b.test"), strings.NewReader(message), SendOptions{})
				if err != nil {
					t.Fatal(err)
				}
				if err := p.Discard(ctx); err == nil || c.Alive() {
					t.Errorf("RSET %s: %v", name, err)
				}
			})
		})
	}
}

// Mail between servers is encrypted where that is offered, and never signed in.
func TestOpportunistic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		opts, cert := tlsOptions(t, dial.ModeOpportunistic)
		opts.Dial.CAFile = ""
		play(t, cert, secured+"S: 250 mx", func(conn net.Conn) {
			c, err := New(t.Context(), conn, opts)
			if err != nil {
				t.Fatal(err)
			}
			if _, ok := c.TLSState(); !ok {
				t.Error("not encrypted")
			}
			c.Close()
		})
		play(t, cert, "S: 220 hi\nC: EHLO *\nS: 250 mx", func(conn net.Conn) {
			c, err := New(t.Context(), conn, opts)
			if err != nil {
				t.Fatal(err)
			}
			c.Close()
		})
		play(t, cert, "", func(conn net.Conn) {
			signIn("PLAIN")(&opts)
			if _, err := New(t.Context(), conn, opts); !errors.Is(err, sasl.ErrCleartext) {
				t.Errorf("error = %v", err)
			}
		})
	})
}
