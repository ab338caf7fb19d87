package invite

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"postea/internal/when"
)

// When says when the event takes place: in the zone of the event, and behind
// it in that of the reader where the clock differs there, both in the style of the
// reader. A nil reader is UTC.
func (e Event) When(reader *time.Location, style when.Style) string {
	if e.Start.IsZero() {
		return ""
	}
	if reader == nil {
		reader = time.UTC
	}
	if e.Start.Date {
		return dates(e.Start.Time, e.End.Time, style)
	}
	s := span(e.Start.Time, e.End.Time, style)
	switch {
	case e.Start.Floating && e.Start.Zone != "":
		return s + " in the zone “" + e.Start.Zone + "”"
	case e.Start.Floating:
		return s
	}
	_, theirs := e.Start.Time.Zone()
	_, ours := e.Start.Time.In(reader).Zone()
	if theirs == ours {
		return s
	}
	zone := e.Start.Zone
	if zone == "" {
		return span(e.Start.Time.In(reader), in(e.End.Time, reader), style)
	}
	return s + " " + zone + ", here " + span(e.Start.Time.In(reader), in(e.End.Time, reader), style)
}

func in(t time.Time, loc *time.Location) time.Time {
	if t.IsZero() {
		return t
	}
	return t.In(loc)
}

// day writes a day with its weekday and year.
func day(t time.Time, style when.Style) string { return t.Format("Mon, ") + style.Date(t) }

// dates tells of whole days. The end is the day after the last one
// (RFC 5545 §3.6.1).
func dates(start, end time.Time, style when.Style) string {
	last := end.AddDate(0, 0, -1)
	if end.IsZero() || !last.After(start) {
		return day(start, style) + ", all day"
	}
	return day(start, style) + " – " + day(last, style)
}

func span(start, end time.Time, style when.Style) string {
	s := day(start, style) + ", " + style.Clock(start)
	if end.IsZero() || end.Equal(start) {
		return s
	}
	end = end.In(start.Location())
	if day(end, style) == day(start, style) {
		return s + "–" + style.Clock(end)
	}
	return s + " – " + day(end, style) + ", " + style.Clock(end)
}

func parseRule(s string) map[string]string {
	rule := make(map[string]string)
	for part := range strings.SplitSeq(strings.ToUpper(s[:min(len(s), 2000)]), ";") {
		if name, value, ok := strings.Cut(part, "="); ok {
			rule[strings.TrimSpace(name)] = strings.TrimSpace(value)
		}
	}
	return rule
}

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

// parseDay reads "MO", "-1SU", "2TU"; nth is 0 where no number stands.
func parseDay(s string) (nth int, day time.Weekday) {
	s, _, _ = strings.Cut(s, ",")
	if len(s) < 2 {
		return 0, 0
	}
	for i, name := range []string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"} {
		if strings.HasSuffix(s, name) {
			nth = atoi(strings.TrimPrefix(s[:len(s)-2], "+"))
			if nth < -5 || nth > 5 {
				nth = 0
			}
			return nth, time.Weekday(i)
		}
	}
	return 0, 0
}

// describeRule says a recurrence (RFC 5545 §3.3.10) in words. A rule with parts
// that these words cannot tell gets an "and more" at its end.
func describeRule(s string, start Moment) string {
	rule := parseRule(s)
	unit, every := map[string][2]string{
		"DAILY": {"day", "daily"}, "WEEKLY": {"week", "weekly"}, "MONTHLY": {"month", "monthly"}, "YEARLY": {"year", "yearly"},
		"HOURLY": {"hour", "hourly"}, "MINUTELY": {"minute", "every minute"}, "SECONDLY": {"second", "every second"},
	}[rule["FREQ"]], 0
	if unit[0] == "" {
		return "repeats"
	}
	out := unit[1]
	if every = atoi(rule["INTERVAL"]); every > 1 {
		out = fmt.Sprintf("every %d %ss", every, unit[0])
	}
	out += onDays(rule)
	if d := rule["BYMONTHDAY"]; d != "" {
		out += " on day " + strings.ReplaceAll(strings.ReplaceAll(d, "-1", "last"), ",", ", ")
	}
	if m := months(rule["BYMONTH"]); m != "" {
		out += " in " + m
	}
	more := false
	for name := range rule {
		switch name {
		case "FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "COUNT", "UNTIL", "WKST", "BYSETPOS":
		default:
			more = true
		}
	}
	if more {
		out += " and more"
	}
	if n := atoi(rule["COUNT"]); n > 0 {
		out += ", " + plural(n, "time")
	}
	if until, ok := parseLocal(strings.TrimSuffix(rule["UNTIL"], "Z")); ok {
		if strings.HasSuffix(rule["UNTIL"], "Z") && !start.IsZero() {
			until = until.In(start.Time.Location())
		}
		out += ", until " + until.Format("2 Jan 2006")
	}
	return out
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func onDays(rule map[string]string) string {
	value := rule["BYDAY"]
	switch value {
	case "":
		return ""
	case "MO,TU,WE,TH,FR":
		return " on " + nthWord(atoi(rule["BYSETPOS"])) + "weekdays"
	}
	var names []string
	for part := range strings.SplitSeq(value, ",") {
		if len(names) == 7 {
			break
		}
		nth, day := parseDay(part)
		if nth == 0 {
			nth = atoi(rule["BYSETPOS"])
		}
		if n := nthWord(nth); n != "" {
			names = append(names, "the "+n+day.String())
		} else {
			names = append(names, day.String())
		}
	}
	return " on " + list(names)
}

func nthWord(n int) string {
	switch n {
	case -2:
		return "second to last "
	case -1:
		return "last "
	case 1, 2, 3, 4, 5:
		return []string{"first ", "second ", "third ", "fourth ", "fifth "}[n-1]
	}
	return ""
}

func months(s string) string {
	var names []string
	for part := range strings.SplitSeq(s, ",") {
		if m := atoi(part); m >= 1 && m <= 12 && len(names) < 12 {
			names = append(names, time.Month(m).String())
		}
	}
	return list(names)
}

func list(names []string) string {
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return strings.Join(names, "")
}
