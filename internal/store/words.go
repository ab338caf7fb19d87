package store

import (
	"cmp"
	"database/sql"
	"encoding/hex"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strings"

	"postea/internal/mail"
	"postea/internal/query"
)

// Rows of the index are numbered date<<docBits plus a number within the second. The
// fewer bits, the smaller the steps from row to row, of which the index is made.
const docBits = 1

// maxIndexed bounds how many bytes of a body are in the index.
const maxIndexed = 1 << 20

// wordsRow is a row of the index that the transaction will write.
type wordsRow struct {
	doc     int64
	replace bool // a row of that number may be there
	text    [8]string
}

// newDoc numbers a message for the index. Where its second is full, which mail
// that was imported without dates can bring about, it is displaced to later ones.
func (t *txn) newDoc(date int64) (int64, error) {
	first := date << docBits
	end := first + 1<<docBits
	next, known := t.docs[date]
	if !known {
		err := t.QueryRowContext(t.ctx, `SELECT coalesce(max(doc) + 1, ?1) FROM msg WHERE doc >= ?1 AND doc < ?2`, first, end).Scan(&next)
		if err != nil {
			return 0, err
		}
	}
	if next < end {
		if known {
			t.docs[date] = next + 1
		}
		return next, nil
	}
	for width := int64(1 << docBits); ; width *= 2 {
		doc := end + rand.Int64N(width)
		var n int
		if err := t.QueryRowContext(t.ctx, `SELECT count(*) FROM msg WHERE doc = ?`, doc).Scan(&n); err != nil || n > 0 {
			if err != nil {
				return 0, err
			}
			continue
		}
		if second := doc >> docBits; t.docs[second] != 0 {
			t.docs[second] = max(t.docs[second], doc+1)
		}
		return doc, nil
	}
}

// lookUpDocs reads at once which numbers are free in the seconds of a list.
func (t *txn) lookUpDocs(list []headerRow) error {
	firsts := make([]int64, 0, len(list))
	for _, h := range list {
		firsts = append(firsts, h.at<<docBits)
	}
	rows, err := t.QueryContext(t.ctx, `SELECT value, (SELECT max(doc) + 1 FROM msg WHERE doc >= value AND doc < value + ?) FROM json_each(?)`,
		1<<docBits, jsonSet(firsts))
	if err != nil {
		return err
	}
	t.docs = make(map[int64]int64, len(list))
	_, err = collect(rows, func() (struct{}, error) {
		var first int64
		var next sql.NullInt64
		err := rows.Scan(&first, &next)
		if !next.Valid {
			next.Int64 = first
		}
		t.docs[first>>docBits] = next.Int64
		return struct{}{}, err
	})
	return err
}

// indexed is what the index needs to know of a message.
type indexed struct {
	account       string
	from, to, cc  []mail.Address
	subject, list string
	size          int64
	attachments   []mail.AttachmentInfo
	body          string // bodyWords
	hasBody       bool
}

// Marks in the column tag, and in no text: what query.Words makes never holds
// characters of private use.
const (
	tagAll     = "\ue000x"
	tagFile    = "\ue000f" // a file that is not inline
	tagBody    = "\ue000b" // the body is here
	tagAccount = "\ue000a"
	tagSize    = "\ue000s" // with sizeClass
)

func accountTag(name string) string { return tagAccount + hex.EncodeToString([]byte(name)) }

// sizeClass is the power of four below a size, as one letter.
func sizeClass(size int64) string {
	return string(rune('a' + min(max(bits.Len64(uint64(max(size, 0)))-1, 0)/2, 'z'-'a')))
}

// bodyWords are the words of the text of a body, as the index takes them. buf is used
// again and again.
func bodyWords(buf *[]byte, text string) string {
	*buf = query.AppendWords((*buf)[:0], text[:min(len(text), maxIndexed)])
	return string(*buf)
}

func (x indexed) row(doc int64, replace bool) wordsRow {
	var buf []byte
	words := func(list ...string) string {
		buf = buf[:0]
		for _, s := range list {
			buf = query.AppendWords(buf, s)
		}
		return string(buf)
	}
	people := func(list []mail.Address) string {
		buf = buf[:0]
		for _, a := range list[:min(len(list), maxAddresses)] {
			buf = query.AppendWords(query.AppendWords(buf, a.Name), a.Address)
		}
		return string(buf)
	}
	names := make([]string, 0, len(x.attachments))
	for _, a := range x.attachments[:min(len(x.attachments), maxAttachments)] {
		names = append(names, a.Name)
	}
	tags := []string{tagAll, accountTag(x.account), tagSize + sizeClass(x.size)}
	if countAttached(x.attachments) > 0 {
		tags = append(tags, tagFile)
	}
	if x.hasBody {
		tags = append(tags, tagBody)
	}
	return wordsRow{doc, replace, [8]string{people(x.from), people(x.to), people(x.cc), words(x.subject), words(names...), words(x.list),
		x.body, strings.Join(tags, " ")}}
}

// index writes the words of a message when the transaction ends.
func (t *txn) index(doc int64, replace bool, x indexed) {
	t.words = append(t.words, x.row(doc, replace))
}

// writeWords writes what index has gathered. Rows go in by their numbers: each
// step back would cost the index a segment.
func (t *txn) writeWords() error {
	slices.SortStableFunc(t.words, func(a, b wordsRow) int { return cmp.Compare(a.doc, b.doc) })
	var replaced []int64
	for _, w := range t.words {
		if w.replace {
			replaced = append(replaced, w.doc)
		}
	}
	if err := t.unindex(replaced); err != nil {
		return err
	}
	for _, w := range t.words {
		if err := t.exec(`INSERT INTO words (rowid, sender, rcpt, cc, subject, files, list, body, tag) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			w.doc, w.text[0], w.text[1], w.text[2], w.text[3], w.text[4], w.text[5], w.text[6], w.text[7]); err != nil {
			return err
		}
	}
	t.words = nil
	return nil
}

// unindex takes those rows out of the index that are there: most are not, and FTS5
// is slow to find that out. It keeps a row of words_docsize for each that is.
func (t *txn) unindex(docs []int64) error {
	if len(docs) == 0 {
		return nil
	}
	rows, err := t.QueryContext(t.ctx, `SELECT id FROM words_docsize WHERE id IN (SELECT value FROM json_each(?))`, jsonList(docs))
	if err != nil {
		return err
	}
	there, err := collect(rows, func() (doc int64, err error) { return doc, rows.Scan(&doc) })
	if err != nil {
		return err
	}
	for _, doc := range there {
		if err := t.exec(`DELETE FROM words WHERE rowid = ?`, doc); err != nil {
			return err
		}
	}
	return nil
}

// indexedColumns are what storedWords.fields reads of msg.
const indexedColumns = `doc, date, account, sender, rcpt, cc, subject, list, m.size, attachments`

// storedWords is what the mirror holds of a message for the index.
type storedWords struct {
	doc           sql.NullInt64
	date          int64
	account       string
	from, to, cc  string // JSON
	subject, list string
	size          int64
	files         string // JSON
}

func (w *storedWords) fields() []any {
	return []any{&w.doc, &w.date, &w.account, &w.from, &w.to, &w.cc, &w.subject, &w.list, &w.size, &w.files}
}

// indexed adds the words of the body, if that is here.
func (w storedWords) indexed(body string, hasBody bool) (x indexed, err error) {
	x = indexed{account: w.account, from: parseAddresses(w.from), to: parseAddresses(w.to), cc: parseAddresses(w.cc),
		subject: w.subject, list: w.list, size: w.size, body: body, hasBody: hasBody}
	x.attachments, err = parseAttachments(w.files)
	return x, err
}

// number gives a message its number in the index where it has none.
func (t *txn) number(id mail.ID, w *storedWords) error {
	if w.doc.Valid {
		return nil
	}
	doc, err := t.newDoc(w.date)
	if err != nil {
		return err
	}
	w.doc = sql.NullInt64{Int64: doc, Valid: true}
	return t.exec(`UPDATE msg SET doc = ? WHERE id = ?`, doc, id)
}
