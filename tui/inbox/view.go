package inbox

import (
	"slices"
	"strings"
	"time"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/tui/keys"
	"postea/tui/nav"
	"postea/tui/theme"
	"postea/tui/widget"
)

// Head implements nav.Screen.
func (m *Model) Head(time.Time) nav.Head {
	h := nav.Head{Hints: []keys.Action{keys.Open, keys.Compose, keys.Reply, keys.Archive, keys.Find, keys.Undo}}
	if m.atEnd() {
		h.Hints = append([]keys.Action{keys.FetchOlder}, h.Hints...)
	}
	if n := m.selected(); m.Marking() {
		h.Right = []nav.Piece{{Text: app.Number(n) + " selected", Style: theme.Style{Ink: theme.Accent}}}
		h.Hints = []keys.Action{keys.Archive, keys.Delete, keys.MoveTo, keys.Star, keys.Unread, keys.Back}
		return h
	}
	if !m.loaded {
		return h
	}
	if m.place.Query != "" || m.place.Kind == app.PlaceEverywhere {
		return h // the line of the search says it
	}
	if m.page.Unread > 0 {
		h.Right = append(h.Right, nav.Piece{Text: app.Number(m.page.Unread) + " unread", Style: theme.Style{Ink: theme.Accent}},
			nav.Piece{Text: "  of " + app.Number(m.page.Count), Style: theme.Style{Ink: theme.Dim}})
	} else if m.page.Count > 0 {
		h.Right = []nav.Piece{{Text: app.Counted(m.page.Count, "message"), Style: theme.Style{Ink: theme.Dim}}}
	}
	return h
}

// Draw implements nav.Screen.
func (m *Model) Draw(a widget.Area) {
	switch {
	case m.failed.String() != "" && !m.loaded:
		a.Empty("This folder could not be read", m.failed.String())
		return
	case !m.loaded:
		return
	case m.list.Total() == 0:
		m.drawEmpty(a)
		return
	}
	from, to := m.list.Visible()
	if m.atEnd() {
		m.drawFoot(a.Sub(0, min((to-from)*m.pitch(), a.Height()-1), a.Width(), 1))
	}
	cols := columnsFor(a)
	for i := from; i < to+1; i++ {
		if row, ok := m.at(i); ok {
			cols.where = max(cols.where, min(a.Measure().Width(row.Where.String()), maxWhere))
		}
	}
	for i := from; i < to+1 && i < m.list.Total(); i++ {
		r := a.Sub(0, (i-from)*m.pitch(), a.Width(), min(m.pitch(), 2))
		if r.Height() == 0 {
			break
		}
		row, ok := m.at(i)
		if !ok {
			r.Text(5, 0, theme.Style{Ink: theme.Faint}, a.Look.Signs.Between+" "+a.Look.Signs.Between+" "+a.Look.Signs.Between)
			continue
		}
		d := drawing{Area: r, cols: cols, cursor: i == m.list.Cursor, marked: m.isMarked(i, row.Thread), row: row, found: m.page.Marks}
		if m.Plain {
			d.plain()
		} else if m.oneLine() {
			d.oneLine()
		} else {
			d.twoLines()
		}
	}
}

func (m *Model) drawEmpty(a widget.Area) {
	head, rest := "Nothing here", "This folder is empty."
	switch {
	case m.page.Older > 0:
		head, rest = "Nothing that new", m.older()
	case m.place.Kind == app.PlaceEverywhere && m.place.Query == "":
		head, rest = "", ""
	case m.place.Query != "" && m.narrowed:
		return
	case m.place.Query != "":
		head, rest = "Nothing found", "Fewer or shorter words find more: the last one may go on, and a * lets any do so."
	case m.page.Awaited:
		head, rest = "Nothing fetched yet", hints("Mail will appear here once it is fetched.", m.ask.Hint(keys.List, keys.Compose, " writes a message"))
	case m.place.Kind == app.PlaceStarred:
		head, rest = "No stars yet", m.ask.Hint(keys.List, keys.Star, "on a message puts it here.")
	case m.place.Role == mail.RoleInbox, m.place.Kind == app.PlaceAllInboxes:
		head, rest = "All read and put away", hints("New mail will appear here by itself.", m.ask.Hint(keys.List, keys.Compose, " writes a message"), m.ask.Hint(keys.List, keys.GoArchive, " goes to the archive"))
	case m.place.Role == mail.RoleDrafts:
		head, rest = "No drafts", m.ask.Hint(keys.List, keys.Compose, " begins a message; it is kept here until it is sent.")
	case m.place.Role == mail.RoleSent:
		head, rest = "Nothing sent yet", hints(m.ask.Hint(keys.List, keys.Compose, " writes a message"), m.ask.Hint(keys.List, keys.GoOutbox, " shows what is on its way"))
	case m.place.Role == mail.RoleTrash, m.place.Role == mail.RoleJunk:
		rest = "It is good that way."
	}
	a.Empty(head, rest)
}

// hints puts hints side by side, the empty ones left out.
func hints(list ...string) string {
	return strings.Join(slices.DeleteFunc(list, func(s string) bool { return s == "" }), "   ")
}
