package reading

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"postea/internal/when"
)

// screens gives every text that a screen may show of a message.
func screens(m *Message) []string {
	var out []string
	add := func(t Text) { out = append(out, t.String()) }
	for _, f := range m.Header.All() {
		add(Line(f.Name + ": " + f.Value))
	}
	h := m.Header
	add(Line(h.Subject))
	for _, a := range append(append(append(h.From, h.To...), h.Cc...), h.ReplyTo...) {
		add(Line(a.String()))
	}
	for _, o := range []LayoutOptions{{}, {PreferHTML: true}} {
		for _, l := range m.Lines(80, o) {
			for _, s := range l.Spans {
				out = append(out, s.Text)
			}
		}
		for _, l := range m.Links(o) {
			add(Line(l.URL))
			add(Line(l.Text))
		}
	}
	for _, a := range m.Attachments {
		add(Line(a.Name))
		add(Line(a.Type))
		out = append(out, a.SafeName())
	}
	for _, d := range m.Defects {
		add(Line(d))
	}
	add(m.Snippet(100))
	s := m.Sender(TrustOptions{Server: "mx.example", Known: []string{"example.org"}})
	add(s.Words)
	for _, w := range s.Warnings {
		add(w.Words)
	}
	add(m.Protection().Words())
	if l := m.List(); l != nil {
		add(l.Name)
	}
	if i := m.Invitation(time.UTC, when.Style{}); i != nil {
		for _, t := range []Text{i.Title, i.When, i.Repeats, i.Where, i.Organizer} {
			add(t)
		}
		for _, a := range i.Attendees {
			add(a.Who)
			out = append(out, a.Status)
		}
	}
	if r := m.Report(); r != nil {
		for _, to := range r.Recipients {
			add(Line(to.Address))
			add(Line(to.Text))
			add(Line(to.Reason))
		}
	}
	return out
}

// TestTerminalAttacks puts what a terminal obeys into every place of a mail
// (D1, D2, D3: the class of CVE-2003-0063; himalaya #595, croc
// GHSA-364c-vvqx-446c). Nothing of it may arrive, and the text behind it must.
func TestTerminalAttacks(t *testing.T) {
	payloads := []string{
		"\x1b]52;c;ZXZpbA==\x07", "\x1b]0;title\x1b\\", "\x1b]2;title\x07", "\x1b]4;1;rgb:00/00/00\x07", "\x1b]7;file:///x\x07", "\x1b]8;;https://evil.example\x1b\\", "\x1b]9;note\x07",
		"\x1b]777;notify;a;b\x07", "\x1b]1337;File=:QQ==\x07", "\x1b[2J", "\x1b[31;1m", "\x1b[?1049h", "\x1b[6n", "\x1b[c", "\x1b[>c", "\x1b[21t", "\x1b[5i", "\x1b[201~", "\x1bP$q\"p\x1b\\", "\x1bPq#0\x1b\\",
		"\x1b_Gf=100;QQ==\x1b\\", "\x1b^pm\x1b\\", "\x1bXsos\x1b\\", "\x1bc", "\x1b#8", "\x1b(0", "\x0e", "\x07", "\x08\x08\x08", "\x7f", "\x00", "\x1a", "\x1b]52;c;never ended",
		"\u009b31m", "\u009d0;x\u009c", "\u0090q\u009c", "\x9b31m", "\x9d0;x\x9c", "\xc0\x9b", "\xe0\x80\x9b", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff\xfe",
		"\u202egpj.exe", "\u202a\u202d", "\u2066\u2067", "\u200f", "\u061c", "\u200b\ufeff\u2060", "\U000e0041\U000e007f", "\ufffe\uffff\ufdd0", "\r", "\v\f", "\u2028\u2029",
	}
	positions := []string{
		"Subject: %s|", "From: %s| <a@b.example>", "From: \"%s|\" <a@b.example>", "From: a%s|@b.example", "To: %s| <a@b.example>", "Cc: x (%s|)", "Reply-To: %s| <a@b.example>", "Date: %s|", "X-Any: %s|",
		"List-Id: %s| <l.example>", "Message-ID: <%s|@x>", "Content-Type: text/plain; charset=\"%s|\"", "Content-Type: application/x-%s|; name=x", "Content-Type: application/pdf; name=\"%s|.pdf\"",
		"Content-Disposition: attachment; filename=\"%s|\"\nContent-Type: a/b", "Content-Type: text/plain\n\n%s|", "Content-Type: text/html\n\n<p>%s|</p>", "Content-Type: text/html\n\n<img alt=\"%s|\"><a href=\"https://a.example/%s|\">%s|</a>",
		"Content-Type: text/plain\n\nhttps://a.example/%s|", "Content-Type: text/calendar\n\nBEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:%s|\nLOCATION:%s|\nORGANIZER;CN=%s|:mailto:a@b.example\nATTENDEE;CN=\"%s|\";PARTSTAT=%s|:mailto:c@d.example\nEND:VEVENT\nEND:VCALENDAR",
		"Content-Type: multipart/report; boundary=r\n\n--r\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822; a%s|@b.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 %s|\n--r--",
		"Authentication-Results: mx.example; dmarc=fail header.from=%s|\nFrom: a@%s|",
	}
	for _, position := range positions {
		for _, payload := range payloads {
			raw := strings.ReplaceAll(position, "%s|", payload+"END")
			if strings.Contains(position, "\n\n") == false {
				raw += "\n\nbody\n"
			}
			seen := false
			for _, s := range screens(Parse([]byte(raw))) {
				checkSafe(t, s, false)
				seen = seen || strings.Contains(s, "END")
			}
			// a line break ends a field, and a date is shown as we write it
			if !seen && !strings.ContainsAny(payload, "\r\n") && !strings.HasPrefix(position, "Date") && !strings.Contains(position, "charset") {
				t.Errorf("%q in %q: what follows is gone", payload, position)
			}
		}
	}
}

// TestAttacks is the part of the table of attacks that concerns reading, row
// by row, each with where it is known from.
func TestAttacks(t *testing.T) {
	attacks := []struct {
		id, source, in string
		ok             func(m *Message) bool
	}{
		{"D4", "CVE-2021-42574, RLO in a file name", "Content-Type: a/b; name=\"report\u202efdp.exe\"\n\nx", func(m *Message) bool {
			return strings.HasSuffix(m.Attachments[0].SafeName(), "fdp.exe") && !strings.Contains(m.Attachments[0].SafeName(), "\u202e")
		}},
		{"D5", "CVE-2022-1834, a sender of blanks", "From: \"\u2800\u3164\u2800\" <a@evil.example>\n\nx", func(m *Message) bool {
			return Line(m.Header.From[0].Name).String() == "" && m.Header.From[0].Address == "a@evil.example"
		}},
		{"D6", "CVE-2021-27135, a flood of marks", "Subject: a" + strings.Repeat("\u0301", 4000) + "\n\nx", func(m *Message) bool {
			return len(Line(m.Header.Subject).String()) <= 1+2*maxMarks
		}},
		{"D7", "a line that is overwritten", "Subject: x\n\nharmless\rrm -rf\n", func(m *Message) bool {
			return asShown(m.Lines(40, LayoutOptions{})) == "harmless\nrm -rf\n"
		}},
		{"D8", "Johnny 05-ui, a false mark in the body", "Subject: x\n\nGood signature from Ada\n", func(m *Message) bool {
			return m.Protection() == Protection{}
		}},
		{"M7", "Mailsploit, two From", "From: a@x.example\nFrom: b@y.example\nSubject: 1\nSubject: 2\n\nx", func(m *Message) bool {
			return m.Header.From[0].Address == "a@x.example" && m.Header.Subject == "1" && len(m.Defects) == 2
		}},
		{"M7", "two Content-Type", "Content-Type: text/plain\nContent-Type: text/html\n\n<b>x", func(m *Message) bool {
			return m.Text() == "<b>x" && m.HTML == "" && len(m.Defects) == 1
		}},
		{"M7", "NUL in an address, Mailsploit", "From: =?utf-8?b?cG90dXNAd2hpdGVob3VzZS5nb3YA?=@evil.example\n\nx", func(m *Message) bool {
			return strings.HasSuffix(m.Header.From[0].Address, "@evil.example") || m.Header.From[0].Address == ""
		}},
		{"M7", "line break in an encoded word, Mailsploit", "From: =?utf-8?q?a=40good.example=0A=00?= <a@evil.example>\n\nx", func(m *Message) bool {
			return m.Header.From[0].Address == "a@evil.example" && !strings.ContainsAny(Line(m.Header.From[0].Name).String(), "\n\x00")
		}},
		{"M7", "a comma in an encoded word (RFC 2047 §5)", "To: =?utf-8?q?a=2C_evil=40evil.example=2C?= <b@good.example>\n\nx", func(m *Message) bool {
			return len(m.Header.To) == 1 && m.Header.To[0].Address == "b@good.example"
		}},
		{"M8", "RFC 2046 §5.2.3, a file of the reader's", "Content-Type: message/external-body; access-type=local-file; name=\"/etc/passwd\"\n\nContent-Type: text/plain\n\n", func(m *Message) bool {
			b, err := io.ReadAll(m.Open(m.Attachments[0]))
			return err == nil && !strings.Contains(string(b), "root:") && m.Attachments[0].SafeName() == "passwd"
		}},
		{"M8", "RFC 2046 §5.2.2, a message in pieces", "Content-Type: message/partial; id=x; number=1; total=2\n\nSubject: y\n", func(m *Message) bool {
			return len(m.Attachments) == 1 && m.Header.Subject == ""
		}},
		{"M13", "MimeKit's panic.tnef, lengths that lie", "Content-Type: application/ms-tnef\n\n\x78\x9f\x3e\x22\x01\x00\x01\x05\x90\x06\x00\xff\xff\xff\x7f", func(m *Message) bool {
			return len(m.Attachments) == 1
		}},
		{"C2", "Covert Content, text that is hidden", `Content-Type: text/html` + "\n\n" + `<p>seen</p><p style="display:none">a</p><p style="color:#fff;background:#fff">b</p><p style="font-size:0">c</p><p hidden>d</p><p style="opacity:0">e</p><p style="position:absolute;left:-9999px">f</p>`, func(m *Message) bool {
			return m.Text() == "seen\n" && m.Snippet(80).String() == "seen"
		}},
		{"C3", "a link to another host", "Content-Type: text/html\n\n<a href=\"https://evil.example/\">https://bank.example/</a>", func(m *Message) bool {
			return strings.Contains(m.Text(), "→ evil.example")
		}},
		{"C3", "user name that looks like a host", "Content-Type: text/html\n\n<a href=\"https://bank.example@evil.example/\">x</a>", func(m *Message) bool {
			return m.Links(LayoutOptions{})[0].Host == "evil.example" && strings.Contains(m.Text(), "evil.example ←")
		}},
		{"C3", "UTS 46, a homograph", "Content-Type: text/html\n\n<a href=\"https://аррӏе.com/\">x</a>", func(m *Message) bool {
			return m.Links(LayoutOptions{})[0].Host == "xn--80ak6aa92e.com"
		}},
		{"C3", "schemes that act", "Content-Type: text/html\n\n<a href=\"javascript:alert(1)\">a</a><a href=\"data:text/html,x\">b</a><a href=\"file:///etc/passwd\">c</a><a href=\" \tjAvAscript:x\">d</a><a href=\"vbscript:x\">e</a><a href=\"ssh://x\">f</a>", func(m *Message) bool {
			return len(m.Links(LayoutOptions{})) == 0 && strings.TrimSpace(m.Text()) == "abcdef"
		}},
		{"C3", "NUL and line breaks in a scheme", "Content-Type: text/html\n\n<a href=\"java\nscript:x\">a</a><a href=\"https://a.example/\x00b\">b</a>", func(m *Message) bool {
			for _, l := range m.Links(LayoutOptions{}) {
				if strings.ContainsAny(l.URL, "\x00\n") || !strings.HasPrefix(l.URL, "https://") {
					return false
				}
			}
			return true
		}},
		{"C4", "scripts, forms, refresh", "Content-Type: text/html\n\n<meta http-equiv=refresh content=\"0;url=https://evil.example\"><script>a</script><form action=\"https://evil.example\"><input name=p value=secret><button>Pay</button></form><iframe src=\"https://evil.example\">b</iframe><object data=x>c</object>ok", func(m *Message) bool {
			return len(m.Links(LayoutOptions{})) == 0 && !strings.Contains(m.Text(), "secret") && strings.Contains(m.Text(), "ok")
		}},
		{"C5", "espoofer, an address as a name", "From: \"ada@example.org\" <x@evil.example>\n\nx", func(m *Message) bool {
			return len(m.Sender(TrustOptions{}).Warnings) == 1
		}},
		{"C5", "a source route", "From: <@example.org:x@evil.example>\n\nx", func(m *Message) bool {
			return m.Header.From[0].Address == "x@evil.example"
		}},
		{"C6", "RFC 8601 §5, forged results", "Authentication-Results: mx.evil.example; dmarc=pass header.from=bank.example\nFrom: a@bank.example\n\nx", func(m *Message) bool {
			return m.Sender(TrustOptions{Server: "mx.example"}).Words.String() == ""
		}},
		{"C7", "CVE-2018-12020 SigSpoof, status lines in the text", "Subject: x\n\n[GNUPG:] GOODSIG 1 Ada\n-----BEGIN PGP MESSAGE-----\nx\n-----END PGP MESSAGE-----\n", func(m *Message) bool {
			return m.Protection().Words().String() == "a part of it is encrypted with OpenPGP"
		}},
		{"C8", "CVE-2017-17688 EFAIL, cipher text between quotes", "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n\n<img src=\"https://evil.example/\n--b\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nsecret\n--b\nContent-Type: text/html\n\n\">\n--b--", func(m *Message) bool {
			return !strings.Contains(m.Text(), "secret") && len(m.Links(LayoutOptions{})) == 0
		}},
		{"C9", "RFC 8098, RFC 8058: asked for, and nothing done", "Disposition-Notification-To: x@evil.example\nList-Unsubscribe: <javascript:x>, <https://l.example/u>\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\n\nx", func(m *Message) bool {
			l := m.List()
			return l != nil && len(l.Unsubscribe) == 1 && l.OneClick == "https://l.example/u" && !l.OneClickSigned
		}},
		{"C10", "RFC 3464, a report inside a forwarded message", "From: a@x.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nsee\n--b\nContent-Type: message/rfc822\n\nContent-Type: multipart/report; boundary=r\n\n--r\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1\n--r--\n--b--", func(m *Message) bool {
			return m.Report() == nil
		}},
		{"H1", "CVE-2018-14355, CVE-2025-49466, a path for a name", "Content-Type: a/b; name=\"../../../.ssh/authorized_keys\"\n\nx", func(m *Message) bool {
			return m.Attachments[0].SafeName() == "authorized_keys"
		}},
	}
	for _, a := range attacks {
		m := Parse([]byte(a.in))
		checkMessage(t, m)
		if !a.ok(m) {
			t.Errorf("%s, %s: text %q, links %v, files %v, defects %q, warnings %v", a.id, a.source, m.Text(), m.Links(LayoutOptions{}), m.Attachments, m.Defects, m.Sender(TrustOptions{}).Warnings)
		}
	}
}

// TestReadingBombs: M5, M3, M6. They must end, and cost no more than their size.
// TestManyShortLines: what is not shown of a text does not become lines of the reader, and
// is searched all the same.
func TestManyShortLines(t *testing.T) {
	raw := []byte("Subject: x\r\nContent-Type: text/plain\r\n\r\nfirst\r\n" + strings.Repeat("\n", 8<<20) + "last\r\n")
	allocated := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			Parse(raw).Lines(80, LayoutOptions{})
		}
	}).AllocedBytesPerOp()
	if allocated > 800<<20 {
		t.Errorf("%d MiB for a text of 8 MiB", allocated>>20)
	}
	m := Parse(raw)
	lines := m.Lines(80, LayoutOptions{})
	text := ""
	for _, l := range lines {
		for _, s := range l.Spans {
			text += s.Text
		}
	}
	if !strings.Contains(text, "first") || !strings.Contains(text, "longer than 1 MiB") || strings.Contains(text, "last") {
		t.Errorf("%d lines, with the text %.80q", len(lines), text)
	}
	if _, words := m.Gist(0, 0); !strings.Contains(words, "last") {
		t.Error("its end is not searched")
	}
}

// TestURLsWithoutAnEnd: each was looked for an end through all that is left, which took
// minutes.
func TestURLsWithoutAnEnd(t *testing.T) {
	const n = 8 << 20
	got := findURLs(strings.Repeat("www.a.é/", n/9))
	if len(got) < n/maxURLSize-1 || got[0] != [2]int{0, maxURLSize} {
		t.Errorf("%d, the first %v", len(got), got[0])
	}
}

func TestReadingBombs(t *testing.T) {
	for name, body := range map[string]string{
		"nested":           strings.Repeat("<div>", 100_000) + "x",
		"nested tables":    strings.Repeat("<table><tr><td>", 20_000) + "x",
		"lists":            strings.Repeat("<ul><li>", 50_000) + "x",
		"quotes":           strings.Repeat("<blockquote>", 50_000) + "x",
		"formatting":       strings.Repeat("<b><i><p>", 50_000) + "x",
		"end tags":         strings.Repeat("</p></b></td>", 100_000) + "x",
		"spans":            "<table>" + strings.Repeat("<tr><td colspan=1000000000 rowspan=1000000000>x", 5000),
		"columns":          "<table><tr>" + strings.Repeat("<td>x", 100_000),
		"attributes":       "<p " + strings.Repeat("a=b ", 200_000) + ">x",
		"style":            "<p style=\"" + strings.Repeat("a:b;", 200_000) + "\">x",
		"sheet":            "<style>" + strings.Repeat(".a{display:none}", 50_000) + "</style>x",
		"open sheet":       "<style>" + strings.Repeat("@media{", 100_000) + "</style>x",
		"classes":          "<p class=\"" + strings.Repeat("a ", 200_000) + "\">x",
		"rules":            "<style>" + strings.Repeat(".a,.b,", 5000) + ".c{display:none;" + strings.Repeat("x:y;", 5000) + "}</style>" + strings.Repeat("<b class=\"a b c\">", 20_000) + "x",
		"entities":         strings.Repeat("&amp;&#x41;&nosuch;", 50_000) + "x",
		"comments":         strings.Repeat("<!--", 100_000) + "-->x",
		"cdata":            strings.Repeat("<![CDATA[", 100_000) + "x",
		"conditions":       strings.Repeat("<!--[if mso]>", 50_000) + "x",
		"quotes not ended": strings.Repeat("<a href=\"", 100_000) + ">x",
		"links":            strings.Repeat("<a href=https://a.example/>x</a>", 20_000),
		"long URL":         "<a href=https://a.example/" + strings.Repeat("a", 1<<20) + ">x</a>",
		"older messages":   "x" + strings.Repeat(`<div id=divRplyFwdMsg>From: x</div>`, 20_000),
		"heads":            "x" + strings.Repeat(`<div id=divRplyFwdMsg>`, 20_000) + strings.Repeat(" ", 1<<20),
	} {
		t.Run(name, func(t *testing.T) {
			m := parseHTML(body)
			for _, l := range m.Lines(80, LayoutOptions{Graphemes: true, FoldQuotes: true}) {
				for _, s := range l.Spans {
					checkSafe(t, s.Text, false)
				}
			}
			m.Text()
			m.Snippet(100)
			m.Sender(TrustOptions{})
		})
	}
	for name, raw := range map[string]string{
		"M3 base64":        "Content-Transfer-Encoding: base64\n\n" + strings.Repeat("QUJD", 1<<19),
		"M3 uu":            "Subject: x\n\n" + strings.Repeat("begin 644 a\n", 100_000),
		"M3 uu lines":      "Subject: x\n\nbegin 644 a\n" + strings.Repeat("M"+strings.Repeat("A", 60)+"\n", 50_000),
		"M3 yEnc":          "Subject: x\n\n" + strings.Repeat("=ybegin line=1 size=1 name=a\n", 20_000),
		"M6 utf-7":         "Content-Type: text/plain; charset=utf-7\n\n" + strings.Repeat("+A", 500_000),
		"M6 shifts":        "Content-Type: text/plain; charset=iso-2022-jp\n\n" + strings.Repeat("\x1b$B\x1b(B", 200_000),
		"M6 utf-16":        "Content-Type: text/plain; charset=utf-16\n\n" + strings.Repeat("\xd8\x00", 500_000),
		"M6 utf-32":        "Content-Type: text/plain; charset=utf-32\n\n" + strings.Repeat("\xff", 1<<20),
		"M6 unknown":       "Content-Type: text/plain; charset=" + strings.Repeat("x", 10_000) + "\n\n\xff",
		"M13 calendar":     "Content-Type: text/calendar\n\n" + strings.Repeat("BEGIN:VCALENDAR\nBEGIN:VEVENT\n", 50_000),
		"M13 attendees":    "Content-Type: text/calendar\n\nBEGIN:VCALENDAR\nBEGIN:VEVENT\n" + strings.Repeat("ATTENDEE:mailto:a@b.example\n", 50_000),
		"M13 folds":        "Content-Type: text/calendar\n\nBEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:" + strings.Repeat("a\n ", 200_000),
		"M1 boundaries":    "Content-Type: multipart/mixed; boundary=none\n\n" + strings.Repeat("--x\nContent-Type: multipart/mixed; boundary=none\n\n", 20_000),
		"M1 signed inside": "Content-Type: application/pkcs7-mime\n\n" + strings.Repeat("\x30\x80", 100_000),
		"C10 notice":       "From: mailer-daemon@x.example\nSubject: undeliverable\n\n" + strings.Repeat("<a@b.example>:\n", 50_000),
		"C6 results":       "Authentication-Results: " + strings.Repeat("a;(", 20_000) + "\nFrom: a@b.example\n\nx",
	} {
		t.Run(name, func(t *testing.T) {
			for _, s := range screens(Parse([]byte(raw))) {
				checkSafe(t, s, false)
			}
		})
	}
}

// TestNothingIsFetched: C1. The packages that read mail cannot ask anybody,
// which internal/walls tests by what they import. What would be fetched is told as a link or as an alternative text.
func TestNothingIsFetched(t *testing.T) {
	m := parseHTML(`<link rel=stylesheet href=https://t.example/a.css><style>@import url(https://t.example/b.css); body{background:url(https://t.example/c.png)}</style>
<body background=https://t.example/d.png><img src=https://t.example/e.png alt="Logo"><video poster=https://t.example/f.png src=https://t.example/g></video><object data=https://t.example/h></object><iframe src=https://t.example/i></iframe><img srcset="https://t.example/j 2x"><input type=image src=https://t.example/k><svg><image href=https://t.example/l></svg>text`)
	if got := fmt.Sprintf("%q %v", m.Text(), m.Links(LayoutOptions{})); got != `"[Logo]text\n" []` {
		t.Errorf("got %s", got)
	}
}
