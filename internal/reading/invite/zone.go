package invite

import (
	"strings"
	"time"
)

// Moment is a time of a calendar. The zero value is none.
type Moment struct {
	Time     time.Time // in the zone of the event; of a floating one in UTC
	Zone     string    // the name the sender gave, "" for UTC and floating times
	Date     bool      // a whole day
	Floating bool      // the same hour wherever one is (RFC 5545 §3.3.5, form 1)
}

// IsZero tells that there is no time.
func (m Moment) IsZero() bool { return m.Time.IsZero() }

// zones are the VTIMEZONE components of a calendar.
type zones map[string][]observance

// observance is a STANDARD or DAYLIGHT part of RFC 5545 §3.6.5.
type observance struct {
	start  time.Time // local, as if in UTC
	offset int       // seconds east
	yearly bool
	month  time.Month
	nth    int // the nth weekday of the month, negative from its end
	day    time.Weekday
	until  time.Time
}

func readZones(cal *component) zones {
	z := zones{}
	for _, c := range cal.kids {
		if c.name != "VTIMEZONE" || len(z) >= 100 {
			continue
		}
		var list []observance
		for _, k := range c.kids {
			if o, ok := readObservance(k); ok && len(list) < 200 {
				list = append(list, o)
			}
		}
		if id := c.text("TZID"); id != "" && list != nil {
			z[id] = list
		}
	}
	return z
}

func readObservance(c *component) (o observance, ok bool) {
	if c.name != "STANDARD" && c.name != "DAYLIGHT" {
		return o, false
	}
	o.start, ok = parseLocal(c.text("DTSTART"))
	if !ok {
		return o, false
	}
	if o.offset, ok = parseOffset(c.text("TZOFFSETTO")); !ok {
		return o, false
	}
	rule := parseRule(c.text("RRULE"))
	if rule["FREQ"] == "YEARLY" {
		o.yearly = true
		o.month = o.start.Month()
		if m := atoi(rule["BYMONTH"]); m >= 1 && m <= 12 {
			o.month = time.Month(m)
		}
		o.nth, o.day = parseDay(rule["BYDAY"])
		if u, ok := parseLocal(strings.TrimSuffix(rule["UNTIL"], "Z")); ok {
			o.until = u
		}
	}
	return o, true
}

// lastOnset gives the last time at or before t at which the observance begins.
func (o observance) lastOnset(t time.Time) (time.Time, bool) {
	if t.Before(o.start) {
		return time.Time{}, false
	}
	if !o.yearly {
		return o.start, true
	}
	for year := t.Year(); year >= t.Year()-1; year-- {
		on := o.inYear(year)
		if !on.After(t) && !on.Before(o.start) && (o.until.IsZero() || !on.After(o.until)) {
			return on, true
		}
	}
	return o.start, true
}

func (o observance) inYear(year int) time.Time {
	clock := o.start.Sub(o.start.Truncate(24 * time.Hour))
	day := o.start.Day()
	switch {
	case o.nth > 0:
		first := time.Date(year, o.month, 1, 0, 0, 0, 0, time.UTC)
		day = 1 + (int(o.day)-int(first.Weekday())+7)%7 + 7*(o.nth-1)
	case o.nth < 0:
		last := time.Date(year, o.month+1, 0, 0, 0, 0, 0, time.UTC)
		day = last.Day() - (int(last.Weekday())-int(o.day)+7)%7 + 7*(o.nth+1)
	}
	return time.Date(year, o.month, day, 0, 0, 0, 0, time.UTC).Add(clock)
}

// moment reads DATE and DATE-TIME values (RFC 5545 §3.3.4, §3.3.5). The zone
// that the calendar itself defines counts before the one that the system knows
// under the name, because names are used for other rules.
func (z zones) moment(p property) Moment {
	s := strings.ToUpper(strings.TrimSpace(p.value))
	if len(s) == 8 || strings.EqualFold(p.params["VALUE"], "DATE") {
		t, err := time.Parse("20060102", s[:min(8, len(s))])
		if err != nil {
			return Moment{}
		}
		return Moment{Time: t, Date: true}
	}
	utc := strings.HasSuffix(s, "Z")
	local, ok := parseLocal(strings.TrimSuffix(s, "Z"))
	if !ok {
		return Moment{}
	}
	id := p.params["TZID"]
	switch {
	case utc:
		return Moment{Time: local}
	case id == "":
		return Moment{Time: local, Floating: true}
	}
	if list := z[id]; list != nil {
		return Moment{Time: at(local, offsetAt(list, local), id), Zone: id}
	}
	// olson names come also as /prefix/Europe/Berlin
	for name := strings.Trim(id, "/"); name != ""; {
		if loc, err := time.LoadLocation(name); err == nil && name != "Local" && name != "" {
			return Moment{Time: time.Date(local.Year(), local.Month(), local.Day(), local.Hour(), local.Minute(), local.Second(), 0, loc), Zone: name}
		}
		_, rest, ok := strings.Cut(name, "/")
		if !ok {
			break
		}
		name = rest
	}
	return Moment{Time: local, Zone: id, Floating: true}
}

func at(local time.Time, offset int, name string) time.Time {
	return local.Add(-time.Duration(offset) * time.Second).In(time.FixedZone(name, offset))
}

func offsetAt(list []observance, local time.Time) int {
	offset := list[0].offset
	var latest time.Time
	for _, o := range list {
		if on, ok := o.lastOnset(local); ok && !on.Before(latest) {
			latest, offset = on, o.offset
		}
	}
	return offset
}

func parseLocal(s string) (time.Time, bool) {
	for _, layout := range []string{"20060102T150405", "20060102T1504", "20060102"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// parseOffset reads RFC 5545 §3.3.14.
func parseOffset(s string) (int, bool) {
	if len(s) < 5 || s[0] != '+' && s[0] != '-' {
		return 0, false
	}
	for _, c := range s[1:] {
		if c < '0' || c > '9' {
			return 0, false
		}
	}
	n := atoi(s[1:3])*3600 + atoi(s[3:5])*60
	if n > 15*3600 {
		return 0, false
	}
	if s[0] == '-' {
		n = -n
	}
	return n, true
}
