package syncer

import (
	"strings"
	"testing"

	"postea/internal/mail"
	"postea/internal/store"
)

// What lay in a folder before a move to it that had no answer stays there, also where the
// folder was renumbered since, so that the mirror does not know what lay there.
func TestDoubtAboutARenumberedFolder(t *testing.T) {
	for _, caps := range []string{old, modern, qresync} {
		s := newServer(t, caps)
		s.add("INBOX", letter("both", "x"))
		s.add("Archive", letter("both", "x"))
		r := newRig(t, s.profile())
		r.sync()
		inbox, archive := r.folder(mail.RoleInbox), r.folder(mail.RoleArchive)
		list, err := r.store.FindMessageID(t.Context(), "a", "both")
		if err != nil || len(list) != 2 {
			t.Fatal(len(list), err)
		}
		id := list[0].ID
		if list[0].Folder != inbox {
			id = list[1].ID
		}
		s.bend(func(c string) string {
			if strings.HasPrefix(c, "UID MOVE") || strings.HasPrefix(c, "UID COPY") {
				return "drop"
			}
			return ""
		})
		r.apply(store.Change{MoveTo: archive}, id)
		if err := r.Round(t.Context()); err == nil {
			t.Error("the line was not lost")
		}
		s.bend(nil)
		r.apply(store.Change{MoveTo: inbox}, id)
		s.change("Archive", (*box).renumber)
		for range 3 {
			r.sync()
		}
		if n := len(s.truth()); n != 2 {
			t.Errorf("%s: %d messages are left of 2", caps, n)
		}
		r.agree(s.truth)
		if n := r.pending(); n != 0 {
			t.Errorf("%s: %d changes wait", caps, n)
		}
	}
}
