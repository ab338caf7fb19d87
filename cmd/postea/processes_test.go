package main

import (
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"postea/internal/demo"
)

// TestManyProcesses: several commands send at once, others run the queue, and
// the process that owns the data directory is killed and replaced. Everything
// is at the server exactly once.
func TestManyProcesses(t *testing.T) {
	t.Parallel()
	const senders, each = 4, 5
	f := &failRun{shell: newShell(t, demo.Options{Empty: true}), data: t.TempDir()}
	to := f.server.Users[1].Address

	var owners []*exec.Cmd
	watch := func() {
		cmd := f.command("", "sync", "--watch")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		owners = append(owners, cmd)
	}
	watch()
	watch() // waits for the first to end
	var wg sync.WaitGroup
	for i := range senders {
		wg.Go(func() {
			for k := range each {
				subject := fmt.Sprintf("of %d, number %d", i, k)
				if out, err := f.command("x\n", "--account", "home", "send", "--to", to, "--subject", subject).CombinedOutput(); err != nil {
					t.Errorf("send: %v\n%s", err, out)
				}
			}
		})
	}
	wg.Go(func() {
		for range each {
			_ = f.command("", "outbox", "flush").Run() // 75 where the owner has the queue
		}
	})
	time.Sleep(150 * time.Millisecond)
	_ = owners[0].Process.Kill()
	_ = owners[0].Wait()
	wg.Wait()
	f.awaitQuiet()
	_ = owners[1].Process.Kill()
	_ = owners[1].Wait()

	for _, o := range f.items() {
		if o.state == "unsure" { // the kill fell on it
			verb := "settle"
			if f.count(1, "INBOX", o.subject) == 0 {
				verb = "retry"
			}
			f.ok("outbox", verb, o.id)
		}
	}
	f.ok("outbox", "flush")
	items := f.items()
	if len(items) != senders*each {
		t.Errorf("the outbox has %d messages, want %d", len(items), senders*each)
	}
	for _, o := range items {
		if n := f.count(1, "INBOX", o.subject); n != 1 {
			t.Errorf("%q is %s and %d times at the server", o.subject, o.state, n)
		}
	}
}

// awaitQuiet waits until nothing is pending.
func (f *failRun) awaitQuiet() {
	f.t.Helper()
	var waiting []string
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		waiting = nil
		for _, o := range f.items() {
			if slices.Contains([]string{"held", "queued", "sending", "deferred"}, o.state) {
				waiting = append(waiting, o.subject+" "+o.state)
			}
		}
		if len(waiting) == 0 {
			return
		}
	}
	f.t.Fatalf("still pending: %s", strings.Join(waiting, ", "))
}
