package invite

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"postea/internal/when"
)

const weekly = "DTSTART;TZID=W. Europe Standard Time:20261201T100000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY"

// Dates that a series leaves out are told, whatever form they have.
func TestExceptions(t *testing.T) {
	var many strings.Builder
	for i := range 9 {
		fmt.Fprintf(&many, "\nEXDATE;TZID=W. Europe Standard Time:%sT100000", time.Date(2026, 12, 8+7*i, 0, 0, 0, 0, time.UTC).Format("20060102"))
	}
	for name, c := range map[string][2]string{
		"none":           {weekly, ""},
		"two in one":     {weekly + "\nEXDATE;TZID=W. Europe Standard Time:20261215T100000,20261208T100000", "not on Tue, 8 Dec 2026 and Tue, 15 Dec 2026"},
		"in UTC":         {weekly + "\nEXDATE:20261208T090000Z", "not on Tue, 8 Dec 2026"},
		"the day":        {weekly + "\nEXDATE;VALUE=DATE:20261208", "not on Tue, 8 Dec 2026"},
		"twice":          {weekly + "\nEXDATE;VALUE=DATE:20261208\nEXDATE:20261208T090000Z", "not on Tue, 8 Dec 2026"},
		"another hour":   {weekly + "\nEXDATE:20261208T110000Z", "not on Tue, 8 Dec 2026, 12:00"},
		"whole days":     {"DTSTART;VALUE=DATE:20261201\nRRULE:FREQ=DAILY\nEXDATE;VALUE=DATE:20261203", "not on Thu, 3 Dec 2026"},
		"further":        {weekly + "\nRDATE;VALUE=PERIOD:20261210T090000Z/PT1H\nEXDATE:20261208T090000Z", "also on Thu, 10 Dec 2026, not on Tue, 8 Dec 2026"},
		"nonsense":       {weekly + "\nEXDATE:,soon,\nRDATE:", ""},
		"more than told": {weekly + many.String(), "not on Tue, 29 Dec 2026, Tue, 5 Jan 2027, Tue, 12 Jan 2027, Tue, 19 Jan 2027, Tue, 26 Jan 2027, Tue, 2 Feb 2027 and 3 earlier days"},
	} {
		if got := Read(calendar(c[0]), "").Events[0].Exceptions(when.Style{}); got != c[1] {
			t.Errorf("%s: %q, want %q", name, got, c[1])
		}
	}
	if e := Read(calendar(weekly+strings.Repeat("\nEXDATE:20261208T090000Z,20261209T090000Z", 5000)), "").Events[0]; len(e.Except) != maxDates {
		t.Errorf("%d dates", len(e.Except))
	}
}

// An invitation to one instance of a series says which.
func TestInstance(t *testing.T) {
	for name, c := range map[string][2]string{
		"all":      {weekly, ""},
		"in place": {"DTSTART:20261208T100000Z\nRECURRENCE-ID:20261208T100000Z", "this one of a series only"},
		"moved":    {"DTSTART:20261209T100000Z\nRECURRENCE-ID:20261208T100000Z", "this one of a series only, which was to be on Tue, 8 Dec 2026, 10:00"},
		"a day":    {"DTSTART;VALUE=DATE:20261209\nRECURRENCE-ID;VALUE=DATE:20261208", "this one of a series only, which was to be on Tue, 8 Dec 2026"},
		"from it":  {"DTSTART:20261208T100000Z\nRECURRENCE-ID;RANGE=THISANDFUTURE:20261208T100000Z", "this one of a series and all that follow"},
	} {
		if got := Read(calendar(c[0]), "").Events[0].OfSeries(nil, when.Style{}); got != c[1] {
			t.Errorf("%s: %q, want %q", name, got, c[1])
		}
	}
}

// The instances of a series that have an entry of their own are told with it, also
// where they stand before it.
func TestChanges(t *testing.T) {
	next := "\nEND:VEVENT\nBEGIN:VEVENT\nUID:u1\n"
	series := "SUMMARY:Planning\nLOCATION:Room 3\nDTSTART:20261201T100000Z\nDTEND:20261201T110000Z\nRRULE:FREQ=WEEKLY"
	inv := Read(calendar("RECURRENCE-ID:20261222T100000Z\nDTSTART:20261222T100000Z\nDTEND:20261222T110000Z\nSTATUS:CANCELLED"+next+series+next+
		"SUMMARY:Planning\nLOCATION:Room 9\nRECURRENCE-ID:20261208T100000Z\nDTSTART:20261209T100000Z\nDTEND:20261209T120000Z"+next+
		"SUMMARY:Cake\nLOCATION:Room 3\nRECURRENCE-ID:20261215T100000Z\nDTSTART:20261215T100000Z\nDTEND:20261215T110000Z"+next+
		"SUMMARY:Planning\nRECURRENCE-ID:20261229T100000Z\nDTSTART:20261229T100000Z\nDTEND:20261229T110000Z"+
		"\nEND:VEVENT\nBEGIN:VEVENT\nUID:other\nDTSTART:20261229T100000Z"), "")
	got, others := inv.Changes(nil, when.Style{})
	want := []string{
		"Tue, 8 Dec 2026, 10:00: instead Wed, 9 Dec 2026, 10:00–12:00, at Room 9",
		"Tue, 15 Dec 2026, 10:00: “Cake”",
		"Tue, 22 Dec 2026, 10:00: cancelled",
		"Tue, 29 Dec 2026, 10:00: changed",
	}
	if !reflect.DeepEqual(got, want) || others != 1 || inv.Events[0].Recurrence != "weekly" || len(inv.Events) != 6 {
		t.Errorf("%q, %d others, first %+v", got, others, inv.Events[0])
	}

	several := Read(strings.Replace(calendar("RECURRENCE-ID:20261208T100000Z\nDTSTART:20261208T100000Z"+next+"RECURRENCE-ID:20261215T100000Z\nDTSTART:20261215T100000Z"), "REQUEST", "CANCEL", 1), "")
	if got, others := several.Changes(nil, when.Style{}); !reflect.DeepEqual(got, []string{"Tue, 15 Dec 2026, 10:00: cancelled"}) || others != 0 {
		t.Errorf("%q %d", got, others)
	}
	long := Read(calendar(series+strings.Repeat(next+"RECURRENCE-ID:20261208T100000Z", 90)), "")
	if got, _ := long.Changes(nil, when.Style{}); len(got) != maxTold+1 || got[maxTold] != "84 earlier changes" {
		t.Errorf("%q", got)
	}
}
