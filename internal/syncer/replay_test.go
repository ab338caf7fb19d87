package syncer

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"postea/internal/event"
	"postea/internal/mail"
	"postea/internal/store"
)

// visible is the truth without what is only marked as deleted.
func (s *server) visible() []string {
	return slices.DeleteFunc(s.truth(), func(l string) bool { return strings.Contains(l, `\deleted`) })
}

func TestLocalChangesReachTheServer(t *testing.T) {
	classes(t, func(t *testing.T, s *server) {
		for i := range 7 {
			s.add("INBOX", letter(fmt.Sprint("m", i), "x"), `\Flagged`)
		}
		r := newRig(t, s.profile())
		r.sync()
		id := func(i int) mail.ID { return r.message(fmt.Sprint("m", i)).ID }
		archive, trash := r.folder(mail.RoleArchive), r.folder(mail.RoleTrash)
		r.apply(store.Change{MoveTo: archive, Add: []string{mail.FlagSeen}}, id(0), id(1))
		r.apply(store.Change{MoveTo: trash}, id(2))
		r.apply(store.Change{Add: []string{mail.FlagSeen, "$Forwarded"}, Remove: []string{mail.FlagFlagged}}, id(3))
		r.apply(store.Change{Erase: true}, id(4))
		// Merged: there and back, and on and off.
		r.apply(store.Change{MoveTo: trash, Label: "Deleted"}, id(5))
		if _, err := r.store.Undo(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.apply(store.Change{Add: []string{mail.FlagAnswered}}, id(6))
		r.apply(store.Change{Remove: []string{mail.FlagAnswered}}, id(6))
		before := map[string]mail.ID{}
		for i := range 4 {
			before[fmt.Sprint("m", i)] = id(i)
		}
		s.said("")
		r.sync()
		if touched := slices.Concat(s.said("UID STORE 6"), s.said("UID MOVE 6"), s.said("UID COPY 6"), s.said("UID STORE 7")); len(touched) > 0 {
			t.Errorf("what was undone became %q", touched)
		}
		r.agree(s.visible)
		if n := r.pending(); n != 0 {
			t.Errorf("%d changes still wait", n)
		}
		want := []string{
			`Archive 1 m0 \flagged,\seen`, `Archive 2 m1 \flagged,\seen`, `INBOX 4 m3 $forwarded,\seen`,
			`INBOX 6 m5 \flagged`, `INBOX 7 m6 \flagged`, `Trash 1 m2 \flagged`,
		}
		if got := s.visible(); !slices.Equal(got, want) {
			t.Errorf("the server has\n\t%s", strings.Join(got, "\n\t"))
		}
		for mid, id := range before {
			if got := r.message(mid).ID; got != id {
				t.Errorf("%s has become %s, was %s", mid, got, id)
			}
		}
		r.sync() // what is left behind, marked as deleted, must not come back
		r.agree(s.visible)
	})
}

func TestOneCommandForMany(t *testing.T) {
	s := newServer(t, modern)
	for i := range 50 {
		s.add("INBOX", letter(fmt.Sprint("m", i), "x"))
	}
	r := newRig(t, s.profile())
	r.sync()
	var ids []mail.ID
	for i := range 50 {
		ids = append(ids, r.message(fmt.Sprint("m", i)).ID)
	}
	r.apply(store.Change{MoveTo: r.folder(mail.RoleArchive), Add: []string{mail.FlagSeen}}, ids...)
	s.said("")
	r.sync()
	said := s.said("UID ")
	changes := slices.DeleteFunc(said, func(c string) bool { return !strings.HasPrefix(c, "UID MOVE") && !strings.HasPrefix(c, "UID STORE") })
	if len(changes) != 2 {
		t.Errorf("50 messages took %q", changes)
	}
	r.agree(s.truth)
}

func TestRefusalsPutRowsBackAndSaySo(t *testing.T) {
	for _, c := range []struct {
		name, command, answer, notice string
		change                        store.Change
	}{
		{"move", "UID MOVE", "NO not today", "would not move a message: not today. It is as it was.", store.Change{MoveTo: 1}},
		{"full", "UID MOVE", "NO [OVERQUOTA] Quota exceeded.", "The mailbox is full", store.Change{MoveTo: 1}},
		{"full, in words", "UID MOVE", "NO You exceeded your mail quota.", "The mailbox is full", store.Change{MoveTo: 1}},
		{"flags", "UID STORE", "NO read only", "would not change the flags of a message: read only", store.Change{Add: []string{mail.FlagFlagged}}},
		{"erase", "UID STORE", "NO no deletions", "would not delete a message: no deletions", store.Change{Erase: true}},
		{"bad", "UID MOVE", "BAD what", "would not move", store.Change{MoveTo: 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newServer(t, modern)
			s.add("INBOX", letter("one", "x"))
			r := newRig(t, s.profile())
			r.sync()
			one := r.message("one")
			if c.change.MoveTo != 0 {
				c.change.MoveTo = r.folder(mail.RoleArchive)
			}
			r.apply(c.change, one.ID)
			l := r.listen()
			s.bend(func(command string) string {
				if strings.HasPrefix(command, c.command) {
					return c.answer
				}
				return ""
			})
			r.sync()
			got := notices(l.so())
			if len(got) != 1 || !strings.Contains(got[0], c.notice) {
				t.Errorf("notices are %q, want one with %q", got, c.notice)
			}
			if r.pending() != 0 {
				t.Error("the refused change still waits")
			}
			r.agree(s.truth)
			if again := r.message("one"); again.ID != one.ID {
				t.Errorf("it is now %+v", again)
			}
		})
	}
}

func TestRefusedFlagsDoNotHoldTheMove(t *testing.T) {
	s := newServer(t, modern)
	s.add("INBOX", letter("one", "x"))
	r := newRig(t, s.profile())
	r.sync()
	r.apply(store.Change{MoveTo: r.folder(mail.RoleArchive), Add: []string{"odd"}}, r.message("one").ID)
	s.bendOnce("UID STORE", "NO no such flag")
	r.sync()
	r.agree(s.truth)
	if got := r.message("one"); got.FolderRole != mail.RoleArchive || len(got.Flags) != 0 {
		t.Errorf("it is %+v", got)
	}
}

// Cyrus keeps 100 keywords in a folder, and refuses one more.
func TestTooManyKeywords(t *testing.T) {
	s := newServer(t, modern)
	s.add("INBOX", letter("one", "x"))
	r := newRig(t, s.profile())
	r.sync()
	l := r.listen()
	r.apply(store.Change{Add: []string{"another", mail.FlagFlagged}}, r.message("one").ID)
	s.bend(func(c string) string {
		if strings.HasPrefix(c, "UID STORE") && strings.Contains(c, "another") {
			return "NO Too many user flags in mailbox"
		}
		return ""
	})
	r.sync()
	r.agree(s.truth)
	if m := r.message("one"); !slices.Equal(m.Flags, []string{mail.FlagFlagged}) || r.pending() != 0 {
		t.Errorf("it has %q, and %d changes wait", m.Flags, r.pending())
	}
	if told := notices(l.so()); len(told) != 1 {
		t.Errorf("it is told %q", told)
	}
}

func TestRefusalForNowWaits(t *testing.T) {
	s := newServer(t, modern)
	s.add("INBOX", letter("one", "x"))
	r := newRig(t, s.profile())
	r.sync()
	r.apply(store.Change{MoveTo: r.folder(mail.RoleArchive)}, r.message("one").ID)
	l := r.listen()
	s.bend(func(c string) string {
		if strings.HasPrefix(c, "UID MOVE") {
			return "NO [INUSE] busy"
		}
		return ""
	})
	r.sync()
	if r.pending() != 1 || r.message("one").FolderRole != mail.RoleArchive || len(notices(l.so())) != 0 {
		t.Error("a refusal for now took the change back")
	}
	s.bend(nil)
	r.sync()
	r.agree(s.truth)
}

func TestKeywordsThatAServerDoesNotKeepAreNoComplaint(t *testing.T) {
	s := newServer(t, strings.Replace(modern, "IDLE ", "", 1))
	s.add("INBOX", letter("one", "x"))
	r := newRig(t, s.profile())
	r.sync()
	r.apply(store.Change{Add: []string{mail.FlagForwarded, mail.FlagAnswered}}, r.message("one").ID)
	l := r.listen()
	s.bend(func(c string) string {
		if strings.HasPrefix(c, "SELECT") {
			return `* OK [PERMANENTFLAGS (\Seen \Answered \Flagged \Deleted \Draft)] no keywords`
		}
		if strings.HasPrefix(c, "UID STORE") && strings.Contains(c, "$") {
			return "NO no keywords"
		}
		return ""
	})
	s.mu.Lock()
	s.plainFlags = true
	s.mu.Unlock()
	r.sync()
	if got := notices(l.so()); len(got) != 0 {
		t.Errorf("notices %q", got)
	}
	if r.pending() != 0 {
		t.Error("the keyword still waits")
	}
	r.agree(s.truth)
}

func TestFolderThatCanOnlyBeRead(t *testing.T) {
	for _, c := range []struct {
		change  store.Change
		notices int
	}{
		{store.Change{Add: []string{mail.FlagSeen}}, 0}, // by the reader, for each message
		{store.Change{Remove: []string{mail.FlagAnswered}}, 1},
		{store.Change{Add: []string{mail.FlagSeen, mail.FlagFlagged}}, 1},
		{store.Change{Add: []string{"work"}}, 1},
	} {
		s := newServer(t, qresync)
		s.plainFlags = true
		s.add("INBOX", letter("one", "x"), mail.FlagAnswered)
		r := newRig(t, s.profile())
		r.sync()
		r.apply(c.change, r.message("one").ID)
		l := r.listen()
		s.bend(func(command string) string {
			switch {
			case strings.HasPrefix(command, "SELECT"):
				return "* OK [PERMANENTFLAGS ()] Read-only mailbox."
			case strings.HasPrefix(command, "UID STORE"):
				return "NO Mailbox is read-only."
			}
			return ""
		})
		r.sync()
		if got := notices(l.so()); len(got) != c.notices || r.pending() != 0 {
			t.Errorf("%+v: notices %q, %d changes wait", c.change, got, r.pending())
		}
		r.agree(s.truth)
	}
}

func TestHighestUID(t *testing.T) {
	s := newServer(t, modern)
	s.change("INBOX", func(b *box) { b.next = math.MaxUint32 })
	s.add("INBOX", letter("one", "x"))
	s.change("INBOX", func(b *box) { b.next = math.MaxUint32 }) // none is left
	r := newRig(t, s.profile())
	r.sync()
	r.apply(store.Change{MoveTo: r.folder(mail.RoleArchive)}, r.message("one").ID)
	r.sync()
	r.agree(s.truth)
	if r.pending() != 0 {
		t.Error("the move waits")
	}
}

func TestTargetFoldersAreCreated(t *testing.T) {
	for _, caps := range []string{modern, old} {
		s := newServer(t, caps)
		s.mu.Lock()
		delete(s.boxes, "Archive")
		s.mu.Unlock()
		s.add("INBOX", letter("one", "x"))
		s.add("INBOX", letter("two", "x"))
		r := newRig(t, s.profile())
		r.sync()
		one, two := r.message("one"), r.message("two")
		f, err := r.store.EnsureFolder(t.Context(), "a", mail.RoleArchive, "Archive/2026 Pläne")
		if err != nil {
			t.Fatal(err)
		}
		r.apply(store.Change{MoveTo: f.ID}, one.ID)
		r.sync()
		if got := r.message("one"); got.ID != one.ID || got.Folder != f.ID || got.UID == 0 {
			t.Errorf("one is %+v", got)
		}
		if s.boxes["Archive/2026 Pl&AOQ-ne"] == nil {
			t.Error("the folder was not created under its wire name")
		}
		// And one that another client deletes in the last moment.
		s.create("B&APY-rse", "")
		r.sync()
		folders, err := r.store.Folders(t.Context(), "a")
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(folders, func(f store.FolderState) bool { return f.Name == "Börse" })
		r.apply(store.Change{MoveTo: folders[i].ID}, two.ID)
		s.bend(func(c string) string {
			if strings.HasPrefix(c, "UID MOVE") || strings.HasPrefix(c, "UID COPY") {
				delete(s.boxes, "B&APY-rse") // the hook holds the lock
				s.hook = nil
			}
			return ""
		})
		r.sync()
		if got := r.message("two"); got.ID != two.ID || got.FolderName != "Börse" {
			t.Errorf("two is %+v", got)
		}
		r.sync()
		r.agree(func() []string {
			return strings.Split(strings.NewReplacer("Pl&AOQ-ne", "Pläne", "B&APY-rse", "Börse").Replace(strings.Join(s.visible(), "\n")), "\n")
		})
	}
}

// TestLineLostInTheMidstOfReplay cuts at every command of a replay, before and
// after the server has done it.
func TestLineLostInTheMidstOfReplay(t *testing.T) {
	for _, how := range []string{"drop", "drop after"} {
		for _, command := range []string{"SELECT", "UID STORE", "UID MOVE", "UID COPY", "UID EXPUNGE", "UID SEARCH", "UID FETCH"} {
			t.Run(how+" "+command, func(t *testing.T) {
				classes(t, func(t *testing.T, s *server) { lostDuring(t, s, command, how) })
			})
		}
	}
}

func lostDuring(t *testing.T, s *server, command, how string) {
	for _, mid := range []string{"one", "two", "three", "four"} {
		s.add("INBOX", letter(mid, "x"))
	}
	s.add("Archive", letter("five", "x"))
	r := newRig(t, s.profile())
	r.sync()
	ids := map[string]mail.ID{}
	for _, mid := range []string{"one", "two", "four", "five"} {
		ids[mid] = r.message(mid).ID
	}
	r.apply(store.Change{MoveTo: r.folder(mail.RoleArchive)}, ids["one"])
	r.apply(store.Change{MoveTo: r.folder(mail.RoleInbox)}, ids["five"])
	r.apply(store.Change{Add: []string{mail.FlagFlagged}}, ids["two"])
	r.apply(store.Change{Erase: true}, r.message("three").ID)
	r.reopen() // recorded offline, by another process
	s.add("INBOX", letter("six", "x"))
	s.bendOnce(command, how)
	_ = r.Round(t.Context())
	r.reopen()
	r.sync()
	r.sync()
	r.agree(s.visible)
	want := []string{"Archive one", "INBOX five", "INBOX four", "INBOX six", `INBOX two \flagged`}
	var got []string
	for _, l := range s.visible() {
		f := strings.Fields(l)
		got = append(got, strings.Join(slices.Delete(f, 1, 2), " "))
	}
	slices.Sort(got)
	if slices.Sort(want); !slices.Equal(got, want) {
		t.Errorf("the server has %q, want %q", got, want)
	}
	for mid, id := range ids {
		if now := r.message(mid).ID; now != id {
			t.Errorf("%s has become %s, was %s", mid, now, id)
		}
	}
	if r.pending() != 0 {
		t.Error("changes still wait")
	}
}

func TestUserSeesTheirChangeWhileItIsReplayed(t *testing.T) {
	s := newServer(t, modern)
	s.add("INBOX", letter("one", "x"))
	r := newRig(t, s.profile())
	r.sync()
	one := r.message("one").ID
	r.apply(store.Change{MoveTo: r.folder(mail.RoleArchive), Label: "Archived"}, one)
	s.bend(func(c string) string {
		if strings.HasPrefix(c, "UID MOVE") {
			// Undone while the command is on its way: it must be moved back.
			if _, err := r.store.Undo(t.Context()); err != nil {
				t.Error(err)
			}
			s.hook = nil
		}
		return ""
	})
	r.sync()
	r.sync()
	r.agree(s.truth)
	if got := r.message("one"); got.FolderRole != mail.RoleInbox || got.ID != one {
		t.Errorf("it is %+v", got)
	}
}

func TestRunReplaysAtOnceWhileFollowing(t *testing.T) {
	classes(t, func(t *testing.T, s *server) {
		s.add("INBOX", letter("one", "x"))
		s.add("INBOX", letter("two", "x"))
		r := newRig(t, s.profile())
		l := r.listen()
		r.run()
		r.awaitKind(Online)
		r.apply(store.Change{MoveTo: r.folder(mail.RoleArchive)}, r.message("one").ID)
		r.Wake()
		r.awaitAgreement(s.visible)
		if err := r.store.Want(t.Context(), r.message("two").ID); err != nil {
			t.Fatal(err)
		}
		r.Wake()
		two := r.message("two").ID
		l.await("the body", func(e event.Event) bool { return e == event.BodyArrived{ID: two} })
		s.add("INBOX", letter("three", "x"))
		began := time.Now()
		r.awaitAgreement(s.visible)
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("it took %v", took)
		}
		s.change("INBOX", func(b *box) { b.set("two", `\Flagged`, true); b.remove(b.find("three").uid) })
		r.awaitAgreement(s.visible)
	})
}

// As many messages leave a folder by us as by another client since it was counted: that
// is seen in the same round, or the other client's would come back as a new one.
func TestLeftAlongWithOurs(t *testing.T) {
	for _, caps := range []string{modern, strings.Replace(modern, "MOVE ", "", 1)} {
		for _, erase := range []bool{false, true} {
			s := newServer(t, caps)
			s.create("Lists", "")
			s.add("Lists", letter("mine", "x"))
			theirs := s.add("Lists", letter("theirs", "x"))
			s.add("Lists", letter("stays", "x"))
			r := newRig(t, s.profile())
			r.sync()
			id, archive := r.message("theirs").ID, r.folder(mail.RoleArchive)
			r.apply(map[bool]store.Change{false: {MoveTo: archive}, true: {Erase: true}}[erase], r.message("mine").ID)
			r.reopen() // recorded by another process
			s.change("Lists", func(b *box) {
				b.remove(theirs)
				b.modseq-- // without QRESYNC an expunge need not count (RFC 7162 §3.1.2)
			})
			s.add("Archive", letter("theirs", "x"))
			r.sync()
			if now := r.message("theirs"); now.ID != id || now.Folder != archive {
				t.Errorf("erase is %v: what was %s is %s in %s", erase, id, now.ID, now.FolderName)
			}
			r.sync()
			r.agree(s.visible)
		}
	}
}
