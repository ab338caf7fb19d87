package compose

import "strings"

// Template is a message or a piece of text to begin with, with fields in double
// braces.
type Template struct {
	To, Cc, Bcc, Subject string
	Body                 string
	Cursor               int // of a filled one: where {{cursor}} stood in Body, in bytes; -1: nowhere
}

// ParseTemplate reads a template: header fields (To, Cc, Bcc, Subject) and a
// blank line where it begins with such a field, then text.
func ParseTemplate(s string) Template {
	s = strings.TrimPrefix(normalizeText(s), "\ufeff")
	t := Template{Body: s, Cursor: -1}
	head, body, ok := strings.Cut(s, "\n\n")
	if !ok {
		head, body = strings.TrimRight(s, "\n"), ""
	}
	fields := Template{Body: strings.TrimRight(body, "\n"), Cursor: -1}
	for line := range strings.SplitSeq(head, "\n") {
		name, value, _ := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		switch strings.ToLower(name) {
		case "to":
			fields.To = value
		case "cc":
			fields.Cc = value
		case "bcc":
			fields.Bcc = value
		case "subject":
			fields.Subject = value
		default:
			t.Body = strings.TrimRight(t.Body, "\n")
			return t // text from the beginning
		}
	}
	return fields
}

// Fill puts values in the place of {{name}}; names are compared without case.
// Fields without a value stay, for the user to fill in: OpenField finds them.
func (t Template) Fill(values map[string]string) Template {
	fill := func(s string) string {
		var b strings.Builder
		for {
			i, end := OpenField(s)
			if end == 0 {
				return b.String() + s
			}
			name := strings.ToLower(strings.TrimSpace(s[i+2 : end-2]))
			b.WriteString(s[:i])
			if v, ok := values[name]; ok && name != "cursor" {
				b.WriteString(v)
			} else {
				b.WriteString(s[i:end])
			}
			s = s[end:]
		}
	}
	line := func(s string) string { return oneLine(fill(s)) }
	t.To, t.Cc, t.Bcc, t.Subject, t.Body = line(t.To), line(t.Cc), line(t.Bcc), line(t.Subject), fill(t.Body)
	if i := strings.Index(t.Body, "{{cursor}}"); i >= 0 {
		t.Cursor = i
		t.Body = strings.ReplaceAll(t.Body, "{{cursor}}", "")
	}
	return t
}

// maxField is the longest name of a field, in bytes.
const maxField = 60

// OpenField finds the first {{field}} of a text: where it begins and ends, in
// bytes; 0, 0 where there is none. A field stands on one line.
func OpenField(s string) (from, to int) {
	for at := 0; ; {
		i := strings.Index(s[at:], "{{")
		if i < 0 {
			return 0, 0
		}
		i += at
		end := strings.Index(s[i:], "}}")
		if end < 0 {
			return 0, 0
		}
		if name := s[i+2 : i+end]; name != "" && end <= maxField && !strings.ContainsAny(name, "\n{") {
			return i, i + end + 2
		}
		at = i + 1
	}
}
