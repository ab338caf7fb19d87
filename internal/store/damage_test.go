package store

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"postea/internal/event"
	"postea/internal/mail"
	"postea/internal/owner"
)

// queueOne puts a message into the outbox.
func queueOne(t *testing.T, s *Store, mid string) mail.OutboxID {
	t.Helper()
	id, err := s.Queue(t.Context(), QueueItem{Wire: []byte("x"), Outgoing: mail.Outgoing{Account: "a", MessageID: mid, From: "ada@a.test",
		Recipients: []mail.Recipient{{Address: "bob@b.test"}}}})
	must(t, err)
	return id
}

func copyTo(t *testing.T, to, from string) {
	t.Helper()
	b, err := os.ReadFile(from)
	must(t, err)
	must(t, os.WriteFile(to, b, 0o600))
}

// A back-up is put in place after postea was killed: the log that was left is of the file
// that was there before.
func TestALogOfAnotherFileIsPutAside(t *testing.T) {
	s, err := Open(t.Context(), t.TempDir(), Options{})
	must(t, err)
	defer s.Close()
	kept := queueOne(t, s, "kept@a.test")
	dir := t.TempDir()
	must(t, s.BackupOwn(t.Context(), filepath.Join(dir, "own.db")))
	for range 20 {
		queueOne(t, s, "later@a.test")
	}
	copyTo(t, filepath.Join(dir, "own.db-wal"), filepath.Join(s.Dir(), "own.db-wal"))

	c, err := Open(t.Context(), dir, Options{})
	must(t, err)
	defer c.Close()
	if o, err := c.OutboxItem(t.Context(), kept); err != nil || o.MessageID != "kept@a.test" {
		t.Errorf("what was in the copy: %v, %v", o.MessageID, err)
	}
	if list, err := c.Outbox(t.Context()); err != nil || len(list) != 1 {
		t.Errorf("the outbox has %d messages, %v", len(list), err)
	}
	if n := c.Notices(); len(n) != 1 || !strings.Contains(n[0], "own.db.before-") {
		t.Errorf("notices %q", n)
	}
	if logs, _ := filepath.Glob(filepath.Join(dir, "own.db.before-*-wal")); len(logs) != 1 {
		t.Errorf("kept logs %v", logs)
	}
}

// Who has the files open would write on into what is put aside, and send what another
// sends from the new one.
func TestWhatOthersHaveOpenIsNotPutAside(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "own.db")
	must(t, os.WriteFile(path, []byte(strings.Repeat("not a database ", 500)), 0o600))
	other, err := owner.Acquire(dir)
	must(t, err)
	s := &Store{dir: dir}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.mend(ctx, errCheck); !errors.Is(err, errCheck) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
	must(t, other.Release())
}

// A mirror that is built anew counts its messages from 1 on, and the number of what a draft
// redirects would be that of another message.
func TestDraftsAreOfNoMessageOfAnotherMirror(t *testing.T) {
	dir := t.TempDir()
	about := mail.Draft{Account: "a", InReplyTo: "m@a.test", ReplyTo: 1, Redirects: 2, Continues: 3}
	var id mail.DraftID
	for _, step := range []struct {
		anew bool
		want [4]mail.ID
	}{
		{false, [4]mail.ID{1, 0, 2, 3}},
		{true, [4]mail.ID{gone, 0, gone, gone}},
	} {
		s, err := Open(t.Context(), dir, Options{})
		must(t, err)
		if id == 0 {
			id, err = s.SaveDraft(t.Context(), about)
			must(t, err)
		}
		must(t, s.Close())
		if step.anew {
			must(t, os.Remove(filepath.Join(dir, "mail.db")))
		}
		s, err = Open(t.Context(), dir, Options{})
		must(t, err)
		d, err := s.Draft(t.Context(), id)
		must(t, err)
		if got := [4]mail.ID{d.ReplyTo, d.Forwards, d.Redirects, d.Continues}; got != step.want || d.InReplyTo != about.InReplyTo {
			t.Errorf("anew %v: it is about %v, want %v", step.anew, got, step.want)
		}
		must(t, s.Close())
	}
}

// Of an own.db of which the end is missing, what can be read goes on being there.
func TestWhatCanBeReadOfADamagedOwnIsKept(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "own.db")
	s, err := Open(t.Context(), dir, Options{})
	must(t, err)
	draft, err := s.SaveDraft(t.Context(), mail.Draft{Account: "a", Subject: "kept"})
	must(t, err)
	first := queueOne(t, s, "first@a.test")
	noise := make([]byte, 50_000) // which cannot be packed
	_, _ = rand.Read(noise)
	_, err = s.Queue(t.Context(), QueueItem{Wire: noise, Outgoing: mail.Outgoing{Account: "a", MessageID: "last@a.test",
		Recipients: []mail.Recipient{{Address: "bob@b.test"}}}})
	must(t, err)
	must(t, s.Close())
	info, err := os.Stat(path)
	must(t, err)
	must(t, os.Truncate(path, info.Size()-10_000))

	s, err = Open(t.Context(), dir, Options{})
	must(t, err)
	defer s.Close()
	if n := s.Notices(); len(n) != 1 || !strings.Contains(n[0], "what could be read") {
		t.Errorf("notices %q", n)
	}
	if d, err := s.Draft(t.Context(), draft); err != nil || d.Subject != "kept" {
		t.Errorf("the draft: %q, %v", d.Subject, err)
	}
	if o, err := s.OutboxItem(t.Context(), first); err != nil || o.State != mail.ItemQueued {
		t.Errorf("what waited: %v, %v", o.State, err)
	}
	if c, err := s.OutboxContent(t.Context(), first); err != nil || string(c.Wire) != "x" {
		t.Errorf("what waited says %q, %v", c.Wire, err)
	}
	// What is new has no number that was taken.
	if id := queueOne(t, s, "new@a.test"); id != mail.NewOutboxID(3) {
		t.Errorf("a new one is %s", id)
	}
}

// page is one of a file of SQLite.
type page struct {
	path     string
	at, size int64
}

// pageOf is where a table or an index begins.
func pageOf(t *testing.T, db *database, name string) page {
	t.Helper()
	p := page{path: db.path}
	must(t, db.read.QueryRowContext(t.Context(), `SELECT rootpage - 1, (SELECT page_size FROM pragma_page_size) FROM sqlite_schema WHERE name = ?`, name).Scan(&p.at, &p.size))
	return p
}

func (p page) wipe(t *testing.T) {
	t.Helper()
	f, err := os.OpenFile(p.path, os.O_WRONLY, 0)
	must(t, err)
	_, err = f.WriteAt(make([]byte, p.size), p.at*p.size)
	must(t, errors.Join(err, f.Close()))
}

// Where something of the outbox is missing, what waits may have been sent; and who only
// looks at what is due, as does the background, tells of the damage.
func TestWhatWaitsInAnOutboxWithAHoleIsUnsure(t *testing.T) {
	for table, want := range map[string]mail.ItemState{"attempt": mail.ItemUnsure, "mark_due": mail.ItemQueued} {
		dir, bus := t.TempDir(), &event.Bus{}
		sub := bus.Subscribe()
		s, err := Open(t.Context(), dir, Options{Bus: bus})
		must(t, err)
		id := queueOne(t, s, "waits@a.test")
		hole := pageOf(t, s.own, table)
		must(t, s.Close())
		hole.wipe(t)

		s, err = Open(t.Context(), dir, Options{Bus: bus})
		must(t, err)
		if _, err = s.DueMarks(t.Context()); err == nil {
			_, err = s.BeginAttempt(t.Context(), id, "localhost", time.Time{})
		}
		var told *DamagedError
		if !errors.As(err, &told) {
			t.Fatalf("%s: %v", table, err)
		}
		must(t, s.Close())
		news, err := sub.Next(t.Context())
		must(t, err)
		if !slices.ContainsFunc(news, func(e event.Event) bool { n, ok := e.(event.Notice); return ok && n.Error && n.Text == told.Text }) {
			t.Errorf("%s: told %v", table, news)
		}

		s, err = Open(t.Context(), dir, Options{})
		must(t, err)
		if o, err := s.OutboxItem(t.Context(), id); err != nil || o.State != want {
			t.Errorf("without %s it is %v, %v", table, o.State, err)
		}
		must(t, s.Close())
	}
}

// A page that is damaged in the middle is found by who needs it, and mended by who opens
// the files next while nobody else has them open.
func TestDamageThatIsFoundLaterIsMendedAtTheNextStart(t *testing.T) {
	dir := t.TempDir()
	reopen := func() *Store {
		s, err := Open(t.Context(), dir, Options{})
		must(t, err)
		return s
	}
	s := reopen()
	inbox, _, _ := folders(t, s, "a")
	ids := add(t, s, inbox, header(1, "m"), header(2, "n"))
	page := pageOf(t, s.mail, "msg_thread")
	must(t, s.Close())
	page.wipe(t)

	s = reopen()
	var told *DamagedError
	if _, err := s.AddHeaders(t.Context(), inbox, []Header{header(3, "o")}); !errors.As(err, &told) {
		t.Fatalf("adding a message: %v", err)
	}
	other, err := owner.Acquire(dir)
	must(t, err)
	second := reopen()
	if n := second.Notices(); len(n) != 0 {
		t.Errorf("while another has it open: %q", n)
	}
	must(t, errors.Join(second.Close(), s.Close(), other.Release()))

	s = reopen()
	if n := s.Notices(); len(n) != 1 || !strings.Contains(n[0], "it is rebuilt") {
		t.Errorf("notices %q", n)
	}
	inbox, _, _ = folders(t, s, "a")
	if got := add(t, s, inbox, header(1, "m"), header(2, "n")); len(got) != len(ids) {
		t.Errorf("added %v", got)
	}
	must(t, s.Close())
	s = reopen()
	if n := s.Notices(); len(n) != 0 {
		t.Errorf("once it is mended: %q", n)
	}
	must(t, s.Close())
}

// Who only reads lists finds damage too.
func TestAListOfADamagedFileSaysSo(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(t.Context(), dir, Options{})
	must(t, err)
	inbox, _, _ := folders(t, s, "a")
	add(t, s, inbox, header(1, "m"))
	page := pageOf(t, s.mail, "folder_thread")
	must(t, s.Close())
	page.wipe(t)
	s, err = Open(t.Context(), dir, Options{})
	must(t, err)
	defer s.Close()
	var told *DamagedError
	if _, err := s.List(t.Context(), ListQuery{Folders: []mail.FolderID{inbox}, Limit: 10}); !errors.As(err, &told) {
		t.Errorf("reading the list: %v", err)
	}
}
