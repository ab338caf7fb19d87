package dialog

import (
	"postea/internal/app"
	"postea/tui/keys"
	"postea/tui/nav"
	"postea/tui/theme"
	"postea/tui/widget"
)

// Pager shows lines to be read, such as what a command wrote.
type Pager struct {
	ask   nav.Pager
	lines []string // wrapped for width
	width int
	top   int
	page  int
}

// NewPager makes a pager at the first line.
func NewPager(p nav.Pager) *Pager { return &Pager{ask: p} }

// Scope implements Overlay.
func (p *Pager) Scope() keys.Scope { return keys.Choice }

// Press implements Overlay.
func (p *Pager) Press(_ widget.Measure, key, _ string) nav.Cmd {
	switch key {
	case "esc", "q", "enter", "ctrl+g":
		return dismiss(nil)
	case "down", "j":
		p.scroll(1)
	case "up", "k":
		p.scroll(-1)
	case "space", "pgdown":
		p.scroll(max(p.page-1, 1))
	case "pgup":
		p.scroll(-max(p.page-1, 1))
	case "ctrl+d":
		p.scroll(max(p.page/2, 1))
	case "ctrl+u":
		p.scroll(-max(p.page/2, 1))
	case "home", "g":
		p.scroll(-len(p.lines))
	case "end", "G":
		p.scroll(len(p.lines))
	}
	return nil
}

func (p *Pager) scroll(by int) { p.top = min(max(p.top+by, 0), max(len(p.lines)-p.page, 0)) }

// Paste implements Overlay.
func (p *Pager) Paste(string) nav.Cmd { return nil }

// Mouse implements Overlay.
func (p *Pager) Mouse(ev nav.Mouse) nav.Cmd {
	p.scroll(ev.Wheel)
	return nil
}

// Draw implements Overlay.
func (p *Pager) Draw(a widget.Area) {
	width := min(100, a.Width()-8)
	p.wrap(a.Measure(), width-2)
	p.page = max(min(len(p.lines), a.Height()-headHeight-footHeight-4), 1)
	b := a.Overlay(width, headHeight+p.page+footHeight)
	p.page = max(b.Height()-headHeight-footHeight, 1)
	p.scroll(0)
	right := b.Right(b.Width()-1, 0, theme.Style{Ink: theme.Dim}, p.place())
	b.Fit(1, 0, right-3, theme.Style{Ink: theme.Strong, Bold: true}, p.ask.Title)
	b.HRule(1)
	for y := range min(p.page, len(p.lines)-p.top) {
		b.Text(1, headHeight+y, theme.Style{Ink: theme.Text}, p.lines[p.top+y])
	}
	if len(p.lines) == 0 {
		b.Text(1, headHeight, theme.Style{Ink: theme.Dim}, p.ask.Empty)
	}
	foot := b.Row(b.Height() - 1)
	x := foot.Text(1, 0, theme.Style{Ink: theme.Text}, "esc") + 1
	x = foot.Text(x, 0, theme.Style{Ink: theme.Dim}, "close") + 3
	foot.Fit(x, 0, foot.Width()-x-1, theme.Style{Ink: theme.Dim}, p.ask.Note)
}

func (p *Pager) place() string {
	if len(p.lines) <= p.page {
		return app.Counted(len(p.lines), "line")
	}
	return app.Number(p.top+1) + "–" + app.Number(min(p.top+p.page, len(p.lines))) + " of " + app.Number(len(p.lines))
}

func (p *Pager) wrap(m widget.Measure, width int) {
	if p.width == width {
		return
	}
	p.width, p.lines = width, nil
	for _, t := range p.ask.Lines {
		p.lines = append(p.lines, m.Wrap(t.String(), max(width, 10))...)
	}
	if len(p.lines) == 1 && p.lines[0] == "" {
		p.lines = nil
	}
}
