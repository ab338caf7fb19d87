package main

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/internal/when"
)

// printMessage prints what the reader shows: the header, one quiet line for
// each thing to know about the message, the body, the files, and what was
// wrong with it.
func (e *env) printMessage(m *reading.Message, width int) {
	h := m.Header
	field := func(name, value string) {
		if value = app.SafeLine(value); value != "" {
			e.print("%s", name+": "+value)
		}
	}
	field("From", mail.FormatAddresses(h.From))
	field("To", mail.FormatAddresses(h.To))
	field("Cc", mail.FormatAddresses(h.Cc))
	field("Bcc", mail.FormatAddresses(h.Bcc))
	if !h.Date.IsZero() {
		field("Date", h.Date.Format("Mon, 2 Jan 2006 15:04 -0700"))
	} else if !h.Received.IsZero() {
		field("Received", h.Received.Format("Mon, 2 Jan 2006 15:04 -0700"))
	}
	field("Subject", h.Subject)
	for _, l := range aboutMessage(m) {
		field(l[0], l[1])
	}
	e.print("")
	o := reading.LayoutOptions{Graphemes: true}
	for _, line := range m.Lines(width, o) {
		e.print("%s", line.String())
	}
	if len(m.Attachments) > 0 {
		e.print("")
		for _, a := range m.Attachments {
			name := app.SafeLine(a.Name)
			if name == "" {
				name = a.SafeName()
			}
			size := byteSize(a.Size)
			if a.Away {
				size = "about " + size + ", at the server"
			}
			e.print("attachment %d: %s (%s, %s)", a.Index, name, app.SafeLine(a.Type), size)
		}
	}
	if len(m.Defects) > 0 {
		e.print("")
		e.print("%s", "damaged: "+app.SafeLine(strings.Join(m.Defects, "; ")))
	}
}

// maxReasonShown is how much of a server's words a line about a report takes,
// in cells.
const maxReasonShown = 160

// aboutMessage gives name and value of the lines below the header fields.
func aboutMessage(m *reading.Message) [][2]string {
	var out [][2]string
	add := func(name, value string) { out = append(out, [2]string{name, value}) }
	for _, w := range m.Sender(reading.TrustOptions{}).Warnings {
		add("Beware", w.Words.String())
	}
	add("Protection", m.Protection().Words().String())
	if inv := m.Invitation(time.Local, when.Style{}); inv != nil {
		add("Event", inv.Title.String())
		when := inv.When.String()
		if r := inv.Repeats.String(); r != "" {
			when += ", " + r
		}
		add("When", when)
		add("Series", inv.Series.String())
		for _, change := range inv.Changes {
			add("Changed", change.String())
		}
		add("Where", inv.Where.String())
		add("Organizer", inv.Organizer.String())
	}
	if r := m.Report(); r != nil {
		for i, to := range r.Recipients {
			if i == 10 {
				add("Report", fmt.Sprintf("%d more recipients", len(r.Recipients)-i))
				break
			}
			add("Report", reportWords(to))
		}
	}
	if l := m.List(); l != nil {
		add("List", listWords(l))
	}
	return out
}

func reportWords(to reading.ReportRecipient) string {
	words := to.Action + " for " + to.Address
	switch {
	case to.Reason != "":
		words += ": " + to.Reason
	case to.Text != "":
		words += ": " + ansi.Truncate(to.Text, maxReasonShown, "…")
	}
	if to.Status != "" {
		words += " (" + to.Status + ")"
	}
	return words
}

// listWords says which list it is and how to leave it, without the addresses
// that tell the list who has done so.
func listWords(l *reading.List) string {
	words := l.Name.String()
	how := ""
	switch {
	case l.OneClick != "":
		how = "can be left with one click"
	case len(l.Unsubscribe) > 0:
		how = "can be left by mail"
		if u, err := url.Parse(l.Unsubscribe[0]); err == nil && u.Host != "" {
			how = "can be left at " + u.Hostname()
		}
	}
	if words == "" || how == "" {
		return words + how
	}
	return words + ", " + how
}
