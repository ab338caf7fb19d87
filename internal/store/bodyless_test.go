package store

import (
	"fmt"
	"slices"
	"testing"

	"postea/internal/mail"
)

// TestBodyless holds what is said to be without a body against all messages, while they
// come, get bodies, lose them, and move.
func TestBodyless(t *testing.T) {
	s, _ := open(t)
	inbox, archive, _ := folders(t, s, "a")
	check := func(what string) {
		t.Helper()
		for range 2 { // the second time, what was found complete is passed over
			for _, f := range []mail.FolderID{inbox, archive} {
				list, err := s.Bodyless(t.Context(), f, 100)
				must(t, err)
				var got []mail.ID
				for _, p := range list {
					got = append(got, p.ID)
				}
				rows, err := s.mail.read.QueryContext(t.Context(), `SELECT id FROM msg WHERE folder = ?1 AND srv_folder = ?1 AND srv_uid IS NOT NULL
					AND id NOT IN (SELECT msg FROM body) ORDER BY date DESC, id DESC`, f)
				must(t, err)
				want, err := collect(rows, func() (id mail.ID, err error) { return id, rows.Scan(&id) })
				must(t, err)
				if !slices.Equal(got, want) {
					t.Errorf("%s: %v, not %v, of folder %d", what, got, want, f)
				}
			}
		}
	}
	body := func(id mail.ID) { must(t, s.PutBody(t.Context(), id, []byte("raw"), BodyInfo{Text: "text"})) }
	exec := func(query string, args ...any) {
		_, err := s.mail.write.ExecContext(t.Context(), query, args...)
		must(t, err)
	}
	var ids []mail.ID
	for i := range 6 {
		f := inbox
		if i >= 4 {
			f = archive
		}
		ids = append(ids, add(t, s, f, header(mail.UID(i+1), fmt.Sprintf("m%d", i)))...)
	}
	check("new")
	for _, id := range ids[:4] {
		body(id)
	}
	check("INBOX complete")
	more := add(t, s, inbox, header(20, "later"), header(21, "latest"))
	check("two more")
	body(more[1])
	check("one of them")
	body(more[0])
	check("both")
	exec(`DELETE FROM body WHERE msg = ?`, ids[1])
	check("a body is gone")
	body(ids[1])
	check("and back")
	exec(`UPDATE msg SET folder = ?1, srv_folder = ?1, srv_uid = 30 WHERE id = ?2`, inbox, ids[4])
	check("one without a body moved in")
	body(ids[4])
	check("it has one")
	exec(`UPDATE msg SET folder = ?1, srv_folder = ?1, srv_uid = NULL WHERE id = ?2`, inbox, ids[5])
	check("another, of which the UID is not known")
	exec(`UPDATE msg SET srv_uid = 31 WHERE id = ?`, ids[5])
	check("now it is")
	var bodied int64
	must(t, s.mail.read.QueryRowContext(t.Context(), `SELECT bodied FROM folder WHERE id = ?`, inbox).Scan(&bodied))
	if bodied == 0 || bodied >= int64(ids[5]) {
		t.Errorf("every message up to %d is said to be here", bodied)
	}
}

// TestBodylessPassesOverMany: in a folder to which mail always comes, only the newest
// messages are looked at.
func TestBodylessPassesOverMany(t *testing.T) {
	s, _ := open(t)
	inbox, _, _ := folders(t, s, "a")
	var list []Header
	for i := range worthSkipping + 1 {
		list = append(list, header(mail.UID(i+1), fmt.Sprintf("m%d", i)))
	}
	for _, id := range add(t, s, inbox, list...) {
		must(t, s.PutBody(t.Context(), id, []byte("raw"), BodyInfo{Text: "text"}))
	}
	fresh := add(t, s, inbox, header(5000, "new"))
	for _, limit := range []int{1, 10} {
		places, err := s.Bodyless(t.Context(), inbox, limit)
		must(t, err)
		if len(places) != 1 || places[0].ID != fresh[0] {
			t.Errorf("%v has no body, not %d", places, fresh)
		}
		var bodied int64
		must(t, s.mail.read.QueryRowContext(t.Context(), `SELECT bodied FROM folder WHERE id = ?`, inbox).Scan(&bodied))
		if want := int64(fresh[0]) - 1; limit > 1 && bodied != want || limit == 1 && bodied != 0 {
			t.Errorf("with a limit of %d every message up to %d is said to be here, not %d", limit, bodied, want)
		}
	}
}
