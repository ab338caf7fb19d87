package demo

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"time"

	imap "github.com/emersion/go-imap/v2"
)

// longer are the texts that are too long to stand between lines of code.
//
//go:embed mail
var longer embed.FS

func longText(name string) string {
	b, err := longer.ReadFile("mail/" + name)
	if err != nil {
		panic("demo: " + err.Error()) // the file was there when this was compiled
	}
	return string(b)
}

// sample is a message of the sample mail.
type sample struct {
	box   box
	flags string // in words: seen starred answered forwarded draft junk
	when  when
	key   string // names the message here, and in its Message-ID
	re    string // the key of the message it answers

	from    person
	to, cc  []person
	subject string
	extra   []field
	body    part
	forged  bool // somebody else has sent it

	// write makes the body where it depends on another message.
	write func(*library) part
	// compose makes the whole letter where a program writes it.
	compose func(*library, time.Time) letter
}

// box is a folder of a user.
type box struct {
	user   string
	folder string
}

func home(folder string) box { return box{"home", folder} }
func work(folder string) box { return box{"work", folder} }

// when is a time seen from the start of the server.
type when func(now time.Time) time.Time

// ago is for today's mail, which a clock time might put into the future.
func ago(d time.Duration) when { return func(now time.Time) time.Time { return now.Add(-d) } }

// day is a time of the day so many days ago.
func day(days, hour, minute int) when {
	return func(now time.Time) time.Time {
		y, m, d := now.Date()
		return time.Date(y, m, d-days, hour, minute, (days*7+minute*11)%60, 0, now.Location())
	}
}

// library is the sample mail while it is written.
type library struct {
	cast    cast
	now     time.Time
	samples map[string]sample
	letters map[string]letter
}

// letter writes the letter of that name, and before it those that it answers.
func (lib *library) letter(key string) letter {
	if l, done := lib.letters[key]; done {
		return l
	}
	m, ok := lib.samples[key]
	if !ok {
		panic(fmt.Sprintf("demo: there is no sample %q", key))
	}
	date := m.when(lib.now).Truncate(time.Second)
	l := letter{
		from: m.from, to: m.to, cc: m.cc, subject: m.subject, date: date, extra: m.extra, body: m.body,
	}
	if m.write != nil {
		l.body = m.write(lib)
	}
	if m.compose != nil {
		l = m.compose(lib, date)
	}
	_, domain := splitAddress(l.from.address)
	l.id = key + "@" + domain
	if m.re != "" {
		parent := lib.letter(m.re)
		l.parents = append(slices.Clone(parent.parents), parent.id)
		if l.subject == "" {
			l.subject = "Re: " + strings.TrimPrefix(parent.subject, "Re: ")
		}
	}
	lib.letters[key] = l
	return l
}

// fill puts the sample mail into the mailboxes.
func (s *Server) fill(now time.Time) {
	c := newCast()
	s.meet(c.correspondents()...)
	lib := &library{cast: c, now: now, samples: make(map[string]sample), letters: make(map[string]letter)}
	all := slices.Concat(engineMail(c), officeMail(c), homeMail(c), worldMail(c), pressMail(c), travelMail(c), oldMail(c))
	for _, m := range all {
		if _, twice := lib.samples[m.key]; twice {
			panic(fmt.Sprintf("demo: two samples are called %q", m.key))
		}
		lib.samples[m.key] = m
	}
	// UIDs rise with the time of arrival.
	slices.SortStableFunc(all, func(a, b sample) int { return a.when(now).Compare(b.when(now)) })
	for _, m := range all {
		s.file(m, lib.letter(m.key))
	}
}

func (s *Server) file(m sample, l letter) {
	raw := l.bytes()
	for _, a := range s.accounts {
		if a.user.Name != m.box.user {
			continue
		}
		if l.from.address != a.user.Address {
			_, domain := splitAddress(l.from.address)
			sender := l.from.address
			if strings.HasPrefix(sender, "mailer-daemon@") {
				sender = ""
			}
			result := "pass"
			if m.forged {
				result = "fail"
			}
			raw = append(fmt.Appendf(nil, "Authentication-Results: %s; dmarc=%s header.from=%s\r\n", AuthServID, result, domain), raw...)
			raw = append(traceFields(Submission{From: sender, client: "mail." + domain}, a.user.Address, s.number(), l.date), raw...)
		}
		a.mu.Lock()
		a.make(m.box.folder).add(raw, l.date, flagsIn(m.flags))
		a.mu.Unlock()
	}
}

func flagsIn(words string) []imap.Flag {
	known := map[string]imap.Flag{
		"seen": imap.FlagSeen, "starred": imap.FlagFlagged, "answered": imap.FlagAnswered,
		"forwarded": imap.FlagForwarded, "draft": imap.FlagDraft, "junk": imap.FlagJunk,
	}
	var flags []imap.Flag
	for word := range strings.FieldsSeq(words) {
		flags = append(flags, known[word])
	}
	return flags
}
