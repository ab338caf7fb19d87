package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"postea/internal/demo"
	"postea/internal/lab"
)

// drop makes a program that runs postea as sendmail would be run.
func (f *failRun) drop() string {
	f.t.Helper()
	self, err := filepath.Abs(os.Args[0])
	if err != nil {
		f.t.Fatal(err)
	}
	path := filepath.Join(f.t.TempDir(), "postea-sendmail")
	script := fmt.Sprintf("#!/bin/sh\nexec env %s=1 POSTEA_CONFIG='%s' POSTEA_DATA='%s' '%s' sendmail \"$@\"\n", asCommand, filepath.Join(f.home, "config.toml"), f.data, self)
	if err := os.WriteFile(path, []byte(script), 0o755); err != nil {
		f.t.Fatal(err)
	}
	return path
}

// git send-email sends a series of patches through postea: all of it arrives,
// threaded as git made it, with the bytes of the patch.
func TestGitSendEmail(t *testing.T) {
	t.Parallel()
	git, err := exec.LookPath("git")
	patch := filepath.Join(t.TempDir(), "0001.patch")
	if err := os.WriteFile(patch, []byte("From: a@b.example\nSubject: x\n\ny\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	works := err == nil && exec.Command(git, "send-email", "--dry-run", "--quiet", "--confirm=never", "--from=a@b.example", "--to=a@b.example", "--smtp-server=/bin/true", patch).Run() == nil
	lab.Require(t, "git-send-email", works, "install the packages git-email and libmailtools-perl")
	f := &failRun{shell: newShell(t, demo.Options{Empty: true}), data: t.TempDir()}
	repo, home := t.TempDir(), t.TempDir()
	run := func(args ...string) string {
		t.Helper()
		cmd := exec.Command(git, args...)
		cmd.Dir = repo
		cmd.Env = append(os.Environ(), "HOME="+home, "XDG_CONFIG_HOME="+home, "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=Grace Höpper", "GIT_AUTHOR_EMAIL=grace@example.org",
			"GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@postea.example")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
		return string(out)
	}
	run("init", "-q", "-b", "main")
	for i, text := range []string{"one\n", "one\n.\ntwo äöü\n", "From one\n.\ntwo äöü\nthree \n"} {
		if err := os.WriteFile(filepath.Join(repo, "file"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		run("add", "file")
		run("commit", "-q", "-m", fmt.Sprintf("Step %d: schön", i))
	}
	run("format-patch", "-q", "--cover-letter", "--subject-prefix=PATCH v2", "-2", "-o", "out")
	cover := filepath.Join(repo, "out", "v2-0000-cover-letter.patch")
	if _, err := os.Stat(cover); err != nil {
		cover = filepath.Join(repo, "out", "0000-cover-letter.patch")
	}
	text, err := os.ReadFile(cover)
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.ReplaceAll(bytes.ReplaceAll(text, []byte("*** SUBJECT HERE ***"), []byte("Two steps")), []byte("*** BLURB HERE ***"), []byte("Please look.\n.\nThat is all."))
	if err := os.WriteFile(cover, text, 0o600); err != nil {
		t.Fatal(err)
	}
	out := run("send-email", "--quiet", "--confirm=never", "--from=Ada <ada@postea.example>", "--to=echo@postea.example", "--cc=ada@analytical.example", "--suppress-cc=all",
		"--envelope-sender=ada@postea.example", "--smtp-server="+f.drop(), "out")

	got := f.server.Accepted()
	if len(got) != 3 {
		t.Fatalf("%d messages, and git says\n%s", len(got), out)
	}
	var first string
	for i, m := range got {
		var to []string
		for _, r := range m.To {
			to = append(to, r.Address)
		}
		slices.Sort(to)
		raw := string(m.Raw)
		head, body, _ := strings.Cut(raw, "\r\n\r\n")
		if m.From != "ada@postea.example" || strings.Join(to, " ") != "ada@analytical.example echo@postea.example" {
			t.Errorf("message %d goes from %s to %v", i, m.From, to)
		}
		id := headerOf(head, "Message-ID")
		if i == 0 {
			first = id
			if !strings.Contains(body, "Please look.\r\n.\r\nThat is all.") {
				t.Errorf("the cover letter is\n%s", raw)
			}
			continue
		}
		if headerOf(head, "In-Reply-To") != first || id == first || id == "" {
			t.Errorf("message %d is no answer to the first:\n%s", i, head)
		}
		if !strings.Contains(body, "From: Grace H") || !strings.Contains(body, "diff --git a/file b/file") {
			t.Errorf("message %d is\n%s", i, raw)
		}
	}
	if last := string(got[2].Raw); !strings.Contains(last, "\r\n+three \r\n") && !strings.Contains(last, "+three=20") {
		t.Errorf("the last patch is\n%s", last)
	}
}

func headerOf(head, name string) string {
	for line := range strings.SplitSeq(head, "\r\n") {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.EqualFold(key, name) {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// sendmail as cron, mail(1), at and scripts call it, as a process of its own.
func TestSendmailCallers(t *testing.T) {
	t.Parallel()
	f := &failRun{shell: newShell(t, demo.Options{Empty: true}), data: t.TempDir()}
	program := f.drop()
	const message = "Subject: x\n\ny\n"
	for _, tt := range []struct {
		name, message string
		args          []string
		code          int
		says          string // on standard error
		to            string
		has, hasNot   string
	}{
		{"cron", "From: root (Cron Daemon)\nTo: root\nSubject: Cron <root@host> job\nContent-Type: text/plain; charset=UTF-8\n\nout\n", []string{"-FCronDaemon", "-i", "-odi", "-oem", "-oi", "-t", "-f", "root"}, 0, "", "ada@postea.example", "Subject: Cron <root@host> job", ""},
		{"cronie", "From: \"(Cron Daemon)\" <root>\nTo: echo@postea.example\nSubject: x\n\ny\n", []string{"-FCronDaemon", "-i", "-B8BITMIME", "-oem", "-t"}, 0, "", "echo@postea.example", "\r\n\r\ny", ""},
		{"mail", "To: <echo@postea.example>\nSubject: x\nUser-Agent: mail v14\n\ny\n.\nz\n", []string{"-oi", "-t"}, 0, "", "echo@postea.example", "y\r\n.\r\nz", ""},
		{"mailx with arguments", "Subject: x\nTo: echo@postea.example\n\ny\n", []string{"-i", "--", "echo@postea.example", "ada@analytical.example"}, 0, "", "echo@postea.example ada@analytical.example", "", ""},
		{"a dot without -i", "Subject: x\n\nfirst\n.\nsecond\n", []string{"echo@postea.example"}, 0, "", "echo@postea.example", "first", "second"},
		{"a line as of an mbox", "From root Sat Nov 28 07:30:05 2026\nTo: echo@postea.example\nSubject: x\n\nFrom here on\n", []string{"-t", "-i"}, 0, "", "echo@postea.example", "From here on", "From root"},
		{"CR LF", "To: echo@postea.example\r\nSubject: x\r\n\r\na\r\nb\r\n", []string{"-ti"}, 0, "", "echo@postea.example", "a\r\nb\r\n", "\r\r"},
		{"no header", "only text\n", []string{"-i", "echo@postea.example"}, 0, "", "echo@postea.example", "MIME-Version: 1.0\r\n\r\nonly text\r\n", ""},
		{"no header, and none named", "only text\n", []string{"-t"}, exData, "recipients", "", "", ""},
		{"values that say nothing here", message, []string{"-Nnever", "-R", "hdrs", "-Venvelope", "-ODeliveryMode=b", "-O", "ErrorMode=m", "-X/dev/null", "-L", "tag", "-B8BITMIME", "echo@postea.example"}, 0, "", "echo@postea.example", "", ""},
		{"no recipients", message, []string{"-i"}, exData, "recipients", "", "", ""},
		{"no text at all", "", []string{"-t"}, exNoInput, "no message", "", "", ""},
		{"SMTP on standard input", "EHLO x\n", []string{"-bs"}, exUsage, "no SMTP on standard input", "", "", ""},
		{"a daemon", "", []string{"-bd", "-q30m"}, exUsage, "postea sync --watch", "", "", ""},
		{"mailq", "", []string{"-bp"}, exUsage, "postea outbox list", "", "", ""},
		{"newaliases", "", []string{"-bi"}, exUsage, "aliases", "", "", ""},
		{"the queue", "", []string{"-q"}, exUsage, "postea outbox flush", "", "", ""},
		{"an unknown flag", message, []string{"-Z", "echo@postea.example"}, exUsage, "-Z", "", "", ""},
		{"refused, after it was queued", message, []string{"-i", "refused@postea.example"}, 0, "refused@postea.example", "", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := len(f.server.Accepted())
			cmd := exec.Command(program, tt.args...)
			cmd.Stdin = strings.NewReader(tt.message)
			var out, errs bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &errs
			_ = cmd.Run()
			if code := cmd.ProcessState.ExitCode(); code != tt.code || out.Len() > 0 || !strings.Contains(errs.String(), tt.says) {
				t.Fatalf("exits with %d, want %d; says %q and %q", code, tt.code, out.String(), errs.String())
			}
			got := f.server.Accepted()[before:]
			if tt.to == "" {
				if len(got) > 0 {
					t.Errorf("sent: %q", got[0].Raw)
				}
				return
			}
			if len(got) != 1 {
				t.Fatalf("%d messages", len(got))
			}
			var to []string
			for _, r := range got[0].To {
				to = append(to, r.Address)
			}
			raw := string(got[0].Raw)
			if strings.Join(to, " ") != tt.to || got[0].From != "ada@postea.example" || !strings.Contains(raw, tt.has) || tt.hasNot != "" && strings.Contains(raw, tt.hasNot) {
				t.Errorf("from %s to %v:\n%q", got[0].From, to, raw)
			}
		})
	}
}

// A loop of postea send, a process each, as a script would: 30 times, or as
// often as POSTEA_TEST_SENDS says. Each is at the server once, with its own text.
func TestSendLoop(t *testing.T) {
	t.Parallel()
	n := 30
	if s := os.Getenv("POSTEA_TEST_SENDS"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	f := &failRun{shell: newShell(t, demo.Options{Empty: true}), data: t.TempDir()}
	began := time.Now()
	for i := range n {
		cmd := f.command(fmt.Sprintf("Text %d\n", i), "--account", "home", "send", "--to", f.server.Users[1].Address, "--subject", fmt.Sprintf("Number %d", i))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("number %d: %v\n%s", i, err, out)
		}
	}
	took := time.Since(began)
	f.awaitQuiet()
	seen := map[string]int{}
	for _, m := range f.server.Accepted() {
		head, body, _ := strings.Cut(string(m.Raw), "\r\n\r\n")
		subject := headerOf(head, "Subject")
		seen[subject]++
		if want := "Text " + strings.TrimPrefix(subject, "Number "); strings.TrimSpace(body) != want {
			t.Errorf("%s has the text %q", subject, body)
		}
	}
	for i := range n {
		if subject := fmt.Sprintf("Number %d", i); seen[subject] != 1 {
			t.Errorf("%s is %d times at the server", subject, seen[subject])
		}
	}
	t.Logf("%d messages, a process each, in %.1f s: %.0f ms each", n, took.Seconds(), took.Seconds()*1000/float64(n))
}

// What ends a message without -i is the dot: some callers wait then for sendmail to end,
// with the pipe still open.
func TestTheDotEndsAMessage(t *testing.T) {
	in, out := io.Pipe()
	defer out.Close()
	go out.Write([]byte("Subject: x\r\n\r\ny\r\n..\r\n.\r\n"))
	if raw, err := readDotted(in, false); err != nil || string(raw) != "Subject: x\r\n\r\ny\r\n..\r\n" {
		t.Errorf("%q, %v", raw, err)
	}
}
