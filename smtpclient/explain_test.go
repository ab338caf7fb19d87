package smtpclient

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"postea/internal/dial"
	"postea/internal/sasl"
)

func TestExplain(t *testing.T) {
	tests := []struct {
		err  Error
		want string
	}{
		{Error{Phase: PhaseRcpt, Code: 550, Enhanced: "5.1.1"}, "no such mailbox"},
		{Error{Phase: PhaseRcpt, Code: 550, Enhanced: "5.1.10"}, "no such mailbox"},
		{Error{Phase: PhaseRcpt, Code: 452, Enhanced: "4.2.2"}, "mailbox is full"},
		{Error{Phase: PhaseRcpt, Code: 552, Enhanced: "5.2.2"}, "mailbox is full"},
		{Error{Phase: PhaseRcpt, Code: 550, Enhanced: "5.2.99"}, "mailbox cannot"},
		{Error{Phase: PhaseMail, Code: 552, Enhanced: "5.3.4"}, "too large"},
		{Error{Phase: PhaseCommit, Code: 552}, "too large"},
		{Error{Phase: PhaseRcpt, Code: 552}, "too many recipients"},
		{Error{Phase: PhaseRcpt, Code: 451, Enhanced: "4.7.0", Temporary: true}, "greylisting"},
		{Error{Phase: PhaseAuth, Code: 454, Enhanced: "4.7.0", Temporary: true}, "at the moment"},
		{Error{Phase: PhaseTLS, Code: 454, Temporary: true}, "at the moment"},
		{Error{Phase: PhaseTLS, Code: 502}, "refuses to encrypt"},
		{Error{Phase: PhaseAuth, Code: 535, Enhanced: "5.7.139"}, "switched off"},
		{Error{Phase: PhaseAuth, Code: 535, Enhanced: "5.7.1"}, "password is wrong"},
		{Error{Phase: PhaseAuth, Code: 534}, "app password"},
		{Error{Phase: PhaseAuth, Code: 500}, "refused the sign-in"},
		{Error{Phase: PhaseCommit, Code: 550, Enhanced: "5.7.26"}, "SPF, DKIM, DMARC"},
		{Error{Phase: PhaseCommit, Code: 550, Enhanced: "5.7.51"}, "SPF, DKIM, DMARC"},
		{Error{Phase: PhaseCommit, Code: 550, Enhanced: "5.7.60"}, "send as this address"},
		{Error{Phase: PhaseCommit, Code: 550, Enhanced: "5.9.9"}, "refused the message"},
		{Error{Phase: PhaseMail, Code: 530}, "sign in first"},
		{Error{Phase: PhaseMail, Code: 530, Enhanced: "5.5.1", Text: "Invalid command: Must issue an AUTH command first"}, "sign in first"},
		{Error{Phase: PhaseMail, Code: 530, Enhanced: "5.7.0", Text: "Authentication required"}, "sign in first"},
		{Error{Phase: PhaseMail, Code: 530, Enhanced: "5.7.0", Text: "Must issue a STARTTLS command first"}, "encrypted connection"},
		{Error{Phase: PhaseMail, Code: 502, Enhanced: "5.7.0", Text: "Please authenticate first"}, "sign in first"},
		{Error{Phase: PhaseMail, Code: 553, Enhanced: "5.7.1", Text: "Sender address rejected: not owned by user ada"}, "policy"},
		{Error{Phase: PhaseCommit, Code: 550, Enhanced: "5.7.26", Text: "the sender is not authenticated"}, "SPF"},
		{Error{Phase: PhaseAuth, Code: 454, Enhanced: "4.7.0", Text: "auth: invalid credentials"}, "password is wrong"},
		{Error{Phase: PhaseMail, Code: 550}, "refused the sender"},
		{Error{Phase: PhaseRcpt, Code: 550}, "refused the recipient"},
		{Error{Phase: PhaseRcpt, Code: 450, Temporary: true}, "at the moment"},
		{Error{Phase: PhaseMail, Code: 451, Temporary: true}, "at the moment"},
		{Error{Phase: PhaseMail, Code: 421, Temporary: true}, "busy or closing"},
		{Error{Phase: PhaseMail, Code: 421, Enhanced: "4.7.0", Temporary: true}, "busy or closing"},
		{Error{Phase: PhaseGreeting, Code: 421, Enhanced: "4.7.0", Temporary: true}, "takes no connections from here"},
		{Error{Phase: PhaseCommit}, "may or may not"},
		{Error{Phase: PhaseMail, Temporary: true, Err: errors.New("reset")}, "broke before"},
		{Error{Phase: PhaseMail, Err: context.Canceled}, "broken off from here"},
		{Error{Phase: PhaseMail, Err: errTimeout}, "in time"},
		{Error{Phase: PhaseBody, Err: errors.New("disk full.")}, "Disk full."},
		{Error{Phase: PhaseBody, Err: fmt.Errorf("x: %w", ErrNUL)}, "The message holds a NUL byte."},
		{Error{Phase: PhaseAuth, Err: &sasl.UnsupportedError{}}, `no way to sign in at this port; 465 or 587 may, and a server that takes mail without one needs auth = "none"`},
		{Error{Phase: PhaseAuth, Err: &sasl.UnsupportedError{Policy: "strong", Offered: []string{"PLAIN"}}}, `no way to sign in that "strong" allows`},
		{Error{Phase: PhaseConnect, Err: &dial.Error{Kind: dial.KindRefused, Host: "h:25"}}, "The server h:25 refuses"},
		{Error{Phase: PhaseConnect}, "went wrong"},
	}
	for _, tt := range tests {
		if got := tt.err.Explain(); !strings.Contains(got, tt.want) || !strings.HasSuffix(got, ".") {
			t.Errorf("%+v: %q, want %q", tt.err, got, tt.want)
		}
	}
}

// Every code of the tables is found by its own lookup.
func TestExplainTables(t *testing.T) {
	for code, want := range sentences {
		if code = strings.Replace(code, "x.", "5.", 1); sentences[code] != "" && sentences[code] != want {
			continue
		}
		if got, ok := explainEnhanced(code); !ok || got != want {
			t.Errorf("%s: %q", code, got)
		}
	}
	for _, code := range []string{"", "5", "9.9.9", "5.99.1"} {
		if got, ok := explainEnhanced(code); ok {
			t.Errorf("%q: %q", code, got)
		}
	}
}

func TestQueueID(t *testing.T) {
	for text, want := range map[string]string{
		"Ok: queued as 4F2A17":                           "4F2A17",
		"OK id=1tEst-000abc-2d":                          "1tEst-000abc-2d",
		"OK: queued with id 77.":                         "77",
		": 0a1b2c3d Message accepted for delivery":       "0a1b2c3d",
		"4B2 Message accepted for delivery":              "4B2",
		"<x@y> [InternalId=123, Hostname=z] Queued mail": "123",
		"OK":            "",
		"queued as ":    "",
		"İ queued as 5": "",
	} {
		if got := queueID(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
