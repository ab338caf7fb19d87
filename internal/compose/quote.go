package compose

import (
	"strings"
	"unicode"

	"postea/internal/mail"
)

// ReplySubject puts one "Re:" in front of a subject, whatever mail programs of
// other languages have put there before.
func ReplySubject(subject string) string {
	return strings.TrimSpace("Re: " + stripPrefixes(oneLine(subject), "re", "aw", "sv", "vs", "antw", "antwort", "odp", "ynt", "res", "rif", "vá", "bls", "απ", "השב", "رد", "回复", "回覆", "答复", "答覆", "返信", "отв", "ha"))
}

// ForwardSubject puts one "Fwd:" in front of a subject.
func ForwardSubject(subject string) string {
	return strings.TrimSpace("Fwd: " + stripPrefixes(oneLine(subject), "fwd", "fw", "wg", "tr", "vl", "enc", "rv", "pd", "vb", "ilt", "trs", "πρθ", "转发", "轉寄", "转寄"))
}

// stripPrefixes takes off prefixes with a colon, also of the form "Re[2]:" and
// with the wide colon of CJK.
func stripPrefixes(s string, prefixes ...string) string {
	for {
		colon := strings.IndexAny(s, ":：")
		if colon < 0 {
			return s
		}
		word := strings.ToLower(strings.TrimSpace(s[:colon]))
		if i := strings.IndexAny(word, "[("); i > 0 && strings.Trim(word[i:], "[]()0123456789") == "" {
			word = word[:i]
		}
		known := false
		for _, p := range prefixes {
			known = known || word == p
		}
		if !known {
			return s
		}
		s = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(s[colon:], ":"), "："))
	}
}

func signatureBlock(signature string) string {
	signature = strings.TrimSpace(normalizeText(signature))
	if signature == "" {
		return ""
	}
	return "\n-- \n" + signature + "\n"
}

// quote marks every line; deeper quotes get another ">" without a blank. The
// signature of the author is left out, with what he quotes below it, but not where
// he has written among that.
func quote(text string) string {
	lines := strings.Split(quotable(text), "\n")
	for i, line := range lines {
		if line == "-- " && !answersBelow(lines[i+1:]) {
			lines = lines[:i]
			break
		}
	}
	var b strings.Builder
	for line := range strings.SplitSeq(strings.Trim(strings.Join(lines, "\n"), "\n"), "\n") {
		line = strings.TrimRight(line, " ")
		switch {
		case line == "":
			b.WriteString(">\n")
		case line[0] == '>':
			b.WriteString(">" + line + "\n")
		default:
			b.WriteString("> " + line + "\n")
		}
	}
	if strings.Trim(b.String(), ">\n") == "" {
		return ""
	}
	return b.String()
}

// answersBelow tells whether words stand behind a quote, up to another signature.
func answersBelow(lines []string) bool {
	quoted := false
	for _, line := range lines {
		switch {
		case line == "-- ":
			return false
		case strings.HasPrefix(line, ">"):
			quoted = true
		case quoted && strings.TrimSpace(line) != "":
			return true
		}
	}
	return false
}

// quotable drops the controls that a received text may hold; an answer has no
// use for them.
func quotable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, normalizeText(text))
}

// Forward hands a message on inside the text, under its own header lines. The
// attachments are for the caller to carry over.
func Forward(o Original, me Self) mail.Draft {
	var b strings.Builder
	b.WriteString("\n\n---------- Forwarded message ----------\n")
	line := func(name, value string) {
		if value != "" {
			b.WriteString(name + ": " + value + "\n")
		}
	}
	line("From", format(o.From))
	if !o.Date.IsZero() {
		line("Date", o.Date.Format("Mon, 2 Jan 2006 15:04:05 -0700"))
	}
	line("Subject", oneLine(o.Subject))
	line("To", format(o.To))
	line("Cc", format(o.Cc))
	b.WriteString("\n" + strings.TrimRight(quotable(o.Text), "\n") + "\n")
	b.WriteString(signatureBlock(me.Signature))
	return mail.Draft{From: me.From, Subject: ForwardSubject(o.Subject), Body: b.String()}
}
