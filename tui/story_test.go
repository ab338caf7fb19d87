package tui_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"postea/config"
	"postea/internal/app"
	"postea/internal/app/doctor"
	"postea/internal/app/setup"
	"postea/internal/demo"
	"postea/internal/lab"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/internal/storetest"
	"postea/tui"
	"postea/tui/tuitest"
)

// The stories in this file press keys on the real thing: the interface over an
// App that sends and syncs, against servers in the process or of the system.

var emptyStore = storetest.New(func(dir string) (*app.App, error) {
	return app.Open(context.Background(), app.Options{Config: &config.Config{}, Dir: dir})
})

// person is somebody with a mailbox and a postea of their own.
type person struct {
	*tuitest.Live
	app   *app.App
	saves string // where attachments are saved
}

// at opens postea for accounts and waits until everything is synced.
func newPerson(t *testing.T, accounts ...config.Account) *person {
	t.Helper()
	p := openPerson(t, accounts...)
	p.See("synced")
	return p
}

func openPerson(t *testing.T, accounts ...config.Account) *person {
	t.Helper()
	cfg, err := config.Parse("test", nil)
	if err != nil {
		t.Fatal(err)
	}
	p := &person{saves: t.TempDir()}
	cfg.Accounts, cfg.Reading.Downloads = accounts, p.saves
	p.app, err = app.Open(t.Context(), app.Options{Config: cfg, Dir: emptyStore.Dir(t), Hold: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.app.Close() })
	p.app.Start(t.Context())
	p.Live = tuitest.NewLive(t, p.app, tui.Options{Rest: 50 * time.Millisecond}, 120, 36)
	return p
}

// write fills in a message and sends it.
func (p *person) write(to, subject, body string, files ...string) {
	p.T.Helper()
	p.Press("c")
	p.See("New message")
	p.Type(to)
	p.Press("shift+tab", "tab", "tab") // past what is offered
	p.Type(subject)
	p.Press("tab")
	p.Type(body)
	for _, f := range files {
		p.Press("ctrl+a")
		p.Type(f)
		p.Press("enter")
		p.See(filepath.Base(f))
	}
	p.send()
}

// send sends what is in the composer. That it is queued is said only until something else is, such
// as that it was refused.
func (p *person) send() {
	p.T.Helper()
	p.See("ctrl+s send")
	p.Press("ctrl+s")
	p.Gone("ctrl+s send")
}

// profile is an account on a server that sends without a hold.
func profile(t *testing.T, name, realName string, imap, smtp config.Server, user, password, address string) config.Account {
	t.Helper()
	imap.Username, imap.Password = user, config.Secret{Value: password}
	acc, err := config.Complete(config.Account{Name: name, Address: address, RealName: realName, IMAP: imap, SMTP: smtp})
	if err != nil {
		t.Fatal(err)
	}
	acc.Send.Hold = 0
	return acc
}

// labProfile is an account of a real server.
func labProfile(t *testing.T, s *lab.Server, n int, realName string, implicit bool) config.Account {
	t.Helper()
	u := s.Account(n)
	name, _, _ := strings.Cut(u.Address, "@")
	imap := config.Server{Host: s.Host, Port: s.IMAPS, TLS: "implicit", CAFile: s.CAFile}
	smtp := config.Server{Host: s.Host, Port: s.Submission, TLS: "starttls", CAFile: s.CAFile}
	if implicit {
		smtp.Port, smtp.TLS = s.Submissions, "implicit"
	}
	return profile(t, name, realName, imap, smtp, u.Username, u.Password, u.Address)
}

// demoProfiles are the accounts of the server in the process.
func demoProfiles(t *testing.T, s *demo.Server) []config.Account {
	t.Helper()
	var out []config.Account
	info := s.Info()
	for _, u := range s.Users {
		end := func(e demo.Endpoint) config.Server {
			return config.Server{Host: e.Host, Port: e.Port, TLS: e.TLS, CAFile: info.CAFile}
		}
		out = append(out, profile(t, u.Name, u.RealName, end(info.IMAP), end(info.Submission), u.Username, u.Password, u.Address))
	}
	return out
}

func startDemo(t *testing.T, o demo.Options) *demo.Server {
	t.Helper()
	o.Dir = t.TempDir()
	s, err := demo.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// The first minute with postea: write to the echo, see it go, read what comes
// back, answer it, and meet a bounce.
func TestStoryDemo(t *testing.T) {
	s := startDemo(t, demo.Options{Empty: true})
	p := newPerson(t, demoProfiles(t, s)...)
	p.See("All inboxes", "All read and put away")
	p.write("echo@postea.example", "Is there an echo? こだま", "Hello, hello.")
	p.See("Re: Is there an echo?")
	p.Press("g o")
	p.See("Outbox", "✓ accepted", "Is there an echo?")
	p.Press("enter")
	p.See("Client", "EHLO [127.0.0.1]")
	p.Press("G")
	p.See("MAIL FROM:<ada@postea.example>", "queued")
	p.Press("esc", "esc", "g i")
	p.See("Re: Is there an echo?")
	p.Press("enter")
	p.See("Hello, hello.")
	p.Press("r")
	p.See("Re: Is there an echo?", "wrote:")
	p.Type("It answered.")
	p.send()
	p.Until("the answer to the answer", func(string) bool {
		got, err := s.Messages("ada@postea.example", "INBOX")
		return err == nil && len(got) == 2
	})
	p.Press("esc", "g i")
	p.write("nobody@postea.example", "Anybody?", "Knock.")
	p.Press("g o")
	p.See("✕ bounced", "Anybody?")
}

// hostile is what must arrive as it was written.
const (
	oddSubject = "Größe der Wörter — 言葉の大きさ 🦉 und noch ein ziemlich langer Betreff, der gefaltet werden muss"
	oddName    = "Schöne Grüße 挨拶.bin"
	oddSender  = "Alice Ångström-Müller"
)

// TestStoryPostfix: alice and bob on Dovecot and Postfix, one by 587 and
// STARTTLS, the other by 465.
func TestStoryPostfix(t *testing.T) {
	s := lab.Postfix(t)
	alice := newPerson(t, labProfile(t, s, 0, oddSender, false))
	bob := newPerson(t, labProfile(t, s, 1, "Bob", true))
	exchange(t, alice, bob, s)

	// Somebody who does not exist: accepted first, then a bounce that is tied to it.
	alice.Press("esc", "g i")
	alice.write(s.Bounces, "Into the void", "Anybody?")
	alice.Press("g o")
	alice.See("✕ bounced", "Into the void")

	// One bad recipient of three does not stop the other two.
	alice.Press("esc", "g i")
	alice.write(strings.Join([]string{s.Account(1).Address, s.Rejected, s.Account(0).Address}, ", "), "To three", "Hello all.")
	alice.Press("g o")
	alice.See("✕ refused", "To three")
	bob.Press("esc", "g i")
	bob.See("To three")
	alice.Press("esc", "g i")
	alice.See("To three")
	o := lastOutgoing(t, alice)
	want := []mail.RecipientState{mail.RecipientAccepted, mail.RecipientFailed, mail.RecipientAccepted}
	for i, r := range o.Recipients {
		if r.State != want[i] {
			t.Errorf("%s is %s, want %s", r.Address, r.State, want[i])
		}
	}
}

// TestStoryMox: the same on a server of another make.
func TestStoryMox(t *testing.T) {
	s := lab.Mox(t)
	alice := newPerson(t, labProfile(t, s, 0, oddSender, false))
	bob := newPerson(t, labProfile(t, s, 1, "Bob", true))
	exchange(t, alice, bob, s)
	if s.Rejected != "" {
		alice.Press("esc", "g i")
		alice.write(s.Rejected, fmt.Sprintf("Into the void %d", rand.Uint32()), "Anybody?")
		alice.Press("g o")
		alice.See("✕ refused", "Into the void")
	}
}

// exchange: alice writes to bob with an attachment, which arrives as it was; bob
// answers, and the answer stands under what alice wrote.
func exchange(t *testing.T, alice, bob *person, s *lab.Server) {
	t.Helper()
	file := filepath.Join(t.TempDir(), oddName)
	data := make([]byte, 300_000)
	rng := rand.NewChaCha8([32]byte{7})
	rng.Read(data)
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	tag := fmt.Sprintf("%08x", rand.Uint32()) // the server may hold mail of earlier runs
	subject := tag + " " + oddSubject
	alice.write(s.Account(1).Address, subject, "Dear Bob,\n\nἐν ἀρχῇ ἦν ὁ λόγος.\n.\nFrom here on, dots and Froms.\n", file)

	bob.See(tag, "Alice Ångström")
	bob.Press("g g", "enter")
	bob.See(tag, "ἐν ἀρχῇ ἦν ὁ λόγος.", "From here on, dots and Froms.", "Schöne Grüße 挨拶.bin")
	bob.Press("S")
	bob.Press("enter")
	var saved string
	bob.Until("the attachment to be saved", func(string) bool {
		list, err := os.ReadDir(bob.saves)
		if err != nil || len(list) == 0 {
			return false
		}
		saved = list[0].Name()
		info, err := list[0].Info()
		return err == nil && info.Size() == int64(len(data))
	})
	if saved != oddName {
		t.Errorf("saved as %q, want %q", saved, oddName)
	}
	got, err := os.ReadFile(filepath.Join(bob.saves, saved))
	if err != nil || sha256.Sum256(got) != sha256.Sum256(data) {
		t.Errorf("the attachment is not what was sent (%d bytes, %v)", len(got), err)
	}
	arrived := newest(t, bob)
	if arrived.Header.Subject != subject || arrived.Header.From[0].Name != oddSender {
		t.Errorf("arrived as %q from %q", arrived.Header.Subject, arrived.Header.From[0].Name)
	}

	bob.Press("esc", "g i", "g g", "r")
	bob.See("Re: "+tag, "wrote:")
	bob.Type("Καλημέρα, it arrived.")
	bob.send()
	bob.Press("esc")

	alice.Press("esc", "g i")
	alice.See("Re: " + tag)
	alice.Press("g g", "enter")
	alice.See("Καλημέρα, it arrived.", oddSubject[:20])
	list, err := alice.app.Messages(t.Context(), "", "inbox", 1)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	alice.Until("the answer under what it answers", func(string) bool { // the copy in Sent takes a moment
		c, err := alice.app.Conversation(t.Context(), app.Place{Kind: app.PlaceAllInboxes}, list[0].Thread)
		return err == nil && len(c.Messages) == 2 && c.Messages[0].Mine && !c.Messages[1].Mine
	})
}

// TestStoryFromNothing: an empty home, a wizard, a server with a certificate of
// its own, and in the end mail that was read and sent; by keys alone.
func TestStoryFromNothing(t *testing.T) {
	s := startDemo(t, demo.Options{})
	info := s.Info()
	fromNothing(t, host(info.IMAP.Host, info.IMAP.Port), host(info.Submission.Host, info.Submission.Port), s.Users[0].Address, s.Users[0].Username, s.Users[0].Password, "echo@postea.example")
}

// TestStoryFromNothingPostfix: the same on Dovecot and Postfix.
func TestStoryFromNothingPostfix(t *testing.T) {
	s := lab.Postfix(t)
	u := s.Account(0)
	fromNothing(t, host(s.Host, s.IMAPS), host(s.Host, s.Submission), u.Address, u.Username, u.Password, u.Address)
}

// TestStoryFromNothingMox: the same on mox.
func TestStoryFromNothingMox(t *testing.T) {
	s := lab.Mox(t)
	u := s.Account(0)
	fromNothing(t, host(s.Host, s.IMAPS), host(s.Host, s.Submissions), u.Address, u.Username, u.Password, u.Address)
}

func host(name string, port int) string { return net.JoinHostPort(name, strconv.Itoa(port)) }

func fromNothing(t *testing.T, imap, smtp, address, username, password, to string) {
	t.Helper()
	home := t.TempDir()
	path := filepath.Join(home, "config", "config.toml")
	cfg, err := config.Parse(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	open := func(cfg *config.Config) *person {
		a, err := app.Open(t.Context(), app.Options{Config: cfg, Dir: filepath.Join(home, "data"), Hold: true})
		if err != nil {
			t.Fatal(err)
		}
		a.Start(t.Context())
		return &person{app: a, Live: tuitest.NewLive(t, a, tui.Options{Setup: setup.New(cfg, setup.Options{NoAsk: true}), First: len(cfg.Accounts) == 0}, 120, 36)}
	}
	p := open(cfg)
	p.See("Welcome to postea")
	p.Type(address)
	p.Press("tab")
	p.Type("Somebody New")
	p.Press("enter")
	p.See("No settings were found")
	for _, text := range []string{imap, smtp, username} {
		p.Press("ctrl+u")
		p.Type(text)
		p.Press("tab")
	}
	p.Press("enter")
	p.Until("the keys of both servers", func(s string) bool { return strings.Count(s, "its key: sha256:") == 2 })
	p.Type(password)
	p.tabTo("Trust these keys")
	p.Press("enter")
	p.See("answers in")
	p.Until("the answer of the keyring", func(s string) bool { return !strings.Contains(s, "is being asked") })
	p.tabTo("Kept in")
	for range 3 {
		if !strings.Contains(p.Screen(), "• encrypted file") {
			p.Press("right")
		}
	}
	p.See("A new passphrase")
	for range 2 {
		p.Press("tab")
		p.Type("open sesame")
	}
	p.Press("enter")
	p.Until("the account to be there", func(string) bool { return p.Quit })
	if p.Added() == "" {
		t.Error("the interface did not begin anew")
	}
	if err := p.app.Close(); err != nil {
		t.Fatal(err)
	}

	// As a new process would: only the passphrase is asked for.
	cfg, err = config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if !cfg.NeedsPassphrase() {
		t.Error("nobody would be asked for the passphrase")
	}
	if data, err := os.ReadFile(path); err != nil || strings.Contains(string(data), password) {
		t.Errorf("the password is in the configuration (%v)", err)
	}
	if err := cfg.Vault().Unlock("open sesame"); err != nil {
		t.Fatal(err)
	}
	cfg.Accounts[0].Send.Hold = 0
	p = open(cfg)
	defer p.app.Close()
	p.See("synced")
	tag := fmt.Sprintf("From nothing %08x", rand.Uint32())
	p.write(to, tag, "The first letter.")
	p.Press("g i")
	p.See(tag)
	p.Press("g g", "enter")
	p.See(tag, "The first letter.")
}

// tabTo presses tab until the cursor is on a line with a text.
func (p *person) tabTo(text string) {
	p.T.Helper()
	for range 12 {
		p.Press("tab")
		if p.Focus(text) {
			return
		}
	}
	p.T.Fatalf("%q does not get the focus:\n%s", text, p.Screen())
}

func newest(t *testing.T, p *person) *reading.Message {
	t.Helper()
	list, err := p.app.Messages(t.Context(), "", "inbox", 1)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	m, _, err := p.app.Readable(t.Context(), list[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func lastOutgoing(t *testing.T, p *person) mail.Outgoing {
	t.Helper()
	list, err := p.app.Outgoing(t.Context())
	if err != nil || len(list) == 0 {
		t.Fatal(list, err)
	}
	return list[0]
}

// A server that hangs, one that is gone, and one that never answers hold up no
// key: all of these are answered by the next frame, without waiting for anything.
func TestStoryDeadServers(t *testing.T) {
	tests := []struct {
		name   string
		fault  func(*demo.Server)
		status string
	}{
		{"IMAP hangs", func(s *demo.Server) { s.IMAP.Stall() }, ""},
		{"SMTP hangs", func(s *demo.Server) { s.SMTP.Stall() }, ""},
		{"no network", func(s *demo.Server) { s.IMAP.SetOffline(true); s.SMTP.SetOffline(true) }, "offline"},
		{"wrong password", func(s *demo.Server) { s.IMAP.RefuseLogins(true); s.IMAP.Drop() }, "sign-in"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := startDemo(t, demo.Options{Empty: true})
			for i := range 12 {
				raw := fmt.Sprintf("From: P%02d <p@x.example>\r\nTo: ada@postea.example\r\nSubject: Letter %02d\r\nMessage-ID: <%d@x>\r\nDate: %s\r\n\r\nText of letter %02d.\r\n",
					i, i, i, time.Now().Add(-time.Duration(i)*time.Hour).Format(time.RFC1123Z), i)
				if err := s.Deliver("ada@postea.example", "INBOX", []byte(raw)); err != nil {
					t.Fatal(err)
				}
			}
			p := newPerson(t, demoProfiles(t, s)...)
			p.See("Letter 00", "Letter 11")
			p.Until("the bodies", func(string) bool {
				_, _, err := p.app.Parsed(t.Context(), 12)
				return err == nil
			})
			tt.fault(s)
			p.Press("j", "j", "enter") // opening, archiving, writing: nothing waits for a server
			p.See("Text of letter 02.")
			p.Press("esc", "e")
			p.See("Archived 1 conversation")
			p.Gone("Letter 02")
			p.Press("u")
			p.See("Letter 02")
			p.write("echo@postea.example", "While it hangs", "x")
			p.Press("g o")
			p.See("While it hangs")
			p.Press("esc", "g i", "G")
			p.See("Letter 11")
			if tt.status != "" {
				p.Press("ctrl+r")
				p.See(tt.status)
			}
		})
	}
}

// The text that says what is wrong is one line, names the server, and says what
// to do.
func TestStoryErrorsInWords(t *testing.T) {
	s := startDemo(t, demo.Options{Empty: true})
	good := demoProfiles(t, s)[0]
	tests := []struct {
		name string
		bend func(*config.Account)
		want []string
	}{
		{"wrong password", func(a *config.Account) {
			a.IMAP.Password, a.SMTP.Password = config.Secret{Value: "no"}, config.Secret{Value: "no"}
		}, []string{"password"}},
		{"refused certificate", func(a *config.Account) { a.IMAP.CAFile, a.SMTP.CAFile = "", "" }, []string{"certificate", "ca_file"}},
		{"unknown host", func(a *config.Account) { a.IMAP.Host, a.SMTP.Host = "mail.invalid", "mail.invalid" }, []string{"mail.invalid", "host"}},
		{"nobody listens", func(a *config.Account) { a.IMAP.Port, a.SMTP.Port = 1, 1 }, []string{"refuses the connection"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			acc := good
			tt.bend(&acc)
			services := doctor.Probe(t.Context(), acc)
			if len(services) != 2 {
				t.Fatalf("%d services probed", len(services))
			}
			for _, got := range services {
				if got.Err == nil {
					t.Errorf("%s: no error", got.Name)
					continue
				}
				if strings.Contains(got.Text, "\n") {
					t.Errorf("%s: more than one line: %q", got.Name, got.Text)
				}
				for _, w := range tt.want {
					if !strings.Contains(strings.ToLower(got.Text), w) {
						t.Errorf("%s: %q does not speak of %q", got.Name, got.Text, w)
					}
				}
			}
		})
	}
	if got := doctor.Probe(t.Context(), good); slices.ContainsFunc(got, func(s doctor.Service) bool { return s.Err != nil }) {
		t.Errorf("the good account: %+v", got)
	}
}
