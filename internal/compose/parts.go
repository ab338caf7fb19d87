package compose

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"strings"
)

// part is a leaf or, with children, a multipart.
type part struct {
	fields   []field // Content-Type first
	body     []byte
	boundary string
	children []*part
}

type field struct {
	name   string
	tokens []string
}

// writeBody ends the header and writes the body. It tells whether that holds
// octets above 127.
func writeBody(w *bytes.Buffer, text string, o Options, files []file) (eightBit bool) {
	root := textPart("text/plain", flow(text), "format=flowed")
	if o.HTML != "" {
		html := textPart("text/html", strings.TrimRight(normalizeText(o.HTML), "\n")+"\n", "")
		html, files = withPictures(o, html, files)
		root = newMultipart(o.Rand, "multipart/alternative", root, html) // RFC 2046 §5.1.4: the richest last
	}
	files, answers := takeAnswers(files)
	for _, f := range answers {
		root = newMultipart(o.Rand, "multipart/alternative", root, answerPart(f))
	}
	if len(files) > 0 {
		parts := []*part{root}
		for _, f := range files {
			p, high := filePart(f)
			eightBit = eightBit || high
			parts = append(parts, p)
		}
		root = newMultipart(o.Rand, "multipart/mixed", parts...)
		if eightBit { // RFC 2045 §6.4: a multipart says what is in it
			root.fields = append(root.fields, field{"Content-Transfer-Encoding", []string{"8bit"}})
		}
	}
	root.write(w)
	return eightBit
}

// withPictures puts the pictures that the HTML shows beside it (RFC 2387), and
// gives the other files.
func withPictures(o Options, html *part, files []file) (*part, []file) {
	var rest []file
	parts := []*part{html}
	for _, f := range files {
		if !f.inline || !isMessageID(f.contentID) || !strings.Contains(o.HTML, "\"cid:"+f.contentID+"\"") {
			rest = append(rest, f)
			continue
		}
		p, _ := filePart(f)
		parts = append(parts, p)
	}
	if len(parts) == 1 {
		return html, rest
	}
	related := newMultipart(o.Rand, "multipart/related", parts...)
	related.fields[0].tokens = append([]string{"multipart/related;", `type="text/html";`}, related.fields[0].tokens[1:]...)
	return related, rest
}

// takeAnswers parts off the calendars that are sent for a method (RFC 6047
// §2.4): for a calendar program they are the message, in another form.
func takeAnswers(files []file) (rest, answers []file) {
	for _, f := range files {
		if kind, params, err := mime.ParseMediaType(f.kind); err == nil && kind == "text/calendar" && params["method"] != "" && answers == nil {
			answers = append(answers, f)
			continue
		}
		rest = append(rest, f)
	}
	return rest, answers
}

func answerPart(f file) *part {
	_, params, _ := mime.ParseMediaType(f.kind)
	return textPart("text/calendar", normalizeText(string(f.data)), "method="+params["method"])
}

func textPart(kind, text, param string) *part {
	e := chooseEncoding(text)
	tokens := []string{kind + ";", "charset=" + e.charset}
	if param != "" {
		tokens = []string{kind + ";", "charset=" + e.charset + ";", param}
	}
	return &part{
		fields: []field{{"Content-Type", tokens}, {"Content-Transfer-Encoding", []string{e.transfer}}},
		body:   encodeText(text, e),
	}
}

func newMultipart(random io.Reader, kind string, children ...*part) *part {
	boundary := token(random, 30)
	return &part{
		fields:   []field{{"Content-Type", []string{kind + ";", "boundary=" + boundary}}},
		boundary: boundary,
		children: children,
	}
}

// filePart makes an attachment. A message must not be encoded (RFC 2046
// §5.2.1); if it cannot travel as it is, it goes as a plain file.
func filePart(f file) (p *part, eightBit bool) {
	kind, _, _ := mime.ParseMediaType(f.kind)
	transfer, body := "base64", []byte(nil)
	if strings.HasPrefix(kind, "message/") {
		body, eightBit = messageBody(f.data)
		switch {
		case body == nil:
			f.kind = "application/octet-stream"
		case eightBit:
			transfer = "8bit"
		default:
			transfer = "7bit"
		}
	}
	if body == nil {
		body = encodeBase64(f.data)
	}
	p = &part{body: body, fields: []field{
		{"Content-Type", strings.Split(f.kind, " ")},
		{"Content-Disposition", dispositionTokens(f)},
		{"Content-Transfer-Encoding", []string{transfer}},
	}}
	if isMessageID(f.contentID) {
		p.fields = append(p.fields, field{"Content-ID", []string{"<" + f.contentID + ">"}})
	}
	return p, eightBit
}

// messageBody gives a message with CRLF and without the line that an mbox has in
// front of one, or nil if it is none, has lines that are too long, or NUL.
func messageBody(data []byte) (body []byte, eightBit bool) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if bytes.HasPrefix(data, []byte("From ")) {
		_, data, _ = bytes.Cut(data, []byte("\n"))
	}
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	data = bytes.ReplaceAll(data, []byte("\r"), []byte("\n"))
	for line := range bytes.SplitSeq(data, []byte("\n")) {
		if len(line) > maxLine {
			return nil, false
		}
	}
	if bytes.IndexByte(data, 0) >= 0 {
		return nil, false
	}
	data = bytes.ReplaceAll(data, []byte("\n"), []byte("\r\n"))
	if _, _, err := splitFields(data); errors.Is(err, ErrNoHeader) {
		return nil, false
	}
	return data, isHigh(data)
}

func (p *part) write(w *bytes.Buffer) {
	for _, f := range p.fields {
		writeField(w, f.name, f.tokens)
	}
	w.WriteString("\r\n")
	if p.children == nil {
		w.Write(p.body)
		return
	}
	for _, c := range p.children {
		w.WriteString("--" + p.boundary + "\r\n")
		c.write(w)
		w.WriteString("\r\n") // belongs to the boundary, RFC 2046 §5.1.1
	}
	w.WriteString("--" + p.boundary + "--\r\n")
}
