// Package when reads times to come as people write them: "tomorrow 9:00",
// "fri 17:30", "in 2h", "24 dec 18:00".
package when

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// examples is how to write a time, for who was not understood.
const examples = `17:30, tomorrow 9:00, fri 17:30, in 2h, 24 dec 18:00 or 2026-12-24 18:00`

// Exact is the layout of a time as Parse reads it on any day.
const Exact = "2006-01-02 15:04"

// ErrPast is wrapped by the error for a time that lies behind now.
var ErrPast = errors.New("lies in the past")

// The hours that are meant where only a day or a part of it is said.
const (
	morning = 9 * time.Hour
	noon    = 12 * time.Hour
	evening = 20 * time.Hour
)

// mostWords is more than any time needs: each place where a day could end and an hour
// begin is tried, which of a pasted text are too many.
const mostWords = 16

// Parse reads a time after now, in the time zone of now. A day without an hour
// is that day at 9:00; an hour without a day is the next time the clock shows
// it; a weekday is the next one. The error wraps ErrPast where the text is
// understood and lies behind now, and says how to write it otherwise.
func (s Style) Parse(text string, now time.Time) (time.Time, error) {
	p := parser{now: now, week: s.Week.day(), words: fields(text)}
	at, ok := p.exact(strings.TrimSpace(text))
	if !ok && len(p.words) <= mostWords {
		if at, ok = p.relative(); !ok {
			at, ok = p.calendar()
		}
	}
	switch {
	case !ok:
		return time.Time{}, fmt.Errorf("%q is not understood: say %s", text, examples)
	case !at.After(now):
		return time.Time{}, fmt.Errorf("%s %w", s.Date(at.In(now.Location()))+" "+s.Clock(at.In(now.Location())), ErrPast)
	}
	return at, nil
}

// fields are the words in lower case, without what only joins them.
func fields(text string) []string {
	text = strings.NewReplacer(",", " ", "\u202f", " ", "\u00a0", " ").Replace(strings.ToLower(text))
	var out []string
	for w := range strings.FieldsSeq(text) {
		switch w {
		case "at", "on", "um", "the", "of":
		default:
			out = append(out, w)
		}
	}
	return out
}

type parser struct {
	now   time.Time
	week  time.Weekday // the day of "next week"
	words []string
}

// exact reads the forms that machines write.
func (p parser) exact(text string) (time.Time, bool) {
	if at, err := time.Parse(time.RFC3339, strings.ToUpper(text)); err == nil {
		return at, true
	}
	for _, layout := range []string{"2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, strings.ToUpper(text)); err == nil {
			day := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
			return at(day, t.Sub(day), p.now.Location()), true
		}
	}
	return time.Time{}, false
}

// relative reads "in 2h", "90m", "in 3 days 17:30", "in a week".
func (p parser) relative() (time.Time, bool) {
	words := p.words
	in := len(words) > 0 && words[0] == "in"
	if in {
		words = words[1:]
	}
	if len(words) == 0 {
		return time.Time{}, false
	}
	if d, err := time.ParseDuration(strings.Join(words, "")); err == nil && d > 0 && d < 10*365*24*time.Hour {
		return p.now.Add(d), true
	}
	number, unit := splitNumber(words[0])
	rest := words[1:]
	if unit == "" {
		if len(rest) == 0 {
			return time.Time{}, false
		}
		unit, rest = rest[0], rest[1:]
	}
	n, err := strconv.Atoi(number)
	if number == "" && in && (words[0] == "a" || words[0] == "an") && len(words) > 1 {
		n, err, unit, rest = 1, nil, words[1], words[2:]
	}
	if err != nil || n < 1 || n > 100_000 {
		return time.Time{}, false
	}
	const longest = 100 // years
	var day time.Time
	switch strings.TrimSuffix(unit, "s") {
	case "m", "min", "minute":
		return p.now.Add(time.Duration(n) * time.Minute), len(rest) == 0
	case "h", "hr", "hour":
		return p.now.Add(time.Duration(n) * time.Hour), len(rest) == 0
	case "d", "day":
		day = p.now.AddDate(0, 0, n)
	case "w", "week":
		day = p.now.AddDate(0, 0, 7*n)
	case "mo", "month":
		day = inMonths(p.now, min(n, 12*longest))
	case "y", "yr", "year":
		day = inMonths(p.now, 12*min(n, longest))
	default:
		return time.Time{}, false
	}
	if len(rest) == 0 {
		return day, true
	}
	clock, ok := clockOf(rest)
	return at(time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, time.UTC), clock, p.now.Location()), ok
}

// inMonths is the same day and time some months later, or the last day of that month
// where it is shorter.
func inMonths(t time.Time, months int) time.Time {
	first := time.Date(t.Year(), t.Month()+time.Month(months), 1, 12, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return time.Date(first.Year(), first.Month(), min(t.Day(), last), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), t.Location())
}

func splitNumber(w string) (number, unit string) {
	i := 0
	for i < len(w) && w[i] >= '0' && w[i] <= '9' {
		i++
	}
	return w[:i], w[i:]
}

// day is a day from today on, at a time of it.
func (p parser) day(days int, clock time.Duration) time.Time {
	y, m, d := p.now.Date()
	return at(time.Date(y, m, d+days, 0, 0, 0, 0, time.UTC), clock, p.now.Location())
}

// at is a time of a day. One that is passed over, as clocks are set forward, is as long
// after midnight as it says, and so never earlier.
func at(day time.Time, clock time.Duration, zone *time.Location) time.Time {
	t := time.Date(day.Year(), day.Month(), day.Day(), int(clock/time.Hour), int(clock/time.Minute)%60, int(clock/time.Second)%60, 0, zone)
	shown := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
	return t.Add(max(day.Add(clock).Sub(shown), 0))
}

// calendar reads a day, a time of day, or both in either order.
func (p parser) calendar() (time.Time, bool) {
	for n := len(p.words); n >= 0; n-- {
		for _, split := range [][2][]string{{p.words[:n], p.words[n:]}, {p.words[n:], p.words[:n]}} {
			day, hour := split[0], split[1]
			clock, ok := clockOf(hour)
			switch {
			case len(hour) == 0:
				clock, ok = usualHour(day), true
			case !ok && len(hour) == 1 && n > 0 && isDayWord(p.words[n-1]): // "tomorrow 9"; beside a date a number is part of it
				clock, ok = clockOf([]string{hour[0], "uhr"})
			}
			if !ok {
				continue
			}
			if len(day) == 0 {
				if len(hour) == 0 {
					continue
				}
				at := p.day(0, clock)
				if !at.After(p.now) {
					at = p.day(1, clock)
				}
				return at, true
			}
			if at, ok := p.dayOf(day, clock); ok {
				return at, true
			}
		}
	}
	return time.Time{}, false
}

// usualHour is when a day is meant that is said without an hour.
func usualHour(day []string) time.Duration {
	switch strings.Join(day, " ") {
	case "tonight", "this evening":
		return evening
	}
	return morning
}

// clockOf reads a time of day.
func clockOf(words []string) (time.Duration, bool) {
	text := strings.Join(words, "")
	switch text {
	case "morning":
		return morning, true
	case "noon":
		return noon, true
	case "evening", "night":
		return evening, true
	}
	text, uhr := strings.CutSuffix(text, "uhr")
	half := time.Duration(-1)
	for suffix, add := range map[string]time.Duration{"am": 0, "pm": noon, "a.m.": 0, "p.m.": noon} {
		if rest, ok := strings.CutSuffix(text, suffix); ok {
			text, half = rest, add
		}
	}
	hours, minutes, colon := strings.Cut(strings.Replace(text, ".", ":", 1), ":")
	h, err := strconv.Atoi(hours)
	if err != nil || len(hours) > 2 || !colon && half < 0 && !uhr {
		return 0, false
	}
	m := 0
	if colon {
		if m, err = strconv.Atoi(minutes); err != nil || len(minutes) != 2 {
			return 0, false
		}
	}
	if half >= 0 {
		if h < 1 || h > 12 {
			return 0, false
		}
		h = h%12 + int(half/time.Hour)
	}
	if h < 0 || h > 23 || m < 0 || m > 59 {
		return 0, false
	}
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute, true
}

// dayOf reads a day: a word, a weekday or a date.
func (p parser) dayOf(words []string, clock time.Duration) (time.Time, bool) {
	switch strings.Join(words, " ") {
	case "today", "tonight", "this evening":
		return p.day(0, clock), true
	case "tomorrow", "tmr":
		return p.day(1, clock), true
	case "next week":
		return p.weekday(p.week, clock), true
	}
	if words[0] == "next" || words[0] == "this" {
		words = words[1:]
	}
	if len(words) == 1 {
		if wd, ok := weekdayOf(words[0]); ok {
			return p.weekday(wd, clock), true
		}
	}
	return p.date(words, clock)
}

func isDayWord(w string) bool {
	_, weekday := weekdayOf(w)
	return weekday || w == "today" || w == "tomorrow" || w == "tmr"
}

// weekday is the next such day; today counts while the time is still to come.
func (p parser) weekday(wd time.Weekday, clock time.Duration) time.Time {
	days := (int(wd) - int(p.now.Weekday()) + 7) % 7
	at := p.day(days, clock)
	if !at.After(p.now) {
		at = p.day(days+7, clock)
	}
	return at
}

func weekdayOf(w string) (time.Weekday, bool) {
	for wd := time.Sunday; wd <= time.Saturday; wd++ {
		if name := strings.ToLower(wd.String()); len(w) >= 3 && strings.HasPrefix(name, w) {
			return wd, true
		}
	}
	return 0, false
}

// date reads "24 dec", "dec 24", "24 dec 2026", "24.12.", "24.12.2026", "2026-12-24".
func (p parser) date(words []string, clock time.Duration) (time.Time, bool) {
	y, m, d := 0, 0, 0
	switch len(words) {
	case 1:
		for _, layout := range []string{"2006-01-02", "2.1.2006", "2.1.", "2.1"} {
			if t, err := time.Parse(layout, words[0]); err == nil {
				y, m, d = t.Year(), int(t.Month()), t.Day()
				break
			}
		}
	case 2, 3:
		first, second := words[0], words[1]
		if month := monthOf(first); month != 0 {
			first, second = second, first
		}
		m = monthOf(second)
		var err error
		if d, err = strconv.Atoi(strings.TrimRight(first, ".stndrh")); err != nil {
			return time.Time{}, false
		}
		if len(words) == 3 {
			if y, err = strconv.Atoi(words[2]); err != nil || len(words[2]) != 4 {
				return time.Time{}, false
			}
		}
	}
	if m == 0 || d < 1 {
		return time.Time{}, false
	}
	if y > 0 {
		return p.dayIn(y, m, d, clock)
	}
	const untilLeap = 8 // years there are at most from one 29 Feb to the next
	for y := p.now.Year(); y <= p.now.Year()+untilLeap; y++ {
		if t, ok := p.dayIn(y, m, d, clock); ok && t.After(p.now) {
			return t, true
		}
	}
	return time.Time{}, false // 31 Feb
}

// dayIn is a time of a day of a year, if that has it.
func (p parser) dayIn(y, m, d int, clock time.Duration) (time.Time, bool) {
	day := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	return at(day, clock, p.now.Location()), day.Day() == d && int(day.Month()) == m
}

func monthOf(w string) int {
	w = strings.TrimSuffix(w, ".")
	for m := time.January; m <= time.December; m++ {
		if name := strings.ToLower(m.String()); len(w) >= 3 && strings.HasPrefix(name, w) {
			return int(m)
		}
	}
	return 0
}
