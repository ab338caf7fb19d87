package smtpclient

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"
)

// Whatever the message and however it comes, a server that reads by length gets
// exactly the normalised message, in chunks of any size, in one flight or two
// steps; and one that reads by dots gets the same.
func FuzzFraming(f *testing.F) {
	for _, seed := range []string{"", "a\n.\nb", ".", "a\r", "\r\n.\r\n", "MAIL FROM:<evil@x>\r\nRCPT TO:<y@z>\r\nBDAT 5 LAST\r\n", strings.Repeat("x\r", 50)} {
		f.Add([]byte(seed), uint8(3), uint8(0))
		f.Add([]byte(seed), uint8(200), uint8(1))
	}
	f.Fuzz(func(t *testing.T, in []byte, size, how uint8) {
		want, bad := wire(false, in)
		synctest.Test(t, func(t *testing.T) {
			s := &turnServer{offers: offersAll}
			opts := plainOptions()
			withTurns(t, s, opts, func(c *Client) {
				c.chunk = int(size) + 1
				if how&1 == 0 {
					c.learned.discards(Yes)
				}
				var body io.Reader = bytes.NewReader(in)
				if how&2 != 0 {
					body = iotest.OneByteReader(body)
				}
				var err error
				if how&4 != 0 {
					var p *Prepared
					if p, _, err = c.Prepare(t.Context(), envelope("bob@b.test"), body, SendOptions{}); err == nil {
						_, err = p.Commit(t.Context())
					}
				} else {
					_, err = c.Send(t.Context(), envelope("bob@b.test"), body, SendOptions{})
				}
				if !errors.Is(err, bad) {
					t.Fatalf("%q: %v, want %v", in, err, bad)
				}
				if c.Alive() {
					send(t, c, 1)
				}
			})
			if bad != nil {
				if len(s.messages) > 1 || len(s.messages) == 1 && s.messages[0].body != onTheWire {
					t.Fatalf("%q was sent", in)
				}
				return
			}
			if len(s.messages) != 2 || s.messages[0].body != string(want) || s.messages[1].body != onTheWire || len(s.run) > 0 {
				t.Fatalf("%q arrived as %+v", in, s.messages)
			}
		})
	})
}

// oracle is a server that says what the fuzzer made up, a part for each time the
// client waits, and knows whether it has had the end of the message.
type oracle struct {
	parts []string
	heard bytes.Buffer
}

func (o *oracle) serve(conn net.Conn) {
	defer conn.Close()
	buf := make([]byte, 4096)
	for _, part := range o.parts {
		for {
			conn.SetReadDeadline(time.Now().Add(time.Millisecond))
			n, err := conn.Read(buf)
			o.heard.Write(buf[:n])
			if errors.Is(err, os.ErrDeadlineExceeded) {
				break
			}
			if err != nil {
				return
			}
		}
		conn.SetWriteDeadline(time.Now().Add(time.Second))
		if _, err := io.WriteString(conn, part); err != nil {
			return
		}
	}
	conn.SetReadDeadline(time.Now().Add(time.Millisecond))
	for {
		n, err := conn.Read(buf)
		o.heard.Write(buf[:n])
		if err != nil {
			return
		}
	}
}

// Whatever a server says: no panic, no hang, no success without the end of the
// message having left and an answer to it, no failure that is called certain
// without a refusal once that end has left.
func FuzzConversation(f *testing.F) {
	hello := cutHello + "\x1e" + cutOffer + "\x1e"
	for _, seed := range []string{
		"250 ok\r\n250 ok\r\n250 ok\r\n", "250 ok\r\n550 no\r\n554 no\r\n", "421 bye\r\n", "250 ok\r\n250 ok\r\n354 go\r\n\x1e250 ok\r\n",
		"250 ok\r\n550 no\r\n354 go\r\n\x1e250 ok\r\n", "503 x\r\n250 ok\r\n250 ok\r\n", "250 ok\r\n250 ok\r\n", "250 ok\r\n354 x\r\n250 ok\r\n250 ok\r\n",
	} {
		f.Add(hello+seed, true)
		f.Add(hello+seed, false)
	}
	f.Add("220 hi\r\n\x1e502 what\r\n\x1e250 mx\r\n\x1e250 ok\r\n\x1e250 ok\r\n\x1e354\r\n\x1e250 ok", false)
	f.Fuzz(func(t *testing.T, script string, known bool) {
		synctest.Test(t, func(t *testing.T) {
			o := &oracle{parts: strings.Split(script, "\x1e")}
			near, far := net.Pipe()
			done := make(chan struct{})
			go func() {
				defer close(done)
				o.serve(far)
			}()
			opts := plainOptions()
			if known {
				oneFlight(&opts)
			}
			c, err := New(t.Context(), near, opts)
			var result *Result
			if err == nil {
				result, err = c.Send(t.Context(), envelope("bob@b.test"), strings.NewReader(message), SendOptions{})
				c.Close()
			}
			near.Close()
			<-done
			heard := o.heard.String()
			ended := strings.Contains(heard, "\r\nbye\r\n.\r\n") || strings.HasSuffix(heard, "LAST\r\n"+onTheWire)
			e := asError(err)
			switch {
			case err != nil && e == nil:
				t.Errorf("an error without a type: %v", err)
			case err == nil && (!ended || !result.Reply.positive() || !result.Recipients[0].Accepted):
				t.Errorf("success, but the server had %q and said %q", heard, script)
			case err != nil && ended && e.Code == 0 && !e.Unknown():
				t.Errorf("called certain without a word of the server: %v", err)
			case err != nil && !strings.HasSuffix(e.Explain(), "."):
				t.Errorf("explained as %q", e.Explain())
			}
		})
	})
}
