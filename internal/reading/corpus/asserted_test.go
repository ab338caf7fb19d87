package corpus

import (
	"bytes"
	"cmp"
	"encoding/json"
	"encoding/xml"
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
	a.score.add(right || strings.HasPrefix(why, "we\t") || strings.HasPrefix(why, "both\t"))
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

type mailParserAddress struct{ Name, Address string }

func (a *asserted) mailParser(file, result string) {
	var j mailParserJSON
	if err := json.Unmarshal(read(a.t, result), &j); err != nil {
		a.t.Fatal(err)
	}
	m := reading.Parse(read(a.t, file))
	seen := map[string]bool{}
	for _, h := range j.Parts[0].Headers {
		name := h.name()
		if seen[name] {
			continue
		}
		seen[name] = true
		var v struct {
			Text     string
			DateTime *struct {
				Year, Month, Day, Hour, Minute, Second int
				Before                                 bool `json:"tz_before_gmt"`
				TZHour                                 int  `json:"tz_hour"`
				TZMinute                               int  `json:"tz_minute"`
			}
			Address *struct {
				List  []mailParserAddress
				Group []struct{ Addresses []mailParserAddress }
			}
		}
		if json.Unmarshal(h.Value, &v) != nil {
			continue
		}
		switch name {
		case "subject":
			a.field(file, name, squeeze(m.Header.Subject), squeeze(v.Text))
		case "message_id":
			a.field(file, name, m.Header.MessageID, v.Text)
		case "date":
			if d := v.DateTime; d != nil {
				offset := d.TZHour*3600 + d.TZMinute*60
				if d.Before {
					offset = -offset
				}
				a.field(file, name, date(m.Header.Date), date(time.Date(d.Year, time.Month(d.Month), d.Day, d.Hour, d.Minute, d.Second, 0, time.FixedZone("", offset))))
			}
		case "from", "to", "cc", "bcc", "reply_to":
			if v.Address == nil {
				continue
			}
			list := v.Address.List
			for _, g := range v.Address.Group {
				list = append(list, g.Addresses...)
			}
			a.field(file, name, named(headerList(m.Header, name)), theirNamed(list))
		case "mime_version", "content_transfer_encoding", "content_language":
			a.field(file, name, squeeze(m.Header.Get(strings.ReplaceAll(name, "_", "-"))), squeeze(v.Text))
		default:
			if _, other := h.Name.(map[string]any); other && v.Text != "" {
				a.field(file, name, squeeze(m.Header.Get(name)), squeeze(v.Text))
			}
		}
	}
	a.mailParserTypes(file, m, &j)
	a.mailParserParts(file, m, &j)
}

// mailParserTypes compares the types of the parts that say one, and the names of
// files. The source keeps the parts of a message within the message apart.
func (a *asserted) mailParserTypes(file string, m *reading.Message, j *mailParserJSON) {
	var ours []reading.Part
	if kind := strings.FieldsFunc(strings.ToLower(m.Header.Get("Content-Type")), func(r rune) bool { return r == ';' || r == ' ' }); len(kind) > 0 && strings.HasPrefix(kind[0], "multipart/") {
		ours = append(ours, reading.Part{Type: kind[0]}) // Parts are what it holds
	}
	within := "-"
	for _, p := range m.Parts {
		if strings.HasPrefix(p.Path, within) {
			continue
		}
		if within = "-"; strings.HasPrefix(p.Type, "message/") {
			within = p.Path + "."
		}
		ours = append(ours, p)
	}
	for i, p := range j.Parts {
		have := reading.Part{Type: "none"}
		if i < len(ours) {
			have = ours[i]
		}
		name := ""
		for _, h := range p.Headers {
			var v mailParserType
			if json.Unmarshal(h.Value, &v) != nil || v.ContentType == nil {
				continue
			}
			switch h.name() {
			case "content_type":
				a.field(file, fmt.Sprintf("type %d", i), have.Type, strings.ToLower(v.ContentType.Type+"/"+v.ContentType.Subtype))
				name = cmp.Or(name, v.attribute("name"))
			case "content_disposition":
				name = cmp.Or(v.attribute("filename"), name)
			}
		}
		if name != "" {
			a.field(file, fmt.Sprintf("name %d", i), have.Name, name)
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

func theirNamed(list []mailParserAddress) string {
	var out []mail.Address
	for _, a := range list {
		out = append(out, mail.Address{Name: a.Name, Address: a.Address})
	}
	return named(out)
}

func (a *asserted) mailParserParts(file string, m *reading.Message, j *mailParserJSON) {
	shown := squeeze(m.Text())
	for _, i := range j.TextBody {
		if i < len(j.Parts) && j.Parts[i].Body["Text"] != nil {
			var s string
			if json.Unmarshal(j.Parts[i].Body["Text"], &s) != nil {
				continue
			}
			want := squeeze(s)
			a.ok(file, fmt.Sprintf("text %d", i), strings.Contains(shown, want), shown, want)
		}
	}
	for _, i := range j.HTMLBody {
		if i < len(j.Parts) && j.Parts[i].Body["Html"] != nil {
			var s string
			if json.Unmarshal(j.Parts[i].Body["Html"], &s) != nil {
				continue
			}
			a.ok(file, fmt.Sprintf("html %d", i), strings.Contains(squeeze(m.HTML), squeeze(s)), m.HTML, s)
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
			a.ok(file, fmt.Sprintf("attachment %d", i), slices.Contains(have, string(b)), fmt.Sprintf("%d files", len(have)), fmt.Sprintf("%d bytes, %.60q", len(b), b))
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

// mime4j compares the structure: the leaves, counted; and the fields of the header.
func (a *asserted) mime4j(file, result string) {
	m := reading.Parse(read(a.t, file))
	d := xml.NewDecoder(strings.NewReader(forXML(string(read(a.t, result)))))
	d.Strict = false
	bodies, depth, where := 0, 0, ""
	var fields []string
	for {
		tok, err := d.Token()
		if err != nil {
			break
		}
		switch e := tok.(type) {
		case xml.StartElement:
			where = e.Name.Local
			switch where {
			case "body":
				bodies++
			case "message", "body-part":
				depth++
			}
		case xml.EndElement:
			if e.Name.Local == "message" || e.Name.Local == "body-part" {
				depth--
			}
			where = ""
		case xml.CharData:
			if where == "field" && depth == 1 {
				fields = append(fields, string(e))
			}
		}
	}
	a.mime4jFields(file, m, fields)
	ours := 0
	for i, p := range m.Parts {
		inner := i+1 < len(m.Parts) && strings.HasPrefix(m.Parts[i+1].Path, p.Path+".")
		if !strings.HasPrefix(p.Type, "multipart/") && !inner {
			ours++
		}
	}
	a.field(file, "leaves", fmt.Sprint(ours), fmt.Sprint(bodies))
}

// mime4jFields compares the fields in their order, as they stand but for folding,
// and the subject as it reads.
func (a *asserted) mime4jFields(file string, m *reading.Message, fields []string) {
	subject := false
	for i, f := range fields {
		name, value, _ := strings.Cut(f, ":")
		have := reading.Field{Name: "none"}
		if all := m.Header.All(); i < len(all) {
			have = all[i]
		}
		theirs := squeeze(name) + ": " + squeeze(value)
		a.field(file, fmt.Sprintf("field %d", i), squeeze(forXML(have.Name))+": "+squeeze(forXML(have.Value)), theirs)
		if !subject && strings.EqualFold(strings.TrimSpace(name), "subject") && !strings.Contains(value, "=?") {
			subject = true
			a.field(file, "subject", squeeze(m.Header.Subject), squeeze(value))
		}
	}
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
