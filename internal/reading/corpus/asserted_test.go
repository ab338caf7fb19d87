package corpus

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"postea/internal/mail"
	"postea/internal/reading"
)

// asserted counts fields whose value a source's own tests assert. What we read
// otherwise must be in testdata/asserted.tsv, with the reason.
type asserted struct {
	t     *testing.T
	known map[string]string
	used  map[string]bool
	score score

	literal int // fields that are the same to the letter
}

func (a *asserted) field(file, field, ours, theirs string) {
	a.t.Helper()
	a.ok(file, field, ours == theirs, ours, theirs)
}

func (a *asserted) ok(file, field string, right bool, ours, theirs string) {
	a.t.Helper()
	if right {
		a.literal++
	}
	key := file + " " + field
	why, known := a.known[key]
	a.used[key] = a.used[key] || !right
	a.score.add(right || strings.HasPrefix(why, "we\t"))
	if !right && !known {
		a.t.Errorf("%s: %s: we read %.300q, asserted is %.300q", file, field, ours, theirs)
	}
}

// TestAsserted holds us against the results that mail-parser, mime4j, inbucket
// and Thunderbird keep for their own tests.
func TestAsserted(t *testing.T) {
	a := &asserted{t: t, known: listed(t, "asserted.tsv"), used: map[string]bool{}}
	for _, file := range files(t, "mail") {
		switch {
		case strings.HasPrefix(file, "mail/mail-parser-rs/") && strings.HasSuffix(file, ".eml"):
			result := ".json"
			if bytes.Contains(read(t, file), []byte("\r\n")) {
				result = ".crlf.json"
			}
			a.mailParser(file, strings.TrimSuffix(file, ".eml")+result)
		case strings.HasPrefix(file, "mail/mime4j/") && strings.HasSuffix(file, ".xml"):
			a.mime4j(strings.TrimSuffix(file, ".xml")+".msg", file)
		case strings.HasSuffix(file, ".golden") && strings.Contains(file, "inbucket"):
			a.inbucket(strings.TrimSuffix(file, ".golden")+".txt", file)
		case strings.HasPrefix(file, "mail/thunderbird/") && strings.HasSuffix(file, ".out"):
			a.thunderbird(strings.TrimSuffix(file, ".out"), file)
		}
	}
	a.mailParserAddresses("table/mail-parser-rs/address.json")
	a.mailParserReceived("table/mail-parser-rs/received.json")
	for _, key := range slices.Sorted(maps.Keys(a.known)) {
		if !a.used[key] {
			t.Errorf("%s is listed and not different", key)
		}
	}
	t.Logf("%d of %d fields, %.2f %%; %d to the letter", a.score.right, a.score.asked, a.score.percent(), a.literal)
	if a.score.percent() < 98 {
		t.Errorf("%.2f %% of the asserted fields are right, wanted are 98 %%", a.score.percent())
	}
}

type mailParserJSON struct {
	TextBody    []int `json:"text_body"`
	HTMLBody    []int `json:"html_body"`
	Attachments []int
	Parts       []struct {
		Headers []mailParserHeader
		Body    map[string]json.RawMessage
	}
}

type mailParserHeader struct {
	Name  any
	Value json.RawMessage
}

// name is that of a field the source knows, in its spelling, or of any other.
func (h mailParserHeader) name() string {
	switch n := h.Name.(type) {
	case string:
		return n
	case map[string]any:
		other, _ := n["other"].(string)
		return other
	}
	return ""
}

// mailParserType is the value of a Content-Type or Content-Disposition.
type mailParserType struct {
	ContentType *struct {
		Type       string `json:"c_type"`
		Subtype    string `json:"c_subtype"`
		Attributes []struct{ Name, Value string }
	}
}

func (v mailParserType) attribute(name string) string {
	if v.ContentType != nil {
		for _, a := range v.ContentType.Attributes {
			if a.Name == name {
				return a.Value
			}
		}
	}
	return ""
}

type mailParserDate struct {
	Year, Month, Day, Hour, Minute, Second int
	Before                                 bool `json:"tz_before_gmt"`
	TZHour                                 int  `json:"tz_hour"`
	TZMinute                               int  `json:"tz_minute"`
}

func (d mailParserDate) time() time.Time {
	offset := d.TZHour*3600 + d.TZMinute*60
	if d.Before {
		offset = -offset
	}
	return time.Date(d.Year, time.Month(d.Month), d.Day, d.Hour, d.Minute, d.Second, 0, time.FixedZone("", offset))
}

type mailParserList struct {
	List  []mailParserAddress
	Group []struct{ Addresses []mailParserAddress }
}

type mailParserAddress struct{ Name, Address string }

func (l mailParserList) named() string {
	list := l.List
	for _, g := range l.Group {
		list = append(list, g.Addresses...)
	}
	var out []mail.Address
	for _, a := range list {
		out = append(out, mail.Address{Name: a.Name, Address: a.Address})
	}
	return named(out)
}

// mailParserAddresses compares fields with addresses that stand in a table.
func (a *asserted) mailParserAddresses(file string) {
	var table []struct {
		Header   string
		Expected mailParserList
	}
	if err := json.Unmarshal(read(a.t, file), &table); err != nil {
		a.t.Fatal(err)
	}
	for i, row := range table {
		field, ours := "To", func(h reading.Header) string { return named(h.To) }
		theirs := row.Expected.named()
		if strings.Contains(row.Header, "<mailto:") || strings.Contains(row.Header, "<http") { // a field of RFC 2369
			field, ours = "List-Unsubscribe", func(h reading.Header) string { return strings.Join(h.ListUnsubscribe, " ") }
			var list []string
			for _, p := range row.Expected.List {
				list = append(list, p.Address)
			}
			theirs = strings.Join(list, " ")
		}
		a.field(file, fmt.Sprint("row ", i), squeeze(ours(reading.ParseHeader([]byte(field+": "+row.Header)))), squeeze(theirs))
	}
}

// mailParserReceived compares the times at which servers say that they had a
// message.
func (a *asserted) mailParserReceived(file string) {
	var table []struct {
		Header   string
		Expected struct{ Date *mailParserDate }
	}
	if err := json.Unmarshal(read(a.t, file), &table); err != nil {
		a.t.Fatal(err)
	}
	for i, row := range table {
		if d := row.Expected.Date; d != nil {
			h := reading.ParseHeader([]byte("Received: " + row.Header))
			a.field(file, fmt.Sprint("row ", i), date(h.Received), date(d.time()))
		}
	}
}

func (a *asserted) mailParser(file, result string) {
	var j mailParserJSON
	if err := json.Unmarshal(read(a.t, result), &j); err != nil {
		a.t.Fatal(err)
	}
	a.mailParserMessage(file, "", reading.Parse(read(a.t, file)), &j)
}

// mailParserMessage compares a message; within says where it stands in the file.
func (a *asserted) mailParserMessage(file, within string, m *reading.Message, j *mailParserJSON) {
	a.mailParserFields(file, within, m.Header, j.Parts[0].Headers)
	a.mailParserTypes(file, within, m, j)
	a.mailParserParts(file, within, m, j)
}

// mailParserFields compares the fields of an entity, the first of each name. The
// types and the names of files are compared with the parts.
func (a *asserted) mailParserFields(file, within string, h reading.Header, fields []mailParserHeader) {
	seen := map[string]bool{}
	for _, f := range fields {
		name := f.name()
		if seen[name] {
			continue
		}
		seen[name] = true
		label := strings.TrimSpace(within + " " + name)
		var v struct {
			Text     string
			DateTime *mailParserDate
			Address  *mailParserList
		}
		if json.Unmarshal(f.Value, &v) != nil && string(f.Value) != `"Empty"` {
			continue
		}
		switch name {
		case "subject":
			a.field(file, label, squeeze(h.Subject), squeeze(v.Text))
		case "message_id":
			a.field(file, label, h.MessageID, v.Text)
		case "date":
			if v.DateTime != nil {
				a.field(file, label, date(h.Date), date(v.DateTime.time()))
			}
		case "from", "to", "cc", "bcc", "reply_to":
			if v.Address != nil {
				a.field(file, label, named(headerList(h, name)), v.Address.named())
			}
		case "content_type", "content_disposition":
		case "content_id":
			a.field(file, label, strings.Trim(squeeze(h.Get("Content-ID")), "<>"), squeeze(v.Text))
		default:
			a.field(file, label, squeeze(h.Get(strings.ReplaceAll(name, "_", "-"))), squeeze(v.Text))
		}
	}
}

// mailParserTypes compares the types of the parts that say one, their charsets, the
// names of files, and the fields of the parts. The source keeps the parts of a
// message within the message apart.
func (a *asserted) mailParserTypes(file, within string, m *reading.Message, j *mailParserJSON) {
	var ours []reading.Part
	if kind := strings.FieldsFunc(strings.ToLower(m.Header.Get("Content-Type")), func(r rune) bool { return r == ';' || r == ' ' }); len(kind) > 0 && strings.HasPrefix(kind[0], "multipart/") {
		ours = append(ours, reading.Part{Type: kind[0]}) // Parts are what it holds
	}
	inner := "-"
	for _, p := range m.Parts {
		if strings.HasPrefix(p.Path, inner) {
			continue
		}
		if inner = "-"; strings.HasPrefix(p.Type, "message/") {
			inner = p.Path + "."
		}
		ours = append(ours, p)
	}
	for i, p := range j.Parts {
		have, header := reading.Part{Type: "none"}, m.Header
		if i < len(ours) {
			have = ours[i]
		}
		if have.Path != "" {
			header, _ = m.PartHeader(have.Path)
		}
		label := func(what string) string { return strings.TrimSpace(fmt.Sprintf("%s %s %d", within, what, i)) }
		name := ""
		for _, h := range p.Headers {
			var v mailParserType
			if json.Unmarshal(h.Value, &v) != nil || v.ContentType == nil {
				continue
			}
			switch h.name() {
			case "content_type":
				a.field(file, label("type"), have.Type, strings.ToLower(v.ContentType.Type+"/"+v.ContentType.Subtype))
				name = cmp.Or(name, v.attribute("name"))
				if charset := v.attribute("charset"); charset != "" {
					a.field(file, label("charset"), strings.ToLower(have.Charset), strings.ToLower(charset))
				}
			case "content_disposition":
				name = cmp.Or(v.attribute("filename"), name)
				disposition, _, _ := strings.Cut(header.Get("Content-Disposition"), ";")
				a.field(file, label("disposition"), strings.ToLower(strings.TrimSpace(disposition)), strings.ToLower(v.ContentType.Type))
			}
		}
		if name != "" {
			a.field(file, label("name"), have.Name, name)
		}
		if i > 0 {
			a.mailParserFields(file, label("part"), header, p.Headers)
		}
		var message mailParserJSON
		if b := p.Body["Message"]; b != nil && json.Unmarshal(b, &message) == nil && len(message.Parts) > 0 {
			a.mailParserMessage(file, label("message"), reading.Parse(contentOf(m, have.Path)), &message)
		}
	}
}

func headerList(h reading.Header, name string) []mail.Address {
	switch name {
	case "from":
		return h.From
	case "to":
		return h.To
	case "cc":
		return h.Cc
	case "bcc":
		return h.Bcc
	}
	return h.ReplyTo
}

func named(list []mail.Address) string {
	var out []string
	for _, a := range list {
		out = append(out, a.Name+" <"+a.Address+">")
	}
	return strings.Join(out, ", ")
}

func (a *asserted) mailParserParts(file, within string, m *reading.Message, j *mailParserJSON) {
	shown := squeeze(m.Text())
	label := func(what string, i int) string { return strings.TrimSpace(fmt.Sprintf("%s %s %d", within, what, i)) }
	for _, i := range j.TextBody {
		if i < len(j.Parts) && j.Parts[i].Body["Text"] != nil {
			var s string
			if json.Unmarshal(j.Parts[i].Body["Text"], &s) != nil {
				continue
			}
			want := squeeze(s)
			a.ok(file, label("text", i), strings.Contains(shown, want), shown, want)
		}
	}
	for _, i := range j.HTMLBody {
		if i < len(j.Parts) && j.Parts[i].Body["Html"] != nil {
			var s string
			if json.Unmarshal(j.Parts[i].Body["Html"], &s) != nil {
				continue
			}
			a.ok(file, label("html", i), strings.Contains(squeeze(m.HTML), squeeze(s)), m.HTML, s)
		}
	}
	have := contents(m)
	for _, i := range j.Attachments {
		for _, kind := range []string{"Binary", "InlineBinary"} {
			var list []int
			if i >= len(j.Parts) || j.Parts[i].Body[kind] == nil || json.Unmarshal(j.Parts[i].Body[kind], &list) != nil {
				continue
			}
			b := make([]byte, len(list))
			for k, v := range list {
				b[k] = byte(v)
			}
			a.ok(file, label("attachment", i), slices.Contains(have, string(b)), fmt.Sprintf("%d files", len(have)), fmt.Sprintf("%d bytes, %.60q", len(b), b))
		}
	}
}

func contents(m *reading.Message) []string {
	var list []string
	for _, f := range m.Attachments {
		b, err := io.ReadAll(m.Open(f))
		if err == nil {
			list = append(list, string(b))
		}
	}
	return list
}

// forXML replaces what XML cannot hold.
func forXML(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' && r != '\r' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}

func (a *asserted) inbucket(file, result string) {
	m := reading.Parse(read(a.t, file))
	head, body, _ := strings.Cut(string(read(a.t, result)), "\nBODY TEXT:\n")
	text, _, _ := strings.Cut(body, "\nBODY HTML:")
	for line := range strings.SplitSeq(head, "\n") {
		switch name, value, _ := strings.Cut(line, ": "); name {
		case "From":
			a.field(file, name, named(m.Header.From), value)
		case "To":
			a.field(file, name, named(m.Header.To), strings.Trim(value, "[]"))
		case "Subject":
			a.field(file, name, m.Header.Subject, value)
		}
	}
	a.field(file, "text", squeeze(m.Text()), squeeze(text))
}

// thunderbird wants the text of the part that is shown.
func (a *asserted) thunderbird(base, result string) {
	for _, file := range files(a.t, path.Dir(base)) {
		if strings.HasPrefix(file, base) && !strings.HasSuffix(file, ".out") {
			m := reading.Parse(read(a.t, file))
			want := squeeze(string(read(a.t, result)))
			a.ok(file, "text", strings.Contains(squeeze(m.Text()), want) || strings.Contains(squeeze(m.HTML), want), m.Text(), want)
		}
	}
}
