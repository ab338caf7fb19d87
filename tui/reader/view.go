package reader

import (
	"strings"
	"time"

	"postea/internal/app"
	"postea/internal/reading"
	"postea/tui/keys"
	"postea/tui/nav"
	"postea/tui/theme"
	"postea/tui/widget"
)

// Head implements nav.Screen.
func (m *Model) Head(time.Time) nav.Head {
	if m.thread == 0 {
		return nav.Head{}
	}
	h := nav.Head{Hints: m.hints()}
	if m.passage.on {
		h.Hints = []keys.Action{keys.BeginSelection, keys.SelectLines, keys.Back}
		if m.passage.begun {
			h.Hints = []keys.Action{keys.Copy, keys.Reply, keys.ReplyAll, keys.Forward, keys.Back}
		}
		h.Crumbs = []string{m.subject.String(), "selecting"}
		return h
	}
	if !m.marks.Empty() || m.seek().text != "" {
		h.Hints = append([]keys.Action{keys.NextMatch}, h.Hints...)
	}
	h.Crumbs = []string{m.subject.String()}
	if m.raw.on {
		h.Crumbs = append(h.Crumbs, m.raw.crumb)
	}
	return h
}

// hints begin with what the cards of the message are there for.
func (m *Model) hints() []keys.Action {
	var list []keys.Action
	for _, a := range []keys.Action{keys.AcceptInvitation, keys.TentativeInvitation, keys.DeclineInvitation, keys.ShowJourney, keys.KeepContact, keys.LeaveList} {
		if m.cardWhy(a) == "" {
			list = append(list, a)
		}
	}
	return append(list, keys.Reply, keys.ReplyAll, keys.Forward, keys.Archive, keys.Links, keys.NextMessage)
}

// Draw implements nav.Screen.
func (m *Model) Draw(a widget.Area) {
	if m.thread == 0 {
		return
	}
	if m.failed.String() != "" {
		b := a.Middle(m.measureWidth())
		b.Fit(0, 1, b.Width(), theme.Style{Ink: theme.Strong, Bold: true}, m.subject.String())
		b.Fit(0, 3, b.Width(), theme.Style{Ink: theme.Red}, "This conversation cannot be shown: "+m.failed.String())
		return
	}
	if m.raw.on {
		m.drawRaw(a)
		return
	}
	page := a.Middle(m.measureWidth())
	if a.Look.Plain && !m.passage.on {
		page.PutCursor(0, m.at)
	}
	x0, _ := page.Origin()
	ax, _ := a.Origin()
	for y, l := range m.visible() {
		m.drawLine(page.Row(y), m.top+y)
		m.drawCursor(page, y, l)
		if (l.kind == fromLine || l.kind == foldedLine) && l.item == m.current && len(m.items) > 1 {
			a.Text(x0-ax-2, y, theme.Style{Ink: theme.Accent}, a.Look.Signs.Bar)
		}
	}
}

func (m *Model) drawRaw(a widget.Area) {
	page := a.Middle(m.measureWidth())
	if a.Look.Plain {
		page.PutCursor(0, m.at)
	}
	for y, l := range m.visible() {
		if l.kind == pictureLine {
			drawPicture(page.Row(y), 0, m.raw.hung, l.n)
			continue
		}
		if l.kind == viewLine {
			m.drawText(page.Row(y), m.raw.lines[l.n], m.found(m.top+y), 0, 0)
			continue
		}
		found := m.found(m.top + y)
		name, rest, ok := strings.Cut(l.text, ":")
		x := m.margin()
		if m.raw.body != nil {
			px, _ := page.Origin()
			ax, _ := a.Origin()
			x = px - ax
		}
		if ok && l.kind == fieldLine && !strings.Contains(name, " ") {
			x = a.FitMarked(x, y, a.Width()-x, theme.Style{Ink: theme.Dim}, theme.Style{Ink: theme.Dim}.Found(), name+":", within(found, 0, len(name)+1))
			found, l.text = within(found, len(name)+1, len(rest)), rest
		}
		a.FitMarked(x, y, a.Width()-x, theme.Style{}, theme.Style{}.Found(), l.text, found)
	}
}

// drawLine draws a line of the page.
func (m *Model) drawLine(a widget.Area, i int) {
	l := m.lines[i]
	if l.kind == subjectLine {
		m.drawSubject(a, m.found(i))
		return
	}
	if l.kind == gapLine || l.item >= len(m.items) {
		return
	}
	it := m.items[l.item]
	dim := theme.Style{Ink: theme.Dim}
	switch l.kind {
	case foldedLine:
		m.drawFolded(a, it)
	case fromLine:
		drawFrom(a, it)
	case toLine:
		most := 8
		for most > 1 && a.Measure().Width(recipients(it.head, most)) > a.Width() {
			most--
		}
		a.Fit(0, 0, a.Width(), dim, recipients(it.head, most))
	case rowLine:
		drawRow(a, it.rows[l.n], it.head.Bounce)
	case noteLine:
		text := "fetching" + a.Look.Signs.Ellipsis
		switch {
		case l.n == 1:
			text = "This message has no text."
		case it.head.Unreached:
			text = "Not here yet. It comes when the account is connected."
		}
		a.Fit(0, 0, a.Width(), theme.Style{Ink: theme.Dim, Italic: true}, text)
	case failureLine:
		if l.n == 0 {
			x := a.Text(0, 0, theme.Style{Ink: theme.Red}, a.Look.Signs.Cross+" ")
			a.Fit(x, 0, a.Width()-x, theme.Style{Ink: theme.Red}, "The text could not be fetched: "+it.failed.String())
		} else {
			text := "It is asked for again when the connection is back"
			if hint := m.ask.Hint(keys.Reader, keys.Sync, "asks now"); hint != "" {
				text += "; " + hint
			}
			a.Fit(2, 0, a.Width()-2, dim, text)
		}
	case textLine:
		t := it.text[l.n]
		from, to := m.passage.selected(l.item, l.n, lineWords(t))
		m.drawText(a, t, m.found(i), from, to)
		if t.Kind == reading.Picture {
			drawPicture(a, 2*t.Depth, it.hung[t.Source], t.Row)
		}
	case pictureLine:
		drawPicture(a, 2, it.hung[l.text], l.n)
	case filesLine:
		x := a.Text(0, 0, dim, strings.TrimSpace(a.Look.Signs.Attachment+" "+app.Counted(len(it.head.Attachments), "attachment")))
		if s := it.wholeWords(); s != "" {
			a.Fit(x+2, 0, a.Width()-x-2, theme.Style{Ink: theme.Accent}, s)
		}
	case fileLine:
		drawFile(a, it, it.head.Attachments[l.n])
	}
}

func (m *Model) drawSubject(a widget.Area, found [][2]int) {
	right := a.Width()
	if n := len(m.items); n > 1 {
		right = a.Right(right, 0, theme.Style{Ink: theme.Dim}, app.Counted(n, "message")) - 2
	}
	style := theme.Style{Ink: theme.Strong, Bold: true}
	a.FitMarked(0, 0, right, style, style.Found(), m.subject.String(), found)
}

func (m *Model) drawFolded(a widget.Area, it *item) {
	if a.Look.Plain {
		unread := ""
		if it.head.Unread {
			unread = "unread"
		}
		a.PlainRow(false, a.Look.Signs.Folded, unread, sender(it.head), a.Look.Dates.Long(it.head.Date, a.Now), it.head.Snippet.String())
		return
	}
	style := theme.Style{Ink: theme.Dim, Bold: it.head.Unread}
	x := a.Text(0, 0, theme.Style{Ink: theme.Faint}, a.Look.Signs.Folded+" ")
	right := a.Right(a.Width(), 0, theme.Style{Ink: theme.Dim}, a.Look.Dates.Long(it.head.Date, a.Now)) - 2
	name := min(18, max(8, a.Width()/5))
	a.Fit(x, 0, min(name, right-x), style, sender(it.head))
	a.Fit(x+name+2, 0, right-x-name-2, theme.Style{Ink: theme.Dim}, it.head.Snippet.String())
}

func drawFrom(a widget.Area, it *item) {
	if a.Look.Plain {
		from := "no sender"
		if len(it.head.From) > 0 {
			from = strings.TrimSpace(it.head.From[0].Name.String() + " <" + it.head.From[0].Address.String() + ">")
		}
		starred := ""
		if it.head.Starred {
			starred = a.Look.Signs.Star
		}
		a.PlainRow(false, "from "+from, a.Look.Dates.Long(it.head.Date, a.Now), starred)
		return
	}
	right := a.Right(a.Width(), 0, theme.Style{Ink: theme.Dim}, a.Look.Dates.Long(it.head.Date, a.Now)) - 2
	if it.head.Starred {
		right = a.Right(right, 0, theme.Style{Ink: theme.Yellow}, a.Look.Signs.Star) - 1
	}
	if len(it.head.From) == 0 {
		a.Fit(0, 0, right, theme.Style{Ink: theme.Dim}, "(no sender)")
		return
	}
	p := it.head.From[0]
	x, address := 0, p.Address.String()
	if name := p.Name.String(); name != "" {
		x = a.Fit(0, 0, right, theme.Style{Ink: theme.Strong, Bold: true}, name) + 1
		address = "<" + address + ">"
	}
	a.Fit(x, 0, right-x, theme.Style{Ink: theme.Dim}, address)
}

// sender is the short name of who wrote a message.
func sender(m app.Message) string {
	if len(m.From) == 0 {
		return "(no sender)"
	}
	return label(m.From[0])
}

func label(p app.Person) string {
	if name := p.Name.String(); name != "" {
		return name
	}
	return p.Address.String()
}

// recipients says to whom a message went, with so many names in each field at most:
// to you, Grace Hopper, cc Howard Aiken.
func recipients(m app.Message, most int) string {
	list := func(what string, people []app.Person) string {
		if len(people) == 0 {
			return ""
		}
		var names []string
		for i, p := range people {
			if i == most && len(people) > most+1 {
				names = append(names, app.Number(len(people)-most)+" more")
				break
			}
			if p.Me {
				names = append(names, "you")
			} else {
				names = append(names, label(p))
			}
		}
		return what + strings.Join(names, ", ")
	}
	var parts []string
	for _, p := range []string{list("to ", m.To), list("cc ", m.Cc), list("bcc ", m.Bcc)} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	if len(parts) == 0 {
		return "to nobody in sight"
	}
	return strings.Join(parts, ", ")
}
