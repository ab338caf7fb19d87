package demo

import (
	"fmt"
	"strings"
	"time"

	"github.com/emersion/go-message/textproto"
)

// outcome is what a delivery report tells.
type outcome struct {
	subject, action, status, diagnostic string
	text                                string // a format that takes the addresses
}

// The two outcomes of this server.
var (
	bounced = outcome{
		"Undelivered Mail Returned to Sender", "failed", "5.1.1", "smtp; 550 5.1.1 nobody of that name lives here",
		`This is the mail system at %s.

I am sorry to have to tell you that your message could not be
delivered to the following addresses. The reason is given below,
and the header of your message is attached.

%s
Please check the spelling, and send it again. Nothing was lost:
your own copy is in the Sent folder.
`}
	arrived = outcome{
		"Your message has arrived", "delivered", "2.1.5", "smtp; 250 2.1.5 delivered to the mailbox",
		`This is the mail system at %s.

As you have asked, I am telling you that your message has been
delivered to these addresses:

%s`}
)

// report sends a delivery status notification (RFC 3464) to the sender of a
// message; nobody hears of a message that has no sender.
func (s *Server) report(mail Submission, about outcome, list []Recipient, received time.Time) {
	if mail.From == "" {
		return
	}
	l := newReport(mail, about, list, received, s.now())
	l.id = fmt.Sprintf("report-%d-%d@%s", l.date.UnixNano(), s.number(), hostname)
	s.post("", mail.From, l.bytes())
}

// newReport writes all of a report but its Message-ID.
func newReport(mail Submission, about outcome, list []Recipient, received, now time.Time) letter {
	var names, status strings.Builder
	wide := false // an address needs the formats of RFC 6533
	fmt.Fprintf(&status, "Reporting-MTA: dns; %s\r\n", hostname)
	if mail.EnvID != "" {
		fmt.Fprintf(&status, "Original-Envelope-Id: %s\r\n", mail.EnvID)
	}
	fmt.Fprintf(&status, "Arrival-Date: %s\r\n", received.Format(dateLayout))
	for _, r := range list {
		_, reason, _ := strings.Cut(about.diagnostic, "; ")
		fmt.Fprintf(&names, "    <%s>: %s\n", r.Address, reason)
		status.WriteString("\r\n")
		if r.Original != "" {
			fmt.Fprintf(&status, "Original-Recipient: %s\r\n", typed(r.Original))
		}
		fmt.Fprintf(&status, "Final-Recipient: %s\r\nAction: %s\r\nStatus: %s\r\nDiagnostic-Code: %s\r\n",
			typed(r.Address), about.action, about.status, about.diagnostic)
		wide = wide || !isASCII(r.Address+r.Original)
	}
	statusKind, headerKind, wholeKind := "message/delivery-status", "text/rfc822-headers", "message/rfc822"
	if wide || mail.utf8 {
		statusKind, headerKind, wholeKind = "message/global-delivery-status", "message/global-headers", "message/global"
	}
	returned := part{fields: []field{{"Content-Type", headerKind}}, body: headerOf(mail.Raw)[1:]}
	if mail.Return == "FULL" {
		returned = part{fields: []field{{"Content-Type", wholeKind}}, body: mail.Raw}
	}
	domain := domainOf(mail.From)
	l := letter{
		from:    person{"Mail Delivery System", "mailer-daemon@" + domain},
		to:      []person{{"", mail.From}},
		subject: about.subject,
		date:    now,
		extra:   []field{{"Auto-Submitted", "auto-replied"}},
		body: multipart("report", []part{
			plain(fmt.Sprintf(about.text, hostname, names.String())),
			{fields: []field{{"Content-Type", statusKind}}, body: []byte(status.String())},
			returned,
		}, "report-type", strings.TrimPrefix(statusKind, "message/")),
	}
	if id := messageID(mail.Raw); id != "" {
		l.parents = []string{id}
	}
	return l
}

// typed puts the type in front of an address (RFC 3464 §2.3, RFC 6533 §3).
func typed(address string) string {
	if isASCII(address) {
		return "rfc822; " + address
	}
	return "utf-8; " + address
}

func header(raw []byte) textproto.Header {
	return readEntity(raw).Header.Header
}

// messageID returns the Message-ID of a message without <>.
func messageID(raw []byte) string {
	h := header(raw)
	return strings.Trim(strings.TrimSpace(h.Get("Message-Id")), "<>")
}
