package search

import (
	"time"

	"postea/internal/app"
	"postea/tui/keys"
	"postea/tui/nav"
	"postea/tui/theme"
	"postea/tui/widget"
)

// Height is the number of lines that the search takes, with the rule below.
const Height = 3

// Found is what the list knows of the results.
type Found struct {
	Total   int
	More    bool
	Waiting bool // for the answer
	Problem app.Text
}

// Head implements nav.Screen.
func (m *Model) Head(time.Time) nav.Head {
	return nav.Head{Hints: []keys.Action{keys.Open, keys.SearchScope, keys.Up, keys.Back}}
}

// Draw implements nav.Screen.
func (m *Model) Draw(a widget.Area) { m.DrawFound(a, Found{Waiting: true}) }

// DrawFound draws the line, and below it what was found and what was searched.
func (m *Model) DrawFound(a widget.Area, f Found) {
	scope := "everywhere"
	if m.within {
		scope = "only " + m.name
	}
	right := a.Right(a.Width()-1, 0, theme.Style{Ink: theme.Dim}, a.Measure().Fit(scope, a.Width()/2, a.Look.Signs.Ellipsis))
	sign := "/"
	if m.within {
		sign = `\`
	}
	x := a.Text(1, 0, theme.Style{Ink: theme.Accent, Bold: true}, sign) + 1
	line := a.Sub(x, 0, max(right-x-2, 1), 1)
	style := theme.Style{Ink: theme.Strong}
	switch {
	case a.Focused:
		m.field.Draw(line, style)
		if m.field.Text() == "" {
			line.Fit(1, 0, line.Width()-1, theme.Style{Ink: theme.Dim}, "words, from: to: subject: in: has:attachment is:unread newer:2w")
		}
	default:
		line.Fit(0, 0, line.Width(), style, nav.Line(m.field.Text()))
	}
	state := theme.Style{Ink: theme.Dim}
	if f.Problem.String() != "" {
		state = theme.Style{Ink: theme.Yellow}
	}
	if len(m.offers) > 0 && a.Focused {
		m.drawOffers(a.Sub(x, 1, a.Width()-x-1, 1))
	} else {
		a.Fit(x, 1, a.Width()-x-1, state, m.words(a, f))
	}
	a.HRule(2)
}

// words say what was found and, honestly, what was looked at.
func (m *Model) words(a widget.Area, f Found) string {
	if f.Problem.String() != "" {
		return f.Problem.String()
	}
	out := ""
	if m.Place().Query != "" {
		switch {
		case f.Waiting && f.Total == 0:
			out = "searching"
		case f.More:
			out = app.Number(f.Total) + "+ found"
		case f.Total == 0:
			out = "nothing found"
		default:
			out = app.Number(f.Total) + " found"
		}
	}
	if !m.covered {
		return out
	}
	if out != "" {
		out += " " + a.Look.Signs.Between + " "
	}
	if m.within {
		out += "messages that are here"
	} else {
		out += "all " + app.Counted(m.cover.Messages, "message") + " here"
	}
	if m.cover.NoBodies+m.cover.Older > 0 && !m.within {
		out += "; " + m.elsewhere()
	}
	if m.cover.Unindexed > 0 {
		out += "; " + app.Number(m.cover.Unindexed) + " still being indexed"
	}
	return out
}

// elsewhere says, honestly, what becomes of that which is not here: the bodies of
// messages, and messages that are at the server only.
func (m *Model) elsewhere() string {
	older, bodies := app.Number(m.cover.Older)+" older ones", app.Number(m.cover.NoBodies)
	what, are := older, older+" are at the server only"
	switch {
	case m.cover.Older == 0:
		what, are = bodies+" without bodies here", "bodies of "+bodies+" are not here"
	case m.cover.NoBodies > 0:
		what += " and " + bodies + " without bodies here"
		are += "; bodies of " + bodies + " are not here"
	}
	switch {
	case m.asking:
		return "asking the servers about " + what
	case m.asked != nil && len(m.asked.Missing) > 0:
		return are + "; " + m.asked.Missing[0].String()
	case m.asked != nil && m.asked.Needed:
		return "the servers found " + app.Number(m.asked.Found) + " of " + what
	}
	return are
}

// drawOffers draws how what is typed may go on, the chosen one standing out.
func (m *Model) drawOffers(a widget.Area) {
	right := a.Right(a.Width(), 0, theme.Style{Ink: theme.Dim}, m.ask.Hint(keys.Search, keys.SearchScope, "takes it"))
	a = a.Sub(0, 0, max(right-1, 0), 1)
	x := 0
	for i, o := range m.offers {
		style := theme.Style{Ink: theme.Dim}
		if i == m.chosen {
			style = theme.Style{Ink: theme.Accent, Bold: true}
		}
		label := o.Label.String()
		if i > 0 && x+a.Measure().Width(label) > a.Width()-1 {
			return
		}
		x = a.Fit(x, 0, a.Width()-x, style, label) + 2
		if i == m.chosen && o.Detail.String() != "" {
			x = a.Fit(x-1, 0, a.Width()-x, theme.Style{Ink: theme.Dim}, o.Detail.String()) + 2
		}
	}
}
