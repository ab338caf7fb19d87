package mail

import (
	"fmt"
	"strings"
	"testing"
)

func TestSplitAddresses(t *testing.T) {
	tests := []struct{ in, want string }{
		{"a@x, b@x;c@x\nd@x", "a@x[0:3] b@x[5:8] c@x[9:12] d@x[13:16]"},
		{` "Lovelace, Ada" <ada@x> , `, `"Lovelace, Ada" <ada@x>[1:24]`},
		{"Team: a@x, b@x; c@x", "a@x[6:9] b@x[11:14] c@x[16:19]"},
		{"(a, b) a@x (c)", "a@x[7:10]"},
		{`"a\", b" <c@x>`, `"a\", b" <c@x>[0:14]`},
		{"日本 <n@x>,é@x", "日本 <n@x>[0:12] é@x[13:17]"},
		{"a@x，b@x；「ら、り」 <c@x>、d@x،e@x", "a@x[0:3] b@x[6:9] 「ら[12:18] り」 <c@x>[21:33] d@x[36:39] e@x[41:44]"},
		{Address{"ら、り", "c@x"}.String(), "\"ら、り\" <c@x>[0:17]"},
		{",,;", ""},
	}
	for _, tt := range tests {
		var got []string
		for _, p := range SplitAddresses(tt.in) {
			got = append(got, fmt.Sprintf("%s[%d:%d]", p.Text, p.From, p.To))
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%q\n got %s\nwant %s", tt.in, s, tt.want)
		}
	}
}

func FuzzSplitAddresses(f *testing.F) {
	f.Add(`Team: "a, b" <a@x> (c (d)), é@x; <b@x`)
	f.Add("\xff,\"\\")
	f.Fuzz(func(t *testing.T, s string) {
		last := 0
		for _, p := range SplitAddresses(s) {
			if p.From < last || p.To <= p.From || p.To > len(s) {
				t.Fatalf("%q: %+v", s, p)
			}
			last = p.To
		}
	})
}

func TestFormatAddresses(t *testing.T) {
	if got := FormatAddresses([]Address{{Name: "Ann Smith"}, {Name: "B, Bob", Address: "b@x"}, {Address: "c@x"}}); got != `Ann Smith, "B, Bob" <b@x>, c@x` {
		t.Error(got)
	}
}

func TestCheckAddrSpec(t *testing.T) {
	for address, ok := range map[string]bool{
		"ada@example.org": true, `"a b"@example.org`: true, "ada@[192.0.2.1]": true, "ada@[IPv6:2001:db8::1]": true, "jürgen@example.org": true, "می\u200cخواهم@example.org": true,
		"\u200bada@example.org": false, "ada\u00ad@example.org": false, "a\u200cda@example.org": false, "ada\u00a0@example.org": false, "a\xffb@example.org": false,
		"ada@[foo]": false, `"a\>b"@example.org`: false, `"a"b@example.org`: false, "ada@": false, "": false,
	} {
		if why := CheckAddrSpec(address); (why == "") != ok {
			t.Errorf("%q: %q", address, why)
		}
	}
}

// An address that would be taken for a name would not be written to.
func TestMissingComma(t *testing.T) {
	for in, ok := range map[string]bool{
		"Ann <a@x.example> Bob <b@x.example>": false, "<a@x.example> <b@x.example>": false, "a@x.example b@x.example": false, "a@x.example> <b@x.example>": false,
		`"Ann <a@x.example>, Bob <b@x.example>`: false, "a@x.example (Sales, b@x.example": false, "a@x.example (Sales": false, "a@x.example (Sales)": true, "(x) a@x.example": true,
		`"Ann <a@x.example>" <b@x.example>`: true, `"\"<" <b@x.example>`: true, "a@x.example <b@x.example>": true, "<b@x.example>": true,
	} {
		list, err := ParseAddressList(in)
		if (err == nil) != ok || ok && len(list) != 1 {
			t.Errorf("%s: %v, %v", in, list, err)
		}
	}
}

func TestSameInEitherFormOfTheDomain(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"eve@köln.example", "Eve@xn--kln-sna.example", true},
		{"eve@KÖLN.example", "eve@köln.example", true},
		{"eve@köln.example", "eve@koln.example", false},
		{"eve@k_ö.example", "eve@k_ö.example", true},
		{"köln", "koln", false},
	} {
		if got := (Address{Address: c.a}).Same(Address{Address: c.b}); got != c.same {
			t.Errorf("%s and %s: %v", c.a, c.b, got)
		}
	}
}
