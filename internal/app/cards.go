package app

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"postea/config"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/internal/reading/trust"
)

// Invitation is an event in a message. Answer tells that it asks the reader for
// one that can be given.
type Invitation struct {
	reading.Invitation
	Answer bool
	Mine   string // what the organizer knows of the reader: "accepted", …; "" for nothing
	To     Text   // where an answer goes
}

// Bounce is a delivery report in a message, tied to what it is about.
type Bounce struct {
	Kind       string // as in reading.Report
	Recipients []BounceRecipient
	Subject    Text          // of the message that it is about; empty where there is none of ours
	Sent       time.Time     // when that one was written
	Outgoing   mail.OutboxID // its journey; "" where it was not sent from here
}

// BounceRecipient is the news about one recipient.
type BounceRecipient struct {
	Address Text
	Action  string // as in reading.ReportRecipient
	Words   Text   // plain words for the reason; may be empty
	Status  Text   // "5.1.1"; may be empty
	Text    Text   // the server's own words
}

// LeaveBy is a way to leave a mailing list.
type LeaveBy int

// The ways, the best last.
const (
	LeaveNot LeaveBy = iota
	LeaveByWeb
	LeaveByMail
	LeaveByPost // one request and no more (RFC 8058)
)

// List is the mailing list that a message came over.
type List struct {
	Name    Text
	Leave   LeaveBy
	LeaveAt Text   // host or address that is asked
	Archive string // URL; "" for none
}

// describe fills in what there is to know about a message beside its text.
func (a *App) describe(ctx context.Context, acc config.Account, out *Message, m *reading.Message) error {
	out.Protection = m.Protection().Words()
	if l := m.List(); l != nil {
		out.List = listOf(l)
	}
	out.Contacts, out.HasPictures = m.Contacts(), m.HasPictures()
	if to := m.ReceiptTo(); len(to) > 0 {
		out.ReceiptTo = reading.Line(to[0].Label())
	}
	if inv := m.Invitation(a.now().Location(), a.dates); inv != nil {
		out.Invitation = a.invitationOf(acc, inv)
		if given, err := a.answered(ctx, inv.Source.Events[0]); err != nil {
			return err
		} else if given != "" {
			out.Invitation.Mine = reading.Line(given).String()
		}
	}
	if err := a.fate(ctx, out, m); err != nil {
		return err
	}
	if err := a.bounce(ctx, out, m); err != nil {
		return err
	}
	return a.sender(ctx, acc, out, m)
}

func listOf(l *reading.List) *List {
	out := &List{Name: l.Name, Archive: l.Archive}
	out.Leave, _ = leaveBy(l)
	_, target := leaveBy(l)
	if u, err := url.Parse(target); err == nil {
		out.LeaveAt = reading.Line(u.Hostname())
		if u.Scheme == "mailto" {
			address, _, _ := strings.Cut(u.Opaque, "?")
			out.LeaveAt = reading.Line(address)
		}
	}
	return out
}

// leaveBy chooses how a list is left. One click is offered only where the
// sender claims to have signed the offer, as RFC 8058 §4 wants it.
func leaveBy(l *reading.List) (LeaveBy, string) {
	if l.OneClick != "" && l.OneClickSigned {
		return LeaveByPost, l.OneClick
	}
	for _, scheme := range []struct {
		prefix string
		by     LeaveBy
	}{{"mailto:", LeaveByMail}, {"https:", LeaveByWeb}, {"http:", LeaveByWeb}} {
		for _, u := range l.Unsubscribe {
			if strings.HasPrefix(strings.ToLower(u), scheme.prefix) {
				return scheme.by, u
			}
		}
	}
	return LeaveNot, ""
}

func (a *App) invitationOf(acc config.Account, inv *reading.Invitation) *Invitation {
	out := &Invitation{Invitation: *inv}
	e := inv.Source.Events[0]
	if _, as, ok := a.invited(acc, e); ok {
		out.Mine = reading.Line(as.Status).String()
	}
	to := e.Organizer.Address
	if inv.Method == "REQUEST" && !e.Cancelled && e.UID != "" && mail.CheckAddrSpec(to.Address) == "" && !acc.Own(to.Address) {
		out.Answer, out.To = true, reading.Line(to.Address)
	}
	return out
}

// bounce reads a delivery report and looks for the message that it is about: in
// the outbox, or else among what was sent by another program.
func (a *App) bounce(ctx context.Context, out *Message, m *reading.Message) error {
	r := m.Report()
	if r == nil {
		return nil
	}
	b := &Bounce{Kind: r.Kind}
	for _, to := range r.Recipients {
		b.Recipients = append(b.Recipients, BounceRecipient{
			Address: reading.Line(to.Address), Action: to.Action, Words: reading.Line(to.Reason), Status: reading.Line(to.Status), Text: reading.Line(to.Text),
		})
	}
	out.Bounce = b
	envID := r.EnvID
	for _, id := range append([]string{""}, r.OriginalIDs...) {
		list, err := a.store.FindOutgoing(ctx, id, envID)
		if err != nil {
			return err
		}
		if len(list) > 0 {
			o := list[max(slices.IndexFunc(list, func(o mail.Outgoing) bool { return isAbout(r, o) }), 0)]
			b.Outgoing, b.Subject, b.Sent = o.ID, subjectLine(o.Subject), o.Created
			return nil
		}
		envID = ""
	}
	for _, id := range r.OriginalIDs {
		list, err := a.store.FindMessageID(ctx, out.Account, id)
		if err != nil {
			return err
		}
		for _, sum := range list {
			if acc, ok := a.cfg.Account(sum.Account); ok && len(sum.From) > 0 && acc.Own(sum.From[0].Address) {
				b.Subject, b.Sent = subjectLine(sum.Subject), sum.Date
				return nil
			}
		}
	}
	return nil
}

// isAbout tells an item that a report is about from others under the same Message-ID.
func isAbout(r *reading.Report, o mail.Outgoing) bool {
	return slices.ContainsFunc(r.Recipients, func(to reading.ReportRecipient) bool {
		return slices.ContainsFunc(o.Recipients, func(own mail.Recipient) bool { return to.IsFor(own.Address) || to.ReachedAs(own.Address) })
	})
}

// knownDomains bounds how many domains a look-alike is compared with.
const knownDomains = 200

// sender says who a message is from, and what is odd about it.
func (a *App) sender(ctx context.Context, acc config.Account, out *Message, m *reading.Message) error {
	server, believed := authServer(acc, m)
	o := reading.TrustOptions{Server: server}
	contacts, err := a.store.WrittenTo(ctx, knownDomains)
	if err != nil {
		return err
	}
	for _, own := range acc.Identities() {
		o.Known = append(o.Known, own.Domain())
	}
	for _, c := range contacts {
		o.Known = append(o.Known, c.Domain())
	}
	s := m.Sender(o)
	switch {
	case s.Verdict == trust.Refuted:
		out.Warnings = append(out.Warnings, s.Words)
	case believed:
		out.Verdict, out.Confirmed = s.Words, s.Verdict == trust.Confirmed
	}
	for _, w := range s.Warnings {
		out.Warnings = append(out.Warnings, w.Words)
	}
	if out.List == nil && out.Bounce == nil && !out.Mine && len(m.Header.From) == 1 && (out.Role == mail.RoleInbox || out.Role == "") {
		known, err := a.store.KnownSender(ctx, m.Header.From[0].Address, out.ID)
		if err != nil {
			return err
		}
		out.FirstTime = !known
	}
	return nil
}

// authServer decides whose Authentication-Results count (RFC 8601 §5). What the
// configuration names is believed. Without it the topmost field counts where it
// bears the name of the provider, but only against a message: a provider that
// writes no such field lets through one that a forger has written, who would
// give himself a good mark and never a bad one.
func authServer(acc config.Account, m *reading.Message) (server string, believed bool) {
	if acc.AuthServID != "" {
		return acc.AuthServID, true
	}
	host := strings.ToLower(acc.IMAP.Host)
	if host == "imap.gmail.com" || host == "imap.googlemail.com" {
		return "mx.google.com", true // writes one into every message
	}
	if top := m.AuthServer(); top != "" && trust.Aligned(top, host) {
		return top, false
	}
	return "", false
}
