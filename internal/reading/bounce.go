package reading

import (
	"strings"

	"postea/internal/mail"
)

// readBounceText reads bounces without a delivery-status part: those of Exim,
// of qmail, and of others that write in the same way. It returns the header of
// the returned message, if that is there.
func (r *Report) readBounceText(m *Message) []Field {
	if !fromMailer(m.Header) {
		return nil
	}
	text := bounceText(m.root)
	notice, copied := cutCopy(text)
	action := "failed"
	if isWarning(m.Header.Subject + "\n" + notice) {
		action = "delayed"
	}
	listed := parseAddresses(m.Header.Get("X-Failed-Recipients"))
	r.bounceParagraphs(notice, action, listed)
	if len(r.Recipients) == 0 {
		for _, a := range listed {
			r.bounced(a.Address, "", action)
		}
	}
	if len(r.Recipients) == 0 {
		return nil
	}
	if fields := returnedHeader(m.root); fields != nil {
		return fields
	}
	fields, _, _ := splitHeader(skipLeading([]byte(copied)))
	return fields
}

// fromMailer tells whether a message can be a bounce at all: RFC 3834 §5 and
// the names that mail systems write under. A vacation reply is none.
func fromMailer(h Header) bool {
	if h.Get("X-Failed-Recipients") != "" {
		return true
	}
	if strings.HasPrefix(h.AutoSubmitted, "auto-replied") && h.Get("Return-Path") != "<>" {
		return false
	}
	for _, a := range h.From {
		local, _, _ := strings.Cut(strings.ToLower(a.Address), "@")
		switch local {
		case "mailer-daemon", "postmaster", "mailerdaemon", "mail-daemon", "mdaemon", "root":
			return true
		}
		if strings.Contains(strings.ToLower(a.Name), "mail delivery") || strings.Contains(strings.ToLower(a.Name), "mailer-daemon") {
			return true
		}
	}
	return strings.TrimSpace(h.Get("Return-Path")) == "<>"
}

func bounceText(n *node) string {
	if n.kind == "text/plain" {
		return n.text()
	}
	for _, c := range n.children {
		if t := bounceText(c); t != "" {
			return t
		}
	}
	return ""
}

// cutCopy parts the notice from the copy of the message below it.
func cutCopy(text string) (notice, copied string) {
	for at := 0; at < len(text); {
		line, next, _ := strings.Cut(text[at:], "\n")
		lower := strings.ToLower(line)
		if strings.HasPrefix(line, "--") && (strings.Contains(lower, "copy of") || strings.Contains(lower, "original message") || strings.Contains(lower, "returned message") || strings.Contains(lower, "message header") || strings.Contains(lower, "unsent message")) {
			return text[:at], strings.TrimLeft(next, "\n")
		}
		at += len(line) + 1
	}
	return text, ""
}

func isWarning(s string) bool {
	lower := strings.ToLower(s[:min(len(s), 4000)])
	for _, sign := range []string{"warning message only", "has not yet been delivered", "warning: message", "delivery delayed", "delivery status notification (delay)", "still being retried", "will keep trying", "not been delivered yet"} {
		if strings.Contains(lower, sign) {
			return true
		}
	}
	return false
}

// bounceParagraphs looks for a line that is an address and takes the lines
// after it for the reason: "<a@b>:" of qmail, an indented "a@b" of Exim.
func (r *Report) bounceParagraphs(notice, action string, listed []mail.Address) {
	if !isBounceNotice(notice) && len(listed) == 0 {
		return
	}
	var address string
	var reason []string
	done := func() {
		if address != "" {
			r.bounced(address, strings.Join(reason, " "), action)
		}
		address, reason = "", nil
	}
	for line := range strings.SplitSeq(notice, "\n") {
		if a := addressLine(line); a != "" {
			done()
			address = a
			continue
		}
		line = strings.TrimSpace(line)
		if line == "" && len(reason) > 0 {
			done()
		} else if line != "" && address != "" && len(reason) < 20 {
			reason = append(reason, line)
		}
	}
	done()
}

func isBounceNotice(s string) bool {
	lower := strings.ToLower(s[:min(len(s), 4000)])
	for _, sign := range []string{"qmail-send", "could not be delivered", "wasn't able to deliver", "not able to deliver", "delivery to the following", "undeliverable", "has not yet been delivered", "address(es) failed", "unable to deliver", "delivery failed", "did not reach", "couldn't be delivered", "following recipients", "following addresses", "returned mail", "permanent fatal errors"} {
		if strings.Contains(lower, sign) {
			return true
		}
	}
	return false
}

func addressLine(line string) string {
	s := strings.TrimSpace(line)
	s = strings.TrimSuffix(s, ":")
	if len(s) > 320 || !strings.Contains(s, "@") {
		return ""
	}
	if strings.HasPrefix(s, "<") {
		inner, rest, ok := strings.Cut(s[1:], ">")
		rest = strings.TrimSpace(rest)
		if !ok || rest != "" && !strings.HasPrefix(rest, "(") && rest != ":" {
			return ""
		}
		s = inner
	}
	if strings.ContainsAny(s, " \t<>") || mail.CheckAddrSpec(s) != "" {
		return ""
	}
	return s
}

func (r *Report) bounced(address, text, action string) {
	if address == "" || len(r.Recipients) >= maxRecipients {
		return
	}
	for i := range r.Recipients {
		if strings.EqualFold(r.Recipients[i].Address, address) {
			return
		}
	}
	code, status := findCodes(text)
	r.Recipients = append(r.Recipients, ReportRecipient{
		Address: address, Action: action, Status: status, Code: code, Text: text,
		Reason: ReasonFor(status, code, text),
	})
}
