package inbox

import (
	"strings"

	"postea/internal/app"
)

// plain writes a row for a screen reader: its state in words, then who and what,
// then the rest in the order of use.
func (d *drawing) plain() {
	r := d.row
	var labels []string
	for _, l := range r.Labels {
		labels = append(labels, l.String())
	}
	d.PlainRow(d.cursor,
		said(d.marked, "selected"), said(r.Failed, "not delivered"), said(r.Unread, "unread"), said(r.Pinned, "pinned"), said(r.Returned, "back again"),
		r.Who.String(), r.Subject.String(), d.Look.Dates.Short(r.Date, d.Now), said(r.Count > 1, app.Counted(r.Count, "message")),
		said(r.Attachments, "attachments"), said(r.Starred, "starred"), said(r.Answered, "answered"), said(r.Muted, "muted"),
		said(len(labels) > 0, "labels "+strings.Join(labels, " and ")), said(r.Where.String() != "", "in "+r.Where.String()), r.Snippet.String())
}

// said is what is said where it holds.
func said(holds bool, words string) string {
	if holds {
		return words
	}
	return ""
}
