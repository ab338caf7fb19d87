package sasl

import (
	"crypto/tls"
	"errors"
	"strings"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/xdg-go/scram"
)

func choose(t testing.TB, mech string, cred Credentials) sasl.Client {
	t.Helper()
	cred.AllowCleartext = true
	client, _, err := Choose([]string{mech}, mech, cred, nil)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func TestPlain(t *testing.T) {
	_, ir, err := choose(t, Plain, Credentials{Username: "ada", Password: "pä ss"}).Start()
	if err != nil || string(ir) != "\x00ada\x00pä ss" {
		t.Errorf("initial response %q, %v", ir, err)
	}
}

func TestLoginAnswersByPosition(t *testing.T) {
	for _, prompts := range [][2]string{
		{"Username:", "Password:"}, {"username:", "password:"}, {"", ""}, {"Benutzername", "Kennwort"},
	} {
		client := choose(t, Login, Credentials{Username: "ada", Password: "secret"})
		if _, ir, err := client.Start(); err != nil || ir != nil {
			t.Fatalf("Start = %q, %v; want no initial response", ir, err)
		}
		for i, want := range []string{"ada", "secret"} {
			if got, err := client.Next([]byte(prompts[i])); err != nil || string(got) != want {
				t.Errorf("%q: answered %q, %v; want %q", prompts[i], got, err, want)
			}
		}
		if _, err := client.Next(nil); err == nil {
			t.Error("a third challenge was answered")
		}
	}
}

// The example of RFC 2195 §2.
func TestCRAMMD5(t *testing.T) {
	client := choose(t, CRAMMD5, Credentials{Username: "tim", Password: "tanstaaftanstaaf"})
	if _, ir, err := client.Start(); err != nil || ir != nil {
		t.Fatalf("Start = %q, %v", ir, err)
	}
	got, err := client.Next([]byte("<1896.697170952@postoffice.reston.mci.net>"))
	if want := "tim b913a602c7eda7a495b4e6e7334d3890"; err != nil || string(got) != want {
		t.Errorf("answered %q, %v; want %q", got, err, want)
	}
	if _, err := client.Next([]byte("again")); err == nil {
		t.Error("a second challenge was answered")
	}
}

func TestOAuthForms(t *testing.T) {
	cred := Credentials{Username: "a,b=c@example.org", Token: "tok", Host: "mail.test", Port: 993}
	tests := []struct{ mech, initial, closing string }{
		{XOAUTH2, "user=a,b=c@example.org\x01auth=Bearer tok\x01\x01", ""},
		{OAuthBearer, "n,a=a=2Cb=3Dc@example.org,\x01host=mail.test\x01port=993\x01auth=Bearer tok\x01\x01", "\x01"},
	}
	for _, tt := range tests {
		client := choose(t, tt.mech, cred)
		if _, ir, err := client.Start(); err != nil || string(ir) != tt.initial {
			t.Errorf("%s: initial response %q, %v", tt.mech, ir, err)
		}
		answer, err := client.Next([]byte(`{"status":"invalid_token"}`))
		if err != nil || answer == nil || string(answer) != tt.closing {
			t.Errorf("%s: closed with %q, %v; want %q", tt.mech, answer, err, tt.closing)
		}
		if !strings.Contains(Failure(client), "invalid_token") {
			t.Errorf("%s: Failure = %q", tt.mech, Failure(client))
		}
		if _, err := client.Next(nil); err == nil {
			t.Errorf("%s: a second challenge was answered", tt.mech)
		}
	}
	if got := Failure(choose(t, Plain, cred)); got != "" {
		t.Errorf("Failure of PLAIN = %q", got)
	}
}

// The server of go-sasl is the second opinion on OAUTHBEARER.
func TestOAuthBearerAgainstServer(t *testing.T) {
	server := sasl.NewOAuthBearerServer(func(opts sasl.OAuthBearerOptions) *sasl.OAuthBearerError {
		if opts.Username != "ada@example.org" || opts.Token != "tok" {
			return &sasl.OAuthBearerError{Status: "invalid_token"}
		}
		return nil
	})
	_, ir, err := choose(t, OAuthBearer, Credentials{Username: "ada@example.org", Token: "tok", Port: 993}).Start()
	if err != nil {
		t.Fatal(err)
	}
	if _, done, err := server.Next(ir); !done || err != nil {
		t.Errorf("server: done=%v, %v", done, err)
	}
}

type scramCase struct {
	mech, offer string
	version     uint16 // 0 without TLS
	password    string
	fails       bool
}

func TestSCRAM(t *testing.T) {
	plus := SCRAMSHA256Plus + " " + SCRAMSHA256
	for name, tt := range map[string]scramCase{
		"sha1":             {mech: SCRAMSHA1, offer: SCRAMSHA1, password: "pencil"},
		"sha256":           {mech: SCRAMSHA256, offer: SCRAMSHA256, password: "pencil"},
		"plus, TLS 1.3":    {mech: SCRAMSHA256Plus, offer: plus, version: tls.VersionTLS13, password: "pencil"},
		"plus, TLS 1.2":    {mech: SCRAMSHA256Plus, offer: plus, version: tls.VersionTLS12, password: "pencil"},
		"plus with sha1":   {mech: SCRAMSHA1Plus, offer: SCRAMSHA1Plus, version: tls.VersionTLS13, password: "pencil"},
		"sha512":           {mech: SCRAMSHA512, offer: SCRAMSHA512, password: "pencil"},
		"plus with sha512": {mech: SCRAMSHA512Plus, offer: SCRAMSHA512Plus, version: tls.VersionTLS13, password: "pencil"},
		"no plus offered":  {mech: SCRAMSHA256, offer: SCRAMSHA256, version: tls.VersionTLS13, password: "pencil"},
		"password refused": {mech: SCRAMSHA256, offer: SCRAMSHA256, password: "pen", fails: true},
	} {
		t.Run(name, func(t *testing.T) { testSCRAM(t, tt) })
	}
}

func testSCRAM(t *testing.T, tt scramCase) {
	var near, far *tls.ConnectionState
	if tt.version != 0 {
		near, far = tlsStates(t, tt.version)
	}
	cred := Credentials{Username: "us=er,1", Password: tt.password, AllowCleartext: true}
	client, _, err := Choose(strings.Fields(tt.offer), tt.mech, cred, near)
	if err != nil {
		t.Fatal(err)
	}
	server := scramServer(t, tt, far)
	_, msg, err := client.Start()
	if err != nil {
		t.Fatal(err)
	}
	for !server.Done() {
		challenge, stepErr := server.Step(string(msg))
		if stepErr != nil && !tt.fails {
			t.Fatalf("server refuses %q: %v", msg, stepErr)
		}
		if challenge == "" {
			break
		}
		if msg, err = client.Next([]byte(challenge)); err != nil || msg == nil {
			t.Fatalf("client refuses %q: %v", challenge, err)
		}
	}
	if err := Verify(client); (err != nil) != tt.fails || tt.fails && !errors.Is(err, ErrServerProof) {
		t.Errorf("Verify = %v", err)
	}
	if server.Valid() == tt.fails {
		t.Errorf("server valid = %v", server.Valid())
	}
}

func scramServer(t *testing.T, tt scramCase, far *tls.ConnectionState) *scram.ServerConversation {
	t.Helper()
	hash := scram.SHA256
	switch {
	case strings.HasPrefix(tt.mech, SCRAMSHA1):
		hash = scram.SHA1
	case strings.HasPrefix(tt.mech, SCRAMSHA512):
		hash = scram.SHA512
	}
	owner, err := hash.NewClient("us=er,1", "pencil", "")
	if err != nil {
		t.Fatal(err)
	}
	stored, err := owner.GetStoredCredentialsWithError(scram.KeyFactors{Salt: "saltsalt", Iters: 4096})
	if err != nil {
		t.Fatal(err)
	}
	server, err := hash.NewServer(func(string) (scram.StoredCredentials, error) { return stored, nil })
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(tt.mech, "-PLUS") {
		return server.NewConversation()
	}
	binding, err := channelBinding(far)
	if err != nil {
		t.Fatal(err)
	}
	return server.NewConversationWithChannelBindingRequired(binding)
}

// A client that could have bound the channel says so, and one that was offered
// the bound form but not told to use it does not claim the contrary.
func TestSCRAMBindingFlag(t *testing.T) {
	near, _ := tlsStates(t, tls.VersionTLS13)
	for offer, flag := range map[string]string{
		SCRAMSHA256:                         "y,,",
		SCRAMSHA256 + " " + SCRAMSHA256Plus: "n,,",
	} {
		client, _, err := Choose(strings.Fields(offer), SCRAMSHA256, Credentials{Username: "u"}, near)
		if err != nil {
			t.Fatal(err)
		}
		if _, ir, err := client.Start(); err != nil || !strings.HasPrefix(string(ir), flag) {
			t.Errorf("offer %q: first message %q, %v; want %q", offer, ir, err, flag)
		}
	}
}

func TestSCRAMHostileServer(t *testing.T) {
	nonceOf := func(first []byte) string {
		_, nonce, _ := strings.Cut(string(first), "r=")
		return nonce
	}
	for name, challenge := range map[string]func(nonce string) string{
		"iterations beyond reason":  func(n string) string { return "r=" + n + "x,s=c2FsdA==,i=2147483647" },
		"iterations beyond numbers": func(n string) string { return "r=" + n + "x,s=c2FsdA==,i=99999999999999999999" },
		"too few iterations":        func(n string) string { return "r=" + n + "x,s=c2FsdA==,i=1" },
		"nonce not extended":        func(string) string { return "r=other,s=c2FsdA==,i=4096" },
		"empty":                     func(string) string { return "" },
		"huge":                      func(n string) string { return "r=" + n + strings.Repeat("x", 1<<20) + ",s=c2FsdA==,i=4096" },
	} {
		client := choose(t, SCRAMSHA256, Credentials{Username: "ada", Password: "secret"})
		_, first, err := client.Start()
		if err != nil {
			t.Fatal(err)
		}
		if answer, err := client.Next([]byte(challenge(nonceOf(first)))); err == nil {
			t.Errorf("%s: answered %q", name, answer)
		}
		if Verify(client) == nil {
			t.Errorf("%s: verified", name)
		}
	}
}

func TestSCRAMForgedSignature(t *testing.T) {
	client := choose(t, SCRAMSHA256, Credentials{Username: "ada", Password: "secret"})
	_, first, err := client.Start()
	if err != nil {
		t.Fatal(err)
	}
	_, nonce, _ := strings.Cut(string(first), "r=")
	if _, err := client.Next([]byte("r=" + nonce + "x,s=c2FsdA==,i=4096")); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Next([]byte("v=Zm9yZ2Vk")); !errors.Is(err, ErrServerProof) {
		t.Errorf("error = %v, want ErrServerProof", err)
	}
	if _, err := client.Next(nil); err == nil {
		t.Error("a challenge after the last was answered")
	}
}

func FuzzSCRAMChallenge(f *testing.F) {
	f.Add("r=x,s=c2FsdA==,i=4096", "v=Zm9v")
	f.Add("e=other-error", "")
	f.Add("m=ext,r=,s=,i=", "e=invalid-proof")
	f.Fuzz(func(t *testing.T, one, two string) {
		client := choose(t, SCRAMSHA1, Credentials{Username: "ada", Password: "secret"})
		if _, _, err := client.Start(); err != nil {
			t.Fatal(err)
		}
		for _, challenge := range []string{one, two} {
			if _, err := client.Next([]byte(challenge)); err != nil {
				break
			}
		}
		if Verify(client) == nil {
			t.Error("a server without the password was verified")
		}
	})
}

// Whatever a server asks, no mechanism that hides the password gives it away,
// and none goes on for ever.
func FuzzChallenges(f *testing.F) {
	mechanisms := []string{Plain, Login, CRAMMD5, SCRAMSHA1, SCRAMSHA256, XOAUTH2, OAuthBearer, External}
	for i := range mechanisms {
		f.Add(uint8(i), []byte("<1896.697170952@postoffice.example>"), []byte("v=rmF9pqV8S7suAoZWja4dJRkFsKQ="))
		f.Add(uint8(i), []byte("r=x,s=QSXCR+Q6sek8bf92,i=4096"), []byte("e=invalid-proof"))
		f.Add(uint8(i), []byte(`{"status":"401"}`), []byte{})
	}
	f.Fuzz(func(t *testing.T, which uint8, first, second []byte) {
		mechanism := mechanisms[int(which)%len(mechanisms)]
		const password = "correct-horse-battery"
		client := choose(t, mechanism, Credentials{Username: "ada", Password: password, Token: password})
		if _, _, err := client.Start(); err != nil {
			t.Fatal(err)
		}
		steps := 0
		for _, challenge := range [][]byte{first, second, first, second} {
			answer, err := client.Next(challenge)
			if err != nil {
				break
			}
			steps++
			hides := mechanism == CRAMMD5 || mechanism == SCRAMSHA1 || mechanism == SCRAMSHA256
			if hides && strings.Contains(string(answer), password) {
				t.Errorf("%s answers %q", mechanism, answer)
			}
		}
		if steps > 2 {
			t.Errorf("%s answers %d challenges", mechanism, steps)
		}
		if err := Verify(client); err == nil && (mechanism == SCRAMSHA1 || mechanism == SCRAMSHA256) {
			t.Errorf("%s: a made-up server has proved itself", mechanism)
		}
	})
}
