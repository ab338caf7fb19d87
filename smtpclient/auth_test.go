package smtpclient

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strings"
	"testing"
	"testing/synctest"

	"postea/internal/dial"
	"postea/internal/sasl"
)

func secret(s string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return s, nil }
}

const authHello = "S: 220 hi\nC: EHLO *\nS: 250-mx\nS: 250 AUTH "

func TestAuth(t *testing.T) {
	long := strings.Repeat("t", 2000)
	tests := []struct {
		name   string
		auth   Auth
		script string
	}{
		{"none", Auth{}, authHello + "PLAIN"},
		{"plain", Auth{Policy: "PLAIN", Username: "ada", Password: secret("s3cret")},
			authHello + "PLAIN LOGIN\nC: AUTH PLAIN AGFkYQBzM2NyZXQ=\nS: 235 ok"},
		{"plain, initial response not read", Auth{Policy: "PLAIN", Username: "ada", Password: secret("s3cret")},
			authHello + "PLAIN\nC: AUTH PLAIN AGFkYQBzM2NyZXQ=\nR: \"334 \\r\\n\"\nC: AGFkYQBzM2NyZXQ=\nS: 235 ok"},
		{"penalty of eight seconds", Auth{Policy: "PLAIN", Username: "ada", Password: secret("s3cret")},
			authHello + "PLAIN\nC: AUTH PLAIN *\nWAIT 8s\nS: 235 ok"},
		{"login, lower case", Auth{Username: "ada", Password: secret("s3cret")},
			authHello + "LOGIN\nC: AUTH LOGIN\nS: 334 dXNlcm5hbWU6\nC: YWRh\nS: 334 cGFzc3dvcmQ6\nC: czNjcmV0\nS: 235 ok"},
		{"login, empty prompts", Auth{Username: "ada", Password: secret("s3cret")},
			authHello + "LOGIN\nC: AUTH LOGIN\nR: \"334 \\r\\n\"\nC: YWRh\nR: \"334\\r\\n\"\nC: czNjcmV0\nS: 235 ok"},
		{"login, German and not base64", Auth{Username: "ada", Password: secret("s3cret")},
			authHello + "LOGIN\nC: AUTH LOGIN\nS: 334 Benutzername:\nC: YWRh\nS: 334 Kennwört:\nC: czNjcmV0\nS: 235 ok"},
		{"cram", Auth{Policy: "cram-md5", Username: "tim", Password: secret("tanstaaftanstaaf")},
			authHello + "CRAM-MD5\nC: AUTH CRAM-MD5\nS: 334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+\n" +
				"C: dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw\nS: 235 ok"},
		{"token that fits", Auth{Policy: "oauth2", Username: "ada", Token: secret("tok")},
			authHello + "XOAUTH2\nC: AUTH XOAUTH2 dXNlcj1hZGEBYXV0aD1CZWFyZXIgdG9rAQE=\nS: 235 ok"},
		{"token on a line of its own", Auth{Policy: "oauth2", Username: "ada", Token: secret(long)},
			authHello + "XOAUTH2\nC: AUTH XOAUTH2\nR: \"334 \\r\\n\"\nC: dXNlcj1hZGEBYXV0aD1CZWFyZXIgdHR0*\nS: 235 ok"},
		{"token asked for in words", Auth{Policy: "oauth2", Username: "ada", Token: secret(long)},
			authHello + "XOAUTH2\nC: AUTH XOAUTH2\nS: 334 Go ahead\nC: dXNlcj1hZGEBYXV0aD1CZWFyZXIgdHR0*\nS: 235 ok"},
		{"external", Auth{Policy: "EXTERNAL"}, authHello + "EXTERNAL\nC: AUTH EXTERNAL =\nS: 235 ok"},
		{"mechanism not known after all", Auth{Username: "ada", Password: secret("s3cret")},
			authHello + "CRAM-MD5 PLAIN\nC: AUTH CRAM-MD5\nS: 504 5.5.4 no\nC: AUTH PLAIN *\nS: 235 ok"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				opts := plainOptions()
				opts.Auth = tt.auth
				if _, err := openOver(t, opts, tls.Certificate{}, tt.script); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestAuthFails(t *testing.T) {
	password := Auth{Policy: "PLAIN", Username: "ada", Password: secret("s3cret")}
	scram := Auth{Policy: "strong", Username: "ada", Password: secret("s3cret")}
	token := Auth{Policy: "oauth2", Username: "ada", Token: secret("tok")}
	noise := "R: \"334 \\r\\n\"\nC: \nR: \"334 \\r\\n\"\nC: *\nS: 501 ok"
	tests := []struct {
		name      string
		auth      Auth
		script    string
		code      int
		temporary bool
		says      string // in Explain
	}{
		{"wrong password", password, "PLAIN\nC: AUTH PLAIN *\nS: 535 5.7.8 no", 535, false, "password is wrong"},
		{"wrong, without enhanced code", password, "PLAIN\nC: AUTH PLAIN *\nS: 535 no", 535, false, "password is wrong"},
		{"later", password, "PLAIN\nC: AUTH PLAIN *\nS: 454 4.7.0 later", 454, true, "at the moment"},
		{"wrong, as if for now", password, "PLAIN\nC: AUTH PLAIN *\nS: 454 4.7.0 auth: invalid credentials", 454, false, "password is wrong"},
		{"too often, as if for good", password, "PLAIN\nC: AUTH PLAIN *\nS: 550 5.7.0 too many login attempts, please try again later", 550, true, ""},
		{"closing", password, "PLAIN\nC: AUTH PLAIN *\nS: 421 4.7.0 too many errors\nCLOSE", 421, true, ""},
		{"Microsoft, passwords off", password, "PLAIN\nC: AUTH PLAIN *\nS: 550 5.7.30 Basic authentication is not supported", 550, false, "OAuth"},
		{"Microsoft, tenant", password, "PLAIN\nC: AUTH PLAIN *\nS: 535 5.7.139 Authentication unsuccessful", 535, false, "switched off"},
		{"Google, app password", password, "PLAIN\nC: AUTH PLAIN *\nS: 534-5.7.9 Application-specific password required.\nS: 534 5.7.9  https://support.example", 534, false, "app password"},
		{"no answer", password, "PLAIN\nC: AUTH PLAIN *\nCLOSE", 0, true, ""},
		{"answered with 250 to a challenge", password, "PLAIN\nC: AUTH PLAIN *\nS: 354 go", 0, true, ""},
		{"challenge not base64", Auth{Policy: "CRAM-MD5", Username: "ada", Password: secret("s3cret")},
			"CRAM-MD5\nC: AUTH CRAM-MD5\nS: 334 !!!\nC: *\nS: 501 ok", 0, false, ""},
		{"server signature missing", scram, "SCRAM-SHA-256\nC: AUTH SCRAM-SHA-256 *\nS: 235 welcome", 0, false, "did not prove"},
		{"no end of challenges", Auth{Policy: "external"}, "EXTERNAL\nC: AUTH EXTERNAL =\n" + noise, 0, false, ""},
		{"token expired", token, "XOAUTH2\nC: AUTH XOAUTH2 *\nS: 334 eyJzdGF0dXMiOiI0MDAifQ==\nC: \nS: 535 5.7.8 no", 535, false, "wrong"},
		{"policy not offered", scram, "PLAIN LOGIN\nPARTIAL", 0, false, "no way to sign in"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				opts := plainOptions()
				opts.Auth = tt.auth
				_, err := openOver(t, opts, tls.Certificate{}, authHello+tt.script)
				e := asError(err)
				if e == nil || e.Phase != PhaseAuth || e.Code != tt.code || e.Temporary != tt.temporary {
					t.Fatalf("error = %#v", err)
				}
				if !strings.Contains(e.Explain(), tt.says) {
					t.Errorf("explained as %q, want %q", e.Explain(), tt.says)
				}
			})
		})
	}
}

func TestAuthSecretProblems(t *testing.T) {
	broken := errors.New("pass: locked")
	for name, auth := range map[string]Auth{
		"command fails": {Username: "ada", Password: func(context.Context) (string, error) { return "", broken }},
		"none set":      {Username: "ada"},
		"NUL":           {Policy: "PLAIN", Username: "ada", Password: secret("a\x00b")},
	} {
		synctest.Test(t, func(t *testing.T) {
			opts := plainOptions()
			opts.Auth = auth
			_, err := openOver(t, opts, tls.Certificate{}, authHello+"PLAIN\nPARTIAL")
			if e := asError(err); e == nil || e.Phase != PhaseAuth || e.Temporary {
				t.Errorf("%s: error = %v", name, err)
			}
		})
	}
}

// farConn looks like a connection to another machine.
type farConn struct{ net.Conn }

func (farConn) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 25} }

func TestAuthNeverInClear(t *testing.T) {
	for _, mech := range []string{"PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256", "XOAUTH2"} {
		synctest.Test(t, func(t *testing.T) {
			play(t, tls.Certificate{}, authHello+mech+"\nPARTIAL", func(conn net.Conn) {
				opts := plainOptions()
				fetch := func(context.Context) (string, error) {
					t.Error("the secret was fetched")
					return "s3cret", nil
				}
				opts.Auth = Auth{Policy: mech, Username: "ada", Password: fetch, Token: fetch}
				_, err := New(t.Context(), farConn{conn}, opts)
				if !errors.Is(err, sasl.ErrCleartext) {
					t.Errorf("%s: %v", mech, err)
				}
			})
		})
	}
}

func TestTraceBlanksSecrets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var rec recorder
		opts := plainOptions()
		opts.Trace = rec.trace
		opts.Auth = Auth{Policy: "PLAIN", Username: "ada", Password: secret("s3cret")}
		_, err := openOver(t, opts, tls.Certificate{},
			authHello+"PLAIN\nC: AUTH PLAIN *\nS: 535 5.7.8 AGFkYQBzM2NyZXQ= is s3cret \x1b[2J")
		for _, text := range []string{rec.String(), err.Error(), asError(err).Text} {
			if strings.Contains(text, "s3cret") || strings.Contains(text, "czNjcmV0") || strings.Contains(text, "AGFkYQ") || strings.Contains(text, "\x1b") {
				t.Errorf("secret or control character in %q", text)
			}
		}
		if !strings.Contains(rec.String(), "Client: AUTH PLAIN ••••••••\nServer: 535 5.7.8 ••••") {
			t.Errorf("trace:\n%s", rec.String())
		}
	})
}

// A program that ends while the password command runs has not been refused.
func TestContextEndsWhileTheSecretIsFetched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		opts, cert := tlsOptions(t, dial.ModeStartTLS)
		ctx, cancel := context.WithCancel(t.Context())
		opts.Auth = Auth{Username: "ada", Password: func(ctx context.Context) (string, error) {
			cancel()
			return "", ctx.Err()
		}}
		play(t, cert, secured+"S: 250-mx\nS: 250 AUTH PLAIN\nPARTIAL", func(conn net.Conn) {
			_, err := New(ctx, conn, opts)
			outcome{phase: PhaseAuth, temporary: true}.verify(t, "New", err)
			if !errors.Is(err, context.Canceled) {
				t.Errorf("error = %v", err)
			}
		})
	})
}

// Exchanges that lead nowhere end, with the server told.
func TestSignInThatLeadsNowhere(t *testing.T) {
	asking := secured + "S: 250-mx\nS: 250 AUTH LOGIN\nC: AUTH LOGIN\n"
	for name, tt := range map[string]struct{ script, says string }{
		"asks on and on":           {asking + "S: 334\nC: YWRh\nS: 334\nC: czNjcmV0\nS: 334\nC: *\nS: 501 cancelled", "unexpected server challenge"},
		"hangs up at the end":      {asking + "S: 334\nC: YWRh\nS: 334\nC: czNjcmV0\nS: 334\nC: *\nCLOSE", "hung up"},
		"knows none that it names": {secured + "S: 250-mx\nS: 250 AUTH PLAIN\nC: AUTH PLAIN *\nS: 504 5.5.4 what", "504"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				opts, cert := tlsOptions(t, dial.ModeStartTLS)
				signIn("")(&opts)
				play(t, cert, tt.script, func(conn net.Conn) {
					_, err := New(t.Context(), conn, opts)
					if e := asError(err); e == nil || e.Phase != PhaseAuth || !strings.Contains(err.Error(), tt.says) {
						t.Errorf("error = %v", err)
					}
				})
			})
		})
	}
}
