package reading

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"postea/internal/mail"
	"postea/internal/reading/bounce"
)

// Report is what a delivery report (RFC 3464), or a bounce in one of the
// older forms, says. It is a claim by whoever sent it: only a match with a
// message that was really sent makes it news. Its strings are not safe for a
// screen.
type Report struct {
	Kind              string   // the worst action: failed, delayed, relayed, expanded, delivered
	OriginalMessageID string   // without <>, "" if the report does not tell
	OriginalIDs       []string // every Message-ID the report may be about, the surest first
	SenderID          string   // the Message-ID that the sender gave it, where a server has replaced that or it was sent on; "" otherwise
	EnvID             string   // Original-Envelope-Id
	ReportingMTA      string
	InWords           bool // it was told in words, not in the fields of RFC 3464
	Recipients        []ReportRecipient
}

// ReportRecipient is the news about one recipient.
type ReportRecipient struct {
	Address        string
	FinalRecipient string // where the message went in the end, if that is another address
	Action         string // failed, delayed, delivered, relayed, expanded
	Status         string // enhanced status code of RFC 3463, "" if unknown
	Code           int    // SMTP reply code, 0 if unknown
	Reason         string // in plain words, "" if unknown
	Text           string // the server's words
}

// IsFor tells whether the news are about an address of the envelope, by the recipient
// that it was sent to at first. Servers give that back as they should, or as it stood in
// ORCPT (Exim does), and domains in either spelling.
func (r ReportRecipient) IsFor(address string) bool {
	return slices.ContainsFunc([]string{r.Address, decodeXtext(r.Address), decodeEscapes(r.Address)},
		func(a string) bool { return sameAddress(a, address) })
}

// ReachedAs tells the same by the final recipient, for one that was rewritten on the way
// and not given back. It is another's where a list or an alias leads to both.
func (r ReportRecipient) ReachedAs(address string) bool {
	return sameAddress(r.FinalRecipient, address)
}

func sameAddress(a, b string) bool {
	return a != "" && mail.Address{Address: a}.Same(mail.Address{Address: b})
}

// decodeEscapes undoes the \x{E4} of RFC 6533 §3.
func decodeEscapes(s string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(s, `\x{`)
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		digits, after, closed := strings.Cut(rest, "}")
		n, err := strconv.ParseUint(digits, 16, 21)
		if !closed || err != nil {
			b.WriteString(`\x{`)
			s = rest
			continue
		}
		b.WriteRune(rune(n))
		s = after
	}
}

const (
	maxRecipients = 1000
	maxGroups     = 1001
)

// Report reads a delivery report; nil if the message is none.
func (m *Message) Report() *Report {
	if m.root == nil {
		return nil
	}
	r := &Report{}
	if status := findKind(m.root, "message/delivery-status", "message/global-delivery-status"); status != nil {
		r.readStatus(status.content())
	}
	var returned []Field
	if len(r.Recipients) > 0 {
		r.addWords(m.root)
		returned = returnedHeader(m.root)
	} else {
		returned = r.readBounceText(m)
	}
	if len(r.Recipients) == 0 {
		return nil
	}
	if first(returned, "Message-ID") == "" {
		returned = append(returned, looseMessageID(m.root)...)
	}
	r.tie(returned, m.Header)
	r.Kind = worstAction(r.Recipients)
	return r
}

func findKind(n *node, kinds ...string) *node {
	if slices.Contains(kinds, n.kind) {
		return n
	}
	for _, c := range n.children {
		if n.kind == "message/rfc822" {
			break // a report inside a forwarded message is not news
		}
		if found := findKind(c, kinds...); found != nil {
			return found
		}
	}
	return nil
}

// returnedHeader gives the header of the message that the report is about.
func returnedHeader(root *node) []Field {
	n := findKind(root, "message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers", "text/rfc822-header", "message/rfc822-headers")
	if n == nil {
		return nil
	}
	if len(n.children) > 0 {
		return n.children[0].fields
	}
	fields, _, _ := splitHeader(skipLeading(n.content()))
	return fields
}

// looseMessageID looks for the field in the texts of a report that returns the
// header as part of one of them, or as a part of the wrong type.
func looseMessageID(n *node) []Field {
	if !n.multipart() && strings.HasPrefix(n.kind, "text/") {
		for line := range strings.SplitSeq(n.text(), "\n") {
			name, value, ok := strings.Cut(strings.TrimLeft(line, "> \t"), ":")
			if ok && strings.EqualFold(name, "Message-ID") && len(angles(value)) == 1 {
				return []Field{{"Message-ID", value}}
			}
		}
	}
	for _, c := range n.children {
		if f := looseMessageID(c); f != nil {
			return f
		}
	}
	return nil
}

// readStatus reads the groups of fields of RFC 3464 §2.1: one about the
// message, then one for each recipient.
func (r *Report) readStatus(b []byte) {
	for n := 0; len(b) > 0 && n < maxGroups; n++ {
		b = bytes.TrimLeft(b, "\r\n")
		fields, next, _ := splitHeader(b)
		if next == 0 {
			_, next = cutLine(b, 0)
		}
		b = b[next:]
		if id := first(fields, "Original-Envelope-Id"); id != "" && r.EnvID == "" {
			r.EnvID = decodeXtext(strings.TrimSpace(id))
		}
		if id := first(fields, "X-Original-Message-ID"); id != "" && r.OriginalMessageID == "" { // of Gmail
			r.OriginalMessageID = lastAngle(id)
		}
		if mta := first(fields, "Reporting-MTA"); mta != "" && r.ReportingMTA == "" {
			r.ReportingMTA = afterType(mta)
		}
		if first(fields, "Final-Recipient")+first(fields, "Original-Recipient") != "" && len(r.Recipients) < maxRecipients {
			r.Recipients = append(r.Recipients, readRecipient(fields))
		}
	}
}

// addWords takes what happened from the text for people, where the fields only say
// that it did. Exim calls delivered in the fields what it has passed on, to a server that
// makes no reports or to where an alias leads, and says so in the text. OpenSMTPD 6 calls
// delayed what it has given up.
func (r *Report) addWords(root *node) {
	var words map[string]string
	for i := range r.Recipients {
		to := &r.Recipients[i]
		if to.Action != "delivered" && (!to.undelivered() || to.Text != "") {
			continue
		}
		if words == nil {
			words = bounce.Words(noticeText(root))
		}
		if to.Action == "delivered" {
			if strings.HasPrefix(words[strings.ToLower(to.Address)], "(relayed ") {
				to.Action = "relayed"
			}
			continue
		}
		if to.Text = words[strings.ToLower(to.Address)]; to.Text == "" && to.FinalRecipient != "" {
			to.Text = words[strings.ToLower(to.FinalRecipient)]
		}
		if strings.HasPrefix(to.Text, "Envelope expired") {
			to.Action = "failed"
		}
		if to.Text != "" {
			to.Code, _ = findCodes(to.Text)
			to.Reason = ReasonFor(to.Status, to.Code, to.Text)
		}
	}
}

func readRecipient(fields []Field) ReportRecipient {
	final := reportAddress(first(fields, "Final-Recipient"))
	to := ReportRecipient{
		Address: reportAddress(first(fields, "Original-Recipient")),
		Text:    diagnosticText(first(fields, "Diagnostic-Code")),
	}
	if to.Text == "" {
		to.Text = replyInComment(first(fields, "Status"))
	}
	if to.Address == "" {
		to.Address = final
	} else if !strings.EqualFold(to.Address, final) {
		to.FinalRecipient = final
	}
	to.Code, to.Status = findCodes(to.Text)
	if given := findEnhanced(first(fields, "Status")); given != "" {
		to.Status = given // what the report claims counts, also where its text is more exact
	}
	to.Action = cleanAction(first(fields, "Action"), to.Status, to.Code)
	if to.undelivered() {
		to.Reason = ReasonFor(to.Status, to.Code, to.Text)
	}
	return to
}

// undelivered tells that there is something to explain.
func (r *ReportRecipient) undelivered() bool { return r.Action == "failed" || r.Action == "delayed" }

// replyInComment gives the server's reply where it stands behind the status, as Haraka
// writes "5.1.2 (550 No MX for x.example)".
func replyInComment(status string) string {
	_, comment, _ := strings.Cut(status, "(")
	comment = strings.TrimSuffix(strings.TrimSpace(comment), ")")
	if code, _ := findCodes(comment); code == 0 {
		return ""
	}
	return comment
}

// cleanAction knows the five actions of RFC 3464 §2.3.3; for anything else the
// class of the status decides (RFC 3463 §2).
func cleanAction(s, status string, code int) string {
	s = strings.ToLower(strings.TrimSpace(stripComments(s)))
	s, _, _ = strings.Cut(s, " ")
	switch s {
	case "failed", "delayed", "delivered", "relayed", "expanded":
		return s
	case "failure", "fail", "expired", "undeliverable":
		return "failed"
	}
	class := byte('5')
	if status != "" {
		class = status[0]
	} else if code > 0 {
		class = byte('0' + code/100)
	}
	switch class {
	case '2':
		return "delivered"
	case '4':
		return "delayed"
	}
	return "failed"
}

func worstAction(list []ReportRecipient) string {
	order := []string{"delivered", "expanded", "relayed", "delayed", "failed"}
	worst := 0
	for _, r := range list {
		for i, a := range order {
			if r.Action == a {
				worst = max(worst, i)
			}
		}
	}
	return order[worst]
}

// tie gathers the Message-IDs that the report may be about. What was sent on is followed
// by that of this. Exchange replaces the Message-ID and keeps the old one in a field of its own.
func (r *Report) tie(returned []Field, own Header) {
	add := func(ids []string) {
		for _, id := range ids {
			if id != "" && !slices.Contains(r.OriginalIDs, id) && id != own.MessageID {
				r.OriginalIDs = append(r.OriginalIDs, id)
			}
		}
	}
	given := parseIDs(first(returned, "Message-ID"))
	if add(parseIDs(first(returned, "Resent-Message-ID"))); len(r.OriginalIDs) > 0 && len(given) > 0 {
		r.SenderID = given[0]
	}
	add(given)
	add([]string{r.OriginalMessageID})
	for _, fields := range [][]Field{returned, own.fields} {
		ids := parseIDs(first(fields, "X-Microsoft-Original-Message-ID"))
		if add(ids); len(ids) > 0 && r.SenderID == "" {
			r.SenderID = ids[0]
		}
	}
	add(own.InReplyTo)
	for i := len(own.References) - 1; i >= 0; i-- {
		add(own.References[i : i+1])
	}
	if len(r.OriginalIDs) > 0 {
		r.OriginalMessageID = r.OriginalIDs[0]
	}
}

// afterType gives what stands behind "rfc822;", "dns;" or "smtp;".
func afterType(s string) string {
	if _, rest, ok := strings.Cut(s, ";"); ok {
		s = rest
	}
	return strings.TrimSpace(s)
}

// reportAddress reads an address of RFC 3464 §2.3, with or without its type.
func reportAddress(s string) string {
	s = strings.TrimSpace(stripComments(s))
	if kind, rest, ok := strings.Cut(s, ";"); ok && !strings.Contains(kind, "@") {
		s = strings.TrimSpace(rest)
	}
	list := parseAddresses(s)
	if len(list) == 0 || list[0].Address == "" {
		return strings.Trim(s, "<>")
	}
	address := list[0].Address
	if mail.CheckAddrSpec(address) != "" {
		if plain := decodeXtext(address); mail.CheckAddrSpec(plain) == "" {
			return plain
		}
	}
	return address
}

func diagnosticText(s string) string {
	kind, rest, ok := strings.Cut(s, ";")
	if ok && len(kind) < 30 && !strings.Contains(strings.TrimSpace(kind), " ") {
		s = rest
	}
	return strings.TrimSpace(decodeWords(s))
}

// decodeXtext undoes RFC 3461 §4.
func decodeXtext(s string) string {
	if !strings.Contains(s, "+") {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '+' && i+2 < len(s) {
			hi, lo := hexValue(s[i+1]), hexValue(s[i+2])
			if hi >= 0 && lo >= 0 && (s[i+1] < 'a' && s[i+2] < 'a') {
				out = append(out, byte(hi<<4|lo))
				i += 2
				continue
			}
		}
		out = append(out, s[i])
	}
	return string(out)
}
