package reader

import (
	"strings"

	"postea/internal/app"
	"postea/internal/reading"
	"postea/tui/keys"
	"postea/tui/theme"
	"postea/tui/widget"
)

// drawText draws a line of a message's text; found are the places to be marked in its words, from
// and to what of them is selected, in bytes.
func (m *Model) drawText(a widget.Area, t reading.TextLine, found [][2]int, from, to int) {
	x := 0
	for d := range t.Depth {
		ink := theme.Blue
		if d > 0 {
			ink = theme.Faint
		}
		a.Text(x, 0, theme.Style{Ink: ink}, a.Look.Signs.QuoteBar)
		x += 2
	}
	switch t.Kind {
	case reading.Rule:
		a.Sub(x, 0, a.Width()-x, 1).HRule(0)
		return
	case reading.FoldMark:
		x = a.Text(x, 0, theme.Style{Ink: theme.Dim, Italic: true}, a.Look.Signs.More+" "+app.Counted(t.Hidden, "quoted line"))
		a.Fit(x+3, 0, a.Width()-x-3, theme.Style{Ink: theme.Dim}, m.ask.Hint(keys.Reader, keys.Fold, "to unfold"))
		return
	}
	base, at := baseStyle(t), 0
	for _, s := range t.Spans {
		if t.Kind == reading.LinkList && s.Kind == reading.LinkSpan {
			x = drawURL(a, x, s.Text)
		} else {
			style := spanStyle(base, s)
			x = a.FitSpans(x, 0, a.Width()-x, style, s.Text, withSelection(style, s.Text, within(found, at, len(s.Text)), from-at, to-at))
		}
		at += len(s.Text)
	}
}

func baseStyle(t reading.TextLine) theme.Style {
	switch t.Kind {
	case reading.Quote, reading.Signature, reading.Note, reading.LinkList:
		return theme.Style{Ink: theme.Dim}
	case reading.Heading:
		return theme.Style{Ink: theme.Strong, Bold: true}
	}
	if t.Depth > 0 {
		return theme.Style{Ink: theme.Dim}
	}
	return theme.Style{Ink: theme.Text}
}

func spanStyle(base theme.Style, s reading.Span) theme.Style {
	switch s.Kind {
	case reading.Strong:
		base.Bold = true
		if base.Ink == theme.Text {
			base.Ink = theme.Strong
		}
	case reading.Emph:
		base.Italic = true
	case reading.CodeSpan:
		base.On = theme.Inset
	case reading.LinkSpan:
		base.Ink = theme.Blue
	case reading.Bullet:
		base.Ink = theme.Accent
	case reading.Dim:
		base.Ink = theme.Dim
	}
	if base.Ink == theme.Text || base.Ink == theme.Strong {
		switch s.Tone {
		case reading.Red:
			base.Ink = theme.Red
		case reading.Green:
			base.Ink = theme.Green
		case reading.Yellow:
			base.Ink = theme.Yellow
		}
	}
	return base
}

// drawURL draws a URL of the list of links with the host standing out, because
// the host is what tells where a link leads.
func drawURL(a widget.Area, x int, url string) int {
	scheme, rest, ok := strings.Cut(url, "://")
	if !ok {
		return a.Text(x, 0, theme.Style{Ink: theme.Text}, url)
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	if scheme != "https" {
		x = a.Text(x, 0, theme.Style{Ink: theme.Dim}, scheme+"://")
	}
	host := rest[:end]
	if at := strings.LastIndexByte(host, '@'); at >= 0 { // what stands before an @ is no host
		x = a.Text(x, 0, theme.Style{Ink: theme.Dim}, host[:at+1])
		host = host[at+1:]
	}
	x = a.Text(x, 0, theme.Style{Ink: theme.Text}, host)
	return a.Text(x, 0, theme.Style{Ink: theme.Dim}, rest[end:])
}
