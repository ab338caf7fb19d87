package reading

import (
	"encoding/hex"
	"strings"
)

// maxWordLength is far more than RFC 2047 §2 allows, and less than costs time.
const maxWordLength = 2000

// decodeWords reads a header value: encoded words (RFC 2047) wherever they
// stand, also inside quotes and with blanks in them, and bytes above 7f as
// decodeCharset judges. The time is linear in len(s).
func decodeWords(s string) string {
	if !strings.Contains(s, "=?") {
		return decodeRaw(s)
	}
	var d wordDecoder
	for {
		start := strings.Index(s, "=?")
		if start < 0 {
			break
		}
		w, n, closed := parseWord(s[start:])
		if !closed {
			break // no end of a word in the rest of s: stop looking
		}
		if n == 0 {
			d.plain(s[:start+2])
			s = s[start+2:]
			continue
		}
		if gap := s[:start]; !d.inWord || strings.TrimLeft(gap, " \t\r\n") != "" {
			d.plain(gap)
		}
		d.word(w)
		s = s[start+n:]
	}
	d.plain(s)
	return d.out.String()
}

func decodeRaw(s string) string {
	for i := range len(s) {
		if s[i] >= 0x80 || s[i] == 0x1b {
			return decodeCharset([]byte(s), "")
		}
	}
	return s
}

type encodedWord struct {
	charset string
	bytes   []byte
}

// parseWord reads the encoded word at the start of s, which begins with "=?".
// n is 0 where there is none; closed is false where s holds no "?=" at all.
func parseWord(s string) (w encodedWord, n int, closed bool) {
	head := s[2:min(len(s), 2+80)]
	q := strings.IndexByte(head, '?')
	if q <= 0 || len(head) < q+3 || head[q+2] != '?' || strings.ContainsAny(head[:q], " \t\"<>()") {
		return w, 0, true
	}
	kind := head[q+1] | 0x20
	if kind != 'b' && kind != 'q' {
		return w, 0, true
	}
	body := s[2+q+3:]
	end := strings.Index(body, "?=")
	if end < 0 {
		return w, 0, false
	}
	w.charset = head[:q]
	if kind == 'b' {
		w.bytes = decodeBase64([]byte(body[:end]))
	} else {
		w.bytes = decodeQ(body[:end])
	}
	return w, 2 + q + 3 + end + 2, true
}

// wordLength tells how long the encoded word at the start of s is, 0 where there is
// none without blanks. Its time is linear in what a caller passes over.
func wordLength(s string) int {
	if !strings.HasPrefix(s, "=?") {
		return 0
	}
	head := s[2:min(len(s), 2+80)]
	q := strings.IndexByte(head, '?')
	if q <= 0 || len(head) < q+3 || head[q+2] != '?' || strings.ContainsAny(head[:q], " \t\"<>()=") || !strings.ContainsAny(head[q+1:q+2], "bBqQ") {
		return 0
	}
	start := 2 + q + 3
	end := strings.IndexAny(s[start:min(len(s), start+maxWordLength)], "? \t\r\n")
	if end < 0 || !strings.HasPrefix(s[start+end:], "?=") {
		return 0
	}
	return start + end + 2
}

// decodeQ reads the Q encoding of RFC 2047 §4.2.
func decodeQ(s string) []byte {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '_':
			out = append(out, ' ')
		case s[i] == '=' && i+2 < len(s):
			if b, err := hex.DecodeString(s[i+1 : i+3]); err == nil {
				out = append(out, b[0])
				i += 2
				continue
			}
			out = append(out, '=')
		default:
			out = append(out, s[i])
		}
	}
	return out
}

// wordDecoder joins neighbouring words of one charset before it converts
// them, because senders cut characters in two (against RFC 2047 §5).
type wordDecoder struct {
	out    strings.Builder
	held   encodedWord
	inWord bool
}

func (d *wordDecoder) word(w encodedWord) {
	if d.inWord && !strings.EqualFold(d.held.charset, w.charset) {
		d.flush()
	}
	d.held.charset = w.charset
	d.held.bytes = append(d.held.bytes, w.bytes...)
	d.inWord = true
}

func (d *wordDecoder) plain(s string) {
	d.flush()
	d.out.WriteString(decodeRaw(s))
}

func (d *wordDecoder) flush() {
	if d.inWord {
		d.out.WriteString(decodeCharset(d.held.bytes, d.held.charset))
	}
	d.held, d.inWord = encodedWord{}, false
}
