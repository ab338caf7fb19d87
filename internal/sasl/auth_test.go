package sasl

import (
	"context"
	"errors"
	"net"
	"testing"

	"postea/internal/dial"
)

func TestFetch(t *testing.T) {
	give := func(s string, err error) func(context.Context) (string, error) {
		return func(context.Context) (string, error) { return s, err }
	}
	locked := errors.New("the keyring is locked")
	tests := map[string]struct {
		auth            Auth
		password, token string
		err             error
	}{
		"password":              {Auth{Password: give("p", nil), Token: give("t", nil)}, "p", "", nil},
		"token":                 {Auth{Policy: "OAuth2", Password: give("p", nil), Token: give("t", nil)}, "", "t", nil},
		"none set":              {Auth{Policy: "plain"}, "", "", errNoSecret},
		"no token":              {Auth{Policy: XOAUTH2, Password: give("p", nil)}, "", "", errNoSecret},
		"external needs none":   {Auth{Policy: "external"}, "", "", nil},
		"cannot be had":         {Auth{Password: give("", locked)}, "", "", locked},
		"cannot be had in time": {Auth{Password: func(ctx context.Context) (string, error) { return "", ctx.Err() }}, "", "", context.Canceled},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			var cred Credentials
			hidden := ""
			s := Signing{Auth: tt.auth, Hide: func(s string) { hidden += s }}
			err := s.Fetch(ctx, &cred)
			if !errors.Is(err, tt.err) || cred.Password != tt.password || cred.Token != tt.token || hidden != tt.password+tt.token {
				t.Errorf("%+v, hidden %q, %v", cred, hidden, err)
			}
		})
	}
}

// A token that a server refuses is replaced once, and no password is.
func TestAgain(t *testing.T) {
	var hidden []string
	renewed := func(context.Context, string) (string, error) { return "fresh", nil }
	s := Signing{Auth: Auth{Renew: renewed}, Hide: func(s string) { hidden = append(hidden, s) }}
	cred := Credentials{Token: "stale"}
	if again, err := s.Again(t.Context(), &cred); !again || err != nil || cred.Token != "fresh" || len(hidden) != 1 || hidden[0] != "fresh" {
		t.Errorf("%v %v, %+v, hidden %q", again, err, cred, hidden)
	}
	if again, err := s.Again(t.Context(), &cred); again || err != nil {
		t.Errorf("a second time: %v %v", again, err)
	}
	s = Signing{Auth: Auth{Renew: renewed}}
	if again, err := s.Again(t.Context(), &Credentials{Password: "p"}); again || err != nil {
		t.Errorf("a password: %v %v", again, err)
	}
}

// A secret goes out in clear only to this machine, or where the user says so.
func TestCleartextIsForThisMachine(t *testing.T) {
	near, far := net.Pipe()
	defer near.Close()
	defer far.Close()
	outside := elsewhere{near}
	for _, tt := range []struct {
		to   dial.Config
		conn net.Conn
		want bool
	}{
		{dial.Config{TLS: dial.ModeNone}, near, true}, {dial.Config{TLS: dial.ModeNone}, outside, false},
		{dial.Config{TLS: dial.ModeNone, Insecure: true}, outside, true}, {dial.Config{TLS: dial.ModeStartTLS, Insecure: true}, near, false},
	} {
		cred := Auth{Username: "ada"}.Credentials(tt.to, tt.conn)
		if cred.AllowCleartext != tt.want || cred.Username != "ada" {
			t.Errorf("%+v to %v: %+v", tt.to, tt.conn.RemoteAddr(), cred)
		}
	}
}

type elsewhere struct{ net.Conn }

func (elsewhere) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 25} }

func TestSecrets(t *testing.T) {
	var s Secrets
	s.Hide("ada") // too short: it would blank words
	s.Hide("hunter2")
	if got := s.Scrub("ada said hunter2, aHVudGVyMg== that is"); got != "ada said "+Blank+", "+Blank+" that is" {
		t.Errorf("%q", got)
	}
	s.Forget()
	if got := s.Scrub("hunter2"); got != "hunter2" {
		t.Errorf("%q", got)
	}
}
