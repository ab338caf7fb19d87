package main

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"postea/internal/lab"
)

// show runs `postea show` on a file or, with "-", on in.
func show(t *testing.T, in string, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	e := &env{stdin: strings.NewReader(in), stdout: &out, stderr: &errs, now: time.Now}
	if code := run(t.Context(), e, append([]string{"postea", "show"}, args...)); code != 0 || errs.Len() > 0 {
		t.Errorf("show %v exits with %d: %s", args, code, errs.String())
	}
	return out.String()
}

func TestShowText(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"all there is to know", `From: "ada@example.org" <x@evil.example>
To: Tom <tom@example.org>
Reply-To: y@other.example
Subject: Tea
Date: Mon, 23 Nov 2026 09:14:00 +0100
List-Id: Tea <tea.evil.example>
List-Unsubscribe: <https://evil.example/u?id=1>
Content-Type: multipart/mixed; boundary=b

--b

-----BEGIN PGP SIGNED MESSAGE-----
hi
-----END PGP SIGNATURE-----
--b
Content-Type: application/pdf; name="a` + "\x1b" + `b.pdf"

x`, `From: "ada@example.org" <x@evil.example>
To: Tom <tom@example.org>
Date: Mon, 23 Nov 2026 09:14 +0100
Subject: Tea
Beware: the name contains another address, ada@example.org; it is from x@evil.example
Protection: signed with OpenPGP, not checked
List: Tea, can be left at evil.example

-----BEGIN PGP SIGNED MESSAGE-----
hi
-----END PGP SIGNATURE-----

attachment 1: a␛b.pdf (application/pdf, 1 bytes)

damaged: a multipart is not closed
`},
		{"no date but that of a server", "Received: from a by b; Mon, 23 Nov 2026 09:14:00 +0100\nFrom: a@example.org\n\nhi\n", "From: a@example.org\nReceived: Mon, 23 Nov 2026 09:14 +0100\n\nhi\n"},
		{"a bounce", "From: MAILER-DAEMON@mx.example\nTo: a@example.org\nSubject: Returned mail\n\nThe following addresses failed:\n\n<b@example.org>: 550 5.1.1 unknown\n", `From: MAILER-DAEMON@mx.example
To: a@example.org
Subject: Returned mail
Report: failed for b@example.org: no such mailbox (5.1.1)

The following addresses failed:

<b@example.org>: 550 5.1.1 unknown
`},
		{"an invitation", "From: g@example.org\nSubject: Tea\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nCome!\n--b\nContent-Type: text/calendar; method=CANCEL\n\nBEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Tea\nDTSTART;VALUE=DATE:20261201\nLOCATION:Garden\nORGANIZER:mailto:g@example.org\nEND:VEVENT\nEND:VCALENDAR\n--b--\n", `From: g@example.org
Subject: Tea
Event: Cancelled: Tea
When: Tue, 1 Dec 2026, all day
Where: Garden
Organizer: g@example.org

Come!

attachment 1: attachment.ics (text/calendar, 140 bytes)
`},
	}
	for _, tt := range tests {
		got := show(t, tt.in, "-", "--width", "80")
		if got != tt.want {
			t.Errorf("%s: got\n%s\nwant\n%s", tt.name, got, tt.want)
		}
	}
}

// TestShowCorpus shows every file of a collection, mails and what is none.
func TestShowCorpus(t *testing.T) {
	dir := lab.Corpus(t)
	count := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		count++
		for _, args := range [][]string{{"--text", "--width", "80"}, {"--headers"}, {"--json"}} {
			out := show(t, "", append([]string{path}, args...)...)
			if r, at := unsafe(out); at >= 0 {
				t.Errorf("%s %v: %U in %q", path, args, r, out[max(0, at-20):min(len(out), at+20)])
			}
			if args[0] == "--json" && !json.Valid([]byte(out)) {
				t.Errorf("%s: no JSON", path)
			}
		}
		return nil
	})
	if err != nil || count == 0 {
		t.Fatalf("%d files, %v", count, err)
	}
}

// unsafe finds what must not reach a terminal.
func unsafe(s string) (rune, int) {
	if !utf8.ValidString(s) {
		return utf8.RuneError, 0
	}
	for i, r := range s {
		switch {
		case r == '\n' || r == '\t':
		case unicode.IsControl(r), r == 0x200b, r == 0x200e, r == 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0xfeff, r >= 0xe0000 && r <= 0xe007f:
			return r, i
		}
	}
	return 0, -1
}
