package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postea/config"
	"postea/internal/demo"
)

// An account is called by its name, or by an address that only one has.
func TestAccountCalled(t *testing.T) {
	c := &config.Config{Accounts: []config.Account{
		{Name: "work", Address: "ada@work.example", Aliases: []string{"both@x.example"}},
		{Name: "home", Address: "ada@home.example", Aliases: []string{"both@x.example"}},
		{Name: "ada@work.example", Address: "other@x.example"},
	}}
	for called, want := range map[string]string{
		"work": "work", "ADA@Home.example": "home", "ada@work.example": "ada@work.example", "other@x.example": "ada@work.example",
		"both@x.example": "", "nobody@x.example": "", "Work": "",
	} {
		acc, err := accountCalled(c, called)
		if (err == nil) != (want != "") || acc.Name != want {
			t.Errorf("%s is %q, %v", called, acc.Name, err)
		}
	}
	if _, err := accountCalled(c, "both@x.example"); err == nil || !strings.Contains(err.Error(), "several accounts have the address both@x.example; say which by its name: work, home") {
		t.Error(err)
	}
}

// The verbs of account call one by its address too.
func TestAccountVerbsByAddress(t *testing.T) {
	t.Parallel()
	sh := newShell(t, demo.Options{Empty: true})
	name, address := sh.server.Users[0].Name, sh.server.Users[0].Address
	sh.ok("account", "edit", address, "--color", "red")
	if out := sh.ok("account", "show", name); !strings.Contains(out, "red") {
		t.Errorf("the color is not that of %s:\n%s", address, out)
	}
	sh.ok("account", "remove", address, "--yes")
	if r := sh.run("", "account", "show", name); r.code != exConfig || strings.Contains(r.err, address) {
		t.Errorf("%s is there still: %d %s", name, r.code, r.err)
	}
}

func TestAccountCalledWhereThereIsNone(t *testing.T) {
	sh := &shell{t: t, home: t.TempDir()}
	if err := os.WriteFile(filepath.Join(sh.home, "config.toml"), []byte("[ui]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := sh.run("", "account", "list"); r.code != exOK || r.out != "" || !strings.Contains(r.err, "there is no account yet: add one with postea account add") {
		t.Errorf("%+v", r)
	}
	if _, err := accountCalled(&config.Config{Path: "c.toml"}, "work"); err == nil || !strings.Contains(err.Error(), "there is no account in c.toml: add one with  postea account add") {
		t.Error(err)
	}
}
