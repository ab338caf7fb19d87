package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postea/internal/demo"
)

func TestContactsCommand(t *testing.T) {
	sh := newShell(t, demo.Options{Empty: true})
	query := filepath.Join(t.TempDir(), "query")
	if err := os.WriteFile(query, []byte("#!/bin/sh\nprintf 'found\\n%s@query.example\\tFrom the query\\n' \"$1\"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	book := filepath.Join(t.TempDir(), "book.vcf")
	if err := os.WriteFile(book, []byte("BEGIN:VCARD\nVERSION:3.0\nFN:In A File\nEMAIL:file@x.example\nEND:VCARD\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	conf := filepath.Join(sh.home, "config.toml")
	was, err := os.ReadFile(conf)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(conf, append([]byte("[contacts]\nfiles = [\""+book+"\"]\nquery = [\""+query+"\", \"%s\"]\n"), was...), 0o600); err != nil {
		t.Fatal(err)
	}

	sh.ok("contacts", "add", "Bob Builder <bob@x.example>, carol@x.example", "--group", "team")
	sh.okWith("text", "send", "--to", "Dave <dave@x.example>", "--subject", "hi")
	if got := sh.ok("contacts", "list"); !strings.HasPrefix(got, "* team:") || !strings.Contains(got, "dave@x.example") || !strings.Contains(got, "In A File") || strings.Index(got, "dave@") > strings.Index(got, "* bob@") {
		t.Errorf("listed\n%s", got)
	}
	list := sh.objects("contacts", "list", "buil")
	if len(list) != 2 || list[0]["address"] != "bob@x.example" || list[0]["kept"] != true || list[0]["last"] != nil || list[1]["address"] != "buil@query.example" {
		t.Errorf("found %v", list)
	}
	cards := sh.ok("contacts", "export")
	if !strings.Contains(cards, "FN:Bob Builder") || !strings.Contains(cards, "KIND:group") || strings.Contains(cards, "dave") {
		t.Errorf("exported\n%s", cards)
	}
	if !strings.Contains(sh.ok("contacts", "export", "--all"), "dave@x.example") {
		t.Error("not all were exported")
	}
	sh.ok("contacts", "remove", "bob@x.example", "FILE@x.example")
	if got := sh.ok("contacts", "list"); strings.Contains(got, "bob@") || strings.Contains(got, "file@") {
		t.Errorf("still listed\n%s", got)
	}
	sh.okWith(cards, "contacts", "import", "-")
	if got := sh.ok("contacts", "list"); !strings.Contains(got, "* bob@x.example") {
		t.Errorf("not imported\n%s", got)
	}
	sh.ok("contacts", "remove", "--group", "TEAM")
	for _, tt := range []struct {
		args []string
		code int
	}{
		{[]string{"contacts", "remove", "nobody@x.example"}, exNoInput}, {[]string{"contacts", "remove"}, exUsage}, {[]string{"contacts", "add", "not an address"}, exData},
		{[]string{"contacts", "remove", "--group", "team"}, exNoInput}, {[]string{"contacts", "import", conf}, exData}, {[]string{"contacts", "import", conf + ".no"}, exNoInput},
		{[]string{"contacts", "export", conf}, exCantCreate}, {[]string{"contacts", "list", "--limit", "-1"}, exUsage},
	} {
		if r := sh.run("", tt.args...); r.code != tt.code {
			t.Errorf("%v exits with %d: %s", tt.args, r.code, r.err)
		}
	}
}

func TestSendMarkdown(t *testing.T) {
	t.Parallel()
	sh := newShell(t, demo.Options{Empty: true})
	sh.okWith("# Title\n\nsome **bold** text\n", "send", "--to", "ada@postea.example", "--subject", "md", "--markdown", "--wait", "--account", "home")
	sh.okWith("some **plain** text\n", "send", "--to", "ada@postea.example", "--subject", "plain", "--wait", "--account", "home")
	sh.ok("sync")
	list := sh.objects("list", "--account", "home")
	if len(list) != 2 {
		t.Fatalf("%v", list)
	}
	for _, m := range list {
		shown := sh.objects("show", m["id"].(string))[0]
		html, _ := shown["html"].(string)
		if is := strings.Contains(html, "<strong>bold</strong>"); is != (m["subject"] == "md") {
			t.Errorf("%v: html %q", m["subject"], html)
		}
	}
}

// The name of a group stands for its members, wherever recipients are given; another
// name is refused before anything is queued.
func TestSendToGroup(t *testing.T) {
	t.Parallel()
	sh := newShell(t, demo.Options{Empty: true})
	sh.ok("contacts", "add", "Bob Builder <bob@x.example>, carol@x.example", "--group", "The Équipe")
	id := strings.TrimSpace(sh.okWith("text", "send", "--to", `ann@x.example, the equipe`, "--cc", `"THE ÉQUIPE"`, "--bcc", "dave@x.example", "--subject", "hi"))
	got := sh.objects("outbox", "show", id)
	var to []string
	for _, r := range got[0]["recipients"].([]any) {
		to = append(to, r.(map[string]any)["address"].(string))
	}
	if want := "ann@x.example bob@x.example carol@x.example dave@x.example"; strings.Join(to, " ") != want {
		t.Errorf("it goes to %q", to)
	}
	r := sh.run("text", "send", "--to", "bob@x.example", "--cc", "the crew", "--subject", "hi")
	if r.code != exData || !strings.Contains(r.err, `"the crew" is no address and no group`) || len(sh.objects("outbox", "list")) != 1 {
		t.Errorf("%d %s", r.code, r.err)
	}
}
