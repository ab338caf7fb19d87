package reading

import (
	"strconv"
	"strings"
)

// marker is what stands before the nth item of an ordered list: contracts refer to it.
func marker(kind string, n int) string {
	const letters, roman = 26, 3999
	switch {
	case (kind == "a" || kind == "A") && n >= 1 && n <= letters:
		return string(rune(kind[0]) + rune(n-1))
	case (kind == "i" || kind == "I") && n >= 1 && n <= roman:
		var b strings.Builder
		for _, r := range [...]struct {
			value int
			sign  string
		}{{1000, "m"}, {900, "cm"}, {500, "d"}, {400, "cd"}, {100, "c"}, {90, "xc"}, {50, "l"}, {40, "xl"}, {10, "x"}, {9, "ix"}, {5, "v"}, {4, "iv"}, {1, "i"}} {
			for ; n >= r.value; n -= r.value {
				b.WriteString(r.sign)
			}
		}
		if kind == "I" {
			return strings.ToUpper(b.String())
		}
		return b.String()
	}
	return strconv.Itoa(n)
}

func (r *htmlRenderer) list(e *element, s scope) {
	next, err := strconv.Atoi(strings.TrimSpace(e.attr("start")))
	if err != nil {
		next = 1
	}
	s.indent = min(s.indent+2, 40)
	if e.tag == "ol" {
		s.indent++
	}
	r.lists++
	r.block(r.lists == 1, func() {
		for _, k := range e.kids {
			switch {
			case k.tag == "":
				r.text(k.text, s)
			case k.tag != "li":
				r.element(k, s)
			case !r.lookOf(k).hidden:
				r.flush()
				r.bullet = "• "
				if e.tag == "ol" {
					if n, err := strconv.Atoi(strings.TrimSpace(k.attr("value"))); err == nil {
						next = n
					}
					r.bullet = marker(e.attr("type"), next) + ". "
					next++
				}
				r.item(k, s)
				r.flush()
				r.bullet = ""
				r.gap = false
			}
		}
	})
	r.lists--
}

// item writes what stands in an item or a cell, with its own look.
func (r *htmlRenderer) item(e *element, s scope) {
	l := r.lookOf(e)
	s.inherit(l)
	r.inside(e, s, l)
}
