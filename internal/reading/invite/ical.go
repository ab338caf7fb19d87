package invite

import (
	"strings"
	"unicode/utf8"
)

// Bounds of a calendar. One that is larger is read as far as they go.
const (
	maxBytes  = 1 << 20
	maxLines  = 20_000
	maxDepth  = 8
	maxParams = 30
)

// component is a BEGIN…END block of RFC 5545 §3.6.
type component struct {
	name  string
	props []property
	kids  []*component
}

// property is a content line of RFC 5545 §3.1.
type property struct {
	name   string
	params map[string]string
	value  string // as written
}

func (c *component) prop(name string) (property, bool) {
	for _, p := range c.props {
		if p.name == name {
			return p, true
		}
	}
	return property{}, false
}

func (c *component) text(name string) string {
	p, _ := c.prop(name)
	return unescape(p.value)
}

// parseComponents reads the outermost components. What is not closed is closed
// at the end, and what cannot be read is passed over.
func parseComponents(s string) []*component {
	s = s[:min(len(s), maxBytes)]
	root := &component{}
	stack := []*component{root}
	tooDeep := 0
	lines := 0
	for s != "" && lines < maxLines {
		lines++
		var line string
		line, s = cutContentLine(s)
		p, ok := parseProperty(line)
		if !ok {
			continue
		}
		top := stack[len(stack)-1]
		switch {
		case p.name == "BEGIN" && len(stack) > maxDepth:
			tooDeep++
		case p.name == "BEGIN":
			c := &component{name: strings.ToUpper(strings.TrimSpace(p.value))}
			top.kids = append(top.kids, c)
			stack = append(stack, c)
		case p.name == "END" && tooDeep > 0:
			tooDeep--
		case p.name == "END":
			if len(stack) > 1 {
				stack = stack[:len(stack)-1]
			}
		case tooDeep == 0:
			top.props = append(top.props, p)
		}
	}
	return root.kids
}

// cutContentLine takes a line with its folds off the front of s
// (RFC 5545 §3.1).
func cutContentLine(s string) (line, rest string) {
	line, rest, _ = strings.Cut(s, "\n")
	line = strings.TrimSuffix(line, "\r")
	if rest == "" || rest[0] != ' ' && rest[0] != '\t' {
		return line, rest
	}
	var b strings.Builder
	b.WriteString(line)
	for rest != "" && (rest[0] == ' ' || rest[0] == '\t') {
		line, rest, _ = strings.Cut(rest[1:], "\n")
		b.WriteString(strings.TrimSuffix(line, "\r"))
	}
	return b.String(), rest
}

func parseProperty(line string) (property, bool) {
	end := strings.IndexAny(line, ":;")
	if end <= 0 {
		return property{}, false
	}
	p := property{name: strings.ToUpper(line[:end])}
	rest := line[end:]
	for strings.HasPrefix(rest, ";") {
		eq := strings.IndexAny(rest, "=:")
		if eq < 0 || rest[eq] == ':' {
			break
		}
		name := strings.ToUpper(rest[1:eq])
		var value string
		value, rest = paramValue(rest[eq+1:])
		if p.params == nil {
			p.params = make(map[string]string)
		}
		if len(p.params) < maxParams {
			p.params[name] = value
		}
	}
	colon := strings.IndexByte(rest, ':')
	if colon < 0 {
		return property{}, false
	}
	p.value = rest[colon+1:]
	return p, true
}

// paramValue reads a value, quoted or not, and gives what follows it. Of several,
// which commas part (RFC 5545 §3.2), all are passed and the first is given.
func paramValue(s string) (value, rest string) {
	if strings.HasPrefix(s, `"`) {
		if end := strings.IndexByte(s[1:], '"'); end >= 0 {
			value, rest = s[1:1+end], s[2+end:]
			if more, ok := strings.CutPrefix(rest, ","); ok {
				_, rest = paramValue(more)
			}
			return value, rest
		}
		return strings.Trim(s, `"`), ""
	}
	if end := strings.IndexAny(s, ";:"); end >= 0 {
		return s[:end], s[end:]
	}
	return s, ""
}

// unescape undoes RFC 5545 §3.3.11.
func unescape(s string) string {
	s = strings.ToValidUTF8(s, string(utf8.RuneError))
	if !strings.Contains(s, `\`) {
		return strings.TrimSpace(s)
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
			if s[i] == 'n' || s[i] == 'N' {
				b.WriteByte('\n')
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return strings.TrimSpace(b.String())
}
