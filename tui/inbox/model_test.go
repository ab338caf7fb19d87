package inbox

import (
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/tui/nav"
)

// What is read stays where a search for unread mail found it, also where the rows were
// asked for before it was opened, and come after it was marked as read.
func TestKeptWhileRowsAreOnTheirWay(t *testing.T) {
	m := New(nil, nav.NewAsker(t.Context(), time.Now, func(tea.Msg) nav.Cmd { return nil }))
	place := app.Place{Kind: app.PlaceEverywhere, Query: "is:unread"}
	m.Open(place, 0)
	m.ask.Drop("page")
	found := app.Page{Rows: []app.Row{{Thread: 1, ID: 1, Unread: true}}, Total: 1}
	m.took(pageMsg{place: place, page: found})
	m.Keep(found.Rows[0])
	m.took(pageMsg{place: place, page: app.Page{}})
	if row, ok := m.Current(); !ok || row.Thread != 1 || !m.ask.Waiting("page") {
		t.Errorf("%+v is current, %v; asked again: %v", row, ok, m.ask.Waiting("page"))
	}
}
