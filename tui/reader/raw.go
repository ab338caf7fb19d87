package reader

import (
	"context"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/internal/reading"
	"postea/tui/nav"
)

// rawView shows something in place of the conversation: the header fields, the
// source, or an attachment.
type rawView struct {
	on     bool
	source bool
	crumb  string
	text   []app.Text
	fields int                // how many lines of text are fields of a header
	body   app.Body           // of a message within the message; nil for none
	lines  []reading.TextLine // it, laid out
	laid   layoutKey
	hung   *hung  // a picture
	send   string // what the terminal needs for it
	sought sought
}

type rawMsg struct {
	view rawView
	err  error
}

// cycleRaw goes from the conversation to the header fields, the source, and back.
func (m *Model) cycleRaw() nav.Cmd {
	if len(m.items) == 0 {
		return nil
	}
	if m.raw.on && (m.raw.source || m.raw.crumb != "headers") {
		m.closeRaw()
		return nil
	}
	h := m.items[m.current].head
	id, source := h.ID, m.raw.on
	var say nav.Cmd
	if source {
		say = sayFetchingAll(h)
	}
	return nav.Batch(say, m.ask.Ask("raw", func(ctx context.Context) tea.Msg {
		get, crumb := m.source.HeaderText, "headers"
		if source {
			get, crumb = m.source.SourceText, "source"
		}
		text, err := get(ctx, id)
		view := rawView{on: true, source: source, crumb: crumb, text: text}
		if !source {
			view.fields = len(text)
		}
		return rawMsg{view, err}
	}))
}

// view shows an attachment in place of the conversation.
func (m *Model) view(msg attachmentMsg) nav.Cmd {
	away := m.awayFiles(msg.id, msg.index)
	return nav.Batch(sayFetching(away), m.viewing(len(away) > 0, func(ctx context.Context) (app.FileView, error) {
		return m.source.ViewAttachment(ctx, msg.id, msg.index)
	}))
}

// viewing shows what get gives in place of the conversation; long tells that it takes
// its time.
func (m *Model) viewing(long bool, get func(context.Context) (app.FileView, error)) nav.Cmd {
	want, alone := m.rawLayout(), alone{m.size.Pictures}
	return holdUnless(long, m.ask.Ask("raw", func(ctx context.Context) tea.Msg {
		v, err := get(ctx)
		if err != nil {
			return rawMsg{err: err}
		}
		view := rawView{on: true, source: true, crumb: v.Title.String(), text: v.Lines, fields: v.Fields}
		if v.Picture != nil {
			placed, send := alone.place(v.Picture, want.width)
			view.hung, view.send = placed, send
			if placed == nil {
				w, h := v.Picture.Size()
				view.text = []app.Text{reading.Line(fmt.Sprintf("A picture of %d × %d pixels. Pictures are off, or this terminal has too few colours.", w, h))}
			}
		}
		if v.Message != nil {
			view.text, view.body, view.laid = headLines(*v.Message), v.Message.Body, want
			view.fields = len(view.text)
			view.lines = layRaw(view.body, want)
		}
		return rawMsg{view, nil}
	}))
}

// headLines are what a message within the message is known by.
func headLines(h app.Message) []app.Text {
	var out []app.Text
	add := func(name, value string) {
		if value != "" {
			out = append(out, reading.Line(name+": "+value))
		}
	}
	people := func(list []app.Person) string {
		var s []string
		for _, p := range list {
			one := p.Address.String()
			if name := p.Name.String(); name != "" {
				one = name + " <" + one + ">"
			}
			s = append(s, one)
		}
		return strings.Join(s, ", ")
	}
	add("From", people(h.From))
	add("To", people(h.To))
	add("Cc", people(h.Cc))
	if !h.Date.IsZero() {
		add("Date", h.Date.Format("Mon, 2 Jan 2006 15:04 -0700"))
	}
	add("Subject", h.Subject.String())
	add("Protection", h.Protection.String())
	if n := len(h.Attachments); n > 0 {
		add("Files", app.Counted(n, "attachment"))
	}
	if out != nil {
		out = append(out, app.Text{})
	}
	return out
}

func (m *Model) rawLayout() layoutKey {
	return layoutKey{width: m.measureWidth(), quotes: true, clusters: m.size.Measure.Clusters}
}

func layRaw(b app.Body, k layoutKey) []reading.TextLine {
	return b.Lines(k.width, reading.LayoutOptions{Graphemes: k.clusters})
}

// relay lays a message within the message out again, where the room changed.
func (m *Model) relay() nav.Cmd {
	view, want := m.raw, m.rawLayout()
	if view.body == nil || view.laid == want {
		return nil
	}
	return m.ask.Ask("raw", func(context.Context) tea.Msg {
		view.laid, view.lines = want, layRaw(view.body, want)
		return rawMsg{view, nil}
	})
}

func (m *Model) tookRaw(msg rawMsg) nav.Cmd {
	if msg.err != nil {
		return nav.Failed(msg.err)
	}
	if !m.raw.on || m.raw.body == nil || msg.view.body != m.raw.body {
		m.top = 0
	}
	m.raw = msg.view
	m.arrange()
	if m.raw.send != "" {
		return nav.Later(tea.Raw(m.raw.send))
	}
	return m.relay()
}

// CloseRaw goes back from headers or source to the conversation; it tells
// whether either was shown.
func (m *Model) CloseRaw() bool {
	was := m.raw.on
	if was {
		m.closeRaw()
	}
	return was
}

func (m *Model) closeRaw() {
	m.ask.Drop("raw")
	m.raw, m.top, m.toItem = rawView{}, 0, m.current
	m.arrange()
}

func (m *Model) arrangeRaw() {
	m.lines = []line{{kind: gapLine}}
	width := max(m.size.Width-2*m.margin(), 1)
	for i, t := range m.raw.text {
		for n, piece := range m.measure().Wrap(t.String(), width) {
			kind := rawLine
			if i < m.raw.fields && n == 0 { // what it goes on with has no name
				kind = fieldLine
			}
			m.lines = append(m.lines, line{kind: kind, text: piece})
		}
	}
	for n := range m.raw.hung.height() {
		m.lines = append(m.lines, line{kind: pictureLine, n: n})
	}
	for n := range m.raw.lines {
		m.lines = append(m.lines, line{kind: viewLine, n: n})
	}
	m.scrollTo(m.top)
}
