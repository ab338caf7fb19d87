package reading

import (
	"path"
	"strings"

	"postea/internal/reading/invite"
	"postea/internal/reading/rtf"
	"postea/internal/reading/tnef"
)

// maxEnvelope bounds what is opened of an envelope of Outlook; a larger one
// stays a file.
const maxEnvelope = 64 << 20

func isEnvelope(n *node) bool {
	switch n.kind {
	case "application/ms-tnef", "application/vnd.ms-tnef":
		return true
	}
	return n.kind == "application/octet-stream" && strings.EqualFold(n.name(), "winmail.dat")
}

// envelope opens winmail.dat: the files in it take its place, unless some are
// missing; then it stays beside them. Its text is kept for a message that has
// no other.
func (c *collector) envelope(n *node) bool {
	if len(n.body) > maxEnvelope {
		return false
	}
	content, err := tnef.Parse(n.content())
	if err != nil {
		c.m.note("winmail.dat cannot be read")
		return false
	}
	for _, f := range content.Files {
		name := f.Name
		kind := f.Type
		if !strings.Contains(kind, "/") {
			kind = kindOfName(name)
		}
		inner := &node{kind: kind, params: map[string]string{"name": name}, body: f.Data}
		if f.ContentID != "" {
			inner.fields = []Field{{"Content-Id", "<" + f.ContentID + ">"}}
		}
		c.m.addInner(n, inner, f.ContentID != "")
	}
	c.spare = append(c.spare, envelopeText(content))
	if content.Damaged {
		c.m.note("winmail.dat is damaged; a part of it is missing")
	}
	return !content.Damaged
}

func envelopeText(t *tnef.Content) segment {
	plain := t.Text
	if plain == "" && t.RTF != nil && t.HTML == nil {
		plain = rtf.Text(t.RTF)
	}
	var s segment
	if strings.TrimSpace(plain) != "" {
		s.plain = []*node{{kind: "text/plain", params: map[string]string{"charset": "utf-8"}, body: []byte(plain)}}
	}
	if t.HTML != nil {
		s.html = []*node{{kind: "text/html", body: t.HTML}}
	}
	return s
}

// useSpare shows the text of an envelope in a message that has no other.
func (c *collector) useSpare() {
	for _, s := range c.segments {
		for _, n := range append(s.plain[:len(s.plain):len(s.plain)], s.html...) {
			if len(strings.TrimSpace(string(n.body[:min(len(n.body), 64<<10)]))) > 0 {
				return
			}
		}
	}
	before := len(c.segments)
	for _, s := range c.spare {
		if len(s.plain)+len(s.html) > 0 {
			c.segments = append(c.segments, s)
		}
	}
	if len(c.segments) == before {
		c.calendarText()
	}
}

// calendarText shows what an invitation says of its event, in a message that has
// no other words. How to get into a meeting often stands nowhere else.
func (c *collector) calendarText() {
	inv := invite.Read(c.m.Calendar, c.m.method)
	if inv == nil {
		return
	}
	e := inv.Events[0]
	text := e.Description
	if !strings.Contains(text, e.URL) {
		text = strings.TrimSpace(text + "\n\n" + e.URL)
	}
	if text != "" {
		n := &node{kind: "text/plain", params: map[string]string{"charset": "utf-8"}, body: []byte(text)}
		c.segments = append(c.segments, segment{plain: []*node{n}})
	}
}

// kindOfName goes by the extension, with the few types that this package
// itself knows, so that it is the same on every machine.
func kindOfName(name string) string {
	ext := strings.ToLower(path.Ext(name))
	for kind, e := range extensions() {
		if e == ext && ext != ".txt" && ext != ".eml" && ext != ".asc" && ext != ".p7m" && ext != ".vcf" {
			return kind
		}
	}
	switch ext {
	case ".txt", ".log":
		return "text/plain"
	case ".htm":
		return "text/html"
	case ".jpeg", ".jpe":
		return "image/jpeg"
	case ".vcf":
		return "text/vcard"
	case ".eml":
		return "message/rfc822"
	case ".rtf":
		return "application/rtf"
	case ".doc":
		return "application/msword"
	}
	return "application/octet-stream"
}
