package syncer

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// trips is what a round sends in each of its round trips, without the goodbye.
func (r *rig) trips(s *server) [][]string {
	r.t.Helper()
	s.mu.Lock()
	s.patient, s.turns, s.sent = true, nil, 0
	s.mu.Unlock()
	r.sync()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.patient = false
	return slices.DeleteFunc(s.turns, func(turn []string) bool { return turn[0] == "LOGOUT" })
}

func verbs(turns [][]string) string {
	var out []string
	for _, turn := range turns {
		var verbs []string
		for _, c := range turn {
			verb, rest, _ := strings.Cut(c, " ")
			if verb == "UID" {
				verb, _, _ = strings.Cut(rest, " ")
			}
			verbs = append(verbs, verb)
		}
		out = append(out, strings.Join(verbs, " "))
	}
	return strings.Join(out, " | ")
}

func manyFolders(s *server, n int) {
	for i := range n {
		name := fmt.Sprintf("f%03d", i)
		s.create(name, "")
		s.add(name, letter("in-"+name, "x"))
	}
}

// A server nearby is asked for new mail in INBOX when it has said that there is some,
// others with the look.
func TestUnchangedAccountTakesOneRoundTrip(t *testing.T) {
	for _, near := range []bool{true, false} {
		t.Run(fmt.Sprintf("near %v", near), func(t *testing.T) {
			s := newServer(t, qresync)
			manyFolders(s, 60)
			for i := range 300 {
				s.add("INBOX", letter(fmt.Sprint("m", i), "x"))
			}
			r := newRig(t, s.profile())
			look, fetch := r.nearby(near)
			r.sync()
			r.agree(s.truth)
			r.reopen()
			expect := func(want string) {
				t.Helper()
				if got := verbs(r.trips(s)); got != "AUTHENTICATE | ENABLE "+want {
					t.Errorf("trips were %s, want %s", got, want)
				}
				r.agree(s.truth)
			}
			expect(look)
			if each := 200; s.sent > 1000+each*66 {
				t.Errorf("%d bytes", s.sent)
			}
			// What changes in INBOX comes along.
			change := func() {
				s.change("INBOX", func(b *box) {
					b.set(fmt.Sprint("m", 7+s.sent%5), `\Flagged`, true)
					b.remove(b.msgs[0].uid, b.msgs[len(b.msgs)-1].uid)
				})
			}
			change()
			expect(look)
			change()
			s.add("INBOX", letter("new", "x"), `\Seen`)
			expect(look + fetch)
			// Other folders need one trip more, a dozen of them together.
			for i := range 12 {
				name := fmt.Sprintf("f%03d", i)
				s.add(name, letter("more-in-"+name, "x"))
				s.change(name, func(b *box) { b.remove(b.find("in-" + name).uid) })
			}
			expect(look + " |" + strings.Repeat(" SELECT FETCH", 12))
		})
	}
}

// nearby sets whether the server counts as near, and gives what the first trip to one
// with QRESYNC is then, and what follows where there is new mail.
func (r *rig) nearby(near bool) (look, fetch string) {
	look, fetch = "SELECT FETCH LIST", ""
	r.options.Pace.Near = -1
	if near {
		look, fetch = "SELECT LIST", " | FETCH"
		r.options.Pace.Near = time.Hour
	}
	r.pace.Near = r.options.Pace.Near
	return look, fetch
}

// New mail of which the server cannot speak is there after the round all the same, and
// does not keep what came with it.
func TestNewMailThatCannotBeRead(t *testing.T) {
	for _, near := range []bool{true, false} {
		for what, odd := range map[string]string{"breaks the framing": "BODY[HEADER.FIELDS (X)] {9223372036854775807}\r\n", "breaks the answer": "RFC822.SIZE many (("} {
			t.Run(fmt.Sprintf("%s, near %v", what, near), func(t *testing.T) {
				s := newServer(t, qresync)
				s.fill("INBOX", 3)
				r := newRig(t, s.profile())
				r.nearby(near)
				r.sync()
				s.change("INBOX", func(b *box) {
					for _, mid := range []string{"before", "odd", "after"} {
						b.add(letter(mid, "x"), time.Now())
					}
					b.msgs[4].odd = odd
				})
				r.sync()
				for _, mid := range []string{"before", "odd", "after"} {
					r.message(mid)
				}
			})
		}
	}
}

func TestServerWithCondstoreOnlyIsNotAskedForAllUIDs(t *testing.T) {
	s := newServer(t, modern)
	for i := range 50 {
		s.add("INBOX", letter(fmt.Sprint("m", i), "x"))
	}
	r := newRig(t, s.profile())
	r.nearby(false)
	r.sync()
	s.change("INBOX", func(b *box) { b.set("m7", `\Flagged`, true) })
	s.add("INBOX", letter("new", "x"))
	if got := verbs(r.trips(s)); got != "AUTHENTICATE | SELECT FETCH FETCH LIST" {
		t.Errorf("trips were %s", got)
	}
	r.agree(s.truth)
	s.change("INBOX", func(b *box) { b.remove(b.find("m8").uid) })
	if got := verbs(r.trips(s)); got != "AUTHENTICATE | SELECT FETCH FETCH LIST | SELECT SEARCH" {
		t.Errorf("trips were %s", got)
	}
	r.agree(s.truth)
}

func TestColdAccountShowsItsNewestByTheThirdRoundTrip(t *testing.T) {
	for name, caps := range map[string]string{"QRESYNC": qresync, "CONDSTORE": modern} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, caps)
			manyFolders(s, 20)
			for i := range 1200 {
				s.add("INBOX", letter(fmt.Sprint("m", i), "x"))
			}
			r := newRig(t, s.profile())
			trips := r.trips(s)
			r.agree(s.truth)
			if len(trips) < 3 || len(trips[2]) != 1 || !strings.HasPrefix(trips[2][0], "FETCH 1101:1200 ") {
				t.Fatalf("trips were %s", verbs(trips))
			}
			// The other folders, each with few messages, come a dozen at a time.
			if n := len(trips); n > 9 {
				t.Errorf("%d trips: %s", n, verbs(trips))
			}
		})
	}
}

// TestManyFoldersAreCounted on a server that tells nothing along with the list: one flight
// for 25 of them, and a look only where something is new.
func TestManyFoldersAreCounted(t *testing.T) {
	s := newServer(t, "IMAP4rev1 SASL-IR AUTH=PLAIN UIDPLUS MOVE ID UNSELECT CHILDREN IDLE NAMESPACE LITERAL+") // Outlook's
	for i := range 60 {
		name := fmt.Sprintf("F%02d", i)
		s.create(name, "")
		s.change(name, func(b *box) {
			for k := range 10 {
				b.add(letter(fmt.Sprint(name, "-", k), "x"), s.start())
			}
		})
	}
	r := newRig(t, s.profile())
	r.sync()
	for range 2 {
		s.said("")
		turns := r.trips(s)
		commands := len(s.said(""))
		// Sign-in, list, INBOX, three flights of counts; the quota and the like.
		if len(turns) > 10 || commands > 85 {
			t.Errorf("nothing is new: %d round trips, %d commands: %s", len(turns), commands, verbs(turns))
		}
	}
	s.add("F07", letter("new", "x"))
	s.change("F08", func(b *box) { b.set("F08-3", `\Seen`, true) })
	s.change("F09", func(b *box) { b.remove(4) })
	s.change("F10", func(b *box) { b.renumber() })
	s.said("")
	turns := r.trips(s)
	if n := len(s.said("SELECT")); n > 8 {
		t.Errorf("%d folders were opened where four have changed", n)
	}
	if len(turns) > 25 {
		t.Errorf("%d round trips", len(turns))
	}
	r.agree(s.truth)
	s.change("F11", func(b *box) { b.set("F11-3", `\Flagged`, true) })
	for range thoroughEvery {
		r.sync()
	}
	r.agree(s.truth)
}
