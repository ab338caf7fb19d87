package dial

import (
	"crypto/sha256"
	"crypto/subtle"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

const pinPrefix = "sha256:"

type pin [sha256.Size]byte

// pinError reports a server whose key is not the pinned one.
type pinError struct{ got pin }

func (e *pinError) Error() string {
	return "the server's key is not the pinned one (it is " + e.got.String() + ")"
}

// PinOf returns the pin of cert's public key in the form Config.Pin takes.
func PinOf(cert *x509.Certificate) string { return pinOf(cert).String() }

func pinOf(cert *x509.Certificate) pin { return sha256.Sum256(cert.RawSubjectPublicKeyInfo) }

func (p pin) String() string { return pinPrefix + hex.EncodeToString(p[:]) }

// verify compares the leaf's key only: without chain verification any other
// certificate in the list proves nothing.
func (p pin) verify(state tls.ConnectionState) error {
	if len(state.PeerCertificates) == 0 {
		return errors.New("the server presented no certificate")
	}
	got := pinOf(state.PeerCertificates[0])
	if subtle.ConstantTimeCompare(got[:], p[:]) != 1 {
		return &pinError{got: got}
	}
	return nil
}

// CheckPin tells what is wrong with a text that is to be a pin.
func CheckPin(s string) error {
	_, err := parsePin(s)
	return err
}

func parsePin(s string) (pin, error) {
	if len(s) < len(pinPrefix) || !strings.EqualFold(s[:len(pinPrefix)], pinPrefix) {
		return pin{}, fmt.Errorf("pin %q does not begin with %q", s, pinPrefix)
	}
	digest := strings.TrimSpace(s[len(pinPrefix):])
	if raw, err := hex.DecodeString(strings.ReplaceAll(digest, ":", "")); err == nil && len(raw) == sha256.Size {
		return pin(raw), nil
	}
	plain := strings.TrimRight(digest, "=")
	for _, enc := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		if raw, err := enc.DecodeString(plain); err == nil && len(raw) == sha256.Size {
			return pin(raw), nil
		}
	}
	return pin{}, fmt.Errorf("pin %q is not a SHA-256 digest in hex or base64", s)
}
