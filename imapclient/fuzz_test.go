package imapclient

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	imap "github.com/emersion/go-imap/v2"
)

// feed is a connection on which everything has arrived already.
type feed struct {
	net.Conn
	in io.Reader
}

func (f feed) Read(p []byte) (int, error)       { return f.in.Read(p) }
func (f feed) Write(p []byte) (int, error)      { return len(p), nil }
func (f feed) SetReadDeadline(time.Time) error  { return nil }
func (f feed) SetWriteDeadline(time.Time) error { return nil }
func (f feed) Close() error                     { return nil }
func (f feed) RemoteAddr() net.Addr             { return nil }

var hostileSeeds = []string{
	"* OK [CAPABILITY 0((",
	"* OK [CAPABILITY IMAP4rev1 ESEARCH] hi\r\n* 3 EXISTS\r\nP1 OK\r\n* ESEARCH (TAG \"P2\") UID ALL 1:3\r\nP2 OK\r\n",
	"* OK [CAPABILITY IMAP4rev1] hi\r\n* LIST (\\Sent) \"/\" {4}\r\nSent\r\nP1 OK\r\n",
	"* OK [CAPABILITY IMAP4rev1] hi\r\nP1 OK\r\n* 1 FETCH (UID 1 FLAGS () RFC822.SIZE 2 BODY[HEADER.FIELDS (DATE)] {2}\r\nab BODYSTRUCTURE ((\"a\" \"b\" NIL NIL NIL \"7bit\" 1 1)(\"message\" \"rfc822\" NIL NIL NIL NIL 1 () () 1) \"mixed\"))\r\nP2 OK\r\n",
	"* OK [CAPABILITY IMAP4rev1] hi\r\n* OK [COPYUID 1 1:9 4294967295:1] x\r\n[COPYUID 1 1 2]\r\nP1 OK\r\n",
	"* OK [CAPABILITY IMAP4rev1] hi\r\n* 1 FETCH (BODY[]<0> ~{99999999999999999999}\r\n",
	"* OK [PERMANENTFLAGS (a] b)] x\r\n* STATUS \"a\" (MESSAGES 1e9)\r\n+ \r\n",
	"* PREAUTH\n\x00\x00\r\n\r\n* BYE\r\n",
}

// FuzzSession lets a client believe anything a server could say.
func FuzzSession(f *testing.F) {
	for _, seed := range hostileSeeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		o := plain()
		o.Dial.Insecure = true
		c, err := New(t.Context(), feed{in: bytes.NewReader(in)}, o)
		if err != nil {
			onlyErrors(t, err)
			return
		}
		_, err = c.List(t.Context())
		onlyErrors(t, err)
		_, err = c.Select(t.Context(), "INBOX", false)
		onlyErrors(t, err)
		uids, err := c.UIDs(t.Context())
		onlyErrors(t, err)
		for i := 1; i < len(uids); i++ {
			if uids[i-1] >= uids[i] {
				t.Fatalf("UIDs are not ascending: %v", uids)
			}
		}
		var set imap.UIDSet
		set.AddRange(1, 9)
		err = c.FetchHeaders(t.Context(), set, func(m Message) error {
			if m.UID < 1 || m.UID > 9 || m.Size < 0 {
				t.Errorf("message nobody asked for: %+v", m)
			}
			if m.Structure != nil {
				m.Structure.Walk(func([]int, imap.BodyStructure) bool { return true })
			}
			return nil
		})
		onlyErrors(t, err)
		body, err := c.FetchBody(t.Context(), 1, 1000)
		onlyErrors(t, err)
		if len(body) > 1000 {
			t.Errorf("a body of %d bytes", len(body))
		}
		err = c.FetchBodies(t.Context(), set, 1000, func(uid imap.UID, raw []byte) error {
			if uid < 1 || uid > 9 || len(raw) > 1000 {
				t.Errorf("%d bytes of message %d", len(raw), uid)
			}
			return nil
		})
		onlyErrors(t, err)
		moved, err := c.Move(t.Context(), set, "a")
		onlyErrors(t, err)
		if len(moved.UIDs) > 9 {
			t.Errorf("nine messages became %d", len(moved.UIDs))
		}
	})
}

func onlyErrors(t *testing.T, err error) {
	var e *Error
	if err != nil && !errors.As(err, &e) {
		t.Fatalf("%v is no *Error", err)
	}
}

// FuzzResponse checks the frame: whatever is cut off a stream is made of whole
// lines and literals within their limits.
func FuzzResponse(f *testing.F) {
	for _, seed := range hostileSeeds {
		f.Add([]byte(seed))
	}
	f.Add([]byte("* 1 FETCH (BODY[] {3}\r\na\r\n {0}\r\n)\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		w := newWire(feed{in: bytes.NewReader(in)}, time.Minute)
		lim := limits{line: 200, literal: 50, total: 300}
		for {
			raw, _, err := w.response(lim)
			if err != nil {
				return
			}
			if len(raw) == 0 || len(raw) > lim.line+int(lim.total)+100 {
				t.Fatalf("a response of %d bytes", len(raw))
			}
			s := &scanner{b: raw}
			for !s.end() {
				at := s.i
				if s.skip() != nil || s.i == at {
					break
				}
			}
			if s.i > len(raw) {
				t.Fatal("read beyond the end")
			}
			_ = withoutLiterals(raw)
		}
	})
}

// FuzzStructure reads BODYSTRUCTUREs; what is read can be walked through.
func FuzzStructure(f *testing.F) {
	for _, seed := range []string{
		`("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 12 1)`,
		`(("a" "b" NIL NIL NIL "7bit" 1 1)("message" "rfc822" NIL NIL NIL NIL 1 () () 1) "mixed" ("boundary" "x") ("attachment" ("filename" "a")) ("de" "en") "here")`,
		`("message" "rfc822" NIL NIL NIL NIL 1 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) ("text" "plain" NIL NIL NIL "7bit" -1 9.3e+06) 1 NIL ("inline" NIL) NIL)`,
		`(NIL "mixed")`, `(((((((("x" "y")`, `("text" NIL NIL NIL NIL NIL 1 1 NIL ("de") ("inline" NIL))`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		s := &scanner{b: in}
		bs, err := parseStructure(s, 0)
		if s.i > len(in) {
			t.Fatal("read beyond the end")
		}
		if err != nil {
			return
		}
		parts := 0
		bs.Walk(func(path []int, _ imap.BodyStructure) bool {
			if parts++; len(path) > maxDepth+1 {
				t.Fatalf("a part at depth %d", len(path))
			}
			return true
		})
		if parts > len(in) {
			t.Errorf("%d parts of %d bytes", parts, len(in))
		}
		// Whole, it is one value.
		if whole := (&scanner{b: in}); whole.skip() != nil && len(in) < 100 && bytes.Count(in, []byte("(")) < maxDepth {
			t.Errorf("%q was read, but is no value", in)
		}
	})
}

// FuzzESearch reads results of searches; none may name more messages than the
// folder can hold, and the range of a VANISHED costs nothing.
func FuzzESearch(f *testing.F) {
	for _, seed := range []string{
		`(TAG "P2") UID ALL 1:3,7`, "UID", "UID ALL 9:1", "UID MIN 1 MAX 4294967295 ALL 1:4294967295", "1 2 3", "3 2 1 (MODSEQ 9)", "(EARLIER) 1:*,5", "ALL 0",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		for _, name := range []string{"SEARCH", "ESEARCH"} {
			r := searchResult{limit: func() int { return 1000 }}
			r.take(&untagged{name: name, args: scanner{b: in}})
			r.take(&untagged{name: name, args: scanner{b: in}})
			if len(r.uids) > 1000 {
				t.Fatalf("%d UIDs", len(r.uids))
			}
			uids := ascending(r.uids)
			for i, uid := range uids {
				if uid == 0 || i > 0 && uids[i-1] >= uid {
					t.Fatalf("UIDs are %v", uids)
				}
			}
		}
		spans, _, err := parseVanished(&scanner{b: in})
		for _, s := range spans {
			if err == nil && s.first > s.last {
				t.Fatalf("span %v", s)
			}
		}
		normalise(spans)
	})
}

// FuzzLook lets a mirror believe anything a server could say about what has
// changed.
func FuzzLook(f *testing.F) {
	const hello = "* OK [CAPABILITY IMAP4rev1 QRESYNC ESEARCH] hi\r\nP1 OK\r\n"
	for _, seed := range []string{
		"* 3 EXISTS\r\n* OK [UIDVALIDITY 7]\r\n* OK [UIDNEXT 12]\r\n* OK [HIGHESTMODSEQ 9]\r\n* VANISHED (EARLIER) 1:5\r\n* 1 FETCH (UID 3 FLAGS (x) MODSEQ (8))\r\nP2 OK\r\nP3 OK\r\n",
		"* VANISHED (EARLIER) 4294967295:1\r\nP3 OK\r\nP2 NO\r\n", "P2 BAD\r\nP3 BAD\r\n", "* VANISHED 1:*\r\nP2 OK\r\nP3 OK",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		o := plain()
		o.Dial.Insecure = true
		c, err := New(t.Context(), feed{in: io.MultiReader(strings.NewReader(hello), bytes.NewReader(in))}, o)
		if err != nil {
			t.Fatal(err)
		}
		look := &Look{Wire: "INBOX", Mirror: Mirror{UIDValidity: 7, UIDNext: 10, ModSeq: 5}, Fetch: 10}
		onlyErrors(t, c.Look(t.Context(), look))
		onlyErrors(t, look.Err)
		if look.Exact && !look.Whole || look.Whole && (look.Data == nil || look.Err != nil || look.Data.UIDValidity != 7 || look.Data.HighestModSeq < 5) {
			t.Errorf("%+v is believed", look)
		}
		for _, m := range look.Changed {
			if m.UID < 1 || m.UID >= 10 {
				t.Errorf("change of UID %d", m.UID)
			}
		}
		for _, m := range look.New {
			if m.UID < 10 || m.UID >= 20 {
				t.Errorf("new UID %d", m.UID)
			}
		}
	})
}
