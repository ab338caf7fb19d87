package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"postea/internal/mail"
)

// A name that is written from the right ends before the subject begins, on a terminal; what
// reads a pipe gets nothing more.
func TestListedFromTheRight(t *testing.T) {
	for _, c := range []struct {
		name  string
		width int
		marks int
	}{{"נועה לוי", 80, 1}, {"عمر", 80, 1}, {"Ada", 80, 0}, {"林梅", 80, 0}, {"נועה לוי", 0, 0}} {
		var out bytes.Buffer
		e := &env{stdout: &out, width: c.width, now: time.Now}
		if err := e.printListed(mail.Summary{From: []mail.Address{{Name: c.name, Address: "a@b.example"}}, Subject: "שלום 3"}); err != nil {
			t.Fatal(err)
		}
		if got := out.String(); strings.Count(got, leftMark) != c.marks || c.marks > 0 && !strings.HasSuffix(got, leftMark+"שלום 3\n") {
			t.Errorf("%+v: %q", c, got)
		}
	}
}
