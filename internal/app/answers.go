package app

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"postea/config"
	"postea/internal/compose"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/internal/reading/invite"
	"postea/internal/web"
	"postea/internal/when"
)

// AnswerInvitation begins the answer to an invitation, which goes to its
// organizer; status is accepted, tentative or declined. It is sent as any draft,
// with words of the user's own or without.
func (a *App) AnswerInvitation(ctx context.Context, id mail.ID, status string) (mail.Draft, error) {
	m, acc, err := a.toAnswer(ctx, id)
	if err != nil {
		return mail.Draft{}, err
	}
	inv := m.Invitation(a.now().Location(), when.Style{})
	if inv == nil || !a.invitationOf(acc, inv).Answer {
		return mail.Draft{}, &UsageError{"this message asks for no answer to an invitation"}
	}
	e := inv.Source.Events[0]
	me := compose.ChooseIdentity(original(m), acc.Identities())
	if in, as, ok := a.invited(acc, e); ok {
		acc, me = in, compose.ChooseIdentity(compose.Original{To: []mail.Address{as.Address}}, in.Identities())
		me.Name = cmp.Or(me.Name, as.Name)
	}
	calendar, err := invite.Reply(m.Calendar, invite.Answer{As: me, Status: status, Now: a.now()})
	if err != nil {
		return mail.Draft{}, &UsageError{err.Error()}
	}
	verb, ok := map[string][2]string{
		"accepted": {"Accepted", "accepts"}, "tentative": {"Tentative", "may accept"}, "declined": {"Declined", "declines"},
	}[status]
	if !ok {
		return mail.Draft{}, &UsageError{fmt.Sprintf("%q is no answer to an invitation", status)}
	}
	title := reading.Line(cmp.Or(e.Summary, "without a title")).String()
	d := mail.Draft{
		Account: acc.Name, From: me, To: e.Organizer.Address.String(), Subject: verb[0] + ": " + title,
		Body:      fmt.Sprintf("%s %s the invitation.\n\n%s\n%s\n", me.Label(), verb[1], title, inv.When),
		Attach:    []mail.AttachmentRef{{Name: "answer.ics", Type: "text/calendar; method=REPLY", Size: int64(len(calendar)), Data: []byte(calendar)}},
		InReplyTo: m.Header.MessageID, ReplyTo: id,
	}
	d.Refs = append(append(d.Refs, m.Header.References...), m.Header.MessageID)
	return d, nil
}

// invited gives who of the invited the user is, and in which account: in that of the
// message, or in another one, from where it was passed on.
func (a *App) invited(acc config.Account, e invite.Event) (in config.Account, as invite.Person, ok bool) {
	for _, in := range slices.Concat([]config.Account{acc}, a.cfg.Accounts) {
		for _, p := range e.Attendees {
			if in.Own(p.Address.Address) {
				return in, p, true
			}
		}
	}
	return acc, invite.Person{}, false
}

// LeaveList takes the user off the list that a message came over, by one
// request, and says in words what has been done. Where that is done by mail,
// it gives the draft and sends nothing; where only a web page leads out, it
// opens that. The choice is that of List.Leave.
func (a *App) LeaveList(ctx context.Context, id mail.ID) (string, *mail.Draft, error) {
	m, sum, err := a.Readable(ctx, id)
	if err != nil {
		return "", nil, err
	}
	l := m.List()
	if l == nil {
		return "", nil, &UsageError{"this message came over no list"}
	}
	acc, err := a.writingAccount(sum.Account)
	if err != nil {
		return "", nil, err
	}
	by, target := leaveBy(l)
	switch by {
	case LeaveByPost:
		err := web.Leave(ctx, target, web.Options{Proxy: acc.IMAP.Proxy})
		return "Asked to be taken off " + l.Name.String(), nil, err
	case LeaveByMail:
		d, err := mailtoDraft(target)
		if err != nil {
			return "", nil, err
		}
		d.Account, d.From = acc.Name, compose.ChooseIdentity(original(m), acc.Identities())
		return "", &d, nil
	case LeaveByWeb:
		return "Opening the page of the list", nil, a.OpenLink(ctx, target)
	}
	return "", nil, &UsageError{"the list does not say how to leave it"}
}

// mailtoDraft is the message that leaves a list. Only what the user sees in the
// composer is taken from the URL: no Cc, no Bcc.
func mailtoDraft(target string) (mail.Draft, error) {
	d, _, err := compose.ParseMailto(target)
	if err != nil || mail.CheckAddrSpec(d.To) != "" {
		return mail.Draft{}, &UsageError{"the address for leaving the list cannot be read"}
	}
	subject := reading.Line(d.Subject).String()
	return mail.Draft{To: d.To, Subject: cmp.Or(subject, "unsubscribe"), Body: reading.Block(d.Body).String()}, nil
}
