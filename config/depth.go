package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Depth is how far back the folders of an account are kept here. What is older
// stays at the server, where it is searched and fetched on request. The zero
// value is everything.
type Depth struct {
	Newest int // so many messages of each folder; 0: not by number
	Months int // or those that came since then, with Days
	Days   int
}

// fewest is the smallest number of messages: folders of as many come in one go.
const fewest = 500

// ParseDepth reads "all", a number of messages, or a time as "2y", "6mo", "8w"
// or "90d".
func ParseDepth(s string) (Depth, error) {
	fault := fmt.Errorf(`%q is none of "all", a number of messages from %d on, and a time like "2y", "6mo", "8w" or "90d"`, s, fewest)
	if s == "all" {
		return Depth{}, nil
	}
	digits := strings.TrimRight(s, "dmowy")
	n, err := strconv.Atoi(digits)
	if err != nil || n < 1 || n > 1e9 {
		return Depth{}, fault
	}
	const longest = 100 // years
	unit := s[len(digits):]
	if limit := map[string]int{"y": longest, "mo": 12 * longest, "w": 53 * longest, "d": 366 * longest, "": 1e9}[unit]; n > limit {
		return Depth{}, fault
	}
	switch unit {
	case "":
		if n < fewest {
			return Depth{}, fault
		}
		return Depth{Newest: n}, nil
	case "y":
		return Depth{Months: 12 * n}, nil
	case "mo":
		return Depth{Months: n}, nil
	case "w":
		return Depth{Days: 7 * n}, nil
	}
	return Depth{Days: n}, nil
}

// String is what ParseDepth reads.
func (d Depth) String() string {
	switch {
	case d.Newest > 0:
		return strconv.Itoa(d.Newest)
	case d.Days > 0:
		return fmt.Sprintf("%dd", d.Days)
	case d.Months > 0 && d.Months%12 == 0:
		return fmt.Sprintf("%dy", d.Months/12)
	case d.Months > 0:
		return fmt.Sprintf("%dmo", d.Months)
	}
	return "all"
}

// All tells whether nothing is left at the server.
func (d Depth) All() bool { return d == Depth{} }

// Since is the time from which on messages are kept; zero where it does not go
// by time.
func (d Depth) Since(now time.Time) time.Time {
	if d.Months == 0 && d.Days == 0 {
		return time.Time{}
	}
	return now.AddDate(0, -d.Months, -d.Days)
}

func depth(to *Depth) func(*reader, *item) {
	return func(r *reader, v *item) {
		text := v.str
		if v.kind == kindInt {
			text = strconv.FormatInt(v.num, 10)
		} else if !r.want(v, kindString) {
			return
		}
		d, err := ParseDepth(text)
		if err != nil {
			r.problem(v.at, v.key, "%v", err)
			return
		}
		*to = d
	}
}
