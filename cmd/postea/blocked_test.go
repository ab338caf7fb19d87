package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postea/internal/demo"
	"postea/internal/mail"
)

// Only a refused sign-in has the code of one, whatever the words.
func TestCodeOfBlocked(t *testing.T) {
	for by, want := range map[mail.BlockedBy]int{
		mail.BlockedBySignIn: exNoPerm, mail.BlockedByConnection: exUnavailable, mail.BlockedBySettings: exConfig, "": exNoPerm,
	} {
		if code, _ := judge(mail.Outgoing{State: mail.ItemBlocked, Blocked: "about a certificate, or encryption", BlockedBy: by}); code != want {
			t.Errorf("%q: %d, want %d", by, code, want)
		}
	}
}

// A password that cannot be had is a matter of signing in, also where the command that
// was to give it speaks of certificates and encryption.
func TestBlockedByAPassword(t *testing.T) {
	t.Parallel()
	sh := newShell(t, demo.Options{Empty: true})
	conf := filepath.Join(sh.home, "config.toml")
	was, err := os.ReadFile(conf)
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "pass")
	if err := os.WriteFile(program, []byte("#!/bin/sh\necho 'no encryption certificate: cannot connect to the agent' >&2\nexit 2\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.SplitSeq(string(was), "\n") {
		if key, _, ok := strings.Cut(line, "password ="); ok {
			line = key + "password = { command = [\"" + program + "\"] }"
		}
		lines = append(lines, line)
	}
	if err := os.WriteFile(conf, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	r := sh.run("text", "send", "--to", "bob@x.example", "--subject", "hi", "--wait")
	if r.code != exNoPerm || !strings.Contains(r.err, "waits for you") || !strings.Contains(r.err, "encryption certificate") {
		t.Errorf("%d %s", r.code, r.err)
	}
}

// A recipient is unsure while the server is waited for, of which nobody need be told.
func TestCodeWhileBeingSent(t *testing.T) {
	o := mail.Outgoing{State: mail.ItemSending, Sending: true, Recipients: []mail.Recipient{{State: mail.RecipientUnsure}}}
	if code, words := judge(o); code != exTempFail || words != "is still being sent" {
		t.Errorf("%d, %s", code, words)
	}
}
