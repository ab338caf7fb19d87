package reading

import (
	"slices"
	"strconv"
	"strings"

	"postea/internal/mail"
	"postea/internal/reading/bounce"
)

// readBounceText reads bounces without a delivery-status part. It returns the
// header of the returned message, if that is there.
func (r *Report) readBounceText(m *Message) []Field {
	if !fromMailer(m) {
		return nil
	}
	returned := returnedHeader(m.root)
	n := bounce.Notice{
		Subject: m.Header.Subject,
		Text:    noticeText(m.root),
		From:    firstAddress(m.Header.From),
		To:      plainAddresses(m.Header.To),
		Failed:  plainAddresses(parseAddresses(m.Header.Get("X-Failed-Recipients"))),
		Sure:    isReportOf(m.root, "delivery-status"),
	}
	if returned != nil {
		n.Returned = plainAddresses(parseAddresses(joined(returned, "To")))
	}
	if r.readStatusText(n.Text); len(r.Recipients) > 0 {
		return returned
	}
	res := bounce.Read(n)
	if !namesMailer(m) && !n.Sure && len(n.Failed) == 0 && returned == nil && res.Copy == "" {
		return nil // an answer that a person's mailbox gave by itself
	}
	r.InWords = true
	for _, to := range res.Recipients {
		r.bounced(to, res.Delayed)
	}
	if len(r.Recipients) > 0 && returned == nil {
		returned, _, _ = splitHeader(skipLeading([]byte(res.Copy)))
	}
	return returned
}

// readStatusText finds the fields of a delivery-status part that has lost its
// place in a multipart.
func (r *Report) readStatusText(text string) {
	for at := 0; at < len(text); {
		line, _, _ := strings.Cut(text[at:], "\n")
		name, _, ok := strings.Cut(line, ":")
		if ok && (strings.EqualFold(name, "Final-Recipient") || strings.EqualFold(name, "Original-Recipient") || strings.EqualFold(name, "Reporting-MTA") || strings.EqualFold(name, "Action")) {
			r.readStatus([]byte(text[at:]))
			return
		}
		at += len(line) + 1
	}
}

// isReportOf tells a multipart/report of that type (RFC 6522 §3).
func isReportOf(n *node, kind string) bool {
	return strings.HasPrefix(n.params["report-type"], kind) && (n.kind == "multipart/report" || n.kind == "text/plain")
}

// fromMailer tells whether a message can be a bounce at all: by the names that
// mail systems write under, or because nothing may be answered to it. A
// vacation reply is none (RFC 3834 §5), nor is a complaint (RFC 5965).
func fromMailer(m *Message) bool {
	h := m.Header
	if strings.HasPrefix(m.root.params["report-type"], "feedback-report") || strings.HasPrefix(m.root.params["report-type"], "disposition-notification") {
		return false
	}
	if h.Get("X-Failed-Recipients") != "" || isReportOf(m.root, "delivery-status") {
		return true
	}
	returnPath := strings.TrimSpace(h.Get("Return-Path"))
	if strings.HasPrefix(h.AutoSubmitted, "auto-replied") && returnPath != "<>" {
		return false
	}
	if namesMailer(m) {
		return true
	}
	if strings.HasPrefix(h.AutoSubmitted, "auto-replied") {
		return false // a person's, with an empty return path as it should be
	}
	return returnPath == "<>" || isMailerName(strings.Trim(returnPath, "<>"))
}

// namesMailer tells that a message says itself that a mail system wrote it.
func namesMailer(m *Message) bool {
	return slices.ContainsFunc(m.Header.From, func(a mail.Address) bool { return isMailerName(a.Address) || isMailerName(a.Name) })
}

func isMailerName(s string) bool {
	local, _, _ := strings.Cut(strings.ToLower(s), "@")
	local = strings.Map(func(r rune) rune {
		if strings.ContainsRune("-_. ", r) {
			return -1
		}
		return r
	}, local)
	switch local {
	case "mailerdaemon", "postmaster", "maildaemon", "mdaemon", "root", "maildeliverysystem", "maildeliversystem", "maildeliverysubsystem":
		return true
	}
	return strings.Contains(local, "maildelivery") || strings.Contains(local, "mailerdaemon") || strings.HasPrefix(local, "microsoftexchange") // and a number
}

// noticeText gives the text of a report, of its HTML where it has no other.
func noticeText(n *node) string {
	if t := plainOf(n, "text/plain"); strings.TrimSpace(t) != "" {
		return t
	}
	if html := firstOf(n, "text/html"); html != nil {
		var unused linker
		return blockText(renderHTML(html.htmlOf(html.content()), &unused, true), (*grid).inRows)
	}
	return ""
}

func plainOf(n *node, kind string) string {
	if leaf := firstOf(n, kind); leaf != nil {
		return leaf.text()
	}
	return ""
}

// firstOf gives the first leaf of a type that is not empty and not in a
// message inside the message.
func firstOf(n *node, kind string) *node {
	if n.kind == kind && len(n.children) == 0 && len(n.body) > 0 {
		return n
	}
	if !n.multipart() {
		return nil
	}
	for _, c := range n.children {
		if leaf := firstOf(c, kind); leaf != nil {
			return leaf
		}
	}
	return nil
}

func firstAddress(list []mail.Address) string {
	if len(list) == 0 {
		return ""
	}
	return list[0].Address
}

func plainAddresses(list []mail.Address) []string {
	var out []string
	for _, a := range list {
		if a.Address != "" {
			out = append(out, a.Address)
		}
	}
	return out
}

// bounced records a failure told in words. Where they hold no enhanced code,
// the class alone is known, which RFC 3463 §3.1 writes X.0.0.
func (r *Report) bounced(to bounce.Recipient, delayed bool) {
	action, class := "failed", "5"
	if delayed {
		action, class = "delayed", "4"
	}
	code, status := findCodes(to.Text)
	if code > 0 && code < 400 || strings.HasPrefix(status, "2") { // from the transcript, before it failed
		code, status = 0, ""
	}
	if status == "" {
		if code >= 400 {
			class = strconv.Itoa(code / 100)
		}
		status = class + ".0.0"
	}
	r.Recipients = append(r.Recipients, ReportRecipient{
		Address: to.Address, Action: action, Status: status, Code: code, Text: to.Text,
		Reason: ReasonFor(status, code, to.Text),
	})
}
