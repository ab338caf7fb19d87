package app

import (
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"postea/internal/event"
	"postea/internal/lab"
	"postea/internal/reading"
)

// program puts a script into a directory that is looked into first.
func program(t *testing.T, name, script string) {
	t.Helper()
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
}

// $EDITOR is what other programs take it for: words for a shell, or one program.
func TestExternalEditorWords(t *testing.T) {
	a, _ := holding(t)
	dir := t.TempDir()
	spaced := filepath.Join(dir, "my editor")
	said := filepath.Join(dir, "said")
	if err := os.WriteFile(spaced, []byte("#!/bin/sh\nfor w; do echo \"<$w>\"; done > '"+said+"'\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HERE", dir)
	for value, want := range map[string]string{
		spaced:                                   "<it's $(a) path>",
		"'" + spaced + "'":                       "<it's $(a) path>",
		`"$HERE/my editor" -c -a ''`:             "<-c> <-a> <> <it's $(a) path>",
		"env  X=1 sh -e " + dir + "/my\\ editor": "<it's $(a) path>",
		"sh -e '" + spaced + "' --title 'a  b'":  "<--title> <a  b> <it's $(a) path>",
	} {
		t.Setenv("VISUAL", value)
		argv, err := a.ExternalEditor("it's $(a) path")
		if err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(argv[0], argv[1:]...).CombinedOutput(); err != nil {
			t.Errorf("%s: %q: %v %s", value, argv, err, out)
			continue
		}
		raw, err := os.ReadFile(said)
		if got := strings.Join(strings.Split(strings.TrimSpace(string(raw)), "\n"), " "); err != nil || got != want {
			t.Errorf("%s: it got %s, want %s; %v", value, got, want, err)
		}
	}
	t.Setenv("VISUAL", " ")
	t.Setenv("EDITOR", "vim -u NONE")
	if argv, err := a.ExternalEditor("p"); err != nil || !slices.Equal(argv, []string{"vim", "-u", "NONE", "p"}) {
		t.Errorf("%q %v", argv, err)
	}
}

// What a viewer shows may be looked at for as long as one likes: it is not ended, and
// has no terminal to draw on.
func TestOpenerThatStays(t *testing.T) {
	dir := t.TempDir()
	question, answer := filepath.Join(dir, "question"), filepath.Join(dir, "answer")
	for _, path := range []string{question, answer} {
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	program(t, "xdg-open", "read x < "+question+"\n(if true < /dev/tty; then echo terminal; else echo \"$1\"; fi) > "+answer+" 2>/dev/null\n")
	enough := make(chan time.Time)
	close(enough)
	if err := openWith(t.Context(), "-a b'\"$(x)", enough); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(question, []byte("go on\n"), 0); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(answer); err != nil || string(got) != "-a b'\"$(x)\n" {
		t.Errorf("%q %v", got, err)
	}
	program(t, "xdg-open", "exit 3")
	if err := openWith(t.Context(), "x", nil); err == nil || !strings.Contains(err.Error(), "exit status 3") {
		t.Errorf("%v", err)
	}
}

// A subject is shown as it is, and neither as markup nor with escapes undone.
func TestNoticeIsNoMarkup(t *testing.T) {
	seen := filepath.Join(t.TempDir(), "seen")
	program(t, "notify-send", "for w; do printf '%s\\n' \"$w\"; done > "+seen)
	a, _ := holding(t)
	n := Announcement{Title: reading.Line("--help <b>"), Body: reading.Line(`<img src="file:///x"> Q&A \033]0;x\007 \342\200\256 -h`)}
	if n.Of = (event.Arrived{First: 1, Newest: 1, Count: 1}); a.NotifySystem(t.Context(), n) != nil {
		t.Fatal("no notice")
	}
	raw, err := os.ReadFile(seen)
	want := "--\n--help <b>\n&lt;img src=\"file:///x\"&gt; Q&amp;A \\\\033]0;x\\\\007 \\\\342\\\\200\\\\256 -h\n"
	if err != nil || !strings.HasSuffix(string(raw), want) {
		t.Errorf("%s%v", raw, err)
	}
}

// What is typed may come from a mail, and is one word of the command, and no option.
func TestAddressQuery(t *testing.T) {
	program(t, "ask", "case \"$2\" in -*) echo option@x.example; exit;; esac\nprintf '%s@x.example\\n' \"$2\"\n")
	a, _ := holding(t)
	a.cfg.Contacts.Query = []string{"ask", "-q", "%s"}
	list, err := a.QueryContacts(t.Context(), " --config=evil")
	if err != nil || len(list) != 1 || list[0].Raw.Address != "config=evil@x.example" {
		t.Errorf("%v %v", list, err)
	}
	if list, err := a.QueryContacts(t.Context(), "--"); err != nil || list != nil {
		t.Errorf("%v %v", list, err)
	}
}

// On a full disk nothing is left that could be taken for the file.
func TestSavingOnAFullDisk(t *testing.T) {
	dir := t.TempDir()
	err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64k")
	lab.Require(t, "tmpfs", err == nil, "a small file system is needed: run as root, where mounting is allowed")
	defer func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	}()
	m := reading.Parse([]byte("Subject: x\nContent-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\n" +
		base64.StdEncoding.EncodeToString(make([]byte, 200<<10)) + "\n"))
	if paths, err := SaveAttachments(m, m.Attachments, dir); err == nil || len(paths) > 0 {
		t.Errorf("saved %v, %v", paths, err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// What is printed has lines and tables as they are read: a printer breaks a line wherever
// its paper ends.
func TestPrintedAsRead(t *testing.T) {
	paper := filepath.Join(t.TempDir(), "paper")
	program(t, "lp", "cat >"+paper+"\n")
	a, ids := holding(t, "Subject: Tea\nFrom: bob@y.example\nContent-Type: text/html\n\n<p>"+strings.Repeat("leaves ", 11)+"</p><table><tr><td>Green<td>12.50<tr><td>Oolong, old<td>150.00</table><blockquote>quoted</blockquote>")
	sum, err := a.store.Summary(t.Context(), ids[0])
	if err != nil {
		t.Fatal(err)
	}
	threads, err := a.Threads(t.Context(), Place{Folder: sum.Folder})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Print(t.Context(), Place{Folder: sum.Folder}, threads); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(paper)
	if want := strings.Repeat("leaves ", 9) + "leaves\nleaves\n\nGreen         12.50\nOolong, old  150.00\n\n> quoted\n"; err != nil || !strings.HasSuffix(string(got), "\nSubject: Tea\n\n"+want) {
		t.Errorf("printed\n%s\nwant\n%s%v", got, want, err)
	}
}
