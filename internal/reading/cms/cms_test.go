package cms

import (
	"strings"
	"testing"
)

func tlv(tag byte, parts ...string) string {
	s := strings.Join(parts, "")
	switch {
	case len(s) < 0x80:
		return string([]byte{tag, byte(len(s))}) + s
	default:
		return string([]byte{tag, 0x82, byte(len(s) >> 8), byte(len(s))}) + s
	}
}

func open(tag byte, parts ...string) string {
	return string([]byte{tag, 0x80}) + strings.Join(parts, "") + "\x00\x00"
}

func signed(content string) string {
	return tlv(0x30, tlv(0x06, oidSigned), tlv(0xa0, tlv(0x30, tlv(0x02, "\x01"), tlv(0x31), tlv(0x30, tlv(0x06, oidData), content), tlv(0x31))))
}

func TestSignedContent(t *testing.T) {
	long := strings.Repeat("x", 300)
	for name, tt := range map[string]struct{ in, want string }{
		"plain":          {signed(tlv(0xa0, tlv(0x04, "Hello"))), "Hello"},
		"long":           {signed(tlv(0xa0, tlv(0x04, long))), long},
		"pieces":         {signed(tlv(0xa0, tlv(0x24, tlv(0x04, "Hel"), tlv(0x04, "lo")))), "Hello"},
		"ber":            {open(0x30, tlv(0x06, oidSigned), open(0xa0, open(0x30, tlv(0x02, "\x01"), open(0x31, open(0x30)), open(0x30, tlv(0x06, oidData), open(0xa0, open(0x24, tlv(0x04, "Hel"), open(0x24, tlv(0x04, "lo")))))))), "Hello"},
		"detached":       {signed(""), ""},
		"enveloped":      {tlv(0x30, tlv(0x06, oidEnveloped), tlv(0xa0, tlv(0x30))), ""},
		"empty":          {"", ""},
		"text":           {"0x this is no ASN.1", ""},
		"cut":            {signed(tlv(0xa0, tlv(0x04, "Hello")))[:40], ""},
		"deep":           {strings.Repeat("\x30\x80", 10_000), ""},
		"deep pieces":    {signed(open(0xa0, strings.Repeat("\x24\x80", 1000))), ""},
		"length of 2^32": {"\x30\x84\xff\xff\xff\xff\x06", ""},
	} {
		got, ok := SignedContent([]byte(tt.in))
		if string(got) != tt.want && ok || ok != (tt.want != "") {
			t.Errorf("%s: %q %v, want %q", name, got, ok, tt.want)
		}
	}
	if TypeOf([]byte(tlv(0x30, tlv(0x06, oidEnveloped)))) != EnvelopedData || TypeOf([]byte(signed(""))) != SignedData || TypeOf(nil) != Unknown {
		t.Error("types")
	}
}

func FuzzSignedContent(f *testing.F) {
	f.Add([]byte(signed(tlv(0xa0, tlv(0x04, "Hello")))))
	f.Add([]byte(open(0x30, tlv(0x06, oidSigned), open(0xa0, open(0x30, tlv(0x02, "\x01"), open(0x31), open(0x30, tlv(0x06, oidData), open(0xa0, open(0x24, tlv(0x04, "lo")))))))))
	f.Fuzz(func(t *testing.T, b []byte) {
		if got, ok := SignedContent(b); ok && len(got) > len(b) {
			t.Errorf("%d bytes out of %d", len(got), len(b))
		}
		TypeOf(b)
	})
}
