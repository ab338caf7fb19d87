package syncer

import (
	"context"
	"crypto/tls"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"strconv"
	"testing"
	"time"

	imap "github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"postea/config"
	ours "postea/imapclient"
	"postea/internal/lab"
	"postea/internal/mail"
)

// mailboxSize is how many messages the large mailbox has: POSTEA_TEST_MAILBOX,
// 100000 in the full form.
func mailboxSize(t *testing.T) int {
	t.Helper()
	s := os.Getenv("POSTEA_TEST_MAILBOX")
	if s == "" {
		return 600
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 100 {
		t.Fatalf("POSTEA_TEST_MAILBOX is %q", s)
	}
	return n
}

// A large mailbox is mirrored exactly: at first, after another client has
// changed much of it, and when nothing has changed.
func TestLargeMailboxOnDovecot(t *testing.T) { largeMailbox(t, onLab(lab.Dovecot(t))) }

func TestLargeMailboxOnMox(t *testing.T) { largeMailbox(t, onLab(lab.Mox(t))) }

// Nor does it take an extension.
func TestLargeMailboxInMemory(t *testing.T) {
	largeMailbox(t, inMemory(t, imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapUIDPlus: {}}))
}

func largeMailbox(t *testing.T, p config.Account) {
	size := mailboxSize(t)
	fresh, flagged, gone := 100, min(1000, size/3), min(500, size/4)
	if size < 10_000 {
		fresh = 20
	}
	st := newStage(t, p)
	rng := rand.New(rand.NewPCG(3, 4))
	n := 0
	arrive := func(count int) {
		var batch []ours.NewMessage
		for i := range count {
			n++
			var flags []imap.Flag
			if n%3 > 0 {
				flags = append(flags, imap.FlagSeen)
			}
			raw := fmt.Appendf(nil, "From: \"Person %d\" <p%d@example.net>\r\nTo: ada@example.org\r\nSubject: =?utf-8?q?N=C2=B0_%d?= of many\r\nDate: %s\r\nMessage-ID: <%s>\r\n\r\nbody of %d\r\n",
				n%97, n%97, n, time.Unix(1_500_000_000+int64(n)*1000, 0).UTC().Format("Mon, 2 Jan 2006 15:04:05 -0700"), st.mid(fmt.Sprint(n)), n)
			batch = append(batch, ours.NewMessage{Flags: flags, At: time.Unix(1_500_000_000+int64(n)*1000, 0), Raw: raw})
			if len(batch) == 500 || i == count-1 {
				st.must(appendAll(t.Context(), st.other, st.from, batch))
				batch = nil
			}
		}
	}
	arrive(size)
	began := time.Now()
	st.sync()
	t.Logf("%d messages in %.1f s", size, time.Since(began).Seconds())
	uids := st.compareAll(p, size)

	arrive(fresh)
	rng.Shuffle(len(uids), func(i, j int) { uids[i], uids[j] = uids[j], uids[i] })
	if _, err := st.other.Select(t.Context(), st.from, false); err != nil {
		t.Fatal(err)
	}
	st.must(st.other.AddFlags(t.Context(), imap.UIDSetNum(uids[:flagged/2]...), []imap.Flag{imap.FlagFlagged, "$work"}))
	st.must(st.other.RemoveFlags(t.Context(), imap.UIDSetNum(uids[flagged/2:flagged]...), []imap.Flag{imap.FlagSeen}))
	st.must(st.other.Expunge(t.Context(), imap.UIDSetNum(uids[len(uids)-gone:]...)))
	st.rounds = 0 // all flags are looked at, where the server cannot tell which have changed
	began = time.Now()
	st.sync()
	t.Logf("%d new, %d flags, %d expunged in %.2f s", fresh, flagged, gone, time.Since(began).Seconds())
	st.compareAll(p, size+fresh-gone)
	began = time.Now()
	st.sync()
	t.Logf("nothing changed: %.3f s", time.Since(began).Seconds())
	st.compareAll(p, size+fresh-gone)
}

// appendAll stores messages, in one step where the server can.
func appendAll(ctx context.Context, c *ours.Client, wire string, list []ours.NewMessage) error {
	if c.AppendsMany() {
		_, err := c.Append(ctx, wire, list...)
		return err
	}
	for _, m := range list {
		if _, err := c.Append(ctx, wire, m); err != nil {
			return err
		}
	}
	return nil
}

// compareAll compares UIDs, flags and headers of the folder with what another
// implementation of IMAP reads, and gives the UIDs.
func (st *stage) compareAll(p config.Account, want int) []imap.UID {
	t := st.t
	t.Helper()
	conn, err := net.Dial("tcp", net.JoinHostPort(p.IMAP.Host, strconv.Itoa(p.IMAP.Port)))
	if err != nil {
		t.Fatal(err)
	}
	c := imapclient.New(tls.Client(conn, &tls.Config{InsecureSkipVerify: true}), nil)
	defer c.Close()
	st.must(c.Login(p.IMAP.Username, p.IMAP.Password.Value).Wait())
	_, err = c.Select("From "+st.run, &imap.SelectOptions{ReadOnly: true}).Wait()
	st.must(err)

	folders, err := st.store.Folders(t.Context(), "a")
	st.must(err)
	here := map[mail.UID]mail.Summary{}
	for _, f := range folders {
		if f.Name != "From "+st.run {
			continue
		}
		list, err := st.store.Newest(t.Context(), []mail.FolderID{f.ID}, 10*want)
		st.must(err)
		for _, m := range list {
			here[m.UID] = m
		}
	}
	if len(here) != want {
		t.Errorf("%d messages are here, want %d", len(here), want)
	}
	var uids []imap.UID
	all := imap.SeqSet{{Start: 1, Stop: 0}}
	cmd := c.Fetch(all, &imap.FetchOptions{UID: true, Flags: true, Envelope: true})
	wrong := 0
	for data := cmd.Next(); data != nil; data = cmd.Next() {
		m, err := data.Collect()
		st.must(err)
		uids = append(uids, m.UID)
		o, e := here[mail.UID(m.UID)], m.Envelope
		var flags []string
		for _, f := range m.Flags {
			flags = append(flags, string(f))
		}
		from := ""
		if len(o.From) > 0 {
			from = o.From[0].Name + " " + o.From[0].Address
		}
		if line("", 0, o.MessageID, o.Flags) != line("", 0, e.MessageID, flags) || o.Subject != e.Subject || !o.Date.Equal(e.Date) || from != e.From[0].Name+" "+e.From[0].Addr() {
			if wrong++; wrong < 5 {
				t.Errorf("%d is %v %s %q %s here, and there %v %+v", m.UID, o.Flags, o.MessageID, o.Subject, from, flags, e)
			}
		}
	}
	st.must(cmd.Close())
	if wrong > 0 || len(uids) != want {
		t.Errorf("the server has %d messages, %d of them are otherwise here", len(uids), wrong)
	}
	return uids
}
