package syncer

import (
	"slices"
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

// A folder that is renumbered, as some servers do when it or one above it is renamed, is
// deleted all the same, once what the user has seen in it has left it.
func TestRenumberedFolderIsDeleted(t *testing.T) {
	for _, caps := range []string{old + " UIDPLUS", modern, qresync} {
		s := newServer(t, caps)
		s.create("Plans", "")
		s.create("Plans/2026", "")
		s.add("Plans/2026", letter("p1", "x"))
		r := newRig(t, s.profile())
		l := r.listen()
		r.sync()
		r.deleteFolder("Plans")
		s.change("Plans/2026", (*box).renumber)
		s.said("")
		for range 2 {
			r.sync()
		}
		deleted := s.said("DELETE")
		if want := []string{`DELETE "Plans/2026"`, `DELETE "Plans"`}; !slices.Equal(deleted, want) {
			t.Errorf("%s: %q", caps, deleted)
		}
		if got := s.truth(); len(got) != 1 || !strings.HasPrefix(got[0], "Trash ") || r.pending() != 0 {
			t.Errorf("%s: the server has %q, %d wait", caps, got, r.pending())
		}
		if told := notices(l.so()); len(told) != 0 {
			t.Errorf("%s: told %q", caps, told)
		}
		r.agree(s.truth)
	}
}

// At Courier no folder is deleted that is open, and one that only holds others goes with
// the last of them.
func TestFolderGoesWithTheLast(t *testing.T) {
	s := newServer(t, old)
	s.create("Plans", `\Noselect`)
	s.create("Plans/2026", "")
	s.add("Plans/2026", letter("p1", "x"))
	s.strain(func(c, out, answer string) (string, string) {
		if c == `DELETE "Plans/2026"` && answer == "OK done" {
			s.mu.Lock()
			delete(s.boxes, "Plans")
			s.mu.Unlock()
		}
		return out, strings.Replace(answer, "[NONEXISTENT] ", "", 1)
	})
	r := newRig(t, s.profile())
	l := r.listen()
	r.sync()
	r.deleteFolder("Plans")
	r.sync()
	if told := notices(l.so()); len(told) != 0 || slices.Contains(r.names(), "Plans") || slices.Contains(r.names(), "Plans/2026") {
		t.Errorf("told %q, folders %q", told, r.names())
	}
	r.agree(s.truth)
}

// deleteFolder has the user delete a folder and what lies below it.
func (r *rig) deleteFolder(name string) {
	r.t.Helper()
	f, err := r.store.FolderNamed(r.t.Context(), "a", name)
	if err != nil {
		r.t.Fatal(err)
	}
	if err := r.store.DeleteFolder(r.t.Context(), f.ID, r.folder(mail.RoleTrash), "deleted"); err != nil {
		r.t.Fatal(err)
	}
}
