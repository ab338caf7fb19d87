package imapclient

import (
	"testing"

	imap "github.com/emersion/go-imap/v2"
)

// What a server says of the folder that is open, in the midst of the questions about the
// next one, is not about that one: Cyrus with NOTIFY tells of flags as they change.
func TestNewsBeforeClosed(t *testing.T) {
	flags := func(uid string) string { return `* 1 FETCH (FLAGS (\Deleted) UID ` + uid + ` MODSEQ (195))` }
	opened := func(s *script, validity string) {
		s.send("* 5 EXISTS", "* OK [UIDVALIDITY "+validity+"] ok", "* OK [UIDNEXT 6] ok", "* OK [HIGHESTMODSEQ 60] ok")
	}
	c := session(t, resyncing, func(s *script) {
		s.expect("ENABLE QRESYNC")
		enable := s.tag
		s.expect(`SELECT "A" (QRESYNC (7 50 1:5))`)
		first := s.tag
		s.expect(`SELECT "B" (QRESYNC (8 50 1:5))`)
		second := s.tag
		s.send("* ENABLED QRESYNC", enable+" OK")
		s.send("* VANISHED (EARLIER) 4", flags("1"), "* OK [CLOSED] of what was open before")
		opened(s, "7")
		s.send("* VANISHED (EARLIER) 3", flags("2"), first+" OK", flags("5"), "* VANISHED 5", "* OK [CLOSED] A")
		opened(s, "8")
		s.send(second + " OK")
	})
	look := func(wire string, validity uint32) *Look {
		return &Look{Wire: wire, Mirror: Mirror{UIDValidity: validity, UIDNext: 6, ModSeq: 50}}
	}
	a, b := look("A", 7), look("B", 8)
	if err := c.Look(t.Context(), a, b); err != nil {
		t.Fatal(err)
	}
	if len(a.Changed) != 1 || a.Changed[0].UID != 2 || !a.Whole || !a.Exact || len(a.Vanished) != 1 || !a.Vanished.Contains(3) {
		t.Errorf("A: changed %+v, vanished %v", a.Changed, a.Vanished)
	}
	if len(b.Changed) != 0 || !b.Whole || !b.Exact || len(b.Vanished) != 0 {
		t.Errorf("B: changed %+v, vanished %v", b.Changed, b.Vanished)
	}
}

// Without QRESYNC the questions that follow the opening are not answered before it.
func TestNewsBeforeOpening(t *testing.T) {
	c := session(t, "IMAP4rev1 CONDSTORE", func(s *script) {
		s.expect(`SELECT "B" (CONDSTORE)`)
		first := s.tag
		s.expect(`UID FETCH 1:5 (UID FLAGS MODSEQ) (CHANGEDSINCE 50)`)
		second := s.tag
		s.send(`* 1 FETCH (FLAGS (\Deleted) UID 1 MODSEQ (70))`, "* 5 EXISTS", "* OK [UIDVALIDITY 8] ok", "* OK [UIDNEXT 6] ok", "* OK [HIGHESTMODSEQ 60] ok", first+" OK")
		s.send(`* 2 FETCH (FLAGS (\Seen) UID 2 MODSEQ (55))`, second+" OK")
	})
	b := &Look{Wire: "B", Mirror: Mirror{UIDValidity: 8, UIDNext: 6, ModSeq: 50}}
	if err := c.Look(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	if len(b.Changed) != 1 || b.Changed[0].UID != 2 || b.Changed[0].Flags[0] != imap.FlagSeen || !b.Whole {
		t.Errorf("changed %+v", b.Changed)
	}
}
