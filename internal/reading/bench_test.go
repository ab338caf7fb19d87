package reading

import (
	"golang.org/x/net/html"
	"strings"
	"testing"
)

func BenchmarkParseHeader(b *testing.B) {
	raw := []byte("Date: Fri, 21 Nov 1997 09:55:06 -0600\r\nFrom: =?utf-8?q?J=C3=BCrgen?= <j@example.org>\r\nTo: a@example.org, \"B, C\" <b@example.org>\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= aus Berlin\r\nMessage-ID: <x@example.org>\r\nReferences: <a@example.org> <b@example.org>\r\n\r\n")
	for b.Loop() {
		ParseHeader(raw)
	}
}

func BenchmarkLinePlain(b *testing.B) {
	for b.Loop() {
		Line("A subject of ordinary length, as most of them are")
	}
}

func BenchmarkHTMLLines(b *testing.B) {
	row := `<table width="600"><tr><td style="font-size:14px;color:#333"><p>Some words about <b>this</b> and <a href="https://shop.example/p?id=1">that</a>, and more.</p></td></tr></table>`
	raw := []byte("Content-Type: text/html\r\n\r\n" + strings.Repeat(row, 72<<10/len(row)))
	for b.Loop() {
		Parse(raw).Lines(80, LayoutOptions{})
	}
}

// smallMail is what most mail looks like: a text in two versions and a picture.
func smallMail() []byte {
	const head = "Content-Transfer-Encoding: quoted-printable\n"
	return crlf("Subject: x\nContent-Type: multipart/mixed; boundary=m\n\n--m\nContent-Type: multipart/alternative; boundary=a\n\n" +
		"--a\n" + head + "\n" + strings.Repeat("Some words of gr=C3=BCn and more that fill a line of =\nordinary text.\n", 12) +
		"--a\nContent-Type: text/html\n" + head + "\n" + strings.Repeat("<p>Some words of gr=C3=BCn and <b>more</b> that fill a line of =\ntext.</p>\n", 12) +
		"--a--\n--m\nContent-Type: image/png; name=x.png\nContent-Transfer-Encoding: base64\n\n" + strings.Repeat(strings.Repeat("QUJD", 19)+"\n", 25) + "--m--\n")
}

func BenchmarkSnippet(b *testing.B) {
	raw := smallMail()
	for b.Loop() {
		Parse(raw).Snippet(200)
	}
}

func BenchmarkLines(b *testing.B) {
	raw := smallMail()
	for b.Loop() {
		Parse(raw).Lines(80, LayoutOptions{})
	}
}

func BenchmarkParseLargeAttachment(b *testing.B) {
	line := strings.Repeat("QUJD", 19) + "\r\n"
	raw := []byte("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n" + strings.Repeat(line, 50<<20/len(line)) + "--b--\r\n")
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		Parse(raw)
	}
}

// BenchmarkNewsletter renders a newsletter of 1 MB; BenchmarkTokenizer is what
// the tokenizer alone takes on it. The aim is three times that.
func BenchmarkNewsletter(b *testing.B) {
	src := digest(1 << 20)
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		m := parseHTML(src)
		if len(m.Lines(80, LayoutOptions{})) < 1000 {
			b.Fatal("lines are missing")
		}
	}
}

func BenchmarkTokenizer(b *testing.B) {
	src := digest(1 << 20)
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		z := html.NewTokenizer(strings.NewReader(src))
		for z.Next() != html.ErrorToken {
			z.Token()
		}
	}
}
