package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"postea/internal/event"
	"postea/internal/mail"
	"postea/internal/query"
	"postea/internal/storetest"
)

// clock is a time that tests move by hand.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

var emptyStore = storetest.New(func(dir string) (*Store, error) { return Open(context.Background(), dir, Options{}) })

func open(t *testing.T) (*Store, *clock) {
	t.Helper()
	c := &clock{time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)}
	s, err := Open(t.Context(), emptyStore.Dir(t), Options{Bus: &event.Bus{}, Now: c.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, c
}

// folders makes an account's INBOX, Archive and Trash.
func folders(t *testing.T, s *Store, account string) (inbox, archive, trash mail.FolderID) {
	t.Helper()
	must(t, s.SetFolders(t.Context(), account, []RemoteFolder{
		{Name: "INBOX", Wire: "INBOX", Role: mail.RoleInbox, Selectable: true},
		{Name: "Archive", Wire: "Archive", Role: mail.RoleArchive, Selectable: true},
		{Name: "Trash", Wire: "Trash", Role: mail.RoleTrash, Selectable: true},
	}))
	id := func(r mail.Role) mail.FolderID {
		f, err := s.FolderByRole(t.Context(), account, r)
		must(t, err)
		return f.ID
	}
	return id(mail.RoleInbox), id(mail.RoleArchive), id(mail.RoleTrash)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func header(uid mail.UID, mid string, refs ...string) Header {
	return Header{UID: uid, MessageID: mid, References: refs, Subject: "subject of " + mid, Size: 100,
		Date: time.Date(2026, 11, 20, 10, int(uid), 0, 0, time.UTC), From: []mail.Address{{Name: "Grace", Address: "grace@example.net"}}}
}

func add(t *testing.T, s *Store, f mail.FolderID, list ...Header) []mail.ID {
	t.Helper()
	ids, err := s.AddHeaders(t.Context(), f, list)
	must(t, err)
	return ids
}

func list(t *testing.T, s *Store, f ...mail.FolderID) ListResult {
	t.Helper()
	r, err := s.List(t.Context(), ListQuery{Folders: f, Limit: 100})
	must(t, err)
	return r
}

func TestConversationsAreTiedByReferences(t *testing.T) {
	s, _ := open(t)
	inbox, _, _ := folders(t, s, "a")
	// The reply comes first, a stranger, then the root, then a message that ties two trees.
	add(t, s, inbox, header(2, "reply", "root"), header(3, "other"))
	add(t, s, inbox, header(1, "root"))
	add(t, s, inbox, header(4, "late", "other", "root"))
	r := list(t, s, inbox)
	if r.Total != 1 || r.Messages != 4 || r.Unread != 4 || r.Rows[0].Count != 4 || r.Rows[0].MessageID != "late" {
		t.Fatalf("got %d conversations, %d messages: %+v", r.Total, r.Messages, r.Rows)
	}
	msgs, err := s.Thread(t.Context(), r.Rows[0].Thread)
	must(t, err)
	if len(msgs) != 4 || msgs[0].MessageID != "root" {
		t.Fatalf("conversation is %v", msgs)
	}
}

// What the server takes for one conversation is one, whatever the fields say; another
// account's names mean nothing, and no Message-ID can be taken for one.
func TestConversationsOfTheServer(t *testing.T) {
	s, _ := open(t)
	inbox, archive, _ := folders(t, s, "a")
	other, _, _ := folders(t, s, "b")
	in := func(thread string, h Header) Header {
		h.ServerThread = thread
		return h
	}
	conversations := func(f mail.FolderID) string {
		var out []string
		for _, row := range list(t, s, f).Rows {
			msgs, err := s.Thread(t.Context(), row.Thread)
			must(t, err)
			var ids []string
			for _, m := range msgs {
				ids = append(ids, m.MessageID)
			}
			slices.Sort(ids)
			out = append(out, strings.Join(ids, "+"))
		}
		slices.Sort(out)
		return strings.Join(out, " ")
	}
	add(t, s, inbox, in("T1", header(1, "one")), in("T2", header(2, "two")), header(3, "T1"))
	add(t, s, archive, in("T1", header(1, "three")), in("", header(2, "four", "two")))
	add(t, s, other, in("T1", header(1, "five")))
	if got := conversations(inbox); got != "T1 four+two one+three" {
		t.Fatalf("%s", got)
	}
	if got := conversations(other); got != "five" {
		t.Fatalf("%s", got)
	}
	add(t, s, inbox, in("T2", header(4, "six", "one")))
	if got := conversations(inbox); got != "T1 four+one+six+three+two" {
		t.Fatalf("%s", got)
	}
}

func TestMoveKeepsTheIDWithAndWithoutCopyUID(t *testing.T) {
	for _, copyuid := range []mail.UID{0, 77} {
		s, _ := open(t)
		inbox, archive, _ := folders(t, s, "a")
		id := add(t, s, inbox, header(5, "m"))[0]
		n, err := s.Apply(t.Context(), []mail.ID{id, 9999}, Change{Label: "Archived", MoveTo: archive})
		must(t, err)
		if n != 1 || list(t, s, inbox).Total != 0 || list(t, s, archive).Total != 1 {
			t.Fatal("the local move is not seen at once")
		}
		pending, err := s.PendingChanges(t.Context(), "a")
		must(t, err)
		if len(pending) != 1 || pending[0].UID != 5 || pending[0].From != inbox || pending[0].To != archive {
			t.Fatalf("pending %+v", pending)
		}
		// A pull of INBOX before the replay shows the message there: no twin may appear.
		if fresh := add(t, s, inbox, header(5, "m")); len(fresh) != 0 || list(t, s, inbox).Total != 0 {
			t.Fatal("a pull brought the moved message back")
		}
		must(t, s.MoveDone(t.Context(), archive, map[mail.ID]mail.UID{id: copyuid}))
		if fresh := add(t, s, archive, header(77, "m")); len(fresh) != 0 {
			t.Fatal("the moved message was not recognised in its new folder")
		}
		must(t, s.DropUnclaimed(t.Context(), archive))
		p, err := s.ServerPlace(t.Context(), id)
		if err != nil || p.UID != 77 || p.Folder != archive {
			t.Fatalf("place %+v, %v", p, err)
		}
		if pending, _ := s.PendingChanges(t.Context(), "a"); len(pending) != 0 {
			t.Fatalf("still pending: %+v", pending)
		}
	}
}

func TestPullOfTargetBeforeMoveDone(t *testing.T) {
	s, _ := open(t)
	inbox, archive, _ := folders(t, s, "a")
	id := add(t, s, inbox, header(5, "m"))[0]
	_, err := s.Apply(t.Context(), []mail.ID{id}, Change{MoveTo: archive})
	must(t, err)
	add(t, s, archive, header(9, "m"))
	must(t, s.MoveDone(t.Context(), archive, map[mail.ID]mail.UID{id: 9}))
	if r := list(t, s, archive); r.Messages != 1 || r.Rows[0].ID != id {
		t.Fatalf("archive holds %+v", r)
	}
}

func TestMoveDoneButNotRecorded(t *testing.T) {
	s, _ := open(t)
	inbox, archive, _ := folders(t, s, "a")
	id := add(t, s, inbox, header(5, "m"))[0]
	_, err := s.Apply(t.Context(), []mail.ID{id}, Change{MoveTo: archive})
	must(t, err)
	// The process died after the server moved it: the UID vanishes, the target shows it.
	must(t, s.Vanished(t.Context(), inbox, []mail.UID{5}))
	if fresh := add(t, s, archive, header(8, "m")); len(fresh) != 0 {
		t.Fatal("recognised as new")
	}
	must(t, s.DropUnclaimed(t.Context(), archive))
	if _, err := s.Summary(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	// And one that was expunged elsewhere meanwhile goes after the target's pull.
	gone := add(t, s, inbox, header(6, "x"))[0]
	_, err = s.Apply(t.Context(), []mail.ID{gone}, Change{MoveTo: archive})
	must(t, err)
	must(t, s.Vanished(t.Context(), inbox, []mail.UID{6}))
	must(t, s.DropUnclaimed(t.Context(), archive))
	if _, err := s.Summary(t.Context(), gone); !errors.Is(err, ErrNotFound) {
		t.Fatalf("got %v", err)
	}
}

func TestFlagsMergeBitByBit(t *testing.T) {
	s, _ := open(t)
	inbox, _, _ := folders(t, s, "a")
	h := header(1, "m")
	h.Flags = []string{`\SEEN`, "work"}
	id := add(t, s, inbox, h)[0]
	_, err := s.Apply(t.Context(), []mail.ID{id}, Change{Add: []string{mail.FlagFlagged}, Remove: []string{mail.FlagSeen}})
	must(t, err)
	must(t, s.SetServerFlags(t.Context(), inbox, []FlagUpdate{{1, []string{`\Seen`, `\Answered`}}}))
	m, err := s.Summary(t.Context(), id)
	must(t, err)
	if !slices.Equal(m.Flags, []string{`\Answered`, `\Flagged`}) {
		t.Fatalf("flags %v", m.Flags)
	}
	p, _ := s.PendingChanges(t.Context(), "a")
	if !slices.Equal(p[0].Add, []string{`\Flagged`}) || !slices.Equal(p[0].Remove, []string{`\Seen`}) {
		t.Fatalf("pending %+v", p)
	}
	must(t, s.FlagsDone(t.Context(), []mail.ID{id}, p[0].Add, p[0].Remove))
	if p, _ := s.PendingChanges(t.Context(), "a"); len(p) != 0 {
		t.Fatalf("still pending %+v", p)
	}
}

func TestUndoTakesBackOnlyItsOwnChange(t *testing.T) {
	s, _ := open(t)
	inbox, archive, trash := folders(t, s, "a")
	ids := add(t, s, inbox, header(1, "m"), header(2, "n"))
	_, err := s.Apply(t.Context(), ids, Change{Label: "Archived 2", MoveTo: archive})
	must(t, err)
	_, err = s.Apply(t.Context(), ids[:1], Change{Label: "Starred", Add: []string{mail.FlagFlagged}})
	must(t, err)
	_, err = s.Apply(t.Context(), ids[1:], Change{MoveTo: trash}) // by no undo step
	must(t, err)
	for _, want := range []string{"Starred", "Archived 2"} {
		step, err := s.Undo(t.Context())
		if err != nil || step.Label != want {
			t.Fatalf("got %q, %v", step.Label, err)
		}
	}
	if _, err := s.Undo(t.Context()); !errors.Is(err, ErrNotFound) {
		t.Fatalf("got %v", err)
	}
	if r := list(t, s, inbox); r.Total != 1 || r.Rows[0].ID != ids[0] || r.Rows[0].Starred {
		t.Fatalf("inbox %+v", r.Rows)
	}
	if p, _ := s.PendingChanges(t.Context(), "a"); len(p) != 1 || p[0].ID != ids[1] {
		t.Fatalf("undone changes are still pending: %+v", p)
	}
}

func TestRefusedChangeIsTakenBack(t *testing.T) {
	s, _ := open(t)
	inbox, archive, _ := folders(t, s, "a")
	id := add(t, s, inbox, header(1, "m"))[0]
	_, err := s.Apply(t.Context(), []mail.ID{id}, Change{MoveTo: archive, Add: []string{mail.FlagSeen}})
	must(t, err)
	must(t, s.Refuse(t.Context(), "a", []mail.ID{id}, "the server refused"))
	m, _ := s.Summary(t.Context(), id)
	if m.Folder != inbox || len(m.Flags) != 0 {
		t.Fatalf("got %+v", m)
	}
}

func TestUIDValidityChangeKeepsIDsAndBodies(t *testing.T) {
	s, _ := open(t)
	inbox, _, _ := folders(t, s, "a")
	noID := header(2, "")
	ids := add(t, s, inbox, header(1, "m"), noID, header(3, "gone"))
	must(t, s.PutBody(t.Context(), ids[0], []byte("hello"), BodyInfo{Snippet: "hello"}))
	must(t, s.SetUIDValidity(t.Context(), inbox, 2))
	noID.UID = 11
	h := header(10, "m")
	if fresh := add(t, s, inbox, h, noID); len(fresh) != 0 {
		t.Fatalf("%d messages look new", len(fresh))
	}
	must(t, s.DropUnclaimed(t.Context(), inbox))
	b, err := s.Body(t.Context(), ids[0])
	if err != nil || string(b) != "hello" {
		t.Fatalf("body %q, %v", b, err)
	}
	if r := list(t, s, inbox); r.Messages != 2 {
		t.Fatalf("%d messages", r.Messages)
	}
}

func TestListWindowsAndAnchor(t *testing.T) {
	s, _ := open(t)
	a, _, _ := folders(t, s, "a")
	b, _, _ := folders(t, s, "b")
	var hs []Header
	for i := range 40 {
		hs = append(hs, header(mail.UID(i+1), "m"+mail.ID(i+1).String()))
	}
	add(t, s, a, hs[:20]...)
	for i := range hs {
		hs[i].Date = hs[i].Date.Add(30 * time.Second)
	}
	add(t, s, b, hs[20:]...)
	all := list(t, s, a, b)
	if all.Total != 40 || len(all.Rows) != 40 {
		t.Fatalf("%d of %d", len(all.Rows), all.Total)
	}
	if !slices.IsSortedFunc(all.Rows, func(x, y Conversation) int { return y.Date.Compare(x.Date) }) {
		t.Fatal("not sorted by date")
	}
	r, err := s.List(t.Context(), ListQuery{Folders: []mail.FolderID{a, b}, Anchor: all.Rows[25].Thread, Offset: 5, Limit: 10})
	must(t, err)
	if r.Offset != 20 || r.Rows[5].Thread != all.Rows[25].Thread || !r.AnchorPresent {
		t.Fatalf("offset %d", r.Offset)
	}
	add(t, s, a, Header{UID: 99, MessageID: "new", Date: time.Now()})
	r, err = s.List(t.Context(), ListQuery{Folders: []mail.FolderID{a, b}, Anchor: all.Rows[25].Thread, Offset: 5, Limit: 10})
	must(t, err)
	if r.Offset != 21 {
		t.Fatalf("the anchor moved to offset %d", r.Offset)
	}
}

func TestFoldersFollowTheServer(t *testing.T) {
	s, _ := open(t)
	inbox, archive, _ := folders(t, s, "a")
	add(t, s, archive, header(1, "m"))
	must(t, s.SetFolders(t.Context(), "a", []RemoteFolder{{Name: "INBOX", Wire: "INBOX", Role: mail.RoleInbox, Selectable: true}}))
	fs, err := s.Folders(t.Context(), "a")
	if err != nil || len(fs) != 1 || fs[0].ID != inbox {
		t.Fatalf("%+v %v", fs, err)
	}
	f, err := s.EnsureFolder(t.Context(), "a", mail.RoleArchive, "Archive")
	if err != nil || f.Remote {
		t.Fatalf("%+v %v", f, err)
	}
	must(t, s.SetFolders(t.Context(), "a", []RemoteFolder{{Name: "INBOX", Wire: "INBOX", Role: mail.RoleInbox, Selectable: true}}))
	if _, err := s.Folder(t.Context(), f.ID); err != nil {
		t.Fatal("a folder not created yet was dropped")
	}
}

func TestCountsStayExact(t *testing.T) {
	s, _ := open(t)
	inbox, archive, _ := folders(t, s, "a")
	ids := add(t, s, inbox, header(1, "a1"), header(2, "a2"), header(3, "a3"))
	_, err := s.Apply(t.Context(), ids[:2], Change{Add: []string{mail.FlagSeen}})
	must(t, err)
	_, err = s.Apply(t.Context(), ids[1:], Change{MoveTo: archive})
	must(t, err)
	must(t, s.Vanished(t.Context(), inbox, []mail.UID{1}))
	for id, want := range map[mail.FolderID][2]int{inbox: {0, 0}, archive: {2, 1}} {
		f, err := s.Folder(t.Context(), id)
		must(t, err)
		if f.Total != want[0] || f.Unread != want[1] {
			t.Errorf("%s has %d, %d unread; want %v", f.Name, f.Total, f.Unread, want)
		}
	}
}

func TestDraftsKeepAttachmentBytes(t *testing.T) {
	s, _ := open(t)
	d := mail.Draft{Account: "a", Subject: "hi", Attach: []mail.AttachmentRef{{Name: "x.bin", Data: []byte{0, 1, 2}}, {Path: "/etc/hostname"}}}
	id, err := s.SaveDraft(t.Context(), d)
	must(t, err)
	d.ID, d.Subject = id, "changed"
	if again, err := s.SaveDraft(t.Context(), d); err != nil || again != id {
		t.Fatalf("%v %v", again, err)
	}
	got, err := s.Draft(t.Context(), id)
	must(t, err)
	if got.Subject != "changed" || string(got.Attach[0].Data) != "\x00\x01\x02" || got.Attach[1].Data != nil {
		t.Fatalf("%+v", got)
	}
	must(t, s.DiscardDraft(t.Context(), id))
	if l, err := s.Drafts(t.Context()); err != nil || len(l) != 0 {
		t.Fatalf("%v %v", l, err)
	}
}

func TestFilesArePrivate(t *testing.T) {
	s, _ := open(t)
	inbox, _, _ := folders(t, s, "a")
	add(t, s, inbox, header(1, "m"))
	err := filepath.WalkDir(s.Dir(), func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && !d.IsDir() && info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", d.Name(), info.Mode())
		}
		return err
	})
	must(t, err)
}

func TestDamagedFilesAreKeptAside(t *testing.T) {
	for _, name := range []string{"mail", "own"} {
		dir := t.TempDir()
		must(t, os.WriteFile(filepath.Join(dir, name+".db"), []byte(strings.Repeat("not a database ", 500)), 0o600))
		s, err := Open(t.Context(), dir, Options{})
		must(t, err)
		if len(s.Notices()) != 1 || !strings.Contains(s.Notices()[0], name+".db.damaged-") {
			t.Fatalf("notices %q", s.Notices())
		}
		must(t, s.Close())
		kept, _ := filepath.Glob(filepath.Join(dir, name+".db.damaged-*"))
		if len(kept) != 1 {
			t.Fatalf("kept %v", kept)
		}
	}
}

func TestNewerSchemaIsRefused(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(t.Context(), dir, Options{})
	must(t, err)
	_, err = s.own.write.ExecContext(context.Background(), "PRAGMA user_version = 99")
	must(t, err)
	must(t, s.Close())
	var newer *NewerError
	if _, err := Open(t.Context(), dir, Options{}); !errors.As(err, &newer) || newer.Have != 99 {
		t.Fatalf("got %v", err)
	}
}

// A label is known as soon as it is put on, before the words of its message are in
// the index.
func TestKeywordsBeforeTheIndex(t *testing.T) {
	s, _ := open(t)
	ctx := t.Context()
	f, err := s.EnsureFolder(ctx, "a", mail.RoleInbox, "INBOX")
	must(t, err)
	ids, err := s.AddHeaders(ctx, f.ID, []Header{{UID: 1, MessageID: "m@x", Subject: "one"}})
	must(t, err)
	_, err = s.mail.write.ExecContext(ctx, `UPDATE msg SET doc = NULL`)
	must(t, err)
	_, err = s.Apply(ctx, ids, Change{Add: []string{"Urgent"}})
	must(t, err)
	if got, err := s.Keywords(ctx, "a"); err != nil || got["Urgent"] != 1 {
		t.Errorf("%v, %v", got, err)
	}
}

// A process that looks once sees what another one commits meanwhile, and leaves own.db
// alone where it is told to.
func TestBriefLook(t *testing.T) {
	ctx := t.Context()
	s, _ := open(t)
	inbox, _, _ := folders(t, s, "work")
	brief, err := Open(ctx, s.Dir(), Options{Brief: true, MailOnly: true})
	must(t, err)
	for n := range 3 {
		hits, err := brief.Search(ctx, Search{For: query.Text{Words: []string{"engine"}}}, 10)
		must(t, err)
		if len(hits) != n {
			t.Errorf("%d messages are found, of %d", len(hits), n)
		}
		h := header(mail.UID(n+1), fmt.Sprintf("%d@x.example", n))
		h.Subject = "engine"
		_, err = s.AddHeaders(ctx, inbox, []Header{h})
		must(t, err)
	}
	if _, err := brief.SearchHistory(ctx); err == nil || !strings.Contains(err.Error(), "own.db was not opened") {
		t.Errorf("of own.db: %v", err)
	}
	must(t, brief.Close())

	dir := t.TempDir()
	brief, err = Open(ctx, dir, Options{Brief: true, MailOnly: true})
	must(t, err)
	must(t, brief.Close())
	if _, err := os.Stat(filepath.Join(dir, "own.db")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("own.db was made: %v", err)
	}
}

// The program may end while a message is read.
func TestCloseWhileReading(t *testing.T) {
	for range 4 {
		s, err := Open(t.Context(), emptyStore.Dir(t), Options{})
		must(t, err)
		inbox, _, _ := folders(t, s, "work")
		ids, err := s.AddHeaders(t.Context(), inbox, []Header{header(1, "1@x.example")})
		must(t, err)
		must(t, s.PutBody(t.Context(), ids[0], bytes.Repeat([]byte("Girders and moths.\r\n"), 20_000), BodyInfo{}))
		begun, reading := make(chan struct{}), sync.WaitGroup{}
		reading.Go(func() {
			for n := 0; ; n++ {
				if n == 1 {
					close(begun)
				}
				if _, err := s.Body(t.Context(), ids[0]); err != nil {
					return
				}
			}
		})
		<-begun
		must(t, s.Close())
		reading.Wait()
	}
}
