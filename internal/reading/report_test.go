package reading

import (
	"reflect"
	"testing"
)

func dsn(status, returned string) []byte {
	return crlf("From: MAILER-DAEMON@mx.example\nMessage-ID: <dsn@mx.example>\nIn-Reply-To: <orig@us.example>\n" +
		"Content-Type: multipart/report; report-type=delivery-status; boundary=r\n\n--r\n\nSorry.\n--r\nContent-Type: message/delivery-status\n\n" +
		status + "\n--r\n" + returned + "\n--r--\n")
}

func TestReport(t *testing.T) {
	const headers = "Content-Type: text/rfc822-headers\n\nMessage-ID: <orig@us.example>\nSubject: x\n"
	tests := []struct {
		name string
		raw  []byte
		want *Report
	}{
		{"failed", dsn("Reporting-MTA: dns; mx.example\nOriginal-Envelope-Id: ab+2Bc\n\nFinal-Recipient: rfc822; bob@x.example\nOriginal-Recipient: rfc822;b@x.example\nAction: failed\nStatus: 5.1.1\nRemote-MTA: dns; mx.x.example\nDiagnostic-Code: smtp; 550 5.1.1 <bob@x.example>: User unknown\n", headers),
			&Report{Kind: "failed", OriginalMessageID: "orig@us.example", OriginalIDs: []string{"orig@us.example"}, EnvID: "ab+c", ReportingMTA: "mx.example",
				Recipients: []ReportRecipient{{Address: "b@x.example", FinalRecipient: "bob@x.example", Action: "failed", Status: "5.1.1", Code: 550,
					Reason: "no such mailbox", Text: "550 5.1.1 <bob@x.example>: User unknown"}}}},
		{"worst of several", dsn("Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; a@x.example\nAction: delivered\nStatus: 2.0.0\n\nFinal-Recipient: rfc822; b@x.example\nAction: delayed\nStatus: 4.4.1 (no answer)\nWill-Retry-Until: Tue, 5 Mar 2024 14:00:00 +0000\n", "Content-Type: message/rfc822\n\nMessage-ID: <orig@us.example>\n\nbody\n"),
			&Report{Kind: "delayed", OriginalMessageID: "orig@us.example", OriginalIDs: []string{"orig@us.example"}, ReportingMTA: "mx.example",
				Recipients: []ReportRecipient{
					{Address: "a@x.example", Action: "delivered", Status: "2.0.0"},
					{Address: "b@x.example", Action: "delayed", Status: "4.4.1", Reason: "the server cannot be reached"}}}},
		{"passed on, in words that sound like a refusal", dsn("\nFinal-Recipient: rfc822; a@x.example\nAction: delivered\nStatus: 2.0.0\nDiagnostic-Code: X-Exim; relayed via non SMTP router\n", ""),
			&Report{Kind: "delivered", OriginalMessageID: "orig@us.example", OriginalIDs: []string{"orig@us.example"},
				Recipients: []ReportRecipient{{Address: "a@x.example", Action: "delivered", Status: "2.0.0", Text: "relayed via non SMTP router"}}}},
		{"the header in a part of another type", dsn("\nFinal-Recipient: rfc822; a@x.example\nAction: failed\nStatus: 5.1.1\n", "Content-Type: message/rfc822-headers\n\nMessage-ID: <mine@us.example>\n"),
			&Report{Kind: "failed", OriginalMessageID: "mine@us.example", OriginalIDs: []string{"mine@us.example", "orig@us.example"},
				Recipients: []ReportRecipient{{Address: "a@x.example", Action: "failed", Status: "5.1.1", Reason: "no such mailbox"}}}},
		{"passed on by Exim", crlf("From: Mailer-Daemon@mx.example\nReferences: <orig@us.example>\nContent-Type: multipart/report; report-type=delivery-status; boundary=r\n\n--r\n\n ----- The following addresses had successful delivery notifications -----\n" +
			"<a@x.example> (relayed to non-DSN-aware mailer)\n\n<b@x.example> (delivered to mailbox)\n\n--r\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nAction: delivered\nFinal-Recipient: rfc822;a@x.example\nStatus: 2.0.0\n\n" +
			"Action: delivered\nFinal-Recipient: rfc822;b@x.example\nStatus: 2.0.0\n--r--\n"),
			&Report{Kind: "relayed", OriginalMessageID: "orig@us.example", OriginalIDs: []string{"orig@us.example"}, ReportingMTA: "mx.example",
				Recipients: []ReportRecipient{{Address: "a@x.example", Action: "relayed", Status: "2.0.0"}, {Address: "b@x.example", Action: "delivered", Status: "2.0.0"}}}},
		{"the reply in a comment", dsn("\nFinal-Recipient: rfc822;a@x.example\nAction: failed\nStatus: 5.1.2 (550 No MX (mail server) for x.example)\n", ""),
			&Report{Kind: "failed", OriginalMessageID: "orig@us.example", OriginalIDs: []string{"orig@us.example"},
				Recipients: []ReportRecipient{{Address: "a@x.example", Action: "failed", Status: "5.1.2", Code: 550, Reason: "the domain has no mail server", Text: "550 No MX (mail server) for x.example"}}}},
		{"what happened only in words", crlf("From: MAILER-DAEMON@mx.example\nContent-Type: multipart/mixed; boundary=r\n\n--r\n\nAn error has occurred for the following list of recipients:\n\nb@x.example: exited abnormally\nc@x.example: 550 5.1.1 no such user <c@x.example>\n\n" +
			"    Below is a copy of the original message:\n\n--r\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; b@x.example\nAction: failed\nStatus: 5.3.0\n\n" +
			"Original-Recipient: rfc822;C+2Bc@x.example\nFinal-Recipient: rfc822; C@x.example\nAction: failed\nStatus: 5.0.0\n--r\n" + headers + "\n--r--\n"),
			&Report{Kind: "failed", OriginalMessageID: "orig@us.example", OriginalIDs: []string{"orig@us.example"}, ReportingMTA: "mx.example",
				Recipients: []ReportRecipient{{Address: "b@x.example", Action: "failed", Status: "5.3.0", Reason: "there is a problem with the mail system of the recipient", Text: "exited abnormally"},
					{Address: "C+2Bc@x.example", FinalRecipient: "C@x.example", Action: "failed", Status: "5.0.0", Code: 550, Reason: "no such mailbox", Text: "550 5.1.1 no such user <c@x.example>"}}}},
		{"given up, and called delayed by OpenSMTPD", crlf("From: MAILER-DAEMON@mx.example\nContent-Type: multipart/mixed; boundary=r\n\n--r\n\nA message is delayed for more than 0 seconds for the following\nlist of recipients:\n\nb@x.example: Envelope expired\nc@x.example: Network error on destination MXs\n\n" +
			"    Below is a copy of the original message:\n\n--r\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; b@x.example\nAction: delayed\nStatus: 4.4.7\n\nFinal-Recipient: rfc822; c@x.example\nAction: delayed\nStatus: 4.4.1\n--r\n" + headers + "\n--r--\n"),
			&Report{Kind: "failed", OriginalMessageID: "orig@us.example", OriginalIDs: []string{"orig@us.example"}, ReportingMTA: "mx.example",
				Recipients: []ReportRecipient{{Address: "b@x.example", Action: "failed", Status: "4.4.7", Reason: "the server could not deliver it in time", Text: "Envelope expired"},
					{Address: "c@x.example", Action: "delayed", Status: "4.4.1", Reason: "the server cannot be reached", Text: "Network error on destination MXs"}}}},
		{"no action, a better code only in the text", dsn("\nFinal-Recipient: RFC822; <a@x.example>\nStatus: 5.0.0\nDiagnostic-Code: X-Unix; 552 5.2.2 full\n", ""),
			&Report{Kind: "failed", OriginalMessageID: "orig@us.example", OriginalIDs: []string{"orig@us.example"},
				Recipients: []ReportRecipient{{Address: "a@x.example", Action: "failed", Status: "5.0.0", Code: 552, Reason: "the mailbox is full", Text: "552 5.2.2 full"}}}},
		{"exim", crlf("From: Mail Delivery System <Mailer-Daemon@mx.example>\nX-Failed-Recipients: b@x.example\n\nThis message was created automatically by mail delivery software.\n\nThe following address(es) failed:\n\n  b@x.example\n    host mx.x.example [192.0.2.1]\n    SMTP error: 550 5.1.1 no\n\n------ This is a copy of the message ------\n\nMessage-ID: <orig@us.example>\n\nhi\n"),
			&Report{Kind: "failed", InWords: true, OriginalMessageID: "orig@us.example", OriginalIDs: []string{"orig@us.example"},
				Recipients: []ReportRecipient{{Address: "b@x.example", Action: "failed", Status: "5.1.1", Code: 550, Reason: "no such mailbox", Text: "host mx.x.example [192.0.2.1] SMTP error: 550 5.1.1 no"}}}},
		{"qmail", crlf("Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\n\nHi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your message.\n\n<b@x.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\nMessage-ID: <orig@us.example>\n\nhi\n"),
			&Report{Kind: "failed", InWords: true, OriginalMessageID: "orig@us.example", OriginalIDs: []string{"orig@us.example"},
				Recipients: []ReportRecipient{{Address: "b@x.example", Action: "failed", Status: "5.1.1", Reason: "no such mailbox", Text: "Sorry, no mailbox here by that name. (#5.1.1)"}}}},
		{"a person's mail", crlf("From: a@x.example\n\nIt could not be delivered to\n\n  b@x.example\n"), nil},
		{"Exchange, without the fields", crlf("From: Microsoft Outlook <MicrosoftExchange329e71ec@x.example>\nContent-Type: text/html\nIn-Reply-To: <orig@us.example>\n\n<b>Delivery has failed to these recipients:</b><p>b@x.example<br>550 5.1.10 It was not found.</p>\n"),
			&Report{Kind: "failed", InWords: true, OriginalMessageID: "orig@us.example", OriginalIDs: []string{"orig@us.example"},
				Recipients: []ReportRecipient{{Address: "b@x.example", Action: "failed", Status: "5.1.10", Code: 550, Reason: "no such mailbox", Text: "550 5.1.10 It was not found."}}}},
		{"vacation", crlf("From: postmaster@x.example\nAuto-Submitted: auto-replied\n\nThe following addresses: b@x.example\n\nb@x.example\n"), nil},
		{"out of office, by a server that calls it generated", crlf("Return-Path: <>\nFrom: Bob <bob@x.example>\nSubject: Automatic reply: x\nAuto-Submitted: auto-generated\nIn-Reply-To: <orig@us.example>\n\nI am away. Please write to the following address:\n\nc@x.example\n"), nil},
		{"a challenge", crlf("Return-Path: <>\nFrom: bob@x.example\nSubject: please confirm\nIn-Reply-To: <orig@us.example>\n\nYour message was not delivered yet. Reply to\nconfirm-1@x.example\n"), nil},
		{"without a mailer's name, but with a copy", crlf("Return-Path: <>\nFrom: help@x.example\n\nYour message has been rejected:\n\n<b@x.example>:\nno\n\n--- Below this line is a copy of the message.\n\nMessage-ID: <orig@us.example>\n\nhi\n"),
			&Report{Kind: "failed", InWords: true, OriginalMessageID: "orig@us.example", OriginalIDs: []string{"orig@us.example"},
				Recipients: []ReportRecipient{{Address: "b@x.example", Action: "failed", Status: "5.0.0", Text: "no"}}}},
		{"a forwarded report", crlf("From: a@x.example\nContent-Type: message/rfc822\n\n" + string(dsn("\nFinal-Recipient: rfc822; b@x.example\nAction: failed\nStatus: 5.1.1\n", ""))), nil},
		{"abuse report", crlf("From: a@x.example\nContent-Type: multipart/report; report-type=feedback-report; boundary=r\n\n--r\n\nx\n--r\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n--r--\n"), nil},
		{"empty", nil, nil},
	}
	for _, tt := range tests {
		if got := Parse(tt.raw).Report(); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s:\ngot  %+v\nwant %+v", tt.name, got, tt.want)
		}
	}
}

func TestReasonFor(t *testing.T) {
	tests := []struct {
		status string
		code   int
		text   string
		want   string
	}{
		{"5.1.1", 550, "", "no such mailbox"},
		{"5.1.10", 0, "", "no such mailbox"},
		{"4.2.2", 0, "", "the mailbox is full"},
		{"5.0.0", 550, "550 5.7.26 DMARC", "the message failed the checks of who may send for the domain (SPF, DKIM, DMARC)"},
		{"", 550, "550 User unknown", "no such mailbox"},
		{"", 0, "refused with 550 5.1.1", "no such mailbox"},
		{"5.7.30", 0, "", "sign-in by password is switched off at this provider"},
		{"5.10.1", 0, "", "the domain accepts no mail"},
		{"5.1.99", 0, "", "there is a problem with the address"},
		{"", 452, "", "the mailbox is full or the message is too large"},
		{"2.1.5", 250, "", ""},
		{"", 0, "", ""},
	}
	for _, tt := range tests {
		if got := ReasonFor(tt.status, tt.code, tt.text); got != tt.want {
			t.Errorf("ReasonFor(%q, %d, %q) = %q, want %q", tt.status, tt.code, tt.text, got, tt.want)
		}
	}
}

func FuzzReport(f *testing.F) {
	f.Add("Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1", "a@b.example:\n550 5.1.1")
	f.Add("Original-Envelope-Id: +2\n\n\nOriginal-Recipient: ;\nDiagnostic-Code: 5.", "<a@b>:\n--- Below this line is a copy\n")
	f.Fuzz(func(t *testing.T, status, text string) {
		for _, raw := range [][]byte{dsn(status, text), []byte("From: MAILER-DAEMON\n\ncould not be delivered\n\n" + text)} {
			r := Parse(raw).Report()
			if r == nil {
				continue
			}
			if len(r.Recipients) == 0 || len(r.Recipients) > maxRecipients {
				t.Errorf("%d recipients", len(r.Recipients))
			}
			for _, to := range r.Recipients {
				switch to.Action {
				case "failed", "delayed", "delivered", "relayed", "expanded":
				default:
					t.Errorf("action %q", to.Action)
				}
			}
		}
	})
}

// Gmail names the message among its fields, whatever it gives back of it.
func TestReportOfGmail(t *testing.T) {
	m := Parse(crlf("From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\nIn-Reply-To: <other@a.example>\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nsorry\n--b\nContent-Type: message/delivery-status\n\n" +
		"Reporting-MTA: dns; googlemail.com\nX-Original-Message-ID: <orig@a.example>\n\nFinal-Recipient: rfc822; b@x.example\nAction: failed\nStatus: 5.6.7\n--b--\n"))
	r := m.Report()
	if r == nil || r.OriginalMessageID != "orig@a.example" || r.Recipients[0].Reason != "the server takes no addresses beyond ASCII" {
		t.Errorf("%+v", r)
	}
}

// What was sent on has two: the Message-ID that everybody's copy has, by which a message of
// one's own could be taken for it, and that of the sending on.
func TestReportOfWhatWasSentOn(t *testing.T) {
	m := Parse(crlf("From: MAILER-DAEMON@x.example\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nsorry\n--b\nContent-Type: message/delivery-status\n\n" +
		"Reporting-MTA: dns; x.example\n\nFinal-Recipient: rfc822; b@x.example\nAction: failed\nStatus: 5.1.1\n\n--b\nContent-Type: text/rfc822-headers\n\n" +
		"Resent-Message-ID: <on@us.example>\nResent-To: b@x.example\nMessage-ID: <orig@a.example>\n\n--b--\n"))
	if r := m.Report(); r == nil || r.OriginalMessageID != "on@us.example" || r.SenderID != "orig@a.example" {
		t.Errorf("%+v", r)
	}
}
