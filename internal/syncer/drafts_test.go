package syncer

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"postea/internal/mail"
	"postea/internal/reading"
	"postea/internal/store"
)

// drafts gives what lies in the Drafts folder of the server.
func (s *server) drafts() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	if b := s.boxes["Drafts"]; b != nil {
		for _, m := range b.msgs {
			if !m.flags[`\Deleted`] {
				out = append(out, string(m.raw))
			}
		}
	}
	return out
}

func (r *rig) write(d mail.Draft) mail.Draft {
	r.t.Helper()
	id, err := r.store.SaveDraft(r.t.Context(), d)
	if err != nil {
		r.t.Fatal(err)
	}
	d.ID = id
	return d
}

func oneWith(t *testing.T, list []string, want string) {
	t.Helper()
	if len(list) != 1 || !strings.Contains(list[0], want) {
		t.Fatalf("not one copy with %q:\n%s", want, strings.Join(list, "\n=====\n"))
	}
}

// Whatever happens to the line, there is one copy of a draft, with its last
// words, and none once it is gone.
func TestDraftsAreCopied(t *testing.T) {
	kinds := map[string]string{"modern": modern, "old": "IMAP4rev1 AUTH=PLAIN", "replacing": modern + " REPLACE"}
	for n, name := range slices.Sorted(maps.Keys(kinds)) {
		for _, how := range []string{"", "drop", "drop after", "NO [OVERQUOTA] full", "NO [CANNOT] not so"} {
			for _, where := range []string{"APPEND", "UID STORE", "UID EXPUNGE", "UID SEARCH", "UID REPLACE"} {
				if n++; name == "old" && where == "UID EXPUNGE" || name != "replacing" && where == "UID REPLACE" || testing.Short() && n%3 != 0 {
					continue
				}
				t.Run(where+" "+how+" "+name, func(t *testing.T) { copied(t, kinds[name], where, how) })
			}
		}
	}
}

// Where the server can, the new copy takes the place of the old one in one step.
func TestDraftIsReplacedInOneStep(t *testing.T) {
	s := newServer(t, modern+" REPLACE")
	r := newRig(t, s.profile())
	r.sync()
	d := r.write(mail.Draft{Account: "a", Body: "first words"})
	r.forward(time.Minute)
	r.sync()
	s.said("")
	for i, words := range []string{"second words", "third words"} {
		d.Body = words
		r.write(d)
		r.forward(time.Duration(i+1) * time.Hour)
		r.sync()
		oneWith(t, s.drafts(), words)
	}
	commands := s.said("")
	count := func(prefix string) (n int) {
		for _, c := range commands {
			if strings.HasPrefix(c, prefix) {
				n++
			}
		}
		return n
	}
	if count("UID REPLACE") != 2 || count("APPEND") != 0 || count("UID STORE") != 0 {
		t.Errorf("it said\n%s", strings.Join(commands, "\n"))
	}
}

func copied(t *testing.T, caps, where, how string) {
	s := newServer(t, caps)
	r := newRig(t, s.profile())
	r.sync()
	d := r.write(mail.Draft{Account: "a", From: mail.Address{Address: "ada@example.org"}, To: "bob at home", Bcc: "carol@example.net", Subject: "Hi", Body: "first words"})
	r.sync()
	if n := len(s.drafts()); n != 0 {
		t.Fatalf("%d copies of what is being written", n)
	}
	r.forward(time.Minute)
	r.sync()
	oneWith(t, s.drafts(), "first words")
	oneWith(t, s.drafts(), "Bcc: carol@example.net\r\n")
	oneWith(t, s.drafts(), "X-Postea-To: =?utf-8?")
	r.sync()
	if n := len(s.said("APPEND")); n != 1 {
		t.Errorf("copied %d times", n)
	}

	d.Body = "second words"
	r.write(d)
	r.forward(2 * time.Minute)
	s.bendOnce(where, how)
	_ = r.Round(t.Context())
	r.forward(time.Hour)
	r.sync()
	oneWith(t, s.drafts(), "second words")

	if err := r.store.DiscardDraft(t.Context(), d.ID); err != nil {
		t.Fatal(err)
	}
	s.bendOnce(where, how)
	_ = r.Round(t.Context())
	r.forward(3 * time.Hour)
	r.sync()
	if list := s.drafts(); len(list) != 0 {
		t.Errorf("still there: %s", list)
	}
	if next, err := r.store.NextDraft(t.Context(), "a"); err != nil || !next.IsZero() {
		t.Errorf("something is left to do at %v: %v", next, err)
	}
}

func TestDraftsStayHereWhereThatIsWanted(t *testing.T) {
	s := newServer(t, modern)
	p := s.profile()
	p.Drafts = "local"
	r := newRig(t, p)
	r.sync()
	r.write(mail.Draft{Account: "a", Body: "mine"})
	r.forward(time.Hour)
	r.sync()
	if n := len(s.drafts()); n != 0 {
		t.Errorf("%d copies", n)
	}
}

// A draft of another program is replaced by what was made of it.
func TestDraftOfAnotherProgramIsReplaced(t *testing.T) {
	s := newServer(t, modern)
	r := newRig(t, s.profile())
	r.sync()
	r.write(mail.Draft{Account: "a", Body: "x"}) // so that there is a Drafts folder
	r.forward(time.Minute)
	r.sync()
	s.add("Drafts", letter("theirs", "begun elsewhere"))
	r.sync()
	r.write(mail.Draft{Account: "a", Body: "gone on here", Copy: "theirs"})
	r.forward(time.Hour)
	r.sync()
	list := s.drafts()
	if len(list) != 2 || !strings.Contains(list[1], "gone on here") || strings.Contains(list[0]+list[1], "begun elsewhere") {
		t.Errorf("%d: %s", len(list), strings.Join(list, "\n=====\n"))
	}
}

// What another program has put in the place of a copy, under its Message-ID, is not taken
// away for what is written here: both stay, each a draft of its own.
func TestDraftWrittenElsewhereMeanwhileStays(t *testing.T) {
	for _, caps := range []string{modern, modern + " REPLACE", old} {
		s := newServer(t, caps)
		r := newRig(t, s.profile())
		r.sync()
		d := r.write(mail.Draft{Account: "a", Body: "first words"})
		r.forward(time.Minute)
		r.sync()
		mid := reading.ParseHeader([]byte(s.drafts()[0])).MessageID
		s.change("Drafts", func(b *box) { b.remove(b.find(mid).uid) })
		s.add("Drafts", letter(mid, "words of the phone"), `\Draft`)
		for i, words := range []string{"second words", "third words"} {
			d.Body = words
			r.write(d)
			r.forward(time.Duration(i+1) * time.Hour)
			r.sync()
			list := s.drafts()
			if len(list) != 2 || !strings.Contains(list[0], "words of the phone") || !strings.Contains(list[1], words) {
				t.Fatalf("%s: %d:\n%s", caps, len(list), strings.Join(list, "\n=====\n"))
			}
		}
		if _, _, err := r.store.DraftByCopy(t.Context(), "a", mid); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: it stands for the draft here: %v", caps, err)
		}
		mid = reading.ParseHeader([]byte(s.drafts()[1])).MessageID
		s.change("Drafts", func(b *box) { b.remove(b.find(mid).uid) })
		s.add("Drafts", letter(mid, "more of the phone"), `\Draft`)
		r.sync()
		if err := errors.Join(r.store.DiscardDraft(t.Context(), d.ID), r.store.EraseGoneDrafts(t.Context())); err != nil {
			t.Fatal(err)
		}
		r.forward(9 * time.Hour)
		r.sync()
		if list := s.drafts(); len(list) != 2 || !strings.Contains(list[1], "more of the phone") {
			t.Errorf("%s: after it was discarded here: %d:\n%s", caps, len(list), strings.Join(list, "\n=====\n"))
		}
		if gone, err := r.store.GoneDrafts(t.Context(), "a"); err != nil || len(gone) > 0 {
			t.Errorf("%s: still to go: %v, %v", caps, gone, err)
		}
	}
}

// Where the server keeps no mark of copies, an older one is known by its Message-ID alone.
func TestDraftsWhereMarksAreLost(t *testing.T) {
	for _, caps := range []string{modern, modern + " REPLACE", old} {
		s := newServer(t, caps)
		s.unmarked = true
		r := newRig(t, s.profile())
		r.sync()
		d := mail.Draft{Account: "a"}
		for i, words := range []string{"first words", "second words", "third words"} {
			d.Body = words
			d = r.write(d)
			r.forward(time.Duration(i+1) * time.Hour)
			r.sync()
			oneWith(t, s.drafts(), words)
		}
		if err := r.store.DiscardDraft(t.Context(), d.ID); err != nil {
			t.Fatal(err)
		}
		r.forward(9 * time.Hour)
		r.sync()
		if list := s.drafts(); len(list) > 0 {
			t.Errorf("%s: left are %d", caps, len(list))
		}
	}
}

// A server without UIDPLUS keeps older states and what was sent, marked as deleted: the
// list of Drafts does not.
func TestDraftsThatAreOnlyMarked(t *testing.T) {
	s := newServer(t, old)
	r := newRig(t, s.profile())
	r.sync()
	d := r.write(mail.Draft{Account: "a", Body: "first words"})
	listed := func() int {
		t.Helper()
		for range 2 {
			r.sync()
		}
		list, err := r.store.Newest(t.Context(), []mail.FolderID{r.folder(mail.RoleDrafts)}, 10)
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	r.forward(time.Minute)
	if n := listed(); n != 1 {
		t.Errorf("%d messages in Drafts", n)
	}
	d.Body = "second words"
	r.write(d)
	r.forward(time.Hour)
	if n := listed(); n != 1 {
		t.Errorf("%d messages in Drafts after a change", n)
	}
	if err := r.store.DiscardDraft(t.Context(), d.ID); err != nil {
		t.Fatal(err)
	}
	r.forward(2 * time.Hour)
	if n := listed(); n != 0 {
		t.Errorf("%d messages in Drafts after it was discarded", n)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(s.boxes["Drafts"].msgs); n != 2 {
		t.Errorf("the server has %d", n)
	}
}
