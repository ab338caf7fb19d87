package main

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"
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
