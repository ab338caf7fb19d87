package smtpclient

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"postea/internal/dial"
)

// open connects over script and returns what New returned; the client is closed.
func openOver(t *testing.T, opts Options, cert tls.Certificate, script string) (*Client, error) {
	t.Helper()
	var client *Client
	var err error
	play(t, cert, script, func(conn net.Conn) {
		if client, err = New(t.Context(), conn, opts); err == nil {
			client.Close()
		}
	})
	return client, err
}

func TestHello(t *testing.T) {
	tests := []struct {
		name   string
		script string
		offers string // keywords, sorted
	}{
		{"plain", "S: 220 hi\nC: EHLO [127.0.0.1]\nS: 250-mx\nS: 250-SIZE 1000\nS: 250 PIPELINING", "PIPELINING SIZE"},
		{"banner in pieces", `R: "22"
			WAIT 3s
			R: "0-one\r"
			WAIT 3s
			R: "\n220-two\r\n"
			WAIT 3s
			R: "220"
			WAIT 3s
			R: " three\r\n"
			C: EHLO *
			S: 250 mx`, ""},
		{"HELO fallback", "S: 220 hi\nC: EHLO *\nS: 502 what\nC: HELO [127.0.0.1]\nS: 250 mx", ""},
		{"name refused once", "S: 220 hi\nC: EHLO [127.0.0.1]\nS: 501 no\nC: EHLO localhost.localdomain\nS: 250-mx\nS: 250 DSN", "DSN"},
		{"odd list", `S: 220 hi
			C: EHLO *
			R: "250-mx\n250 size 5\r\n250-8 BITMIME \r\n250-AUTH=PLAIN LOGIN\r\n250-auth login CRAM-MD5\r\n250 \r\n"`,
			"8BITMIME AUTH SIZE"},
		{"bare LF and no text", `R: "220\n"
			C: EHLO *
			R: "250-\n250 DSN\n"`, "DSN"},
		{"continuation without codes", `S: 220 hi
			C: EHLO *
			R: "250-mx\r\nDSN\r\n250 SIZE\r\n"`, "DSN SIZE"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, err := openOver(t, plainOptions(), tls.Certificate{}, tt.script)
				if err != nil {
					t.Fatal(err)
				}
				if got := strings.Join(c.Capabilities().Keywords(), " "); got != tt.offers {
					t.Errorf("offers %q, want %q", got, tt.offers)
				}
			})
		})
	}
}

func TestOddListDetails(t *testing.T) {
	c := parseCapabilities([]string{"250-mx", "250-AUTH=PLAIN LOGIN", "250-auth login CRAM-MD5", "250-size 52428800", "250-LIMITS MAILMAX=5 rcptmax=10"})
	if got := c.Mechanisms(); !slices.Equal(got, []string{"PLAIN", "LOGIN", "CRAM-MD5"}) {
		t.Errorf("mechanisms %q", got)
	}
	if c.MaxSize() != 52428800 || c.limit("RCPTMAX") != 10 {
		t.Errorf("size %d, recipients %d", c.MaxSize(), c.limit("RCPTMAX"))
	}
	for _, size := range []string{"SIZE", "SIZE x", "SIZE -5", "SIZE 99999999999999999999"} {
		if got := parseCapabilities([]string{"250-mx", "250 " + size}).MaxSize(); got != 0 {
			t.Errorf("%s: limit %d", size, got)
		}
	}
}

// The connection or the session does not come about.
func TestOpenFails(t *testing.T) {
	auth := plainOptions()
	auth.Auth = Auth{Username: "ada", Password: secret("x")}
	tests := []struct {
		name      string
		opts      Options
		script    string
		phase     Phase
		code      int
		temporary bool
	}{
		{"554 greeting", plainOptions(), "S: 554 5.7.1 go away\nCLOSE", PhaseGreeting, 554, false},
		{"421 greeting", plainOptions(), "S: 421 busy\nCLOSE", PhaseGreeting, 421, true},
		{"221 greeting", plainOptions(), "S: 221 bye\nCLOSE", PhaseGreeting, 0, true},
		{"no greeting", plainOptions(), "CLOSE", PhaseGreeting, 0, true},
		{"half a greeting", plainOptions(), "R: \"220 h\"\nCLOSE", PhaseGreeting, 0, true},
		{"silence", plainOptions(), "WAIT 6m", PhaseGreeting, 0, true},
		{"another protocol", plainOptions(), "S: * OK IMAP4rev1", PhaseGreeting, 0, true},
		{"code 999", plainOptions(), "S: 999 hi", PhaseGreeting, 0, true},
		{"letter O", plainOptions(), "S: 22O hi", PhaseGreeting, 0, true},
		{"endless greeting", plainOptions(), "R: " + strconv.Quote(strings.Repeat("220-x\r\n", 200)), PhaseGreeting, 0, true},
		{"greeting without end of line", plainOptions(), "R: " + strconv.Quote(strings.Repeat("2", 100<<10)), PhaseGreeting, 0, true},
		{"only blank lines", plainOptions(), "R: " + strconv.Quote(strings.Repeat("\r\n", 1000)), PhaseGreeting, 0, true},
		{"two greetings", plainOptions(), "R: \"220 a\\r\\n220 b\\r\\n\"\nPARTIAL", PhaseHello, 0, true},
		{"EHLO refused", plainOptions(), "S: 220 hi\nC: EHLO *\nS: 451 later", PhaseHello, 451, true},
		{"HELO refused", plainOptions(), "S: 220 hi\nC: EHLO *\nS: 500 ?\nC: HELO *\nS: 500 ?", PhaseHello, 500, false},
		{"no HELO when AUTH is needed", auth, "S: 220 hi\nC: EHLO *\nS: 502 ?", PhaseHello, 502, false},
		{"AUTH not offered", auth, "S: 220 hi\nC: EHLO *\nS: 250 mx", PhaseAuth, 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, err := openOver(t, tt.opts, tls.Certificate{}, tt.script)
				e := asError(err)
				if e == nil || e.Phase != tt.phase || e.Code != tt.code || e.Temporary != tt.temporary {
					t.Fatalf("error = %#v, want phase %s code %d temporary %v", err, tt.phase, tt.code, tt.temporary)
				}
				if e.Unknown() || e.Error() == "" || !strings.HasSuffix(e.Explain(), ".") {
					t.Errorf("unknown %v, %q, %q", e.Unknown(), e.Error(), e.Explain())
				}
			})
		})
	}
}

func TestLocalNameInjection(t *testing.T) {
	for _, name := range []string{"a\r\nMAIL", "a b", "a\x00", "höst", strings.Repeat("a", 300)} {
		opts := plainOptions()
		opts.LocalName = name
		if _, err := openOver(t, opts, tls.Certificate{}, "PARTIAL"); err == nil {
			t.Errorf("local name %q was sent", name)
		}
	}
}

func TestStartTLS(t *testing.T) {
	opts, cert := tlsOptions(t, dial.ModeStartTLS)
	synctest.Test(t, func(t *testing.T) {
		c, err := openOver(t, opts, cert, `S: 220 hi
			C: EHLO *
			S: 250-mx
			S: 250-AUTH EVIL
			S: 250-CHUNKING
			S: 250 STARTTLS
			C: STARTTLS
			S: 220 go
			TLS
			C: EHLO *
			S: 250-mx
			S: 250 SIZE 5`)
		if err != nil {
			t.Fatal(err)
		}
		if state, ok := c.TLSState(); !ok || state.Version < tls.VersionTLS12 {
			t.Errorf("TLS state %v", ok)
		}
		if got := c.Capabilities().Keywords(); !slices.Equal(got, []string{"SIZE"}) {
			t.Errorf("offers %q: what was said in clear survived", got)
		}
	})
}

func TestStartTLSFails(t *testing.T) {
	opts, cert := tlsOptions(t, dial.ModeStartTLS)
	opts.Auth = Auth{Username: "ada", Password: func(context.Context) (string, error) {
		t.Error("the password was fetched")
		return "", nil
	}}
	otherName := opts
	otherName.Dial.Host = "other.test"
	hello := "S: 220 hi\nC: EHLO *\nS: 250-mx\nS: 250-AUTH PLAIN\nS: 250 STARTTLS\nC: STARTTLS\n"
	tests := []struct {
		name      string
		opts      Options
		script    string
		code      int
		temporary bool
		is        error
	}{
		{"stripped", opts, "S: 220 hi\nC: EHLO *\nS: 250-mx\nS: 250 AUTH PLAIN\nPARTIAL", 0, false, ErrNoSTARTTLS},
		{"454", opts, hello + "S: 454 4.7.0 TLS not available", 454, true, nil},
		{"502", opts, hello + "S: 502 no", 502, false, nil},
		{"250", opts, hello + "S: 250 sure", 0, true, ErrDesync},
		{"glued reply", opts, hello + `R: "220 go\r\n250 EVIL\r\n"`, 0, false, ErrInjection},
		{"glued half line", opts, hello + `R: "220 go\r\nx"`, 0, false, ErrInjection},
		{"reply before the command", opts, "S: 220 hi\nC: EHLO *\nR: \"250 STARTTLS\\r\\n220 go\\r\\n\"\nPARTIAL", 0, true, nil},
		{"another name", otherName, hello + "S: 220 go\nTLS", 0, false, nil},
		{"no TLS after all", opts, hello + "S: 220 go\nS: 250 EVIL", 0, true, nil},
		{"handshake stalls", opts, hello + "S: 220 go\nWAIT 2m", 0, true, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, err := openOver(t, tt.opts, cert, tt.script)
				e := asError(err)
				if e == nil || e.Phase != PhaseTLS || e.Code != tt.code || e.Temporary != tt.temporary {
					t.Fatalf("error = %#v", err)
				}
				if tt.is != nil && !errors.Is(err, tt.is) {
					t.Errorf("error = %v, want %v", err, tt.is)
				}
			})
		})
	}
}

// Wherever the network cuts the bytes, nothing behind the 220 is read as a
// reply inside TLS.
func TestStartTLSInjectionAtEverySplit(t *testing.T) {
	opts, cert := tlsOptions(t, dial.ModeStartTLS)
	glued := "220 go\r\n250-EVIL\r\n250 AUTH PLAIN\r\n"
	for split := range len(glued) {
		synctest.Test(t, func(t *testing.T) {
			script := "S: 220 hi\nC: EHLO *\nS: 250-mx\nS: 250 STARTTLS\nC: STARTTLS\n" +
				"R: " + strconv.Quote(glued[:split]) + "\nWAIT 1s\nR: " + strconv.Quote(glued[split:]) + "\nTLS"
			_, err := openOver(t, opts, cert, script)
			if e := asError(err); e == nil || e.Phase != PhaseTLS {
				t.Errorf("split at %d: %v", split, err)
			}
		})
	}
}

// oneByteConn hands out what was read one byte at a time.
type oneByteConn struct{ net.Conn }

func (c oneByteConn) Read(p []byte) (int, error) { return iotest.OneByteReader(c.Conn).Read(p) }

func TestOneByteReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		play(t, tls.Certificate{}, "S: 220 hi\nC: EHLO *\nS: 250-mx\nS: 250-DSN\nS: 250 SIZE", func(conn net.Conn) {
			c, err := New(t.Context(), oneByteConn{conn}, plainOptions())
			if err != nil {
				t.Fatal(err)
			}
			if got := c.Capabilities().Keywords(); len(got) != 2 {
				t.Errorf("offers %q", got)
			}
			c.Close()
		})
	})
}

func TestImplicitTLSNeedsTLS(t *testing.T) {
	opts, cert := tlsOptions(t, dial.ModeImplicit)
	_, err := openOver(t, opts, cert, "PARTIAL")
	if e := asError(err); e == nil || e.Phase != PhaseTLS || e.Temporary {
		t.Errorf("error = %v", err)
	}
}

func TestConnectReportsTheDial(t *testing.T) {
	_, err := Connect(t.Context(), Options{Dial: dial.Config{Host: "mail.example.org", Port: 25, TLS: dial.ModeNone}})
	e := asError(err)
	if e == nil || e.Phase != PhaseConnect || e.Temporary {
		t.Fatalf("error = %#v", err)
	}
	var d *dial.Error
	if !errors.As(err, &d) || e.Explain() == "" {
		t.Errorf("error = %v", err)
	}
}

func TestContextEndsTheOpening(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		play(t, tls.Certificate{}, "WAIT 1h", func(conn net.Conn) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			start := time.Now()
			_, err := New(ctx, conn, plainOptions())
			if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
				t.Errorf("after %v: %v", time.Since(start), err)
			}
		})
	})
}

// A port for TLS from the start says nothing to somebody who waits for a greeting.
func TestSilenceHasAHint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		opts := plainOptions()
		opts.Dial.Port = 587
		_, err := openOver(t, opts, tls.Certificate{}, "WAIT 6m")
		e := asError(err)
		if !errors.Is(err, ErrSilent) || !e.Temporary || !strings.Contains(e.Explain(), `tls = "implicit"`) {
			t.Errorf("%#v: %s", err, e.Explain())
		}
	})
}
