package store

import (
	"fmt"
	"testing"
	"time"

	"postea/internal/mail"
)

// A list that is read while mail comes and goes has as many rows as it counts: an
// interface with a row and none would show a message that no key reaches.
func TestListIsOfOneMoment(t *testing.T) {
	s, _ := open(t)
	must(t, s.SetFolders(t.Context(), "a", []RemoteFolder{{Name: "INBOX", Wire: "INBOX", Role: mail.RoleInbox, Selectable: true}}))
	inbox, err := s.FolderByRole(t.Context(), "a", mail.RoleInbox)
	must(t, err)
	over := make(chan error, 1)
	go func() {
		over <- func() error {
			for uid := range mail.UID(shorter(60, 30)) {
				h := Header{UID: uid + 1, MessageID: fmt.Sprint(uid, "@x"), Date: time.Unix(1_700_000_000+int64(uid)<<stretchBits, 0)}
				if _, err := s.AddHeaders(t.Context(), inbox.ID, []Header{h}); err != nil {
					return err
				}
				if uid%2 == 0 {
					continue
				}
				if err := s.Vanished(t.Context(), inbox.ID, []mail.UID{uid, uid + 1}); err != nil {
					return err
				}
			}
			return nil
		}()
	}()
	plain := func() (ListResult, error) {
		return s.List(t.Context(), ListQuery{Folders: []mail.FolderID{inbox.ID}, Limit: 10})
	}
	single := func() (ListResult, error) {
		return s.ListSorted(t.Context(), SortQuery{Folder: inbox.ID, Single: true, Limit: 10})
	}
	for n := 0; ; n++ {
		list := plain
		if n%2 > 0 {
			list = single
		}
		r, err := list()
		must(t, err)
		if len(r.Rows) != r.Total {
			t.Fatalf("%d rows of %d, in list %d", len(r.Rows), r.Total, n)
		}
		select {
		case err := <-over:
			must(t, err)
			return
		default:
		}
	}
}
