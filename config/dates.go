package config

import (
	"cmp"

	"postea/internal/when"
)

// DateStyle is how times are written: as set, or as the locale of the
// environment has it (POSIX: LC_ALL, LC_TIME, LANG, the first that is set).
func (u UI) DateStyle(getenv func(string) string) when.Style {
	s := when.StyleOf(cmp.Or(getenv("LC_ALL"), getenv("LC_TIME"), getenv("LANG")))
	switch u.Clock {
	case "24h":
		s.Hour12 = false
	case "12h":
		s.Hour12 = true
	}
	switch u.Dates {
	case "day":
		s.Order = when.DayFirst
	case "month":
		s.Order = when.MonthFirst
	case "iso":
		s.Order = when.YearFirst
	}
	switch u.Week {
	case "monday":
		s.Week = when.Monday
	case "sunday":
		s.Week = when.Sunday
	case "saturday":
		s.Week = when.Saturday
	}
	return s
}
