package composer

import (
	"cmp"
	"strings"
	"time"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/tui/keys"
	"postea/tui/nav"
	"postea/tui/theme"
	"postea/tui/widget"
	"postea/tui/words"
)

const (
	pageMax  = 100
	labelEnd = 7 // column at which the labels end
	valueAt  = 9 // column at which the values begin
)

// layout is where the parts of the page are.
type layout struct {
	x, w         int
	rows         map[place]int
	file, files  int // the first file that is shown, and how many are
	rule         int
	bodyY, bodyH int
	foot         int
}

func (m *Model) layout() layout {
	l := layout{w: min(pageMax, m.size.Width-4), rows: map[place]int{}}
	l.x = (m.size.Width - l.w) / 2
	y := 1
	if m.size.Height < 18 {
		y = 0
	}
	l.foot = m.size.Height - 2
	if m.size.Height < 18 {
		l.foot = m.size.Height - 1
	}
	for _, p := range m.shown() {
		if p == inBody {
			continue
		}
		l.rows[p] = y
		y++
		if p == inFiles {
			l.file, l.files = m.filesIn((l.foot - y) / 2)
			y += min(l.files, len(m.files)-1)
		}
	}
	l.rule = y
	l.bodyY = y + 2
	if m.size.Height < 18 {
		l.bodyY = y + 1
	}
	l.bodyH = max(l.foot-1-l.bodyY, 1)
	return l
}

// filesIn says which files are shown on so many rows: all of them, or those about the
// one that is chosen, above a row for how many others there are.
func (m *Model) filesIn(rows int) (first, n int) {
	if n = max(rows-1, 1); len(m.files) <= n+1 {
		return 0, len(m.files)
	}
	if m.focus == inFiles {
		first = max(m.file-n+1, 0)
	}
	return first, n
}

// Head implements nav.Screen.
func (m *Model) Head(now time.Time) nav.Head {
	title := "New message"
	if s := strings.TrimSpace(m.fields[inSubject].Text()); s != "" {
		title = nav.Line(s)
	}
	h := nav.Head{
		Crumbs: []string{nav.Line(m.draft.From.Address), title},
		Hints:  []keys.Action{keys.Send, keys.Attach, keys.ExternalEditor, keys.KeepDraft},
	}
	if m.focus == inFiles && app.IsPicture(m.files[m.file]) {
		h.Hints = []keys.Action{keys.Send, keys.PictureSize, keys.Attach, keys.KeepDraft}
	}
	if m.fixed() {
		h.Crumbs[1], h.Hints = "Redirect: "+title, []keys.Action{keys.Send, keys.SendLater, keys.CopyFields, keys.KeepDraft}
	}
	saved := ""
	switch {
	case m.save.sending:
		saved = "sending to the outbox"
	case m.save.running:
		saved = "saving"
	case m.dirty():
		saved = "not saved yet"
	case !m.save.at.IsZero():
		saved = "draft saved " + words.Since(m.save.at, now, m.ask.Dates)
	}
	if mode := m.body.Mode(); mode != "" && m.focus == inBody {
		if saved != "" {
			saved = "  ·  " + saved
		}
		h.Right = []nav.Piece{{Text: mode, Style: theme.Style{Ink: theme.Accent}}, {Text: saved, Style: theme.Style{Ink: theme.Dim}}}
		return h
	}
	if saved != "" {
		h.Right = []nav.Piece{{Text: saved, Style: theme.Style{Ink: theme.Dim}}}
	}
	return h
}

// Draw implements nav.Screen.
func (m *Model) Draw(a widget.Area) {
	l := m.layout()
	page := a.Sub(l.x, 0, l.w, a.Height())
	m.drawFrom(page.Row(l.rows[inFrom]))
	m.drawField(page, l, inTo, "To")
	if m.copies {
		m.drawField(page, l, inCc, "Cc")
		m.drawField(page, l, inBcc, "Bcc")
	}
	m.drawField(page, l, inSubject, "Subject")
	m.drawFiles(page, l)
	if m.focus == inPath {
		name := "Attach"
		if m.inline {
			name = "Picture"
		}
		m.drawField(page, l, inPath, name)
	}
	page.HRule(l.rule)
	body := page.Sub(0, l.bodyY, l.w, l.bodyH)
	body.Focused = a.Focused && m.focus == inBody
	m.body.Draw(body)
	m.drawFoot(page.Row(l.foot))
	m.drawPopup(page, l)
}

func label(a widget.Area, y int, text string, focused bool) {
	style := theme.Style{Ink: theme.Dim}
	if focused {
		style.Ink = theme.Accent
	}
	a.Right(labelEnd, y, style, text)
}

func (m *Model) drawFrom(a widget.Area) {
	focused := m.focus == inFrom
	label(a, 0, "From", focused)
	right := a.Width()
	if m.others() {
		n := " " + app.Number(len(m.identities)) + " identities"
		if len(m.identities) == 1 {
			n = " 1 identity"
		}
		right = a.Right(right, 0, theme.Style{Ink: theme.Dim}, a.Look.Signs.Down+n) - 2
	}
	style := theme.Style{Ink: theme.Text}
	if focused {
		style = theme.Style{Ink: theme.Strong, Bold: true}
		a.PutCursor(valueAt, 0)
	}
	a.Fit(valueAt, 0, right-valueAt, style, nav.Line(m.draft.From.String()))
}

func (m *Model) drawField(page widget.Area, l layout, p place, name string) {
	y := l.rows[p]
	focused := m.focus == p
	label(page, y, name, focused)
	value := page.Sub(valueAt, y, page.Width()-valueAt, 1)
	value.Focused = page.Focused && focused
	style := theme.Style{Ink: theme.Text}
	if p == inSubject {
		style = theme.Style{Ink: theme.Strong, Bold: true}
	}
	if !focused {
		value.FitSpans(0, 0, value.Width(), style, m.fields[p].Text(), m.marks(p))
		return
	}
	m.fields[p].Draw(value, style, m.marks(p)...)
	m.drawGhost(value, p)
}

// drawGhost shows what accepting the first offer would add.
func (m *Model) drawGhost(value widget.Area, p place) {
	if len(m.popup.contacts) == 0 || !m.popup.chosen() || m.fields[p].Before() != m.fields[p].Text() {
		return
	}
	c := m.popup.contacts[m.popup.at]
	name := c.Name.String()
	x := value.Measure().Width(m.fields[p].Text())
	if len(name) >= len(m.popup.typed) && strings.EqualFold(name[:len(m.popup.typed)], m.popup.typed) {
		x = value.Text(x, 0, theme.Style{Ink: theme.Faint}, name[len(m.popup.typed):])
		value.Text(x+2, 0, theme.Style{Ink: theme.Faint}, "<"+c.Address.String()+">")
	}
}

func (m *Model) drawFiles(page widget.Area, l layout) {
	y, ok := l.rows[inFiles]
	if !ok {
		return
	}
	label(page, y, page.Look.Signs.Attachment, m.focus == inFiles)
	for i, f := range m.files[l.file : l.file+l.files] {
		row := page.Sub(valueAt, y+i, page.Width()-valueAt, 1)
		style := theme.Style{Ink: theme.Text}
		if m.focus == inFiles && l.file+i == m.file {
			row = row.On(theme.Selection)
			style.Ink = theme.Strong
			row.Focused = page.Focused
			row.PutCursor(0, 0)
		}
		right := row.Right(row.Width(), 0, theme.Style{Ink: theme.Dim}, words.Size(f.Size)) - 2
		name := f.Name
		if name == "" {
			name = f.Path
		}
		x := row.Fit(0, 0, right, style, nav.Line(name))
		row.Fit(x+2, 0, right-x-2, theme.Style{Ink: theme.Dim}, remark(f))
	}
	if more := len(m.files) - l.files; more > 0 {
		page.Text(valueAt, y+l.files, theme.Style{Ink: theme.Dim}, "and "+app.Number(more)+" more")
	}
}

// remark says what is special about a file.
func remark(f mail.AttachmentRef) string {
	var parts []string
	if f.Inline {
		parts = append(parts, "in the text")
	}
	if f.FullSize > 0 {
		parts = append(parts, "was "+words.Size(f.FullSize))
	}
	return strings.Join(parts, ", ")
}

func (m *Model) drawFoot(a widget.Area) {
	if p := cmp.Or(m.problem.String(), m.save.failed.String()); p != "" {
		x := a.Text(0, 0, theme.Style{Ink: theme.Red}, a.Look.Signs.Cross+" ")
		a.Fit(x, 0, a.Width()-x, theme.Style{Ink: theme.Red}, p)
		return
	}
	right := a.Width()
	if why, bad := m.firstDoubt(); why != "" {
		style, sign := theme.Style{Ink: theme.Yellow}, a.Look.Signs.Unsure
		if bad {
			style.Ink, sign = theme.Red, a.Look.Signs.Cross
		}
		x := a.Text(0, 0, style, sign+" ")
		a.Fit(x, 0, right-x, style, why)
		return
	}
	a.Fit(0, 0, right, theme.Style{Ink: theme.Dim}, m.outline(a.Look.Signs.Between))
}

// popupAt is where the offers are on the page, and the first of them that is seen.
func (m *Model) popupAt(l layout) (y, width, height, first int) {
	y, width = l.rows[m.focus]+1, l.w-valueAt+1
	if width > 76 { // else it goes to the edge: nothing of the line is left beside it
		width = 70
	}
	height = min(m.popup.len(), m.size.Height-y)
	return y, width, height, max(0, m.popup.at-height+1)
}

func (m *Model) drawPopup(page widget.Area, l layout) {
	if !m.popup.open() {
		return
	}
	y, width, height, first := m.popupAt(l)
	box := page.Sub(valueAt-1, y, width, height)
	if page.Look.Framed { // its surface does not show: nothing stands beside it
		for i := range box.Height() {
			x := valueAt - 1
			if y+i == l.rule {
				x = 0
			}
			page.Fill(x, y+i, page.Width()-x, 1)
		}
	}
	box.Focused = false
	box = box.On(theme.Panel)
	for i := range box.Height() {
		n := first + i
		row := box.Row(i)
		if n == m.popup.at {
			row = row.On(theme.Selection)
			if row.Focused = row.Look.Plain && n > 0; row.Focused {
				row.PutCursor(1, 0) // it was moved to: that is to be heard
			}
			if !row.Look.Coloured() {
				row.Text(0, 0, theme.Style{Ink: theme.Accent}, row.Look.Signs.Bar)
			}
		}
		if m.focus == inPath {
			row.Fit(1, 0, row.Width()-2, theme.Style{Ink: theme.Text}, nav.Line(m.popup.paths[n]))
			continue
		}
		drawContact(row, m.popup.contacts[n], m.popup.typed)
	}
}

func drawContact(row widget.Area, c app.Contact, typed string) {
	right := row.Width() - 1
	if c.Uses > 0 {
		right = row.Right(right, 0, theme.Style{Ink: theme.Dim}, app.Counted(c.Uses, "mail")) - 2
	}
	name, address := c.Name.String(), c.Address.String()
	x := 1
	if name != "" {
		n := 0
		if len(name) >= len(typed) && strings.EqualFold(name[:len(typed)], typed) {
			n = len(typed)
		}
		x = row.Fit(x, 0, right-x, theme.Style{Ink: theme.Accent}, name[:n])
		x = row.Fit(x, 0, right-x, theme.Style{Ink: theme.Strong}, name[n:]) + 2
	}
	row.Fit(x, 0, right-x, theme.Style{Ink: theme.Dim}, address)
}
