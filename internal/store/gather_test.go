package store

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"postea/internal/event"
	"postea/internal/mail"
	"postea/internal/store/segment"
)

// fewAreMany lets segments be written of little mail.
var fewAreMany = many{listBytes: 50 << 10, segmentBytes: 50 << 10, segmentRows: 1000, reindex: 1000, commitBytes: 32 << 10}

// gatherBodies are bodies with so many words that they become a segment: each is told
// by the word body and its number, every third by the word third.
func gatherBodies(ids []mail.ID, name string) []BodyItem {
	r := rand.New(rand.NewPCG(uint64(len(ids)), 1))
	var list []BodyItem
	for i, id := range ids {
		var text strings.Builder
		fmt.Fprintf(&text, "%s%d all of them ", name, i)
		if i%3 == 0 {
			text.WriteString("the third one ")
		}
		for text.Len() < 2000 {
			fmt.Fprintf(&text, "w%d ", int(r.ExpFloat64()*2000))
		}
		list = append(list, BodyItem{id, []byte("raw " + text.String()), BodyInfo{Text: text.String(), Snippet: "snippet", ListID: "l.example"}})
	}
	return list
}

func preparedHeaders(account string, list []Header) []PreparedHeader {
	var out []PreparedHeader
	for _, h := range list {
		out = append(out, PrepareHeader(account, h))
	}
	return out
}

// gatherHeaders are so many that their bodies are a segment.
func gatherHeaders(t *testing.T, s *Store, inbox mail.FolderID) []mail.ID {
	t.Helper()
	s.many = fewAreMany
	var list []Header
	for i := range 200 {
		list = append(list, Header{UID: mail.UID(i + 1), MessageID: fmt.Sprintf("m%d@example.org", i), Subject: fmt.Sprintf("letter %d", i),
			Date: time.Unix(1700000000+int64(i*7919%100_000), 0), From: []mail.Address{{Name: "Ada", Address: "ada@example.org"}}})
	}
	ids, err := s.AddMany(t.Context(), inbox, preparedHeaders("a", list))
	must(t, err)
	return ids
}

func reindexAll(t *testing.T, s *Store) {
	t.Helper()
	for left := 1; left > 0; {
		var err error
		left, err = s.Reindex(t.Context(), func(raw []byte) BodyInfo { return BodyInfo{Text: strings.TrimPrefix(string(raw), "raw ")} })
		must(t, err)
	}
}

// checkIndex lets FTS5 look through all it has, and compares what is found
// with what is in the bodies: some of their words, and what is known of all.
func checkIndex(t *testing.T, s *Store, bodies map[mail.ID]string, some int) {
	t.Helper()
	_, err := s.mail.write.ExecContext(t.Context(), `INSERT INTO words (words) VALUES ('integrity-check')`)
	must(t, err)
	must(t, s.mail.read.QueryRowContext(t.Context(), `SELECT 1 WHERE (SELECT count(*) FROM words_docsize) = (SELECT count(*) FROM msg WHERE doc IS NOT NULL)`).Scan(new(int)))
	want := map[string][]mail.ID{}
	for id, text := range bodies {
		for _, w := range slices.Compact(slices.Sorted(strings.FieldsSeq(text))) {
			want[w] = append(want[w], id)
		}
	}
	n := 0
	for w, ids := range want {
		if n++; n > some {
			break
		}
		slices.Sort(ids)
		got := search(t, s, w+" ")
		slices.Sort(got)
		if !slices.Equal(got, ids) {
			t.Errorf("%s is in %d messages, %d are found", w, len(ids), len(got))
		}
	}
	for text, count := range map[string]int{"all of them": len(bodies), `"all of them"`: len(bodies), `"of all"`: 0, "thi": len(want["third"]), "-third": len(bodies) - len(want["third"]),
		"body:letter": 0, "letter": len(bodies), "from:ada third": len(want["third"]), "list:l.example": len(bodies)} {
		if got := search(t, s, text); len(got) != count {
			t.Errorf("%s finds %d, not %d", text, len(got), count)
		}
	}
	if c, err := s.Coverage(t.Context(), []string{"a"}); err != nil || c.Unindexed != 0 || c.Bodies != len(bodies) {
		t.Errorf("coverage %+v, %v", c, err)
	}
}

func textsOf(list []BodyItem) map[mail.ID]string {
	m := map[mail.ID]string{}
	for _, b := range list {
		m[b.ID] = b.Text
	}
	return m
}

func TestWordsOfManyAreGathered(t *testing.T) {
	s, _ := open(t)
	inbox, archive, _ := folders(t, s, "a")
	ids := gatherHeaders(t, s, inbox)
	bodies := gatherBodies(ids, "body")
	was := pieces(t, s)
	must(t, s.PutBodies(t.Context(), bodies))
	if c, err := s.Coverage(t.Context(), []string{"a"}); err != nil || c.Unindexed != len(ids) {
		t.Errorf("coverage before: %+v, %v", c, err)
	}
	sub := s.bus.Subscribe()
	defer sub.Close()
	reindexAll(t, s)
	batch, err := sub.Next(t.Context())
	must(t, err)
	if !hasEvent(batch, event.IndexReady{}) {
		t.Errorf("events %v", batch)
	}
	if now := pieces(t, s); now != was+1 {
		t.Errorf("%d pieces, %d before: not one segment", now, was)
	}
	checkIndex(t, s, textsOf(bodies), 200)

	// Everyday mail, on the connection that has written the segment.
	more := add(t, s, archive, header(1, "later"))
	must(t, s.PutBody(t.Context(), more[0], []byte("raw"), BodyInfo{Text: "crankshaft all of them letter"}))
	if got := search(t, s, "crankshaft"); len(got) != 1 {
		t.Errorf("%d found of a later message", len(got))
	}
	if got := search(t, s, "them"); len(got) != len(ids)+1 {
		t.Errorf("%d found of all", len(got))
	}
	// A message that goes, and one that is replaced.
	must(t, s.writeMail(t.Context(), "deleting", func(t *txn) error { return t.exec(`DELETE FROM msg WHERE id IN (?, ?)`, ids[0], more[0]) }))
	must(t, s.PutBody(t.Context(), ids[3], []byte("raw"), BodyInfo{Text: "all of them third gearbox", ListID: "l.example"}))
	bodies[3].Text = "all of them third gearbox"
	for left := true; left; {
		var err error
		left, err = s.TidyIndex(t.Context())
		must(t, err)
	}
	if now := pieces(t, s); now > 2 {
		t.Errorf("%d pieces when it is tidy", now)
	}
	checkIndex(t, s, textsOf(bodies[1:]), 200)
}

// TestGatheredWordsThatAreOld changes messages between the gathering of their words and
// the writing.
func TestGatheredWordsThatAreOld(t *testing.T) {
	s, _ := open(t)
	inbox, _, _ := folders(t, s, "a")
	ids := gatherHeaders(t, s, inbox)
	bodies := gatherBodies(ids, "body")
	s.gather.close() // so that nothing is written by itself
	var held []gathered
	s.gather = newGatherer(func(_ context.Context, list []gathered) error {
		held = append(held, list...)
		return nil
	})
	must(t, s.PutBodies(t.Context(), bodies))
	must(t, s.gather.flush(t.Context()))
	if len(held) != len(ids) {
		t.Fatalf("%d gathered of %d", len(held), len(ids))
	}

	must(t, s.writeMail(t.Context(), "deleting", func(t *txn) error { return t.exec(`DELETE FROM msg WHERE id = ?`, ids[5]) }))
	must(t, s.PutBody(t.Context(), ids[6], []byte("raw"), BodyInfo{Text: "third gearbox all of them", ListID: "l.example"}))
	must(t, s.writeMail(t.Context(), "asking anew", func(t *txn) error { return t.exec(wishQuery, ids[7]) }))
	again := slices.Clone(held)
	must(t, s.writeGathered(t.Context(), held))
	if got := search(t, s, "them"); len(got) != len(ids)-2 {
		t.Errorf("%d found, of %d less one deleted and one asked for anew", len(got), len(ids))
	}
	must(t, s.writeGathered(t.Context(), again)) // all of it is old now
	reindexAll(t, s)
	want := textsOf(bodies)
	delete(want, ids[5])
	want[ids[6]] = "third gearbox all of them"
	checkIndex(t, s, want, 200)
}

// TestGatheredWordsOutliveTheProcess ends it before they are written.
func TestGatheredWordsOutliveTheProcess(t *testing.T) {
	s, _ := open(t)
	inbox, _, _ := folders(t, s, "a")
	ids := gatherHeaders(t, s, inbox)
	bodies := gatherBodies(ids, "body")
	must(t, s.PutBodies(t.Context(), bodies[:100]))
	s.gather.close()

	again, err := Open(t.Context(), s.Dir(), Options{Bus: &event.Bus{}})
	must(t, err)
	defer again.Close()
	again.many = fewAreMany
	if c, err := again.Coverage(t.Context(), []string{"a"}); err != nil || c.Unindexed != len(ids) {
		t.Errorf("coverage %+v, %v", c, err)
	}
	// What is left of a segment that was cut off in the midst is no hindrance.
	_, err = again.mail.write.ExecContext(t.Context(), `INSERT INTO words_idx (segid, term, pgno) VALUES (2000, x'3061', 2)`)
	must(t, err)
	for page := range 9 {
		_, err = again.mail.write.ExecContext(t.Context(), `INSERT INTO words_data (id, block) VALUES (2000 * 137438953472 + ?, x'00')`, page+1)
		must(t, err)
	}
	must(t, again.PutBodies(t.Context(), bodies[100:]))
	reindexAll(t, again)
	checkIndexOf := textsOf(bodies)
	for _, b := range bodies[:100] { // the list was learned when the body came
		checkIndexOf[b.ID] = b.Text
	}
	checkIndex(t, again, checkIndexOf, 200)
}

// TestSegmentThatIsCutOff copies the files before and after every commit while a segment
// is written, as a process that is killed would leave them, and goes on with each copy.
func TestSegmentThatIsCutOff(t *testing.T) {
	dir := t.TempDir()
	copies, armed := []string{}, false
	s, err := Open(t.Context(), dir, Options{Step: func(point string) {
		if !armed || !strings.HasPrefix(point, "mail.indexing-messages") {
			return
		}
		to := t.TempDir()
		for _, name := range []string{"mail.db", "mail.db-wal", "own.db"} {
			b, err := os.ReadFile(filepath.Join(dir, name))
			if err == nil {
				err = os.WriteFile(filepath.Join(to, name), b, 0o600)
			}
			if err != nil {
				t.Error(err)
			}
		}
		copies = append(copies, to)
	}})
	must(t, err)
	defer s.Close()
	inbox, _, _ := folders(t, s, "a")
	bodies := gatherBodies(gatherHeaders(t, s, inbox), "body")
	must(t, s.PutBodies(t.Context(), bodies))
	armed = true
	must(t, s.gather.flush(t.Context()))
	armed = false
	if len(copies) < 10 {
		t.Fatalf("only %d commits", len(copies)/2)
	}
	for i, at := range copies {
		if testing.Short() && i%8 != 0 && i < len(copies)-2 {
			continue
		}
		again, err := Open(t.Context(), at, Options{Bus: &event.Bus{}})
		must(t, err)
		again.many = fewAreMany
		reindexAll(t, again)
		checkIndex(t, again, textsOf(bodies), 20)
		must(t, again.Close())
	}
}

// TestIndexThatTakesNoSegments: FTS5 writes what is gathered where there are as many
// segments as there may be.
func TestIndexThatTakesNoSegments(t *testing.T) {
	s, _ := open(t)
	inbox, _, _ := folders(t, s, "a")
	ids := gatherHeaders(t, s, inbox)
	var block []byte
	must(t, s.mail.read.QueryRowContext(t.Context(), stateQuery, segment.StateID).Scan(&block))
	state, err := segment.ParseState(block)
	must(t, err)
	for state.Spare() != 0 {
		state.Append(state.Spare(), 1, 1)
	}
	set := func(block []byte) {
		_, err := s.mail.write.ExecContext(t.Context(), `UPDATE words_data SET block = ? WHERE id = ?`, block, segment.StateID)
		must(t, err)
	}
	for _, no := range [][]byte{state.Block(), {1, 2, 3}} {
		set(no)
		if s.takesSegments(t.Context()) {
			t.Errorf("%x takes segments", no)
		}
	}
	set(block)
	if !s.takesSegments(t.Context()) {
		t.Error("the index takes no segments")
	}
	s.many.segmentBytes, s.many.segmentRows = 1<<30, 1<<30
	bodies := gatherBodies(ids, "body")
	must(t, s.PutBodies(t.Context(), bodies))
	reindexAll(t, s)
	checkIndex(t, s, textsOf(bodies), 200)
}

// TestReindexOfMany indexes a store that has bodies and no words.
func TestReindexOfMany(t *testing.T) {
	s, _ := open(t)
	s.many = fewAreMany
	inbox, _, _ := folders(t, s, "a")
	var list []Header
	for i := range shorter(2, 1)*reindexCount + 100 {
		list = append(list, Header{UID: mail.UID(i + 1), MessageID: fmt.Sprintf("m%d@example.org", i), Subject: fmt.Sprintf("letter %d", i), ListID: "l.example",
			Date: time.Unix(1700000000+int64(i*7919%100_000), 0), From: []mail.Address{{Name: "Ada", Address: "ada@example.org"}}})
	}
	ids, err := s.AddMany(t.Context(), inbox, preparedHeaders("a", list))
	must(t, err)
	bodies := gatherBodies(ids, "body")
	must(t, s.writePieces(t.Context(), "storing", len(bodies), func(t *txn, i int) error {
		return t.exec(`INSERT INTO body (msg, size, zstd) VALUES (?, ?, ?)`, bodies[i].ID, len(bodies[i].Raw), s.pack(bodies[i].Raw))
	}))
	_, err = s.mail.write.ExecContext(t.Context(), `UPDATE msg SET doc = NULL WHERE id % 5 = 0`)
	must(t, err)
	reindexAll(t, s)
	checkIndex(t, s, textsOf(bodies), 200)
}

// TestGatherTellsOfErrors: what could not be written is told once, and is not lost.
func TestGatherTellsOfErrors(t *testing.T) {
	fails := fmt.Errorf("no room")
	g := newGatherer(func(context.Context, []gathered) error { return fails })
	defer g.close()
	must(t, g.add(make([]gathered, 1)))
	if err := g.flush(t.Context()); err != fails {
		t.Errorf("the flush says %v", err)
	}
	must(t, g.flush(t.Context()))

	ctx, cancel := context.WithCancel(t.Context())
	waits := make(chan struct{})
	slow := newGatherer(func(ctx context.Context, _ []gathered) error {
		close(waits)
		<-ctx.Done()
		return ctx.Err()
	})
	must(t, slow.add(make([]gathered, 1)))
	go func() {
		<-waits
		cancel()
	}()
	if err := slow.flush(ctx); err != context.Canceled {
		t.Errorf("a flush that was given up says %v", err)
	}
	slow.close()
}

// TestFlushWaitsForWhatWasThere, and not for what others go on to add.
func TestFlushWaitsForWhatWasThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sizes, goOn := make(chan int, 2), make(chan struct{})
		g := newGatherer(func(_ context.Context, list []gathered) error {
			sizes <- len(list)
			<-goOn
			return nil
		})
		must(t, g.add(make([]gathered, 2)))
		flushed := make(chan error, 1)
		go func() { flushed <- g.flush(t.Context()) }()
		synctest.Wait()
		must(t, g.add(make([]gathered, 3)))
		close(goOn)
		must(t, <-flushed)
		synctest.Wait()
		if n, more := <-sizes, len(sizes); n != 2 || more > 0 {
			t.Errorf("flushed when %d were written, and %d further lists", n, more)
		}
		time.Sleep(gatherTime)
		synctest.Wait()
		if n, more := <-sizes, len(sizes); n != 3 || more > 0 {
			t.Errorf("in the end %d were written, and %d further lists", n, more)
		}
		g.close()
	})
}

// TestAddManyOfAnotherAccount: what ties messages to conversations is made for an account.
func TestAddManyOfAnotherAccount(t *testing.T) {
	s, _ := open(t)
	inbox, _, _ := folders(t, s, "a")
	if _, err := s.AddMany(t.Context(), inbox, preparedHeaders("b", []Header{header(1, "m")})); err == nil {
		t.Error("headers prepared for another account were taken")
	}
	ids, err := s.AddMany(t.Context(), inbox, preparedHeaders("a", []Header{header(2, "n"), {}, header(1, "m")}))
	must(t, err)
	if len(ids) != 2 {
		t.Errorf("%d of two messages with a UID are there", len(ids))
	}
}
