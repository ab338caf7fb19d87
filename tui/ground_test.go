package tui_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	imap "github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"postea/config"
	"postea/internal/demo"
	"postea/internal/lab"
)

// ground is where a story about organising takes place: an account, and another
// client by which what the server holds is put there and verified.
type ground struct {
	account config.Account
	other   *otherClient
	server  *demo.Server // where it is the one in the process; its faults can be asked for
}

// everywhere tells a story on the server in the process and, but for -short, on
// Dovecot and on mox, side by side.
// here gives a ground with an empty inbox, which is cleaned up when t ends.
func everywhere(t *testing.T, story func(t *testing.T, here func(t *testing.T) ground)) {
	t.Helper()
	t.Run("demo", func(t *testing.T) {
		t.Parallel()
		story(t, demoGround)
	})
	if testing.Short() {
		return // the whole run tells it on the others
	}
	t.Run("Dovecot", func(t *testing.T) {
		t.Parallel()
		atServer(t, lab.Dovecot(t), 0, story)
	})
	t.Run("mox", func(t *testing.T) {
		t.Parallel()
		atServer(t, lab.Mox(t), 1, story)
	})
}

func demoGround(t *testing.T) ground {
	t.Helper()
	s := startDemo(t, demo.Options{Empty: true})
	acc := demoProfiles(t, s)[0]
	return ground{account: acc, other: dialOther(t, acc), server: s}
}

// atServer tells a story to the n-th user of a server, whose mail is put aside
// meanwhile.
func atServer(t *testing.T, s *lab.Server, n int, story func(t *testing.T, here func(t *testing.T) ground)) {
	t.Helper()
	acc := labProfile(t, s, n, "Ada", false)
	dialOther(t, acc).putAside()
	story(t, func(t *testing.T) ground {
		t.Helper()
		g := ground{account: acc, other: dialOther(t, acc)}
		before := g.other.mustFolders()
		t.Cleanup(func() { g.other.tidy(before) })
		return g
	})
}

// storyDomain is the domain of the Message-IDs of what stories deliver: nothing
// else is looked at or taken away.
const storyDomain = "@x>"

// otherClient is a mail client by other hands, on the same account.
type otherClient struct {
	t *testing.T
	c *imapclient.Client
}

func dialOther(t *testing.T, acc config.Account) *otherClient {
	t.Helper()
	pem, err := os.ReadFile(acc.IMAP.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	c, err := imapclient.DialTLS(net.JoinHostPort(acc.IMAP.Host, strconv.Itoa(acc.IMAP.Port)),
		&imapclient.Options{TLSConfig: &tls.Config{RootCAs: roots, ServerName: acc.IMAP.Host}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.Login(acc.IMAP.Username, acc.IMAP.Password.Value).Wait(); err != nil {
		t.Fatal(err)
	}
	return &otherClient{t, c}
}

func (o *otherClient) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

// deliver puts a message into a folder, which is made if it is not there.
func (o *otherClient) deliver(folder string, raw []byte, flags ...string) {
	o.t.Helper()
	if list := o.mustFolders(); !slices.ContainsFunc(list, func(f string) bool { return strings.EqualFold(f, folder) }) {
		o.must(o.c.Create(folder, nil).Wait())
	}
	options := &imap.AppendOptions{Time: time.Now()}
	if m, err := mail.ReadMessage(bytes.NewReader(raw)); err == nil {
		if at, err := m.Header.Date(); err == nil {
			options.Time = at
		}
	}
	for _, f := range flags {
		options.Flags = append(options.Flags, imap.Flag(f))
	}
	w := o.c.Append(folder, int64(len(raw)), options)
	_, err := w.Write(raw)
	o.must(errors.Join(err, w.Close()))
	_, err = w.Wait()
	o.must(err)
}

// held is a message as the server holds it.
type held struct {
	uid     imap.UID
	flags   []string
	subject string
	raw     []byte
	ours    bool // a story has delivered it
}

// messages are those of stories in a folder.
func (o *otherClient) messages(folder string) ([]held, error) {
	list, err := o.everything(folder)
	return slices.DeleteFunc(list, func(h held) bool { return !h.ours }), err
}

// everything is all that lies in a folder.
func (o *otherClient) everything(folder string) ([]held, error) {
	selected, err := o.c.Select(folder, &imap.SelectOptions{ReadOnly: true}).Wait()
	if err != nil || selected.NumMessages == 0 {
		return nil, err
	}
	section := &imap.FetchItemBodySection{Peek: true}
	list, err := o.c.Fetch(imap.SeqSet{imap.SeqRange{Start: 1}}, &imap.FetchOptions{UID: true, Flags: true, BodySection: []*imap.FetchItemBodySection{section}}).Collect()
	var out []held
	for _, m := range list {
		raw := m.FindBodySection(section)
		parsed, err := mail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			return nil, err
		}
		h := held{uid: m.UID, subject: parsed.Header.Get("Subject"), raw: raw, ours: strings.HasSuffix(parsed.Header.Get("Message-ID"), storyDomain)}
		for _, f := range m.Flags {
			h.flags = append(h.flags, string(f))
		}
		out = append(out, h)
	}
	return out, err
}

func (o *otherClient) folders() ([]string, error) {
	list, err := o.c.List("", "*", nil).Collect()
	var out []string
	for _, l := range list {
		if !slices.Contains(l.Attrs, imap.MailboxAttrNoSelect) && !slices.Contains(l.Attrs, imap.MailboxAttrNonExistent) {
			out = append(out, l.Mailbox)
		}
	}
	return out, err
}

func (o *otherClient) mustFolders() []string {
	o.t.Helper()
	list, err := o.folders()
	o.must(err)
	return list
}

// tidy takes away what a story has left, and the folders it has made.
func (o *otherClient) tidy(before []string) {
	o.t.Helper()
	list := o.mustFolders()
	slices.Reverse(list) // what lies in a folder before the folder
	for _, f := range list {
		if !slices.Contains(before, f) {
			o.delete(f)
			continue
		}
		ours, err := o.messages(f)
		o.must(err)
		var uids imap.UIDSet
		for _, m := range ours {
			uids.AddNum(m.uid)
		}
		if len(ours) == 0 {
			continue
		}
		_, err = o.c.Select(f, nil).Wait()
		o.must(err)
		o.must(o.c.Store(uids, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close())
		o.must(o.c.UIDExpunge(uids).Close())
	}
}

func (o *otherClient) delete(folder string) {
	o.t.Helper()
	if o.c.State() == imap.ConnStateSelected {
		o.must(o.c.Unselect().Wait())
	}
	o.must(o.c.Delete(folder).Wait())
}

const asideName = "Aside of postea's tests "

// putAside moves what lies where stories take place into folders of its own until
// the test ends. What a test that was killed has left there is brought back first.
func (o *otherClient) putAside() {
	o.t.Helper()
	o.bringBack()
	o.t.Cleanup(o.bringBack)
	for _, f := range o.mustFolders() {
		if !slices.Contains([]string{"INBOX", "ARCHIVE", "TRASH", "JUNK", "SENT", "DRAFTS", "SNOOZED"}, strings.ToUpper(f)) {
			continue
		}
		if selected, err := o.c.Select(f, nil).Wait(); err != nil || selected.NumMessages == 0 {
			o.must(err)
			continue
		}
		o.must(o.c.Create(asideName+f, nil).Wait())
		_, err := o.c.Move(imap.SeqSet{imap.SeqRange{Start: 1}}, asideName+f).Wait()
		o.must(err)
	}
}

func (o *otherClient) bringBack() {
	o.t.Helper()
	for _, aside := range o.mustFolders() {
		f, ok := strings.CutPrefix(aside, asideName)
		if !ok {
			continue
		}
		selected, err := o.c.Select(aside, nil).Wait()
		o.must(err)
		if selected.NumMessages > 0 {
			_, err = o.c.Move(imap.SeqSet{imap.SeqRange{Start: 1}}, f).Wait()
			o.must(err)
		}
		o.delete(aside)
	}
}

// letter is a message of a story; under is the subject of what it answers, "" for
// nothing.
func letter(from, to, subject, under, body string, at time.Time) []byte {
	id := func(s string) string { return strings.ToLower(strings.Map(onlyLetters, s)) + storyDomain }
	head := fmt.Sprintf("From: %s\r\nTo: %s\r\nSubject: %s\r\nMessage-ID: <%s\r\nDate: %s\r\n", from, to, subject, id(subject), at.Format(time.RFC1123Z))
	if under != "" {
		head += "In-Reply-To: <" + id(under) + "\r\n"
	}
	return []byte(head + "\r\n" + body + "\r\n")
}

func onlyLetters(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
		return r
	}
	return -1
}
