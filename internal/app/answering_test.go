package app

import (
	"os"
	"strings"
	"testing"

	"postea/config"
	"postea/internal/compose"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/internal/store"
)

// TestWhoIsAnswered goes through testdata/replies.txt.
func TestWhoIsAnswered(t *testing.T) {
	raw, err := os.ReadFile("testdata/replies.txt")
	if err != nil {
		t.Fatal(err)
	}
	own := []mail.Address{{Name: "Ada", Address: "ada@example.org"}, {Name: "Ada", Address: "a.lovelace@example.org"}, {Address: "ada@bücher.example"}}
	n := 0
	for _, c := range strings.Split(string(raw), "\n== ")[1:] {
		n++
		name, rest, _ := strings.Cut(c, "\n")
		t.Run(name, func(t *testing.T) { answers(t, own, rest) })
	}
	if n < 40 {
		t.Errorf("only %d cases", n)
	}
}

// The line over a quotation has the date of the message, or else that of the server
// that took it.
func TestDateOfTheQuoted(t *testing.T) {
	received, sent := "Received: from a by b; Mon, 23 Nov 2026 09:14:00 +0000\r\n", "Date: Sun, 22 Nov 2026 09:14:00 +0000\r\n"
	for header, day := range map[string]int{received: 23, sent: 22, received + sent: 22} {
		if o := original(reading.Parse([]byte(header + "\r\nhi"))); o.Date.Day() != day {
			t.Errorf("%q: %v", header, o.Date)
		}
	}
}

func answers(t *testing.T, own []mail.Address, text string) {
	var header strings.Builder
	var wants []string
	for line := range strings.SplitSeq(text, "\n") {
		if want, ok := strings.CutPrefix(line, "> "); ok {
			wants = append(wants, want)
		} else if line != "" {
			header.WriteString(line + "\r\n")
		}
	}
	o := original(reading.Parse([]byte(header.String() + "\r\ntext\r\n")))
	me := compose.Self{From: compose.ChooseIdentity(o, own), Own: own}
	if len(wants) == 0 {
		t.Fatal("nothing is expected")
	}
	for _, want := range wants {
		what, want, _ := strings.Cut(want, " ")
		got := ""
		switch what {
		case "from":
			got = me.From.Address
		case "reply":
			d := compose.Reply(o, me)
			if got = orNobody(d.To); d.Author != "" {
				got += " ask " + d.Author
			}
		case "all":
			d := compose.ReplyAll(o, me)
			got = strings.TrimSpace(orNobody(d.To) + " | " + d.Cc)
		case "list":
			d, ok := compose.ReplyList(o, me)
			if got = orNobody(d.To); ok != (d.To != "") {
				t.Errorf("a list: %v, to %q", ok, d.To)
			}
		default:
			t.Fatalf("what is %q?", what)
		}
		if got != want {
			t.Errorf("%s\n got %s\nwant %s", what, got, want)
		}
	}
}

func orNobody(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// What was selected is quoted, and nothing else.
func TestAnswerQuotesOnlyWhatIsSelected(t *testing.T) {
	a, ids := holding(t, "Subject: Moth\nFrom: bob@y.example\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nfirst\n\n> earlier\n\nlast\n--b\nContent-Type: text/plain\nContent-Disposition: attachment; filename=x.txt\n\nx\n--b--\n")
	for _, tt := range []struct {
		how   Answering
		only  string
		quote string // of the body
		files int
	}{
		{ToAuthor, "", "> first\n>\n>> earlier\n>\n> last", 0},
		{ToAuthor, "> earlier\nlast", ">> earlier\n> last", 0},
		{ToAll, "a\x1b[31mb", "> a[31mb", 0},
		{Forwarded, "", "first\n\n> earlier\n\nlast", 1},
		{Forwarded, "last", "last", 0},
	} {
		d, err := a.Answer(t.Context(), ids[0], tt.how, tt.only)
		if err != nil {
			t.Fatal(err)
		}
		_, quoted, ok := strings.Cut(d.Body, ":\n>")
		if quoted = ">" + quoted; !ok {
			_, quoted, _ = strings.Cut(strings.TrimLeft(d.Body, "\n"), "\n\n")
		}
		if got := strings.TrimSpace(quoted); got != tt.quote || len(d.Attach) != tt.files {
			t.Errorf("%s of %q: %q with %d files, want %q with %d", tt.how, tt.only, got, len(d.Attach), tt.quote, tt.files)
		}
	}
}

// A reply to all knows the addresses of every account.
func TestReplyToAllLeavesOutOtherAccounts(t *testing.T) {
	a, ids := holding(t, "From: bob@y.example\r\nTo: ada@x.example, carol@y.example\r\nCc: countess@home.example\r\nSubject: Tea\r\nMessage-ID: <m0@x>\r\n\r\nhi\r\n")
	a.cfg.Accounts = append(a.cfg.Accounts, config.Account{Name: "home", Address: "ada@home.example", Aliases: []string{"countess@home.example"}})
	d, err := a.Answer(t.Context(), ids[0], ToAll, "")
	if err != nil || d.To != "bob@y.example" || d.Cc != "carol@y.example" {
		t.Errorf("to %q, cc %q, %v", d.To, d.Cc, err)
	}
}

// What stands in an attached message goes along within that: its files are not carried over a
// second time, nor taken for those of the same name beside it, and its text is no text of a draft.
func TestAttachedMessageStaysWhole(t *testing.T) {
	const raw = "From: ada@x.example\nTo: bob@y.example\nSubject: Moth\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nmine\n--b\n" +
		"Content-Type: message/rfc822\nContent-Disposition: attachment; filename=theirs.eml\n\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=c\n\n" +
		"--c\n\ntheirs\n--c\nContent-Type: text/csv\nContent-Disposition: attachment; filename=x.csv\n\nin theirs\n--c--\n\n" +
		"--b\nContent-Type: text/csv\nContent-Disposition: attachment; filename=x.csv\n\nin mine\n--b--\n"
	a, ids := holding(t, raw)
	ctx, m := t.Context(), reading.Parse([]byte(raw))
	for how, begin := range map[string]func() (mail.Draft, error){
		"forward":     func() (mail.Draft, error) { return a.Answer(ctx, ids[0], Forwarded, "") },
		"edit as new": func() (mail.Draft, error) { return a.Answer(ctx, ids[0], AsNew, "") },
		"continue":    func() (mail.Draft, error) { return a.readDraft(ctx, m, a.cfg.Accounts[0]) },
		"edit submitted": func() (mail.Draft, error) {
			return a.draftOfWire(ctx, mail.Draft{}, mail.Outgoing{}, store.Content{Wire: []byte(raw)})
		},
	} {
		d, err := begin()
		if err != nil || len(d.Attach) != 2 || d.Attach[0].Name != "theirs.eml" || string(d.Attach[1].Data) != "in mine" {
			t.Errorf("%s: %+v, %v", how, d.Attach, err)
		}
		if how != "forward" && d.Body != "mine" {
			t.Errorf("%s: the text is %q", how, d.Body)
		}
	}
	d := mail.Draft{Attach: []mail.AttachmentRef{{Path: "gone/x.csv"}}}
	if err := takeFiles(&d, m); err != nil || string(d.Attach[0].Data) != "in mine" {
		t.Errorf("the file that is gone: %+v, %v", d.Attach, err)
	}
}
