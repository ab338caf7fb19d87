package takeover

import "strings"

// word is a token of a muttrc. One that is nothing but `command` has that
// command and no text, for nothing is run.
type word struct {
	text    string
	command string
	partly  bool // a command's output is within text
}

// lexer takes a command line of a muttrc apart: neomuttrc(5), "Syntax of Initialization Files".
type lexer struct {
	s      string
	at     int
	lookup func(name string) word
}

// muttLines joins lines that end in a backslash.
func muttLines(text string) []string {
	var out []string
	var open strings.Builder
	for line := range strings.SplitSeq(text, "\n") {
		slashes := len(line) - len(strings.TrimRight(line, `\`))
		if slashes%2 == 1 {
			open.WriteString(line[:len(line)-1])
			continue
		}
		open.WriteString(line)
		out = append(out, open.String())
		open.Reset()
	}
	return append(out, open.String())
}

func (l *lexer) space() {
	for l.at < len(l.s) && (l.s[l.at] == ' ' || l.s[l.at] == '\t') {
		l.at++
	}
}

// more tells whether the command has another word.
func (l *lexer) more() bool {
	l.space()
	return l.at < len(l.s) && l.s[l.at] != '#' && l.s[l.at] != ';'
}

// command goes to the next command of the line; false where the line ends.
func (l *lexer) command() bool {
	for {
		l.space()
		switch {
		case l.at >= len(l.s) || l.s[l.at] == '#':
			return false
		case l.s[l.at] != ';':
			return true
		}
		l.at++
	}
}

// take eats a byte that stands next, spaces before it included.
func (l *lexer) take(c byte) bool {
	l.space()
	if l.at < len(l.s) && l.s[l.at] == c {
		l.at++
		return true
	}
	return false
}

// next gives the next word; it ends before a byte of stop too.
func (l *lexer) next(stop string) word {
	l.space()
	var text strings.Builder
	var parts []word // what was put in for ` and $
	quote := byte(0)
	for ; l.at < len(l.s); l.at++ {
		c := l.s[l.at]
		switch {
		case quote == 0 && (strings.IndexByte(" \t#;", c) >= 0 || strings.IndexByte(stop, c) >= 0):
			return whole(text.String(), parts)
		case c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case quote != '\'' && c == '\\' && l.at+1 < len(l.s):
			l.at++
			text.WriteByte(escaped(l.s[l.at]))
		case quote != '\'' && c == '`':
			rest := l.s[l.at+1:]
			end := strings.IndexByte(rest, '`')
			if end < 0 {
				end = len(rest)
			}
			parts = append(parts, word{command: rest[:end]})
			l.at = min(l.at+1+end, len(l.s)-1)
		case quote != '\'' && c == '$':
			w := l.lookup(l.name())
			text.WriteString(w.text)
			if w.command != "" || w.partly {
				parts = append(parts, w)
			}
		default:
			text.WriteByte(c)
		}
	}
	return whole(text.String(), parts)
}

func whole(text string, parts []word) word {
	if text == "" && len(parts) == 1 {
		return parts[0]
	}
	return word{text: text, partly: len(parts) > 0}
}

func escaped(c byte) byte {
	switch c {
	case 'n':
		return '\n'
	case 't':
		return '\t'
	case 'r':
		return '\r'
	}
	return c
}

// name reads what follows a $, and stops at its last byte.
func (l *lexer) name() string {
	rest := l.s[l.at+1:]
	if inner, ok := strings.CutPrefix(rest, "{"); ok {
		if end := strings.IndexByte(inner, '}'); end >= 0 {
			l.at += end + 2
			return inner[:end]
		}
	}
	n := 0
	for n < len(rest) && (rest[n] == '_' || rest[n] >= '0' && rest[n] <= '9' || rest[n]|0x20 >= 'a' && rest[n]|0x20 <= 'z') {
		n++
	}
	l.at += n
	return rest[:n]
}
