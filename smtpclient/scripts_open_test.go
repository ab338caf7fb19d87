package smtpclient

import (
	"crypto/tls"
	"errors"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"postea/internal/dial"
)

const secured = "S: 220 hi\nC: EHLO *\nS: 250-mx\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go\nTLS\nC: EHLO *\n"

func signIn(mechanism string) func(*Options) {
	return func(o *Options) {
		o.Auth = Auth{Policy: mechanism, Username: "ada", Password: secret("s3cret"), Token: secret("token")}
	}
}

// Scripts s1 to s14 and what belongs to them: up to the sign-in.
func TestScriptsOpening(t *testing.T) {
	scenarios := []scenario{
		{name: "s1 banner in five segments", open: fine, script: `R: "220-a\r\n22"
			WAIT 3s
			R: "0-b\r\n"
			WAIT 3s
			R: "220-c\r"
			WAIT 3s
			R: "\n220"
			WAIT 3s
			R: " d\r\n"
			C: EHLO *
			S: 250 mx`},
		{name: "s2 banner 554", script: "S: 554 5.7.1 go away\nCLOSE", open: outcome{phase: PhaseGreeting, code: 554}},
		{name: "s2 banner 421", script: "S: 421 4.3.2 busy\nCLOSE", open: outcome{phase: PhaseGreeting, code: 421, temporary: true}},
		{name: "s3 HELO only", script: "S: 220 hi\nC: EHLO *\nS: 502 what\nC: HELO [127.0.0.1]\nS: 250 mx", open: fine,
			check: func(t *testing.T, c *Client, _ *Result, _ error) {
				if k := c.Capabilities().Keywords(); len(k) != 0 {
					t.Errorf("offers %q", k)
				}
			}},
		{name: "s3 HELO only, but a sign-in is wanted", script: "S: 220 hi\nC: EHLO *\nS: 502 what", opts: signIn("password"),
			open: outcome{phase: PhaseHello, code: 502}},
		{name: "s4 odd list", open: fine,
			script: `S: 220 hi
				C: EHLO *
				R: "250-mx\r\n250-8 BITMIME\r\n250-auth=plain LOGIN\r\n250 AUTH XOAUTH2 \r\n250-pipelining  \r\n250 SIZE 41697280\r\n"`,
			check: func(t *testing.T, c *Client, _ *Result, _ error) {
				caps := c.Capabilities()
				if !caps.Offers("8BITMIME") || !caps.Offers("PIPELINING") || caps.MaxSize() != 41697280 ||
					!slices.Equal(caps.Mechanisms(), []string{"PLAIN", "LOGIN", "XOAUTH2"}) {
					t.Errorf("offers %q, AUTH %q", caps.Keywords(), caps.Mechanisms())
				}
			}},
		{name: "s5 plaintext behind STARTTLS", script: "S: 220 hi\nC: EHLO *\nS: 250-mx\nS: 250 STARTTLS\nC: STARTTLS\nR: \"220 go\\r\\n250 EVIL\\r\\n\"\nPARTIAL",
			open: outcome{phase: PhaseTLS}},
		{name: "s6 STARTTLS 454", script: "S: 220 hi\nC: EHLO *\nS: 250-mx\nS: 250 STARTTLS\nC: STARTTLS\nS: 454 4.7.0 not now", opts: signIn("password"),
			open: outcome{phase: PhaseTLS, code: 454, temporary: true}},
		{name: "s6 STARTTLS not offered", script: "S: 220 hi\nC: EHLO *\nS: 250-mx\nS: 250 AUTH PLAIN", open: outcome{phase: PhaseTLS},
			opts: func(o *Options) { signIn("password")(o); o.Dial.TLS = dial.ModeStartTLS }},
		{name: "s7 another offer after TLS", open: fine,
			script: "S: 220 hi\nC: EHLO *\nS: 250-mx\nS: 250-AUTH EVIL\nS: 250-SIZE 5\nS: 250-CHUNKING\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go\nTLS\nC: EHLO *\nS: 250-mx\nS: 250 AUTH LOGIN",
			check: func(t *testing.T, c *Client, _ *Result, _ error) {
				if caps := c.Capabilities(); caps.MaxSize() != 0 || caps.Offers("CHUNKING") || !slices.Equal(caps.Mechanisms(), []string{"LOGIN"}) {
					t.Errorf("offers %q", caps.Keywords())
				}
			}},
		{name: "s9 LOGIN in lower case", opts: signIn("LOGIN"), open: fine,
			script: secured + "S: 250-mx\nS: 250 AUTH LOGIN\nC: AUTH LOGIN\nS: 334 dXNlcm5hbWU6\nC: YWRh\nS: 334 cGFzc3dvcmQ6\nC: czNjcmV0\nS: 235 ok"},
		{name: "s9 LOGIN with empty prompts", opts: signIn("LOGIN"), open: fine,
			script: secured + "S: 250-mx\nS: 250 AUTH LOGIN\nC: AUTH LOGIN\nS: 334 \nC: YWRh\nS: 334\nC: czNjcmV0\nS: 235 ok"},
		{name: "s9 LOGIN in German", opts: signIn("LOGIN"), open: fine,
			script: secured + "S: 250-mx\nS: 250 AUTH LOGIN\nC: AUTH LOGIN\nS: 334 Benutzername:\nC: YWRh\nS: 334 Paßwort:\nC: czNjcmV0\nS: 235 ok"},
		{name: "s10 PLAIN without initial response", opts: signIn("PLAIN"), open: fine,
			script: secured + "S: 250-mx\nS: 250 AUTH PLAIN\nC: AUTH PLAIN AGFkYQBzM2NyZXQ=\nS: 334 \nC: AGFkYQBzM2NyZXQ=\nS: 235 ok"},
		{name: "s11 XOAUTH2 refused with JSON", opts: signIn("XOAUTH2"), open: outcome{phase: PhaseAuth, code: 535},
			script: secured + "S: 250-mx\nS: 250 AUTH XOAUTH2\nC: AUTH XOAUTH2 *\nS: 334 eyJzdGF0dXMiOiI0MDEifQ==\nC: \nS: 535 5.7.8 no"},
		{name: "s11 OAUTHBEARER refused with JSON", opts: signIn("OAUTHBEARER"), open: outcome{phase: PhaseAuth, code: 535},
			script: secured + "S: 250-mx\nS: 250 AUTH OAUTHBEARER\nC: AUTH OAUTHBEARER *\nS: 334 eyJzdGF0dXMiOiI0MDEifQ==\nC: AQ==\nS: 535 5.7.8 no"},
		{name: "s12 no EHLO after AUTH", opts: signIn("PLAIN"), open: fine, send: fine, bodies: 1,
			script: secured + "S: 250-mx\nS: 250 AUTH PLAIN\nC: AUTH PLAIN *\nS: 235 ok\nC: MAIL *\nS: 250 ok\nC: RCPT *\nS: 250 ok\nC: DATA\nS: 354 go\nBODY\nS: 250 ok"},
		{name: "s13 235 after 8 s", opts: signIn("PLAIN"), open: fine,
			script: secured + "S: 250-mx\nS: 250 AUTH PLAIN\nC: AUTH PLAIN *\nWAIT 8s\nS: 235 ok"},
		{name: "s13 535 is not tried again", opts: signIn("password"), open: outcome{phase: PhaseAuth, code: 535},
			script: secured + "S: 250-mx\nS: 250 AUTH PLAIN LOGIN CRAM-MD5\nC: AUTH PLAIN *\nWAIT 8s\nS: 535 5.7.8 no"},
		{name: "s13 535, then 421: what was said first counts", opts: signIn("PLAIN"), open: outcome{phase: PhaseAuth, code: 535},
			script: secured + "S: 250-mx\nS: 250 AUTH PLAIN\nC: AUTH PLAIN *\nS: 535 5.7.8 no\nS: 421 4.7.0 too many\nCLOSE"},
		{name: "s13 421 during the sign-in", opts: signIn("PLAIN"), open: outcome{phase: PhaseAuth, code: 421, temporary: true},
			script: secured + "S: 250-mx\nS: 250 AUTH PLAIN\nC: AUTH PLAIN *\nS: 421 4.7.0 too many\nCLOSE"},
		{name: "s22 nothing travels with the password", opts: signIn("PLAIN"), open: outcome{phase: PhaseAuth, code: 535},
			script: secured + "S: 250-mx\nS: 250-PIPELINING\nS: 250-CHUNKING\nS: 250 AUTH PLAIN\nC: AUTH PLAIN *\nSILENT 1s\nS: 535 5.7.8 no"},
		{name: "s32 nothing follows EHLO", open: fine, script: "SILENT 1s\nS: 220 hi\nC: EHLO *\nSILENT 1s\nS: 250-mx\nS: 250 PIPELINING"},
		{name: "s33 PIPECONNECT is not used, so it may be withdrawn", open: fine,
			script: "SILENT 5s\nS: 220 hi\nC: EHLO *\nSILENT 1s\nS: 250-mx\nS: 250-PIPELINING\nS: 250 PIPECONNECT"},
		{name: "s37 221 for a greeting", script: "S: 221 bye\nCLOSE", open: outcome{phase: PhaseGreeting, temporary: true}},
	}
	for _, sc := range scenarios {
		t.Run(sc.name, sc.run)
	}
}

func TestScriptsTLS(t *testing.T) {
	opts, cert := tlsOptions(t, dial.ModeStartTLS)
	other := opts
	other.Dial.Host = "elsewhere.test"
	tests := []struct {
		name string
		opts Options
		conf *tls.Config
		kind dial.Kind
	}{
		{"s8 certificate for another name", other, &tls.Config{Certificates: []tls.Certificate{cert}}, dial.KindCertificate},
		{"s8 expired certificate", opts, &tls.Config{Certificates: []tls.Certificate{expiredCertificate(t)}}, dial.KindCertificate},
		{"s8 TLS 1.0 only", opts, &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, dial.KindTLS},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var e *dial.Error
			if err := handshakeWith(t, tt.opts, tt.conf); !errors.As(err, &e) || e.Kind != tt.kind {
				t.Errorf("error = %v", err)
			}
		})
	}
	t.Run("s8 handshake stalls", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			play(t, cert, "S: 220 hi\nC: EHLO *\nS: 250-mx\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go\nPARTIAL", func(conn net.Conn) {
				_, err := New(t.Context(), conn, opts)
				outcome{phase: PhaseTLS, temporary: true}.verify(t, "New", err)
			})
		})
	})
}

// Each failure of a sign-in is told apart, as each needs something else.
func TestScriptsSignInRefused(t *testing.T) {
	tests := []struct {
		name, reply string
		failure     SignInFailure
		words       string
	}{
		{"s14 wrong password", "S: 535 5.7.8 Username and Password not accepted", SignInPassword, "wrong"},
		{"s14 password sign-in is over", "S: 550 5.7.30 Basic authentication is not supported for Client Submission", SignInOAuth, "OAuth"},
		{"s14 tenant", "S: 535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant", SignInDisabled, "switched off"},
		{"s14 wrong password at Microsoft", "S: 535 5.7.139 Authentication unsuccessful, the user credentials were incorrect", SignInPassword, "wrong"},
		{"s14 basic authentication is disabled", "S: 535 5.7.139 Authentication unsuccessful, basic authentication is disabled", SignInOAuth, "OAuth"},
		{"s14 app password", "S: 534-5.7.9 Application-specific password required. For more information, go to\nS: 534 5.7.9  https://support.example/mail/?p=InvalidSecondFactor", SignInAppPassword, "app password"},
		{"s14 rate", "S: 454 4.7.0 Too many login attempts, please try again later", SignInRate, "many"},
		{"s14 transition", "S: 432 4.7.12 A password transition is needed", SignInMechanism, "way to sign in"},
		{"s14 rate said for good", "S: 535 5.7.0 (#MBR1212) Too many bad auth attempts", SignInRate, "many"},
		{"s14 back end down", "S: 454 4.7.0 Temporary authentication failure", SignInUnavailable, "moment"},
		{"s14 weak mechanism", "S: 534 5.7.9 Authentication mechanism is too weak", SignInMechanism, "way"},
	}
	for _, tt := range tests {
		sc := scenario{opts: signIn("PLAIN"), script: secured + "S: 250-mx\nS: 250 AUTH PLAIN\nC: AUTH PLAIN *\n" + tt.reply}
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				opts, cert := tlsOptions(t, dial.ModeStartTLS)
				sc.opts(&opts)
				play(t, cert, sc.script, func(conn net.Conn) {
					_, err := New(t.Context(), conn, opts)
					e := asError(err)
					if e == nil || e.Phase != PhaseAuth || e.SignIn() != tt.failure || !strings.Contains(e.Explain(), tt.words) {
						t.Errorf("error = %v, failure %q", err, e.SignIn())
						t.Error(e.Explain())
					}
				})
			})
		})
	}
}
