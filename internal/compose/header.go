package compose

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"postea/internal/mail"
)

const (
	foldAt        = 76 // RFC 2047 §2 for lines with encoded words, so for all
	maxWord       = 75 // RFC 2047 §2
	maxPlainWord  = 70 // a longer one is encoded, so that the line can be folded
	maxReferences = 21 // the first and the last 20
	maxIDLength   = 250
)

// writeField writes a header field. A line is folded only between tokens
// (RFC 5322 §2.2.3), which therefore must not be longer than a line may be.
func writeField(w *bytes.Buffer, name string, tokens []string) {
	w.WriteString(name)
	w.WriteByte(':')
	column := len(name) + 1
	for i, t := range tokens {
		if i > 0 && column+1+len(t) > foldAt {
			w.WriteString("\r\n")
			column = 0
		}
		w.WriteByte(' ')
		w.WriteString(t)
		column += 1 + len(t)
	}
	w.WriteString("\r\n")
}

// oneLine takes line breaks and other controls out of a text for a header:
// nothing that a user or a received message puts in can begin a new field.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	return strings.TrimSpace(s)
}

// textTokens cuts unstructured text (RFC 5322 §3.2.5) into tokens, as encoded
// words where it holds anything but short words of ASCII.
func textTokens(field, s string) []string {
	words := strings.Split(s, " ")
	for _, word := range words {
		if len(word) > maxPlainWord || word == "" || !mail.IsASCII(word) || strings.Contains(word, "=?") {
			return encodeWords(s, foldAt-len(field)-2)
		}
	}
	return words
}

// addressTokens writes a list of mailboxes, RFC 5322 §3.4.
func addressTokens(list []mail.Address, utf8 bool) []string {
	var tokens []string
	for i, a := range list {
		address := headerAddress(a.Address, utf8)
		if name := oneLine(a.Name); name != "" {
			tokens = append(tokens, phraseTokens(name)...)
			address = "<" + address + ">"
		}
		if i < len(list)-1 {
			address += ","
		}
		tokens = append(tokens, address)
	}
	return tokens
}

// phraseTokens writes a display name: atoms, a quoted string, or encoded
// words, which must not stand inside quotes (RFC 2047 §5 (3)).
func phraseTokens(name string) []string {
	if !mail.IsASCII(name) || strings.Contains(name, "=?") || len(name) > maxPlainWord {
		return encodeWords(name, maxWord-10)
	}
	plain := true
	for word := range strings.SplitSeq(name, " ") {
		plain = plain && word != "" && strings.Trim(word, atext) == ""
	}
	if plain {
		return strings.Split(name, " ")
	}
	return []string{`"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `"`}
}

// atext of RFC 5322 §3.2.3.
const atext = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~"

// encodeWords encodes text as RFC 2047 says, in whichever encoding is shorter,
// never cutting a character. The first word is at most room long.
func encodeWords(s string, room int) []string {
	binary := qLength(s) > base64.StdEncoding.EncodedLen(len(s))
	var words []string
	for s != "" {
		n := wordFit(s, min(room, maxWord), binary)
		words = append(words, encodeWord(s[:n], binary))
		s, room = s[n:], maxWord
	}
	return words
}

const wordFrame = len("=?utf-8?q??=")

// wordFit gives how many bytes of s fit into an encoded word of that length.
func wordFit(s string, length int, binary bool) int {
	length -= wordFrame
	n, q := 0, 0
	for i, r := range s {
		size := utf8.RuneLen(r)
		if size < 0 {
			size = 1
		}
		end := i + size
		q += qLength(s[i:end])
		used := q
		if binary {
			used = base64.StdEncoding.EncodedLen(end)
		}
		if used > length && n > 0 {
			return n
		}
		n = end
	}
	return len(s)
}

func encodeWord(s string, binary bool) string {
	if binary {
		return "=?utf-8?b?" + base64.StdEncoding.EncodeToString([]byte(s)) + "?="
	}
	var b strings.Builder
	b.WriteString("=?utf-8?q?")
	for i := range len(s) {
		switch c := s[i]; {
		case c == ' ':
			b.WriteByte('_')
		case isQSafe(c):
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "=%02X", c)
		}
	}
	b.WriteString("?=")
	return b.String()
}

func qLength(s string) int {
	n := 0
	for i := range len(s) {
		if n++; s[i] != ' ' && !isQSafe(s[i]) {
			n += 2
		}
	}
	return n
}

// isQSafe is the narrow set that is also right in a phrase, RFC 2047 §5 (3).
func isQSafe(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("!*+-/", c) >= 0
}

// referenceTokens keeps the first reference, which names the thread, and the
// last ones, which place the message in it.
func referenceTokens(refs []string) []string {
	var tokens []string
	for _, id := range refs {
		if isMessageID(id) {
			tokens = append(tokens, "<"+id+">")
		}
	}
	return trimReferences(tokens)
}

func trimReferences(ids []string) []string {
	if n := len(ids); n > maxReferences {
		return append(ids[:1:1], ids[n-maxReferences+1:]...)
	}
	return ids
}

// isMessageID tells whether s can stand between < and > in a header. IDs come
// from messages that were received, so what cannot is left out.
func isMessageID(s string) bool {
	if s == "" || len(s) > maxIDLength {
		return false
	}
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7f || s[i] == '<' || s[i] == '>' {
			return false
		}
	}
	return true
}
