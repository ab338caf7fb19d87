package reading

import "strings"

// maxQuoteDepth bounds the depth that is kept; deeper quotes count as this deep.
const maxQuoteDepth = 20

// plainLine is a paragraph of format=flowed, or a line of other plain text.
type plainLine struct {
	depth     int
	text      string
	signature bool // this line is the mark "-- " or stands after it
}

// plainLines reads text/plain. Flowed text is joined as RFC 3676 §4.1 to §4.5
// say; other text keeps its lines.
func plainLines(text string, flowed, delSp bool) []plainLine {
	var paragraph strings.Builder // of the last line, while it is open
	inSignature, open := false, false
	text = strings.TrimRight(text, "\n")
	left := strings.Count(text, "\n")
	lines := make([]plainLine, 0, left+1)
	flush := func() {
		if open {
			lines[len(lines)-1].text = paragraph.String()
		}
		open = false
	}
	for line := range strings.SplitSeq(text, "\n") {
		depth, rest := quoteDepth(line, flowed)
		inSignature = inSignature || depth == 0 && isSignatureMark(rest, left)
		left--
		soft := flowed && strings.HasSuffix(rest, " ") && rest != "-- "
		text := rest
		if soft && delSp {
			text = text[:len(text)-1]
		}
		if open && lines[len(lines)-1].depth == depth && rest != "-- " {
			paragraph.WriteString(text)
		} else {
			flush()
			lines = append(lines, plainLine{depth: depth, text: text, signature: inSignature && depth == 0})
			if soft {
				open = true
				paragraph.Reset()
				paragraph.WriteString(text)
			}
		}
		if !soft {
			flush()
		}
	}
	flush()
	return lines
}

// isSignatureMark knows the mark of RFC 3676 §4.3, and what is left of it
// when a server has cut the blank, if only a few lines follow.
func isSignatureMark(s string, linesLeft int) bool {
	return s == "-- " || s == "--" && linesLeft <= 8
}

// quoteDepth takes the quote marks off a line. In flowed text they stand
// together and one stuffed blank follows (RFC 3676 §4.4, §4.5); elsewhere
// blanks stand between them.
func quoteDepth(line string, flowed bool) (depth int, rest string) {
	rest = line
	for strings.HasPrefix(rest, ">") {
		depth++
		rest = rest[1:]
		if !flowed && strings.HasPrefix(rest, " >") {
			rest = rest[1:]
		}
	}
	if !flowed && depth == 1 && strings.HasPrefix(rest, "From ") {
		return 0, rest // escaped by an mbox on the way
	}
	if flowed || depth > 0 {
		rest = strings.TrimPrefix(rest, " ")
	}
	return min(depth, maxQuoteDepth), rest
}

func plainBlocks(lines []plainLine, links *linker) []block {
	blocks := make([]block, 0, len(lines))
	open := 0 // the link that goes on
	for i, l := range lines {
		b := block{depth: l.depth, keep: true}
		b.runs, open = lineRuns(l, lines[i+1:], open, links)
		switch {
		case l.depth > 0:
			b.kind = Quote
		case l.signature:
			b.kind = Signature
		}
		blocks = append(blocks, b)
	}
	return blocks
}

// lineRuns gives the runs of a line in which a link may go on, and the link that goes on
// behind it; 0 is none.
func lineRuns(l plainLine, next []plainLine, open int, links *linker) ([]run, int) {
	var runs []run
	text := l.text
	if open > 0 {
		part, _, closed := strings.Cut(text, ">")
		runs = append(runs, run{text: part, kind: LinkSpan, link: open})
		if !closed {
			return runs, open
		}
		text = text[len(part):]
	}
	at, url := brokenURL(text, l.depth, next)
	runs = plainRuns(runs, text[:at], links)
	if open = links.add(url, url); open == 0 {
		return plainRuns(runs, text[at:], links), 0
	}
	return append(runs, run{text: text[at:], kind: LinkSpan, link: open}), open
}

// brokenURL gives a URL in angle brackets that goes on in the next lines (RFC 3986,
// appendix C), and where in the line it begins.
func brokenURL(line string, depth int, next []plainLine) (at int, url string) {
	const most = 10
	at = strings.LastIndexByte(line, '<') + 1
	if url = line[at:]; at == 0 || nextURL(url) != 0 || strings.ContainsAny(url, " \t>") {
		return 0, ""
	}
	for _, l := range next[:min(len(next), most)] {
		part, _, closed := strings.Cut(l.text, ">")
		if l.depth != depth || part == "" || strings.ContainsAny(part, " \t<") {
			break
		}
		if url += part; closed {
			return at, url
		}
	}
	return 0, ""
}

// plainRuns adds the text of a line to runs, with its URLs marked.
func plainRuns(runs []run, s string, links *linker) []run {
	at := 0
	for _, r := range findURLs(s) {
		n := links.add(s[r[0]:r[1]], s[r[0]:r[1]])
		if n == 0 {
			continue
		}
		if r[0] > at {
			runs = append(runs, run{text: s[at:r[0]]})
		}
		shown := s[r[0]:r[1]]
		if link := links.list[n-1]; link.Via != "" {
			shown = link.Shown
		}
		runs = append(runs, run{text: shown, kind: LinkSpan, link: n})
		at = r[1]
	}
	if at < len(s) {
		runs = append(runs, run{text: s[at:]})
	}
	return runs
}

func joinPlain(lines []plainLine) string {
	var out strings.Builder
	for _, l := range lines {
		if l.depth > 0 {
			out.WriteString(strings.Repeat(">", l.depth))
			out.WriteByte(' ')
		}
		out.WriteString(l.text)
		out.WriteByte('\n')
	}
	return out.String()
}
