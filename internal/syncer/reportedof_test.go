package syncer

import (
	"testing"

	"postea/internal/mail"
	"postea/internal/reading"
)

// TestReportForTag: Exim writes Original-Recipient as it came in ORCPT, in xtext.
func TestReportForTag(t *testing.T) {
	for _, c := range []struct{ own, original, final string }{
		{"user+tag@x.example", "rfc822;user+2Btag@x.example", "rfc822;user+tag@x.example"},
		{"user+tag@x.example", "rfc822;user+2Btag@x.example", "rfc822;inner@y.example"},
		{"user@x.example", "rfc822;User.Name@internal.example", "rfc822;user@x.example"},
		{"ä@münchen.de", `utf-8;\x{E4}@m\x{FC}nchen.de`, "utf-8;inner@y.example"},
		{"y@xn--mnchen-3ya.de", "", "utf-8; y@münchen.de"},
		{"list@x.example", "rfc822;list@x.example", "rfc822;other@x.example"}, // a list on which the other recipient is
		{"a=b@x.example", "rfc822;a+3Db@x.example", "rfc822;b@y.example"},
	} {
		raw := "From: mailer-daemon@x\nSubject: f\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n" +
			"--b\n\nSorry\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\n"
		if c.original != "" {
			raw += "Original-Recipient: " + c.original + "\n"
		}
		raw += "Final-Recipient: " + c.final + "\nAction: failed\nStatus: 5.1.1\n\n--b--\n"
		item := mail.Outgoing{Recipients: []mail.Recipient{{Address: "other@x.example"}, {Address: c.own}}}
		changes, _, _ := reportChanges(item, []mail.Outgoing{item}, reading.Parse([]byte(raw)).Report())
		if len(changes) != 1 || changes[0].Index != 1 {
			t.Errorf("%s by %q: %+v", c.own, c.original, changes)
		}
	}
}

// TestReportOfAllKinds: sendmail tells of what has arrived and of what failed in one report,
// in the order of the envelope.
func TestReportOfAllKinds(t *testing.T) {
	raw := "From: mailer-daemon@x\nSubject: f\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n" +
		"--b\n\nSorry\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\n" +
		"Final-Recipient: rfc822;a@x.example\nAction: delivered\nStatus: 2.1.5\n\n" +
		"Final-Recipient: rfc822;b@x.example\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: x-local; account closed\n\n" +
		"Final-Recipient: rfc822;c@x.example\nAction: failed\nStatus: 5.1.1\n\n--b--\n"
	item := mail.Outgoing{Recipients: []mail.Recipient{{Address: "a@x.example"}, {Address: "b@x.example"}, {Address: "c@x.example"}}}
	changes, text, detail := reportChanges(item, []mail.Outgoing{item}, reading.Parse([]byte(raw)).Report())
	if want := "failed for b@x.example: account closed"; len(changes) != 3 || text != want {
		t.Errorf("%d changes, %q, want %q", len(changes), text, want)
	}
	if want := "failed for c@x.example: no such mailbox\ndelivered for a@x.example"; detail != want {
		t.Errorf("then %q, want %q", detail, want)
	}
}
