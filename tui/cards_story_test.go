package tui_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"postea/internal/demo"
	"postea/internal/reading"
	"postea/internal/when"
)

const invitationMail = `From: Echo <echo@postea.example>
To: ada@postea.example
Subject: Invitation: tea
Message-ID: <tea-1@postea.example>
Date: %s
Authentication-Results: mx.elsewhere.example; dmarc=pass header.from=postea.example
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain

Tea at four.
--b
Content-Type: text/calendar; method=REQUEST; charset=utf-8

BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VEVENT
UID:tea-1@postea.example
SEQUENCE:2
DTSTART:20301124T160000Z
SUMMARY:Tea
ORGANIZER;CN=Echo:mailto:echo@postea.example
ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:ada@postea.example
END:VEVENT
END:VCALENDAR
--b--
`

const listMail = `From: Somebody <somebody@lists.example>
Reply-To: other@elsewhere.example
To: tea@lists.example
Subject: Of tea
Message-ID: <list-1@lists.example>
Date: %s
List-Id: Tea, in general <tea.lists.example>
List-Unsubscribe: <mailto:leave@lists.example?subject=leave%%20tea&bcc=spy@lists.example>, <https://lists.example/leave>
List-Unsubscribe-Post: List-Unsubscribe=One-Click

Text.
`

const forgedMail = `From: "boss@postea.example" <boss@elsewhere.example>
Reply-To: third@party.example
To: ada@postea.example
Subject: Urgent
Message-ID: <forged-1@elsewhere.example>
Date: %s
Authentication-Results: mail.postea.example; dmarc=fail header.from=elsewhere.example

Pay at once.
`

// The cards of real messages, over the real thing.
func TestStoryCards(t *testing.T) {
	s := startDemo(t, demo.Options{Empty: true})
	for i, form := range []string{invitationMail, listMail, forgedMail} {
		raw := strings.ReplaceAll(fmt.Sprintf(form, time.Now().Add(-time.Duration(i)*time.Hour).Format(time.RFC1123Z)), "\n", "\r\n")
		if err := s.Deliver("ada@postea.example", "INBOX", []byte(raw)); err != nil {
			t.Fatal(err)
		}
	}
	accounts := demoProfiles(t, s)
	accounts[0].AuthServID = "mail.postea.example"
	p := newPerson(t, accounts...)
	p.See("Invitation: tea", "Of tea", "Urgent")

	p.Press("enter")
	p.See("Invitation, changed: Tea", "organized by Echo <echo@postea.example>", "waiting for your answer", "the first mail from this address")
	if strings.Contains(p.Screen(), "confirms this message") {
		t.Error("a stranger's word is believed")
	}
	p.Press("i", "m")
	p.See("Accepted, maybe", "you have said maybe")
	var answer *reading.Message
	p.Until("the answer", func(string) bool {
		for _, sent := range s.Accepted() {
			answer = reading.Parse(sent.Raw)
		}
		return answer != nil
	})
	inv := answer.Invitation(time.UTC, when.Style{})
	if inv == nil || inv.Method != "REPLY" || inv.Attendees[0].Status != "tentative" || answer.Header.To[0].Address != "echo@postea.example" {
		t.Errorf("the answer is %+v", inv)
	}
	if e := inv.Source.Events[0]; e.UID != "tea-1@postea.example" || e.Sequence != 2 || len(answer.Attachments) > 1 || !strings.Contains(answer.Text(), "may accept the invitation") {
		t.Errorf("the answer is %+v\n%s", e, answer.Source())
	}

	p.Press("esc", "j", "enter")
	p.See("list Tea, in general · can be left by mail")
	p.Press("i", "u")
	p.See("leave@lists.example", "leave tea", "keep draft")
	if strings.Contains(p.Screen(), "spy@") {
		t.Error("a Bcc is taken from the message")
	}
	p.Press("esc")
	p.See("Of tea")
	p.Press("esc", "j", "enter")
	p.See("elsewhere.example does not vouch for this message", "the name contains another address, boss@postea.example", "answers go to third@party.example")

	// A bounce of what was sent from here leads to its journey.
	p.Press("esc", "g i")
	p.write("nobody@postea.example", "Anybody?", "Knock.")
	p.See("Undelivered")
	p.Press("g g", "enter")
	p.See("Not delivered", "Anybody?", "nobody@postea.example: ")
	p.Press("enter")
	p.See("Outbox", "journey", "bounced")
}
