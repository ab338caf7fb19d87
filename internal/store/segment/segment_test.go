package segment

import (
	"bytes"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	_ "modernc.org/sqlite"
)

const columns = 3

// table is an index of words of FTS5.
type table struct {
	*sql.DB
	t testing.TB
}

func newTable(t testing.TB) table {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "words.db"))
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	w := table{db, t}
	w.exec(`CREATE VIRTUAL TABLE words USING fts5(a, b, c, content='', contentless_delete=1, tokenize='ascii', prefix='3')`)
	w.exec(`INSERT INTO words (words, rank) VALUES ('hashsize', 100000000)`)
	return w
}

func (w table) exec(query string, args ...any) {
	w.t.Helper()
	if _, err := w.Exec(query, args...); err != nil {
		w.t.Fatalf("%s: %v", query, err)
	}
}

type row struct {
	id    int64
	texts [columns]string
}

// insert lets FTS5 write a segment.
func (w table) insert(rows []row) {
	w.t.Helper()
	w.exec(`BEGIN`)
	for _, r := range rows {
		w.exec(`INSERT INTO words (rowid, a, b, c) VALUES (?, ?, ?, ?)`, r.id, r.texts[0], r.texts[1], r.texts[2])
	}
	w.exec(`COMMIT`)
}

// sink writes to a table.
type sink struct {
	table
	segment int
}

func (s sink) Term(term []byte, page int64) error {
	_, err := s.Exec(`INSERT INTO words_idx (segid, term, pgno) VALUES (?, ?, ?)`, s.segment, term, page)
	return err
}

func (s sink) Block(id int64, block []byte) error {
	_, err := s.Exec(`INSERT INTO words_data (id, block) VALUES (?, ?)`, id, block)
	return err
}

// build writes the same segment itself.
func (w table) build(b *Builder, rows []row) {
	w.t.Helper()
	w.exec(`BEGIN`)
	var stateBlock, totals []byte
	for id, to := range map[int]*[]byte{StateID: &stateBlock, TotalsID: &totals} {
		if err := w.QueryRow(`SELECT block FROM words_data WHERE id = ?`, id).Scan(to); err != nil {
			w.t.Fatal(err)
		}
	}
	state, err := ParseState(stateBlock)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, r := range rows {
		b.Add(r.id, r.texts[:]...)
	}
	origin, id := state.Origin(), 1 // the one FTS5 would take
	for state.Has(id) {
		id++
	}
	pages, err := b.Write(id, DefaultPageSize, sink{w, id})
	if err != nil {
		w.t.Fatal(err)
	}
	state.Append(id, pages, b.Rows())
	if totals, err = AddTotals(totals, b.Rows(), b.Totals()); err != nil {
		w.t.Fatal(err)
	}
	for _, r := range b.RowList() {
		w.exec(`INSERT INTO words_docsize (id, sz, origin) VALUES (?, ?, ?)`, r.ID, r.Sizes, origin)
	}
	w.exec(`UPDATE words_data SET block = ? WHERE id = ?`, state.Block(), StateID)
	w.exec(`UPDATE words_data SET block = ? WHERE id = ?`, totals, TotalsID)
	w.forget()
	w.exec(`COMMIT`)
	b.Reset()
}

// forget lets FTS5 forget what it remembers of the segments.
func (w table) forget() {
	w.t.Helper()
	for _, q := range []string{`SAVEPOINT forget`, `INSERT INTO words (words) VALUES ('flush')`, `ROLLBACK TO forget`, `RELEASE forget`} {
		w.exec(q)
	}
}

// dump gives all that FTS5 keeps.
func (w table) dump() []string {
	w.t.Helper()
	var out []string
	for _, q := range []string{
		`SELECT 'data', id, hex(block) FROM words_data ORDER BY id`,
		`SELECT 'idx ' || segid, hex(term), pgno FROM words_idx ORDER BY segid, term`,
		`SELECT 'row', id, hex(sz) || ' ' || origin FROM words_docsize ORDER BY id`,
	} {
		rows, err := w.Query(q)
		if err != nil {
			w.t.Fatal(err)
		}
		for rows.Next() {
			var a, b, c string
			if err := rows.Scan(&a, &b, &c); err != nil {
				w.t.Fatal(err)
			}
			out = append(out, a+" "+b+" "+c)
		}
		if err := rows.Err(); err != nil {
			w.t.Fatal(err)
		}
		rows.Close()
	}
	return out
}

func (w table) check() {
	w.t.Helper()
	w.exec(`INSERT INTO words (words) VALUES ('integrity-check')`)
}

func (w table) find(match string) []int64 {
	w.t.Helper()
	rows, err := w.Query(`SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid DESC`, match)
	if err != nil {
		w.t.Fatal(err)
	}
	defer rows.Close()
	var out []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			w.t.Fatal(err)
		}
		out = append(out, id)
	}
	return out
}

func same(t *testing.T, ours, theirs []string) {
	t.Helper()
	if len(ours) != len(theirs) {
		t.Errorf("%d rows, FTS5 writes %d", len(ours), len(theirs))
	}
	for i := range min(len(ours), len(theirs)) {
		if ours[i] != theirs[i] {
			t.Fatalf("row %d:\n%.300s\nFTS5:\n%.300s", i, ours[i], theirs[i])
		}
	}
}

// mail makes rows whose words are as common and as rare as those of mail.
func mail(r *rand.Rand, n, words int) []row {
	var rows []row
	id := int64(1_700_000_000) << 1
	for range n {
		id += 1 + r.Int64N(5000)
		var text [columns]strings.Builder
		for column, count := range []int{r.IntN(4), r.IntN(12), r.IntN(words + 1)} {
			for range count {
				rank := int(float64(words) * 20 * r.ExpFloat64() * r.Float64() * r.Float64())
				fmt.Fprintf(&text[column], "%s%d ", []string{"w", "the", "übung", "会議", "x"}[rank%5], rank/3)
			}
		}
		rows = append(rows, row{id, [columns]string{text[0].String(), text[1].String(), text[2].String()}})
	}
	return rows
}

func TestSegmentIsThatOfFTS5(t *testing.T) {
	long := strings.Repeat("again ", 20_000)
	for name, rows := range map[string][]row{
		"one word":         {{1, [columns]string{"a"}}},
		"nothing":          {{1, [columns]string{}}},
		"fields":           {{5, [columns]string{"one two", "two three two", "two"}}},
		"signs":            {{5, [columns]string{"It's a-b_c, D\x00e \ue000x ÄÖÜ \U0001f389 ÿÿÿÿ"}}},
		"not UTF-8":        {{5, [columns]string{"\xff\xfe\xc3 \xe2\x82 abc\xc3 \x80\x80\x80\x80"}}},
		"beginnings":       {{5, [columns]string{"ab abc abcd 会議室 会議 会 ñandú éa"}}},
		"ids":              {{-1 << 63, [columns]string{"a b"}}, {-5, [columns]string{"a"}}, {0, [columns]string{"a"}}, {1 << 62, [columns]string{"b a"}}},
		"a long row":       {{7, [columns]string{long}}, {9, [columns]string{"again", long, "again"}}, {1 << 40, [columns]string{"again"}}},
		"a long word":      {{7, [columns]string{strings.Repeat("a", 3000) + " " + strings.Repeat("b", 5000) + " " + strings.Repeat("a", 40_000)}}},
		"long common ones": {{7, [columns]string{strings.Repeat("a", 2500) + "b " + strings.Repeat("a", 2500) + "c"}}},
		"mail":             mail(rand.New(rand.NewPCG(1, 1)), 300, 200),
		"short mail":       mail(rand.New(rand.NewPCG(2, 1)), 5000, 6),
	} {
		t.Run(name, func(t *testing.T) {
			ours, theirs := newTable(t), newTable(t)
			ours.build(NewBuilder(columns, 3), rows)
			theirs.insert(rows)
			same(t, ours.dump(), theirs.dump())
			ours.check()
		})
	}
}

// TestListsOfManyPages has words in so many rows that the index of their pages has
// levels itself.
func TestListsOfManyPages(t *testing.T) {
	n := 200_000
	if testing.Short() {
		n = 20_000
	}
	rows := make([]row, n)
	for i := range rows {
		rows[i] = row{int64(i) * 1_000_003, [columns]string{"every", "", strings.Repeat("every ", i%7)}}
		if i%5000 == 0 {
			rows[i].texts[1] = strings.Repeat("other every ", 3000)
		}
	}
	ours, theirs := newTable(t), newTable(t)
	ours.build(NewBuilder(columns, 3), rows)
	theirs.insert(rows)
	same(t, ours.dump(), theirs.dump())
}

// TestSegmentsAmongThoseOfFTS5 lets both write in turns, and rows go.
func TestSegmentsAmongThoseOfFTS5(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	ours, theirs := newTable(t), newTable(t)
	b := NewBuilder(columns, 3)
	rows := mail(r, 3000, 40)
	r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	for part := range slices.Chunk(rows, 100) {
		slices.SortFunc(part, func(a, b row) int { return int(a.id - b.id) })
		theirs.insert(part)
		if r.IntN(2) == 0 {
			ours.build(b, part)
		} else {
			ours.insert(part)
		}
		for range r.IntN(20) {
			id := rows[r.IntN(len(rows))].id
			for _, w := range []table{ours, theirs} {
				w.exec(`DELETE FROM words WHERE rowid IN (SELECT id FROM words_docsize WHERE id = ?)`, id)
			}
		}
		if r.IntN(4) == 0 {
			ours.exec(`INSERT INTO words (words, rank) VALUES ('merge', 50)`)
		}
	}
	ours.check()
	for _, w := range []string{"w0", "the2", "übung2", `"会議1"`, "x*", "the*", `"übu" *`, "w0 AND the0", "w0 NOT the0", `{b} : w0`, `"w0 w0"`, "w3 OR x4"} {
		if a, b := ours.find(w), theirs.find(w); !slices.Equal(a, b) {
			t.Errorf("%s: %d rows, FTS5 has %d", w, len(a), len(b))
		} else if len(b) == 0 {
			t.Errorf("%s is nowhere", w)
		}
	}
	var totals [2][]byte
	for i, w := range []table{ours, theirs} {
		if err := w.QueryRow(`SELECT block FROM words_data WHERE id = ?`, TotalsID).Scan(&totals[i]); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(totals[0], totals[1]) {
		t.Errorf("totals %x, FTS5 has %x", totals[0], totals[1])
	}
}

func TestStateIsReadAndWritten(t *testing.T) {
	w := newTable(t)
	for i := range 5 {
		w.insert([]row{{int64(i), [columns]string{"a"}}})
	}
	w.exec(`DELETE FROM words WHERE rowid = 3`)
	var block []byte
	if err := w.QueryRow(`SELECT block FROM words_data WHERE id = ?`, StateID).Scan(&block); err != nil {
		t.Fatal(err)
	}
	s, err := ParseState(block)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(s.Block(), block) {
		t.Errorf("%x became %x", block, s.Block())
	}
	for n := range block {
		if _, err := ParseState(block[:n]); err == nil {
			t.Errorf("%x was taken", block[:n])
		}
	}
	if _, err := AddTotals([]byte{1, 2}, 1, make([]uint64, columns)); err == nil {
		t.Error("totals of too few columns were taken")
	}
	full := State{levels: make([]level, 1)}
	for n := MaxSegments; n >= 0; n-- {
		id := full.Spare()
		if id != n || full.Has(id) {
			t.Fatalf("segment %d, with %d free", id, n)
		}
		if id > 0 {
			full.Append(id, 1, 1)
		}
	}
}

func FuzzSegment(f *testing.F) {
	f.Add(int64(1), int64(3), "one two", "two one", "会議室 x")
	f.Add(int64(-4), int64(1), "\xff\xc3", "A_b", strings.Repeat("long ", 3000))
	f.Fuzz(func(t *testing.T, id, step int64, a, b, c string) {
		rows := []row{{id, [columns]string{a, b, c}}, {id + step, [columns]string{c, a, a}}, {id + 2*step, [columns]string{"", c, b}}}
		if rows[1].id <= rows[0].id || rows[2].id <= rows[1].id {
			return
		}
		ours, theirs := newTable(t), newTable(t)
		ours.build(NewBuilder(columns, 3), rows)
		theirs.insert(rows)
		same(t, ours.dump(), theirs.dump())
	})
}

func FuzzState(f *testing.F) {
	f.Add([]byte{0, 0, 0, 3, 0xff, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 1})
	f.Fuzz(func(t *testing.T, block []byte) {
		s, err := ParseState(block)
		if err != nil {
			return
		}
		again, err := ParseState(s.Block())
		if err != nil || !bytes.Equal(again.Block(), s.Block()) {
			t.Errorf("%x: %v", block, err)
		}
	})
}
