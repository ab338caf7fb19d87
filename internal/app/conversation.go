package app

import (
	"context"
	"errors"
	"strings"

	"postea/config"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/internal/store"
)

// Conversation gives the heads of a thread's messages in all folders but Trash
// and Junk, unless it is looked at there.
func (a *App) Conversation(ctx context.Context, in Place, t mail.ThreadID) (Conversation, error) {
	list, err := a.thread(ctx, t)
	if err != nil {
		return Conversation{}, err
	}
	var c Conversation
	seen := map[string]int{}
	for _, m := range list {
		away := thrownAway(m.FolderRole) && m.FolderRole != in.Role && in.Kind != PlaceEverywhere
		if away {
			continue
		}
		// A copy in All mail, or one sent to oneself, is shown once: the one that the list has, as that is read.
		if i, again := seen[m.MessageID]; again && m.MessageID != "" {
			if m.Folder == in.Folder {
				c.Messages[i] = a.head(m)
			}
			continue
		}
		seen[m.MessageID] = len(c.Messages)
		c.Messages = append(c.Messages, a.head(m))
	}
	if len(c.Messages) == 0 {
		return c, ErrNotFound
	}
	c.Subject = c.Messages[len(c.Messages)-1].Subject
	return c, nil
}

// thread gives the messages of a conversation, or the one that stands alone.
func (a *App) thread(ctx context.Context, t mail.ThreadID) ([]mail.Summary, error) {
	id, single := t.Single()
	if !single {
		return a.store.Thread(ctx, t)
	}
	if draft, ok := id.Draft(); ok {
		d, err := a.store.Draft(ctx, draft)
		return []mail.Summary{draftSummary(d, 0)}, err
	}
	m, err := a.store.Summary(ctx, id)
	m.Thread = t
	return []mail.Summary{m}, err
}

func (a *App) head(m mail.Summary) Message {
	acc, _ := a.cfg.Account(m.Account)
	out := Message{
		ID: m.ID, Thread: m.Thread, Account: m.Account, Folder: m.Folder, Role: m.FolderRole,
		From: persons(acc, m.From), To: persons(acc, m.To), Cc: persons(acc, m.Cc),
		Subject: subjectLine(m.Subject), Date: m.Date, Flags: m.Flags, Unread: m.Unread(),
		Starred: mail.HasFlag(m.Flags, mail.FlagFlagged), Snippet: reading.Line(m.Snippet),
	}
	out.Mine = len(m.From) > 0 && acc.Own(m.From[0].Address)
	return out
}

func persons(acc config.Account, list []mail.Address) []Person {
	out := make([]Person, len(list))
	for i, p := range list {
		out[i] = Person{Name: reading.Line(p.Name), Address: reading.Line(p.Address), Me: acc.Own(p.Address)}
	}
	return out
}

// body adapts a parsed message to what the reader asks for.
type body struct {
	m          *reading.Message
	preferHTML bool
}

func (b body) Lines(width int, o reading.LayoutOptions) []reading.TextLine {
	o.PreferHTML = o.PreferHTML != b.preferHTML
	return b.m.Lines(width, o)
}

func (b body) Links(other bool) []reading.Link {
	return b.m.Links(reading.LayoutOptions{PreferHTML: b.preferHTML != other})
}

func (b body) Versions() bool { return b.m.Versions() }

// Open gives a message with its text. Where that is not in the store yet, Here is
// false, it is asked for, and a BodyArrived event follows.
func (a *App) Open(ctx context.Context, id mail.ID) (Message, error) {
	if draft, ok := id.Draft(); ok {
		return a.openDraft(ctx, draft)
	}
	sum, err := a.store.Summary(ctx, id)
	if err != nil {
		return Message{}, err
	}
	out := a.head(sum)
	m, _, err := a.Readable(ctx, id)
	if errors.Is(err, ErrNotHere) {
		out.Unreached = a.unfetched(sum.Account)
		return out, a.store.Want(ctx, id)
	}
	if err != nil {
		return out, err
	}
	acc, _ := a.cfg.Account(sum.Account)
	out.Here, out.Partial, out.Body = true, !m.Whole(), body{m, a.cfg.Reading.PreferHTML}
	out.From, out.To, out.Cc = persons(acc, m.Header.From), persons(acc, m.Header.To), persons(acc, m.Header.Cc)
	out.Bcc = persons(acc, m.Header.Bcc)
	out.Attachments = attachments(m)
	if out.Partial {
		if out.Parts, err = a.Parts(ctx, id); err != nil {
			return out, err
		}
	}
	if err := a.describe(ctx, acc, &out, m); err != nil {
		return out, err
	}
	for i, d := range m.Defects {
		if i == maxDefects {
			break
		}
		out.Warnings = append(out.Warnings, reading.Line(d))
	}
	return out, nil
}

// maxDefects is how much of what was wrong with a message is told.
const maxDefects = 2

func attachments(m *reading.Message) []Attachment {
	var out []Attachment
	for _, at := range m.Attachments {
		out = append(out, Attachment{Index: at.Index, Name: reading.Line(attachmentName(at)), Type: reading.Line(at.Type), Size: at.Size, Part: at.Part, Away: at.Away})
	}
	return out
}

func attachmentName(at reading.Attachment) string {
	if strings.TrimSpace(at.Name) == "" {
		return at.SafeName()
	}
	return at.Name
}

// Parsed gives a message as read. The error is ErrNotHere where not all of its
// bytes are in the store.
func (a *App) Parsed(ctx context.Context, id mail.ID) (*reading.Message, mail.Summary, error) {
	sum, err := a.store.Summary(ctx, id)
	if err != nil {
		return nil, sum, err
	}
	raw, err := a.store.Body(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, sum, ErrNotHere
	}
	if err != nil {
		return nil, sum, err
	}
	return reading.Parse(raw), sum, nil
}

// HeaderText gives the header fields of a message, one line each.
func (a *App) HeaderText(ctx context.Context, id mail.ID) ([]Text, error) {
	m, _, err := a.Readable(ctx, id)
	if err != nil {
		return nil, err
	}
	var out []Text
	for _, f := range m.Header.All() {
		out = append(out, reading.Line(f.Name+": "+f.Value))
	}
	return out, nil
}

// maxSourceLines bounds what the source view holds.
const maxSourceLines = 20_000

// SourceText gives the source of a message line by line; a message that is here
// in part is fetched for that.
func (a *App) SourceText(ctx context.Context, id mail.ID) ([]Text, error) {
	if err := a.bringWhole(ctx, id); err != nil {
		return nil, err
	}
	m, _, err := a.Parsed(ctx, id)
	if err != nil {
		return nil, err
	}
	var out []Text
	for line := range strings.SplitSeq(string(m.Source()), "\n") {
		if len(out) == maxSourceLines {
			out = append(out, reading.Line("… cut here; `postea show --raw` gives all of it"))
			break
		}
		out = append(out, reading.Line(line))
	}
	return out, nil
}
