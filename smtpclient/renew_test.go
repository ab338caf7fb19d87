package smtpclient

import (
	"context"
	"crypto/tls"
	"errors"
	"testing"
	"testing/synctest"
)

type laterError struct{ error }

func (laterError) Temporary() bool { return true }

// A token that is refused is renewed once, on the same connection.
func TestRenew(t *testing.T) {
	refuse := func(tok string) string {
		return "C: AUTH XOAUTH2 " + tok + "\nS: 334 eyJzdGF0dXMiOiI0MDAifQ==\nC: \nS: 535 5.7.8 no\n"
	}
	const old, fresh = "dXNlcj1hZGEBYXV0aD1CZWFyZXIgb2xkAQE=", "dXNlcj1hZGEBYXV0aD1CZWFyZXIgbmV3AQE="
	tests := []struct {
		name   string
		script string
		renew  func(context.Context, string) (string, error)
		ok     bool
		later  bool
	}{
		{"renewed", refuse(old) + "C: AUTH XOAUTH2 " + fresh + "\nS: 235 ok", secretFor("old", "new"), true, false},
		{"refused again", refuse(old) + refuse(fresh), secretFor("old", "new"), false, false},
		{"revoked", refuse(old), func(context.Context, string) (string, error) { return "", errors.New("sign in again") }, false, false},
		{"the provider is down", refuse(old), func(context.Context, string) (string, error) { return "", laterError{errors.New("503")} }, false, true},
		{"busy is no refusal", "C: AUTH XOAUTH2 " + old + "\nS: 454 4.7.0 later", func(context.Context, string) (string, error) { panic("renewed") }, false, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				opts := plainOptions()
				opts.Auth = Auth{Policy: "oauth2", Username: "ada", Token: secret("old"), Renew: tt.renew}
				_, err := openOver(t, opts, tls.Certificate{}, authHello+"XOAUTH2\n"+tt.script)
				if e := asError(err); (e == nil) != tt.ok || e != nil && (e.Phase != PhaseAuth || e.Temporary != tt.later) {
					t.Fatalf("error = %#v", err)
				}
			})
		})
	}
}

func secretFor(refused, next string) func(context.Context, string) (string, error) {
	return func(_ context.Context, got string) (string, error) {
		if got != refused {
			return "", errors.New("renewed for another token")
		}
		return next, nil
	}
}
