package app

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"postea/config"
	"postea/internal/lab"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/internal/store"
)

// holding opens an App with one account that holds messages.
func holding(t *testing.T, raws ...string) (*App, []mail.ID) {
	t.Helper()
	acc, err := config.Complete(config.Account{Name: "work", Address: "ada@x.example", IMAP: config.Server{Host: "imap.x.example", Password: config.Secret{Value: "x"}}})
	if err != nil {
		t.Fatal(err)
	}
	a, err := Open(t.Context(), Options{Config: &config.Config{Accounts: []config.Account{acc}}, Dir: emptyStore.Dir(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	f, err := a.store.EnsureFolder(t.Context(), "work", mail.RoleInbox, "INBOX")
	if err != nil {
		t.Fatal(err)
	}
	var ids []mail.ID
	for i, raw := range raws {
		subject := ""
		for line := range strings.SplitSeq(raw, "\n") {
			if s, ok := strings.CutPrefix(line, "Subject: "); ok && subject == "" {
				subject = s
			}
		}
		got, err := a.store.AddHeaders(t.Context(), f.ID, []store.Header{{
			UID: mail.UID(i + 1), MessageID: fmt.Sprintf("m%d@x", i), References: []string{"m0@x"}, Subject: subject, From: []mail.Address{{Address: "bob@y.example"}},
		}})
		if err != nil {
			t.Fatal(err)
		}
		if err := a.store.PutBody(t.Context(), got[0], []byte(raw), store.BodyInfo{}); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, got[0])
	}
	return a, ids
}

func fileMail(t *testing.T) string {
	t.Helper()
	var z bytes.Buffer
	w := zip.NewWriter(&z)
	if _, err := w.Create("in/side.txt"); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	part := func(kind, name, body string) string {
		return "--b\nContent-Type: " + kind + "\nContent-Disposition: attachment; filename=\"" + name + "\"\nContent-Transfer-Encoding: base64\n\n" +
			base64.StdEncoding.EncodeToString([]byte(body)) + "\n"
	}
	return "Subject: files\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\ntext\n" +
		part("text/plain; charset=iso-8859-1", "latin.txt", "\tGr\xfc\xdfe\r\n\x1b[31mred\n") +
		part("application/octet-stream", "n.csv", "a,b\n1,22\n") +
		part("application/zip", "z.zip", z.String()) +
		"--b\nContent-Type: message/rfc822\n\nFrom: Inner <inner@y.example>\nSubject: inner\n\nThe inner text.\n" +
		part("text/html", "page.html", "<p>Hello <b>page</b><script>x</script>") +
		part("application/octet-stream", "run.bin", "\x7fELF\x00\x01") +
		"--b--\n"
}

func TestViewAttachment(t *testing.T) {
	a, ids := holding(t, fileMail(t))
	lines := func(v FileView) string {
		if v.Message != nil {
			var s strings.Builder
			for _, l := range v.Message.Body.Lines(60, readingOptions()) {
				for _, span := range l.Spans {
					s.WriteString(span.Text)
				}
				s.WriteByte('\n')
			}
			return v.Message.Subject.String() + "|" + s.String()
		}
		var s []string
		for _, l := range v.Lines {
			s = append(s, l.String())
		}
		return strings.Join(s, "\n")
	}
	for i, want := range []string{"    Grüße\n␛[31mred", "a\u00a0\u00a0\u00a0b\n1\u00a0\u00a022", "in/side.txt", "inner|The inner text.", "|Hello page"} {
		v, err := a.ViewAttachment(t.Context(), ids[0], i+1)
		if err != nil {
			t.Errorf("%d: %v", i+1, err)
			continue
		}
		if got := lines(v); !strings.Contains(got, want) || strings.ContainsAny(got, "\x1b\r") {
			t.Errorf("%s: got %q, want %q", v.Title, got, want)
		}
	}
	_, err := a.ViewAttachment(t.Context(), ids[0], 6)
	if _, ok := errors.AsType[*UsageError](err); !ok {
		t.Errorf("a program is shown as text: %v", err)
	}
	if _, err := a.ViewAttachment(t.Context(), ids[0], 7); !errors.Is(err, ErrNotFound) {
		t.Errorf("%v", err)
	}
}

func TestPipe(t *testing.T) {
	lab.Require(t, "shell", runtime.GOOS != "windows", "the commands are those of a Unix shell")
	patch := func(n int, to, version string) string {
		return fmt.Sprintf("Subject: [PATCH%s %d/2] change\r\n\r\nFrom here on\r\nFrom ada Mon Nov  2 10:00:00 2026\r\ndiff --git %s%s\r\n", version, n, to, version)
	}
	a, ids := holding(t, "Subject: [PATCH v2 0/2] letter\r\n\r\nWhy.\r\n", patch(2, "second", " v2"), patch(1, "first", " v2"), "Subject: Re: [PATCH v2 1/2] change\r\n\r\nLGTM\r\n",
		patch(2, "second", ""), patch(1, "first", ""), patch(1, "first", "v3"), "Subject: Re: the series\r\n\r\nLGTM\r\n")
	run := func(what PipeWhat, id mail.ID, command string) (Piped, string, error) {
		p, err := a.Pipe(t.Context(), id, what, 0, command)
		var s []string
		for _, l := range p.Lines {
			s = append(s, l.String())
		}
		return p, strings.Join(s, "\n"), err
	}
	if _, got, err := run(PipeText, ids[0], "cat; echo wrong >&2"); err != nil || got != "Why.\nwrong" {
		t.Errorf("%q, %v", got, err)
	}
	if _, got, err := run(PipeSource, ids[0], "head -n 1"); err != nil || got != "Subject: [PATCH v2 0/2] letter" {
		t.Errorf("%q, %v", got, err)
	}
	if p, _, err := run(PipeText, ids[0], "exit 7"); err != nil || p.Code != 7 {
		t.Errorf("%+v, %v", p, err)
	}
	_, got, err := run(PipePatches, ids[3], "cat")
	first, second := strings.Index(got, "diff --git first v2"), strings.Index(got, "diff --git second v2")
	if err != nil || first < 0 || second < first || strings.Contains(got, "letter") || strings.Contains(got, "LGTM") || strings.Count(got, "\nFrom here") != 2 || strings.Count(got, "\n>From ada") != 2 || !strings.HasPrefix(got, "From mboxrd@z ") {
		t.Errorf("%v\n%s", err, got)
	}
	for of, want := range map[int]string{0: "first v2 second v2", 1: "first v2 second v2", 4: "first second", 6: "firstv3", 7: "firstv3"} {
		if _, got, err := run(PipePatches, ids[of], "sed -n 's/^diff --git //p' | paste -sd ' '"); err != nil || got != want {
			t.Errorf("of message %d the patches are %q, not %q; %v", of, got, want, err)
		}
	}
	if p, got, err := run(PipeText, ids[0], "yes 0123456789"+strings.Repeat("0123456789", 100)+" | head -n 3000; printf '\\033[2J'"); err != nil || !p.Cut || strings.Contains(got, "\x1b") {
		t.Errorf("cut: %v, %v", p.Cut, err)
	}
	if _, got, _ := run(PipeText, ids[0], "(echo x > /dev/tty) 2>/dev/null || echo apart"); got != "apart" {
		t.Errorf("the command has the terminal: %q", got)
	}

	ctx, cancel := context.WithCancel(t.Context())
	begun := filepath.Join(t.TempDir(), "begun")
	go func() {
		for ctx.Err() == nil {
			if _, err := os.Stat(begun); err == nil {
				cancel()
			}
			Sleep(ctx, time.Millisecond)
		}
	}()
	if _, err := a.Pipe(ctx, ids[0], PipeText, 0, "touch "+begun+"; sleep 1000 & sleep 1000"); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestCopiesAreSafe(t *testing.T) {
	a, ids := holding(t, "Subject: a\u202eb\nFrom: x@y.example\nMessage-ID: <1@y.example>\n\nls\x1b[201~\rrm -rf\u200b\n")
	c, err := a.Copies(t.Context(), ids[0])
	if err != nil || c.Address != "x@y.example" || c.MessageID != "<1@y.example>" || strings.ContainsAny(c.Text+c.Subject, "\x1b\r\u200b\u202e") {
		t.Errorf("%+q, %v", c, err)
	}
}

// What the systems run that is no program by its bytes is told by its name.
func TestProgramsByName(t *testing.T) {
	for name, want := range map[string]bool{"a.EXE": true, "a.pdf.terminal": true, "a.inetloc": true, "a.jnlp": true, "a.chm": true, "a.vhdx": true, "a.pdf": false, "terminal": false} {
		m := reading.Parse([]byte("Content-Type: application/octet-stream\nContent-Disposition: attachment; filename=" + name + "\n\nx\n"))
		if got := runs(m, m.Attachments[0]) != ""; got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// What is opened elsewhere is a private copy; a program is not opened unasked.
func TestOpening(t *testing.T) {
	lab.Require(t, "linux", runtime.GOOS == "linux", "a script stands in for the xdg-open of Linux")
	bin, seen := t.TempDir(), filepath.Join(t.TempDir(), "seen")
	if err := os.WriteFile(filepath.Join(bin, "xdg-open"), []byte("#!/bin/sh\nprintf '%s' \"$1\" > "+seen+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	a, ids := holding(t, fileMail(t), "Subject: page\nContent-Type: text/html\n\n<p>Hi<script>x</script><img src=http://t.example/p.gif>\n")
	err := a.OpenAttachment(t.Context(), ids[0], 6, false)
	program, ok := errors.AsType[*ProgramError](err)
	if !ok || program.What != "a program" || program.Name.String() != "run.bin" {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(seen); err == nil {
		t.Error("it was opened")
	}
	opened := func(want string) []byte {
		t.Helper()
		path, err := os.ReadFile(seen)
		if err != nil {
			t.Fatal(err)
		}
		file, err := os.Stat(string(path))
		if err != nil || filepath.Base(string(path)) != want || file.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v", path, err)
		}
		dir, err := os.Stat(filepath.Dir(string(path)))
		if err != nil || dir.Mode().Perm() != 0o700 {
			t.Errorf("the directory of %s: %v", path, err)
		}
		data, err := os.ReadFile(string(path))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	if err := a.OpenAttachment(t.Context(), ids[0], 6, true); err != nil {
		t.Fatal(err)
	}
	if got := opened("run.bin"); string(got) != "\x7fELF\x00\x01" {
		t.Errorf("%q", got)
	}
	if err := a.OpenHTML(t.Context(), ids[1]); err != nil {
		t.Fatal(err)
	}
	if got := string(opened("message.html")); !strings.Contains(got, "<p>Hi") || strings.Contains(got, "script>") || strings.Contains(got, "t.example") {
		t.Errorf("%s", got)
	}
	if err := a.OpenHTML(t.Context(), ids[0]); err == nil {
		t.Error("a page of a text")
	}
	path, _ := os.ReadFile(seen)
	old := time.Now().Add(-2 * keepOpened)
	if err := os.Chtimes(filepath.Dir(string(path)), old, old); err != nil {
		t.Fatal(err)
	}
	a.sweep()
	if _, err := os.Stat(string(path)); err == nil {
		t.Error("what was opened days ago still lies there")
	}
}

func TestStructure(t *testing.T) {
	a, ids := holding(t, fileMail(t))
	parts, err := a.Structure(t.Context(), ids[0])
	if err != nil {
		t.Fatal(err)
	}
	var seen []string
	for _, p := range parts {
		seen = append(seen, p.Path+" "+p.Type.String()+" "+p.Name.String())
		_, err := a.ViewPart(t.Context(), ids[0], p.Path)
		if (err == nil) != p.Leaf {
			t.Errorf("part %s: leaf %v, %v", p.Path, p.Leaf, err)
		}
	}
	if s := strings.Join(seen, "|"); !strings.HasPrefix(s, "1 text/plain |2 text/plain; iso-8859-1 latin.txt|3 application/octet-stream n.csv|") {
		t.Errorf("%s", s)
	}
	latin, err := a.ViewPart(t.Context(), ids[0], "2")
	if all := joined(latin.Lines); err != nil || !strings.HasPrefix(all, "Content-Type: text/plain; ") || !strings.Contains(all, "base64\n\n    Grüße\n") {
		t.Errorf("%q, %v", all, err)
	}
	binary, err := a.ViewPart(t.Context(), ids[0], "7")
	if all := joined(binary.Lines); err != nil || !strings.Contains(all, "\n\n00000000  7f 45 4c 46 00 01") {
		t.Errorf("%q, %v", all, err)
	}
	if _, err := a.ViewPart(t.Context(), ids[0], "9.9"); !isUsage(err) {
		t.Errorf("a part that is not there: %v", err)
	}
}

func joined(lines []Text) string {
	var b strings.Builder
	for i, l := range lines {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(l.String())
	}
	return b.String()
}

// A document in RTF is shown by its words, whatever its type says.
func TestViewRTF(t *testing.T) {
	a, ids := holding(t, "From: bob@y.example\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhi\r\n"+
		"--b\r\nContent-Type: application/octet-stream; name=minutes.rtf\r\n\r\n{\\rtf1\\ansi{\\pict ffff}One\\par \\b two\\b0 .}\r\n--b--\r\n")
	v, err := a.ViewAttachment(t.Context(), ids[0], 1)
	if err != nil || len(v.Lines) != 2 || v.Lines[0].String() != "One" || v.Lines[1].String() != "two." {
		t.Errorf("%q, %v", v.Lines, err)
	}
}
