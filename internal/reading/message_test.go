package reading

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"testing"
)

// crlf gives a message as it comes from a server.
func crlf(s string) []byte { return []byte(strings.ReplaceAll(s, "\n", "\r\n")) }

func describe(m *Message) string {
	var b strings.Builder
	for _, p := range m.Parts {
		fmt.Fprintf(&b, "%s %s %d;", p.Path, p.Type, p.Size)
	}
	return b.String()
}

func TestParseStructure(t *testing.T) {
	tests := []struct{ name, in, parts, text string }{
		{"single", "Subject: x\n\nHello\n", "1 text/plain 7;", "Hello\n"},
		{"mixed", "Content-Type: multipart/mixed; boundary=b\n\npre\n--b\n\none\n--b\nContent-Type: image/png; name=x.png\nContent-Transfer-Encoding: base64\n\nAAEC\n--b--\npost\n",
			"1 text/plain 3;2 image/png 3;", "one"},
		{"nested", "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/alternative; boundary=a1\n\n--a1\n\nplain\n--a1\nContent-Type: text/html\n\n<p>html</p>\n--a1--\n--a\nContent-Type: application/pdf\n\nx\n--a--\n",
			"1 multipart/alternative 0;1.1 text/plain 5;1.2 text/html 11;2 application/pdf 1;", "plain"},
		{"unterminated", "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--a\n\ny",
			"1 multipart/mixed 0;1.1 text/plain 1;2 text/plain 1;", "x\n\ny"},
		{"no boundary parameter", "Content-Type: multipart/mixed\n\nhello\n", "1 text/plain 7;", "hello\n"},
		{"boundary guessed", "Content-Type: multipart/mixed\n\n--xyz\nContent-Type: text/plain\n\nhello\n--xyz--\n", "1 text/plain 5;", "hello"},
		{"boundary never used", "Content-Type: multipart/mixed; boundary=q\n\nhello\n", "1 text/plain 7;", "hello\n"},
		{"one boundary begins another", "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; boundary=ab\n\n--ab\n\nx\n--ab--\n--a\n\ny\n--a--\n",
			"1 multipart/mixed 0;1.1 text/plain 1;2 text/plain 1;", "x\n\ny"},
		{"header without an end", "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: text/plain\n--a\n\ny\n--a--\n", "1 text/plain 0;2 text/plain 1;", "y"},
		{"digest", "Content-Type: multipart/digest; boundary=a\n\n--a\n\nSubject: inner\n\nhi\n--a--\n", "1 message/rfc822 20;1.1 text/plain 2;", "---"},
		{"forwarded", "Content-Type: multipart/mixed; boundary=a\n\n--a\n\nsee\n--a\nContent-Type: message/rfc822\n\nFrom: q@x.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nin\n--b--\n--a--\n",
			"1 text/plain 3;2 message/rfc822 80;2.1 text/plain 2;", "q@x.example"},
		{"unknown type", "Content-Type: nonsense\n\nhello\n", "1 text/plain 7;", "hello\n"},
		{"mac line ends", "Subject: x\r\rHello\ryou\r", "1 text/plain 10;", "Hello\nyou\n"},
		{"no header", "just words\nand more\n", "1 text/plain 22;", "just words\nand more\n"},
		{"empty", "", "1 text/plain 0;", ""},
		{"external body is not fetched", "Content-Type: message/external-body; access-type=local-file; name=\"/etc/passwd\"\n\nContent-Type: text/plain\n\n", "1 message/external-body 28;", ""},
	}
	for _, tt := range tests {
		m := Parse(crlf(tt.in))
		if tt.name == "mac line ends" {
			m = Parse([]byte(tt.in))
		}
		if got := describe(m); got != tt.parts {
			t.Errorf("%s: parts %q, want %q", tt.name, got, tt.parts)
		}
		if got := m.Text(); !strings.Contains(got, tt.text) || tt.text == "" && got != "" {
			t.Errorf("%s: text %q, want %q", tt.name, got, tt.text)
		}
		checkMessage(t, m)
	}
}

func TestDefectsAreTold(t *testing.T) {
	m := Parse([]byte("From: a@x\nFrom: b@x\nContent-Type: multipart/mixed; boundary=a\n\n--a\nContent-Transfer-Encoding: morse\n\nx"))
	got := strings.Join(m.Defects, "; ")
	for _, want := range []string{"not closed", "encoding is not known", "From stands more than once"} {
		if !strings.Contains(got, want) {
			t.Errorf("defects %q lack %q", got, want)
		}
	}
	if m.Header.From[0].Address != "a@x" {
		t.Errorf("the first From must count, got %v", m.Header.From)
	}
}

// A bomb must cost no more than its size: these ran for minutes or for ever in
// parsers that follow the structure before they bound it.
func TestBombs(t *testing.T) {
	var open, closed, parts, params, nested strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&open, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
		fmt.Fprintf(&closed, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
		nested.WriteString("Content-Type: message/rfc822\n\n")
	}
	closed.WriteString("\nx\n")
	for i := 2999; i >= 0; i-- {
		fmt.Fprintf(&closed, "--b%d--\n", i)
	}
	parts.WriteString("Content-Type: multipart/mixed; boundary=b\n\n")
	for range 100_000 {
		parts.WriteString("--b\n\nx\n")
	}
	params.WriteString("Content-Type: text/plain")
	for i := range 20_000 {
		fmt.Fprintf(&params, ";\n name*%d*=a", i)
	}
	bombs := map[string]string{
		"open": open.String(), "closed": closed.String(), "parts": parts.String(), "params": params.String(), "messages": nested.String(),
		"headers":      strings.Repeat("X-A: b\n", 500_000) + "\nx",
		"header":       "X-A: " + strings.Repeat("b", 5<<20) + "\n\nx",
		"folds":        "X-A: b\n" + strings.Repeat(" b\n", 1_000_000) + "\nx",
		"addresses":    "To: " + strings.Repeat("a@b.example,", 500_000) + "\n\nx",
		"colons":       "To: a@b" + strings.Repeat(":", 1<<20) + "\n\nx",
		"comments":     "To: " + strings.Repeat("(", 1<<20) + "\n\nx",
		"quotes":       "To: " + strings.Repeat(`"`, 1<<20) + strings.Repeat("\\\"<", 1<<18) + "\n\nx",
		"words":        "Subject: " + strings.Repeat("=?utf-8?q?a?= ", 200_000) + "\n\nx",
		"broken words": "Subject: " + strings.Repeat("=?utf-8?", 200_000) + "\n\nx",
		"references":   "References: " + strings.Repeat("<a@b> ", 100_000) + "\n\nx",
		"quote":        "\n" + strings.Repeat(">", 1<<20),
		"long line":    "\n" + strings.Repeat("a", 8<<20),
		"flowed":       "Content-Type: text/plain; format=flowed\n\n" + strings.Repeat("a \n", 300_000),
		"urls":         "\n" + strings.Repeat("http://a.b/(", 200_000),
		"soft breaks":  "Content-Transfer-Encoding: quoted-printable\n\n" + strings.Repeat("=\n", 1<<20),
		"marks":        "\na" + strings.Repeat("\u0301", 1<<20),
		"joiners":      "\n" + strings.Repeat("👩\u200d", 100_000),
	}
	for name, raw := range bombs {
		t.Run(name, func(t *testing.T) {
			m := Parse([]byte(raw))
			m.Lines(80, LayoutOptions{FoldQuotes: true})
			m.Snippet(80)
			if len(m.Parts) > maxParts+1 || len(m.Header.To) > maxAddresses {
				t.Errorf("%d parts, %d addresses", len(m.Parts), len(m.Header.To))
			}
		})
	}
}

// Parts that are left out are told of, and not taken for a message that was cut off.
func TestPartsLeftOut(t *testing.T) {
	raw := "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; boundary=b\n" + strings.Repeat("\n--b\n\nx", maxParts+100) + "\n--b--\n--a--\n"
	if got := Parse([]byte(raw)).Defects; len(got) != 1 || !strings.Contains(got[0], "more than 1,000 parts") {
		t.Errorf("%q", got)
	}
}

func TestAttachmentsAreExact(t *testing.T) {
	data := make([]byte, 10_000)
	for i := range data {
		data[i] = byte(i * 7)
	}
	encoded := &strings.Builder{}
	encodeBase64(encoded, data)
	uu := "begin 644 x.bin\n#0V%T\n`\nend\n"
	tests := []struct {
		name, headers, body string
		want                []byte
	}{
		{"base64", "Content-Transfer-Encoding: BASE64", encoded.String(), data},
		{"base64 damaged", "Content-Transfer-Encoding: base64", "QUJD\n*RE*VG\n", []byte("ABCDEF")},
		{"base64 in two runs", "Content-Transfer-Encoding: base64", "QQ==\nQg==\n", []byte("AB")},
		{"base64 with a list footer", "Content-Transfer-Encoding: base64", "QQ==\n____________\nour list\n", []byte("A")},
		{"quoted-printable", "Content-Transfer-Encoding: quoted-printable", "a=3Db=\nc \n=C3=A4=zz", []byte("a=bc\r\nä=zz")},
		{"binary", "Content-Transfer-Encoding: binary", "a\x00\xff", []byte("a\x00\xff")},
		{"uuencode", "Content-Transfer-Encoding: x-uuencode", uu, []byte("Cat")},
		{"unknown", "Content-Transfer-Encoding: morse", "...", []byte("...")},
	}
	for _, tt := range tests {
		raw := "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: application/octet-stream; name=x\n" + tt.headers + "\n\n" + tt.body + "\n--b--\n"
		m := Parse(crlf(raw))
		if len(m.Attachments) != 1 {
			t.Fatalf("%s: %d attachments", tt.name, len(m.Attachments))
		}
		got, err := io.ReadAll(m.Open(m.Attachments[0]))
		if err != nil || !bytes.Equal(got, tt.want) {
			t.Errorf("%s: got %d bytes %.40q, want %.40q (%v)", tt.name, len(got), got, tt.want, err)
		}
		if m.Attachments[0].Size != int64(len(got)) {
			t.Errorf("%s: size %d, want %d", tt.name, m.Attachments[0].Size, len(got))
		}
	}
	if b, _ := io.ReadAll((&Message{}).Open(Attachment{Index: 3})); len(b) != 0 {
		t.Errorf("an attachment of nothing gave %q", b)
	}
}

// The same bytes are always read the same, also where several charsets fit as well.
func TestGuessIsNoChance(t *testing.T) {
	var b []byte
	for c := range 256 {
		b = append(b, byte(c))
	}
	b = bytes.Repeat(b, 5)
	want := guess(b)
	for range 300 {
		if got := guess(b); got != want {
			t.Fatalf("read as %.80q, and before as %.80q", got[128:], want[128:])
		}
	}
}

func TestCharset(t *testing.T) {
	tests := []struct{ name, in, label, want string }{
		{"utf-8 without a label", "grün", "", "grün"},
		{"utf-8 under a wrong label", "grün", "iso-8859-1", "grün"},
		{"windows-1252 as latin1", "a\x93b\x94", "iso-8859-1", "a“b”"},
		{"8 bit as ascii", "gr\xfcn", "us-ascii", "grün"},
		{"bom", "\xef\xbb\xbfx", "utf-8", "x"},
		{"utf-16", "\xff\xfea\x00\xe4\x00", "utf-16", "aä"},
		{"utf-16be", "\x00a\x00\xe4", "utf-16be", "aä"},
		{"utf-7", "Hi +AOQ- +-", "utf-7", "Hi ä +"},
		{"koi8", "\xd0\xd2\xc9\xd7\xc5\xd4", "koi8-r", "привет"},
		{"gb2312", "\xc4\xe3\xba\xc3", "gb2312", "你好"},
		{"gb18030 under the label gb2312", "\xc4\xe3\x81\x39\xee\x39\x94\x39\xfc\x36\x80", "gb2312", "你㐀😀€"},
		{"shift_jis", "\x82\xb1\x82\xf1", "shift_jis", "こん"},
		{"jis without a label", "\x1b$B$3$s\x1b(B", "", "こん"},
		{"euc-kr", "\xb0\xa1", "ks_c_5601-1987", "가"},
		{"cp850", "\x84", "cp-850", "ä"},
		{"8859_2", "\xb1", "8859_2", "ą"},
		{"utf-8 with one bad byte", "grün \xff grün", "utf-8", "grün \ufffd grün"},
		{"gb2312 that is UTF-8 by chance", "\xd0\xbb\xd0\xbb", "gb2312", "谢谢"},
		{"a long UTF-8 text under the label gb2312", "привет, как дела", "gb2312", "привет, как дела"},
		{"a Chinese UTF-8 text under the label gb2312", "谢谢", "gb2312", "谢谢"},
		{"iso-2022-kr", "\x1b$)C\x0e0!\x0f abc", "iso-2022-kr", "가 abc"},
		{"iso-2022-jp-2", "\x1b$B$3$s\x1b(B", "iso-2022-jp-2", "こん"},
		{"Japanese that says it is ASCII", "\x1b$B$3$s\x1b(B", "us-ascii", "こん"},
		{"a code page for it", "\x1b$B$3$s\x1b(B", "cp50220", "こん"},
		{"utf-32le", "a\x00\x00\x00\xe4\x00\x00\x00", "utf-32le", "aä"},
		{"quoted label", "\xe4", `"iso-8859-15"`, "ä"},
	}
	for _, tt := range tests {
		if got := decodeCharset([]byte(tt.in), tt.label); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestMediaType(t *testing.T) {
	tests := []struct{ in, kind, name, want string }{
		{`text/plain; charset="utf-8"`, "text/plain", "charset", "utf-8"},
		{`text/html, charset=utf-8`, "text/html", "charset", "utf-8"},
		{`TEXT/Plain;charset=utf-8;`, "text/plain", "charset", "utf-8"},
		{`multipart/mixed boundary=foo`, "multipart/mixed", "boundary", "foo"},
		{`multipart/mixed; boundary=foo charset=bar`, "multipart/mixed", "boundary", "foo"},
		{`a/b; name=my file.pdf`, "a/b", "name", "my file.pdf"},
		{`a/b; name="x\"y"`, "a/b", "name", `x"y`},
		{`a/b; name="C:\dir\x.doc"`, "a/b", "name", `C:\dir\x.doc`},
		{`a/b; name*=utf-8''gr%C3%BCn.txt`, "a/b", "name", "grün.txt"},
		{`a/b; name*=iso-8859-1'de'gr%FCn.txt; name=x`, "a/b", "name", "grün.txt"},
		{`a/b; name*0*=utf-8''a%C3; name*1*=%BC; name*2=c.txt`, "a/b", "name", "aüc.txt"},
		{`a/b; name*1=b; name*0=a`, "a/b", "name", "ab"},
		{`a/b; name="=?utf-8?q?gr=C3=BCn.txt?="`, "a/b", "name", "grün.txt"},
		{`a/b; name=one; name=two`, "a/b", "name", "one"},
		{`a/b (comment); x=(y)z`, "a/b", "x", "z"},
		{`; name=x`, "", "name", "x"},
		{``, "", "name", ""},
		{`a/b; name="open`, "a/b", "name", "open"},
	}
	for _, tt := range tests {
		kind, params := parseMediaType(tt.in)
		if kind != tt.kind || params[tt.name] != tt.want {
			t.Errorf("parseMediaType(%q) = %q, %s=%q; want %q, %q", tt.in, kind, tt.name, params[tt.name], tt.kind, tt.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n\r\n> x\r\n-- \r\nhttp://a.example\r\n--a\r\nContent-Type: text/html\r\n\r\n<table><tr><th>a<td>b</table>\r\n--a--\r\n"))
	f.Add([]byte("Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nU3ViamVjdDogeA0KDQp5"))
	f.Add([]byte("From: MAILER-DAEMON\r\nContent-Type: multipart/report; boundary=r\r\n\r\n--r\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; a@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n--r--"))
	f.Add([]byte("Content-Type: text/plain; format=flowed; delsp=yes; charset=iso-2022-jp\r\n\r\n>> a \r\n>> b\r\n \x1b$B"))
	f.Add([]byte("Content-Disposition: attachment; filename*0*=utf-8''%2e%2e/; filename*1=x\r\n\r\n\xff\x00"))
	f.Fuzz(func(t *testing.T, b []byte) { checkMessage(t, Parse(b)) })
}

func encodeBase64(w io.Writer, data []byte) {
	enc := base64.StdEncoding.EncodeToString(data)
	for len(enc) > 76 {
		fmt.Fprintln(w, enc[:76])
		enc = enc[76:]
	}
	fmt.Fprintln(w, enc)
}

// Words that only claim to be base64, and mail that begins like a page but says how
// its lines flow, are shown as they are.
func TestFalseClaims(t *testing.T) {
	const head = "Subject: x\r\nContent-Type: text/plain; charset=utf-8%s\r\nContent-Transfer-Encoding: %s\r\n\r\n"
	for _, tt := range []struct{ params, encoding, body, want string }{
		{"", "base64", "Dear all, this was never encoded.\r\n", "Dear all, this was never encoded.\n"},
		{"", "base64", "SGVsbG8g\r\nd29ybGQ=\r\n\r\n-- \r\nA list footer in words\r\n", "Hello world"},
		{"", "base64", "Hello\r\n\r\nplain (words) it is, all of it.\r\n", "Hello\n\nplain (words) it is, all of it.\n"},
		{"", "base64", "SGVs\x00bG8gd29y\r\n\r\nbGQ=\r\n", "Hello world"},
		{"; format=flowed", "7bit", "<html> is what \r\nI wrote\r\n", "<html> is what I wrote\n"},
	} {
		if got := Parse(fmt.Appendf(nil, head+"%s", tt.params, tt.encoding, tt.body)).Text(); got != tt.want {
			t.Errorf("%q gives %q, want %q", tt.body, got, tt.want)
		}
	}
}

func TestInlinePatch(t *testing.T) {
	m := Parse(crlf("Subject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nsee below\n--b\nContent-Type: text/x-patch; name=1.patch\nContent-Disposition: inline; filename=1.patch\n\n-x\n+y\n" +
		"--b\nContent-Type: text/x-patch\nContent-Disposition: attachment; filename=2.patch\n\n-z\n--b--\n"))
	if got := m.Text(); got != "see below\n\n-x\n+y" || len(m.Attachments) != 2 || !m.Attachments[0].Inline {
		t.Errorf("%q %+v", got, m.Attachments)
	}
}

func TestDoubledCR(t *testing.T) {
	m := Parse([]byte(strings.ReplaceAll("Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\none\ntwo\n--b--\n", "\n", "\r\r\n")))
	if got := m.Text(); got != "one\ntwo" || len(m.Defects) > 0 {
		t.Errorf("%q %q", got, m.Defects)
	}
}

func TestRelatedRoot(t *testing.T) {
	const picture, page = "Content-Type: image/png; name=a.png\nContent-ID: <a>\n\nx", "Content-Type: text/html\n\n<p>words</p>"
	for name, raw := range map[string]string{
		"first":                 "\n\n--b\n" + page + "\n--b\n" + picture,
		"behind a picture":      "\n\n--b\n" + picture + "\n--b\n" + page,
		"start names a picture": "; start=\"<a>\"\n\n--b\n" + page + "\n--b\n" + picture,
	} {
		m := Parse([]byte("Content-Type: multipart/related; boundary=b" + raw + "\n--b--\n"))
		if m.Text() != "words\n" || len(m.Attachments) != 1 {
			t.Errorf("%s: %q with %d files", name, m.Text(), len(m.Attachments))
		}
	}
}
