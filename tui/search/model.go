package search

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/internal/event"
	"postea/internal/mail"
	"postea/tui/keys"
	"postea/tui/nav"
	"postea/tui/widget"
)

// Source is what the line asks the backend.
type Source interface {
	Coverage(ctx context.Context) (app.Coverage, error)
	Searched(ctx context.Context, query string) error
	SearchHistory(ctx context.Context) ([]string, error)
	CompleteQuery(ctx context.Context, text string) ([]app.Completion, error)
	AskServers(ctx context.Context, p app.Place) (app.Asked, error)
}

// Changed is said when something else is to be listed.
type Changed struct{ Place app.Place }

// Accept is said when the typing is done and the results get the keys.
type Accept struct{}

// Leave is said when the search ends and the list of before is wanted again.
type Leave struct {
	Place app.Place
	Focus mail.ThreadID
}

// maxHistory is how many searches are remembered.
const maxHistory = 100

// Model is the line. It is a nav.Screen.
type Model struct {
	source Source
	ask    *nav.Asker

	on     bool
	field  widget.Field
	origin app.Place     // where the search began
	focus  mail.ThreadID // and what stood under the cursor there
	name   string        // of origin, for the screen
	within bool          // only in origin

	history []string // newest last
	back    int      // how far back in it; 0 is what is being typed
	typed   string   // what was being typed before going back

	cover   app.Coverage
	covered bool
	soon    bool             // the servers are asked as soon as it is known what is here
	offers  []app.Completion // how what is typed may go on
	chosen  int              // of them
	asking  bool             // servers are being asked
	asked   *app.Asked       // what they said about the search as it stands
	size    nav.Size
}

// New makes a line that is not shown.
func New(source Source, ask *nav.Asker) *Model { return &Model{source: source, ask: ask} }

// On tells whether a search is shown.
func (m *Model) On() bool { return m.on }

// Begin shows the line, empty; name is what the screen calls the place. A search
// that is shown already goes on.
func (m *Model) Begin(origin app.Place, focus mail.ThreadID, name string, within bool) nav.Cmd {
	if m.on {
		return nil
	}
	return m.begin(origin, focus, name, within, "")
}

func (m *Model) begin(origin app.Place, focus mail.ThreadID, name string, within bool, query string) nav.Cmd {
	m.on, m.origin, m.focus, m.name, m.within = true, origin, focus, name, within
	m.field, m.back = widget.Field{}, 0
	m.field.Set(query)
	return nav.Batch(m.changed(), m.askCoverage(), m.askHistory())
}

type historyMsg struct {
	list []string
	err  error
}

func (m *Model) askHistory() nav.Cmd {
	return m.ask.Ask("history", func(ctx context.Context) tea.Msg {
		list, err := m.source.SearchHistory(ctx)
		return historyMsg{list, err}
	})
}

// Show begins with a search that is kept.
func (m *Model) Show(origin app.Place, focus mail.ThreadID, name, query string) nav.Cmd {
	m.on = false
	return m.begin(origin, focus, name, false, query)
}

// Close takes the line away.
func (m *Model) Close() nav.Cmd {
	keep := m.remember()
	m.on = false
	m.offers = nil
	for _, slot := range []string{"coverage", "history", "offers", "servers"} {
		m.ask.Drop(slot)
	}
	m.asking, m.asked, m.soon = false, nil, false
	return keep
}

// Origin is where the search began.
func (m *Model) Origin() app.Place { return m.origin }

// Place is what is to be listed.
func (m *Model) Place() app.Place {
	p := app.Place{Kind: app.PlaceEverywhere}
	if m.within {
		p = m.origin
	}
	// Blanks at the front say nothing; one at the end says that the word is whole.
	p.Query = strings.TrimLeft(m.field.Text(), " ")
	return p
}

func (m *Model) changed() nav.Cmd {
	m.asking, m.asked, m.soon = false, nil, false
	m.ask.Drop("servers")
	return nav.Say(Changed{m.Place()})
}

type offersMsg struct {
	text   string
	offers []app.Completion
	err    error
}

// askOffers asks how what is typed may go on.
func (m *Model) askOffers() nav.Cmd {
	text := m.field.Text()
	m.offers = nil
	if text == "" {
		m.ask.Drop("offers")
		return nil
	}
	return m.ask.Ask("offers", func(ctx context.Context) tea.Msg {
		list, err := m.source.CompleteQuery(ctx, text)
		return offersMsg{text, list, err}
	})
}

// complete takes the completion that is chosen.
func (m *Model) complete() nav.Cmd {
	m.field.Set(m.offers[m.chosen].Query)
	return nav.Batch(m.changed(), m.askOffers())
}

type askedMsg struct {
	asked app.Asked
	err   error
}

// askServers has servers search what is not here, once the search is typed.
func (m *Model) askServers() nav.Cmd {
	place := m.Place()
	if m.soon = !m.covered; m.soon {
		return nil // until it is known what is here
	}
	if m.cover.NoBodies+m.cover.Older == 0 || strings.TrimSpace(place.Query) == "" || m.asked != nil {
		return nil
	}
	m.asking = true
	return m.ask.Ask("servers", func(ctx context.Context) tea.Msg {
		asked, err := m.source.AskServers(ctx, place)
		return askedMsg{asked, err}
	})
}

// remember puts the search into the history.
func (m *Model) remember() nav.Cmd {
	q := strings.TrimSpace(m.field.Text())
	if q == "" {
		return nil
	}
	m.history = slices.DeleteFunc(m.history, func(s string) bool { return s == q })
	m.history = append(m.history, q)
	if len(m.history) > maxHistory {
		m.history = m.history[1:]
	}
	m.back = 0
	return m.ask.Run(func(ctx context.Context) tea.Msg { return storedMsg{m.source.Searched(ctx, q)} })
}

// storedMsg says whether a search could be kept for later.
type storedMsg struct{ err error }

type coverageMsg struct {
	cover app.Coverage
	err   error
}

func (m *Model) askCoverage() nav.Cmd {
	return m.ask.Ask("coverage", func(ctx context.Context) tea.Msg {
		c, err := m.source.Coverage(ctx)
		return coverageMsg{c, err}
	})
}

// Scope implements nav.Screen.
func (m *Model) Scope() keys.Scope { return keys.Search }

// Pace implements nav.Screen.
func (m *Model) Pace(time.Time) time.Duration { return 0 }

// Why implements nav.Screen.
func (m *Model) Why(a keys.Action) string {
	if a == keys.Up && m.back >= len(m.history) && !(len(m.offers) > 0 && m.chosen > 0) {
		return "There is no earlier search"
	}
	return ""
}

// Changed implements nav.Screen.
func (m *Model) Changed(e event.Event) nav.Cmd {
	if !m.on {
		return nil
	}
	switch e.(type) {
	case event.AccountChanged, event.IndexReady, event.Overflow:
		return m.askCoverage()
	}
	return nil
}

// Do implements nav.Screen.
func (m *Model) Do(a keys.Action, _ int) nav.Cmd {
	switch a {
	case keys.Back:
		return nav.Say(Leave{m.origin, m.focus})
	case keys.Open:
		m.offers = nil
		return nav.Batch(m.remember(), m.askServers(), nav.Say(Accept{}))
	case keys.SearchScope:
		if len(m.offers) > 0 {
			return m.complete()
		}
		m.within = !m.within
		return m.changed()
	case keys.Up:
		if m.chosen > 0 && len(m.offers) > 0 {
			m.chosen--
			return nil
		}
		return m.recall(m.back + 1)
	case keys.Down:
		if m.back == 0 && len(m.offers) > 0 {
			m.chosen = min(m.chosen+1, len(m.offers)-1)
			return nil
		}
		if m.back == 0 {
			return m.Do(keys.Open, 0)
		}
		return m.recall(m.back - 1)
	}
	return nil
}

// recall shows the search that was n searches ago.
func (m *Model) recall(n int) nav.Cmd {
	if n < 0 || n > len(m.history) {
		return nil
	}
	if m.back == 0 {
		m.typed = m.field.Text()
	}
	m.back = n
	text := m.typed
	if n > 0 {
		text = m.history[len(m.history)-n]
	}
	m.field.Set(text)
	m.offers = nil
	m.ask.Drop("offers")
	return m.changed()
}

// Handle implements nav.Screen.
func (m *Model) Handle(msg tea.Msg) nav.Cmd {
	before := m.field.Text()
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		if msg.String() == "backspace" && before == "" {
			return m.Do(keys.Back, 0)
		}
		m.field.Press(m.size.Measure, msg.String(), msg.Text)
	case tea.PasteMsg:
		m.field.Insert(msg.Content)
	case coverageMsg:
		if msg.err == nil {
			m.cover, m.covered = msg.cover, true
			if m.soon {
				return m.askServers()
			}
		}
	case historyMsg:
		if msg.err == nil {
			m.history = msg.list
		}
	case offersMsg:
		if msg.err == nil && msg.text == m.field.Text() {
			m.offers, m.chosen = msg.offers, 0
		}
	case askedMsg:
		m.asking = false
		if msg.err != nil {
			return nav.Failed(msg.err)
		}
		m.asked = &msg.asked
	case storedMsg:
		return nav.Failed(msg.err)
	case nav.Size:
		m.size = msg
	}
	if m.field.Text() == before {
		return nil
	}
	m.back = 0
	return nav.Batch(m.changed(), m.askOffers())
}
