package query

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

type kind int

const (
	word    kind = iota
	quoted       // text is what stands between the quotes
	name         // a field, with its colon; text is the name in lower case
	open         // (
	closing      // )
	minus
	not
	or
	and
)

type token struct {
	kind kind
	text string
	at   Span
	glue bool // nothing stands between this and the next
	open bool // a quote that is not closed
}

// isBlank tells of what parts the words of a query.
func isBlank(r rune) bool { return unicode.IsSpace(r) || r == 0x3000 }

// lex cuts the input into tokens. It never fails.
func lex(input string) []token {
	var list []token
	add := func(k kind, text string, start, end int) {
		next, _ := utf8.DecodeRuneInString(input[end:])
		list = append(list, token{kind: k, text: text, at: Span{start, end}, glue: end < len(input) && !isBlank(next)})
	}
	for i := 0; i < len(input); {
		r, n := utf8.DecodeRuneInString(input[i:])
		switch {
		case isBlank(r):
			i += n
		case r == '(' || r == ')':
			k := open
			if r == ')' {
				k = closing
			}
			add(k, input[i:i+1], i, i+1)
			i++
		case r == '|':
			add(or, "|", i, i+1)
			i++
		case isQuote(r):
			text, end, closed := cutQuoted(input[i+n:])
			end += i + n
			add(quoted, text, i, end)
			list[len(list)-1].open = !closed
			i = end
		case r == '-' && i+1 < len(input) && startsAnything(input[i+1:]):
			add(minus, "-", i, i+1)
			i++
		default:
			end := i + wordEnd(input[i:])
			if field, at, ok := cutField(input[i:end]); ok {
				add(name, field, i, i+at)
				i += at
				continue
			}
			add(keyword(input[i:end]), input[i:end], i, end)
			i = end
		}
	}
	join(list)
	return list
}

// join makes and, or and not in small letters, as notmuch has them, join what is no
// prose: where a field comes next.
func join(list []token) {
	before := word
	for i := len(list) - 1; i >= 0; i-- {
		t := &list[i]
		if k := keyword(strings.ToUpper(t.text)); t.kind == word && before == name && (k == not || k != word && i > 0) {
			t.kind = k
		}
		if t.kind == word || t.kind == quoted || t.kind == name || t.kind == closing {
			before = t.kind
		}
	}
}

// isQuote takes the quotes that other places put where " was typed.
func isQuote(r rune) bool {
	return r == '"' || r == '“' || r == '”' || r == '„' || r == '«' || r == '»'
}

// isGershayim tells whether the quote at a place stands within a Hebrew abbreviation, as
// in דו"ח.
func isGershayim(s string, at int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:at])
	_, n := utf8.DecodeRuneInString(s[at:])
	after, _ := utf8.DecodeRuneInString(s[at+n:])
	return unicode.Is(unicode.Hebrew, before) && unicode.Is(unicode.Hebrew, after)
}

func cutQuoted(s string) (text string, end int, closed bool) {
	for i, r := range s {
		if isQuote(r) && !isGershayim(s, i) {
			return s[:i], i + utf8.RuneLen(r), true
		}
	}
	return s, len(s), false
}

func startsAnything(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return !isBlank(r) && r != '-' && r != ')'
}

func wordEnd(s string) int {
	for i, r := range s {
		if isBlank(r) || r == '(' || r == ')' || i > 0 && isQuote(r) && !isGershayim(s, i) && !isInch(s, i) || r == '|' {
			return i
		}
	}
	return len(s)
}

// isInch tells whether the quote at a place stands behind a letter or digit and closes
// nothing nor begins anything, as in 27".
func isInch(s string, at int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:at])
	_, n := utf8.DecodeRuneInString(s[at:])
	return (unicode.IsLetter(before) || unicode.IsDigit(before)) && !strings.ContainsFunc(s[at+n:], isQuote)
}

func keyword(s string) kind {
	switch s {
	case "OR":
		return or
	case "AND":
		return and
	case "NOT":
		return not
	}
	return word
}

// cutField knows the name of a field at the start of a word. Other words in front
// of a colon are left to the parser, which says that there is no such field,
// unless it is plain that none was meant.
func cutField(s string) (field string, end int, ok bool) {
	i := strings.IndexByte(s, ':')
	if i <= 0 || strings.ContainsFunc(s[:i], func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_')
	}) {
		return "", 0, false
	}
	field = canonical(strings.ToLower(s[:i]))
	if !isField(field) && (ordinary(field) || strings.ContainsAny(field, "0123456789") || i == len(s)-1 || strings.HasPrefix(s[i+1:], "//") || s[i+1] == ':') {
		return "", 0, false
	}
	return field, i + 1, true
}

// ordinary tells of words that stand before a colon in mail and are no fields.
func ordinary(name string) bool {
	switch name {
	case "http", "https", "mailto", "tel", "ftp", "file", "urn", "sip", "xmpp",
		"re", "fw", "fwd", "aw", "wg", "sv", "vs", "tr", "rif", "antw", "betreff":
		return true
	}
	return false
}
