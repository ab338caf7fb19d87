package syncer_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"postea/config"
	"postea/internal/app"
	"postea/internal/mail"
	"postea/internal/store"
	"postea/internal/storetest"
	"postea/internal/syncer"
)

// TestRandomVerbs does what users do, and takes it back, in two windows: with the server told of it
// before, between or not at all, with the line cut, and with another client at work. What was taken back
// is as it was before, and in the end the server has what is here.
func TestRandomVerbs(t *testing.T) {
	for _, kind := range syncer.Fakes() {
		if testing.Short() && kind != "Gmail" && kind != "usual" {
			continue
		}
		t.Run(kind, func(t *testing.T) {
			runs, steps := 1, 15
			if syncer.LongTest() {
				runs, steps = 25, 60
			}
			for range runs {
				randomVerbs(t, kind, steps)
			}
		})
	}
}

var emptyStore = storetest.New(func(dir string) (*store.Store, error) { return store.Open(context.Background(), dir, store.Options{}) })

// user is one who does things in an account.
type user struct {
	t     *testing.T
	rng   *rand.Rand
	kind  string
	fake  *syncer.Fake
	app   *app.App // of the window that is used
	wins  []*app.App
	path  string       // of the configuration
	store *store.Store // to look at what the App has
	now   time.Time
	n     int // messages that arrived
	done  []deed
	log   []string
	gone  map[string]bool // messages that were deleted for good
	away  map[string]bool // messages that were thrown away at Gmail, with their labels
	clean bool            // nothing is on its way
}

// deed is what undo takes back.
type deed struct {
	words  string
	at     time.Time
	before []item
	clean  bool
}

// item is a message as it lies in a folder, or with no id a folder of the user's own.
type item struct {
	id     mail.ID
	mid    string
	line   string // as at the server
	was    string // so far as it can be expected again
	here   string // what no server keeps
	folder string
}

func randomVerbs(t *testing.T, kind string, steps int) {
	seed := uint64(1) // the short form is always the same
	if syncer.LongTest() || os.Getenv("POSTEA_TEST_SEED") != "" {
		seed = syncer.SeedOf(t)
	}
	u := newUser(t, kind, seed)
	defer func() {
		if t.Failed() {
			t.Log(strings.Join(u.log, "\n"))
		}
	}()
	for range 6 {
		u.arrive()
	}
	u.settle()
	for range steps {
		u.app = pick(u, u.wins)
		switch n := u.rng.IntN(20); {
		case n < 9:
			u.act()
		case n < 14:
			u.undo()
		case n < 16:
			u.sync(false)
		case n < 17:
			u.sync(true)
		case n < 18:
			u.arrive()
			u.theirs()
		default:
			u.settle()
		}
		if t.Failed() {
			return
		}
	}
	for len(u.done) > 0 && !t.Failed() {
		u.app = pick(u, u.wins)
		u.undo()
	}
	u.settle()
}

func newUser(t *testing.T, kind string, seed uint64) *user {
	u := &user{t: t, kind: kind, rng: rand.New(rand.NewPCG(seed, 1)), now: time.Date(2026, 11, 28, 9, 5, 0, 0, time.UTC), gone: map[string]bool{}, away: map[string]bool{}}
	u.fake = syncer.NewFake(t, kind, rand.New(rand.NewPCG(seed, 2)))
	u.path = filepath.Join(t.TempDir(), "config.toml")
	u.must(os.WriteFile(u.path, []byte("[[account]]\nname = \"a\"\naddress = \"ada@example.org\"\n[account.smtp]\nhost = \"smtp.example.org\"\n"), 0o600))
	cfg, err := config.Load(u.path)
	u.must(err)
	cfg.Accounts = []config.Account{u.fake.Account("a")}
	dir := emptyStore.Dir(t)
	now := func() time.Time { return u.now }
	for range 2 {
		a, err := app.Open(t.Context(), app.Options{Config: cfg, Dir: dir, Now: now})
		u.must(err)
		u.wins = append(u.wins, a)
		t.Cleanup(func() { a.Close() })
	}
	u.app = u.wins[0]
	if u.store, err = store.Open(t.Context(), dir, store.Options{Now: now}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { u.store.Close() })
	return u
}

func (u *user) must(err error) {
	u.t.Helper()
	if err != nil {
		u.t.Fatal(err)
	}
}

func (u *user) note(format string, args ...any) { u.log = append(u.log, fmt.Sprintf(format, args...)) }

func (u *user) arrive() {
	u.clean = false
	mid := fmt.Sprint("m", u.n)
	first := fmt.Sprint("m", u.n-u.n%3)
	to := []string{"INBOX", "INBOX", "Work"}[u.rng.IntN(3)]
	if u.n >= 6 {
		to = "INBOX" // a folder to which something comes stays
	}
	u.fake.Arrive(to, mid, first)
	u.note("%s arrives in %s", mid, to)
	u.n++
}

// theirs has another client change its messages, which are ours to change too.
func (u *user) theirs() {
	u.clean = false
	mid := fmt.Sprint("t", u.rng.IntN(4))
	u.note("another client: %s", u.fake.Other(mid, u.rng))
}

func (u *user) sync(cut bool) {
	u.fake.Cut(cut)
	_, err := u.app.Sync(u.t.Context(), "")
	u.fake.Cut(false)
	u.note("sync %v", err)
	if err != nil && !cut {
		u.t.Error(err)
	}
}

func (u *user) folders() []store.FolderState {
	list, err := u.store.Folders(u.t.Context(), "a")
	u.must(err)
	return list
}

// items is all that the user sees.
func (u *user) items() []item {
	var out []item
	muted := map[mail.ThreadID]bool{} // a copy that came is that with the next round
	all, err := u.store.Newest(u.t.Context(), nil, 1000)
	u.must(err)
	for _, m := range all {
		muted[m.Thread] = muted[m.Thread] || m.Muted
	}
	for _, f := range u.folders() {
		list, err := u.store.Newest(u.t.Context(), []mail.FolderID{f.ID}, 1000)
		u.must(err)
		unread := 0
		for _, m := range list {
			if m.Unread() {
				unread++
			}
			it := item{id: m.ID, mid: m.MessageID, line: syncer.Line(f.Name, m), folder: f.Name}
			_, pinned := u.store.MarkOf(u.t.Context(), m.ID, store.MarkPin)
			snoozed, _ := u.store.MarkOf(u.t.Context(), m.ID, store.MarkSnooze)
			remind, _ := u.store.MarkOf(u.t.Context(), m.ID, store.MarkRemind)
			it.was = it.line
			if u.kind == "no keywords" { // how long they stay depends on when the server is told
				it.was = f.Name + " " + m.MessageID + " " + fmt.Sprint(m.Unread(), mail.HasFlag(m.Flags, mail.FlagFlagged))
			}
			it.here = fmt.Sprint(muted[m.Thread], m.Lifted && pinned != nil, pinned == nil, snoozed.At.Unix(), snoozed.Origin, remind.At.Unix())
			if u.kind == "Gmail" && (f.Role == mail.RoleTrash || f.Role == mail.RoleJunk) {
				u.away[it.mid] = true
			}
			out = append(out, it)
		}
		if f.Role == mail.RoleNone && f.Name != "Tea" { // which comes with the label
			out = append(out, item{was: "the folder " + f.Name})
		}
		if f.Total != len(list) || f.Unread != unread {
			u.t.Errorf("%s has %d messages, %d unread, and counts %d, %d", f.Name, len(list), unread, f.Total, f.Unread)
		}
	}
	return append(out, u.kept()...)
}

// kept are the rules and the saved searches.
func (u *user) kept() []item {
	c, err := config.Load(u.path)
	u.must(err)
	searches, err := u.store.SavedSearches(u.t.Context())
	u.must(err)
	var out []item
	for _, r := range c.Rules {
		out = append(out, item{was: fmt.Sprint("the rule ", r)})
	}
	for _, s := range searches {
		out = append(out, item{was: fmt.Sprint("the search ", s)})
	}
	return out
}

// stays notes that nothing takes back what has come among rules and searches.
func (u *user) stays(before []item) {
	for _, it := range u.kept() {
		if slices.Contains(before, it) {
			continue
		}
		for i, d := range u.done {
			if !slices.Contains(d.before, it) {
				u.done[i].before = append(slices.Clip(d.before), it)
			}
		}
	}
}

// settle has the server told of everything, and compares it with what is here.
func (u *user) settle() {
	u.t.Helper()
	for range 3 {
		u.sync(false)
	}
	n, err := u.store.PendingChanges(u.t.Context(), "a")
	u.must(err)
	if len(n) > 0 {
		u.t.Errorf("%d changes still wait: %+v", len(n), n)
	}
	var have []string
	lies := map[string]bool{}
	for _, it := range u.items() {
		if it.id == 0 {
			continue
		}
		have = append(have, it.line)
		lies[it.mid] = true
	}
	slices.Sort(have)
	if want := u.fake.Holds(); !slices.Equal(have, want) {
		u.t.Errorf("here is\n\t%s\nat the server\n\t%s", strings.Join(have, "\n\t"), strings.Join(want, "\n\t"))
	}
	for i := range u.n {
		if mid := fmt.Sprint("m", i); !lies[mid] && !u.gone[mid] {
			u.t.Errorf("%s is lost", mid)
		}
	}
	u.clean = true
}

func (u *user) places() []app.Place {
	out := []app.Place{{Kind: app.PlaceAllInboxes}, {Kind: app.PlaceStarred}, {Kind: app.PlaceEverywhere, Query: "subject:about"}}
	for _, f := range u.folders() {
		out = append(out, app.Place{Kind: app.PlaceFolder, Account: "a", Folder: f.ID, Name: f.Name, Role: f.Role})
	}
	return out
}

func pick[T any](u *user, list []T) T { return list[u.rng.IntN(len(list))] }

// act does one thing to some rows of a list.
func (u *user) act() {
	ctx := u.t.Context()
	in := pick(u, u.places())
	threads, err := u.app.Threads(ctx, in)
	u.must(err)
	if len(threads) == 0 {
		return
	}
	u.rng.Shuffle(len(threads), func(i, j int) { threads[i], threads[j] = threads[j], threads[i] })
	threads = threads[:1+u.rng.IntN(min(3, len(threads)))]
	if u.rng.IntN(3) == 0 && in.Kind == app.PlaceFolder {
		for i, t := range threads {
			ids, err := u.store.ThreadMessages(ctx, []mail.ThreadID{t}, store.ListQuery{Folders: []mail.FolderID{in.Folder}})
			u.must(err)
			if len(ids) > 0 {
				threads[i] = mail.Alone(pick(u, ids))
			}
		}
		slices.Sort(threads)
		threads = slices.Compact(threads)
	}
	to := pick(u, slices.DeleteFunc(u.folders(), func(f store.FolderState) bool { return f.Role == mail.RoleDrafts || f.Role == mail.RoleSent }))
	own := to
	if i := slices.IndexFunc(u.folders(), func(f store.FolderState) bool { return f.Role == mail.RoleNone }); i >= 0 {
		own = u.folders()[i]
	}
	verbs := map[string]func() (string, error){
		"archive": func() (string, error) { return u.app.Archive(ctx, in, threads) },
		"delete":  func() (string, error) { return u.app.Delete(ctx, in, threads) },
		"junk":    func() (string, error) { return u.app.Junk(ctx, in, threads) },
		"move":    func() (string, error) { return u.app.Move(ctx, in, threads, to.ID) },
		"copy":    func() (string, error) { return u.app.Copy(ctx, in, threads, to.ID) },
		"inbox":   func() (string, error) { return u.app.MoveByRole(ctx, in, threads, mail.RoleInbox) },
		"star":    func() (string, error) { return u.app.SetStarred(ctx, in, threads, u.rng.IntN(2) == 0) },
		"read":    func() (string, error) { return u.app.SetRead(ctx, in, threads, u.rng.IntN(2) == 0) },
		"label": func() (string, error) {
			return u.app.SetLabel(ctx, in, threads, pick(u, []string{"Work", "Tea"}), u.rng.IntN(2) == 0)
		},
		"snooze":  func() (string, error) { return u.app.Snooze(ctx, in, threads, "tomorrow") },
		"mute":    func() (string, error) { return u.app.Mute(ctx, in, threads) },
		"pin":     func() (string, error) { return u.app.Pin(ctx, in, threads) },
		"allread": func() (string, error) { return u.app.MarkAllRead(ctx, in) },
		"remind":  func() (string, error) { return u.app.Remind(ctx, in, threads, "tomorrow") },
		"rename": func() (string, error) {
			return u.app.RenameFolder(ctx, own.ID, pick(u, []string{"Office", "Work", "Plans/Work", "Plans"}))
		},
		"drop": func() (string, error) { return u.app.DeleteFolder(ctx, own.ID) },
		"make": func() (string, error) {
			return u.app.MakeFolder(ctx, "a", pick(u, []string{"Office", "Work", "Plans"}))
		},
		"empty": func() (string, error) { return u.app.EmptyFolder(ctx, to.ID) },
		"search": func() (string, error) {
			name := pick(u, []string{"Tea", "Milk"})
			return "Saved", u.app.SaveSearch(ctx, name, "subject:"+name)
		},
		"forget search": func() (string, error) { return u.app.ForgetSearch(ctx, pick(u, []string{"Tea", "Milk"})) },
		"rule": func() (string, error) {
			return u.app.MakeRule(ctx, in, threads, pick(u, []app.NewRule{
				{Name: "first", Match: "subject:m0", Label: "Tea"}, {Name: "all", Match: "subject:about", Move: "Archive"}, {Name: "fourth", Match: "subject:m3", Read: true, Star: true},
			}))
		},
		"forget rule": func() (string, error) { return u.app.ForgetRule(ctx, pick(u, []string{"first", "all", "all (2)"})) },
		"run rules":   func() (string, error) { return u.app.RunRules(ctx, in, threads) },
	}
	if u.several() { // what a rule puts on one copy is on the others with the next round
		delete(verbs, "rule")
	}
	if u.kind == "Gmail" && (in.Kind != app.PlaceFolder || in.Role == mail.RoleTrash || in.Role == mail.RoleJunk) {
		delete(verbs, "label") // what has one is not thrown away at this server
	}
	if u.kind == "old" { // without UIDs of what was copied, which of two that are alike is which is not known
		delete(verbs, "copy")
	}
	if u.kind == "all mail too" { // as with labels, what is thrown away with a folder leaves the others
		delete(verbs, "drop")
	}
	if own.Role != mail.RoleNone { // whose name may be what gives it its role
		delete(verbs, "drop")
		delete(verbs, "rename")
	}
	if u.kind == "Gmail" { // the labels of what comes back have the name that the folder had
		delete(verbs, "rename")
	}
	if u.kind == "below INBOX" && !strings.HasPrefix(own.Name, "INBOX/") { // it comes back below INBOX, where another one may be
		delete(verbs, "drop")
	}
	name := pick(u, slices.Sorted(maps.Keys(verbs)))
	if u.several() && len(u.done) == 0 {
		u.settle()
	}
	if u.kind == "Gmail" && name == "copy" { // what is on its way out of there is none
		u.settle()
	}
	before := u.items()
	step, _ := u.store.LastUndo(ctx)
	said, err := verbs[name]()
	after := u.items()
	u.note("%s of %v in %d %s, to %s: %q %v%s", name, threads, in.Kind, in.Name, to.Name, said, err, u.diff(before, after))
	if err != nil {
		if _, ok := errors.AsType[*app.UsageError](err); !ok && !errors.Is(err, app.ErrNotFound) && !errors.As(err, new(*store.FolderExistsError)) {
			u.t.Error(err)
		}
		if !slices.Equal(u.lines(before), u.lines(after)) {
			u.t.Errorf("refused, and all the same: %s", u.diff(before, after))
		}
		return
	}
	now, _ := u.store.LastUndo(ctx)
	if name == "rule" || name == "search" {
		u.stays(before)
		before = slices.Concat(slices.DeleteFunc(before, func(it item) bool {
			return strings.HasPrefix(it.was, "the rule") || strings.HasPrefix(it.was, "the search")
		}), u.kept())
		said = now.Label // of what the rule did
	}
	if in.Role == mail.RoleTrash && name == "delete" || name == "empty" { // nothing brings it back
		for _, it := range before {
			if !slices.ContainsFunc(after, func(o item) bool { return o.id == it.id }) {
				u.erased(it)
			}
		}
		return
	}
	if now.Created.Equal(step.Created) && now.Label == step.Label && slices.Equal(now.Items, step.Items) {
		if !slices.Equal(u.lines(before), u.lines(after)) {
			u.t.Errorf("%q is no step of undo: %s", said, u.diff(before, after))
		}
		return
	}
	u.done = append(u.done, deed{said, now.Created, before, u.clean})
	u.clean = false
	if u.kind == "Gmail" && name == "copy" { // in doubt, it would take the place of the one among all mail
		u.settle()
	}
	u.now = u.now.Add(time.Millisecond)
}

// erased takes a message out of all that was.
func (u *user) erased(it item) {
	same := func(o item) bool { return o.id == it.id || u.several() && o.mid == it.mid }
	for i := range u.done {
		u.done[i].before = slices.DeleteFunc(u.done[i].before, same)
	}
	u.gone[it.mid] = true // at the end it may be there all the same, as a copy
}

// several tells that a message may lie in several folders, whose lists then agree with the next round.
func (u *user) several() bool { return u.kind == "Gmail" || u.kind == "all mail too" }

// undo takes back what was done last, and was not refused.
func (u *user) undo() {
	last, _ := u.store.LastUndo(u.t.Context())
	u.done = slices.DeleteFunc(u.done, func(d deed) bool { return d.at.After(last.Created) })
	if len(u.done) == 0 {
		return
	}
	d := u.done[len(u.done)-1]
	u.done = u.done[:len(u.done)-1]
	got, err := u.app.Undo(u.t.Context())
	if taken, ok := errors.AsType[*store.FolderExistsError](err); ok {
		if u.note("undo: %v", err); taken.Going {
			u.settle()
			got, err = u.app.Undo(u.t.Context())
		} else {
			return
		}
	}
	u.must(err)
	u.note("undo: %q", got.What)
	if want := "Taken back: " + d.words; got.What != want {
		u.t.Errorf("%q, want %q", got.What, want)
	}
	if u.kind == "all mail too" { // a copy that goes takes its last flags along
		u.settle()
	}
	if u.several() && !d.clean {
		u.clean = false
		return
	}
	if u.several() {
		u.settle()
	}
	// What came meanwhile stays.
	had := map[string]bool{}
	for _, it := range d.before {
		had[it.mid] = true
	}
	had[""] = true
	after := slices.DeleteFunc(u.items(), func(it item) bool { return !had[it.mid] })
	if !slices.Equal(u.lines(d.before), u.lines(after)) {
		u.t.Errorf("%q was taken back: %s", d.words, u.diff(d.before, after))
	}
}

// lines tells of what can be expected again of items, as far as it is only ours to change.
func (u *user) lines(list []item) []string {
	var out []string
	times := map[[2]string]int{}
	for _, it := range list {
		times[[2]string{it.folder, it.mid}]++
	}
	for _, it := range list {
		if strings.HasPrefix(it.mid, "t") { // another client changes it
			continue
		}
		if u.away[it.mid] { // which of its labels are kept is the server's affair
			if !slices.Contains([]string{"Trash", "Junk"}, it.folder) {
				continue
			}
			it.was = it.folder + " " + it.mid
		}
		if it.mid != "" && times[[2]string{it.folder, it.mid}] > 1 { // after a line was cut nobody knows which is which
			it.was, it.here = it.folder+" "+it.mid, ""
		}
		out = append(out, it.was+" "+it.here)
	}
	slices.Sort(out)
	return out
}

// diff tells in what items differ.
func (u *user) diff(before, after []item) string {
	x, y := u.lines(before), u.lines(after)
	var out []string
	for _, l := range x {
		if i := slices.Index(y, l); i >= 0 {
			y = slices.Delete(y, i, i+1)
		} else {
			out = append(out, "- "+l)
		}
	}
	for _, l := range y {
		out = append(out, "+ "+l)
	}
	if len(out) == 0 {
		return ""
	}
	return "\n\t" + strings.Join(out, "\n\t")
}
