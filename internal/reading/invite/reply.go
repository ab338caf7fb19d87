package invite

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"postea/internal/mail"
)

// Answer is what somebody says to an invitation.
type Answer struct {
	As      mail.Address // who answers
	Status  string       // accepted, tentative or declined
	Comment string       // to the organizer; may be empty
	Now     time.Time
}

// The reasons why an invitation cannot be answered.
var (
	ErrNoEvent     = errors.New("there is no event in the calendar")
	ErrNoOrganizer = errors.New("the invitation does not say who organizes it")
	ErrNoUID       = errors.New("the invitation has no name (UID) that an answer could refer to")
)

// Reply makes the calendar that answers an invitation (RFC 5546 §3.2.3), with
// CRLF. What it repeats of the event is what the organizer wrote, so that his
// program knows it again. The error is ErrNoEvent, ErrNoOrganizer or ErrNoUID.
func Reply(calendar string, a Answer) (string, error) {
	var events, zones []*component
	for _, cal := range parseComponents(calendar) {
		if cal.name != "VCALENDAR" {
			continue
		}
		for _, c := range cal.kids {
			switch {
			case c.name == "VTIMEZONE":
				zones = append(zones, c)
			case c.name == "VEVENT" && len(events) < maxEvents && (events == nil || c.text("UID") == events[0].text("UID")):
				events = append(events, c)
			}
		}
	}
	switch {
	case events == nil:
		return "", ErrNoEvent
	case events[0].text("UID") == "":
		return "", ErrNoUID
	}
	w := &writer{}
	w.line("BEGIN:VCALENDAR")
	w.line("VERSION:2.0")
	w.line("PRODID:-//postea//EN")
	w.line("METHOD:REPLY")
	used := map[string]bool{}
	for _, e := range events {
		for _, p := range e.props {
			used[p.params["TZID"]] = true
		}
	}
	for _, z := range zones {
		if used[z.text("TZID")] {
			w.component(z)
		}
	}
	for _, e := range events {
		if _, ok := e.prop("ORGANIZER"); !ok {
			return "", ErrNoOrganizer
		}
		w.answer(e, a)
	}
	w.line("END:VCALENDAR")
	return w.b.String(), nil
}

// writer writes content lines.
type writer struct{ b strings.Builder }

// line folds a content line at 75 octets (RFC 5545 §3.1).
func (w *writer) line(s string) {
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, string(utf8.RuneError)))
	for room := 75; len(s) > room; room = 74 {
		cut := room
		for !utf8.RuneStart(s[cut]) {
			cut--
		}
		w.b.WriteString(s[:cut] + "\r\n ")
		s = s[cut:]
	}
	w.b.WriteString(s + "\r\n")
}

func (w *writer) property(p property) {
	var b strings.Builder
	b.WriteString(p.name)
	for _, name := range slices.Sorted(maps.Keys(p.params)) {
		b.WriteString(";" + name + "=" + paramText(p.params[name]))
	}
	w.line(b.String() + ":" + p.value)
}

// paramText quotes a value that needs it (RFC 5545 §3.2). Quotes in it cannot
// be said.
func paramText(s string) string {
	s = strings.ReplaceAll(s, `"`, "'")
	if strings.ContainsAny(s, ":;,") {
		return `"` + s + `"`
	}
	return s
}

func (w *writer) component(c *component) {
	w.line("BEGIN:" + c.name)
	for _, p := range c.props {
		w.property(p)
	}
	for _, k := range c.kids {
		w.component(k)
	}
	w.line("END:" + c.name)
}

// answer writes the event with the one attendee who answers.
func (w *writer) answer(e *component, a Answer) {
	w.line("BEGIN:VEVENT")
	w.line("DTSTAMP:" + a.Now.UTC().Format("20060102T150405Z"))
	for _, name := range []string{"UID", "SEQUENCE", "RECURRENCE-ID", "ORGANIZER", "SUMMARY", "DTSTART", "DTEND", "DURATION", "LOCATION"} {
		if p, ok := e.prop(name); ok {
			w.property(p)
		}
	}
	me := property{name: "ATTENDEE", value: "mailto:" + a.As.Address, params: map[string]string{"PARTSTAT": strings.ToUpper(a.Status)}}
	for _, p := range e.props {
		if p.name == "ATTENDEE" && person(p).Same(a.As) {
			me.value = p.value
		}
	}
	if a.As.Name != "" {
		me.params["CN"] = a.As.Name
	}
	w.property(me)
	if a.Comment != "" {
		w.line("COMMENT:" + escape(a.Comment))
	}
	w.line("END:VEVENT")
}

// escape does RFC 5545 §3.3.11.
func escape(s string) string {
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`).Replace(s)
}
