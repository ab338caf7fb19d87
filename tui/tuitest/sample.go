package tuitest

import (
	"fmt"
	"time"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/internal/reading"
)

// Folder ids of the sample.
const (
	Inbox mail.FolderID = iota + 1
	Drafts
	Sent
	Archive
	Junk
	Trash
	WorkInbox
	WorkSent
	WorkLists
	WorkGoDev
	WorkIETF
	WorkTrash
	Snoozed
)

var (
	ada   = mail.Address{Name: "Ada Lovelace", Address: "ada@example.org"}
	work  = mail.Address{Name: "Ada Lovelace", Address: "lovelace@work.example"}
	grace = mail.Address{Name: "Grace Hopper", Address: "grace@example.net"}
)

// Empty is a backend with one account and no mail.
func Empty() *Backend {
	b := &Backend{Hold: 10 * time.Second, Fail: map[string]error{}, Journeys: map[mail.OutboxID]app.Journey{}}
	b.Accounts = []Account{{
		Name: "ada@example.org", Address: ada.Address, RealName: ada.Name, Signature: "Ada Lovelace · Analytical Society",
		Folders: []mail.Folder{
			{ID: Inbox, Name: "Inbox", Role: mail.RoleInbox, Selectable: true},
			{ID: Drafts, Name: "Drafts", Role: mail.RoleDrafts, Selectable: true},
			{ID: Sent, Name: "Sent", Role: mail.RoleSent, Selectable: true},
			{ID: Archive, Name: "Archive", Role: mail.RoleArchive, Selectable: true},
			{ID: Junk, Name: "Junk", Role: mail.RoleJunk, Selectable: true},
			{ID: Trash, Name: "Trash", Role: mail.RoleTrash, Selectable: true},
		},
	}}
	b.States = []app.Status{{Kind: app.StatusOnline, Account: "ada@example.org", Synced: now.Add(-12 * time.Second)}}
	return b
}

// None is a backend without an account.
func None() *Backend { return &Backend{Fail: map[string]error{}} }

// Sample is a backend with two accounts, mail of many kinds and a busy outbox.
func Sample() *Backend { return SampleAt(now) }

// SampleAt is Sample with its mail dated back from another time than the tests'.
func SampleAt(t time.Time) *Backend {
	b := Empty()
	b.Accounts = append(b.Accounts, Account{
		Name: "work", Address: work.Address, RealName: work.Name, Signature: "A. Lovelace",
		Folders: []mail.Folder{
			{ID: WorkInbox, Name: "Inbox", Role: mail.RoleInbox, Selectable: true},
			{ID: WorkSent, Name: "Sent", Role: mail.RoleSent, Selectable: true},
			{ID: WorkLists, Name: "Lists"},
			{ID: WorkGoDev, Name: "Lists/go-dev", Selectable: true},
			{ID: WorkIETF, Name: "Lists/ietf-smtp", Selectable: true},
			{ID: WorkTrash, Name: "Trash", Role: mail.RoleTrash, Selectable: true},
		},
	})
	b.States = []app.Status{
		{Kind: app.StatusOnline, Account: "ada@example.org", Synced: t.Add(-12 * time.Second)},
		{Kind: app.StatusOnline, Account: "work", Synced: t.Add(-12 * time.Second)},
	}
	s := sampler{b: b, now: t}
	s.mails()
	s.outbox()
	s.people()
	return b
}

type sampler struct {
	b   *Backend
	now time.Time
}

func (s *sampler) add(thread mail.ThreadID, name, address, subject, text string, ago time.Duration) *Message {
	m := &Message{
		ID: mail.ID(len(s.b.Messages) + 1), Thread: thread, Account: "ada@example.org", Folder: Inbox,
		From: mail.Address{Name: name, Address: address}, To: []mail.Address{ada}, Subject: subject, Body: text, Date: s.now.Add(-ago),
	}
	s.b.Messages = append(s.b.Messages, m)
	return m
}

const day = 24 * time.Hour

const talk = `MIME-Version: 1.0
Content-Type: text/html; charset=utf-8
`

const talkBody = `<p>I can bring the nanoseconds; will you have a projector?</p>
<p>The plan, as it stands:</p>
<ul><li>20 minutes on the compiler, with the moth</li><li>10 minutes of questions</li>
<li>slides are <a href="https://slides.example.net/talks/moth.pdf">here</a> and the abstract <a href="https://example.net/abstract">here</a></li></ul>
<blockquote><p>Gladly. What is the audience?</p><p>Students, and two admirals.</p>
<p>One.</p><p>Two.</p><p>Three.</p><p>Four.</p><p>Five.</p><p>Six.</p></blockquote>`

func (s *sampler) mails() {
	s.add(1, "Ada Lovelace", "ada@example.org", "The talk on Thursday", "Would you speak on Thursday? The room holds forty.\n", 17*time.Hour+39*time.Minute)
	s.add(1, grace.Name, grace.Address, "Re: the talk on Thursday", "Gladly. What is the audience?\n", 15*time.Hour)
	m := s.add(1, grace.Name, grace.Address, "Re: the talk on Thursday", talkBody, 0)
	m.MIME, m.Unread = talk, true
	m.Cc = []mail.Address{{Name: "Howard Aiken", Address: "howard@example.edu"}}
	m.Files = []app.Attachment{
		{Index: 1, Name: reading.Line("moth.jpg"), Type: reading.Line("image/jpeg"), Size: 184_320},
		{Index: 2, Name: reading.Line("schedule.ics"), Type: reading.Line("text/calendar"), Size: 2048},
	}
	s.add(2, "Linus T.", "linus@example.com", "[PATCH v2 0/7] smtp: pipeline MAIL and RCPT", "Looks good to me.\n\n> The series pipelines MAIL and RCPT.\n\nApplied, thanks. See https://example.com/patches/7 for the rest.\n\n-- \nLinus\n", 29*time.Minute)
	m = s.add(3, "Stripe", "billing@stripe.example", "Your invoice for October", "Invoice INV-2031 for €42.00 is ready.\n", 71*time.Minute)
	m.Unread = true
	m.Files = []app.Attachment{{Index: 1, Name: reading.Line("INV-2031.pdf"), Type: reading.Line("application/pdf"), Size: 48_000}}
	m.Warnings = []string{"Answers go to noreply@elsewhere.example, not to the sender."}
	m = s.add(4, "Margaret Hamilton", "margaret@example.gov", "Priority displays, final wording", "Attached is the wording for the displays.\n", day)
	m.Starred = true
	m.Files = []app.Attachment{{Index: 1, Name: reading.Line("wording.odt"), Type: reading.Line("application/vnd.oasis.opendocument.text"), Size: 90_000}}
	s.add(5, "田中 美咲", "misaki@example.jp", "来週の打ち合わせについて", "お世話になっております。来週の打ち合わせの件でご連絡いたします。\n", day+time.Hour)
	s.add(6, "Katherine Johnson", "katherine@example.gov", "Numbers for the re-entry window", "I ran them twice by hand.\n", 2*day).Answered = true
	s.add(7, "GitHub", "notifications@github.example", "[postea] Bounce tied to the wrong recipient (#42)", "The bounce names the original recipient.\n", 2*day+time.Hour).Unread = true
	s.add(8, "مريم ميرزاخاني", "maryam@example.ir", "سطوح ريمان", "أرسل إليك المسودة الأخيرة، وأنتظر ملاحظاتك.\n", 6*day)
	s.add(9, "Emoji 👩‍💻 Friend", "emoji@example.org", "🎉 Party 🏳️‍🌈 on Friday 👨‍👩‍👧‍👦", "Bring cake 🍰 and 👍🏽.\n", 7*day)
	s.add(10, "A very long display name that goes on and on for ever", "long@example.org",
		"A subject that is so long that it cannot possibly fit into any list of messages, whatever the width of the terminal may be, because it goes on", "Short.\n", 8*day)
	s.add(11, "", "noname@example.org", "No display name", "Nothing but an address.\n", 9*day).Away = true
	for i, n := range []string{"Dorothy Vaughan", "Annie Easley", "Radia Perlman", "Hedy L.", "Weekly digest", "Barbara Liskov", "Karen Spärck Jones", "Sophie Wilson", "Joan Clarke", "Frances Allen", "Lynn Conway", "Mary Keller", "Evelyn Boyd", "Jean Bartik", "Betty Holberton", "Kathleen Booth", "Ida Rhodes", "Mary Jackson"} {
		s.add(mail.ThreadID(20+i), n, fmt.Sprintf("p%d@example.org", i), "About subject number "+fmt.Sprint(i+1), "The text of it begins like this and goes on.\n", time.Duration(10+i*9)*day)
	}
	w := s.add(60, "The boss", "boss@work.example", "Quarterly numbers", "Please have a look.\n", 3*time.Hour)
	w.Account, w.Folder, w.Unread, w.To = "work", WorkInbox, true, []mail.Address{work}
	d := s.add(61, ada.Name, ada.Address, "Half a thought", "Dear Barbara,\n\nI have half a th", 2*day)
	d.Folder, d.To = Drafts, []mail.Address{{Name: "Barbara Liskov", Address: "barbara@example.org"}}
	t := s.add(62, "Old news", "old@example.org", "In the bin", "Gone.\n", 3*day)
	t.Folder = Trash
}

func (s *sampler) people() {
	for _, c := range []app.Contact{
		{Raw: mail.Address{Name: "Howard Aiken", Address: "howard@example.edu"}, Uses: 12},
		{Raw: mail.Address{Name: "Howard Aitken", Address: "h.aitken@example.ac.uk"}, Uses: 1},
		{Raw: grace, Uses: 40},
		{Raw: mail.Address{Name: "田中 美咲", Address: "misaki@example.jp"}, Uses: 3},
	} {
		c.Name, c.Address = reading.Line(c.Raw.Name), reading.Line(c.Raw.Address)
		s.b.People = append(s.b.People, c)
	}
}
