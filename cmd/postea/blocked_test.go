package main

import (
	"testing"

	"postea/internal/mail"
)

// Only a refused sign-in has the code of one.
func TestCodeOfBlocked(t *testing.T) {
	for why, want := range map[string]int{
		"The server did not accept user name and password.":                                           exNoPerm,
		"The certificate is not one of mx.example.":                                                   exUnavailable,
		"The server does not offer encryption (STARTTLS).":                                            exUnavailable,
		"Cannot connect to mx.example: reading the CA file: open /ca.pem: no such file or directory.": exUnavailable,
		"The server refuses to encrypt the connection.":                                               exUnavailable,
		"The server sent more than its answer before encryption began; someone may be tampering.":     exUnavailable,
	} {
		if code, _ := judge(mail.Outgoing{State: mail.ItemBlocked, Blocked: why}); code != want {
			t.Errorf("%s: %d, want %d", why, code, want)
		}
	}
}
