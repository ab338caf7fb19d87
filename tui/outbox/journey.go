package outbox

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/internal/event"
	"postea/internal/mail"
	"postea/tui/keys"
	"postea/tui/nav"
	"postea/tui/theme"
	"postea/tui/widget"
	"postea/tui/words"
)

// Journey shows everything that happened to an outgoing message. It is a nav.Screen.
type Journey struct {
	source Source
	ask    *nav.Asker
	acts   acts
	id     mail.OutboxID
	data   app.Journey
	loaded bool
	failed app.Text
	stale  bool
	lines  []line
	top    int
	size   nav.Size
}

type journeyMsg struct {
	data app.Journey
	err  error
}

// NewJourney makes the journey of a message.
func NewJourney(source Source, ask *nav.Asker, id mail.OutboxID) *Journey {
	return &Journey{source: source, ask: ask, acts: acts{source, ask}, id: id}
}

// Start asks for the journey.
func (j *Journey) Start() nav.Cmd { return nav.Hold(j.reload()) }

func (j *Journey) reload() nav.Cmd {
	if j.ask.Waiting("journey") {
		j.stale = true
		return nil
	}
	return j.ask.Ask("journey", func(ctx context.Context) tea.Msg {
		data, err := j.source.Journey(ctx, j.id)
		return journeyMsg{data, err}
	})
}

// Scope implements nav.Screen.
func (j *Journey) Scope() keys.Scope { return keys.Journey }

// Pace implements nav.Screen.
func (j *Journey) Pace(now time.Time) time.Duration {
	return pace([]app.OutboxItem{j.data.Item}, now)
}

// Changed implements nav.Screen.
func (j *Journey) Changed(e event.Event) nav.Cmd {
	switch e := e.(type) {
	case event.OutboxChanged:
		if e.ID == j.id {
			return j.reload()
		}
	case event.Overflow:
		return j.reload()
	}
	return nil
}

// Why implements nav.Screen.
func (j *Journey) Why(a keys.Action) string {
	if !j.loaded {
		return ""
	}
	return why(a, j.data.Item)
}

// Do implements nav.Screen.
func (j *Journey) Do(a keys.Action, count int) nav.Cmd {
	n, h := max(count, 1), j.size.Height
	switch a {
	case keys.Down:
		j.scrollTo(j.top + n)
	case keys.Up:
		j.scrollTo(j.top - n)
	case keys.HalfDown:
		j.scrollTo(j.top + n*max(h/2, 1))
	case keys.HalfUp:
		j.scrollTo(j.top - n*max(h/2, 1))
	case keys.PageDown, keys.ReadOn:
		j.scrollTo(j.top + n*max(h-2, 1))
	case keys.PageUp:
		j.scrollTo(j.top - n*max(h-2, 1))
	case keys.Top:
		j.scrollTo(0)
	case keys.Bottom:
		j.scrollTo(len(j.lines))
	case keys.Back:
		return nav.Say(nav.Back{})
	default:
		if j.loaded {
			return j.acts.do(a, j.data.Item)
		}
	}
	return nil
}

func (j *Journey) scrollTo(top int) {
	j.top = min(max(top, 0), max(len(j.lines)-j.size.Height, 0))
}

// Handle implements nav.Screen.
func (j *Journey) Handle(msg tea.Msg) nav.Cmd {
	switch msg := msg.(type) {
	case journeyMsg:
		j.failed = nav.Words(msg.err)
		if msg.err == nil {
			j.data, j.loaded = msg.data, true
			j.arrange()
		}
		if j.stale {
			j.stale = false
			return j.reload()
		}
	case draftMsg:
		if msg.err == nil { // the message has left the outbox for the composer
			return nav.Batch(nav.Say(nav.Back{}), j.acts.handle(msg))
		}
		return j.acts.handle(msg)
	case doneMsg, verbMsg, laterMsg, correctMsg:
		return j.acts.handle(msg)
	case nav.Size:
		j.size = msg
		j.arrange()
	case nav.Mouse:
		j.scrollTo(j.top + msg.Wheel)
	}
	return nil
}

// Head implements nav.Screen.
func (j *Journey) Head(now time.Time) nav.Head {
	h := nav.Head{
		Crumbs: []string{"Outbox", j.data.Item.Subject.String(), "journey"},
		Hints:  []keys.Action{keys.SendNow, keys.EditOutgoing, keys.RetryOutgoing, keys.SettleOutgoing, keys.Back},
	}
	if !j.loaded {
		h.Crumbs = h.Crumbs[:1]
		return h
	}
	word, _ := words.State(j.data.Item, now, j.acts.ask.Dates)
	if n := len(j.data.Item.Recipients); n > 1 {
		word = words.Tally(j.data.Item.Recipients, ", ")
	}
	h.Right = []nav.Piece{{Text: word, Style: theme.Style{Ink: theme.Dim}}}
	return h
}

// Draw implements nav.Screen.
func (j *Journey) Draw(a widget.Area) {
	if f := j.failed.String(); f != "" {
		a.Fit(margin, 1, a.Width()-2*margin, theme.Style{Ink: theme.Red}, "The journey could not be read: "+f)
		return
	}
	page := a.Inset(margin, 0)
	if a.Look.Plain {
		page.PutCursor(0, 0)
	}
	for y := range a.Height() {
		if i := j.top + y; i < len(j.lines) {
			j.lines[i].draw(page.Row(y))
		}
	}
}
