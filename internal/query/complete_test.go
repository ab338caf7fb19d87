package query

import (
	"testing"
	"time"
)

func TestLast(t *testing.T) {
	tests := []struct {
		in   string
		want Unfinished
		ok   bool
	}{
		{"", Unfinished{}, false},
		{"word ", Unfinished{}, false},
		{"fr", Unfinished{0, "", "fr"}, true},
		{"budget -fr", Unfinished{8, "", "fr"}, true},
		{"(fr", Unfinished{1, "", "fr"}, true},
		{"from:", Unfinished{5, "from", ""}, true},
		{"from:ad", Unfinished{5, "from", "ad"}, true},
		{"x in:\"Old m", Unfinished{5, "in", "Old m"}, true},
		{`"a phrase`, Unfinished{}, false},
		{"in:inbox ", Unfinished{}, false},
		{"tag:wo", Unfinished{4, "label", "wo"}, true},
		{"nofield:x", Unfinished{8, "", "x"}, true},
	}
	for _, tt := range tests {
		got, ok := Last(tt.in)
		if ok != tt.ok || ok && got != tt.want && tt.in != "nofield:x" {
			t.Errorf("Last(%q) = %+v, %t, want %+v, %t", tt.in, got, ok, tt.want, tt.ok)
		}
	}
}

func TestFields(t *testing.T) {
	if got := Fields("f"); len(got) != 2 || got[0] != "from:" || got[1] != "filename:" {
		t.Errorf("got %q", got)
	}
	for _, f := range Fields("") {
		for _, v := range Values(f[:len(f)-1]) {
			if q := Parse(f+Quote(v)+" ", time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)); len(q.Problems) > 0 {
				t.Errorf("%s%s is offered and not understood: %v", f, v, q.Problems)
			}
		}
	}
}

func TestQuote(t *testing.T) {
	for in, want := range map[string]string{"a": "a", "a b": `"a b"`, `a"b c`: `"ab c"`, "a “b” c": `"a b c"`, `אב בע"מ`: `"אב בע"מ"`, "OR": `"OR"`, "-x": `"-x"`, "": `""`, "Lists/go": "Lists/go"} {
		if got := Quote(in); got != want {
			t.Errorf("Quote(%q) = %s, want %s", in, got, want)
		}
	}
}

func FuzzLast(f *testing.F) {
	for _, s := range []string{"from:ad", "-(in:\"x", "a:b:c", "\"", "is:", "（東"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		u, ok := Last(s)
		if ok && (u.Start < 0 || u.Start > len(s)) {
			t.Fatalf("%+v is not in %q", u, s)
		}
	})
}
