package syncer

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	imap "github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	"postea/config"
	"postea/imapclient"
	"postea/internal/demo"
	"postea/internal/lab"
	"postea/internal/mail"
	"postea/internal/store"
)

// The same story on servers that others have written.

func TestInMemory(t *testing.T) {
	for name, caps := range map[string]imap.CapSet{
		"both": {imap.CapIMAP4rev1: {}, imap.CapIMAP4rev2: {}},
		"old":  {imap.CapIMAP4rev1: {}, imap.CapUIDPlus: {}},
	} {
		t.Run(name, func(t *testing.T) { story(t, inMemory(t, caps)) })
	}
}

func TestDovecot(t *testing.T) { story(t, onLab(lab.Dovecot(t))) }

func TestMox(t *testing.T) { story(t, onLab(lab.Mox(t))) }

// onDemo is an account of the server that comes with postea.
func onDemo(t *testing.T, empty bool) (*demo.Server, config.Account) {
	t.Helper()
	s, err := demo.Start(t.Context(), demo.Options{Dir: t.TempDir(), Empty: empty})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	u, at := s.Users[0], s.Info().IMAP
	return s, config.Account{
		Name: "a", Address: u.Address, SMTP: config.Server{Host: at.Host}, Sent: config.Sent{Copy: "always"},
		IMAP: config.Server{Host: at.Host, Port: at.Port, TLS: "implicit", CAFile: s.Info().CAFile, Username: u.Username, Password: config.Secret{Value: u.Password}},
	}
}

func TestDemo(t *testing.T) {
	_, p := onDemo(t, true)
	story(t, p)
}

func TestAllOfTheSampleMail(t *testing.T) {
	s, p := onDemo(t, false)
	r := newRig(t, p, func(o *Options) { o.Bodies = "all" })
	r.sync()
	r.agree(func() []string { return seenBy(t, second(t, p)) })
	if len(r.mirror()) < 20 {
		t.Errorf("only %d messages", len(r.mirror()))
	}
	for name, fault := range map[string]func(){
		"stall": s.IMAP.Stall, "drop": s.IMAP.Drop, "offline": func() { s.IMAP.SetOffline(true) },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, p, impatient, func(o *Options) { o.Pace.Round = 50 * time.Millisecond })
			r.run()
			r.awaitKind(Online)
			fault()
			if name != "drop" {
				saysWhatToDo(t, r.awaitKind(Offline), "postea keeps trying")
			}
			s.IMAP.Resume()
			s.IMAP.SetOffline(false)
			r.awaitKind(Online)
		})
	}
}

func onLab(s *lab.Server) config.Account {
	u := s.Account(0)
	return config.Account{
		Name: "a", Address: u.Address, SMTP: config.Server{Host: s.Host}, Sent: config.Sent{Copy: "always"},
		IMAP: config.Server{Host: s.Host, Port: s.IMAPS, TLS: "implicit", CAFile: s.CAFile, Username: u.Username, Password: config.Secret{Value: u.Password}},
	}
}

func inMemory(t *testing.T, caps imap.CapSet) config.Account {
	t.Helper()
	user := imapmemserver.NewUser("ada", "secret")
	for _, name := range []string{"INBOX", "Sent", "Archive"} {
		if err := user.Create(name, &imap.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	memory := imapmemserver.New()
	memory.AddUser(user)
	files := lab.NewCertificates(t, t.TempDir())
	cert, err := tls.LoadX509KeyPair(files.Cert, files.Key)
	if err != nil {
		t.Fatal(err)
	}
	s := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return memory.NewSession(), nil, nil
		},
		Caps: caps, Logger: log.New(io.Discard, "", 0),
	})
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{cert}})
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = s.Serve(l) // ends with Close
	}()
	t.Cleanup(func() { s.Close(); <-served })
	return config.Account{
		Name: "a", Address: "ada@example.org", SMTP: config.Server{Host: "127.0.0.1"}, Sent: config.Sent{Copy: "always"},
		IMAP: config.Server{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, TLS: "implicit", CAFile: files.CA, Username: "ada", Password: config.Secret{Value: "secret"}},
	}
}

// stage is two folders that no other test uses, and another client.
type stage struct {
	*rig
	other    *imapclient.Client
	run      string
	from, to string
}

func newStage(t *testing.T, p config.Account) *stage {
	t.Helper()
	st := &stage{rig: newRig(t, p, func(o *Options) { o.Pace.Round = 500 * time.Millisecond }), other: second(t, p)}
	st.run = fmt.Sprintf("%d-%d", os.Getpid(), time.Now().UnixNano())
	var err error
	if st.from, err = st.other.Create(t.Context(), "From "+st.run); err != nil {
		t.Fatal(err)
	}
	if st.to, err = st.other.Create(t.Context(), "Pläne "+st.run); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(st.leave)
	return st
}

// leave takes the folders away, for the server may be that of other tests; a large one
// takes it a minute.
func (st *stage) leave() {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	if !st.other.Alive() {
		return
	}
	_ = st.other.Unselect(ctx)
	for _, wire := range []string{st.from, st.to} {
		if err := st.other.Delete(ctx, wire); err != nil {
			st.t.Logf("%s stays: %v", wire, err)
		}
	}
}

func (st *stage) mid(name string) string { return name + "-" + st.run + "@example.org" }

func (st *stage) append(wire, name string, flags ...imap.Flag) {
	st.t.Helper()
	if _, err := st.other.Append(st.t.Context(), wire, imapclient.NewMessage{Flags: flags, At: time.Now(), Raw: letter(st.mid(name), name)}); err != nil {
		st.t.Fatal(err)
	}
}

// on opens a folder in the other client and gives the UIDs of messages there.
func (st *stage) on(wire string, names ...string) imap.UIDSet {
	st.t.Helper()
	if _, err := st.other.Select(st.t.Context(), wire, false); err != nil {
		st.t.Fatal(err)
	}
	var set imap.UIDSet
	for _, name := range names {
		uids, err := st.other.Search(st.t.Context(), byMessageID(st.mid(name)))
		if err != nil || len(uids) != 1 {
			st.t.Fatalf("%s: %v, %v", name, uids, err)
		}
		set.AddNum(uids[0])
	}
	return set
}

func (st *stage) must(err error) {
	st.t.Helper()
	if err != nil {
		st.t.Fatal(err)
	}
}

// compare checks our two folders only: others may use the server too.
func (st *stage) compare() {
	st.t.Helper()
	ours := func(lines []string) []string {
		return slices.DeleteFunc(lines, func(l string) bool {
			return !strings.HasPrefix(l, "From "+st.run) && !strings.HasPrefix(l, "Pläne "+st.run)
		})
	}
	have, want := ours(st.mirror()), ours(seenBy(st.t, st.other, "From "+st.run, "Pläne "+st.run))
	if !slices.Equal(have, want) {
		st.t.Errorf("the mirror has\n\t%s\nthe server\n\t%s", strings.Join(have, "\n\t"), strings.Join(want, "\n\t"))
	}
}

func story(t *testing.T, p config.Account) {
	st := newStage(t, p)
	ctx := t.Context()
	for _, name := range []string{"one", "two", "three", "four", "five", "six"} {
		st.append(st.from, name, imap.FlagFlagged)
	}
	st.sync()
	st.compare()
	ids := map[string]mail.ID{}
	for _, name := range []string{"one", "two", "three", "four", "five", "six"} {
		ids[name] = st.message(st.mid(name)).ID
	}

	// Another client changes things.
	st.must(st.other.AddFlags(ctx, st.on(st.from, "one"), []imap.Flag{imap.FlagSeen, "$Forwarded"}))
	st.must(st.other.RemoveFlags(ctx, st.on(st.from, "one", "two"), []imap.Flag{imap.FlagFlagged}))
	_, err := st.other.Move(ctx, st.on(st.from, "three"), st.to)
	st.must(err)
	st.must(st.other.Expunge(ctx, st.on(st.from, "six")))
	st.append(st.from, "seven")
	st.sync()
	st.compare()

	// So do we.
	target := st.message(st.mid("three")).Folder
	st.apply(store.Change{MoveTo: target, Add: []string{mail.FlagSeen}}, ids["two"], ids["four"])
	st.apply(store.Change{Remove: []string{mail.FlagSeen}, Add: []string{mail.FlagAnswered}}, ids["one"])
	st.apply(store.Change{Erase: true}, ids["five"])
	st.reopen()
	st.sync()
	st.compare()
	want := map[string]string{"one": `INBOX`, "three": "", "two": "", "four": ""}
	for name := range want {
		if got := st.message(st.mid(name)).ID; got != ids[name] {
			t.Errorf("%s has become %s, was %s", name, got, ids[name])
		}
	}
	if st.pending() != 0 {
		t.Error("changes still wait")
	}
	moved := st.on(st.to, "two", "three", "four")
	if n, _ := moved.Nums(); len(n) != 3 {
		t.Errorf("the target has %v", moved)
	}
	st.on(st.from, "one", "seven")

	// The copy of something sent.
	id := st.sent(st.mid("sent"), "bob@example.net")
	st.must(st.FollowUp(ctx))
	st.must(st.FollowUp(ctx))
	if o := st.outgoing(id); o.Copy != mail.CopyFiled {
		t.Errorf("the copy is %s", o.Copy)
	}
	st.on("Sent", "sent")

	// Following.
	stop := st.rig.run()
	st.awaitKind(Online)
	st.append("INBOX", "news")
	news := st.message(st.mid("news"))
	st.apply(store.Change{Add: []string{mail.FlagFlagged}, MoveTo: target}, news.ID)
	st.Wake()
	st.await("waiting for the change on the server", func() string {
		if _, err := st.other.Select(ctx, st.to, true); err != nil {
			return err.Error()
		}
		uids, err := st.other.Search(ctx, byMessageID(st.mid("news")))
		if err != nil || len(uids) != 1 {
			return fmt.Sprint(uids, err)
		}
		return ""
	})
	stop()
	st.sync()
	st.compare()
	if got := st.message(st.mid("news")); got.ID != news.ID || !slices.Contains(got.Flags, mail.FlagFlagged) {
		t.Errorf("it is %+v", got)
	}
}
