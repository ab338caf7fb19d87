package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"postea/internal/event"
	"postea/internal/mail"
	"postea/internal/store/segment"
)

// many tells from where on messages are many: their words are gathered, and written as
// segments. Fewer go the way of everyday mail.
type many struct {
	listBytes    int // of bodies that are stored together
	segmentBytes int // of words
	segmentRows  int // or messages
	reindex      int // messages
	commitBytes  int // of a segment
}

// writeGathered puts the words of messages into the index.
func (s *Store) writeGathered(ctx context.Context, list []gathered) error {
	bytes := 0
	for _, g := range list {
		bytes += g.size()
	}
	if bytes < s.many.segmentBytes && len(list) < s.many.segmentRows || !s.takesSegments(ctx) {
		return s.writePieces(ctx, "indexing messages", len(list), func(t *txn, i int) error {
			if i == len(list)-1 {
				t.emit(event.IndexReady{})
			}
			return t.indexGathered(list[i])
		})
	}
	list, err := s.stillWanted(ctx, list)
	if err != nil || len(list) == 0 {
		return err
	}
	slices.SortFunc(list, func(a, b gathered) int { return cmp.Compare(a.doc.Int64, b.doc.Int64) })
	b, ok := s.builders.Get().(*segment.Builder)
	if !ok {
		b = segment.NewBuilder(len(wordsRow{}.text), indexedLetters)
	}
	defer s.builders.Put(b)
	b.Reset()
	for i := range list {
		g := &list[i]
		x, err := g.indexed(g.body, g.hasBody)
		if err != nil {
			return err
		}
		row := x.row(g.doc.Int64, false)
		b.Add(row.doc, row.text[:]...)
		g.body = "" // there is much of it
	}
	if err := s.writeSegment(ctx, b, list); !errors.Is(err, errNotWanted) {
		return err
	}
	return nil // all of them still stand in reindex
}

// takesSegments tells whether the index is one that segments can be added to. FTS5 goes on
// by itself with one that is not, such as that of a later version.
func (s *Store) takesSegments(ctx context.Context) bool {
	var block []byte
	if err := s.mail.read.QueryRowContext(ctx, stateQuery, segment.StateID).Scan(&block); err != nil {
		return false
	}
	state, err := segment.ParseState(block)
	return err == nil && state.Spare() != 0
}

// indexGathered has the words of one message written when the transaction ends.
func (t *txn) indexGathered(g gathered) error {
	// Who stores a body in the meantime indexes it.
	n, err := t.changed(`DELETE FROM reindex WHERE msg = ? AND wish = ?`, g.msg, g.wish)
	if err != nil || n == 0 {
		return err
	}
	x, err := g.indexed(g.body, g.hasBody)
	t.index(g.doc.Int64, true, x)
	return err
}

// errNotWanted says that messages were deleted, or asked to be indexed anew, since
// their words were gathered.
var errNotWanted = errors.New("messages have changed")

// wishes are messages with the wish by which they were gathered, as JSON.
func wishes(list []gathered) string {
	pairs := make([][2]int64, len(list))
	for i, g := range list {
		pairs[i] = [2]int64{int64(g.msg), g.wish}
	}
	return jsonList(pairs)
}

// wishedFor are those of wishes that still stand in reindex.
const wishedFor = `r.msg FROM json_each(?) j CROSS JOIN reindex r ON r.msg = j.value ->> 0 AND r.wish = j.value ->> 1`

// stillWanted gives those that nobody has indexed, deleted or asked for anew.
func (s *Store) stillWanted(ctx context.Context, list []gathered) ([]gathered, error) {
	rows, err := s.mail.read.QueryContext(ctx, `SELECT `+wishedFor, wishes(list))
	if err != nil {
		return nil, fmt.Errorf("reading what is to be indexed: %w", err)
	}
	ids, err := collect(rows, func() (id mail.ID, err error) { return id, rows.Scan(&id) })
	if err != nil {
		return nil, fmt.Errorf("reading what is to be indexed: %w", err)
	}
	wanted := make(map[mail.ID]bool, len(ids))
	for _, id := range ids {
		wanted[id] = true
	}
	return slices.DeleteFunc(list, func(g gathered) bool {
		first := wanted[g.msg]
		wanted[g.msg] = false // one may have been gathered twice
		return !first
	}), nil
}

// writeSegment writes what is built. Its pages go in first, in pieces that let others
// write; the last transaction makes them part of the index. What is there of a segment
// when the program ends before that is overwritten by the next.
func (s *Store) writeSegment(ctx context.Context, b *segment.Builder, list []gathered) error {
	const what = "indexing messages"
	sink := segmentSink{most: s.many.commitBytes, data: make([]byte, 0, s.many.commitBytes+segment.DefaultPageSize), write: func(f func(*txn) error) error { return s.writeMail(ctx, what, f) }}
	pageSize := segment.DefaultPageSize
	err := s.writeMail(ctx, what, func(t *txn) error {
		state, err := t.indexState()
		if err != nil {
			return err
		}
		if sink.id = state.Spare(); sink.id == 0 {
			return errors.New("the index of words is in too many pieces")
		}
		if err := t.QueryRowContext(t.ctx, `SELECT v FROM words_config WHERE k = 'pgsz'`).Scan(&pageSize); err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		first, last := segment.Blocks(sink.id)
		return errors.Join(t.exec(`DELETE FROM words_idx WHERE segid = ?`, sink.id),
			t.exec(`DELETE FROM words_data WHERE id BETWEEN ? AND ?`, first, last))
	})
	if err != nil {
		return err
	}
	pages, err := b.Write(sink.id, pageSize, &sink)
	if err = errors.Join(err, sink.flush()); err != nil {
		return err
	}
	return s.writeMail(ctx, what, func(t *txn) error { return t.joinSegment(sink.id, pages, b, list) })
}

// joinSegment makes a segment part of the index.
func (t *txn) joinSegment(id, pages int, b *segment.Builder, list []gathered) error {
	n, err := t.changed(`DELETE FROM reindex WHERE msg IN (SELECT `+wishedFor+`)`, wishes(list))
	if err != nil {
		return err
	}
	if n < int64(len(list)) {
		return errNotWanted
	}
	docs := make([]int64, len(list))
	for i, g := range list {
		docs[i] = g.doc.Int64
	}
	if err := t.unindex(docs); err != nil {
		return err
	}
	if err := t.exec(`INSERT INTO words (words) VALUES ('flush')`); err != nil {
		return err
	}
	state, err := t.indexState()
	if err != nil {
		return err
	}
	if state.Has(id) {
		return fmt.Errorf("piece %d of the index of words was made by somebody else", id)
	}
	for part := range slices.Chunk(b.RowList(), 2000) {
		sizes := make([][2]any, len(part))
		for i, r := range part {
			sizes[i] = [2]any{r.ID, hex.EncodeToString(r.Sizes)}
		}
		if err := t.exec(`INSERT INTO words_docsize (id, sz, origin) SELECT value ->> 0, unhex(value ->> 1), ? FROM json_each(?)`, state.Origin(), jsonList(sizes)); err != nil {
			return err
		}
	}
	var totals []byte
	if err := t.QueryRowContext(t.ctx, `SELECT block FROM words_data WHERE id = ?`, segment.TotalsID).Scan(&totals); err != nil {
		return err
	}
	if totals, err = segment.AddTotals(totals, b.Rows(), b.Totals()); err != nil {
		return err
	}
	state.Append(id, pages, b.Rows())
	for row, block := range map[int][]byte{segment.TotalsID: totals, segment.StateID: state.Block()} {
		if err := t.exec(`UPDATE words_data SET block = ? WHERE id = ?`, block, row); err != nil {
			return err
		}
	}
	t.emit(event.IndexReady{})
	return t.forgetSegments()
}

// forgetSegments lets FTS5 read anew of which segments the index is made. It looks
// whether others have changed that, but takes it that nobody does so on its own connection;
// when a savepoint is rolled back it forgets what it knew.
func (t *txn) forgetSegments() error {
	for _, q := range []string{`SAVEPOINT forget`, `INSERT INTO words (words) VALUES ('flush')`, `ROLLBACK TO forget`, `RELEASE forget`} {
		if err := t.exec(q); err != nil {
			return err
		}
	}
	return nil
}

func (t *txn) indexState() (*segment.State, error) {
	var block []byte
	if err := t.QueryRowContext(t.ctx, stateQuery, segment.StateID).Scan(&block); err != nil {
		return nil, err
	}
	return segment.ParseState(block)
}

const stateQuery = `SELECT block FROM words_data WHERE id = ?`

// segmentSink writes the pages of a segment in transactions of a few at a time.
type segmentSink struct {
	id    int
	write func(func(*txn) error) error
	rows  []sinkRow
	data  []byte // of the rows
	most  int    // bytes written in one transaction
}

// sinkRow is a row whose data ends at an offset of data, and begins where that of the row
// before ends.
type sinkRow struct {
	term bool // of the tree
	id   int64
	end  int
}

func (k *segmentSink) Block(id int64, block []byte) error { return k.add(false, id, block) }

func (k *segmentSink) Term(term []byte, page int64) error { return k.add(true, page, term) }

func (k *segmentSink) add(term bool, id int64, data []byte) error {
	k.data = append(k.data, data...)
	k.rows = append(k.rows, sinkRow{term, id, len(k.data)})
	if len(k.data) < k.most {
		return nil
	}
	return k.flush()
}

func (k *segmentSink) flush() error {
	err := k.write(func(t *txn) error {
		t.brief = true
		from := 0
		for _, r := range k.rows {
			data := k.data[from:r.end]
			from = r.end
			var err error
			if r.term {
				err = t.exec(`INSERT INTO words_idx (segid, term, pgno) VALUES (?, ?, ?)`, k.id, data, r.id)
			} else {
				err = t.exec(`INSERT INTO words_data (id, block) VALUES (?, ?)`, r.id, data)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	k.rows, k.data = k.rows[:0], k.data[:0]
	return err
}
