package store

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"postea/internal/mail"
	"postea/internal/query"
)

// benchSize is how many messages the benchmarks are about: POSTEA_BENCH_SIZE.
func benchSize() int {
	if n, err := strconv.Atoi(os.Getenv("POSTEA_BENCH_SIZE")); err == nil && n > 0 {
		return n
	}
	return 20_000
}

// prose makes texts whose words are as common as words are: the n-th of the
// vocabulary in one of n texts.
type prose struct {
	r    *rand.Rand
	zipf *rand.Zipf
}

func newProse(seed uint64) *prose {
	r := rand.New(rand.NewPCG(seed, 1))
	return &prose{r, rand.NewZipf(r, 1.1, 8, 200_000)}
}

// word spells a number with syllables.
func (p *prose) word() string {
	n := p.zipf.Uint64()
	if n == 0 {
		return "the"
	}
	s := ""
	for n += 20; n > 0; n /= 20 {
		s += [...]string{"ba", "ce", "di", "fo", "gu", "han", "jet", "kil", "lor", "mun", "pa", "que", "ri", "so", "tu", "vam", "wex", "yit", "zo", "stru"}[n%20]
	}
	return s
}

func (p *prose) text(words int) string {
	b := make([]byte, 0, words*7)
	for range words {
		b = append(append(b, p.word()...), ' ')
	}
	return string(b)
}

const tenYears = 10 * 365 * 24 * time.Hour

func (p *prose) header(i, n int) Header {
	sender := p.r.IntN(2000)
	h := Header{UID: mail.UID(i + 1), MessageID: fmt.Sprintf("%d@bench.example", i), Subject: p.text(3 + p.r.IntN(6)), Size: 500 + p.r.Int64N(9000),
		Date: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC).Add(-time.Duration(n-i) * min(53*time.Minute, tenYears/time.Duration(n))),
		From: []mail.Address{{Name: fmt.Sprintf("%s Person%d", p.word(), sender), Address: fmt.Sprintf("p%d@example%d.net", sender, sender%50)}},
		To:   []mail.Address{{Name: "Bench User", Address: "bench@bench.example"}}}
	h.Internal = h.Date
	if p.r.IntN(10) > 0 {
		h.Flags = append(h.Flags, mail.FlagSeen)
	}
	if p.r.IntN(100) == 0 {
		h.Flags = append(h.Flags, mail.FlagFlagged)
	}
	if p.r.IntN(12) == 0 {
		h.Attachments = []mail.AttachmentInfo{{Name: p.word() + ".pdf", Type: "application/pdf", Size: 100_000}}
		h.Size = 1 << (12 + p.r.IntN(12))
	}
	if root := i - i%8; i > root && p.r.IntN(2) == 0 {
		h.References = []string{fmt.Sprintf("%d@bench.example", root)}
	}
	return h
}

// benchStore gives a store with size messages, three quarters of them with
// bodies, made once and kept in POSTEA_BENCH_DIR where that is set.
func benchStore(b testing.TB, size int, bodies bool) (*Store, mail.FolderID) {
	b.Helper()
	dir := b.TempDir()
	if keep := os.Getenv("POSTEA_BENCH_DIR"); keep != "" {
		dir = filepath.Join(keep, fmt.Sprintf("%d-%v", size, bodies))
	}
	s, err := Open(b.Context(), dir, Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	if f, err := s.FolderByRole(b.Context(), "bench", mail.RoleInbox); err == nil {
		return s, f.ID
	}
	fail := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	p := newProse(7)
	var all []Header
	for i := range size {
		all = append(all, p.header(i, size))
	}
	fail(s.SetFolders(b.Context(), "bench", []RemoteFolder{{Name: "INBOX", Wire: "INBOX", Role: mail.RoleInbox, Selectable: true}, {Name: "Archive", Wire: "Archive", Role: mail.RoleArchive, Selectable: true}}))
	inbox, err := s.FolderByRole(b.Context(), "bench", mail.RoleInbox)
	fail(err)
	slices.Reverse(all) // as a sync does: the newest window first
	for window := range slices.Chunk(all, 500) {
		window = slices.Clone(window)
		slices.Reverse(window)
		ids, err := s.AddHeaders(b.Context(), inbox.ID, window)
		fail(err)
		if !bodies {
			continue
		}
		var items []BodyItem
		for _, id := range ids {
			if p.r.IntN(4) > 0 {
				text := p.text(30 + p.r.IntN(250))
				items = append(items, BodyItem{id, []byte(text), BodyInfo{Text: text, Snippet: text[:100]}})
			}
		}
		fail(s.PutBodies(b.Context(), items))
	}
	return s, inbox.ID
}

// BenchmarkAddHeaders is what a header costs the first sync, in windows of 500.
func BenchmarkAddHeaders(b *testing.B) {
	s, err := Open(b.Context(), b.TempDir(), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	if err := s.SetFolders(b.Context(), "a", []RemoteFolder{{Name: "INBOX", Wire: "INBOX", Role: mail.RoleInbox, Selectable: true}}); err != nil {
		b.Fatal(err)
	}
	f, err := s.FolderByRole(b.Context(), "a", mail.RoleInbox)
	if err != nil {
		b.Fatal(err)
	}
	p := newProse(3)
	var list []Header
	for i := range max(b.N, 500) {
		list = append(list, p.header(i, b.N))
	}
	b.ResetTimer()
	for window := range slices.Chunk(list[:b.N], 2000) {
		if _, err := s.AddHeaders(b.Context(), f.ID, window); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPutBody is what a body costs that is stored by itself.
func BenchmarkPutBody(b *testing.B) {
	s, inbox := benchStore(b, 2000, false)
	hits, err := s.Newest(b.Context(), []mail.FolderID{inbox}, 2000)
	if err != nil {
		b.Fatal(err)
	}
	p := newProse(5)
	text := p.text(200)
	for i := 0; b.Loop(); i++ {
		if err := s.PutBody(b.Context(), hits[i%len(hits)].ID, []byte(text), BodyInfo{Text: text}); err != nil {
			b.Fatal(err)
		}
	}
}

// times runs f and reports the median and the 99th percentile in microseconds.
func times(b *testing.B, f func(i int)) {
	var took []time.Duration
	for i := 0; b.Loop(); i++ {
		t0 := time.Now()
		f(i)
		took = append(took, time.Since(t0))
	}
	slices.Sort(took)
	at := func(q float64) float64 { return float64(took[int(q*float64(len(took)-1))].Microseconds()) }
	b.ReportMetric(at(0.5), "µs-median")
	b.ReportMetric(at(0.99), "µs-p99")
}

// BenchmarkSearch asks for the newest 50 hits, with what a list shows of them.
func BenchmarkSearch(b *testing.B) {
	s, inbox := benchStore(b, benchSize(), true)
	for _, text := range []string{"struyit", "dice", `"the the"`, "the ", "the is:unread", "the is:starred", "subject:the", "from:person77", "t", "th", "the", "bace", "in:inbox dice", "has:attachment", "larger:1M",
		"is:unread", "is:starred", "-the", "-is:read", "before:2020", "dice after:2026", "is:starred OR dice", "the is:starred larger:1M has:attachment", "b* is:starred -dice"} {
		q := query.Parse(text, time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC))
		if len(q.Problems) > 0 {
			b.Fatal(q.Problems)
		}
		b.Run(text, func(b *testing.B) {
			times(b, func(int) { searchPage(b, s, q.Root, nil) })
		})
	}
	_ = inbox
}

func searchPage(b *testing.B, s *Store, n query.Node, folders []mail.FolderID) int {
	hits, err := s.Search(b.Context(), Search{For: n, Folders: folders}, 50)
	if err == nil {
		_, err = s.Summaries(b.Context(), idsOf(hits))
	}
	if err != nil {
		b.Fatal(err)
	}
	return len(hits)
}

// BenchmarkAnySearch is generated queries, each once.
func BenchmarkAnySearch(b *testing.B) {
	s, _ := benchStore(b, benchSize(), true)
	r := rand.New(rand.NewPCG(11, 1))
	p := newProse(13)
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	type slow struct {
		took time.Duration
		text string
		hits int
	}
	var worst []slow
	times(b, func(int) {
		text := someProse(r, p, 2)
		q := query.Parse(text, now)
		t0 := time.Now()
		n := searchPage(b, s, q.Root, nil)
		worst = append(worst, slow{time.Since(t0), text, n})
	})
	slices.SortFunc(worst, func(x, y slow) int { return cmp.Compare(y.took, x.took) })
	for _, w := range worst[:min(len(worst), 12)] {
		b.Logf("%8v %4d %s", w.took.Round(time.Microsecond), w.hits, w.text)
	}
}

func someProse(r *rand.Rand, p *prose, depth int) string {
	if depth > 0 && r.IntN(2) == 0 {
		a, c := someProse(r, p, depth-1), someProse(r, p, depth-1)
		switch r.IntN(5) {
		case 0:
			return "(" + a + " OR " + c + ")"
		case 1:
			return "-(" + a + ") " + c
		}
		return a + " " + c
	}
	w := p.word()
	switch r.IntN(12) {
	case 0:
		return w[:min(len(w), 2+r.IntN(3))] + "*"
	case 1:
		return `"` + w + " " + p.word() + `"`
	case 2:
		return "from:" + w
	case 3:
		return "subject:" + w
	case 4:
		return []string{"is:unread", "is:starred", "is:read", "has:attachment", "is:answered"}[r.IntN(5)]
	case 5:
		return []string{"in:inbox", "in:archive", "older:1y", "newer:2y", "before:2024-03", "larger:1M", "smaller:1k"}[r.IntN(7)]
	}
	return w
}

// BenchmarkList is a page of a list anywhere in it; BenchmarkThread a conversation.
func BenchmarkList(b *testing.B) {
	s, inbox := benchStore(b, benchSize(), false)
	first, err := s.List(b.Context(), ListQuery{Folders: []mail.FolderID{inbox}, Limit: 50})
	if err != nil {
		b.Fatal(err)
	}
	for _, k := range []struct {
		name string
		at   func(*rand.Rand) int
	}{{"top", func(*rand.Rand) int { return 0 }}, {"anywhere", func(r *rand.Rand) int { return r.IntN(first.Total) }}} {
		b.Run(k.name, func(b *testing.B) {
			r := rand.New(rand.NewPCG(1, 1))
			times(b, func(int) {
				if _, err := s.List(b.Context(), ListQuery{Folders: []mail.FolderID{inbox}, Offset: k.at(r), Limit: 50}); err != nil {
					b.Fatal(err)
				}
			})
		})
	}
	b.Run("anchored", func(b *testing.B) {
		r := rand.New(rand.NewPCG(1, 1))
		times(b, func(int) {
			at := first.Rows[r.IntN(len(first.Rows))].Thread
			if _, err := s.List(b.Context(), ListQuery{Folders: []mail.FolderID{inbox}, Offset: 20, Limit: 50, Anchor: at}); err != nil {
				b.Fatal(err)
			}
		})
	})
	b.Run("thread", func(b *testing.B) {
		r := rand.New(rand.NewPCG(1, 1))
		times(b, func(int) {
			if _, err := s.Thread(b.Context(), mail.ThreadID(1+r.IntN(first.Total))); err != nil {
				b.Fatal(err)
			}
		})
	})
}

// BenchmarkApplyAll is what a change of everything in a folder costs, and its
// undo, by message.
func BenchmarkApplyAll(b *testing.B) {
	s, inbox := benchStore(b, benchSize(), false)
	archive, err := s.FolderByRole(b.Context(), "bench", mail.RoleArchive)
	if err != nil {
		b.Fatal(err)
	}
	ids, err := s.AllIn(b.Context(), []mail.FolderID{inbox})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := s.Apply(b.Context(), ids, Change{Label: "Archived", MoveTo: archive.ID}); err != nil {
			b.Fatal(err)
		}
		if _, err := s.Undo(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(max(len(ids), 1)), "us/message")
}

// BenchmarkSorted is a page of a list in another order that is kept, and what it
// takes to put the folder in order.
func BenchmarkSorted(b *testing.B) {
	s, inbox := benchStore(b, benchSize(), false)
	for _, sort := range sorts() {
		for _, single := range []bool{false, true} {
			q := SortQuery{Folder: inbox, Sort: sort, Single: single, Limit: 50}
			kind := fmt.Sprintf("%s/single=%t/", cmp.Or(sort, "newest"), single)
			start := time.Now()
			if err := s.Arrange(b.Context(), q); err != nil {
				b.Fatal(err)
			}
			arranged := time.Since(start)
			first, err := s.ListSorted(b.Context(), q)
			if err != nil || first.Unarranged {
				b.Fatal(first.Unarranged, err)
			}
			r := rand.New(rand.NewPCG(1, 1))
			page := func(b *testing.B, q SortQuery) mail.ThreadID {
				got, err := s.ListSorted(b.Context(), q)
				if err != nil {
					b.Fatal(err)
				}
				return got.Rows[0].Thread
			}
			b.Run(kind+"top", func(b *testing.B) {
				times(b, func(int) { page(b, q) })
				b.ReportMetric(arranged.Seconds()*1000, "ms-to-arrange")
			})
			b.Run(kind+"anywhere", func(b *testing.B) {
				times(b, func(int) {
					q.Offset = r.IntN(first.Total)
					page(b, q)
				})
			})
			b.Run(kind+"anchored", func(b *testing.B) {
				q.Offset = r.IntN(first.Total)
				q.Anchor = page(b, q)
				q.Offset = 20
				times(b, func(int) { page(b, q) })
			})
		}
	}
}
