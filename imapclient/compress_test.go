package imapclient

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/klauspost/compress/flate"
)

// deflate is the script's side of compression.
func (s *script) deflate() *flate.Writer {
	s.expect("COMPRESS DEFLATE")
	s.send("@ OK from now on")
	s.br = bufio.NewReader(flate.NewReader(s.br))
	w, err := flate.NewWriter(s.conn, flate.BestCompression)
	if err != nil {
		s.t.Error(err)
	}
	return w
}

// overRemote is session on a connection that is worth compressing.
func overRemote(t *testing.T, run func(*script)) *Client {
	t.Helper()
	conn := serve(t, func(s *script) {
		s.greet("IMAP4rev1 IDLE COMPRESS=DEFLATE")
		run(s)
	})
	o := plain()
	o.Dial.Insecure = true
	c, err := New(t.Context(), remote{conn}, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func TestCompress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := overRemote(t, func(s *script) {
			w := s.deflate()
			say := func(text string) {
				// In two pieces, the flush by itself.
				fmt.Fprint(w, strings.ReplaceAll(text, "@", s.tag))
				w.Flush()
			}
			s.expect(`SELECT "INBOX"`)
			say("* 2 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n@ OK done\r\n")
			s.expect("IDLE")
			say("+ idling\r\n")
			time.Sleep(5 * time.Minute)
			say("* 3 EXISTS\r\n")
			s.expectLine("DONE")
			say("@ OK done\r\n")
			s.expect("IDLE")
			say("+ idling\r\n")
			s.expectLine("DONE")
			say("@ OK done\r\n")
			s.expect("NOOP")
			say("@ OK\r\n")
		})
		for range 2 { // the second time asks for nothing
			if err := c.Compress(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if data, err := c.Select(t.Context(), "INBOX", false); err != nil || data.NumMessages != 2 {
			t.Fatalf("%+v, %v", data, err)
		}
		for _, want := range []bool{true, false} {
			if news, err := c.Idle(t.Context(), 9*time.Minute); err != nil || news != want {
				t.Errorf("news %t, %v", news, err)
			}
		}
		if err := c.Noop(t.Context()); err != nil {
			t.Error(err)
		}
		c.Close()
	})
}

// Nothing runs on behind a connection that was closed, or left politely, when more had
// come than was read.
func TestCompressEndsWithTheConnection(t *testing.T) {
	for name, end := range map[string]func(context.Context, *Client) error{
		"closed": func(_ context.Context, c *Client) error { return c.Close() },
		"left":   func(ctx context.Context, c *Client) error { return c.Logout(ctx) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // fails while a goroutine is left
				c := overRemote(t, func(s *script) {
					w := s.deflate()
					for { // each answer with something behind it
						line, err := s.br.ReadString('\n')
						if err != nil {
							return
						}
						tag, _, _ := strings.Cut(line, " ")
						for _, say := range []string{tag + " OK", "* 3 EXISTS"} {
							fmt.Fprint(w, say+"\r\n")
							w.Flush()
						}
					}
				})
				if err := errors.Join(c.Compress(t.Context()), c.Noop(t.Context())); err != nil {
					t.Fatal(err)
				}
				synctest.Wait()
				if err := end(t.Context(), c); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestCompressRefusedOrNotWorthIt(t *testing.T) {
	c := overRemote(t, func(s *script) {
		s.expect("COMPRESS DEFLATE")
		s.send("@ NO not today")
		s.expect("NOOP")
		s.send("@ OK")
	})
	if err := c.Compress(t.Context()); err != nil {
		t.Error(err)
	}
	if err := c.Noop(t.Context()); err != nil {
		t.Error(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		conn, err := l.Accept()
		if err == nil {
			defer conn.Close()
			fmt.Fprint(conn, "* OK [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE] hi\r\n")
			_, _ = conn.Read(make([]byte, 100))
		}
	}()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	local, err := New(t.Context(), conn, plain())
	if err != nil {
		t.Fatal(err)
	}
	defer local.Close()
	if err := local.Compress(t.Context()); err != nil || local.compressed {
		t.Errorf("compressed %t, %v", local.compressed, err)
	}
}

func TestCompressedGarbage(t *testing.T) {
	c := overRemote(t, func(s *script) {
		s.expect("COMPRESS DEFLATE")
		s.send("@ OK from now on")
		s.raw("\xff\xff\xff\xff this is not compressed\r\n")
		s.drain()
	})
	if err := c.Compress(t.Context()); err != nil {
		t.Fatal(err)
	}
	want(t, c.Noop(t.Context()), KindProtocol, true)
}

// A few kilobytes may not become gigabytes.
func TestCompressedBomb(t *testing.T) {
	c := overRemote(t, func(s *script) {
		w := s.deflate()
		s.line()
		fmt.Fprint(w, "* OK ")
		block := bytes.Repeat([]byte("* OK "+strings.Repeat("x", 1000)+"\r\n"), 1000)
		for range 5000 { // 5 GB
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	})
	if err := c.Compress(t.Context()); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	want(t, c.Noop(t.Context()), KindTooLarge, true)
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapInuse) - int64(before.HeapInuse); grown > 64<<20 {
		t.Errorf("%d MiB are held", grown>>20)
	}
}

// FuzzCompress lets a client believe anything a server could have compressed.
func FuzzCompress(f *testing.F) {
	for _, seed := range hostileSeeds {
		var b bytes.Buffer
		w, _ := flate.NewWriter(&b, flate.BestSpeed)
		fmt.Fprint(w, seed)
		w.Flush()
		f.Add(b.Bytes(), uint8(3))
	}
	f.Add([]byte("no deflate at all"), uint8(0))
	f.Fuzz(func(t *testing.T, in []byte, early uint8) {
		n := min(int(early), len(in))
		near, far := net.Pipe()
		closed := make(chan struct{})
		d := newDeflated(near, in[:n], closed)
		go func() {
			_, _ = far.Write(in[n:])
			far.Close()
		}()
		w := newWire(d, time.Minute)
		for range 1000 {
			raw, _, err := w.response(limits{line: 200, literal: 50, total: 300})
			if err != nil {
				break
			}
			if len(raw) == 0 {
				t.Fatal("an empty response")
			}
		}
		near.Close()
		close(closed)
		far.Close()
	})
}
