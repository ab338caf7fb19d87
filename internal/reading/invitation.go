package reading

import (
	"strings"
	"time"

	"postea/internal/reading/invite"
	"postea/internal/when"
)

// Invitation is the calendar of a message, ready to be shown. Its texts are
// safe; Source has them as they are.
type Invitation struct {
	Method    string // REQUEST, CANCEL, REPLY, COUNTER, …; "" if the sender gave none
	Title     Text   // "Invitation: Planning", "Cancelled: Planning"
	When      Text   // with the reader's clock where it differs
	Repeats   Text   // empty for an event that takes place once; with the days that are left out
	Series    Text   // which one of a series it is about; empty for all
	Changes   []Text // what is otherwise at single dates of the series
	Where     Text
	Organizer Text
	Attendees []Attendee
	More      int // further events in the same calendar, of other series

	Source *invite.Invitation
}

// Attendee is somebody who takes part.
type Attendee struct {
	Who      Text
	Status   string // accepted, declined, tentative, needs-action, …
	Optional bool
}

// Invitation reads the calendar in the message; nil if there is no event in
// it. reader is the zone of whoever reads, nil for UTC, and style how they write
// times.
func (m *Message) Invitation(reader *time.Location, style when.Style) *Invitation {
	inv := invite.Read(m.Calendar, m.method)
	if inv == nil {
		return nil
	}
	e := inv.Events[0]
	out := &Invitation{
		Method: inv.Method, Source: inv, Series: Line(e.OfSeries(reader, style)),
		Title: Line(invitationKind(inv.Method, e) + ": " + orUntitled(e.Summary)), When: Line(e.When(reader, style)), Where: Line(e.Location),
	}
	out.Repeats = Line(strings.Trim(e.Recurrence+", "+e.Exceptions(style), ", "))
	changes, others := inv.Changes(reader, style)
	for _, s := range changes {
		out.Changes = append(out.Changes, Line(s))
	}
	out.More = others
	if e.Organizer.Address.Address != "" || e.Organizer.Name != "" {
		out.Organizer = Line(e.Organizer.Address.String())
	}
	for _, a := range e.Attendees {
		out.Attendees = append(out.Attendees, Attendee{Who: Line(a.Address.String()), Status: Line(a.Status).String(), Optional: a.Optional})
	}
	return out
}

func orUntitled(s string) string {
	if s == "" {
		return "without a title"
	}
	return s
}

// invitationKind says what a method of RFC 5546 §1.4 means.
func invitationKind(method string, e invite.Event) string {
	switch {
	case method == "CANCEL" || e.Cancelled:
		return "Cancelled"
	case method == "REPLY" && len(e.Attendees) > 0:
		switch e.Attendees[0].Status {
		case "accepted":
			return "Accepted"
		case "declined":
			return "Declined"
		case "tentative":
			return "Accepted, maybe"
		}
		return "Answer"
	case method == "COUNTER":
		return "Other time proposed"
	case method == "DECLINECOUNTER":
		return "Other time declined"
	case method == "REFRESH":
		return "Asks for the invitation again"
	case method == "REQUEST" && e.Sequence > 0:
		return "Invitation, changed"
	case method == "REQUEST":
		return "Invitation"
	}
	return "Event"
}
