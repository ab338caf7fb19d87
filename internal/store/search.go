package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"

	"postea/internal/mail"
	"postea/internal/query"
)

// Search is a question to the mirror.
type Search struct {
	For      query.Node
	Accounts []string        // only messages of these; nil: of all
	Folders  []mail.FolderID // only messages in these; nil: in all
	After    Hit             // only older hits than this one; zero: from the newest on
}

// Hit is a message that was found.
type Hit struct {
	ID     mail.ID
	Thread mail.ThreadID
	Folder mail.FolderID
	date   int64
	doc    int64
}

// Search finds messages, newest first, at most limit. Nothing is found where
// nothing is asked for. Messages whose words are still to be indexed are not
// found (Coverage).
func (s *Store) Search(ctx context.Context, q Search, limit int) ([]Hit, error) {
	branches, err := s.plan(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("searching: %w", err)
	}
	var all []Hit
	for _, b := range branches {
		hits, err := s.run(ctx, b, limit)
		if err != nil {
			return nil, fmt.Errorf("searching: %w", err)
		}
		all = append(all, hits...)
	}
	slices.SortFunc(all, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(b.doc, a.doc), cmp.Compare(b.ID, a.ID))
	})
	all = slices.CompactFunc(all, func(a, b Hit) bool { return a.ID == b.ID })
	return all[:min(limit, len(all))], nil
}

// plan makes the branches of a search.
func (s *Store) plan(ctx context.Context, q Search) ([]branch, error) {
	if q.For == nil || q.Accounts != nil && len(q.Accounts) == 0 {
		return nil, nil
	}
	folders, err := s.Folders(ctx, "")
	if err != nil {
		return nil, err
	}
	next, done := s.wordsIn(ctx)
	defer done()
	wordFrom := func(from, below string) string {
		w, werr := next(from, below)
		if werr != nil {
			err = werr
		}
		return w
	}
	keywords := sync.OnceValue(func() []string {
		list, kerr := s.flagsInUse(ctx)
		if kerr != nil {
			err = kerr
		}
		return list
	})
	p := planner{folders: folders, wordFrom: wordFrom, keywords: keywords, displaced: func(before int64) int64 {
		var doc sql.NullInt64
		if derr := s.mail.read.QueryRowContext(ctx, `SELECT max(doc) FROM msg INDEXED BY msg_displaced WHERE doc >> 1 <> date AND date < ?`, before).Scan(&doc); derr != nil {
			err = derr
		}
		if !doc.Valid {
			return math.MinInt64
		}
		return doc.Int64
	}}
	root := negated(q.within(folders), false)
	spread, ok := p.branches(root)
	if !ok {
		spread = [][]atom{{p.everything(root)}}
	}
	if q.Folders != nil {
		in := p.inFolders(q.Folders, false)
		if len(in)*len(spread) > maxBranches {
			in = [][]atom{{folderAtom(q.Folders)}}
		}
		spread = product(spread, in)
	}
	var out []branch
	for _, atoms := range spread {
		b := branch{from: math.MinInt64, below: math.MaxInt64}
		for _, a := range atoms {
			if a.text.expr != "" {
				b.match = append(b.match, a.text)
			}
			if a.add != nil {
				a.add(&b)
			}
		}
		if q.After.ID != 0 {
			b.below = min(b.below, q.After.doc)
		}
		if !b.never && b.from < b.below {
			out = append(out, b)
		}
	}
	return out, err
}

// within adds the accounts to what is asked for.
func (q Search) within(folders []FolderState) query.Node {
	root := query.And{q.For}
	foreign := func(f FolderState) bool { return !slices.Contains(q.Accounts, f.Account) }
	if q.Accounts != nil && slices.ContainsFunc(folders, foreign) {
		var or query.Or
		for _, a := range q.Accounts {
			or = append(or, query.Account{Name: a})
		}
		root = append(root, or)
	}
	return root
}

// everything makes a whole search into one condition on rows, for the search
// that would be spread out too far.
func (p *planner) everything(n query.Node) atom {
	join := func(list []query.Node, op string) atom {
		var parts []string
		var args []any
		for _, c := range list {
			a := p.everything(c)
			parts, args = append(parts, "("+a.sql+")"), append(args, a.args...)
		}
		return atom{sql: strings.Join(parts, op), args: args}
	}
	var a atom
	and, isAnd := n.(query.And)
	or, isOr := n.(query.Or)
	switch {
	case isText(n):
		t := p.expr(n)
		a = atom{sql: `m.doc IN (SELECT rowid FROM words WHERE words MATCH ?)`, args: []any{t.positive()}}
	case isAnd:
		a = join(and, " AND ")
	case isOr:
		a = join(or, " OR ")
	default:
		leaves, _ := p.leaf(n)
		var parts []string
		for _, conj := range leaves {
			for _, l := range conj { // of a leaf, each branch is one atom
				parts, a.args = append(parts, "("+l.sql+")"), append(a.args, l.args...)
			}
		}
		a.sql = strings.Join(parts, " OR ")
	}
	return condition(a.sql, false, nil, a.args...)
}

const (
	firstLook = 1500   // hits of the index that are looked up before another way is thought of
	fewListed = 20     // so many are rather asked about one by one
	fewRows   = 10_000 // so many rows are rather gathered, and the hits of the index compared with them
)

const hitColumns = `m.id, m.thread, m.folder, m.date, m.doc`

// run answers a branch.
func (s *Store) run(ctx context.Context, b branch, limit int) ([]Hit, error) {
	switch {
	case len(b.match) == 0:
		return s.byRows(ctx, b, limit)
	case len(b.where) == 0:
		return s.byWords(ctx, b, limit, -1)
	case b.listed > fewListed:
		return s.byBoth(ctx, b, "", limit)
	case b.narrow:
		return s.byRows(ctx, b, limit)
	}
	// Most often the newest hits of the index will do. Where few messages fulfil
	// the conditions, those are the shorter way.
	index, n, total, err := s.driver(ctx, b)
	if err != nil {
		return nil, err
	}
	if n > fewRows || n*firstLook > limit*total {
		hits, err := s.byWords(ctx, b, limit, firstLook)
		if err != nil || len(hits) >= limit {
			return hits, err
		}
	}
	if n <= fewRows {
		return s.byBoth(ctx, b, index, limit)
	}
	return s.byWords(ctx, b, limit, -1)
}

// byBoth gathers the rows that fulfil the conditions and goes through the hits
// of the index that are among them. The + keeps SQLite from asking the index
// about each of them, which costs a thousand times what a step in it does.
// Deleted messages are left out at the end, so that the rows need not be read
// where an index knows all that is asked.
func (s *Store) byBoth(ctx context.Context, b branch, index string, limit int) ([]Hit, error) {
	where := slices.Concat([]string{`+m.doc >= ? AND +m.doc < ?`}, b.where)
	if index != "" {
		where[0], index = `m.doc >= ? AND m.doc < ?`, " INDEXED BY "+index
	}
	args := append([]any{b.from, b.below}, b.args...)
	rows, err := s.mail.read.QueryContext(ctx, `SELECT m.doc FROM msg m`+index+` WHERE `+strings.Join(where, " AND "), args...)
	if err != nil {
		return nil, err
	}
	docs, err := collect(rows, func() (doc int64, err error) { return doc, rows.Scan(&doc) })
	if err != nil || len(docs) == 0 {
		return nil, err
	}
	return s.hits(ctx, `SELECT `+hitColumns+` FROM (SELECT rowid AS doc FROM words WHERE words MATCH ? AND rowid >= ? AND rowid <= ?
			AND +rowid IN (SELECT value FROM json_each(?)) ORDER BY rowid DESC) w
		CROSS JOIN msg m INDEXED BY msg_doc ON m.doc = w.doc WHERE m.folder <> 0 ORDER BY w.doc DESC LIMIT ?`,
		conjunction(b.match).expr, slices.Min(docs), slices.Max(docs), jsonList(docs), limit)
}

// byWords goes through the hits of the index, newest first, at most look of
// them, -1 for all.
func (s *Store) byWords(ctx context.Context, b branch, limit, look int) ([]Hit, error) {
	where := slices.Concat([]string{`m.folder <> 0`}, b.where)
	args := []any{conjunction(b.match).expr, b.from, b.below, look}
	args = append(append(args, b.args...), limit)
	return s.hits(ctx, `SELECT `+hitColumns+` FROM (SELECT rowid AS doc FROM words WHERE words MATCH ? AND rowid >= ? AND rowid < ? ORDER BY rowid DESC LIMIT ?) w
		CROSS JOIN msg m INDEXED BY msg_doc ON m.doc = w.doc WHERE `+strings.Join(where, " AND ")+` ORDER BY w.doc DESC LIMIT ?`, args...)
}

// byRows goes through messages, newest first, and asks the index about each,
// which is for a few messages only.
func (s *Store) byRows(ctx context.Context, b branch, limit int) ([]Hit, error) {
	index, _, _, err := s.driver(ctx, b)
	if err != nil {
		return nil, err
	}
	where := slices.Concat([]string{`m.doc >= ? AND m.doc < ? AND m.folder <> 0`}, b.where)
	args := append([]any{b.from, b.below}, b.args...)
	if len(b.match) > 0 {
		where = append(where, `EXISTS (SELECT 1 FROM words WHERE words MATCH ? AND rowid = m.doc)`)
		args = append(args, conjunction(b.match).expr)
	}
	order := `m.doc`
	if index == "" {
		order = `+m.doc` // of the few rows, whatever index finds them
	} else {
		index = " INDEXED BY " + index
	}
	return s.hits(ctx, `SELECT `+hitColumns+` FROM msg m`+index+` WHERE `+strings.Join(where, " AND ")+` ORDER BY `+order+` DESC LIMIT ?`,
		append(args, limit)...)
}

// driver chooses the index by which rows are gone through, newest first, and
// tells how many there are about, of all. It is "" where a condition finds few rows.
func (s *Store) driver(ctx context.Context, b branch) (index string, n, total int, err error) {
	if b.narrow {
		return "", 0, 0, nil
	}
	folders, err := s.Folders(ctx, "")
	if err != nil {
		return "", 0, 0, err
	}
	unread := 0
	index = "msg_doc"
	for _, f := range folders {
		total += f.Total
		unread += f.Unread
	}
	n = total
	if b.unread && unread < n {
		index, n = "msg_unread", unread
	}
	for _, f := range folders {
		if f.ID == b.folder && f.Total < n {
			index, n = "msg_folder_doc", f.Total
		}
	}
	if b.marked && n > 0 {
		var marked int
		err := s.mail.read.QueryRowContext(ctx, `SELECT count(*) FROM (SELECT 1 FROM msg INDEXED BY msg_marked WHERE flags <> '' AND flags <> '\Seen' LIMIT ?)`, min(n, fewRows+1)).Scan(&marked)
		if err != nil {
			return "", 0, 0, err
		}
		if marked < n {
			index, n = "msg_marked", marked
		}
	}
	return index, n, total, nil
}

func (s *Store) hits(ctx context.Context, sql string, args ...any) ([]Hit, error) {
	rows, err := s.mail.read.QueryContext(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return collect(rows, func() (h Hit, err error) { return h, rows.Scan(&h.ID, &h.Thread, &h.Folder, &h.date, &h.doc) })
}

// Coverage tells what a search looks at.
type Coverage struct {
	Messages  int // that are here
	Older     int // that are at servers only
	Bodies    int // of them with their bodies
	Unindexed int // that wait to be indexed and are not found yet
}

// Coverage counts what a search of the accounts looks at.
func (s *Store) Coverage(ctx context.Context, accounts []string) (Coverage, error) {
	var c Coverage
	var tags []string
	for _, a := range accounts {
		folders, err := s.Folders(ctx, a)
		if err != nil {
			return c, err
		}
		for _, f := range folders {
			c.Messages += f.Total
			c.Older += f.Reach.Older
		}
		tags = append(tags, quoteFTS(accountTag(a)))
	}
	if len(tags) == 0 {
		return c, nil
	}
	err := s.mail.read.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM words WHERE words MATCH ?), (SELECT count(*) FROM reindex)`,
		quoteFTS(tagBody)+` AND (`+strings.Join(tags, " OR ")+`)`).Scan(&c.Bodies, &c.Unindexed)
	if err != nil {
		return c, fmt.Errorf("counting what is searched: %w", err)
	}
	c.Bodies = min(c.Bodies, c.Messages) // one that is being deleted is in the index still
	return c, nil
}

// Unindexed counts the messages that wait for their words to be indexed.
func (s *Store) Unindexed(ctx context.Context) (n int, err error) {
	if err := s.mail.read.QueryRowContext(ctx, `SELECT count(*) FROM reindex`).Scan(&n); err != nil {
		return 0, fmt.Errorf("counting what is to be indexed: %w", err)
	}
	return n, nil
}

// ListID is the List-Id that a message came by, "" for none. The error is ErrNotFound where there
// is no such message.
func (s *Store) ListID(ctx context.Context, id mail.ID) (string, error) {
	var list string
	err := s.mail.read.QueryRowContext(ctx, `SELECT list FROM msg WHERE id = ?`, id).Scan(&list)
	if errors.Is(err, sql.ErrNoRows) {
		return "", ErrNotFound
	}
	return list, err
}

// Summaries gives messages by their ids, in that order; those that are gone are
// left out.
func (s *Store) Summaries(ctx context.Context, ids []mail.ID) ([]mail.Summary, error) {
	found := make(map[mail.ID]mail.Summary, len(ids))
	for chunk := range slices.Chunk(ids, 500) {
		list, err := s.summaries(ctx, "reading messages", `m.folder <> 0 AND m.id IN (`+marks(len(chunk))+`)`, anys(chunk)...)
		if err != nil {
			return nil, err
		}
		for _, m := range list {
			found[m.ID] = m
		}
	}
	out := make([]mail.Summary, 0, len(found))
	for _, id := range ids {
		if m, ok := found[id]; ok {
			out = append(out, m)
		}
	}
	return out, nil
}
