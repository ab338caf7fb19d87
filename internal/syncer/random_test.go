package syncer

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	imap "github.com/emersion/go-imap/v2"

	"postea/config"
	"postea/internal/lab"
	"postea/internal/mail"
	"postea/internal/store"
)

// cutter passes bytes on to a server, and cuts every line after a random number
// of them while it is angry.
type cutter struct {
	port  int
	angry atomic.Bool

	mu  sync.Mutex // guards rng
	rng *rand.Rand
}

func newCutter(t *testing.T, to int, rng *rand.Rand) *cutter {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cutter{port: l.Addr().(*net.TCPAddr).Port, rng: rng}
	var group sync.WaitGroup
	group.Go(func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", to))
			if err != nil {
				near.Close()
				continue
			}
			group.Go(func() { c.pass(near, far) })
		}
	})
	t.Cleanup(func() { l.Close(); group.Wait() })
	return c
}

// limit is how many bytes a connection may carry in one direction.
func (c *cutter) limit() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.angry.Load() || c.rng.IntN(4) == 0 {
		return 1 << 40
	}
	return 600 + c.rng.Int64N(1<<uint(6+c.rng.IntN(8)))
}

func (c *cutter) pass(near, far net.Conn) {
	var group sync.WaitGroup
	for _, way := range [][2]net.Conn{{near, far}, {far, near}} {
		limit := c.limit()
		if way[0] == near {
			limit /= 4
		}
		group.Go(func() {
			_, _ = io.CopyN(way[1], way[0], limit)
			near.Close()
			far.Close()
		})
	}
	group.Wait()
}

// chaos is the random test on one server. Messages with even numbers are changed
// here, those with odd numbers by another client, and both know how they should
// end.
type chaos struct {
	*stage
	rng    *rand.Rand
	line   *cutter
	wires  []string // of the two folders
	ids    [2]mail.FolderID
	ours   map[string]*expected
	theirs map[string]*expected
	count  int
}

type expected struct {
	folder int // index in wires; -1: erased
	flags  map[string]bool
	id     mail.ID
}

func longTest() bool { return os.Getenv("POSTEA_TEST_LONG") != "" }

func TestRandomChanges(t *testing.T) {
	for name, caps := range map[string]string{
		"QRESYNC": qresync, "modern": modern, "no CONDSTORE": strings.Replace(modern, "CONDSTORE ", "", 1), "no MOVE": strings.Replace(modern, "MOVE ", "", 1),
		"old": old + " UIDPLUS",
	} {
		t.Run(name, func(t *testing.T) {
			runs, steps := 1, 60
			if longTest() {
				runs, steps = 25, 300
			}
			for range runs {
				s := newServer(t, caps)
				randomChanges(t, s.profile(), steps, func(rng *rand.Rand) {
					if rng.IntN(3) == 0 {
						s.mu.Lock()
						defer s.mu.Unlock()
						for name, b := range s.boxes {
							if strings.HasPrefix(name, "From") {
								b.renumber()
							}
						}
					}
				})
			}
		})
	}
}

func TestRandomChangesOnDovecot(t *testing.T) {
	steps := 40
	if longTest() {
		steps = 2000
	}
	randomChanges(t, onLab(lab.Dovecot(t)), steps, func(*rand.Rand) {})
}

func TestRandomChangesOnMox(t *testing.T) {
	steps := 40
	if longTest() {
		steps = 1000
	}
	randomChanges(t, onLab(lab.Mox(t)), steps, func(*rand.Rand) {})
}

// seedOf is another one each time, which the log names and the environment can set.
func seedOf(t *testing.T) uint64 {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("POSTEA_TEST_SEED"); s != "" {
		if _, err := fmt.Sscan(s, &seed); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("POSTEA_TEST_SEED=%d", seed)
	return seed
}

func randomChanges(t *testing.T, p config.Account, steps int, disturb func(*rand.Rand)) {
	seed := seedOf(t)
	rng := rand.New(rand.NewPCG(seed, 1))
	c := &chaos{stage: newStage(t, p), rng: rng, ours: map[string]*expected{}, theirs: map[string]*expected{}}
	c.line = newCutter(t, p.IMAP.Port, rand.New(rand.NewPCG(seed, 2)))
	c.options.Account.IMAP.Port = c.line.port
	c.options.Timeouts.Command = 5 * time.Second
	c.options.Bodies = "all"
	c.reopen()
	c.wires = []string{c.from, c.to}
	for range 12 {
		c.arrive()
	}
	c.sync()
	c.learn()
	for range steps {
		c.line.angry.Store(true)
		switch n := rng.IntN(12); {
		case n < 5:
			c.changeHere()
		case n < 9:
			c.changeThere()
		case n < 10:
			disturb(rng)
		default:
			_ = c.Round(t.Context()) // the line may be cut anywhere
			if rng.IntN(3) == 0 {
				c.reopen()
			}
		}
		if t.Failed() {
			return
		}
	}
	c.line.angry.Store(false)
	for range 4 {
		c.sync()
	}
	c.check()
}

// learn notes the ids of all messages.
func (c *chaos) learn() {
	for i, wire := range []string{"From ", "Pläne "} {
		folders, err := c.store.Folders(c.t.Context(), "a")
		c.must(err)
		j := slices.IndexFunc(folders, func(f store.FolderState) bool { return f.Name == wire+c.stage.run })
		c.ids[i] = folders[j].ID
	}
	for name, e := range c.ours {
		e.id = c.message(c.mid(name)).ID
	}
	for name, e := range c.theirs {
		e.id = c.message(c.mid(name)).ID
	}
}

// arrive appends a message.
func (c *chaos) arrive() {
	name := fmt.Sprint("m", c.count)
	folder := c.rng.IntN(2)
	set := c.theirs
	if c.count%2 == 0 {
		set = c.ours
	}
	set[name] = &expected{folder: folder, flags: map[string]bool{}}
	c.append(c.wires[folder], name)
	c.count++
}

// pick chooses a message that is still there.
func (c *chaos) pick(set map[string]*expected) (string, *expected) {
	var names []string
	for name, e := range set {
		if e.folder >= 0 {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return "", nil
	}
	slices.Sort(names)
	name := names[c.rng.IntN(len(names))]
	return name, set[name]
}

var someFlags = []string{mail.FlagSeen, mail.FlagFlagged, mail.FlagAnswered, "$Forwarded", "work"}

func (c *chaos) changeHere() {
	name, e := c.pick(c.ours)
	if e == nil || e.id == 0 {
		return
	}
	flag := someFlags[c.rng.IntN(len(someFlags))]
	var change store.Change
	switch n := c.rng.IntN(20); {
	case n == 0:
		e.folder, change.Erase = -1, true
	case n < 9:
		e.folder = 1 - e.folder
		change.MoveTo = c.ids[e.folder]
	case e.flags[flag]:
		delete(e.flags, flag)
		change.Remove = []string{flag}
	default:
		e.flags[flag] = true
		change.Add = []string{flag}
	}
	if n, err := c.store.Apply(c.t.Context(), []mail.ID{e.id}, change); err != nil || n != 1 {
		c.t.Errorf("%s (%s) cannot be changed: %d, %v", name, e.id, n, err)
	}
}

func (c *chaos) changeThere() {
	if c.rng.IntN(5) == 0 {
		c.arrive()
		return
	}
	name, e := c.pick(c.theirs)
	if e == nil {
		return
	}
	ctx := c.t.Context()
	set := c.on(c.wires[e.folder], name)
	flag := someFlags[c.rng.IntN(len(someFlags))]
	switch n := c.rng.IntN(20); {
	case n == 0:
		e.folder = -1
		c.must(c.other.Expunge(ctx, set))
	case n < 9:
		e.folder = 1 - e.folder
		_, err := c.other.Move(ctx, set, c.wires[e.folder])
		c.must(err)
	case e.flags[flag]:
		delete(e.flags, flag)
		c.must(c.other.RemoveFlags(ctx, set, []imap.Flag{imap.Flag(flag)}))
	default:
		e.flags[flag] = true
		c.must(c.other.AddFlags(ctx, set, []imap.Flag{imap.Flag(flag)}))
	}
}

func (c *chaos) check() {
	c.t.Helper()
	c.compare()
	if n := c.pending(); n != 0 {
		c.t.Errorf("%d changes still wait", n)
	}
	var want []string
	for _, set := range []map[string]*expected{c.ours, c.theirs} {
		for name, e := range set {
			if e.folder < 0 {
				continue
			}
			var flags []string
			for f := range e.flags {
				flags = append(flags, f)
			}
			l := line([]string{"From ", "Pläne "}[e.folder]+c.stage.run, 0, c.mid(name), flags)
			want = append(want, strings.Replace(l, " 0 ", " ", 1))
			if now := c.message(c.mid(name)).ID; e.id != 0 && now != e.id {
				c.t.Errorf("%s has become %s, was %s", name, now, e.id)
			}
		}
	}
	var got []string
	for _, l := range seenBy(c.t, c.other, "From "+c.stage.run, "Pläne "+c.stage.run) {
		f := strings.Split(l, " ")
		got = append(got, strings.Join(slices.Delete(f, 2, 3), " "))
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		c.t.Errorf("the server has\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}
