package syncer

import (
	"bufio"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// server is an IMAP server whose every answer a test can bend. What it offers
// decides what it does: a command it does not offer is BAD.
type server struct {
	t    *testing.T
	caps []string
	port int

	mu         sync.Mutex // guards what follows
	boxes      map[string]*box
	conns      map[net.Conn]bool
	commands   []string
	hook       func(command string) string                        // see bend
	sieve      func(command, out, answer string) (string, string) // see strain
	changed    chan struct{}                                      // closed at every change
	password   string
	plainFlags bool       // no keywords are kept
	unmarked   bool       // fields that it does not know are not kept, as by Proton Mail Bridge
	labels     bool       // folders are labels, see labelled
	strict     bool       // nothing is moved out of all mail, or copied there
	patient    bool       // answers wait until the client is silent, as on a long line
	turns      [][]string // the commands that waited together
	sent       int        // bytes
	stop       chan struct{}
}

type box struct {
	attrs          string
	validity, next uint32
	modseq         uint64
	msgs           []*message
	gone           []*message // what was removed, with the time of it in modseq
}

type message struct {
	uid       uint32
	flags     map[string]bool
	raw       []byte
	date      time.Time
	modseq    uint64
	odd       string // sent instead of size and header
	noBody    string // the answer to whoever asks for the body
	mute      bool   // says nothing of its structure
	noWindows bool   // gives all of what a window is asked for
	sections  map[string][]byte
}

const (
	qresync = modern + " ENABLE QRESYNC"
	modern  = "IMAP4rev1 SASL-IR AUTH=PLAIN IDLE MOVE UIDPLUS ESEARCH LITERAL- CONDSTORE LIST-STATUS LIST-EXTENDED SPECIAL-USE"
	old     = "IMAP4rev1 AUTH=PLAIN"
)

// newServer starts one with INBOX, Archive, Sent, Drafts, Trash and Junk.
func newServer(t *testing.T, caps string) *server {
	t.Helper()
	s := &server{t: t, caps: strings.Fields(caps), boxes: map[string]*box{}, conns: map[net.Conn]bool{}, changed: make(chan struct{}),
		password: "secret", stop: make(chan struct{})}
	for i, name := range []string{"INBOX", "Archive", "Sent", "Drafts", "Trash", "Junk"} {
		attrs := `\HasNoChildren`
		if name != "INBOX" {
			attrs += ` \` + name
		}
		s.boxes[name] = &box{attrs: attrs, validity: uint32(1000 + i), next: 1, modseq: 1}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.port = l.Addr().(*net.TCPAddr).Port
	var group sync.WaitGroup
	group.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.conns[conn] = true
			s.mu.Unlock()
			group.Go(func() {
				(&conversation{s: s, conn: conn, br: bufio.NewReader(conn)}).serve()
				conn.Close()
				s.mu.Lock()
				delete(s.conns, conn)
				s.mu.Unlock()
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		close(s.stop)
		s.hangUp()
		group.Wait()
	})
	return s
}

// hangUp drops every connection.
func (s *server) hangUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		c.Close()
	}
}

// bend sets how commands are met, by a function of the command without its tag:
// "" as usual, "drop" hangs up, "tear" does it within the literal, which is kept, "drop after" does it and hangs up before the
// answer, "stall" says nothing more, "NO …" and "BAD …" are the answer, and
// "* …" goes out before the usual.
func (s *server) bend(hook func(command string) string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hook = hook
}

// bendOnce is bend for the first command that begins so.
func (s *server) bendOnce(prefix, how string) {
	done := false
	s.bend(func(c string) string {
		if !done && strings.HasPrefix(c, prefix) {
			done = true
			return how
		}
		return ""
	})
}

// said takes the commands so far that begin with prefix, and forgets all.
func (s *server) said(prefix string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for _, c := range s.commands {
		if strings.HasPrefix(c, prefix) {
			out = append(out, c)
		}
	}
	s.commands = nil
	return out
}

// change runs f on a folder as another client would.
func (s *server) change(name string, f func(b *box)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(s.boxes[name])
	s.tell()
}

func (s *server) tell() {
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *server) add(name string, raw []byte, flags ...string) uint32 {
	var uid uint32
	s.change(name, func(b *box) { uid = b.add(raw, time.Now(), flags...) })
	return uid
}

// fill adds the messages m1 to mn.
func (s *server) fill(name string, n int) {
	s.change(name, func(b *box) {
		for i := range n {
			b.add(letter(fmt.Sprint("m", i+1), "x"), s.start())
		}
	})
}

func (s *server) create(name, attrs string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.boxes[name] = &box{attrs: attrs, validity: uint32(2000 + len(s.boxes)), next: 1, modseq: 1}
}

func (b *box) add(raw []byte, at time.Time, flags ...string) uint32 {
	b.modseq++
	m := &message{uid: b.next, flags: map[string]bool{}, raw: raw, date: at, modseq: b.modseq}
	for _, f := range flags {
		m.flags[f] = true
	}
	b.msgs = append(b.msgs, m)
	b.next++
	return m.uid
}

func (b *box) find(mid string) *message {
	for _, m := range b.msgs {
		if strings.Contains(string(m.raw), "Message-ID: <"+mid+">") {
			return m
		}
	}
	return nil
}

func (b *box) set(mid, flag string, on bool) {
	m := b.find(mid)
	b.modseq++
	m.modseq = b.modseq
	if delete(m.flags, flag); on {
		m.flags[flag] = true
	}
}

func (b *box) remove(uids ...uint32) {
	b.modseq++
	b.msgs = slices.DeleteFunc(b.msgs, func(m *message) bool {
		if !slices.Contains(uids, m.uid) {
			return false
		}
		m.modseq = b.modseq
		b.gone = append(b.gone, m)
		return true
	})
}

// renumber gives every message another UID under another UIDVALIDITY.
func (b *box) renumber() {
	b.validity++
	b.next += 100
	b.modseq++
	b.gone = nil
	for _, m := range b.msgs {
		m.uid, m.modseq = b.next, b.modseq
		b.next++
	}
}

func letter(mid, subject string, extra ...string) []byte {
	return fmt.Appendf(nil, "From: Grace <grace@example.net>\r\nTo: ada@example.org\r\nSubject: %s\r\nDate: Fri, 20 Nov 2026 10:00:00 +0000\r\nMessage-ID: <%s>\r\n%s\r\nhello from %s\r\n",
		subject, mid, strings.Join(extra, ""), mid)
}

var literalEnd = regexp.MustCompile(`\{(\d+)(\+?)\}$`)

var quoted = regexp.MustCompile(`"[^"]*"`)

func (b *box) unseen() int {
	n := 0
	for _, m := range b.msgs {
		if !m.flags[`\Seen`] {
			n++
		}
	}
	return n
}

var resync = regexp.MustCompile(`\(QRESYNC \((\d+) (\d+) (\S+)\)\)$`)

func (s *server) start() time.Time { return time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC) }
