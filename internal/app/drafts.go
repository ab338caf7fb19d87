package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"os"
	"strconv"
	"strings"
	"time"

	"postea/config"
	"postea/internal/compose"
	"postea/internal/mail"
	"postea/internal/outbox"
	"postea/internal/reading"
	"postea/internal/store"
)

// Identities lists the addresses that can be written from, account by account.
func (a *App) Identities(ctx context.Context) ([]Identity, error) {
	var out []Identity
	for _, acc := range a.cfg.Accounts {
		said, _ := outbox.FactsOf(ctx, a.store, acc)
		for _, id := range acc.Identities() {
			out = append(out, Identity{Account: acc.Name, Address: id, Server: acc.SMTP.Host, SizeLimit: said.MaxSize, Signature: a.signature(acc, id)})
		}
	}
	return out, nil
}

// writingAccount gives the account to write from: the one named, else the first.
func (a *App) writingAccount(name string) (config.Account, error) {
	if name == "" && len(a.cfg.Accounts) > 0 {
		return a.cfg.Accounts[0], nil
	}
	acc, ok := a.cfg.Account(name)
	if name == "" {
		return acc, &UsageError{"there is no account to write from: add one with  postea account add"}
	}
	if !ok {
		return acc, &UsageError{fmt.Sprintf("there is no account %q to write from", name)}
	}
	return acc, nil
}

// signature is that of an address, also where it carries a tag, as it stands below a
// text: by that it is found there again. Its mark may be in the file already.
func (a *App) signature(acc config.Account, from mail.Address) string {
	signature, err := acc.SignatureOf(compose.WithoutTag(from.Address))
	if err != nil {
		a.log.Warn("signature", "account", acc.Name, "err", err)
	}
	text := strings.TrimSpace(strings.ReplaceAll(reading.OwnText([]byte(signature), ""), "\r\n", "\n"))
	return strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(text, "-- \n"), "--\n"))
}

func (a *App) self(acc config.Account, from mail.Address) compose.Self {
	c := a.cfg.Compose
	style := compose.Style{Answer: c.Answer, Language: c.Language, Attribution: c.Attribution}
	if c.Language == "auto" || c.Language == "" {
		style.Language = Language()
	}
	me := compose.Self{From: from, Own: acc.Identities(), Signature: a.signature(acc, from), Style: style}
	for _, other := range a.cfg.Accounts {
		if other.Name != acc.Name {
			me.Elsewhere = append(me.Elsewhere, other.Identities()...)
		}
	}
	return me
}

// Language is that of the user's environment, such as "de_DE.UTF-8"; "" where
// none is set.
func Language() string {
	return cmp.Or(os.Getenv("LC_ALL"), os.Getenv("LC_MESSAGES"), os.Getenv("LANG"))
}

// NewDraft begins a message of an account, or of the first one where account is
// empty. It is not saved yet.
func (a *App) NewDraft(_ context.Context, account string) (mail.Draft, error) {
	acc, err := a.writingAccount(account)
	if err != nil {
		return mail.Draft{}, err
	}
	d := compose.New(a.self(acc, acc.Identities()[0]))
	d.Account, d.Markdown = acc.Name, a.markdown()
	return d, nil
}

// NewDraftFrom is NewDraft from one of the user's addresses, also with a tag: of the
// account, or of the first one that has it where account is empty. A name that
// stands with the address is that of the author.
func (a *App) NewDraftFrom(ctx context.Context, account, from string) (mail.Draft, error) {
	if from == "" {
		return a.NewDraft(ctx, account)
	}
	at, err := mail.ParseAddress(from)
	if err != nil {
		return mail.Draft{}, err
	}
	var all []string
	for _, acc := range a.cfg.Accounts {
		if account != "" && acc.Name != account {
			continue
		}
		ids := acc.Identities()
		if acc.Own(at.Address) || acc.Own(compose.WithoutTag(at.Address)) {
			me := compose.ChooseIdentity(compose.Original{To: []mail.Address{at}}, ids)
			me.Name = cmp.Or(at.Name, me.Name)
			d := compose.New(a.self(acc, me))
			d.Account, d.Markdown = acc.Name, a.markdown()
			return d, nil
		}
		for _, id := range ids {
			all = append(all, id.Address)
		}
	}
	return mail.Draft{}, &UsageError{fmt.Sprintf("%s is none of the addresses to write from: %s", at.Address, strings.Join(all, ", "))}
}

// markdown tells whether new messages are in Markdown.
func (a *App) markdown() bool { return a.cfg.Compose.Format == "markdown" }

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
	m, sum, err := a.readableSoon(ctx, id)
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
	for _, at := range m.OwnFiles() {
		data, err := io.ReadAll(io.LimitReader(m.Open(at), left+1))
		if err != nil {
			return nil, fmt.Errorf("taking over %s: %w", at.SafeName(), err)
		}
		if left -= int64(len(data)); left < 0 {
			return nil, &UsageError{"the attachments are too large to be taken over"}
		}
		out = append(out, mail.AttachmentRef{
			Name: at.SafeName(), Type: typeOf(at), Size: int64(len(data)), Data: data, Inline: at.Inline && at.ContentID != "", ContentID: at.ContentID,
		})
	}
	return out, nil
}

// typeOf is the media type of a file. A text is not readable without its charset.
func typeOf(at reading.Attachment) string {
	if strings.HasPrefix(at.Type, "text/") && at.Charset != "" {
		if full := mime.FormatMediaType(at.Type, map[string]string{"charset": at.Charset}); full != "" {
			return full
		}
	}
	return at.Type
}

// Draft gives a draft that is kept here.
func (a *App) Draft(ctx context.Context, id mail.DraftID) (mail.Draft, error) {
	d, err := a.store.Draft(ctx, id)
	return d, draftGone(err)
}

// draftGone says in words that a draft was sent, discarded or replaced before the list knew.
func draftGone(err error) error {
	if errors.Is(err, ErrNotFound) {
		return &UsageError{"This draft is there no longer"}
	}
	return err
}

// DraftFromElsewhere gives a draft as another window has written it since it was read in
// the state of a time; false where none has.
func (a *App) DraftFromElsewhere(ctx context.Context, id mail.DraftID, since time.Time) (mail.Draft, bool, error) {
	return a.store.DraftFromElsewhere(ctx, id, since)
}

// Drafts lists the drafts kept here, newest first, without the bytes of
// attachments.
func (a *App) Drafts(ctx context.Context) ([]mail.Draft, error) { return a.store.Drafts(ctx) }

// DraftOf continues a row of a Drafts folder: the draft here that it stands for or is a
// copy of, or else, where another program or another postea has written it, what
// it holds. What comes of that takes its place.
func (a *App) DraftOf(ctx context.Context, id mail.ID) (mail.Draft, error) {
	if draft, ok := id.Draft(); ok {
		return a.Draft(ctx, draft)
	}
	m, acc, err := a.toAnswer(ctx, id)
	if errors.Is(err, ErrNotHere) { // the copy's text is not; what it is of may be
		sum, err := a.store.Summary(ctx, id)
		if err != nil {
			return mail.Draft{}, err
		}
		here, _, err := a.store.DraftByCopy(ctx, sum.Account, sum.MessageID)
		if errors.Is(err, ErrNotFound) {
			err = ErrNotHere
		}
		return here, err
	}
	if err != nil {
		return mail.Draft{}, draftGone(err)
	}
	here, copied, err := a.store.DraftByCopy(ctx, acc.Name, m.Header.MessageID)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return mail.Draft{}, err
	}
	if err == nil && (!copied || m.Header.Get(compose.FieldDraft) != "") {
		return here, nil
	}
	d, err := a.readDraft(ctx, m, acc)
	if err == nil && here.ID != 0 && sameWords(d, here) { // a server that makes a message of its own of a copy keeps no more of it
		return here, nil
	}
	d.ID, d.Updated, d.Continues = here.ID, here.Updated, id // of a copy that another program has changed, it is the next version
	return d, err
}

// sameWords tells whether two drafts say the same to the same people, whatever else is known of them.
func sameWords(a, b mail.Draft) bool {
	words := func(d mail.Draft) string {
		out := []string{strings.Join(strings.Fields(d.Subject), " "), strings.Join(strings.Fields(d.Body), " "), strconv.Itoa(len(d.Attach))}
		for _, typed := range []string{d.To, d.Cc, d.Bcc} {
			list, _ := mail.ParseAddressList(typed)
			out = append(out, mail.FormatAddresses(list))
		}
		return strings.Join(out, "\n")
	}
	return words(a) == words(b)
}

// readDraft reads a draft back, in the form that postea gives them and in those
// of others.
func (a *App) readDraft(ctx context.Context, m *reading.Message, acc config.Account) (mail.Draft, error) {
	h := m.Header
	typed := func(field string, list []mail.Address) string {
		return cmp.Or(h.Get(compose.FieldTyped(field)), mail.FormatAddresses(list))
	}
	d := mail.Draft{
		Account: acc.Name, From: acc.Identities()[0], Subject: h.Subject, Body: strings.TrimSuffix(m.OwnText(), "\n"), Copy: h.MessageID,
		To: typed("To", h.To), Cc: typed("Cc", h.Cc), Bcc: typed("Bcc", h.Bcc), Refs: h.References,
		Markdown: strings.EqualFold(h.Get(compose.FieldFormat), "markdown"),
	}
	if len(h.From) > 0 && acc.Own(compose.WithoutTag(h.From[0].Address)) {
		d.From = h.From[0]
	}
	if len(h.InReplyTo) > 0 {
		d.InReplyTo = h.InReplyTo[0]
		if id, err := a.store.ByMessageID(ctx, acc.Name, d.InReplyTo); err == nil {
			d.ReplyTo = id
		}
	}
	for _, name := range []string{compose.FieldForwards, "X-Forwarded-Message-Id"} { // the second is Thunderbird's
		if id, err := a.store.ByMessageID(ctx, acc.Name, strings.Trim(h.Get(name), "<> ")); err == nil {
			d.Forwards = id
		}
	}
	var err error
	d.Attach, err = attachmentsOf(m)
	return d, err
}

// DraftVersion is an earlier state of a draft, or a discarded one.
type DraftVersion struct {
	ID    int64
	At    time.Time
	About Text // subject, or to whom it goes
	Text  Text // how its text begins
	Size  int  // of the text, in bytes
}

// DraftVersions lists the states of a draft of the last day, newest first; of 0
// the drafts that were discarded since then.
func (a *App) DraftVersions(ctx context.Context, id mail.DraftID) ([]DraftVersion, error) {
	list, err := a.store.DraftVersions(ctx, id)
	if err != nil {
		return nil, err
	}
	out := make([]DraftVersion, len(list))
	for i, v := range list {
		about := cmp.Or(strings.TrimSpace(v.Draft.Subject), strings.TrimSpace(v.Draft.To), "(no subject)")
		out[i] = DraftVersion{ID: v.ID, At: v.At, About: reading.Line(about), Text: reading.Line(beginning(v.Draft.Body)), Size: len(v.Draft.Body)}
	}
	return out, nil
}

// beginning is the first words of a text.
func beginning(s string) string {
	words := strings.Fields(s[:min(len(s), 400)])
	return strings.ToValidUTF8(strings.Join(words, " "), "")
}

// DraftVersion gives an earlier state of a draft, to go on with.
func (a *App) DraftVersion(ctx context.Context, version int64) (mail.Draft, error) {
	return a.store.Version(ctx, version)
}

// RestoreDraft makes a draft of a discarded one again.
func (a *App) RestoreDraft(ctx context.Context, version int64) (mail.Draft, error) {
	return a.store.RestoreDiscarded(ctx, version)
}

// lastDiscarded is the draft that was discarded last, within the time in which
// one still means it by undoing.
func (a *App) lastDiscarded(ctx context.Context) (*store.DraftVersion, error) {
	list, err := a.store.DraftVersions(ctx, 0)
	if err != nil || len(list) == 0 || a.now().Sub(list[0].At) > time.Hour {
		return nil, err
	}
	return &list[0], nil
}

// SaveDraft stores a draft, a new one where its ID is zero, and returns its id.
func (a *App) SaveDraft(ctx context.Context, d mail.Draft) (mail.DraftID, error) {
	id, err := a.store.SaveDraft(ctx, d)
	if err == nil {
		a.clearDrafts(ctx) // it may have gone to another account
	}
	return id, err
}

// clearDrafts takes what was sent or discarded out of Drafts. Where that fails, it is the
// server that it goes from first.
func (a *App) clearDrafts(ctx context.Context) {
	if err := a.store.EraseGoneDrafts(ctx); err != nil {
		a.log.Warn("clearing the drafts", "err", err)
	}
}

// DiscardDraft deletes a draft that is kept here.
func (a *App) DiscardDraft(ctx context.Context, id mail.DraftID) error {
	err := a.store.DiscardDraft(ctx, id)
	if err == nil {
		a.clearDrafts(ctx)
	}
	return err
}
