package syncer

import (
	"strings"
	"testing"
	"time"

	"postea/internal/mail"
	"postea/internal/store"
)

// busy is a rig whose connection is at something that does not end.
func busy(t *testing.T) (*rig, *server) {
	t.Helper()
	s := newServer(t, modern)
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
