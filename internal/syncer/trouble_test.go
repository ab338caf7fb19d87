package syncer

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"postea/config"
	"postea/config/oauth"
	"postea/imapclient"
	"postea/internal/dial"
	"postea/internal/event"
	"postea/internal/lab"
	"postea/internal/store"
)

func impatient(o *Options) {
	o.Timeouts.Command, o.Timeouts.Done = 150*time.Millisecond, 150*time.Millisecond
}

// saysWhatToDo checks a line for the user.
func saysWhatToDo(t *testing.T, st Status, words ...string) {
	t.Helper()
	if st.Text == "" || strings.ContainsAny(st.Text, "\r\n") || len(st.Text) > 300 {
		t.Errorf("status text %q is not one line", st.Text)
	}
	for _, w := range words {
		if !strings.Contains(st.Text, w) {
			t.Errorf("status text %q does not say %q", st.Text, w)
		}
	}
}

func TestWrongPasswordIsTriedOnce(t *testing.T) {
	s := newServer(t, modern)
	s.mu.Lock()
	s.password = "changed"
	s.mu.Unlock()
	r := newRig(t, s.profile())
	stop := r.run()
	saysWhatToDo(t, r.awaitKind(NeedsYou), "127.0.0.1 refused the sign-in of ada", "wrong password; check user name and password of account a")
	r.Wake()
	time.Sleep(20 * r.options.Pace.FirstPause) // time for tries that must not come
	if n := len(s.said("AUTHENTICATE")); n != 1 {
		t.Errorf("signed in %d times", n)
	}
	s.mu.Lock()
	s.password = "secret"
	s.mu.Unlock()
	r.SyncNow()
	r.awaitKind(Online)
	stop()
	if st := r.Status(); st.Kind != Idle {
		t.Errorf("after the end: %+v", st)
	}
}

// A provider that gives no token at the moment is nothing that the user could mend.
func TestNoTokenForNowIsTriedAgain(t *testing.T) {
	cfg, err := config.Parse(filepath.Join(t.TempDir(), "config.toml"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := cfg.Vault().Unlock("open sesame"); err != nil {
		t.Fatal(err)
	}
	p := newServer(t, modern+" AUTH=XOAUTH2").profile()
	p.Address, p.IMAP.Auth, p.IMAP.Password = "ada@a.test", "oauth2", config.Secret{}
	p.OAuth2 = config.OAuth2{ClientID: "x", TokenURL: "https://127.0.0.1:1/token", AuthURL: "https://127.0.0.1:1/auth", Keep: "encrypted"}
	if p, err = cfg.Complete(p); err != nil {
		t.Fatal(err)
	}
	if err := p.KeepToken(t.Context(), oauth.Token{Refresh: "r"}); err != nil {
		t.Fatal(err)
	}
	r := newRig(t, p)
	r.run()
	saysWhatToDo(t, r.awaitKind(Offline), "gives no new token", "tried again later")
}

func TestNoWayToSignIn(t *testing.T) {
	p := newServer(t, modern).profile()
	p.IMAP.Auth = "strong"
	r := newRig(t, p)
	r.run()
	saysWhatToDo(t, r.awaitKind(NeedsYou), `127.0.0.1 cannot be signed in to as ada: the server offers no way to sign in that "strong" allows`, "check auth")
}

func TestSignInRefusedForNowIsTriedAgain(t *testing.T) {
	s := newServer(t, modern)
	s.bendOnce("AUTHENTICATE", "NO [UNAVAILABLE] come back later")
	r := newRig(t, s.profile())
	r.run()
	r.awaitKind(Online)
	later := &imapclient.Error{Op: "sign in", Kind: imapclient.KindNo, Code: "UNAVAILABLE", Text: "come back later"}
	want := "imap.example.org cannot do this for now (sign in: the server said no [UNAVAILABLE]: come back later); postea keeps trying"
	a := New(Options{Account: config.Account{IMAP: config.Server{Host: "imap.example.org"}}})
	if got := a.failed(later, time.Unix(1, 0)).Text; got != want {
		t.Errorf("%q", got)
	}
}

func TestMissingPasswordNeedsYou(t *testing.T) {
	s := newServer(t, modern)
	p := s.profile()
	p.IMAP.Password = config.Secret{Env: "POSTEA_TEST_NO_SUCH_VARIABLE"}
	r := newRig(t, p)
	r.run()
	saysWhatToDo(t, r.awaitKind(NeedsYou), "POSTEA_TEST_NO_SUCH_VARIABLE")
}

func TestBadCertificateNeedsYou(t *testing.T) {
	files := lab.NewCertificates(t, t.TempDir())
	cert, err := tls.LoadX509KeyPair(files.Cert, files.Key)
	if err != nil {
		t.Fatal(err)
	}
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{cert}})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_ = c.(*tls.Conn).Handshake()
			c.Close()
		}
	}()
	p := (&server{port: l.Addr().(*net.TCPAddr).Port}).profile()
	p.IMAP.TLS = "implicit"
	r := newRig(t, p)
	r.run()
	saysWhatToDo(t, r.awaitKind(NeedsYou), "certificate", "ca_file")
}

// A sign-in that has worked, and a certificate, are tried again by themselves: nobody may
// be there to ask for it.
func TestWhatNeedsYouIsTriedAgain(t *testing.T) {
	t.Run("refused for a while", func(t *testing.T) {
		s := newServer(t, modern)
		r := newRig(t, s.profile(), func(o *Options) { o.Pace.Refused = 20 * time.Millisecond })
		r.run()
		r.awaitKind(Online)
		s.bend(func(c string) string {
			if strings.HasPrefix(c, "AUTHENTICATE") {
				return "NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)"
			}
			return ""
		})
		s.hangUp()
		r.awaitKind(NeedsYou)
		s.bend(nil)
		r.awaitKind(Online)
	})
	t.Run("no password yet", func(t *testing.T) {
		s := newServer(t, modern)
		p := s.profile()
		p.IMAP.Password = config.Secret{Env: "POSTEA_TEST_LATER"}
		t.Setenv("POSTEA_TEST_LATER", "")
		r := newRig(t, p, func(o *Options) { o.Pace.Refused = 20 * time.Millisecond })
		r.run()
		r.awaitKind(NeedsYou)
		t.Setenv("POSTEA_TEST_LATER", "secret")
		r.awaitKind(Online)
	})
	for name, err := range map[string]error{
		"certificate": &dial.Error{Kind: dial.KindCertificate},
		"disk":        fmt.Errorf("storing messages: %w", &store.FullError{Text: "the disk is full"}),
		"settings":    &dial.Error{Kind: dial.KindConfig},
		"password":    &imapclient.Error{Kind: imapclient.KindAuth},
	} {
		a := New(Options{Account: config.Account{Name: "a"}})
		want := map[string]time.Duration{"certificate": time.Second, "disk": time.Second}[name]
		if got := a.again(err, time.Second); got != want {
			t.Errorf("%s: tried again after %v", name, got)
		}
		st := a.failed(err, time.Unix(1, 0))
		a.setStatus(st)
		a.Resumed() // in a network that may be another
		if tried := len(a.retry) > 0; tried != (want > 0) || st.Retry.IsZero() == tried {
			t.Errorf("%s: tried again when the machine wakes: %t, %+v", name, tried, st)
		}
		if st.Kind != NeedsYou || name == "disk" && st.Text != "the disk is full; postea keeps trying" {
			t.Errorf("%s: %+v", name, st)
		}
	}
}

func TestUnreachableServersAreTriedAgainWithGrowingPauses(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := (&server{port: l.Addr().(*net.TCPAddr).Port}).profile()
	l.Close()
	r := newRig(t, p, func(o *Options) { o.Pace = Pace{FirstPause: 20 * time.Millisecond, MaxPause: 80 * time.Millisecond} })
	sub := r.listen()
	r.run()
	var pauses []time.Duration
	var last time.Time
	for len(pauses) < 5 {
		sub.await("a change of the account", func(e event.Event) bool { return e == event.AccountChanged{Account: "a"} })
		st := r.Status()
		if st.Kind != Offline || st.Retry.Equal(last) {
			continue
		}
		last = st.Retry
		saysWhatToDo(t, st, "postea keeps trying")
		pauses = append(pauses, time.Until(st.Retry))
	}
	if pauses[0] > 25*time.Millisecond || pauses[4] < 30*time.Millisecond || slices.Max(pauses) > 85*time.Millisecond {
		t.Errorf("pauses were %v", pauses)
	}
}

func TestUnknownHost(t *testing.T) {
	p := (&server{port: 143}).profile()
	p.IMAP.Host, p.IMAP.TLS = "nowhere.invalid", "implicit"
	r := newRig(t, p)
	r.run()
	saysWhatToDo(t, r.awaitKind(Offline), "nowhere.invalid", "check the host name")
}

// TestPortForTLS: a port for TLS from the start says nothing to somebody who waits
// for a greeting; it was said to be silent, as one that is overloaded.
func TestPortForTLS(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	p := (&server{port: l.Addr().(*net.TCPAddr).Port}).profile()
	p.IMAP.TLS = "starttls"
	r := newRig(t, p, impatient)
	r.run()
	saysWhatToDo(t, r.awaitKind(Offline), "127.0.0.1", `tls = "implicit"`, "postea keeps trying")
}

func TestStalledServer(t *testing.T) {
	for _, command := range []string{"AUTHENTICATE", "LIST", "SELECT", "UID SEARCH", "UID FETCH", "UID MOVE", "IDLE"} {
		t.Run(command, func(t *testing.T) {
			s := newServer(t, modern)
			if command == "UID SEARCH" {
				s.fill("INBOX", window)
			}
			s.add("INBOX", letter("one", "x"))
			r := newRig(t, s.profile(), impatient, func(o *Options) { o.Pace.Round = 100 * time.Millisecond; o.Pace.FirstPause = 200 * time.Millisecond })
			if command == "UID MOVE" {
				r.sync()
				r.apply(store.Change{MoveTo: r.folder("archive")}, r.message("one").ID)
			}
			s.bend(func(c string) string {
				if strings.HasPrefix(c, command) {
					return "stall"
				}
				return ""
			})
			r.run()
			st := r.awaitKind(Offline)
			saysWhatToDo(t, st, "127.0.0.1 does not answer; postea keeps trying")
			if st.Retry.IsZero() {
				t.Error("it is not said when it is tried again")
			}
			s.bend(nil)
			r.awaitKind(Online)
			r.awaitAgreement(s.truth)
		})
	}
}

func TestEndingDoesNotWaitForTheServer(t *testing.T) {
	for _, command := range []string{"AUTHENTICATE", "UID SEARCH", "IDLE"} {
		s := newServer(t, modern)
		s.fill("INBOX", window+1)
		reached := make(chan struct{}, 10)
		s.bend(func(c string) string {
			if strings.HasPrefix(c, command) {
				reached <- struct{}{}
				return "stall"
			}
			return ""
		})
		r := newRig(t, s.profile(), func(o *Options) { o.Timeouts = imapclient.Timeouts{} })
		stop := r.run()
		<-reached
		began := time.Now()
		stop()
		if took := time.Since(began); took > 3*farewell {
			t.Errorf("stalled in %s: the end took %v", command, took)
		}
	}
}

func TestHangingUpInIdle(t *testing.T) {
	s := newServer(t, modern)
	r := newRig(t, s.profile())
	r.run()
	for i := range 3 {
		r.awaitKind(Online)
		s.hangUp()
		s.add("INBOX", letter(fmt.Sprint("m", i), "x"))
		r.awaitAgreement(s.truth)
	}
}

func TestGoodbyeIsToldInTheServersWords(t *testing.T) {
	s := newServer(t, modern)
	s.bend(func(c string) string {
		if strings.HasPrefix(c, "LIST") {
			return "* BYE shutting down for the night"
		}
		if strings.HasPrefix(c, "UID") || strings.HasPrefix(c, "SELECT") {
			return "drop"
		}
		return ""
	})
	r := newRig(t, s.profile())
	err := r.Round(t.Context())
	if err == nil {
		t.Fatal("no error")
	}
	saysWhatToDo(t, r.Status(), "127.0.0.1", "postea keeps trying")
	if r.Explain(err)+trying != r.Status().Text {
		t.Errorf("Explain says %q, the status %q", r.Explain(err), r.Status().Text)
	}
}

func TestSyncNowEndsThePause(t *testing.T) {
	s := newServer(t, modern)
	s.bend(func(string) string { return "drop" })
	r := newRig(t, s.profile(), func(o *Options) { o.Pace.FirstPause = time.Hour })
	r.run()
	r.awaitKind(Offline)
	s.bend(nil)
	r.SyncNow()
	r.awaitKind(Online)
}

func TestMailBetweenPullAndIdleIsNotOverslept(t *testing.T) {
	s := newServer(t, modern)
	s.add("INBOX", letter("one", "x"))
	r := newRig(t, s.profile(), func(o *Options) { o.Pace.Round = time.Hour })
	s.bend(func(c string) string {
		if strings.HasPrefix(c, `SELECT "Junk"`) { // behind INBOX, before IDLE
			s.boxes["INBOX"].add(letter("two", "x"), s.start())
			s.hook = nil
		}
		return ""
	})
	r.run()
	r.message("two")
}

func TestFoldersThatCannotBeOpenedArePassedOver(t *testing.T) {
	for _, name := range []string{"Archive", "INBOX"} {
		s := newServer(t, modern)
		s.add("INBOX", letter("one", "x"))
		s.add("Archive", letter("two", "x"))
		s.add("Trash", letter("three", "x"))
		s.bend(func(c string) string {
			if strings.HasPrefix(c, `SELECT "`+name) {
				return "NO the folder is broken"
			}
			return ""
		})
		r := newRig(t, s.profile(), func(o *Options) { o.Pace.Round = 200 * time.Millisecond })
		r.run()
		r.message("three")
		st := r.awaitKind(Online)
		if name == "INBOX" {
			saysWhatToDo(t, st, "INBOX cannot be read", "the folder is broken")
		} else if st.Text != "" {
			t.Errorf("status %+v", st)
		}
		s.bend(nil)
		r.awaitAgreement(s.truth)
	}
}

// A round says which folders it has passed over, until they can be read.
func TestPassedOverFoldersAreTold(t *testing.T) {
	for _, answer := range []string{"NO the folder is broken", "BAD nothing of the kind"} {
		s := newServer(t, modern)
		s.add("INBOX", letter("one", "x"))
		s.add("Archive", letter("two", "x"))
		r := newRig(t, s.profile())
		s.bend(func(c string) string {
			if strings.HasPrefix(c, `SELECT "Archive`) {
				return answer
			}
			return ""
		})
		r.sync()
		told := r.PassedOver()
		if len(told) != 1 || !strings.HasPrefix(told[0], "Archive cannot be read: ") {
			t.Errorf("%s: told %q", answer, told)
		}
		s.bend(nil)
		r.sync()
		if told := r.PassedOver(); len(told) > 0 {
			t.Errorf("%s: still told %q", answer, told)
		}
		r.agree(s.truth)
	}
}

func TestFolderThatKillsTheConnectionDoesNotStopTheRest(t *testing.T) {
	s := newServer(t, modern)
	s.add("Archive", letter("one", "x"))
	s.create("Killer", "")
	s.add("Trash", letter("three", "x"))
	s.bend(func(c string) string {
		if strings.HasPrefix(c, `SELECT "Killer`) {
			return "drop"
		}
		return ""
	})
	r := newRig(t, s.profile())
	r.run()
	r.awaitKind(Online)
	r.agree(s.truth)
	s.add("Killer", letter("four", "x"))
	s.bend(nil)
	r.SyncNow()
	r.awaitAgreement(s.truth)
}

func TestOddAnswersDoNotEndTheSync(t *testing.T) {
	for _, odd := range []string{
		"* 1 FETCH (UID 1 FLAGS", "* 7 FETCH ((((", "* 2 FETCH (UID 4294967295 FLAGS (\\Seen))", "* SEARCH a b", "* VANISHED 1:*", "* XYZ",
		"* 99999999999 EXISTS", "* 0 FETCH (UID 0)", "* LIST (\\HasNoChildren", `* STATUS "INBOX" (MESSAGES -1)`, "* 4000000000 EXPUNGE",
	} {
		s := newServer(t, modern)
		for i := range 5 {
			s.add("INBOX", letter(fmt.Sprint("m", i), "x"))
		}
		s.bend(func(c string) string {
			if strings.HasPrefix(c, "UID SEARCH") && strings.HasPrefix(odd, "* SEARCH") {
				return ""
			}
			return odd
		})
		r := newRig(t, s.profile(), func(o *Options) { o.Bodies = "all" })
		r.sync()
		if r.agree(s.truth); t.Failed() {
			t.Fatalf("with %q", odd)
		}
	}
}

func TestMessagesThatCannotBeReadAreListedAllTheSame(t *testing.T) {
	s := newServer(t, modern)
	const n = 2 * window
	s.change("INBOX", func(b *box) {
		for i := range n {
			b.add(letter(fmt.Sprint("m", i), "x"), s.start())
		}
		b.msgs[3].odd = "BODY[HEADER.FIELDS (X)] {9223372036854775807}\r\n" // breaks the framing
		b.msgs[700].odd = "RFC822.SIZE many (("                             // breaks the answer
		b.msgs[701].odd, b.msgs[701].noBody = "RFC822.SIZE many ((", "NO [SERVERBUG] it is damaged"
		b.msgs[702].odd, b.msgs[702].noBody = "RFC822.SIZE many ((", "OK it is gone"
	})
	r := newRig(t, s.profile())
	r.sync()
	for _, mid := range []string{"m0", "m3", "m700", "m999"} {
		r.message(mid)
	}
	have := r.mirror()
	if len(have) != n-1 {
		t.Errorf("%d messages are listed, want all but the one that is gone", len(have))
	}
	if !slices.ContainsFunc(have, func(l string) bool { return strings.HasPrefix(l, "INBOX 702 ") }) {
		t.Error("the damaged message is invisible")
	}
	s.said("")
	r.sync()
	if got := s.said("UID FETCH"); len(got) > 5 {
		t.Errorf("the second round asks %q", got)
	}
}

func TestServerThatGivesNothingForAWhile(t *testing.T) {
	s := newServer(t, modern)
	s.add("INBOX", letter("one", "x"))
	r := newRig(t, s.profile())
	r.sync()
	s.add("INBOX", letter("two", "y"))
	s.bend(func(c string) string {
		if strings.HasPrefix(c, "UID FETCH") {
			return "NO [SERVERBUG] Internal error occurred."
		}
		return ""
	})
	r.sync()
	if len(r.mirror()) != 1 {
		t.Errorf("listed are %q", r.mirror())
	}
	s.bend(nil)
	r.sync()
	r.agree(s.truth)
	r.message("two")
}

func TestServerThatTalksNonsenseIsLeftAloneInTheEnd(t *testing.T) {
	s := newServer(t, modern)
	s.change("INBOX", func(b *box) {
		for i := range window {
			b.add(letter(fmt.Sprint("m", i), "x"), s.start())
			b.msgs[i].odd = "BODY[HEADER.FIELDS (X)] {9223372036854775807}\r\n"
		}
	})
	r := newRig(t, s.profile())
	_ = r.Round(t.Context())
	if n := len(s.said("AUTHENTICATE")); n > maxSpoils+5 {
		t.Errorf("it signed in %d times in one round", n)
	}
}

func TestNoGoroutineIsLeft(t *testing.T) {
	s := newServer(t, modern)
	r := newRig(t, s.profile())
	r.sync()
	before := runtime.NumGoroutine()
	for range 3 {
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- r.Run(ctx) }()
		r.awaitKind(Online)
		r.Wake()
		s.hangUp()
		s.add("INBOX", letter(fmt.Sprint(time.Now().UnixNano()), "x"))
		r.awaitAgreement(s.truth)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	r.await("waiting for goroutines to end", func() string {
		if n := runtime.NumGoroutine(); n > before {
			return fmt.Sprintf("%d, were %d", n, before)
		}
		return ""
	})
}

// Who has to make an app password is not told to look for a typing error.
func TestAppPasswordIsAskedFor(t *testing.T) {
	p := config.Account{Name: "home", IMAP: config.Server{Host: "imap.example.org", Username: "ada"}}
	for text, want := range map[string]string{
		"Application-specific password required: https://support.example/185833 (Failure)": "make one in the settings of the account there, and give it to account home in place of its password",
		"Invalid credentials (Failure)": "check user name and password of account home",
	} {
		got := Explain(p, &imapclient.Error{Op: "sign in", Kind: imapclient.KindAuth, Text: text})
		if head := "imap.example.org refused the sign-in of ada: " + text + "; "; got != head+want {
			t.Errorf("%q", got)
		}
	}
}
