package smtpclient

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// DSN asks for delivery reports, RFC 3461. It is left out where the server does
// not offer it; Result.Tracked tells.
type DSN struct {
	EnvID  string // at most 100 characters; comes back in reports; "" for none
	Return string // "HDRS" or "FULL"; "" leaves it to the server
}

const maxEnvID = 100 // RFC 3461 §4.4

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
