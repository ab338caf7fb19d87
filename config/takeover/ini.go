package takeover

import "strings"

// section is one [section] of an INI file, with its last value of each key.
type section struct {
	name string
	keys map[string]string
}

func (s section) get(key string) string { return s.keys[key] }

// parseINI reads what aerc and Mozilla write: key = value, comments by # or ; at
// the beginning of a line or behind a space, values in quotes or not.
func parseINI(text string) []section {
	var out []section
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(strings.TrimPrefix(line, "\ufeff"))
		if line == "" || line[0] == '#' || line[0] == ';' {
			continue
		}
		if name, ok := strings.CutPrefix(line, "["); ok {
			name, _, closed := strings.Cut(name, "]")
			if closed {
				out = append(out, section{name: strings.TrimSpace(name), keys: map[string]string{}})
			}
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		if !ok || len(out) == 0 {
			continue
		}
		out[len(out)-1].keys[strings.ToLower(strings.TrimSpace(key))] = iniValue(strings.TrimSpace(value))
	}
	return out
}

func iniValue(v string) string {
	if len(v) >= 2 && strings.IndexByte("\"'`", v[0]) >= 0 {
		if end := strings.IndexByte(v[1:], v[0]); end >= 0 && strings.TrimSpace(v[end+2:]) == "" {
			return v[1 : end+1]
		}
	}
	for i := 1; i < len(v); i++ {
		if (v[i] == '#' || v[i] == ';') && (v[i-1] == ' ' || v[i-1] == '\t') {
			return strings.TrimSpace(v[:i])
		}
	}
	return v
}
