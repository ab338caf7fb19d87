package people

import (
	"strings"
	"time"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/tui/keys"
	"postea/tui/nav"
	"postea/tui/theme"
	"postea/tui/widget"
)

// listAt is the line on which the list begins: below the line that is typed in.
const listAt = 3

func (m *Model) fit() { m.list.Resize(len(m.items), max(m.size.Height-listAt, 1)) }

// Head implements nav.Screen.
func (m *Model) Head(time.Time) nav.Head {
	h := nav.Head{Crumbs: []string{"Contacts"}, Hints: []keys.Action{keys.Open, keys.AddContact, keys.NameContact, keys.RemoveContact, keys.Back}}
	if n := len(m.items); m.loaded && n > 0 {
		text := app.Number(n)
		if n == most {
			text += "+"
		}
		h.Right = []nav.Piece{{Text: text, Style: theme.Style{Ink: theme.Dim}}}
	}
	return h
}

// Draw implements nav.Screen.
func (m *Model) Draw(a widget.Area) {
	x := a.Text(3, 1, theme.Style{Ink: theme.Accent}, "Find") + 2
	line := a.Sub(x, 1, a.Width()-x-2, 1)
	line.Focused = a.Focused
	m.field.Draw(line, theme.Style{Ink: theme.Strong})
	if m.field.Text() == "" {
		line.Text(1, 0, theme.Style{Ink: theme.Faint}, "a few letters of a name or an address")
	}
	switch {
	case m.failed.String() != "":
		a.Fit(3, listAt, a.Width()-4, theme.Style{Ink: theme.Red}, "The address book could not be read: "+m.failed.String())
		return
	case m.loaded && len(m.items) == 0:
		m.drawEmpty(a)
		return
	}
	from, to := m.list.Visible()
	for i := from; i < to; i++ {
		drawContact(a.Row(listAt+i-from), m.items[i], i == m.list.Cursor)
	}
}

func (m *Model) drawEmpty(a widget.Area) {
	if m.field.Text() != "" {
		a.Empty("Nobody like that", m.ask.Hint(keys.People, keys.AddContact, "puts an address into the address book."))
		return
	}
	a.Empty("Nobody is known yet", "Who you write to and read from is listed here; postea contacts import takes over an address book.   "+m.ask.Hint(keys.People, keys.AddContact, "adds somebody"))
}

func drawContact(r widget.Area, c app.Contact, cursor bool) {
	if r.Look.Plain {
		kept, uses := "", ""
		if c.Kept {
			kept = "in the address book"
		}
		if c.Uses > 0 {
			uses = app.Counted(c.Uses, "mail")
		}
		r.PlainRow(cursor, c.Name.String(), described(c), uses, kept)
		return
	}
	strong := theme.Style{Ink: theme.Text}
	if cursor {
		r = r.On(theme.Selection)
		r.Text(0, 0, theme.Style{Ink: theme.Accent}, r.Look.Signs.Bar)
		strong = theme.Style{Ink: theme.Strong, Bold: true}
	}
	dim := theme.Style{Ink: theme.Dim}
	right := r.Width() - 2
	if right > 70 {
		last := ""
		if !c.Last.IsZero() {
			last = r.Look.Dates.Short(c.Last, r.Now)
		}
		r.Right(right, 0, dim, last)
		right -= 14
		if c.Uses > 0 {
			r.Right(right, 0, dim, app.Counted(c.Uses, "mail"))
		}
		right -= 12
	}
	if c.Kept {
		r.Text(2, 0, theme.Style{Ink: theme.Accent}, r.Look.Signs.Star)
	}
	nameAt, nameW := 4, max((right-4)*2/5, 12)
	name, address := c.Name.String(), described(c)
	if name == "" {
		r.Fit(nameAt, 0, right-nameAt, strong, address)
		return
	}
	r.Fit(nameAt, 0, nameW, strong, name)
	r.Fit(nameAt+nameW+2, 0, right-nameAt-nameW-2, dim, address)
}

// described is the address, or who is in a group.
func described(c app.Contact) string {
	address := c.Address.String()
	if c.Members == nil {
		return address
	}
	labels := make([]string, len(c.Members))
	for i, m := range c.Members {
		labels[i] = mail.Address{Name: m.Name, Address: m.Address}.Label()
	}
	return address + ": " + nav.Line(strings.Join(labels, ", "))
}
