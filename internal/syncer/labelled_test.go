package syncer

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"postea/internal/mail"
	"postea/internal/store"
)

const allMail = "Everything"

// labelled makes folders labels, as Gmail has them: a message lies in each of its labels and
// in the folder of all mail, with the same flags, or else only in Trash or Junk.
func (s *server) labelled() *server {
	s.labels = true
	delete(s.boxes, "Archive")
	s.create(allMail, `\All`)
	s.create("Work", "")
	return s
}

// put stores a message in a folder, and tells its UID there.
func (s *server) put(name string, m *message) uint32 {
	b := s.boxes[name]
	if !s.labels {
		return b.add(m.raw, m.date, slices.Collect(maps.Keys(m.flags))...)
	}
	if there := b.same(m); there != nil {
		return there.uid
	}
	uid := b.add(m.raw, m.date)
	b.same(m).flags = m.flags
	for other, o := range s.boxes {
		if there := o.same(m); there != nil && other != name && (thrownAway(name) || thrownAway(other)) {
			s.takeOff(o, there)
		}
	}
	s.sameFlags(m)
	if !thrownAway(name) {
		s.put(allMail, m)
	}
	return uid
}

// takeOff removes a message from one of its folders.
func (s *server) takeOff(b *box, m *message) {
	b.remove(m.uid)
	s.sameFlags(m)
}

func thrownAway(name string) bool { return name == "Trash" || name == "Junk" }

// stays tells of a message that is in its folder whatever is moved out of there or expunged.
func (s *server) stays(name string, m *message) bool {
	if s.labels {
		delete(m.flags, `\Deleted`)
	}
	return s.labels && name == allMail
}

// sameFlags tells of the flags and labels of a message in all of its folders.
func (s *server) sameFlags(m *message) {
	for _, b := range s.boxes {
		if there := b.same(m); s.labels && there != nil {
			b.modseq++
			there.modseq = b.modseq
		}
	}
}

// gmail has what Gmail offers: no QRESYNC, and its labels with the flags.
const gmail = modern + " X-GM-EXT-1"

// labelsOf are the labels of a message as an open folder tells them: without that folder's own.
func (s *server) labelsOf(m *message, open string) (out []string) {
	if !slices.Contains(s.caps, "X-GM-EXT-1") {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(s.boxes)) {
		if label := labelOf(name); name != open && label != "" && s.boxes[name].same(m) != nil {
			out = append(out, label)
		}
	}
	return out
}

// labelOf is the label that a folder is, "" where it is none.
func labelOf(name string) string {
	system := map[string]string{"INBOX": `\Inbox`, "Sent": `\Sent`, "Drafts": `\Draft`, allMail: "", "Trash": "", "Junk": ""}
	if label, known := system[name]; known {
		return label
	}
	return name
}

// label puts folders on a message or takes them off, as STORE of X-GM-LABELS does.
func (s *server) label(m *message, open string, names []string, on bool) {
	for _, name := range names {
		switch b := s.boxes[name]; {
		case name == open:
		case on && b == nil:
			s.boxes[name] = &box{validity: uint32(3000 + len(s.boxes)), next: 1, modseq: 1}
			s.put(name, m)
		case on:
			s.put(name, m)
		case b != nil && b.same(m) != nil:
			s.takeOff(b, b.same(m))
		}
	}
}

func (b *box) same(m *message) *message {
	i := slices.IndexFunc(b.msgs, func(o *message) bool { return &o.raw[0] == &m.raw[0] })
	if i < 0 {
		return nil
	}
	return b.msgs[i]
}

// TestRandomLabels changes messages that lie in several folders here and at the server.
func TestRandomLabels(t *testing.T) {
	for name, caps := range map[string]string{"as Gmail": gmail, "no CONDSTORE": strings.Replace(modern, "CONDSTORE ", "", 1), "no MOVE": strings.Replace(modern, "MOVE ", "", 1)} {
		if testing.Short() && caps != gmail {
			continue
		}
		t.Run(name, func(t *testing.T) {
			runs := 1
			if longTest() {
				runs = 25
			}
			for range runs {
				randomLabels(t, newServer(t, caps).labelled())
			}
		})
	}
}

func randomLabels(t *testing.T, s *server) {
	seed := seedOf(t)
	rng := rand.New(rand.NewPCG(seed, 1))
	line := newCutter(t, s.port, rand.New(rand.NewPCG(seed, 2)))
	p := s.profile()
	p.IMAP.Port = line.port
	r := newRig(t, p, func(o *Options) { o.Bodies, o.Timeouts.Command = "all", 5*time.Second })

	names := []string{"INBOX", "Work", allMail, "Trash"}
	lie := map[string]map[string]bool{} // where each message should
	mids := func(odd int) (out []string) {
		for i := odd; i < len(lie); i += 2 {
			if mid := fmt.Sprint("m", i); len(lie[mid]) > 0 {
				out = append(out, mid)
			}
		}
		return out
	}
	arrive := func() {
		mid := fmt.Sprint("m", len(lie))
		s.mu.Lock()
		defer s.mu.Unlock()
		s.put("INBOX", &message{raw: letter(mid, "x"), date: s.start(), flags: map[string]bool{}})
		lie[mid] = map[string]bool{"INBOX": true, allMail: true}
	}
	// move is what becomes of the labels.
	move := func(mid, from, to string) {
		switch set := lie[mid]; {
		case to == "Trash":
			lie[mid] = map[string]bool{"Trash": true}
		default:
			if from != allMail {
				delete(set, from)
			}
			set[to], set[allMail] = true, true
		}
	}
	ids := func(mid, name string) (id mail.ID) {
		list, err := r.store.FindMessageID(t.Context(), "a", mid)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range list {
			if m.FolderName == name {
				id = m.ID
			}
		}
		return id
	}
	folder := func(name string) mail.FolderID {
		folders, err := r.store.Folders(t.Context(), "a")
		if err != nil {
			t.Fatal(err)
		}
		return folders[slices.IndexFunc(folders, func(f store.FolderState) bool { return strings.EqualFold(f.Name, name) })].ID
	}
	pick := func(list []string) string { return list[rng.IntN(len(list))] }
	for range 8 {
		arrive()
	}
	r.sync()
	for range 15 {
		busy := map[string]bool{} // one place after the other, or both would be asked for
		for range rng.IntN(5) {
			mid := pick(mids(0))
			from := pick(slices.Sorted(maps.Keys(lie[mid])))
			to := pick(names)
			id := ids(mid, from)
			switch {
			case id == 0 || busy[mid]:
				continue
			case rng.IntN(3) == 0:
				r.apply(store.Change{Add: []string{pick([]string{mail.FlagSeen, mail.FlagFlagged})}}, id)
			case rng.IntN(6) == 0 && len(mids(0)) > 2 && (from == "Trash" || slices.Contains(s.caps, "X-GM-EXT-1")):
				r.apply(store.Change{Erase: true}, id)
				lie[mid] = nil
			case to == from, from == "Trash" && to == allMail:
				continue
			case rng.IntN(4) == 0 && to != "Trash" && from != "Trash" && !lie[mid][to]:
				r.apply(store.Change{CopyTo: folder(to)}, id)
				lie[mid][to] = true
			default:
				r.apply(store.Change{MoveTo: folder(to)}, id)
				move(mid, from, to)
			}
			busy[mid] = true
		}
		for range rng.IntN(4) {
			mid := pick(mids(1))
			from, to := pick(slices.Sorted(maps.Keys(lie[mid]))), pick(names)
			if to == from {
				continue
			}
			s.change(from, func(b *box) {
				m := b.find(mid)
				s.put(to, m)
				if !s.stays(from, m) {
					s.takeOff(b, m)
				}
			})
			move(mid, from, to)
		}
		if rng.IntN(3) == 0 {
			arrive()
		}
		line.angry.Store(rng.IntN(2) == 0)
		_ = r.Round(t.Context()) // the line may be cut anywhere
		line.angry.Store(false)
		for range 3 {
			r.sync()
		}
		if n := r.pending(); n != 0 {
			t.Errorf("%d changes still wait", n)
		}
		r.agree(s.visible)
		for mid, want := range lie {
			if got := s.copied(mid); !slices.Equal(got, slices.Sorted(maps.Keys(want))) {
				t.Errorf("%s lies in %q, want %q", mid, got, slices.Sorted(maps.Keys(want)))
			}
		}
		if t.Failed() {
			return
		}
	}
}

// Where a message lies in several folders, as at Proton, undo of a copy takes it out of the one
// to which it was copied, and deletes it nowhere else.
func TestUndoOfACopyWhereAllMailLies(t *testing.T) {
	s := newServer(t, modern).labelled()
	r := newRig(t, s.profile())
	s.change("INBOX", func(*box) {
		s.put("INBOX", &message{raw: letter("m1", "x"), date: s.start(), flags: map[string]bool{}})
	})
	r.sync()
	work, err := r.store.FolderNamed(t.Context(), "a", "Work")
	if err != nil {
		t.Fatal(err)
	}
	r.apply(store.Change{Label: "copied", CopyTo: work.ID}, findAll(t, r, "m1")[0].ID)
	r.sync()
	if _, err := r.store.Undo(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.sync()
	if got := s.lies("<m1>"); !slices.Equal(got, []string{allMail, "INBOX"}) {
		t.Errorf("it was taken back and lies in %q", got)
	}
	r.sync()
	r.agree(s.truth)
}
