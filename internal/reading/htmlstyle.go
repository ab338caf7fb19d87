package reading

import (
	"strconv"
	"strings"
)

const maxLooks = 1000 // styles that are remembered

// look is what the style of an element changes for a reader.
type look struct {
	hidden           bool
	font             int // 1: has a size, -1: size zero, 0: not said
	bold, italic     bool
	pre              bool
	noMargin         bool
	right            bool // text-align
	blockish, inline bool
	coloured         bool // a colour is said
	tone             Tone
}

// lookOf reads the style attribute and the attributes that hide.
func (r *htmlRenderer) lookOf(e *element) look {
	l := r.styleOf(e.attr("style"))
	if e.has("hidden") {
		l.hidden = true
	}
	if r.hiding != nil && !l.hidden {
		if id := e.attr("id"); id != "" && r.hiding["#"+id] {
			l.hidden = true
		}
		for c := range strings.FieldsSeq(e.attr("class")) {
			if r.hiding["."+c] || r.hiding[e.tag+"."+c] {
				l.hidden = true
				break
			}
		}
	}
	if c := e.attr("color"); c != "" && e.tag == "font" {
		l.coloured, l.tone = true, toneOf(c)
	}
	if l.tone != NoTone && e.letters > maxToned {
		l.tone = NoTone
	}
	if e.hasClass("MsoNormal") {
		l.noMargin = true
	}
	return l
}

// styleOf remembers styles: a newsletter has few, and each of them a thousand
// times.
func (r *htmlRenderer) styleOf(style string) look {
	if style == "" {
		return look{}
	}
	l, known := r.looks[style]
	if !known {
		l = parseStyle(style)
		if r.looks == nil {
			r.looks = make(map[string]look)
		}
		if len(r.looks) < maxLooks {
			r.looks[style] = l
		}
	}
	return l
}

// parseStyle reads CSS declarations, of which it knows those that hide text
// and those that a terminal can show.
func parseStyle(style string) look {
	var l look
	if style == "" {
		return l
	}
	d := declarations(style)
	clipped := d["overflow"] == "hidden"
	switch {
	case d["display"] == "none", d["visibility"] == "hidden", d["visibility"] == "collapse", d["mso-hide"] == "all":
		l.hidden = true
	case isZero(d["max-height"]), isZero(d["max-width"]), isZero(d["opacity"]):
		l.hidden = true
	case clipped && (isZero(d["height"]) || isZero(d["width"])):
		l.hidden = true
	case d["color"] == "transparent", d["color"] != "" && d["color"] == background(d):
		l.hidden = true
	case farOff(d["text-indent"]), d["position"] == "absolute" && (farOff(d["left"]) || farOff(d["top"])):
		l.hidden = true
	}
	if size := d["font-size"]; size != "" {
		l.font = 1
		if isTiny(size) {
			l.font = -1
		}
	}
	weight, _ := strconv.Atoi(d["font-weight"])
	l.bold = d["font-weight"] == "bold" || d["font-weight"] == "bolder" || weight >= 600
	if c := d["color"]; c != "" {
		l.coloured = true
		if background(d) == "" { // else it is a button or a badge, made for a page
			l.tone = toneOf(c)
		}
	}
	l.italic = d["font-style"] == "italic" || d["font-style"] == "oblique"
	l.pre = strings.HasPrefix(d["white-space"], "pre") && d["white-space"] != "pre-line"
	l.right = d["text-align"] == "right"
	l.noMargin = isZero(d["margin"]) || isZero(d["margin-bottom"]) && isZero(d["margin-top"])
	l.blockish, l.inline = d["display"] == "block", strings.HasPrefix(d["display"], "inline")
	return l
}

// declarations reads "name: value; …"; later ones win, except over !important.
func declarations(style string) map[string]string {
	d := make(map[string]string)
	fixed := make(map[string]bool)
	for decl := range strings.SplitSeq(style[:min(len(style), 8<<10)], ";") {
		name, value, ok := strings.Cut(decl, ":")
		if !ok {
			continue
		}
		name = strings.ToLower(strings.TrimSpace(name))
		value = strings.ToLower(strings.TrimSpace(value))
		important := strings.HasSuffix(value, "!important")
		if fixed[name] && !important {
			continue
		}
		d[name] = strings.TrimSpace(strings.TrimSuffix(value, "!important"))
		fixed[name] = fixed[name] || important
	}
	return d
}

func background(d map[string]string) string {
	if c := d["background-color"]; c != "" {
		return c
	}
	return d["background"]
}

// isZero reads "0", "0px", "0.0em", "0 0 0 0".
func isZero(v string) bool {
	if v == "" {
		return false
	}
	for part := range strings.FieldsSeq(v) {
		n, err := strconv.ParseFloat(strings.TrimRight(part, "abcdefghijklmnopqrstuvwxyz%"), 64)
		if err != nil || n != 0 {
			return false
		}
	}
	return true
}

// isTiny tells of type that nobody can read: two pixels and less.
func isTiny(v string) bool {
	if isZero(v) {
		return true
	}
	for _, unit := range []string{"px", "pt"} {
		if digits, ok := strings.CutSuffix(v, unit); ok {
			n, err := strconv.ParseFloat(strings.TrimSpace(digits), 64)
			return err == nil && n <= 2
		}
	}
	return false
}

// farOff tells of a text moved off the page.
func farOff(v string) bool {
	n, err := strconv.ParseFloat(strings.TrimRight(v, "abcdefghijklmnopqrstuvwxyz%"), 64)
	return err == nil && n <= -900
}

// hidingSelectors finds the classes and ids that a style sheet hides. Rules
// under a condition (@media) do not count: they are for other screens.
func hidingSelectors(css string) map[string]bool {
	var found map[string]bool
	for css != "" {
		open := strings.IndexByte(css, '{')
		if open < 0 {
			break
		}
		selectors := css[:open]
		css = css[open+1:]
		if strings.Contains(selectors, "@") {
			css = skipRule(css)
			continue
		}
		end := strings.IndexByte(css, '}')
		if end < 0 {
			break
		}
		if l := parseStyle(css[:end]); l.hidden || l.font < 0 {
			for s := range strings.SplitSeq(selectors, ",") {
				if s = simpleSelector(s); s != "" {
					if found == nil {
						found = make(map[string]bool)
					}
					found[s] = true
				}
			}
		}
		css = css[end+1:]
	}
	return found
}

// simpleSelector gives a selector that is one class or one id; others are "".
func simpleSelector(s string) string {
	if i := strings.LastIndex(s, "*/"); i >= 0 {
		s = s[i+2:]
	}
	s = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(s), "<!--"))
	dot := strings.IndexAny(s, ".#")
	if dot < 0 || strings.ContainsAny(s, " >+~:[*") || strings.ContainsAny(s[dot+1:], ".#") {
		return ""
	}
	if s[dot] == '#' {
		return s[dot:]
	}
	return strings.ToLower(s[:dot]) + s[dot:]
}

// skipRule passes over a block with blocks in it.
func skipRule(css string) string {
	depth := 1
	for i := range len(css) {
		switch css[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return css[i+1:]
			}
		}
	}
	return ""
}
