package main

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"postea/internal/demo"
	"postea/internal/lab"
)

// With --account a round sends and fetches for that account, and leaves the others alone.
func TestSyncOfOneAccount(t *testing.T) {
	t.Parallel()
	sh := newShell(t, demo.Options{})
	home, work := sh.server.Users[0].Address, sh.server.Users[1].Address
	queue := func(account, to string) {
		t.Helper()
		sh.okWith("To: "+to+"\nSubject: of "+account+"\n\nx\n", "sendmail", "-t", "-odq", "--account", account)
	}
	state := func(id string) any { return sh.objects("outbox", "show", id)[0]["state"] }

	queue("work", home)
	sh.ok("sync", "--account", "home")
	if s := state("o1"); s != "queued" {
		t.Errorf("after a sync of home the message of work is %v", s)
	}
	if r := sh.run("", "outbox", "flush", "--account", "home"); r.code != 0 {
		t.Errorf("flush of home: %d %s", r.code, r.err)
	}
	if s := state("o1"); s != "queued" {
		t.Errorf("after a flush of home the message of work is %v", s)
	}
	queue("home", work)
	sh.ok("outbox", "flush", "--account", "home")
	if one, two := state("o1"), state("o2"); one != "queued" || two != "done" {
		t.Errorf("after a flush of home: work %v, home %v", one, two)
	}
	if r := sh.run("", "list", "--account", "work"); r.code != exTempFail {
		t.Errorf("work was synced: %d %s", r.code, r.out)
	}
	sh.ok("sync", "--account", "work")
	if s := state("o1"); s != "done" {
		t.Errorf("after a sync of work its message is %v", s)
	}
}

// An owner of one account syncs that one, and sends for all: others leave it to the owner.
func TestWatchOfOneAccount(t *testing.T) {
	t.Parallel()
	sh := newShell(t, demo.Options{})
	defer sh.watch("--account", "home")()
	if r := sh.run("x\n", "send", "--account", "work", "--to", sh.server.Users[0].Address, "--subject", "of work", "--wait"); r.code != 0 {
		t.Errorf("a message of work: %d %s", r.code, r.err)
	}
	if r := sh.run("", "list", "--account", "work"); r.out != "" {
		t.Errorf("work was synced: %s", r.out)
	}
	if r := sh.run("", "account", "remove", "home", "--yes"); r.code != exTempFail || !strings.Contains(r.err, "account home stays") {
		t.Errorf("removing what it would fetch again: %d %s", r.code, r.err)
	}
	if list := sh.objects("account", "list"); len(list) != 2 {
		t.Errorf("accounts: %v", list)
	}
}

// An owner keeps the configuration it began with. What is sent by an account that was
// added since waits for the next, and that is said.
func TestSendByANewAccount(t *testing.T) {
	t.Parallel()
	sh := newShell(t, demo.Options{})
	end := sh.watch()
	sh.ok("account", "add", "new", "--address", "ada@new.example", "--smtp-host", "127.0.0.1", "--smtp-port", "1", "--smtp-tls", "none", "--password-env", "PATH", "--no-test")
	if r := sh.run("x\n", "send", "--account", "new", "--to", "bob@new.example", "--wait"); r.code != exConfig || !strings.Contains(r.err, "add it and start the postea that runs anew") {
		t.Errorf("%d %s", r.code, r.err)
	}
	end()
	sh.run("", "sync")
	if s := sh.objects("outbox", "show", "o1")[0]["state"]; s != "deferred" {
		t.Errorf("with the account it is %v", s)
	}
}

// The hook gets what became of each message, also of those that other processes have
// queued and woken the owner for.
func TestHookOfWhatOthersSend(t *testing.T) {
	lab.Require(t, "shell", runtime.GOOS != "windows", "the hook of this test is a script of a Unix shell")
	t.Parallel()
	sh := newShell(t, demo.Options{})
	path := filepath.Join(t.TempDir(), "events")
	sh.addConfig("[notify]\nhook = [\"sh\", \"-c\", \"cat >> '" + path + "'\"]\n")
	defer sh.watch()()
	const n = 6
	for range n {
		sh.run("x\n", "send", "--to", "bob@refused.example", "--wait")
	}
	for limit := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		told, _ := os.ReadFile(path)
		if strings.Count(string(told), `"needs_you"`) == n {
			return
		}
		if time.Now().After(limit) {
			t.Fatalf("%d were refused, and the hook got\n%s", n, told)
		}
	}
}

// watch starts an owner, which has read what is in the inbox of home when watch returns.
// What it gives back ends it.
func (sh *shell) watch(flags ...string) (end func()) {
	sh.t.Helper()
	ctx, cancel := context.WithCancel(sh.t.Context())
	ended := make(chan int)
	go func() {
		var out, errs strings.Builder
		e := &env{stdin: strings.NewReader(""), stdout: &out, stderr: &errs, now: time.Now}
		ended <- run(ctx, e, append([]string{"postea", "--config", filepath.Join(sh.home, "config.toml"), "--data", filepath.Join(sh.home, "data"), "sync", "--watch"}, flags...))
	}()
	end = func() { cancel(); <-ended }
	for limit := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if r := sh.run("", "list", "--account", "home"); r.code == 0 && r.out != "" {
			return end
		}
		if time.Now().After(limit) {
			end()
			sh.t.Fatal("home is not synced")
		}
	}
}
