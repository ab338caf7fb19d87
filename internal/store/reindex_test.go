package store

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"postea/internal/event"
	"postea/internal/mail"
	"postea/internal/query"
)

func search(t *testing.T, s *Store, text string) []mail.ID {
	t.Helper()
	hits, err := s.Search(t.Context(), Search{For: query.Parse(text, time.Now()).Root}, 10_000)
	must(t, err)
	return idsOf(hits)
}

// TestStoreFromBeforeTheIndex: a store of the schema without an index opens at
// once, says what it cannot find yet, and finds everything when it is indexed.
func TestStoreFromBeforeTheIndex(t *testing.T) {
	ctx := t.Context()
	dir := t.TempDir()
	db, err := sql.Open("sqlite", filepath.Join(dir, "mail.db"))
	must(t, err)
	for _, f := range []string{"mail_0001.sql", "mail_0002.sql"} {
		b, err := schemas.ReadFile("schema/" + f)
		must(t, err)
		_, err = db.ExecContext(ctx, string(b))
		must(t, err)
	}
	_, err = db.ExecContext(ctx, `PRAGMA user_version = 2; INSERT INTO folder (account, name, wire, role) VALUES ('a', 'INBOX', 'INBOX', 'inbox')`)
	must(t, err)
	const n = 3*reindexCount + 7
	db.SetMaxOpenConns(1)
	_, err = db.ExecContext(ctx, "BEGIN")
	must(t, err)
	for i := range n {
		_, err = db.ExecContext(ctx, `INSERT INTO msg (account, folder, srv_folder, srv_uid, ident, thread, date, sender, subject, attachments)
			VALUES ('a', 1, 1, ?1, ?1, ?1, 1700000000 + ?1 / 2, '[{"name":"Ada","address":"ada@example.org"}]', 'letter ' || ?1, '[{"name":"plan.pdf"}]')`, i+1)
		must(t, err)
	}
	// What only marks a message that was left behind on a server is never found.
	_, err = db.ExecContext(ctx, `INSERT INTO msg (account, folder, flags, srv_folder, srv_uid, srv_flags, ident, thread, date) VALUES ('a', 0, '\Deleted', 1, 9999, '\Deleted', '', 0, 0)`)
	must(t, err)
	_, err = db.ExecContext(ctx, "COMMIT")
	must(t, err)
	must(t, db.Close())

	bus := &event.Bus{}
	sub := bus.Subscribe()
	defer sub.Close()
	s, err := Open(ctx, dir, Options{Bus: bus})
	must(t, err)
	defer s.Close()
	must(t, s.PutBody(ctx, 5, []byte("raw"), BodyInfo{Text: "crankshaft of five", ListID: "l.example"}))
	_, err = s.mail.write.ExecContext(ctx, `INSERT INTO body (msg, size, zstd) VALUES (6, 10, ?)`, s.pack([]byte("old body")))
	must(t, err)
	if got := search(t, s, "letter"); len(got) != 1 {
		t.Errorf("%d found before the indexing", len(got))
	}
	c, err := s.Coverage(ctx, []string{"a"})
	must(t, err)
	if c.Messages != n || c.Unindexed != n-1 || c.Bodies != 1 {
		t.Errorf("coverage %+v", c)
	}
	rounds := 0
	for left := 1; left > 0; rounds++ {
		left, err = s.Reindex(ctx, func(raw []byte) BodyInfo { return BodyInfo{Text: "text of " + string(raw), ListID: "m.example"} })
		must(t, err)
		if rounds > n {
			t.Fatal("there is no end to it")
		}
	}
	if rounds < 3 {
		t.Errorf("only %d rounds: others would wait long for the writer", rounds)
	}
	for text, want := range map[string]int{"letter": n, "from:ada": n, "filename:plan": n - 1, "crankshaft": 1, "body:old": 1, "list:m.example": 1, "list:l.example": 1,
		"letter -crankshaft": n - 1, `subject:"letter 17"`: 1} {
		if got := search(t, s, text); len(got) != want {
			t.Errorf("%s finds %d, not %d", text, len(got), want)
		}
	}
	got := search(t, s, "letter")
	for i := 1; i < len(got); i++ {
		if got[i]/2 > got[i-1]/2 { // two of each second
			t.Fatalf("not newest first: %v", got[i-1:i+1])
		}
	}
	if c, err = s.Coverage(ctx, []string{"a"}); err != nil || c.Unindexed != 0 || c.Bodies != 2 {
		t.Errorf("coverage %+v, %v", c, err)
	}
	batch, err := sub.Next(ctx)
	must(t, err)
	if !hasEvent(batch, event.IndexReady{}) {
		t.Errorf("events %v", batch)
	}
}

// TestLongListIsIndexedAfterwards: the words of a long list are written by
// Reindex, or with the bodies that come first.
func TestLongListIsIndexedAfterwards(t *testing.T) {
	ctx := t.Context()
	s, _ := open(t)
	inbox, _, _ := folders(t, s, "a")
	var list []Header
	for i := range 50 {
		list = append(list, Header{UID: mail.UID(i + 1), MessageID: fmt.Sprintf("m%d@example.org", i), Subject: "letter",
			Date: time.Unix(1700000000+int64(i), 0)})
	}
	ids, err := s.AddMany(ctx, inbox, preparedHeaders("a", list))
	must(t, err)
	if got := search(t, s, "letter"); len(got) != 0 {
		t.Errorf("%d found before the indexing", len(got))
	}
	if c, err := s.Coverage(ctx, []string{"a"}); err != nil || c.Messages != 50 || c.Unindexed != 50 {
		t.Errorf("coverage %+v, %v", c, err)
	}
	must(t, s.PutBody(ctx, ids[7], []byte("raw"), BodyInfo{Text: "crankshaft"}))
	if got := search(t, s, "letter"); len(got) != 1 || got[0] != ids[7] {
		t.Errorf("found %v after one body", got)
	}
	left, err := s.Reindex(ctx, func([]byte) BodyInfo { return BodyInfo{} })
	if err != nil || left != 0 {
		t.Errorf("%d left, %v", left, err)
	}
	for text, want := range map[string]int{"letter": 50, "crankshaft": 1, "-crankshaft": 49} {
		if got := search(t, s, text); len(got) != want {
			t.Errorf("%s finds %d, not %d", text, len(got), want)
		}
	}
}

func hasEvent(batch []event.Event, want event.Event) bool {
	return slices.Contains(batch, want)
}

// TestIndexFollowsTheMirror: what the index holds after any schedule of changes
// is what it would hold if it were made anew.
func TestIndexFollowsTheMirror(t *testing.T) {
	s, _ := open(t)
	inbox, archive, _ := folders(t, s, "a")
	h := header(1, "one")
	h.Subject = "crankshaft"
	id := add(t, s, inbox, h)[0]
	check := func(text string, want ...mail.ID) {
		t.Helper()
		if got := search(t, s, text); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s finds %v, not %v", text, got, want)
		}
	}
	check("crank*", id)
	must(t, s.PutBody(t.Context(), id, []byte("x"), BodyInfo{Text: "piston", Attachments: []mail.AttachmentInfo{{Name: "drawing.dwg"}}}))
	check("crankshaft piston", id)
	check("filename:drawing has:attachment", id)
	must(t, s.PutBody(t.Context(), id, []byte("y"), BodyInfo{Text: "cylinder"})) // fetched again
	check("piston")
	check("drawing")
	check("crankshaft cylinder", id)

	// Another client moves it; the pull of the new folder comes first, its body
	// is fetched there, and the old id goes on.
	must(t, s.RoundDone(t.Context(), "a"))
	twin := h
	twin.UID = 9
	tid := add(t, s, archive, twin)[0]
	must(t, s.PutBody(t.Context(), tid, []byte("z"), BodyInfo{Text: "flywheel"}))
	_, err := s.mail.write.ExecContext(t.Context(), `DELETE FROM body WHERE msg = ?`, id)
	must(t, err)
	must(t, s.Vanished(t.Context(), inbox, []mail.UID{1}))
	for left := 1; left > 0; {
		left, err = s.Reindex(t.Context(), func([]byte) BodyInfo { return BodyInfo{Text: "flywheel"} })
		must(t, err)
	}
	check("flywheel", id)
	check("in:archive crankshaft", id)
	check("cylinder")

	_, err = s.Apply(t.Context(), []mail.ID{id}, Change{Label: "gone", Erase: true})
	must(t, err)
	check("crankshaft")
	_, err = s.Undo(t.Context())
	must(t, err)
	check("crankshaft", id)
	must(t, s.DropAccount(t.Context(), "a"))
	check("crankshaft")
	var left int
	must(t, s.mail.write.QueryRowContext(t.Context(), `SELECT count(*) FROM words WHERE words MATCH ?`, quoteFTS(tagAll)).Scan(&left))
	if left != 0 {
		t.Errorf("%d rows are left in the index", left)
	}
}

// TestBodiesGivenUp: whoever is stopped in the midst of storing bodies comes to an
// end, whatever was being made ready.
func TestBodiesGivenUp(t *testing.T) {
	s, _ := open(t)
	inbox, _, _ := folders(t, s, "a")
	ids := add(t, s, inbox, header(1, "m"))
	for range 200 {
		ctx, cancel := context.WithCancel(t.Context())
		go cancel()
		if err := s.PutBody(ctx, ids[0], []byte("raw"), BodyInfo{}); err != nil && ctx.Err() == nil {
			t.Fatal(err)
		}
		cancel()
	}
}
