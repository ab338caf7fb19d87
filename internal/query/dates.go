package query

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// dates makes a date into a condition: before: ends where the day, month or
// year begins, after: begins there, on: is the whole of it. older: and newer:
// take a span of time, such as 2w, or a date.
func (p *parser) dates(field, v string, t token) Node {
	from, to, ok := p.period(v, t)
	if first, last, between := strings.Cut(v, ".."); between && field == "on" {
		from, to, ok = p.between(first, last)
	}
	if !ok {
		end := p.tokens[p.at-1].at.End
		half := end == len(p.input) || isDay(v) && strings.TrimSpace(p.input[end:]) == "" // the month may follow
		p.problem(Span{t.at.Start, end}, half, "a date is such as 2026-11-03, 2026-11, 3 Nov, today, monday or 2w, not %q", v)
		return nil
	}
	switch field {
	case "before", "older":
		return Dates{To: from}
	case "after", "newer":
		return Dates{From: from}
	}
	return Dates{From: from, To: to}
}

// between reads what stands on both sides of two dots, as in on:2026-11..yesterday.
// A side may be empty; a span of time is the moment that long ago.
func (p *parser) between(first, last string) (from, to time.Time, ok bool) {
	ok = first != "" || last != ""
	quote := token{kind: quoted} // no words that follow belong to it
	if first != "" {
		var known bool
		from, _, known = p.period(first, quote)
		ok = ok && known
	}
	if last != "" {
		begin, end, known := p.period(last, quote)
		if _, span := p.ago(strings.ToLower(last)); span {
			end = begin
		}
		to, ok = end, ok && known
	}
	return from, to, ok
}

// period gives the time that a date stands for. A span of time, 2w, is the
// moment that long ago, and lasts until now.
func (p *parser) period(v string, t token) (from, to time.Time, ok bool) {
	v = strings.ToLower(v)
	today := day(p.now, p.now.Year(), p.now.Month(), p.now.Day())
	switch v {
	case "today":
		return today, dayAfter(today, 1), true
	case "yesterday":
		return dayAfter(today, -1), today, true
	}
	if back, ok := p.ago(v); ok {
		return back, p.now, true
	}
	if n, ok := weekday(v); ok {
		from = dayAfter(today, -((int(today.Weekday()) - int(n) + 7) % 7))
		return from, dayAfter(from, 1), true
	}
	if from, to, ok = p.numbers(v); ok {
		return from, to, true
	}
	if from, to, ok = p.dotted(v); ok {
		return from, to, true
	}
	words := strings.FieldsFunc(v, func(r rune) bool { return r == ' ' || r == '-' || r == '.' || r == ',' || r == '/' })
	if t.kind != quoted { // before:3 Nov 2026
		words = p.goOn(words)
	}
	return p.named(words)
}

// goOn takes the words that follow a date which is not complete without them.
func (p *parser) goOn(words []string) []string {
	for len(words) > 0 && len(words) < 3 && p.peek(word) {
		next := strings.ToLower(strings.Trim(p.tokens[p.at].text, ".,"))
		_, isMonth := month(next)
		if _, begun := beginsMonth(next); begun && p.tokens[p.at].at.End == len(p.input) {
			isMonth = true // it is still being typed
		}
		haveMonth := slices.ContainsFunc(words, func(w string) bool { _, ok := month(w); return ok })
		_, err := strconv.Atoi(next)
		dayBefore := len(words) == 1 && isDay(words[0])
		switch {
		case isMonth && dayBefore:
		case err == nil && haveMonth && (len(next) == 4 || len(words) == 1 && isDay(next)):
		default:
			return words
		}
		p.at++
		words = append(words, next)
	}
	return words
}

func isDay(s string) bool {
	n, err := strconv.Atoi(trimOrdinal(s))
	return err == nil && n >= 1 && n <= 31
}

func trimOrdinal(s string) string {
	for _, end := range []string{"st", "nd", "rd", "th"} {
		s = strings.TrimSuffix(s, end)
	}
	return s
}

// day is the first moment of a day, which is not midnight where clocks are set forward
// then, as in Chile.
func day(now time.Time, y int, m time.Month, d int) time.Time {
	at := time.Date(y, m, d, 0, 0, 0, 0, now.Location())
	if want := time.Date(y, m, d, 0, 0, 0, 0, time.UTC); at.Day() != want.Day() {
		if _, forward := at.ZoneBounds(); !forward.IsZero() {
			return forward
		}
	}
	return at
}

// dayAfter is the first moment of a day that comes some days after another; before it
// where they are less than 0.
func dayAfter(t time.Time, days int) time.Time { return day(t, t.Year(), t.Month(), t.Day()+days) }

// ago reads 6h, 3d, 2w, 1m or 1mo, 1y.
func (p *parser) ago(v string) (time.Time, bool) {
	if months, ok := strings.CutSuffix(v, "mo"); ok {
		v = months + "m"
	}
	if len(v) < 2 {
		return time.Time{}, false
	}
	n, err := strconv.Atoi(v[:len(v)-1])
	if err != nil || n < 0 || n > 100_000 {
		return time.Time{}, false
	}
	switch v[len(v)-1] {
	case 'h':
		return p.now.Add(-time.Duration(n) * time.Hour), true
	case 'd':
		return p.now.AddDate(0, 0, -n), true
	case 'w':
		return p.now.AddDate(0, 0, -7*n), true
	case 'm':
		return monthsBefore(p.now, n), true
	case 'y':
		return monthsBefore(p.now, 12*min(n, 10_000)), true
	}
	return time.Time{}, false
}

// monthsBefore is the same day and time some months earlier, or the last day of that
// month where it is shorter.
func monthsBefore(t time.Time, n int) time.Time {
	back := t.AddDate(0, -n, 0)
	if back.Day() != t.Day() {
		back = back.AddDate(0, 0, -back.Day())
	}
	return back
}

// numbers reads 2026, 2026-11, 2026-11-03, 2026/11/03.
func (p *parser) numbers(v string) (from, to time.Time, ok bool) {
	parts := strings.FieldsFunc(v, func(r rune) bool { return r == '-' || r == '/' || r == '.' })
	var n [3]int
	if len(parts) == 0 || len(parts) > 3 || len(parts[0]) != 4 {
		return from, to, false
	}
	for i, s := range parts {
		var err error
		if n[i], err = strconv.Atoi(s); err != nil || n[i] < 0 || i > 0 && n[i] == 0 || i > 0 && len(s) > 2 {
			return from, to, false
		}
	}
	switch len(parts) {
	case 1:
		return day(p.now, n[0], 1, 1), day(p.now, n[0]+1, 1, 1), n[0] > 0
	case 2:
		m := time.Month(n[1])
		return day(p.now, n[0], m, 1), day(p.now, n[0], m+1, 1), m <= 12
	}
	return p.exactDay(n[0], time.Month(n[1]), n[2])
}

func (p *parser) exactDay(y int, m time.Month, d int) (from, to time.Time, ok bool) {
	from = day(p.now, y, m, d)
	return from, day(p.now, y, m, d+1), m >= 1 && m <= 12 && from.Day() == d
}

// named reads 3 nov, nov 3, 3 nov 2026, nov, nov 2026.
func (p *parser) named(words []string) (from, to time.Time, ok bool) {
	var m time.Month
	d, y := 0, 0
	for _, w := range words {
		w = trimOrdinal(w)
		if got, isMonth := month(w); isMonth && m == 0 {
			m = got
			continue
		}
		n, err := strconv.Atoi(w)
		switch {
		case err != nil:
			return from, to, false
		case len(w) == 4 && y == 0 && n > 0:
			y = n
		case len(w) <= 2 && d == 0 && n > 0:
			d = n
		default:
			return from, to, false
		}
	}
	if m == 0 {
		return from, to, false
	}
	return p.date(y, m, d)
}

// dotted reads 24.12.2026 and 24.12. as they are written where the day comes first.
func (p *parser) dotted(v string) (from, to time.Time, ok bool) {
	parts := strings.Split(strings.TrimSuffix(v, "."), ".")
	if len(parts) < 2 || len(parts) > 3 || len(parts[0]) > 2 || len(parts[1]) > 2 || len(parts) == 3 && len(parts[2]) != 4 {
		return from, to, false
	}
	var n [3]int
	for i, s := range parts {
		var err error
		if n[i], err = strconv.Atoi(s); err != nil || n[i] < 1 {
			return from, to, false
		}
	}
	return p.date(n[2], time.Month(n[1]), n[0])
}

// date is a day, or a month where d is 0. Without a year (0) it is the last that is not
// in the future.
func (p *parser) date(y int, m time.Month, d int) (from, to time.Time, ok bool) {
	year := y
	if y == 0 {
		year = p.now.Year()
		if day(p.now, year, m, max(d, 1)).After(p.now) {
			year--
		}
	}
	if d > 0 {
		if y == 0 && m == time.February && d == 29 {
			for ; !isLeap(year); year-- {
			}
		}
		return p.exactDay(year, m, d)
	}
	return day(p.now, year, m, 1), day(p.now, year, m+1, 1), true
}

func isLeap(y int) bool { return y%4 == 0 && (y%100 != 0 || y%400 == 0) }

// month knows the English names and their beginnings from three letters on.
func month(s string) (time.Month, bool) {
	if len(s) < 3 {
		return 0, false
	}
	return beginsMonth(s)
}

func beginsMonth(s string) (time.Month, bool) {
	for m := time.January; m <= time.December; m++ {
		if strings.HasPrefix(strings.ToLower(m.String()), s) || s == "sept" && m == time.September {
			return m, true
		}
	}
	return 0, false
}

func weekday(s string) (time.Weekday, bool) {
	if len(s) < 3 {
		return 0, false
	}
	for d := time.Sunday; d <= time.Saturday; d++ {
		if strings.HasPrefix(strings.ToLower(d.String()), s) {
			return d, true
		}
	}
	return 0, false
}
