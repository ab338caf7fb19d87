package tuitest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"postea/internal/app"
	"postea/internal/event"
	"postea/internal/mail"
	"postea/internal/reading"
)

// change changes the messages of conversations in a place, as one undo step.
func (b *Backend) change(method string, in app.Place, threads []mail.ThreadID, words string, f func(*Message)) (string, error) {
	time.Sleep(b.Slow[method])
	err := b.enter(method)
	if err == nil && len(threads) == 0 {
		err = errors.New("nothing is there any more")
	}
	if err != nil {
		b.mu.Unlock()
		return "", err
	}
	var was []Message
	var at []*Message
	for _, m := range b.Messages {
		if b.in(in, m) && slices.Contains(threads, m.Thread) {
			was, at = append(was, *m), append(at, m)
			f(m)
		}
	}
	b.undo = append(b.undo, func() app.Undone {
		for i, m := range at {
			*m = was[i]
		}
		return app.Undone{What: "Taken back: " + words, Place: &in, Focus: threads[0]}
	})
	b.mu.Unlock()
	b.Bus.Publish(event.MessagesChanged{}, event.FoldersChanged{})
	return words, nil
}

func count(n int) string {
	if n == 1 {
		return "1 conversation"
	}
	return fmt.Sprintf("%d conversations", n)
}

// Archive implements tui.Backend.
func (b *Backend) Archive(_ context.Context, in app.Place, t []mail.ThreadID) (string, error) {
	return b.change("Archive", in, t, "Archived "+count(len(t)), func(m *Message) { m.Folder = b.folder(m.Account, mail.RoleArchive) })
}

// Delete implements tui.Backend.
func (b *Backend) Delete(_ context.Context, in app.Place, t []mail.ThreadID) (string, error) {
	return b.change("Delete", in, t, "Deleted "+count(len(t)), func(m *Message) {
		if b.role(m.Folder) == mail.RoleTrash {
			m.Folder = -1
		} else {
			m.Folder = b.folder(m.Account, mail.RoleTrash)
		}
	})
}

// Junk implements tui.Backend.
func (b *Backend) Junk(_ context.Context, in app.Place, t []mail.ThreadID) (string, error) {
	return b.change("Junk", in, t, "Moved "+count(len(t))+" to Junk", func(m *Message) { m.Folder = b.folder(m.Account, mail.RoleJunk) })
}

// Move implements tui.Backend.
func (b *Backend) Move(_ context.Context, in app.Place, t []mail.ThreadID, to mail.FolderID) (string, error) {
	return b.change("Move", in, t, "Moved "+count(len(t)), func(m *Message) { m.Folder = to })
}

// MoveByRole implements tui.Backend.
func (b *Backend) MoveByRole(_ context.Context, in app.Place, t []mail.ThreadID, role mail.Role) (string, error) {
	return b.change("MoveByRole", in, t, "Moved "+count(len(t))+" to "+string(role), func(m *Message) { m.Folder = b.folder(m.Account, role) })
}

// SetStarred implements tui.Backend.
func (b *Backend) SetStarred(_ context.Context, in app.Place, t []mail.ThreadID, on bool) (string, error) {
	words := "Unstarred "
	if on {
		words = "Starred "
	}
	return b.change("SetStarred", in, t, words+count(len(t)), func(m *Message) { m.Starred = on })
}

// SetRead implements tui.Backend.
func (b *Backend) SetRead(_ context.Context, in app.Place, t []mail.ThreadID, on bool) (string, error) {
	words := "Marked unread "
	if on {
		words = "Marked read "
	}
	return b.change("SetRead", in, t, words+count(len(t)), func(m *Message) { m.Unread = !on })
}

// MarkRead implements tui.Backend.
func (b *Backend) MarkRead(_ context.Context, ids ...mail.ID) error {
	err := b.enter("MarkRead")
	if err == nil {
		for _, id := range ids {
			if m, _ := b.find(id); m != nil {
				m.Unread = false
			}
		}
	}
	b.mu.Unlock()
	b.Bus.Publish(event.MessagesChanged{})
	return err
}

// Undo implements tui.Backend.
func (b *Backend) Undo(context.Context) (app.Undone, error) {
	if err := b.enter("Undo"); err != nil {
		b.mu.Unlock()
		return app.Undone{}, err
	}
	if len(b.undo) == 0 {
		b.mu.Unlock()
		return app.Undone{}, errors.New("nothing to undo")
	}
	f := b.undo[len(b.undo)-1]
	b.undo = b.undo[:len(b.undo)-1]
	u := f()
	b.mu.Unlock()
	b.Bus.Publish(event.MessagesChanged{}, event.FoldersChanged{}, event.OutboxChanged{})
	return u, nil
}

// SaveAttachments implements tui.Backend.
func (b *Backend) SaveAttachments(_ context.Context, id mail.ID, index ...int) ([]string, error) {
	defer b.mu.Unlock()
	if err := b.enter("SaveAttachments"); err != nil {
		return nil, err
	}
	m, err := b.find(id)
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, f := range m.Files {
		if len(index) == 0 || slices.Contains(index, f.Index) {
			paths = append(paths, cmp.Or(b.Downloads, "~/Downloads")+"/"+f.Name.String())
		}
	}
	b.Saved = append(b.Saved, paths...)
	return paths, nil
}

// OpenAttachment implements tui.Backend.
func (b *Backend) OpenAttachment(_ context.Context, id mail.ID, index int, sure bool) error {
	defer b.mu.Unlock()
	err := b.enter("OpenAttachment")
	if sure {
		err = nil
	}
	if err != nil {
		return err
	}
	b.Opened = append(b.Opened, fmt.Sprintf("attachment %d of %v", index, id))
	return err
}

// OpenLink implements tui.Backend.
func (b *Backend) OpenLink(_ context.Context, url string) error {
	defer b.mu.Unlock()
	err := b.enter("OpenLink")
	b.Opened = append(b.Opened, url)
	return err
}

// KeepReady implements tui.Backend.
func (b *Backend) KeepReady(ctx context.Context, account string) {
	b.mu.Lock()
	b.Ready = append(b.Ready, account)
	b.mu.Unlock()
	<-ctx.Done()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.Ready = slices.DeleteFunc(b.Ready, func(a string) bool { return a == account })
}

// Identities implements tui.Backend.
func (b *Backend) Identities(context.Context) ([]app.Identity, error) {
	defer b.mu.Unlock()
	if err := b.enter("Identities"); err != nil {
		return nil, err
	}
	var list []app.Identity
	for _, a := range b.Accounts {
		_, domain, _ := strings.Cut(a.Address, "@")
		list = append(list, app.Identity{
			Account: a.Name, Address: mail.Address{Name: a.RealName, Address: a.Address},
			Server: "smtp." + domain, SizeLimit: 50_000_000, Signature: a.Signature,
		})
	}
	return list, nil
}

// NewDraft implements tui.Backend.
func (b *Backend) NewDraft(_ context.Context, account string) (mail.Draft, error) {
	defer b.mu.Unlock()
	if err := b.enter("NewDraft"); err != nil {
		return mail.Draft{}, err
	}
	for _, a := range b.Accounts {
		if a.Name == account || account == "" {
			d := mail.Draft{Account: a.Name, From: mail.Address{Name: a.RealName, Address: a.Address}}
			if a.Signature != "" {
				d.Body = "\n\n-- \n" + a.Signature
			}
			return d, nil
		}
	}
	return mail.Draft{}, errors.New("no such account")
}

// Answer implements tui.Backend.
func (b *Backend) Answer(ctx context.Context, id mail.ID, how app.Answering, only string) (mail.Draft, error) {
	return b.answer(ctx, "Answer", id, func(d *mail.Draft, m *Message) {
		text := m.Body
		if only != "" {
			text = only
		}
		switch how {
		case app.ToAuthor, app.ToAll, app.ToList:
			d.To, d.Subject, d.ReplyTo = m.From.String(), "Re: "+strings.TrimPrefix(m.Subject, "Re: "), m.ID
			if how == app.ToAll {
				d.Cc = mail.FormatAddresses(m.Cc)
			}
			if m.List != "" && how != app.ToAll {
				d.To = m.List
			}
			if m.List != "" && how == app.ToAuthor {
				d.Author = m.From.String()
			}
			d.Body = "\n\nOn " + m.Date.Format("2 January") + " " + m.From.Label() + " wrote:\n> " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n> ") + d.Body
		case app.Forwarded:
			d.Subject, d.Forwards = "Fwd: "+m.Subject, m.ID
			d.Body = "\n\nForwarded message from " + m.From.Label() + ":\n\n" + text + d.Body
			for _, f := range m.Files {
				d.Attach = append(d.Attach, mail.AttachmentRef{Name: f.Name.String(), Size: f.Size, Data: []byte("x")})
			}
		case app.ForwardedWhole:
			d.Subject, d.Forwards = "Fwd: "+m.Subject, m.ID
			d.Attach = []mail.AttachmentRef{{Name: m.Subject + ".eml", Size: int64(len(m.raw())), Data: m.raw()}}
		case app.Redirected:
			d.Subject, d.Redirects, d.Body = m.Subject, m.ID, m.Body
		case app.AsNew:
			d.To, d.Subject, d.Body = mail.FormatAddresses(m.To), m.Subject, m.Body
		}
	})
}

func (b *Backend) answer(ctx context.Context, method string, id mail.ID, f func(*mail.Draft, *Message)) (mail.Draft, error) {
	err := b.enter(method)
	m, missing := b.find(id)
	b.mu.Unlock()
	if err = errors.Join(err, missing); err != nil {
		return mail.Draft{}, err
	}
	d, err := b.NewDraft(ctx, m.Account)
	f(&d, m)
	return d, err
}

// Draft implements tui.Backend.
func (b *Backend) Draft(_ context.Context, id mail.DraftID) (mail.Draft, error) {
	defer b.mu.Unlock()
	if err := b.enter("Draft"); err != nil {
		return mail.Draft{}, err
	}
	for _, d := range b.Drafted {
		if d.ID == id {
			return d, nil
		}
	}
	return mail.Draft{}, errors.New("no such draft")
}

// DraftOf implements tui.Backend.
func (b *Backend) DraftOf(_ context.Context, id mail.ID) (mail.Draft, error) {
	defer b.mu.Unlock()
	if err := b.enter("DraftOf"); err != nil {
		return mail.Draft{}, err
	}
	m, err := b.find(id)
	if err != nil {
		return mail.Draft{}, err
	}
	return mail.Draft{Account: m.Account, From: m.From, To: mail.FormatAddresses(m.To), Subject: m.Subject, Body: m.Body}, nil
}

// Drafts implements tui.Backend.
func (b *Backend) Drafts(context.Context) ([]mail.Draft, error) {
	defer b.mu.Unlock()
	err := b.enter("Drafts")
	return slices.Clone(b.Drafted), err
}

// SaveDraft implements tui.Backend.
func (b *Backend) SaveDraft(_ context.Context, d mail.Draft) (mail.DraftID, error) {
	defer b.mu.Unlock()
	if err := b.enter("SaveDraft"); err != nil {
		return 0, err
	}
	for i := range b.Drafted {
		if b.Drafted[i].ID == d.ID && d.ID != 0 {
			b.Drafted[i] = d
			return d.ID, nil
		}
	}
	b.drafts++
	d.ID = b.drafts
	b.Drafted = append(b.Drafted, d)
	return d.ID, nil
}

// AttachFile implements tui.Backend.
func (b *Backend) AttachFile(_ context.Context, path string) (mail.AttachmentRef, error) {
	defer b.mu.Unlock()
	if err := b.enter("AttachFile"); err != nil {
		return mail.AttachmentRef{}, err
	}
	if strings.HasSuffix(path, "missing") {
		return mail.AttachmentRef{}, fmt.Errorf("%s: no such file", path)
	}
	name := path[strings.LastIndexByte(path, '/')+1:]
	return mail.AttachmentRef{Path: path, Name: name, Size: 2_097_152}, nil
}

// AttachFiles implements tui.Backend: * stands for one and two.
func (b *Backend) AttachFiles(ctx context.Context, path string) ([]mail.AttachmentRef, error) {
	var refs []mail.AttachmentRef
	for _, p := range slices.Compact([]string{strings.Replace(path, "*", "one", 1), strings.Replace(path, "*", "two", 1)}) {
		ref, err := b.AttachFile(ctx, p)
		if err != nil {
			return nil, err
		}
		refs = append(refs, ref)
	}
	return refs, nil
}

// CompletePath implements tui.Backend.
func (b *Backend) CompletePath(_ context.Context, typed string) ([]string, error) {
	defer b.mu.Unlock()
	err := b.enter("CompletePath")
	var out []string
	for _, p := range []string{"~/Documents/", "~/Documents/programme.pdf", "~/Downloads/", "~/moth.jpg"} {
		dir := typed[:strings.LastIndexByte(typed, '/')+1]
		if rest, in := strings.CutPrefix(p, dir); in && rest != "" && strings.Count(strings.TrimSuffix(rest, "/"), "/") == 0 {
			out = append(out, p)
		}
	}
	return out, err
}

// Send implements tui.Backend.
func (b *Backend) Send(_ context.Context, d mail.Draft) (mail.OutboxID, time.Time, error) {
	if err := b.enter("Send"); err != nil {
		b.mu.Unlock()
		return "", time.Time{}, err
	}
	b.items++
	id := mail.NewOutboxID(int64(100 + b.items))
	until := time.Now().UTC().Add(b.Hold)
	b.Sent = append(b.Sent, d)
	b.Drafted = slices.DeleteFunc(b.Drafted, func(x mail.Draft) bool { return x.ID == d.ID })
	b.Outgoing = append([]app.OutboxItem{{
		ID: id, Account: d.Account, State: mail.ItemHeld, HeldFor: mail.HeldForUndo, Subject: reading.Line(d.Subject), To: reading.Line(d.To),
		Created: time.Now().UTC(), NotBefore: until, Size: int64(len(d.Body)),
	}}, b.Outgoing...)
	b.undo = append(b.undo, func() app.Undone {
		b.Outgoing = slices.DeleteFunc(b.Outgoing, func(o app.OutboxItem) bool { return o.ID == id })
		b.Sent = b.Sent[:len(b.Sent)-1]
		d.ID, d.ReplacesO = 0, id
		return app.Undone{What: "Sending taken back", Draft: &d}
	})
	b.mu.Unlock()
	b.Bus.Publish(event.OutboxChanged{ID: id}, event.DraftsChanged{})
	return id, until, nil
}

// Outbox implements tui.Backend.
func (b *Backend) Outbox(context.Context) (app.OutboxPage, error) {
	defer b.mu.Unlock()
	err := b.enter("Outbox")
	p := app.OutboxPage{Items: slices.Clone(b.Outgoing), More: b.MoreOutgoing, Offline: b.Away}
	for _, o := range b.Outgoing {
		switch o.State {
		case mail.ItemSending:
			p.Counts.Sending++
		case mail.ItemQueued, mail.ItemHeld, mail.ItemDeferred:
			p.Counts.Waiting++
		case mail.ItemBlocked, mail.ItemUnsure, mail.ItemRejected:
			p.Counts.NeedsYou++
		}
	}
	return p, err
}

// Journey implements tui.Backend.
func (b *Backend) Journey(_ context.Context, id mail.OutboxID) (app.Journey, error) {
	defer b.mu.Unlock()
	if err := b.enter("Journey"); err != nil {
		return app.Journey{}, err
	}
	if j, ok := b.Journeys[id]; ok {
		return j, nil
	}
	for _, o := range b.Outgoing {
		if o.ID == id {
			return app.Journey{Item: o, Log: []app.LogLine{{At: o.Created, Kind: "queued", Text: reading.Line("queued"), Detail: reading.Line("written to disk")}}}, nil
		}
	}
	return app.Journey{}, errors.New("no such message")
}

func (b *Backend) outgoing(method string, id mail.OutboxID, f func(*app.OutboxItem)) error {
	err := b.enter(method)
	if err == nil {
		for i := range b.Outgoing {
			if b.Outgoing[i].ID == id {
				f(&b.Outgoing[i])
			}
		}
	}
	b.mu.Unlock()
	b.Bus.Publish(event.OutboxChanged{ID: id})
	return err
}

// Retry implements tui.Backend.
func (b *Backend) Retry(_ context.Context, id mail.OutboxID) error {
	return b.outgoing("Retry", id, func(o *app.OutboxItem) { o.State = mail.ItemQueued })
}

// Settle implements tui.Backend.
func (b *Backend) Settle(_ context.Context, id mail.OutboxID) error {
	return b.outgoing("Settle", id, func(o *app.OutboxItem) { o.State, o.Finished = mail.ItemDone, time.Now().UTC() })
}

// CancelSend implements tui.Backend.
func (b *Backend) CancelSend(_ context.Context, id mail.OutboxID) error {
	return b.outgoing("CancelSend", id, func(o *app.OutboxItem) { o.State, o.Finished = mail.ItemCancelled, time.Now().UTC() })
}

// EditOutbox implements tui.Backend.
func (b *Backend) EditOutbox(_ context.Context, id mail.OutboxID) (mail.Draft, error) {
	var d mail.Draft
	err := b.outgoing("EditOutbox", id, func(o *app.OutboxItem) {
		d = mail.Draft{Account: o.Account, To: o.To.String(), Subject: o.Subject.String(), ReplacesO: id}
		if o.State == mail.ItemHeld && o.HeldFor == mail.HeldForSchedule {
			d.Scheduled = o.NotBefore
		}
		o.State = mail.ItemCancelled
	})
	return d, err
}

// SendNow implements tui.Backend.
func (b *Backend) SendNow(_ context.Context, id mail.OutboxID) error {
	return b.outgoing("SendNow", id, func(o *app.OutboxItem) { o.State = mail.ItemSending })
}

// Statuses implements tui.Backend.
func (b *Backend) Statuses(context.Context) ([]app.Status, error) {
	defer b.mu.Unlock()
	err := b.enter("Statuses")
	return slices.Clone(b.States), err
}

// SyncNow implements tui.Backend.
func (b *Backend) SyncNow() error {
	defer b.mu.Unlock()
	return b.enter("SyncNow")
}

// ExternalEditor implements tui.Backend.
func (b *Backend) ExternalEditor(path string) ([]string, error) { return []string{"editor", path}, nil }
