package query

import (
	"testing"
	"time"
	_ "time/tzdata"
)

// Where clocks are set forward at midnight a day begins at one, and is a day all the
// same; one on which they are set back has 25 hours.
func TestDaysThatBeginOtherwise(t *testing.T) {
	for _, c := range []struct{ zone, now, query, from, to string }{
		{"America/Santiago", "2026-09-06T12:00", "on:2026-09-06", "2026-09-06T04:00", "2026-09-07T03:00"},
		{"America/Santiago", "2026-09-06T12:00", "on:today", "2026-09-06T04:00", "2026-09-07T03:00"},
		{"America/Santiago", "2026-09-07T12:00", "on:yesterday", "2026-09-06T04:00", "2026-09-07T03:00"},
		{"America/Santiago", "2026-09-07T12:00", "on:sunday", "2026-09-06T04:00", "2026-09-07T03:00"},
		{"America/Santiago", "2026-09-07T12:00", "before:6 Sep", "", "2026-09-06T04:00"},
		{"America/Santiago", "2026-09-07T12:00", "on:2026-09-05", "2026-09-05T04:00", "2026-09-06T04:00"},
		{"America/Havana", "2026-11-01T12:00", "on:today", "2026-11-01T04:00", "2026-11-02T05:00"},
		{"Africa/Cairo", "2026-04-24T12:00", "on:today", "2026-04-23T22:00", "2026-04-24T21:00"},
		{"Europe/Berlin", "2026-10-25T12:00", "on:today", "2026-10-24T22:00", "2026-10-25T23:00"},
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		now, err := time.ParseInLocation("2006-01-02T15:04", c.now, zone)
		if err != nil {
			t.Fatal(err)
		}
		n, ok := Parse(c.query, now).Root.(Dates)
		utc := func(at time.Time) string {
			if at.IsZero() {
				return ""
			}
			return at.UTC().Format("2006-01-02T15:04")
		}
		if !ok || utc(n.From) != c.from || utc(n.To) != c.to {
			t.Errorf("%s in %s: %s to %s, want %s to %s", c.query, c.zone, utc(n.From), utc(n.To), c.from, c.to)
		}
	}
}
