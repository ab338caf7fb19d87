package imapclient

import (
	"strings"
	"testing"
	"time"

	imap "github.com/emersion/go-imap/v2"
)

func TestAppend(t *testing.T) {
	at := time.Date(2026, 11, 3, 14, 5, 6, 0, time.FixedZone("", 3600))
	c := session(t, offers+" APPENDLIMIT=6000", func(s *script) {
		s.expect(`APPEND "Sent" (\Seen) " 3-Nov-2026 14:05:06 +0100" {5000}`)
		s.send("* OK wait for it", "+ go")
		if got := s.literal(5000); got != string(make5000()) {
			s.t.Error("the literal is not the message")
		}
		s.expectLine("")
		s.send("@ OK [APPENDUID 7 42] stored")
		s.expect(`APPEND "Sent" {1+}`)
		s.literal(1)
		s.expectLine("")
		s.send("@ OK")
	})
	if uid, err := c.Append(t.Context(), "Sent", NewMessage{Flags: []imap.Flag{imap.FlagSeen}, At: at, Raw: make5000()}); err != nil || uid != 42 {
		t.Errorf("uid %d, %v", uid, err)
	}
	if uid, err := c.Append(t.Context(), "Sent", NewMessage{Raw: []byte("x")}); err != nil || uid != 0 {
		t.Errorf("uid %d, %v", uid, err)
	}
	_, err := c.Append(t.Context(), "Sent", NewMessage{Raw: make([]byte, 3)})
	want(t, err, KindUnsupported, false)
	_, err = c.Append(t.Context(), "Sent", NewMessage{Raw: []byte(strings.Repeat("x", 6001))})
	want(t, err, KindTooLarge, false)
	_, err = c.Append(t.Context(), "Sent", NewMessage{Flags: []imap.Flag{"\r"}})
	want(t, err, KindUnsupported, false)
}

// RFC 8508 §3.4: the new UID comes in an untagged OK.
func TestReplace(t *testing.T) {
	c := folder(t, offers+" REPLACE", 3, func(s *script) {
		s.expect(`UID REPLACE 7 "Drafts" (\Draft) {3+}`)
		if got := s.literal(3); got != "abc" {
			s.t.Errorf("the literal is %q", got)
		}
		s.expectLine("")
		s.send("* OK [APPENDUID 1 9] new", "* 3 EXISTS", "* 1 EXPUNGE", "@ OK replaced")
		s.expect(`UID REPLACE 8 "Drafts" {3+}`)
		s.literal(3)
		s.expectLine("")
		s.send("@ NO [NONEXISTENT] it is gone")
	})
	if !c.Replaces() {
		t.Error("it does not know that the server can")
	}
	if uid, err := c.Replace(t.Context(), 7, "Drafts", NewMessage{Flags: []imap.Flag{imap.FlagDraft}, Raw: []byte("abc")}); err != nil || uid != 9 {
		t.Errorf("uid %d, %v", uid, err)
	}
	_, err := c.Replace(t.Context(), 8, "Drafts", NewMessage{Raw: []byte("abc")})
	want(t, err, KindNo, false)
}

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
		s.send("@ OK [APPENDUID 7 42:44] stored")
		s.expect(`APPEND "Old mail" {1+}`)
		s.literal(1)
		s.expectLine("")
		s.send("@ NO [OVERQUOTA] no room")
	})
	if !c.AppendsMany() {
		t.Fatal("it says that it does not")
	}
	if uid, err := c.Append(t.Context(), "Old mail", list...); err != nil || uid != 44 {
		t.Errorf("uid %d, %v", uid, err)
	}
	for _, test := range []struct {
		list []NewMessage
		kind Kind
	}{
		{[]NewMessage{{Raw: []byte("x")}}, KindNo},
		{nil, KindUnsupported},
		{append(list, NewMessage{Raw: make([]byte, 3)}), KindUnsupported},
		{append(list, NewMessage{Raw: []byte(strings.Repeat("x", 6001))}), KindTooLarge},
	} {
		_, err := c.Append(t.Context(), "Old mail", test.list...)
		want(t, err, test.kind, false)
	}
}

func TestAppendUID(t *testing.T) {
	for args, want := range map[string]imap.UID{
		"7 42": 42, "7 42:44": 44, "7 44:42": 44, "7 9,1:3": 9, "7 4294967295": 4294967295,
		"": 0, "7": 0, "7 0": 0, "7 *": 0, "7 x:1": 0, "x 1": 0, "7 4294967296": 0,
	} {
		if got := appendUID(statusResponse{code: "APPENDUID", args: []byte(args)}); got != want {
			t.Errorf("%q: %d, want %d", args, got, want)
		}
	}
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
	_, err := c.Append(t.Context(), "Old", NewMessage{Raw: []byte("one")}, NewMessage{Raw: []byte("so")}, NewMessage{Raw: []byte("more")})
	want(t, err, KindTooLarge, false)
	if err := c.Noop(t.Context()); err != nil {
		t.Error(err)
	}
}
