package imapclient

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	imap "github.com/emersion/go-imap/v2"

	"postea/internal/dial"
	"postea/internal/sasl"
	"postea/internal/transcript"
)

func TestGreeting(t *testing.T) {
	tests := []struct {
		name string
		say  string
		kind Kind
	}{
		{"bye", "* BYE [UNAVAILABLE] too many connections\r\n", KindBye},
		{"not IMAP", "220 mail.example.org ESMTP\r\n", KindProtocol},
		{"hung up", "", KindNetwork},
		{"half a line", "* OK rea", KindNetwork},
		{"no end", "* OK " + strings.Repeat("x", 2<<20), KindTooLarge},
		{"only empty lines", strings.Repeat("\r\n", 1000), KindProtocol},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			conn := serve(t, func(s *script) { s.raw(test.say) })
			_, err := New(t.Context(), conn, plain())
			want(t, err, test.kind, true)
		})
	}
}

// A parenthesis where a capability should be has driven another engine into an
// endless loop.
func TestOddGreetings(t *testing.T) {
	for _, greeting := range []string{
		"* OK [CAPABILITY 0((] hello",
		"* OK [CAPABILITY 0((",
		"\x00\x00\x00\r\n* ok",
		"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN (] )",
	} {
		conn := serve(t, func(s *script) {
			s.send(greeting)
			if s.br.Buffered() >= 0 && !strings.Contains(greeting, "]") {
				s.expect("CAPABILITY")
				s.send("* CAPABILITY IMAP4rev1", "@ OK")
			}
			s.drain()
		})
		c, err := New(t.Context(), conn, plain())
		if err != nil {
			t.Errorf("%q: %v", greeting, err)
			continue
		}
		c.Close()
	}
}

func TestPreauthSignsIn(t *testing.T) {
	conn := serve(t, func(s *script) {
		s.send("* PREAUTH hello ada")
		s.expect("CAPABILITY")
		s.send("* CAPABILITY IMAP4rev1 IDLE", "@ OK done")
	})
	c, err := New(t.Context(), conn, withPassword(plain()))
	if err != nil {
		t.Fatal(err)
	}
	if !c.Caps().Has(imap.CapIdle) {
		t.Error("capabilities are lost")
	}
}

func TestStartTLSRefusals(t *testing.T) {
	tests := []struct {
		name string
		run  func(*script)
		is   error
		kind Kind
	}{
		{"preauth in clear", func(s *script) { s.send("* PREAUTH welcome") }, ErrPreauth, KindProtocol},
		{"not offered", func(s *script) { s.greet("IMAP4rev1") }, ErrNoSTARTTLS, KindUnsupported},
		{"more behind the answer", func(s *script) {
			s.greet("IMAP4rev1 STARTTLS")
			s.expect("STARTTLS")
			s.raw(s.tag + " OK begin\r\n* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] injected\r\n")
		}, ErrInjection, KindProtocol},
		{"refused", func(s *script) {
			s.greet("IMAP4rev1 STARTTLS")
			s.expect("STARTTLS")
			s.send("@ NO not today")
		}, nil, KindNo},
		{"no TLS behind it", func(s *script) {
			s.greet("IMAP4rev1 STARTTLS")
			s.expect("STARTTLS")
			s.send("@ OK begin")
			go s.drain()
			s.raw("* OK what handshake?\r\n")
		}, nil, KindNetwork},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := withPassword(plain())
			o.Dial.TLS = dial.ModeStartTLS
			_, err := New(t.Context(), serve(t, test.run), o)
			e := want(t, err, test.kind, true)
			if test.is != nil && !errors.Is(e, test.is) {
				t.Errorf("error is %v, want %v", e, test.is)
			}
		})
	}
}

// What was said in clear must not count inside TLS.
func TestStartTLSForgets(t *testing.T) {
	cert, caFile := certificate(t)
	conn := serve(t, func(s *script) {
		s.greet("IMAP4rev1 STARTTLS AUTH=LOGIN X-PLANTED")
		s.expect("STARTTLS")
		s.send("* 23 EXISTS", "* OK [ALERT] sign in at evil.example", "@ OK begin")
		secure := tls.Server(s.conn, &tls.Config{Certificates: []tls.Certificate{cert}})
		if err := secure.HandshakeContext(t.Context()); err != nil {
			t.Error(err)
			return
		}
		s.conn, s.br = secure, bufio.NewReader(secure)
		s.expect("CAPABILITY")
		s.send("* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR", "@ OK done")
		s.expect("AUTHENTICATE PLAIN AGFkYQBzZWNyZXQ=")
		s.send("* OK [ALERT] the disk is full", "@ OK [CAPABILITY IMAP4rev1 IDLE] signed in")
		s.drain()
	})
	var alerts []string
	o := withPassword(plain())
	o.Dial.TLS, o.Dial.Host, o.Dial.CAFile = dial.ModeStartTLS, "localhost", caFile
	o.Alert = func(text string) { alerts = append(alerts, text) }
	c, err := New(t.Context(), conn, o)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, planted := c.Caps()["X-PLANTED"]; planted || c.news || !c.Caps().Has(imap.CapIdle) {
		t.Errorf("after TLS: caps %v, news %t", c.Caps(), c.news)
	}
	if want := []string{"the disk is full"}; !slices.Equal(alerts, want) {
		t.Errorf("alerts %q, want %q", alerts, want)
	}
}

func TestImplicitTLSIsDemanded(t *testing.T) {
	o := plain()
	o.Dial.TLS = dial.ModeImplicit
	_, err := New(t.Context(), serve(t, (*script).drain), o)
	want(t, err, KindUnsupported, true)
}

func TestSignIn(t *testing.T) {
	tests := []struct {
		name   string
		caps   string
		policy string
		run    func(*script)
	}{
		{"initial response", "IMAP4rev1 AUTH=PLAIN SASL-IR", "plain", func(s *script) {
			s.expect("AUTHENTICATE PLAIN AGFkYQBzZWNyZXQ=")
			s.send("* CAPABILITY IMAP4rev1 IDLE", "@ OK in")
		}},
		{"without SASL-IR", "IMAP4rev1 AUTH=PLAIN", "plain", func(s *script) {
			s.expect("AUTHENTICATE PLAIN")
			s.send("+ ")
			s.expectLine("AGFkYQBzZWNyZXQ=")
			s.send("@ OK [CAPABILITY IMAP4rev1] in")
		}},
		{"text for a challenge", "IMAP4rev1 AUTH=PLAIN", "plain", func(s *script) {
			s.expect("AUTHENTICATE PLAIN")
			s.send("+ go ahead!")
			s.expectLine("AGFkYQBzZWNyZXQ=")
			s.send("@ OK [CAPABILITY IMAP4rev1] in")
		}},
		{"initial response ignored", "IMAP4rev1 AUTH=PLAIN SASL-IR", "plain", func(s *script) {
			s.expect("AUTHENTICATE PLAIN AGFkYQBzZWNyZXQ=")
			s.send("+")
			s.expectLine("AGFkYQBzZWNyZXQ=")
			s.send("@ OK [CAPABILITY IMAP4rev1] in")
		}},
		{"LOGIN mechanism", "IMAP4rev1 AUTH=LOGIN SASL-IR", "", func(s *script) {
			s.expect("AUTHENTICATE LOGIN")
			s.send("+ VXNlcm5hbWU6")
			s.expectLine("YWRh")
			s.send("+ Passwort bitte")
			s.expectLine("c2VjcmV0")
			s.send("@ OK [CAPABILITY IMAP4rev1] in")
		}},
		{"LOGIN command", "IMAP4rev1", "", func(s *script) {
			s.expect(`LOGIN "ada" "secret"`)
			s.send("@ OK [CAPABILITY IMAP4rev1] in")
		}},
		{"mechanism unknown after all", "IMAP4rev1 AUTH=CRAM-MD5 AUTH=PLAIN SASL-IR", "", func(s *script) {
			s.expect("AUTHENTICATE CRAM-MD5")
			s.send("@ BAD what?")
			s.expect("AUTHENTICATE PLAIN AGFkYQBzZWNyZXQ=")
			s.send("@ OK in")
			s.expect("CAPABILITY")
			s.send("* CAPABILITY IMAP4rev1", "@ OK")
		}},
		{"empty initial response", "IMAP4rev1 AUTH=EXTERNAL SASL-IR", "external", func(s *script) {
			s.expect("AUTHENTICATE EXTERNAL =")
			s.send("@ OK [CAPABILITY IMAP4rev1] in")
		}},
		{"empty response", "IMAP4rev1 AUTH=EXTERNAL", "external", func(s *script) {
			s.expect("AUTHENTICATE EXTERNAL")
			s.send("+ ")
			s.expectLine("")
			s.send("@ OK [CAPABILITY IMAP4rev1] in")
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			conn := serve(t, func(s *script) {
				s.greet(test.caps)
				test.run(s)
				s.drain()
			})
			o := withPassword(plain())
			o.Auth.Policy = test.policy
			c, err := New(t.Context(), conn, o)
			if err != nil {
				t.Fatal(err)
			}
			c.Close()
		})
	}
}

func TestSignInFailures(t *testing.T) {
	tests := []struct {
		name   string
		caps   string
		policy string
		kind   Kind
		is     error
		run    func(*script)
	}{
		{"wrong password", "IMAP4rev1 AUTH=PLAIN SASL-IR", "plain", KindAuth, nil, func(s *script) {
			s.expect("AUTHENTICATE PLAIN AGFkYQBzZWNyZXQ=")
			s.send("@ NO [AUTHENTICATIONFAILED] you said secret")
		}},
		{"busy", "IMAP4rev1 AUTH=PLAIN SASL-IR", "plain", KindNo, nil, func(s *script) {
			s.expect("AUTHENTICATE PLAIN AGFkYQBzZWNyZXQ=")
			s.send("@ NO [UNAVAILABLE] later")
		}},
		{"too many connections", "IMAP4rev1", "", KindNo, nil, func(s *script) {
			s.expect(`LOGIN "ada" "secret"`)
			s.send("@ NO [ALERT] Too many simultaneous connections.")
		}},
		{"nothing but BAD", "IMAP4rev1 AUTH=PLAIN SASL-IR LOGINDISABLED", "", KindBad, nil, func(s *script) {
			s.expect("AUTHENTICATE PLAIN AGFkYQBzZWNyZXQ=")
			s.send("@ BAD no")
		}},
		{"goodbye", "IMAP4rev1 AUTH=PLAIN SASL-IR", "plain", KindBye, nil, func(s *script) {
			s.expect("AUTHENTICATE PLAIN AGFkYQBzZWNyZXQ=")
			s.send("* BYE enough")
		}},
		{"login disabled", "IMAP4rev1 LOGINDISABLED", "", KindAuth, errLoginDisabled, (*script).drain},
		{"nothing strong", "IMAP4rev1 AUTH=PLAIN", "strong", KindAuth, nil, (*script).drain},
		{"token refused", "IMAP4rev1 AUTH=XOAUTH2 SASL-IR", "oauth2", KindAuth, nil, func(s *script) {
			s.line()
			s.send("+ eyJzdGF0dXMiOiI0MDEifQ==")
			s.expectLine("")
			s.tag = "P1"
			s.send("@ NO [AUTHENTICATIONFAILED] no")
		}},
		{"challenges without end", "IMAP4rev1 AUTH=LOGIN", "login", KindAuth, nil, func(s *script) {
			s.expect("AUTHENTICATE LOGIN")
			for range 3 {
				s.send("+ ")
				s.line()
			}
			s.send("@ BAD cancelled")
		}},
		{"challenges without mercy", "IMAP4rev1 AUTH=LOGIN", "login", KindProtocol, nil, func(s *script) {
			s.expect("AUTHENTICATE LOGIN")
			for range 3 {
				s.send("+ ")
				s.line()
			}
			s.send("+ ")
		}},
		{"no proof", "IMAP4rev1 AUTH=SCRAM-SHA-256 SASL-IR", "strong", KindAuth, sasl.ErrServerProof, func(s *script) {
			s.line()
			s.tag = "P1"
			s.send("@ OK welcome")
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			conn := serve(t, func(s *script) {
				s.greet(test.caps)
				test.run(s)
			})
			o := withPassword(plain())
			o.Auth.Policy = test.policy
			o.Auth.Token = func(context.Context) (string, error) { return "token-123", nil }
			_, err := New(t.Context(), conn, o)
			e := want(t, err, test.kind, true)
			if test.is != nil && !errors.Is(err, test.is) {
				t.Errorf("error is %v, want %v", err, test.is)
			}
			if strings.Contains(e.Error(), "secret") {
				t.Errorf("error tells the password: %v", e)
			}
		})
	}
}

// What a server answers to an exchange that was broken off here is no reason why.
func TestSignInBrokenOff(t *testing.T) {
	conn := serve(t, func(s *script) {
		s.greet("IMAP4rev1 AUTH=SCRAM-SHA-256 SASL-IR")
		s.line()
		s.send("+ bm9uc2Vuc2U=")
		s.expectLine("*")
		s.tag = "P1"
		s.send("@ NO [AUTHENTICATIONFAILED] wrong password")
	})
	o := withPassword(plain())
	o.Auth.Policy = "strong"
	_, err := New(t.Context(), conn, o)
	if e := want(t, err, KindAuth, true); e.Text != "" || e.Code != "" || e.Err == nil {
		t.Errorf("error is %v", e)
	}
}

func TestSecretNotToBeHad(t *testing.T) {
	sad := errors.New("no keyring")
	o := withPassword(plain())
	o.Auth.Password = func(context.Context) (string, error) { return "", sad }
	conn := serve(t, func(s *script) { s.greet("IMAP4rev1 AUTH=PLAIN"); s.drain() })
	_, err := New(t.Context(), conn, o)
	want(t, err, KindAuth, true)
	if !errors.Is(err, sad) {
		t.Errorf("error is %v, want %v", err, sad)
	}
	o.Auth.Password = nil
	_, err = New(t.Context(), serve(t, func(s *script) { s.greet("IMAP4rev1 AUTH=PLAIN"); s.drain() }), o)
	want(t, err, KindAuth, true)
}

func TestNoPasswordInClear(t *testing.T) {
	for _, caps := range []string{"IMAP4rev1", "IMAP4rev1 AUTH=PLAIN"} {
		o := withPassword(plain())
		o.Auth.Password = func(context.Context) (string, error) {
			t.Error("the secret was fetched")
			return "", nil
		}
		conn := serve(t, func(s *script) { s.greet(caps); s.drain() })
		_, err := New(t.Context(), remote{conn}, o)
		want(t, err, KindAuth, true)
		if !errors.Is(err, sasl.ErrCleartext) {
			t.Errorf("error is %v, want %v", err, sasl.ErrCleartext)
		}
	}
}

func TestTraceHidesSecrets(t *testing.T) {
	var lines []string
	o := withPassword(plain())
	o.Trace = func(l transcript.Line) { lines = append(lines, l.String()) }
	conn := serve(t, func(s *script) {
		s.greet("IMAP4rev1")
		s.expect(`LOGIN "ada" "secret"`)
		s.send("@ OK [CAPABILITY IMAP4rev1] hello, your password is secret")
		s.expect(`STATUS "a" (MESSAGES UIDNEXT UIDVALIDITY UNSEEN)`)
		s.send("* STATUS {1}", "a (MESSAGES 1)", "@ OK \x1b[2J")
		s.drain()
	})
	c, err := New(t.Context(), conn, o)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Status(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	all := strings.Join(lines, "\n")
	if strings.Contains(all, "secret") || strings.Contains(all, "\x1b") {
		t.Errorf("trace tells too much:\n%s", all)
	}
	for _, part := range []string{`Client: P1 LOGIN "ada" ` + blank, "Server: * STATUS {1}…"} {
		if !strings.Contains(all, part) {
			t.Errorf("trace lacks %q:\n%s", part, all)
		}
	}
}

func TestIntroducesItselfWhereItMust(t *testing.T) {
	conn := serve(t, func(s *script) {
		s.greet("IMAP4rev1 ID")
		s.expect(`ID ("name" "postea")`)
		s.send("* ID NIL", "@ OK")
		s.drain()
	})
	o := plain()
	o.Dial.Host = "imap.163.com"
	c, err := New(t.Context(), conn, o)
	if err != nil {
		t.Fatal(err)
	}
	c.Close()

	c = session(t, "IMAP4rev1 ID", func(s *script) {
		s.expect(`EXAMINE "INBOX"`)
		s.send("@ NO SELECT Unsafe Login. Please contact someone")
		s.expect(`ID ("name" "postea")`)
		s.send("@ OK")
		s.expect(`EXAMINE "INBOX"`)
		s.send("* 1 EXISTS", "@ OK")
	})
	if _, err := c.Select(t.Context(), "INBOX", true); err != nil {
		t.Error(err)
	}

	c = session(t, "IMAP4rev1 ID", func(s *script) {
		s.expect(`SELECT "INBOX"`)
		s.send("@ NO SELECT Unsafe Login. Please contact someone")
		s.expect("UID SEARCH ALL")
		s.send("@ BAD nothing is open")
		s.expect(`ID ("name" "postea")`)
		s.send("@ OK")
		s.expect(`SELECT "INBOX"`)
		s.send("* 1 EXISTS", "@ OK")
		s.expect("UID SEARCH ALL")
		s.send("* SEARCH 7", "@ OK")
	})
	look := &Look{Wire: "INBOX", List: true}
	if err := c.Look(t.Context(), look); err != nil || look.Err != nil || len(look.UIDs) != 1 {
		t.Errorf("%+v, %v", look, err)
	}
}

// Each step of the way may be the one the server falls silent at.
func TestSilentServer(t *testing.T) {
	conversation := []string{
		"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] ready",
		"* OK signing in\r\nP1 OK [CAPABILITY IMAP4rev1 IDLE] in",
		"* 2 EXISTS\r\nP2 OK selected",
		"* SEARCH 1 2\r\nP3 OK searched",
		`* 1 FETCH (UID 1 BODY[]<0> {3}` + "\r\nabc)\r\nP4 OK fetched",
		"P5 OK stored",
		"P6 OK copied",
		"P7 OK stored",
		"+ go on",
		"P8 OK appended",
		"+ idling",
	}
	for n := range conversation {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				conn := serve(t, func(s *script) {
					for i, answer := range conversation[:n] {
						if i > 0 {
							s.line()
						}
						s.send(answer)
					}
					s.drain()
				})
				began := time.Now()
				err := wholeSession(t, conn)
				want(t, err, KindTimeout, true)
				if silent := errors.Is(err, ErrSilent); silent != (n == 0) { // what only a greeting tells
					t.Errorf("%v: %v", err, silent)
				}
				if took := time.Since(began); took < 20*time.Second || took > 41*time.Second {
					t.Errorf("gave up after %v", took)
				}
			})
		})
	}
}

func TestContextEndsInTheMiddle(t *testing.T) {
	c := folder(t, offers, 1, func(s *script) { s.drain() })
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(10*time.Millisecond, cancel)
	_, err := c.UIDs(ctx)
	want(t, err, KindCanceled, true)
	if !errors.Is(err, context.Canceled) || c.Alive() {
		t.Errorf("error is %v, alive %t", err, c.Alive())
	}
	_, err = c.UIDs(t.Context())
	want(t, err, KindNetwork, true)

	c = folder(t, offers, 1, func(s *script) { s.drain() })
	_, err = c.UIDs(ctx)
	want(t, err, KindCanceled, false)
	late, stop := context.WithTimeout(t.Context(), time.Millisecond)
	defer stop()
	_, err = c.UIDs(late)
	want(t, err, KindTimeout, true)
}

func TestLogout(t *testing.T) {
	c := session(t, offers, func(s *script) {
		s.expect("LOGOUT")
		s.send("* BYE see you", "@ OK done")
	})
	if err := c.Logout(t.Context()); err != nil || c.Alive() {
		t.Errorf("error %v, alive %t", err, c.Alive())
	}
	c = session(t, offers, func(s *script) {
		s.expect("LOGOUT")
		s.send("* BYE see you")
	})
	if err := c.Logout(t.Context()); err != nil {
		t.Errorf("hung up behind its goodbye: %v", err)
	}
	want(t, c.Logout(t.Context()), KindNetwork, true)
}

func TestSlowDrip(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := session(t, offers, func(s *script) {
			s.line()
			for range 10_000 {
				time.Sleep(15 * time.Second)
				if _, err := s.conn.Write([]byte("x")); err != nil {
					return
				}
			}
		})
		want(t, c.Noop(t.Context()), KindTimeout, true)
	})
}

// TestAlerts come of any status, from the greeting on.
func TestAlerts(t *testing.T) {
	conn := serve(t, func(s *script) {
		s.send("* OK [ALERT] of the greeting")
		s.expect("CAPABILITY")
		s.send("* CAPABILITY "+offers, "* BAD [ALERT] untagged", "@ OK [ALERT] tagged")
		s.expect("NOOP")
		s.send("* OK [ALERT]", "* OK no alert", "* BYE [ALERT] at the end")
	})
	var got []string
	o := plain()
	o.Alert = func(text string) { got = append(got, text) }
	c, err := New(t.Context(), conn, o)
	if err != nil {
		t.Fatal(err)
	}
	_ = c.Noop(t.Context())
	if want := []string{"of the greeting", "untagged", "tagged", "at the end"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
