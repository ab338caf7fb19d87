package smtpclient

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func quoted(s string) string { return strconv.Quote(s) }

var (
	threeMiB  = strings.Repeat(strings.Repeat("x", 62)+"\r\n", 3<<14)
	fourMiB   = strings.Repeat(strings.Repeat("x", 62)+"\r\n", 4<<14)
	eightBit  = "Subject: gr\u00fc\u00dfe\r\n\r\nbye\r\n"
	bareLines = "Subject: hi\n\n.dots\rbye" // 22 bytes; five more on the wire
)

// Scripts s20, s27 to s35: limits, stalls, what is not offered.
func TestScriptsLimits(t *testing.T) {
	mib := strconv.Itoa(chunkSize)
	probed := func(want Answer) func(*testing.T, *Client, *Result, error) {
		return func(t *testing.T, c *Client, _ *Result, _ error) {
			t.Helper()
			if err := c.Learn(t.Context()); err != nil {
				t.Error(err)
			}
			if got := c.Learned().Discards; got != want {
				t.Errorf("learned %q, want %q", got, want)
			}
			resetLeads(t, c, nil, nil)
		}
	}
	probe := "C: MAIL *\nC: BDAT 6 LAST\n"
	firstByData := helloChunks + flight + "C: DATA\nS: 250 ok\nS: 250 ok\nS: 354 go\nBODY\nS: 250 ok\n"
	stillData := flight + "C: DATA\nS: 250 ok\nS: 250 ok\nS: 354 go\nBODY\nS: 250 ok"
	scenarios := []scenario{
		{name: "s20 the chunk is run as a command: never one flight", send: fine, bodies: 2, check: probed(No),
			script: firstByData + probe + "S: 250 ok\nS: 502 RCPT first\nC: XTST\nS: 500 what\nC: RSET\nS: 250 ok\n" + stillData},
		{name: "s20 the chunk is thrown away: one flight", send: fine, bodies: 2, check: probed(Yes),
			script: firstByData + probe + "C: XTST\nS: 250 ok\nS: 554 none\nC: RSET\nS: 250 ok\n" + flight + "CHUNK 30 LAST\nS: 250 ok\nS: 250 ok\nS: 250 ok"},
		{name: "s20 the chunk is not even refused", send: fine, bodies: 2, check: probed(No),
			script: firstByData + probe + "C: XTST\nS: 250 ok\nS: 250 ok\nC: RSET\nS: 250 ok\n" + stillData},
		{name: "s20 no answer today", send: fine, bodies: 2, check: probed(""),
			script: firstByData + probe + "C: XTST\nS: 452 4.3.1 busy\nS: 503 MAIL first\nC: RSET\nS: 250 ok\n" + stillData},
		{name: "s20 the probe kills the connection", send: fine, bodies: 1, script: firstByData + probe + "C: XTST\nCLOSE",
			check: func(t *testing.T, c *Client, _ *Result, _ error) {
				if err := c.Learn(t.Context()); err == nil || c.Alive() || !c.Learned().AvoidChunking {
					t.Errorf("%v, learned %+v", err, c.Learned())
				}
			}},
		{name: "s20 RSET behind the probe is refused", send: fine, bodies: 1, script: firstByData + probe + "C: XTST\nS: 250 ok\nS: 502 no\nS: 500 what\nC: RSET\nS: 500 what",
			check: func(t *testing.T, c *Client, _ *Result, _ error) {
				if err := c.Learn(t.Context()); err == nil || c.Alive() || c.Learned().Discards != No {
					t.Errorf("%v, learned %+v", err, c.Learned())
				}
			}},
		{name: "s20 a large message to a server never seen is probed for first", body: threeMiB, send: fine, bodies: 1,
			script: helloChunks + probe + "C: XTST\nS: 250 ok\nS: 554 none\nC: RSET\nS: 250 ok\n" + flight +
				"CHUNK " + mib + "\nS: 250 ok\nS: 250 ok\nS: 250 ok\nCHUNK " + mib + "\nS: 250 ok\nCHUNK " + mib + "\nS: 250 ok\nCHUNK 0 LAST\nS: 250 ok"},
		{name: "s27 FIN while idle is no doubt", send: outcome{phase: PhaseMail, temporary: true}, opts: oneFlight, script: helloChunks + "CLOSE"},
		{name: "s27 421 while idle", send: outcome{phase: PhaseMail, code: 421, temporary: true}, opts: oneFlight, script: helloChunks + "S: 421 4.4.2 idle\nCLOSE"},
		{name: "s27 half-open line after a long time: no doubt either", send: fine, opts: oneFlight, bodies: 1,
			script: one + "S: 250 ok\nS: 250 ok\nS: 250 ok\nWAIT 2m\n" + flight + "CHUNK 30\nWAIT 20m",
			check: func(t *testing.T, c *Client, _ *Result, _ error) {
				time.Sleep(2 * time.Minute)
				_, err := c.Send(t.Context(), envelope("bob@b.test"), strings.NewReader(message), SendOptions{})
				outcome{phase: PhaseMail, temporary: true}.verify(t, "second", err)
			}},
		{name: "s28 over SIZE, refused before anything is sent", body: strings.Repeat("8 KiB of text\r\n", 600), script: "S: 220 hi\nC: EHLO *\nS: 250-mx\nS: 250-PIPELINING\nS: 250 SIZE 1000\nSILENT 1s",
			send: outcome{phase: PhaseMail, alive: true}, check: func(t *testing.T, _ *Client, _ *Result, err error) {
				if !errors.Is(err, ErrTooLarge) {
					t.Errorf("error = %v", err)
				}
				time.Sleep(time.Second)
			}},
		{name: "s28 MAIL 552", script: byData + "S: 552 5.3.4 too big\nS: 503 no\nS: 503 no", send: outcome{phase: PhaseMail, code: 552, alive: true}},
		{name: "s28 refused at the third chunk, the upload stops", slow: true, opts: oneFlight, body: fourMiB, send: outcome{phase: PhaseBody, code: 552, alive: true}, bodies: 1,
			script: helloChunks + flight + "CHUNK " + mib + "\nS: 250 ok\nS: 250 ok\nS: 250 ok\nCHUNK " + mib + "\nS: 250 ok\nCHUNK " + mib + "\nS: 552 5.3.4 too big\nC: RSET\n" + flight + "CHUNK 30\nS: 250 ok\nS: 250 ok\nS: 250 ok\nS: 250 ok\nCHUNK 0 LAST\nS: 250 ok",
			check:  resetLeads},
		{name: "s28 sender refused, the upload stops", slow: true, opts: oneFlight, body: threeMiB, send: outcome{phase: PhaseMail, code: 550, alive: true},
			script: helloChunks + flight + "CHUNK " + mib + "\nS: 550 5.7.1 no\nS: 503 no\nS: 503 no\nSILENT 1s"},
		{name: "s28 sender refused late, only so much is uploaded", slow: true, opts: oneFlight, body: fourMiB + fourMiB, send: outcome{phase: PhaseMail, code: 552, alive: true},
			script: helloChunks + flight + strings.Repeat("CHUNK "+mib+"\n", maxBlindChunks) + "SILENT 1s\nS: 552 5.3.4 too big\nS: 503 no\n" + strings.Repeat("S: 503 no\n", maxBlindChunks) + "SILENT 1s"},
		{name: "s29 a kibibyte each second", opts: oneFlight, body: strings.Repeat(strings.Repeat("x", 62)+"\r\n", 4000), send: fine,
			script: helloChunks + flight + "SLOW 256000 1s\nS: 250 ok\nS: 250 ok\nS: 250 ok"},
		{name: "s29 the upload stalls: nothing was sent, and DATA the next time", opts: oneFlight, body: strings.Repeat(strings.Repeat("x", 62)+"\r\n", 4000),
			script: helloChunks + flight + "C: BDAT 256000 LAST\nTAKE 65536\nWAIT 5m\nPARTIAL", send: outcome{phase: PhaseBody, temporary: true}, check: func(t *testing.T, c *Client, _ *Result, _ error) {
				if !c.Learned().AvoidChunking {
					t.Errorf("learned %+v", c.Learned())
				}
			}},
		{name: "s30 bare LF refused", opts: oneFlight, bodies: 1, script: one + "S: 250 ok\nS: 250 ok\nS: 550 5.5.2 bare LF", send: outcome{phase: PhaseCommit, code: 550, alive: true}},
		{name: "s30 bare LF and CR never leave", opts: oneFlight, body: bareLines, bodies: 1, send: fine, script: helloChunks + flight + "CHUNK 27 LAST\nS: 250 ok\nS: 250 ok\nS: 250 ok"},
		{name: "s30 8-bit header refused", opts: oneFlight, env: Envelope{From: "a@b.test", To: to("b@b.test"), EightBit: true}, body: eightBit, bodies: 1,
			script: helloChunks + "C: MAIL FROM:<a@b.test> SIZE=" + strconv.Itoa(len(eightBit)) + " BODY=8BITMIME\nC: RCPT *\nCHUNK " + strconv.Itoa(len(eightBit)) + " LAST\nS: 250 ok\nS: 250 ok\nS: 550 5.6.0 8-bit header",
			send:   outcome{phase: PhaseCommit, code: 550, alive: true}},
		{name: "s30 a line over 998 is refused here", body: strings.Repeat("x", 999) + "\r\n", script: helloChunks + "SILENT 1s", opts: oneFlight, send: outcome{phase: PhaseBody, alive: true},
			check: func(t *testing.T, c *Client, _ *Result, err error) {
				if !errors.Is(err, ErrLineTooLong) {
					t.Errorf("error = %v", err)
				}
				time.Sleep(time.Second)
			}},
		{name: "s31 SMTPUTF8 absent", env: envelope("jörg@b.test"), script: helloBare + "SILENT 1s", send: outcome{phase: PhaseMail, alive: true}, check: absent(ErrNoSMTPUTF8)},
		{name: "s31 8BITMIME absent", env: Envelope{From: "a@b.test", To: to("b@b.test"), EightBit: true}, script: helloBare + "SILENT 1s", send: outcome{phase: PhaseMail, alive: true}, check: absent(ErrNoEightBit)},
		{name: "s31 DSN absent: sent, but not tracked", env: Envelope{From: "a@b.test", To: []Recipient{{Address: "b@b.test", Notify: []string{"SUCCESS"}}}, DSN: DSN{EnvID: "x"}},
			script: helloFlight + "C: MAIL FROM:<a@b.test>\nC: RCPT TO:<b@b.test>\nC: DATA\nS: 250 ok\nS: 250 ok\nS: 354 go\nBODY\nS: 250 ok", send: fine, bodies: 1,
			check: func(t *testing.T, _ *Client, result *Result, _ error) {
				if result.Tracked {
					t.Error("tracked")
				}
			}},
		{name: "s34 long, with NUL, in UTF-8", send: fine, bodies: 1, script: granted + "BODY\nR: \"250 " + strings.Repeat("ü", 2000) + "\\x00\\r\\n\""},
		{name: "s34 code 999", script: byData + "S: 999 what", send: outcome{phase: PhaseMail, temporary: true}},
		{name: "s34 code 25O", opts: oneFlight, bodies: 1, script: one + "S: 25O ok", send: outcome{phase: PhaseCommit, temporary: true, unknown: true}},
		{name: "BDAT is not known after all: DATA the next time", opts: oneFlight, bodies: 2, script: one + "S: 250 ok\nS: 250 ok\nS: 502 what is BDAT\nC: RSET\n" + flight + "C: DATA\nS: 250 ok\nS: 250 ok\nS: 250 ok\nS: 354 go\nBODY\nS: 250 ok",
			send: outcome{phase: PhaseCommit, code: 502, temporary: true, alive: true}, check: resetLeads},
	}
	for _, sc := range scenarios {
		sc.open = fine
		t.Run(sc.name, sc.run)
	}
}

func absent(want error) func(*testing.T, *Client, *Result, error) {
	return func(t *testing.T, _ *Client, _ *Result, err error) {
		t.Helper()
		if !errors.Is(err, want) {
			t.Errorf("error = %v", err)
		}
		time.Sleep(time.Second)
	}
}

// Recipients beyond a limit follow in further transactions with the same bytes,
// each with a verdict of its own.
func TestScriptS23Limits(t *testing.T) {
	tests := map[string]struct {
		offers  []string
		maxRcpt int
		tooMany string
		want    []int // recipients in each transaction
	}{
		"552 on RCPT":          {offers: offersAll, maxRcpt: 50, tooMany: "552 too many recipients", want: []int{50, 50, 20}},
		"452 from the 51st on": {offers: offersAll, maxRcpt: 50, want: []int{50, 50, 20}},
		"RCPTMAX=10":           {offers: append([]string{"LIMITS RCPTMAX=10 MAILMAX=100"}, offersAll...), want: []int{10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10}},
		"RCPTDOMAINMAX=1":      {offers: append([]string{"LIMITS RCPTDOMAINMAX=1"}, offersAll...), want: []int{60, 60}},
	}
	for name, tt := range tests {
		t.Run("s23 "+name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &turnServer{offers: tt.offers, maxRcpt: tt.maxRcpt, tooMany: tt.tooMany}
				var committed, results [][]int
				withTurns(t, s, plainOptions(), func(c *Client) {
					var env Envelope
					for i := range 120 {
						env.To = append(env.To, Recipient{Address: fmt.Sprintf("u%d@d%d.test", i, i%2)})
					}
					opts := SendOptions{BeforeCommit: func(all []RecipientResult) error {
						committed = append(committed, exposed(all))
						return nil
					}}
					for result, err := range c.SendParts(t.Context(), env, strings.NewReader(message), opts) {
						if err != nil {
							t.Error(err)
						}
						results = append(results, exposed(result.Recipients))
					}
				})
				seen := map[int]bool{}
				for i, want := range tt.want {
					if i >= len(s.messages) || len(s.messages[i].rcpts) != want || s.messages[i].body != onTheWire {
						t.Fatalf("transactions %d, want %v", len(s.messages), tt.want)
					}
					for j, n := range results[i] {
						seen[n] = true
						if got := s.messages[i].rcpts[j]; got != fmt.Sprintf("u%d@d%d.test", n, n%2) || committed[i][j] != n {
							t.Errorf("transaction %d, recipient %d: %s", i, n, got)
						}
					}
				}
				if len(seen) != 120 || len(s.messages) != len(tt.want) {
					t.Errorf("%d of 120 recipients, %d transactions", len(seen), len(s.messages))
				}
			})
		})
	}
}

// exposed returns the indexes of those who get the message.
func exposed(results []RecipientResult) []int {
	var indexes []int
	for _, r := range results {
		if r.MayHave() {
			indexes = append(indexes, r.Index)
		}
	}
	return indexes
}

func TestScriptS35LMTP(t *testing.T) {
	script := "S: 220 hi\nC: LHLO *\nS: 250-mx\nS: 250-CHUNKING\nS: 250 PIPELINING\nC: MAIL *\nC: RCPT *\nC: RCPT *\nC: RCPT *\nC: DATA\n" +
		"S: 250 ok\nS: 250 ok\nS: 550 5.1.1 no\nS: 250 ok\nS: 354 go\nBODY\n"
	tests := []struct {
		name     string
		verdicts string
		send     outcome
		want     []bool
		final    []int
	}{
		{"250 and 550", "S: 250 2.0.0 ok <a> saved\nS: 552 5.2.2 full", fine, []bool{true, false, false}, []int{250, 0, 552}},
		{"550 and 250", "S: 452 4.2.2 full\nS: 250 ok", fine, []bool{false, false, true}, []int{452, 0, 250}},
		{"both refused", "S: 452 4.2.2 full\nS: 550 no", outcome{phase: PhaseCommit, code: 550, alive: true}, []bool{false, false, false}, []int{452, 0, 550}},
		{"lost between the verdicts", "S: 250 ok\nCLOSE", outcome{phase: PhaseCommit, temporary: true, unknown: true}, []bool{true, false, true}, []int{250, 0, 0}},
	}
	for _, tt := range tests {
		sc := scenario{script: script + tt.verdicts, opts: func(o *Options) { o.LMTP = true }, open: fine, env: three(), send: tt.send, bodies: 1}
		sc.check = func(t *testing.T, _ *Client, result *Result, _ error) {
			for i, r := range result.Recipients {
				if r.MayHave() != tt.want[i] || (r.Final == nil) != (tt.final[i] == 0) || r.Final != nil && r.Final.Code != tt.final[i] {
					t.Errorf("recipient %d: %+v", i, r)
				}
				if f := tt.final[i]; f != 0 && (r.Accepted != (f == 250) || r.Temporary != (f == 452) || f != 250 && r.Reply.Code != f) {
					t.Errorf("recipient %d with the verdict %d: %+v", i, f, r)
				}
			}
		}
		t.Run("s35 "+tt.name, sc.run)
	}
}
