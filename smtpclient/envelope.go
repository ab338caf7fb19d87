package smtpclient

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Envelope is who a message is from and for, and what the server has to know
// about it beforehand.
type Envelope struct {
	From     string // "" is the null reverse-path of reports
	To       []Recipient
	BodySize int64 // in bytes, for SIZE and for progress; 0 if it is not known
	EightBit bool  // the body has bytes above 127
	UTF8     bool  // the header has bytes above 127; addresses are looked at anyway
	DSN      DSN
}

// DSN asks for delivery reports, RFC 3461. It is left out where the server does
// not offer it; Result.Tracked tells.
type DSN struct {
	EnvID  string // at most 100 characters; comes back in reports; "" for none
	Return string // "HDRS" or "FULL"; "" leaves it to the server
}

// Recipient is one address of the envelope.
type Recipient struct {
	Address string
	Notify  []string // any of FAILURE, DELAY, SUCCESS, or only NEVER; nil leaves it to the server
	ORcpt   string   // original address for reports; "" is Address if a report is asked for
}

const (
	maxAddress = 320
	maxEnvID   = 100 // RFC 3461 §4.4
)

// mailCommand returns the MAIL line, RFC 5321 §4.1.1.2, for a server with caps.
func (e Envelope) mailCommand(caps Capabilities) (string, error) {
	if e.From != "" {
		if err := checkAddress(e.From); err != nil {
			return "", err
		}
	}
	var b strings.Builder
	b.WriteString("MAIL FROM:<" + e.From + ">")
	if e.BodySize > 0 && caps.Offers("SIZE") {
		if limit := caps.MaxSize(); limit > 0 && e.BodySize > limit {
			return "", fmt.Errorf("%w (%d bytes; the limit is %d)", ErrTooLarge, e.BodySize, limit)
		}
		b.WriteString(" SIZE=" + strconv.FormatInt(e.BodySize, 10))
	}
	if e.EightBit || e.needsUTF8() {
		switch {
		case caps.Offers("8BITMIME"):
			b.WriteString(" BODY=8BITMIME")
		case e.EightBit:
			return "", ErrNoEightBit
		}
	}
	if e.needsUTF8() {
		if !caps.Offers("SMTPUTF8") {
			return "", ErrNoSMTPUTF8
		}
		b.WriteString(" SMTPUTF8")
	}
	params, err := e.DSN.params()
	if err != nil {
		return "", err
	}
	if caps.Offers("DSN") {
		b.WriteString(params)
	}
	return b.String(), nil
}

func (e Envelope) needsUTF8() bool {
	return e.UTF8 || !isASCII(e.From) ||
		slices.ContainsFunc(e.To, func(r Recipient) bool { return !isASCII(r.Address) })
}

func (e Envelope) asksForReports() bool {
	return e.DSN != DSN{} || slices.ContainsFunc(e.To, func(r Recipient) bool { return len(r.Notify) > 0 || r.ORcpt != "" })
}

func (d DSN) params() (string, error) {
	params := ""
	switch d.Return {
	case "":
	case "HDRS", "FULL":
		params += " RET=" + d.Return
	default:
		return "", fmt.Errorf("%w: RET=%q", ErrParameter, d.Return)
	}
	if d.EnvID != "" {
		if len(d.EnvID) > maxEnvID || !isPrintableASCII(d.EnvID) {
			return "", fmt.Errorf("%w: ENVID=%q", ErrParameter, d.EnvID)
		}
		params += " ENVID=" + xtext(d.EnvID)
	}
	return params, nil
}

// rcptCommand returns the RCPT line, RFC 5321 §4.1.1.3.
func (r Recipient) rcptCommand(reports bool, caps Capabilities) (string, error) {
	if err := checkAddress(r.Address); err != nil {
		return "", err
	}
	params, err := r.params(reports)
	if err != nil {
		return "", err
	}
	line := "RCPT TO:<" + r.Address + ">"
	if caps.Offers("DSN") {
		line += params
	}
	return line, nil
}

func (r Recipient) params(reports bool) (string, error) {
	params := ""
	if len(r.Notify) > 0 {
		for _, n := range r.Notify {
			if !slices.Contains([]string{"FAILURE", "DELAY", "SUCCESS", "NEVER"}, n) || n == "NEVER" && len(r.Notify) > 1 {
				return "", fmt.Errorf("%w: NOTIFY=%q", ErrParameter, strings.Join(r.Notify, ","))
			}
		}
		params += " NOTIFY=" + strings.Join(r.Notify, ",")
	}
	original := r.ORcpt
	if original == "" && reports {
		original = r.Address
	}
	if original != "" {
		if len(original) > maxAddress || !utf8.ValidString(original) || strings.ContainsFunc(original, isControl) {
			return "", fmt.Errorf("%w: ORCPT=%q", ErrParameter, original)
		}
		params += " ORCPT=" + originalRecipient(original)
	}
	return params, nil
}

// originalRecipient writes an address for ORCPT: RFC 3461 §4.2, or the
// utf-8-addr-xtext form of RFC 6533 §3.
func originalRecipient(address string) string {
	if isASCII(address) {
		return "rfc822;" + xtext(address)
	}
	var b strings.Builder
	b.WriteString("utf-8;")
	for _, r := range address {
		if r < '!' || r > '~' || r == '+' || r == '=' || r == '\\' {
			fmt.Fprintf(&b, "\\x{%02X}", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// xtext encodes as RFC 3461 §4 says.
func xtext(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if ch := s[i]; ch < '!' || ch > '~' || ch == '+' || ch == '=' {
			fmt.Fprintf(&b, "+%02X", ch)
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// checkAddress accepts what can stand between < and > without being anything
// but an address. It is looser than RFC 5321 §4.1.2 about dots and lengths, as
// mailboxes exist that only a loose reading reaches, and stricter about < and >.
func checkAddress(address string) error {
	fail := func(why string) error {
		return fmt.Errorf("%w: %q %s", ErrAddress, address, why)
	}
	switch {
	case address == "":
		return fail("is empty")
	case len(address) > maxAddress:
		return fail("is too long")
	case !utf8.ValidString(address) || strings.ContainsFunc(address, isControl):
		return fail("holds control characters")
	case strings.ContainsAny(address, "<>"):
		return fail("holds < or >")
	}
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		if !isLocalPart(address) {
			return fail("has a character that needs quotes")
		}
		return nil // postmaster, or a user of the server itself
	}
	switch {
	case !isLocalPart(address[:at]):
		return fail("has no usable part before @")
	case !isDomain(address[at+1:]):
		return fail("has no usable domain")
	}
	return nil
}

func isLocalPart(s string) bool {
	if len(s) >= 2 && s[0] == '"' && s[len(s)-1] == '"' {
		return isQuoted(s[1 : len(s)-1])
	}
	return s != "" && !strings.ContainsAny(s, " ()[]:;@\\,\"")
}

func isQuoted(s string) bool {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"':
			return false
		case '\\':
			if i++; i == len(s) {
				return false
			}
		}
	}
	return true
}

func isDomain(s string) bool {
	if inner, ok := strings.CutPrefix(s, "["); ok {
		inner, ok = strings.CutSuffix(inner, "]")
		if !ok {
			return false
		}
		_, err := netip.ParseAddr(strings.TrimPrefix(inner, "IPv6:"))
		return err == nil
	}
	return s != "" && !strings.ContainsAny(s, " ()[]:;@\\,\"/=")
}

func isControl(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 }

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}

func isPrintableASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
}
