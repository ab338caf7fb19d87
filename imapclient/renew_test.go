package imapclient

import (
	"context"
	"errors"
	"testing"
)

// A token that is refused is renewed once, on the same connection.
func TestRenew(t *testing.T) {
	refuse := func(s *script, initial string) {
		s.expect("AUTHENTICATE XOAUTH2 " + initial)
		s.send("+ eyJzdGF0dXMiOiI0MDAiLCJzY2hlbWVzIjoiQmVhcmVyIn0=")
		s.expectLine("")
		s.send("@ NO [AUTHENTICATIONFAILED] invalid token")
	}
	const old, fresh = "dXNlcj1hZGEBYXV0aD1CZWFyZXIgb2xkAQE=", "dXNlcj1hZGEBYXV0aD1CZWFyZXIgbmV3AQE="
	options := func(next string, err error) Options {
		o := plain()
		o.Dial.Insecure = true
		o.Auth = Auth{Username: "ada", Policy: "xoauth2", Token: func(context.Context) (string, error) { return "old", nil },
			Renew: func(_ context.Context, refused string) (string, error) {
				if refused != "old" {
					t.Errorf("renewed for %q", refused)
				}
				return next, err
			}}
		return o
	}
	_, err := greeted(t, options("new", nil), func(s *script) {
		s.greet("IMAP4rev1 SASL-IR AUTH=XOAUTH2")
		refuse(s, old)
		s.expect("AUTHENTICATE XOAUTH2 " + fresh)
		s.send("@ OK [CAPABILITY IMAP4rev1] welcome")
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = greeted(t, options("new", nil), func(s *script) {
		s.greet("IMAP4rev1 SASL-IR AUTH=XOAUTH2")
		refuse(s, old)
		refuse(s, fresh)
	})
	want(t, err, KindAuth, true)
	_, err = greeted(t, options("", errors.New("sign in again")), func(s *script) {
		s.greet("IMAP4rev1 SASL-IR AUTH=XOAUTH2")
		refuse(s, old)
	})
	want(t, err, KindAuth, true)
}
