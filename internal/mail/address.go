package mail

import (
	"errors"
	"fmt"
	"net/mail"
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// Address is a mailbox of RFC 5322 §3.4: a display name, which may be empty,
// and an address of the form local@domain.
type Address struct {
	Name    string `json:"name"`
	Address string `json:"address"`
}

// String gives the form that ParseAddressList reads back: a bare address, or
// name <address> with the name quoted where RFC 5322 §3.2.3 asks for it; what has
// no address, as in an unfinished draft, is its name. It is
// for people and editors; headers are encoded by internal/compose.
func (a Address) String() string {
	switch {
	case a.Name == "":
		return a.Address
	case a.Address == "":
		return quoteName(a.Name)
	}
	return quoteName(a.Name) + " <" + a.Address + ">"
}

// Label is what a list shows for the address: the name, or the address where
// there is none.
func (a Address) Label() string {
	if name := strings.TrimSpace(a.Name); name != "" {
		return name
	}
	return a.Address
}

// Domain is the part after the last @, in lower case; empty where there is none.
func (a Address) Domain() string {
	i := strings.LastIndexByte(a.Address, '@')
	if i < 0 {
		return ""
	}
	return strings.ToLower(a.Address[i+1:])
}

// Same tells whether two addresses reach the same mailbox as far as a client
// can know: the domain is compared without case (RFC 5321 §2.4) and in either of its
// forms (RFC 5890 §2.3.2), as envelopes have another one than people write; the local part
// is compared without case too, as every common provider treats it.
func (a Address) Same(b Address) bool {
	return strings.EqualFold(a.Address, b.Address) || strings.EqualFold(asciiDomain(a.Address), asciiDomain(b.Address))
}

// asciiDomain is an address with its domain as name servers know it.
func asciiDomain(address string) string {
	at := strings.LastIndexByte(address, '@')
	if IsASCII(address[at+1:]) {
		return address
	}
	domain, err := idna.Lookup.ToASCII(address[at+1:])
	if err != nil {
		return address
	}
	return address[:at+1] + domain
}

// FormatAddresses joins addresses with commas, as an editor shows them.
func FormatAddresses(list []Address) string {
	parts := make([]string, len(list))
	for i, a := range list {
		parts[i] = a.String()
	}
	return strings.Join(parts, ", ")
}

// AddressError tells which of several typed addresses cannot be used.
type AddressError struct {
	Input string // the piece as it was typed
	Why   string
}

func (e *AddressError) Error() string { return fmt.Sprintf("%q: %s", e.Input, e.Why) }

// ParseAddressList reads what a person typed or pasted into To, Cc or Bcc:
// addresses parted by comma, semicolon or newline, with or without names, and
// RFC 5322 groups. An empty string is an empty list. Every bad piece is
// reported in one error made of *AddressError; the good ones are returned beside it.
func ParseAddressList(s string) ([]Address, error) {
	var list []Address
	var errs []error
	for _, piece := range SplitAddresses(s) {
		a, err := ParseAddress(piece.Text)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		list = append(list, a)
	}
	return list, errors.Join(errs...)
}

// ParseAddress reads one address as typed. The error is an *AddressError.
func ParseAddress(s string) (Address, error) {
	s = strings.TrimSpace(s)
	bad := func(why string) (Address, error) { return Address{}, &AddressError{Input: s, Why: why} }
	if s == "" {
		return bad("empty address")
	}
	if !utf8.ValidString(s) || strings.ContainsFunc(s, isControl) {
		return bad("control characters in an address")
	}
	name, addr := "", s
	if i := strings.LastIndexByte(s, '<'); i >= 0 && strings.HasSuffix(s, ">") {
		name, addr = strings.TrimSpace(s[:i]), s[i+1:len(s)-1]
	}
	if why := checkName(name); why != "" {
		return bad(why)
	}
	if why := CheckAddrSpec(addr); why != "" {
		return bad(why)
	}
	return Address{Name: unquoteName(name), Address: addr}, nil
}

// checkName tells what of a name is none: an address that stands in it outside
// quotes, or in quotes that do not end, would get no message.
func checkName(name string) string {
	quoted, escaped := false, false
	for i := range len(name) {
		switch c := name[i]; {
		case escaped:
			escaped = false
		case quoted && c == '\\':
			escaped = true
		case c == '"':
			quoted = !quoted
		case !quoted && (c == '<' || c == '>'):
			return "a comma is missing between two addresses"
		}
	}
	if quoted {
		return "a quotation mark is not closed"
	}
	return ""
}

// CheckAddrSpec tells in words what is wrong with local@domain, or "" where it
// can be used as an envelope address: RFC 5321 §4.1.2 with the lengths of
// §4.5.3.1, and UTF-8 as RFC 6531 §3.3 allows.
func CheckAddrSpec(s string) string {
	at := strings.LastIndexByte(s, '@')
	switch {
	case at < 0:
		return "no @ in the address"
	case at == 0:
		return "nothing before the @"
	case at == len(s)-1:
		return "nothing after the @"
	case at > 64:
		return "the part before the @ is longer than 64 octets"
	case len(s)-at-1 > 255:
		return "the domain is longer than 255 octets"
	}
	if why := checkLocalPart(s[:at]); why != "" {
		return why
	}
	return checkDomain(s[at+1:])
}

func checkLocalPart(s string) string {
	if strings.HasPrefix(s, `"`) {
		if _, err := mail.ParseAddress("<" + s + "@x.example>"); err != nil || !strings.HasSuffix(s, `"`) || strings.ContainsAny(s, "<>") {
			return "bad quoting before the @"
		}
		return ""
	}
	if strings.HasPrefix(s, ".") || strings.HasSuffix(s, ".") || strings.Contains(s, "..") {
		return "a dot at a wrong place before the @"
	}
	before := rune(0)
	for _, r := range s {
		if r == ' ' {
			return "a blank before the @"
		}
		const joiner, nonJoiner = '\u200d', '\u200c' // which some scripts cannot be written without
		joins := (r == joiner || r == nonJoiner) && before >= 0x80
		before = r
		if !joins && unicode.In(r, unicode.Cf, unicode.Z, unicode.Co) || r == utf8.RuneError {
			return fmt.Sprintf("an invisible character (U+%04X) before the @", r)
		}
		if r < 0x80 && !isAtext(byte(r)) && r != '.' {
			return fmt.Sprintf("%q is not allowed before the @", r)
		}
	}
	return ""
}

func checkDomain(s string) string {
	if strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]") && len(s) > 2 {
		if _, err := netip.ParseAddr(strings.TrimPrefix(s[1:len(s)-1], "IPv6:")); err != nil {
			return "bad address literal"
		}
		return ""
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" {
			return "a dot at a wrong place in the domain"
		}
		if len(label) > 63 && IsASCII(label) {
			return "a part of the domain is longer than 63 octets"
		}
		if strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
			return "a hyphen at a wrong place in the domain"
		}
		for _, r := range label {
			if r < 0x80 && !isAlnum(byte(r)) && r != '-' && r != '_' {
				return fmt.Sprintf("%q is not allowed in a domain", r)
			}
		}
	}
	return ""
}

// Piece is one address of a typed list: its text, and where it stands.
type Piece struct {
	Text     string
	From, To int // bytes, without the blanks around it
}

// Separators part the addresses of a typed list: besides those of RFC 5322 and of
// Outlook the commas and semicolons of Chinese, Japanese and Arabic keyboards.
const Separators = ",;，；、،؛\n\r"

// SplitAddresses parts a typed list at Separators that
// stand outside quotes, comments and angle brackets, and opens RFC 5322 groups.
// The text of a piece is without comments.
func SplitAddresses(s string) []Piece {
	var out []Piece
	var text strings.Builder
	from, to := -1, 0
	quoted, escaped, angle, comment := false, false, false, 0
	closed := strings.LastIndexByte(s, ')') // what opens behind it is no comment, or all that follows would be lost
	flush := func() {
		if p := strings.TrimSpace(text.String()); p != "" {
			out = append(out, Piece{p, from, to})
		}
		text.Reset()
		from = -1
	}
	for i, r := range s {
		switch {
		case escaped:
			escaped = false
		case quoted && r == '\\':
			escaped = true
		case r == '"' && comment == 0:
			quoted = !quoted
		case quoted:
		case r == '(' && i < closed:
			comment++
			continue
		case r == ')' && comment > 0:
			comment--
			continue
		case comment > 0:
			continue
		case r == '<':
			angle = true
		case r == '>':
			angle = false
		case strings.ContainsRune(Separators, r):
			flush()
			angle = false
			continue
		case r == ':' && !angle && !strings.ContainsRune(text.String(), '@'):
			text.Reset()
			from = -1
			continue
		}
		if comment == 0 {
			text.WriteRune(r)
			if r != ' ' && r != '\t' {
				to = i + utf8.RuneLen(r)
				if r == utf8.RuneError {
					to = i + 1
				}
				if from < 0 {
					from = i
				}
			}
		}
	}
	flush()
	return out
}

func quoteName(s string) string {
	plain := true
	for _, r := range s {
		if r < 0x80 && !isAtext(byte(r)) && r != ' ' || strings.ContainsRune(Separators, r) {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

func unquoteName(s string) string {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return s
	}
	var b strings.Builder
	escaped := false
	for _, r := range s[1 : len(s)-1] {
		if !escaped && r == '\\' {
			escaped = true
			continue
		}
		escaped = false
		b.WriteRune(r)
	}
	return b.String()
}

func isControl(r rune) bool { return r < 0x20 || r == 0x7f || (r >= 0x80 && r < 0xa0) }

func isAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// isAtext is atext of RFC 5322 §3.2.3.
func isAtext(c byte) bool { return isAlnum(c) || strings.IndexByte("!#$%&'*+-/=?^_`{|}~", c) >= 0 }

// IsASCII tells whether a text holds no octet above 127.
func IsASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
