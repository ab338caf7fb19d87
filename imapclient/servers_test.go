package imapclient_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
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

	"postea/imapclient"
	"postea/internal/dial"
	"postea/internal/lab"
	"postea/internal/mail"
	"postea/internal/transcript"
)

// target is a server with an account to try everything on.
type target struct {
	options imapclient.Options
	roles   bool   // has folders of all roles
	uids    bool   // tells new UIDs
	push    bool   // IDLE can be relied on
	parent  string // names of a folder and of one in it
	child   string
}

func (tg target) connect(t *testing.T) *imapclient.Client {
	t.Helper()
	o := tg.options
	o.Trace = func(l transcript.Line) { t.Log(l) }
	c, err := imapclient.Connect(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func (tg target) test(t *testing.T) {
	t.Run("folders", tg.testFolders)
	t.Run("messages", tg.testMessages)
	t.Run("idle", tg.testIdle)
	t.Run("sign-in", tg.testSignIn)
}

func TestInMemory(t *testing.T) {
	for name, caps := range map[string]imap.CapSet{
		"both": {imap.CapIMAP4rev1: {}, imap.CapIMAP4rev2: {}},
		"old":  {imap.CapIMAP4rev1: {}, imap.CapUIDPlus: {}},
		"new":  {imap.CapIMAP4rev2: {}, imap.CapSpecialUse: {}},
	} {
		t.Run(name, func(t *testing.T) { inMemory(t, caps).test(t) })
	}
}

func TestDovecot(t *testing.T) { everyMode(t, lab.Dovecot(t)) }

func TestMox(t *testing.T) { everyMode(t, lab.Mox(t)) }

func everyMode(t *testing.T, s *lab.Server) {
	t.Run("implicit TLS", func(t *testing.T) { onServer(s, dial.ModeImplicit, "").test(t) })
	t.Run("STARTTLS", func(t *testing.T) { onServer(s, dial.ModeStartTLS, "strong").test(t) })
	if s.Name == "dovecot" { // the one that permits it on the loopback interface
		t.Run("in clear", func(t *testing.T) { onServer(s, dial.ModeNone, "cram-md5").test(t) })
	}
}

func onServer(s *lab.Server, mode dial.TLSMode, policy string) target {
	u := s.Account(0)
	return target{roles: true, uids: true, push: true, parent: "Pläne & mehr", child: "日本語", options: imapclient.Options{
		Dial: s.IMAPDial(mode),
		Auth: imapclient.Auth{Username: u.Username, Policy: policy, Password: func(context.Context) (string, error) { return u.Password, nil }},
	}}
}

func inMemory(t *testing.T, caps imap.CapSet) target {
	t.Helper()
	user := imapmemserver.NewUser("ada", "secret")
	roles := caps.Has(imap.CapSpecialUse)
	for name, attr := range map[string]imap.MailboxAttr{"INBOX": "", "Sent": imap.MailboxAttrSent, "Junk": imap.MailboxAttrJunk} {
		o := &imap.CreateOptions{}
		if attr != "" && roles {
			o.SpecialUse = []imap.MailboxAttr{attr}
		}
		if err := user.Create(name, o); err != nil {
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
	conf := &tls.Config{Certificates: []tls.Certificate{cert}}
	server := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return memory.NewSession(), nil, nil
		},
		Caps: caps, TLSConfig: conf, Logger: log.New(io.Discard, "", 0),
	})
	l, err := tls.Listen("tcp", "127.0.0.1:0", conf)
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(l) // ends with Close
	}()
	t.Cleanup(func() { server.Close(); <-served })
	parent, child := "Pläne & mehr", "日本語"
	if !caps.Has(imap.CapIMAP4rev1) {
		parent, child = "Plans", "more" // this server stays with UTF-7 where IMAP4rev2 has none
	}
	return target{
		parent: parent, child: child,
		uids: caps.Has(imap.CapUIDPlus),
		options: imapclient.Options{
			Dial: dial.Config{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, CAFile: files.CA},
			Auth: imapclient.Auth{Username: "ada", Password: func(context.Context) (string, error) { return "secret", nil }},
		},
	}
}

// unique names a folder that no other test, or process, uses.
func unique(t *testing.T, what string) string {
	return fmt.Sprintf("%s-%d-%d", what, os.Getpid(), time.Now().UnixNano())
}

func (tg target) testFolders(t *testing.T) {
	c := tg.connect(t)
	name := unique(t, tg.parent) + "/" + tg.child
	wire, err := c.Create(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := c.Create(t.Context(), name); err != nil || again != wire {
		t.Errorf("created again as %q, %v", again, err)
	}
	boxes, err := c.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	roles := map[mail.Role]string{}
	i := slices.IndexFunc(boxes, func(m imapclient.Mailbox) bool { return m.Name == name })
	for _, m := range boxes {
		if m.Role != mail.RoleNone {
			roles[m.Role] = m.Name
		}
	}
	if i < 0 || boxes[i].Wire != wire {
		t.Errorf("the new folder is not in the list: %+v", boxes)
	}
	want := map[mail.Role]string{mail.RoleInbox: "INBOX", mail.RoleSent: "Sent", mail.RoleJunk: "Junk"}
	if tg.roles {
		want[mail.RoleDrafts], want[mail.RoleTrash], want[mail.RoleArchive] = "Drafts", "Trash", "Archive"
	}
	for role, name := range want {
		if roles[role] != name {
			t.Errorf("%s is %q, want %q", role, roles[role], name)
		}
	}
	status, err := c.Status(t.Context(), wire)
	if err != nil || status.NumMessages == nil || *status.NumMessages != 0 || status.UIDValidity == 0 {
		t.Errorf("status %+v, %v", status, err)
	}
	var e *imapclient.Error
	if _, err := c.Select(t.Context(), unique(t, "nowhere"), false); !errors.As(err, &e) || e.Kind != imapclient.KindNo || e.Fatal() {
		t.Errorf("opening what is not there: %v", err)
	}
	if err := c.Logout(t.Context()); err != nil || c.Alive() {
		t.Errorf("logout: %v", err)
	}
}

func sample(i int) []byte {
	return fmt.Appendf(nil, "From: =?utf-8?q?J=C3=B6rg?= <joerg@example.test>\r\nTo: ada@example.test\r\nSubject: number %d\r\nMessage-ID: <%d@sample>\r\n"+
		"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\nX-Noise: {12}\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"+
		"Grüße %d)\r\n* 1 FETCH (UID 1)\r\nP1 OK done\r\n--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=\"a \\\"b\\\".pdf\"\r\n\r\n%s\r\n--b--\r\n",
		i, i, i, strings.Repeat("x", 70*i%991))
}

func (tg target) testMessages(t *testing.T) {
	ctx := t.Context()
	c := tg.connect(t)
	from, err := c.Create(ctx, unique(t, "From"))
	if err != nil {
		t.Fatal(err)
	}
	to, err := c.Create(ctx, unique(t, "To"))
	if err != nil {
		t.Fatal(err)
	}
	const count = 12
	at := time.Date(2025, 3, 4, 5, 6, 7, 0, time.FixedZone("", 2*3600))
	appended := map[imap.UID]int{}
	for i := range count {
		uid, err := c.Append(ctx, from, imapclient.NewMessage{Flags: []imap.Flag{imap.FlagFlagged}, At: at.Add(time.Duration(i) * time.Minute), Raw: sample(i)})
		if err != nil || tg.uids && uid == 0 {
			t.Fatalf("append: uid %d, %v", uid, err)
		}
		appended[uid] = i
	}
	data, err := c.Select(ctx, from, false)
	if err != nil || data.NumMessages != count || data.UIDValidity == 0 {
		t.Fatalf("select: %+v, %v", data, err)
	}
	uids, err := c.UIDs(ctx)
	if err != nil || len(uids) != count || !slices.IsSorted(uids) {
		t.Fatalf("uids: %v, %v", uids, err)
	}
	tg.checkHeaders(t, c, uids, at)
	tg.checkBodies(t, c, uids)

	set := imap.UIDSetNum(uids[0], uids[1])
	if err := c.AddFlags(ctx, set, []imap.Flag{imap.FlagSeen, "$Forwarded"}); err != nil {
		t.Fatal(err)
	}
	if err := c.RemoveFlags(ctx, set, []imap.Flag{imap.FlagFlagged}); err != nil {
		t.Fatal(err)
	}
	flags := map[imap.UID][]imap.Flag{}
	if err := c.FetchFlags(ctx, imap.UIDSetNum(uids...), data.HighestModSeq, func(m imapclient.Message) error {
		flags[m.UID] = m.Flags
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if f := flags[uids[0]]; !slices.Contains(f, imap.FlagSeen) || slices.Contains(f, imap.FlagFlagged) || len(flags) < 2 {
		t.Errorf("flags are %v", flags)
	}
	if c.Caps().Has(imap.CapCondStore) && len(flags) != 2 {
		t.Errorf("%d messages changed, want 2", len(flags))
	}
	tg.checkMove(t, c, from, to, uids)
}

func (tg target) checkHeaders(t *testing.T, c *imapclient.Client, uids []imap.UID, at time.Time) {
	t.Helper()
	seen := 0
	// Newest first, in windows; one of them is not there.
	for _, window := range [][]imap.UID{uids[7:], uids[3:7], append(slices.Clone(uids[:3]), uids[len(uids)-1]+1000)} {
		err := c.FetchHeaders(t.Context(), imap.UIDSetNum(window...), func(m imapclient.Message) error {
			i := slices.Index(uids, m.UID)
			seen++
			switch raw := sample(i); {
			case !slices.Contains(window, m.UID):
				t.Errorf("message %d was not asked for", m.UID)
			case m.Size != int64(len(raw)) || !m.InternalDate.Equal(at.Add(time.Duration(i)*time.Minute)) || !slices.Contains(m.Flags, imap.FlagFlagged):
				t.Errorf("message %d is %+v, want size %d", m.UID, m, len(raw))
			case !bytes.Contains(m.Header, fmt.Appendf(nil, "Subject: number %d\r\n", i)) || bytes.Contains(m.Header, []byte("X-Noise")):
				t.Errorf("header is %q", m.Header)
			case m.Structure == nil || m.Structure.MediaType() != "multipart/mixed":
				t.Errorf("structure is %+v", m.Structure)
			default:
				pdf := m.Structure.(*imap.BodyStructureMultiPart).Children[1].(*imap.BodyStructureSinglePart)
				if pdf.MediaType() != "application/pdf" || pdf.Filename() != `a "b".pdf` {
					t.Errorf("attachment is %+v", pdf)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if seen != len(uids) {
		t.Errorf("%d of %d messages came", seen, len(uids))
	}
}

func (tg target) checkBodies(t *testing.T, c *imapclient.Client, uids []imap.UID) {
	t.Helper()
	for i, uid := range uids {
		raw, err := c.FetchBody(t.Context(), uid, 0)
		if err != nil || !bytes.Equal(raw, sample(i)) {
			t.Errorf("body %d differs, %v:\n%q", i, err, raw)
		}
	}
	together := map[imap.UID][]byte{}
	if err := c.FetchBodies(t.Context(), imap.UIDSetNum(append(uids, uids[len(uids)-1]+1000)...), 1<<20, func(uid imap.UID, raw []byte) error {
		together[uid] = raw
		return nil
	}); err != nil {
		t.Error(err)
	}
	for i, uid := range uids {
		if !bytes.Equal(together[uid], sample(i)) {
			t.Errorf("body %d differs when all are asked for", i)
		}
	}
	exact := int64(len(sample(2)))
	if _, err := c.FetchBody(t.Context(), uids[2], exact); err != nil {
		t.Errorf("a body of just the size allowed: %v", err)
	}
	var e *imapclient.Error
	if _, err := c.FetchBody(t.Context(), uids[2], exact-1); !errors.As(err, &e) || e.Kind != imapclient.KindTooLarge || e.Fatal() {
		t.Errorf("a body one byte too large: %v", err)
	}
	if _, err := c.FetchBody(t.Context(), uids[len(uids)-1]+1000, 0); !errors.Is(err, imapclient.ErrNotFound) {
		t.Errorf("a body that is not there: %v", err)
	}
}

func (tg target) checkMove(t *testing.T, c *imapclient.Client, from, to string, uids []imap.UID) {
	t.Helper()
	ctx := t.Context()
	moved, err := c.Move(ctx, imap.UIDSetNum(uids[0], uids[3], uids[4]), to)
	if err != nil || tg.uids && len(moved.UIDs) != 3 {
		t.Fatalf("moved %v, %v", moved, err)
	}
	if err := c.Expunge(ctx, imap.UIDSetNum(uids[5])); err != nil {
		t.Fatal(err)
	}
	left, err := c.UIDs(ctx)
	if err != nil || slices.Contains(left, uids[3]) || slices.Contains(left, uids[5]) || len(left) != len(uids)-4 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	_, err = c.Move(ctx, imap.UIDSetNum(uids[6]), unique(t, "nowhere"))
	var e *imapclient.Error
	if !errors.As(err, &e) || e.Kind != imapclient.KindNo || e.Fatal() {
		t.Errorf("moved to nowhere: %v", err)
	}
	if _, err := c.Select(ctx, to, true); err != nil {
		t.Fatal(err)
	}
	found, err := c.Search(ctx, &imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: "Message-ID", Value: "<3@sample>"}}})
	if err != nil || len(found) != 1 || tg.uids && found[0] != moved.UIDs[uids[3]] {
		t.Errorf("found %v, %v, want %d", found, err, moved.UIDs[uids[3]])
	}
	found, err = c.Search(ctx, &imap.SearchCriteria{Text: []string{"Grüße 4"}, NotFlag: []imap.Flag{imap.FlagSeen}})
	if err != nil || len(found) != 1 {
		t.Errorf("found %v, %v", found, err)
	}
}

func (tg target) testIdle(t *testing.T) {
	ctx := t.Context()
	watcher, writer := tg.connect(t), tg.connect(t)
	wire, err := watcher.Create(ctx, unique(t, "Watched"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := watcher.Select(ctx, wire, false); err != nil {
		t.Fatal(err)
	}
	if news, err := watcher.Idle(ctx, 50*time.Millisecond); err != nil || news {
		t.Errorf("news %t, %v", news, err)
	}
	stopped, stop := context.WithCancel(ctx)
	stop()
	if news, err := watcher.Idle(stopped, time.Minute); !errors.Is(err, context.Canceled) || news || !watcher.Alive() {
		t.Errorf("news %t, %v, alive %t", news, err, watcher.Alive())
	}
	appended := make(chan error, 1)
	go func() {
		_, err := writer.Append(ctx, wire, imapclient.NewMessage{Raw: sample(1)})
		appended <- err
	}()
	limit := time.Minute
	if !tg.push {
		// The server in memory may lose what happens while IDLE begins.
		if err := <-appended; err != nil {
			t.Fatal(err)
		}
		appended <- nil
		if err := watcher.Noop(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if news, err := watcher.Idle(ctx, limit); err != nil || !news {
		t.Errorf("news %t, %v", news, err)
	}
	if err := <-appended; err != nil {
		t.Error(err)
	}
	if uids, err := watcher.UIDs(ctx); err != nil || len(uids) != 1 {
		t.Errorf("uids %v, %v", uids, err)
	}
}

func (tg target) testSignIn(t *testing.T) {
	o := tg.options
	o.Auth.Password = func(context.Context) (string, error) { return "wrong", nil }
	_, err := imapclient.Connect(t.Context(), o)
	var e *imapclient.Error
	if !errors.As(err, &e) || e.Kind != imapclient.KindAuth || strings.Contains(err.Error(), "wrong") {
		t.Errorf("with a wrong password: %v", err)
	}
	o = tg.options
	o.Dial.CAFile = ""
	if o.Dial.TLS != dial.ModeNone {
		_, err = imapclient.Connect(t.Context(), o)
		var d *dial.Error
		if !errors.As(err, &d) || d.Kind != dial.KindCertificate || errors.As(err, &e) && e.Temporary() {
			t.Errorf("with a certificate nobody vouches for: %v", err)
		}
	}
}
