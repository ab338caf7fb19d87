package syncer

import (
	"fmt"
	"hash/crc32"
	"slices"
	"strings"
	"testing"
	"time"

	"postea/internal/event"
	"postea/internal/mail"
	"postea/internal/store"
)

// classes runs a test on the kinds of servers, by what they can tell; with
// -short, which the race detector needs to end within the hour, on one of them.
func classes(t *testing.T, test func(t *testing.T, s *server)) {
	kinds := []struct{ name, caps string }{
		{"QRESYNC", qresync},
		{"modern", modern},
		{"no CONDSTORE", strings.Replace(modern, "CONDSTORE ", "", 1)},
		{"no UIDPLUS", strings.Replace(strings.Replace(modern, "UIDPLUS ", "", 1), "MOVE ", "", 1)},
		{"no MOVE", strings.Replace(modern, "MOVE ", "", 1)},
		{"nothing but rev1", old},
	}
	if testing.Short() {
		i := int(crc32.ChecksumIEEE([]byte(t.Name())) % uint32(len(kinds)))
		kinds = kinds[i : i+1]
	}
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel() // most of the time is spent waiting for the disk
			test(t, newServer(t, k.caps))
		})
	}
}

func TestFirstRoundMirrorsAndTheSecondChangesNothing(t *testing.T) {
	classes(t, func(t *testing.T, s *server) {
		s.add("INBOX", letter("one", "first"), `\Seen`)
		s.add("INBOX", letter("two", "=?utf-8?q?Gr=C3=BC=C3=9Fe?="), `\Flagged`, "work")
		s.add("Archive", letter("three", "third", "References: <one>\r\n"))
		r := newRig(t, s.profile())
		r.sync()
		r.agree(s.truth)
		m := r.message("two")
		if m.Subject != "Grüße" || m.From[0].Address != "grace@example.net" || m.FolderRole != mail.RoleInbox || m.Size == 0 || m.Date.IsZero() {
			t.Errorf("message is %+v", m)
		}
		if r.message("one").Thread != r.message("three").Thread {
			t.Error("the reply is not in the conversation")
		}
		for _, role := range []mail.Role{mail.RoleSent, mail.RoleDrafts, mail.RoleTrash, mail.RoleJunk, mail.RoleArchive} {
			r.folder(role)
		}
		if st := r.Status(); st.Kind != Idle || st.Text != "" {
			t.Errorf("status %+v", st)
		}
		l := r.listen()
		r.sync()
		for _, e := range l.so() {
			if _, ok := e.(event.AccountChanged); !ok {
				t.Errorf("the second round tells %#v", e)
			}
		}
		r.agree(s.truth)
	})
}

func TestUnchangedFoldersAreNotOpened(t *testing.T) {
	s := newServer(t, modern)
	s.add("INBOX", letter("one", "x"))
	r := newRig(t, s.profile())
	r.sync()
	s.said("")
	s.change("Archive", func(b *box) { b.add(letter("two", "y"), r.now()) })
	r.sync()
	// INBOX comes along with the list.
	if got := s.said("SELECT"); len(got) != 2 || !strings.Contains(got[0], "INBOX") || !strings.Contains(got[1], "Archive") {
		t.Errorf("opened %q", got)
	}
	r.agree(s.truth)
}

func TestChangesByAnotherClientAreSeen(t *testing.T) {
	classes(t, func(t *testing.T, s *server) {
		for i := range 6 {
			s.add("INBOX", letter(fmt.Sprint("m", i), "x"))
		}
		r := newRig(t, s.profile(), func(o *Options) { o.Bodies = "all" })
		r.sync()
		ids := map[string]mail.ID{}
		for i := range 6 {
			ids[fmt.Sprint("m", i)] = r.message(fmt.Sprint("m", i)).ID
		}
		s.change("INBOX", func(b *box) {
			b.set("m0", `\Seen`, true)
			b.set("m1", `\Flagged`, true)
			b.set("m1", "$Junk", true)
			b.remove(b.find("m2").uid)
			b.add(letter("new", "x"), r.now())
		})
		// Archive is pulled behind INBOX, and INBOX before Archive.
		move := func(from, to, mid string) {
			var raw []byte
			s.change(from, func(b *box) { m := b.find(mid); raw = m.raw; b.remove(m.uid) })
			s.add(to, raw)
		}
		move("INBOX", "Archive", "m3")
		move("INBOX", "Trash", "m4")
		r.sync()
		r.agree(s.truth)
		move("Archive", "INBOX", "m3")
		r.sync()
		r.agree(s.truth)
		for _, mid := range []string{"m0", "m1", "m3", "m4", "m5"} {
			if got := r.message(mid).ID; got != ids[mid] {
				t.Errorf("%s has become %s, was %s", mid, got, ids[mid])
			}
			if has, err := r.store.HasBody(t.Context(), ids[mid]); err != nil || !has {
				t.Errorf("the body of %s is lost, %v", mid, err)
			}
		}
		s.change("INBOX", func(b *box) { b.set("m0", `\Seen`, false) })
		r.sync()
		r.agree(s.truth)
	})
}

func TestRenumberedFolderKeepsIDsAndPendingChanges(t *testing.T) {
	classes(t, func(t *testing.T, s *server) {
		for _, mid := range []string{"one", "two", "three", "four"} {
			s.add("INBOX", letter(mid, "x"))
		}
		r := newRig(t, s.profile(), func(o *Options) { o.Bodies = "all" })
		r.sync()
		one, two, three := r.message("one"), r.message("two"), r.message("three")
		r.apply(store.Change{Add: []string{mail.FlagFlagged}}, one.ID)
		r.apply(store.Change{MoveTo: r.folder(mail.RoleArchive)}, two.ID)
		r.apply(store.Change{Erase: true}, three.ID)
		s.change("INBOX", func(b *box) { b.renumber(); b.remove(b.find("four").uid) })
		r.sync()
		if n := r.pending(); n != 0 {
			r.sync() // what was replayed behind the pull
		}
		if strings.Contains(strings.Join(s.caps, " "), "UIDPLUS") {
			r.agree(s.truth)
		}
		if got := r.message("one"); got.ID != one.ID || !slices.Contains(got.Flags, mail.FlagFlagged) {
			t.Errorf("one is %+v", got)
		}
		if got := r.message("two"); got.ID != two.ID || got.FolderRole != mail.RoleArchive || got.UID == 0 {
			t.Errorf("two is %+v", got)
		}
		for _, gone := range []string{"three", "four"} {
			if found, _ := r.store.FindMessageID(t.Context(), "a", gone); len(found) != 0 {
				t.Errorf("%s is still listed: %+v", gone, found)
			}
		}
		if n := r.pending(); n != 0 {
			t.Errorf("%d changes still wait", n)
		}
	})
}

func TestModSeqGoingBackMeansLookingAtAll(t *testing.T) {
	s := newServer(t, modern)
	s.change("INBOX", func(b *box) { b.modseq = 1000 })
	s.add("INBOX", letter("one", "x"))
	r := newRig(t, s.profile())
	r.sync()
	s.change("INBOX", func(b *box) { b.modseq = 5; b.set("one", `\Seen`, true) })
	r.sync()
	r.agree(s.truth)
}

func TestFoldersOfAllKinds(t *testing.T) {
	s := newServer(t, modern)
	s.create("Pl&AOQ-ne", "")
	s.create("Parent", `\Noselect`)
	s.create("Parent/child", "")
	for i := range 20 {
		s.create(fmt.Sprintf("f%02d", i), "")
		s.add(fmt.Sprintf("f%02d", i), letter(fmt.Sprint("in", i), "x"))
	}
	s.add("Pl&AOQ-ne", letter("plan", "x"))
	s.add("Parent/child", letter("child", "x"))
	r := newRig(t, s.profile())
	r.sync()
	if got := r.message("plan").FolderName; got != "Pläne" {
		t.Errorf("folder is %q", got)
	}
	if got := r.message("child").FolderName; got != "Parent/child" {
		t.Errorf("folder is %q", got)
	}
	for i := range 20 {
		r.message(fmt.Sprint("in", i))
	}
	// One is deleted, one renamed, by another client.
	id := r.message("plan").ID
	s.mu.Lock()
	delete(s.boxes, "f07")
	s.boxes["Plans"] = s.boxes["Pl&AOQ-ne"]
	delete(s.boxes, "Pl&AOQ-ne")
	s.mu.Unlock()
	r.sync()
	r.agree(s.truth)
	if got := r.message("plan"); got.ID != id || got.FolderName != "Plans" {
		t.Errorf("after the renaming: %+v, was %s", got, id)
	}
}

// A folder above others that another client has deleted stays in the list of the server,
// but can be opened no more: its messages are gone, and come again with it.
func TestDeletedAboveOthers(t *testing.T) {
	classes(t, func(t *testing.T, s *server) {
		s.create("Parent", "")
		s.create("Parent/child", "")
		for _, mid := range []string{"gone", "starred", "moved"} {
			s.add("Parent", letter(mid, "x"))
		}
		s.add("Parent/child", letter("child", "x"))
		r := newRig(t, s.profile())
		r.sync()
		moved := r.message("moved").ID
		r.apply(store.Change{Add: []string{mail.FlagFlagged}}, r.message("starred").ID)
		s.create("Parent", `\Noselect`)
		s.add("Archive", letter("moved", "x"))
		r.sync()
		r.sync()
		r.agree(s.truth)
		if m := r.message("moved"); m.ID != moved || m.FolderRole != mail.RoleArchive {
			t.Errorf("moved is %+v, was %s", m, moved)
		}
		s.create("Parent", "")
		s.add("Parent", letter("gone", "x"))
		r.sync()
		r.agree(s.truth)
	})
}

func TestNewestFirstInWindowsWithProgress(t *testing.T) {
	s := newServer(t, modern)
	const n = 2*window + 10
	s.fill("INBOX", n)
	r := newRig(t, s.profile())
	var seen []Status
	s.bend(func(c string) string {
		if strings.Contains(c, "FETCH") && strings.Contains(c, "RFC822.SIZE") {
			if st := r.Status(); st.Of > 0 {
				seen = append(seen, st)
			}
		}
		return ""
	})
	r.sync()
	r.agree(s.truth)
	if len(seen) != 2 || seen[0].Kind != Syncing || seen[0].Done != firstWindow || seen[0].Of != n || seen[1].Done != firstWindow+window || seen[1].Of != n {
		t.Errorf("progress was %+v", seen)
	}
	fetches := s.said("")
	fetches = slices.DeleteFunc(fetches, func(c string) bool { return !strings.Contains(c, "RFC822.SIZE") })
	if len(fetches) < 3 || !strings.HasPrefix(fetches[0], "FETCH 911:1010 ") || !strings.HasPrefix(fetches[1], "UID FETCH 411:910 ") || !strings.HasPrefix(fetches[2], "UID FETCH 1:410 ") {
		t.Errorf("asked in this order: %.200q", fetches)
	}
}

// TestNewMailInTheMidst of what takes long is seen before that ends.
func TestNewMailInTheMidst(t *testing.T) {
	for _, c := range []struct{ folder, bodies, of string }{
		{"INBOX", "none", "RFC822.SIZE"}, {"Archive", "none", "RFC822.SIZE"}, {"Archive", "all", "BODY.PEEK[]"},
	} {
		t.Run(c.folder+" "+c.bodies, func(t *testing.T) {
			s := newServer(t, modern)
			s.fill(c.folder, 3000)
			s.add("INBOX", letter("old", "x"))
			r := newRig(t, s.profile(), func(o *Options) { o.Bodies = c.bodies })
			now := s.start()
			r.now = func() time.Time { now = now.Add(time.Minute); return now }
			begun, seen := false, false
			s.bend(func(command string) string {
				set, what, _ := strings.Cut(strings.TrimPrefix(command, "UID FETCH "), " ")
				switch {
				case !strings.Contains(what, c.of) || !strings.Contains(set, ":") || set == "1:*":
				case !begun: // with the first of several windows
					begun = true
					s.boxes["INBOX"].add(letter("new", "x"), s.start())
				case strings.HasPrefix(set, "1:"): // the last one
					seen = slices.ContainsFunc(r.mirror(), func(row string) bool { return strings.Contains(row, " new ") })
				}
				return ""
			})
			r.sync()
			if r.agree(s.truth); !seen {
				t.Error("the new message came at the end")
			}
		})
	}
}

// Who asks for a round sees what another program has done, also where the server cannot
// tell which flags have changed.
func TestAskedForRoundLooksAtAllFlags(t *testing.T) {
	s := newServer(t, old)
	s.fill("INBOX", recentFlags+100)
	r := newRig(t, s.profile(), func(o *Options) { o.Bodies = "none" })
	r.run()
	r.awaitKind(Online)
	const oldest = "m1"
	s.change("INBOX", func(b *box) { b.set(oldest, `\Seen`, true) })
	r.SyncNow()
	r.await("the oldest is read", func() string {
		if slices.Contains(r.message(oldest).Flags, mail.FlagSeen) {
			return ""
		}
		return "not yet"
	})
}
