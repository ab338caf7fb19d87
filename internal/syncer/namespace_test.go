package syncer

import (
	"slices"
	"strings"
	"testing"

	"postea/internal/mail"
	"postea/internal/store"
)

// belowInbox has own folders below INBOX, and at the top what is shared: folders that are
// called Archive, Trash and so on, as Cyrus has it.
func belowInbox(t *testing.T) *server {
	t.Helper()
	s := newServer(t, modern+" NAMESPACE")
	s.fill("INBOX", 3)
	s.bend(spaces)
	return s
}

func spaces(c string) string {
	if c == "NAMESPACE" {
		return `* NAMESPACE (("INBOX/" "/")) (("user/" "/")) (("" "/"))`
	}
	return ""
}

func (r *rig) names() []string {
	r.t.Helper()
	list, err := r.store.Folders(r.t.Context(), "a")
	if err != nil {
		r.t.Fatal(err)
	}
	var names []string
	for _, f := range list {
		names = append(names, f.Name)
	}
	return names
}

// TestSharedTrash: what is deleted or archived does not go where others read it.
func TestSharedTrash(t *testing.T) {
	s := belowInbox(t)
	r := newRig(t, s.profile())
	r.sync()
	for i, role := range []mail.Role{mail.RoleArchive, mail.RoleTrash} {
		f, err := r.store.EnsureFolder(t.Context(), "a", role, []string{"Archive", "Trash"}[i])
		if err != nil {
			t.Fatal(err)
		}
		r.apply(store.Change{MoveTo: f.ID}, r.message([]string{"m1", "m2"}[i]).ID)
	}
	r.sync()
	var boxes []string
	for _, l := range s.truth() {
		box, _, _ := strings.Cut(l, " ")
		boxes = append(boxes, box)
	}
	if want := []string{"INBOX", "INBOX/Archive", "INBOX/Trash"}; !slices.Equal(boxes, want) || r.pending() != 0 {
		t.Errorf("the messages are in %q, %d wait", boxes, r.pending())
	}
	r.sync()
	r.agree(s.truth)
}

// TestFolderMadeTwice: a folder that the server has by the time, because another client has
// made it or because an answer was lost, is one folder, and nothing stops for it.
func TestFolderMadeTwice(t *testing.T) {
	for _, how := range []string{"before the first list", "elsewhere", "answer lost"} {
		t.Run(how, func(t *testing.T) {
			s := belowInbox(t)
			r := newRig(t, s.profile())
			if how != "before the first list" {
				r.sync()
			}
			id, err := r.store.MakeFolder(t.Context(), "a", "Plans/2026", "made")
			if err != nil {
				t.Fatal(err)
			}
			if how == "answer lost" {
				r.apply(store.Change{MoveTo: id}, r.message("m1").ID)
				done := false
				s.bend(func(c string) string {
					if !done && strings.HasPrefix(c, "CREATE") {
						done = true
						return "drop after"
					}
					return spaces(c)
				})
				if err := r.Round(t.Context()); err == nil {
					t.Error("the line was not lost")
				}
				s.bend(spaces)
			} else {
				s.create("INBOX/Plans", "")
			}
			for range 3 {
				r.sync()
			}
			names := slices.DeleteFunc(r.names(), func(n string) bool { return !strings.Contains(n, "Plans") })
			if want := []string{"INBOX/Plans", "INBOX/Plans/2026"}; !slices.Equal(names, want) || r.pending() != 0 {
				t.Errorf("the folders are %q, %d messages wait", names, r.pending())
			}
			r.agree(s.truth)
		})
	}
}

// TestDropBelowInbox: a folder that is there is not made, which some servers refuse in words
// that do not say that it is there.
func TestDropBelowInbox(t *testing.T) {
	s := belowInbox(t)
	s.create("INBOX/Old/Mail", "")
	s.bend(func(c string) string {
		if strings.HasPrefix(c, "CREATE") {
			return "NO Cannot create this folder."
		}
		return spaces(c)
	})
	for _, name := range []string{"Old/Mail", "old/mail", "INBOX/Old/Mail"} {
		d := NewDrop(s.profile(), name)
		if err := d.Open(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		} else if d.wire != "INBOX/Old/Mail" {
			t.Errorf("%s is %s", name, d.wire)
		}
		d.Close()
	}
}
