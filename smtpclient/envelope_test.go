package smtpclient

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strings"
	"testing"
	"testing/synctest"
)

func TestEnvelopeCommands(t *testing.T) {
	all := parseCapabilities([]string{"mx", "250-SIZE 5000", "250-8BITMIME", "250-SMTPUTF8", "250 DSN"})
	tests := []struct {
		name string
		env  Envelope
		caps Capabilities
		mail string
		rcpt string
	}{
		{"plain", envelope("bob@b.test"), all, "MAIL FROM:<ada@a.test>", "RCPT TO:<bob@b.test>"},
		{"null sender", Envelope{To: to("bob@b.test")}, all, "MAIL FROM:<>", "RCPT TO:<bob@b.test>"},
		{"size", Envelope{From: "a@a.test", To: to("b@b.test"), BodySize: 4000}, all, "MAIL FROM:<a@a.test> SIZE=4000", "RCPT TO:<b@b.test>"},
		{"size not offered", Envelope{From: "a@a.test", To: to("b@b.test"), BodySize: 4000}, Capabilities{}, "MAIL FROM:<a@a.test>", "RCPT TO:<b@b.test>"},
		{"size without a limit", Envelope{From: "a@a.test", To: to("b@b.test"), BodySize: 4000}, parseCapabilities([]string{"mx", "250 SIZE"}), "MAIL FROM:<a@a.test> SIZE=4000", "RCPT TO:<b@b.test>"},
		{"8 bit", Envelope{From: "a@a.test", To: to("b@b.test"), EightBit: true}, all, "MAIL FROM:<a@a.test> BODY=8BITMIME", "RCPT TO:<b@b.test>"},
		{"international recipient", Envelope{From: "a@a.test", To: to("jürgen@b.test")}, all,
			"MAIL FROM:<a@a.test> BODY=8BITMIME SMTPUTF8", "RCPT TO:<jürgen@b.test>"},
		{"international header", Envelope{From: "a@a.test", To: to("b@b.test"), UTF8: true}, all,
			"MAIL FROM:<a@a.test> BODY=8BITMIME SMTPUTF8", "RCPT TO:<b@b.test>"},
		{"reports", Envelope{From: "a@a.test", DSN: DSN{EnvID: "x+1=2", Return: "HDRS"},
			To: []Recipient{{Address: "b+c@b.test", Notify: []string{"FAILURE", "DELAY"}}}}, all,
			"MAIL FROM:<a@a.test> RET=HDRS ENVID=x+2B1+3D2", "RCPT TO:<b+c@b.test> NOTIFY=FAILURE,DELAY ORCPT=rfc822;b+2Bc@b.test"},
		{"reports not offered", Envelope{From: "a@a.test", DSN: DSN{EnvID: "x", Return: "FULL"},
			To: []Recipient{{Address: "b@b.test", Notify: []string{"NEVER"}}}}, Capabilities{},
			"MAIL FROM:<a@a.test>", "RCPT TO:<b@b.test>"},
		{"original recipient", Envelope{From: "a@a.test", To: []Recipient{{Address: "b@b.test", ORcpt: "jürgen!+~@b.test"}}}, all,
			"MAIL FROM:<a@a.test>", `RCPT TO:<b@b.test> ORCPT=utf-8;j\x{FC}rgen!\x{2B}~@b.test`},
		{"quoted original recipient", Envelope{From: "a@a.test", To: []Recipient{{Address: "b@b.test", ORcpt: `"a b"@b.test`}}}, all,
			"MAIL FROM:<a@a.test>", `RCPT TO:<b@b.test> ORCPT=rfc822;"a+20b"@b.test`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			mail, err := tt.env.mailCommand(tt.caps, true)
			if err != nil || mail != tt.mail {
				t.Errorf("MAIL: %q, %v", mail, err)
			}
			rcpt, err := tt.env.To[0].rcptCommand(tt.env.asksForReports(), tt.caps)
			if err != nil || rcpt != tt.rcpt {
				t.Errorf("RCPT: %q, %v", rcpt, err)
			}
		})
	}
}

// Refused without a byte to the server, and without harm to the session.
func TestSendRefusesBadEnvelopes(t *testing.T) {
	bad := map[string]error{"": ErrNoRecipients}
	for _, s := range []string{"\r\nRSET", "\n", "\r", "\x00", "\x7f", "\u0085", "\xff", "<", ">", "> NOTIFY=NEVER", " SIZE=1"} {
		bad[s] = ErrAddress
	}
	check := func(t *testing.T, c *Client, env Envelope, want error) {
		t.Helper()
		result, err := c.Send(t.Context(), env, strings.NewReader(message), SendOptions{})
		if e := asError(err); e == nil || !errors.Is(err, want) || e.Temporary || result != nil || !c.Alive() {
			t.Errorf("%+v: error = %v, want %v", env, err, want)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		sendOver(t, plainOptions(), helloFlight, func(_ context.Context, c *Client) {
			check(t, c, Envelope{From: "a@a.test"}, ErrNoRecipients)
			for s, want := range bad {
				if s == "" {
					continue
				}
				check(t, c, envelope("bob"+s+"@b.test"), want)
				check(t, c, envelope("bob@b.test"+s), want)
				check(t, c, Envelope{From: "ada@a.test" + s, To: to("bob@b.test")}, want)
				check(t, c, Envelope{From: "a@a.test", To: to("b@b.test"), DSN: DSN{Return: "HDRS" + s}}, ErrParameter)
				check(t, c, Envelope{From: "a@a.test", To: []Recipient{{Address: "b@b.test", Notify: []string{"DELAY" + s}}}}, ErrParameter)
				if !isPrintableASCII(s) {
					check(t, c, Envelope{From: "a@a.test", To: to("b@b.test"), DSN: DSN{EnvID: "x" + s}}, ErrParameter)
					check(t, c, Envelope{From: "a@a.test", To: []Recipient{{Address: "b@b.test", ORcpt: "x" + s}}}, ErrParameter)
				}
			}
			check(t, c, Envelope{From: "a@a.test", To: []Recipient{{Address: "b@b.test", Notify: []string{"NEVER", "DELAY"}}}}, ErrParameter)
			check(t, c, Envelope{From: "a@a.test", To: to("b@b.test"), DSN: DSN{EnvID: strings.Repeat("x", 101)}}, ErrParameter)
			check(t, c, Envelope{From: "a@a.test", To: to("b@b.test"), EightBit: true}, ErrNoEightBit)
			check(t, c, Envelope{From: "a@a.test", To: to("jürgen@b.test")}, ErrNoSMTPUTF8)
			check(t, c, Envelope{From: "a@a.test", To: to("b@b.test"), UTF8: true}, ErrNoSMTPUTF8)
		})
	})
	synctest.Test(t, func(t *testing.T) {
		sendOver(t, plainOptions(), helloPipelining, func(_ context.Context, c *Client) {
			check(t, c, Envelope{From: "a@a.test", To: to("b@b.test"), BodySize: 8192}, ErrTooLarge)
		})
	})
}

func TestCheckAddress(t *testing.T) {
	for _, ok := range []string{
		"a@b.test", "a..b.@docomo.test", `"a b"@b.test`, `"a\"b@c"@b.test`, "a@[192.0.2.1]", "a@[IPv6:2001:db8::1]",
		"postmaster", "-rf@b.test", "jürgen@bücher.test", "o'brien+tag=x@b.test", "a@localhost", "!#$%&'*/=?^_`{|}~@b.test",
	} {
		if err := checkAddress(ok); err != nil {
			t.Error(err)
		}
	}
	for _, bad := range []string{
		"@b.test", "a@", "a b@c.test", "a@b@c", "a@b c", `"a@b.test`, `"a"b"@c.test`, `"a\"@b.test`, "a@[]", "a@[x]", "a@[192.0.2.1",
		"@x:a@b.test", "a,b@c.test", "a@b.test/SIZE=5", strings.Repeat("a", 400) + "@b.test", "(c)a@b.test", "a@b;c",
	} {
		if err := checkAddress(bad); !errors.Is(err, ErrAddress) {
			t.Errorf("%q was accepted", bad)
		}
	}
}

func TestExtensionsOnTheWire(t *testing.T) {
	script := helloPipelining + `C: MAIL FROM:<ada@a.test> SIZE=31 BODY=8BITMIME RET=HDRS ENVID=o1
		C: RCPT TO:<bob@b.test> NOTIFY=FAILURE ORCPT=rfc822;bob@b.test
		C: DATA
		S: 250 ok
		S: 250 ok
		S: 354 go
		BODY
		S: 250 ok`
	synctest.Test(t, func(t *testing.T) {
		sendOver(t, plainOptions(), script, func(ctx context.Context, c *Client) {
			result, err := c.Send(ctx, Envelope{
				From: "ada@a.test", BodySize: 31, EightBit: true, DSN: DSN{EnvID: "o1", Return: "HDRS"},
				To: []Recipient{{Address: "bob@b.test", Notify: []string{"FAILURE"}}},
			}, strings.NewReader(message), SendOptions{})
			if err != nil || !result.Tracked {
				t.Errorf("%+v, %v", result, err)
			}
		})
	})
}

// The list an old server ends too early may arrive in pieces; the rest still
// counts.
func TestLateCapabilities(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		script := "S: 220 hi\nC: EHLO *\nS: 250-mx\nS: 250 DSN\nWAIT 1s\nS: 250 PIPELINING\nC: MAIL *\nC: RCPT *\nC: DATA\nS: 250 ok\nS: 250 ok\nS: 354 go\nBODY\nS: 250 ok"
		play(t, tls.Certificate{}, script, func(conn net.Conn) {
			c, err := New(t.Context(), conn, plainOptions())
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			<-c.in.ready // the reply to EHLO
			for !c.in.news() {
				<-c.in.ready
			}
			if _, err := c.Send(t.Context(), envelope("bob@b.test"), strings.NewReader(message), SendOptions{}); err != nil {
				t.Error(err)
			}
		})
	})
}
