package main

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"postea/internal/demo"
)

// brim is a disk that is full.
type brim struct{ tried int }

func (b *brim) Write([]byte) (int, error) {
	b.tried++
	return 0, syscall.ENOSPC
}

func TestOutputLost(t *testing.T) {
	t.Parallel()
	sh := newShell(t, demo.Options{})
	sh.ok("sync")
	for _, test := range []struct {
		args  []string
		stdin string
		code  int
		says  string
	}{
		{[]string{"list"}, "", exCantCreate, "output could not be written"},
		{[]string{"list", "--json"}, "", exCantCreate, "output could not be written"},
		{[]string{"search", "is:read OR is:unread"}, "", exCantCreate, "output could not be written"},
		{[]string{"show", "-"}, "Subject: x\n\nbody\n", exCantCreate, "output could not be written"},
		{[]string{"show", "--raw", "-"}, "Subject: x\n\nbody\n", exCantCreate, "output could not be written"},
		{[]string{"keys"}, "", exCantCreate, "output could not be written"},
		{[]string{"version"}, "", exCantCreate, "output could not be written"},
		{[]string{"--version"}, "", exCantCreate, "output could not be written"},
		{[]string{"--help"}, "", exCantCreate, "output could not be written"},
		{[]string{"list", "--nonsense"}, "", exUsage, "unknown flag"},
		{[]string{"send", "--to", "ada@postea.example", "--subject", "once"}, "text\n", exOK, "is in the outbox"},
		{[]string{"send", "--json", "--to", "ada@postea.example", "--subject", "once"}, "text\n", exOK, "is in the outbox"},
	} {
		var errs bytes.Buffer
		disk := &brim{}
		e := &env{stdin: strings.NewReader(test.stdin), stdout: disk, stderr: &errs, now: time.Now}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		code := run(ctx, e, append([]string{"postea", "--config", filepath.Join(sh.home, "config.toml"), "--data", filepath.Join(sh.home, "data")}, test.args...))
		cancel()
		if code != test.code || !strings.Contains(errs.String(), test.says) || strings.Count(errs.String(), "\n") != 1 {
			t.Errorf("postea %s to a full disk exits with %d, says %q; want %d, one line with %q", strings.Join(test.args, " "), code, &errs, test.code, test.says)
		}
		if test.code != exUsage && disk.tried == 0 {
			t.Errorf("postea %s printed nothing", strings.Join(test.args, " "))
		}
	}
	if got := strings.Count(sh.ok("outbox"), "once"); got != 2 {
		t.Errorf("the outbox has %d messages, want the 2 that were sent", got)
	}
}

// Who ends a command whose message is in the outbox is told so, and by the exit code, as
// otherwise it is sent once more.
func TestEndedAfterQueueing(t *testing.T) {
	t.Parallel()
	sh := newShell(t, demo.Options{})
	sh.ok("sync")
	for i, test := range []struct {
		args []string
		code int
	}{
		{[]string{"send"}, exOK},
		{[]string{"send", "--at", "tomorrow 9:00"}, exOK},
		{[]string{"send", "--wait"}, exTempFail},
	} {
		ctx, end := context.WithTimeout(t.Context(), time.Minute)
		step := func(point string) {
			if point == "own.writing-to-the-outbox.committed" {
				end()
			}
		}
		var out, errs bytes.Buffer
		e := &env{stdin: strings.NewReader("text\n"), stdout: &out, stderr: &errs, now: time.Now, step: step}
		code := run(ctx, e, slices.Concat([]string{"postea", "--config", filepath.Join(sh.home, "config.toml"), "--data", filepath.Join(sh.home, "data")},
			test.args, []string{"--to", "ada@postea.example"}))
		if want := fmt.Sprintf("o%d\n", i+1); code != test.code || out.String() != want {
			t.Errorf("%v exits with %d, prints %q, says %q; want %d and %q", test.args, code, &out, &errs, test.code, want)
		}
		end()
	}
}
