// Package trust judges who a message is from: by what the receiving server has
// found out (Authentication-Results, RFC 8601), and by how the name of a
// domain looks. It knows of no keys and asks no server.
package trust

import "strings"

const (
	maxResults = 100
	maxProps   = 50
)

// Results is one Authentication-Results field.
type Results struct {
	Server string // authserv-id, in lower case
	List   []Result
}

// Result is the outcome of one method, in lower case: "dkim" "pass".
type Result struct {
	Method, Value string
	Props         map[string]string // "header.d": "example.org"
}

// ParseResults reads the value of a field (RFC 8601 §2.2). What cannot be read
// is left out, because a guess here would be a good mark for a forger.
func ParseResults(value string) Results {
	parts := splitOutside(stripComments(value), ';')
	words := strings.Fields(parts[0])
	if len(words) == 0 || len(words) > 2 { // the id, and maybe a version
		return Results{}
	}
	r := Results{Server: strings.ToLower(strings.Trim(words[0], `"`))}
	for _, part := range parts[1:] {
		if one, ok := parseResult(part); ok && len(r.List) < maxResults {
			r.List = append(r.List, one)
		}
	}
	return r
}

func parseResult(s string) (Result, bool) {
	words := splitOutside(joinEquals(s), ' ')
	r := Result{Props: map[string]string{}}
	for i, word := range words {
		name, value, ok := strings.Cut(word, "=")
		if !ok {
			if i == 0 {
				return r, false // "none", or nonsense
			}
			continue
		}
		name = strings.ToLower(name)
		value = unquote(value)
		switch {
		case i == 0:
			name, _, _ = strings.Cut(name, "/") // a version
			r.Method, r.Value = name, strings.ToLower(value)
		case len(r.Props) < maxProps:
			if _, twice := r.Props[name]; !twice {
				r.Props[name] = value
			}
		}
	}
	return r, r.Method != "" && r.Value != ""
}

// joinEquals takes out the blanks around "=", and makes one of others.
func joinEquals(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	return strings.ReplaceAll(strings.ReplaceAll(s, " =", "="), "= ", "=")
}

func unquote(s string) string {
	if len(s) > 1 && s[0] == '"' && s[len(s)-1] == '"' {
		s = s[1 : len(s)-1]
		s = strings.ReplaceAll(strings.ReplaceAll(s, `\"`, `"`), `\\`, `\`)
	}
	return s
}

// splitOutside splits at sep where it stands in no quotes. There is always a
// first part.
func splitOutside(s string, sep byte) []string {
	var list []string
	start, quoted := 0, false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && quoted:
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == sep && !quoted:
			list = append(list, s[start:i])
			start = i + 1
		}
	}
	return append(list, s[min(start, len(s)):])
}

// stripComments drops comments (RFC 5322 §3.2.2). Everything behind one that
// is not closed is dropped too.
func stripComments(s string) string {
	var b strings.Builder
	depth, quoted := 0, false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '\\' && (quoted || depth > 0) && i+1 < len(s):
			if depth == 0 {
				b.WriteString(s[i : i+2])
			}
			i++
			continue
		case c == '"' && depth == 0:
			quoted = !quoted
		case c == '(' && !quoted:
			depth++
			continue
		case c == ')' && depth > 0:
			depth--
			b.WriteByte(' ')
			continue
		}
		if depth == 0 {
			b.WriteByte(c)
		}
	}
	return b.String()
}
