package smtpclient

import (
	"fmt"
	"net/netip"
	"strings"
	"unicode/utf8"
)

const maxAddress = 320

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
