package demo

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"hash/fnv"
	"mime"
	"mime/quotedprintable"
	"strings"

	"golang.org/x/text/encoding"
)

// part is a MIME entity: its Content- fields, and its body ready for the wire.
type part struct {
	fields []field
	body   []byte
}

func (p part) bytes() []byte {
	var b bytes.Buffer
	for _, f := range p.fields {
		b.WriteString(fold(f.name, f.value))
	}
	b.WriteString("\r\n")
	b.Write(p.body)
	return b.Bytes()
}

// with adds a field, or replaces the one of that name.
func (p part) with(name, value string) part {
	out := part{body: p.body}
	for _, f := range p.fields {
		if f.name != name {
			out.fields = append(out.fields, f)
		}
	}
	out.fields = append(out.fields, field{name, value})
	return out
}

func plain(s string) part { return textual("text/plain", nil, []byte(tidy(s)), "charset", "utf-8") }

// flowed is text whose lines may be joined where they end in a space (RFC 3676).
// Its paragraphs are given as lines of any length.
func flowed(s string) part {
	return textual("text/plain", nil, []byte(flow(tidy(s))), "charset", "utf-8", "format", "flowed")
}

// plainIn is text in one of the older character sets.
func plainIn(charset string, e encoding.Encoding, s string) part {
	return textual("text/plain", e, []byte(tidy(s)), "charset", charset)
}

func html(s string) part { return textual("text/html", nil, []byte(tidy(s)), "charset", "utf-8") }

// tidy lets texts in the source begin on a line of their own.
func tidy(s string) string { return strings.TrimLeft(strings.TrimRight(s, "\n\t "), "\n") + "\n" }

func textual(kind string, e encoding.Encoding, body []byte, parameters ...string) part {
	if e != nil {
		encoded, err := e.NewEncoder().Bytes(body)
		if err != nil {
			panic("demo: a sample text does not fit its character set: " + err.Error())
		}
		body = encoded
	}
	return encodeText(contentType(kind, parameters...), crlf(body))
}

// encodeText chooses the transfer encoding that keeps most of the text legible.
func encodeText(kind string, body []byte) part {
	p := part{fields: []field{{"Content-Type", kind}}, body: body}
	high, longest := 0, 0
	for line := range bytes.SplitSeq(body, []byte("\r\n")) {
		longest = max(longest, len(line))
		for _, c := range line {
			if c >= 0x80 {
				high++
			}
		}
	}
	switch {
	case high == 0 && longest < 900:
		return p.with("Content-Transfer-Encoding", "7bit")
	case high*3 > len(body):
		p.body = base64Lines(body)
		return p.with("Content-Transfer-Encoding", "base64")
	}
	var b bytes.Buffer
	w := quotedprintable.NewWriter(&b)
	// A bytes.Buffer takes everything.
	_, _ = w.Write(body)
	_ = w.Close()
	p.body = b.Bytes()
	return p.with("Content-Transfer-Encoding", "quoted-printable")
}

func base64Lines(data []byte) []byte {
	var b bytes.Buffer
	for line := range bytes.SplitSeq(wrapAt(base64.StdEncoding.EncodeToString(data), 76), []byte("\n")) {
		b.Write(line)
		b.WriteString("\r\n")
	}
	return b.Bytes()
}

func wrapAt(s string, n int) []byte {
	var b bytes.Buffer
	for len(s) > n {
		b.WriteString(s[:n] + "\n")
		s = s[n:]
	}
	b.WriteString(s)
	return b.Bytes()
}

// flow wraps paragraphs at 72 characters, each line but the last with a space at
// its end, and stuffs lines that begin like a quotation.
func flow(s string) string {
	var b strings.Builder
	for paragraph := range strings.SplitSeq(strings.TrimRight(s, "\n"), "\n") {
		quoted := strings.HasPrefix(paragraph, ">")
		if strings.HasPrefix(paragraph, " ") || strings.HasPrefix(paragraph, "From ") {
			paragraph = " " + paragraph
		}
		if quoted || paragraph == "-- " {
			b.WriteString(paragraph + "\n")
			continue
		}
		line := ""
		for word := range strings.SplitSeq(strings.TrimRight(paragraph, " "), " ") {
			if line != "" && len(line)+len(word) > 71 {
				b.WriteString(line + "\n")
				line = ""
			}
			line += word + " "
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}

// contentType writes a media type or disposition with its parameters, those that
// are not ASCII as RFC 2231 has it.
func contentType(kind string, parameters ...string) string {
	values := make(map[string]string)
	for i := 0; i < len(parameters); i += 2 {
		values[parameters[i]] = parameters[i+1]
	}
	return mime.FormatMediaType(kind, values)
}

func multipart(kind string, parts []part, parameters ...string) part {
	sum := fnv.New64a()
	for _, p := range parts {
		sum.Write(p.bytes())
	}
	boundary := fmt.Sprintf("=_%016x", sum.Sum64())
	var b bytes.Buffer
	for _, p := range parts {
		fmt.Fprintf(&b, "--%s\r\n", boundary)
		b.Write(p.bytes())
		b.WriteString("\r\n")
	}
	fmt.Fprintf(&b, "--%s--\r\n", boundary)
	kind = contentType("multipart/"+kind, append(parameters, "boundary", boundary)...)
	return part{fields: []field{{"Content-Type", kind}}, body: b.Bytes()}
}

func mixed(parts ...part) part       { return multipart("mixed", parts) }
func alternative(parts ...part) part { return multipart("alternative", parts) }
func related(parts ...part) part     { return multipart("related", parts) }

// file is an attachment.
func file(name, kind string, data []byte) part {
	return part{fields: []field{
		{"Content-Type", contentType(kind, "name", name)},
		{"Content-Disposition", contentType("attachment", "filename", name)},
		{"Content-Transfer-Encoding", "base64"},
	}, body: base64Lines(data)}
}

// textFile is an attachment that can be read as it is.
func textFile(name, kind, text string) part {
	p := encodeText(contentType(kind, "charset", "utf-8", "name", name), crlf([]byte(tidy(text))))
	return p.with("Content-Disposition", contentType("attachment", "filename", name))
}

// picture is an image that an HTML part shows as cid:id.
func picture(name, kind, id string, data []byte) part {
	return file(name, kind, data).
		with("Content-Disposition", contentType("inline", "filename", name)).
		with("Content-ID", "<"+id+">")
}

// enclosed is a whole message inside another.
func enclosed(raw []byte) part {
	return part{fields: []field{{"Content-Type", "message/rfc822"}, {"Content-Disposition", "attachment"}}, body: raw}
}
