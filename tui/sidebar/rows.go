package sidebar

import (
	"strings"

	"postea/internal/app"
	"postea/tui/nav"
	"postea/tui/theme"
	"postea/tui/widget"
	"postea/tui/words"
)

// row is one line: a heading, a gap, or something to open.
type row struct {
	label   string
	place   app.Place
	depth   int
	count   int
	unread  bool // count is of unread messages
	heading bool
	color   string // of an account's heading
	outbox  bool
	gap     bool
	dead    bool    // only a level above others
	quiet   bool    // other mail programs do not show it
	search  string  // the name of a saved search
	used    float64 // share of the room that is used, for a bar; 0: no bar
	room    string  // in words
	folder  *app.FolderItem

	favourite bool // stands on top of the folders as well
}

func (r row) opens() bool { return !r.heading && !r.gap && !r.dead && r.room == "" }

func (r row) open() nav.Cmd {
	switch {
	case r.outbox:
		return nav.Say(nav.OpenOutbox{})
	case r.opens():
		return nav.Say(nav.OpenPlace{Place: r.place})
	}
	return nil
}

// layout makes the rows from the data and keeps the cursor on its place.
func (m *Model) layout() {
	var was row
	if m.list.Cursor < len(m.rows) {
		was = m.rows[m.list.Cursor]
	}
	m.rows = m.rows[:0]
	if len(m.data.Accounts) > 1 {
		m.rows = append(m.rows,
			row{label: "ALL ACCOUNTS", heading: true},
			row{label: "All inboxes", place: app.Place{Kind: app.PlaceAllInboxes}, count: m.data.InboxUnread, unread: true})
	}
	out := m.data.Outbox
	m.rows = append(m.rows,
		row{label: "Outbox", outbox: true, count: out.Sending + out.Waiting + out.NeedsYou},
		row{label: "Starred", place: app.Place{Kind: app.PlaceStarred}})
	if len(m.data.Favourites) > 0 {
		m.rows = append(m.rows, row{gap: true}, row{label: "FAVOURITES", heading: true})
		for _, f := range m.data.Favourites {
			r := folderRow(f)
			r.depth, r.favourite = 0, true
			m.rows = append(m.rows, r)
		}
	}
	if len(m.data.Searches) > 0 {
		m.rows = append(m.rows, row{gap: true}, row{label: "SEARCHES", heading: true})
		for _, s := range m.data.Searches {
			m.rows = append(m.rows, row{label: s.Name.String(), search: s.Raw, place: app.Place{Kind: app.PlaceEverywhere, Query: s.Query}})
		}
	}
	for _, a := range m.data.Accounts {
		m.rows = append(m.rows, row{gap: true}, row{label: a.Label.String(), heading: true, color: a.Color})
		for _, f := range a.Folders {
			m.rows = append(m.rows, folderRow(f))
		}
		if a.Room > 0 {
			share := min(float64(a.Used)/float64(a.Room), 1)
			m.rows = append(m.rows, row{used: share, room: room(a.Used, a.Room)})
		}
	}
	m.list.Resize(len(m.rows), m.list.Page())
	for i, r := range m.rows {
		if r.opens() && r.outbox == was.outbox && r.place == was.place && r.label == was.label {
			m.list.To(i)
			return
		}
	}
	m.toHere()
}

func folderRow(f app.FolderItem) row {
	r := row{label: f.Label.String(), place: f.Place, depth: f.Depth, count: f.Unread, unread: true, dead: !f.Selectable, folder: &f}
	if f.Place.Role == "drafts" || f.Place.Role == "snoozed" {
		r.count, r.unread = f.Total+f.Drafts, false
	}
	r.quiet = !f.Subscribed
	return r
}

func (m *Model) toHere() {
	for i, r := range m.rows {
		if r.opens() && !r.outbox && samePlace(r.place, m.here) {
			m.list.To(i)
			return
		}
	}
}

func samePlace(a, b app.Place) bool {
	return a.Kind == b.Kind && a.Account == b.Account && a.Folder == b.Folder && a.Query == b.Query
}

// Draw implements nav.Screen.
func (m *Model) Draw(a widget.Area) {
	m.list.Resize(len(m.rows), a.Height())
	from, to := m.list.Visible()
	for i := from; i < to; i++ {
		m.drawRow(a.Row(i-from), m.rows[i], i == m.list.Cursor)
	}
}

func (m *Model) drawRow(a widget.Area, r row, cursor bool) {
	if r.gap {
		return
	}
	if a.Look.Plain {
		m.plainRow(a, r, cursor)
		return
	}
	if r.heading {
		a.Fit(2, 0, a.Width()-3, theme.Style{Ink: theme.OfAccount(r.color, theme.Dim)}, r.label)
		return
	}
	if r.room != "" {
		drawRoom(a, r)
		return
	}
	here := !r.outbox && samePlace(r.place, m.here)
	style := theme.Style{Ink: theme.Text}
	switch {
	case r.dead, r.quiet:
		style.Ink = theme.Dim
	case here, r.unread && r.count > 0:
		style.Ink = theme.Strong
	}
	if here || cursor && a.Focused {
		surface := theme.Marked
		if cursor && a.Focused || here && !a.Focused {
			surface = theme.Selection
		}
		a = a.On(surface)
		style.Bold = here
	}
	if cursor && a.Focused || here && !a.Focused {
		a.Text(0, 0, theme.Style{Ink: theme.Accent}, a.Look.Signs.Bar)
	}
	right := a.Width() - 2
	if r.count > 0 {
		st := theme.Style{Ink: theme.Dim}
		if r.unread && (here || r.place.Role == "inbox" || r.place.Kind == app.PlaceAllInboxes) {
			st.Ink = theme.Accent
		}
		right = a.Right(right, 0, st, app.Number(r.count)) - 1
	}
	x := 3 + 2*r.depth
	a.Fit(x, 0, right-x, style, r.label)
}

// plainRow writes a row for a screen reader.
func (m *Model) plainRow(a widget.Area, r row, cursor bool) {
	count, here := "", ""
	if r.count > 0 {
		count = app.Number(r.count)
		if r.unread {
			count += " unread"
		}
	}
	if !r.outbox && r.opens() && samePlace(r.place, m.here) {
		here = "shown now"
	}
	if r.room != "" {
		r.label = "room used: " + r.room
	}
	if r.heading {
		r.label += ":"
	}
	a.PlainRow(cursor && a.Focused, r.label, count, here)
}

// room writes how much of the room is used: 8.7/10 GB.
func room(used, all int64) string {
	u, a := words.Size(used), words.Size(all)
	if n, unit, ok := strings.Cut(u, " "); ok && strings.HasSuffix(a, " "+unit) {
		u = n
	}
	return u + "/" + a
}

// drawRoom draws how much of an account's room is used: a bar, and in words.
func drawRoom(a widget.Area, r row) {
	ink := theme.Dim
	switch {
	case r.used >= 0.95:
		ink = theme.Red
	case r.used >= 0.8:
		ink = theme.Yellow
	}
	right := a.Right(a.Width()-2, 0, theme.Style{Ink: theme.Dim}, r.room)
	width := right - 1 - 3
	if width < 4 {
		return
	}
	full := int(r.used*float64(width) + 0.5)
	for x := range width {
		style, sign := theme.Style{Ink: theme.Faint}, a.Look.Signs.ProgressOff
		if x < full {
			style.Ink, sign = ink, a.Look.Signs.ProgressOn
		}
		a.Text(3+x, 0, style, sign)
	}
}
