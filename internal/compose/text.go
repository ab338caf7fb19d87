package compose

import (
	"bytes"
	"encoding/base64"
	"mime/quotedprintable"
	"strings"
	"unicode/utf8"
)

const (
	maxLine   = 998 // RFC 5322 §2.1.1
	flowedAt  = 72
	base64Row = 76 // RFC 2045 §6.8
)

// normalizeText makes any line ends LF and the text valid UTF-8.
func normalizeText(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	return strings.ToValidUTF8(s, "\ufffd")
}

// flow writes text as format=flowed (RFC 3676 §4.2): long lines are broken
// after a blank that stays, quotes keep their depth, and what would be taken
// for a quote or an mbox separator is stuffed with a blank.
func flow(text string) string {
	var out strings.Builder
	text = strings.TrimRight(normalizeText(text), "\n")
	for line := range strings.SplitSeq(text, "\n") {
		depth, rest := splitQuote(line)
		if rest != "-- " { // RFC 3676 §4.3: this one is not flowed
			rest = strings.TrimRight(rest, " ")
		}
		prefix := strings.Repeat(">", depth)
		for _, piece := range breakLine(rest, flowedAt-depth) {
			out.WriteString(prefix)
			if depth > 0 && piece != "" || needsStuffing(piece) {
				out.WriteByte(' ')
			}
			out.WriteString(piece)
			out.WriteByte('\n')
		}
	}
	return out.String()
}

// needsStuffing: RFC 3676 §4.4.
func needsStuffing(s string) bool {
	return strings.HasPrefix(s, " ") || strings.HasPrefix(s, ">") || strings.HasPrefix(s, "From ")
}

// maxQuoteDepth bounds the marks that each piece of a line bears; more are text.
const maxQuoteDepth = 100

// splitQuote takes the quote marks off a line as a person writes them.
func splitQuote(line string) (depth int, rest string) {
	rest = line
	for depth < maxQuoteDepth && strings.HasPrefix(rest, ">") {
		depth++
		rest = rest[1:]
		if strings.HasPrefix(rest, " >") {
			rest = rest[1:]
		}
	}
	if depth > 0 {
		rest = strings.TrimPrefix(rest, " ")
	}
	return depth, rest
}

// breakLine cuts a line after blanks into pieces of at most width characters.
// A word that is longer stays whole. The mark "-- " is never made by a cut.
func breakLine(line string, width int) []string {
	width = max(width, 20)
	var pieces []string
	for cut := cutAfterBlank(line, width); cut > 0; cut = cutAfterBlank(line, width) {
		pieces = append(pieces, line[:cut])
		line = line[cut:]
	}
	return append(pieces, line)
}

// cutAfterBlank gives the place after the last blank within width characters,
// or after the first one beyond; 0 for none, or where the line is not longer.
func cutAfterBlank(line string, width int) int {
	best, n := 0, 0
	for i, r := range line {
		n++
		if n > width && best > 0 {
			return best
		}
		next := i + 1
		if r == ' ' && next < len(line) && line[next] != ' ' && line[:next] != "-- " {
			best = next
		}
	}
	return 0
}

// encoding of a text part.
type encoding struct {
	charset  string
	transfer string
}

// chooseEncoding: plain text travels as it is, other text in the form that is
// shorter and readable where it can be. 8bit is not used, so that the bytes
// are right for every server.
func chooseEncoding(text string) encoding {
	runes, high, control, longest, line := 0, 0, false, 0, 0
	for _, r := range text {
		runes++
		line += utf8.RuneLen(r)
		switch {
		case r == '\n':
			line = 0
		case r >= 0x80:
			high++
		case r < ' ' && r != '\t', r == 0x7f:
			control = true
		}
		longest = max(longest, line)
	}
	switch {
	case high == 0 && !control && longest <= maxLine:
		return encoding{"us-ascii", "7bit"}
	case high*2 > runes:
		return encoding{"utf-8", "base64"}
	case high == 0:
		return encoding{"us-ascii", "quoted-printable"}
	}
	return encoding{"utf-8", "quoted-printable"}
}

// encodeText gives text with LF in a transfer encoding, with CRLF.
func encodeText(text string, e encoding) []byte {
	canonical := strings.ReplaceAll(text, "\n", "\r\n")
	switch e.transfer {
	case "base64":
		return encodeBase64([]byte(canonical))
	case "quoted-printable":
		var b bytes.Buffer
		w := quotedprintable.NewWriter(&b)
		_, _ = w.Write([]byte(canonical)) // a Buffer does not fail
		_ = w.Close()
		return b.Bytes()
	}
	return []byte(canonical)
}

func encodeBase64(data []byte) []byte {
	const row = base64Row / 4 * 3
	out := make([]byte, 0, base64.StdEncoding.EncodedLen(len(data))+len(data)/row*2+2)
	for len(data) > 0 {
		n := min(row, len(data))
		out = base64.StdEncoding.AppendEncode(out, data[:n])
		out = append(out, '\r', '\n')
		data = data[n:]
	}
	return out
}
