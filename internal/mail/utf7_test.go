package mail

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestUTF7(t *testing.T) {
	for decoded, encoded := range map[string]string{
		"":            "",
		"Entwürfe":    "Entw&APw-rfe",
		"R&D":         "R&-D",
		"台北":          "&U,BTFw-",
		"📥 in":        "&2D3c5Q- in",
		"~peter/mail": "~peter/mail",
	} {
		if got := EncodeUTF7(decoded); got != encoded {
			t.Errorf("encode(%q) = %q, want %q", decoded, got, encoded)
		}
		if got, err := DecodeUTF7(encoded); err != nil || got != decoded {
			t.Errorf("decode(%q) = %q, %v, want %q", encoded, got, err, decoded)
		}
	}
	for _, bad := range []string{"R&D", "&AP-", "&APw", "&!!!-", "&2D0-"} {
		if got, err := DecodeUTF7(bad); err == nil {
			t.Errorf("decode(%q) = %q, want an error", bad, got)
		}
	}
}

func FuzzUTF7(f *testing.F) {
	for _, seed := range []string{"", "Entw&APw-rfe", "&-", "&U,BTFw-", "R&D", "&2D3c5Q-", "&AAA-"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		decoded, err := DecodeUTF7(in)
		if err != nil || strings.ContainsRune(decoded, utf8.RuneError) {
			return
		}
		again, err := DecodeUTF7(EncodeUTF7(decoded))
		if err != nil || again != decoded {
			t.Errorf("%q became %q, then %q, %v", in, decoded, again, err)
		}
	})
}
