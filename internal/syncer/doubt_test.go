package syncer

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"postea/internal/mail"
	"postea/internal/store"
)

// The answer to a command is lost, and the user changes their mind before the
// next connection.

// lose runs a round that loses the line once the server has done a command.
func (r *rig) lose(s *server, command string) {
	r.t.Helper()
	s.bendOnce(command, "drop after")
	if err := r.Round(r.t.Context()); err == nil {
		r.t.Fatalf("%s was not asked for", command)
	}
	s.bend(nil)
	r.reopen()
}

func TestFlagTakenBackAfterALostAnswer(t *testing.T) {
	classes(t, func(t *testing.T, s *server) {
		s.add("INBOX", letter("one", "x"), `\Flagged`)
		s.add("INBOX", letter("two", "x"))
		r := newRig(t, s.profile())
		r.sync()
		one, two := r.message("one").ID, r.message("two").ID
		flagged := []string{mail.FlagFlagged}
		r.apply(store.Change{Remove: flagged}, one)
		r.lose(s, "UID STORE")
		r.apply(store.Change{Add: flagged}, one)
		r.sync()
		r.apply(store.Change{Add: flagged}, two)
		r.lose(s, "UID STORE")
		r.apply(store.Change{Remove: flagged}, two)
		r.sync()
		r.agree(s.truth)
		if got := s.truth(); !slices.Equal(got, []string{`INBOX 1 one \flagged`, "INBOX 2 two "}) {
			t.Errorf("the server has %q", got)
		}
	})
}

// movesBy are the commands that a message is moved by on a server.
func (s *server) movesBy() []string {
	switch {
	case slices.Contains(s.caps, "MOVE"):
		return []string{"UID MOVE"}
	case slices.Contains(s.caps, "UIDPLUS"):
		return []string{"UID COPY", "UID STORE", "UID EXPUNGE"}
	}
	return []string{"UID COPY", "UID STORE"}
}

func TestMindChangedAfterALostMove(t *testing.T) {
	for _, command := range []string{"UID MOVE", "UID COPY", "UID STORE", "UID EXPUNGE"} {
		for then, want := range map[string]string{
			"back": "INBOX one ", "on": "Trash one ", "erase": "", "flag": `Archive one \flagged`, "elsewhere": "Junk one ",
		} {
			t.Run(command+" then "+then, func(t *testing.T) {
				classes(t, func(t *testing.T, s *server) {
					if !slices.Contains(s.movesBy(), command) {
						return
					}
					s.add("INBOX", letter("one", "x"))
					r := newRig(t, s.profile(), func(o *Options) { o.Bodies = "all" })
					r.sync()
					id := r.message("one").ID
					r.apply(store.Change{MoveTo: r.folder(mail.RoleArchive)}, id)
					r.lose(s, command)
					switch then {
					case "back":
						r.apply(store.Change{MoveTo: r.folder(mail.RoleInbox)}, id)
					case "on":
						r.apply(store.Change{MoveTo: r.folder(mail.RoleTrash)}, id)
					case "erase":
						r.apply(store.Change{Erase: true}, id)
					case "flag":
						r.apply(store.Change{Add: []string{mail.FlagFlagged}}, id)
					case "elsewhere":
						r.apply(store.Change{MoveTo: r.folder(mail.RoleJunk)}, id)
						r.reopen()
					}
					for range 3 {
						r.sync()
					}
					r.agree(s.visible)
					got := ""
					for _, l := range s.visible() {
						f := strings.SplitN(l, " ", 3)
						got += f[0] + " " + f[2]
					}
					if got != want {
						t.Errorf("the server has %q, want %q", got, want)
					}
					if want != "" && r.message("one").ID != id {
						t.Errorf("it has become %s, was %s", r.message("one").ID, id)
					}
					if n := r.pending(); n != 0 {
						t.Errorf("%d changes still wait", n)
					}
				})
			})
		}
	}
}

func TestErasureTakenBackHalfWay(t *testing.T) {
	classes(t, func(t *testing.T, s *server) {
		s.add("INBOX", letter("one", "x"))
		r := newRig(t, s.profile())
		r.sync()
		r.apply(store.Change{Erase: true, Label: "Deleted"}, r.message("one").ID)
		r.lose(s, "UID STORE")
		if _, err := r.store.Undo(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.sync()
		r.sync()
		r.agree(s.truth)
		if got := s.truth(); !slices.Equal(got, []string{"INBOX 1 one "}) {
			t.Errorf("the server has %q", got)
		}
	})
}

func TestChangesOfWhatAnotherClientHasMovedFollow(t *testing.T) {
	classes(t, func(t *testing.T, s *server) {
		for _, mid := range []string{"one", "two"} {
			s.add("INBOX", letter(mid, "x"))
			s.add("Trash", letter(mid+"other", "x"))
		}
		r := newRig(t, s.profile())
		r.sync()
		one, two := r.message("one").ID, r.message("two").ID
		r.apply(store.Change{Add: []string{mail.FlagFlagged}}, one)
		r.apply(store.Change{MoveTo: r.folder(mail.RoleArchive), Add: []string{mail.FlagSeen}}, two)
		s.change("INBOX", func(b *box) { b.remove(1, 2) })
		s.add("Trash", letter("one", "x"))
		s.add("Archive", letter("two", "x"))
		r.sync()
		r.sync()
		r.agree(s.truth)
		if m := r.message("one"); m.ID != one || m.FolderRole != mail.RoleTrash || !slices.Contains(m.Flags, mail.FlagFlagged) {
			t.Errorf("one is %+v", m)
		}
		if m := r.message("two"); m.ID != two || m.FolderRole != mail.RoleArchive || !slices.Contains(m.Flags, mail.FlagSeen) {
			t.Errorf("two is %+v", m)
		}
	})
}

// What was to go to a folder that the server does not have yet, and was moved by another
// client meanwhile, is where that has put it, and nowhere else.
func TestMovedByAnotherClientBeforeItsFolderWasMade(t *testing.T) {
	classes(t, func(t *testing.T, s *server) {
		s.add("INBOX", letter("one", "x"))
		r := newRig(t, s.profile())
		r.sync()
		f, err := r.store.EnsureFolder(t.Context(), "a", mail.RoleSnoozed, "Snoozed")
		if err != nil {
			t.Fatal(err)
		}
		r.apply(store.Change{MoveTo: f.ID}, r.message("one").ID)
		s.change("INBOX", func(b *box) { b.remove(1) })
		s.add("Trash", letter("one", "x"))
		r.sync()
		r.sync()
		r.agree(s.truth)
		if m := r.message("one"); m.FolderRole != mail.RoleTrash {
			t.Errorf("it is %+v", m)
		}
	})
}

// A folder whose CREATE was carried out although the answer was lost, and that the
// user has renamed or deleted since, is there once, and as it is wanted.
func TestFolderMadeWithoutAnAnswer(t *testing.T) {
	for _, then := range []string{"kept", "renamed", "moved below another", "deleted"} {
		for _, whole := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, whole round %v", then, whole), func(t *testing.T) {
				t.Parallel()
				s := newServer(t, modern)
				r := newRig(t, s.profile())
				r.sync()
				ctx := t.Context()
				id, err := r.store.MakeFolder(ctx, "a", "Forge", "made")
				if err != nil {
					t.Fatal(err)
				}
				s.bendOnce("CREATE", "drop after")
				if err := r.Round(ctx); err == nil {
					t.Fatal("the lost line is no error")
				}
				if s.boxes["Forge"] == nil {
					t.Fatal("the server has not made it")
				}
				want := map[string]string{"kept": "Forge", "renamed": "Smithy", "moved below another": "Work/Forge"}[then]
				switch {
				case then == "deleted":
					err = r.store.DeleteFolder(ctx, id, 0, "deleted")
				case want != "Forge":
					err = r.store.RenameFolder(ctx, id, want, "renamed")
				}
				if err != nil {
					t.Fatal(err)
				}
				if whole {
					r.sync()
				} else if err := errors.Join(r.connect(ctx), r.quickRound(ctx)); err != nil {
					t.Fatal(err)
				}
				r.sync()
				var left []string
				s.mu.Lock()
				for name := range s.boxes {
					if strings.Contains("Forge Smithy Work/Forge", name) {
						left = append(left, name)
					}
				}
				s.mu.Unlock()
				if want == "" && len(left) > 0 || want != "" && !slices.Equal(left, []string{want}) {
					t.Errorf("the server has %q, want %q", left, want)
				}
				list, err := r.store.Folders(ctx, "a")
				if err != nil {
					t.Fatal(err)
				}
				for _, f := range list {
					if strings.Contains("Forge Smithy Work/Forge", f.Name) && (f.Name != want || f.ID != id || !f.Remote) {
						t.Errorf("here is %+v", f)
					}
				}
				if wishes, err := r.store.FolderWishes(ctx, "a"); err != nil || len(wishes) > 0 {
					t.Errorf("still wanted: %+v, %v", wishes, err)
				}
			})
		}
	}
}
