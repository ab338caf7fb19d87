package syncer

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"postea/internal/mail"
	"postea/internal/store"
)

// While a large message comes that nobody waits for, what the user does goes to the server
// and what he opens comes.
func TestLongBodiesLeaveRoom(t *testing.T) {
	for name, change := range map[string]func(*message){
		"in windows": func(*message) {},
		"at once":    func(m *message) { m.noWindows = true },
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, modern)
			raw := parcel("huge", noise(3<<20))
			s.add("INBOX", raw)
			s.change("INBOX", func(b *box) { change(b.find("huge")) })
			s.add("INBOX", letter("small", "x"))
			r := newRig(t, s.profile(), func(o *Options) { o.Bodies = "all" })
			windows := 0
			s.bend(func(c string) string {
				if strings.Contains(c, "BODY.PEEK[]<") {
					if windows++; windows == 2 {
						r.apply(store.Change{Add: []string{mail.FlagFlagged}}, r.message("small").ID)
						r.Wake()
					}
				}
				return ""
			})
			r.sync()
			got, err := r.store.Body(t.Context(), r.message("huge").ID)
			if err != nil || !bytes.Equal(got, raw) {
				t.Fatalf("%d bytes of %d, %v", len(got), len(raw), err)
			}
			said := s.said("")
			last := func(what string) int {
				slices.Reverse(said)
				defer slices.Reverse(said)
				return len(said) - 1 - slices.IndexFunc(said, func(c string) bool { return strings.Contains(c, what) })
			}
			if name == "in windows" && (windows < 4 || last("STORE") > last("BODY.PEEK[]<")) {
				t.Errorf("%d windows, said %q", windows, said)
			}
		})
	}
}
