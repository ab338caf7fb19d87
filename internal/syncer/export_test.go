package syncer

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"postea/config"
	"postea/internal/mail"
)

// Fake is the server of these tests, and the line to it, for those of the use cases above.
type Fake struct {
	*server
	line *cutter
}

// The kinds of servers, by what they offer.
var fakes = map[string]func(*testing.T) *server{
	"QRESYNC":     func(t *testing.T) *server { return newServer(t, qresync) },
	"usual":       func(t *testing.T) *server { return newServer(t, modern) },
	"no MOVE":     func(t *testing.T) *server { return newServer(t, strings.Replace(modern, "MOVE ", "", 1)) },
	"old":         func(t *testing.T) *server { return newServer(t, old) },
	"below INBOX": belowInbox,
	"Gmail":       func(t *testing.T) *server { return newServer(t, gmail).labelled() },
	"all mail too": func(t *testing.T) *server {
		s := newServer(t, modern).labelled()
		s.create("Archive", `\Archive`)
		s.strict = true
		return s
	},
	"no keywords": func(t *testing.T) *server {
		s := newServer(t, modern)
		s.plainFlags = true
		s.bend(func(c string) string {
			if strings.HasPrefix(c, "SELECT") {
				return `* OK [PERMANENTFLAGS (\Seen \Answered \Flagged \Deleted \Draft)] no keywords`
			}
			return ""
		})
		return s
	},
}

// Fakes lists the kinds of servers.
func Fakes() []string { return slices.Sorted(maps.Keys(fakes)) }

// NewFake starts a server of a kind.
func NewFake(t *testing.T, kind string, rng *rand.Rand) *Fake {
	s := fakes[kind](t)
	if s.boxes["Work"] == nil {
		s.create("Work", "")
	}
	return &Fake{s, newCutter(t, s.port, rng)}
}

// Account is the way to it.
func (f *Fake) Account(name string) config.Account {
	p := f.profile()
	p.Name, p.IMAP.Port = name, f.line.port
	return p
}

// Cut says whether lines are cut.
func (f *Fake) Cut(on bool) { f.line.angry.Store(on) }

// Arrive puts a message of a conversation into a folder.
func (f *Fake) Arrive(name, mid, first string) {
	extra := ""
	if first != mid {
		extra = fmt.Sprintf("References: <%s>\r\n", first)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.boxes[name] == nil {
		name = "INBOX"
	}
	f.put(name, &message{raw: letter(mid, "about "+first, extra), date: f.start(), flags: map[string]bool{}})
	f.tell()
}

// Holds lists what is there: folder, message and flags.
func (f *Fake) Holds() []string {
	var out []string
	for _, l := range f.visible() {
		p := strings.SplitN(l, " ", 4)
		out = append(out, strings.Join(slices.Delete(p, 1, 2), " "))
	}
	slices.Sort(out)
	return out
}

// Line is how Holds tells of a message that is listed.
func Line(folder string, m mail.Summary) string {
	own := mail.FromGmailLabel(labelOf(folder))
	flags := slices.DeleteFunc(slices.Clone(m.Flags), func(f string) bool { return f == own })
	p := strings.SplitN(line(folder, 0, m.MessageID, flags), " ", 4)
	return strings.Join(slices.Delete(p, 1, 2), " ")
}

// Other changes a message as another client does, puts it somewhere or takes it away, and says what it did.
func (f *Fake) Other(mid string, rng *rand.Rand) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	defer f.tell()
	var lies []string
	for _, name := range slices.Sorted(maps.Keys(f.boxes)) {
		if f.boxes[name].find(mid) != nil {
			lies = append(lies, name)
		}
	}
	if len(lies) == 0 {
		f.put("INBOX", &message{raw: letter(mid, "about "+mid), date: f.start(), flags: map[string]bool{}})
		return mid + " comes"
	}
	name, to := lies[rng.IntN(len(lies))], []string{"INBOX", "Work", "Trash"}[rng.IntN(3)]
	b := f.boxes[name]
	m := b.find(mid)
	if m.flags[`\Deleted`] {
		return mid + " is half deleted"
	}
	if rng.IntN(2) == 0 || f.boxes[to] == nil || to == name {
		b.set(mid, `\Seen`, !m.flags[`\Seen`])
		f.sameFlags(m)
		return mid + " is read, or not"
	}
	f.put(to, m)
	if !f.stays(name, m) && f.boxes[name].same(m) != nil {
		f.takeOff(b, m)
	}
	return mid + " goes from " + name + " to " + to
}

// LongTest tells whether the long form is asked for.
func LongTest() bool { return longTest() }

// SeedOf is the seed of a random test.
func SeedOf(t *testing.T) uint64 { return seedOf(t) }
