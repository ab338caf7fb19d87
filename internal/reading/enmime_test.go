package reading

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"postea/internal/lab"
)

// checkContents asserts that enmime decodes all that it is given as we do.
func checkContents(t *testing.T, c contents) {
	t.Helper()
	for n, got := range c {
		if want := n.content(); !bytes.Equal(got, want) {
			t.Errorf("%s: enmime reads %.200q, we %.200q", n.encoding, got, want)
		}
	}
}

// readBy lists the leaves: "enmime" or "us", and the content.
func readBy(n *node, c contents) string {
	if len(n.children) == 0 {
		by := "us"
		if _, ok := c[n]; ok {
			by = "enmime"
		}
		return fmt.Sprintf("%s %q;", by, c.of(n))
	}
	var s strings.Builder
	for _, child := range n.children {
		s.WriteString(readBy(child, c))
	}
	return s.String()
}

func TestEnmimeReadsTexts(t *testing.T) {
	const qp, b64 = "Content-Transfer-Encoding: quoted-printable\n\n", "Content-Transfer-Encoding: base64\n\n"
	tests := []struct{ name, in, want string }{
		{"single", "Subject: x\n\nHello\n", `enmime "Hello\n";`},
		{"empty", "Subject: x\n\n", `enmime "";`},
		{"another charset", "Content-Type: text/plain; charset=iso-8859-1\n" + qp + "gr=FCn\n", `enmime "gr\xfcn\n";`},
		{"quoted-printable", qp + "a=3Db =\nc\n", `enmime "a=b c\n";`},
		{"base64", b64 + "SGVs\nbG8=\n", `enmime "Hello";`},
		{"unpadded", b64 + "SGVsbG8", `enmime "Hello";`},
		{"sloppy encoding", "Content-Transfer-Encoding: QP (yes)\n\n=41\n", `enmime "A\n";`},
		{"unknown encoding", "Content-Transfer-Encoding: morse\n\n.-\n", `enmime ".-\n";`},
		{"not closed", "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--a\n\ny", `enmime "x";enmime "y";`},
		{"boundary guessed", "Content-Type: multipart/mixed\n\n--xyz\nContent-Type: text/plain\n\nhello\n--xyz--\n", `enmime "hello";`},
		{"boundary never used", "Content-Type: multipart/mixed; boundary=q\n\n--other\n\nhello\n", `enmime "--other\n\nhello\n";`},
		{"message inside", "Content-Type: multipart/mixed; boundary=a\n\n--a\n\nsee\n--a\nContent-Type: message/rfc822\n\nSubject: y\n" + qp + "=41\n--a--\n", `enmime "see";enmime "A";`},
		{"message inside, encoded", "Content-Type: message/rfc822\n" + b64 + "U3ViamVjdDogeAoKeQo=\n", `enmime "y\n";`},
		{"a file", "Content-Type: multipart/mixed; boundary=a\n\n--a\n\nx\n--a\nContent-Type: image/png\n" + b64 + "QUJD\n--a--\n", `enmime "x";us "ABC";`},
		{"an attached text", "Content-Disposition: attachment; filename=x.txt\n\nhello\n", `us "hello\n";`},
		{"two runs of base64", b64 + "QQ==\nQg==\n", `us "AB";`},
		{"base64 with a footer", b64 + "QQ==\n____\nour list\n", `us "A";`},
		{"base64 cut short", b64 + "QUJDR", `us "ABC";`},
		{"blanks after a soft break", qp + "a= \nb\n", `us "ab\n";`},
		{"damaged quoted-printable", qp + "100=%\n", `us "100=%\n";`},
		{"a line without an end", qp + strings.Repeat("a", 9) + "=", `us "aaaaaaaaa";`},
		{"uuencode", "Content-Transfer-Encoding: x-uuencode\n\nbegin 644 x\n#0V%T\n`\nend\n", `us "Cat";`},
		{"CR before a boundary", "Content-Type: multipart/mixed; boundary=a\n\n--a\n\nx\r\r\n--a--\n", `us "x\r";`},
	}
	for _, tt := range tests {
		m := Parse([]byte(tt.in))
		if got := readBy(m.root, readContents(m.root)); got != tt.want {
			t.Errorf("%s: got %s want %s", tt.name, got, tt.want)
		}
		checkMessage(t, m)
	}
}

func TestLongLinesAreOurs(t *testing.T) {
	line := strings.Repeat("a", 5000)
	m := Parse([]byte("Content-Transfer-Encoding: quoted-printable\n\n" + line + "\n"))
	if got, want := readBy(m.root, readContents(m.root)), fmt.Sprintf("us %q;", line+"\n"); got != want {
		t.Errorf("got %.40s", got)
	}
}

// What enmime gets is bounded, whatever arrives.
func TestEnmimeGetsNoMoreThanItsShare(t *testing.T) {
	nest := func(levels int, body string) string {
		var s strings.Builder
		for i := range levels {
			fmt.Fprintf(&s, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
		}
		return s.String() + "\n" + body
	}
	tests := []struct{ name, in, by string }{
		{"large", nest(0, strings.Repeat("a\n", maxHanded/2-1)), "enmime"},
		{"too large", nest(0, strings.Repeat("a\n", maxHanded/2+1)), "us"},
		{"deep", nest(maxDepth-1, strings.Repeat("a\n", maxHanded/2/maxDepth-1)), "enmime"},
		{"too much so deep", nest(maxDepth-1, strings.Repeat("a\n", maxHanded/2/maxDepth+1)), "us"},
		{"too deep", nest(3000, "x"), "us"},
	}
	for _, tt := range tests {
		n := walk([]byte(tt.in), 0, func(string) {})
		c := readContents(n)
		if tt.name == "too deep" {
			continue // that it returns is enough
		}
		if got := readBy(n, c); !strings.HasPrefix(got, tt.by+" ") {
			t.Errorf("%s: read by %.6s, want %s", tt.name, got, tt.by)
		}
	}
}

// TestEnmimeReadsTheCorpus holds that the mended form is no dead letter: of
// texts in real mail only those with damaged encodings are ours.
func TestEnmimeReadsTheCorpus(t *testing.T) {
	dir := lab.Corpus(t)
	texts, read := 0, 0
	var count func(n *node, c contents)
	count = func(n *node, c contents) {
		if len(n.children) == 0 && n.isText() {
			texts++
			if _, ok := c[n]; ok {
				read++
			} else if isWellFormed(n.body, n.encoding) && len(n.body) < maxHanded/maxDepth {
				t.Errorf("enmime did not read a sound text of %d bytes", len(n.body))
			}
		}
		for _, child := range n.children {
			count(child, c)
		}
	}
	eachFile(t, dir, func(_ string, raw []byte) {
		root := Parse(raw).root
		count(root, readContents(root))
	})
	t.Logf("enmime read %d of %d texts", read, texts)
	if read*100 < texts*98 {
		t.Errorf("enmime read only %d of %d texts", read, texts)
	}
}

func FuzzContents(f *testing.F) {
	f.Add([]byte("a=3Db =\r\nc\r\n"), uint8(0))
	f.Add([]byte("=E4 =\n\t=zz= \r"), uint8(0))
	f.Add([]byte("SGVs\r\nbG8=\r\n"), uint8(1))
	f.Add([]byte("QQ==QQ=\x80A"), uint8(1))
	f.Add([]byte("\r\n--\r\r\n\n"), uint8(2))
	f.Fuzz(func(t *testing.T, body []byte, encoding uint8) {
		leaf := func() *node {
			return &node{kind: "text/plain", body: body, encoding: []string{"quoted-printable", "base64", "8bit"}[encoding%3]}
		}
		inner := &node{kind: "multipart/mixed", children: []*node{leaf(), leaf()}}
		root := &node{kind: "multipart/mixed", children: []*node{leaf(), inner, leaf()}}
		c := readContents(root)
		checkContents(t, c)
		for _, n := range []*node{root.children[0], inner.children[1], root.children[2]} {
			_, read := c[n]
			if sound := isWellFormed(n.body, n.encoding); sound != read {
				t.Errorf("sound %v, read by enmime %v", sound, read)
			}
		}
	})
}
