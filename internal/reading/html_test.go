package reading

import (
	"strings"
	"testing"
)

// What a reader must not mistake: powers, the numbers of clauses, and text behind
// an element that XHTML closes at once.
func TestHTMLMeanings(t *testing.T) {
	for _, tt := range []struct{ html, want string }{
		{"<p>10<sup>6</sup> m<sup>-2</sup>, H<sub>2</sub>O, 5<sup>th</sup> x<sup><a>3</a></sup>a<sup> </sup>b", "10⁶ m⁻², H₂O, 5th x³a b\n"},
		{"<ol start=3><li>three<li value=7>seven<li>eight</ol>", "3. three\n7. seven\n8. eight\n"},
		{"<ol start=0><li>zero</ol><ol start=-1><li>x</ol>", "0. zero\n\n-1. x\n"},
		{"<ol type=a start=2><li>b<li>c<ol type=I><li>one<li value=4>four</ol></ol><ol type=i><li value=1999>y</ol>", "b. b\nc. c\n   I. one\n  IV. four\n\nmcmxcix. y\n"},
		{"<ol type=a><li value=27>z</ol><ol type=1><li>n</ol>", "27. z\n\n1. n\n"},
		{"<html><head><title/><script src='x'/><style/></head><body><p/>text<iframe/>more</body></html>", "textmore\n"},
		{"<title>t</title><script>s</script>text", "text\n"},
	} {
		got := parseHTML(tt.html).Text()
		if flushLeft(got) != flushLeft(tt.want) {
			t.Errorf("%s\ngives %q, want %q", tt.html, got, tt.want)
		}
	}
}

// What is quoted, copied and exported of a table keeps its columns, where a line of mail
// has room for them.
func TestTablesAsText(t *testing.T) {
	long := strings.Repeat("word ", 15)
	for html, want := range map[string]string{
		"<table><tr><td>Ada<br>1 Road<td>Bob<br>2 Road<tr><td>Tea<td>3.50</table>":                                  "Ada     Bob\n1 Road  2 Road\nTea     3.50\n",
		"<blockquote><table><tr><td>Tea<td>3.50<tr><td>Oolong<td>12.00<tr><td colspan=2>Total</table></blockquote>": "> Tea      3.50\n> Oolong  12.00\n> Total\n",
		"<table><tr><td>" + long + "<td>b<tr><td>c<td>d</table>":                                                    strings.TrimSpace(long) + "  b\nc  d\n",
	} {
		if got := parseHTML(html).Text(); got != want {
			t.Errorf("%s\ngives %q, want %q", html, got, want)
		}
	}
}

// A phrase that goes over lines of a cell is one in the index, whatever stands beside it.
func TestCellsInTheIndex(t *testing.T) {
	_, text := parseHTML("<table><tr><td>Ada<br>1 Long<br>Road<td>Bob<br>2 Short<br>Lane</table>").Gist(0, 0)
	if want := "Ada 1 Long Road  Bob 2 Short Lane\n"; text != want {
		t.Errorf("%q, want %q", text, want)
	}
}

// A link is odd where what it shows is another host, in whatever spelling.
func TestHostsThatLinksName(t *testing.T) {
	for html, odd := range map[string]bool{
		`<a href="https://xn--bcher-kva.example/x">https://bücher.example/y</a>`:                   false,
		`<a href="https://bücher.example./x">www.bücher.example</a>`:                               false,
		`<a href="http://user@h.example/">http://user@h.example/</a>`:                              false,
		`<a href="https://evil.example/">https://user:pw@bank.example@evil.example/</a>`:           true,
		`<a href="https://bank.example@evil.example/">https://bank.example@evil.example/login</a>`: true,
		`<a href="https://evil.example/">https://bank.example/</a>`:                                true,
		`<a href="https://evil.example/@bank.example">https://evil.example/@bank.example</a>`:      false,
	} {
		got := false
		for _, w := range parseHTML(html).Sender(TrustOptions{}).Warnings {
			got = got || w.Kind == LinkMismatch
		}
		if got != odd {
			t.Errorf("%s: %v", html, got)
		}
	}
}

// flushLeft leaves out how far a line is indented, and blank lines.
func flushLeft(s string) string {
	var out []string
	for line := range strings.SplitSeq(s, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}
