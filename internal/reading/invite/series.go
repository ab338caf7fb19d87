package invite

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"postea/internal/when"
)

const (
	maxDates = 500 // kept of EXDATE, and of RDATE
	maxTold  = 6   // dates and changes that are told one by one; the latest, as those have yet to come
)

// dates reads the values of a property that lists moments (RFC 5545 §3.8.5.1, §3.8.5.2),
// in the order of time. Of a period its beginning is read.
func (z zones) dates(c *component, name string) []Moment {
	var out []Moment
	for _, p := range c.props {
		if p.name != name {
			continue
		}
		for value := range strings.SplitSeq(p.value, ",") {
			one := p
			one.value, _, _ = strings.Cut(value, "/")
			if m := z.moment(one); !m.IsZero() && len(out) < maxDates {
				out = append(out, m)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Moment) int { return a.Time.Compare(b.Time) })
	return out
}

// master puts the event that stands for the whole series before its instances, where
// a calendar has it behind them.
func master(events []Event) {
	if len(events) == 0 || events[0].Instance.IsZero() {
		return
	}
	for i, e := range events {
		if e.UID == events[0].UID && e.Instance.IsZero() {
			copy(events[1:i+1], events[:i])
			events[0] = e
			return
		}
	}
}

// Exceptions says on which days of a series the event does not take place, and on which
// it does besides; "" where there are none.
func (e Event) Exceptions(style when.Style) string {
	var parts []string
	for _, x := range []struct {
		word string
		at   []Moment
	}{{"also on ", e.Also}, {"not on ", e.Except}} {
		if days := e.days(x.at, style); len(days) > 0 {
			parts = append(parts, x.word+list(latest(days, "day")))
		}
	}
	return strings.Join(parts, ", ")
}

// days names moments of the series by their days, and by the hour too where that is
// not the usual one.
func (e Event) days(at []Moment, style when.Style) []string {
	var out []string
	for _, m := range at {
		t := m.Time
		if !m.Date && !m.Floating && !e.Start.IsZero() {
			t = t.In(e.Start.Time.Location())
		}
		s := day(t, style)
		if clock := style.Clock(t); !m.Date && !e.Start.Date && clock != style.Clock(e.Start.Time) {
			s += ", " + clock
		}
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// latest keeps the last of a list that is told in full to its reader.
func latest(lines []string, what string) []string {
	n := len(lines) - maxTold
	if n <= 0 {
		return lines
	}
	return append(slices.Clone(lines[n:]), plural(n, "earlier "+what))
}

// OfSeries says which instance of a series the event is about; "" for all of it.
func (e Event) OfSeries(reader *time.Location, style when.Style) string {
	if e.Instance.IsZero() {
		return ""
	}
	which := "this one of a series only"
	if e.Following {
		which = "this one of a series and all that follow"
	}
	if was := (Event{Start: e.Instance}).When(reader, style); !e.Start.IsZero() && !e.Instance.Time.Equal(e.Start.Time) {
		return which + ", which was to be on " + strings.TrimSuffix(was, ", all day")
	}
	return which
}

// Changes says of each instance of the first event's series that has its own entry how
// it differs, the earliest first; others counts the further events, of other series.
func (inv *Invitation) Changes(reader *time.Location, style when.Style) (lines []string, others int) {
	first := inv.Events[0]
	var own []Event
	for _, e := range inv.Events[1:] {
		if e.Instance.IsZero() || e.UID != first.UID {
			others++
			continue
		}
		own = append(own, e)
	}
	slices.SortStableFunc(own, func(a, b Event) int { return a.Instance.Time.Compare(b.Instance.Time) })
	for _, e := range own {
		lines = append(lines, e.change(first, inv.Method == "CANCEL", reader, style))
	}
	return latest(lines, "change"), others
}

// change says how an instance differs from its series.
func (e Event) change(series Event, cancelled bool, reader *time.Location, style when.Style) string {
	was := strings.TrimSuffix((Event{Start: e.Instance}).When(reader, style), ", all day")
	if e.Cancelled || cancelled {
		return was + ": cancelled"
	}
	var what []string
	if e.moved(series) {
		what = append(what, "instead "+e.When(reader, style))
	}
	if e.Summary != series.Summary && e.Summary != "" {
		what = append(what, fmt.Sprintf("“%s”", e.Summary))
	}
	if e.Location != series.Location && e.Location != "" {
		what = append(what, "at "+e.Location)
	}
	if len(what) == 0 {
		what = []string{"changed"}
	}
	if e.Following {
		was += " and all that follow"
	}
	return was + ": " + strings.Join(what, ", ")
}

// moved tells that an instance begins at another time than in the series, or is longer
// or shorter.
func (e Event) moved(series Event) bool {
	if e.Start.IsZero() {
		return false
	}
	length := func(e Event) time.Duration {
		if e.End.IsZero() {
			return 0
		}
		return e.End.Time.Sub(e.Start.Time)
	}
	return !e.Start.Time.Equal(e.Instance.Time) || length(e) != length(series)
}
