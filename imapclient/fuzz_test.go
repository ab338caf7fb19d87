package imapclient

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

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
		moved, err := c.Move(t.Context(), set, "a")
		onlyErrors(t, err)
		if len(moved) > 9 {
			t.Errorf("nine messages became %d", len(moved))
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

func FuzzUTF7(f *testing.F) {
	for _, seed := range []string{"", "Entw&APw-rfe", "&-", "&U,BTFw-", "R&D", "&2D3c5Q-", "&AAA-"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		decoded, err := decodeUTF7(in)
		if err != nil || strings.ContainsRune(decoded, utf8.RuneError) {
			return
		}
		again, err := decodeUTF7(encodeUTF7(decoded))
		if err != nil || again != decoded {
			t.Errorf("%q became %q, then %q, %v", in, decoded, again, err)
		}
	})
}
