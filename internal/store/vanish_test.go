package store

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"postea/internal/mail"
)

// A message that another client moves keeps its id and its body, whichever
// folder is pulled first.
func TestMovedByAnotherClientKeepsItsID(t *testing.T) {
	for _, targetFirst := range []bool{false, true} {
		s, _ := open(t)
		inbox, archive, _ := folders(t, s, "a")
		id := add(t, s, inbox, header(5, "m"))[0]
		must(t, s.PutBody(t.Context(), id, []byte("hello"), BodyInfo{}))
		must(t, s.RoundDone(t.Context(), "a"))
		if targetFirst {
			add(t, s, archive, header(9, "m"))
		}
		must(t, s.Vanished(t.Context(), inbox, []mail.UID{5}))
		if list(t, s, inbox).Messages != 0 {
			t.Error("it is still in its old folder")
		}
		if !targetFirst {
			if fresh := add(t, s, archive, header(9, "m")); len(fresh) != 0 {
				t.Error("it looks new")
			}
		}
		must(t, s.RoundDone(t.Context(), "a"))
		if r := list(t, s, archive); r.Messages != 1 || r.Rows[0].ID != id || r.Rows[0].UID != 9 {
			t.Errorf("archive holds %+v", r.Rows)
		}
		if b, err := s.Body(t.Context(), id); err != nil || string(b) != "hello" {
			t.Errorf("body %q, %v", b, err)
		}
		f, err := s.Folder(t.Context(), archive)
		if err != nil || f.Total != 1 || f.Unread != 1 {
			t.Errorf("counts are %d, %d, %v", f.Total, f.Unread, err)
		}
	}
}

// A copy that was there before is another message.
func TestVanishedNextToAnOldCopy(t *testing.T) {
	s, _ := open(t)
	inbox, archive, _ := folders(t, s, "a")
	id := add(t, s, inbox, header(5, "m"))[0]
	other := add(t, s, archive, header(9, "m"))[0]
	must(t, s.RoundDone(t.Context(), "a"))
	must(t, s.Vanished(t.Context(), inbox, []mail.UID{5}))
	must(t, s.RoundDone(t.Context(), "a"))
	if r := list(t, s, archive); r.Messages != 1 || r.Rows[0].ID != other {
		t.Errorf("archive holds %+v", r.Rows)
	}
	if _, err := s.ServerPlace(t.Context(), id); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v", err)
	}
	var rows int
	must(t, s.mail.read.QueryRow(`SELECT count(*) FROM msg`).Scan(&rows))
	if rows != 1 {
		t.Errorf("%d rows are left", rows)
	}
}

func TestRenamedFolderKeepsItsMessages(t *testing.T) {
	s, _ := open(t)
	_, archive, _ := folders(t, s, "a")
	id := add(t, s, archive, header(5, "m"))[0]
	must(t, s.SetFolders(t.Context(), "a", []RemoteFolder{{Name: "INBOX", Wire: "INBOX", Role: mail.RoleInbox, Selectable: true}, {Name: "Old", Wire: "Old", Role: mail.RoleArchive, Selectable: true}}))
	f, err := s.FolderByRole(t.Context(), "a", mail.RoleArchive)
	must(t, err)
	if fresh := add(t, s, f.ID, header(1, "m")); len(fresh) != 0 || list(t, s, f.ID).Rows[0].ID != id {
		t.Error("it looks new")
	}
}

// What is made here as Archive may be listed as INBOX/Archive.
func TestFolderUnderANewNameIsTheSame(t *testing.T) {
	s, _ := open(t)
	inbox, _, _ := folders(t, s, "a")
	f, err := s.EnsureFolder(t.Context(), "a", mail.RoleNone, "Plans")
	must(t, err)
	id := add(t, s, inbox, header(5, "m"))[0]
	_, err = s.Apply(t.Context(), []mail.ID{id}, Change{MoveTo: f.ID})
	must(t, err)
	must(t, s.FolderCreated(t.Context(), f.ID, f.Name, "INBOX.Plans"))
	must(t, s.MoveDone(t.Context(), f.ID, map[mail.ID]mail.UID{id: 1}))
	must(t, s.SetFolders(t.Context(), "a", []RemoteFolder{{Name: "INBOX", Wire: "INBOX", Role: mail.RoleInbox, Selectable: true}, {Name: "INBOX/Plans", Wire: "INBOX.Plans", Role: "", Selectable: true}}))
	m, err := s.Summary(t.Context(), id)
	if err != nil || m.FolderName != "INBOX/Plans" || m.Folder != f.ID {
		t.Errorf("got %+v, %v", m, err)
	}
}

func TestWhatIsLeftBehindIsNotSeen(t *testing.T) {
	s, _ := open(t)
	inbox, archive, _ := folders(t, s, "a")
	id := add(t, s, inbox, header(5, "m"))[0]
	_, err := s.Apply(t.Context(), []mail.ID{id}, Change{MoveTo: archive})
	must(t, err)
	must(t, s.MoveDone(t.Context(), archive, map[mail.ID]mail.UID{id: 0}))
	must(t, s.LeftBehind(t.Context(), inbox, []mail.UID{5}))
	h := header(5, "m")
	h.Flags = []string{mail.FlagDeleted}
	add(t, s, inbox, h)
	add(t, s, archive, header(1, "m"))
	if n := list(t, s, inbox).Messages; n != 0 {
		t.Errorf("%d messages came back", n)
	}
	if r := list(t, s, archive); r.Messages != 1 || r.Rows[0].ID != id {
		t.Errorf("archive holds %+v", r.Rows)
	}
	if p, err := s.PendingChanges(t.Context(), "a"); err != nil || len(p) != 0 {
		t.Errorf("pending %+v, %v", p, err)
	}
	must(t, s.Vanished(t.Context(), inbox, []mail.UID{5}))
}

func TestFlagsAreRefusedAlone(t *testing.T) {
	s, _ := open(t)
	inbox, archive, _ := folders(t, s, "a")
	id := add(t, s, inbox, header(5, "m"))[0]
	_, err := s.Apply(t.Context(), []mail.ID{id}, Change{MoveTo: archive, Add: []string{"odd", mail.FlagSeen}})
	must(t, err)
	must(t, s.RefuseFlags(t.Context(), "a", []mail.ID{id}, []string{"odd"}, nil, ""))
	p, err := s.PendingChanges(t.Context(), "a")
	must(t, err)
	if len(p) != 1 || p[0].To != archive || len(p[0].Add) != 1 || p[0].Add[0] != mail.FlagSeen {
		t.Errorf("pending %+v", p)
	}
}

// Folders with lasting names are followed: messages, state and how they are shown stay.
func TestFoldersAreFollowed(t *testing.T) {
	remote := func(lasting, name string) RemoteFolder {
		return RemoteFolder{Name: name, Wire: strings.ReplaceAll(name, "/", "."), Lasting: lasting, Selectable: true}
	}
	inbox := RemoteFolder{Name: "INBOX", Wire: "INBOX", Lasting: "i", Role: mail.RoleInbox, Selectable: true}
	for name, tt := range map[string]struct {
		now    []RemoteFolder
		same   map[string]string // new name: old name of the folder that it is
		wishes map[string]string // old name: what the user calls it
	}{
		"one":                          {now: []RemoteFolder{remote("1", "X"), remote("2", "B"), remote("3", "C/D")}, same: map[string]string{"X": "A", "B": "B", "C/D": "C/D"}},
		"to another level":             {now: []RemoteFolder{remote("1", "B/A"), remote("2", "B"), remote("3", "C/D")}, same: map[string]string{"B/A": "A", "B": "B", "C/D": "C/D"}},
		"each other's":                 {now: []RemoteFolder{remote("2", "A"), remote("1", "B"), remote("3", "C/D")}, same: map[string]string{"B": "A", "A": "B", "C/D": "C/D"}},
		"one after the other":          {now: []RemoteFolder{remote("1", "B"), remote("2", "C/D"), remote("3", "X")}, same: map[string]string{"B": "A", "C/D": "B", "X": "C/D"}},
		"called otherwise here":        {now: []RemoteFolder{remote("1", "X"), remote("2", "B"), remote("3", "C/D")}, wishes: map[string]string{"A": "Mine"}, same: map[string]string{"Mine": "A", "B": "B", "C/D": "C/D"}},
		"as another is called here":    {now: []RemoteFolder{remote("1", "X"), remote("2", "Mine"), remote("3", "C/D")}, wishes: map[string]string{"A": "Mine"}, same: map[string]string{"Mine": "B", "C/D": "C/D"}},
		"and told the other way round": {now: []RemoteFolder{remote("2", "Mine"), remote("1", "X"), remote("3", "C/D")}, wishes: map[string]string{"A": "Mine"}, same: map[string]string{"Mine": "B", "C/D": "C/D"}},
		"the name of one that is gone": {now: []RemoteFolder{remote("1", "B"), remote("3", "C/D")}, same: map[string]string{"B": "B", "C/D": "C/D"}},
		"names that are given twice":   {now: []RemoteFolder{remote("1", "X"), remote("1", "Y"), remote("2", "B"), remote("3", "C/D")}, same: map[string]string{"B": "B", "C/D": "C/D"}},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := open(t)
			must(t, s.SetFolders(t.Context(), "a", []RemoteFolder{inbox, remote("1", "A"), remote("2", "B"), remote("3", "C/D")}))
			before := map[string]FolderState{}
			list, err := s.Folders(t.Context(), "a")
			must(t, err)
			for i, f := range list {
				must(t, s.SetUIDValidity(t.Context(), f.ID, uint32(10+i)))
				add(t, s, f.ID, header(7, "in "+f.Name))
				must(t, s.SetFolderState(t.Context(), f.ID, 8, 9, true))
				must(t, s.SetViews(t.Context(), FolderView{Account: "a", Name: f.Name, Sort: "of " + f.Name}))
				before[f.Name], err = s.Folder(t.Context(), f.ID)
				must(t, err)
			}
			for from, to := range tt.wishes {
				must(t, s.RenameFolder(t.Context(), before[from].ID, to, ""))
			}
			must(t, s.SetFolders(t.Context(), "a", append(tt.now, inbox)))
			views, err := s.Views(t.Context())
			must(t, err)
			for now, was := range tt.same {
				f, err := s.Folder(t.Context(), before[was].ID)
				must(t, err)
				if f.Name != now || f.UIDNext != 8 || !f.Complete || f.UIDValidity != before[was].UIDValidity || f.Total != 1 {
					t.Errorf("%s is %+v", now, f)
				}
				if !slices.ContainsFunc(views, func(v FolderView) bool { return v.Name == now && v.Sort == "of "+was }) {
					t.Errorf("%s is not shown as %s was: %+v", now, was, views)
				}
			}
			// Told again, nothing is news.
			again, err := s.Folders(t.Context(), "a")
			must(t, err)
			must(t, s.SetFolders(t.Context(), "a", append(tt.now, inbox)))
			still, err := s.Folders(t.Context(), "a")
			if slices.ContainsFunc(still, func(f FolderState) bool { return strings.ContainsRune(f.Name, '\n') }) {
				t.Errorf("a folder has no name: %+v", still)
			}
			if must(t, err); !slices.Equal(again, still) || len(still) != len(tt.now)+1 {
				t.Errorf("%+v became %+v", again, still)
			}
		})
	}
}

// Undo takes back what was done to a row in whose place another one of the same message has come:
// at Gmail that of a label which was taken off goes on among all mail.
func TestUndoInThePlaceOfAnotherRow(t *testing.T) {
	s, _ := open(t)
	work, all, _ := folders(t, s, "a")
	was := add(t, s, work, header(5, "m"))[0]
	labelled := header(9, "m")
	labelled.Flags = []string{mail.FromGmailLabel("Work")}
	there := add(t, s, all, labelled)[0]
	if _, err := s.Apply(t.Context(), []mail.ID{there}, Change{Label: "took it off", Remove: labelled.Flags}); err != nil {
		t.Fatal(err)
	}
	must(t, s.FlagsDone(t.Context(), []mail.ID{there}, nil, labelled.Flags))
	must(t, s.Vanished(t.Context(), work, []mail.UID{5}))
	if _, err := s.Undo(t.Context()); err != nil {
		t.Fatal(err)
	}
	list, err := s.PendingChanges(t.Context(), "a")
	if err != nil || len(list) != 1 || list[0].ID != was || !slices.Equal(list[0].Add, labelled.Flags) {
		t.Errorf("the server is to be told %+v, %v", list, err)
	}
}

// Several steps are taken back one after the other where a message lies in several folders: the row
// that was marked as read gave way to the one that was archived, which is back in the inbox.
func TestUndoOfStepsOfSeveralRows(t *testing.T) {
	s, _ := open(t)
	must(t, s.SetFolders(t.Context(), "a", []RemoteFolder{
		{Name: "INBOX", Wire: "INBOX", Role: mail.RoleInbox, Selectable: true},
		{Name: "All", Wire: "All", Role: mail.RoleAll, Selectable: true, Told: true},
	}))
	inbox, err := s.FolderByRole(t.Context(), "a", mail.RoleInbox)
	must(t, err)
	all, err := s.FolderByRole(t.Context(), "a", mail.RoleAll)
	must(t, err)
	here := add(t, s, inbox.ID, header(5, "m"))
	there := add(t, s, all.ID, header(9, "m"))
	for _, step := range []Part{
		{there, Change{Label: "read", Add: []string{mail.FlagSeen}}},
		{here, Change{Label: "archived", MoveTo: all.ID}},
	} {
		_, err := s.Apply(t.Context(), step.IDs, step.Change)
		must(t, err)
	}
	must(t, s.FlagsDone(t.Context(), there, []string{mail.FlagSeen}, nil))
	must(t, s.MoveDone(t.Context(), all.ID, map[mail.ID]mail.UID{here[0]: 9}))
	must(t, s.SetServerFlags(t.Context(), all.ID, []FlagUpdate{{UID: 9, Flags: []string{mail.FlagSeen}}}))
	for range 2 {
		_, err := s.Undo(t.Context())
		must(t, err)
	}
	if m, err := s.Summary(t.Context(), here[0]); err != nil || m.Folder != inbox.ID || !m.Unread() {
		t.Errorf("it is %+v, %v", m, err)
	}
}

// What another program has marked as deleted, and the user deletes for good, goes wherever it lies.
func TestDeletedTwiceIsNoCopyTakenBack(t *testing.T) {
	s, _ := open(t)
	inbox, _, _ := folders(t, s, "a")
	h := header(5, "m")
	h.Flags = []string{mail.FlagDeleted}
	ids := add(t, s, inbox, h)
	_, err := s.Apply(t.Context(), ids, Change{Erase: true})
	must(t, err)
	pending, err := s.PendingChanges(t.Context(), "a")
	if err != nil || len(pending) != 1 || pending[0].To != 0 || pending[0].HereOnly {
		t.Errorf("pending is %+v, %v", pending, err)
	}
}
