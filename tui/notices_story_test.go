package tui_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"postea/config"
	"postea/internal/app"
	"postea/internal/event"
	"postea/internal/lab"
	"postea/tui"
	"postea/tui/tuitest"
)

func TestNoticeReachesTheTerminal(t *testing.T) {
	b := tuitest.Sample()
	tuitest.Run(t, tuitest.Setup{Backend: b, Width: 120, Height: 36, Options: tui.Options{Notices: "terminal", Bell: true, Getenv: func(k string) string {
		return map[string]string{"TERM": "xterm-kitty"}[k]
	}}}, func(d *tuitest.Driver) {
		id := b.Messages[0].ID
		b.Bus.Publish(event.Arrived{First: id, Newest: id, Count: 1})
		d.Advance(time.Second)
		raw := strings.Join(d.Sent, "")
		if !strings.Contains(raw, "\x1b]99;") || !strings.Contains(raw, b.Messages[0].Subject) || !strings.Contains(raw, "\a") {
			t.Errorf("the terminal got %q", raw)
		}
		d.Sent = nil
		b.Do(func() { b.Quiet = true })
		b.Bus.Publish(event.Arrived{First: id, Newest: id, Count: 1})
		d.Advance(time.Second)
		if len(d.Sent) > 0 {
			t.Errorf("in quiet hours the terminal got %q", d.Sent)
		}
	})
}

// New mail runs the hook, with JSON on its standard input; mail of the first
// round, of folders nobody asked about, and one's own does not.
func TestStoryHook(t *testing.T) {
	lab.Require(t, "shell", runtime.GOOS != "windows", "the hook of this test is a script of a Unix shell")
	g := demoGround(t)
	g.letters()
	out := filepath.Join(t.TempDir(), "events")
	cfg, err := config.Parse("test", nil)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Accounts = []config.Account{g.account}
	cfg.Notify.Hook = []string{"/bin/sh", "-c", `cat >> "$1"`, "hook", out}
	d := &deskOf{person: &person{}, ground: g, cfg: cfg, dir: emptyStore.Dir(t)}
	d.start(t)
	d.See("synced", "Chisel")
	for i, to := range []string{"Archive", "INBOX"} {
		raw := fmt.Sprintf("From: \"Evil $(touch x)\" <e@x.example>\r\nTo: %s\r\nSubject: Zange %d\r\nMessage-ID: <z%d@x>\r\nDate: %s\r\n\r\nx\r\n", adaAt, i, i, time.Now().Format(time.RFC1123Z))
		if err := g.server.Deliver(adaAt, to, []byte(raw)); err != nil {
			t.Fatal(err)
		}
	}
	d.See("Zange 1")
	var got []byte
	d.Until("the hook", func(string) bool {
		got, _ = os.ReadFile(out)
		return len(got) > 0
	})
	var e struct {
		Event, Account, Subject, Folder string
		MessageID                       string `json:"message_id"`
		From                            []struct{ Name, Address string }
	}
	lines := strings.Split(strings.TrimSpace(string(got)), "\n")
	if err := json.Unmarshal([]byte(lines[0]), &e); err != nil || len(lines) != 1 {
		t.Fatalf("%q: %v", got, err)
	}
	if e.Event != "new_mail" || e.Subject != "Zange 1" || e.Folder != "INBOX" || e.MessageID != "z1@x" || e.From[0].Name != "Evil $(touch x)" {
		t.Errorf("got %+v", e)
	}
}

// fakeProgram puts a shell script where programs are looked for first.
func fakeProgram(t *testing.T, name, script string) {
	t.Helper()
	lab.Require(t, "linux", runtime.GOOS == "linux", "the programs of this test are those of Linux")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
}

// The desktop is told once of new mail, word for word, by one of two windows that
// show the same mailbox while a third process talks to the servers.
func TestStoryNoticeOfTheSystem(t *testing.T) {
	out := filepath.Join(t.TempDir(), "notices")
	fakeProgram(t, "notify-send", `printf '[%s]' "$@" >> `+out+`; echo >> `+out)
	g := demoGround(t)
	g.letters()
	cfg, err := config.Parse("test", nil)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Accounts = []config.Account{g.account}
	dir := emptyStore.Dir(t)
	owner, err := app.Open(t.Context(), app.Options{Config: cfg, Dir: dir, Hold: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { owner.Close() })
	owner.Start(t.Context())
	var windows []*tuitest.Live
	for range 2 {
		a, err := app.Open(t.Context(), app.Options{Config: cfg, Dir: dir, Hold: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { a.Close() })
		a.Start(t.Context())
		w := tuitest.NewLive(t, a, tui.Options{Rest: time.Hour, Notices: "system"}, 140, 40)
		w.See("Anvil", "Chisel", "synced") // what comes with the first round is not told of
		windows = append(windows, w)
	}
	for i, subject := range []string{"Zange; $(touch x)", "Rasp"} {
		g.other.deliver("INBOX", letter("Evil <e@x.example>", adaAt, subject, "", "x", time.Now()))
		for _, w := range windows {
			w.See(subject)
		}
		windows[0].Until("the notice", func(string) bool {
			windows[1].Rest(20 * time.Millisecond)
			got, _ := os.ReadFile(out)
			return strings.Count(string(got), "\n") == i+1
		})
		for _, w := range windows {
			w.Rest(time.Second) // the other one's would have come by then
		}
	}
	got, err := os.ReadFile(out)
	const head = "[--app-name=postea][--category=email.arrived][--]"
	if err != nil || string(got) != head+"[Evil][Zange; $(touch x)]\n"+head+"[Evil][Rasp]\n" {
		t.Errorf("the desktop was told\n%s%v", got, err)
	}
}

// What is printed has been handed to the printer.
func TestStoryPrint(t *testing.T) {
	out := filepath.Join(t.TempDir(), "paper")
	fakeProgram(t, "lp", "cat > "+out)
	d := newDesk(t)
	d.Press(":")
	d.Type("print")
	d.Press("enter")
	d.See("Sent to the printer: 1 message")
	got, err := os.ReadFile(out)
	if err != nil || !strings.Contains(string(got), "Subject: Anvil") || !strings.Contains(string(got), "About the anvil.") {
		t.Errorf("on paper: %q, %v", got, err)
	}
	fakeProgram(t, "lp", "echo out of paper >&2; exit 1")
	d.Press(":")
	d.Type("print")
	d.Press("enter")
	d.See("out of paper")
}
