package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"postea/internal/mail"
	"postea/internal/reading"
	"postea/internal/reading/trust"
)

const (
	maxSignatures    = 5 // as many as RFC 6376 §6.1 advises to bound
	signatureTimeout = 15 * time.Second
)

// SignatureCheck is what came of checking one DKIM signature.
type SignatureCheck struct {
	Good    bool // its domain has signed what is here
	Aligned bool // and is that of the sender
	Words   Text
}

// CheckSignatures checks the DKIM signatures of a message (RFC 6376). The domains'
// name servers are asked for their keys, so it is done only when the user says so.
// A message without signatures is a UsageError, and one of an account behind a
// proxy: whoever has sent it would learn of the asking past that.
func (a *App) CheckSignatures(ctx context.Context, id mail.ID) ([]SignatureCheck, error) {
	sum, err := a.store.Summary(ctx, id)
	if err != nil {
		return nil, err
	}
	if acc, ok := a.cfg.Account(sum.Account); ok && acc.Proxy() != "" {
		return nil, &UsageError{"signatures are not checked for an account behind a proxy: the name servers of their domains would be asked past it"}
	}
	if err := a.bringWhole(ctx, id); err != nil {
		return nil, err
	}
	raw, err := a.Raw(ctx, id)
	if err != nil {
		return nil, err
	}
	m := reading.Parse(raw)
	ctx, cancel := context.WithTimeout(ctx, signatureTimeout)
	defer cancel()
	list, err := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{
		LookupTXT:        func(name string) ([]string, error) { return a.txt(ctx, name) },
		MaxVerifications: maxSignatures,
	})
	if err != nil && !errors.Is(err, dkim.ErrTooManySignatures) {
		return nil, &UsageError{"the header cannot be read well enough to check signatures"}
	}
	if len(list) == 0 {
		return nil, &UsageError{"this message has no DKIM signature"}
	}
	from := ""
	if len(m.Header.From) == 1 {
		from = m.Header.From[0].Domain()
	}
	var out []SignatureCheck
	for _, v := range list {
		c := SignatureCheck{Good: v.Err == nil}
		c.Aligned = c.Good && from != "" && trust.Aligned(v.Domain, from)
		c.Words = reading.Line(signatureWords(v, c.Aligned))
		out = append(out, c)
	}
	return out, nil
}

func signatureWords(v *dkim.Verification, aligned bool) string {
	domain := v.Domain
	if domain == "" {
		domain = "a domain that is not named"
	}
	switch {
	case v.Err == nil && !signs(v.HeaderKeys, "subject"):
		return fmt.Sprintf("%s has signed the text, but not the subject, which anybody may have changed", domain)
	case v.Err == nil && aligned:
		return fmt.Sprintf("%s has signed this message, and nothing that it signed was changed since", domain)
	case v.Err == nil:
		return fmt.Sprintf("%s has signed this message; it is not the domain of the sender", domain)
	case dkim.IsTempFail(v.Err):
		return fmt.Sprintf("the key of %s could not be asked for; try again later", domain)
	case dkim.IsPermFail(v.Err):
		return fmt.Sprintf("the signature of %s cannot be checked: %s", domain, strings.TrimPrefix(v.Err.Error(), "dkim: "))
	}
	return fmt.Sprintf("the signature of %s is not right: %s. A mailing list on the way may have changed the message, or somebody else", domain, strings.TrimPrefix(v.Err.Error(), "dkim: "))
}

func signs(keys []string, field string) bool {
	for _, k := range keys {
		if strings.EqualFold(strings.TrimSpace(k), field) {
			return true
		}
	}
	return false
}

// lookupTXT asks the system's resolver.
func lookupTXT(ctx context.Context, name string) ([]string, error) {
	return net.DefaultResolver.LookupTXT(ctx, name)
}
