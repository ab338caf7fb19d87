package bounce

import (
	"slices"
	"strings"
)

// finder looks for the failed addresses in the lines of a notice.
type finder struct {
	n     *Notice
	lines []string
	res   *Result
}

func (f *finder) add(address, text string) {
	if !valid(address) || is(address, f.n.From) || len(f.res.Recipients) >= maxRecipients {
		return
	}
	text = strings.Join(strings.Fields(text), " ")
	for i := range f.res.Recipients {
		if r := &f.res.Recipients[i]; is(r.Address, address) { // told twice: for people, and for administrators
			if !strings.Contains(r.Text, text) && len(r.Text) < maxText {
				r.Text = strings.TrimSpace(r.Text + " " + text)
			}
			return
		}
	}
	f.res.Recipients = append(f.res.Recipients, Recipient{address, text})
}

// listed finds addresses that stand at the beginning of a line, or on a line
// below "the following recipients:", and takes the paragraph after them for
// the reason.
func (f *finder) listed() {
	address, reason, count := "", "", 0
	done := func() {
		if address != "" {
			f.add(address, reason)
		}
		address, reason, count = "", "", 0
	}
	list := false
	for _, line := range f.lines {
		line = strings.TrimSpace(line)
		a, rest := leading(line)
		if a == "" && list && line != "" {
			a, rest = anywhere(line), ""
		}
		switch {
		case a != "" && !f.isOwn(a) && !isRole(a, rest):
			done()
			address, reason, list = a, rest, false
		case line == "":
			if reason != "" && !strings.HasSuffix(reason, ":") { // "because:", of Notes
				done()
			}
		case introducesList(line):
			done()
			list = true
		case address != "" && count < maxReason:
			reason += " " + line
			count++
			list = false
		default:
			list = false
		}
	}
	done()
}

// toSelf finds the failed address of somebody who wrote to themselves, where
// the notice has no copy that would show it: "<a@b>:" on a line.
func (f *finder) toSelf() {
	for i, line := range f.lines {
		line = strings.TrimSpace(line)
		if a, rest := cutAddress(line); a != "" && line[0] == '<' && rest == ":" {
			f.add(a, strings.Join(f.lines[i+1:min(i+4, len(f.lines))], " "))
		}
	}
}

// isRole tells of an address at the beginning of a line that only continues a
// sentence about whom to ask.
func isRole(address, rest string) bool {
	local, _, _ := strings.Cut(strings.ToLower(address), "@")
	return (local == "postmaster" || local == "abuse" || local == "mailer-daemon") && rest != "" && !startsReason(rest)
}

func startsReason(rest string) bool { return rest[0] == ':' || rest[0] == '(' || rest[0] == '[' }

func introducesList(line string) bool {
	lower := strings.ToLower(line)
	if !strings.Contains(lower, "following") && !strings.Contains(lower, "recipient") && !strings.Contains(lower, "address") && !strings.Contains(lower, "delivered to") {
		return false
	}
	return strings.HasSuffix(lower, ":") || strings.HasSuffix(lower, "-") || strings.HasSuffix(lower, "following") || strings.HasSuffix(lower, "failed.") || strings.HasSuffix(lower, "recipients")
}

// leading gives the address at the beginning of a line, in brackets or not,
// behind a bullet or not, and what follows it.
func leading(line string) (address, rest string) {
	s := strings.TrimLeft(line, " \t*>-•·\"'")
	a, rest := cutAddress(s)
	if a == "" {
		return "", ""
	}
	if strings.HasPrefix(rest, "<mailto:") {
		_, rest, _ = strings.Cut(rest, ">")
	} else if inner, after := cutAddress(strings.TrimLeft(rest, " \t")); inner != "" && strings.HasPrefix(strings.TrimLeft(rest, " \t"), "<") {
		a, rest = inner, after // a name that looks like an address
	}
	rest = strings.TrimSpace(strings.TrimLeft(rest, ":,;>\"' \t"))
	return a, rest
}

// cutAddress cuts "<a@b>" or "a@b" off the front of s.
func cutAddress(s string) (address, rest string) {
	bracket := strings.HasPrefix(s, "<")
	t := strings.TrimPrefix(s, "<")
	end := strings.IndexAny(t, " \t<>()[],;\"")
	if end < 0 {
		end = len(t)
	}
	a := strings.TrimRight(t[:end], ".:'")
	if !bracket {
		// "a@b:reason" without a blank
		if at := strings.IndexByte(a, '@'); at > 0 {
			if colon := strings.IndexByte(a[at:], ':'); colon > 0 {
				a = a[:at+colon]
			}
		}
	}
	if strings.HasPrefix(strings.ToLower(a), "mailto:") || !strings.Contains(a, "@") || !valid(a) {
		return "", s
	}
	rest = t[len(a):]
	if bracket {
		if !strings.HasPrefix(rest, ">") {
			return "", s
		}
		rest = rest[1:]
	}
	return a, rest
}

// anywhere gives the first address in a line.
func anywhere(line string) string {
	for s := line; ; {
		at := strings.IndexByte(s, '@')
		if at < 0 {
			return ""
		}
		start := at
		for start > 0 && isLocal(s[start-1]) {
			start--
		}
		end := at + 1
		for end < len(s) && isDomain(s[end]) {
			end++
		}
		a := strings.TrimRight(strings.TrimLeft(s[start:end], ".'"), ".-")
		for _, kind := range []string{"smtp=", "rfc822="} { // X.400 spells it so
			if len(a) > len(kind) && strings.EqualFold(a[:len(kind)], kind) {
				a = a[len(kind):]
			}
		}
		if valid(a) {
			return a
		}
		s = s[at+1:]
	}
}

func isLocal(c byte) bool {
	return isDomain(c) || strings.IndexByte("!#$%&'*+/=?^_`{|}~", c) >= 0
}

func isDomain(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-' || c >= 0x80
}

// mentioned finds addresses in sentences that speak of a failure.
func (f *finder) mentioned() {
	for i, line := range f.lines {
		lower := strings.ToLower(line)
		if !strings.Contains(line, "@") || !speaksOfFailure(lower) || speaksOfOthers(lower) {
			continue
		}
		a := anywhere(line)
		if a == "" || f.isOwn(a) {
			continue
		}
		text := line
		for j := i + 1; j < len(f.lines) && j < i+maxReason && strings.TrimSpace(f.lines[j]) != ""; j++ {
			text += " " + f.lines[j]
		}
		f.add(a, text)
	}
}

// isOwn tells of the two who exchange the notice. Somebody who wrote to
// themselves is a recipient as well.
func (f *finder) isOwn(a string) bool {
	if has(f.n.To, a) {
		return !has(f.n.Returned, a) && !has(copiedTo(f.res.Copy), a)
	}
	return is(a, f.n.From)
}

func has(list []string, a string) bool {
	return slices.ContainsFunc(list, func(b string) bool { return is(a, b) })
}

func speaksOfFailure(lower string) bool {
	if containsAny(lower, []string{
		"deliver", "fail", "unknown", "invalid", "full", "reject", "error", "recipient", "addressed to", "rcpt to", "mailbox", "quota",
		"no such", "not exist", "address:", "unreachable", "unable", "refused",
	}) {
		return true
	}
	t := strings.TrimLeft(lower, " <>")
	return len(t) > 4 && (t[0] == '4' || t[0] == '5') && t[1] >= '0' && t[1] <= '9' && t[2] >= '0' && t[2] <= '9' && (t[3] == ' ' || t[3] == '-')
}

// speaksOfOthers tells of lines about the sender, or about whom to ask.
func speaksOfOthers(lower string) bool {
	return containsAny(lower, []string{"mail from", "from:", "contact", "please send", "sender", "reply-to", "message-id", "if you ", "assistance", "questions", "x-", "for help"})
}

// failedFields takes what the header named.
func (f *finder) failedFields() {
	for _, a := range f.n.Failed {
		f.add(a, "")
	}
}

// locals finds the users of the system that writes, whom it names without
// their domain.
func (f *finder) locals() {
	_, domain, ok := strings.Cut(f.n.From, "@")
	if !ok {
		return
	}
	list := false
	for _, line := range f.lines {
		line = strings.TrimSpace(line)
		switch word := strings.Trim(line, "<>:"); {
		case line == "":
		case list && len(word) < 64 && strings.IndexFunc(word, func(r rune) bool { return r > 0x7f || !isLocal(byte(r)) }) < 0:
			f.add(word+"@"+domain, "")
		default:
			list = introducesList(line) || strings.Contains(strings.ToLower(line), "following recipients could not")
		}
	}
}

// returned takes the recipients of the message that came back. A message to
// several of them says nothing about which one failed.
func (f *finder) returned() {
	list := f.n.Returned
	if len(list) == 0 {
		list = copiedTo(f.res.Copy)
	}
	if len(list) == 1 {
		f.add(list[0], strings.TrimSpace(strings.Join(f.lines[:min(len(f.lines), maxReason)], "\n")))
	}
}

// copiedTo reads the To field of a copied header.
func copiedTo(text string) []string {
	var list []string
	for line := range strings.SplitSeq(text[:min(len(text), maxNotice)], "\n") {
		if line = strings.TrimRight(line, "\r"); line == "" && list != nil {
			return list
		}
		if len(line) > 3 && strings.EqualFold(line[:3], "to:") {
			for part := range strings.SplitSeq(line[3:], ",") {
				if a := anywhere(part); a != "" {
					list = append(list, a)
				}
			}
			return list
		}
	}
	return list
}
