package tuitest

import (
	"context"
	"fmt"
	"strings"
	"time"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/internal/reading"
)

// AnswerInvitation implements tui.Backend.
func (b *Backend) AnswerInvitation(_ context.Context, id mail.ID, status string) (mail.Draft, error) {
	time.Sleep(b.Slow["AnswerInvitation"])
	defer b.mu.Unlock()
	if err := b.enter("AnswerInvitation"); err != nil {
		return mail.Draft{}, err
	}
	m, err := b.find(id)
	if err != nil {
		return mail.Draft{}, err
	}
	return mail.Draft{
		Account: m.Account, From: ada, To: m.From.Address, Subject: status + ": " + m.Subject, Body: "The answer is " + status + ".\n", ReplyTo: id,
		Attach: []mail.AttachmentRef{{Name: "answer.ics", Type: "text/calendar; method=REPLY", Data: []byte("BEGIN:VCALENDAR"), Size: 15}},
	}, nil
}

// LeaveList implements tui.Backend. A list that is left by mail has a draft.
func (b *Backend) LeaveList(_ context.Context, id mail.ID) (string, *mail.Draft, error) {
	defer b.mu.Unlock()
	if err := b.enter("LeaveList"); err != nil {
		return "", nil, err
	}
	m, err := b.find(id)
	if err != nil {
		return "", nil, err
	}
	var out app.Message
	m.Also(&out)
	if out.List.Leave == app.LeaveByMail {
		return "", &mail.Draft{Account: m.Account, From: ada, To: out.List.LeaveAt.String(), Subject: "unsubscribe"}, nil
	}
	b.Left = append(b.Left, id)
	return "Asked to be taken off " + out.List.Name.String(), nil, nil
}

// ViewAttachment implements tui.Backend: a nested message for a name that ends
// in .eml, else two lines.
func (b *Backend) ViewAttachment(_ context.Context, id mail.ID, index int) (app.FileView, error) {
	defer b.mu.Unlock()
	if err := b.enter("ViewAttachment"); err != nil {
		return app.FileView{}, err
	}
	m, err := b.find(id)
	if err != nil {
		return app.FileView{}, err
	}
	v := app.FileView{Title: m.Files[index-1].Name}
	if strings.HasSuffix(v.Title.String(), ".eml") {
		p := b.person(grace)
		v.Message = &app.Message{From: []app.Person{p}, Subject: reading.Line("The inner one"), Date: now, Body: body{reading.Parse([]byte("\nWithin, a quiet text that is long enough to be laid out in more than one line wherever it is shown, as it must be.\n"))}}
		return v, nil
	}
	v.Lines = []app.Text{reading.Block("name\u00a0\u00a0n"), reading.Block("Ada\u00a0\u00a0\u00a01")}
	return v, nil
}

// OpenHTML implements tui.Backend.
func (b *Backend) OpenHTML(_ context.Context, id mail.ID) error {
	defer b.mu.Unlock()
	err := b.enter("OpenHTML")
	b.Opened = append(b.Opened, "html of "+id.String())
	return err
}

// Pictures implements tui.Backend.
func (b *Backend) Pictures(_ context.Context, id mail.ID, fetch bool) (app.Pictures, error) {
	defer b.mu.Unlock()
	if err := b.enter("Pictures"); err != nil {
		return app.Pictures{}, err
	}
	p := b.Shown[id]
	if p.Never || !fetch && !p.Always {
		kept := p.List
		p.List = nil
		for _, one := range kept {
			if one.Attachment > 0 {
				p.List = append(p.List, one)
			}
		}
		return p, nil
	}
	p.Web = 0
	return p, nil
}

// Structure implements tui.Backend.
func (b *Backend) Structure(context.Context, mail.ID) ([]app.PartItem, error) {
	defer b.mu.Unlock()
	if err := b.enter("Structure"); err != nil {
		return nil, err
	}
	return []app.PartItem{
		{Type: reading.Line("multipart/mixed")},
		{Path: "1", Depth: 1, Type: reading.Line("text/plain; utf-8"), Size: 120, Leaf: true},
		{Path: "2", Depth: 1, Type: reading.Line("image/jpeg"), Name: reading.Line("moth.jpg"), Size: 4000, Leaf: true},
	}, nil
}

// ViewPart implements tui.Backend.
func (b *Backend) ViewPart(_ context.Context, _ mail.ID, path string) (app.FileView, error) {
	defer b.mu.Unlock()
	err := b.enter("ViewPart")
	return app.FileView{Title: reading.Line("part " + path), Lines: []app.Text{reading.Line("as it is: " + path)}}, err
}

// CheckSignatures implements tui.Backend.
func (b *Backend) CheckSignatures(context.Context, mail.ID) ([]app.SignatureCheck, error) {
	defer b.mu.Unlock()
	err := b.enter("CheckSignatures")
	return []app.SignatureCheck{{Good: true, Aligned: true, Words: reading.Line("example.net has signed this message")}}, err
}

// AllowPictures implements tui.Backend.
func (b *Backend) AllowPictures(_ context.Context, id mail.ID, yes bool) error {
	defer b.mu.Unlock()
	err := b.enter("AllowPictures")
	p := b.Shown[id]
	p.Always = yes
	b.Shown[id] = p
	return err
}

// Clipboard implements tui.Backend.
func (b *Backend) Clipboard(_ context.Context, text string) error {
	defer b.mu.Unlock()
	err := b.enter("Clipboard")
	b.Clipped = append(b.Clipped, text)
	return err
}

// Copies implements tui.Backend.
func (b *Backend) Copies(_ context.Context, id mail.ID) (app.Copies, error) {
	defer b.mu.Unlock()
	if err := b.enter("Copies"); err != nil {
		return app.Copies{}, err
	}
	m, err := b.find(id)
	if err != nil {
		return app.Copies{}, err
	}
	return app.Copies{Address: m.From.Address, Subject: m.Subject, MessageID: "<1@example.net>", Text: m.Body}, nil
}

// Pipe implements tui.Backend: it writes down the command and what it got.
func (b *Backend) Pipe(_ context.Context, id mail.ID, what app.PipeWhat, index int, command string) (app.Piped, error) {
	defer b.mu.Unlock()
	err := b.enter("Pipe")
	out := app.Piped{Code: 3}
	for n := range 60 {
		out.Lines = append(out.Lines, reading.Line(fmt.Sprintf("%s %d of %v file %d, line %d", command, what, id, index, n+1)))
	}
	return out, err
}

// SampleCards is a store with a message for each kind of card, the newest first:
// an invitation, a bounce, a list, and one whose sender is doubtful.
func SampleCards() *Backend {
	b := Empty()
	s := sampler{b: b, now: now}
	line := reading.Line
	m := s.add(1, "Charles Babbage", "charles@example.net", "Invitation: the engine shown to visitors", "Please stand on either side of it and look as if it always worked.\n", time.Minute)
	m.Also = func(out *app.Message) {
		out.Verdict, out.Confirmed = line("example.net confirms this message (DMARC)"), true
		out.Protection = line("signed with OpenPGP, not checked")
		out.Invitation = &app.Invitation{Answer: true, Mine: "needs-action", To: line("charles@example.net"), Invitation: reading.Invitation{
			Method: "REQUEST", Title: line("Invitation: The engine shown to visitors"), When: line("Fri, 27 Nov 2026, 16:00–17:30"), Repeats: line("every two weeks"),
			Where: line("1 Dorset Street, the room behind the library"), Organizer: line("Charles Babbage <charles@example.net>"), More: 1,
			Attendees: []reading.Attendee{
				{Who: line("Ada Lovelace <ada@example.org>"), Status: "needs-action"}, {Who: line("Mary Somerville <mary@example.net>"), Status: "accepted"},
				{Who: line("The Duke <duke@example.net>"), Status: "declined", Optional: true},
			},
		}}
	}
	m = s.add(2, "Mail Delivery System", "mailer-daemon@example.org", "Undelivered Mail Returned to Sender", "This is the mail system. I could not deliver your message.\n", time.Hour)
	m.Also = func(out *app.Message) {
		out.Bounce = &app.Bounce{Kind: "failed", Subject: line("Wheels for the demonstration"), Sent: now.Add(-2 * time.Hour), Outgoing: mail.NewOutboxID(1), Recipients: []app.BounceRecipient{
			{Address: line("charles.babage@example.net"), Action: "failed", Words: line("no such mailbox"), Status: line("5.1.1"), Text: line("550 5.1.1 <charles.babage@example.net>: Recipient address rejected: User unknown in virtual mailbox table")},
			{Address: line("mary@example.net"), Action: "delayed", Words: line("the mailbox is full"), Status: line("4.2.2")},
		}}
	}
	b.Outgoing = []app.OutboxItem{{ID: mail.NewOutboxID(1), Account: "ada@example.org", State: mail.ItemRejected, Subject: line("Wheels for the demonstration"), To: line("charles.babage@example.net"), Created: now.Add(-2 * time.Hour)}}
	m = s.add(3, "The Difference", "weekly@example.com", "The Difference № 52", "Looms, leap seconds, and a clock that was right.\n", 2*time.Hour)
	m.Also = func(out *app.Message) {
		out.List = &app.List{Name: line("The Difference, weekly"), Leave: app.LeaveByPost, LeaveAt: line("lists.example.com"), Archive: "https://lists.example.com/52"}
	}
	m = s.add(4, "Almanack", "almanack@example.com", "The Almanack No. 41", "Tables.\n", 3*time.Hour)
	m.Also = func(out *app.Message) {
		out.List = &app.List{Name: line("almanack.example.com"), Leave: app.LeaveByMail, LeaveAt: line("almanack-leave@example.com")}
	}
	m = s.add(5, "support@bank.example", "x@bаnk.example", "Your account is closed", "Press here.\n", 4*time.Hour)
	m.Warnings = []string{
		"bank.example does not vouch for this message (DMARC failed)", "the name contains another address, support@bank.example; it is from x@xn--bnk-7cd.example",
		"“bаnk.example” mixes letters of several alphabets; it is xn--bnk-7cd.example", "answers go to phisher@elsewhere.example, and not to x@xn--bnk-7cd.example", "a link leads to another host than it names", "the boundary of the last part is missing",
	}
	m.Also = func(out *app.Message) { out.FirstTime = true }
	m = s.add(6, "Mail Delivery System", "mailer-daemon@example.com", "Undeliverable", "Not yours.\n", 5*time.Hour)
	m.Also = func(out *app.Message) {
		out.Bounce = &app.Bounce{Kind: "failed", Recipients: []app.BounceRecipient{{Address: line("someone@example.com"), Action: "failed", Text: line("550 no")}}}
	}
	return b
}
