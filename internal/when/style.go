package when

import (
	"strings"
	"time"
)

// Order is how a date is written.
type Order uint8

// The orders.
const (
	DayFirst   Order = iota // 3 Oct 2024
	MonthFirst              // Oct 3, 2024
	YearFirst               // 2024-10-03
)

// Style is how times are written, and which day begins a week of work. The zero
// value has 24 hours, the day before the month, and weeks that begin on Monday.
type Style struct {
	Hour12 bool
	Order  Order
	Week   Week
	Still  bool // no spans that would have to count: at 09:41 and not 12 s ago
}

// Week is the day that a week of work begins with.
type Week uint8

// The days; Sunday and Saturday where Friday is a day of rest.
const (
	Monday Week = iota
	Sunday
	Saturday
)

func (w Week) day() time.Weekday {
	return [...]time.Weekday{Monday: time.Monday, Sunday: time.Sunday, Saturday: time.Saturday}[w]
}

// Clock writes a time of day: 15:04, or 3:04 PM.
func (s Style) Clock(t time.Time) string {
	if s.Hour12 {
		return t.Format("3:04 PM")
	}
	return t.Format("15:04")
}

// Day writes a day of this year: 3 Oct, Oct 3 or 10-03.
func (s Style) Day(t time.Time) string {
	switch s.Order {
	case MonthFirst:
		return t.Format("Jan 2")
	case YearFirst:
		return t.Format("01-02")
	}
	return t.Format("2 Jan")
}

// Date writes a day with its year.
func (s Style) Date(t time.Time) string {
	switch s.Order {
	case MonthFirst:
		return t.Format("Jan 2, 2006")
	case YearFirst:
		return t.Format("2006-01-02")
	}
	return t.Format("2 Jan 2006")
}

// Short is the form for lists: the time today, the weekday within the last
// week, then the day, and the year where it is another one. Times are shown in
// the zone of now.
func (s Style) Short(t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(now.Location())
	switch d := daysBetween(t, now); {
	case d == 0:
		return s.Clock(t)
	case d > 0 && d < 7:
		return t.Format("Mon")
	case t.Year() == now.Year():
		return s.Day(t)
	}
	return s.Date(t)
}

// ShortWidth is how many cells Short takes at most within this year.
func (s Style) ShortWidth() int {
	if s.Hour12 {
		return len("12:04 PM")
	}
	return len("13 Oct")
}

// Long is the form for headers: Today 09:41, Tue 16:02, 3 Oct 2024 16:02.
func (s Style) Long(t, now time.Time) string {
	return s.long(t, now, "Today", "Yesterday", "Tomorrow")
}

// Said is Long within a sentence: today 09:41.
func (s Style) Said(t, now time.Time) string {
	return s.long(t, now, "today", "yesterday", "tomorrow")
}

func (s Style) long(t, now time.Time, today, yesterday, tomorrow string) string {
	if t.IsZero() {
		return "no date"
	}
	t = t.In(now.Location())
	day := ""
	switch d := daysBetween(t, now); {
	case d == 0:
		day = today
	case d == 1:
		day = yesterday
	case d == -1:
		day = tomorrow
	case d > -7 && d < 7:
		day = t.Format("Mon")
	case t.Year() == now.Year():
		day = s.Day(t)
	default:
		day = s.Date(t)
	}
	return day + " " + s.Clock(t)
}

// Coming is the short form for a time to come: 17:30, Thu 09:41, 3 Dec 09:41.
func (s Style) Coming(t, now time.Time) string {
	t = t.In(now.Location())
	switch d := daysBetween(t, now); {
	case d == 0:
		return s.Clock(t)
	case d < 0 && d > -7:
		return t.Format("Mon ") + s.Clock(t)
	case t.Year() == now.Year():
		return s.Day(t) + " " + s.Clock(t)
	}
	return s.Date(t) + " " + s.Clock(t)
}

// Stamp writes the moment of an event to the second, and one of another day to
// the minute.
func (s Style) Stamp(t, now time.Time) string {
	t = t.In(now.Location())
	switch {
	case daysBetween(t, now) != 0:
		return s.Day(t) + " " + s.Clock(t)
	case s.Hour12:
		return t.Format("3:04:05 PM")
	}
	return t.Format("15:04:05")
}

// StampWidth is how many cells Stamp takes at most.
func (s Style) StampWidth() int { return len("13 Oct ") + len(s.Clock(time.Time{}.Add(12*time.Hour))) }

// daysBetween counts midnights from t to now; negative for the future.
func daysBetween(t, now time.Time) int {
	a := time.Date(t.Year(), t.Month(), t.Day(), 12, 0, 0, 0, time.UTC)
	b := time.Date(now.Year(), now.Month(), now.Day(), 12, 0, 0, 0, time.UTC)
	return int(b.Sub(a).Hours()) / 24
}

// The regions that write times otherwise than most of the world does, after
// the supplemental data of the Unicode CLDR: those of a clock with 12 hours, of
// dates with the month or the year first, and of work that begins on Sunday or
// Saturday.
const (
	hour12     = " AE AL AS AU BD BH BM BS CA CO CY DO DZ EG FJ FM GH GU GY HK IN IQ JM JO KH KR KW LB LR LY MH MP MR MW MY NA NZ OM PA PG PH PK PR PW QA SA SD SG SO SS SY TN TO TT TW UM US VC VE VI VU WS YE ZM "
	monthFirst = " AS FM GU MH MP PH PR PW UM US VI "
	yearFirst  = " CN HU JP KR LT MN SE TW "
	sunday     = " BD BH DZ EG IL IQ JO KW LY MV OM PS QA SA SD SY YE "
	saturday   = " AF IR "
)

// StyleOf is the style of a locale as POSIX writes it: en_US.UTF-8, de_DE@euro.
// C, POSIX and one without a region have the zero Style.
func StyleOf(locale string) Style {
	name, _, _ := strings.Cut(locale, "@")
	name, _, _ = strings.Cut(name, ".")
	_, region, _ := strings.Cut(strings.ReplaceAll(name, "-", "_"), "_")
	in := func(list string) bool { return region != "" && strings.Contains(list, " "+strings.ToUpper(region)+" ") }
	s := Style{Hour12: in(hour12)}
	switch {
	case in(monthFirst):
		s.Order = MonthFirst
	case in(yearFirst):
		s.Order = YearFirst
	}
	switch {
	case in(sunday):
		s.Week = Sunday
	case in(saturday):
		s.Week = Saturday
	}
	return s
}
