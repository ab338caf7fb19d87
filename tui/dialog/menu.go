package dialog

import (
	"cmp"
	"slices"
	"strings"

	"postea/internal/app"
	"postea/tui/keys"
	"postea/tui/nav"
	"postea/tui/theme"
	"postea/tui/widget"
)

// Menu lists things to pick from.
type Menu struct {
	menu  nav.Menu
	texts []string
	found []widget.Ranked
	field widget.Field
	list  widget.List
	area  widget.Area // as drawn last, for the mouse
	other *nav.Item   // made of what is typed; it stands behind the others
	moved bool        // the cursor went through the items since something was typed
	over  int         // the item that the cursor was at last
}

func (m *Menu) item(i int) nav.Item {
	if i == len(m.menu.Items) && m.other != nil {
		return *m.other
	}
	return m.menu.Items[i]
}

// NewMenu makes a menu with everything in it.
func NewMenu(menu nav.Menu) *Menu {
	m := &Menu{menu: menu}
	m.Refill(menu.Items)
	m.list.Move(menu.At)
	m.over = menu.At
	return m
}

// Refill shows other items. The cursor stays on what it stood on.
func (m *Menu) Refill(items []nav.Item) {
	at := ""
	if m.list.Cursor < len(m.found) {
		at = searched(m.item(m.found[m.list.Cursor].Index))
	}
	m.menu.Items, m.texts = items, nil
	for _, it := range items {
		m.texts = append(m.texts, searched(it))
	}
	m.narrow()
	m.list.Move(max(0, slices.IndexFunc(m.found, func(f widget.Ranked) bool { return searched(m.item(f.Index)) == at })))
}

func searched(it nav.Item) string { return it.Label + " " + it.Also + " " + it.Detail }

// leave closes the menu with nothing chosen.
func (m *Menu) leave() nav.Cmd { return dismiss(m.menu.Cancel) }

// hover tells of the item that the cursor has come to.
func (m *Menu) hover() nav.Cmd {
	if m.list.Cursor >= len(m.found) {
		return nil
	}
	at := m.found[m.list.Cursor].Index
	if at == m.over {
		return nil
	}
	m.over = at
	if msg := m.item(at).Hover; msg != nil {
		return nav.Say(msg)
	}
	return nil
}

func (m *Menu) narrow() {
	m.found = widget.Rank(m.field.Text(), m.texts)
	m.whole(func(it nav.Item, typed string) bool {
		return slices.Contains(strings.Fields(it.Also), strings.ToLower(typed))
	})
	m.whole(func(it nav.Item, typed string) bool { return strings.EqualFold(it.Label, typed) })
	if m.other = nil; m.menu.Other != nil && strings.TrimSpace(m.field.Text()) != "" {
		if it, ok := m.menu.Other(strings.TrimSpace(m.field.Text())); ok {
			m.other = &it
			m.found = append(m.found, widget.Ranked{Index: len(m.menu.Items)})
		}
	}
	m.list = widget.List{}
	m.list.Resize(len(m.found), m.list.Page())
}

// whole puts first what is typed whole: that is meant.
func (m *Menu) whole(is func(it nav.Item, typed string) bool) {
	typed := strings.TrimSpace(m.field.Text())
	if i := slices.IndexFunc(m.found, func(f widget.Ranked) bool { return is(m.menu.Items[f.Index], typed) }); i > 0 {
		it := m.found[i]
		m.found = slices.Insert(slices.Delete(m.found, i, i+1), 0, it)
	}
}

// Scope implements Overlay.
func (m *Menu) Scope() keys.Scope { return keys.Menu }

// Press implements Overlay.
func (m *Menu) Press(measure widget.Measure, key, text string) nav.Cmd {
	switch key {
	case "esc", "ctrl+g":
		return m.leave()
	case "enter":
		return m.choose(m.list.Cursor, "")
	case "down", "ctrl+n", "tab":
		return m.move(1)
	case "up", "ctrl+p", "shift+tab":
		return m.move(-1)
	case "pgdown":
		return m.move(m.list.Page())
	case "pgup":
		return m.move(-m.list.Page())
	}
	for _, e := range m.menu.Extra {
		if e.Key == key {
			return m.choose(m.list.Cursor, key)
		}
	}
	if m.field.Press(measure, key, text) {
		return m.typed()
	}
	return nil
}

func (m *Menu) move(by int) nav.Cmd {
	m.moved = true
	m.list.Move(by)
	return m.hover()
}

// typed narrows the list, or picks an item whose number has been typed.
func (m *Menu) typed() nav.Cmd {
	m.moved = false
	typed := m.field.Text()
	if i, ok := m.numbered(typed); ok {
		return dismiss(m.menu.Items[i].Msg)
	}
	m.narrow()
	if typed != "" && strings.Trim(typed, "0123456789") == "" && m.anyNumber(typed) {
		m.found = m.found[:0]
		for i, it := range m.menu.Items {
			if strings.HasPrefix(it.Key, typed) {
				m.found = append(m.found, widget.Ranked{Index: i})
			}
		}
		m.list.Resize(len(m.found), m.list.Page())
	}
	return m.hover()
}

// numbered finds the one item that a typed number can mean.
func (m *Menu) numbered(typed string) (int, bool) {
	if typed == "" || strings.Trim(typed, "0123456789") != "" {
		return 0, false
	}
	found := -1
	for i, it := range m.menu.Items {
		if it.Key == typed {
			found = i
		} else if strings.HasPrefix(it.Key, typed) {
			return 0, false
		}
	}
	return found, found >= 0
}

func (m *Menu) anyNumber(typed string) bool {
	for _, it := range m.menu.Items {
		if strings.HasPrefix(it.Key, typed) {
			return true
		}
	}
	return false
}

func (m *Menu) choose(n int, extra string) nav.Cmd {
	if n < 0 || n >= len(m.found) {
		return nil
	}
	it := m.item(m.found[n].Index)
	if extra != "" {
		return dismiss(it.More[extra])
	}
	return dismiss(it.Msg)
}

// Paste implements Overlay.
func (m *Menu) Paste(text string) nav.Cmd {
	m.field.Insert(text)
	return m.typed()
}

// Mouse implements Overlay.
func (m *Menu) Mouse(ev nav.Mouse) nav.Cmd {
	if ev.Wheel != 0 {
		return m.move(ev.Wheel)
	}
	x, y := m.area.Origin()
	x, y = ev.X-x, ev.Y-y
	if x < -2 || y < -1 || x > m.area.Width()+1 || y > m.area.Height() {
		return m.leave()
	}
	if row := y - headHeight; row >= 0 && row < m.list.Page() {
		return m.choose(m.list.Top+row, "")
	}
	return nil
}

// The lines above and below the items.
const (
	headHeight = 3
	footHeight = 2
)

// fieldRoom is what a title leaves to what is typed beside it.
const fieldRoom = 10

// roomFor is how many items are shown: air is left around them where there is
// some.
func roomFor(a widget.Area) int {
	room := a.Height() - headHeight - footHeight
	if a.Look.Plain {
		return max(room, 1)
	}
	return max(room-6, min(room-2, 5), 1)
}

// Draw implements Overlay.
func (m *Menu) Draw(a widget.Area) {
	rows := min(max(len(m.menu.Items), len(m.found), 1), roomFor(a), 16)
	width := min(76, a.Width()-8)
	var b widget.Area
	if m.menu.Beside {
		b = a.OverlayBeside(width, headHeight+rows+footHeight)
	} else {
		b = a.Overlay(width, headHeight+rows+footHeight)
	}
	m.area = b
	count := app.Number(min(len(m.found), len(m.menu.Items))) + " of " + app.Number(len(m.menu.Items))
	if len(m.menu.Items) == 0 {
		count = ""
	}
	right := b.Right(b.Width()-1, 0, theme.Style{Ink: theme.Dim}, count)
	x := 1
	if m.menu.Title != "" {
		x = b.Fit(1, 0, right-fieldRoom, theme.Style{Ink: theme.Dim}, m.menu.Title) + 2
	}
	m.field.Draw(b.Sub(x, 0, right-x-2, 1), theme.Style{Ink: theme.Strong})
	b.HRule(1)
	m.list.Resize(len(m.found), rows)
	from, to := m.list.Visible()
	column := m.column(b)
	for i := from; i < to; i++ {
		m.drawItem(b.Row(headHeight+i-from), m.found[i], i == m.list.Cursor, column)
	}
	if b.Look.Plain && len(m.found) > 0 && m.moved {
		b.PutCursor(0, headHeight+m.list.Cursor-from)
	}
	if len(m.found) == 0 {
		words := "Nothing matches. Backspace widens the search."
		if len(m.menu.Items) == 0 {
			words = "There is none."
			if m.menu.Other != nil {
				words = "There is none yet: type its name."
			}
		}
		for i, line := range b.Measure().Wrap(words, b.Width()-2) {
			b.Text(1, headHeight+i, theme.Style{Ink: theme.Dim}, line)
		}
	}
	m.drawFoot(b.Row(b.Height() - 1))
}

// column is where details begin: they leave as much room for labels as nine of ten
// need, as far as that leaves some for them.
func (m *Menu) column(a widget.Area) int {
	if m.menu.Beside {
		return 1 + a.Width()/5
	}
	need := []int{0}
	for _, it := range m.menu.Items {
		need = append(need, a.Measure().Width(it.Label)+2)
	}
	slices.Sort(need)
	return 1 + min(max(a.Width()*2/5, need[len(need)*9/10]), a.Width()*3/5)
}

func (m *Menu) drawItem(a widget.Area, f widget.Ranked, cursor bool, column int) {
	if cursor {
		a = a.On(theme.Selection)
	}
	it := m.item(f.Index)
	if a.Look.Plain {
		a.PlainRow(false, it.Label, it.Detail, it.Key)
		return
	}
	right := a.Width() - 1
	if it.Key != "" {
		right = a.Right(right, 0, theme.Style{Ink: theme.Dim}, it.Key) - 2
	}
	style := theme.Style{Ink: theme.Text}
	if cursor {
		style.Ink = theme.Strong
	}
	width := a.Measure().Width
	need := width(it.Detail)
	column = max(column, min(width(it.Label)+3, right-need)) // a label that is longer gets the room that its detail does not need
	if need == 0 || right-column < min(need, leastDetail) {
		drawMatched(a, 1, right, style, it.Label, f.At)
		return
	}
	drawMatched(a, 1, min(right, column-2), style, it.Label, f.At)
	a.Fit(column, 0, right-column, theme.Style{Ink: theme.Dim}, it.Detail)
}

// leastDetail is the room, in cells, below which a detail is a stub and its label is better
// off with it.
const leastDetail = 12

// drawMatched draws a label with the letters that were found in the accent.
func drawMatched(a widget.Area, x, end int, style theme.Style, label string, at []int) {
	hit := map[int]bool{}
	for _, i := range at {
		hit[i] = true
	}
	shown := a.Measure().Fit(label, end-x, a.Look.Signs.Ellipsis)
	for i := 0; i < len(shown); {
		_, n, _ := a.Measure().Next(shown[i:])
		st := style
		if hit[i] {
			st.Ink = theme.Accent
		}
		x = a.Text(x, 0, st, shown[i:i+n])
		i += n
	}
}

// drawFoot draws the keys, closer together where there are many, and as many as
// fit; esc stays, if need be without what everybody knows that it does.
func (m *Menu) drawFoot(a widget.Area) {
	foot := []nav.Extra{{Key: a.Look.Signs.Enter, Label: cmp.Or(m.menu.Hint, "choose")}}
	foot = append(append(foot, m.menu.Extra...), nav.Extra{Key: "esc", Label: "close"})
	gap := 3
	width := func() int {
		w := 1
		for _, k := range foot {
			w += a.Measure().Width(k.Key) + 1 + a.Measure().Width(k.Label) + gap
		}
		return w - gap
	}
	if width() > a.Width() {
		gap = 2
	}
	if width() > a.Width() {
		foot[len(foot)-1].Label = ""
	}
	for len(foot) > 1 && width() > a.Width() {
		foot = slices.Delete(foot, len(foot)-2, len(foot)-1)
	}
	x := 1
	for _, k := range foot {
		x = a.Text(x, 0, theme.Style{Ink: theme.Text}, k.Key) + 1
		x = a.Text(x, 0, theme.Style{Ink: theme.Dim}, k.Label) + gap
	}
}
