package reader

import (
	"context"
	"errors"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/internal/when"
	"postea/tui/nav"
	"postea/tui/words"
)

// Handing on: what is copied, piped, and opened elsewhere.

type (
	copiesMsg struct {
		copies app.Copies
		links  []reading.Link
		err    error
	}
	copyMsg struct{ what, text string }
)

// copyMenu asks what is to be copied.
func (m *Model) copyMenu() nav.Cmd {
	it := m.items[m.current]
	id, body, other := it.head.ID, it.head.Body, it.other
	return nav.Hold(m.ask.Ask("copies", func(ctx context.Context) tea.Msg {
		c, err := m.source.Copies(ctx, id)
		msg := copiesMsg{copies: c, err: err}
		if body != nil {
			msg.links = body.Links(other)
		}
		return msg
	}))
}

func (m *Model) tookCopies(msg copiesMsg) nav.Cmd {
	if msg.err != nil {
		return nav.Failed(msg.err)
	}
	menu := nav.Menu{Title: "Copy", Hint: "copy"}
	add := func(label, what, text, detail, key string) {
		if text != "" {
			menu.Items = append(menu.Items, nav.Item{Label: label, Detail: detail, Key: key, Msg: m.ask.Answer(copyMsg{what, text})})
		}
	}
	c := msg.copies
	add("Address of the sender", "the address", c.Address, nav.Line(c.Address), "")
	add("Text", "the text", c.Text, words.Size(int64(len(c.Text))), "")
	add("Message-ID", "the Message-ID", c.MessageID, nav.Line(c.MessageID), "")
	add("Subject", "the subject", c.Subject, nav.Line(c.Subject), "")
	for _, l := range msg.links {
		url := nav.Line(l.Shown)
		add("Link to "+nav.Line(l.Host), "the link", url, url, strconv.Itoa(l.Number))
	}
	return nav.Say(menu)
}

// copied writes the clipboard, by OSC 52 and by the system. It is the only place that
// does for a mail.
func (m *Model) copied(msg copyMsg) nav.Cmd {
	return nav.Batch(nav.Later(tea.SetClipboard(msg.text)), m.ask.Run(func(ctx context.Context) tea.Msg {
		if err := m.source.Clipboard(ctx, msg.text); err != nil {
			return doneMsg{err: err}
		}
		return nil
	}), nav.Done("Copied "+msg.what))
}

// pipeMsg is something to be piped: chosen, given a command, or done.
type pipeMsg struct {
	id      mail.ID
	what    app.PipeWhat
	index   int
	command string
	out     app.Piped
	done    bool
	err     error
}

// pipeMenu asks what is to be piped; where there is nothing to choose between
// the text and the source it asks all the same, because commands want either.
func (m *Model) pipeMenu() nav.Cmd {
	h := m.items[m.current].head
	menu := nav.Menu{Title: "Pipe", Hint: "to a command…"}
	add := func(label, detail string, what app.PipeWhat, index int) {
		menu.Items = append(menu.Items, nav.Item{Label: label, Detail: detail, Msg: m.ask.Answer(pipeMsg{id: h.ID, what: what, index: index})})
	}
	add("The text", "as it is read", app.PipeText, 0)
	add("The source", "header and body, byte for byte", app.PipeSource, 0)
	for _, it := range m.items {
		if app.IsPatch(it.head.Subject.String()) {
			add("The patches, in order", "of the conversation, for git am", app.PipePatches, 0)
			break
		}
	}
	for _, a := range h.Attachments {
		add(a.Name.String(), m.items[m.current].fileDetail(a), app.PipeFile, a.Index)
	}
	return nav.Say(menu)
}

func (m *Model) pipe(msg pipeMsg) nav.Cmd {
	switch {
	case msg.done:
		return m.piped(msg)
	case msg.command == "":
		return nav.Say(nav.Prompt{
			Title: "Pipe to", Hint: "run", Help: "a command of your shell, which gets it on its standard input",
			Preview: func(string, time.Time, when.Style) (string, bool) { return "runs as you, without a terminal", true },
			Then:    func(text string) tea.Msg { msg.command = text; return m.ask.Answer(msg) },
		})
	}
	return nav.Batch(nav.Done("Running "+msg.command), m.ask.Ask("pipe", func(ctx context.Context) tea.Msg {
		msg.done = true
		msg.out, msg.err = m.source.Pipe(ctx, msg.id, msg.what, msg.index, msg.command)
		return msg
	}))
}

func (m *Model) piped(msg pipeMsg) nav.Cmd {
	if msg.err != nil && len(msg.out.Lines) == 0 {
		return nav.Failed(msg.err)
	}
	p := nav.Pager{Title: nav.Line(msg.command), Lines: msg.out.Lines, Empty: "The command wrote nothing.", Note: "done"}
	switch {
	case msg.err != nil:
		p.Note = nav.Line(msg.err.Error())
	case msg.out.Code != 0:
		p.Note = "it ended with code " + strconv.Itoa(msg.out.Code)
	}
	if msg.out.Cut {
		p.Note += ", cut at 1 MB"
	}
	return nav.Say(p)
}

// openFile opens an attachment with the system's program for it, after a
// question where it would run.
func (m *Model) openFile(msg attachmentMsg) nav.Cmd {
	away := m.awayFiles(msg.id, msg.index)
	open := func(ctx context.Context) tea.Msg {
		err := m.source.OpenAttachment(ctx, msg.id, msg.index, msg.sure)
		if program, ok := errors.AsType[*app.ProgramError](err); ok {
			return programMsg{msg, program}
		}
		return doneMsg{"Opening the attachment", err}
	}
	if len(away) > 0 {
		return nav.Batch(sayFetching(away), m.ask.Ask("open", open)) // who has left does not wait for it
	}
	return m.ask.Run(open)
}

type programMsg struct {
	file    attachmentMsg
	program *app.ProgramError
}

func (m *Model) askProgram(msg programMsg) nav.Cmd {
	msg.file.sure = true
	return nav.Say(nav.Confirm{
		Question: msg.program.Name.String() + " is " + msg.program.What + ". Open it all the same?",
		Detail:   "Opened, it can do whatever you can do on this machine. Do so only if you expected it from this sender.",
		Yes:      "open it", No: "leave it", Careful: true, Then: m.ask.Answer(msg.file),
	})
}

func (m *Model) openHTML() nav.Cmd {
	id := m.items[m.current].head.ID
	return m.ask.Run(func(ctx context.Context) tea.Msg {
		return doneMsg{"Opening the HTML version, without scripts and remote images", m.source.OpenHTML(ctx, id)}
	})
}

// toggleVersion shows the other version of the text: HTML instead of plain, or
// the other way round.
func (m *Model) toggleVersion() nav.Cmd {
	it := m.items[m.current]
	it.other, it.open, it.quotes = !it.other, true, false
	m.arrange()
	return nav.Batch(m.fetch(), nav.Done("The other version"))
}
