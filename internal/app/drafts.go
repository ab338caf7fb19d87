package app

import (
	"context"
	"fmt"
	"io"

	"postea/config"
	"postea/internal/compose"
	"postea/internal/mail"
	"postea/internal/outbox"
	"postea/internal/reading"
)

// Identities lists the addresses that can be written from, account by account.
func (a *App) Identities(ctx context.Context) ([]Identity, error) {
	var out []Identity
	for _, acc := range a.cfg.Accounts {
		signature, err := acc.SignatureText()
		if err != nil {
			a.log.Warn("signature", "account", acc.Name, "err", err)
		}
		said, _ := outbox.FactsOf(ctx, a.store, acc)
		for _, id := range acc.Identities() {
			out = append(out, Identity{Account: acc.Name, Address: id, Server: acc.SMTP.Host, SizeLimit: said.MaxSize, Signature: signature})
		}
	}
	return out, nil
}

// account gives the account to write from: the one named, else the first.
func (a *App) writingAccount(name string) (config.Account, error) {
	if name == "" && len(a.cfg.Accounts) > 0 {
		return a.cfg.Accounts[0], nil
	}
	acc, ok := a.cfg.Account(name)
	if !ok {
		return acc, &UsageError{fmt.Sprintf("there is no account %q to write from", name)}
	}
	return acc, nil
}

func (a *App) self(acc config.Account, from mail.Address) compose.Self {
	signature, err := acc.SignatureText()
	if err != nil {
		a.log.Warn("signature", "account", acc.Name, "err", err)
	}
	return compose.Self{From: from, Own: acc.Identities(), Signature: signature}
}

// NewDraft begins a message of an account, or of the first one where account is
// empty. It is not saved yet.
func (a *App) NewDraft(_ context.Context, account string) (mail.Draft, error) {
	acc, err := a.writingAccount(account)
	if err != nil {
		return mail.Draft{}, err
	}
	d := compose.New(a.self(acc, acc.Identities()[0]))
	d.Account = acc.Name
	return d, nil
}

// FromMailto begins a message that a mailto URL asks for, from an account, or
// the first one where that is empty. It also names the fields of the URL that
// were left out. The error is a *UsageError where it is no such URL.
func (a *App) FromMailto(ctx context.Context, account, target string) (mail.Draft, []string, error) {
	d, err := a.NewDraft(ctx, account)
	if err != nil {
		return d, nil, err
	}
	asked, ignored, err := compose.ParseMailto(target)
	if err != nil {
		return d, nil, &UsageError{err.Error()}
	}
	d.To, d.Cc, d.Bcc = reading.Line(asked.To).String(), reading.Line(asked.Cc).String(), reading.Line(asked.Bcc).String()
	d.Subject, d.Body = reading.Line(asked.Subject).String(), reading.Block(asked.Body).String()+d.Body
	d.InReplyTo, d.Refs = asked.InReplyTo, asked.Refs
	return d, ignored, nil
}

// toAnswer gives a message and the account to answer it from.
func (a *App) toAnswer(ctx context.Context, id mail.ID) (*reading.Message, config.Account, error) {
	m, sum, err := a.Parsed(ctx, id)
	if err != nil {
		return nil, config.Account{}, err
	}
	acc, err := a.writingAccount(sum.Account)
	return m, acc, err
}

// maxCarried bounds the attachments that a forwarded message carries over.
const maxCarried = 256 << 20

func attachmentsOf(m *reading.Message) ([]mail.AttachmentRef, error) {
	var out []mail.AttachmentRef
	left := int64(maxCarried)
	for _, at := range m.Attachments {
		data, err := io.ReadAll(io.LimitReader(m.Open(at), left+1))
		if err != nil {
			return nil, fmt.Errorf("taking over %s: %w", at.SafeName(), err)
		}
		if left -= int64(len(data)); left < 0 {
			return nil, &UsageError{"the attachments are too large to be taken over"}
		}
		out = append(out, mail.AttachmentRef{
			Name: at.SafeName(), Type: at.Type, Size: int64(len(data)), Data: data, Inline: at.Inline && at.ContentID != "", ContentID: at.ContentID,
		})
	}
	return out, nil
}

// Draft gives a draft that is kept here.
func (a *App) Draft(ctx context.Context, id mail.DraftID) (mail.Draft, error) {
	return a.store.Draft(ctx, id)
}

// Drafts lists the drafts kept here, newest first, without the bytes of
// attachments.
func (a *App) Drafts(ctx context.Context) ([]mail.Draft, error) { return a.store.Drafts(ctx) }

// DraftOf continues a message of a Drafts folder, which goes to Trash once what
// became of it is queued.
func (a *App) DraftOf(ctx context.Context, id mail.ID) (mail.Draft, error) {
	m, acc, err := a.toAnswer(ctx, id)
	if err != nil {
		return mail.Draft{}, err
	}
	h := m.Header
	d := mail.Draft{
		Account: acc.Name, From: acc.Identities()[0], Subject: h.Subject, Body: m.Text(), Continues: id,
		To: mail.FormatAddresses(h.To), Cc: mail.FormatAddresses(h.Cc), Bcc: mail.FormatAddresses(h.Bcc), Refs: h.References,
	}
	if len(h.From) > 0 && acc.Own(h.From[0].Address) {
		d.From = h.From[0]
	}
	if len(h.InReplyTo) > 0 {
		d.InReplyTo = h.InReplyTo[0]
	}
	d.Attach, err = attachmentsOf(m)
	return d, err
}

// SaveDraft stores a draft, a new one where its ID is zero, and returns its id.
func (a *App) SaveDraft(ctx context.Context, d mail.Draft) (mail.DraftID, error) {
	return a.store.SaveDraft(ctx, d)
}

// DiscardDraft deletes a draft that is kept here.
func (a *App) DiscardDraft(ctx context.Context, id mail.DraftID) error {
	return a.store.DiscardDraft(ctx, id)
}
