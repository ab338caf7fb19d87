package when

import (
	"errors"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // on a machine without zones
)

func TestParse(t *testing.T) {
	zone := time.FixedZone("east", 2*3600)
	now := time.Date(2026, 11, 27, 14, 20, 30, 0, zone) // a Friday
	for text, want := range map[string]string{
		"17:30":                     "2026-11-27 17:30",
		"17.30":                     "2026-11-27 17:30",
		"9:00":                      "2026-11-28 09:00",
		"5pm":                       "2026-11-27 17:00",
		"5:30 PM":                   "2026-11-27 17:30",
		"12am":                      "2026-11-28 00:00",
		"12 pm":                     "2026-11-28 12:00",
		"noon":                      "2026-11-28 12:00",
		"18 Uhr":                    "2026-11-27 18:00",
		"today 18:00":               "2026-11-27 18:00",
		"tonight":                   "2026-11-27 20:00",
		"tonight 22:00":             "2026-11-27 22:00",
		"6:30 pm this evening":      "2026-11-27 18:30",
		"tomorrow":                  "2026-11-28 09:00",
		"Tomorrow, 9:15":            "2026-11-28 09:15",
		"9:15 tomorrow":             "2026-11-28 09:15",
		"tomorrow 9":                "2026-11-28 09:00",
		"tomorrow at 17":            "2026-11-28 17:00",
		"mon 8":                     "2026-11-30 08:00",
		"tomorrow evening":          "2026-11-28 20:00",
		"fri 17:30":                 "2026-11-27 17:30",
		"fri 9:00":                  "2026-12-04 09:00",
		"friday":                    "2026-12-04 09:00",
		"mon":                       "2026-11-30 09:00",
		"next monday at 8:00":       "2026-11-30 08:00",
		"on thursday":               "2026-12-03 09:00",
		"next week":                 "2026-11-30 09:00",
		"in 2h":                     "2026-11-27 16:20",
		"2h":                        "2026-11-27 16:20",
		"1h30m":                     "2026-11-27 15:50",
		"in 1h 30m":                 "2026-11-27 15:50",
		"in 45 min":                 "2026-11-27 15:05",
		"in an hour":                "2026-11-27 15:20",
		"in 3 days":                 "2026-11-30 14:20",
		"in 3 days 8:00":            "2026-11-30 08:00",
		"2w":                        "2026-12-11 14:20",
		"in a week":                 "2026-12-04 14:20",
		"in a month":                "2026-12-27 14:20",
		"3 months":                  "2027-02-27 14:20",
		"in 6mo":                    "2027-05-27 14:20",
		"in 2 years 8:00":           "2028-11-27 08:00",
		"1y":                        "2027-11-27 14:20",
		"24 dec 18:00":              "2026-12-24 18:00",
		"Dec 24":                    "2026-12-24 09:00",
		"24th of December at 18:00": "2026-12-24 18:00",
		"3 march":                   "2027-03-03 09:00",
		"3 march 2028":              "2028-03-03 09:00",
		"24.12.":                    "2026-12-24 09:00",
		"24.12. 18:00":              "2026-12-24 18:00",
		"24.12.2026 18:00":          "2026-12-24 18:00",
		"2026-12-24":                "2026-12-24 09:00",
		"2026-12-24 18:00":          "2026-12-24 18:00",
		"2026-12-24T18:00":          "2026-12-24 18:00",
		"2026-12-24T18:00:00+01:00": "2026-12-24 19:00",
	} {
		at, err := Style{}.Parse(text, now)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := at.In(zone).Format("2006-01-02 15:04"); got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
	for _, text := range []string{"", "soon", "in", "in x", "25:00", "12:60", "31 feb", "13pm", "7", "in 2 fortnights", "2h 30", "99999999999h", "tomorrow tomorrow", "tomorrow 24", "24 dec 9", "9 tomorrow", "0h", "-2h"} {
		if at, err := (Style{}).Parse(text, now); err == nil {
			t.Errorf("%q is taken for %v", text, at)
		}
	}
	for _, text := range []string{"today 9:00", "2020-01-01", "1 jan 2020", "2026-11-27 14:20"} {
		if _, err := (Style{}).Parse(text, now); !errors.Is(err, ErrPast) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// A day on which the clock is set keeps the hour that was said.
func TestParseOverClockChange(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 10, 24, 12, 0, 0, 0, berlin)
	if at, err := (Style{}).Parse("tomorrow 9:00", now); err != nil || at.Format("2006-01-02 15:04 MST") != "2026-10-25 09:00 CET" {
		t.Errorf("%v %v", at, err)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"in 2h", "fri 17:30", "24.12. 18:00", "2026-12-24T18:00:00Z", "next", "a", "in a", "this"} {
		f.Add(s)
	}
	now := time.Date(2026, 11, 27, 14, 20, 30, 0, time.UTC)
	f.Fuzz(func(t *testing.T, s string) {
		if at, err := (Style{}).Parse(s, now); err == nil && !at.After(now) {
			t.Errorf("%q is %v", s, at)
		}
	})
}

// A month has the same day later, or its last one.
func TestMonthsAreNeverSkipped(t *testing.T) {
	now := time.Date(2027, 10, 31, 9, 0, 0, 0, time.UTC)
	for text, want := range map[string]string{"in 1 month": "2027-11-30", "in 4mo": "2028-02-29", "in 5 months": "2028-03-31", "in 16 months": "2029-02-28"} {
		if at, err := (Style{}).Parse(text, now); err != nil || at.Format(time.DateOnly) != want {
			t.Errorf("%s is %v, not %s; %v", text, at, want, err)
		}
	}
}

// A text that was pasted in place of a time is refused at once: while it is typed,
// each key asks. Trying all of it takes hours.
func TestLongTextIsNoTime(t *testing.T) {
	if at, err := (Style{}).Parse(strings.Repeat("tomorrow 9:00 ", 500_000), time.Now()); err == nil {
		t.Errorf("understood as %s", at)
	}
}
