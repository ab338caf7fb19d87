package mailfile

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestWithin(t *testing.T) {
	root := t.TempDir()
	file := func(name, text string) {
		t.Helper()
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	maildir := func(name string) {
		t.Helper()
		for _, sub := range []string{"cur", "new", "tmp"} {
			if err := os.MkdirAll(filepath.Join(root, name, sub), 0o700); err != nil {
				t.Fatal(err)
			}
		}
	}
	const mbox = "From a@b.example Sun Nov  1 10:00:00 2026\nSubject: x\n\nx\n"
	maildir("dovecot")
	maildir("dovecot/.Sent")
	maildir("dovecot/.Lists.Dev")
	file("dovecot/dovecot.index", "From the index")
	maildir("mbsync/INBOX")
	maildir("mbsync/Lists/dev")
	file("mbsync/.mbsyncstate", mbox)
	file("thunderbird/Inbox", mbox)
	file("thunderbird/Inbox.msf", "// <!-- <mdb:mork:z")
	file("thunderbird/Inbox.sbd/Work", mbox)
	file("apple/Old.mbox/mbox", mbox)
	file("apple/table_of_contents", "x")
	file("plain/archive.mbox", mbox)
	file("eml/a.eml", "Subject: a\n\na\n")
	file("eml/more/b.EML", "Subject: b\n\nb\n")
	file("mh/inbox/1", "Subject: one\n\n1\n")
	file("mh/inbox/12", "From a@b.example Sun Nov  1 10:00:00 2026\nSubject: twelve\n\n12\n")
	file("mh/inbox/work/7", "Subject: seven\n\n7\n")
	file("mh/numbers/1", "One of my notes")
	file("notes.txt", "Dear Ada")

	list, err := Within(root)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, b := range list {
		got = append(got, string(b.Format)+" "+strings.Join(b.Levels, "/"))
	}
	slices.Sort(got)
	want := []string{
		"eml eml", "maildir dovecot", "maildir dovecot/Lists/Dev", "maildir dovecot/Sent", "maildir mbsync/INBOX", "maildir mbsync/Lists/dev",
		"mbox apple/Old", "mbox plain/archive", "mbox thunderbird/Inbox", "mbox thunderbird/Inbox/Work",
		"mh mh/inbox", "mh mh/inbox/work",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if list, err = Within(filepath.Join(root, "dovecot")); err != nil || len(list) != 3 || len(list[0].Levels) != 0 || !slices.Equal(list[1].Levels, []string{"Lists", "Dev"}) {
		t.Errorf("of a Maildir itself: %v %v", list, err)
	}
}
