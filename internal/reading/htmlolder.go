package reading

import "strings"

// Outlook does not mark what it quotes: the message that is answered stands
// below a line, or below an element with a known id, and begins with its From,
// Sent and To. That is enough to show it as a quote, one level deeper for each.

// beginsOlder tells whether an element is the head of a message that is
// answered.
func (r *htmlRenderer) beginsOlder(e *element) bool {
	if r.forwarded || len(r.blocks) == 0 && len(r.runs) == 0 || len(r.older) >= maxQuoteDepth {
		return false // at the top there is nothing that answers it: a forwarded message
	}
	switch strings.TrimPrefix(e.attr("id"), "x_") {
	case "divRplyFwdMsg", "mail-editor-reference-message-container":
		return startsWithFrom(e)
	}
	if e.tag != "div" {
		return false
	}
	style := strings.ToLower(e.attr("style"))
	return strings.Contains(style, "border-top:solid") && strings.Contains(style, "border:none") && startsWithFrom(e)
}

// startsWithFrom looks at the first words: the name of the field From in the
// languages of Outlook.
func startsWithFrom(e *element) bool {
	first := strings.ToLower(strings.TrimSpace(firstText(e, 40)))
	for _, from := range []string{"from:", "von:", "de:", "de :", "da:", "van:", "från:", "fra:", "od:", "от:", "发件人:", "发件人：", "差出人:", "보낸 사람:", "kimden:", "lähettäjä:", "feladó:"} {
		if strings.HasPrefix(first, from) {
			return true
		}
	}
	return false
}

// firstText gives the text of an element up to about n bytes.
func firstText(e *element, n int) string {
	var b strings.Builder
	var walk func(*element)
	walk = func(e *element) {
		if b.Len() >= n || strings.TrimSpace(b.String()) == "" && b.Len() > 4*n {
			return
		}
		b.WriteString(e.text[:min(len(e.text), 4*n)])
		for _, k := range e.kids {
			walk(k)
			if b.Len() >= n {
				return
			}
		}
	}
	walk(e)
	return strings.Join(strings.Fields(b.String()), " ")
}

// quoteOlder makes quotes of the messages below.
func (r *htmlRenderer) quoteOlder() {
	level := 0
	for i := range r.blocks {
		for level < len(r.older) && r.older[level] <= i {
			level++
		}
		b := &r.blocks[i]
		if level == 0 {
			continue
		}
		b.depth = min(b.depth+level, maxQuoteDepth)
		if b.kind == Body || b.kind == Signature {
			b.kind = Quote
		}
	}
}
