package reading

import (
	"net/url"
	"slices"
	"strings"
)

// maxPictures is how many pictures of a text are counted.
const maxPictures = 200

// PictureSource is a picture that the HTML version shows.
type PictureSource struct {
	Source     string // as LayoutOptions.Pictures is asked for it: "cid:…", or a URL
	Attachment int    // the Index of the Attachment; 0 for one on the web
}

// HasPictures tells whether Pictures, Counters or an attached picture may have
// something to show, without laying anything out.
func (m *Message) HasPictures() bool {
	return strings.Contains(strings.ToLower(m.HTML), "<img") || slices.ContainsFunc(m.Attachments, func(a Attachment) bool { return strings.HasPrefix(a.Type, "image/") })
}

// Pictures lists what the HTML version shows as pictures, each once. Those of
// one pixel, which are there to count readers, are not of them: Counters.
func (m *Message) Pictures() []PictureSource {
	if m.HTML == "" || m.html == nil {
		return nil
	}
	byID := map[string]int{}
	for _, a := range m.Attachments {
		if a.ContentID != "" && byID[a.ContentID] == 0 {
			byID[a.ContentID] = a.Index
		}
	}
	var out []PictureSource
	known := map[string]bool{}
	add := func(source string) {
		if source == "" || known[source] {
			return
		}
		known[source] = true
		p := PictureSource{Source: source}
		if id, ok := strings.CutPrefix(source, "cid:"); ok {
			if p.Attachment = byID[id]; p.Attachment == 0 {
				return
			}
		}
		out = append(out, p)
	}
	for _, b := range m.html().blocks {
		for _, s := range b.pictures {
			add(s)
		}
		for _, r := range b.runs {
			add(r.picture)
		}
	}
	return out
}

// Counters gives the hosts of pictures of one pixel, which are there to tell
// the sender who has read, and when. They are never shown and never fetched.
func (m *Message) Counters() []string {
	if m.HTML == "" || m.html == nil {
		return nil
	}
	return m.html().counters
}

// counter notes the host of a picture that counts readers.
func (l *linker) counter(src string) {
	u, err := url.Parse(strings.TrimSpace(src))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return
	}
	if host := strings.ToLower(u.Hostname()); len(l.counters) < maxPictures && !slices.Contains(l.counters, host) {
		l.counters = append(l.counters, host)
	}
}

// pictureSource is what a picture is known by; "" for one that is never shown,
// such as one that carries its bytes in its URL.
func pictureSource(src string) string {
	src = strings.TrimSpace(src)
	switch scheme, rest, _ := strings.Cut(src, ":"); strings.ToLower(scheme) {
	case "cid":
		if plain, err := url.PathUnescape(rest); err == nil {
			rest = plain
		}
		return "cid:" + rest
	case "http", "https":
		if strings.HasPrefix(rest, "//") && len(src) <= maxPictureURL {
			return src
		}
	}
	return ""
}

const maxPictureURL = 4096

// seen parts a block from the pictures in it that are shown: they stand before
// it, or behind it where words come first.
func (l *layouter) seen(b *block) (rest *block, behind []string) {
	shown := func(source string) bool {
		_, ok := l.pictures(source, l.width)
		return ok
	}
	var before []string
	for _, s := range b.pictures {
		if shown(s) {
			before = append(before, s)
		}
	}
	part := *b
	part.runs = nil
	words := false
	for _, r := range b.runs {
		switch {
		case r.picture == "" || !shown(r.picture):
			words = words || strings.TrimSpace(r.text) != ""
			part.runs = append(part.runs, r)
		case words:
			behind = append(behind, r.picture)
		default:
			before = append(before, r.picture)
		}
	}
	l.show(b.depth, before)
	if len(part.runs) == len(b.runs) {
		return b, behind
	}
	part.only = part.only || !words && part.first == ""
	return &part, behind
}

// show emits pictures, a blank line before each.
func (l *layouter) show(depth int, sources []string) {
	depth = min(depth, 8, l.width/4)
	for _, s := range sources {
		rows, ok := l.pictures(s, l.width-2*depth)
		if !ok {
			continue
		}
		if n := len(l.lines); n > 0 && !l.lines[n-1].blank() {
			l.lines = append(l.lines, TextLine{Depth: depth})
		}
		for row := range rows {
			l.lines = append(l.lines, TextLine{Kind: Picture, Depth: depth, Source: s, Row: row, Rows: rows})
		}
	}
}
