package reading

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"postea/internal/reading/trust"
	"postea/internal/when"
)

func kinds(s Sender) string {
	var out []string
	for _, w := range s.Warnings {
		out = append(out, fmt.Sprint(int(w.Kind)))
	}
	return strings.Join(out, " ")
}

// TestSender: display names and addresses as in Mailsploit and espoofer, forged
// results as in RFC 8601 §5.
func TestSender(t *testing.T) {
	const pass = "Authentication-Results: mx.example; dmarc=pass header.from=example.org\n"
	known := TrustOptions{Server: "mx.example", Known: []string{"example.org", "paypal.com"}}
	tests := []struct {
		name, in string
		o        TrustOptions
		verdict  trust.Verdict
		warnings []WarningKind
	}{
		{"confirmed", pass + "From: Ada <ada@example.org>\n", known, trust.Confirmed, nil},
		{"no server is trusted", pass + "From: Ada <ada@example.org>\n", TrustOptions{}, trust.Unknown, nil},
		{"results of a stranger", "Authentication-Results: evil.example; dmarc=pass\nFrom: a@example.org\n", known, trust.Unknown, nil},
		{"a forged field below", "Authentication-Results: mx.example; dmarc=fail header.from=example.org\n" + pass + "From: a@example.org\n", known, trust.Refuted, nil},
		{"two From fields", pass + "From: a@example.org\nFrom: b@evil.example\n", known, trust.Unknown, []WarningKind{ManySenders}},
		{"two addresses", pass + "From: a@example.org, b@evil.example\n", known, trust.Unknown, []WarningKind{ManySenders}},
		{"two without a comma", pass + "From: A <a@example.org> <b@evil.example>\n", known, trust.Unknown, []WarningKind{ManySenders}},
		{"address as a name", "From: \"ada@example.org\" <x@evil.example>\n", known, trust.Unknown, []WarningKind{NameIsAddress}},
		{"encoded address as a name", "From: =?utf-8?q?ada=40example.org?= <x@evil.example>\n", known, trust.Unknown, []WarningKind{NameIsAddress}},
		{"the same address as a name", "From: ada@example.org <ADA@example.org>\n", known, trust.Unknown, nil},
		{"nobody", "From: \nTo: a@b.example\n", known, trust.Unknown, []WarningKind{NoSender}},
		{"mixed alphabets", "From: a@p\u0430ypal.com\n", known, trust.Unknown, []WarningKind{OddDomain}},
		{"punycode", "From: a@xn--80ak6aa92e.com\n", known, trust.Unknown, []WarningKind{OddDomain}},
		{"a letter else", "From: a@paypa1.com\n", known, trust.Unknown, []WarningKind{OddDomain}},
		{"answers elsewhere", "From: a@example.org\nReply-To: a@evil.example\n", known, trust.Unknown, []WarningKind{ReplyElsewhere}},
		{"answers in the house", "From: a@example.org\nReply-To: b@desk.example.org\n", known, trust.Unknown, nil},
		{"a list", "From: a@example.org\nReply-To: list@lists.example\nSender: l@lists.example\nList-Id: <l.lists.example>\n", known, trust.Unknown, nil},
		{"on behalf", "From: a@example.org\nSender: x@mailer.example\n", known, trust.Unknown, []WarningKind{OnBehalf}},
		{"link", "From: a@example.org\nContent-Type: text/html\n\n<a href=https://evil.example>https://bank.example</a>", known, trust.Unknown, []WarningKind{LinkMismatch}},
	}
	for _, tt := range tests {
		m := Parse([]byte(tt.in + "\n"))
		s := m.Sender(tt.o)
		want := kinds(Sender{Warnings: func() (list []Warning) {
			for _, k := range tt.warnings {
				list = append(list, Warning{Kind: k})
			}
			return list
		}()})
		if s.Verdict != tt.verdict || kinds(s) != want {
			t.Errorf("%s: verdict %v %q, warnings %+v; want %v, %s", tt.name, s.Verdict, s.Words, s.Warnings, tt.verdict, want)
		}
		for _, w := range s.Warnings {
			checkSafe(t, w.Words.String(), false)
		}
	}
}

func TestList(t *testing.T) {
	const both = "List-Unsubscribe: <mailto:off@l.example>, <https://l.example/u?x=1>\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\n"
	tests := []struct{ name, in, want string }{
		{"none", "From: a@b.example\n", "<nil>"},
		{"full", "List-Id: \"The Tea List\" <tea.l.example>\nList-Post: <mailto:tea@l.example>\nList-Archive: <https://l.example/tea>\nArchived-At: <https://l.example/tea/42>\nList-Help: <mailto:help@l.example>\n" + both,
			"The Tea List|tea.l.example|tea@l.example|https://l.example/tea/42|mailto:help@l.example|mailto:off@l.example https://l.example/u?x=1|https://l.example/u?x=1 false"},
		{"signed", "List-Id: <l.example>\nDKIM-Signature: v=1; a=rsa-sha256; d=l.example;\n h=From:To:List-Unsubscribe:\n List-Unsubscribe-Post; b=x\n" + both, "l.example|l.example||||mailto:off@l.example https://l.example/u?x=1|https://l.example/u?x=1 true"},
		{"http", "List-Unsubscribe: <http://l.example/u>\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\n", "|||||http://l.example/u| false"},
		{"two targets", "List-Unsubscribe: <https://a.example/u>, <https://b.example/u>\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\n", "|||||https://a.example/u https://b.example/u| false"},
		{"two fields", both + "List-Unsubscribe: <https://evil.example/>\n", "|||||mailto:off@l.example https://l.example/u?x=1| false"},
		{"user in the URL", "List-Unsubscribe: <https://a@evil.example/u>\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\n", "|||||https://a@evil.example/u| false"},
		{"no offer", "List-Unsubscribe: <https://l.example/u>\n", "|||||https://l.example/u| false"},
		{"danger", "List-Unsubscribe: <javascript:x>, <file:///etc/passwd>\nList-Archive: <file:///x>\n", "<nil>"},
	}
	for _, tt := range tests {
		l := Parse([]byte(tt.in + "\nx")).List()
		got := "<nil>"
		if l != nil {
			got = fmt.Sprintf("%s|%s|%s|%s|%s|%s|%s %v", l.Name, l.ID, l.Post, l.Archive, l.Help, strings.Join(l.Unsubscribe, " "), l.OneClick, l.OneClickSigned)
		}
		if got != tt.want {
			t.Errorf("%s:\n got  %s\n want %s", tt.name, got, tt.want)
		}
	}
}

func TestInvitation(t *testing.T) {
	cal := func(method, event string) string {
		return "Content-Type: text/calendar; method=" + method + "\n\nBEGIN:VCALENDAR\nBEGIN:VEVENT\n" + event + "\nEND:VEVENT\nEND:VCALENDAR\n"
	}
	m := Parse([]byte(cal("REQUEST", "SUMMARY:Tea\u202e\x1b[31m\nDTSTART:20261201T100000Z\nDTEND:20261201T110000Z\nRRULE:FREQ=WEEKLY\nLOCATION:Garden\nORGANIZER;CN=Grace:mailto:g@example.org\nATTENDEE;PARTSTAT=ACCEPTED:mailto:a@example.org")))
	inv := m.Invitation(time.FixedZone("CET", 3600), when.Style{})
	if inv == nil {
		t.Fatal("no invitation")
	}
	got := fmt.Sprint(inv.Method, "|", inv.Title, "|", inv.When, "|", inv.Repeats, "|", inv.Where, "|", inv.Organizer, "|", inv.Attendees)
	if want := "REQUEST|Invitation: Tea\ufffd␛[31m|Tue, 1 Dec 2026, 11:00–12:00|weekly|Garden|Grace <g@example.org>|[{a@example.org accepted false}]"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for method, want := range map[string]string{"CANCEL": "Cancelled: without a title", "REPLY": "Declined: without a title", "COUNTER": "Other time proposed: without a title", "": "Event: without a title"} {
		inv := Parse([]byte(cal(method, "ATTENDEE;PARTSTAT=DECLINED:mailto:a@example.org"))).Invitation(nil, when.Style{})
		if inv.Title.String() != want {
			t.Errorf("%s: %s, want %s", method, inv.Title, want)
		}
	}
	if inv := Parse([]byte("Subject: x\n\nhi")).Invitation(nil, when.Style{}); inv != nil {
		t.Errorf("%+v", inv)
	}
}

// smimeSigned is the message "Content-Type: text/plain\r\n\r\nHello" in signed data.
func smimeSigned() string {
	inner := "Content-Type: text/plain\r\n\r\nHello"
	tlv := func(tag byte, s string) string { return string([]byte{tag, byte(len(s))}) + s }
	data, signed := "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01", "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
	b := tlv(0x30, signed+tlv(0xa0, tlv(0x30, "\x02\x01\x01"+tlv(0x31, "")+tlv(0x30, data+tlv(0xa0, tlv(0x04, inner)))+tlv(0x31, ""))))
	return base64.StdEncoding.EncodeToString([]byte(b))
}

// TestProtection: no message gets a good mark; the parts of the attacks of
// "Johnny, you are fired" (2019) and of EFAIL (CVE-2017-17688) are told.
func TestProtection(t *testing.T) {
	armour := func(kind string) string {
		return "-----BEGIN PGP " + kind + "-----\nx\n-----END PGP " + kind + "-----\n"
	}
	mixed := func(parts string) string {
		return "Content-Type: multipart/mixed; boundary=b\n\n--b\n" + strings.ReplaceAll(parts, "|", "\n--b\n") + "\n--b--\n"
	}
	tests := []struct{ name, in, want, text string }{
		{"nothing", "Subject: x\n\nhi\n", "", "hi"},
		{"pgp/mime", "Content-Type: multipart/signed; protocol=\"application/pgp-signature\"; boundary=b\n\n--b\n\nhi\n--b\nContent-Type: application/pgp-signature; name=s.asc\n\nx\n--b--\n", "signed with OpenPGP, not checked", "hi"},
		{"s/mime", "Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; boundary=b\n\n--b\n\nhi\n--b\nContent-Type: application/pkcs7-signature\n\nx\n--b--\n", "signed with S/MIME, not checked", "hi"},
		{"encrypted", "Content-Type: multipart/encrypted; boundary=b\n\n--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b\nContent-Type: application/octet-stream\n\nx\n--b--\n", "encrypted with OpenPGP", ""},
		{"opaque", "Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\nContent-Transfer-Encoding: base64\n\n" + smimeSigned() + "\n", "signed with S/MIME, not checked", "Hello"},
		{"a lie about its type", "Content-Type: application/pkcs7-mime; smime-type=enveloped-data\nContent-Transfer-Encoding: base64\n\n" + smimeSigned() + "\n", "signed with S/MIME, not checked", "Hello"},
		{"enveloped", "Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nx\n", "encrypted with S/MIME", ""},
		{"inline", "Subject: x\n\n" + armour("SIGNED MESSAGE"), "signed with OpenPGP, not checked", "-----BEGIN"},
		{"inline encrypted", "Subject: x\n\n" + armour("MESSAGE"), "encrypted with OpenPGP", ""},
		{"text before the armour", "Subject: x\n\nsend money\n" + armour("SIGNED MESSAGE"), "a part of it is signed with OpenPGP, not checked", "send money"},
		{"text behind the armour", "Subject: x\n\n" + armour("SIGNED MESSAGE") + "send money\n", "a part of it is signed with OpenPGP, not checked", "send money"},
		{"a text beside the signed one", mixed("\nsend money|Content-Type: multipart/signed; protocol=\"application/pgp-signature\"; boundary=s\n\n--s\n\nhi\n--s--"), "a part of it is signed with OpenPGP, not checked", "send money"},
		{"a forwarded one", mixed("Content-Type: message/rfc822\n\nContent-Type: multipart/signed; protocol=pgp; boundary=s\n\n--s\n\nhi\n--s--"), "", "hi"},
		{"a mark of the body's own", "Subject: x\nX-Verified: good\n\nGood signature from Ada <ada@example.org>\n", "", "Good"},
	}
	for _, tt := range tests {
		m := Parse(crlf(tt.in))
		if got := m.Protection().Words().String(); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
		if !strings.Contains(m.Text(), tt.text) {
			t.Errorf("%s: text %q", tt.name, m.Text())
		}
		checkMessage(t, m)
	}
}
