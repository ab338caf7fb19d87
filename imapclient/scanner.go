package imapclient

import (
	"bytes"
	"errors"
	"math"
	"strconv"
	"strings"
)

// maxDepth bounds nested lists; real ones end below ten.
const maxDepth = 64

var (
	errSyntax = errors.New("the server's answer cannot be read")
	errDepth  = errors.New("the server's answer is nested too deep")
)

// scanner reads the values of one response, RFC 9051 §9. It takes what servers
// really send: more blanks than due, odd characters in atoms, numbers that are
// none.
type scanner struct {
	b []byte
	i int
}

func (s *scanner) end() bool { return s.i >= len(s.b) }

// peek returns the next byte, 0 at the end.
func (s *scanner) peek() byte {
	if s.end() {
		return 0
	}
	return s.b[s.i]
}

func (s *scanner) spaces() {
	for s.i < len(s.b) && (s.b[s.i] == ' ' || s.b[s.i] == '\r' || s.b[s.i] == '\n') {
		s.i++
	}
}

// take consumes c, with the blanks before it, if it is next.
func (s *scanner) take(c byte) bool {
	s.spaces()
	if s.peek() != c {
		return false
	}
	s.i++
	return true
}

// rest returns what has not been read.
func (s *scanner) rest() []byte { return s.b[s.i:] }

// word reads up to a blank or a parenthesis.
func (s *scanner) word() string {
	s.spaces()
	start := s.i
	for s.i < len(s.b) && !isDelimiter(s.b[s.i]) {
		s.i++
	}
	return string(s.b[start:s.i])
}

func isDelimiter(c byte) bool {
	return c == ' ' || c == '(' || c == ')' || c == '\r' || c == '\n'
}

// str reads an astring or nstring; nil is NIL.
func (s *scanner) str() ([]byte, error) {
	s.spaces()
	switch s.peek() {
	case 0, ')', '(':
		return nil, errSyntax
	case '"':
		return s.quoted()
	case '{':
		return s.literal()
	case '~':
		if s.i+1 < len(s.b) && s.b[s.i+1] == '{' {
			s.i++
			return s.literal()
		}
	}
	word := s.word()
	if strings.EqualFold(word, "NIL") {
		return nil, nil
	}
	return []byte(word), nil
}

func (s *scanner) quoted() ([]byte, error) {
	out := []byte{}
	for i := s.i + 1; i < len(s.b); i++ {
		switch s.b[i] {
		case '"':
			s.i = i + 1
			return out, nil
		case '\\':
			if i+1 < len(s.b) {
				i++
			}
		}
		out = append(out, s.b[i])
	}
	return nil, errSyntax
}

func (s *scanner) literal() ([]byte, error) {
	line, _, found := cutLine(s.b[s.i:])
	size, _, ok := literalAt(line)
	if !found || !ok || line[0] != '{' || bytes.Count(line, []byte{'{'}) != 1 {
		return nil, errSyntax
	}
	s.i += bytes.IndexByte(s.b[s.i:], '\n') + 1
	if size > int64(len(s.b)-s.i) {
		return nil, errSyntax
	}
	out := s.b[s.i : s.i+int(size) : s.i+int(size)]
	s.i += int(size)
	return out, nil
}

// number reads a number of at most 63 bits. Negative ones, and those no message
// can have, are 0: not known.
func (s *scanner) number() (uint64, error) {
	raw, err := s.str()
	if err != nil || raw == nil {
		return 0, err
	}
	text := string(raw)
	if n, err := strconv.ParseUint(text, 10, 64); err == nil {
		if n > math.MaxInt64 {
			n = 0
		}
		return n, nil
	}
	// Seen in the wild: "9.3736e+06", "-1".
	f, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil && !errors.Is(err, strconv.ErrRange):
		return 0, errSyntax
	case math.IsNaN(f), f < 0, f >= math.MaxInt64:
		return 0, nil
	}
	return uint64(f), nil
}

// number32 reads a number of 32 bits, 0 for any other.
func (s *scanner) number32() (uint32, error) {
	n, err := s.number()
	if n > math.MaxUint32 {
		n = 0
	}
	return uint32(n), err
}

// skip passes over one value, whatever it is.
func (s *scanner) skip() error {
	depth := 0
	for {
		s.spaces()
		switch c := s.peek(); {
		case s.end():
			return errSyntax
		case c == '(':
			s.i++
			if depth++; depth > maxDepth {
				return errDepth
			}
			continue
		case c == ')':
			if depth == 0 {
				return errSyntax
			}
			s.i++
			depth--
		default:
			if _, err := s.str(); err != nil {
				return err
			}
		}
		if depth == 0 {
			return nil
		}
	}
}

// words reads a list of atoms, in parentheses or up to the end. What is no atom
// is passed over.
func (s *scanner) words(limit int) []string {
	open := s.take('(')
	var out []string
	for s.spaces(); !s.end() && s.peek() != ')'; s.spaces() {
		if s.peek() == '(' || s.peek() == '"' {
			if s.skip() != nil {
				return out
			}
			continue
		}
		if w := s.word(); len(out) < limit && len(w) <= maxWord {
			out = append(out, w)
		}
	}
	if open {
		s.take(')')
	}
	return out
}

// maxWord bounds a flag or a capability.
const maxWord = 256
