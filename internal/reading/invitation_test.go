package reading

import (
	"testing"

	"postea/internal/when"
)

// What an invitation says of its event is the text of a mail that has no other.
func TestTextOfAnInvitation(t *testing.T) {
	const calendar = "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:1\nSUMMARY:Planning\nDTSTART:20261102T100000Z\nDESCRIPTION:Dial in\\, please:\\nhttps://meet.example/abc\nURL:https://meet.example/agenda\nEND:VEVENT\nEND:VCALENDAR\n"
	const want = "Dial in, please:\nhttps://meet.example/abc\n\nhttps://meet.example/agenda"
	for _, tt := range []struct{ name, body, want string }{
		{"alone", "Content-Type: text/calendar; method=REQUEST; charset=utf-8\n\n" + calendar, want},
		{"beside nothing", "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\n \n--b\nContent-Type: text/calendar; method=REQUEST\n\n" + calendar + "--b--\n", want},
		{"beside words", "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\nwords\n--b\nContent-Type: text/calendar; method=REQUEST\n\n" + calendar + "--b--\n", "words"},
	} {
		m := Parse(crlf("Subject: x\nMIME-Version: 1.0\n" + tt.body))
		if got := m.Text(); got != tt.want && got != tt.want+"\n" {
			t.Errorf("%s: %q", tt.name, got)
		}
		if len(m.Attachments) != 1 {
			t.Errorf("%s: %+v", tt.name, m.Attachments)
		}
		if l := m.Links(LayoutOptions{}); tt.want == want && len(l) != 2 {
			t.Errorf("%s: links %+v", tt.name, l)
		}
	}
}

func TestCalendarFile(t *testing.T) {
	event := func(title string) string {
		return "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:1\nSUMMARY:" + title + "\nDTSTART:20261102T100000Z\nEND:VEVENT\nEND:VCALENDAR\n"
	}
	part := func(kind, body string) string { return "--b\nContent-Type: " + kind + "\n\n" + body }
	for _, tt := range []struct{ parts, want string }{
		{part("application/ics; name=invite.ics", event("one")), "Invitation: one"},
		{part("application/octet-stream; name=Invite.ICS", event("two")), "Invitation: two"},
		{part("application/ics; name=invite.ics", event("a")) + part("text/calendar; method=CANCEL", event("b")), "Invitation: b"},
		{part("text/calendar", event("b")) + part("application/ics", event("a")), "Invitation: b"},
		{part("application/octet-stream; name=x.bin", event("no")), ""},
	} {
		m := Parse(crlf("Subject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n" + part("text/plain", "hi\n") + tt.parts + "--b--\n"))
		got := ""
		if inv := m.Invitation(nil, when.Style{}); inv != nil {
			got = inv.Title.String()
		}
		if got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

// A series says what it leaves out and what is otherwise, and an instance which it is.
func TestInvitationToASeries(t *testing.T) {
	event := func(lines string) string { return "BEGIN:VEVENT\nUID:1\nSUMMARY:Tea\n" + lines + "\nEND:VEVENT\n" }
	series := event("DTSTART:20261201T160000Z\nRRULE:FREQ=WEEKLY\nEXDATE:20261208T160000Z")
	moved := event("RECURRENCE-ID:20261215T160000Z\nDTSTART:20261216T170000Z")
	read := func(events string) *Invitation {
		return Parse(crlf("Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\n"+events+"END:VCALENDAR\n")).Invitation(nil, when.Style{})
	}
	inv := read(series + moved)
	if inv.Repeats.String() != "weekly, not on Tue, 8 Dec 2026" || inv.Series.String() != "" || inv.More != 0 ||
		len(inv.Changes) != 1 || inv.Changes[0].String() != "Tue, 15 Dec 2026, 16:00: instead Wed, 16 Dec 2026, 17:00" {
		t.Errorf("%q %q %q", inv.Repeats, inv.Series, inv.Changes)
	}
	if inv = read(moved); inv.Series.String() != "this one of a series only, which was to be on Tue, 15 Dec 2026, 16:00" || inv.Repeats.String() != "" || len(inv.Changes) != 0 {
		t.Errorf("%q %q %q", inv.Repeats, inv.Series, inv.Changes)
	}
}
