package smtpclient

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"
)

// chunkTurns is what a server for chunks says and, before each, how many bytes
// it must have: in one flight, and in two steps.
var (
	cutHello  = "220 mx ESMTP Lab 1.0\r\n"
	cutOffer  = "250-mx\r\n250-PIPELINING\r\n250-CHUNKING\r\n250-8BITMIME\r\n250 SIZE 1\r\n"
	cutFlight = "MAIL FROM:<ada@a.test>\r\nRCPT TO:<bob@b.test>\r\n"
)

type cutTurn struct {
	reads  string // how what the client says begins
	size   int
	says   string
	isLast bool
}

func cutConversation(twoStep bool) []cutTurn {
	turns := []cutTurn{{says: cutHello}, {reads: "EHLO", size: len("EHLO [127.0.0.1]\r\n"), says: cutOffer}}
	if !twoStep {
		return append(turns, cutTurn{"MAIL", len(cutFlight) + len("BDAT 30 LAST\r\n") + 30, "250 ok\r\n250 ok\r\n250 2.0.0 Ok: queued as 1\r\n", true})
	}
	return append(turns,
		cutTurn{"MAIL", len(cutFlight) + len("BDAT 30\r\n") + 30, "250 ok\r\n250 ok\r\n250 30 bytes\r\n", false},
		cutTurn{"BDAT 0", len("BDAT 0 LAST\r\n"), "250 2.0.0 Ok: queued as 1\r\n", true})
}

// cutTalk answers until it has said say bytes or heard hear bytes, then hangs up.
// It reports whether it had the end of the message by then.
func cutTalk(conn net.Conn, turns []cutTurn, say, hear int) (sawEnd bool) {
	defer conn.Close()
	br := bufio.NewReader(conn)
	for _, turn := range turns {
		n, err := io.CopyN(io.Discard, br, int64(min(turn.size, hear)))
		if hear -= int(n); err != nil || int(n) < turn.size {
			return sawEnd
		}
		sawEnd = sawEnd || turn.isLast
		part := turn.says[:min(len(turn.says), say)]
		say -= len(part)
		if _, err := io.WriteString(conn, part); err != nil || len(part) < len(turn.says) {
			return sawEnd
		}
	}
	return sawEnd
}

func cutChunks(t *testing.T, twoStep bool, say, hear int) (err error, sawEnd bool) {
	near, far := net.Pipe()
	ended := make(chan bool, 1)
	go func() { ended <- cutTalk(far, cutConversation(twoStep), say, hear) }()
	opts := plainOptions()
	oneFlight(&opts)
	c, err := New(t.Context(), near, opts)
	if err == nil {
		if twoStep {
			time.Sleep(idleLimit + time.Second)
		}
		_, err = c.Send(t.Context(), envelope("bob@b.test"), strings.NewReader(message), SendOptions{})
		c.Close()
	}
	near.Close()
	return err, <-ended
}

// A line that breaks after every number of bytes of the server: never a false
// success, and "unknown" exactly while the outcome is.
func TestChunksCutAtEveryByteOfTheServer(t *testing.T) {
	for _, twoStep := range []bool{false, true} {
		total := 0
		for _, turn := range cutConversation(twoStep) {
			total += len(turn.says)
		}
		for say := range total + 1 {
			synctest.Test(t, func(t *testing.T) {
				err, sawEnd := cutChunks(t, twoStep, say, 1<<20)
				e := asError(err)
				switch {
				case say == total:
					if err != nil {
						t.Errorf("nothing cut: %v", err)
					}
				case e == nil:
					t.Errorf("cut after %d bytes: success", say)
				case e.Unknown() != sawEnd || e.Code != 0:
					t.Errorf("two steps %v, cut after %d bytes: unknown = %v, the server had the end: %v", twoStep, say, e.Unknown(), sawEnd)
				}
			})
		}
	}
}

// A line that breaks after every number of bytes of the client: what may have
// arrived is never called lost, and in two steps nothing is in doubt before the
// last of them.
func TestChunksCutAtEveryByteOfTheClient(t *testing.T) {
	for _, twoStep := range []bool{false, true} {
		total := 0
		for _, turn := range cutConversation(twoStep) {
			total += turn.size
		}
		for hear := range total {
			synctest.Test(t, func(t *testing.T) {
				err, sawEnd := cutChunks(t, twoStep, 1<<20, hear)
				e := asError(err)
				if e == nil || sawEnd || twoStep && e.Unknown() && hear < total-len("BDAT 0 LAST\r\n") {
					t.Errorf("two steps %v, cut after %d of %d bytes: %v", twoStep, hear, total, err)
				}
			})
		}
	}
}

// The server's last words, said while the message is still being written, are an
// answer: no doubt is left.
func TestLastWords(t *testing.T) {
	mib := fmt.Sprint(chunkSize)
	large := helloChunks + flight + "C: BDAT " + mib + "\n"
	whole := helloChunks + flight + "C: BDAT 256000 LAST\n"
	small := strings.Repeat(strings.Repeat("x", 62)+"\r\n", 4000)
	scenarios := []scenario{
		{name: "421 for everything", body: threeMiB, script: large + "S: 421 4.7.0 too fast\nCLOSE", send: outcome{phase: PhaseMail, code: 421, temporary: true}},
		{name: "sender refused, then closed", body: threeMiB, script: large + "S: 550 5.7.1 no\nCLOSE", send: outcome{phase: PhaseMail, code: 550}},
		{name: "recipients refused, then closed", body: threeMiB, script: large + "S: 250 ok\nS: 550 5.1.1 no\nCLOSE", send: outcome{phase: PhaseRcpt, code: 550}},
		{name: "chunk refused, then closed", body: threeMiB, script: large + "S: 250 ok\nS: 250 ok\nS: 552 5.3.4 big\nCLOSE", send: outcome{phase: PhaseBody, code: 552}},
		{name: "message refused, then closed", body: small, script: whole + "S: 250 ok\nS: 250 ok\nS: 554 5.6.0 no\nCLOSE", send: outcome{phase: PhaseCommit, code: 554}},
		{name: "nonsense, then closed", body: small, script: whole + "S: 250 ok\nS: 354 ?\nCLOSE", send: outcome{phase: PhaseRcpt, temporary: true}},
		{name: "closed without a word, the end not sent", body: small, script: whole + "CLOSE", send: outcome{phase: PhaseBody, temporary: true}},
		{name: "a reply too many, then closed", body: threeMiB, script: large + "S: 250 ok\nS: 250 ok\nS: 250 ok\nS: 250 what\nCLOSE", send: outcome{phase: PhaseBody, temporary: true}},
	}
	for _, sc := range scenarios {
		sc.open, sc.opts = fine, oneFlight
		t.Run(sc.name, sc.run)
	}
	byData := []scenario{
		{name: "DATA: flight refused while it was written", script: helloFlight + "C: MAIL *\nS: 421 4.7.0 no\nCLOSE", send: outcome{phase: PhaseMail, code: 421, temporary: true}, env: manyRecipients(3000)},
		{name: "DATA: 250 before the dot", script: granted + "S: 250 already\nCLOSE", send: outcome{phase: PhaseBody, temporary: true}, body: strings.Repeat("0123456789\r\n", 30000)},
	}
	for _, sc := range byData {
		sc.open = fine
		t.Run(sc.name, sc.run)
	}
}

func manyRecipients(n int) Envelope {
	env := Envelope{From: "ada@a.test"}
	for i := range n {
		env.To = append(env.To, Recipient{Address: fmt.Sprintf("u%d@b.test", i)})
	}
	return env
}

// All or nothing: with a recipient refused nobody gets it, on every road.
func TestAllOrNothing(t *testing.T) {
	for name, offers := range map[string][]string{"one flight": offersAll, "DATA": offersData, "one by one": {"8BITMIME"}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &turnServer{offers: offers, refuse: map[string]int{"gone@b.test": 550}}
				withTurns(t, s, plainOptions(), func(c *Client) {
					if err := c.Learn(t.Context()); err != nil {
						t.Fatal(err)
					}
					opts := SendOptions{AllOrNothing: true, BeforeCommit: func([]RecipientResult) error { return nil }}
					_, err := c.Send(t.Context(), envelope("bob@b.test", "gone@b.test"), strings.NewReader(message), opts)
					if e := asError(err); !errors.Is(err, ErrNotAll) || e.Code != 550 || e.Phase != PhaseRcpt || !c.Alive() {
						t.Errorf("error = %v", err)
					}
					if _, err := c.Send(t.Context(), envelope("bob@b.test", "c@b.test"), strings.NewReader(message), opts); err != nil {
						t.Error(err)
					}
				})
				if len(s.messages) != 1 || len(s.messages[0].rcpts) != 2 {
					t.Errorf("messages %v", s.messages)
				}
			})
		})
	}
}

// What ends a message between its chunks, or before its only one, leaves the
// connection in order and the server without the message.
func TestUndoBetweenChunks(t *testing.T) {
	broken := errors.New("disk full")
	tests := map[string]struct {
		body  io.Reader
		opts  SendOptions
		phase Phase
	}{
		"NUL in the third chunk":        {io.MultiReader(strings.NewReader(threeMiB[:5<<19]), strings.NewReader("\x00")), SendOptions{}, PhaseBody},
		"body breaks off":               {io.MultiReader(strings.NewReader(threeMiB[:5<<19]), iotest.ErrReader(broken)), SendOptions{}, PhaseBody},
		"BeforeCommit says no":          {strings.NewReader(threeMiB), SendOptions{BeforeCommit: func([]RecipientResult) error { return broken }}, PhaseBody},
		"BeforeCommit says no, small":   {strings.NewReader(message), SendOptions{BeforeCommit: func([]RecipientResult) error { return broken }}, PhaseBody},
		"body breaks off at once":       {iotest.ErrReader(broken), SendOptions{}, PhaseBody},
		"body that never comes":         {emptyReader{}, SendOptions{}, PhaseBody},
		"nobody left after the chunks":  {strings.NewReader(threeMiB), SendOptions{}, PhaseRcpt},
		"empty message to nobody":       {strings.NewReader(""), SendOptions{}, PhaseRcpt},
		"two chunks and all or nothing": {strings.NewReader(threeMiB[:3<<19]), SendOptions{AllOrNothing: true}, PhaseRcpt},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &turnServer{offers: offersAll, refuse: map[string]int{"gone@b.test": 550}}
				withTurns(t, s, plainOptions(), func(c *Client) {
					if err := c.Learn(t.Context()); err != nil {
						t.Fatal(err)
					}
					env := envelope("bob@b.test")
					if tt.phase == PhaseRcpt {
						env = envelope("gone@b.test")
					}
					_, err := c.Send(t.Context(), env, tt.body, tt.opts)
					if e := asError(err); e == nil || e.Phase != tt.phase || e.Unknown() || !c.Alive() {
						t.Errorf("error = %v, alive %v", err, c.Alive())
					}
					if _, err := c.Send(t.Context(), envelope("bob@b.test"), strings.NewReader(""), SendOptions{}); err != nil {
						t.Error(err)
					}
				})
				if len(s.messages) != 1 || s.messages[0].body != "" || s.messages[0].from != "ada@a.test" {
					t.Errorf("%d messages", len(s.messages))
				}
			})
		})
	}
}

type emptyReader struct{}

func (emptyReader) Read([]byte) (int, error) { return 0, nil }

// A context that ends: before the end of the message nothing is sent, behind it
// the outcome is unknown.
func TestCancelInOneFlight(t *testing.T) {
	for name, tt := range map[string]struct {
		script  string
		unknown bool
		opts    func(context.CancelFunc) SendOptions
	}{
		"before": {helloChunks + "PARTIAL", false, func(cancel context.CancelFunc) SendOptions {
			return SendOptions{BeforeCommit: func([]RecipientResult) error { cancel(); return nil }}
		}},
		"after": {one + "WAIT 5m", true, func(cancel context.CancelFunc) SendOptions {
			time.AfterFunc(time.Minute, cancel)
			return SendOptions{}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				opts := plainOptions()
				oneFlight(&opts)
				sendOver(t, opts, tt.script, func(ctx context.Context, c *Client) {
					ctx, cancel := context.WithCancel(ctx)
					defer cancel()
					result, err := c.Send(ctx, envelope("bob@b.test"), strings.NewReader(message), tt.opts(cancel))
					synctest.Wait()
					if e := asError(err); e == nil || e.Unknown() != tt.unknown || !errors.Is(err, context.Canceled) || c.Alive() {
						t.Errorf("error = %v", err)
					}
					if result.Recipients[0].MayHave() != tt.unknown {
						t.Errorf("recipient %+v", result.Recipients[0])
					}
				})
			})
		})
	}
}
