package demo_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	imap "github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"postea/internal/demo"
	"postea/internal/dial"
	"postea/smtpclient"
)

func start(t *testing.T, o demo.Options) *demo.Server {
	t.Helper()
	o.Dir = t.TempDir()
	s, err := demo.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func trust(t *testing.T, s *demo.Server) *tls.Config {
	t.Helper()
	block, err := os.ReadFile(s.Info().CAFile)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(block) {
		t.Fatal("the CA file holds no certificate")
	}
	return &tls.Config{RootCAs: pool, ServerName: "localhost"}
}

func address(e demo.Endpoint) string { return net.JoinHostPort(e.Host, strconv.Itoa(e.Port)) }

// connect opens an IMAP connection with go-imap's client, which is not ours and
// so has its own opinion of the server.
func connect(t *testing.T, s *demo.Server, handler *imapclient.UnilateralDataHandler) *imapclient.Client {
	t.Helper()
	c, err := imapclient.DialTLS(address(s.Info().IMAP), &imapclient.Options{TLSConfig: trust(t, s), UnilateralDataHandler: handler})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func signIn(t *testing.T, s *demo.Server, user int, handler *imapclient.UnilateralDataHandler) *imapclient.Client {
	t.Helper()
	c := connect(t, s, handler)
	if err := c.Login(s.Users[user].Username, s.Users[user].Password).Wait(); err != nil {
		t.Fatal(err)
	}
	return c
}

func sender(t *testing.T, s *demo.Server, user int) *smtpclient.Client {
	t.Helper()
	u := s.Users[user]
	e := s.Info().Submission
	c, err := smtpclient.Connect(t.Context(), smtpclient.Options{
		Dial: dial.Config{Host: e.Host, Port: e.Port, TLS: dial.ModeStartTLS, CAFile: s.Info().CAFile},
		Auth: smtpclient.Auth{Username: u.Username, Password: func(context.Context) (string, error) { return u.Password, nil }},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// submit sends a message and returns the reply for each recipient.
func submit(t *testing.T, s *demo.Server, raw string, env smtpclient.Envelope) *smtpclient.Result {
	t.Helper()
	env.From = s.Users[0].Address
	result, err := sender(t, s, 0).Send(t.Context(), env, strings.NewReader(raw), smtpclient.SendOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func to(addresses ...string) []smtpclient.Recipient {
	var list []smtpclient.Recipient
	for _, a := range addresses {
		list = append(list, smtpclient.Recipient{Address: a})
	}
	return list
}

// arrival idles on an INBOX until it holds n messages, and returns the last.
func arrival(t *testing.T, s *demo.Server, user, n int) []byte {
	t.Helper()
	exists := make(chan uint32, 100)
	c := signIn(t, s, user, &imapclient.UnilateralDataHandler{Mailbox: func(d *imapclient.UnilateralDataMailbox) {
		if d.NumMessages != nil {
			exists <- *d.NumMessages
		}
	}})
	selected, err := c.Select("INBOX", nil).Wait()
	if err != nil {
		t.Fatal(err)
	}
	idle, err := c.Idle()
	if err != nil {
		t.Fatal(err)
	}
	for have := selected.NumMessages; have < uint32(n); {
		select {
		case have = <-exists:
		case <-time.After(20 * time.Second):
			t.Fatalf("%d messages arrived, not %d", have, n)
		}
	}
	if err := idle.Close(); err != nil {
		t.Fatal(err)
	}
	stored, err := s.Messages(s.Users[user].Address, "INBOX")
	if err != nil {
		t.Fatal(err)
	}
	return stored[n-1].Raw
}

func TestFolders(t *testing.T) {
	s := start(t, demo.Options{Empty: true})
	c := signIn(t, s, 0, nil)
	for _, want := range []imap.Cap{imap.CapUIDPlus, imap.CapMove, imap.CapIdle, imap.CapSpecialUse, imap.CapListStatus} {
		if !c.Caps().Has(want) {
			t.Errorf("no %s", want)
		}
	}
	list, err := c.List("", "*", &imap.ListOptions{ReturnStatus: &imap.StatusOptions{NumMessages: true, UIDValidity: true}}).Collect()
	if err != nil {
		t.Fatal(err)
	}
	uses := map[string]imap.MailboxAttr{
		"Archive": imap.MailboxAttrArchive, "Drafts": imap.MailboxAttrDrafts, "Junk": imap.MailboxAttrJunk,
		"Sent": imap.MailboxAttrSent, "Trash": imap.MailboxAttrTrash,
	}
	for _, folder := range list {
		if folder.Status == nil || *folder.Status.NumMessages != 0 || folder.Status.UIDValidity == 0 {
			t.Errorf("%s: status %+v", folder.Mailbox, folder.Status)
		}
		for _, attr := range folder.Attrs {
			if uses[folder.Mailbox] == attr {
				delete(uses, folder.Mailbox)
			}
		}
	}
	if len(list) != 6 || len(uses) > 0 {
		t.Errorf("%d folders; without special use: %v", len(list), uses)
	}
}

// A message of which only a part has come, because the client was killed, is none.
func TestCutAppend(t *testing.T) {
	s := start(t, demo.Options{Empty: true})
	for _, part := range []string{"", "Subject: cut\r\n", "Subject: cut\r\n\r\n" + strings.Repeat("a", 900)} {
		conn, err := tls.Dial("tcp", address(s.Info().IMAP), trust(t, s))
		if err != nil {
			t.Fatal(err)
		}
		u := s.Users[0]
		fmt.Fprintf(conn, "1 LOGIN %q %q\r\n2 APPEND INBOX {1000+}\r\n%s", u.Username, u.Password, part)
		if err := conn.CloseWrite(); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, conn); err != nil {
			t.Fatal(err)
		}
		conn.Close()
		if stored, err := s.Messages(u.Address, "INBOX"); err != nil || len(stored) != 0 {
			t.Errorf("%d messages, error %v, after %d of 1000 bytes", len(stored), err, len(part))
		}
	}
}

func TestChanges(t *testing.T) {
	s := start(t, demo.Options{Empty: true})
	me := s.Users[0].Address
	for _, subject := range []string{"one", "two", "three"} {
		if err := s.Deliver(me, "INBOX", []byte("Subject: "+subject+"\n\n"+subject+"\n")); err != nil {
			t.Fatal(err)
		}
	}
	expunged := make(chan uint32, 10)
	c := signIn(t, s, 0, &imapclient.UnilateralDataHandler{Expunge: func(seq uint32) { expunged <- seq }})
	if err := c.Create("Reisepläne/1843", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Select("INBOX", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	flags := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagFlagged, "$Junk", `\seen`}}
	if err := c.Store(imap.UIDSetNum(2), flags, nil).Close(); err != nil {
		t.Fatal(err)
	}
	found, err := c.UIDSearch(&imap.SearchCriteria{
		Header: []imap.SearchCriteriaHeaderField{{Key: "Subject", Value: "TWO"}}, Flag: []imap.Flag{imap.FlagSeen},
	}, nil).Wait()
	if err != nil || len(found.AllUIDs()) != 1 || found.AllUIDs()[0] != 2 {
		t.Errorf("search found %v, %v", found, err)
	}
	moved, err := c.Move(imap.UIDSetNum(2), "Reisepläne/1843").Wait()
	if err != nil || moved.SourceUIDs.String() != "2" || moved.DestUIDs.String() != "1" {
		t.Errorf("moved %+v, %v", moved, err)
	}
	if err := c.Noop().Wait(); err != nil {
		t.Fatal(err)
	}
	if len(expunged) > 1 {
		t.Errorf("%d EXPUNGEs for one message", len(expunged))
	}
	stored, err := s.Messages(me, "Reisepläne/1843")
	if err != nil || len(stored) != 1 {
		t.Fatalf("stored: %v, %v", stored, err)
	}
	if got := strings.Join(stored[0].Flags, " "); got != `$Junk \Flagged \Seen` {
		t.Errorf("flags %s", got)
	}
	if string(stored[0].Raw) != "Subject: two\r\n\r\ntwo\r\n" {
		t.Errorf("raw %q", stored[0].Raw)
	}
	last, err := c.UIDSearch(&imap.SearchCriteria{UID: []imap.UIDSet{{{Start: 100, Stop: 0}}}}, nil).Wait()
	if err != nil || len(last.AllUIDs()) != 1 || last.AllUIDs()[0] != 3 {
		t.Errorf("100:* finds %v, %v", last, err)
	}
}

func TestSignIn(t *testing.T) {
	s := start(t, demo.Options{Empty: true})
	u := s.Users[1]
	wrong := connect(t, s, nil).Login(u.Username, "guess").Wait()
	if wrong == nil || !strings.Contains(wrong.Error(), "AUTHENTICATIONFAILED") {
		t.Errorf("a wrong password gives %v", wrong)
	}
	c, err := imapclient.DialStartTLS(address(s.IMAPStartTLS()), &imapclient.Options{TLSConfig: trust(t, s)})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Login(u.Username, u.Password).Wait(); err != nil {
		t.Error(err)
	}
	s.IMAP.RefuseLogins(true)
	if connect(t, s, nil).Login(u.Username, u.Password).Wait() == nil {
		t.Error("a refused log-in succeeds")
	}
}

func TestPush(t *testing.T) {
	s := start(t, demo.Options{Empty: true})
	done := make(chan []byte)
	go func() { done <- arrival(t, s, 1, 20) }()
	for range 20 { // some before the client idles, some after
		if err := s.Deliver(s.Users[1].Address, "INBOX", []byte("Subject: news\n\n")); err != nil {
			t.Error(err)
		}
	}
	<-done
}

func TestCloseAtOnce(t *testing.T) {
	for range 20 {
		start(t, demo.Options{Empty: true}).Close()
	}
}

func TestContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s, err := demo.Start(ctx, demo.Options{Dir: t.TempDir(), Empty: true})
	if err != nil {
		t.Fatal(err)
	}
	c := signIn(t, s, 0, nil)
	cancel()
	<-c.Closed()
	s.Close()
	if _, err := demo.Start(t.Context(), demo.Options{}); err == nil {
		t.Error("a server starts without a directory")
	}
}
