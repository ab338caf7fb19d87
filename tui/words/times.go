package words

import (
	"fmt"
	"time"

	"postea/internal/app"
	"postea/internal/when"
)

// Ago says how long ago something was: just now, 12 s ago, 4 min ago, 2 h ago, 3 days ago.
func Ago(d time.Duration) string {
	if d < 2*time.Second {
		return "just now"
	}
	return Span(d) + " ago"
}

// Since says when something was: 12 s ago; or at 09:41 where nothing is to count.
func Since(t, now time.Time, dates when.Style) string {
	if dates.Still {
		return "at " + dates.Short(t, now)
	}
	return Ago(now.Sub(t))
}

// Until says when something will be: in 7 s; or at 09:41:20 where nothing is to count.
func Until(t, now time.Time, dates when.Style) string {
	if dates.Still {
		return "at " + dates.Stamp(t, now)
	}
	return "in " + Left(t.Sub(now))
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
	return app.Counted(int(d.Hours())/24, "day")
}

// Left is Span rounded up to whole seconds, for something that counts down.
func Left(d time.Duration) string {
	if d > 0 && d < time.Minute {
		d = (d + time.Second - 1).Truncate(time.Second)
	}
	return Span(d)
}
