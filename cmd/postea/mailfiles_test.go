package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"postea/config"
	"postea/internal/app/importer"
	"postea/internal/demo"
	"postea/internal/mailfile"
)

// letters makes an mbox of n messages.
func letters(t *testing.T, n int) string {
	t.Helper()
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "From a@b.example Tue Nov  3 09:41:%02d 2026\nFrom: a@b.example\nTo: ada@postea.example\nSubject: Letter %03d\nMessage-ID: <%d@import.example>\nDate: Tue, 03 Nov 2026 09:41:%02d +0000\nStatus: %s\n\n>From the letter %d\n\n",
			i%60, i, i, i%60, []string{"RO", "O"}[i%2], i)
	}
	path := filepath.Join(t.TempDir(), "letters.mbox")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func subjects(list []map[string]any) []string {
	var out []string
	for _, m := range list {
		out = append(out, fmt.Sprint(m["subject"]))
	}
	slices.Sort(out)
	return out
}

// Imported, exported and imported again: the same messages with the same flags,
// in every format.
func TestImportExport(t *testing.T) {
	t.Parallel()
	sh := newShell(t, demo.Options{Empty: true})
	if out := sh.ok("import", "--account", "home", "--folder", "Old/Letters", letters(t, 12)); !strings.Contains(out, "12 imported") {
		t.Fatal(out)
	}
	sh.ok("sync")
	list := sh.objects("list", "--account", "home", "--folder", "Old/Letters", "--limit", "100")
	if len(list) != 12 {
		t.Fatalf("%d messages", len(list))
	}
	for _, format := range []string{"mbox", "maildir", "eml"} {
		to := filepath.Join(t.TempDir(), "out")
		sh.ok("export", "--account", "home", "--folder", "Old/Letters", "--format", format, "--fetch", to)
		if r := sh.run("", "export", "--account", "home", "--folder", "Old/Letters", "--format", format, to); r.code != exCantCreate && r.code != exUnavailable {
			t.Errorf("%s: written over: %+v", format, r)
		}
		back := "Back " + format
		sh.ok("import", "--account", "home", "--folder", back, to)
		sh.ok("sync")
		again := sh.objects("list", "--account", "home", "--folder", back, "--limit", "100")
		if !slices.Equal(subjects(again), subjects(list)) {
			t.Errorf("%s: %v", format, subjects(again))
		}
		for _, m := range again {
			i := slices.IndexFunc(list, func(o map[string]any) bool { return o["message_id"] == m["message_id"] })
			was := list[i]
			if fmt.Sprint(was["flags"]) != fmt.Sprint(m["flags"]) {
				t.Errorf("%s: %v has the flags %v, had %v", format, m["subject"], m["flags"], was["flags"])
			}
			one, two := sh.ok("show", fmt.Sprint(was["id"]), "--raw", "--fetch"), sh.ok("show", fmt.Sprint(m["id"]), "--raw", "--fetch")
			if one != two {
				t.Errorf("%s:\n%q\nwas\n%q", format, two, one)
			}
		}
	}
	r := sh.run("", "import", "--account", "home", "--folder", "Old/Letters", "--unique", letters(t, 14))
	if r.code != 0 || !strings.Contains(r.out, "2 imported, 12 there already") {
		t.Errorf("%+v", r)
	}
	if r := sh.run("", "import", "--account", "home", filepath.Join(t.TempDir(), "none")); r.code != exNoInput {
		t.Errorf("%+v", r)
	}
}

func TestExportOfASearch(t *testing.T) {
	t.Parallel()
	sh := newShell(t, demo.Options{Empty: true})
	sh.ok("import", "--account", "home", "--folder", "Old", letters(t, 12))
	sh.ok("import", "--account", "home", "--folder", "Older", letters(t, 3))
	sh.ok("sync")
	for want, args := range map[int][]string{
		2: {"--search", `subject:"letter 002"`},
		1: {"--search", `subject:"letter 002"`, "--folder", "older"},
		0: {"--search", "nothing"},
	} {
		to := filepath.Join(t.TempDir(), "out.mbox")
		out := sh.ok(append([]string{"export", to, "--fetch"}, args...)...)
		raw, err := os.ReadFile(to)
		if err != nil || !strings.Contains(out, fmt.Sprintf(": %d message", want)) || strings.Count(string(raw), "Subject: Letter 002") != want {
			t.Errorf("%q: %s, %v", args, out, err)
		}
	}
	for _, search := range []string{"", "from:(", "in:nowhere"} {
		to := filepath.Join(t.TempDir(), "out.mbox")
		if r := sh.run("", "export", to, "--search", search); r.code != exUsage {
			t.Errorf("%q ends with %d: %s", search, r.code, r.err)
		}
		if _, err := os.Stat(to); err == nil {
			t.Errorf("%q has made a file", search)
		}
	}
}

// What the depth of an account leaves at the server is told of: the files are not all.
func TestExportOfWhatIsNotAllHere(t *testing.T) {
	t.Parallel()
	sh := newShell(t, demo.Options{Empty: true})
	sh.ok("import", "--account", "home", "--folder", "Old", letters(t, 700))
	sh.ok("account", "edit", "home", "--depth", "500")
	sh.ok("sync", "--account", "home")
	for _, args := range [][]string{{"--folder", "Old"}, {"--folder", "Old", "--fetch"}} {
		r := sh.run("", append([]string{"export", filepath.Join(t.TempDir(), "out"), "--json"}, args...)...)
		if r.code != exTempFail || !strings.Contains(r.err, "200 of them at the server only") || !strings.Contains(r.out, `"exported":`) {
			t.Errorf("%q: %+v", args, r)
		}
	}
	r := sh.run("", "export", filepath.Join(t.TempDir(), "out"), "--search", "subject:letter", "--fetch")
	if r.code != 0 || !strings.Contains(r.err, "200 older messages at the server only and not searched") || !strings.Contains(r.err, "nothing of account work is here yet") {
		t.Errorf("%+v", r)
	}
	if r := sh.run("", "export", filepath.Join(t.TempDir(), "out"), "--folder", "inbox", "--account", "home"); r.code != 0 || r.err != "" {
		t.Errorf("%+v", r)
	}
}

// What a pattern of the shell takes along with mail does not get to the server, nor
// does it keep the others from it.
func TestImportOfWhatIsNoMail(t *testing.T) {
	sh := newShell(t, demo.Options{Empty: true})
	index := filepath.Join(t.TempDir(), "Inbox.msf")
	if err := os.WriteFile(index, []byte("// <!-- <mdb:mork:z v=\"1.4\"/> -->\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := sh.run("", "import", "--account", "home", index); r.code != exData || r.out != "" || !strings.Contains(r.err, index+" is no mbox, and no message") {
		t.Errorf("alone: %+v", r)
	}
	if r := sh.run("", "import", "--account", "home", index, letters(t, 2)); r.code != exData || !strings.Contains(r.out, "2 imported") || !strings.Contains(r.err, "left out: "+index) {
		t.Errorf("before mail: %+v", r)
	}
}

// What a server or the way to it says is told once, in the words of sync.
func TestImportWithoutTheServer(t *testing.T) {
	sh := newShell(t, demo.Options{Empty: true})
	sh.ok("account", "edit", "home", "--imap-port", "1", "--imap-tls", "none")
	r := sh.run("", "import", "--account", "home", letters(t, 1))
	if s := sh.run("", "sync", "--account", "home"); r.code != exUnavailable || r.err != s.err {
		t.Errorf("import: %+v; sync: %+v", r, s)
	}
}

// A server that does not answer is asked once, and not for each message; what is
// here is exported.
func TestExportWithoutTheServer(t *testing.T) {
	sh := newShell(t, demo.Options{Empty: true})
	sh.ok("import", "--account", "home", "--folder", "Old", letters(t, 3))
	sh.ok("account", "edit", "home", "--bodies", "none")
	sh.ok("sync")
	list := sh.objects("list", "--account", "home", "--folder", "Old")
	sh.ok("show", "--fetch", fmt.Sprint(list[0]["id"]))
	sh.ok("account", "edit", "home", "--imap-port", "1", "--imap-tls", "none")
	to := filepath.Join(t.TempDir(), "out")
	r := sh.run("", "export", "--account", "home", "--folder", "Old", "--format", "eml", "--fetch", to)
	if r.code != exTempFail || !strings.Contains(r.out, "1 message") || !strings.Contains(r.err, "2 messages could not be fetched") || strings.Count(r.err, "left out: message") != 1 || !strings.Contains(r.err, "nothing listens") {
		t.Errorf("%+v", r)
	}
}

// An import that is cut off goes on where it was, also where the answer to the
// last message was lost, and a changed file is not mixed with what was.
func TestImportResumes(t *testing.T) {
	t.Parallel()
	sh := newShell(t, demo.Options{Empty: true})
	path := letters(t, 40)
	cfg, err := config.Load(filepath.Join(sh.home, "config.toml"))
	if err != nil {
		t.Fatal(err)
	}
	acc, _ := cfg.Account("home")
	o := importer.Options{Folder: "Cut", StateDir: t.TempDir()}
	count := func() int {
		got, err := sh.server.Messages("ada@postea.example", "Cut")
		if err != nil {
			t.Fatal(err)
		}
		return len(got)
	}
	for _, cut := range []int{7, 15, 31} {
		ctx, cancel := context.WithCancel(t.Context())
		o.Progress = func(p importer.Progress) {
			if p.Done+p.Present == cut {
				cancel()
			}
		}
		if _, err := importer.Import(ctx, acc, path, o); !errors.Is(err, context.Canceled) {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		cancel()
		if n := count(); n != cut {
			t.Fatalf("%d messages after %d", n, cut)
		}
	}
	// As if the program had been killed between the server's answer and the note.
	notes, _ := filepath.Glob(filepath.Join(o.StateDir, "import-*.json"))
	if len(notes) != 1 {
		t.Fatal(notes)
	}
	src, err := mailfile.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	before := int64(0)
	n := 0
	for m := range src.Messages(t.Context(), 0) {
		if n++; n == 30 {
			before = m.Next
		}
	}
	data, _ := os.ReadFile(notes[0])
	var at int64
	if _, err := fmt.Sscanf(string(data[bytes.Index(data, []byte(`"At":`))+5:]), "%d", &at); err != nil {
		t.Fatal(err)
	}
	data = bytes.Replace(data, fmt.Appendf(nil, `"At":%d`, at), fmt.Appendf(nil, `"At":%d`, before), 1)
	data = bytes.Replace(data, []byte(`"Done":31`), []byte(`"Done":30`), 1)
	data = bytes.Replace(data, []byte(`"after":31`), []byte(`"after":30`), 1)
	if err := os.WriteFile(notes[0], data, 0o600); err != nil {
		t.Fatal(err)
	}
	o.Progress = nil
	p, err := importer.Import(t.Context(), acc, path, o)
	if err != nil || count() != 40 || p.Done != 40 || p.Present != 0 {
		t.Fatalf("%+v %v, %d messages", p, err, count())
	}
	if notes, _ := filepath.Glob(filepath.Join(o.StateDir, "import-*")); notes != nil {
		t.Errorf("left behind: %v", notes)
	}
}

// A copy that is put back has the drafts and the outbox, and what is there is
// not written over.
func TestBackup(t *testing.T) {
	t.Parallel()
	sh := newShell(t, demo.Options{Empty: true})
	sh.okWith("x", "send", "--account", "home", "--to", "echo@postea.example", "--subject", "Kept")
	if err := os.Mkdir(filepath.Join(sh.home, "themes"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(sh.home, "themes", "sea.toml"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "copy")
	odd := filepath.Join(sh.home, "templates") // which is no directory, and cannot be copied as one
	if err := os.WriteFile(odd, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if r := sh.run("", "backup", dir); r.code == exOK {
		t.Errorf("%+v", r)
	}
	if err := os.Remove(odd); err != nil {
		t.Fatal(err)
	}
	sh.ok("backup", dir)
	if r := sh.run("", "backup", dir); r.code != exCantCreate || !strings.Contains(r.err, dir+" is there already; a copy goes into a new directory") {
		t.Errorf("%+v", r)
	}
	for _, name := range []string{"own.db", "config.toml", filepath.Join("themes", "sea.toml")} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Fatalf("%s: %v %v", name, info, err)
		}
	}
	restored := &shell{t: t, server: sh.server, home: t.TempDir()}
	data := filepath.Join(restored.home, "data")
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, to := range map[string]string{"own.db": data, "config.toml": restored.home} {
		if err := os.Rename(filepath.Join(dir, name), filepath.Join(to, name)); err != nil {
			t.Fatal(err)
		}
	}
	if out := restored.ok("outbox", "list"); !strings.Contains(out, "Kept") {
		t.Errorf("the outbox of the copy: %s", out)
	}
}

// After a whole session no secret is in any file, nor in what was printed.
func TestSecretsStayAway(t *testing.T) {
	s, err := demo.Start(t.Context(), demo.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	sh := &shell{t: t, server: s, home: t.TempDir()}
	info, u := s.Info(), s.Users[0]
	const passphrase = "canary-passphrase-83172"
	var said strings.Builder
	do := func(stdin string, args ...string) {
		r := sh.run(stdin, append(args, "--verbose")...)
		said.WriteString(r.out + r.err)
		if r.code == exUsage || r.code == exConfig {
			t.Errorf("%v: %+v", args, r)
		}
	}
	do(u.Password+"\n"+passphrase+"\n", "account", "add", "home", "--address", u.Address, "--password-encrypted", "--ca-file", info.CAFile,
		"--imap-host", info.IMAP.Host, "--imap-port", fmt.Sprint(info.IMAP.Port), "--smtp-host", info.Submission.Host, "--smtp-port", fmt.Sprint(info.Submission.Port), "--smtp-tls", "starttls")
	t.Setenv("CANARY", passphrase)
	path := filepath.Join(sh.home, "config.toml")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append([]byte("[secrets]\npassphrase = { env = \"CANARY\" }\n\n"), data...), 0o600); err != nil {
		t.Fatal(err)
	}
	do("", "account", "test", "--json")
	do("x", "send", "--to", "echo@postea.example", "--subject", "Canary", "--wait")
	do("", "sync")
	s.IMAP.RefuseLogins(true)
	do("", "sync")
	do("", "account", "test")
	s.IMAP.RefuseLogins(false)
	for _, o := range sh.objects("outbox", "list") {
		do("", "outbox", "show", fmt.Sprint(o["id"]), "--json")
	}
	if !strings.Contains(said.String(), "AUTH") {
		t.Errorf("no conversation was printed: %s", said.String())
	}
	for _, secret := range []string{u.Password, passphrase, base64.StdEncoding.EncodeToString([]byte("\x00" + u.Username + "\x00" + u.Password))} {
		if strings.Contains(said.String(), secret) {
			t.Errorf("a secret was printed")
		}
		err := filepath.WalkDir(sh.home, func(p string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			data, err := os.ReadFile(p)
			if bytes.Contains(data, []byte(secret)) {
				t.Errorf("a secret is in %s", filepath.Base(p))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// A Maildir of another program has folders within it: they come along with
// --recursive, and are told of without.
func TestImportRecursive(t *testing.T) {
	t.Parallel()
	sh := newShell(t, demo.Options{Empty: true})
	root := t.TempDir()
	for name, folder := range map[string]string{"one": "", "two": ".Sent", "three": ".Lists.Reise&-Pl&AOQ-ne"} {
		for _, sub := range []string{"cur", "new", "tmp"} {
			if err := os.MkdirAll(filepath.Join(root, folder, sub), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		text := "From: a@example.org\nSubject: " + name + "\nMessage-ID: <" + name + "@example.org>\nDate: Sun, 29 Nov 2026 10:00:00 +0000\n\nx\n"
		if err := os.WriteFile(filepath.Join(root, folder, "cur", name+":2,S"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r := sh.run("", "import", root, "--account", "home", "--folder", "Flat")
	if r.code != 0 || !strings.Contains(r.out, "1 imported") || !strings.Contains(r.err, "2 folders") || !strings.Contains(r.err, "--recursive") {
		t.Errorf("without: %+v", r)
	}
	sh.ok("import", root, "--account", "home", "--folder", "Old", "--recursive")
	sh.ok("import", root, "--account", "home", "--folder", "", "--recursive")
	sh.ok("sync")
	for folder, want := range map[string]string{"Old": "one", "Old/Sent": "two", "Old/Lists/Reise&Pläne": "three", "inbox": "one", "sent": "two", "Lists/Reise&Pläne": "three"} {
		list := sh.objects("list", "--account", "home", "--folder", folder)
		if len(list) != 1 || list[0]["subject"] != want {
			t.Errorf("%s has %v", folder, subjects(list))
		}
	}
	if r := sh.run("", "import", root, "--account", "home", "--folder", "archive", "--recursive"); r.code != exUsage {
		t.Errorf("below a role: %+v", r)
	}
	empty := t.TempDir()
	if r := sh.run("", "import", empty, "--account", "home"); r.code != exData || !strings.Contains(r.err, "no Maildir") {
		t.Errorf("of nothing: %+v", r)
	}
	if err := os.MkdirAll(filepath.Join(empty, "above"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(root, ".Sent"), filepath.Join(empty, "above", "Sent")); err != nil {
		t.Fatal(err)
	}
	if r := sh.run("", "import", empty, "--account", "home"); r.code != exData || !strings.Contains(r.err, "1 folder in it") {
		t.Errorf("of one folder within: %+v", r)
	}
	if r := sh.run("", "import", t.TempDir(), "--account", "home", "--recursive"); r.code != exData || !strings.Contains(r.err, "no mail") {
		t.Errorf("of nothing: %+v", r)
	}
}
