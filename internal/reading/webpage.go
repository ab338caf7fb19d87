package reading

import (
	"encoding/base64"
	"io"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// Bounds of a page for the browser.
const (
	maxPageImage  = 8 << 20 // of one embedded image
	maxPageImages = 32 << 20
)

// WebPage gives the HTML of a message as a page for a browser, with nothing in
// it that could run or be fetched: elements and attributes are those of a list,
// images only the ones that the message brings along. A policy in the page says
// the same to the browser, for what the list may have missed. It is empty for a
// message without HTML.
func (m *Message) WebPage() string {
	if m.HTML == "" {
		return ""
	}
	c := pageCleaner{m: m, images: maxPageImages}
	c.out.WriteString("<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\">\n" +
		`<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'">` + "\n" +
		`<meta name="referrer" content="no-referrer"><meta http-equiv="x-dns-prefetch-control" content="off">` + "\n" +
		"<title>" + html.EscapeString(Line(m.Header.Subject).String()) + "</title></head><body>\n")
	c.clean(m.HTML)
	c.out.WriteString("\n</body></html>\n")
	return c.out.String()
}

type pageCleaner struct {
	m      *Message
	out    strings.Builder
	images int64 // bytes of images that may still be put in
	skip   string
	depth  int // of elements of that name within what is skipped
}

// pageElements are those that only arrange and mark text.
const pageElements = " a abbr acronym address article aside b big blockquote br caption center cite code col colgroup dd del details dfn div dl dt em " +
	"figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q s samp section small span strike strong style sub summary sup " +
	"table tbody td tfoot th thead time tr tt u ul var wbr "

// pageSkipped are those whose content goes as well.
const pageSkipped = " script noscript noembed noframes template iframe object applet svg math select textarea title xmp plaintext "

const pageAttributes = " align alt bgcolor border cellpadding cellspacing class color colspan dir face height id lang nowrap rowspan size span start style title type valign width "

func (c *pageCleaner) clean(source string) {
	source = withoutData(source)
	z := html.NewTokenizer(strings.NewReader(source[:min(len(source), maxHTMLBytes)]))
	inStyle := false
	for {
		switch z.Next() {
		case html.ErrorToken:
			return
		case html.TextToken:
			text := string(z.Text())
			switch {
			case c.skip != "":
			case inStyle:
				c.out.WriteString(strings.ReplaceAll(safeStyle(text), "<", " "))
			default:
				c.out.WriteString(html.EscapeString(text))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			inStyle = t.Data == "style" && c.skip == ""
			c.start(t)
		case html.EndTagToken:
			t := z.Token()
			inStyle = false
			c.end(t.Data)
		}
	}
}

func isOf(list, name string) bool { return name != "" && strings.Contains(list, " "+name+" ") }

func (c *pageCleaner) start(t html.Token) {
	switch {
	case c.skip != "":
		if t.Data == c.skip && t.Type == html.StartTagToken {
			c.depth++
		}
		return
	case isOf(pageSkipped, t.Data):
		if t.Type == html.StartTagToken {
			c.skip, c.depth = t.Data, 1
		}
		return
	case !isOf(pageElements, t.Data):
		return
	}
	c.out.WriteString("<" + t.Data)
	for _, a := range t.Attr {
		if isOf(pageAttributes, a.Key) && a.Namespace == "" {
			if a.Key == "style" {
				a.Val = safeStyle(a.Val)
			}
			c.out.WriteString(" " + a.Key + `="` + html.EscapeString(a.Val) + `"`)
			continue
		}
		c.target(t.Data, a)
	}
	c.out.WriteString(">")
}

// target lets links through, and images that stand in the message.
func (c *pageCleaner) target(tag string, a html.Attribute) {
	switch {
	case tag == "a" && a.Key == "href":
		if target, _ := checkURL(a.Val); target != "" {
			c.out.WriteString(` href="` + html.EscapeString(target) + `" rel="noreferrer noopener nofollow" target="_blank"`)
		}
	case tag == "img" && a.Key == "src":
		if data := c.embedded(a.Val); data != "" {
			c.out.WriteString(` src="` + data + `"`)
		}
	}
}

func (c *pageCleaner) end(name string) {
	if c.skip != "" {
		if name == c.skip {
			if c.depth--; c.depth == 0 {
				c.skip = ""
			}
		}
		return
	}
	if isOf(pageElements, name) && !slices.Contains([]string{"br", "hr", "img", "wbr", "col"}, name) {
		c.out.WriteString("</" + name + ">")
	}
}

// embedded makes a cid: reference (RFC 2392) into the image that it means. SVG
// is left out, because it can hold what HTML can.
func (c *pageCleaner) embedded(ref string) string {
	id, ok := strings.CutPrefix(strings.TrimSpace(ref), "cid:")
	if !ok {
		return ""
	}
	if plain, err := url.PathUnescape(id); err == nil {
		id = plain
	}
	for _, a := range c.m.Attachments {
		if a.ContentID != id || !slices.Contains([]string{"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"}, a.Type) {
			continue
		}
		if a.Size > min(maxPageImage, c.images) { // which may be asked for a thousand times
			return ""
		}
		data, err := io.ReadAll(io.LimitReader(c.m.Open(a), a.Size))
		if err != nil {
			return ""
		}
		c.images -= int64(len(data))
		return "data:" + a.Type + ";base64," + base64.StdEncoding.EncodeToString(data)
	}
	return ""
}

// safeStyle drops the declarations and rules that fetch something or that hide
// what they say: whatever has a function but those of colours and lengths, an
// escape, or an at-rule other than @media.
func safeStyle(css string) string {
	css = withoutComments(css)
	if len(css) > maxStyles {
		return ""
	}
	var out strings.Builder
	for css != "" {
		end := strings.IndexAny(css, ";{}")
		piece, mark := css, ""
		if end >= 0 {
			piece, mark = css[:end], css[end:end+1]
			css = css[end+1:]
		} else {
			css = ""
		}
		if !harmless(piece) {
			piece = ""
			if mark == "{" {
				piece = " .x-none " // the braces must still match
			}
		}
		out.WriteString(piece + mark)
	}
	return out.String()
}

func withoutComments(css string) string {
	var out strings.Builder
	for {
		before, rest, ok := strings.Cut(css, "/*")
		out.WriteString(before)
		if !ok {
			return out.String()
		}
		_, css, ok = strings.Cut(rest, "*/")
		if !ok {
			return out.String()
		}
		out.WriteByte(' ')
	}
}

func harmless(piece string) bool {
	lower := strings.ToLower(piece)
	if strings.ContainsAny(lower, `\<`) || strings.Contains(lower, "expression") || strings.Contains(lower, "-moz-binding") || strings.Contains(lower, "behavior") {
		return false
	}
	if trimmed := strings.TrimSpace(lower); strings.HasPrefix(trimmed, "@") && !strings.HasPrefix(trimmed, "@media") {
		return false
	} else if strings.HasPrefix(trimmed, "@media") {
		return true
	}
	for rest := lower; ; {
		before, after, ok := strings.Cut(rest, "(")
		if !ok {
			return true
		}
		name := before[strings.LastIndexFunc(before, func(r rune) bool { return (r < 'a' || r > 'z') && r != '-' })+1:]
		if !slices.Contains([]string{"rgb", "rgba", "hsl", "hsla", "calc", "min", "max"}, name) {
			return false
		}
		rest = after
	}
}
