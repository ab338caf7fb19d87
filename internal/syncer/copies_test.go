package syncer

import (
	"slices"
	"strings"
	"testing"

	"postea/internal/mail"
	"postea/internal/store"
)

// copied is where the letter with a Message-ID lies, flags left out.
func (s *server) copied(mid string) []string {
	var out []string
	for _, l := range s.visible() {
		if f := strings.Fields(l); f[2] == mid {
			out = append(out, f[0])
		}
	}
	slices.Sort(out)
	return out
}

func TestCopyReachesTheServer(t *testing.T) {
	classes(t, func(t *testing.T, s *server) {
		s.add("INBOX", letter("one", "x"), `\Flagged`)
		s.add("INBOX", letter("two", "x"))
		r := newRig(t, s.profile())
		r.sync()
		archive := r.folder(mail.RoleArchive)
		r.apply(store.Change{Label: "copied", CopyTo: archive}, r.message("one").ID, r.message("two").ID)
		if n := len(findAll(t, r, "one")); n != 2 {
			t.Fatalf("%d messages are listed", n)
		}
		r.sync()
		if got := s.copied("one"); !slices.Equal(got, []string{"Archive", "INBOX"}) {
			t.Errorf("one lies in %q", got)
		}
		r.agree(s.visible)
		if n := r.pending(); n != 0 {
			t.Errorf("%d changes still wait", n)
		}
		if _, err := r.store.Undo(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.sync()
		r.agree(s.visible)
		if got := s.copied("two"); !slices.Equal(got, []string{"INBOX"}) {
			t.Errorf("two lies in %q", got)
		}
	})
}

func findAll(t *testing.T, r *rig, mid string) []mail.Summary {
	t.Helper()
	list, err := r.store.FindMessageID(t.Context(), "a", mid)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// A copy that is not carried out yet and taken back never reaches the server,
// nor does a pull of its folder take it away before.
func TestCopyTakenBack(t *testing.T) {
	s := newServer(t, modern)
	s.add("INBOX", letter("one", "x"))
	s.add("Archive", letter("other", "x"))
	r := newRig(t, s.profile())
	r.sync()
	r.apply(store.Change{Label: "copied", CopyTo: r.folder(mail.RoleArchive)}, r.message("one").ID)
	if _, err := r.store.Undo(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.said("")
	r.sync()
	if said := s.said("UID COPY"); len(said) > 0 {
		t.Errorf("said %q", said)
	}
	r.agree(s.visible)
}

// However the line is lost, the copy is made once; a mind changed in between is
// heeded.
func TestCopyAfterALostAnswer(t *testing.T) {
	for _, how := range []string{"drop", "drop after"} {
		for _, then := range []string{"kept", "undone", "original deleted"} {
			t.Run(how+" "+then, func(t *testing.T) {
				classes(t, func(t *testing.T, s *server) {
					s.add("INBOX", letter("one", "x"))
					r := newRig(t, s.profile())
					r.sync()
					id := r.message("one").ID
					r.apply(store.Change{Label: "copied", CopyTo: r.folder(mail.RoleArchive)}, id)
					s.bendOnce("UID COPY", how)
					_ = r.Round(t.Context())
					r.reopen()
					want := []string{"Archive", "INBOX"}
					switch then {
					case "undone":
						if _, err := r.store.Undo(t.Context()); err != nil {
							t.Fatal(err)
						}
						want = []string{"INBOX"}
					case "original deleted":
						r.apply(store.Change{Erase: true}, id)
						want = []string{"Archive"}
					}
					r.sync()
					r.sync()
					if got := s.copied("one"); !slices.Equal(got, want) {
						t.Errorf("it lies in %q, want %q", got, want)
					}
					r.agree(s.visible)
					if n := r.pending(); n != 0 {
						t.Errorf("%d changes still wait", n)
					}
				})
			})
		}
	}
}

func TestCopyRefused(t *testing.T) {
	s := newServer(t, modern)
	s.add("INBOX", letter("one", "x"))
	r := newRig(t, s.profile())
	r.sync()
	r.apply(store.Change{Label: "copied", CopyTo: r.folder(mail.RoleArchive)}, r.message("one").ID)
	s.bend(func(c string) string {
		if strings.HasPrefix(c, "UID COPY") {
			return "NO [OVERQUOTA] full"
		}
		return ""
	})
	r.sync()
	if n := len(findAll(t, r, "one")); n != 1 {
		t.Errorf("%d messages are listed", n)
	}
	r.agree(s.visible)
}

// On a server that keeps no keywords a label is taken back, and the user told; a
// word of postea's own is dropped in silence.
func TestLabelNotKept(t *testing.T) {
	s := newServer(t, modern)
	s.mu.Lock()
	s.plainFlags = true
	s.mu.Unlock()
	s.bend(func(c string) string {
		if strings.HasPrefix(c, "SELECT") {
			return `* OK [PERMANENTFLAGS (\Seen \Answered \Flagged \Deleted \Draft)] no keywords`
		}
		return ""
	})
	s.add("INBOX", letter("one", "x"))
	r := newRig(t, s.profile())
	r.sync()
	id := r.message("one").ID
	muted := true
	l := r.listen()
	r.apply(store.Change{Add: []string{"Travel"}}, id)
	r.apply(store.Change{Add: []string{mail.FlagMuted}, Muted: &muted}, id)
	r.sync()
	m := r.message("one")
	if mail.HasFlag(m.Flags, "Travel") || !m.Muted {
		t.Errorf("flags %q, muted %t", m.Flags, m.Muted)
	}
	if n := r.pending(); n != 0 {
		t.Errorf("%d changes still wait", n)
	}
	if got := notices(l.so()); len(got) != 1 || !strings.Contains(got[0], "keeps no labels") {
		t.Errorf("notices %q", got)
	}
}

// What is copied twice to a folder before the server is told is there twice, and undo of one
// leaves the other.
func TestCopiedTwice(t *testing.T) {
	s := newServer(t, modern)
	s.add("INBOX", letter("one", "x"))
	r := newRig(t, s.profile())
	r.sync()
	id := r.message("one").ID
	for range 2 {
		r.apply(store.Change{Label: "copied", CopyTo: r.folder(mail.RoleTrash)}, id)
	}
	r.sync()
	r.agree(s.truth)
	if _, err := r.store.Undo(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.sync()
	if got := findAll(t, r, "one"); len(got) != 2 || len(s.truth()) != 2 {
		t.Errorf("it is there %d times, want 2", len(got))
	}
	r.agree(s.truth)
}
