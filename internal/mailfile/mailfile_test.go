package mailfile

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func sample() []Message {
	at := time.Date(2026, 11, 3, 9, 41, 12, 0, time.UTC)
	text := func(s string) []byte { return []byte(strings.ReplaceAll(s, "\n", "\r\n")) }
	return []Message{
		{Raw: text("From: a@x.example\nSubject: one\n\nFrom here on\n>From there\n>>From deeper\n\nFrom bob Mon Nov  2 10:00:00 2026\nnot a message\n"), Flags: []string{`\Answered`, `\Seen`, "$Forwarded", "later"}, Date: at},
		{Raw: text("Subject: own\nStatus: RO\nX-Status: F\n\nbody\n"), Flags: []string{`\Draft`}, Date: at.Add(time.Hour)},
		{Raw: text("Subject: no body\n\n"), Date: at.Add(2 * time.Hour)},
		{Raw: text("Subject: many blank\n\n\n\nx\n\n\n"), Date: at.Add(3 * time.Hour), Flags: []string{`\Flagged`}},
		{Raw: text("X-Postea-Flags: \\Seen\nSubject: one that was exported as it was\n\nx\n"), Date: at.Add(4 * time.Hour)},
		{Raw: []byte("Subject: 8 bit \xff\xfe\r\n\r\nlone \r in it\r\n"), Date: at.Add(5 * time.Hour)},
	}
}

func readAll(t *testing.T, s Source, from int64) []Message {
	t.Helper()
	var out []Message
	for m, err := range s.Messages(t.Context(), from) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, m)
	}
	return out
}

func same(t *testing.T, what string, got, want []Message) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d messages, want %d", what, len(got), len(want))
	}
	for i, g := range got {
		w := want[i]
		flags := slices.Sorted(slices.Values(w.Flags))
		if !bytes.Equal(g.Raw, w.Raw) || !g.Date.Equal(w.Date) || len(g.Flags)+len(flags) > 0 && !reflect.DeepEqual(g.Flags, flags) {
			t.Errorf("%s: message %d is\n%q %v %v\nwant\n%q %v %v", what, i, g.Raw, g.Flags, g.Date, w.Raw, flags, w.Date)
		}
	}
}

// What is written and read again is the same, in every format and from every
// place at which reading was broken off.
func TestThereAndBack(t *testing.T) {
	for _, format := range []Format{Mbox, Maildir, EML} {
		path := filepath.Join(t.TempDir(), "out")
		w, err := Create(path, format)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range sample() {
			if err := w.Add(m); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		s, err := Open(path)
		if err != nil || s.Format != format {
			t.Fatalf("%s: %+v %v", format, s, err)
		}
		all := readAll(t, s, 0)
		same(t, string(format), all, sample())
		if last := all[len(all)-1].Next; last != s.Total {
			t.Errorf("%s: ends at %d of %d", format, last, s.Total)
		}
		for i, m := range all {
			same(t, fmt.Sprintf("%s from %d", format, i), readAll(t, s, m.Next), sample()[i+1:])
		}
		if _, err := Create(path, format); err == nil {
			t.Errorf("%s: written over", format)
		}
	}
}

func TestForeignMbox(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mbox")
	text := "From MAILER-DAEMON Fri Jul  8 12:08:34 2011\nSubject: pine\nStatus: RO\nX-Status: AF\n\nhello\n>From escaped\n\n" +
		"From - Tue Apr 29 10:03:00 2003\r\nX-Mozilla-Status: 1003\r\nX-Keywords: work, later\r\nSubject: thunderbird\r\n\r\nhi\r\n\r\n" +
		"From bob@example.org Thu, 1 Jan 2026 10:00:00 +0100\nSubject: last\n\nFrom that day on it was quiet.\nend without a line end"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	got := readAll(t, s, 0)
	if len(got) != 3 {
		t.Fatalf("%d messages", len(got))
	}
	for i, want := range [][]string{{`\Answered`, `\Flagged`, `\Seen`}, {"$Forwarded", `\Answered`, `\Seen`, "later", "work"}, nil} {
		if !slices.Equal(got[i].Flags, want) {
			t.Errorf("%d: flags %q, want %q", i, got[i].Flags, want)
		}
	}
	if !bytes.Contains(got[0].Raw, []byte("\r\nFrom escaped\r\n")) || !bytes.Contains(got[0].Raw, []byte("Status: RO\r\n")) {
		t.Errorf("%q", got[0].Raw)
	}
	if !bytes.HasSuffix(got[2].Raw, []byte("quiet.\r\nend without a line end\r\n")) || got[2].Date.IsZero() {
		t.Errorf("%q %v", got[2].Raw, got[2].Date)
	}
}

func TestThunderbird(t *testing.T) {
	path := filepath.Join(t.TempDir(), "Inbox")
	text := "From - Mon Jun  1 10:00:00 2020\nX-Mozilla-Status: 0001\nX-Mozilla-Status2: 00000000\nX-Mozilla-Keys: $label1 work                                       \nSubject: tagged\n\nhi\n\n" +
		"From - Mon Jun  1 10:00:00 2020\nX-Mozilla-Status: 0009\nX-Mozilla-Status2: 00000000\nSubject: moved away\n\nhi\n\n" +
		"From - Mon Jun  1 10:00:00 2020\nX-Mozilla-Status: 0000\nSubject: last\n\nhi\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for m, err := range s.Messages(t.Context(), 0) {
		var skipped *SkippedError
		if err != nil && !errors.As(err, &skipped) {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprint(m.Flags, err != nil))
	}
	if want := []string{`[$label1 \Seen work] false`, `[\Seen] true`, `[] false`}; !slices.Equal(got, want) {
		t.Errorf("flags and whether left out: %q, want %q", got, want)
	}
}

// Programs that write how long a message is quote nothing in it (mboxcl2).
func TestUnquotedFrom(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mbox")
	text := "From ada Fri Jul  8 12:08:34 2011\nSubject: one\n\nHello,\n\nFrom January 2025 on we meet at nine, until the end of 2026.\n\nFrom Bob\n\nFrom\n\n" +
		"From ada@x.example 2011-07-09\nSubject: two\n\nhi\n\nFrom \nSubject: three\n\nhi\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	got := readAll(t, s, 0)
	if len(got) != 3 || !bytes.HasSuffix(got[0].Raw, []byte("2026.\r\n\r\nFrom Bob\r\n\r\nFrom\r\n")) || !bytes.HasPrefix(got[2].Raw, []byte("Subject: three\r\n")) {
		t.Errorf("%d messages: %+v", len(got), got)
	}
}

func TestForeignMaildir(t *testing.T) {
	dir := t.TempDir()
	for _, sub := range []string{"cur", "new", "tmp"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("cur/1600000000.a:2,FSa", "Subject: a\n\nx\n")
	write("new/1500000000.b", "Subject: b\n\ny\n")
	write("dovecot-keywords", "0 $Label1\n1 other\n")
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	got := readAll(t, s, 0)
	if len(got) != 2 || len(got[0].Flags) > 0 || !slices.Equal(got[1].Flags, []string{"$Label1", `\Flagged`, `\Seen`}) {
		t.Errorf("%+v", got)
	}
}

func TestNotMail(t *testing.T) {
	dir := t.TempDir()
	if _, err := Open(dir); err == nil {
		t.Error("an empty directory is mail")
	}
	if _, err := Open(filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
	empty := filepath.Join(dir, "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Open(empty)
	if err != nil || len(readAll(t, s, 0)) != 0 {
		t.Errorf("%+v %v", s, err)
	}
	for text, ok := range map[string]bool{
		"Subject: x\n\ny\n": true, "X-Spam_Flag : no\n": true, "Return-Path:\n": true, "From a Mon Nov  2 10:00:00 2026\n\n": true,
		"// <!-- <mdb:mork:z v=\"1.4\"/> -->\n<(85=From:)>": false, "version=\"9\"\nname=\"a: b\"\n": false, `{"key": 1}`: false, "Dear Ada, see: this\n": false,
		"text": false, "\n\n": false, "\x00\x01:": false, "\xff: x\n": false, ": x\n": false,
	} {
		path := filepath.Join(t.TempDir(), "file")
		for _, name := range []string{path, path + ".EML"} {
			if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		_, err := Open(path)
		if _, none := errors.AsType[*NoMailError](err); none == ok {
			t.Errorf("%q: %v", text, err)
		}
		if _, err := Open(path + ".EML"); err != nil {
			t.Errorf("%q, named as a message: %v", text, err)
		}
	}
}

// Whatever an mbox holds: its messages, written and read again, are the same.
func FuzzMbox(f *testing.F) {
	f.Add([]byte("From a Mon Nov  2 10:00:00 2026\nSubject: x\n\n>From y\n\nFrom b Mon Nov  2 10:00:01 2026\n\n"))
	f.Add([]byte("From \nX-Postea-Flags: a b\n\n\n\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		dir := t.TempDir()
		first := filepath.Join(dir, "first")
		if err := os.WriteFile(first, data, 0o600); err != nil {
			t.Fatal(err)
		}
		var got []Message
		for m, err := range readMbox(t.Context(), first, 0) {
			if err != nil {
				return
			}
			m.Date = time.Unix(1e9, 0).UTC()
			got = append(got, m)
		}
		w, err := Create(filepath.Join(dir, "second"), Mbox)
		if err != nil {
			t.Fatal(err)
		}
		for i, m := range got {
			if n := len(m.Raw); n == 0 || m.Raw[n-1] != '\n' { // a message of nothing has no last line
				got[i].Raw = append(slices.Clone(m.Raw), "\r\n"...)
				if n > 0 {
					return
				}
			}
			if err := w.Add(got[i]); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		var again []Message
		for m, err := range readMbox(t.Context(), filepath.Join(dir, "second"), 0) {
			if err != nil {
				t.Fatal(err)
			}
			again = append(again, m)
		}
		if len(got) > 0 {
			same(t, "again", again, got)
		}
	})
}

// Google Takeout says in X-Gmail-Labels what is read and starred.
func TestGmailTakeout(t *testing.T) {
	path := filepath.Join(t.TempDir(), "All mail.mbox")
	labels := []string{"Inbox,Unread,Work", "Archived,Opened,Starred,\r\n \"Trip, plan\"", "Sent", "=?UTF-8?Q?Posteingang,Ge=C3=B6ffnet,?=\r\n =?UTF-8?Q?Markiert?=", "Posteingang,Ungelesen"}
	want := []string{"", `\Flagged \Seen`, `\Seen`, `\Flagged \Seen`, ""}
	var b strings.Builder
	for _, l := range labels {
		b.WriteString("From 1848@xxx Sun Nov 01 10:00:00 +0000 2026\r\nX-GM-THRID: 1848\r\nX-Gmail-Labels: " + l + "\r\nSubject: x\r\n\r\nhi\r\n\r\n")
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	src, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	i := 0
	for m, err := range src.Messages(t.Context(), 0) {
		if err != nil || i >= len(want) {
			t.Fatal(i, err)
		}
		if got := strings.Join(m.Flags, " "); got != want[i] {
			t.Errorf("%q has flags %s, not %s", labels[i], got, want[i])
		}
		i++
	}
	if i != len(want) {
		t.Errorf("%d messages", i)
	}
}
