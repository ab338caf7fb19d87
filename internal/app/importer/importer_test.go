package importer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	imap "github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	"postea/config"
	"postea/imapclient"
	"postea/internal/syncer"
)

// lateServer takes one message whole, hangs up, and stores it a while later.
type lateServer struct {
	t       *testing.T
	memory  *imapmemserver.Server
	profile config.Account

	mu    sync.Mutex
	noUID bool          // it does not tell which UID a message got
	mark  string        // of the message; "" once it has come
	after time.Duration // it was handed over
	cut   func()        // is called when the line is cut
	late  sync.WaitGroup
}

type lateSession struct {
	imapserver.Session
	s    *lateServer
	conn *imapserver.Conn
}

func (l *lateSession) Append(mailbox string, r imap.LiteralReader, o *imap.AppendOptions) (*imap.AppendData, error) {
	raw, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	l.s.mu.Lock()
	marked := l.s.mark != "" && bytes.Contains(raw, []byte(l.s.mark))
	if marked {
		l.s.mark = ""
	}
	cut, noUID := l.s.cut, l.s.noUID
	l.s.mu.Unlock()
	if !marked {
		data, err := l.Session.Append(mailbox, literal{bytes.NewReader(raw)}, o)
		if noUID {
			data = nil
		}
		return data, err
	}
	l.s.late.Go(func() {
		time.Sleep(l.s.after)
		if _, err := l.Session.Append(mailbox, literal{bytes.NewReader(raw)}, o); err != nil {
			l.s.t.Error(err)
		}
	})
	cut()
	l.conn.NetConn().Close()
	return nil, errors.New("gone")
}

type literal struct{ *bytes.Reader }

func (l literal) Size() int64 { return l.Reader.Size() }

func newLateServer(t *testing.T, mark string, after time.Duration, cut func()) *lateServer {
	t.Helper()
	user := imapmemserver.NewUser("ada", "secret")
	if err := user.Create("INBOX", &imap.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	s := &lateServer{t: t, memory: imapmemserver.New(), mark: mark, after: after, cut: cut}
	s.memory.AddUser(user)
	server := imapserver.New(&imapserver.Options{
		NewSession: func(conn *imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return &lateSession{s.memory.NewSession(), s, conn}, nil, nil
		},
		Caps: imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapUIDPlus: {}}, InsecureAuth: true, Logger: log.New(io.Discard, "", 0),
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(l) // ends with Close
	}()
	t.Cleanup(func() { server.Close(); <-served; s.late.Wait() })
	s.profile = config.Account{Name: "a", Address: "ada@example.org", IMAP: config.Server{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, TLS: "none", Username: "ada", Auth: "plain", Password: config.Secret{Value: "secret"}}}
	return s
}

// there counts the messages of the folder by the numbers in their texts.
func (s *lateServer) there(n int) []int {
	s.t.Helper()
	d := syncer.NewDrop(s.profile, "Old")
	defer d.Close()
	if err := d.Open(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	out := make([]int, n)
	for i := range out {
		uids, err := d.Find(s.t.Context(), syncer.Sought{Fields: syncer.Fields{{Key: "Subject", Value: fmt.Sprintf("Letter %02d", i)}}})
		if err != nil {
			s.t.Fatal(err)
		}
		out[i] = len(uids)
	}
	return out
}

// A server that finishes late what a cut line had handed over leaves no double:
// neither where the line broke, nor where the program ended and goes on later.
func TestImportAtALateServer(t *testing.T) {
	const n, late = 6, time.Second
	for _, ids := range []bool{true, false} {
		for _, marked := range []int{2, n - 1} {
			for _, killed := range []bool{true, false} {
				t.Run(fmt.Sprintf("ids %v, at %d, killed %v", ids, marked, killed), func(t *testing.T) {
					t.Parallel()
					var file bytes.Buffer
					for i := range n {
						fmt.Fprintf(&file, "From a@b.example Sat Nov 28 07:00:%02d 2026\nFrom: a@b.example\nSubject: Letter %02d\nDate: Sat, 28 Nov 2026 07:00:%02d +0000\n", i, i, i)
						if ids {
							fmt.Fprintf(&file, "Message-ID: <%d@b.example>\n", i)
						}
						file.WriteString("\nText.\n\n")
					}
					path := filepath.Join(t.TempDir(), "old.mbox")
					if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
						t.Fatal(err)
					}
					ctx, cancel := context.WithCancel(t.Context())
					defer cancel()
					s := newLateServer(t, fmt.Sprintf("Letter %02d", marked), late, func() {
						if killed {
							cancel()
						}
					})
					o := Options{Folder: "Old", StateDir: t.TempDir(), Late: 2 * late, Problem: func(err error) { t.Error(err) }}
					p, err := Import(ctx, s.profile, path, o)
					if killed {
						if !errors.Is(err, context.Canceled) {
							t.Fatalf("%+v, %v", p, err)
						}
						p, err = Import(t.Context(), s.profile, path, o)
					}
					s.late.Wait()
					if err != nil || p.Done != n || p.Present != 0 {
						t.Errorf("%+v, %v", p, err)
					}
					if got := s.there(n); slices.Max(got) != 1 || slices.Min(got) != 1 {
						t.Errorf("the messages are there so many times: %v", got)
					}
					if left, _ := filepath.Glob(filepath.Join(o.StateDir, "*")); len(left) > 0 {
						t.Errorf("left behind: %v", left)
					}
				})
			}
		}
	}
}

// A server that stores what has come when the line broke, as if that were the message:
// each is whole there, and once, also where another of its Message-ID came before it.
func TestImportAtATearingServer(t *testing.T) {
	const n = 10
	for _, told := range []bool{true, false} {
		for part := range 12 {
			t.Run(fmt.Sprintf("UIDs told %v, cut at %d of 12", told, part), func(t *testing.T) {
				t.Parallel()
				var file bytes.Buffer
				for i := range n {
					id := i
					if told {
						id /= 2
					}
					fmt.Fprintf(&file, "From a@b.example Sat Nov 28 07:00:%02d 2026\nMessage-ID: <%d@b.example>\nFrom: a@b.example\nSubject: Letter %02d\n\n%sEnd %02d.\n\n", i, id, i, strings.Repeat("Text.\n", 1000+i), i)
				}
				path := filepath.Join(t.TempDir(), "old.mbox")
				if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
					t.Fatal(err)
				}
				s := newLateServer(t, "", 0, func() {})
				s.noUID = !told
				line := newFrailLine(t, s.profile.IMAP.Host, s.profile.IMAP.Port)
				line.after.Store(int64(1500 + part*file.Len()/12))
				profile := s.profile
				profile.IMAP.Port = line.port
				o := Options{Folder: "Old", StateDir: t.TempDir(), Late: time.Second, Problem: func(err error) { t.Error(err) }}
				p, err := Import(t.Context(), profile, path, o)
				if err != nil || p.Done != n || line.after.Load() != 0 {
					t.Fatalf("%+v, %v", p, err)
				}
				bodies := s.bodies("Old")
				for i := range n {
					whole := 0
					for _, raw := range bodies {
						if bytes.HasSuffix(raw, fmt.Appendf(nil, "\r\nEnd %02d.\r\n", i)) && bytes.Contains(raw, fmt.Appendf(nil, "Subject: Letter %02d\r\n", i)) {
							whole++
						}
					}
					if whole != 1 {
						t.Errorf("letter %d is there %d times", i, whole)
					}
				}
				if len(bodies) != n {
					t.Errorf("%d messages", len(bodies))
				}
			})
		}
	}
}

// bodies gives all messages of a folder.
func (s *lateServer) bodies(folder string) [][]byte {
	s.t.Helper()
	c, err := imapclient.Connect(s.t.Context(), syncer.ClientOptions(s.profile))
	if err != nil {
		s.t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Select(s.t.Context(), folder, true); err != nil {
		s.t.Fatal(err)
	}
	var out [][]byte
	err = c.FetchBodies(s.t.Context(), imap.UIDSet{{Start: 1, Stop: 0}}, 1<<20, func(_ imap.UID, raw []byte) error {
		out = append(out, raw)
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}
