package trust

import (
	"strings"
	"testing"
)

func TestJudge(t *testing.T) {
	tests := []struct {
		name, field, from string
		want              Verdict
		words             string
	}{
		{"dmarc", "mx.example; dmarc=pass (p=none) header.from=example.org", "example.org", Confirmed, "DMARC"},
		{"dmarc of another domain", "mx.example; dmarc=pass header.from=evil.example", "example.org", Unproven, "nothing proves"},
		{"dmarc fails", "mx.example; dkim=pass header.d=example.org; dmarc=fail header.from=example.org", "example.org", Refuted, "DMARC failed"},
		{"dkim of the domain", "mx.example; dkim=pass header.d=example.org header.s=x", "example.org", Confirmed, "DKIM"},
		{"dkim of a subdomain", "mx.example; dkim=pass header.d=mail.example.org", "example.org", Confirmed, "DKIM"},
		{"dkim by identity", "mx.example; dkim=pass header.i=@example.org", "example.org", Confirmed, "DKIM"},
		{"dkim of a stranger", "mx.example; dkim=pass header.d=mailer.example", "example.org", Unproven, ""},
		{"dkim of a public suffix", "mx.example; dkim=pass header.d=co.uk", "bank.co.uk", Unproven, ""},
		{"two domains under a public suffix", "mx.example; dkim=pass header.d=evil.co.uk", "bank.co.uk", Unproven, ""},
		{"dkim fails", "mx.example; dkim=fail header.d=example.org", "example.org", Unproven, ""},
		{"spf", "mx.example; spf=pass smtp.mailfrom=bounce@example.org", "example.org", Confirmed, "SPF"},
		{"spf of a stranger", "mx.example; spf=pass smtp.mailfrom=x@evil.example", "example.org", Unproven, ""},
		{"spf of the greeting only", "mx.example; spf=pass smtp.helo=example.org", "example.org", Unproven, ""},
		{"a pass in a comment", "mx.example; dkim=fail (dmarc=pass header.from=example.org)", "example.org", Unproven, ""},
		{"a pass in quotes", `mx.example; dkim=fail reason="x; dmarc=pass header.from=example.org" header.d=x.example`, "example.org", Unproven, ""},
		{"a comment that is not closed", "mx.example; dkim=fail (; dmarc=pass", "example.org", Unproven, ""},
		{"none", "mx.example; none", "example.org", Unproven, ""},
		{"version and blanks", "MX.example 1 ; dmarc/1 = pass  header.from = Example.ORG.", "example.org", Confirmed, ""},
		{"no server", "; dmarc=pass header.from=example.org", "example.org", Unknown, ""},
		{"no from", "mx.example; dmarc=pass", "", Unknown, ""},
		{"idn", "mx.example; dmarc=pass header.from=xn--bcher-kva.example", "bücher.example", Confirmed, ""},
	}
	for _, tt := range tests {
		r := ParseResults(tt.field)
		got, words := r.Judge(tt.from)
		if got != tt.want || !strings.Contains(words, tt.words) {
			t.Errorf("%s: %v %q, want %v %q (%+v)", tt.name, got, words, tt.want, tt.words, r)
		}
	}
}

// TestLooks: UTS 39, UTS 46; the first is the well-known "аррӏе.com".
func TestLooks(t *testing.T) {
	known := []string{"example.org", "paypal.com", "sparkasse.de", "modern.com"}
	for domain, want := range map[string]string{
		"xn--80ak6aa92e.com": "not written in Latin letters", "pаypal.com": "several alphabets", "βank.gr": "several alphabets",
		"paypaI.com": "looks like paypal.com", "paypa1.com": "looks like paypal.com", "modem.com": "looks like modern.com", "päypal.com": "looks like paypal.com",
		"sparkase.de": "looks like sparkasse.de", "sparksase.de": "looks like sparkasse.de", "sparkasse.com": "",
		"paypal.com": "", "mail.paypal.com": "", "example.org": "", "почта.рф": "", "пример.com": "", "日本語.jp": "", "東京tower.jp": "", "bücher.de": "", "": "",
	} {
		got := Looks(domain, known)
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", domain, got, want)
		}
	}
}

func FuzzJudge(f *testing.F) {
	f.Add("mx.example; dkim=pass (c) header.d=example.org; dmarc=fail", "example.org")
	f.Add(`a 1; spf=pass smtp.mailfrom="x;y"@z`, "xn--80ak6aa92e.com")
	f.Fuzz(func(t *testing.T, field, from string) {
		r := ParseResults(field)
		if v, words := r.Judge(from); v == Confirmed && !strings.Contains(strings.ToLower(field), "pass") || len(words) > 4*len(from)+400 {
			t.Errorf("%v %q", v, words)
		}
		Looks(from, []string{field})
	})
}

// What stands in a comment is no result, and what stands in quotes is no comment.
func TestStripComments(t *testing.T) {
	for in, want := range map[string]string{
		"mx.example; spf=pass (ok) smtp.mailfrom=a": "mx.example; spf=pass   smtp.mailfrom=a",
		"a(b(c)d)e":                "a  e",
		`a ("b) dkim=pass (" c) d`: `a   dkim=pass   d`,
		`a (b\) dkim=pass) c`:      "a   c",
		`a "(b" c\) d`:             `a "(b" c\) d`,
		`a "b\" (c" d`:             `a "b\" (c" d`,
		"a ) b":                    "a ) b",
		"a (b; dkim=pass":          "a ",
	} {
		if got := stripComments(in); got != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
}
