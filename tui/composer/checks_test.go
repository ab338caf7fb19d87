package composer

import (
	"strings"
	"testing"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/tui/keys"
	"postea/tui/nav"
)

func TestSpeaksOfAttachment(t *testing.T) {
	for text, want := range map[string]bool{
		"Please find attached the plan.": true, "I enclose the plan": true, "See the attachment": true, "(attached)": true, "I am unattached.": false, "> it is attached\nThanks": false,
		"Im Anhang ist der Plan": true, "Anbei": true, "ci-joint le plan": true, "Te lo envío adjunto": true, "in allegato": true, "Em anexo": true, "zie bijlage": true,
		"Se bifogad fil": true, "Se vedhæftet fil": true, "Liitteenä": true, "W załączniku": true, "V příloze": true, "mellékelten csatolva": true,
		"Файл во вложении": true, "Безвложение": false, "添付します": true, "请见附件": true, "첨부합니다": true, "הקובץ המצורף": true, "الملف المرفق": true, "ekteki dosya": true,
		"it is ekte": false, "Hi\n-- \nattached to nobody": false, "Hi\n---------- Forwarded message ----------\nattached": false, "Grüße": false, "": false,
	} {
		if got := speaksOfAttachment(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestLikelyDomain(t *testing.T) {
	for domain, want := range map[string]string{
		"gmial.com": "gmail.com", "gmail.co": "gmail.com", "gmali.com": "gmail.com", "hotmial.com": "hotmail.com", "outlok.com": "outlook.com", "yaho.com": "yahoo.com",
		"gmail.com": "", "mail.com": "", "line.com": "", "example.org": "", "yahoo.co": "", "proton.me": "", "": "",
	} {
		if got := likelyDomain(domain); got != want {
			t.Errorf("%s: %q", domain, got)
		}
	}
}

func TestQuestions(t *testing.T) {
	emacs, _ := keys.New("", "emacs", nil)
	m := &Model{ask: &nav.Asker{Keys: emacs}, identities: []app.Identity{{Address: mail.Address{Address: "ada@home.example"}}, {Address: mail.Address{Address: "ada@work.example"}}}}
	base := mail.Draft{From: mail.Address{Address: "ada@home.example"}, Subject: "x", Body: "y"}
	with := func(f func(*mail.Draft)) mail.Draft {
		d := base
		f(&d)
		return d
	}
	five := "a@home.example, b@home.example, c@sub.home.example, d@home.example, eve@other.example"
	tests := []struct {
		name string
		d    mail.Draft
		want string
	}{
		{"nothing", with(func(d *mail.Draft) { d.To = "bob@x.example" }), ""},
		{"a reply to many leaves the house", with(func(d *mail.Draft) { d.To, d.ReplyTo = five, 1 }), "outside"},
		{"a new message to many", with(func(d *mail.Draft) { d.To = five }), ""},
		{"all outside anyway", with(func(d *mail.Draft) {
			d.To, d.ReplyTo = "a@x.example,b@x.example,c@x.example,d@x.example,e@x.example", 1
		}), ""},
		{"few", with(func(d *mail.Draft) { d.To, d.ReplyTo = "a@home.example, eve@other.example", 1 }), ""},
		{"nobody's house", with(func(d *mail.Draft) { d.To, d.ReplyTo, d.From.Address = five, 1, "ada@gmail.com" }), ""},
		{"the other identity", with(func(d *mail.Draft) { d.To = "bob@work.example, carol@work.example" }), "identity"},
		{"the other identity, among others", with(func(d *mail.Draft) { d.To = "bob@work.example, carol@x.example" }), ""},
		{"redirected", with(func(d *mail.Draft) { d.To, d.Redirects, d.Subject, d.Body = "bob@x.example", 7, "", "attached" }), ""},
		{"no subject, an attachment, a field", with(func(d *mail.Draft) { d.To, d.Subject, d.Body = "bob@gmial.com", "", "attached {{x}}" }), "subject attachment field domain gmial.com"},
		{"an attachment in the subject", with(func(d *mail.Draft) { d.To, d.Subject = "bob@x.example", "The plan, attached" }), "attachment"},
		{"a field in the subject", with(func(d *mail.Draft) { d.To, d.Subject = "bob@x.example", "Thanks, {{first_name}}" }), "field"},
		{"a field behind one that is too long", with(func(d *mail.Draft) { d.To, d.Body = "bob@x.example", "{{"+strings.Repeat("x", 90)+"}} {{x}}" }), "field"},
		{"the subject of somebody else", with(func(d *mail.Draft) { d.To, d.Subject, d.ReplyTo = "bob@x.example", "Re: {{x}}, attached", 1 }), ""},
		{"braces of somebody else", with(func(d *mail.Draft) { d.To, d.Body = "bob@x.example", "> name: {{ .Values.name }}\n\nYes." }), ""},
		{"forwarded braces", with(func(d *mail.Draft) {
			d.To, d.Body, d.Forwards = "bob@x.example", "See.\n\n---------- Forwarded message ----------\n\n{{ .Values.name }}", 1
		}), ""},
	}
	for _, tt := range tests {
		var got []string
		for _, q := range m.questions(tt.d) {
			got = append(got, q.what)
			if q.what == "identity" && !strings.HasSuffix(q.detail, "; ctrl+x f turns to it.") {
				t.Errorf("%s: %s", tt.name, q.detail)
			}
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s: %q", tt.name, s)
		}
	}
}

// A message that is forwarded whole is not encoded, and not refused for what that takes.
func TestWeight(t *testing.T) {
	for kind, want := range map[string]int64{"application/pdf": 1370, "": 1370, "message/rfc822": 1000} {
		m := New(nil, nil, mail.Draft{Attach: []mail.AttachmentRef{{Type: kind, Size: 1000}}}, Options{})
		if got := m.weight() - 1000; got != want {
			t.Errorf("%q: %d", kind, got)
		}
	}
}

// Whose signature stands in what is forwarded is not taken for one's own.
func TestSignatureBelowAForward(t *testing.T) {
	me := app.Identity{Account: "a", Address: mail.Address{Address: "ada@x.example"}, Signature: "Ada"}
	nameless := app.Identity{Account: "b", Address: mail.Address{Address: "ada@y.example"}}
	const forwarded = "\n\n---------- Forwarded message ----------\nFrom: bob@x.example\n\nHello\n\n-- \nBob\n\nand more\n"
	signed := forwarded + "\n-- \nAda\n"
	m := New(nil, nil, mail.Draft{Account: "a", From: me.Address, Forwards: 1, Body: signed}, Options{})
	m.tookIdentities(identitiesMsg{list: []app.Identity{me, nameless}})
	for _, want := range []string{forwarded, signed, forwarded, signed} {
		if m.turnSignature(); m.body.Text() != want {
			t.Fatalf("got %q, want %q", m.body.Text(), want)
		}
	}
	m = New(nil, nil, mail.Draft{Account: "b", From: nameless.Address, Forwards: 1, Body: forwarded}, Options{})
	m.tookIdentities(identitiesMsg{list: []app.Identity{me, nameless}})
	if m.turnSignature(); m.body.Text() != forwarded {
		t.Errorf("without a signature: %q", m.body.Text())
	}
	if m.turnIdentity(1); m.body.Text() != signed {
		t.Errorf("with another address: %q", m.body.Text())
	}
}
