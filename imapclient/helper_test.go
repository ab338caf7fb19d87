package imapclient

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	imap "github.com/emersion/go-imap/v2"
)

// certificate makes one for localhost, and a file of its issuer: itself.
func certificate(t *testing.T) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, file
}

// remote is a connection that seems to come from another machine.
type remote struct{ net.Conn }

func (remote) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 143} }

// wholeSession runs commands of all kinds until one fails.
func wholeSession(t *testing.T, conn net.Conn) error {
	ctx := t.Context()
	o := withPassword(plain())
	o.Auth.Policy = "plain"
	c, err := New(ctx, conn, o)
	if err != nil {
		return err
	}
	defer c.Close()
	if _, err := c.Select(ctx, "INBOX", false); err != nil {
		return err
	}
	if _, err := c.UIDs(ctx); err != nil {
		return err
	}
	if _, err := c.FetchBody(ctx, 1, 0); err != nil {
		return err
	}
	set := imap.UIDSetNum(1)
	if err := c.AddFlags(ctx, set, []imap.Flag{imap.FlagSeen}); err != nil {
		return err
	}
	if _, err := c.Move(ctx, set, "Archive"); err != nil {
		return err
	}
	if _, err := c.Append(ctx, "Sent", NewMessage{Raw: []byte("a message\r\n")}); err != nil {
		return err
	}
	_, err = c.Idle(ctx, time.Second)
	return err
}
