package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	imap "github.com/emersion/go-imap/v2"

	"postea/config"
	"postea/imapclient"
	"postea/internal/app"
	"postea/internal/dial"
	"postea/internal/lab"
	"postea/internal/mail"
	"postea/internal/reading"
)

// TestKilledWhileSending kills postea at random moments while it sends to a real
// server: a dozen times, or as often as POSTEA_TEST_KILLS says (the full form is
// 200). After every kill the store must open and every message be at the server,
// queued, or unsure; none may ever be at the server twice. In the end each
// unsure one is retried where the server lacks it and settled where it has it,
// and then everything is there exactly once.
func TestKilledWhileSending(t *testing.T) {
	t.Parallel()
	kills := 12
	if s := os.Getenv("POSTEA_TEST_KILLS"); s != "" {
		var err error
		if kills, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	k := newKillTest(t, lab.Postfix(t))
	for range kills {
		k.queue(k.rng.IntN(8))
		k.runAndKill()
		k.check()
	}
	k.flush()
	unsure, retried := k.resolve()
	k.flush()
	k.everythingOnce()
	t.Logf("%d kills, %d messages, %d unsure (%d retried, %d settled), %d at the server twice", kills, len(k.sent), unsure, retried, unsure-retried, k.doubles)
}

type killTest struct {
	t       *testing.T
	server  *lab.Server
	dir     string
	config  string
	cfg     *config.Config
	rng     *rand.Rand
	sent    map[mail.OutboxID]string // Message-ID
	doubles int
}

func newKillTest(t *testing.T, s *lab.Server) *killTest {
	k := &killTest{t: t, server: s, dir: t.TempDir(), rng: rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 7)), sent: map[mail.OutboxID]string{}}
	k.config = filepath.Join(k.dir, "config.toml")
	u := s.Account(0)
	text := fmt.Sprintf(`
[[account]]
name = "alice"
address = %q
  [account.imap]
  host = %q
  port = %d
  password = { env = %q }
  ca_file = %q
  [account.smtp]
  host = %q
  port = %d
  tls = "starttls"
  [account.send]
  retry = ["100ms"]
`, u.Address, s.Host, s.IMAPS, secretVariable(t, u.Password), s.CAFile, s.Host, s.Submission)
	if err := os.WriteFile(k.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var err error
	if k.cfg, err = config.Load(k.config); err != nil {
		t.Fatal(err)
	}
	return k
}

func (k *killTest) open() *app.App {
	k.t.Helper()
	a, err := app.Open(k.t.Context(), app.Options{Config: k.cfg, Dir: filepath.Join(k.dir, "data")})
	if err != nil {
		k.t.Fatalf("the store does not open: %v", err)
	}
	if n := a.Notices(); len(n) > 0 {
		k.t.Fatalf("the store says: %s", strings.Join(n, "; "))
	}
	return a
}

// queue commits messages of all sizes.
func (k *killTest) queue(n int) {
	k.t.Helper()
	a := k.open()
	defer a.Close()
	for range n {
		d, err := a.NewDraft(k.t.Context(), "alice")
		if err != nil {
			k.t.Fatal(err)
		}
		d.To = k.server.Account(1).Address
		d.Subject = fmt.Sprintf("message %d", len(k.sent))
		d.Body = strings.Repeat("All work and no play.\n", 1+k.rng.IntN(1<<k.rng.IntN(15)))
		id, err := a.SendAt(k.t.Context(), d, time.Time{}, "")
		if err != nil {
			k.t.Fatal(err)
		}
		o, err := a.OutgoingItem(k.t.Context(), id)
		if err != nil {
			k.t.Fatal(err)
		}
		k.sent[id] = o.MessageID
	}
}

func (k *killTest) command(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], append([]string{"--config", k.config, "--data", filepath.Join(k.dir, "data")}, args...)...)
	cmd.Env = append(os.Environ(), asCommand+"=1")
	return cmd
}

// runAndKill lets postea send and kills it in the midst of it.
func (k *killTest) runAndKill() {
	k.t.Helper()
	cmd := k.command("sync", "--watch")
	var out bytes.Buffer
	cmd.Stderr = &out
	if err := cmd.Start(); err != nil {
		k.t.Fatal(err)
	}
	time.Sleep(time.Duration(20+k.rng.IntN(160)) * time.Millisecond)
	_ = cmd.Process.Kill()
	err := cmd.Wait()
	var ee *exec.ExitError
	if !errors.As(err, &ee) || ee.Exited() {
		k.t.Fatalf("it ended by itself: %v\n%s", err, out.String())
	}
}

// check opens the store and looks at every message.
func (k *killTest) check() {
	k.t.Helper()
	a := k.open()
	defer a.Close()
	for id := range k.sent {
		o, err := a.OutgoingItem(k.t.Context(), id)
		if err != nil {
			k.t.Fatalf("%s is lost: %v", id, err)
		}
		for _, r := range o.Recipients {
			switch r.State {
			case mail.RecipientPending, mail.RecipientUnsure, mail.RecipientAccepted:
			default:
				k.t.Errorf("%s is %s after a kill: %s", id, r.State, r.Text)
			}
		}
	}
}

// flush sends until nothing is pending, and waits until the server has
// delivered what it took.
func (k *killTest) flush() {
	k.t.Helper()
	for range 100 {
		out, err := k.command("outbox", "flush").CombinedOutput()
		var ee *exec.ExitError
		if err != nil && (!errors.As(err, &ee) || ee.ExitCode() != exTempFail) {
			k.t.Fatalf("flush: %v\n%s", err, out)
		}
		if k.count(mail.RecipientPending) == 0 {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if n := k.count(mail.RecipientPending); n > 0 {
		k.t.Fatalf("%d are still pending", n)
	}
	// The server delivers in its own time: wait until all that was accepted is
	// there and nothing more comes.
	last, since := -1, time.Now()
	for end := time.Now().Add(60 * time.Second); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		have := k.atServer()
		if n := total(have); n != last {
			last, since = n, time.Now()
		}
		if len(k.missing(have)) == 0 && time.Since(since) > 2*time.Second {
			return
		}
	}
	k.t.Fatalf("accepted and not delivered: %v", k.missing(k.atServer()))
}

func total(have map[string]int) int {
	n := 0
	for _, c := range have {
		n += c
	}
	return n
}

func (k *killTest) count(s mail.RecipientState) int {
	n := 0
	k.each(func(_ *app.App, o mail.Outgoing) {
		if o.Recipients[0].State == s {
			n++
		}
	})
	return n
}

func (k *killTest) each(f func(*app.App, mail.Outgoing)) {
	k.t.Helper()
	a := k.open()
	defer a.Close()
	for id := range k.sent {
		o, err := a.OutgoingItem(k.t.Context(), id)
		if err != nil {
			k.t.Fatal(err)
		}
		f(a, o)
	}
}

// missing are messages that were accepted and are not at the server.
func (k *killTest) missing(have map[string]int) []mail.OutboxID {
	var out []mail.OutboxID
	k.each(func(_ *app.App, o mail.Outgoing) {
		if o.Recipients[0].State == mail.RecipientAccepted && have[o.MessageID] == 0 {
			out = append(out, o.ID)
		}
	})
	return out
}

// atServer counts the Message-IDs in the recipient's inbox, read by another client.
func (k *killTest) atServer() map[string]int {
	k.t.Helper()
	ctx, cancel := context.WithTimeout(k.t.Context(), 30*time.Second)
	defer cancel()
	u := k.server.Account(1)
	c, err := imapclient.Connect(ctx, imapclient.Options{
		Dial: k.server.IMAPDial(dial.ModeImplicit),
		Auth: imapclient.Auth{Username: u.Username, Password: func(context.Context) (string, error) { return u.Password, nil }},
	})
	if err != nil {
		k.t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Select(ctx, "INBOX", true); err != nil {
		k.t.Fatal(err)
	}
	have := map[string]int{}
	all := imap.UIDSet{{Start: 1, Stop: 0}}
	err = c.FetchHeaders(ctx, all, func(m imapclient.Message) error {
		have[reading.ParseHeader(m.Header).MessageID]++
		return nil
	})
	if err != nil {
		k.t.Fatal(err)
	}
	for id, n := range have {
		if n > 1 {
			k.doubles++
			k.t.Errorf("%s is at the server %d times", id, n)
		}
	}
	return have
}

// resolve does what a person would: retry what the server lacks, settle what it has.
func (k *killTest) resolve() (unsure, retried int) {
	k.t.Helper()
	have := k.atServer()
	k.each(func(a *app.App, o mail.Outgoing) {
		if o.Recipients[0].State != mail.RecipientUnsure {
			return
		}
		unsure++
		var err error
		if have[o.MessageID] > 0 {
			err = a.Settle(k.t.Context(), o.ID)
		} else {
			retried++
			err = a.Retry(k.t.Context(), o.ID)
		}
		if err != nil {
			k.t.Errorf("%s: %v", o.ID, err)
		}
	})
	return unsure, retried
}

func (k *killTest) everythingOnce() {
	k.t.Helper()
	have := k.atServer()
	for id, messageID := range k.sent {
		if have[messageID] != 1 {
			k.t.Errorf("%s is at the server %d times in the end", id, have[messageID])
		}
	}
	k.each(func(_ *app.App, o mail.Outgoing) {
		if s := o.Recipients[0].State; s != mail.RecipientAccepted {
			k.t.Errorf("%s is %s in the end", o.ID, s)
		}
	})
}
