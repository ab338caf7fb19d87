package app

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"postea/config"
	"postea/internal/event"
)

const oneAccount = `[[account]]
name = "work"
address = "ada@x.example"
  [account.imap]
  host = "imap.x.example"
  password = { env = "NONE" }
`

// Another window changes the configuration: that is told once, and nothing else is that
// is no change of what this process works by.
func TestConfigChangesAreTold(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.toml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(oneAccount)
	cfg, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	a, err := Open(t.Context(), Options{Config: cfg, Dir: emptyStore.Dir(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	sub := a.Events()
	defer sub.Close()
	tick, ended := make(chan time.Time), make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer close(ended)
		a.watchConfig(ctx, tick)
	}()
	told := func() bool {
		for range 3 { // it is seen, has rested, and that was dealt with
			tick <- time.Time{}
		}
		a.bus.Publish(event.IndexReady{}) // behind what was published until now
		for changed := false; ; {
			batch, err := sub.Next(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			changed = changed || slices.Contains(batch, event.Event(event.ConfigChanged{}))
			if slices.Contains(batch, event.Event(event.IndexReady{})) {
				return changed
			}
		}
	}
	edited := strings.Replace(oneAccount, "imap.x", "mail.x", 1)
	for _, step := range []struct {
		name, text string
		want       bool
	}{
		{"nothing", "", false},
		{"a comment", "# mine\n" + oneAccount, false},
		{"the theme, which the interface keeps", oneAccount + "[ui]\ntheme = \"dark\"\n", false},
		{"another host", edited, true},
		{"the same once more", edited + "\n", false},
		{"half written", "[[account]\n", false},
		{"whole again", edited, false},
		{"one more setting", edited + "[ui]\nplain = true\n", true},
		{"as it was", oneAccount, false},
		{"the other host again", edited, true},
	} {
		if step.text != "" {
			write(step.text)
		}
		if got := told(); got != step.want {
			t.Errorf("%s: told %v", step.name, got)
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if told() {
		t.Error("a file that is gone is told of")
	}
	cancel()
	<-ended
}
