package syncer

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"postea/config"
	"postea/imapclient"
	"postea/internal/lab"
	"postea/internal/mail"
	"postea/internal/query"
	"postea/internal/store"
)

// crowd gives a server n messages, one an hour up to now, named by their number.
func crowd(t *testing.T, s *server, n int) {
	t.Helper()
	s.change("Archive", func(b *box) {
		for i := range n {
			at := time.Now().Add(-time.Duration(n-i) * time.Hour)
			b.add(letter(fmt.Sprint("m", i), fmt.Sprint("Subject ", i)), at)
		}
	})
}

func (r *rig) archive() store.FolderState {
	r.t.Helper()
	f, err := r.store.FolderByRole(r.t.Context(), "a", mail.RoleArchive)
	if err != nil {
		r.t.Fatal(err)
	}
	return f
}

// holds verifies how many messages are here and how many are known to be at the
// server only.
func (r *rig) holds(here, older int) {
	r.t.Helper()
	if f := r.archive(); f.Total != here || f.Reach.Older != older {
		r.t.Errorf("%d are here and %d older ones at the server, want %d and %d", f.Total, f.Reach.Older, here, older)
	}
}

func deep(d config.Depth) func(*Options) { return func(o *Options) { o.Account.Depth = d } }

// Of a large folder the newest are kept, and what happens to them and to the
// others is counted rightly, whatever the server can tell.
func TestDepthByNumber(t *testing.T) {
	classes(t, func(t *testing.T, s *server) {
		crowd(t, s, 800)
		r := newRig(t, s.profile(), deep(config.Depth{Newest: 600}))
		s.said("")
		r.sync()
		r.holds(600, 200)
		if r.message("m799").Subject == "" || r.message("m200").Subject == "" {
			t.Error("the newest are not here")
		}
		for _, line := range s.said("FETCH") {
			if strings.Contains(line, "FETCH 1:") {
				t.Errorf("asked for what stays at the server: %s", line)
			}
		}
		r.sync()
		r.holds(600, 200)

		s.change("Archive", func(b *box) {
			b.remove(b.find("m10").uid)
			b.remove(b.find("m700").uid)
			b.set("m20", `\Seen`, true)
			b.set("m701", `\Seen`, true)
			b.add(letter("new", "New"), time.Now())
		})
		r.sync()
		r.holds(600, 199)
		if m := r.message("m701"); len(m.Flags) != 1 {
			t.Errorf("flags are %q", m.Flags)
		}
		r.message("new")

		if n, err := r.store.WantOlder(t.Context(), []mail.FolderID{r.archive().ID}, 50); n != 50 || err != nil {
			t.Fatal(n, err)
		}
		r.sync()
		r.holds(650, 149)
		r.message("m150")
		if n, err := r.store.WantOlder(t.Context(), []mail.FolderID{r.archive().ID}, 5000); n != 149 || err != nil {
			t.Fatal(n, err)
		}
		r.sync()
		r.holds(799, 0)
		r.agree(s.truth)
		r.sync()
		r.agree(s.truth)
	})
}

// A round in which nothing has changed costs a folder that is kept in part no
// more than one that is whole.
func TestDepthCostsNothing(t *testing.T) {
	for _, caps := range []string{qresync, modern} {
		s := newServer(t, caps)
		crowd(t, s, 700)
		r := newRig(t, s.profile(), deep(config.Depth{Newest: 500}))
		r.sync()
		s.said("")
		r.sync()
		for _, line := range s.said("") {
			if strings.Contains(line, "SEARCH") || strings.Contains(line, "Archive") {
				t.Errorf("said %s", line)
			}
		}
		r.holds(500, 200)
	}
}

func TestDepthByTime(t *testing.T) {
	classes(t, func(t *testing.T, s *server) {
		crowd(t, s, 700)
		r := newRig(t, s.profile(), deep(config.Depth{Days: 10}))
		r.sync()
		f := r.archive()
		if f.Total < 10*24-1 || f.Total > 11*24+1 || f.Total+f.Reach.Older != 700 {
			t.Errorf("%d are here, %d at the server", f.Total, f.Reach.Older)
		}
		was := f.Total

		// A shorter time takes nothing away, a longer one brings more.
		for _, c := range []struct{ days, least, most int }{{5, was, was}, {20, 20*24 - 1, 21*24 + 1}, {0, 700, 700}} {
			r.options.Account.Depth = config.Depth{Days: c.days}
			r.reopen()
			r.sync()
			if f := r.archive(); f.Total < c.least || f.Total > c.most || f.Total+f.Reach.Older != 700 {
				t.Errorf("with %d days %d are here, %d at the server", c.days, f.Total, f.Reach.Older)
			}
		}
		r.agree(s.truth)
	})
}

// A search for what is new that finds nothing hides nothing, where the last message is new.
func TestDepthWhereNothingIsFound(t *testing.T) {
	for _, days := range []int{10, 1000} { // since the last message came
		s := newServer(t, old)
		s.strain(func(c, out, answer string) (string, string) {
			if strings.Contains(c, "SINCE") {
				return "", answer
			}
			return out, answer
		})
		s.fill("Archive", 700)
		at := s.start().AddDate(0, 0, days)
		r := newRig(t, s.profile(), deep(config.Depth{Days: 100}), func(o *Options) { o.Now = func() time.Time { return at } })
		r.sync()
		want := 700
		if days > 100 {
			want = 0
		}
		if f := r.archive(); f.Total != want || f.Total+f.Reach.Older != 700 {
			t.Errorf("%d days after: %d are here, %d at the server", days, f.Total, f.Reach.Older)
		}
	}
}

// What lies below the floor is found by the server, kept from then on like any
// other message, and counted.
func TestDepthSearch(t *testing.T) {
	classes(t, func(t *testing.T, s *server) {
		crowd(t, s, 700)
		r := newRig(t, s.profile(), deep(config.Depth{Newest: 500}))
		r.sync()
		ask := func(text string) (int, bool) {
			t.Helper()
			q := query.Parse(text, time.Now())
			found, whole, err := r.Ask(t.Context(), []store.FolderState{r.archive()}, q.Root)
			if err != nil {
				t.Fatal(err)
			}
			return len(found[r.archive().ID]), whole
		}
		if n, whole := ask(`subject:"Subject 17"`); n != 11 || !whole {
			t.Errorf("found %d, whole %v", n, whole)
		}
		before := r.message("m17")
		r.holds(511, 189) // 17 and 170 to 179
		if _, whole := ask("in:archive"); whole {
			t.Error("a search for anything is said to be whole")
		}
		r.sync()
		r.holds(511, 189)
		s.change("Archive", func(b *box) {
			b.set("m17", `\Flagged`, true)
			b.remove(b.find("m170").uid)
			b.remove(b.find("m3").uid)
		})
		r.reopen() // its first round looks at all flags
		r.sync()
		r.holds(510, 188)
		if m := r.message("m17"); m.ID != before.ID || len(m.Flags) != 1 {
			t.Errorf("it is %+v", m)
		}
		if n, err := r.store.WantOlder(t.Context(), []mail.FolderID{r.archive().ID}, 5000); n != 188 || err != nil {
			t.Fatal(n, err)
		}
		r.sync()
		r.agree(s.truth)
	})
}

// A folder that the server has renumbered is chosen from anew.
func TestDepthAfterRenumbering(t *testing.T) {
	classes(t, func(t *testing.T, s *server) {
		crowd(t, s, 700)
		r := newRig(t, s.profile(), deep(config.Depth{Newest: 500}))
		r.sync()
		id := r.message("m650").ID
		s.change("Archive", func(b *box) { b.renumber() })
		r.sync()
		r.sync()
		r.holds(500, 200)
		if got := r.message("m650").ID; got != id {
			t.Errorf("it has become %s, was %s", got, id)
		}
	})
}

func TestDepthOnDovecot(t *testing.T) { depthOn(t, onLab(lab.Dovecot(t))) }

func TestDepthOnMox(t *testing.T) { depthOn(t, onLab(lab.Mox(t))) }

func depthOn(t *testing.T, p config.Account) {
	p.Depth = config.Depth{Newest: 500}
	st := newStage(t, p)
	for i := range 520 {
		at := time.Now().Add(time.Duration(i-520) * time.Hour)
		raw := letter(st.mid(fmt.Sprint(i)), fmt.Sprint("Subject ", i))
		if _, err := st.other.Append(t.Context(), st.from, imapclient.NewMessage{At: at, Raw: raw}); err != nil {
			t.Fatal(err)
		}
	}
	holds := func(here, older int) {
		t.Helper()
		st.sync()
		list, err := st.store.Folders(t.Context(), "a")
		st.must(err)
		for _, f := range list {
			if f.Wire == st.from && (f.Total != here || f.Reach.Older != older) {
				t.Errorf("%d are here, %d at the server; want %d and %d", f.Total, f.Reach.Older, here, older)
			}
		}
	}
	holds(500, 20)
	holds(500, 20)
	st.must(st.other.Expunge(t.Context(), st.on(st.from, "3", "510")))
	holds(499, 19)
	list, err := st.store.Folders(t.Context(), "a")
	st.must(err)
	for _, f := range list {
		if f.Wire == st.from {
			if _, err := st.store.WantOlder(t.Context(), []mail.FolderID{f.ID}, 10); err != nil {
				t.Fatal(err)
			}
		}
	}
	holds(509, 9)
}
