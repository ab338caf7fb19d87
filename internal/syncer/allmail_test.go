package syncer

import (
	"strings"
	"testing"

	"postea/internal/mail"
	"postea/internal/query"
	"postea/internal/reading"
	"postea/internal/store"
)

// TestAllMailOnce: where labels are folders, a message lies in several, and at any rate in
// that of all mail. Its body comes once, and stays as long as one of them has it.
func TestAllMailOnce(t *testing.T) {
	for _, policy := range []string{"recent", "all"} {
		t.Run(policy, func(t *testing.T) {
			s := newServer(t, modern)
			s.create("All Mail", `\All`)
			s.create("Work", "")
			at := s.start()
			for _, m := range []struct {
				mid   string
				boxes []string
			}{
				{"archived", []string{"All Mail"}}, {"labelled", []string{"All Mail", "INBOX", "Work"}}, {"spam", []string{"Junk"}},
			} {
				for _, name := range m.boxes {
					s.change(name, func(b *box) { b.add(letter(m.mid, "x"), at) })
				}
			}
			r := newRig(t, s.profile(), func(o *Options) { o.Bodies = policy })
			r.sync()
			if asked := bodiesAsked(s); len(asked) != 2 {
				t.Errorf("two bodies were asked for by %q", asked)
			}
			here := func(mid string, want int) {
				t.Helper()
				list := findAll(t, r, mid)
				if len(list) != want {
					t.Fatalf("%s is listed %d times, want %d", mid, len(list), want)
				}
				for _, m := range list {
					raw, err := r.store.Body(t.Context(), m.ID)
					if err != nil || string(raw) != string(letter(mid, "x")) {
						t.Errorf("the body of %s in folder %d: %q, %v", mid, m.Folder, raw, err)
					}
					if has, err := r.store.HasBody(t.Context(), m.ID); err != nil || !has {
						t.Errorf("the body of %s in folder %d: %t, %v", mid, m.Folder, has, err)
					}
				}
			}
			here("archived", 1)
			here("labelled", 3)
			if list, err := r.store.BodylessFolders(t.Context()); err != nil || len(list) != 1 || list[0].Role != mail.RoleJunk {
				t.Errorf("servers are asked for what is here: %+v, %v", list, err)
			}
			for _, name := range []string{"INBOX", "Work"} {
				s.change(name, func(b *box) { b.remove(b.find("labelled").uid) })
				r.sync()
			}
			here("labelled", 1)
			if _, err := r.store.Reindex(t.Context(), func(raw []byte) store.BodyInfo { return BodyInfo(reading.Parse(raw)) }); err != nil {
				t.Fatal(err)
			}
			hits, err := r.store.Search(t.Context(), store.Search{For: query.Parse(`"hello from labelled"`, r.now()).Root}, 10)
			if err != nil || len(hits) != 1 || hits[0].ID != findAll(t, r, "labelled")[0].ID {
				t.Errorf("its text is found in %+v, %v", hits, err)
			}
			if asked := bodiesAsked(s); len(asked) > 0 {
				t.Errorf("it was fetched again: %s", strings.Join(asked, ", "))
			}
		})
	}
}
