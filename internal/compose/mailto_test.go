package compose

import (
	"reflect"
	"strings"
	"testing"

	"postea/internal/mail"
)

// Most are the examples of RFC 6068 §6.
func TestParseMailto(t *testing.T) {
	tests := []struct {
		url     string
		want    mail.Draft
		ignored []string
	}{
		{"mailto:chris@example.com", mail.Draft{To: "chris@example.com"}, nil},
		{"MailTo:chris@example.com", mail.Draft{To: "chris@example.com"}, nil},
		{"mailto:infobot@example.com?subject=current-issue", mail.Draft{To: "infobot@example.com", Subject: "current-issue"}, nil},
		{"mailto:infobot@example.com?body=send%20current-issue%0D%0Asend%20index", mail.Draft{To: "infobot@example.com", Body: "send current-issue\nsend index"}, nil},
		{"mailto:list@example.org?In-Reply-To=%3C3469A91.D10AF4C@example.com%3E", mail.Draft{To: "list@example.org", InReplyTo: "3469A91.D10AF4C@example.com", Refs: []string{"3469A91.D10AF4C@example.com"}}, nil},
		{"mailto:majordomo@example.com?body=subscribe%20bamboo-l", mail.Draft{To: "majordomo@example.com", Body: "subscribe bamboo-l"}, nil},
		{"mailto:joe@example.com?cc=bob@example.com&body=hello", mail.Draft{To: "joe@example.com", Cc: "bob@example.com", Body: "hello"}, nil},
		{"mailto:?to=joe@example.com&cc=bob@example.com&body=hello", mail.Draft{To: "joe@example.com", Cc: "bob@example.com", Body: "hello"}, nil},
		{"mailto:addr1%2C%20addr2", mail.Draft{To: "addr1, addr2"}, nil},
		{"mailto:a@x.example,b@x.example?to=c@x.example&bcc=d@x.example,e@x.example", mail.Draft{To: "a@x.example, b@x.example, c@x.example", Bcc: "d@x.example, e@x.example"}, nil},
		{"mailto:gorby%25kremvax@example.com", mail.Draft{To: "gorby%kremvax@example.com"}, nil},
		{"mailto:unlikely%3Faddress@example.com?blat=foop", mail.Draft{To: "unlikely?address@example.com"}, []string{"blat"}},
		{"mailto:Mike%26family@example.org", mail.Draft{To: "Mike&family@example.org"}, nil},
		{"mailto:%22not%40me%22@example.org", mail.Draft{To: `"not@me"@example.org`}, nil},
		{"mailto:user@example.org?subject=100%&body=50%25%20of%2", mail.Draft{To: "user@example.org", Subject: "100%", Body: "50% of%2"}, nil},
		{"mailto:user@example.org?subject=caf%C3%A9", mail.Draft{To: "user@example.org", Subject: "café"}, nil},
		{"mailto:user@example.org?subject=%3D%3Futf-8%3FQ%3Fcaf%3DC3%3DA9%3F%3D", mail.Draft{To: "user@example.org", Subject: "café"}, nil},
		{"mailto:user@%E7%B4%8D%E8%B1%86.example.org?subject=Test", mail.Draft{To: "user@納豆.example.org", Subject: "Test"}, nil},
		{"mailto:bill+ietf@example.org?subject=1+1", mail.Draft{To: "bill+ietf@example.org", Subject: "1+1"}, nil},
		{"mailto:a@x.example?subject=x%0D%0ABcc:%20eve@evil.example", mail.Draft{To: "a@x.example", Subject: "x  Bcc: eve@evil.example"}, nil},
		{"mailto:a@x.example?attach=/etc/passwd&Attachment=~/.ssh/id_rsa&from=boss@x.example&attach=x", mail.Draft{To: "a@x.example"}, []string{"attach", "Attachment", "from"}},
		{"mailto:a@x.example?body=one&body=two", mail.Draft{To: "a@x.example", Body: "one\ntwo"}, nil},
		{"mailto:", mail.Draft{}, nil},
		{"mailto://a@x.example#frag", mail.Draft{To: "a@x.example"}, nil},
	}
	for _, tt := range tests {
		d, ignored, err := ParseMailto(tt.url)
		if err != nil || !reflect.DeepEqual(d, tt.want) || !reflect.DeepEqual(ignored, tt.ignored) {
			t.Errorf("%s\n got %+v, %q, %v\nwant %+v, %q", tt.url, d, ignored, err, tt.want, tt.ignored)
		}
	}
	for _, bad := range []string{"", "http://x.example", "mailto", "mailto:a%zz@x.example", "mailto:?cc=a%@x.example", "mailto:" + strings.Repeat("a", maxMailto)} {
		if d, _, err := ParseMailto(bad); err == nil {
			t.Errorf("%.40q gives %+v", bad, d)
		}
	}
}

func FuzzParseMailto(f *testing.F) {
	f.Add("mailto:a@x.example?subject=%0D%0A&body=%00&cc=,,&In-Reply-To=%3Ca@b%3E")
	f.Add("mailto:%22a%2C%22@x.example,b?to=c%0Ad@x.example")
	f.Fuzz(func(t *testing.T, s string) {
		d, _, err := ParseMailto(s)
		if err != nil {
			return
		}
		if strings.ContainsAny(d.To+d.Cc+d.Bcc+d.Subject+d.InReplyTo, "\r\n\x00") || strings.ContainsAny(d.Body, "\r\x00") || len(d.Attach) > 0 || d.From.Address != "" {
			t.Fatalf("%q gives %+v", s, d)
		}
		d.From = ada
		if b, err := Build(d, fixed()); err == nil {
			checkWire(t, b)
		}
	})
}
