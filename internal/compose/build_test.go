package compose

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/jhillyerd/enmime/v2"

	"postea/internal/mail"
)

// counter is a source of bytes that are the same in every run.
type counter struct{ n byte }

func (c *counter) Read(p []byte) (int, error) {
	for i := range p {
		c.n += 37
		p[i] = c.n
	}
	return len(p), nil
}

func fixed() Options {
	return Options{Now: time.Date(2024, 3, 5, 15, 7, 9, 0, time.FixedZone("", 3600)), Rand: &counter{}}
}

var ada = mail.Address{Name: "Ada Lovelace", Address: "ada@example.org"}

// checkWire asserts what every message must be.
func checkWire(t *testing.T, b *Built) {
	t.Helper()
	wire := append(append([]byte(nil), b.BccHeader...), b.Wire...)
	if !bytes.HasSuffix(wire, []byte("\r\n")) {
		t.Error("no CRLF at the end")
	}
	rest := bytes.ReplaceAll(wire, []byte("\r\n"), nil)
	if bytes.ContainsAny(rest, "\r\n\x00") {
		t.Errorf("bare CR, bare LF or NUL in %q", wire)
	}
	head, _, _ := bytes.Cut(wire, []byte("\r\n\r\n"))
	for line := range bytes.SplitSeq(head, []byte("\r\n")) {
		if len(line) > 78 && bytes.IndexByte(line[1:], ' ') >= 0 && !bytes.Contains(line, []byte("@")) {
			t.Errorf("header line of %d octets could be folded: %q", len(line), line)
		}
		if len(bytes.TrimSpace(line)) == 0 {
			t.Errorf("blank header line")
		}
	}
	high := false
	for line := range bytes.SplitSeq(wire, []byte("\r\n")) {
		if len(line) > 998 {
			t.Errorf("a line of %d octets", len(line))
		}
		for _, c := range line {
			high = high || c >= 0x80
		}
	}
	if high && !b.EightBit && !b.UTF8 {
		t.Error("octets above 127 without a word about it")
	}
	if bytes.Contains(head, []byte("\r\nBcc:")) && len(b.BccHeader) == 0 || bytes.Contains(b.Wire[:bytes.Index(b.Wire, []byte("\r\n\r\n"))], []byte("\r\nBcc:")) || bytes.HasPrefix(b.Wire, []byte("Bcc:")) {
		t.Error("Bcc on the wire")
	}
}

func mustBuild(t *testing.T, d mail.Draft) *Built {
	t.Helper()
	b, err := Build(d, fixed())
	if err != nil {
		t.Fatal(err)
	}
	checkWire(t, b)
	return b
}

func readBack(t *testing.T, b *Built) (*netmail.Message, *enmime.Envelope) {
	t.Helper()
	m, err := netmail.ReadMessage(bytes.NewReader(b.Wire))
	if err != nil {
		t.Fatal(err)
	}
	env, err := enmime.ReadEnvelope(bytes.NewReader(b.Wire))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range env.Errors {
		t.Errorf("enmime: %v", e)
	}
	return m, env
}

func TestGolden(t *testing.T) {
	b := mustBuild(t, mail.Draft{From: ada, To: "Bob <bob@x.example>", Bcc: "eve@x.example", Subject: "Hello",
		Body: "Hi Bob,\n\n> quoted\nFrom here\n-- \nAda\n", InReplyTo: "p@x.example", Refs: []string{"r@x.example", "p@x.example"}})
	want := strings.ReplaceAll(`Date: Tue, 05 Mar 2024 14:07:09 +0000
From: Ada Lovelace <ada@example.org>
To: Bob <bob@x.example>
Subject: Hello
Message-ID: <`+b.MessageID+`>
In-Reply-To: <p@x.example>
References: <r@x.example> <p@x.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=us-ascii; format=flowed
Content-Transfer-Encoding: 7bit

Hi Bob,

> quoted
 From here
-- 
Ada
`, "\n", "\r\n")
	if string(b.Wire) != want {
		t.Errorf("got\n%s\nwant\n%s", b.Wire, want)
	}
	if string(b.BccHeader) != "Bcc: eve@x.example\r\n" {
		t.Errorf("Bcc header %q", b.BccHeader)
	}
	if !reflect.DeepEqual(b.Recipients, []string{"bob@x.example", "eve@x.example"}) || b.From != "ada@example.org" {
		t.Errorf("envelope %q → %q", b.From, b.Recipients)
	}
	if len(b.MessageID) != 22+len("@example.org") || !strings.HasSuffix(b.MessageID, "@example.org") {
		t.Errorf("Message-ID %q", b.MessageID)
	}
}

func TestSubjectsAndNames(t *testing.T) {
	long := strings.Repeat("wörter und Wörter ", 30)
	for _, s := range []string{
		"plain", "Grüße aus Köln", "日本語の件名です。とても長い件名なので、折り返さなければなりません。", "👩\u200d👩\u200d👧 emoji 🎉", strings.TrimSpace(long),
		"looks like =?utf-8?q?this?=", strings.Repeat("x", 500), strings.Repeat("word ", 60) + "end", "two  blanks", "\"quoted\" (comment), a@b; <x>", "ends with colon:",
		strings.Repeat("ä", 2000), "trailing \\",
	} {
		b := mustBuild(t, mail.Draft{From: mail.Address{Name: s, Address: "a@example.org"}, To: mail.Address{Name: s, Address: "b@x.example"}.String(), Subject: s, Body: "x"})
		m, _ := readBack(t, b)
		dec := new(mime.WordDecoder)
		subject, err := dec.DecodeHeader(m.Header.Get("Subject"))
		if err != nil || subject != s {
			t.Errorf("subject %q came back as %q (%v)", s, subject, err)
		}
		for _, name := range []string{"From", "To"} {
			list, err := m.Header.AddressList(name)
			if err != nil || len(list) != 1 || list[0].Name != s {
				t.Errorf("%s %q came back as %v (%v)", name, s, list, err)
			}
		}
	}
}

func TestNoHeaderInjection(t *testing.T) {
	evil := "x\r\nBcc: evil@x.example\r\n\r\nbody\x00\u2028\x1b"
	d := mail.Draft{From: mail.Address{Name: evil, Address: "a@example.org"}, To: "b@x.example", Subject: evil, Body: "x",
		InReplyTo: "a> \r\nX: <y@z", Refs: []string{"ok@x.example", "bad\r\nX-Evil: y", "<b@c>", "ünïcode@x"}, MessageID: "a\r\nb@c",
		Attach: []mail.AttachmentRef{{Name: "a\r\nX-Evil: y\".txt", Data: []byte("x"), Type: "text/plain;\r\nX-Evil=y", ContentID: "a>\r\nX: y"}}}
	b := mustBuild(t, d)
	m, env := readBack(t, b)
	for _, name := range []string{"Bcc", "X", "X-Evil", "In-Reply-To"} {
		if v := m.Header.Get(name); v != "" {
			t.Errorf("%s: %q was injected", name, v)
		}
	}
	if got := m.Header.Get("References"); got != "<ok@x.example>" {
		t.Errorf("References %q", got)
	}
	if len(env.Attachments) != 1 || env.Attachments[0].Header.Get("X-Evil") != "" {
		t.Errorf("attachments %v", env.Attachments)
	}
	for _, field := range []mail.Draft{
		{From: ada, To: "a@b> NOTIFY=NEVER"}, {From: mail.Address{Address: "a@b\r\nX"}, To: "b@x.example"}, {From: ada, To: "a\x00b@x.example"},
	} {
		if b, err := Build(field, fixed()); err == nil {
			t.Errorf("%+v was taken: %q", field, b.Recipients)
		}
	}
}

func TestEnvelope(t *testing.T) {
	tests := []struct {
		name       string
		to, cc     string
		bcc        string
		recipients string
		toHeader   string
		utf8       bool
	}{
		{"order and duplicates", "a@x.example, B <b@x.example>", "A@X.example, c@x.example", "b@x.example; d@x.example", "a@x.example b@x.example c@x.example d@x.example", "a@x.example, B <b@x.example>", false},
		{"only bcc", "", "", "b@x.example", "b@x.example", "undisclosed-recipients:;", false},
		{"only cc", "", "b@x.example", "", "b@x.example", "", false},
		{"idn", "a@bücher.example", "", "", "a@xn--bcher-kva.example", "a@xn--bcher-kva.example", false},
		{"eai", "jøran@bücher.example", "", "", "jøran@bücher.example", "jøran@bücher.example", true},
		{"quoted local part", `"a b"@x.example`, "", "", `"a b"@x.example`, `"a b"@x.example`, false},
	}
	for _, tt := range tests {
		b := mustBuild(t, mail.Draft{From: ada, To: tt.to, Cc: tt.cc, Bcc: tt.bcc, Body: "x"})
		m, err := netmail.ReadMessage(bytes.NewReader(b.Wire))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(b.Recipients, " "); got != tt.recipients || b.UTF8 != tt.utf8 || m.Header.Get("To") != tt.toHeader {
			t.Errorf("%s: recipients %q, utf8 %v, To %q", tt.name, got, b.UTF8, m.Header.Get("To"))
		}
	}
}

func TestErrors(t *testing.T) {
	dir := t.TempDir()
	missing := filepath.Join(dir, "missing.pdf")
	if _, err := Build(mail.Draft{From: ada}, fixed()); !errors.Is(err, ErrNoRecipients) {
		t.Errorf("no recipients: %v", err)
	}
	_, err := Build(mail.Draft{From: ada, To: "nobody", Cc: "x@y, also bad"}, fixed())
	if e, ok := errors.AsType[*FieldError](err); !ok || e.Field != "To" {
		t.Errorf("bad To: %v", err)
	}
	if _, ok := errors.AsType[*mail.AddressError](err); !ok || !strings.Contains(err.Error(), "also bad") {
		t.Errorf("bad addresses: %v", err)
	}
	d := mail.Draft{From: ada, To: "b@x.example", Attach: []mail.AttachmentRef{{Path: missing}, {Path: dir}}}
	_, err = Build(d, fixed())
	if e, ok := errors.AsType[*FileError](err); !ok || e.Path != missing || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
	if !strings.Contains(err.Error(), "directory") {
		t.Errorf("a directory: %v", err)
	}
	o := fixed()
	o.MaxBytes = 3
	d.Attach = []mail.AttachmentRef{{Name: "a", Data: []byte("ab")}, {Name: "b", Data: []byte("cd")}}
	if _, err = Build(d, o); !errors.Is(err, ErrTooLarge) {
		t.Errorf("too large: %v", err)
	}
}

func TestBodies(t *testing.T) {
	tests := []struct{ name, body, charset, transfer string }{
		{"ascii", "hello\n", "us-ascii", "7bit"},
		{"empty", "", "us-ascii", "7bit"},
		{"latin", "Grüße\n", "utf-8", "quoted-printable"},
		{"cjk", "日本語の本文です。\n二行目。\n", "utf-8", "base64"},
		{"a line that is too long", strings.Repeat("x", 2000) + "\n", "us-ascii", "quoted-printable"},
		{"control", "a\x1bb\x00\n", "us-ascii", "quoted-printable"},
		{"windows lines", "a\r\nb\rc\n", "us-ascii", "7bit"},
		{"dots", ".\n..\n.\r\n", "us-ascii", "7bit"},
		{"bad utf-8", "a\xffb\n", "utf-8", "quoted-printable"},
	}
	for _, tt := range tests {
		b := mustBuild(t, mail.Draft{From: ada, To: "b@x.example", Body: tt.body})
		m, _ := readBack(t, b)
		_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
		if err != nil || params["charset"] != tt.charset || params["format"] != "flowed" || m.Header.Get("Content-Transfer-Encoding") != tt.transfer {
			t.Errorf("%s: %q %q", tt.name, m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"))
		}
		if got, want := unflow(decode(t, m.Body, tt.transfer)), strings.TrimRight(normalizeText(tt.body), "\n")+"\n"; got != want {
			t.Errorf("%s: %q came back as %q", tt.name, want, got)
		}
	}
}

func decode(t *testing.T, r io.Reader, transfer string) string {
	t.Helper()
	switch transfer {
	case "quoted-printable":
		r = quotedprintable.NewReader(r)
	case "base64":
		env, err := enmime.ReadParts(io.MultiReader(strings.NewReader("Content-Transfer-Encoding: base64\r\nContent-Type: application/x\r\n\r\n"), r))
		if err != nil {
			t.Fatal(err)
		}
		return string(env.Content)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestFlowOfALongLine: what is answered may be one line of megabytes, which took
// minutes.
func TestFlowOfALongLine(t *testing.T) {
	in := strings.Repeat("words of it ", 1<<19) + "end\n"
	if got := unflow(strings.ReplaceAll(flow(in), "\n", "\r\n")); got != in {
		t.Errorf("%d bytes of %d came back", len(got), len(in))
	}
}

// TestFlowOfADeepQuote: each piece of a line bore all of its marks, which made
// gigabytes of a megabyte.
func TestFlowOfADeepQuote(t *testing.T) {
	in := strings.Repeat(">", 10_000) + strings.Repeat(" word", 10_000) + "\n"
	if got := flow(in); len(got) > 10*len(in) {
		t.Errorf("%d bytes became %d", len(in), len(got))
	}
}

// unflow joins format=flowed text by the rules for a reader.
func unflow(s string) string {
	var out strings.Builder
	for line := range strings.SplitSeq(strings.TrimSuffix(strings.ReplaceAll(s, "\r\n", "\n"), "\n"), "\n") {
		marks := len(line) - len(strings.TrimLeft(line, ">"))
		rest := strings.TrimPrefix(line[marks:], " ")
		if marks > 0 {
			rest = strings.Repeat(">", marks) + " " + rest
		}
		out.WriteString(rest)
		if !strings.HasSuffix(rest, " ") || rest == "-- " {
			out.WriteByte('\n')
		}
	}
	return out.String()
}

func TestFlow(t *testing.T) {
	words := strings.TrimSpace(strings.Repeat("word ", 40))
	for _, s := range []string{
		"short\n", words + "\n", "  indented\n\nFrom the\n>quoted\n", "-- \nAda\n", strings.Repeat("Wört ", 50) + "end\n",
		"a " + strings.Repeat("x", 100) + " b\n", "-- x " + words + "\n",
	} {
		got := flow(s)
		for line := range strings.SplitSeq(got, "\n") {
			if n := len([]rune(line)); n > 78 && strings.Contains(strings.TrimSpace(line), " ") {
				t.Errorf("a line of %d characters: %q", n, line)
			}
		}
		if back, want := unflow(strings.ReplaceAll(got, "\n", "\r\n")), strings.ReplaceAll(s, ">quoted", "> quoted"); back != want {
			t.Errorf("flow(%q) came back as %q", s, back)
		}
	}
}

func TestAttachments(t *testing.T) {
	dir := t.TempDir()
	data := make([]byte, 100_000)
	for i := range data {
		data[i] = byte(i * i)
	}
	path := filepath.Join(dir, "Bericht für Köln.pdf")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	refs := []mail.AttachmentRef{
		{Path: path},
		{Name: "../../etc/passwd", Data: []byte("a\nb\r\nc\r")},
		{Name: strings.Repeat("日本語", 25) + ".txt", Data: []byte("x")},
		{Name: strings.Repeat("茶", 90) + ".eml", Data: []byte("x")}, // of a forwarded message with a long subject
		{Name: strings.Repeat("long", 30) + ".zip", Data: nil},
		{Name: `we"ird\name;.bin`, Data: []byte{0, 1}, Type: "not a type"},
		{Name: "pic.png", Data: []byte{1}, Inline: true, ContentID: "c1@x.example"},
		{Data: []byte("plain words"), Type: ""},
	}
	names := []string{"Bericht für Köln.pdf", "passwd", strings.Repeat("日本語", 25) + ".txt", strings.Repeat("茶", 83) + ".eml", strings.Repeat("long", 30) + ".zip", `name;.bin`, "pic.png", "attachment"}
	types := []string{"application/pdf", "text/plain", "text/plain", "application/octet-stream", "application/zip", "application/octet-stream", "image/png", "text/plain"}
	b := mustBuild(t, mail.Draft{From: ada, To: "b@x.example", Body: "see", Attach: refs})
	readBack(t, b)
	m, err := netmail.ReadMessage(bytes.NewReader(b.Wire))
	if err != nil {
		t.Fatal(err)
	}
	_, params, _ := mime.ParseMediaType(m.Header.Get("Content-Type"))
	r := multipart.NewReader(m.Body, params["boundary"])
	if p, err := r.NextPart(); err != nil || !strings.HasPrefix(p.Header.Get("Content-Type"), "text/plain") {
		t.Fatalf("the text: %v", err)
	}
	for i, ref := range refs {
		p, err := r.NextRawPart()
		if err != nil {
			t.Fatal(err)
		}
		want := ref.Data
		if ref.Path != "" {
			want = data
		}
		got := decode(t, p, p.Header.Get("Content-Transfer-Encoding"))
		if sha256.Sum256([]byte(got)) != sha256.Sum256(want) {
			t.Errorf("%s: %d bytes came back as %d", names[i], len(want), len(got))
		}
		_, disposition, err := mime.ParseMediaType(p.Header.Get("Content-Disposition"))
		kind, _, _ := mime.ParseMediaType(p.Header.Get("Content-Type"))
		if err != nil || disposition["filename"] != names[i] || kind != types[i] {
			t.Errorf("got %q (%s), want %q (%s): %v", disposition["filename"], kind, names[i], types[i], err)
		}
	}
}

// What RFC 2231 §7 keeps out of an extended value is encoded there, and what looks like
// an encoded word in a name is none.
func TestHardNames(t *testing.T) {
	for _, name := range []string{"größe=1?/x.txt", `a"b;c=ü%'(*).txt`, "=?utf-8?q?x?=.txt", "100%.txt", "o'brien*1.txt", "é=?utf-8?q?=41?=.txt"} {
		b := mustBuild(t, mail.Draft{From: ada, To: "b@x.example", Attach: []mail.AttachmentRef{{Name: name, Data: []byte("x")}}})
		_, value, _ := strings.Cut(string(b.Wire), "Content-Disposition: ")
		value, _, _ = strings.Cut(value, "\r\nContent-Transfer")
		want := name[strings.LastIndexByte(name, '/')+1:]
		_, params, err := mime.ParseMediaType(strings.ReplaceAll(value, "\r\n", ""))
		if err != nil || params["filename"] != want {
			t.Errorf("%q, %v in %s", params["filename"], err, value)
		}
		if decoded, _ := new(mime.WordDecoder).DecodeHeader(value); decoded != value {
			t.Errorf("an encoded word in %s", value)
		}
		for token := range strings.FieldsSeq(strings.ReplaceAll(value, ";", " ")) {
			if _, coded, ok := strings.Cut(token, "=utf-8''"); ok && strings.ContainsAny(coded, `()<>@,:\"/[]?=*'`) {
				t.Errorf("tspecials in %s", token)
			}
		}
	}
}

func TestForwardedMessageIsNotEncoded(t *testing.T) {
	tests := []struct {
		name, data, kind, transfer string
		eightBit                   bool
	}{
		{"ascii", "Subject: x\n\nhi\n", "message/rfc822", "7bit", false},
		{"of an mbox", "From bob Mon Nov  2 10:00:00 2026\nSubject: x\n\nhi\n", "message/rfc822", "7bit", false},
		{"no message", "<html>\n<p>a page</p>\n", "application/octet-stream", "base64", false},
		{"8 bit", "Subject: x\n\nhü\n", "message/rfc822", "8bit", true},
		{"long lines", "Subject: x\n\n" + strings.Repeat("y", 2000), "application/octet-stream", "base64", false},
	}
	for _, tt := range tests {
		b := mustBuild(t, mail.Draft{From: ada, To: "b@x.example", Attach: []mail.AttachmentRef{{Name: "m.eml", Data: []byte(tt.data)}}})
		root, err := enmime.ReadParts(bytes.NewReader(b.Wire))
		if err != nil {
			t.Fatal(err)
		}
		p := root.FirstChild.NextSibling
		if p.ContentType != tt.kind || p.Header.Get("Content-Transfer-Encoding") != tt.transfer || b.EightBit != tt.eightBit {
			t.Errorf("%s: %s %s %v", tt.name, p.ContentType, p.Header.Get("Content-Transfer-Encoding"), b.EightBit)
		}
	}
}

func TestHTMLVersion(t *testing.T) {
	o := fixed()
	o.HTML = "<p>grün</p>"
	b, err := Build(mail.Draft{From: ada, To: "b@x.example", Body: "grün"}, o)
	if err != nil {
		t.Fatal(err)
	}
	checkWire(t, b)
	_, env := readBack(t, b)
	if strings.TrimSpace(env.Text) != "grün" || strings.TrimSpace(env.HTML) != "<p>grün</p>" {
		t.Errorf("text %q, HTML %q", env.Text, env.HTML)
	}
}

func TestMessageID(t *testing.T) {
	if a, b := NewMessageID("a@x.example", nil), NewMessageID("a@x.example", nil); a == b || !strings.HasSuffix(a, "@x.example") {
		t.Errorf("%q, %q", a, b)
	}
	for from, domain := range map[string]string{"a@bücher.example": "@xn--bcher-kva.example", "nonsense": "@mail.invalid", "a@b\r\nc": "@mail.invalid"} {
		if id := NewMessageID(from, &counter{}); !strings.HasSuffix(id, domain) || !isMessageID(id) {
			t.Errorf("NewMessageID(%q) = %q", from, id)
		}
	}
	b := mustBuild(t, mail.Draft{From: ada, To: "b@x.example", MessageID: "kept@example.org"})
	if b.MessageID != "kept@example.org" {
		t.Errorf("the Message-ID of the draft became %q", b.MessageID)
	}
}

func TestReferencesAreTrimmed(t *testing.T) {
	var refs []string
	for i := range 100 {
		refs = append(refs, strings.Repeat("r", i+1)+"@x.example")
	}
	b := mustBuild(t, mail.Draft{From: ada, To: "b@x.example", Refs: refs})
	m, _ := readBack(t, b)
	got := strings.Fields(m.Header.Get("References"))
	if len(got) != 21 || got[0] != "<r@x.example>" || got[20] != "<"+refs[99]+">" {
		t.Errorf("%d references, %q", len(got), got)
	}
}

func FuzzBuild(f *testing.F) {
	f.Add("Grüße =?utf-8?q?x?=", "A, \"b\" <a@b.example>", "From x\n> y\n", "fi\"le.txt")
	f.Add("a\r\nBcc: x", "a@b.example\r\nX: y", ".\r\n", "日本\n.pdf")
	f.Add(strings.Repeat("ä", 200), "=?x?= <a@bücher.example>", strings.Repeat("x", 1500), "..")
	f.Fuzz(func(t *testing.T, subject, to, body, name string) {
		d := mail.Draft{From: mail.Address{Name: subject, Address: "a@example.org"}, To: to, Subject: subject, Body: body,
			InReplyTo: name, Refs: []string{subject, name}, Attach: []mail.AttachmentRef{{Name: name, Data: []byte(body)}}}
		b, err := Build(d, fixed())
		if err != nil {
			return
		}
		checkWire(t, b)
		m, err := netmail.ReadMessage(bytes.NewReader(b.Wire))
		if err != nil {
			t.Fatal(err)
		}
		for field := range m.Header {
			switch field {
			case "Date", "From", "To", "Subject", "Message-Id", "In-Reply-To", "References", "Mime-Version", "Content-Type", "Content-Transfer-Encoding":
			default:
				t.Errorf("field %q", field)
			}
		}
		got, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
		if err != nil || got != oneLine(subject) {
			t.Errorf("subject %q came back as %q (%v)", oneLine(subject), got, err)
		}
	})
}

// The answer to an invitation is one message in two forms (RFC 6047 §2.4).
func TestAnswerStandsBesideTheText(t *testing.T) {
	b, err := Build(mail.Draft{
		From: mail.Address{Address: "ada@x.example"}, To: "charles@x.example", Subject: "Accepted", Body: "I shall come.",
		Attach: []mail.AttachmentRef{
			{Name: "invite.ics", Type: "text/calendar; method=REPLY", Data: []byte("BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR\r\n")},
			{Name: "other.ics", Type: "text/calendar", Data: []byte("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")},
		},
	}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	wire := string(b.Wire)
	alternative := strings.Index(wire, "multipart/alternative")
	answer := strings.Index(wire, "Content-Type: text/calendar; charset=us-ascii; method=REPLY\r\n")
	other := strings.Index(wire, "filename=\"other.ics\"")
	if alternative < 0 || answer < alternative || other < answer || strings.Contains(wire, `"invite.ics"`) {
		t.Errorf("alternative at %d, answer at %d, file at %d:\n%s", alternative, answer, other, wire)
	}
	if !strings.Contains(wire, "\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR\r\n") {
		t.Errorf("the calendar is not whole:\n%s", wire)
	}
}
