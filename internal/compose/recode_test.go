package compose

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"net/mail"
	"strings"
	"testing"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset"

	ours "postea/internal/mail"
)

const inner8bit = "From: Zoë <zoe@x.example>\r\nSubject: Grüße\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"in ner\"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" +
	"Präambel\r\n--in ner\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nDrei Äpfel = 1 €  \r\nzweite Zeile\r\n" +
	"--in ner \r\n\r\nplain, as it is  \r\n--in ner\r\nContent-Type: application/x-thing\r\nContent-Transfer-Encoding: binary\r\n\r\n\xff\xfe\x01\x02\r\n" +
	"--in ner\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nm\xfc=DF=\r\nig\r\n--in ner--\r\nNachwort ü\r\n"

// leaves gives the decoded contents of a message, by another implementation.
func leaves(t *testing.T, raw []byte) []string {
	t.Helper()
	e, err := message.Read(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("%v in\n%s", err, raw)
	}
	var out []string
	_ = e.Walk(func(_ []int, e *message.Entity, err error) error {
		if err != nil {
			t.Fatalf("%v in\n%s", err, raw)
		}
		switch kind, _, _ := e.Header.ContentType(); {
		case kind == "message/rfc822":
			b, _ := io.ReadAll(e.Body)
			out = append(out, leaves(t, b)...)
		case !strings.HasPrefix(kind, "multipart/"):
			b, _ := io.ReadAll(e.Body)
			out = append(out, strings.TrimRight(strings.ReplaceAll(string(b), "\r\n", "\n"), "\n"))
		}
		return nil
	})
	return out
}

// A message with 8-bit text that is attached travels to a server without 8BITMIME
// with its parts encoded, and itself not.
func TestSevenBit(t *testing.T) {
	d := ours.Draft{From: ada, To: "b@x.example", Subject: "Fwd", Body: "Siehe unten: ü", Attach: []ours.AttachmentRef{{Name: "m.eml", Data: []byte(inner8bit)}}}
	b := mustBuild(t, d)
	if !b.EightBit {
		t.Fatal("nothing to do")
	}
	out, ok := SevenBit(b.Wire)
	if !ok || isHigh(out) || isWide(out) {
		t.Fatalf("%v\n%s", ok, out)
	}
	if strings.Contains(strings.ReplaceAll(string(out), "\r\n", ""), "\n") {
		t.Error("a bare LF")
	}
	got := leaves(t, out)
	want := []string{"Siehe unten: ü", "Drei Äpfel = 1 €  \nzweite Zeile", "plain, as it is  ", "\xff\xfe\x01\x02", "müßig"}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("%q, want %q", got, want)
	}
	if !strings.Contains(string(out), "Content-Type: message/rfc822\r\n") || strings.Contains(string(out), ": 8bit") || strings.Contains(string(out), ": binary") {
		t.Errorf("\n%s", out)
	}
	_, inner, _ := strings.Cut(string(out), "message/rfc822\r\n")
	_, inner, _ = strings.Cut(inner, "\r\n\r\n")
	m, err := mail.ReadMessage(strings.NewReader(inner))
	if err != nil {
		t.Fatal(err)
	}
	if from, err := m.Header.AddressList("From"); err != nil || from[0].Name != "Zoë" {
		t.Errorf("%v %v", from, err)
	}
}

func TestSevenBitOfOtherMessages(t *testing.T) {
	tests := []struct {
		name, raw, want string // want "": it cannot be done
	}{
		{"nothing to do", "Subject: x\r\n\r\n  a \r\n.\r\n", "Subject: x\r\n\r\n  a \r\n.\r\n"},
		{"without a type", "Subject: x\r\n\r\nü\r\n", "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=C3=BC\r\n"},
		{"in no known charset", "Subject: x\r\n\r\n\xfc\r\n", "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=unknown-8bit\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=FC\r\n"},
		{"signed within", "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: multipart/signed; boundary=c\r\n\r\n--c\r\n\r\nplain\r\n--c--\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nü\r\n--b--\r\n",
			"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: multipart/signed; boundary=c\r\n\r\n--c\r\n\r\nplain\r\n--c--\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=C3=BC\r\n--b--\r\n"},
		{"signed in a message within", "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: message/rfc822\r\nContent-Disposition: attachment; filename=m.eml\r\nContent-Transfer-Encoding: 8bit\r\n\r\nContent-Type: multipart/signed; boundary=c\r\n\r\n--c\r\n\r\nü\r\n--c--\r\n--b--\r\n",
			"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Disposition: attachment; filename=m.eml\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
				"Q29udGVudC1UeXBlOiBtdWx0aXBhcnQvc2lnbmVkOyBib3VuZGFyeT1jDQoNCi0tYw0KDQrDvA0K\r\nLS1jLS0=\r\n\r\n--b--\r\n"},
		{"digest", "Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\nSubject: a\r\n\r\nü\r\n--b--\r\n",
			"Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\nSubject: a\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=C3=BC\r\n--b--\r\n"},
		{"signed", "Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n\r\nü\r\n--b--\r\n", ""},
		{"without a boundary", "Content-Type: multipart/mixed\r\n\r\n--b\r\n\r\nü\r\n--b--\r\n", ""},
		{"in an encoding of its own", "Content-Transfer-Encoding: x-odd\r\n\r\nü\r\n", ""},
		{"not closed", "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nü\r\n", "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=C3=BC\r\n"},
		{"dirty base64", "Content-Transfer-Encoding: base64\r\n\r\nYWJj\xa0\r\nMDEyMzQ1Njc4OTo+/w==\r\n", "Content-Transfer-Encoding: base64\r\n\r\nYWJjMDEyMzQ1Njc4OTo+/w==\r\n"},
	}
	for _, tt := range tests {
		got, ok := SevenBit([]byte(tt.raw))
		if ok != (tt.want != "") || ok && string(got) != tt.want {
			t.Errorf("%s: %v\n%s", tt.name, ok, got)
		}
	}
}

func TestSevenBitIsBounded(t *testing.T) {
	var deep strings.Builder
	for i := range 2 * maxRecoded {
		fmt.Fprintf(&deep, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
	}
	if _, ok := SevenBit([]byte(deep.String() + "\r\nü\r\n")); ok {
		t.Error("no bound")
	}
}

// The header for those whom a server without SMTPUTF8 reaches names the others as groups.
func TestASCIIHeader(t *testing.T) {
	b := mustBuild(t, ours.Draft{From: ada, To: "Jürgen <jürgen@x.example>, Bob <bob@x.example>, zoë@bücher.example", Cc: "c@bücher.example", Subject: "an jürgen@x.example", Body: "Grüße"})
	out, ok := ASCIIHeader(b.Wire)
	if !b.UTF8 || !ok || isHigh(out) {
		t.Fatalf("%v\n%s", ok, out)
	}
	m, err := mail.ReadMessage(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	list, err := m.Header.AddressList("To")
	if err != nil || len(list) != 1 || list[0].String() != `"Bob" <bob@x.example>` {
		t.Errorf("%v %v in\n%s", list, err, out)
	}
	to, _ := new(mime.WordDecoder).DecodeHeader(m.Header.Get("To"))
	if to != "Jürgen jürgen@x.example :;, Bob <bob@x.example>, zoë@bücher.example :;" {
		t.Errorf("%q", to)
	}
	if cc := m.Header.Get("Cc"); cc != "c@xn--bcher-kva.example" {
		t.Errorf("%q", cc)
	}
	if s, _ := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); s != "an jürgen@x.example" {
		t.Errorf("%q", s)
	}
	if _, ok := ASCIIHeader([]byte("From: jürgen@x.example\r\nTo: bob@x.example\r\n\r\nx\r\n")); ok {
		t.Error("a message without an author")
	}
}

// A redirected message with lines that no server must take arrives all the same.
func TestResendShortensLines(t *testing.T) {
	long := strings.Repeat("<td>cell</td>", 200)
	raw := "From: a@x.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nshort  \r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>ü</p>" + long + "\r\n--b\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + strings.Repeat("=3D=\r\n", 3) + strings.Repeat("ab=3Dc", 300) + "\r\n--b--\r\n"
	b, err := Resend([]byte(raw), ours.Draft{From: ada, To: "b@x.example"}, fixed())
	if err != nil {
		t.Fatal(err)
	}
	got := leaves(t, b.Wire)
	want := []string{"short  ", "<p>ü</p>" + long, "===" + strings.Repeat("ab=c", 300)}
	if strings.Join(got, "|") != strings.Join(want, "|") || isWide(b.Wire) || b.EightBit {
		t.Errorf("%q", got)
	}
}

func FuzzSevenBit(f *testing.F) {
	f.Add([]byte(inner8bit))
	f.Add([]byte("Content-Transfer-Encoding: quoted-printable\r\n\r\n=4\xff" + strings.Repeat("=", 200)))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if out, ok := SevenBit(crlf(raw)); ok && isHigh(out) {
			t.Fatalf("octets above 127: %q", out)
		}
	})
}
