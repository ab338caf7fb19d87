package when

import (
	"testing"
	"time"
	_ "time/tzdata"
)

// A time that clocks pass over is meant to come, and never an hour too early or a day
// too late; a day that only some years have is that of the next such year.
func TestParseAcrossTheClock(t *testing.T) {
	for _, c := range []struct{ zone, now, text, want string }{
		{"America/New_York", "2026-03-07 22:00", "tomorrow 2:30", "2026-03-08 03:30"},
		{"America/New_York", "2026-03-08 01:45", "2:30", "2026-03-08 03:30"},
		{"Europe/Berlin", "2026-03-28 22:00", "tomorrow 2:30", "2026-03-29 03:30"},
		{"America/New_York", "2026-03-07 09:00", "in 1 day", "2026-03-08 09:00"},
		{"America/New_York", "2026-10-31 09:00", "tomorrow 9:00", "2026-11-01 09:00"},
		{"America/Santiago", "2026-09-05 12:00", "sun 9:00", "2026-09-06 09:00"},
		{"America/New_York", "2026-03-07 22:00", "8 mar 2:30", "2026-03-08 03:30"},
		{"America/New_York", "2026-03-07 22:00", "2026-03-08 02:30", "2026-03-08 03:30"},
		{"America/Santiago", "2026-09-05 12:00", "2026-09-06T00:30:00", "2026-09-06 01:30"},
		{"UTC", "2026-11-27 12:00", "29 feb", "2028-02-29 09:00"},
		{"UTC", "2028-03-01 12:00", "29 feb", "2032-02-29 09:00"},
		{"UTC", "2028-02-29 08:00", "29 feb", "2028-02-29 09:00"},
		{"UTC", "2026-11-27 12:00", "29 feb 2027", ""},
		{"UTC", "2026-11-27 12:00", "31 feb", ""},
		{"UTC", "2026-11-27 12:00", "24 nov", "2027-11-24 09:00"},
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		now, err := time.ParseInLocation(Exact, c.now, zone)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if at, err := (Style{}).Parse(c.text, now); err == nil {
			got = at.Format(Exact)
		}
		if got != c.want {
			t.Errorf("%q at %s in %s: %q, want %q", c.text, c.now, c.zone, got, c.want)
		}
	}
}
