package reading

import (
	"strconv"
	"strings"
)

const (
	maxLooks     = 1000    // styles that are remembered
	maxRules     = 4       // that hide one element
	maxRule      = 1 << 10 // bytes of one
	maxSheetWork = 1 << 20 // bytes that are read for all selectors
)

// look is what the style of an element changes for a reader.
type look struct {
	hidden           bool
	font             int // 1: has a size, -1: size zero, 0: not said
	bold, italic     bool
	struck           bool
	pre, lines       bool // white-space
	noMargin         bool
	right            bool // text-align
	blockish, inline bool
	coloured         bool // a colour is said
	backed           bool // and one behind the text
	faded            bool // the same one
	veiled, unveiled bool // visibility
	displayed        bool // display says how
	tone             Tone
}

// lookOf reads the style attribute and the attributes that hide.
func (r *htmlRenderer) lookOf(e *element) look {
	style, sized := e.attr("style"), false
	rules := 0
	r.sheet.rulesFor(e, func(hiding string, size bool) {
		sized = sized || size
		if hiding != "" && rules < maxRules {
			style = hiding + ";" + style // the element has the last word
			rules++
		}
	})
	l := r.styleOf(style)
	if l.font == 0 && (sized || e.tag == "font" && e.has("size")) {
		l.font = 1
	}
	if e.has("hidden") && !l.displayed {
		l.hidden = true
	}
	l.backed = l.backed || e.has("bgcolor")
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
	clipped := strings.HasPrefix(d["overflow"], "hidden") || d["overflow-x"] == "hidden" || d["overflow-y"] == "hidden"
	narrow := isZero(d["max-width"]) && (d["width"] == "" || isZero(d["width"])) // a cell with a width has it all the same
	switch {
	case d["display"] == "none", isZero(d["opacity"]):
		l.hidden = true // mso-hide is for Outlook alone: such a button is there for everybody else
	case clipped && (isZero(d["height"]) || isZero(d["width"]) || isZero(d["max-height"]) || narrow):
		l.hidden = true
	case farOff(d["text-indent"]), d["position"] == "absolute" && (farOff(d["left"]) || farOff(d["top"])):
		l.hidden = true
	}
	l.displayed = d["display"] != "" && !l.hidden
	l.veiled, l.unveiled = d["visibility"] == "hidden" || d["visibility"] == "collapse", d["visibility"] == "visible"
	l.backed = isColour(background(d)) && background(d) != "transparent" && background(d) != "none"
	l.faded = d["color"] == "transparent" || isColour(d["color"]) && d["color"] == background(d) && (d["background-image"] == "" || d["background-image"] == "none")
	if size := fontSize(d); size != "" {
		l.font = 1
		if isTiny(size) {
			l.font = -1
		}
	}
	weight, _ := strconv.Atoi(d["font-weight"])
	l.bold = d["font-weight"] == "bold" || d["font-weight"] == "bolder" || weight >= 600
	if c := d["color"]; isColour(c) {
		l.coloured = true
		if background(d) == "" { // else it is a button or a badge, made for a page
			l.tone = toneOf(c)
		}
	}
	l.italic = d["font-style"] == "italic" || d["font-style"] == "oblique"
	l.struck = strings.Contains(d["text-decoration"], "line-through") || d["text-decoration-line"] == "line-through"
	switch d["white-space"] {
	case "pre", "pre-wrap", "break-spaces":
		l.pre = true
	case "pre-line":
		l.lines = true
	}
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
		value, mark, _ := strings.Cut(value, "!")
		important := strings.TrimSpace(mark) == "important"
		if fixed[name] && !important {
			continue
		}
		d[name] = strings.TrimSpace(value)
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

// isColour tells of a colour that an element has of itself.
func isColour(v string) bool {
	switch v {
	case "", "inherit", "initial", "unset", "revert", "revert-layer", "currentcolor":
		return false
	}
	return true
}

// fontSize gives the size of type, also out of "bold 14px/20px Arial".
func fontSize(d map[string]string) string {
	if size := d["font-size"]; size != "" {
		return size
	}
	for word := range strings.FieldsSeq(d["font"]) {
		size, _, line := strings.Cut(word, "/")
		if strings.ContainsAny(size[:min(len(size), 1)], "0123456789.") && (line || strings.Trim(size, "0123456789") != "") {
			return size
		}
	}
	return ""
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

// sheet is what counts of the style sheets: by selectors of one tag, class or id,
// what hides and whether a size of type is said.
type sheet map[string]rule

type rule struct {
	hiding string // all declarations of one that hides
	sized  bool
}

// rulesFor calls f with the rules for an element.
func (s sheet) rulesFor(e *element, f func(hiding string, sized bool)) {
	if s == nil {
		return
	}
	apply := func(selector string) {
		if rule, ok := s[selector]; ok {
			f(rule.hiding, rule.sized)
		}
	}
	apply(e.tag)
	if id := e.attr("id"); id != "" {
		apply("#" + id)
	}
	for c := range strings.FieldsSeq(e.attr("class")) {
		apply("." + c)
		apply(e.tag + "." + c)
	}
}

// readSheet reads style sheets. Rules under a condition (@media) do not count:
// they are for other screens.
func readSheet(css string) sheet {
	said := make(map[string][]string)
	work := 0
	for css != "" && work < maxSheetWork {
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
		if l := parseStyle(css[:end]); l.hides() || l.font != 0 || shows(css[:end]) {
			for s := range strings.SplitSeq(selectors, ",") {
				if s = simpleSelector(s); s != "" && work < maxSheetWork {
					work += end
					said[s] = append(said[s], css[:end])
				}
			}
		}
		css = css[end+1:]
	}
	var found sheet
	for s, rules := range said {
		all := strings.Join(rules, ";") // what is said last counts
		r, l := rule{}, parseStyle(all)
		if r.sized = l.font > 0; l.hides() && strings.ContainsAny(s, ".#") {
			if r.hiding = all; len(all) > maxRule {
				r.hiding = "display:none"
			}
		}
		if r != (rule{}) {
			if found == nil {
				found = make(sheet)
			}
			found[s] = r
		}
	}
	return found
}

func (l look) hides() bool { return l.hidden || l.faded || l.veiled || l.font < 0 }

// shows tells of declarations that could take back what hides.
func shows(declared string) bool {
	lower := strings.ToLower(declared)
	for _, name := range []string{"display", "visibility", "opacity", "height", "width", "overflow", "color"} {
		if strings.Contains(lower, name) {
			return true
		}
	}
	return false
}

// simpleSelector gives a selector that is one tag, class or id; others are "".
func simpleSelector(s string) string {
	if i := strings.LastIndex(s, "*/"); i >= 0 {
		s = s[i+2:]
	}
	s = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(s), "<!--"))
	if strings.ContainsAny(s, " >+~:[*") {
		return ""
	}
	dot := strings.IndexAny(s, ".#")
	if dot < 0 {
		return strings.ToLower(s)
	}
	if strings.ContainsAny(s[dot+1:], ".#") {
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
