package syncer

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"postea/internal/mail"
	"postea/internal/store"
)

// lies tells in how many folders of the server something lies, by its words.
func (s *server) lies(words string) (out []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(s.boxes)) {
		for _, m := range s.boxes[name].msgs {
			if strings.Contains(string(m.raw), words) {
				out = append(out, name)
			}
		}
	}
	return out
}

// Taken out of a folder of Gmail or Proton, a message stays among all mail.
func TestDeletedForGood(t *testing.T) {
	for _, caps := range []string{gmail, modern} {
		s := newServer(t, caps).labelled()
		r := newRig(t, s.profile())
		s.mu.Lock()
		for _, name := range []string{"INBOX", "Work", "Junk", "Trash", allMail} {
			s.put(name, &message{raw: letter(name, "x"), date: s.start(), flags: map[string]bool{}})
		}
		s.put("Work", s.boxes["INBOX"].find("INBOX"))
		s.mu.Unlock()
		r.sync()
		for _, name := range []string{"INBOX", "Work", "Junk", "Trash", allMail} {
			for _, m := range findAll(t, r, name) {
				if m.FolderName == name {
					r.apply(store.Change{Erase: true}, m.ID)
				}
			}
			r.sync()
			if got := s.lies("<" + name + ">"); got != nil {
				t.Errorf("what was deleted for good in %s lies in %q", name, got)
			}
			if list := findAll(t, r, name); len(list) > 0 {
				t.Errorf("what was deleted for good in %s is listed in %q", name, list[0].FolderName)
			}
		}
	}
}

// Of a draft that is copied again and again one copy is there, and none once it is gone.
func TestDraftsAtGmail(t *testing.T) {
	s := newServer(t, gmail).labelled()
	r := newRig(t, s.profile())
	r.sync()
	d := mail.Draft{Account: "a", Subject: "Hi"}
	for i := range 3 {
		d.Body = fmt.Sprint("words ", i)
		d = r.write(d)
		r.forward(time.Duration(i+1) * time.Hour)
		r.sync()
		if got := s.lies("Subject: Hi"); !slices.Equal(got, []string{"Drafts", allMail}) {
			t.Errorf("copied %d times, it lies in %q", i+1, got)
		}
		oneWith(t, s.drafts(), d.Body)
		r.agree(s.truth) // an older copy would stand in its conversation, beside the draft or what was sent
	}
	if err := r.store.DiscardDraft(t.Context(), d.ID); err != nil {
		t.Fatal(err)
	}
	r.sync()
	if got := s.lies("Subject: Hi"); got != nil {
		t.Errorf("what was discarded lies in %q", got)
	}
	r.agree(s.truth)
}

// What is done to a message of Gmail or Proton in one folder is seen at once in the others
// where it lies.
func TestChangeIsSeenInAllFolders(t *testing.T) {
	for _, caps := range []string{gmail, modern} {
		s := newServer(t, caps).labelled()
		s.create("Trip", "")
		r := newRig(t, s.profile())
		putInTwo(s)
		r.sync()
		id := func() mail.ID {
			for _, m := range findAll(t, r, "m1") {
				if m.FolderName == "INBOX" {
					return m.ID
				}
			}
			t.Fatal("it is not in the inbox")
			return 0
		}
		changes := []store.Change{{Add: []string{mail.FlagSeen}}, {Add: []string{mail.FlagFlagged}}, {Remove: []string{mail.FlagFlagged}}}
		if caps == gmail {
			changes = append(changes, store.Change{Add: []string{mail.FromGmailLabel("Trip")}}, store.Change{Remove: []string{mail.FromGmailLabel("Work")}},
				store.Change{Remove: []string{mail.FromGmailLabel("Trip")}})
		}
		for _, c := range changes {
			r.apply(c, id())
			r.sync()
			r.agree(s.truth)
		}
		was, there := id(), []mail.Role{mail.RoleTrash, mail.RoleInbox} // as undo does
		if caps == gmail {
			there = append(there, mail.RoleAll, mail.RoleInbox)
		}
		for _, to := range there {
			r.apply(store.Change{MoveTo: r.folder(to)}, was)
			if err := errors.Join(r.connect(t.Context()), r.quickRound(t.Context())); err != nil {
				t.Fatal(err)
			}
			r.agree(s.truth)
		}
		r.apply(store.Change{MoveTo: r.folder(mail.RoleTrash)}, id())
		r.sync()
		if list := findAll(t, r, "m1"); len(list) != 1 || list[0].FolderName != "Trash" {
			t.Errorf("what was deleted is listed %d times, first in %q", len(list), list[0].FolderName)
		}
		d := r.write(mail.Draft{Account: "a", Body: "words"})
		for i := range 2 {
			r.forward(time.Duration(i+1) * time.Hour)
			r.sync()
			r.agree(s.truth)
			if err := r.store.DiscardDraft(t.Context(), d.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// A copy is one more label at Gmail: undo takes that off, and the message stays.
func TestUndoOfACopyAtGmail(t *testing.T) {
	s := newServer(t, gmail).labelled()
	r := newRig(t, s.profile())
	s.mu.Lock()
	s.put("INBOX", &message{raw: letter("m1", "x"), date: s.start(), flags: map[string]bool{}})
	s.mu.Unlock()
	r.sync()
	work, err := r.store.FolderNamed(t.Context(), "a", "Work")
	if err != nil {
		t.Fatal(err)
	}
	r.apply(store.Change{Label: "copied", CopyTo: work.ID, BackTo: r.folder(mail.RoleAll)}, findAll(t, r, "m1")[0].ID)
	if err := errors.Join(r.connect(t.Context()), r.quickRound(t.Context())); err != nil {
		t.Fatal(err)
	}
	r.agree(s.truth)
	if got := s.lies("<m1>"); !slices.Equal(got, []string{allMail, "INBOX", "Work"}) {
		t.Fatalf("it was copied and lies in %q", got)
	}
	if _, err := r.store.Undo(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.sync()
	if got := s.lies("<m1>"); !slices.Equal(got, []string{allMail, "INBOX"}) {
		t.Errorf("it was taken back and lies in %q", got)
	}
	r.agree(s.truth)
}

// Undo of the deletion of a label at Gmail puts it on its messages again.
func TestLabelIsDeletedAndBackAtGmail(t *testing.T) {
	s := newServer(t, gmail).labelled()
	r := newRig(t, s.profile())
	putInTwo(s)
	r.sync()
	work, err := r.store.FolderNamed(t.Context(), "a", "Work")
	if err != nil {
		t.Fatal(err)
	}
	if err := r.store.DeleteFolder(t.Context(), work.ID, 0, "deleted"); err != nil {
		t.Fatal(err)
	}
	r.sync()
	if got := s.lies("<m1>"); !slices.Equal(got, []string{allMail, "INBOX"}) {
		t.Fatalf("the label was deleted, and it lies in %q", got)
	}
	r.agree(s.truth)
	if _, err := r.store.Undo(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.sync()
	if got := s.lies("<m1>"); !slices.Equal(got, []string{allMail, "INBOX", "Work"}) {
		t.Errorf("that was taken back, and it lies in %q", got)
	}
	r.agree(s.truth)
}

// putInTwo has one message, m1, come to the inbox and to Work.
func putInTwo(s *server) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := &message{raw: letter("m1", "x"), date: s.start(), flags: map[string]bool{}}
	s.put("INBOX", m)
	s.put("Work", m)
}
