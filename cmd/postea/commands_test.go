package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postea/internal/demo"
)

// shell runs commands as a user of a machine would, with a configuration and a
// data directory of their own.
type shell struct {
	t      *testing.T
	server *demo.Server
	home   string
	words  []string // environment variables with the passwords of the server's users
}

// secretVariable puts a word into an environment variable of its own, so that tests
// can run side by side.
func secretVariable(t *testing.T, word string) string {
	t.Helper()
	name := fmt.Sprintf("POSTEA_TEST_WORD_%x", rand.Uint64())
	if err := os.Setenv(name, word); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Unsetenv(name) })
	return name
}

// newShell has the accounts of the server in the process.
func newShell(t *testing.T, o demo.Options) *shell {
	t.Helper()
	sh := &shell{t: t, home: t.TempDir()}
	o.Dir = t.TempDir()
	var err error
	if sh.server, err = demo.Start(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sh.server.Close() })
	info := sh.server.Info()
	for _, u := range sh.server.Users {
		name := secretVariable(t, u.Password)
		sh.words = append(sh.words, name)
		sh.ok("account", "add", u.Name, "--address", u.Address, "--real-name", u.RealName,
			"--imap-host", info.IMAP.Host, "--imap-port", fmt.Sprint(info.IMAP.Port),
			"--smtp-host", info.Submission.Host, "--smtp-port", fmt.Sprint(info.Submission.Port), "--smtp-tls", "starttls",
			"--ca-file", info.CAFile, "--password-env", name)
	}
	return sh
}

type result struct {
	code     int
	out, err string
}

func (sh *shell) run(stdin string, args ...string) result {
	sh.t.Helper()
	var out, errs bytes.Buffer
	e := &env{stdin: strings.NewReader(stdin), stdout: &out, stderr: &errs, now: time.Now}
	ctx, cancel := context.WithTimeout(sh.t.Context(), time.Minute)
	defer cancel()
	all := append([]string{"postea", "--config", filepath.Join(sh.home, "config.toml"), "--data", filepath.Join(sh.home, "data")}, args...)
	code := run(ctx, e, all)
	return result{code, out.String(), errs.String()}
}

// ok fails the test unless the command exits with 0; it gives what was printed.
func (sh *shell) ok(args ...string) string { sh.t.Helper(); return sh.okWith("", args...) }

func (sh *shell) okWith(stdin string, args ...string) string {
	sh.t.Helper()
	r := sh.run(stdin, args...)
	if r.code != 0 {
		sh.t.Fatalf("postea %s exits with %d: %s%s", strings.Join(args, " "), r.code, r.out, r.err)
	}
	return r.out
}

// objects reads what --json printed.
func (sh *shell) objects(args ...string) []map[string]any {
	sh.t.Helper()
	var out []map[string]any
	dec := json.NewDecoder(strings.NewReader(sh.ok(append(args, "--json")...)))
	for dec.More() {
		var v map[string]any
		if err := dec.Decode(&v); err != nil {
			sh.t.Fatal(err)
		}
		out = append(out, v)
	}
	return out
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	sh := newShell(t, demo.Options{Empty: true})
	sh.ok("sync")
	missing := filepath.Join(t.TempDir(), "missing.eml")
	tests := []struct {
		name, stdin string
		args        []string
		code        int
		says        string
	}{
		{"no terminal", "", nil, exUsage, "terminal"},
		{"a link without a terminal", "", []string{"mailto:bob@example.org"}, exUsage, "postea send"},
		{"unknown verb", "", []string{"fetch"}, exUsage, `"fetch"`},
		{"unknown flag", "", []string{"list", "--colour"}, exUsage, "--colour"},
		{"flag that is not known", "", []string{"send", "--encrypt", "--to", "a@b.example"}, exUsage, "encrypt"},
		{"too many arguments", "", []string{"list", "x"}, exUsage, "list"},
		{"unknown account", "", []string{"list", "--account", "nobody"}, exConfig, "home, work"},
		{"unknown folder", "", []string{"list", "--folder", "Nowhere"}, exUsage, "Nowhere"},
		{"unknown message", "", []string{"show", "99999"}, exNoInput, "99999"},
		{"unknown file", "", []string{"show", missing}, exNoInput, "missing.eml"},
		{"unknown outgoing message", "", []string{"outbox", "show", "o99"}, exNoInput, "o99"},
		{"no id of the outbox", "", []string{"outbox", "show", "99"}, exNoInput, "o12"},
		{"change of an unknown message", "", []string{"archive", "99999"}, exNoInput, "nothing was changed"},
		{"flags that exclude each other", "", []string{"show", "1", "--raw", "--text"}, exUsage, "raw"},
		{"no such format", "", []string{"export", "--format", "zip", "x"}, exUsage, "maildir"},
		{"export to standard output", "", []string{"export", "-"}, exUsage, "./-"},
		{"import of standard input", "", []string{"import", "--account", "home", "-"}, exUsage, "./-"},
		{"nothing on standard input", "", []string{"show", "-"}, exNoInput, "standard input"},
		{"nobody to add", "", []string{"contacts", "add", ""}, exData, "no address"},
		{"bad address", "x", []string{"send", "--to", "no address"}, exData, "no address"},
		{"nobody", "", []string{"send"}, exData, "no recipients: say whom with --to"},
		{"nobody, and somebody else", "x", []string{"send", "--to", "", "--bcc", "ada@postea.example"}, exData, "--to names nobody"},
		{"missing attachment", "x", []string{"send", "--to", "a@postea.example", "--attach", missing}, exNoInput, "missing.eml"},
		{"nothing piped in", "", []string{"send", "--to", "a@postea.example", "--attach", "-"}, exNoInput, "nothing came"},
		{"piped in twice", "x", []string{"send", "--to", "a@postea.example", "--attach", "-", "--attach", "-"}, exUsage, "once"},
		{"a name for nothing", "x", []string{"send", "--to", "a@postea.example", "--attach-as", "x.txt"}, exUsage, "--attach -"},
		{"a scale for nothing", "x", []string{"send", "--to", "a@postea.example", "--scale", "800"}, exUsage, "nothing is attached"},
		{"a scale of nothing", "x", []string{"send", "--to", "a@postea.example", "--scale", "-1"}, exUsage, "pixels"},
		{"composer without a terminal", "x", []string{"compose", "--to", "a@postea.example"}, exUsage, "postea send"},
		{"refused", "x", []string{"send", "--to", "refused@postea.example", "--wait"}, exUnavailable, "refused@postea.example"},
		{"put off", "x", []string{"send", "--to", "later@postea.example", "--wait=100ms"}, exTempFail, "next try"},
		{"put off, not waited for", "x", []string{"send", "--to", "later@postea.example"}, 0, "next try"},
		{"bad time", "x", []string{"send", "--to", "a@postea.example", "--at", "sometime"}, exUsage, "sometime"},
		{"a time in another year", "x", []string{"send", "--to", "a@postea.example", "--at", "2099-12-24 18:00"}, 0, "2099"},
		{"import of nothing", "", []string{"import", "--account", "home", ""}, exNoInput, "no path"},
		{"import into no folder", "", []string{"import", "--account", "home", "--folder", "", missing}, exUsage, "--recursive"},
		{"empty time", "x", []string{"send", "--to", "a@postea.example", "--at", ""}, exUsage, "--at wants a time"},
		{"empty time to wait", "x", []string{"send", "--to", "a@postea.example", "--wait="}, exUsage, "--wait wants a time"},
		{"words where a flag belongs", "x", []string{"send", "bob"}, exUsage, "--to"},
		{"empty message", "", []string{"sendmail", "-t"}, exNoInput, "no message"},
		{"sendmail without recipients", "Subject: x\n\ny\n", []string{"sendmail", "-t"}, exData, "recipients"},
		{"sendmail with an unknown flag", "Subject: x\n\ny\n", []string{"sendmail", "-Z"}, exUsage, "-Z"},
		{"no editor without a terminal", "", []string{"outbox", "edit", "o1"}, exUsage, "terminal"},
		{"removing without asking", "", []string{"account", "remove", "home"}, exUsage, "--yes"},
		{"account twice", "", []string{"account", "add", "home", "--address", "a@b.example", "--imap-host", "h", "--smtp-host", "h", "--password-env", "X"}, exConfig, "already"},
		{"account at a mailbox that is read", "", []string{"account", "add", "twin", "--address", "twin@b.example", "--imap-host", sh.server.Info().IMAP.Host, "--imap-port", fmt.Sprint(sh.server.Info().IMAP.Port), "--imap-username", sh.server.Users[0].Username, "--smtp-host", "h", "--password-env", "X", "--no-test"}, exConfig, `account "home" reads this mailbox already`},
		{"account without what it needs", "", []string{"account", "add", "third"}, exUsage, "--address"},
		{"account with a bad command", "", []string{"account", "add", "third", "--address", "a@b.example", "--imap-host", "h", "--smtp-host", "h", "--password-command", "pass | head"}, exUsage, "|"},
		{"unknown attachment", "", []string{"save", missing}, exNoInput, "missing.eml"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sh.t = t
			r := sh.run(tt.stdin, tt.args...)
			if r.code != tt.code || !strings.Contains(r.err, tt.says) {
				t.Errorf("exits with %d, want %d; says %q, want %q in it", r.code, tt.code, r.err, tt.says)
			}
			if strings.Count(strings.TrimSpace(r.err), "\n") > 0 {
				t.Errorf("more than one line: %q", r.err)
			}
		})
	}
	sh.t = t
	sh.server.IMAP.RefuseLogins(true)
	if r := sh.run("", "sync"); r.code != exNoPerm {
		t.Errorf("a refused sign-in exits with %d: %s", r.code, r.err)
	}
	sh.server.IMAP.RefuseLogins(false)
	sh.server.SMTP.RefuseLogins(true)
	if r := sh.run("x", "send", "--to", "echo@postea.example", "--wait"); r.code != exNoPerm {
		t.Errorf("a refused sign-in while sending exits with %d: %s", r.code, r.err)
	}
	if r := sh.run("", "account", "test"); r.code != exNoPerm || !strings.Contains(r.out, "ok") {
		t.Errorf("account test exits with %d: %s", r.code, r.err)
	}
	sh.server.SMTP.RefuseLogins(false)
	sh.server.SMTP.SetOffline(true)
	if r := sh.run("x", "send", "--to", "echo@postea.example", "--wait=100ms"); r.code != exTempFail {
		t.Errorf("no server: exits with %d: %s", r.code, r.err)
	}
}

// A message goes out, comes back, is read, changed and found changed at the server.
func TestCommandsTogether(t *testing.T) {
	t.Parallel()
	sh := newShell(t, demo.Options{Empty: true})
	file := filepath.Join(t.TempDir(), "Zürich.txt")
	if err := os.WriteFile(file, []byte("Grüße\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	id := strings.TrimSpace(sh.okWith("Dear Ada,\n\n.\nyours\n", "send", "--to", "Work <ada@analytical.example>", "--bcc", "echo@postea.example",
		"--subject", "Zahlen — 数", "--attach", file, "--wait"))
	if id != "o1" {
		t.Errorf("the id is %q", id)
	}
	item := sh.objects("outbox", "show", id)[0]
	if item["state"] != "done" && item["state"] != "accepted" {
		t.Errorf("the state is %v", item["state"])
	}
	sh.ok("sync")
	list := sh.objects("list", "--account", "work")
	if len(list) != 1 || list[0]["subject"] != "Zahlen — 数" || list[0]["folder_role"] != "inbox" {
		t.Fatalf("listed: %v", list)
	}
	got := list[0]["id"].(string)
	shown := sh.objects("show", got)[0]
	if text := shown["text"].(string); !strings.HasPrefix(text, "Dear Ada,\n\n.\nyours") {
		t.Errorf("the text is %q", text)
	}
	if bcc := shown["bcc"].([]any); len(bcc) != 0 {
		t.Errorf("Bcc went over the wire: %v", bcc)
	}
	if raw := sh.ok("show", got, "--raw"); strings.Contains(strings.ToLower(raw), "bcc:") || !strings.Contains(raw, "\r\n") {
		t.Error("the raw message has a Bcc field or no CRLF")
	}
	sent := sh.objects("list", "--account", "home", "--folder", "sent")
	if len(sent) != 1 {
		t.Fatalf("in Sent: %v", sent)
	}
	if bcc := sh.objects("show", sent[0]["id"].(string))[0]["bcc"].([]any); len(bcc) != 1 {
		t.Errorf("the copy in Sent has Bcc %v", bcc)
	}
	dir := t.TempDir()
	path := strings.TrimSpace(sh.ok("save", got, "--dir", dir))
	if data, err := os.ReadFile(path); err != nil || string(data) != "Grüße\n" || filepath.Base(path) != "Zürich.txt" {
		t.Errorf("saved %s: %q, %v", path, data, err)
	}
	sh.ok("read", got)
	sh.ok("flag", got)
	sh.ok("archive", got)
	if left := sh.objects("list", "--account", "work"); len(left) != 0 {
		t.Errorf("still in the inbox: %v", left)
	}
	sh.ok("sync", "--account", "work")
	at, err := sh.server.Messages("ada@analytical.example", "Archive")
	if err != nil || len(at) != 1 || !strings.Contains(strings.Join(at[0].Flags, " "), `\Seen`) || !strings.Contains(strings.Join(at[0].Flags, " "), `\Flagged`) {
		t.Errorf("at the server: %+v, %v", at, err)
	}
	if again := sh.objects("list", "--account", "work", "--folder", "archive"); len(again) != 1 || again[0]["id"] != got {
		t.Errorf("the id did not stay: %v", again)
	}
	sh.ok("move", got, "--to", "inbox")
	sh.ok("delete", got)
	sh.ok("unread", got)
	sh.ok("unflag", got)
	sh.ok("sync", "--account", "work")
	if at, err := sh.server.Messages("ada@analytical.example", "Trash"); err != nil || len(at) != 1 || len(at[0].Flags) != 0 {
		t.Errorf("in Trash: %+v, %v", at, err)
	}
}

// The shapes of --json name every field of the contract.
func TestJSONFields(t *testing.T) {
	sh := newShell(t, demo.Options{})
	sh.ok("sync")
	sh.okWith("x", "send", "--to", "refused@postea.example")
	check := func(what string, v map[string]any, fields string) {
		t.Helper()
		for f := range strings.FieldsSeq(fields) {
			if _, ok := v[f]; !ok {
				t.Errorf("%s lacks %q", what, f)
			}
		}
	}
	const listedFields = "id account folder folder_role uid message_id thread_id date from to cc subject flags size attachments snippet"
	list := sh.objects("list", "--limit", "100")
	check("list", list[0], listedFields)
	reports := 0
	for _, m := range list {
		s := sh.objects("show", m["id"].(string))[0]
		check("show", s, listedFields+" bcc reply_to in_reply_to references text html links parts defects report")
		if r, ok := s["report"].(map[string]any); ok {
			reports++
			check("report", r, "kind original_message_id envid recipients")
			check("recipient of a report", r["recipients"].([]any)[0].(map[string]any), "address action status code reason text")
		}
	}
	if reports != 1 {
		t.Errorf("%d reports among the sample mail, want 1", reports)
	}
	item := sh.objects("outbox")[0]
	check("outbox", item, "id account state held_for created next_attempt attempts message_id envid subject size recipients")
	check("recipient", item["recipients"].([]any)[0].(map[string]any), "address state source code enhanced text")
	check("outbox show", sh.objects("outbox", "show", item["id"].(string))[0], "log")
	if item["state"] != "rejected" {
		t.Errorf("the refused message is %v", item["state"])
	}
}

// What comes from outside cannot act on the terminal, whatever prints it.
func TestNothingActsOnTheTerminal(t *testing.T) {
	sh := newShell(t, demo.Options{})
	sh.ok("sync")
	raw := "From: \x1b]0;x\x07evil <a@b.example>\r\nSubject: =?utf-8?q?=1B[2Jx=E2=80=AEy?=\r\nX-Odd: \x1b[31m\r\n\r\n\x1b[2Jbody\u202e\u200b\r\n"
	var printed strings.Builder
	for _, args := range [][]string{{"list"}, {"list", "--json"}, {"show", "-"}, {"show", "-", "--headers"}, {"show", "-", "--json"}, {"outbox"}, {"account", "list"}} {
		printed.WriteString(sh.okWith(raw, args...))
	}
	for _, m := range sh.objects("list", "--limit", "100") {
		printed.WriteString(sh.ok("show", m["id"].(string)))
		printed.WriteString(sh.ok("show", m["id"].(string), "--headers"))
	}
	for i, r := range printed.String() {
		bad := r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 || r == 0x200b || r == 0x200e || r == 0x200f ||
			r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0xfeff || r >= 0xe0000 && r <= 0xe007f
		if bad {
			t.Fatalf("%U is printed: %q", r, printed.String()[max(0, i-60):i+10])
		}
	}
}

// sendmail as cron, git and mail(1) call it.
// TestSendmailToMany: each address of the header is a recipient, however many there are.
func TestSendmailToMany(t *testing.T) {
	t.Parallel()
	sh := newShell(t, demo.Options{Empty: true})
	const n = 3000
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("recipient.number.%d@postea.example", i)
	}
	sh.okWith("To: echo@postea.example\nBcc: "+strings.Join(list, ",\n ")+"\nSubject: x\n\ny\n", "sendmail", "-t", "-odq")
	got := sh.objects("outbox", "list")
	if len(got) != 1 {
		t.Fatalf("%d messages in the outbox", len(got))
	}
	to, _ := got[0]["recipients"].([]any)
	if len(to) != n+1 {
		t.Fatalf("%d recipients, want %d", len(to), n+1)
	}
	if last, _ := to[n].(map[string]any); last["address"] != list[n-1] {
		t.Errorf("the last is %v", last)
	}
}

func TestSendmail(t *testing.T) {
	t.Parallel()
	sh := newShell(t, demo.Options{Empty: true})
	tests := []struct {
		name, message string
		args          []string
		from          string
		to            []string
		has, hasNot   string
	}{
		{"cron", "From: root (Cron Daemon)\nTo: ada@analytical.example\nSubject: Cron <root@host> run\n\nout\n.\nput\n", []string{"-FCronDaemon", "-i", "-odi", "-oem", "-oi", "-t"},
			"ada@postea.example", []string{"ada@analytical.example"}, "\r\n.\r\nput", ""},
		{"git send-email", "From: Ada <ada@analytical.example>\nTo: echo@postea.example\nCc: ada@postea.example\nSubject: [PATCH] x\nMessage-Id: <1@x>\n\n diff\n", []string{"-i", "echo@postea.example", "ada@postea.example"},
			"ada@analytical.example", []string{"echo@postea.example", "ada@postea.example"}, "Message-Id: <1@x>", ""},
		{"bcc", "To: echo@postea.example\nBcc: ada@analytical.example\nSubject: x\n\ny\n", []string{"-t"},
			"ada@postea.example", []string{"echo@postea.example", "ada@analytical.example"}, "Date: ", "Bcc"},
		{"sent on", "Resent-From: ada@postea.example\nResent-To: ada@analytical.example\nResent-Bcc: echo@postea.example\nFrom: eve@x.example\nTo: bob@x.example\nSubject: x\n\ny\n", []string{"-t"},
			"ada@postea.example", []string{"ada@analytical.example", "echo@postea.example"}, "To: bob@x.example", "Resent-Bcc"},
		{"null sender", "From: ada@postea.example\nTo: ada@analytical.example\nSubject: x\n\ny\n", []string{"-t", "-f", "<>"}, "", []string{"ada@analytical.example"}, "From: ada@postea.example", ""},
		{"a dot ends it", "Subject: x\n\nfirst\n.\nsecond\n", []string{"echo@postea.example"}, "ada@postea.example", []string{"echo@postea.example"}, "first", "second"},
		{"raw UTF-8 in the header", "To: echo@postea.example\nSubject: Grüße\n\nä\n", []string{"-t", "-f", "ada@postea.example"}, "ada@postea.example", []string{"echo@postea.example"}, "Subject: =?utf-8?b?R3LDvMOfZQ==?=", "Subject: Gr\u00fc"},
	}
	for n, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sh.t = t
			if out := sh.okWith(tt.message, append([]string{"sendmail"}, tt.args...)...); out != "" {
				t.Errorf("it prints %q", out)
			}
			got := sh.server.Accepted()
			if len(got) != n+1 {
				t.Fatalf("%d messages at the server, want %d", len(got), n+1)
			}
			last := got[n]
			var to []string
			for _, r := range last.To {
				to = append(to, r.Address)
			}
			if last.From != tt.from || strings.Join(to, " ") != strings.Join(tt.to, " ") {
				t.Errorf("from %s to %v, want from %s to %v", last.From, to, tt.from, tt.to)
			}
			if raw := string(last.Raw); !strings.Contains(raw, tt.has) || tt.hasNot != "" && strings.Contains(raw, tt.hasNot) {
				t.Errorf("sent:\n%s", raw)
			}
		})
	}
}

// account edit and remove leave everything else in the file alone.
// Who removes an account is told of changes that its server never gets.
func TestRemovingAnAccountWithChanges(t *testing.T) {
	sh := newShell(t, demo.Options{})
	sh.ok("sync", "--account", "home")
	id := sh.objects("list", "--account", "home", "--json")[0]["id"].(string)
	sh.ok("read", id)
	path := filepath.Join(sh.home, "config.toml")
	var out, errs bytes.Buffer
	e := &env{stdin: strings.NewReader("n\n"), stdout: &out, stderr: &errs, now: time.Now, inTerminal: true}
	if code := run(t.Context(), e, []string{"postea", "--config", path, "--data", filepath.Join(sh.home, "data"), "account", "remove", "home"}); code != 0 {
		t.Errorf("exits with %d: %s", code, errs.String())
	}
	if want := "Remove account home, with what was done to 1 message and its server has not been told of?"; !strings.Contains(out.String(), want) {
		t.Errorf("no %q in %q", want, out.String())
	}
	if r := sh.run("", "account", "remove", "home", "--yes"); r.code != 0 || !strings.Contains(r.err, "is removed, with what was done to 1 message") {
		t.Errorf("%d: %s%s", r.code, r.out, r.err)
	}
}

func TestAccountEditAndRemove(t *testing.T) {
	sh := newShell(t, demo.Options{Empty: true})
	path := filepath.Join(sh.home, "config.toml")
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append([]byte("# mine\n[ui]\ntheme = \"dark\" # always\n\n"), before...), 0o600); err != nil {
		t.Fatal(err)
	}
	sh.ok("account", "edit", "work", "--real-name", "A. A. L.")
	sh.okWith("x\n", "send", "--account", "home", "--to", "bob@postea.example", "--at", "in 2d")
	if r := sh.run("", "account", "remove", "home", "--yes"); r.code != exTempFail || !strings.Contains(r.err, "account home stays: 1 message of it not sent yet") {
		t.Errorf("with a message that waits: %d %s", r.code, r.err)
	}
	sh.ok("outbox", "cancel", "o1")
	sh.ok("account", "remove", "home", "--yes")
	after, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"# mine\n[ui]\ntheme = \"dark\" # always\n", `real_name = "A. A. L."`, "ada@analytical.example"} {
		if !strings.Contains(string(after), want) {
			t.Errorf("%q is not in the file:\n%s", want, after)
		}
	}
	if strings.Contains(string(after), "ada@postea.example") {
		t.Errorf("the removed account is still there:\n%s", after)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if list := sh.objects("account", "list"); len(list) != 1 || list[0]["name"] != "work" || list[0]["real_name"] != "A. A. L." {
		t.Errorf("accounts: %v", list)
	}
}

// account edit sets what is not about servers, account show says it, and an empty
// value takes it away.
func TestAccountEditMore(t *testing.T) {
	sh := newShell(t, demo.Options{Empty: true})
	show := func() map[string]any {
		t.Helper()
		list := sh.objects("account", "show", "home")
		if len(list) != 1 {
			t.Fatalf("%v", list)
		}
		return list[0]
	}
	sh.ok("account", "edit", "home", "--color", "blue", "--bodies", "all", "--depth", "18mo", "--drafts", "local", "--signature", "Ada\nof London",
		"--role", "sent=Sent Items", "--role", "trash=Bin", "--identity", "The Club <club@postea.example>", "--identity", "bare@postea.example")
	a := show()
	if a["color"] != "blue" || a["bodies"] != "all" || a["depth"] != "18mo" || a["drafts"] != "local" ||
		fmt.Sprint(a["folders"]) != "map[sent:Sent Items trash:Bin]" ||
		fmt.Sprint(a["identities"]) != "[map[address:club@postea.example real_name:The Club signature:false] map[address:bare@postea.example real_name:<nil> signature:false]]" {
		t.Errorf("%v", a)
	}
	out := sh.ok("account", "show", "home")
	for _, want := range []string{"depth           18mo", "sent            Sent Items", "identity        The Club <club@postea.example>", "color           blue"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	sh.ok("account", "edit", "home", "--color", "", "--depth", "all", "--role", "trash=", "--no-identity", "BARE@postea.example", "--identity", "Club <club@postea.example>")
	a = show()
	if a["color"] != nil || a["depth"] != "all" || fmt.Sprint(a["folders"]) != "map[sent:Sent Items]" || fmt.Sprint(a["identities"]) != "[map[address:club@postea.example real_name:Club signature:false]]" {
		t.Errorf("%v", a)
	}
	before, _ := os.ReadFile(filepath.Join(sh.home, "config.toml"))
	for _, c := range []struct {
		code int
		args []string
	}{
		{exConfig, []string{"--color", "pink"}}, {exConfig, []string{"--bodies", "some"}}, {exUsage, []string{"--depth", "6m"}}, {exUsage, []string{"--role", "inbox=x"}},
		{exUsage, []string{"--role", "sent"}}, {exConfig, []string{"--role", "sent=INBOX"}}, {exUsage, []string{"--identity", "not an address"}}, {exUsage, []string{"--no-identity", "who@x.example"}},
	} {
		if r := sh.run("", append([]string{"account", "edit", "home"}, c.args...)...); r.code != c.code || r.err == "" {
			t.Errorf("%q: %+v", c.args, r)
		}
	}
	if after, _ := os.ReadFile(filepath.Join(sh.home, "config.toml")); !bytes.Equal(before, after) {
		t.Errorf("a refused change has left\n%s", after)
	}
	sh.ok("account", "add", "new", "--address", "new@postea.example", "--smtp-host", "127.0.0.1", "--auth", "none", "--no-test", "--no-lookup", "--depth", "1y", "--role", "archive=Old", "--identity", "N <n@postea.example>")
	if list := sh.objects("account", "show", "new"); list[0]["depth"] != "1y" || fmt.Sprint(list[0]["folders"]) != "map[archive:Old]" {
		t.Errorf("%v", list)
	}
}

// A port for STARTTLS is known by its greeting where nothing was said of TLS.
func TestAccountAddFindsSTARTTLS(t *testing.T) {
	sh := newShell(t, demo.Options{Empty: true})
	info, u := sh.server.Info(), sh.server.Users[0]
	add := func(name string, more ...string) result {
		return sh.run("", append([]string{"account", "add", name, "--address", u.Address, "--smtp-host", info.Submission.Host,
			"--smtp-port", fmt.Sprint(info.Submission.Port), "--ca-file", info.CAFile, "--password-env", sh.words[0]}, more...)...)
	}
	if r := add("said", "--smtp-tls", "implicit"); r.code != exUnavailable || !strings.Contains(r.err, "starttls") || strings.Contains(r.err, "keeps trying") {
		t.Errorf("what the user said is not to be changed, and the advice is starttls: %d %s", r.code, r.err)
	}
	if r := add("open"); r.code != exOK {
		t.Fatalf("%d %s", r.code, r.err)
	}
	for _, acc := range sh.objects("account", "list") {
		if acc["name"] == "open" && acc["smtp"].(map[string]any)["tls"] != "starttls" {
			t.Errorf("saved as %v", acc["smtp"])
		}
	}
}

// Everything written lies in the directories named, and is private.
func TestIsolation(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	for _, v := range []string{"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "POSTEA_CONFIG", "POSTEA_DATA"} {
		t.Setenv(v, "")
	}
	sh := newShell(t, demo.Options{})
	sh.ok("sync")
	sh.okWith("x", "send", "--to", "echo@postea.example", "--wait")
	if list, err := os.ReadDir(home); err != nil || len(list) > 0 {
		t.Errorf("in the home directory: %v, %v", list, err)
	}
	err := filepath.WalkDir(sh.home, func(p string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && p != sh.home && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", p, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	// A file needs neither configuration nor store, and makes neither.
	empty := t.TempDir()
	file := filepath.Join(empty, "x.eml")
	if err := os.WriteFile(file, []byte("Subject: x\r\n\r\nhello\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	e := &env{stdin: strings.NewReader(""), stdout: &out, stderr: &errs, now: time.Now}
	if code := run(t.Context(), e, []string{"postea", "show", file, "--data", filepath.Join(empty, "data")}); code != 0 || !strings.Contains(out.String(), "hello") {
		t.Errorf("exits with %d: %s", code, errs.String())
	}
	if _, err := os.Stat(filepath.Join(empty, "data")); err == nil {
		t.Error("show FILE made a data directory")
	}
}

// Without a terminal the demo makes the whole journey.
func TestDemo(t *testing.T) {
	t.Parallel()
	var out, errs bytes.Buffer
	e := &env{stdin: strings.NewReader(""), stdout: &out, stderr: &errs, now: time.Now}
	if code := run(t.Context(), e, []string{"postea", "demo"}); code != 0 {
		t.Fatalf("exits with %d: %s", code, errs.String())
	}
	for _, want := range []string{"Client: STARTTLS", "Client: AUTH PLAIN ••••••••", "Server: 250 2.0.0 OK: queued", "The answer has arrived", "The bounce has arrived", "Everything happened"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in the output", want)
		}
	}
	if strings.Contains(out.String(), "poetical-science") {
		t.Error("the password is in the output")
	}
}

func TestDemoServe(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	var out, errs bytes.Buffer
	e := &env{stdin: strings.NewReader(""), stdout: notify{&out, cancel}, stderr: &errs, now: time.Now}
	if code := run(ctx, e, []string{"postea", "demo", "--serve"}); code != 0 {
		t.Fatalf("exits with %d: %s", code, errs.String())
	}
	var info demo.Info
	if err := json.Unmarshal(out.Bytes(), &info); err != nil || info.IMAP.Port == 0 || len(info.Users) != 2 || info.CAFile == "" {
		t.Errorf("%v: %s", err, out.String())
	}
}

// notify calls a function once something was written.
type notify struct {
	w *bytes.Buffer
	f func()
}

func (n notify) Write(p []byte) (int, error) {
	defer n.f()
	return n.w.Write(p)
}
