package compose

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"mime"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"postea/internal/mail"
)

// Adoption says how a finished message of another program is taken over, with
// what its header says. The zero value of Now, Rand and Sender is fine.
type Adoption struct {
	From, To, Cc, Bcc []mail.Address // as read from the message
	MessageID         string         // likewise, without <>

	Now        time.Time
	Rand       io.Reader
	Sender     string   // envelope sender; "" is that of the From field, a local name is Self
	Recipients []string // of the envelope
	FromHeader bool     // To, Cc and Bcc are recipients as well
	NullSender bool     // the envelope sender is <>
	Resent     bool     // the message is sent on: ResentTo are its recipients then, and not To, Cc and Bcc
	ResentFrom []mail.Address
	ResentTo   []mail.Address // Resent-To, -Cc and -Bcc
	Self       mail.Address   // the From field where the message has none that can be used; and who local names such as root are
}

// ErrNoHeader says that a message does not begin with a header.
var ErrNoHeader = errors.New("the message does not begin with a header")

// LineError says that a line is longer than any server must take
// (RFC 5321 §4.5.3.1.6).
type LineError struct{ Line, Length int }

func (e *LineError) Error() string {
	return fmt.Sprintf("line %d has %d octets; at most %d can be sent", e.Line, e.Length, maxLine)
}

// Adopt makes a message that another program has built ready to be sent: CRLF,
// a From, Date and Message-ID where they are missing (RFC 6409 §8), encoded
// words where a header field holds plain UTF-8, the charset of a text in UTF-8 that
// names none, Bcc taken off. The body is left
// as it is but for its line ends, for NUL, which no server takes, and for texts and
// files with lines that are too long. A text without a header is a body. The error is ErrNoHeader for nothing, ErrNoRecipients, a
// *HeaderError, a *LineError or a *FieldError.
func Adopt(raw []byte, o Adoption) (*Built, error) {
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	raw = crlf(raw)
	fields, body, err := splitFields(raw)
	if errors.Is(err, ErrNoHeader) && len(raw) > 0 {
		if fields, body, err = textAlone(raw); err == nil {
			o.From, o.To, o.Cc, o.Bcc, o.Resent, o.MessageID = nil, nil, nil, nil, false, ""
		}
	}
	if err != nil {
		return nil, err
	}
	fields = inUTF8(fields)
	b := &Built{MessageID: o.MessageID}
	if err := b.adoptEnvelope(o); err != nil {
		return nil, err
	}
	if fieldOf(fields, "dkim-signature") == "" {
		fields, body = shortLines(fields, body)
		if isHigh(body) && utf8.Valid(body) && fieldOf(fields, "content-type") == "" {
			// Without a word about it such a text is none (RFC 6152 §3, RFC 2045 §5.2).
			fields = withTransfer(labelled(fields, body), "8bit")
		}
	}
	var w bytes.Buffer
	b.adoptHeader(&w, fields, o)
	w.WriteString("\r\n")
	head := w.Len()
	w.Write(body)
	b.Wire = w.Bytes()
	b.EightBit = isHigh(b.Wire[head:])
	return b, checkLines(b.Wire)
}

// adoptHeader writes the fields, with those that are missing before them, and keeps Bcc.
func (b *Built) adoptHeader(w *bytes.Buffer, fields []rawField, o Adoption) {
	has := map[string]bool{}
	for _, f := range fields {
		name := strings.ToLower(f.name)
		has[name] = has[name] || strings.TrimSpace(f.value) != ""
	}
	if !has["date"] {
		writeField(w, "Date", []string{o.Now.UTC().Format(dateFormat)})
	}
	if has["from"] = has["from"] && usableFrom(o); !has["from"] {
		self := o.Self
		if len(o.From) > 0 {
			self.Name = o.From[0].Label()
		}
		writeField(w, "From", addressTokens([]mail.Address{self}, b.UTF8))
	}
	if !isMessageID(b.MessageID) {
		b.MessageID = NewMessageID(cmp.Or(b.From, o.Self.Address), o.Rand)
		writeField(w, "Message-ID", []string{"<" + b.MessageID + ">"})
		has["message-id"] = false
	}
	var bcc bytes.Buffer
	for _, f := range fields {
		switch name := strings.ToLower(f.name); {
		case (name == "date" || name == "from" || name == "message-id") && !has[name]:
			continue // written anew
		case name == "bcc":
			if len(o.Bcc) > 0 && bcc.Len() == 0 {
				writeField(&bcc, "Bcc", addressTokens(o.Bcc, b.UTF8))
			}
		case name == "resent-bcc":
		case name == "return-path": // RFC 5321 §4.4: for the final delivery alone
		default:
			f.write(w, b.UTF8)
		}
	}
	b.BccHeader = bcc.Bytes()
}

// textAlone makes a message of a text without a header, as echo writes it into
// sendmail: that takes it.
func textAlone(raw []byte) (fields []rawField, body []byte, err error) {
	body = raw
	if bytes.HasPrefix(body, []byte("From ")) {
		_, body, _ = bytes.Cut(body, []byte("\r\n"))
	}
	if hidesRecipients(body) { // a message whose first line is broken
		line, _, _ := bytes.Cut(body, []byte("\r\n"))
		return nil, nil, &HeaderError{oneLine(string(line[:min(len(line), 60)]))}
	}
	return []rawField{{"MIME-Version", " 1.0"}}, bytes.TrimPrefix(body, []byte("\r\n")), nil
}

// adoptEnvelope finds sender and recipients.
func (b *Built) adoptEnvelope(o Adoption) error {
	sender := o.Sender
	if sender == "" && o.Resent && len(o.ResentFrom) > 0 && mail.CheckAddrSpec(o.ResentFrom[0].Address) == "" {
		sender = o.ResentFrom[0].Address
	}
	if sender == "" && usableFrom(o) {
		sender = o.From[0].Address
	}
	if sender == "" || isLocal(sender) {
		sender = o.Self.Address
	}
	var errs []error
	form := func(field, address string) string {
		address = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(address), "<"), ">")
		if why := mail.CheckAddrSpec(address); why != "" {
			errs = append(errs, &FieldError{field, &mail.AddressError{Input: address, Why: why}})
			return ""
		}
		out, utf8, err := envelopeAddress(address)
		if err != nil {
			errs = append(errs, &FieldError{field, &mail.AddressError{Input: address, Why: err.Error()}})
		}
		b.UTF8 = b.UTF8 || utf8
		return out
	}
	if !o.NullSender {
		b.From = form("From", sender)
	}
	seen := map[string]bool{}
	add := func(field, address string) {
		if isLocal(address) {
			address = o.Self.Address
		}
		a := form(field, address)
		if key := strings.ToLower(a); !seen[key] {
			seen[key] = true
			b.Recipients = append(b.Recipients, a)
		}
	}
	for _, typed := range o.Recipients {
		if isLocal(typed) {
			add("To", typed)
			continue
		}
		list, err := mail.ParseAddressList(typed)
		if err != nil {
			errs = append(errs, &FieldError{"To", err})
		}
		for _, a := range list {
			add("To", a.Address)
		}
	}
	if o.FromHeader {
		list := slices.Concat(o.To, o.Cc, o.Bcc)
		if o.Resent {
			list = o.ResentTo
		}
		for _, a := range list {
			add("To", a.Address)
		}
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	if len(b.Recipients) == 0 {
		return ErrNoRecipients
	}
	return nil
}

// usableFrom tells whether the From field names a mailbox. What runs on a
// machine writes "root", which means nothing anywhere else (RFC 6409 §8.1).
func usableFrom(o Adoption) bool {
	return len(o.From) > 0 && mail.CheckAddrSpec(o.From[0].Address) == ""
}

// isLocal tells whether a recipient is a user of this machine.
func isLocal(s string) bool {
	return s != "" && strings.Trim(s, atext+".") == ""
}

// rawField is a field as it came, folds included.
type rawField struct {
	name, value string // value without the last CRLF
}

// splitFields cuts the header into fields. An mbox line before it is dropped.
func splitFields(raw []byte) (fields []rawField, body []byte, err error) {
	rest := raw
	if bytes.HasPrefix(rest, []byte("From ")) {
		_, rest, _ = bytes.Cut(rest, []byte("\r\n"))
	}
	for {
		field, after, found := cutField(rest)
		if len(field) == 0 { // also at the end of the message
			if len(fields) == 0 {
				return nil, nil, ErrNoHeader
			}
			return fields, after, nil
		}
		name, value, ok := strings.Cut(string(field), ":")
		if name = strings.TrimRight(name, " \t"); !ok || !isFieldName(name) {
			if len(fields) == 0 {
				return nil, nil, ErrNoHeader
			}
			if hidesRecipients(after) {
				return nil, nil, &HeaderError{oneLine(string(field[:min(len(field), 60)]))}
			}
			return fields, rest, nil // a body without a blank line before it
		}
		fields = append(fields, rawField{name, value})
		if rest = after; !found {
			return fields, nil, nil
		}
	}
}

// cutField cuts behind the first line and those that go on with it.
func cutField(raw []byte) (field, after []byte, found bool) {
	for end := 0; ; end += len("\r\n") {
		line, rest, found := bytes.Cut(raw[end:], []byte("\r\n"))
		end += len(line)
		if !found || end == 0 || len(rest) == 0 || rest[0] != ' ' && rest[0] != '\t' {
			return raw[:end], rest, found
		}
	}
}

// HeaderError says that a line amid the header is no field: what stands behind it
// would go out as text, and a Bcc field with it.
type HeaderError struct{ Line string }

func (e *HeaderError) Error() string {
	return fmt.Sprintf("the line %q in the header is no header field, and recipients stand behind it", e.Line)
}

// hidesRecipients tells whether fields that name recipients stand before the first blank
// line of a text.
func hidesRecipients(text []byte) bool {
	for line := range bytes.SplitSeq(text, []byte("\r\n")) {
		if len(line) == 0 {
			return false
		}
		name, _, ok := strings.Cut(string(line), ":")
		switch strings.ToLower(strings.TrimRight(name, " \t")) {
		case "to", "cc", "bcc", "resent-to", "resent-cc", "resent-bcc":
			if ok {
				return true
			}
		}
	}
	return false
}

// isFieldName: RFC 5322 §3.6.8.
func isFieldName(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == ':' }) < 0
}

// tooLong tells of a field with a line that no server takes.
func (f rawField) tooLong() bool {
	if len(f.value) <= maxLine-len(f.name)-1 {
		return false
	}
	for line := range strings.SplitSeq(f.name+":"+f.value, "\r\n") {
		if len(line) > maxLine {
			return true
		}
	}
	return false
}

// write writes the field as it came where it is clean, else anew.
func (f rawField) write(w *bytes.Buffer, utf8 bool) {
	if mail.IsASCII(f.value) || utf8 {
		if f.tooLong() {
			tokens := strings.Fields(f.value) // folded at its blanks; the sender had no mind to
			if !utf8 && slices.ContainsFunc(tokens, func(t string) bool { return len(t) >= maxLine }) {
				tokens = textTokens(f.name, strings.Join(tokens, " "))
			}
			writeField(w, f.name, tokens)
			return
		}
		w.WriteString(f.name + ":" + f.value + "\r\n")
		return
	}
	value := strings.Join(strings.Fields(strings.ToValidUTF8(f.value, "\ufffd")), " ")
	if isAddressField(f.name) {
		if list, err := mail.ParseAddressList(value); err == nil && len(list) > 0 {
			writeField(w, f.name, wordTokens(list))
			return
		}
	}
	if strings.HasPrefix(strings.ToLower(f.name), "content-") && strings.Contains(value, ";") {
		writeField(w, f.name, parameterTokens(value))
		return
	}
	writeField(w, f.name, textTokens(f.name, oneLine(decodeWords(value))))
}

func isAddressField(name string) bool {
	switch strings.ToLower(name) {
	case "from", "to", "cc", "reply-to", "sender", "resent-from", "resent-to", "resent-cc", "resent-sender", "resent-reply-to",
		"disposition-notification-to", "return-receipt-to", "mail-followup-to", "mail-reply-to", "errors-to":
		return true
	}
	return false
}

// wordTokens is addressTokens for names that are in encoded words already, or partly.
func wordTokens(list []mail.Address) []string {
	var tokens []string
	for i, a := range list {
		comma := ","
		if i == len(list)-1 {
			comma = ""
		}
		switch {
		case strings.Contains(a.Name, "=?") && mail.IsASCII(a.Name):
			tokens = append(append(tokens, strings.Fields(a.Name)...), "<"+headerAddress(a.Address, false)+">"+comma)
			continue
		case !mail.IsASCII(a.Name):
			a.Name = decodeWords(a.Name)
		}
		one := addressTokens([]mail.Address{a}, false)
		one[len(one)-1] += comma
		tokens = append(tokens, one...)
	}
	return tokens
}

// parameterTokens writes the value of a MIME field anew: encoded words have no
// place in it (RFC 2047 §5 (3)), its parameters are encoded as RFC 2231 says. What
// cannot be read keeps its form, and loses what is beyond ASCII.
func parameterTokens(value string) []string {
	kind, params, err := mime.ParseMediaType(value)
	if full := mime.FormatMediaType(kind, params); err == nil && full != "" {
		return strings.Split(full, " ")
	}
	return strings.Fields(strings.Map(func(r rune) rune {
		if r >= 0x80 {
			return '_'
		}
		return r
	}, value))
}

// crlf makes every line end CRLF and drops NUL.
func crlf(raw []byte) []byte {
	out := bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n"))
	out = bytes.ReplaceAll(out, []byte("\r"), []byte("\n"))
	out = bytes.ReplaceAll(out, []byte{0}, nil)
	out = bytes.ReplaceAll(out, []byte("\n"), []byte("\r\n"))
	if len(out) > 0 && !bytes.HasSuffix(out, []byte("\r\n")) {
		out = append(out, '\r', '\n')
	}
	return out
}

func checkLines(wire []byte) error {
	n := 0
	for line := range bytes.SplitSeq(wire, []byte("\r\n")) {
		if n++; len(line) > maxLine {
			return &LineError{n, len(line)}
		}
	}
	return nil
}
