package reading

import (
	"maps"
	"strconv"
	"strings"
)

const (
	maxParams   = 100
	maxSegments = 100 // pieces of one parameter, RFC 2231 §3
)

// parseMediaType reads the value of Content-Type or Content-Disposition, as
// RFC 2045 §5.1 and RFC 2231 write it and as it arrives in fact. The type is in
// lower case, "" where there is none; parameters are decoded.
func parseMediaType(s string) (string, map[string]string) {
	s = stripComments(s)
	kind, rest := s, ""
	if i := strings.IndexAny(s, ";"); i >= 0 {
		kind, rest = s[:i], s[i+1:]
	}
	kind = strings.TrimSpace(kind)
	if i := strings.IndexAny(kind, " \t\r\n"); i >= 0 {
		kind, rest = kind[:i], kind[i:]+";"+rest // the semicolon was forgotten
	}
	kind = strings.ToLower(strings.Trim(kind, `"',:`)) // a comma, too, is written for the semicolon
	if strings.Contains(kind, "=") {
		kind, rest = "", s
	}
	return kind, joinSegments(splitParams(rest))
}

type param struct{ name, value string }

func splitParams(s string) []param {
	var list []param
	for len(list) < maxParams {
		s = strings.TrimLeft(s, "; \t\r\n")
		if s == "" {
			break
		}
		end := strings.IndexAny(s, "=;")
		if end < 0 {
			break
		}
		if s[end] == ';' {
			s = s[end+1:]
			continue
		}
		name := strings.ToLower(strings.TrimSpace(s[:end]))
		var value string
		value, s = paramValue(strings.TrimLeft(s[end+1:], " \t\r\n"))
		list = append(list, param{name, value})
	}
	return list
}

// paramValue reads a quoted string or a token. A token may hold blanks and
// specials, against the grammar; it ends at a semicolon, or where a blank
// introduces what looks like the next parameter.
func paramValue(s string) (value, rest string) {
	if strings.HasPrefix(s, `"`) {
		if v, n := quotedString(s); n > 0 {
			return v, s[n:]
		}
		s = s[1:]
	}
	end := strings.IndexByte(s, ';')
	if end < 0 {
		end = len(s)
	}
	value, rest = s[:end], s[end:]
	if i := strings.IndexAny(value, " \t"); i >= 0 {
		next := strings.TrimLeft(value[i:], " \t")
		if eq := strings.IndexByte(next, '='); eq > 0 && !strings.ContainsAny(next[:eq], " \t?") {
			value, rest = value[:i], ";"+next+rest
		}
	}
	return strings.TrimSpace(value), rest
}

// quotedString reads the quoted-string of RFC 5322 §3.2.4 at the start of s;
// n is 0 if it has no end. Backslashes of Windows paths are kept.
func quotedString(s string) (value string, n int) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			return b.String(), i + 1
		case c == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\'):
			i++
			b.WriteByte(s[i])
		default:
			b.WriteByte(c)
		}
	}
	return "", 0
}

// joinSegments decodes RFC 2231 parameters. The first of several equal names
// wins, and the extended form wins over the plain one (RFC 6266 §4.3).
func joinSegments(list []param) map[string]string {
	out := make(map[string]string, len(list))
	extended := make(map[string]string)
	pieces := make(map[string]map[int]param)
	for _, p := range list {
		name, star, found := strings.Cut(p.name, "*")
		switch {
		case !found:
			if _, dup := out[name]; !dup {
				out[name] = decodeWords(p.value)
			}
		case star == "":
			if _, dup := extended[name]; !dup {
				extended[name] = decodeExtended(p.value)
			}
		default:
			n, err := strconv.Atoi(strings.TrimSuffix(star, "*"))
			if err != nil || n < 0 || n >= maxSegments {
				continue
			}
			if pieces[name] == nil {
				pieces[name] = make(map[int]param)
			}
			if _, dup := pieces[name][n]; !dup {
				pieces[name][n] = param{star, p.value}
			}
		}
	}
	for name, segments := range pieces {
		out[name] = joinPieces(segments)
	}
	maps.Copy(out, extended)
	return out
}

func joinPieces(segments map[int]param) string {
	var raw []byte
	charset, coded := "", false
	for n := 0; n < maxSegments; n++ {
		p, ok := segments[n]
		if !ok {
			if n == 0 {
				continue // some senders count from 1
			}
			break
		}
		if !strings.HasSuffix(p.name, "*") {
			raw = append(raw, p.value...)
			continue
		}
		value := p.value
		if !coded {
			charset, value = extendedCharset(value)
			coded = true
		}
		raw = unhex(raw, value, '%')
	}
	if !coded {
		return decodeWords(string(raw))
	}
	return decodeCharset(raw, charset)
}

func decodeExtended(s string) string {
	charset, value := extendedCharset(s)
	return decodeCharset(unhex(nil, value, '%'), charset)
}

// extendedCharset parts charset'language'value, RFC 2231 §4.
func extendedCharset(s string) (charset, value string) {
	parts := strings.SplitN(s, "'", 3)
	if len(parts) < 3 {
		return "", s
	}
	return parts[0], parts[2]
}

// stripComments removes the comments of RFC 5322 §3.2.2 outside quotes. An
// unclosed one is no comment.
func stripComments(s string) string {
	if !strings.Contains(s, "(") {
		return s
	}
	var b strings.Builder
	depth, start, quoted := 0, 0, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && (quoted || depth > 0) && i+1 < len(s):
			if depth == 0 {
				b.WriteString(s[i : i+2])
			}
			i++
			continue
		case c == '"' && depth == 0:
			quoted = !quoted
		case c == '(' && !quoted:
			if depth == 0 {
				start = i
			}
			depth++
			continue
		case c == ')' && depth > 0:
			depth--
			continue
		}
		if depth == 0 {
			b.WriteByte(s[i])
		}
	}
	if depth > 0 {
		b.WriteString(s[start:])
	}
	return b.String()
}
