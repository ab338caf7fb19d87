package app

import (
	"runtime"
	"testing"
	"time"

	"postea/config"
	"postea/internal/event"
	"postea/internal/lab"
	"postea/internal/mail"
	"postea/internal/store"
)

// Of several windows that see the same mail come at different moments each message
// counts in one notice only.
func TestEachMessageIsToldOfOnce(t *testing.T) {
	cfg, err := config.Parse("test", []byte("[[account]]\nname = \"a\"\naddress = \"a@x.example\"\n[account.imap]\nhost = \"h.example\"\npassword = { env = \"X\" }\n[account.smtp]\nhost = \"h.example\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	dir := emptyStore.Dir(t)
	var windows []*App
	for range 2 {
		a, err := Open(t.Context(), Options{Config: cfg, Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { a.Close() })
		windows = append(windows, a)
	}
	f, err := windows[0].store.EnsureFolder(t.Context(), "a", mail.RoleInbox, "INBOX")
	if err != nil {
		t.Fatal(err)
	}
	var list []mail.Summary
	if _, err := windows[0].store.AddHeaders(t.Context(), f.ID, []store.Header{{UID: 99, MessageID: "old", Subject: "Old"}}); err != nil {
		t.Fatal(err)
	}
	if err := windows[0].store.RoundDone(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	for i, subject := range []string{"Anvil", "Bellows", "Chisel"} {
		got, err := windows[0].store.AddHeaders(t.Context(), f.ID, []store.Header{{UID: mail.UID(i + 1), MessageID: subject, Subject: subject, Internal: time.Now(), From: []mail.Address{{Name: "Smith", Address: "s@x.example"}}}})
		if err != nil || len(got) != 1 {
			t.Fatal(got, err)
		}
		list = append(list, mail.Summary{ID: got[0]})
	}
	for i, c := range []struct {
		window int
		list   []mail.Summary
		want   string // "": nothing is left to tell
	}{
		{0, list[:1], "Smith: Anvil"},
		{1, list[:2], "Smith: Bellows"}, // it saw two at once
		{0, list[1:], "Smith: Chisel"},
		{1, list, ""},
	} {
		a := windows[c.window]
		n, err := a.Announce(t.Context(), arrived(c.list))
		if err != nil {
			t.Fatal(err)
		}
		if n, err = a.untold(t.Context(), n); err != nil {
			t.Fatal(err)
		}
		got := ""
		if n.Of.Count > 0 {
			got = n.Title.String() + ": " + n.Body.String()
		}
		if got != c.want {
			t.Errorf("%d: window %d tells %q, want %q", i, c.window, got, c.want)
		}
	}
}

// A hook that leaves something running has not failed, and one that is not there
// has.
func TestHookFailures(t *testing.T) {
	lab.Require(t, "shell", runtime.GOOS != "windows", "the hooks of this test are scripts of a Unix shell")
	for hook, want := range map[string]bool{`["sh", "-c", "sleep 3 &"]`: false, `["sh", "-c", "exit 1"]`: true, `["no-such-program"]`: true} {
		cfg, err := config.Parse("test", []byte("[notify]\nhook = "+hook+"\n[[account]]\nname = \"a\"\naddress = \"a@x.example\"\n[account.imap]\nhost = \"h.example\"\npassword = { env = \"X\" }\n"))
		if err != nil {
			t.Fatal(err)
		}
		a, err := Open(t.Context(), Options{Config: cfg, Dir: emptyStore.Dir(t)})
		if err != nil {
			t.Fatal(err)
		}
		events := a.bus.Subscribe()
		a.hook(t.Context(), hookEvent{Event: "new_mail"})
		a.bus.Publish(event.Notice{Text: "end"})
		list, err := events.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		said := false
		for _, e := range list {
			n, ok := e.(event.Notice)
			said = said || ok && n.Error
		}
		if said != want {
			t.Errorf("%s: told of a failure: %v", hook, said)
		}
		a.Close()
	}
}
