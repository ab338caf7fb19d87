package outbox

import (
	"context"
	"runtime"
	"strings"
	"testing"

	"postea/internal/mail"
)

func (s *server) connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conns
}

// A message takes the connection that was kept ready, which says something now
// and then, and is replaced when it has died.
func TestWarmConnectionIsUsed(t *testing.T) {
	b := newBench(t)
	for range 3 {
		if err := b.w.warmUp(t.Context(), "work"); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.w.warmUp(t.Context(), "nobody's"); err != nil {
		t.Error(err)
	}
	b.expect(b.flushed("bob@b.test"), mail.ItemAccepted, "accepted 250")
	if n := b.srv.connections(); n != 1 {
		t.Errorf("%d connections", n)
	}
}

// A line from before the machine slept is not trusted.
func TestNoWarmConnectionAfterASleep(t *testing.T) {
	b := newBench(t)
	if err := b.w.warmUp(t.Context(), "work"); err != nil {
		t.Fatal(err)
	}
	b.w.Resumed()
	b.expect(b.flushed("bob@b.test"), mail.ItemAccepted, "accepted 250")
	if n := b.srv.connections(); n != 2 {
		t.Errorf("%d connections", n)
	}
}

// A password that is refused is not tried again.
func TestWarmGivesUp(t *testing.T) {
	b := newBench(t)
	b.srv.set(func() { b.srv.atAuth = "535 5.7.8 wrong" })
	if err := b.w.warmUp(t.Context(), "work"); err == nil {
		t.Error("no error")
	}
	before := b.srv.connections()
	b.w.Warm(t.Context(), "work") // returns, though nobody ends it
	if n := b.srv.connections() - before; n != 1 {
		t.Errorf("%d tries", n)
	}
}

// A connection that was being kept ready stays when the writing has ended, and
// carries what was written.
func TestWarmConnectionStays(t *testing.T) {
	b := newBench(t)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		b.w.Warm(ctx, "work")
	}()
	for !b.w.ready("work") {
		runtime.Gosched()
	}
	cancel()
	<-ended
	b.expect(b.flushed("bob@b.test"), mail.ItemAccepted, "accepted 250")
	if n := b.srv.connections(); n != 1 {
		t.Errorf("%d connections", n)
	}
}

func (w *Worker) ready(account string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.warm[account] != nil
}

// Two connections for one account are one too many.
func TestOneConnectionIsKept(t *testing.T) {
	b := newBench(t)
	first, _, err := b.w.connect(t.Context(), b.acc)
	if err != nil {
		t.Fatal(err)
	}
	second, _, err := b.w.connect(t.Context(), b.acc)
	if err != nil {
		t.Fatal(err)
	}
	b.w.keep("work", first)
	b.w.keep("work", second)
	if first.client.Alive() == second.client.Alive() {
		t.Error("both are kept, or none")
	}
}

// What the user waits for after the undo window, with a connection that was kept
// ready: one round trip and two commits.
func TestSendOnWarmConnection(t *testing.T) {
	b := newBench(t)
	b.srv.set(func() { b.srv.offers = []string{"CHUNKING"} })
	b.expect(b.flushed("eve@e.test"), mail.ItemAccepted, "accepted 250") // and the server is known now
	b.w = b.worker()
	if err := b.w.warmUp(t.Context(), "work"); err != nil {
		t.Fatal(err)
	}
	id := b.queue("bob@b.test", "eve@e.test", "joe@j.test")
	b.commits = nil
	b.w.drain(t.Context(), "work", nil)
	b.expect(id, mail.ItemAccepted, "accepted 250", "accepted 250", "accepted 250")
	if len(b.commits) != 2 {
		t.Errorf("commits: %q", b.commits)
	}
	if !strings.Contains(b.conversation(id), "Client: EHLO") {
		t.Errorf("the opening is not told:\n%s", b.conversation(id))
	}
	trips, last := 0, ""
	_, after, _ := strings.Cut(b.conversation(id), "Client: MAIL")
	for line := range strings.Lines("Client: MAIL" + after) {
		from, _, _ := strings.Cut(line, ":")
		if from == "Server" && last == "Client" {
			trips++
		}
		last = from
	}
	if trips != 1 {
		t.Errorf("%d round trips:\n%s", trips, b.conversation(id))
	}
}
