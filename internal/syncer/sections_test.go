package syncer

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	imap "github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

var peek = regexp.MustCompile(`BODY\.PEEK\[([0-9.A-Z]*)\](?:<(\d+)\.(\d+)>)?`)

// sectionsOf answers for a large message what is asked for of its parts.
func sectionsOf(of *message, args string) string {
	raw, item := of.raw, ""
	if strings.Contains(args, "BODYSTRUCTURE") && !of.mute {
		item += " BODYSTRUCTURE " + structureText(imapserver.ExtractBodyStructure(bytes.NewReader(raw)))
	}
	for _, m := range peek.FindAllStringSubmatch(args, -1) {
		if m[1] == "" && m[2] == "" || m[2] == "0" && m[1] == "" && strings.Contains(m[3], strconv.Itoa(maxBody+1)) {
			continue // the whole message, which is answered already
		}
		data := of.section(m[1])
		origin := ""
		if m[2] != "" && !of.noWindows {
			at, _ := strconv.Atoi(m[2])
			n, _ := strconv.Atoi(m[3])
			origin = "<" + m[2] + ">"
			data = data[min(at, len(data)):min(at+n, len(data))]
		}
		item += fmt.Sprintf(" BODY[%s]%s {%d}\r\n%s", m[1], origin, len(data), data)
	}
	return item
}

// section is kept for the next window.
func (m *message) section(name string) []byte {
	if m.sections == nil {
		m.sections = map[string][]byte{}
	}
	data, known := m.sections[name]
	if !known {
		data = section(m.raw, name)
		m.sections[name] = data
	}
	return data
}

// section gives a section of a message by its name.
func section(raw []byte, name string) []byte {
	if name == "" {
		return raw
	}
	var item imap.FetchItemBodySection
	for word := range strings.SplitSeq(name, ".") {
		if n, err := strconv.Atoi(word); err == nil {
			item.Part = append(item.Part, n)
		} else {
			item.Specifier = imap.PartSpecifier(word)
		}
	}
	return imapserver.ExtractBodySection(bytes.NewReader(raw), &item)
}

func structureText(s imap.BodyStructure) string {
	str := func(s string) string {
		if s == "" {
			return "NIL"
		}
		return strconv.Quote(s)
	}
	params := func(m map[string]string) string {
		if len(m) == 0 {
			return "NIL"
		}
		var list []string
		for k, v := range m {
			list = append(list, str(k)+" "+str(v))
		}
		slices.Sort(list)
		return "(" + strings.Join(list, " ") + ")"
	}
	disposition := func(d *imap.BodyStructureDisposition) string {
		if d == nil {
			return "NIL"
		}
		return "(" + str(d.Value) + " " + params(d.Params) + ")"
	}
	switch p := s.(type) {
	case *imap.BodyStructureMultiPart:
		var out string
		for _, c := range p.Children {
			out += structureText(c)
		}
		return "(" + out + " " + str(p.Subtype) + ")"
	case *imap.BodyStructureSinglePart:
		out := fmt.Sprintf("(%s %s %s %s NIL %s %d", str(p.Type), str(p.Subtype), params(p.Params), str(p.ID), str(p.Encoding), p.Size)
		switch {
		case p.MessageRFC822 != nil:
			out += " (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) " + structureText(p.MessageRFC822.BodyStructure) + " 1"
		case strings.EqualFold(p.Type, "text"):
			out += " 1"
		}
		return out + " NIL " + disposition(p.Disposition()) + ")"
	}
	return "NIL"
}
