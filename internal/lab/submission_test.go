package lab

import (
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"postea/internal/dial"
	"postea/internal/sasl"
	"postea/internal/transcript"
	"postea/smtpclient"
)

// known are the mechanisms this program speaks.
var known = []string{
	sasl.Plain, sasl.Login, sasl.CRAMMD5, sasl.SCRAMSHA1, sasl.SCRAMSHA256, sasl.SCRAMSHA1Plus, sasl.SCRAMSHA256Plus, sasl.XOAUTH2, sasl.OAuthBearer,
}

// submission gives the options for a user of the server.
func submission(s *Server, mode dial.TLSMode, policy string) smtpclient.Options {
	u := s.Account(0)
	return smtpclient.Options{
		Dial: s.SubmissionDial(mode),
		Auth: smtpclient.Auth{Policy: policy, Username: u.Username, Password: secret(u.Password), Token: secret(u.Token)},
	}
}

func open(t *testing.T, opts smtpclient.Options) *smtpclient.Client {
	t.Helper()
	c, err := smtpclient.Connect(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// Every mechanism that is offered and known signs in; a wrong password is told
// as that.
func testMechanisms(t *testing.T, s *Server) {
	for _, mode := range []dial.TLSMode{dial.ModeImplicit, dial.ModeStartTLS} {
		offered := open(t, submission(s, mode, "")).Capabilities().Mechanisms()
		if len(offered) == 0 {
			t.Fatal("no mechanism is offered")
		}
		for _, mechanism := range offered {
			if !slices.Contains(known, mechanism) {
				t.Logf("%s is offered and not known", mechanism)
				continue
			}
			opts := submission(s, mode, mechanism)
			if sasl.UsesToken(mechanism) && s.Account(0).Token == "" {
				continue
			}
			if err := open(t, opts).Noop(t.Context()); err != nil {
				t.Errorf("%s %s: %v", mode, mechanism, err)
			}
			opts.Auth.Password, opts.Auth.Token = secret("wrong"), secret("wrong")
			_, err := smtpclient.Connect(t.Context(), opts)
			var e *smtpclient.Error
			if !errors.As(err, &e) || e.SignIn() != smtpclient.SignInPassword {
				t.Errorf("%s %s: wrong password: %v", mode, mechanism, err)
			}
		}
	}
}

// testOneFlight learns about the server and sends to it as fast as it allows, on
// both ports.
func testOneFlight(t *testing.T, s *Server, want smtpclient.Answer) {
	for _, mode := range []dial.TLSMode{dial.ModeImplicit, dial.ModeStartTLS} {
		t.Run(string(mode), func(t *testing.T) { testFlights(t, s, mode, want) })
	}
}

func testFlights(t *testing.T, s *Server, mode dial.TLSMode, want smtpclient.Answer) {
	opts := submission(s, mode, "")
	var lines []string
	opts.Trace = func(l transcript.Line) { lines = append(lines, l.String()) }
	c := open(t, opts)
	alice, bob := s.Account(0).Address, s.Account(1).Address
	if _, err := submit(t, c, alice, "first", bob); err != nil {
		t.Fatal(err)
	}
	if err := c.Learn(t.Context()); err != nil || c.Learned().Discards != want {
		t.Fatalf("learned %+v, %v", c.Learned(), err)
	}
	for i := range 5 {
		if _, err := submit(t, c, alice, fmt.Sprintf("flight %d", i), bob, alice); err != nil {
			t.Error(err)
		}
		// Refusals in a flight, and what comes behind them.
		if s.Rejected == "" {
			continue
		}
		result, err := submit(t, c, alice, fmt.Sprintf("partly %d", i), s.Rejected, bob)
		if err != nil || result.Recipients[0].Accepted || !result.Recipients[1].Accepted {
			t.Errorf("%+v, %v", result, err)
		}
		if _, err := submit(t, c, alice, "to nobody", s.Rejected); err == nil || !c.Alive() {
			t.Errorf("%v, alive %v", err, c.Alive())
		}
	}
	p, _, err := c.Prepare(t.Context(), smtpclient.Envelope{From: alice, To: []smtpclient.Recipient{{Address: bob}}}, strings.NewReader("Subject: never\r\n\r\n"), smtpclient.SendOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Discard(t.Context()); err != nil || c.Alive() != (want == smtpclient.Yes) {
		t.Errorf("Discard: %v, alive %v", err, c.Alive())
	}
	if t.Failed() {
		t.Log(strings.Join(lines, "\n"))
	}
}

func TestSubmission(t *testing.T) {
	s := Postfix(t)
	t.Run("mechanisms", func(t *testing.T) { testMechanisms(t, s) })
	t.Run("one flight", func(t *testing.T) { testOneFlight(t, s, smtpclient.Yes) })
	t.Run("group", func(t *testing.T) {
		opts := submission(s, dial.ModeImplicit, "")
		opts.Groups = true
		c := open(t, opts)
		if err := c.Learn(t.Context()); err != nil {
			t.Fatal(err)
		}
		n := 0
		for result, err := range c.SendGroup(t.Context(), func(yield func(smtpclient.Message) bool) {
			for i := range 100 {
				to := s.Account(1).Address
				if i%10 == 3 {
					to = s.Rejected
				}
				body := fmt.Sprintf("Subject: group %d\r\n\r\nhello\r\n", i)
				env := smtpclient.Envelope{From: s.Account(0).Address, To: []smtpclient.Recipient{{Address: to}}, BodySize: int64(len(body))}
				if !yield(smtpclient.Message{Envelope: env, Body: strings.NewReader(body)}) {
					return
				}
			}
		}) {
			if (err != nil) != (n%10 == 3) {
				t.Errorf("message %d: %+v, %v", n, result, err)
			}
			n++
		}
		if n != 100 {
			t.Errorf("%d outcomes", n)
		}
		arrived(t, reader(t, s, 1, dial.ModeImplicit, ""), "group 99")
	})
	testWishes(t, s)
	t.Run("port 25 without signing in", func(t *testing.T) {
		c := open(t, outside(s))
		if _, err := submit(t, c, "", "from nobody", s.Account(1).Address); err != nil {
			t.Error(err)
		}
	})
	t.Run("port 25 is no relay", func(t *testing.T) {
		c := open(t, outside(s))
		_, err := submit(t, c, "", "to elsewhere", "bob@elsewhere.test")
		var e *smtpclient.Error
		if !errors.As(err, &e) || e.Phase != smtpclient.PhaseRcpt || !c.Alive() {
			t.Errorf("%v", err)
		}
	})
	t.Run("port 25 in one flight", func(t *testing.T) {
		c := open(t, outside(s))
		if err := c.Learn(t.Context()); err != nil || c.Learned().Discards != smtpclient.Yes {
			t.Fatalf("learned %+v, %v", c.Learned(), err)
		}
		if _, err := submit(t, c, "", "one flight from nobody", s.Account(1).Address); err != nil {
			t.Error(err)
		}
	})
}

// outside is what another server connects to.
func outside(s *Server) smtpclient.Options {
	return smtpclient.Options{
		Dial: dial.Config{Host: s.Host, Port: s.SMTP, TLS: dial.ModeStartTLS, CAFile: s.CAFile},
		Auth: smtpclient.Auth{Policy: "none"},
	}
}

// A relay that is a client itself behind its submission service.
func TestDovecotSubmission(t *testing.T) {
	s := Running(t, "dovecot")
	t.Run("mechanisms", func(t *testing.T) { testMechanisms(t, s) })
	t.Run("one flight", func(t *testing.T) { testOneFlight(t, s, smtpclient.Yes) })
	testWishes(t, s)
	t.Run("LMTP", func(t *testing.T) {
		c := open(t, smtpclient.Options{
			Dial: dial.Config{Host: s.Host, Port: s.LMTP, TLS: dial.ModeNone}, Auth: smtpclient.Auth{Policy: "none"}, LMTP: true,
		})
		result, err := submit(t, c, "", "by LMTP", s.Account(0).Address, "nobody@"+s.Domain, s.Account(1).Address)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []bool{true, false, true} {
			if r := result.Recipients[i]; r.MayHave() != want || (r.Final != nil) != want {
				t.Errorf("recipient %d: %+v", i, r)
			}
		}
	})
}

func TestPostfixOutside(t *testing.T) {
	s := Running(t, "postfix")
	t.Run("mechanisms", func(t *testing.T) { testMechanisms(t, s) })
	t.Run("one flight", func(t *testing.T) { testOneFlight(t, s, smtpclient.Yes) })
	testWishes(t, s)
}

// Mox has neither CHUNKING nor DSN, and is strict.
func TestMoxSubmission(t *testing.T) {
	s := Mox(t)
	t.Run("mechanisms", func(t *testing.T) { testMechanisms(t, s) })
	t.Run("by DATA", func(t *testing.T) { testOneFlight(t, s, "") })
	testWishes(t, s)
	t.Run("REQUIRETLS and FUTURERELEASE", func(t *testing.T) {
		c := open(t, submission(s, dial.ModeImplicit, ""))
		env := smtpclient.Envelope{
			From: s.Account(0).Address, RequireTLS: true, EightBit: true, UTF8: true,
			To: []smtpclient.Recipient{{Address: s.Account(1).Address, Notify: []string{"SUCCESS"}}},
		}
		body := "From: <" + s.Account(0).Address + ">\r\nSubject: grüße\r\n\r\nüber alles\r\n"
		result, err := c.Send(t.Context(), env, strings.NewReader(body), smtpclient.SendOptions{})
		if err != nil || result.Tracked {
			t.Errorf("%+v, %v", result, err)
		}
		env.RequireTLS, env.HoldFor = false, 3600e9
		if _, err := c.Send(t.Context(), env, strings.NewReader(body), smtpclient.SendOptions{}); err != nil {
			t.Errorf("FUTURERELEASE: %v", err)
		}
	})
	// It delivers in its own time: what comes after this test would turn up in the next.
	last := "last " + rand.Text()
	if _, err := submit(t, open(t, submission(s, dial.ModeImplicit, "")), s.Account(0).Address, last, s.Account(0).Address, s.Account(1).Address); err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		arrived(t, reader(t, s, i, dial.ModeImplicit, ""), last)
	}
}
