package app

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"postea/internal/compose"
	"postea/internal/mail"
	"postea/internal/reading"
)

// Answering is what is begun from a message.
type Answering string

// The ways of beginning a draft from a message.
const (
	ToAuthor       Answering = "reply"
	ToAll          Answering = "reply-all"
	ToList         Answering = "reply-list"
	Forwarded      Answering = "forward"          // inside the text, attachments carried over
	ForwardedWhole Answering = "forward-attached" // as a message in the message
	Redirected     Answering = "redirect"         // as it is, to others (RFC 5322 §3.6.6)
	AsNew          Answering = "edit-as-new"      // the same once more
)

// Carries tells that what the message brings goes along, so that all of it must be
// here.
func (how Answering) Carries() bool {
	return how == Forwarded || how == ForwardedWhole || how == Redirected || how == AsNew
}

// Answer begins a draft from a message. Of its text, nothing but only is quoted or
// forwarded, where that is not empty; attachments stay behind then. The draft is not saved yet. The error is
// ErrNotHere where the body has yet to come, or a *UsageError where the message
// gives no occasion for such an answer.
func (a *App) Answer(ctx context.Context, id mail.ID, how Answering, only string) (mail.Draft, error) {
	if how.Carries() && (only == "" || how != Forwarded) {
		if err := a.bringWhole(ctx, id); err != nil {
			return mail.Draft{}, err
		}
	}
	m, acc, err := a.toAnswer(ctx, id)
	if err != nil {
		return mail.Draft{}, err
	}
	o := original(m)
	if only != "" {
		o.Text = only
	}
	me := a.self(acc, compose.ChooseIdentity(o, acc.Identities()))
	var d mail.Draft
	switch how {
	case ToAuthor:
		d = compose.Reply(o, me)
	case ToAll:
		d = compose.ReplyAll(o, me)
	case ToList:
		var ok bool
		if d, ok = compose.ReplyList(o, me); !ok {
			return d, &UsageError{"this message came over no list that takes answers"}
		}
	case Forwarded:
		d = compose.Forward(o, me)
		if only == "" {
			d.Attach, err = attachmentsOf(m)
		}
	case ForwardedWhole:
		d, err = a.forwardWhole(ctx, id, o, me)
	case Redirected:
		d = mail.Draft{From: me.From, Subject: o.Subject, Body: m.Text(), Redirects: id}
	case AsNew:
		d, err = a.asNew(m, me)
	default:
		err = &UsageError{fmt.Sprintf("%q is no way to answer", how)}
	}
	if err != nil {
		return mail.Draft{}, err
	}
	d.Account = acc.Name
	switch how {
	case ToAuthor, ToAll, ToList:
		d.ReplyTo, d.Markdown = id, a.markdown()
	case Forwarded, ForwardedWhole, Redirected:
		d.Forwards = id
	}
	return d, nil
}

func (a *App) forwardWhole(ctx context.Context, id mail.ID, o compose.Original, me compose.Self) (mail.Draft, error) {
	raw, err := a.Raw(ctx, id)
	if err != nil {
		return mail.Draft{}, err
	}
	raw = compose.ForOthers(raw)
	d := compose.New(me)
	d.Subject = compose.ForwardSubject(o.Subject)
	name := strings.NewReplacer("/", "-", `\`, "-").Replace(reading.Line(o.Subject).String())
	if name == "" {
		name = "message"
	}
	d.Attach = []mail.AttachmentRef{{Name: name + ".eml", Type: "message/rfc822", Size: int64(len(raw)), Data: raw}}
	return d, nil
}

// asNew is the draft that a message may have come from.
func (a *App) asNew(m *reading.Message, me compose.Self) (mail.Draft, error) {
	h := m.Header
	d := mail.Draft{
		From: me.From, Subject: h.Subject, Body: m.OwnText(),
		To: mail.FormatAddresses(h.To), Cc: mail.FormatAddresses(h.Cc), Bcc: mail.FormatAddresses(h.Bcc),
	}
	var err error
	d.Attach, err = attachmentsOf(m)
	return d, err
}

func original(m *reading.Message) compose.Original {
	h := m.Header
	o := compose.Original{
		From: h.From, ReplyTo: h.ReplyTo, To: h.To, Cc: h.Cc, Subject: h.Subject,
		MessageID: h.MessageID, InReplyTo: h.InReplyTo, References: h.References,
		Date: h.Date, Text: m.Text(), ListPost: h.ListPost, MailFollowupTo: h.MailFollowupTo,
	}
	if o.Date.IsZero() {
		o.Date = h.Received
	}
	for _, f := range h.All() {
		switch strings.ToLower(f.Name) {
		case "delivered-to", "x-delivered-to", "x-original-to", "envelope-to", "x-envelope-to":
			o.Delivered = append(o.Delivered, f.Value)
		}
	}
	return o
}

// redirect builds a message that is sent on as it is.
func (a *App) redirect(ctx context.Context, d mail.Draft) (*compose.Built, error) {
	raw, err := a.Raw(ctx, d.Redirects)
	if errors.Is(err, ErrNotFound) {
		return nil, &UsageError{"the message that was to be redirected is gone"}
	}
	if err != nil {
		return nil, err
	}
	return compose.Resend(raw, d, compose.Options{Now: a.now()})
}
