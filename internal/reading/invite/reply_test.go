package invite

import (
	"errors"
	"strings"
	"testing"
	"time"

	"postea/internal/mail"
)

const asked = `BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VTIMEZONE
TZID:Ours
BEGIN:STANDARD
DTSTART:20000101T000000
TZOFFSETFROM:+0100
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
BEGIN:VTIMEZONE
TZID:Unused
END:VTIMEZONE
BEGIN:VEVENT
UID:one@x.example
SEQUENCE:3
RECURRENCE-ID;TZID=Ours:20261126T140000
DTSTART;TZID=Ours:20261126T150000
SUMMARY:Plan\, and cake for a very long afternoon that needs more than seventy-five octets 言葉
ORGANIZER;CN="Babbage, Charles":MAILTO:charles@x.example
ATTENDEE;CN=Ada;PARTSTAT=NEEDS-ACTION:MailTo:ADA@x.example
ATTENDEE;CN=Mary:mailto:mary@x.example
END:VEVENT
BEGIN:VEVENT
UID:two@x.example
ORGANIZER:mailto:other@x.example
END:VEVENT
END:VCALENDAR
`

var answered = time.Date(2026, 11, 24, 9, 41, 12, 0, time.UTC)

func TestReply(t *testing.T) {
	got, err := Reply(asked, Answer{As: mail.Address{Name: `Ada "the Countess" Lovelace`, Address: "ada@x.example"}, Status: "tentative", Comment: "late;\nsorry", Now: answered})
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.SplitSeq(got, "\r\n") {
		if len(line) > 75 || strings.ContainsAny(line, "\r\n") {
			t.Errorf("a line of %d: %q", len(line), line)
		}
	}
	flat := strings.ReplaceAll(got, "\r\n ", "")
	for _, want := range []string{
		"METHOD:REPLY\r\n", "UID:one@x.example\r\n", "SEQUENCE:3\r\n", "RECURRENCE-ID;TZID=Ours:20261126T140000\r\n",
		`ORGANIZER;CN="Babbage, Charles":MAILTO:charles@x.example` + "\r\n",
		"ATTENDEE;CN=Ada 'the Countess' Lovelace;PARTSTAT=TENTATIVE:MailTo:ADA@x.example\r\n",
		`COMMENT:late\;\nsorry` + "\r\n", "DTSTAMP:20261124T094112Z\r\n", "TZID:Ours\r\n", "octets 言葉\r\n",
	} {
		if !strings.Contains(flat, want) {
			t.Errorf("no %q in\n%s", want, flat)
		}
	}
	for _, not := range []string{"mary@", "two@", "Unused"} {
		if strings.Contains(flat, not) {
			t.Errorf("%q is in\n%s", not, flat)
		}
	}
	inv := Read(got, "")
	if inv == nil || inv.Method != "REPLY" || len(inv.Events) != 1 || len(inv.Events[0].Attendees) != 1 || inv.Events[0].Attendees[0].Status != "tentative" {
		t.Errorf("read again it is %+v", inv)
	}
}

func TestReplyRefuses(t *testing.T) {
	for _, tt := range []struct {
		calendar string
		want     error
	}{
		{"", ErrNoEvent},
		{"BEGIN:VCALENDAR\nBEGIN:VTODO\nEND:VTODO\nEND:VCALENDAR", ErrNoEvent},
		{"BEGIN:VCALENDAR\nBEGIN:VEVENT\nORGANIZER:mailto:a@x.example\nEND:VEVENT\nEND:VCALENDAR", ErrNoUID},
		{"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nEND:VEVENT\nEND:VCALENDAR", ErrNoOrganizer},
	} {
		if _, err := Reply(tt.calendar, Answer{Status: "accepted"}); !errors.Is(err, tt.want) {
			t.Errorf("%q: %v, want %v", tt.calendar, err, tt.want)
		}
	}
}

func FuzzReply(f *testing.F) {
	f.Add(asked, "Ada", "ada@x.example", "c")
	f.Add("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nORGANIZER;X=\"a:b\n", "A\r\nBEGIN:X", "a\nb@x", "\r\n\x00")
	f.Fuzz(func(t *testing.T, calendar, name, address, comment string) {
		got, err := Reply(calendar, Answer{As: mail.Address{Name: name, Address: address}, Status: "accepted", Comment: comment, Now: answered})
		if err != nil {
			return
		}
		if n := strings.Count(got, "\r\nBEGIN:VEVENT\r\n"); n == 0 || n != strings.Count(got, "\r\nEND:VEVENT\r\n") {
			t.Errorf("%d events in %q", n, got)
		}
		for line := range strings.SplitSeq(got, "\r\n") {
			if len(line) > 75 || strings.ContainsAny(line, "\r\n\x00") {
				t.Errorf("%q", line)
			}
		}
	})
}
