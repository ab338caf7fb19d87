package app

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"postea/config"
	"postea/internal/compose"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/internal/store"
)

// Send builds the final bytes of a draft and commits them to the outbox, which
// retires the draft. It returns until when the send can be taken back. An error
// says what to mend; nothing is queued then. It is a *SentError where the draft was
// sent before and is not to be sent Again.
func (a *App) Send(ctx context.Context, d mail.Draft) (mail.OutboxID, time.Time, error) {
	acc, err := a.sendingAccount(d.Account)
	if err != nil {
		return "", time.Time{}, err
	}
	var until time.Time
	if a.hold && acc.Send.Hold > 0 {
		until = a.now().Add(acc.Send.Hold)
	}
	id, err := a.queueDraft(ctx, acc, d, until, mail.HeldForUndo)
	return id, until, err
}

// SendAndArchive is Send, and archives what lies in the inbox of the conversation
// that is answered or forwarded. It is archived first, so that what is undone
// first is the send.
func (a *App) SendAndArchive(ctx context.Context, d mail.Draft) (mail.OutboxID, time.Time, error) {
	ids, err := a.answeredInInbox(ctx, d)
	if err != nil {
		return "", time.Time{}, err
	}
	n := 0
	if len(ids) > 0 {
		if n, err = a.MoveToRole(ctx, ids, mail.RoleArchive, "Archived "+conversations(1)); err != nil {
			return "", time.Time{}, err
		}
	}
	id, until, err := a.Send(ctx, d)
	if err != nil && n > 0 {
		if _, undo := a.store.Undo(context.WithoutCancel(ctx)); undo != nil {
			a.log.Error("taking back what was archived with a message that was not sent", "err", undo)
		}
	}
	return id, until, err
}

// answeredInInbox are the messages in the inbox of the conversation that a draft is about.
func (a *App) answeredInInbox(ctx context.Context, d mail.Draft) ([]mail.ID, error) {
	about := cmp.Or(d.ReplyTo, d.Forwards)
	if about == 0 {
		return nil, nil
	}
	heads, err := a.store.Heads(ctx, []mail.ID{about})
	if err != nil || len(heads) == 0 { // it may be gone
		return nil, err
	}
	inbox, err := a.store.FolderByRole(ctx, heads[0].Account, mail.RoleInbox)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return a.store.ThreadMessages(ctx, []mail.ThreadID{heads[0].Thread}, store.ListQuery{Folders: []mail.FolderID{inbox.ID}})
}

// SendAt is Send with a time of its own before which nothing leaves; zero is
// at once.
func (a *App) SendAt(ctx context.Context, d mail.Draft, at time.Time, why mail.HeldFor) (mail.OutboxID, error) {
	acc, err := a.sendingAccount(d.Account)
	if err != nil {
		return "", err
	}
	return a.queueDraft(ctx, acc, d, at, why)
}

func (a *App) sendingAccount(name string) (config.Account, error) {
	acc, err := a.writingAccount(name)
	if err == nil && !acc.SMTP.Used() {
		err = &UsageError{fmt.Sprintf("account %s has no [account.smtp] to send with", acc.Name)}
	}
	return acc, err
}

func (a *App) queueDraft(ctx context.Context, acc config.Account, d mail.Draft, notBefore time.Time, why mail.HeldFor) (mail.OutboxID, error) {
	d.Account = acc.Name
	if d.From.Address == "" {
		d.From = acc.Identities()[0]
	}
	built, err := a.build(ctx, acc, d)
	if err != nil {
		return "", err
	}
	q := a.queueItem(acc, built, notBefore, why)
	q.WantsCopy = q.WantsCopy && d.Redirects == 0 // nothing of one's own is in it
	q.Outgoing.FromHeader, q.Outgoing.Subject, q.Outgoing.Replaces = d.From, d.Subject, d.ReplacesO
	for _, typed := range []string{d.To, d.Cc, d.Bcc} {
		list, _ := mail.ParseAddressList(typed) // Build has looked at them
		q.Outgoing.To = append(q.Outgoing.To, list...)
	}
	q.Outgoing.ReplyTo, q.Outgoing.Forwards = d.ReplyTo, d.Forwards
	if d.ReplyTo != 0 {
		q.Answers = d.InReplyTo
	}
	if d.Forwards != 0 {
		if m, err := a.store.Summary(ctx, d.Forwards); err == nil {
			q.Forwards = m.MessageID
		}
	}
	q.Draft = d
	id, err := a.store.Queue(ctx, q)
	if err != nil {
		return "", err
	}
	a.rememberAnswer(ctx, d, id)
	a.clearDrafts(ctx)
	a.bookGrown()
	if d.Continues != 0 {
		// The queued message has taken its place; that it stays when this
		// process dies here is harmless.
		if _, err := a.MoveToRole(ctx, []mail.ID{d.Continues}, mail.RoleTrash, ""); err != nil {
			a.log.Warn("clearing the draft", "err", err)
		}
	}
	return id, nil
}

// build makes the final bytes.
func (a *App) build(ctx context.Context, acc config.Account, d mail.Draft) (*compose.Built, error) {
	if d.Redirects != 0 {
		return a.redirect(ctx, d)
	}
	c := a.cfg.Compose
	return compose.Build(d, compose.Options{Now: a.now(), Lists: compose.Lists{Known: c.Lists, Subscribed: c.Subscribed, Own: acc.Identities()}})
}

func (a *App) queueItem(acc config.Account, b *compose.Built, notBefore time.Time, why mail.HeldFor) store.QueueItem {
	o := mail.Outgoing{Account: acc.Name, MessageID: b.MessageID, EnvID: strings.ToLower(rand.Text()), From: b.From}
	if notBefore.After(a.now()) {
		o.NotBefore, o.HoldReason = notBefore, why
	}
	for _, r := range b.Recipients {
		o.Recipients = append(o.Recipients, mail.Recipient{Address: r, State: mail.RecipientPending})
	}
	return store.QueueItem{
		Outgoing: o, Wire: b.Wire, Bcc: b.BccHeader, EightBit: b.EightBit, UTF8: b.UTF8,
		WantsCopy: acc.IMAP.Host != "" && acc.Sent.Copy != "never",
	}
}

// Submission is a finished message from another program, as sendmail gets it.
type Submission struct {
	Account    string
	Raw        []byte
	From       string   // envelope sender; "" is the From field, else the account
	NullSender bool     // the envelope sender is <>, to which nothing is answered
	Recipients []string // envelope recipients; the header's where FromHeader is set
	FromHeader bool     // -t: To, Cc and Bcc of the message are recipients too
}

// Submit commits a finished message to the outbox: header fields that it must
// have are added, Bcc is taken off, line ends are made right; nothing else is
// touched.
func (a *App) Submit(ctx context.Context, s Submission) (mail.OutboxID, error) {
	h := reading.ParseOwnHeader(s.Raw)
	resentFrom, resentTo, resent := h.Resent()
	acc, err := a.accountFor(s, slices.Concat(resentFrom, h.From))
	if err != nil {
		return "", err
	}
	b, err := compose.Adopt(s.Raw, compose.Adoption{
		From: h.From, To: h.To, Cc: h.Cc, Bcc: h.Bcc, MessageID: h.MessageID, Now: a.now(), Sender: s.From, NullSender: s.NullSender, Recipients: s.Recipients, FromHeader: s.FromHeader, Self: acc.Identities()[0],
		Resent: resent, ResentFrom: resentFrom, ResentTo: resentTo,
	})
	if err != nil {
		return "", err
	}
	q := a.queueItem(acc, b, time.Time{}, "")
	q.Outgoing.Subject, q.Outgoing.To = h.Subject, append(append([]mail.Address(nil), h.To...), h.Cc...)
	if len(h.From) > 0 {
		q.Outgoing.FromHeader = h.From[0]
	}
	return a.store.Queue(ctx, q)
}

// accountFor chooses the account by name, else by the sender's address, else
// the first.
func (a *App) accountFor(s Submission, from []mail.Address) (config.Account, error) {
	if s.Account == "" {
		addresses := []string{s.From}
		for _, f := range from {
			addresses = append(addresses, f.Address)
		}
		for _, address := range addresses {
			for _, acc := range a.cfg.Accounts {
				if address != "" && acc.Own(address) {
					return a.sendingAccount(acc.Name)
				}
			}
		}
	}
	return a.sendingAccount(s.Account)
}

// editAgain turns an outgoing message back into a draft, which knows for when the
// message was scheduled.
func (a *App) editAgain(ctx context.Context, id mail.OutboxID) (mail.Draft, error) {
	item, err := a.store.OutboxItem(ctx, id)
	if err != nil {
		return mail.Draft{}, err
	}
	d, err := a.draftOfItem(ctx, item)
	if err == nil && item.HeldFor == mail.HeldForSchedule && item.NotBefore.After(a.now()) {
		d.Scheduled = item.NotBefore.In(a.now().Location())
		_, err = a.store.SaveDraft(ctx, d)
	}
	return d, err
}

// draftOfItem makes the draft. Files that are no longer where they were attached
// from are taken from the message itself.
func (a *App) draftOfItem(ctx context.Context, item mail.Outgoing) (mail.Draft, error) {
	id := item.ID
	content, err := a.store.OutboxContent(ctx, id)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return mail.Draft{}, err
	}
	d, err := a.store.EditAgain(ctx, id)
	if err != nil {
		return d, err
	}
	if d.Account == "" { // Submit keeps no draft
		return a.draftOfWire(ctx, d, item, content)
	}
	if !fileMissing(d) {
		return d, nil
	}
	if takeFiles(&d, reading.Parse(content.Wire)) != nil {
		return d, nil // the composer will say which file is gone
	}
	_, err = a.store.SaveDraft(ctx, d)
	return d, err
}

// takeFiles takes the files of a draft from the message that was made of it. They are known
// by their names: pictures that the text shows stand in front of the others there.
func takeFiles(d *mail.Draft, m *reading.Message) error {
	files, err := attachmentsOf(m)
	if err != nil {
		return err
	}
	own, taken := m.OwnFiles(), make([]bool, len(m.Attachments))
	for i := range d.Attach {
		ref := &d.Attach[i]
		n := slices.IndexFunc(own, func(at reading.Attachment) bool {
			return at.Name == compose.FileName(*ref) && !taken[at.Index-1]
		})
		if n < 0 {
			continue
		}
		taken[own[n].Index-1] = true
		if ref.Path != "" {
			ref.Path, ref.Data, ref.Size = "", files[n].Data, files[n].Size
		}
	}
	return nil
}

func fileMissing(d mail.Draft) bool {
	for _, at := range d.Attach {
		if at.Path == "" {
			continue
		}
		if info, err := os.Stat(at.Path); err != nil || info.Size() != at.Size {
			return true
		}
	}
	return false
}

// draftOfWire fills the draft of a message that was submitted ready-made.
func (a *App) draftOfWire(ctx context.Context, d mail.Draft, item mail.Outgoing, c store.Content) (mail.Draft, error) {
	m := reading.Parse(c.Wire)
	h := m.Header
	d.Account, d.From, d.Subject, d.Body, d.Refs = item.Account, item.FromHeader, h.Subject, m.OwnText(), h.References
	if len(h.InReplyTo) > 0 {
		d.InReplyTo = h.InReplyTo[0]
	}
	to, _ := mail.ParseAddressList(d.To)
	d.To, d.Cc = mail.FormatAddresses(h.To), mail.FormatAddresses(h.Cc)
	d.Bcc = mail.FormatAddresses(notNamed(item.Recipients, append(h.To, h.Cc...)))
	d.OnlyTo(to)
	var err error
	if d.Attach, err = attachmentsOf(m); err != nil {
		return d, err
	}
	_, err = a.store.SaveDraft(ctx, d)
	return d, err
}

// notNamed gives the envelope recipients that the header does not name.
func notNamed(list []mail.Recipient, named []mail.Address) []mail.Address {
	var out []mail.Address
	for _, r := range list {
		address := mail.Address{Address: r.Address}
		if !slices.ContainsFunc(named, address.Same) {
			out = append(out, address)
		}
	}
	return out
}
