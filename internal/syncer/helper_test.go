package syncer

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	imap "github.com/emersion/go-imap/v2"

	"postea/config"
	"postea/imapclient"
	"postea/internal/event"
	"postea/internal/mail"
	"postea/internal/store"
	"postea/internal/storetest"
)

// rig is an account with a store of its own.
type rig struct {
	t       *testing.T
	profile config.Account
	options Options
	dir     string
	bus     *event.Bus
	store   *store.Store
	*Account
}

func (s *server) profile() config.Account {
	return config.Account{
		Name: "a", Address: "ada@example.org",
		IMAP: config.Server{Host: "127.0.0.1", Port: s.port, TLS: "none", Username: "ada", Auth: "plain", Password: config.Secret{Value: "secret"}},
		SMTP: config.Server{Host: "smtp.example.org"},
		Send: config.Send{Reconcile: []time.Duration{0, time.Hour}},
	}
}

var quickTimeouts = imapclient.Timeouts{Command: 20 * time.Second, Done: 2 * time.Second, Poll: 50 * time.Millisecond}

func newRig(t *testing.T, profile config.Account, options ...func(*Options)) *rig {
	t.Helper()
	r := &rig{t: t, profile: profile, dir: emptyStore.Dir(t), bus: &event.Bus{}}
	r.options = Options{Account: profile, Bus: r.bus, Bodies: "none", Timeouts: quickTimeouts,
		Pace: Pace{FirstPause: 10 * time.Millisecond, MaxPause: 100 * time.Millisecond}}
	for _, f := range options {
		f(&r.options)
	}
	r.open()
	t.Cleanup(func() { r.store.Close() })
	return r
}

var emptyStore = storetest.New(func(dir string) (*store.Store, error) { return store.Open(context.Background(), dir, store.Options{}) })

func TestMain(m *testing.M) {
	if job := os.Getenv(asSyncer); job != "" {
		os.Exit(asSyncerMain(job))
	}
	os.Exit(m.Run())
}

func (r *rig) open() {
	r.t.Helper()
	s, err := store.Open(context.Background(), r.dir, store.Options{Bus: r.bus, Now: r.options.Now})
	if err != nil {
		r.t.Fatal(err)
	}
	r.store = s
	r.options.Store = s
	r.Account = New(r.options)
}

// reopen is a new process.
func (r *rig) reopen() {
	r.t.Helper()
	if err := r.store.Close(); err != nil {
		r.t.Fatal(err)
	}
	r.open()
}

func (r *rig) sync() {
	r.t.Helper()
	if err := r.Round(r.t.Context()); err != nil {
		r.t.Fatalf("round: %v", err)
	}
}

// run starts Run and returns how to end it.
func (r *rig) run() (stop func()) {
	r.t.Helper()
	ctx, cancel := context.WithCancel(r.t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = r.Run(ctx)
	}()
	stop = func() {
		cancel()
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			r.t.Error("Run does not end with its context")
		}
	}
	r.t.Cleanup(stop)
	return stop
}

const patienceOfTests = 10 * time.Second

// await polls until ok says "".
func (r *rig) await(what string, ok func() string) {
	r.t.Helper()
	end := time.Now().Add(patienceOfTests)
	for why := ok(); why != ""; why = ok() {
		if time.Now().After(end) {
			r.t.Fatalf("%s: %s", what, why)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func (r *rig) awaitKind(k Kind) Status {
	r.t.Helper()
	var st Status
	r.await(fmt.Sprintf("waiting for status %d", k), func() string {
		if st = r.Status(); st.Kind == k {
			return ""
		}
		return fmt.Sprintf("status is %+v", st)
	})
	return st
}

// message waits for the message with a Message-ID to be listed.
func (r *rig) message(mid string) mail.Summary {
	r.t.Helper()
	var found []mail.Summary
	r.await("waiting for "+mid, func() string {
		var err error
		if found, err = r.store.FindMessageID(r.t.Context(), "a", mid); err != nil {
			r.t.Fatal(err)
		}
		if len(found) == 1 {
			return ""
		}
		return fmt.Sprintf("%d are listed", len(found))
	})
	return found[0]
}

func (r *rig) folder(role mail.Role) mail.FolderID {
	r.t.Helper()
	f, err := r.store.FolderByRole(r.t.Context(), "a", role)
	if err != nil {
		r.t.Fatal(err)
	}
	return f.ID
}

func (r *rig) apply(c store.Change, ids ...mail.ID) {
	r.t.Helper()
	n, err := r.store.Apply(r.t.Context(), ids, c)
	if err != nil || n != len(ids) {
		r.t.Fatalf("changed %d of %d, %v", n, len(ids), err)
	}
}

func (r *rig) pending() int {
	r.t.Helper()
	list, err := r.store.PendingChanges(r.t.Context(), "a")
	if err != nil {
		r.t.Fatal(err)
	}
	return len(list)
}

// line is how both sides of a comparison describe a message.
func line(folder string, uid uint32, mid string, flags []string) string {
	flags = slices.DeleteFunc(slices.Clone(flags), func(f string) bool { return strings.EqualFold(f, `\Recent`) })
	for i, f := range flags {
		flags[i] = strings.ToLower(f)
	}
	slices.Sort(flags)
	return fmt.Sprintf("%s %d %s %s", folder, uid, mid, strings.Join(flags, ","))
}

// mirror describes what the user sees.
func (r *rig) mirror() []string {
	r.t.Helper()
	var out []string
	folders, err := r.store.Folders(r.t.Context(), "a")
	if err != nil {
		r.t.Fatal(err)
	}
	for _, f := range folders {
		list, err := r.store.Newest(r.t.Context(), []mail.FolderID{f.ID}, 100_000)
		if err != nil {
			r.t.Fatal(err)
		}
		for _, m := range list {
			own := mail.FromGmailLabel(labelOf(f.Name)) // which a message that was moved may have brought along
			m.Flags = slices.DeleteFunc(slices.Clone(m.Flags), func(f string) bool { return f == own })
			out = append(out, line(f.Name, uint32(m.UID), m.MessageID, m.Flags))
		}
	}
	slices.Sort(out)
	return out
}

// truth describes what the server has.
func (s *server) truth() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for name, b := range s.boxes {
		for _, m := range b.msgs {
			_, mid, _ := strings.Cut(string(m.raw), "Message-ID: <")
			mid, _, _ = strings.Cut(mid, ">")
			var flags []string
			for f := range m.flags {
				flags = append(flags, f)
			}
			for _, l := range s.labelsOf(m, name) {
				flags = append(flags, mail.FromGmailLabel(l))
			}
			out = append(out, line(name, m.uid, mid, flags))
		}
	}
	slices.Sort(out)
	return out
}

// agree compares what the user sees with what the server has.
func (r *rig) agree(truth func() []string) {
	r.t.Helper()
	have, want := r.mirror(), truth()
	if !slices.Equal(have, want) {
		r.t.Errorf("the mirror has\n\t%s\nwant\n\t%s", strings.Join(have, "\n\t"), strings.Join(want, "\n\t"))
	}
}

func (r *rig) awaitAgreement(truth func() []string) {
	r.t.Helper()
	r.await("waiting for the mirror to agree", func() string {
		have, want := r.mirror(), truth()
		if slices.Equal(have, want) {
			return ""
		}
		return fmt.Sprintf("it has\n\t%s\nwant\n\t%s", strings.Join(have, "\n\t"), strings.Join(want, "\n\t"))
	})
}

// listener gathers events.
type listener struct {
	t   *testing.T
	sub *event.Subscription
}

func (r *rig) listen() *listener {
	sub := r.bus.Subscribe()
	r.t.Cleanup(sub.Close)
	return &listener{r.t, sub}
}

// so gives the events so far.
func (l *listener) so() []event.Event {
	ctx, cancel := context.WithTimeout(l.t.Context(), 20*time.Millisecond)
	defer cancel()
	list, _ := l.sub.Next(ctx)
	return list
}

// await waits for an event that fits.
func (l *listener) await(what string, fits func(event.Event) bool) event.Event {
	l.t.Helper()
	ctx, cancel := context.WithTimeout(l.t.Context(), patienceOfTests)
	defer cancel()
	for {
		list, err := l.sub.Next(ctx)
		if err != nil {
			l.t.Fatalf("waiting for %s: %v", what, err)
		}
		for _, e := range list {
			if fits(e) {
				return e
			}
		}
	}
}

func notices(list []event.Event) []string {
	var out []string
	for _, e := range list {
		if n, ok := e.(event.Notice); ok {
			out = append(out, n.Text)
		}
	}
	return out
}

// second is another client of the same account.
func second(t *testing.T, p config.Account) *imapclient.Client {
	t.Helper()
	c, err := imapclient.Connect(t.Context(), ClientOptions(p))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// seenBy describes what another client sees in some folders.
func seenBy(t *testing.T, c *imapclient.Client, names ...string) []string {
	t.Helper()
	boxes, err := c.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, b := range boxes {
		if len(names) > 0 && !slices.Contains(names, b.Name) || !b.Selectable {
			continue
		}
		if _, err := c.Select(t.Context(), b.Wire, true); err != nil {
			t.Fatal(err)
		}
		uids, err := c.UIDs(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(uids) == 0 {
			continue
		}
		err = c.FetchHeaders(t.Context(), imap.UIDSetNum(uids...), func(m imapclient.Message) error {
			h := header(m)
			out = append(out, line(b.Name, uint32(h.UID), h.MessageID, h.Flags))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(out)
	return out
}
