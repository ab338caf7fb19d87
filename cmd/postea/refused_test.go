package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"postea/imapclient"
	"postea/internal/demo"
	"postea/internal/dial"
)

// What a server would not do, and what was taken back therefore, is told by the command
// that found it out.
func TestSyncTellsWhatIsRefused(t *testing.T) {
	t.Parallel()
	sh := newShell(t, demo.Options{Empty: true})
	sh.ok("folder", "make", "Alpha", "--account", "home")
	sh.ok("sync", "--account", "home")
	sh.ok("folder", "rename", "Alpha", "Beta", "--account", "home")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	u := sh.server.Users[0]
	c, err := imapclient.Connect(ctx, imapclient.Options{
		Dial: dial.Config{Host: sh.server.Info().IMAP.Host, Port: sh.server.Info().IMAP.Port, TLS: dial.ModeImplicit, CAFile: sh.server.Info().CAFile},
		Auth: imapclient.Auth{Username: u.Username, Password: func(context.Context) (string, error) { return u.Password, nil }},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Create(ctx, "Beta"); err != nil {
		t.Fatal(err)
	}
	if r := sh.run("", "sync", "--account", "home"); r.code != exOK || !strings.Contains(r.err, "postea: home: Alpha could not be renamed") {
		t.Errorf("%d %q", r.code, r.err)
	}
	if r := sh.run("", "sync", "--account", "home"); r.code != exOK || r.err != "" {
		t.Errorf("again: %d %q", r.code, r.err)
	}
}
