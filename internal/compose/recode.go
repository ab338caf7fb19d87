package compose

import (
	"bytes"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"slices"
	"strings"
	"unicode/utf8"

	"postea/internal/mail"
)

// SevenBit gives a message for a server that does not offer 8BITMIME: texts and
// files in it that hold octets above 127 are encoded (RFC 6152 §3), those of a
// message inside the message as well, which itself must not be (RFC 2046 §5.2.1).
// What holds none stays as it is, octet for octet; a message inside that is signed
// goes as a file. ok is false where what is signed would be broken, and where the
// structure cannot be read.
func SevenBit(wire []byte) (out []byte, ok bool) {
	return recoder{must: isHigh}.entity(wire, "text/plain")
}

// ASCIIHeader gives a message for those of its recipients whom a server without
// SMTPUTF8 reaches: the others, whose addresses cannot be said there, stay in sight
// by name, as empty groups (RFC 6857 §3.1.8). ok is false where the author is one of
// them.
func ASCIIHeader(wire []byte) (out []byte, ok bool) {
	fields, body, err := splitFields(wire)
	if err != nil {
		return nil, false
	}
	var w bytes.Buffer
	for _, f := range fields {
		var list []mail.Address
		if !mail.IsASCII(f.value) && isAddressField(f.name) {
			var err error
			if list, err = mail.ParseAddressList(strings.ReplaceAll(f.value, "\r\n", "")); err != nil {
				return nil, false
			}
		}
		if !slices.ContainsFunc(list, beyondASCII) {
			f.write(&w, false)
			continue
		}
		if name := strings.ToLower(f.name); strings.HasSuffix(name, "from") || strings.HasSuffix(name, "sender") {
			return nil, false
		}
		var tokens []string
		for i, a := range list {
			one := wordTokens([]mail.Address{a})
			if beyondASCII(a) {
				one = encodeWords(strings.TrimSpace(decodeWords(oneLine(a.Name))+" "+a.Address), maxWord-10)
				one = append(one, ":;")
			}
			if i < len(list)-1 {
				one[len(one)-1] += ","
			}
			tokens = append(tokens, one...)
		}
		writeField(&w, f.name, tokens)
	}
	head := w.Len()
	w.WriteString("\r\n")
	w.Write(body)
	return w.Bytes(), mail.IsASCII(string(w.Bytes()[:head]))
}

// beyondASCII tells of an address that only SMTPUTF8 can say (RFC 6531 §3.2).
func beyondASCII(a mail.Address) bool {
	_, utf8, err := envelopeAddress(a.Address)
	return err == nil && utf8
}

// shortLines likewise encodes what has lines that are longer than any server must
// take (RFC 5321 §4.5.3.1.6). Where that cannot be done, the message stays as it is.
func shortLines(fields []rawField, body []byte) ([]rawField, []byte) {
	if !isWide(body) {
		return fields, body
	}
	if f, b, ok := (recoder{must: isWide, utf8: true}).body(fields, body, "text/plain"); ok {
		return f, b
	}
	return fields, body
}

// recoder encodes those leaves of a message that must be.
type recoder struct {
	must func([]byte) bool
	utf8 bool // header fields may hold octets above 127

	depth int
}

// maxRecoded bounds how deep parts may be nested: each level is looked through again.
const maxRecoded = 50

func isHigh(raw []byte) bool {
	return slices.ContainsFunc(raw, func(c byte) bool { return c >= utf8.RuneSelf })
}

func isWide(raw []byte) bool { return checkLines(raw) != nil }

// entity reads what is of the type usual where it does not say another.
func (r recoder) entity(raw []byte, usual string) (out []byte, ok bool) {
	if !r.must(raw) {
		return raw, true
	}
	if r.depth++; r.depth > maxRecoded {
		return nil, false
	}
	var fields []rawField
	body, bare := bytes.CutPrefix(raw, []byte("\r\n"))
	if !bare {
		var err error
		if fields, body, err = splitFields(raw); err != nil {
			return nil, false
		}
		fields = inUTF8(fields)
	}
	if r.must(body) {
		if fields, body, ok = r.body(fields, body, usual); !ok {
			return nil, false
		}
	}
	var w bytes.Buffer
	for _, f := range fields {
		f.write(&w, r.utf8)
	}
	w.WriteString("\r\n")
	w.Write(body)
	return w.Bytes(), !r.must(w.Bytes())
}

func (r recoder) body(fields []rawField, body []byte, usual string) ([]rawField, []byte, bool) {
	value, transfer := fieldOf(fields, "content-type"), strings.ToLower(fieldOf(fields, "content-transfer-encoding"))
	kind, _, _ := strings.Cut(strings.ToLower(value), ";")
	if kind = strings.TrimSpace(kind); kind == "" {
		kind = usual
	}
	_, params, _ := mime.ParseMediaType(value)
	switch transfer {
	case "", "7bit", "8bit", "binary":
	case "quoted-printable":
		return fields, escapeQP(body), true
	case "base64": // what is not of its alphabet counts for nothing (RFC 2045 §6.8)
		return fields, lettersOfBase64(body), true
	default:
		return nil, nil, false
	}
	switch {
	case kind == "multipart/signed", kind == "message/partial":
		return nil, nil, false
	case strings.HasPrefix(kind, "multipart/"):
		usual = "text/plain"
		if kind == "multipart/digest" {
			usual = "message/rfc822" // RFC 2046 §5.1.5
		}
		body, ok := r.parts(body, params["boundary"], usual)
		return withTransfer(fields, ""), body, ok
	case kind == "message/rfc822":
		if inner, ok := r.entity(body, "text/plain"); ok {
			return withTransfer(fields, ""), inner, true
		}
		return withTransfer(asFile(fields), "base64"), encodeBase64(body), true // whole, as a file
	case strings.HasPrefix(kind, "text/") || strings.HasPrefix(kind, "message/"):
		return withTransfer(labelled(fields, body), "quoted-printable"), toQP(body), true
	}
	return withTransfer(fields, "base64"), encodeBase64(body), true
}

// parts encodes within the parts of a multipart. What stands before and behind
// them is for nobody to read (RFC 2046 §5.1.1).
func (r recoder) parts(body []byte, boundary, usual string) (out []byte, ok bool) {
	if boundary == "" {
		return nil, false
	}
	var w bytes.Buffer
	delimiter := "--" + boundary
	start, found := -1, false
	for at := 0; at < len(body); {
		line, _, _ := bytes.Cut(body[at:], []byte("\r\n"))
		next := min(at+len(line)+2, len(body))
		mark := strings.TrimRight(string(line), " \t")
		if mark == delimiter || mark == delimiter+"--" {
			if start >= 0 {
				part, ok := r.entity(body[start:max(start, at-2)], usual)
				if !ok {
					return nil, false
				}
				w.Write(part)
				w.WriteString("\r\n")
			}
			w.WriteString(mark + "\r\n")
			if start, found = next, true; mark != delimiter {
				return w.Bytes(), true
			}
		}
		at = next
	}
	if !found {
		return nil, false
	}
	part, ok := r.entity(body[start:], usual)
	w.Write(part)
	return w.Bytes(), ok
}

func fieldOf(fields []rawField, name string) string {
	for _, f := range fields {
		if strings.EqualFold(f.name, name) {
			return strings.TrimSpace(strings.ReplaceAll(f.value, "\r\n", ""))
		}
	}
	return ""
}

func withTransfer(fields []rawField, encoding string) []rawField {
	out := slices.DeleteFunc(slices.Clone(fields), func(f rawField) bool { return strings.EqualFold(f.name, "Content-Transfer-Encoding") })
	if encoding != "" {
		out = append(out, rawField{"Content-Transfer-Encoding", " " + encoding})
	}
	return out
}

func asFile(fields []rawField) []rawField {
	fields = slices.DeleteFunc(slices.Clone(fields), func(f rawField) bool { return strings.EqualFold(f.name, "Content-Type") })
	return append(fields, rawField{"Content-Type", " application/octet-stream"})
}

// labelled gives a text without a type one, so that its encoding is heeded.
func labelled(fields []rawField, body []byte) []rawField {
	message := slices.ContainsFunc(fields, func(f rawField) bool { return !strings.HasPrefix(strings.ToLower(f.name), "content-") })
	if message && fieldOf(fields, "mime-version") == "" {
		fields = append(slices.Clone(fields), rawField{"MIME-Version", " 1.0"})
	}
	if fieldOf(fields, "content-type") != "" {
		return fields
	}
	charset := "us-ascii"
	switch {
	case isHigh(body) && utf8.Valid(body):
		charset = "utf-8"
	case isHigh(body):
		charset = "unknown-8bit" // RFC 1428 §3
	}
	return append(slices.Clone(fields), rawField{"Content-Type", " text/plain; charset=" + charset})
}

func toQP(body []byte) []byte {
	var b bytes.Buffer
	w := quotedprintable.NewWriter(&b)
	_, _ = w.Write(body) // a Buffer does not fail
	_ = w.Close()
	return b.Bytes()
}

// escapeQP mends quoted-printable that holds what it must not.
func escapeQP(body []byte) []byte {
	var b bytes.Buffer
	column, within := 0, 0 // within: of "=XX" or "=" and a line end, which must stay together
	for _, c := range body {
		if within--; within < 0 && column > base64Row-4 && c != '\r' && c != '\n' {
			b.WriteString("=\r\n")
			column = 0
		}
		switch {
		case c >= utf8.RuneSelf:
			fmt.Fprintf(&b, "=%02X", c)
			column += 3
			continue
		case c == '=':
			within = 2
		case c == '\n':
			column = -1
		}
		b.WriteByte(c)
		column++
	}
	return b.Bytes()
}

func lettersOfBase64(body []byte) []byte {
	letters := bytes.Map(func(r rune) rune {
		if r < utf8.RuneSelf && (r == '+' || r == '/' || r == '=' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z') {
			return r
		}
		return -1
	}, body)
	var b bytes.Buffer
	for row := range slices.Chunk(letters, base64Row) {
		b.Write(row)
		b.WriteString("\r\n")
	}
	return b.Bytes()
}
