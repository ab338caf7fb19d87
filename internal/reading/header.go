package reading

import (
	"math"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"postea/internal/mail"
)

const maxReferences = 100

// Header is what the header of a message says. Its strings are decoded but
// not safe for a screen. The zero value is an empty header.
type Header struct {
	From, Sender, ReplyTo []mail.Address
	To, Cc, Bcc           []mail.Address
	Subject               string
	Date                  time.Time // zero if absent or unreadable
	Received              time.Time // when the last server had it, by the topmost Received (RFC 5321 §4.4); zero if none says
	MessageID             string    // without <>
	OriginalID            string    // the Message-ID in the place of which Exchange has put its own; "" where it has not
	InReplyTo             []string
	References            []string // oldest first

	ListID          string         // without <>
	ListPost        string         // address of List-Post (RFC 2369 §3.4), "" also for NO
	ListUnsubscribe []string       // URLs, in the sender's order
	MailFollowupTo  []mail.Address // where the author wants group replies
	AutoSubmitted   string         // RFC 3834 §5, in lower case

	fields  []Field
	defects []string
}

// ParseHeader reads a header block: whole, or the fields that a server picked
// out. It needs no blank line at the end and ignores a body. It never fails.
func ParseHeader(raw []byte) Header {
	fields, _, defects := splitHeader(skipLeading(useNewlines(raw)))
	return newHeader(fields, defects)
}

// ParseOwnHeader is ParseHeader for a message of the user's own, which somebody's
// program hands over to be sent: nothing is cut, as each address is a recipient
// and each byte of one counts.
func ParseOwnHeader(raw []byte) Header {
	fields, _, defects := splitWithin(skipLeading(useNewlines(raw)), math.MaxInt, math.MaxInt)
	h := newHeader(fields, defects)
	list := func(name string) []mail.Address { return parseOwn(joined(fields, name)) }
	h.To, h.Cc, h.Bcc = list("To"), list("Cc"), list("Bcc")
	return h
}

// Resent gives who a message that is sent on is from and for now (RFC 5322
// §3.6.6); ok is false where it has no such fields. A message that was sent on
// before has several blocks of them, the newest on top.
func (h Header) Resent() (from, to []mail.Address, ok bool) {
	seen := map[string]bool{}
	for _, f := range h.fields {
		name := strings.ToLower(f.Name)
		if !strings.HasPrefix(name, "resent-") {
			continue
		}
		if seen[name] {
			break // of the block below
		}
		seen[name] = true
		switch name {
		case "resent-from":
			from = parseOwn(f.Value)
		case "resent-to", "resent-cc", "resent-bcc":
			to, ok = append(to, parseOwn(f.Value)...), true
		}
	}
	return from, to, ok
}

func newHeader(fields []Field, defects []string) Header {
	h := Header{fields: inCharset(fields), defects: defects}
	note := noter(&h.defects)
	for _, name := range []string{"From", "Subject", "Date", "Message-ID", "Reply-To", "Sender"} {
		if countOf(fields, name) > 1 {
			note(name + " stands more than once; the first counts")
		}
	}
	fields = h.fields
	h.From = parseAddresses(first(fields, "From"))
	h.Sender = parseAddresses(first(fields, "Sender"))
	h.ReplyTo = parseAddresses(first(fields, "Reply-To"))
	h.To = parseAddresses(joined(fields, "To"))
	h.Cc = parseAddresses(joined(fields, "Cc"))
	h.Bcc = parseAddresses(joined(fields, "Bcc"))
	h.MailFollowupTo = parseAddresses(first(fields, "Mail-Followup-To"))
	h.Subject = decodeWords(first(fields, "Subject"))
	h.readDate(note)
	h.Received, _ = receivedDate(first(fields, "Received"))
	h.readIDs()
	h.readList()
	h.AutoSubmitted = strings.ToLower(strings.TrimSpace(stripComments(first(fields, "Auto-Submitted"))))
	return h
}

// inCharset reads fields with bare 8-bit text, which old programs write, as the text
// of the message is: a name is too short to guess by. Western charsets say nothing:
// they are what is named where nobody thought of it.
func inCharset(fields []Field) []Field {
	var out []Field
	var charset string
	for i := range fields {
		if utf8.ValidString(fields[i].Value) {
			continue
		}
		if out == nil {
			_, params := parseMediaType(first(fields, "Content-Type"))
			charset = cleanLabel(params["charset"])
			if e := findEncoding(charset); e == nil || e == charmap.Windows1252 || e == unicode.UTF8 {
				return fields
			}
			out = slices.Clone(fields)
		}
		if s, ok := decodeAs([]byte(fields[i].Value), charset); ok && !strings.Contains(s, "\ufffd") {
			out[i].Value = s
		}
	}
	if out == nil {
		return fields
	}
	return out
}

func (h *Header) readDate(note func(string)) {
	value := first(h.fields, "Date")
	if value == "" {
		return
	}
	t, ok := parseDate(value)
	if !ok {
		note("the date cannot be read")
	}
	h.Date = t
}

func (h *Header) readIDs() {
	if ids := parseIDs(first(h.fields, "Message-ID")); len(ids) > 0 {
		h.MessageID = ids[0]
	} else if words := strings.Fields(first(h.fields, "Message-ID")); len(words) > 0 {
		h.MessageID = strings.Trim(words[0], "<>")
	}
	if ids := parseIDs(first(h.fields, "X-Microsoft-Original-Message-ID")); len(ids) > 0 {
		h.OriginalID = ids[0]
	}
	h.InReplyTo = parseIDs(first(h.fields, "In-Reply-To"))
	h.References = parseIDs(first(h.fields, "References"))
}

func (h *Header) readList() {
	if id := first(h.fields, "List-Id"); id != "" {
		h.ListID = lastAngle(id)
	}
	for _, u := range angles(first(h.fields, "List-Post")) {
		if a := mailtoAddress(u); a != "" {
			h.ListPost = a
			break
		}
	}
	h.ListUnsubscribe = angles(first(h.fields, "List-Unsubscribe"))
}

// Get gives the first field of that name, decoded, "" if there is none. The
// name is compared without case.
func (h Header) Get(name string) string { return decodeWords(first(h.fields, name)) }

// All gives every field in its order, its encoded words undecoded. The slice must
// not be changed.
func (h Header) All() []Field { return h.fields }

// parseIDs reads Message-IDs (RFC 5322 §3.6.4) among whatever stands between
// them. Blanks inside one come from folding and are dropped.
func parseIDs(s string) []string {
	var ids []string
	for _, id := range angles(s) {
		if id = strings.Join(strings.Fields(id), ""); id != "" {
			ids = append(ids, id)
		}
	}
	if ids == nil {
		for f := range strings.FieldsSeq(s) {
			if strings.Contains(f, "@") {
				ids = append(ids, strings.Trim(f, "<>,;\"()"))
			}
		}
	}
	if n := len(ids); n > maxReferences { // the first says the thread, the last the place in it
		ids = append(ids[:1:1], ids[n-maxReferences+1:]...)
	}
	return ids
}

// angles gives what stands between < and >.
func angles(s string) []string {
	var list []string
	for {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			return list
		}
		s = s[i+1:]
		end := strings.IndexAny(s, "<>")
		if end < 0 {
			return list
		}
		if s[end] == '>' {
			list = append(list, strings.TrimSpace(s[:end]))
			end++
		}
		s = s[end:]
	}
}

func lastAngle(s string) string {
	if list := angles(s); len(list) > 0 {
		return list[len(list)-1]
	}
	return strings.TrimSpace(s)
}

func mailtoAddress(u string) string {
	if len(u) < 7 || !strings.EqualFold(u[:7], "mailto:") {
		return ""
	}
	address, _, _ := strings.Cut(u[7:], "?")
	if plain, err := url.PathUnescape(address); err == nil {
		address = plain
	}
	return address
}
