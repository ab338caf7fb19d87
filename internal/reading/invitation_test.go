package reading

import "testing"

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
