package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"postea/internal/demo"
)

const lunch = "Date: Sat, 28 Nov 2026 07:30:05 +0000\r\nFrom: Bob <bob@example.org>\r\nTo: Ada <ada@postea.example>\r\nCc: carol@example.org\r\nReply-To: <desk@example.org>\r\n" +
	"Subject: Lunch\r\nMessage-ID: <lunch@example.org>\r\nIn-Reply-To: <before@example.org>\r\nReferences: <first@example.org> <before@example.org>\r\nMIME-Version: 1.0\r\n" +
	"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>At <a href=\"https://example.org/menu\">noon</a>?</p>\r\n" +
	"--b\r\nContent-Type: text/plain; name=menu.txt\r\nContent-Disposition: attachment; filename=menu.txt\r\n\r\nsoup\r\n--b--\r\n"

const bounce = "Date: Sat, 28 Nov 2026 07:31:05 +0000\r\nFrom: <mailer-daemon@example.org>\r\nTo: ada@postea.example\r\nSubject: Undelivered\r\nMessage-ID: <bounce@example.org>\r\nMIME-Version: 1.0\r\n" +
	"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nIt did not arrive.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n" +
	"Reporting-MTA: dns; mx.example.org\r\nOriginal-Envelope-Id: e1\r\n\r\nFinal-Recipient: rfc822; nobody@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n--b--\r\n"

// TestJSON keeps what every verb prints with --json (testdata/json, written anew
// by -update) and holds it against docs/json.md: no field that is not documented.
func TestJSON(t *testing.T) {
	sh := newShell(t, demo.Options{Empty: true})
	home := t.TempDir()
	t.Setenv("HOME", home)
	file := func(name, text string) string {
		path := filepath.Join(home, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, m := range []string{lunch, bounce} {
		if err := sh.server.Deliver(sh.server.Users[0].Address, "INBOX", []byte(m)); err != nil {
			t.Fatal(err)
		}
	}
	sh.ok("sync")
	sh.addConfig("[[rule]]\nname = \"meals\"\nmatch = \"subject:lunch\"\nmove = \"archive\"\nlabel = [\"food\"]\nread = true\n\n")
	eml, report := file("lunch.eml", lunch), file("bounce.eml", bounce)
	mbox := file("old.mbox", "From bob@example.org Sat Nov 28 07:30:05 2026\n"+strings.ReplaceAll(strings.ReplaceAll(lunch, "\r", ""), "lunch@", "supper@")+"\n")
	muttrc := file("muttrc", "set from='Ada <a@b.example>' folder=imaps://a@imap.b.example imap_pass=x smtp_url=smtp://a@b.example:587\nalternates '.*@b\\.example'\n")
	info := sh.server.Info()

	sent := sh.okWith("Hello\n", "send", "--account", "home", "--to", "echo@postea.example", "--subject", "Greetings", "--wait", "--json")
	refused := sh.run("Hello\n", "send", "--account", "home", "--to", "refused@postea.example", "--subject", "Refused", "--wait", "--json").out
	id := regexp.MustCompile(`"id":"(o\d+)"`).FindStringSubmatch(sent)
	if id == nil {
		t.Fatalf("no id in %s", sent)
	}
	sh.ok("contacts", "add", "Grace Hopper <grace@example.org>")
	verb := func(args ...string) string { return sh.ok(append(args, "--json")...) }
	bad := file("bad.toml", "[ui]\ntheme = \"pink\"\n")
	for section, out := range map[string]string{
		"list, search":                   verb("list", "--account", "home") + verb("search", "lunch"),
		"show":                           verb("show", eml) + verb("show", report),
		"send, outbox list":              sent + refused + verb("outbox", "list"),
		"outbox show":                    verb("outbox", "show", id[1]),
		"account list, account show":     verb("account", "list") + verb("account", "show", "home"),
		"account import":                 verb("account", "import", "mutt", muttrc, "--dry-run", "--keep", "encrypted"),
		"account test":                   verb("account", "test", "home"),
		"probe":                          verb("probe", fmt.Sprintf("%s:%d", info.IMAP.Host, info.IMAP.Port), "--ca-file", info.CAFile),
		"contacts list":                  verb("contacts", "list", "grace"),
		"folder list":                    verb("folder", "list", "--account", "home"),
		"rule list":                      verb("rule", "list"),
		"rule try":                       verb("rule", "try", "--account", "home"),
		"import":                         verb("import", "--account", "home", "--folder", "inbox", mbox),
		"export":                         verb("export", filepath.Join(home, "out.mbox"), "--account", "home"),
		"backup":                         verb("backup", filepath.Join(home, "copy")),
		"save":                           verb("save", eml, "--all", "--dir", home),
		"config check, for each problem": (&shell{t: t, home: sh.home}).run("", "config", "check", "--config", bad, "--json").out,
		"config themes":                  verb("config", "themes"),
		"keys":                           firstLine(verb("keys")),
		"version":                        verb("version"),
		"demo --serve":                   emitted(t, info),
	} {
		t.Run(section, func(t *testing.T) {
			objects := decode(t, out)
			if len(objects) == 0 {
				t.Fatal("nothing was printed")
			}
			known := documented(t, section)
			for _, o := range objects {
				checkFields(t, known, "", o)
			}
			golden(t, section, objects, home)
		})
	}
	for _, s := range shapes() { // each has been looked at above
		if _, err := os.Stat(goldenFile(s.verb)); err != nil {
			t.Errorf("%s: %v", s.verb, err)
		}
	}
}

func firstLine(s string) string { line, _, _ := strings.Cut(s, "\n"); return line }

func emitted(t *testing.T, v any) string {
	t.Helper()
	var out bytes.Buffer
	if err := (&env{stdout: &out}).emit(v); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func decode(t *testing.T, out string) []map[string]any {
	t.Helper()
	var list []map[string]any
	dec := json.NewDecoder(strings.NewReader(out))
	for dec.More() {
		var o map[string]any
		if err := dec.Decode(&o); err != nil {
			t.Fatalf("%v in %s", err, out)
		}
		list = append(list, o)
	}
	return list
}

// documented reads the fields of a section of docs/json.md with their types:
// "links.url" is one of an object in links.
func documented(t *testing.T, section string) map[string]string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "json.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(page), "\n## "+section+"\n\n```\n")
	if !ok {
		t.Fatalf("docs/json.md has no section %q", section)
	}
	block, _, _ := strings.Cut(rest, "```")
	out := map[string]string{}
	var path []string
	for line := range strings.SplitSeq(strings.TrimSpace(block), "\n") {
		depth := (len(line) - len(strings.TrimLeft(line, " "))) / 2
		words := strings.Fields(line)
		path = append(path[:depth], words[0])
		out[strings.Join(path, ".")] = words[1]
	}
	return out
}

func checkFields(t *testing.T, known map[string]string, at string, v any) {
	t.Helper()
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			checkFields(t, known, at, e)
		}
	case map[string]any:
		for name, value := range v {
			path := strings.TrimPrefix(at+"."+name, ".")
			switch kind, ok := known[path]; {
			case !ok:
				t.Errorf("%s is not documented in docs/json.md", path)
			case value == nil && !strings.HasSuffix(kind, "?"):
				t.Errorf("%s is null, and %s in docs/json.md", path, kind)
			}
			checkFields(t, known, path, value)
		}
		for k := range known { // and what is documented is there
			if rest, ok := strings.CutPrefix(k, strings.TrimPrefix(at+".", ".")); ok && rest != "" && !strings.Contains(rest, ".") && v != nil {
				if _, has := v[rest]; !has {
					t.Errorf("%s is documented, and missing", k)
				}
			}
		}
	}
}

func goldenFile(section string) string {
	name := strings.NewReplacer(", ", "-", " ", "-", "--", "").Replace(section)
	return filepath.Join("testdata", "json", name+".json")
}

// golden compares with the file, after what differs from run to run is masked.
func golden(t *testing.T, section string, objects []map[string]any, home string) {
	t.Helper()
	for _, o := range objects {
		mask(o)
	}
	var got strings.Builder
	enc := json.NewEncoder(&got)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(objects); err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(got.String(), home, "HOME")
	for _, m := range masks() {
		text = m.at.ReplaceAllString(text, m.by)
	}
	path := goldenFile(section)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || string(want) != text {
		t.Errorf("%v; got\n%s\nwant\n%s\n(go test ./cmd/postea -run TestJSON -update)", err, text, want)
	}
}

type masked struct {
	at *regexp.Regexp
	by string
}

func masks() []masked {
	return []masked{
		{regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)`), "TIME"},
		{regexp.MustCompile(`(127\.0\.0\.1|localhost):\d+`), "$1:PORT"},
		{regexp.MustCompile(`"[^" ]*/ca[^"/]*\.pem"`), `"CA"`},
		{regexp.MustCompile(`sha256:[0-9a-f]{64}`), "sha256:KEY"},
		{regexp.MustCompile(`[A-Za-z0-9._-]{16,}@`), "RANDOM@"},
		{regexp.MustCompile(`\bas [A-Za-z0-9-]{6,}`), "as NUMBER"},
		{regexp.MustCompile(`[0-9a-f]{16,}`), "RANDOM"},
	}
}

// mask takes away numbers that differ from run to run.
func mask(v any) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			mask(e)
		}
	case map[string]any:
		for name, value := range v {
			switch name {
			case "took_ms", "port":
				v[name] = 0
			case "transcript": // one line shows the shape
				if list, ok := value.([]any); ok && len(list) > 1 {
					v[name] = list[:1]
				}
			case "envid":
				if value != nil {
					v[name] = "ENVID"
				}
			case "size": // of a message that has today's date
				if _, sent := v["envid"]; sent {
					v[name] = 0
				}
			case "go", "os", "arch", "version", "revision", "password":
				v[name] = strings.ToUpper(name)
			}
			mask(v[name])
		}
	}
}

// Every field has words, or a name that says it all.
func TestFieldsHaveWords(t *testing.T) {
	words := jsonWords()
	used := map[string]bool{}
	var look func(reflect.Type)
	look = func(typ reflect.Type) {
		for i := range typ.NumField() {
			f := typ.Field(i)
			if f.Anonymous {
				look(f.Type)
				continue
			}
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			_, own := words[typ.Name()+"."+name]
			_, any := words[name]
			if !own && !any {
				t.Errorf("%s.%s has no words in jsonWords", typ.Name(), name)
			}
			used[name], used[typ.Name()+"."+name] = true, true
			if _, inner := kindOf(f.Type); inner != nil {
				look(inner)
			}
		}
	}
	for _, s := range shapes() {
		look(reflect.TypeOf(s.value))
	}
	for name := range words {
		if !used[name] {
			t.Errorf("no field is called %s", name)
		}
	}
}
