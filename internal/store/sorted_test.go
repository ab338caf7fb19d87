package store

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"postea/internal/mail"
)

func sorts() []string { return []string{"", "oldest", "sender", "subject", "largest", "unread"} }

// Every window of a list whose order is kept is what sorting the folder gives,
// also after a day's changes.
func TestKeptOrderIsTheSortedOne(t *testing.T) {
	size := shorter(400, 360)
	for _, single := range []bool{false, true} {
		for i, sort := range sorts() {
			if testing.Short() && (i > 1 || single != (i == 1)) {
				continue
			}
			t.Run(fmt.Sprint(sort, " ", single), func(t *testing.T) {
				s, _ := open(t)
				r := rand.New(rand.NewPCG(3, 4))
				all := mailbox(t, s, r, size)
				inbox, err := s.FolderByRole(t.Context(), "work", mail.RoleInbox)
				must(t, err)
				q := SortQuery{Folder: inbox.ID, Sort: sort, Single: single, Limit: 7}
				other := q
				other.Sort = sorts()[r.IntN(len(sorts()))]
				must(t, s.Arrange(t.Context(), other)) // another order before
				must(t, s.Arrange(t.Context(), q))
				sameAsSorted(t, s, q)
				disturb(t, s, r, all)
				sameAsSorted(t, s, q)
				archive, err := s.FolderByRole(t.Context(), "work", mail.RoleArchive)
				must(t, err)
				ids, err := s.AllIn(t.Context(), []mail.FolderID{archive.ID})
				must(t, err)
				_, err = s.Apply(t.Context(), ids, Change{MoveTo: inbox.ID, Label: "all of it"})
				must(t, err)
				sameAsSorted(t, s, q)
				_, err = s.Undo(t.Context())
				must(t, err)
				sameAsSorted(t, s, q)
			})
		}
	}
}

func sameAsSorted(t *testing.T, s *Store, q SortQuery) {
	t.Helper()
	var want []Conversation
	must(t, s.atOnce(t.Context(), func(at snapshot) (err error) {
		want, err = at.sortedRows(t.Context(), q.of(``, `true`), q.order(), q.Folder)
		return err
	}))
	if len(want) < 3*q.Limit {
		t.Fatalf("only %d rows", len(want))
	}
	for at := 0; at < len(want); at += shorter(3, 17) {
		q.Offset, q.Anchor = at, 0
		got, err := s.ListSorted(t.Context(), q)
		must(t, err)
		if got.Unarranged || got.Total != len(want) || !reflect.DeepEqual(got.Rows, want[at:min(at+q.Limit, len(want))]) {
			t.Fatalf("from %d of %d (%d; not kept: %t):\n%v\nwant\n%v", at, len(want), got.Total, got.Unarranged, got.Rows, want[at:min(at+q.Limit, len(want))])
		}
		q.Offset, q.Anchor = 2, want[at].Thread
		got, err = s.ListSorted(t.Context(), q)
		must(t, err)
		if !got.AnchorPresent || got.Offset != max(0, at-2) {
			t.Fatalf("%d is found with its list at %d", at, got.Offset)
		}
	}
}

// What SQLite does for a page must not grow with the folder.
func TestKeptOrderNeedsNoSorting(t *testing.T) {
	s, _ := open(t)
	for _, single := range []bool{false, true} {
		q := SortQuery{Sort: "sender", Single: single}
		rows, err := s.mail.read.QueryContext(t.Context(), `EXPLAIN QUERY PLAN SELECT m.id FROM (SELECT thread, msg AS id, key, at, tie FROM arranged WHERE folder = ?1
			ORDER BY key, at, tie LIMIT 50 OFFSET 10) w `+q.shown()+` ORDER BY w.key, w.at, w.tie`, 1)
		must(t, err)
		plan, err := collect(rows, func() (line string, err error) {
			var a, b, c int
			return line, rows.Scan(&a, &b, &c, &line)
		})
		must(t, err)
		text := strings.Join(plan, "\n")
		if !strings.Contains(text, "arranged USING COVERING INDEX arranged_order (folder=?)") || strings.Contains(text, "SCAN msg") || strings.Contains(text, "SCAN folder_thread") {
			t.Errorf("the plan is\n%s", text)
		}
	}
}
