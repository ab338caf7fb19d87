package imapclient

import (
	"strings"
	"testing"
	"time"

	imap "github.com/emersion/go-imap/v2"
)

// Several messages are one command; what cannot be sent is found out before anything is.
func TestAppendMany(t *testing.T) {
	at := time.Date(2026, 11, 3, 14, 5, 6, 0, time.FixedZone("", 3600))
	list := []NewMessage{{Flags: []imap.Flag{imap.FlagSeen, "$work"}, At: at, Raw: []byte("one")}, {Raw: make5000()}, {Flags: []imap.Flag{imap.FlagFlagged}, Raw: []byte("three")}}
	c := session(t, "IMAP4rev1 MULTIAPPEND LITERAL+ APPENDLIMIT=6000", func(s *script) {
		s.expect(`APPEND "Old mail" (\Seen $work) " 3-Nov-2026 14:05:06 +0100" {3+}`)
		s.literal(3)
		s.expectLine(` {5000+}`)
		s.literal(5000)
		s.expectLine(` (\Flagged) {5+}`)
		s.literal(5)
		s.expectLine("")
		s.tag = "P1"
		s.send("@ OK [APPENDUID 7 42:44] stored")
		s.expect(`APPEND "Old mail" {1+}`)
		s.literal(1)
		s.expectLine("")
		s.tag = "P2"
		s.send("@ NO [OVERQUOTA] no room")
	})
	if !c.AppendsMany() {
		t.Fatal("it says that it does not")
	}
	if err := c.AppendMany(t.Context(), "Old mail", list); err != nil {
		t.Error(err)
	}
	want(t, c.AppendMany(t.Context(), "Old mail", []NewMessage{{Raw: []byte("x")}}), KindNo, false)
	want(t, c.AppendMany(t.Context(), "Old mail", nil), KindUnsupported, false)
	want(t, c.AppendMany(t.Context(), "Old mail", append(list, NewMessage{Raw: make([]byte, 3)})), KindUnsupported, false)
	want(t, c.AppendMany(t.Context(), "Old mail", append(list, NewMessage{Raw: []byte(strings.Repeat("x", 6001))})), KindTooLarge, false)
}

// A server that asks for each literal may refuse at any of them.
func TestAppendManyRefused(t *testing.T) {
	c := session(t, "IMAP4rev1 MULTIAPPEND", func(s *script) {
		s.expect(`APPEND "Old" {3}`)
		s.send("+ go")
		s.literal(3)
		s.expectLine(` {2}`)
		s.send("@ NO [TOOBIG] enough")
		s.expect("NOOP")
		s.send("@ OK")
	})
	err := c.AppendMany(t.Context(), "Old", []NewMessage{{Raw: []byte("one")}, {Raw: []byte("so")}, {Raw: []byte("more")}})
	want(t, err, KindTooLarge, false)
	if err := c.Noop(t.Context()); err != nil {
		t.Error(err)
	}
}
