package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"postea/internal/mail"
)

// On a narrow terminal the subject is seen too.
func TestListedNarrow(t *testing.T) {
	now := time.Date(2026, 12, 1, 12, 0, 0, 0, time.Local)
	for date, want := range map[time.Time]string{
		now.Add(-time.Hour): "     7 •  11:00  Charles…  Re: The anti…\n", now.AddDate(0, 0, -6): "     7 • 25 Nov  Charles…  Re: The anti…\n", now.AddDate(-2, 0, 0): "     7 •   2024  Charles…  Re: The anti…\n",
	} {
		var out bytes.Buffer
		e := &env{stdout: &out, width: 40, now: func() time.Time { return now }}
		if err := e.printListed(mail.Summary{ID: 7, Date: date, From: []mail.Address{{Name: "Charles Babbage"}}, Subject: "Re: The anticipating carriage"}); err != nil || out.String() != want {
			t.Errorf("%q, %v, want %q", out.String(), err, want)
		}
	}
}

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
		if got := out.String(); strings.Count(got, "\u200e") != c.marks || c.marks > 0 && !strings.HasSuffix(got, "\u200eשלום 3\n") {
			t.Errorf("%+v: %q", c, got)
		}
	}
}
