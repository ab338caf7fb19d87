package reading

import (
	"bytes"
	"io"
	"strings"
)

// newTransferReader undoes the Content-Transfer-Encoding of RFC 2045 §6. It
// reads damaged input as far as it goes and never fails. An encoding it does
// not know is taken for none.
func newTransferReader(body []byte, encoding string) io.Reader {
	switch encoding {
	case "base64":
		return &base64Reader{src: body}
	case "quoted-printable":
		return bytes.NewReader(decodeQuotedPrintable(body))
	case "x-uuencode", "uuencode", "x-uue", "uue":
		if data, ok := decodeUU(body); ok {
			return bytes.NewReader(data)
		}
	}
	return bytes.NewReader(body)
}

func decodeTransfer(body []byte, encoding string) []byte {
	switch encoding {
	case "base64":
		return decodeBase64(body)
	case "quoted-printable":
		return decodeQuotedPrintable(body)
	case "x-uuencode", "uuencode", "x-uue", "uue":
		if data, ok := decodeUU(body); ok {
			return data
		}
	}
	return body
}

// cleanEncoding takes the token out of a Content-Transfer-Encoding field.
func cleanEncoding(s string) (token string, known bool) {
	s = strings.ToLower(strings.TrimSpace(stripComments(s)))
	if i := strings.IndexAny(s, "; \t"); i >= 0 {
		s = s[:i]
	}
	s = strings.Trim(s, `"'`)
	switch s {
	case "", "7bit", "8bit", "8", "7", "binary", "base64", "quoted-printable", "x-uuencode", "uuencode", "x-uue", "uue":
		return s, true
	case "quoted_printable", "quotedprintable", "qp":
		return "quoted-printable", true
	}
	return s, false
}

// base64Reader decodes while it is read, so that a large attachment is never
// in memory twice. Bytes outside the alphabet are skipped (RFC 2045 §6.8);
// padding ends a run, and another may follow it.
type base64Reader struct {
	src  []byte
	pos  int
	acc  uint32
	bits int
}

func (r *base64Reader) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) && r.pos < len(r.src) {
		if r.bits == 0 {
			groups := decodeGroups(p[n:], r.src[r.pos:])
			n += 3 * groups
			if r.pos += 4 * groups; n == len(p) || r.pos == len(r.src) {
				break
			}
		}
		c := r.src[r.pos]
		r.pos++
		v := base64Value(c)
		if v < 0 {
			if c == '=' {
				r.acc, r.bits = 0, 0
				if !moreBase64(r.src[r.pos:]) {
					r.pos = len(r.src)
				}
			}
			continue
		}
		r.acc = r.acc<<6 | uint32(v)
		r.bits += 6
		if r.bits >= 8 {
			r.bits -= 8
			p[n] = byte(r.acc >> r.bits)
			n++
		}
	}
	if n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

// moreBase64 tells whether what follows padding still looks like base64. A
// list that appends its footer to an encoded body does not, nor does a word
// behind a blank on the same line.
func moreBase64(rest []byte) bool {
	rest = bytes.TrimLeft(rest, "=")
	if after := bytes.TrimLeft(rest, " \t"); len(after) < len(rest) && len(after) > 0 && after[0] != '\r' && after[0] != '\n' {
		return false
	}
	rest = bytes.TrimLeft(rest, "= \t\r\n")
	if i := bytes.IndexByte(rest, '\n'); i >= 0 {
		rest = rest[:i]
	}
	rest = bytes.TrimRight(rest, "= \t\r")
	for _, c := range rest[:min(len(rest), 80)] {
		if !isBase64(c) {
			return false
		}
	}
	return len(rest) > 0
}

// decodeGroups decodes groups of four letters, as long as nothing else stands among them.
func decodeGroups(p, src []byte) (groups int) {
	for len(p) >= 3 && len(src) >= 4 {
		a, b, c, d := base64Value(src[0]), base64Value(src[1]), base64Value(src[2]), base64Value(src[3])
		if a|b|c|d < 0 {
			break
		}
		v := uint32(a)<<18 | uint32(b)<<12 | uint32(c)<<6 | uint32(d)
		p[0], p[1], p[2] = byte(v>>16), byte(v>>8), byte(v)
		p, src = p[3:], src[4:]
		groups++
	}
	return groups
}

// isNoBase64 tells that a body begins with words: of its first line, or the one
// behind a line that could be either, a tenth is not of the alphabet. A list may have
// put words behind what is encoded.
func isNoBase64(body []byte) bool {
	for line := range bytes.SplitSeq(body, []byte("\n")) {
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		odd := 0
		for _, c := range line {
			if base64Value(c) < 0 && c != '=' {
				odd++
			}
		}
		if odd > 0 || len(line)%4 == 0 {
			return odd*10 >= len(line)
		}
	}
	return false
}

func base64Value(c byte) int { return int(base64Values[c]) }

const base64Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

// base64Values is what each letter of the alphabet stands for; -1: it is none.
var base64Values = func() (values [256]int8) {
	for c := range values {
		values[c] = int8(strings.IndexByte(base64Alphabet, byte(c)))
	}
	return values
}()

func decodeBase64(b []byte) []byte {
	out := make([]byte, len(b)/4*3+3)
	r := base64Reader{src: b}
	n, _ := io.ReadFull(&r, out)
	return out[:n]
}

// base64Size counts what base64Reader will give.
func base64Size(b []byte) int64 {
	var total, run int64 // letters since the last padding
	for i, c := range b {
		if base64Value(c) >= 0 {
			run++
		} else if c == '=' {
			total += run * 6 / 8
			if run = 0; !moreBase64(b[i+1:]) {
				break
			}
		}
	}
	return total + run*6/8
}

// decodeQuotedPrintable reads RFC 2045 §6.7. An "=" that starts nothing is kept.
func decodeQuotedPrintable(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for len(b) > 0 {
		line, eol := b, []byte(nil)
		if i := bytes.IndexByte(b, '\n'); i >= 0 {
			line, eol = b[:i], b[i:i+1]
			if i > 0 && b[i-1] == '\r' {
				line, eol = b[:i-1], b[i-1:i+1]
			}
		}
		b = b[len(line)+len(eol):]
		line = bytes.TrimRight(line, " \t")
		if bytes.HasSuffix(line, []byte("=")) {
			line, eol = line[:len(line)-1], nil
		}
		out = append(unhex(out, line, '='), eol...)
	}
	return out
}

// unhex appends s with every mark and its two hexadecimal digits replaced by
// what they stand for; a mark without digits is kept.
func unhex[T string | []byte](out []byte, s T, mark byte) []byte {
	for i := 0; i < len(s); i++ {
		if s[i] == mark && i+2 < len(s) {
			hi, lo := hexValue(s[i+1]), hexValue(s[i+2])
			if hi >= 0 && lo >= 0 {
				out = append(out, byte(hi<<4|lo))
				i += 2
				continue
			}
		}
		out = append(out, s[i])
	}
	return out
}

func hexValue(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// decodeUU reads the first uuencoded file in b.
func decodeUU(b []byte) (data []byte, ok bool) {
	at := bytes.Index(b, []byte("begin "))
	if at < 0 || at > 0 && b[at-1] != '\n' {
		return nil, false
	}
	head, body, _ := bytes.Cut(b[at:], []byte("\n"))
	fields := strings.SplitN(strings.TrimSpace(string(head)), " ", 3)
	if len(fields) < 3 || len(fields[1]) < 3 || strings.Trim(fields[1], "01234567") != "" {
		return nil, false
	}
	for len(body) > 0 {
		line, next, _ := bytes.Cut(body, []byte("\n"))
		line = bytes.TrimRight(line, "\r")
		if bytes.Equal(line, []byte("end")) {
			return data, true
		}
		data = appendUULine(data, line)
		body = next
	}
	return data, len(data) > 0
}

func appendUULine(out, line []byte) []byte {
	if len(line) == 0 {
		return out
	}
	n := int(line[0]-' ') & 63
	start := len(out)
	for line = line[1:]; len(line) > 0 && len(out)-start < n; {
		var q [4]byte
		for i := range q {
			if i < len(line) {
				q[i] = (line[i] - ' ') & 63
			}
		}
		out = append(out, q[0]<<2|q[1]>>4, q[1]<<4|q[2]>>2, q[2]<<6|q[3])
		line = line[min(4, len(line)):]
	}
	return out[:min(len(out), start+n)]
}
