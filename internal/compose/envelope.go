package compose

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/net/idna"

	"postea/internal/mail"
)

// envelope holds the addresses of a message, for the header and for SMTP.
type envelope struct {
	from        mail.Address
	to, cc, bcc []mail.Address
	sender      string
	recipients  []string
	utf8        bool
}

func readEnvelope(d mail.Draft) (*envelope, error) {
	e := &envelope{from: d.From}
	var errs []error
	fail := func(field string, err error) {
		if err != nil {
			errs = append(errs, &FieldError{field, err})
		}
	}
	if why := mail.CheckAddrSpec(d.From.Address); why != "" {
		fail("From", &mail.AddressError{Input: d.From.Address, Why: why})
	}
	read := func(field, typed string) []mail.Address {
		list, err := mail.ParseAddressList(typed)
		fail(field, err)
		return list
	}
	e.to, e.cc, e.bcc = read("To", d.To), read("Cc", d.Cc), read("Bcc", d.Bcc)
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	if err := e.findForms(); err != nil {
		return nil, err
	}
	if len(e.recipients) == 0 {
		return nil, ErrNoRecipients
	}
	return e, nil
}

// findForms decides for each address the form that SMTP needs, and whether any
// of them asks for SMTPUTF8.
func (e *envelope) findForms() error {
	var errs []error
	form := func(field string, a mail.Address) string {
		address, utf8, err := envelopeAddress(a.Address)
		if err != nil {
			errs = append(errs, &FieldError{field, &mail.AddressError{Input: a.Address, Why: err.Error()}})
		}
		e.utf8 = e.utf8 || utf8
		return address
	}
	e.sender = form("From", e.from)
	seen := make(map[string]bool)
	for _, f := range []struct {
		name string
		list []mail.Address
	}{{"To", e.to}, {"Cc", e.cc}, {"Bcc", e.bcc}} {
		for _, a := range f.list {
			address := form(f.name, a)
			if key := strings.ToLower(address); !seen[key] {
				seen[key] = true
				e.recipients = append(e.recipients, address)
			}
		}
	}
	return errors.Join(errs...)
}

// envelopeAddress gives the address for MAIL and RCPT. A domain in Unicode
// becomes punycode, which every server takes; only a local part above ASCII,
// which has no such form, needs SMTPUTF8 (RFC 6531 §3.2).
func envelopeAddress(s string) (address string, utf8 bool, err error) {
	if strings.ContainsAny(s, "\r\n\x00<>") && !strings.HasPrefix(s, `"`) || strings.ContainsAny(s, "\r\n\x00") {
		return "", false, errors.New("control characters in an address")
	}
	at := strings.LastIndexByte(s, '@')
	local, domain := s[:at], s[at+1:]
	if !mail.IsASCII(local) {
		return s, true, nil
	}
	domain, err = asciiDomain(domain)
	if err != nil {
		return "", false, err
	}
	return local + "@" + domain, false, nil
}

func asciiDomain(domain string) (string, error) {
	if mail.IsASCII(domain) {
		return domain, nil
	}
	ascii, err := idna.Lookup.ToASCII(domain)
	if err != nil {
		return "", fmt.Errorf("the domain %q does not exist in this spelling", domain)
	}
	return ascii, nil
}

// headerAddress gives the address for a header field, where bytes above 127
// stand only in a message that asks for SMTPUTF8 anyway (RFC 6532 §3).
func headerAddress(s string, utf8 bool) string {
	if utf8 {
		return s
	}
	if address, _, err := envelopeAddress(s); err == nil {
		return address
	}
	return s
}
