package reading

import (
	"bytes"
	"slices"
	"strings"
)

const (
	maxFields     = 1000
	usualFields   = 16
	maxFieldBytes = 64 << 10
)

// Field is one header field as it arrived: unfolded, not decoded, and not
// safe for a screen.
type Field struct{ Name, Value string }

// splitHeader reads the header block at the start of b (RFC 5322 §2.2) and
// tells where the body begins. A line that is no field is skipped if a field
// follows it; otherwise it is taken for the first line of a body that lacks
// its blank line, so that no text is lost.
func splitHeader(b []byte) (fields []Field, bodyAt int, defects []string) {
	return splitWithin(b, maxFields, maxFieldBytes)
}

func splitWithin(b []byte, maxFields, maxFieldBytes int) (fields []Field, bodyAt int, defects []string) {
	note := noter(&defects)
	pos := 0
	for pos < len(b) {
		line, next := cutLine(b, pos)
		if len(line) == 0 {
			return fields, next, defects
		}
		name, value, ok := cutField(line)
		switch {
		case ok:
		case pos == 0 && isEnvelopeLine(line): // mbox
			pos = next
			continue
		case line[0] == ' ' || line[0] == '\t':
			if len(fields) == 0 && !fieldFollows(b, next) {
				return fields, pos, defects
			}
			pos = next
			continue
		case fieldFollows(b, next) && !bytes.HasPrefix(line, []byte("--")): // a boundary begins the body
			note("a line in the header is not a header field")
			pos = next
			continue
		default:
			if len(fields) > 0 {
				note("no blank line between header and body")
			}
			return fields, pos, defects
		}
		folded, end := foldedValue(b, value, next, maxFieldBytes)
		pos = end
		if len(fields) == maxFields {
			note("more than 1,000 header fields; the rest is left out")
			continue
		}
		if len(folded) > maxFieldBytes {
			note("a header field is longer than 64 KiB and was cut")
			folded = folded[:maxFieldBytes]
		}
		if fields == nil {
			fields = make([]Field, 0, usualFields)
		}
		fields = append(fields, Field{string(name), string(folded)})
	}
	return fields, len(b), defects
}

// noter records a defect once.
func noter(list *[]string) func(string) {
	return func(s string) {
		if slices.Contains(*list, s) {
			return
		}
		*list = append(*list, s)
	}
}

// cutLine gives the line at pos without its end, CRLF, LF or a lone CR before
// anything but LF, and the position of the next line.
func cutLine(b []byte, pos int) (line []byte, next int) {
	i := bytes.IndexByte(b[pos:], '\n')
	end := len(b)
	next = len(b)
	if i >= 0 {
		end, next = pos+i, pos+i+1
	}
	line = bytes.TrimSuffix(b[pos:end], []byte("\r"))
	return line, next
}

func foldedValue(b, first []byte, pos, maxFieldBytes int) (value []byte, next int) {
	value = bytes.Trim(first, " \t\r")
	copied := false
	for pos < len(b) {
		line, after := cutLine(b, pos)
		if len(line) == 0 || line[0] != ' ' && line[0] != '\t' {
			break
		}
		pos = after
		if len(value) > maxFieldBytes {
			continue
		}
		if !copied { // value is a part of b until now
			value, copied = append(make([]byte, 0, len(value)+len(line)+1), value...), true
		}
		if trimmed := bytes.Trim(line, " \t\r"); len(trimmed) > 0 {
			value = append(append(value, ' '), trimmed...)
		}
	}
	return value, pos
}

func fieldFollows(b []byte, pos int) bool {
	if pos >= len(b) {
		return false
	}
	line, _ := cutLine(b, pos)
	_, _, ok := cutField(line)
	return ok
}

// cutField parts "Name: value". Blanks before the colon are the obsolete form
// of RFC 5322 §4.5.
func cutField(line []byte) (name, value []byte, ok bool) {
	i := bytes.IndexByte(line[:min(len(line), 256)], ':')
	if i <= 0 {
		return nil, nil, false
	}
	name = bytes.TrimRight(line[:i], " \t")
	for _, c := range name {
		if c <= ' ' || c >= 0x7f {
			return nil, nil, false
		}
	}
	return name, line[i+1:], len(name) > 0
}

func isEnvelopeLine(line []byte) bool {
	return bytes.HasPrefix(line, []byte("From ")) || bytes.HasPrefix(line, []byte(">From "))
}

// useNewlines makes the lone CRs of old Macintosh files into line ends, and CR CR LF,
// which a gateway makes that takes CRLF for LF; a message that has a single LF of
// another kind is left as it is.
func useNewlines(b []byte) []byte {
	if i := bytes.IndexByte(b, '\n'); i > 1 && b[i-1] == '\r' && b[i-2] == '\r' {
		if doubled := []byte("\r\r\n"); bytes.Count(b, doubled) == bytes.Count(b, []byte("\n")) {
			return bytes.ReplaceAll(b, doubled, []byte("\r\n"))
		}
		return b
	}
	if bytes.IndexByte(b, '\n') >= 0 || bytes.IndexByte(b, '\r') < 0 {
		return b
	}
	return bytes.ReplaceAll(b, []byte("\r"), []byte("\n"))
}

// skipLeading passes over blank lines and a byte order mark in front of the
// first field.
func skipLeading(b []byte) []byte {
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	rest := bytes.TrimLeft(b, "\r\n")
	if len(rest) == len(b) || fieldFollows(rest, 0) || isEnvelopeLine(rest) {
		return rest
	}
	return b
}

// is tells whether a field has that name, which is ASCII, without case.
func (f *Field) is(name string) bool {
	return len(f.Name) == len(name) && strings.EqualFold(f.Name, name)
}

// first gives the value of the first field of that name. Where a field that
// must be single stands twice the first counts, here and when a reply is made.
func first(fields []Field, name string) string {
	for i := range fields {
		if fields[i].is(name) {
			return fields[i].Value
		}
	}
	return ""
}

func countOf(fields []Field, name string) int {
	n := 0
	for i := range fields {
		if fields[i].is(name) {
			n++
		}
	}
	return n
}

// joined gives all fields of a name as one list; RFC 5322 §4.5.3 lets the
// destination fields stand more than once.
func joined(fields []Field, name string) string {
	if countOf(fields, name) <= 1 {
		return first(fields, name)
	}
	var b strings.Builder
	for i := range fields {
		if fields[i].is(name) {
			if b.Len() > 0 {
				b.WriteByte(',')
			}
			b.WriteString(fields[i].Value)
		}
	}
	return b.String()
}
