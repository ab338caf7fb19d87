package sasl

import (
	"crypto/tls"
	"errors"
	"strings"
	"testing"
)

func TestChoose(t *testing.T) {
	secure, _ := tlsStates(t, tls.VersionTLS13)
	everything := "LOGIN PLAIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256 SCRAM-SHA-256-PLUS XOAUTH2 OAUTHBEARER EXTERNAL NTLM"
	tests := []struct {
		name    string
		offered string
		policy  string
		state   *tls.ConnectionState
		clear   bool
		want    string
	}{
		{"plain inside TLS", everything, "password", secure, false, Plain},
		{"zero policy", everything, "", secure, false, Plain},
		{"lower case offer", "plain login", "password", secure, false, Plain},
		{"strongest without plain", "LOGIN CRAM-MD5 SCRAM-SHA-1", "password", secure, false, SCRAMSHA1},
		{"digest before login", "LOGIN CRAM-MD5", "password", secure, false, CRAMMD5},
		{"login at last", "NTLM LOGIN", "password", secure, false, Login},
		{"permitted clear text hides the password", everything, "password", nil, true, SCRAMSHA256},
		{"permitted clear text with plain only", "PLAIN", "password", nil, true, Plain},
		{"plus first", everything, "strong", secure, false, SCRAMSHA256Plus},
		{"plus needs TLS", everything, "strong", nil, true, SCRAMSHA256},
		{"oauth", everything, "oauth2", secure, false, OAuthBearer},
		{"oauth at Microsoft", "LOGIN XOAUTH2", "oauth2", secure, false, XOAUTH2},
		{"by name", everything, "cram-md5", secure, false, CRAMMD5},
		{"external needs no secret", "EXTERNAL", "external", nil, false, External},
		{"none", everything, "none", nil, false, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cred := Credentials{Username: "ada", Password: "secret", Token: "token", AllowCleartext: tt.clear}
			client, mech, err := Choose(strings.Fields(tt.offered), tt.policy, cred, tt.state)
			if err != nil || mech != tt.want {
				t.Fatalf("Choose = %q, %v; want %q", mech, err, tt.want)
			}
			if mech == "" {
				return
			}
			if started, _, err := client.Start(); err != nil || started != mech {
				t.Errorf("Start = %q, %v; want %q", started, err, mech)
			}
		})
	}
}

func TestChooseRefuses(t *testing.T) {
	secure, _ := tlsStates(t, tls.VersionTLS13)
	tests := []struct {
		name, offered, policy string
		state                 *tls.ConnectionState
	}{
		{"nothing offered", "", "password", secure},
		{"strong never sends the password", "PLAIN LOGIN CRAM-MD5", "strong", secure},
		{"no token mechanism", "PLAIN", "oauth2", secure},
		{"named but not offered", "PLAIN", "SCRAM-SHA-256", secure},
		{"plus on a plain line", "SCRAM-SHA-256-PLUS", "strong", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := Choose(strings.Fields(tt.offered), tt.policy, Credentials{AllowCleartext: true}, tt.state)
			var unsupported *UnsupportedError
			if !errors.As(err, &unsupported) || unsupported.Error() == "" {
				t.Errorf("error = %v, want *UnsupportedError", err)
			}
		})
	}
	if _, _, err := Choose([]string{"NTLM"}, "ntlm", Credentials{}, secure); err == nil {
		t.Error("an unknown mechanism was accepted")
	}
}

func TestChooseNeverClear(t *testing.T) {
	for _, mech := range []string{Plain, Login, CRAMMD5, SCRAMSHA1, SCRAMSHA256, XOAUTH2, OAuthBearer} {
		for _, policy := range []string{mech, PolicyPassword, PolicyOAuth2, PolicyStrong} {
			client, _, err := Choose([]string{mech}, policy, Credentials{Username: "ada", Password: "secret"}, nil)
			var unsupported *UnsupportedError
			if client != nil || !errors.Is(err, ErrCleartext) && !errors.As(err, &unsupported) {
				t.Errorf("%s with policy %s in clear: %v", mech, policy, err)
			}
		}
	}
}

func TestCredentialsThatCannotBeCarried(t *testing.T) {
	secure, _ := tlsStates(t, tls.VersionTLS13)
	tests := []struct {
		mech string
		cred Credentials
	}{
		{Plain, Credentials{Username: "a\x00b"}},
		{Plain, Credentials{Password: "a\x00b"}},
		{SCRAMSHA256, Credentials{Password: "a\x00b"}},
		{CRAMMD5, Credentials{Username: "a\nb"}},
		{XOAUTH2, Credentials{Username: "a\x01auth=Bearer x"}},
		{XOAUTH2, Credentials{Token: "a\x01"}},
		{OAuthBearer, Credentials{Token: "a\r\nb"}},
		{OAuthBearer, Credentials{Host: "a\x01b"}},
	}
	for _, tt := range tests {
		if _, _, err := Choose([]string{tt.mech}, tt.mech, tt.cred, secure); !errors.Is(err, ErrCredentials) {
			t.Errorf("%s %+v: error = %v, want ErrCredentials", tt.mech, tt.cred, err)
		}
	}
}

func TestUsesToken(t *testing.T) {
	for policy, want := range map[string]bool{"oauth2": true, "xoauth2": true, "OAUTHBEARER": true, "password": false, "": false} {
		if UsesToken(policy) != want {
			t.Errorf("UsesToken(%q) = %v", policy, !want)
		}
	}
}
