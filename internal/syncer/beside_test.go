package syncer

import (
	"strings"
	"testing"
	"time"

	"postea/internal/mail"
	"postea/internal/store"
)

// busy is a rig whose connection is at something that does not end.
func busy(t *testing.T, more ...[]byte) (*rig, *server) {
	t.Helper()
	s := newServer(t, modern)
	for _, raw := range more {
		s.add("INBOX", raw)
	}
	s.add("INBOX", letter("moved", "x"))
	s.add("INBOX", letter("read", "x"))
	s.add("Archive", letter("old", "x"))
	r := newRig(t, s.profile(), func(o *Options) { o.Bodies, o.Pace.Beside = "none", time.Millisecond })
	r.run()
	r.awaitKind(Online)
	s.bend(func(c string) string {
		if strings.HasPrefix(c, "UID MOVE") {
			return "stall"
		}
		return ""
	})
	r.apply(store.Change{MoveTo: r.folder(mail.RoleTrash)}, r.message("moved").ID)
	s.said("")
	r.Wake()
	r.await("the move is under way", func() string {
		s.mu.Lock()
		defer s.mu.Unlock()
		if len(s.commands) > 0 && strings.HasPrefix(s.commands[len(s.commands)-1], "UID MOVE") {
			return ""
		}
		return "not yet"
	})
	return r, s
}

// Who opens a message does not wait until the connection has done something long.
func TestTextComesBesideLongWork(t *testing.T) {
	r, s := busy(t)
	for _, mid := range []string{"read", "old"} {
		r.want(mid)
		r.Wake()
		r.await(mid+" can be read", func() string {
			if r.has(mid) {
				return ""
			}
			return "not yet"
		})
	}
	if in := s.said("AUTHENTICATE"); len(in) != 1 {
		t.Errorf("signed in %d times", len(in))
	}
	if st := r.Status(); st.Kind != Syncing {
		t.Errorf("the status is %+v", st)
	}
}

// What the second connection cannot have is left to the first, and what was renumbered
// meanwhile is not taken for something else.
func TestBesideLeavesWhatItCannotHave(t *testing.T) {
	r, s := busy(t)
	s.change("Archive", func(b *box) { b.renumber() })
	s.change("INBOX", func(b *box) { b.find("read").noBody = "NO not now" })
	r.want("old")
	r.want("read")
	r.Wake()
	r.await("both were looked at", func() string {
		s.mu.Lock()
		defer s.mu.Unlock()
		said := strings.Join(s.commands, "\n")
		if strings.Contains(said, "EXAMINE") && strings.Contains(said, "Archive") && strings.Contains(said, "FETCH 2") {
			return ""
		}
		return said
	})
	if left, err := r.store.Wanted(t.Context(), "a"); err != nil || len(left) != 2 || r.has("old") {
		t.Errorf("%v are still wanted, %v", left, err)
	}
}

// Nor does who opens what is attached; a text that is wanted meanwhile comes between its windows.
func TestPartComesBesideLongWork(t *testing.T) {
	file := noise(3 << 20)
	r, s := busy(t, parcel("large", file))
	r.want("large")
	r.Wake()
	r.await("the text is here", func() string {
		if p, err := r.store.Partial(t.Context(), r.message("large").ID); err != nil || len(p.Away) == 0 {
			return "not yet"
		}
		return ""
	})
	asked := 0
	s.bend(func(c string) string {
		if strings.Contains(c, "BODY.PEEK[2]") {
			if asked++; asked == 1 {
				r.want("read")
			}
		}
		if strings.HasPrefix(c, "UID MOVE") {
			return "stall"
		}
		return ""
	})
	s.said("")
	r.wantPart("large", "2")
	r.Wake()
	r.await("the file is here", func() string {
		if r.part("large", "2").Done {
			return ""
		}
		return "not yet"
	})
	got, err := r.store.PartContent(t.Context(), r.message("large").ID, "2")
	if err != nil || string(got)+"\r\n" != wrapped(file) {
		t.Errorf("%d bytes instead of %d came, %v", len(got), len(wrapped(file))-2, err)
	}
	asks := s.said("UID FETCH")
	if last := asks[len(asks)-1]; len(asks) < 3 || !strings.Contains(last, "BODY.PEEK[2]") || !r.has("read") {
		t.Errorf("a text that was wanted meanwhile came after it:\n%s", strings.Join(asks, "\n"))
	}
}
