package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// The helper is a process of its own that reads one file.
func TestHelper(t *testing.T) {
	file, err := os.ReadFile("../../internal/reading/preview/testdata/invoice.pdf")
	if err != nil {
		t.Fatal(err)
	}
	run := func(what string, in []byte) (string, error) {
		cmd := exec.Command(os.Args[0], helperVerb, what)
		cmd.Env = append(os.Environ(), asCommand+"=1")
		cmd.Stdin = bytes.NewReader(in)
		out, err := cmd.Output()
		return string(out), err
	}
	if out, err := run("pdf", file); err != nil || !strings.HasPrefix(out, "Invoice 1843-117") {
		t.Errorf("%q, %v", out, err)
	}
	if out, err := run("pdf", []byte("%PDF-1.4 and nothing")); err == nil || out != "" {
		t.Errorf("of a broken file: %q, %v", out, err)
	}
	if _, err := run("everything", nil); err == nil {
		t.Error("it helps with anything")
	}
}

// What is asked for wrongly is refused in words that say what is wanted.
func TestRefusals(t *testing.T) {
	sh := &shell{t: t, home: t.TempDir()}
	for _, tt := range []struct {
		args []string
		says string
	}{
		{[]string{"help", "nope"}, `there is no help about "nope"`},
		{[]string{"help", "folder", "nope"}, `there is no help about "folder nope"`},
		{[]string{"list", "--limit", "many"}, `--limit wants a whole number, not "many"`},
		{[]string{"search", "--limit", "9x", "word"}, `--limit wants a whole number, not "9x"`},
		{[]string{"send", "--hold", "soon"}, `--hold wants a time such as 10s or 5m, not "soon"`},
		{[]string{"show", "--text", "--raw", "-"}, "--raw and --text exclude each other"},
		{[]string{"show", "--width", "-5", "-"}, "--width says how many cells there are"},
	} {
		if r := sh.run("", tt.args...); r.code != exUsage || !strings.Contains(r.err, tt.says) || strings.Contains(r.err, "strconv") {
			t.Errorf("%q exits with %d and says %s", tt.args, r.code, r.err)
		}
	}
	for _, args := range [][]string{{"help"}, {"help", "folder", "make"}} {
		if r := sh.run("", args...); r.code != exOK || !strings.Contains(r.out, "Usage") {
			t.Errorf("%q exits with %d: %s%s", args, r.code, r.out, r.err)
		}
	}
}

// A server that nobody can find is not left running.
func TestServeWithoutOutput(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	e := &env{stdin: strings.NewReader(""), stdout: &brim{}, stderr: io.Discard, now: time.Now}
	if code := run(ctx, e, []string{"postea", "demo", "--serve"}); code != exCantCreate || ctx.Err() != nil {
		t.Errorf("exits with %d, %v", code, ctx.Err())
	}
}
