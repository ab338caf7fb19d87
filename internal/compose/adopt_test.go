package compose

import (
	"bytes"
	"errors"
	"io"
	"mime"
	netmail "net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/japanese"

	"postea/internal/mail"
)

func TestAdopt(t *testing.T) {
	self := mail.Address{Name: "Ada", Address: "ada@example.org"}
	bob := []mail.Address{{Address: "bob@example.org"}}
	tests := []struct {
		name       string
		raw        string
		o          Adoption
		from       string
		to         []string
		has, lacks []string
		bcc        string
		eightBit   bool
	}{
		{
			name: "complete", raw: "From: eve@example.org\nTo: bob@example.org\nDate: Thu, 1 Jan 2026 00:00:00 +0000\nMessage-ID: <1@x>\nX-Odd:  kept  as is \n\nbody\n.\n..\n",
			o:    Adoption{From: []mail.Address{{Address: "eve@example.org"}}, To: bob, MessageID: "1@x", FromHeader: true},
			from: "eve@example.org", to: []string{"bob@example.org"},
			has: []string{"X-Odd:  kept  as is \r\n", "\r\n\r\nbody\r\n.\r\n..\r\n", "Message-ID: <1@x>\r\n", "Date: Thu, 1 Jan 2026"},
		},
		{
			name: "text alone", raw: "disk full: höchste\n.x\n\nend",
			o:    Adoption{Recipients: []string{"bob@example.org"}, From: []mail.Address{{Address: "eve@example.org"}}},
			from: "ada@example.org", to: []string{"bob@example.org"}, eightBit: true,
			has: []string{"From: Ada <ada@example.org>\r\n", "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\ndisk full: höchste\r\n.x\r\n\r\nend\r\n"},
		},
		{
			name: "header in the charset of the text", raw: "Subject: caf\xe9\nX-Other: \x80\nContent-Type: text/plain; charset=iso-8859-1\n\nx\n",
			o:    Adoption{Recipients: []string{"bob@example.org"}},
			from: "ada@example.org", to: []string{"bob@example.org"},
			has: []string{"Subject: =?utf-8?b?Y2Fmw6k=?=\r\n", "X-Other: =?utf-8?b?4oKs?=\r\n"},
		},
		{
			name: "Cyrillic header", raw: "Subject: \xd0\xd2\xc9\nContent-Type: text/plain; charset=koi8-r\n\nx\n",
			o:    Adoption{Recipients: []string{"bob@example.org"}},
			from: "ada@example.org", to: []string{"bob@example.org"},
			has: []string{"Subject: =?utf-8?b?0L/RgNC4?=\r\n"},
		},
		{
			name: "what is missing is added", raw: "Subject: x\n\nbody",
			o:    Adoption{Recipients: []string{"bob@example.org"}},
			from: "ada@example.org", to: []string{"bob@example.org"},
			has: []string{"From: Ada <ada@example.org>\r\n", "Date: ", "Message-ID: <", "\r\n\r\nbody\r\n"},
		},
		{
			name: "bcc", raw: "From: ada@example.org\nTo: bob@example.org\nBcc: carol@example.org,\n dave@example.org\n\nx\n",
			o:  Adoption{From: []mail.Address{self}, To: bob, Bcc: []mail.Address{{Address: "carol@example.org"}, {Address: "dave@example.org"}}, FromHeader: true},
			to: []string{"bob@example.org", "carol@example.org", "dave@example.org"}, from: "ada@example.org",
			lacks: []string{"carol", "Bcc"}, bcc: "Bcc: carol@example.org, dave@example.org\r\n",
		},
		{
			name: "sent on", raw: "Resent-From: ada@example.org\nResent-To: carol@example.org\nResent-Bcc: dave@example.org\nFrom: eve@example.org\nTo: bob@example.org\n\nx\n",
			o: Adoption{From: []mail.Address{{Address: "eve@example.org"}}, To: bob, FromHeader: true,
				Resent: true, ResentFrom: []mail.Address{self}, ResentTo: []mail.Address{{Address: "carol@example.org"}, {Address: "dave@example.org"}}},
			from: "ada@example.org", to: []string{"carol@example.org", "dave@example.org"},
			has: []string{"Resent-To: carol@example.org\r\n", "To: bob@example.org\r\n"}, lacks: []string{"dave", "Resent-Bcc"},
		},
		{
			name: "null sender", raw: "From: eve@example.org\n\nx\n",
			o:  Adoption{From: []mail.Address{{Address: "eve@example.org"}}, NullSender: true, Recipients: []string{"bob@example.org"}},
			to: []string{"bob@example.org"}, has: []string{"From: eve@example.org\r\n"},
		},
		{
			name: "long lines", raw: "From: ada@example.org\nTo: " + strings.Repeat("bob@example.org, ", 100) + "bob@example.org\n\n" + strings.Repeat("é", 600) + "\n",
			o:    Adoption{From: []mail.Address{self}, To: bob, FromHeader: true},
			from: "ada@example.org", to: []string{"bob@example.org"},
			has: []string{"bob@example.org,\r\n bob@example.org", "Content-Transfer-Encoding: quoted-printable\r\n", "=C3=A9=C3=A9", "charset=utf-8"},
		},
		{
			name: "UTF-8 in MIME fields", raw: "From: ada@example.org\nMIME-Version: 1.0\nContent-Type: application/pdf; name=\"é.pdf\"\nDisposition-Notification-To: Jörg <j@x.example>\n\nx\n",
			o:    Adoption{From: []mail.Address{self}, Recipients: []string{"bob@example.org"}},
			from: "ada@example.org", to: []string{"bob@example.org"},
			has: []string{"Content-Type: application/pdf; name*=utf-8''%C3%A9.pdf", "Disposition-Notification-To: =?utf-8?b?SsO2cmc=?= <j@x.example>\r\n"},
		},
		{
			name: "root of this machine", raw: "From: root (Cron Daemon)\nTo: root\n\nx\n",
			o:    Adoption{From: []mail.Address{{Name: "Cron Daemon", Address: "root"}}, To: []mail.Address{{Address: "root"}}, FromHeader: true},
			from: "ada@example.org", to: []string{"ada@example.org"}, has: []string{"From: Cron Daemon <ada@example.org>\r\n"}, lacks: []string{"From: root"},
		},
		{
			name: "envelope sender", raw: "From: ada@example.org\n\nx\n",
			o:    Adoption{From: []mail.Address{self}, Sender: "bounces@example.org", Recipients: []string{"Bob <bob@example.org>, carol@example.org", "bob@example.org"}},
			from: "bounces@example.org", to: []string{"bob@example.org", "carol@example.org"},
		},
		{
			name: "UTF-8 in the header, 8 bit in the body", raw: "From: Zoë <ada@example.org>\nSubject: Grüße\n 世界\n\nä\n",
			o:    Adoption{From: []mail.Address{{Name: "Zoë", Address: "ada@example.org"}}, Recipients: []string{"bob@example.org"}},
			from: "ada@example.org", to: []string{"bob@example.org"},
			has: []string{"From: =?utf-8?q?Zo=C3=AB?= <ada@example.org>\r\n", "Subject: =?utf-8?"}, lacks: []string{"Grü", "\n 世"}, eightBit: true,
		},
		{
			name: "a text that does not say what it is", raw: "Subject: x\n\nGrüße\n",
			o:    Adoption{Recipients: []string{"bob@example.org"}},
			from: "ada@example.org", to: []string{"bob@example.org"},
			has: []string{"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGrüße\r\n"}, eightBit: true,
		},
		{
			name: "mbox line, NUL, lone CR, Return-Path", raw: "From x@y Thu Jan  1\nReturn-Path: <x@y>\nSubject: x\r\n\r\na\x00b\rc\n",
			o:    Adoption{Recipients: []string{"bob@example.org"}},
			from: "ada@example.org", to: []string{"bob@example.org"},
			has: []string{"\r\n\r\nab\r\nc\r\n"}, lacks: []string{"From x@y", "Return-Path"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.o.Self, tt.o.Now = self, time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)
			b, err := Adopt([]byte(tt.raw), tt.o)
			if err != nil {
				t.Fatal(err)
			}
			wire := string(b.Wire)
			if b.From != tt.from || !slices.Equal(b.Recipients, tt.to) {
				t.Errorf("from %s to %v", b.From, b.Recipients)
			}
			for _, s := range tt.has {
				if !strings.Contains(wire, s) {
					t.Errorf("no %q in\n%s", s, wire)
				}
			}
			for _, s := range tt.lacks {
				if strings.Contains(wire, s) {
					t.Errorf("%q in\n%s", s, wire)
				}
			}
			if string(b.BccHeader) != tt.bcc || b.EightBit != tt.eightBit || b.MessageID == "" {
				t.Errorf("Bcc %q, 8 bit %v, Message-ID %q", b.BccHeader, b.EightBit, b.MessageID)
			}
			if strings.Contains(strings.ReplaceAll(wire, "\r\n", ""), "\n") || strings.Contains(strings.ReplaceAll(wire, "\r\n", ""), "\r") {
				t.Error("a bare CR or LF is left")
			}
		})
	}
}

// A field where some names are encoded and others are not has all of them encoded once.
func TestAdoptOfHalfEncoded(t *testing.T) {
	raw := "From: ada@example.org\nCc: =?utf-8?q?J=C3=BCrgen?= <j@x.example>, Zoë <z@x.example>, =?iso-2022-jp?b?GyRCRnxLXBsoQg==?= <n@x.example>, =?utf-8?q?Ren=C3=A9?= Müller <r@x.example>, plain@x.example\nSubject: =?utf-8?q?gr=C3=BCn?= und weiß\n\ny\n"
	b, err := Adopt([]byte(raw), Adoption{From: []mail.Address{{Address: "ada@example.org"}}, Recipients: []string{"b@x.example"}})
	if err != nil {
		t.Fatal(err)
	}
	m, err := netmail.ReadMessage(bytes.NewReader(b.Wire))
	if err != nil {
		t.Fatal(err)
	}
	if s, _ := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); s != "grün und weiß" {
		t.Errorf("%q", s)
	}
	var names []string
	parser := netmail.AddressParser{WordDecoder: &mime.WordDecoder{CharsetReader: func(_ string, r io.Reader) (io.Reader, error) { return japanese.ISO2022JP.NewDecoder().Reader(r), nil }}}
	list, err := parser.ParseList(m.Header.Get("Cc"))
	for _, a := range list {
		names = append(names, a.Name)
	}
	if want := "Jürgen|Zoë|日本|René Müller|"; err != nil || strings.Join(names, "|") != want {
		t.Errorf("%q, %v in\n%s", names, err, b.Wire)
	}
}

func TestAdoptRefuses(t *testing.T) {
	self := mail.Address{Address: "ada@example.org"}
	var line *LineError
	var field *FieldError
	var stray *HeaderError
	tests := []struct {
		name, raw string
		o         Adoption
		is        func(error) bool
	}{
		{"text alone, to nobody", "just text\nand more\n", Adoption{FromHeader: true, To: []mail.Address{{Address: "b@x.example"}}}, func(err error) bool { return errors.Is(err, ErrNoRecipients) }},
		{"field behind a stray first line", "this is junk\nBcc: hidden@x.example\n\ny\n", Adoption{Recipients: []string{"b@x.example"}}, func(err error) bool { return errors.As(err, &stray) && stray.Line == "this is junk" }},
		{"nothing", "", Adoption{Recipients: []string{"b@x.example"}}, func(err error) bool { return errors.Is(err, ErrNoHeader) }},
		{"nobody", "Subject: x\n\ny\n", Adoption{}, func(err error) bool { return errors.Is(err, ErrNoRecipients) }},
		{"field behind a stray line", "To: a@x.example\nthis is junk\nBcc: hidden@x.example\n\ny\n", Adoption{Recipients: []string{"b@x.example"}}, func(err error) bool { return errors.As(err, &stray) && stray.Line == "this is junk" }},
		{"long line", "Content-Type: multipart/mixed; boundary=b\nSubject: x\n\n" + strings.Repeat("x", 999) + "\n", Adoption{Recipients: []string{"b@x.example"}}, func(err error) bool { return errors.As(err, &line) && line.Length == 999 }},
		{"bad recipient", "Subject: x\n\ny\n", Adoption{Recipients: []string{"b@@x.example"}}, func(err error) bool { return errors.As(err, &field) }},
		{"smuggled recipient", "Subject: x\n\ny\n", Adoption{Recipients: []string{"b@x.example>\r\nDATA"}}, func(err error) bool { return errors.As(err, &field) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.o.Self = self
			if b, err := Adopt([]byte(tt.raw), tt.o); !tt.is(err) {
				t.Errorf("%v, %+v", err, b)
			}
		})
	}
}

func FuzzAdopt(f *testing.F) {
	f.Add([]byte("From: a@b.example\r\nTo: c@d.example\r\n\r\nbody\r\n"))
	f.Add([]byte("Subject: \xc3\xa4\n folded\nBcc: x\n\n.\n"))
	f.Add([]byte("From x\n\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		b, err := Adopt(raw, Adoption{Self: mail.Address{Address: "ada@example.org"}, Recipients: []string{"b@x.example"}, Bcc: []mail.Address{{Address: "s@x.example"}}})
		if err != nil {
			return
		}
		rest := strings.ReplaceAll(string(b.Wire), "\r\n", "")
		if strings.ContainsAny(rest, "\r\n\x00") {
			t.Fatalf("a bare CR, LF or NUL: %q", b.Wire)
		}
		head, _, ok := strings.Cut(string(b.Wire), "\r\n\r\n")
		if !ok {
			t.Fatalf("no end of the header: %q", b.Wire)
		}
		for l := range strings.SplitSeq(head, "\r\n") {
			if strings.HasPrefix(strings.ToLower(l), "bcc:") {
				t.Fatalf("Bcc goes over the wire: %q", b.Wire)
			}
		}
	})
}
