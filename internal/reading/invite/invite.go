// Package invite reads invitations: a calendar in a mail (iMIP, RFC 6047;
// iTIP, RFC 5546; iCalendar, RFC 5545), and says in words when an event takes
// place.
//
// Input is hostile: its size, depth and counts are bounded, recurrences are
// told and never expanded. Strings are true, not safe for a screen.
package invite

import (
	"strconv"
	"strings"
	"time"

	"postea/internal/mail"
)

const (
	maxEvents    = 100
	maxAttendees = 1000
)

// Invitation is a calendar object with the method it was sent for.
type Invitation struct {
	Method string // REQUEST, CANCEL, REPLY, COUNTER, PUBLISH, …; "" if there is none
	Events []Event
}

// Event is something that takes place, or one instance of it that was changed.
type Event struct {
	UID         string
	Sequence    int
	Summary     string
	Location    string
	Description string
	URL         string
	Start, End  Moment
	Recurrence  string   // in words, "" if it takes place once
	Also        []Moment // further days of the series (RDATE)
	Except      []Moment // days that the series leaves out (EXDATE)
	Instance    Moment   // which instance of a series this is about; zero for all
	Following   bool     // and all instances after it
	Cancelled   bool
	Organizer   Person
	Attendees   []Person
}

// Person is somebody who organises or takes part.
type Person struct {
	mail.Address
	Status   string // PARTSTAT in lower case: accepted, declined, tentative, needs-action, …
	Optional bool   // need not come
	Reply    bool   // is asked to answer (RSVP)
}

// Read reads a calendar; nil if there is no event in it. method is the
// parameter of the Content-Type, which counts where the calendar has none.
func Read(calendar, method string) *Invitation {
	inv := &Invitation{}
	for _, cal := range parseComponents(calendar) {
		if cal.name != "VCALENDAR" {
			continue
		}
		if m := strings.ToUpper(cal.text("METHOD")); m != "" && inv.Method == "" {
			inv.Method = m
		}
		zones := readZones(cal)
		for _, c := range cal.kids {
			if c.name == "VEVENT" && len(inv.Events) < maxEvents {
				inv.Events = append(inv.Events, readEvent(c, zones))
			}
		}
	}
	if len(inv.Events) == 0 {
		return nil
	}
	master(inv.Events)
	if inv.Method == "" {
		inv.Method = strings.ToUpper(strings.TrimSpace(method))
	}
	return inv
}

func readEvent(c *component, zones zones) Event {
	e := Event{
		UID: c.text("UID"), Summary: c.text("SUMMARY"), Location: c.text("LOCATION"), Description: c.text("DESCRIPTION"), URL: c.text("URL"),
		Cancelled: strings.EqualFold(c.text("STATUS"), "CANCELLED"),
	}
	e.Sequence, _ = strconv.Atoi(c.text("SEQUENCE"))
	if p, ok := c.prop("DTSTART"); ok {
		e.Start = zones.moment(p)
	}
	if p, ok := c.prop("DTEND"); ok {
		e.End = zones.moment(p)
	} else if d, ok := parseDuration(c.text("DURATION")); ok && !e.Start.IsZero() {
		e.End = e.Start
		e.End.Time = e.Start.Time.Add(d)
	}
	if e.End.Time.Before(e.Start.Time) {
		e.End = Moment{}
	}
	if p, ok := c.prop("RECURRENCE-ID"); ok {
		e.Instance = zones.moment(p)
		e.Following = strings.EqualFold(p.params["RANGE"], "THISANDFUTURE")
	}
	e.Also, e.Except = zones.dates(c, "RDATE"), zones.dates(c, "EXDATE")
	if p, ok := c.prop("RRULE"); ok {
		e.Recurrence = describeRule(p.value, e.Start)
	}
	if p, ok := c.prop("ORGANIZER"); ok {
		e.Organizer = person(p)
	}
	for _, p := range c.props {
		if p.name == "ATTENDEE" && len(e.Attendees) < maxAttendees {
			e.Attendees = append(e.Attendees, person(p))
		}
	}
	return e
}

func person(p property) Person {
	address := strings.TrimSpace(p.value)
	if len(address) > 7 && strings.EqualFold(address[:7], "mailto:") {
		address = address[7:]
	} else if email := p.params["EMAIL"]; email != "" {
		address = email
	}
	role := strings.ToUpper(p.params["ROLE"])
	return Person{
		Address:  mail.Address{Name: strings.ToValidUTF8(decodeCaret(p.params["CN"]), "\ufffd"), Address: address},
		Status:   strings.ToLower(p.params["PARTSTAT"]),
		Optional: role == "OPT-PARTICIPANT" || role == "NON-PARTICIPANT",
		Reply:    strings.EqualFold(p.params["RSVP"], "TRUE"),
	}
}

// decodeCaret undoes RFC 6868.
func decodeCaret(s string) string {
	return strings.NewReplacer("^n", "\n", "^^", "^", "^'", `"`).Replace(s)
}

// parseDuration reads RFC 5545 §3.3.6.
func parseDuration(s string) (time.Duration, bool) {
	rest, ok := strings.CutPrefix(strings.TrimPrefix(s, "+"), "P")
	if !ok {
		return 0, false
	}
	var total time.Duration
	n, digits := 0, 0
	for _, c := range rest {
		switch {
		case c >= '0' && c <= '9' && digits < 6:
			n, digits = n*10+int(c-'0'), digits+1
			continue
		case c == 'T':
		case c == 'W' || c == 'D' || c == 'H' || c == 'M' || c == 'S':
			unit := map[rune]time.Duration{'W': 7 * 24 * time.Hour, 'D': 24 * time.Hour, 'H': time.Hour, 'M': time.Minute, 'S': time.Second}[c]
			total += time.Duration(n) * unit
		default:
			return 0, false
		}
		n, digits = 0, 0
	}
	return total, true
}
