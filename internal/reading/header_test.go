package reading

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"postea/internal/mail"
)

func TestParseHeader(t *testing.T) {
	h := ParseHeader([]byte("From: =?utf-8?q?J=C3=BCrgen?= <j@example.org>\r\n" +
		"To: a@example.org,\r\n\t\"B, C\" <b@example.org>\r\n" +
		"To: c@example.org\r\n" +
		"Subject: one\r\nSubject: two\r\n" +
		"Message-ID: <x@example.org>\r\n" +
		"In-Reply-To: Your message of Monday <p@example.org>\r\n" +
		"References: <r@example.org>\r\n <p@exam\r\n ple.org>\r\n" +
		"Date: Fri, 21 Nov 1997 09:55:06 -0600\r\n" +
		"List-Id: The list <list.example.org>\r\n" +
		"List-Post: <https://example.org/post>, <mailto:list@example.org?subject=x>\r\n" +
		"List-Unsubscribe: <mailto:u@example.org>, <https://example.org/u>\r\n" +
		"Auto-Submitted: Auto-Replied (vacation)\r\n"))
	want := Header{
		From:      []mail.Address{{Name: "Jürgen", Address: "j@example.org"}},
		To:        []mail.Address{{Address: "a@example.org"}, {Name: "B, C", Address: "b@example.org"}, {Address: "c@example.org"}},
		Subject:   "one",
		MessageID: "x@example.org", InReplyTo: []string{"p@example.org"}, References: []string{"r@example.org", "p@example.org"},
		Date:   time.Date(1997, 11, 21, 15, 55, 6, 0, time.UTC),
		ListID: "list.example.org", ListPost: "list@example.org",
		ListUnsubscribe: []string{"mailto:u@example.org", "https://example.org/u"},
		AutoSubmitted:   "auto-replied",
	}
	if len(h.All()) != 13 || h.All()[4] != (Field{"Subject", "two"}) {
		t.Errorf("fields: %q", h.All())
	}
	if got := h.Get("FROM"); got != "Jürgen <j@example.org>" {
		t.Errorf("Get: %q", got)
	}
	h.fields, h.defects, h.Date = nil, nil, h.Date.UTC()
	if !reflect.DeepEqual(h, want) {
		t.Errorf("got  %+v\nwant %+v", h, want)
	}
}

func TestSplitHeader(t *testing.T) {
	tests := []struct {
		name, in, names, body string
	}{
		{"plain", "A: 1\r\nB: 2\r\n\r\nbody", "A B", "body"},
		{"LF", "A: 1\nB: 2\n\nbody", "A B", "body"},
		{"no blank line", "A: 1\r\nHello there\r\n", "A", "Hello there\r\n"},
		{"junk between fields", "A: 1\r\njunk\r\nB: 2\r\n\r\nbody", "A B", "body"},
		{"mbox", "From x@y Mon\r\nA: 1\r\n\r\nbody", "A", "body"},
		{"blank before colon", "A : 1\r\n\r\nbody", "A", "body"},
		{"only a body", "Hello there\r\nyou\r\n", "", "Hello there\r\nyou\r\n"},
		{"only a blank line", "\r\nbody: x\r\n", "", "body: x\r\n"},
		{"NUL in a value", "A: \x00\r\n\r\nb", "A", "b"},
		{"empty", "", "", ""},
	}
	for _, tt := range tests {
		fields, at, _ := splitHeader([]byte(tt.in))
		var names []string
		for _, f := range fields {
			names = append(names, f.Name)
		}
		if got := strings.Join(names, " "); got != tt.names || tt.in[at:] != tt.body {
			t.Errorf("%s: fields %q, body %q; want %q, %q", tt.name, got, tt.in[at:], tt.names, tt.body)
		}
	}
}

func TestDecodeWords(t *testing.T) {
	tests := []struct{ in, want string }{
		{"plain", "plain"},
		{"=?utf-8?Q?a_=C3=A4?= b", "a ä b"},
		{"=?utf-8?B?w6Q=?=", "ä"},
		{"=?utf-8?B?w6Q?=", "ä"},
		{"=?utf-8?q?a?=\r\n =?utf-8?q?b?=", "ab"},
		{"=?utf-8?q?a?= =?iso-8859-1?q?=E4?=", "aä"},
		{"=?utf-8?b?4pw=?= =?utf-8?b?lA==?=", "✔"},
		{"=?iso-2022-jp?B?GyRCJDMkcyRLJEEkTxsoQg==?=", "こんにちは"},
		{"=?us-ascii?q?=92?=", "’"},
		{"=?utf-8*de?q?gr=C3=BCn?=", "grün"},
		{"=?utf-8?q?hello world?=", "hello world"},
		{"=?utf-8?q?open", "=?utf-8?q?open"},
		{"=?utf-8?x?a?= =?utf-8?q?b?=", "=?utf-8?x?a?= b"},
		{"=?nosuch?q?=41?=", "A"},
		{"=?utf-8?q?=41?=", "A"},
		{"\xe4rger", "ärger"},
		{"schon UTF-8: ä", "schon UTF-8: ä"},
	}
	for _, tt := range tests {
		if got := decodeWords(tt.in); got != tt.want {
			t.Errorf("decodeWords(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestParseAddresses(t *testing.T) {
	tests := []struct {
		in   string
		want []mail.Address
	}{
		{"", nil},
		{"a@b.example", []mail.Address{{Address: "a@b.example"}}},
		{"<a@b.example>", []mail.Address{{Address: "a@b.example"}}},
		{`"Doe, J." <j@x.example>, K <k@x.example>`, []mail.Address{{Name: "Doe, J.", Address: "j@x.example"}, {Name: "K", Address: "k@x.example"}}},
		{"a@x.example (Ada L)", []mail.Address{{Name: "Ada L", Address: "a@x.example"}}},
		{"undisclosed-recipients:;", nil},
		{"Friends: a@x.example, B <b@x.example>;, c@x.example", []mail.Address{{Address: "a@x.example"}, {Name: "B", Address: "b@x.example"}, {Address: "c@x.example"}}},
		{"<@r.example,@s.example:a@x.example>", []mail.Address{{Address: "a@x.example"}}},
		{"=?utf-8?q?Doe=2C_J?= <j@x.example>", []mail.Address{{Name: "Doe, J", Address: "j@x.example"}}},
		{`"=?utf-8?q?J=C3=B6rg?=" <j@x.example>`, []mail.Address{{Name: "Jörg", Address: "j@x.example"}}},
		{"=?utf-8?q?boss=40x.example?= <evil@y.example>", []mail.Address{{Name: "boss@x.example", Address: "evil@y.example"}}},
		{`"a b"@x.example`, []mail.Address{{Address: `"a b"@x.example`}}},
		{"pete(a) <pete(his account)@silly.test(host)>", []mail.Address{{Name: "pete", Address: "pete@silly.test"}}},
		{"John Doe j@x.example", []mail.Address{{Name: "John Doe", Address: "j@x.example"}}},
		{"jdoe@test  . example", []mail.Address{{Address: "jdoe@test.example"}}},
		{"J Doe at test . example", []mail.Address{{Name: "J Doe at test . example"}}},
		{"Ada (A.) Lovelace <ada@x.example>", []mail.Address{{Name: "Ada Lovelace", Address: "ada@x.example"}}},
		{"MAILER-DAEMON", []mail.Address{{Address: "MAILER-DAEMON"}}},
		{"real@a.example <first@b.example> <second@c.example>", []mail.Address{{Name: "real@a.example", Address: "first@b.example"}, {Address: "second@c.example"}}},
		{"B <b@x.example> <mailto:b@x.example>", []mail.Address{{Name: "B", Address: "b@x.example"}}},
		{"=?utf-8?Q?Smith,_John?= =?utf-8?q?_(X)?= <j@x.example>, c@x.example", []mail.Address{{Name: "Smith, John (X)", Address: "j@x.example"}, {Address: "c@x.example"}}},
		{"=?utf-8?q?Bank_<a@bank.example>?= <b@x.example>", []mail.Address{{Name: "Bank <a@bank.example>", Address: "b@x.example"}}},
		{`=?utf-8?q?"Bob"?= <b@x.example>`, []mail.Address{{Name: "Bob", Address: "b@x.example"}}},
		{"a@x.example; b@x.example", []mail.Address{{Address: "a@x.example"}, {Address: "b@x.example"}}},
		{`"open <a@x.example>`, []mail.Address{{Name: `"open`, Address: "a@x.example"}}},
		{"a <a@x.example", []mail.Address{{Name: "a", Address: "a@x.example"}}},
		{"jøran@bücher.example", []mail.Address{{Address: "jøran@bücher.example"}}},
		{",,;", nil},
	}
	for _, tt := range tests {
		if got := parseAddresses(tt.in); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("parseAddresses(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

// A header in bare 8-bit text has the charset of the body.
func TestBareHeader(t *testing.T) {
	for charset, tt := range map[string]struct{ name, subject, wantName, want string }{
		"gb2312":       {"\xcd\xf5\xd0\xa1\xc3\xf7", "\xc4\xe3\xba\xc3\xa3\xac\xca\xc0\xbd\xe7", "王小明", "你好，世界"},
		"Shift_JIS":    {"\x93\xfa\x96\x7b", "\x93\xfa\x96\x7b\x8c\xea", "日本", "日本語"},
		"koi8-r":       {"\xe9\xd7\xc1\xce", "\xf0\xd2\xc9\xd7\xc5\xd4", "Иван", "Привет"},
		"iso-8859-1":   {"J\xfcrgen", "Gr\xfc\xdfe aus K\xf6ln", "Jürgen", "Grüße aus Köln"},
		"utf-8":        {"Jürgen", "Grüße", "Jürgen", "Grüße"},
		"windows-1251": {"=?utf-8?q?Zo=C3=AB?=", "Grüße", "Zoë", "Grüße"},
	} {
		h := ParseHeader([]byte("From: " + tt.name + " <w@x.example>\r\nSubject: " + tt.subject + "\r\nContent-Type: text/plain; charset=" + charset + "\r\n\r\n"))
		if h.Subject != tt.want || len(h.From) != 1 || h.From[0].Name != tt.wantName || h.From[0].Address != "w@x.example" {
			t.Errorf("%s: %q from %+v", charset, h.Subject, h.From)
		}
	}
}

// Nobody whom the user's own message names is left out.
func TestOwnRecipients(t *testing.T) {
	for in, want := range map[string]string{
		"a@x.example b@x.example":                                          "a@x.example|b@x.example",
		"<a@x.example> <b@x.example>":                                      "a@x.example|b@x.example",
		"Ann <a@x.example> Bob <b@x.example>, c@x.example":                 "a@x.example|b@x.example|c@x.example",
		"Ann a@x.example":                                                  "a@x.example",
		"a@x.example <b@x.example>":                                        "b@x.example",
		`"a@x.example b@x.example" <c@x.example>`:                          "c@x.example",
		`"quoted b"@x.example`:                                             `"quoted b"@x.example`,
		"Team: a@x.example b@x.example;, c@x.example":                      "a@x.example|b@x.example|c@x.example",
		"<" + strings.Repeat("@r.example,", 2) + "@s.example:a@x.example>": "a@x.example",
	} {
		var got []string
		for _, a := range ParseOwnHeader([]byte("To: " + in + "\r\n\r\n")).To {
			got = append(got, a.Address)
		}
		if s := strings.Join(got, "|"); s != want {
			t.Errorf("%s\n got %s\nwant %s", in, s, want)
		}
	}
}

func TestParseDate(t *testing.T) {
	want := time.Date(2024, 3, 5, 14, 7, 9, 0, time.UTC)
	for _, in := range []string{
		"Tue, 5 Mar 2024 14:07:09 +0000", "5 Mar 2024 15:07:09 +0100 (CET)", "Tue, 05 Mar 24 09:07:09 EST",
		"Tue Mar  5 14:07:09 2024", "5-Mar-2024 14:07:09 GMT", "2024-03-05T14:07:09Z", "2024-03-05 14:07:09",
		"Tuesday, 5 March 2024 2:07:09 PM", "Tue, 5 Mar 2024 15:07:09 +01:00", "Tue, 5 Mar 2024 15:07:09+0100",
		"Tue, 5 Mar 2024 14:07:09 XYZ", "Tue, 5 Mar 2024 15:07:09 GMT+0100", "Tue, 5 Mar 124 14:07:09",
		"Tue, 5 Mar 2024 14:07:09 +9999", "Tue, 05 Mar 2024 21.07.09 +0700",
	} {
		if in == "Tue, 5 Mar 124 14:07:09" { // a year of three digits counts from 1900
			in = "Tue, 5 Mar 124 14:07:09 UT"
		}
		if got, ok := parseDate(in); !ok || !got.Equal(want) {
			t.Errorf("parseDate(%q) = %v, %v", in, got, ok)
		}
	}
	for _, in := range []string{"", "yesterday", "31 Feb 2024 10:00:00", "Tue, 5 Mar 99999 14:07:09", "5 Mar 2024 99:00:00", strings.Repeat("1 ", 400)} {
		if got, ok := parseDate(in); ok {
			t.Errorf("parseDate(%q) = %v, want none", in, got)
		}
	}
}

func FuzzParseHeader(f *testing.F) {
	f.Add([]byte("From: a <b@c>\r\nTo: x:y;,z\r\nDate: 1 Jan 2024 10:00 PM\r\n\r\n"))
	f.Add([]byte("Subject: =?utf-8?b?w6Q=?= =?x?\r\n y\r\nReferences: <a> <b\r\n"))
	f.Add([]byte("From: \"((<\\\r\n\tList-Post: NO\r\nX : y"))
	f.Fuzz(func(t *testing.T, b []byte) {
		h := ParseHeader(b)
		for _, a := range h.From {
			checkSafe(t, Line(a.Name+a.Address).String(), false)
		}
		checkSafe(t, Line(h.Subject).String(), false)
		if !h.Date.IsZero() {
			if _, err := h.Date.MarshalJSON(); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestOwnText(t *testing.T) {
	for _, tt := range []struct{ in, charset, want string }{
		{"caf\xe9 \x80", "", "café €"}, {"caf\xe9", "UTF-8", "café"}, {"\xf0\xd2\xc9", "KOI8-R", "При"}, {"Grüße", "ISO-8859-1", "Grüße"},
		{"Grüße, of which one is br\xffken", "", "Grüße, of which one is br\ufffdken"}, {"\xff\xfeh\x00i\x00", "", "hi"}, {"\xef\xbb\xbfhi", "", "hi"}, {"", "", ""},
	} {
		if got := OwnText([]byte(tt.in), tt.charset); got != tt.want {
			t.Errorf("%q in %q: %q", tt.in, tt.charset, got)
		}
	}
}
