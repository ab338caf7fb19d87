package reading

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/publicsuffix"

	"postea/internal/reading/trust"
)

// maxShownURL is how much of a URL the list at the foot shows, in characters.
const maxShownURL = 120

// anchor numbers a link. Where its text names one host and it leads to
// another, the other is shown beside the number.
func (r *htmlRenderer) anchor(e *element, s scope) {
	n, before := 0, len(r.links.list)
	if href := e.attr("href"); href != "" && s.link == 0 {
		n = r.links.add(href, "")
	}
	if n == 0 {
		r.children(e, s)
		return
	}
	s.link, s.span = n, LinkSpan
	link := &r.links.list[n-1]
	start, runs := len(r.blocks), len(r.runs)
	r.children(e, s)
	text := r.textSince(start, runs)
	if text == "" {
		if e.letters > 0 || s.unseen() { // all of it is hidden
			r.links.cut(before)
			return
		}
		r.text(link.Host, s)
		text = link.Host
	}
	if link.Text == "" {
		link.Text = text
	}
	if mark := linkMark(link, text); mark != "" {
		s.span = Dim
		r.writeMark(mark, s)
	}
}

// area shows a field of a picture that leads somewhere: of a newsletter that is one
// picture, they are all the links there are.
func (r *htmlRenderer) area(e *element, s scope) {
	if e.attr("href") == "" {
		return
	}
	alt := strings.Join(strings.Fields(e.attr("alt")), " ")
	s.zeroFont, s.faded = false, false
	r.space = true
	r.anchor(&element{tag: "a", attrs: e.attrs, kids: []*element{{text: alt}}, letters: len(alt)}, s)
	r.space = true
}

// textSince collects what was written since a point, for the text of a link.
func (r *htmlRenderer) textSince(blocks, runs int) string {
	var parts []string
	if len(r.blocks) == blocks {
		for _, u := range r.runs[min(max(runs-1, 0), len(r.runs)):] {
			if u.kind == LinkSpan {
				parts = append(parts, u.text)
			}
		}
		return strings.TrimSpace(strings.Join(parts, ""))
	}
	for _, b := range r.blocks[min(blocks, len(r.blocks)):] {
		parts = append(parts, strings.TrimSpace(b.text()))
	}
	for _, u := range r.runs {
		parts = append(parts, strings.TrimSpace(u.text))
	}
	return strings.TrimSpace(strings.Join(parts, " "))
}

// writeMark puts the number behind the text it belongs to, also where that
// text has ended its line.
func (r *htmlRenderer) writeMark(mark string, s scope) {
	if n := len(r.blocks); len(r.runs) == 0 && n > 0 && r.blocks[n-1].grid == nil && !r.blocks[n-1].blank() {
		last := &r.blocks[n-1]
		last.runs = append(last.runs, run{text: " " + mark, kind: s.span, link: s.link})
		return
	}
	r.space = false
	r.write(" "+mark, s)
}

func linkMark(link *Link, text string) string {
	number := strconv.Itoa(link.Number)
	if named := namedHost(text); named != "" {
		if !sameHost(named, link.Host) {
			return "[" + number + " → " + link.Host + "]"
		}
	}
	return "[" + number + "]"
}

// namedHost gives the host that a text looks like, "" if it looks like none.
func namedHost(text string) string {
	s := strings.ToLower(strings.TrimSpace(text))
	sure := strings.HasPrefix(s, "www.")
	if i := strings.Index(s, "://"); i >= 0 {
		s, sure = s[i+3:], true
		if s, i = s[:authorityEnd(s)], strings.LastIndexByte(s[:authorityEnd(s)], '@'); i >= 0 {
			if strings.Contains(s[:i], ".") { // a name in front of the host, to be taken for it
				return s[:i]
			}
			s = s[i+1:]
		}
	} else if strings.ContainsAny(s, " @") {
		return ""
	}
	if end := strings.IndexAny(s, "/?#: \u00a0"); end >= 0 {
		s = s[:end]
	}
	dot := strings.LastIndexByte(s, '.')
	if dot <= 0 || len(s)-dot < 3 || len(s)-dot > 12 || strings.ContainsAny(s, "()[]<>,;!\"'") || strings.Trim(s[dot+1:], "0123456789") == "" {
		return ""
	}
	if !sure && isFileName(s) {
		return ""
	}
	return s
}

// authorityEnd tells where the authority of a URL ends (RFC 3986 §3.2).
func authorityEnd(s string) int {
	if end := strings.IndexAny(s, "/?# \u00a0"); end >= 0 {
		return end
	}
	return len(s)
}

// isFileName tells of bare names that are none of a host: because there is no
// such domain, or because an extension is a country too.
func isFileName(s string) bool {
	if strings.Count(s, ".") == 1 {
		switch s[strings.IndexByte(s, '.')+1:] {
		case "md", "rs", "sh", "py", "pl", "cc", "ps", "so", "zip", "mov":
			return true
		case "example", "test": // which documentation is written with
			return false
		}
	}
	_, icann := publicsuffix.PublicSuffix(s)
	return !icann && !strings.HasSuffix(s, ".example")
}

func sameHost(a, b string) bool {
	below := func(a, b string) bool {
		a, b = strings.TrimPrefix(a, "www."), strings.TrimPrefix(b, "www.")
		return a == b || strings.HasSuffix(b, "."+a)
	}
	return below(a, b) || below(trust.ASCII(a), trust.ASCII(b))
}

// footer lists links as they are numbered, with the host that each really
// leads to standing out.
func footer(list []Link) []block {
	if len(list) == 0 {
		return nil
	}
	blocks := []block{{kind: LinkList}}
	for _, l := range list {
		runs := append([]run{{text: "[" + strconv.Itoa(l.Number) + "]\u00a0", kind: Dim, link: l.Number}}, urlRuns(l)...)
		if l.Via != "" {
			runs = append(runs, run{text: " · by way of " + l.Via, kind: Dim, link: l.Number})
		}
		if names := l.Tracking(); names != nil {
			runs = append(runs, run{text: " · tracking: " + strings.Join(names, ", "), kind: Dim, link: l.Number})
		}
		blocks = append(blocks, block{kind: LinkList, indent: 4, runs: runs})
	}
	return blocks
}

func urlRuns(l Link) []run {
	shown := l.Shown
	if utf8.RuneCountInString(shown) > maxShownURL {
		shown = cutWords(shown, maxShownURL) + "…"
	}
	part := func(text string, kind SpanKind) run { return run{text: text, kind: kind, link: l.Number} }
	rest, ok := cutScheme(shown)
	if !ok || l.Host == "" {
		return []run{{text: shown, kind: LinkSpan, link: l.Number}}
	}
	if len(rest) >= len(l.Host) && strings.EqualFold(rest[:len(l.Host)], l.Host) && (len(rest) == len(l.Host) || strings.IndexByte("/?#:", rest[len(l.Host)]) >= 0) && !strings.Contains(hostPart(rest), "@") {
		scheme := shown[:len(shown)-len(rest)]
		return []run{part(scheme, Dim), part(rest[:len(l.Host)], LinkSpan), part(rest[len(l.Host):], Dim)}
	}
	return []run{part(l.Host, LinkSpan), part(" ← "+shown, Dim)}
}

func cutScheme(s string) (rest string, ok bool) {
	_, rest, ok = strings.Cut(s, "://")
	return rest, ok
}

func hostPart(rest string) string {
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		return rest[:end]
	}
	return rest
}
