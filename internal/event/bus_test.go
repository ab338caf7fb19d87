package event_test

import (
	"slices"
	"testing"

	"postea/internal/event"
	"postea/internal/mail"
)

// What is in no store is not lost where an Overflow waits, or comes to stand for the rest.
func TestOverflowKeepsWhatPasses(t *testing.T) {
	passing := []event.Event{event.Notice{Text: "x"}, event.Returned{ID: 1}, event.Arrived{First: 2, Newest: 3, Count: 2}, event.ConfigChanged{}, event.ZoneChanged{}}
	for name, before := range map[string]int{"one that waits": 0, "one too many": 300} {
		var bus event.Bus
		sub := bus.Subscribe()
		if before == 0 {
			bus.Publish(event.Overflow{})
		}
		for i := range before {
			bus.Publish(event.BodyArrived{ID: mail.ID(i)})
		}
		bus.Publish(event.DraftsChanged{})
		bus.Publish(passing...)
		got, err := sub.Next(t.Context())
		if want := append([]event.Event{event.Overflow{}}, passing...); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}
