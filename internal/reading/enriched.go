package reading

import "strings"

const (
	maxCommand  = 60      // RFC 1896 §2: letters of a command
	maxExcerpt  = 9       // levels of quotation that are told apart
	maxVerbatim = 1 << 20 // of a passage that is taken as it is; its end is looked for in it
)

// textOfEnriched gives the words of text/enriched (RFC 1896) or, where old is set, of
// its forerunner text/richtext (RFC 1341 §7.1.3): commands are left out, excerpts are
// quoted, and line breaks are those that the format means. s has LF line ends.
func textOfEnriched(s string, old bool) string {
	e := enriched{old: old, fresh: true}
	for s != "" {
		next := strings.IndexAny(s, "<\n")
		if next < 0 {
			next = len(s)
		}
		e.say(s[:next])
		if s = s[next:]; s == "" {
			break
		}
		if s[0] == '\n' {
			n := len(s) - len(strings.TrimLeft(s, "\n"))
			e.breaks(n)
			s = s[n:]
			continue
		}
		s = s[e.command(s):]
	}
	return e.out.String()
}

type enriched struct {
	old     bool
	out     strings.Builder
	fresh   bool // nothing stands on the line yet
	nofill  int
	excerpt int
	hidden  int // depth of what is no text: parameters, comments
}

func (e *enriched) say(text string) {
	if text == "" || e.hidden > 0 {
		return
	}
	if e.fresh && e.excerpt > 0 {
		e.out.WriteString(strings.Repeat(">", min(e.excerpt, maxExcerpt)) + " ")
	}
	e.fresh = false
	e.out.WriteString(text)
}

func (e *enriched) newline() {
	if e.hidden > 0 {
		return
	}
	if e.fresh && e.excerpt > 0 {
		e.out.WriteString(strings.Repeat(">", min(e.excerpt, maxExcerpt)))
	}
	e.out.WriteByte('\n')
	e.fresh = true
}

// breaks takes n line ends in a row: one parts words, each further one ends a line.
func (e *enriched) breaks(n int) {
	switch {
	case e.nofill > 0:
	case e.old:
		n = 0
		e.blank()
	case n == 1:
		n = 0
		e.blank()
	default:
		n--
	}
	for range n {
		e.newline()
	}
}

// blank stands for the end of a line that was only wrapped.
func (e *enriched) blank() {
	if !e.fresh {
		e.say(" ")
	}
}

// command takes what begins with "<" and gives how long it is.
func (e *enriched) command(s string) int {
	if strings.HasPrefix(s, "<<") && !e.old {
		e.say("<")
		return 2
	}
	end := strings.IndexByte(s[:min(len(s), maxCommand+3)], '>')
	name, closing := "", false
	if end > 0 {
		name, closing = strings.CutPrefix(strings.ToLower(s[1:end]), "/")
	}
	if name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		e.say("<") // no command
		return 1
	}
	if name == "verbatim" && !closing {
		return e.verbatim(s, end+1)
	}
	change := func(n int) int {
		if closing {
			return max(n-1, 0)
		}
		return n + 1
	}
	switch name {
	case "param", "comment":
		e.hidden = change(e.hidden)
	case "nofill":
		e.nofill = change(e.nofill)
	case "excerpt":
		e.endLine()
		e.excerpt = change(e.excerpt)
	case "flushleft", "flushright", "flushboth", "center", "paraindent", "indent", "paragraph", "heading":
		e.endLine()
	case "lt":
		e.say("<")
	case "nl":
		e.newline()
	case "np":
		e.endLine()
		e.newline()
	}
	return end + 1
}

// endLine ends a line on which something stands.
func (e *enriched) endLine() {
	if !e.fresh {
		e.newline()
	}
}

// verbatim takes what stands up to the end of it as it is; at begins it.
func (e *enriched) verbatim(s string, at int) int {
	const mark = "</verbatim>"
	text, rest := s[at:], 0
	if i := strings.Index(strings.ToLower(text[:min(len(text), maxVerbatim)]), mark); i >= 0 {
		text, rest = text[:i], len(mark)
	} else {
		text = text[:min(len(text), maxVerbatim)]
	}
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			e.newline()
		}
		e.say(line)
	}
	return at + len(text) + rest
}
