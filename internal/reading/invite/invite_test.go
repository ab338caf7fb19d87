package invite

import (
	"strings"
	"testing"
	"time"

	"postea/internal/when"
)

const berlin = `BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
`

func calendar(event string) string {
	return strings.ReplaceAll("BEGIN:VCALENDAR\nMETHOD:REQUEST\n"+berlin+"BEGIN:VEVENT\nUID:u1\n"+event+"\nEND:VEVENT\nEND:VCALENDAR\n", "\n", "\r\n")
}

func TestRead(t *testing.T) {
	inv := Read(calendar(`SUMMARY;LANGUAGE=de:Planung\, Teil 2 – mit einem lan
 gen Namen
DTSTART;TZID="W. Europe Standard Time":20261201T100000
DTEND;TZID=W. Europe Standard Time:20261201T113000
LOCATION:Raum 3
DESCRIPTION:eins\nzwei\;
SEQUENCE:2
ORGANIZER;CN="Hopper; Grace":MAILTO:grace@example.org
ATTENDEE;CN=Ada ^'L^';ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:ada@example.org
ATTENDEE;ROLE=OPT-PARTICIPANT;PARTSTAT=ACCEPTED:mailto:tom@example.org
RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;COUNT=10`), "")
	if inv == nil || inv.Method != "REQUEST" || len(inv.Events) != 1 {
		t.Fatalf("got %+v", inv)
	}
	e := inv.Events[0]
	if e.Summary != "Planung, Teil 2 – mit einem langen Namen" || e.Location != "Raum 3" || e.Description != "eins\nzwei;" || e.Sequence != 2 {
		t.Errorf("texts: %+v", e)
	}
	if e.Organizer.Name != "Hopper; Grace" || e.Organizer.Address.Address != "grace@example.org" {
		t.Errorf("organizer: %+v", e.Organizer)
	}
	ada, tom := e.Attendees[0], e.Attendees[1]
	if ada.Name != `Ada "L"` || ada.Status != "needs-action" || !ada.Reply || ada.Optional || !tom.Optional || tom.Status != "accepted" {
		t.Errorf("attendees: %+v", e.Attendees)
	}
	if e.Recurrence != "every 2 weeks on Tuesday and Thursday, 10 times" {
		t.Errorf("recurrence: %q", e.Recurrence)
	}
}

func TestWhen(t *testing.T) {
	newYork := time.FixedZone("EST", -5*3600)
	cet := time.FixedZone("CET", 3600)
	tests := []struct {
		name, in string
		reader   *time.Location
		want     string
	}{
		{"winter", "DTSTART;TZID=W. Europe Standard Time:20261201T100000\nDTEND;TZID=W. Europe Standard Time:20261201T113000", cet, "Tue, 1 Dec 2026, 10:00–11:30"},
		{"elsewhere", "DTSTART;TZID=W. Europe Standard Time:20261201T100000\nDURATION:PT1H30M", newYork, "Tue, 1 Dec 2026, 10:00–11:30 W. Europe Standard Time, here Tue, 1 Dec 2026, 04:00–05:30"},
		{"summer", "DTSTART;TZID=W. Europe Standard Time:20260701T100000", time.UTC, "Wed, 1 Jul 2026, 10:00 W. Europe Standard Time, here Wed, 1 Jul 2026, 08:00"},
		{"the day the clocks change", "DTSTART;TZID=W. Europe Standard Time:20261025T100000", time.UTC, "Sun, 25 Oct 2026, 10:00 W. Europe Standard Time, here Sun, 25 Oct 2026, 09:00"},
		{"the day before", "DTSTART;TZID=W. Europe Standard Time:20261024T100000", time.UTC, "Sat, 24 Oct 2026, 10:00 W. Europe Standard Time, here Sat, 24 Oct 2026, 08:00"},
		{"utc", "DTSTART:20261201T100000Z\nDTEND:20261201T110000Z", cet, "Tue, 1 Dec 2026, 11:00–12:00"},
		{"floating", "DTSTART:20261201T100000", cet, "Tue, 1 Dec 2026, 10:00"},
		{"unknown zone", "DTSTART;TZID=Mars/Olympus:20261201T100000", cet, "Tue, 1 Dec 2026, 10:00 in the zone “Mars/Olympus”"},
		{"all day", "DTSTART;VALUE=DATE:20261201\nDTEND;VALUE=DATE:20261202", cet, "Tue, 1 Dec 2026, all day"},
		{"all day, so long", "DTSTART;VALUE=DATE:20261201\nDURATION:P2D", cet, "Tue, 1 Dec 2026 – Wed, 2 Dec 2026"},
		{"all day, no end", "DTSTART;VALUE=DATE:20261201", nil, "Tue, 1 Dec 2026, all day"},
		{"days", "DTSTART:20261201\nDTEND:20261204", cet, "Tue, 1 Dec 2026 – Thu, 3 Dec 2026"},
		{"over midnight", "DTSTART:20261201T220000Z\nDTEND:20261202T010000Z", time.UTC, "Tue, 1 Dec 2026, 22:00 – Wed, 2 Dec 2026, 01:00"},
		{"end before start", "DTSTART:20261201T220000Z\nDTEND:20261101T010000Z", nil, "Tue, 1 Dec 2026, 22:00"},
		{"no start", "SUMMARY:x", nil, ""},
		{"nonsense", "DTSTART:soon", nil, ""},
	}
	for _, tt := range tests {
		inv := Read(calendar(tt.in), "")
		if got := inv.Events[0].When(tt.reader, when.Style{}); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestWhenInTheStyleOfTheReader(t *testing.T) {
	inv := Read(calendar("DTSTART:20261201T220000Z\nDTEND:20261202T010000Z"), "")
	style := when.Style{Hour12: true, Order: when.MonthFirst}
	if got, want := inv.Events[0].When(nil, style), "Tue, Dec 1, 2026, 10:00 PM – Wed, Dec 2, 2026, 1:00 AM"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestRecurrence(t *testing.T) {
	start := Moment{Time: time.Date(2026, 12, 1, 10, 0, 0, 0, time.UTC)}
	for rule, want := range map[string]string{
		"FREQ=DAILY":                        "daily",
		"FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR":  "weekly on weekdays",
		"FREQ=MONTHLY;BYDAY=2TU":            "monthly on the second Tuesday",
		"FREQ=MONTHLY;BYDAY=FR;BYSETPOS=-1": "monthly on the last Friday",
		"FREQ=MONTHLY;BYMONTHDAY=15,-1":     "monthly on day 15, last",
		"FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU":  "yearly on the last Sunday in March",
		"FREQ=YEARLY;INTERVAL=4":            "every 4 years",
		"FREQ=DAILY;UNTIL=20270101T000000Z": "daily, until 1 Jan 2027",
		"FREQ=DAILY;COUNT=1":                "daily, 1 time",
		"FREQ=WEEKLY;BYHOUR=1,2":            "weekly and more",
		"FREQ=NEVER":                        "repeats",
		"":                                  "repeats",
	} {
		if got := describeRule(rule, start); got != want {
			t.Errorf("%s: %q, want %q", rule, got, want)
		}
	}
}

func TestReadDamaged(t *testing.T) {
	for name, in := range map[string]string{
		"empty": "", "no calendar": "BEGIN:VEVENT\nSUMMARY:x\nEND:VEVENT", "no event": "BEGIN:VCALENDAR\nEND:VCALENDAR",
		"deep": strings.Repeat("BEGIN:VCALENDAR\n", 10_000), "ends": strings.Repeat("END:VCALENDAR\n", 1000), "no name": ":::\n;;;\n",
	} {
		if inv := Read(in, "REQUEST"); inv != nil {
			t.Errorf("%s: %+v", name, inv)
		}
	}
	inv := Read("BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY;X=\"unclosed:a\nUID:1\nATTENDEE:\xff\nORGANIZER;CN:x", "reply")
	if inv == nil || inv.Method != "REPLY" || inv.Events[0].UID != "1" {
		t.Errorf("cut: %+v", inv)
	}
	many := Read("BEGIN:VCALENDAR\n"+strings.Repeat("BEGIN:VEVENT\nEND:VEVENT\n", 5000), "")
	if len(many.Events) != maxEvents {
		t.Errorf("%d events", len(many.Events))
	}
}

func FuzzRead(f *testing.F) {
	f.Add(calendar("SUMMARY:a\nDTSTART;TZID=W. Europe Standard Time:20261201T100000\nDURATION:P1DT2H\nRRULE:FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20270101T000000Z\nATTENDEE;CN=\"a\":mailto:b@c.example"))
	f.Add(calendar("DTSTART;VALUE=DATE:20261201\nDTEND:20261204"))
	f.Add("BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:x\nBEGIN:STANDARD\nDTSTART:99990101T000000\nTZOFFSETTO:-1400\nRRULE:FREQ=YEARLY;BYDAY=5MO;BYMONTH=99\nEND:STANDARD\nEND:VTIMEZONE\nBEGIN:VEVENT\nDTSTART;TZID=x:00010101T000000")
	f.Fuzz(func(t *testing.T, s string) {
		inv := Read(s, "REQUEST")
		if inv == nil {
			return
		}
		if len(inv.Events) == 0 || len(inv.Events) > maxEvents {
			t.Errorf("%d events", len(inv.Events))
		}
		if lines, others := inv.Changes(time.Local, when.Style{}); len(lines) > maxTold+1 || others >= len(inv.Events) {
			t.Errorf("%d changes, %d others", len(lines), others)
		}
		for _, e := range inv.Events {
			if !e.End.IsZero() && e.End.Time.Before(e.Start.Time) {
				t.Errorf("ends before it starts: %v %v", e.Start, e.End)
			}
			if e.Exceptions(when.Style{}); len(e.OfSeries(time.Local, when.Style{})) > 4*len(s)+400 {
				t.Error("a series too long")
			}
			if len(e.Recurrence) > 4000 || len(e.When(time.Local, when.Style{})) > 4*len(s)+400 {
				t.Errorf("too long: %q", e.Recurrence)
			}
		}
	})
}

// A parameter may have several values, each in quotes.
func TestSeveralValues(t *testing.T) {
	inv := Read("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nATTENDEE;MEMBER=\"mailto:all@x.example\",\"mailto:staff@x.example\";PARTSTAT=ACCEPTED;CN=Ada:mailto:ada@example.org\nEND:VEVENT\nEND:VCALENDAR", "REQUEST")
	if p := inv.Events[0].Attendees; len(p) != 1 || p[0].Address.Address != "ada@example.org" || p[0].Status != "accepted" || p[0].Name != "Ada" {
		t.Errorf("%+v", p)
	}
}
