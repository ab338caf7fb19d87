package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	imap "github.com/emersion/go-imap/v2"

	"postea/imapclient"
	"postea/internal/demo"
	"postea/internal/dial"
	"postea/internal/failpoint"
	"postea/internal/reading"
)

// roadPoints are the steps of the way of a message, in their order; the test
// fails when the road passes others.
var roadPoints = []string{
	"own.writing-to-the-outbox",
	"own.beginning-to-send",
	"own.recording-the-hand-over-of",
	"own.recording-the-outcome-of",
	"own.storing-what-was-learned",
	"own.beginning-the-copy",
	"own.recording-the-copy-of",
}

// TestKilledAtEveryStep ends postea before and after every commit on the way of
// a message, and sees that the next run leaves it at the server exactly once,
// with one copy in Sent.
func TestKilledAtEveryStep(t *testing.T) {
	t.Parallel()
	sh := newShell(t, demo.Options{Empty: true})
	fileCopiesAtOnce(t, filepath.Join(sh.home, "config.toml"))
	log := filepath.Join(t.TempDir(), "points")
	f := &failRun{shell: sh, data: t.TempDir()}
	if out, err := f.send("all of it", failpoint.Log+"="+log).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	raw, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	passed := map[string]int{}
	var order []string
	for point := range strings.FieldsSeq(string(raw)) {
		if !strings.HasPrefix(point, "own.") {
			continue // the mirror can be rebuilt, and has tests of its own
		}
		passed[point]++
		order = append(order, fmt.Sprintf("%s:%d", point, passed[point]))
		name := point[:strings.LastIndexByte(point, '.')]
		if !slices.Contains(roadPoints, name) {
			t.Errorf("the road passes %s, which is not in the table", name)
		}
	}
	for _, name := range roadPoints {
		if passed[name+".commit"] == 0 || passed[name+".committed"] == 0 {
			t.Errorf("the road does not pass %s", name)
		}
	}
	for _, point := range order {
		t.Run(point, func(t *testing.T) {
			f := &failRun{shell: &shell{t: t, server: sh.server, home: sh.home}, data: t.TempDir()}
			f.killedAt(point)
		})
	}
}

// fileCopiesAtOnce does not wait for a provider that may file copies itself.
func fileCopiesAtOnce(t *testing.T, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const at = "  [account.smtp]"
	changed := strings.ReplaceAll(string(text), at, "  [account.sent]\n  copy = \"always\"\n"+at)
	if err := os.WriteFile(path, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
}

type failRun struct {
	*shell
	data string
}

func (f *failRun) command(stdin string, args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], append([]string{"--config", filepath.Join(f.home, "config.toml"), "--data", f.data}, args...)...)
	cmd.Stdin = strings.NewReader(stdin)
	cmd.Env = append(os.Environ(), asCommand+"=1")
	return cmd
}

func (f *failRun) send(subject string, env ...string) *exec.Cmd {
	cmd := f.command("Dear me,\n", "--account", "home", "send", "--to", f.server.Users[1].Address, "--subject", subject, "--wait")
	cmd.Env = append(cmd.Env, env...)
	return cmd
}

func (f *failRun) killedAt(point string) {
	f.t.Helper()
	var out bytes.Buffer
	cmd := f.send(point, failpoint.Variable+"="+point)
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	var ee *exec.ExitError
	if !errors.As(err, &ee) || ee.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		f.t.Fatalf("it was not killed: %v\n%s", err, out.String())
	}
	items := f.items()
	if len(items) == 0 {
		if point != "own.writing-to-the-outbox.commit:1" {
			f.t.Fatal("the message is lost")
		}
		if n := f.count(1, "INBOX", point); n != 0 {
			f.t.Fatalf("not in the outbox, and %d times at the server", n)
		}
		return
	}
	f.ok("outbox", "flush")
	if n := f.count(1, "INBOX", point); n > 1 {
		f.t.Fatalf("%d times at the server, and nobody asked for that", n)
	}
	if id, state := items[0].id, f.items()[0].state; state == "unsure" {
		do := "retry"
		if f.count(1, "INBOX", point) == 1 {
			do = "settle"
		}
		f.ok("outbox", do, id)
		f.ok("outbox", "flush")
		f.t.Logf("it was unsure: %s", do)
	}
	f.ok("sync")
	if s := f.items()[0].state; s != "accepted" && s != "done" {
		f.t.Errorf("in the end it is %s", s)
	}
	if n := f.count(1, "INBOX", point); n != 1 {
		f.t.Errorf("%d times at the server", n)
	}
	if n := f.count(0, "Sent", point); n != 1 {
		f.t.Errorf("%d copies in Sent", n)
	}
}

type failItem struct{ id, state, subject string }

// ok runs a command in a process of its own; flush may say that something waits.
func (f *failRun) ok(args ...string) {
	f.t.Helper()
	out, err := f.command("", args...).CombinedOutput()
	var ee *exec.ExitError
	if err != nil && (!errors.As(err, &ee) || ee.ExitCode() != exTempFail) {
		f.t.Fatalf("postea %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

func (f *failRun) items() (list []failItem) {
	f.t.Helper()
	in := &shell{t: f.t, server: f.server, home: f.home}
	for _, o := range in.objects("--data", f.data, "outbox", "list") {
		list = append(list, failItem{o["id"].(string), o["state"].(string), o["subject"].(string)})
	}
	return list
}

// count counts messages of a subject in a folder of one of the server's users.
func (f *failRun) count(user int, folder, subject string) int {
	f.t.Helper()
	ctx, cancel := context.WithTimeout(f.t.Context(), 20*time.Second)
	defer cancel()
	u, info := f.server.Users[user], f.server.Info()
	c, err := imapclient.Connect(ctx, imapclient.Options{
		Dial: dial.Config{Host: info.IMAP.Host, Port: info.IMAP.Port, TLS: dial.ModeImplicit, CAFile: info.CAFile},
		Auth: imapclient.Auth{Username: u.Username, Password: func(context.Context) (string, error) { return u.Password, nil }},
	})
	if err != nil {
		f.t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Select(ctx, folder, true); err != nil {
		f.t.Fatal(err)
	}
	n := 0
	err = c.FetchHeaders(ctx, imap.UIDSet{{Start: 1, Stop: 0}}, func(m imapclient.Message) error {
		if reading.ParseHeader(m.Header).Subject == subject {
			n++
		}
		return nil
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return n
}
