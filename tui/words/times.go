package words

import (
	"fmt"
	"time"
)

// Date is the short form for lists: the time today, the weekday within the
// last week, then the day, and the year where it is another one.
func Date(t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(now.Location())
	switch d := daysBetween(t, now); {
	case d == 0:
		return t.Format("15:04")
	case d > 0 && d < 7:
		return t.Format("Mon")
	case t.Year() == now.Year():
		return t.Format("2 Jan")
	}
	return t.Format("2 Jan 2006")
}

// DateTime is the longer form for headers: Today 09:41, Tue 16:02, 3 Oct 2024 16:02.
func DateTime(t, now time.Time) string {
	if t.IsZero() {
		return "no date"
	}
	t = t.In(now.Location())
	switch d := daysBetween(t, now); {
	case d == 0:
		return "Today " + t.Format("15:04")
	case d == 1:
		return "Yesterday " + t.Format("15:04")
	case d == -1:
		return "Tomorrow " + t.Format("15:04")
	case d > -7 && d < 7:
		return t.Format("Mon 15:04")
	case t.Year() == now.Year():
		return t.Format("2 Jan 15:04")
	}
	return t.Format("2 Jan 2006 15:04")
}

// daysBetween counts midnights from t to now; negative for the future.
func daysBetween(t, now time.Time) int {
	a := time.Date(t.Year(), t.Month(), t.Day(), 12, 0, 0, 0, time.UTC)
	b := time.Date(now.Year(), now.Month(), now.Day(), 12, 0, 0, 0, time.UTC)
	return int(b.Sub(a).Hours()) / 24
}

// Ago says how long ago something was: just now, 12 s ago, 4 min ago, 2 h ago, 3 days ago.
func Ago(d time.Duration) string {
	if d < 2*time.Second {
		return "just now"
	}
	return Span(d) + " ago"
}

// Span is a length of time in its largest unit, and the next one for hours: 7 s, 4 min, 2 h 11 min, 3 days.
func Span(d time.Duration) string {
	switch {
	case d < 0:
		return "0 s"
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 24*time.Hour:
		h, m := int(d.Hours()), int(d.Minutes())%60
		if m == 0 {
			return fmt.Sprintf("%d h", h)
		}
		return fmt.Sprintf("%d h %d min", h, m)
	}
	return Count(int(d.Hours())/24, "day")
}

// Left is Span rounded up to whole seconds, for something that counts down.
func Left(d time.Duration) string {
	if d > 0 && d < time.Minute {
		d = (d + time.Second - 1).Truncate(time.Second)
	}
	return Span(d)
}
