package dialog

import (
	"postea/tui/keys"
	"postea/tui/nav"
	"postea/tui/theme"
	"postea/tui/widget"
)

// Prompt asks for a line of text, and shows while it is typed what it means.
// Where choices are given, up and down take one of them instead.
type Prompt struct {
	ask    nav.Prompt
	field  widget.Field
	fresh  bool              // the text is still the one that it began with, and selected
	offers []string          // the choices, as last drawn
	cursor int               // in them; -1: what is typed
	area   widget.Area       // as drawn last, for the mouse
	from   int               // the first of offers that is drawn
	to     int               // and where they end
	bad    func(string) bool // tells of a text that means nothing, as last drawn; nil: any will do
}

// NewPrompt makes the prompt.
func NewPrompt(p nav.Prompt) *Prompt {
	d := &Prompt{ask: p, cursor: -1, offers: p.Choices, fresh: p.Selected && p.Text != ""}
	d.field.Set(p.Text)
	if len(p.Choices) > 0 && p.Text == "" {
		d.cursor = 0
	}
	return d
}

// Scope implements Overlay.
func (p *Prompt) Scope() keys.Scope { return keys.Menu }

// Press implements Overlay.
func (p *Prompt) Press(m widget.Measure, key, text string) nav.Cmd {
	switch key {
	case "esc", "ctrl+g":
		return dismiss(nil)
	case "enter":
		if s := p.answer(); s != "" {
			if p.bad != nil && p.bad(s) {
				return nil // what is wrong with it stands below; it can be mended
			}
			return dismiss(p.ask.Then(s))
		}
		return nil
	case "down", "ctrl+n", "tab":
		p.cursor = min(p.cursor+1, len(p.offers)-1)
		return nil
	case "up", "ctrl+p", "shift+tab":
		p.cursor = max(p.cursor-1, -1)
		return nil
	}
	if p.fresh && (text != "" || key == "backspace" || key == "delete") {
		p.field.Set("")
		p.fresh = false
		if text == "" {
			p.typed()
			return nil
		}
	}
	p.fresh = false // a motion keeps the text
	if p.field.Press(m, key, text) {
		p.typed()
	}
	return nil
}

func (p *Prompt) typed() {
	p.cursor = -1
	if p.field.Text() == "" && len(p.offers) > 0 {
		p.cursor = 0
	}
}

func (p *Prompt) answer() string {
	if p.cursor >= 0 && p.cursor < len(p.offers) {
		return p.offers[p.cursor]
	}
	return p.field.Text()
}

// Paste implements Overlay.
func (p *Prompt) Paste(text string) nav.Cmd {
	if p.fresh {
		p.field.Set("")
		p.fresh = false
	}
	p.field.Insert(text)
	p.typed()
	return nil
}

// Mouse implements Overlay.
func (p *Prompt) Mouse(ev nav.Mouse) nav.Cmd {
	if ev.Wheel != 0 {
		p.cursor = min(max(p.cursor+ev.Wheel/3, -1), len(p.offers)-1)
		return nil
	}
	x, y := p.area.Origin()
	x, y = ev.X-x, ev.Y-y
	if x < -2 || y < -1 || x > p.area.Width()+1 || y > p.area.Height() {
		return dismiss(nil)
	}
	if i := p.from + y - headHeight; i >= p.from && i < p.to {
		return dismiss(p.ask.Then(p.offers[i]))
	}
	return nil
}

// Draw implements Overlay.
func (p *Prompt) Draw(a widget.Area) {
	width := min(64, a.Width()-8)
	p.choose(a)
	n := len(p.offers)
	height := headHeight + footHeight
	if p.ask.Preview != nil {
		height += 2
		p.bad = func(s string) bool {
			_, ok := p.ask.Preview(s, a.Now, a.Look.Dates)
			return !ok
		}
	}
	b := a.Overlay(width, height+n)
	p.area = b
	x := b.Fit(1, 0, b.Width()-fieldRoom, theme.Style{Ink: theme.Dim}, p.ask.Title) + 2
	var spans []widget.Span
	if p.fresh {
		spans = []widget.Span{{To: len(p.field.Text()), Style: theme.Style{Ink: theme.Strong, Reverse: true}}}
	}
	p.field.Draw(b.Sub(x, 0, b.Width()-x-1, 1), theme.Style{Ink: theme.Strong}, spans...)
	b.HRule(1)
	room := b.Height() - headHeight - 1 // above the foot
	if p.ask.Preview != nil {
		room--
	}
	p.from = max(min(p.cursor, n-1)-max(room, 1)+1, 0)
	p.to = min(p.from+max(room, 0), n)
	y := headHeight
	for i := p.from; i < p.to; i++ {
		p.drawChoice(b.Row(y), p.offers[i], i == p.cursor)
		y++
	}
	if p.ask.Preview != nil {
		if n > 0 && room > n {
			y++
		}
		p.drawPreview(b.Row(y))
	}
	foot := b.Row(b.Height() - 1)
	at := foot.Text(1, 0, theme.Style{Ink: theme.Text}, a.Look.Signs.Enter) + 1
	at = foot.Text(at, 0, theme.Style{Ink: theme.Dim}, p.ask.Hint) + 3
	at = foot.Text(at, 0, theme.Style{Ink: theme.Text}, "esc") + 1
	foot.Text(at, 0, theme.Style{Ink: theme.Dim}, "close")
}

// choose leaves out the choices that mean nothing now, or what one before them
// does.
func (p *Prompt) choose(a widget.Area) {
	if p.ask.Preview == nil {
		return
	}
	seen := map[string]bool{}
	p.offers = nil
	for _, c := range p.ask.Choices {
		if meaning, ok := p.ask.Preview(c, a.Now, a.Look.Dates); ok && !seen[meaning] {
			seen[meaning] = true
			p.offers = append(p.offers, c)
		}
	}
	p.cursor = min(p.cursor, len(p.offers)-1)
}

func (p *Prompt) drawChoice(a widget.Area, choice string, cursor bool) {
	if a.Look.Plain {
		meaning := ""
		if p.ask.Preview != nil {
			meaning, _ = p.ask.Preview(choice, a.Now, a.Look.Dates)
		}
		a.PlainRow(cursor, choice, meaning)
		return
	}
	style := theme.Style{Ink: theme.Text}
	if cursor {
		a, style.Ink = a.On(theme.Selection), theme.Strong
	}
	a.Text(1, 0, style, choice)
	if p.ask.Preview != nil {
		meaning, _ := p.ask.Preview(choice, a.Now, a.Look.Dates)
		a.Right(a.Width()-1, 0, theme.Style{Ink: theme.Dim}, meaning)
	}
}

// drawPreview says what the typed text means, or what is wrong with it.
func (p *Prompt) drawPreview(a widget.Area) {
	typed := p.field.Text()
	if typed == "" {
		a.Fit(1, 0, a.Width()-2, theme.Style{Ink: theme.Dim}, p.ask.Help)
		return
	}
	meaning, ok := p.ask.Preview(typed, a.Now, a.Look.Dates)
	ink := theme.Blue
	if !ok {
		ink = theme.Yellow
	}
	a.Fit(1, 0, a.Width()-2, theme.Style{Ink: ink}, meaning)
}
