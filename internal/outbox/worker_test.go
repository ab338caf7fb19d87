package outbox

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"postea/config"
	"postea/internal/event"
	"postea/internal/mail"
	"postea/internal/store"
	"postea/internal/storetest"
)

type bench struct {
	t     testing.TB
	srv   *server
	store *store.Store
	bus   *event.Bus
	w     *Worker
	acc   config.Account

	mu      sync.Mutex // guards what follows while a worker runs
	now     time.Time
	commits []string
}

var emptyStore = storetest.New(func(dir string) (*store.Store, error) { return store.Open(context.Background(), dir, store.Options{}) })

func newBench(t testing.TB) *bench { return newBenchIn(t, emptyStore.Dir(t)) }

func newBenchIn(t testing.TB, dir string) *bench {
	b := &bench{t: t, srv: newServer(t), bus: &event.Bus{}, now: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)}
	b.acc = config.Account{
		Name: "work", Address: "ada@a.test",
		SMTP: config.Server{Host: "127.0.0.1", Port: b.srv.addr.Port, TLS: "none", Username: "ada", Auth: "plain", Password: config.Secret{Value: "secret"}},
		Send: config.Send{Retry: []time.Duration{time.Minute, 5 * time.Minute}, GiveUp: 48 * time.Hour,
			Reconcile: []time.Duration{15 * time.Second}, OnUnsure: "ask"},
	}
	var err error
	if b.store, err = store.Open(t.Context(), dir, store.Options{Bus: b.bus, Now: b.clock, Step: b.step}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.store.Close() })
	b.w = b.worker()
	return b
}

func (b *bench) clock() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.now
}

// step counts commits to own.db.
func (b *bench) step(point string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if strings.HasPrefix(point, "own.") && strings.HasSuffix(point, ".committed") {
		b.commits = append(b.commits, point)
	}
}

func (b *bench) setNow(t time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now = t
}

// worker is one of a new process.
func (b *bench) worker() *Worker {
	w := New(Options{Store: b.store, Bus: b.bus, Now: b.clock, KeepOpen: time.Hour,
		Account: func(name string) (config.Account, bool) { return b.acc, name == b.acc.Name }})
	b.t.Cleanup(w.closeAll)
	return w
}

func (b *bench) queue(to ...string) mail.OutboxID {
	b.t.Helper()
	item := store.QueueItem{
		Outgoing: mail.Outgoing{Account: "work", MessageID: "m1@a.test", EnvID: "e1", From: "ada@a.test", Subject: "hello"},
		Wire:     []byte("Subject: hello\r\nMessage-ID: <m1@a.test>\r\n\r\n.dots\r\nbody\r\n"),
		Draft:    mail.Draft{Account: "work", To: strings.Join(to, ", "), Subject: "hello", Body: "body"}, WantsCopy: true,
	}
	for _, r := range to {
		item.Outgoing.Recipients = append(item.Outgoing.Recipients, mail.Recipient{Address: r})
		item.Outgoing.To = append(item.Outgoing.To, mail.Address{Address: r})
	}
	id, err := b.store.Queue(b.t.Context(), item)
	if err != nil {
		b.t.Fatal(err)
	}
	return id
}

func (b *bench) flush() {
	b.t.Helper()
	if err := b.w.Flush(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) item(id mail.OutboxID) mail.Outgoing {
	b.t.Helper()
	o, err := b.store.OutboxItem(b.t.Context(), id)
	if err != nil {
		b.t.Fatal(err)
	}
	return o
}

// expect compares the item's state and its recipients' ("pending 451", …).
func (b *bench) expect(id mail.OutboxID, state mail.ItemState, recipients ...string) mail.Outgoing {
	b.t.Helper()
	o := b.item(id)
	var got []string
	for _, r := range o.Recipients {
		s := string(r.State)
		if r.Code != 0 {
			s += " " + mail.ID(r.Code).String()
		}
		got = append(got, s)
	}
	if o.State != state || strings.Join(got, ", ") != strings.Join(recipients, ", ") {
		b.t.Fatalf("item is %s with %q, want %s with %q; last: %s; blocked: %s", o.State, got, state, recipients, o.LastText, o.Blocked)
	}
	return o
}

func TestAcceptedMessage(t *testing.T) {
	b := newBench(t)
	id := b.queue("bob@b.test", "eve@e.test")
	b.expect(id, mail.ItemQueued, "pending", "pending")
	b.flush()
	o := b.expect(id, mail.ItemAccepted, "accepted 250", "accepted 250")
	if o.QueueID != "ABC123" || o.Attempts != 1 || o.Copy != mail.CopyPending {
		t.Fatalf("%+v", o)
	}
	if got := b.srv.taken(); len(got) != 1 || !strings.Contains(got[0], "\r\n.dots\r\n") {
		t.Fatalf("the server took %q", got)
	}
	at, err := b.store.Attempts(t.Context(), id)
	if err != nil || len(at) != 1 || !at[0].Committed || at[0].Ended.IsZero() {
		t.Fatalf("%+v %v", at, err)
	}
	if c := b.conversation(id); !strings.Contains(c, "Client: RCPT TO:<bob@b.test> NOTIFY=FAILURE,DELAY") || strings.Contains(c, "AGFkYQBzZWNyZXQ") {
		t.Fatalf("conversation:\n%s", c)
	}
	b.flush() // nothing is due any more
	if len(b.srv.taken()) != 1 {
		t.Fatal("sent twice")
	}
}

// noSender refuses the sender, and then all of a flight that has no sender.
func (s *server) noSender(reply string) {
	s.offers, s.atMail = append(s.offers, "PIPELINING"), reply
	for _, a := range []string{"bob@b.test", "eve@e.test"} {
		s.rcpt[a] = "503 5.5.1 need MAIL command"
	}
}

func TestReplies(t *testing.T) {
	for name, c := range map[string]struct {
		script     func(*server)
		state      mail.ItemState
		recipients []string
	}{
		"one of two refused": {func(s *server) { s.rcpt["bob@b.test"] = "550 5.1.1 no such user" },
			mail.ItemRejected, []string{"failed 550", "accepted 250"}},
		"one of two deferred": {func(s *server) { s.rcpt["bob@b.test"] = "451 4.2.0 later" },
			mail.ItemDeferred, []string{"pending 451", "accepted 250"}},
		"all refused": {func(s *server) { s.rcpt["bob@b.test"] = "550 5.1.1 no"; s.rcpt["eve@e.test"] = "554 5.7.1 no" },
			mail.ItemRejected, []string{"failed 550", "failed 554"}},
		"all deferred": {func(s *server) { s.rcpt["bob@b.test"] = "450 later"; s.rcpt["eve@e.test"] = "451 later" },
			mail.ItemDeferred, []string{"pending 450", "pending 451"}},
		"one refused, one deferred": {func(s *server) { s.rcpt["bob@b.test"] = "550 no"; s.rcpt["eve@e.test"] = "451 later" },
			mail.ItemDeferred, []string{"failed 550", "pending 451"}},
		"sender refused":                    {func(s *server) { s.atMail = "553 5.7.1 not yours" }, mail.ItemRejected, []string{"failed 553", "failed 553"}},
		"sender deferred":                   {func(s *server) { s.atMail = "452 4.3.1 no space" }, mail.ItemDeferred, []string{"pending 452", "pending 452"}},
		"content refused":                   {func(s *server) { s.afterDot = "554 5.6.0 virus" }, mail.ItemRejected, []string{"failed 554", "failed 554"}},
		"content deferred":                  {func(s *server) { s.afterDot = "451 4.3.0 try later" }, mail.ItemDeferred, []string{"pending 451", "pending 451"}},
		"wrong password":                    {func(s *server) { s.atAuth = "535 5.7.8 bad credentials" }, mail.ItemBlocked, []string{"pending", "pending"}},
		"sign-in down":                      {func(s *server) { s.atAuth = "454 4.7.0 temporary" }, mail.ItemDeferred, []string{"pending", "pending"}},
		"no service":                        {func(s *server) { s.greeting = "554 no SMTP service here" }, mail.ItemDeferred, []string{"pending", "pending"}},
		"line lost after the dot":           {func(s *server) { s.afterDot = "drop" }, mail.ItemUnsure, []string{"unsure", "unsure"}},
		"lost after the dot, not taken":     {func(s *server) { s.afterDot = "lose" }, mail.ItemUnsure, []string{"unsure", "unsure"}},
		"lost after the dot, one refused":   {func(s *server) { s.afterDot = "lose"; s.rcpt["bob@b.test"] = "550 no" }, mail.ItemUnsure, []string{"failed 550", "unsure"}},
		"sender deferred in a flight":       {func(s *server) { s.noSender("450 4.7.1 slow down") }, mail.ItemDeferred, []string{"pending 450", "pending 450"}},
		"sender refused in a flight":        {func(s *server) { s.noSender("553 5.7.1 not yours") }, mail.ItemRejected, []string{"failed 553", "failed 553"}},
		"not signed in, in a flight":        {func(s *server) { s.noSender("530 5.7.0 authenticate") }, mail.ItemBlocked, []string{"pending", "pending"}},
		"authentication required at sender": {func(s *server) { s.atMail = "530 5.7.0 authenticate" }, mail.ItemBlocked, []string{"pending", "pending"}},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.srv.set(func() { c.script(b.srv) })
			id := b.queue("bob@b.test", "eve@e.test")
			b.flush()
			o := b.expect(id, c.state, c.recipients...)
			if c.state == mail.ItemDeferred && !o.NextAttempt.Equal(b.now.Add(time.Minute)) {
				t.Fatalf("next try at %v", o.NextAttempt)
			}
			taken := len(b.srv.taken())
			b.flush()
			if len(b.srv.taken()) != taken {
				t.Fatal("sent again although nothing was due")
			}
		})
	}
}

func TestBackoffThenGivingUp(t *testing.T) {
	b := newBench(t)
	b.srv.set(func() { b.srv.rcpt["bob@b.test"] = "451 4.2.0 greylisted" })
	id := b.queue("bob@b.test")
	b.flush()
	for i, wait := range []time.Duration{time.Minute, 5 * time.Minute, 5 * time.Minute} {
		o := b.expect(id, mail.ItemDeferred, "pending 451")
		if got := o.NextAttempt.Sub(b.now); got != wait {
			t.Fatalf("wait %d is %v", i, got)
		}
		b.now = b.now.Add(wait)
		b.flush()
	}
	b.triedFor(48 * time.Hour)
	o := b.expect(id, mail.ItemRejected, "failed 451")
	if !strings.Contains(o.LastText, "gave up after 2 days") {
		t.Fatalf("last text %q", o.LastText)
	}
}

// A message that waits for long is told of once, and then tried on.
func TestLate(t *testing.T) {
	b := newBench(t)
	b.acc.Send.Warn = 4 * time.Hour
	b.srv.set(func() { b.srv.atMail = "451 4.3.0 busy" })
	news := b.bus.Subscribe()
	defer news.Close()
	id := b.queue("bob@b.test")
	for range 4 {
		b.flush()
		b.now = b.now.Add(3 * time.Hour)
	}
	told := 0
	list, err := news.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		if n, ok := e.(event.Notice); ok && strings.Contains(n.Text, "\"hello\" has been waiting for 6 hours") {
			told++
		}
	}
	if told != 1 {
		t.Errorf("told %d times", told)
	}
	b.expect(id, mail.ItemDeferred, "pending 451")
}

func TestUnsureIsNeverSentAgainByItself(t *testing.T) {
	b := newBench(t)
	b.srv.set(func() { b.srv.afterDot = "drop" })
	id := b.queue("bob@b.test")
	b.flush()
	b.srv.set(func() { b.srv.afterDot = "" })
	for range 5 {
		b.now = b.now.Add(24 * time.Hour)
		b.flush()
	}
	b.expect(id, mail.ItemUnsure, "unsure")
	if err := b.store.Retry(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	b.flush()
	b.expect(id, mail.ItemAccepted, "accepted 250")
	got := b.srv.taken()
	if len(got) != 2 || got[0] != got[1] {
		t.Fatalf("retry did not send the same bytes: %q", got)
	}
}

func TestSettleUnsure(t *testing.T) {
	b := newBench(t)
	b.srv.set(func() { b.srv.afterDot = "drop" })
	id := b.queue("bob@b.test")
	b.flush()
	if err := b.store.Settle(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if o := b.expect(id, mail.ItemAccepted, "accepted"); o.Copy != mail.CopyPending {
		t.Fatal("no copy will be filed")
	}
}

// A process that dies while sending leaves the item as the last commit says.
func TestRecovery(t *testing.T) {
	for name, committed := range map[string]bool{"before the commit point": false, "after the commit point": true} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			id := b.queue("bob@b.test", "eve@e.test")
			if _, err := b.store.BeginAttempt(t.Context(), id, "x:1", b.now.Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
			want := []string{"pending", "pending"}
			if committed {
				err := b.store.CommitPoint(t.Context(), id, []store.RecipientChange{
					{Index: 0, State: mail.RecipientUnsure}, {Index: 1, State: mail.RecipientFailed, Source: mail.SourceReply, Code: 550}})
				if err != nil {
					t.Fatal(err)
				}
				want = []string{"unsure", "failed 550"}
			}
			if o := b.expect(id, mail.ItemSending, want...); !o.Began.Equal(b.now) {
				t.Errorf("began %v, not %v", o.Began, b.now)
			}
			ids, err := b.store.Recover(t.Context())
			if err != nil || len(ids) != 1 {
				t.Fatalf("%v %v", ids, err)
			}
			if committed {
				b.expect(id, mail.ItemUnsure, want...)
				return
			}
			b.flush()
			if o := b.expect(id, mail.ItemAccepted, "accepted 250", "accepted 250"); !o.Began.IsZero() {
				t.Errorf("it is sent, and under way since %v", o.Began)
			}
		})
	}
}

func TestOneConnectionForAQueue(t *testing.T) {
	b := newBench(t)
	for range 20 {
		b.queue("bob@b.test")
	}
	b.flush()
	if len(b.srv.taken()) != 20 || b.srv.conns != 1 {
		t.Fatalf("%d messages over %d connections", len(b.srv.taken()), b.srv.conns)
	}
}

func TestHoldAndCancel(t *testing.T) {
	b := newBench(t)
	id, err := b.store.Queue(t.Context(), store.QueueItem{
		Outgoing: mail.Outgoing{Account: "work", MessageID: "h@a.test", From: "ada@a.test", Recipients: []mail.Recipient{{Address: "bob@b.test"}},
			NotBefore: b.now.Add(10 * time.Second), HoldReason: mail.HeldForUndo},
		Wire: []byte("\r\nx\r\n"), Draft: mail.Draft{Account: "work", To: "bob@b.test", Body: "x", Attach: []mail.AttachmentRef{{Name: "a", Data: []byte("data")}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	b.flush()
	b.expect(id, mail.ItemHeld, "pending")
	d, err := b.store.EditAgain(t.Context(), id)
	if err != nil || string(d.Attach[0].Data) != "data" || d.ID == 0 {
		t.Fatalf("%+v %v", d, err)
	}
	b.now = b.now.Add(time.Minute)
	b.flush()
	b.expect(id, mail.ItemCancelled, "pending")
	if len(b.srv.taken()) != 0 {
		t.Fatal("a message that was taken back was sent")
	}
}

func TestEditForTheRefusedOnly(t *testing.T) {
	b := newBench(t)
	b.srv.set(func() { b.srv.rcpt["bob@b.test"] = "550 5.1.1 no" })
	id := b.queue("bob@b.test", "eve@e.test")
	b.flush()
	d, err := b.store.EditAgain(t.Context(), id)
	if err != nil || d.To != "bob@b.test" || d.ReplacesO != id {
		t.Fatalf("%+v %v", d, err)
	}
	if o := b.item(id); o.State != mail.ItemAccepted {
		t.Fatalf("the dealt-with item is %s", o.State)
	}
	if err := b.store.DiscardDraft(t.Context(), d.ID); err != nil {
		t.Fatal(err)
	}
	b.expect(id, mail.ItemRejected, "failed 550", "accepted 250")

	if d, err = b.store.EditAgain(t.Context(), id); err != nil || d.To != "bob@b.test" {
		t.Fatalf("%+v %v", d, err)
	}
	if err := b.store.DiscardDraft(t.Context(), d.ID); err != nil {
		t.Fatal(err)
	}
	_, err = b.store.Queue(t.Context(), store.QueueItem{Draft: d, Wire: []byte("x"), Outgoing: mail.Outgoing{Account: "work", From: "ada@a.test", Replaces: id, Recipients: []mail.Recipient{{Address: "rob@b.test"}}}})
	if o := b.item(id); err != nil || o.State != mail.ItemAccepted {
		t.Fatalf("what was corrected after all is %s; %v", o.State, err)
	}
}

// Whom the user gives up was refused by nobody, though a server had put him off.
func TestGivenUpIsNotRefused(t *testing.T) {
	for name, giveUp := range map[string]func(*bench, mail.OutboxID) error{
		"cancelled": func(b *bench, id mail.OutboxID) error { return b.store.Cancel(t.Context(), id) },
		"edited": func(b *bench, id mail.OutboxID) error {
			_, err := b.store.EditAgain(t.Context(), id)
			return err
		},
	} {
		b := newBench(t)
		b.srv.set(func() { b.srv.rcpt["bob@b.test"] = "451 4.7.1 later" })
		id := b.queue("bob@b.test", "eve@e.test")
		b.flush()
		b.expect(id, mail.ItemDeferred, "pending 451", "accepted 250")
		if err := giveUp(b, id); err != nil {
			t.Fatal(err)
		}
		if r := b.item(id).Recipients[0]; r.State != mail.RecipientFailed || r.Source != "" || r.Code != 0 || r.Enhanced != "" || !r.Settled {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// Run delivers what is queued while it runs, and a shutdown after the last byte
// waits for the server's answer.
func TestRunAndGracefulEnd(t *testing.T) {
	b := newBench(t)
	b.srv.set(func() { b.srv.pause, b.srv.atDot = make(chan struct{}), make(chan struct{}, 1) })
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- b.w.Run(ctx) }()
	id := b.queue("bob@b.test")
	b.w.Wake()
	<-b.srv.atDot
	cancel()
	close(b.srv.pause)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	b.expect(id, mail.ItemAccepted, "accepted 250")
}

func TestDeadServerDoesNotHoldUpAnotherAccount(t *testing.T) {
	b := newBench(t)
	other := b.acc
	other.Name, other.SMTP.Port = "dead", 1 // nobody listens there
	b.w.account = func(name string) (config.Account, bool) {
		if name == "dead" {
			return other, true
		}
		return b.acc, true
	}
	dead, err := b.store.Queue(t.Context(), store.QueueItem{Outgoing: mail.Outgoing{Account: "dead", MessageID: "d@a.test", From: "x@a.test",
		Recipients: []mail.Recipient{{Address: "bob@b.test"}}}, Wire: []byte("\r\nx\r\n")})
	if err != nil {
		t.Fatal(err)
	}
	id := b.queue("bob@b.test")
	b.flush()
	b.expect(id, mail.ItemAccepted, "accepted 250")
	b.expect(dead, mail.ItemDeferred, "pending")
}

// A kept connection that had died is replaced, whether that is known before or
// shows when the message begins; but once, and never when the message may have
// been taken.
func TestStaleKeptConnectionIsReplaced(t *testing.T) {
	for name, tt := range map[string]struct {
		dies  func(*bench)
		state mail.ItemState
		want  string
		taken int // messages of two
		conns int
	}{
		"known before":             {func(b *bench) { b.w.warm["work"].client.Close() }, mail.ItemAccepted, "accepted 250", 2, 2},
		"at MAIL":                  {func(b *bench) { b.srv.hangUps = 1 }, mail.ItemAccepted, "accepted 250", 2, 2},
		"at MAIL, and then again":  {func(b *bench) { b.srv.hangUps = 2 }, mail.ItemDeferred, "pending", 1, 2},
		"behind the end, taken":    {func(b *bench) { b.srv.afterDot = "drop" }, mail.ItemUnsure, "unsure", 2, 1},
		"behind the end, or not":   {func(b *bench) { b.srv.afterDot = "lose" }, mail.ItemUnsure, "unsure", 1, 1},
		"other settings meanwhile": {func(b *bench) { b.acc.SMTP.Helo = "mail.a.test" }, mail.ItemAccepted, "accepted 250", 2, 2},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			if err := b.w.attempt(t.Context(), b.item(b.queue("bob@b.test"))); err != nil {
				t.Fatal(err)
			}
			b.srv.set(func() { tt.dies(b) })
			id := b.queue("bob@b.test")
			if err := b.w.attempt(t.Context(), b.item(id)); err != nil {
				t.Fatal(err)
			}
			b.expect(id, tt.state, tt.want)
			if taken, conns := len(b.srv.taken()), b.srv.connections(); taken != tt.taken || conns != tt.conns {
				t.Errorf("%d messages over %d connections", taken, conns)
			}
		})
	}
}

// The bytes that can commit stay here when it cannot be written down that they
// are about to leave.
func TestNoCommitPointNoMessage(t *testing.T) {
	b := newBench(t)
	atRcpt := func() { // another process believes that this one has died
		if _, err := b.store.Recover(t.Context()); err != nil {
			t.Error(err)
		}
	}
	b.srv.set(func() { b.srv.atRcpt = atRcpt })
	id := b.flushed("bob@b.test")
	b.expect(id, mail.ItemDeferred, "pending")
	if n := len(b.srv.taken()); n != 0 {
		t.Errorf("the server has %d messages", n)
	}
}

// What cannot go to a server as it is, because that takes no 8-bit text, goes encoded;
// what is signed cannot.
func TestServerWithoutEightBit(t *testing.T) {
	b := newBench(t)
	b.srv.set(func() { b.srv.sevenBit = true })
	queue := func(wire string) mail.OutboxID {
		id, err := b.store.Queue(t.Context(), store.QueueItem{
			Outgoing: mail.Outgoing{Account: "work", MessageID: "m1@a.test", EnvID: "e1", From: "ada@a.test", Recipients: []mail.Recipient{{Address: "bob@b.test"}}},
			Wire:     []byte(wire), EightBit: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	encoded := queue("Subject: a\r\n\r\nein \u00fc\r\n")
	signed := queue("Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n\r\n\u00fc\r\n--b--\r\n")
	b.flush()
	b.flush()
	b.expect(encoded, mail.ItemDone, "accepted 250")
	b.expect(signed, mail.ItemRejected, "failed")
	if got := b.srv.taken(); len(got) != 1 || !strings.Contains(got[0], "quoted-printable\r\n\r\nein =C3=BC\r\n") {
		t.Errorf("%q", got)
	}
}

// One address that the server cannot take does not keep the message from the others,
// now or at a later try.
func TestServerWithoutUTF8(t *testing.T) {
	b := newBench(t)
	b.srv.set(func() { b.srv.rcpt["bob@b.test"] = "451 4.3.0 later" })
	queue := func(from string, to ...string) mail.OutboxID {
		item := store.QueueItem{
			Outgoing: mail.Outgoing{Account: "work", MessageID: "m1@a.test", EnvID: "e1", From: from},
			Wire:     []byte("From: " + from + "\r\nTo: " + strings.Join(to, ", ") + "\r\nSubject: a\r\n\r\nbody\r\n"), UTF8: true,
		}
		for _, r := range to {
			item.Outgoing.Recipients = append(item.Outgoing.Recipients, mail.Recipient{Address: r})
		}
		id, err := b.store.Queue(t.Context(), item)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	id := queue("ada@a.test", "b\u00f6b@b.test", "bob@b.test", "eve@e.test")
	b.flush()
	o := b.expect(id, mail.ItemDeferred, "failed", "pending 451", "accepted 250")
	if !strings.Contains(o.Recipients[0].Text, "SMTPUTF8") {
		t.Errorf("%+v", o.Recipients[0])
	}
	b.srv.set(func() { delete(b.srv.rcpt, "bob@b.test") })
	b.setNow(b.now.Add(time.Hour))
	b.flush()
	b.expect(id, mail.ItemRejected, "failed", "accepted 250", "accepted 250")
	for _, got := range b.srv.taken() {
		if !strings.Contains(got, "To: =?utf-8?b?YsO2YkBiLnRlc3Q=?= :;, bob@b.test, eve@e.test\r\n") {
			t.Errorf("%q", got)
		}
	}
	if n := len(b.srv.taken()); n != 2 {
		t.Errorf("%d messages", n)
	}
	only := queue("ada@a.test", "b\u00f6b@b.test")
	author := queue("\u00e4da@a.test", "bob@b.test")
	b.flush()
	b.expect(only, mail.ItemRejected, "failed")
	b.expect(author, mail.ItemRejected, "failed")
}
