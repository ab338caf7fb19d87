package config

import (
	"strings"
	"time"
)

// hours reads "22:00-7:00".
func hours(to *Hours) func(*reader, *item) {
	return func(r *reader, v *item) {
		if !r.want(v, kindString) {
			return
		}
		from, until, ok := strings.Cut(v.str, "-")
		a, erra := clock(from)
		b, errb := clock(until)
		if !ok || erra != nil || errb != nil || a == b {
			r.problem(v.at, v.key, "%q is not a part of the day such as 22:00-7:00", v.str)
			return
		}
		*to = Hours{a, b}
	}
}

func clock(s string) (time.Duration, error) {
	t, err := time.Parse("15:04", strings.TrimSpace(s))
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, err
}
