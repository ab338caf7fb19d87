package outbox

import (
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"postea/internal/mail"
	"postea/internal/store"
	"postea/smtpclient"
)

// scissors is a line to the server that is cut after a number of bytes in one
// direction; what was sent before the cut arrives.
type scissors struct {
	addr   *net.TCPAddr
	client atomic.Int64 // bytes that may still pass to the server; negative: any number
	server atomic.Int64 // and from it

	mu   sync.Mutex // guards what follows; a WaitGroup may not grow from nothing while it is waited for
	idle *sync.Cond
	busy int // directions of connections that are open
}

func (s *scissors) count(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.busy += n; s.busy == 0 {
		s.idle.Broadcast()
	}
}

// wait waits until no connection is open.
func (s *scissors) wait() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.busy > 0 {
		s.idle.Wait()
	}
}

func newScissors(t *testing.T, to *net.TCPAddr) *scissors {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &scissors{addr: l.Addr().(*net.TCPAddr)}
	s.idle = sync.NewCond(&s.mu)
	s.whole()
	t.Cleanup(func() { l.Close(); s.wait() })
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := net.DialTCP("tcp", nil, to)
			if err != nil {
				near.Close()
				continue
			}
			s.count(2)
			go s.pass(far, near, &s.client)
			go s.pass(near, far, &s.server)
		}
	}()
	return s
}

func (s *scissors) whole() { s.client.Store(-1); s.server.Store(-1) }

// pass copies until one side ends or the bytes allowed are used up.
func (s *scissors) pass(to, from net.Conn, left *atomic.Int64) {
	defer s.count(-1)
	defer to.Close()
	defer from.Close()
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		allowed := left.Load()
		if allowed >= 0 {
			n = int(min(int64(n), allowed))
			left.Store(allowed - int64(n))
		}
		if _, werr := to.Write(buf[:n]); werr != nil || err != nil || allowed >= 0 && allowed == int64(n) {
			return
		}
	}
}

// TestCutAtEveryByte cuts the line after every byte that the client sends and
// after every byte that the server answers. Whatever the outcome, the server must
// have the message when the item says accepted, must not when it says deferred,
// and nothing unsure is sent again until somebody has looked: here, the test
// itself, which retries what the server lacks and settles what it has. In the
// end every message is there exactly once. The short form takes every 19th
// byte, POSTEA_TEST_LONG=1 each.
func TestCutAtEveryByte(t *testing.T) {
	step := int64(19)
	if os.Getenv("POSTEA_TEST_LONG") != "" {
		step = 1
	}
	roads := []struct {
		name   string
		offers []string
		learn  bool // that the server throws away a chunk nobody may get: one flight
		kept   bool // over a connection that was kept after another message
	}{
		{"DATA", nil, false, false},
		{"BDAT", []string{"CHUNKING"}, false, false},
		{"BDAT in one flight", []string{"CHUNKING"}, true, false},
		{"DATA on a kept connection", nil, false, true},
		{"BDAT in one flight on a kept connection", []string{"CHUNKING"}, true, true},
	}
	for _, road := range roads {
		for _, to := range [][]string{{"bob@b.test"}, {"bob@b.test", "eve@e.test", "joe@j.test"}} {
			t.Run(fmt.Sprintf("%s to %d", road.name, len(to)), func(t *testing.T) {
				c := newCutBench(t, road.offers, road.learn, road.kept)
				sent, got := c.measure(to)
				for n := int64(0); n <= sent; n += step {
					c.one(fmt.Sprintf("after %d of %d bytes sent", n, sent), to, func() { c.line.client.Store(n) })
				}
				for n := int64(0); n <= got; n += step {
					c.one(fmt.Sprintf("after %d of %d bytes received", n, got), to, func() { c.line.server.Store(n) })
				}
				t.Logf("%d cuts: %d accepted at once, %d deferred, %d unsure (%d the server had, %d it lacked)",
					c.cuts, c.accepted, c.deferred, c.had+c.lacked, c.had, c.lacked)
				if c.deferred == 0 && !road.kept || c.had == 0 || step == 1 && c.accepted == 0 {
					t.Error("the cuts do not reach every outcome")
				}
			})
		}
	}
}

type cutBench struct {
	*bench
	line                                     *scissors
	learned                                  smtpclient.Learned
	kept                                     bool
	cuts, accepted, deferred, had, lacked, n int
}

func newCutBench(t *testing.T, offers []string, learn, kept bool) *cutBench {
	c := &cutBench{bench: newBench(t), kept: kept}
	c.srv.set(func() { c.srv.offers = offers })
	c.line = newScissors(t, c.srv.addr)
	c.acc.SMTP.Port = c.line.addr.Port
	if learn {
		c.flushed("bob@b.test")
		if c.learned, _ = c.w.recall(t.Context(), c.acc); c.learned.Discards != smtpclient.Yes {
			t.Fatalf("learned %+v", c.learned)
		}
	}
	return c
}

// fresh forgets connections, and what is known of the server unless it is given.
func (c *cutBench) fresh() {
	c.w.closeAll()
	c.w.memory = map[string]*serverMemory{c.acc.Name: {server: serverOf(c.acc), learned: c.learned}}
	if c.kept {
		id, _ := c.queueNext([]string{"first@b.test"})
		c.flushKeeping()
		if o := c.item(id); o.State != mail.ItemDone {
			c.t.Fatalf("the message before: %s %s", o.State, o.LastText)
		}
	}
}

// flushKeeping sends what is due and keeps the connection, as Run does.
func (c *cutBench) flushKeeping() { c.w.drain(c.t.Context(), c.acc.Name, nil) }

func (c *cutBench) queueNext(to []string) (mail.OutboxID, string) {
	c.t.Helper()
	c.n++
	mid := fmt.Sprintf("m%d@a.test", c.n)
	item := store.QueueItem{
		Outgoing: mail.Outgoing{Account: "work", MessageID: mid, EnvID: fmt.Sprint("e", c.n), From: "ada@a.test", Subject: "hello"},
		Wire:     []byte("Subject: hello\r\nMessage-ID: <" + mid + ">\r\n\r\n.dots\r\nbody\r\n"),
		Draft:    mail.Draft{Account: "work", To: strings.Join(to, ", ")},
	}
	for _, r := range to {
		item.Outgoing.Recipients = append(item.Outgoing.Recipients, mail.Recipient{Address: r})
	}
	id, err := c.store.Queue(c.t.Context(), item)
	if err != nil {
		c.t.Fatal(err)
	}
	return id, mid
}

// measure sends one message over a whole line and counts the bytes.
func (c *cutBench) measure(to []string) (sent, got int64) {
	c.fresh()
	const many = 1 << 40
	c.line.client.Store(many)
	c.line.server.Store(many)
	id, _ := c.queueNext(to)
	c.flushKeeping()
	if o := c.item(id); o.State != mail.ItemDone {
		c.t.Fatalf("over a whole line: %s %s", o.State, o.LastText)
	}
	c.w.closeAll()
	c.line.wait()
	sent, got = many-c.line.client.Load(), many-c.line.server.Load()
	c.line.whole()
	return sent, got
}

// times counts a message at the server.
func (c *cutBench) times(mid string) int {
	n := 0
	for _, m := range c.srv.taken() {
		if strings.Contains(m, "<"+mid+">") {
			n++
		}
	}
	return n
}

func (c *cutBench) one(where string, to []string, cut func()) {
	c.t.Helper()
	c.fresh()
	c.cuts++
	id, mid := c.queueNext(to)
	cut()
	c.flushKeeping()
	c.w.closeAll()
	c.line.wait() // the server has seen all it will see
	c.line.whole()
	switch o := c.item(id); o.State {
	case mail.ItemDone:
		c.accepted++
	case mail.ItemDeferred:
		c.deferred++
		if n := c.times(mid); n != 0 {
			c.t.Fatalf("%s: deferred, and the server has it", where)
		}
	case mail.ItemUnsure:
		// Time alone must not send it again.
		c.now = c.now.Add(24 * time.Hour)
		c.flush()
		n := c.times(mid)
		if o := c.item(id); o.State != mail.ItemUnsure || n > 1 {
			c.t.Fatalf("%s: sent again without being asked: %s, %d times at the server", where, o.State, n)
		}
		c.decide(id, n)
	default:
		c.t.Fatalf("%s: %s: %s", where, o.State, o.LastText)
	}
	c.now = c.now.Add(time.Hour)
	c.flush()
	if o, n := c.item(id), c.times(mid); o.State != mail.ItemDone || n != 1 {
		c.t.Fatalf("%s: in the end %s, and %d times at the server", where, o.State, n)
	}
	c.srv.set(func() { c.srv.took = nil })
}

// decide does what a person does who has looked.
func (c *cutBench) decide(id mail.OutboxID, there int) {
	c.t.Helper()
	do := c.store.Retry
	if there > 0 {
		c.had++
		do = c.store.Settle
	} else {
		c.lacked++
	}
	if err := do(c.t.Context(), id); err != nil {
		c.t.Fatal(err)
	}
}
