package bounce

import (
	"strings"
	"testing"
)

func TestRead(t *testing.T) {
	tests := []struct {
		name string
		in   Notice
		want string // "address: reason; …", "delayed " in front
	}{
		{"qmail", Notice{Text: "Hi. This is the qmail-send program.\n\n<b@x.example>:\nno mailbox here (#5.1.1)\n\n--- Below this line is a copy of the message.\n\nTo: c@x.example\n"}, "b@x.example: no mailbox here (#5.1.1)"},
		{"reason on the line", Notice{Text: "could not be delivered:\n<b@x.example>: host mx said\n    550 no\n\n<c@x.example>: 551 no"}, "b@x.example: host mx said 550 no; c@x.example: 551 no"},
		{"exchange", Notice{Text: "Your message\n  To: list@x.example\n\ndid not reach the following recipient(s):\n\nb@x.example on Thu, 1 Jan\n    The recipient name is not recognized"}, "b@x.example: on Thu, 1 Jan The recipient name is not recognized"},
		{"x.400", Notice{Text: "did not reach the following recipient(s):\n\nc=US;a= ;dda:SMTP=B@X.EXAMPLE; on Fri"}, "B@X.EXAMPLE: "},
		{"bullets", Notice{Text: "Delivery to the following recipients failed permanently:\n   * b@x.example\n   * c@x.example\n"}, "b@x.example: ; c@x.example: "},
		{"linked", Notice{Text: "Delivery has failed to these recipients or groups:\n\nb@x.example<mailto:b@x.example>\nIt was not found."}, "b@x.example: It was not found."},
		{"told twice", Notice{Text: "Delivery has failed to these recipients:\nb@x.example\nIt was not found.\n\nDiagnostic information:\n\nb@x.example\nServer returned '550 5.1.10 no'\n"}, "b@x.example: It was not found. Server returned '550 5.1.10 no'"},
		{"name that is an address", Notice{Text: "undeliverable\nb@x.example <c@x.example>: malformed"}, "c@x.example: malformed"},
		{"in a sentence", Notice{Text: "There was an error delivering your mail to <b@x.example>.\n\n550 no such user"}, "b@x.example: There was an error delivering your mail to <b@x.example>."},
		{"in the transcript", Notice{Subject: "Returned mail", Text: "   ----- Transcript of session follows -----\n>>> MAIL From:<me@y.example>\n554 <b@x.example>... Host unknown\n   ----- Unsent message follows -----\nTo: c@x.example\n"}, "b@x.example: 554 <b@x.example>... Host unknown"},
		{"the copy", Notice{Subject: "Returned mail", Text: "421 x.example... Deferred\n   ----- Unsent message follows -----\nReceived: by y\nTo: b@x.example\n\nhi"}, "b@x.example: 421 x.example... Deferred"},
		{"the copy to two", Notice{Subject: "Returned mail", Text: "421 Deferred\n   ----- Unsent message follows -----\nTo: b@x.example, c@x.example\n\nhi"}, ""},
		{"user of the system", Notice{From: "daemon@x.example", Text: "Mail to the following recipients could not be delivered\n\n\tbob\n"}, "bob@x.example: "},
		{"header names it", Notice{Failed: []string{"b@x.example"}, Text: "Sorry."}, "b@x.example: "},
		{"to oneself", Notice{To: []string{"a@x.example"}, Text: "failure notice\n\n<a@x.example>:\nfull\n"}, "a@x.example: full"},
		{"delay", Notice{Text: "A message is delayed. will keep trying\nb@x.example: Network error"}, "delayed b@x.example: Network error"},
		{"gave up after delays", Notice{Subject: "Undelivered", Text: "It is delayed mail; giving up.\nb@x.example: Network error"}, "b@x.example: Network error"},
		{"the reporter and its postmaster are none", Notice{From: "daemon@x.example", Text: "mail could not be delivered\ndaemon@x.example\npostmaster@x.example can help\nplease contact help@x.example\n"}, ""},
		{"reason behind a blank line", Notice{Text: "Your message was not delivered to:\n\n  b@x.example\n\nbecause:\n\n  User b (b@x.example) is not listed\n\nSend it again.\n"}, "b@x.example: because: User b (b@x.example) is not listed"},
		{"no word of failure", Notice{Text: "Lunch?\n\nb@x.example\n"}, ""},
		{"sure by structure", Notice{Sure: true, Text: "b@x.example\n"}, "b@x.example: "},
		{"a receipt of sendmail", Notice{Subject: "Return receipt", Sure: true, Returned: []string{"list@x.example"}, Text: "The original message was received at 1:00\n\n   ----- Transcript of session follows -----\n" +
			"Message delivered to mailing list <list@x.example>\n<list@x.example>... expanded to multiple addresses\n<<< 451 4.3.0 try later <b@y.example>\n"}, ""},
		{"a receipt in words", Notice{Subject: "Delivered: lunch", Text: "Your message has been delivered to the following recipients:\n\nb@x.example\n"}, ""},
		{"empty", Notice{}, ""},
	}
	for _, tt := range tests {
		res := Read(tt.in)
		var list []string
		for _, r := range res.Recipients {
			list = append(list, r.Address+": "+r.Text)
		}
		got := strings.Join(list, "; ")
		if res.Delayed && got != "" {
			got = "delayed " + got
		}
		if got != tt.want {
			t.Errorf("%s:\n got  %q\n want %q", tt.name, got, tt.want)
		}
	}
}

func TestCutCopy(t *testing.T) {
	for _, tt := range []struct{ in, notice, rest string }{
		{"a\nOriginal message follows.\n\nTo: b\n", "a\n", "To: b\n"},
		{"a\n----- This is a copy of your message -----\nTo: b\n", "a\n", "To: b\n"},
		{"a\nReceived: by x\nTo: b\n", "a\n", "Received: by x\nTo: b\n"},
		{"The original message was received at 1:00\nb\n", "The original message was received at 1:00\nb\n", ""},
		{"These did NOT receive a copy of your message:\nb\n", "These did NOT receive a copy of your message:\nb\n", ""},
	} {
		if notice, rest := cutCopy(tt.in); notice != tt.notice || rest != tt.rest {
			t.Errorf("%q: %q and %q", tt.in, notice, rest)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("Returned mail", "The following addresses failed:\n <b@x.example>: 550 no\n-- copy of\nTo: c@x.example\n", "daemon@x.example")
	f.Add("", "did not reach\nc=US;dda:SMTP=B@X.EXAMPLE; on Fri", "")
	f.Add("undeliverable", "b@x <c@x.example>: \xff\n@@@ a@b", "a@b")
	f.Fuzz(func(t *testing.T, subject, text, from string) {
		res := Read(Notice{Subject: subject, Text: text, From: from, To: []string{"a@b.example"}, Sure: true})
		if len(res.Recipients) > maxRecipients {
			t.Errorf("%d recipients", len(res.Recipients))
		}
		for _, r := range res.Recipients {
			if !valid(r.Address) || strings.EqualFold(r.Address, from) {
				t.Errorf("%q is taken for a recipient", r.Address)
			}
		}
		if !strings.HasSuffix(text, res.Copy) {
			t.Errorf("the copy is not the end of the text")
		}
	})
}
