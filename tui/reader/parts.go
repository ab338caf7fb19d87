package reader

import (
	"context"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/internal/event"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/tui/nav"
	"postea/tui/theme"
	"postea/tui/words"
)

// What comes while a message is shown: its text, and of a large one the files that
// were left at the server, which are fetched when something is done with them.

func (m *Model) arrived(e event.BodyArrived) nav.Cmd {
	it := m.find(e.ID)
	switch {
	case it == nil:
		return nil
	case it.head.Partial && e.Failed == "":
		return m.readAnew(it)
	case it.head.Body != nil:
		return nil
	}
	it.failed = reading.Line(e.Failed)
	it.came++
	m.arrange()
	m.ask.Drop("body " + e.ID.String())
	return m.fetch()
}

// reached asks again for the texts that an account, whose connection has changed, has yet to give.
func (m *Model) reached(account string) nav.Cmd {
	if !slices.ContainsFunc(m.items, func(it *item) bool { return it.away && it.head.Account == account }) {
		return nil
	}
	return m.fetch()
}

type partsMsg struct {
	id    mail.ID
	parts []app.PartState
	err   error
}

func (m *Model) partsChanged(e event.PartsChanged) nav.Cmd {
	it := m.find(e.ID)
	if it == nil || !it.head.Partial {
		return nil
	}
	return m.ask.Ask("parts "+e.ID.String(), func(ctx context.Context) tea.Msg {
		list, err := m.source.Parts(ctx, e.ID)
		return partsMsg{e.ID, list, err}
	})
}

// tookParts shows how far parts are, and reads the message anew once one is here.
func (m *Model) tookParts(msg partsMsg) nav.Cmd {
	it := m.find(msg.id)
	if it == nil || msg.err != nil {
		return nil
	}
	came := slices.ContainsFunc(msg.parts, func(p app.PartState) bool { return p.Done && !it.part(p.Part).Done })
	it.head.Parts = msg.parts
	m.arrange()
	if came {
		return m.readAnew(it)
	}
	return nil
}

// readAnew asks for a message again of which more is here now.
func (m *Model) readAnew(it *item) nav.Cmd {
	it.stale, it.asked = true, false
	it.came++
	m.ask.Drop("body " + it.head.ID.String())
	return m.fetch()
}

// partsAnew looks at all that is on its way, when it is not known what has changed.
func (m *Model) partsAnew() nav.Cmd {
	var cmds []nav.Cmd
	for _, it := range m.items {
		if it.head.Partial && len(it.fetchingParts()) > 0 {
			cmds = append(cmds, m.readAnew(it))
		}
	}
	return nav.Batch(cmds...)
}

// part tells how far a part is; zero for one that nobody has asked for.
func (it *item) part(path string) app.PartState {
	i := slices.IndexFunc(it.head.Parts, func(p app.PartState) bool { return p.Part == path })
	if i < 0 {
		return app.PartState{Part: path}
	}
	return it.head.Parts[i]
}

// partWords says where a part is; "" for one that is here.
func (it *item) partWords(path string) string {
	switch p := it.part(path); {
	case p.Done:
		return ""
	case p.Wanted && p.Got == 0, p.Wanted && p.Size == 0:
		return "fetching"
	case p.Wanted:
		// In bytes, what comes is more than the file, because it is encoded.
		return fmt.Sprintf("fetching, %d%%", 100*min(p.Got, p.Size)/p.Size)
	case p.Failed.String() != "":
		return "could not be fetched"
	}
	return "at the server"
}

// partInk is the ink of partWords.
func (it *item) partInk(path string) theme.Ink {
	switch p := it.part(path); {
	case p.Wanted:
		return theme.Accent
	case p.Failed.String() != "":
		return theme.Red
	}
	return theme.Dim
}

// wholeWords says how far all of the message is; "" where nobody has asked for it.
func (it *item) wholeWords() string {
	p := it.part(mail.WholePart)
	switch {
	case !p.Wanted:
		return ""
	case p.Got == 0:
		return "fetching the whole message"
	}
	return "fetching the whole message, " + words.Size(p.Got) + " of " + words.Size(p.Size)
}

// sizeLine is where a file is, and how large.
func (it *item) sizeLine(f app.Attachment) string {
	if !f.Away {
		return words.Size(f.Size)
	}
	return it.partWords(f.Part) + "  " + words.Size(f.Size)
}

// awayFiles are the files at the server among those of an index; 0 means all.
func (m *Model) awayFiles(id mail.ID, index int) []app.Attachment {
	it := m.find(id)
	if it == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(it.head.Attachments), func(f app.Attachment) bool {
		return !f.Away || index > 0 && f.Index != index
	})
}

// sayFetching tells that something comes from the server first; nil where nothing
// does.
func sayFetching(files []app.Attachment) nav.Cmd {
	if len(files) == 0 {
		return nil
	}
	size := int64(0)
	for _, f := range files {
		size += f.Size
	}
	what := app.Counted(len(files), "file")
	if len(files) == 1 {
		what = files[0].Name.String()
	}
	return nav.Done("Fetching " + what + ", " + words.Size(size))
}

// sayFetchingAll is sayFetching for what needs all of a message.
func sayFetchingAll(h app.Message) nav.Cmd {
	if !h.Partial {
		return nil
	}
	return nav.Done("Fetching the whole message first")
}

// holdUnless makes keys wait for an answer that is not long in coming.
func holdUnless(long bool, c nav.Cmd) nav.Cmd {
	if long {
		return c
	}
	return nav.Hold(c)
}

// stopMsg ends the fetching of parts of a message.
type stopMsg struct {
	id    mail.ID
	parts []string
}

// fetchingParts are the parts of a message that are on their way.
func (it *item) fetchingParts() []string {
	var out []string
	for _, p := range it.head.Parts {
		if p.Wanted {
			out = append(out, p.Part)
		}
	}
	return out
}

func (m *Model) stopParts(msg stopMsg) nav.Cmd {
	return m.ask.Run(func(ctx context.Context) tea.Msg {
		for _, p := range msg.parts {
			if err := m.source.StopPart(ctx, msg.id, p); err != nil {
				return doneMsg{err: err}
			}
		}
		return doneMsg{"Stopped; what has come is kept", nil}
	})
}

// fileDetail is what a menu says of a file: there is no room for its type where
// it has to be fetched.
func (it *item) fileDetail(f app.Attachment) string {
	if f.Away {
		return strings.TrimSpace(it.sizeLine(f))
	}
	return f.Type.String() + "  " + it.sizeLine(f)
}
