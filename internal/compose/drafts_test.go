package compose

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postea/internal/mail"
)

type goldenDraft struct {
	name      string
	draft     mail.Draft
	shape     string // of the MIME tree
	notEnmime string // why enmime is not asked
}

// goldenDrafts is what people write, and what programs stumble over.
func goldenDrafts(t *testing.T) []goldenDraft {
	t.Helper()
	dir := t.TempDir()
	path := func(name, content string) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	var many []string
	for i := range 200 {
		many = append(many, fmt.Sprintf("Person Number %d <person.%d@department-%d.example.org>", i, i, i%7))
	}
	var refs []string
	for i := range 21 {
		refs = append(refs, fmt.Sprintf("%d.%s@mail.example.org", i, strings.Repeat("x", 40)))
	}
	const plain = "text/plain"
	data := func(name, content string) mail.AttachmentRef {
		return mail.AttachmentRef{Name: name, Data: []byte(content)}
	}
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	var list []goldenDraft
	add := func(name, shape string, d mail.Draft) {
		if d.From.Address == "" {
			d.From = ada
		}
		if d.To == "" && d.Bcc == "" {
			d.To = "bob@x.example"
		}
		list = append(list, goldenDraft{name: name, draft: d, shape: shape})
	}
	body := func(name, text string) { add(name, plain, mail.Draft{Subject: name, Body: text}) }
	subject := func(name, s string) { add(name, plain, mail.Draft{Subject: s, Body: "x"}) }
	to := func(name, s string) { add(name, plain, mail.Draft{Subject: "x", To: s, Body: "x"}) }
	file := func(name string, files ...mail.AttachmentRef) {
		kinds := map[string]string{".txt": plain, ".pdf": "application/pdf", ".png": "image/png", ".html": "text/html", ".csv": "text/csv", ".zip": "application/zip"}
		shape := "mixed[" + plain
		for _, f := range files {
			kind := kinds[filepath.Ext(f.Name+f.Path)]
			if f.Type != "" {
				kind = f.Type
			}
			shape += " " + kind
		}
		add(name, shape+"]", mail.Draft{Subject: name, Body: "see there", Attach: files})
	}

	body("ascii", "Hello Bob,\n\nSee you at noon.\n")
	body("empty", "")
	body("umlauts", "Grüße aus Köln, à bientôt, ñandú")
	body("japanese", "今日は。\n来週の打ち合わせについて。\n")
	body("russian", "Привет, как дела?")
	body("arabic and hebrew", "مرحبا بالعالم\nשלום עולם")
	body("hindi and thai", "नमस्ते दुनिया\nสวัสดีชาวโลก")
	body("emoji", "Party 🎉 👩‍💻 🏳️‍🌈 e\u0301 \u200b|")
	body("a long paragraph", strings.Repeat("All work and no play makes Jack a dull boy. ", 40))
	body("a long paragraph of CJK", strings.Repeat("吾輩は猫である。名前はまだ無い。", 60))
	body("a word of 3000 octets", strings.Repeat("x", 3000))
	body("a URL of 1200 octets", "see https://x.example/"+strings.Repeat("path/", 240)+" there")
	body("From at a line start", "From here on\n>From there\n From elsewhere")
	body("dots", ".\n..\n.hidden\n")
	body("blanks at the ends", "one   \ntwo\t\n   three\n \nfour")
	body("leading blanks", "    code\n\tmore code\n  * item")
	body("quotes", "On Tue, Bob wrote:\n> one\n>> two\n>>> "+strings.Repeat("three is long ", 20)+"\n>\n> four\n\nYes.")
	body("signature", "Text\n\n-- \nAda\nAnalytical Society\n")
	body("signature in a quote", "> Text\n> -- \n> Bob\n\nYes")
	body("only a signature", "\n\n-- \nAda")
	body("line ends of all kinds", "one\r\ntwo\rthree\nfour")
	body("controls", "a\tb\fc")
	body("equals and soft breaks", "a=b=\n=3D=\n"+strings.Repeat("=ä", 100))
	body("boundary-like lines", "--boundary\n--\n--=_x--\n")
	body("header-like lines", "Subject: not this\nBcc: eve@x.example\n\nContent-Type: text/html\n")
	body("nothing but newlines", "\n\n\n")
	body("a megabyte", strings.Repeat("The quick brown fox jumps over the lazy dog.\n", 23_000))

	subject("no subject", "")
	subject("long subject", strings.Repeat("a subject that goes on and on ", 12))
	subject("long subject without blanks", strings.Repeat("Donaudampfschifffahrt", 12))
	subject("long subject in Japanese", strings.Repeat("来週の打ち合わせについて", 12))
	subject("mixed subject", "Re: Grüße from 東京 – 100% =?utf-8?q?not_this?= (again)")
	subject("emoji subject", "🎉🎉🎉 "+strings.Repeat("👩‍💻", 20))
	subject("subject with quotes", `"quoted" \ back <angle> ; : ,`)
	subject("subject with two blanks", "two  blanks")
	subject("subject like a word", "=?x?=")

	to("a name with a comma", `"Lovelace, Bob" <bob@x.example>`)
	to("a name with quotes", `"Bob \"the builder\" B." <bob@x.example>`)
	to("a name in UTF-8", `Jürgen Groß <juergen@x.example>, 田中 美咲 <misaki@x.example>`)
	to("a long name", strings.Repeat("Maximilian ", 12)+"<max@x.example>")
	to("a long name in UTF-8", strings.Repeat("Müller ", 20)+"<m@x.example>")
	to("a name that is an address", `"bob@y.example" <bob@x.example>`)
	to("a name with an encoded word", `"=?utf-8?q?x?=" <bob@x.example>`)
	list[len(list)-1].notEnmime = "it decodes encoded words within quotes, which RFC 2047 §5 forbids"
	to("a domain in Unicode", "bob@bücher.example")
	to("odd local parts", `"a b"@x.example, o'neil+tag=x@x.example, !#$%&'*+-/=?^_{|}~@x.example`)
	to("200 recipients", strings.Join(many, ", "))
	to("a group", "Team: ann@x.example, Bob <bob@x.example>;")
	add("copies", plain, mail.Draft{Subject: "x", To: "bob@x.example", Cc: "Carol <carol@x.example>, dave@x.example", Bcc: "eve@x.example", Body: "x"})
	add("only Bcc", plain, mail.Draft{Subject: "x", Bcc: "eve@x.example", Body: "x"})
	add("from an alias in UTF-8", plain, mail.Draft{From: mail.Address{Name: "Ada – Büro, Köln", Address: "ada@bücher.example"}, Subject: "x", Body: "x"})
	add("an answer", plain, mail.Draft{Subject: "Re: x", Body: "yes", InReplyTo: "p@x.example", Refs: []string{"r@x.example", "p@x.example"}})
	add("a long thread", plain, mail.Draft{Subject: "Re: x", Body: "yes", InReplyTo: refs[20], Refs: refs})

	file("a file", data("report.pdf", "%PDF-1.7\n"+string(all)))
	file("a file from the disk", mail.AttachmentRef{Path: path("on disk.txt", "from the disk\n")})
	file("names in UTF-8", data("Bücher – übersicht.pdf", "x"), data("見積書.pdf", "y"), data("отчёт.csv", "a;b\n"))
	file("a long name", data(strings.Repeat("a long file name ", 14)+".pdf", "x"))
	file("a long name in UTF-8", data(strings.Repeat("見積", 40)+".pdf", "x"))
	file("odd names", data(`a "quoted" name.txt`, "x"), data("a;b=c, d.txt", "y"), data("100% {it's} [ok].txt", "z"))
	file("an empty file", data("empty.txt", ""))
	file("all octets", data("all.zip", string(all)))
	file("text with odd line ends", data("dos.txt", "a\r\nb\rc\nd"))
	file("HTML", data("page.html", "<p>hi</p>"))
	file("many files", data("1.txt", "1"), data("2.txt", "2"), data("3.txt", "3"), data("4.txt", "4"), data("5.txt", "5"))

	add("markdown", "alternative["+plain+" text/html]", mail.Draft{Subject: "x", Markdown: true, Body: "# Title\n\n*Hello* **Bob** `x`\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n> quoted\n\n-- \nAda"})
	add("markdown in Japanese", "alternative["+plain+" text/html]", mail.Draft{Subject: "x", Markdown: true, Body: strings.Repeat("今日は**太字**です。", 60)})
	picture := mail.AttachmentRef{Name: "moth one.png", Data: []byte("\x89PNG\r\n\x1a\n"), Inline: true}
	add("a picture in the text", "alternative["+plain+" related[text/html image/png]]", mail.Draft{Subject: "x", Markdown: true, Body: "Look ![moth](<moth one.png>)", Attach: []mail.AttachmentRef{picture}})
	add("a picture in the text and a file", "mixed[alternative["+plain+" related[text/html image/png]] application/pdf]",
		mail.Draft{Subject: "x", Markdown: true, Body: "Look ![moth](<moth one.png>)", Attach: []mail.AttachmentRef{picture, data("r.pdf", "%PDF")}})
	add("a picture that the text does not show", "mixed[alternative["+plain+" text/html] image/png]", mail.Draft{Subject: "x", Markdown: true, Body: "no look", Attach: []mail.AttachmentRef{picture}})
	return list
}
