package trust

import (
	"strings"

	"golang.org/x/net/publicsuffix"
)

// Verdict is what the results mean for the address that the reader sees.
type Verdict int

// The verdicts. Unknown is that of a message without a trusted result.
const (
	Unknown   Verdict = iota
	Confirmed         // the domain of the address vouches for the message
	Unproven          // nothing vouches for it, nothing speaks against it
	Refuted           // the domain says that such a message is not from it
)

// Judge tells what results mean for a message from that domain, and why in
// words. Only what concerns the very domain of From counts (RFC 7489 §3.1): a
// valid signature of somebody else says nothing about the sender.
func (r Results) Judge(from string) (Verdict, string) {
	from = ASCII(from)
	if r.Server == "" || from == "" {
		return Unknown, ""
	}
	signed, sent := false, false
	for _, one := range r.List {
		switch one.Method {
		case "dmarc":
			if of := one.Props["header.from"]; of != "" && ASCII(domainOf(of)) != from {
				continue
			}
			switch one.Value {
			case "pass":
				return Confirmed, from + " confirms this message (DMARC)"
			case "fail":
				return Refuted, from + " does not vouch for this message (DMARC failed)"
			}
		case "dkim":
			of := one.Props["header.d"]
			if of == "" {
				of = domainOf(one.Props["header.i"])
			}
			signed = signed || one.Value == "pass" && Aligned(from, of)
		case "spf":
			of := one.Props["smtp.mailfrom"]
			sent = sent || one.Value == "pass" && of != "" && Aligned(from, domainOf(of))
		}
	}
	switch {
	case signed:
		return Confirmed, "signed by " + from + " (DKIM)"
	case sent:
		return Confirmed, "sent by a server of " + from + " (SPF)"
	}
	return Unproven, "nothing proves that this message is from " + from
}

func domainOf(s string) string {
	if i := strings.LastIndexByte(s, '@'); i >= 0 {
		s = s[i+1:]
	}
	return strings.Trim(s, " <>.")
}

// Aligned tells whether two domains belong to the same organisation, the
// relaxed alignment of RFC 7489 §3.1.
func Aligned(a, b string) bool {
	a, b = ASCII(a), ASCII(b)
	return a != "" && (a == b || Organisation(a) != "" && Organisation(a) == Organisation(b))
}

// Organisation is the domain that somebody has registered: example.org of
// mail.example.org (RFC 7489 §3.2); "" where there is none.
func Organisation(domain string) string {
	org, err := publicsuffix.EffectiveTLDPlusOne(domain)
	if err != nil {
		return ""
	}
	return org
}
