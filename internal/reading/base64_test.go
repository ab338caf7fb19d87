package reading

import (
	"bytes"
	"encoding/base64"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// plainBase64 decodes letter by letter.
func plainBase64(b []byte) []byte {
	var out []byte
	acc, bits := 0, 0
	for i, c := range b {
		if v := strings.IndexByte(base64Alphabet, c); v >= 0 {
			acc, bits = acc<<6|v, bits+6
			if bits >= 8 {
				bits -= 8
				out = append(out, byte(acc>>bits))
				acc &= 1<<bits - 1
			}
		} else if c == '=' {
			acc, bits = 0, 0
			if !moreBase64(b[i+1:]) {
				break
			}
		}
	}
	return out
}

// FuzzBase64 holds the decoder, read in pieces of any size, and the size that is
// told, against decoding letter by letter.
func FuzzBase64(f *testing.F) {
	for _, s := range []string{
		"", "QQ==", "QUJD", "QUJDRA==\r\nQUJD", "QU JD\r\nRE\tVG", "QUJD====", "QQ==\r\n-- \r\nfooter", "QQ=B", "=QUJD", "Q", "QU", "QUI", "QUJDR", "\xff\x00QUJD",
		base64.StdEncoding.EncodeToString([]byte(strings.Repeat("Grüße, ", 200))),
	} {
		f.Add([]byte(s), uint8(3))
	}
	f.Fuzz(func(t *testing.T, b []byte, piece uint8) {
		want := plainBase64(b)
		if got := decodeBase64(b); !bytes.Equal(got, want) {
			t.Errorf("%q became %q, not %q", b, got, want)
		}
		if n := base64Size(b); n != int64(len(want)) {
			t.Errorf("%q has %d bytes, not %d", b, n, len(want))
		}
		got, err := io.ReadAll(io.LimitReader(iotest.OneByteReader(&base64Reader{src: b}), int64(piece)))
		if err != nil || !bytes.Equal(got, want[:min(len(want), int(piece))]) {
			t.Errorf("byte by byte %q became %q, %v", b, got, err)
		}
		r, out := &base64Reader{src: b}, []byte(nil)
		for buf := make([]byte, int(piece)+1); ; {
			n, err := r.Read(buf)
			if out = append(out, buf[:n]...); err != nil {
				break
			}
		}
		if !bytes.Equal(out, want) {
			t.Errorf("in pieces of %d %q became %q", int(piece)+1, b, out)
		}
	})
}
