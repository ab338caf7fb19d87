package compose

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"postea/internal/mail"
)

var self = Self{From: ada, Own: []mail.Address{{Address: "ada@example.org"}, {Address: "a.lovelace@example.org"}}, Signature: "Ada"}

func list(s string) []mail.Address {
	l, err := mail.ParseAddressList(s)
	if err != nil {
		panic(err)
	}
	return l
}

func TestRecipientsOfReplies(t *testing.T) {
	tests := []struct {
		name                  string
		o                     Original
		to, allTo, allCc, lst string
	}{
		{"plain", Original{From: list("bob@x.example"), To: list("ada@example.org")}, "bob@x.example", "bob@x.example", "", ""},
		{"reply-to", Original{From: list("bob@x.example"), ReplyTo: list("desk@x.example"), To: list("ada@example.org, c@x.example")}, "desk@x.example", "desk@x.example", "c@x.example", ""},
		{"everyone but me", Original{From: list("Bob <bob@x.example>"), To: list("A.Lovelace@Example.org, c@x.example, bob@x.example"), Cc: list("d@x.example, C@x.example")}, "Bob <bob@x.example>", "Bob <bob@x.example>", "c@x.example, d@x.example", ""},
		{"my own message", Original{From: list("ada@example.org"), To: list("bob@x.example"), Cc: list("c@x.example, ada@example.org")}, "bob@x.example", "bob@x.example", "c@x.example", ""},
		{"to myself", Original{From: list("ada@example.org"), To: list("ada@example.org")}, "ada@example.org", "ada@example.org", "", ""},
		{"list", Original{From: list("bob@x.example"), To: list("list@x.example"), ListPost: "list@x.example"}, "bob@x.example", "bob@x.example", "list@x.example", "list@x.example"},
		{"followup-to", Original{From: list("bob@x.example"), To: list("list@x.example"), MailFollowupTo: list("list@x.example, ada@example.org")}, "bob@x.example", "list@x.example", "", ""},
		{"followup-to is only me", Original{From: list("bob@x.example"), MailFollowupTo: list("ada@example.org")}, "bob@x.example", "bob@x.example", "", ""},
		{"a name with a line break", Original{From: []mail.Address{{Name: "Bob\r\nevil@x.example,", Address: "bob@x.example"}}}, `"Bob  evil@x.example," <bob@x.example>`, `"Bob  evil@x.example," <bob@x.example>`, "", ""},
		{"reply-to nobody", Original{From: list("bob@x.example"), ReplyTo: []mail.Address{{Address: "noreply"}}}, "bob@x.example", "bob@x.example", "", ""},
		{"no address at all", Original{From: []mail.Address{{Name: "Bob"}}}, "", "", "", ""},
	}
	for _, tt := range tests {
		if d := Reply(tt.o, self); d.To != tt.to || d.Cc != "" {
			t.Errorf("%s: reply to %q, %q", tt.name, d.To, d.Cc)
		}
		if d := ReplyAll(tt.o, self); d.To != tt.allTo || d.Cc != tt.allCc {
			t.Errorf("%s: reply to all %q, cc %q", tt.name, d.To, d.Cc)
		}
		if d, ok := ReplyList(tt.o, self); d.To != tt.lst || ok != (tt.lst != "") {
			t.Errorf("%s: reply to list %q", tt.name, d.To)
		}
	}
}

// Who is written to at several of one's accounts does not write to oneself by a reply
// to all, unless nobody else is left.
func TestReplyToAllOverAccounts(t *testing.T) {
	me := self
	me.Elsewhere = list("ada@home.example, countess@home.example")
	for name, c := range map[string]struct {
		o       Original
		to, all string
	}{
		"at both":                {Original{From: list("bob@x.example"), To: list("ada@example.org, ADA@home.example"), Cc: list("c@x.example")}, "bob@x.example", "bob@x.example | c@x.example"},
		"an alias with a tag":    {Original{From: list("bob@x.example"), To: list("ada@example.org"), Cc: list("c@x.example, countess+shop@home.example")}, "bob@x.example", "bob@x.example | c@x.example"},
		"written by the other":   {Original{From: list("ada@home.example"), To: list("ada@example.org, bob@x.example"), Cc: list("c@x.example")}, "ada@home.example", "bob@x.example, c@x.example | "},
		"nobody else":            {Original{From: list("ada@home.example"), To: list("ada@example.org")}, "ada@home.example", "ada@home.example | "},
		"mine to the other only": {Original{From: list("ada@example.org"), To: list("ada@home.example")}, "ada@home.example", "ada@home.example | "},
		"mine to both":           {Original{From: list("ada@example.org"), To: list("ada@home.example"), Cc: list("bob@x.example")}, "ada@home.example", "bob@x.example | "},
		"to the list":            {Original{From: list("bob@x.example"), ReplyTo: list("l@x.example"), ListPost: "l@x.example", To: list("l@x.example, ada@example.org"), Cc: list("c@x.example")}, "l@x.example", "bob@x.example | l@x.example, c@x.example"},
		"followup-to":            {Original{From: list("bob@x.example"), MailFollowupTo: list("l@x.example, ada@home.example")}, "bob@x.example", "l@x.example | "},
	} {
		d := ReplyAll(c.o, me)
		if got := d.To + " | " + d.Cc; got != c.all {
			t.Errorf("%s: to all %s", name, got)
		}
		if d := Reply(c.o, me); d.To != c.to {
			t.Errorf("%s: to the author %s", name, d.To)
		}
	}
}

func TestReplyDraft(t *testing.T) {
	d := Reply(Original{
		From: list("Bob <bob@x.example>"), Subject: "AW: Re: tea", MessageID: "p@x.example", InReplyTo: []string{"q@x.example"},
		Date: time.Date(2024, 3, 5, 14, 7, 9, 0, time.UTC), Text: "one \n\n> two\n>> three\n\x1b[31m\n-- \nBob\n",
	}, self)
	want := mail.Draft{
		From: ada, To: "Bob <bob@x.example>", Subject: "Re: tea", InReplyTo: "p@x.example", Refs: []string{"q@x.example", "p@x.example"},
		Body: "\n\nOn Tue, 5 Mar 2024 at 14:07, Bob wrote:\n> one\n>\n>> two\n>>> three\n> [31m\n\n-- \nAda\n",
	}
	if !reflect.DeepEqual(d, want) {
		t.Errorf("got  %+v\nwant %+v", d, want)
	}
	if d := Reply(Original{}, Self{From: ada}); d.Body != "\n\n" || d.Subject != "Re:" || d.InReplyTo != "" {
		t.Errorf("answer to nothing: %+v", d)
	}
}

func TestReferences(t *testing.T) {
	var many []string
	for i := range 40 {
		many = append(many, fmt.Sprint(i, "@x"))
	}
	tests := []struct {
		name string
		o    Original
		want string
	}{
		{"first answer", Original{MessageID: "p@x"}, "p@x"},
		{"chain", Original{MessageID: "p@x", References: []string{"a@x", "b@x"}, InReplyTo: []string{"z@x"}}, "a@x b@x p@x"},
		{"from In-Reply-To", Original{MessageID: "p@x", InReplyTo: []string{"a@x"}}, "a@x p@x"},
		{"several In-Reply-To", Original{MessageID: "p@x", InReplyTo: []string{"a@x", "b@x"}}, "p@x"},
		{"trimmed", Original{MessageID: "p@x", References: many}, "0@x " + strings.Join(many[21:], " ") + " p@x"},
		{"parent without an id", Original{References: []string{"a@x"}}, "a@x"},
	}
	for _, tt := range tests {
		if got := strings.Join(Reply(tt.o, self).Refs, " "); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	if many[1] != "1@x" {
		t.Error("the References of the original were changed")
	}
}

func TestSubjects(t *testing.T) {
	for in, want := range map[string]string{
		"tea": "Re: tea", "Re: tea": "Re: tea", "RE: re: Re[2]: tea": "Re: tea", "AW: SV: tea": "Re: tea", "回复：茶": "Re: 茶", "RES: RIF: Vá: Bls: ΑΠ: השב: رد: tea": "Re: tea",
		"Re : tea": "Re: tea", "Research: tea": "Re: Research: tea", "": "Re:", "Fwd: tea": "Re: Fwd: tea", "a\r\nb": "Re: a  b",
	} {
		if got := ReplySubject(in); got != want {
			t.Errorf("ReplySubject(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{"tea": "Fwd: tea", "FW: WG: tea": "Fwd: tea", "ENC: RV: PD: VB: İLT: ΠΡΘ: tea": "Fwd: tea", "Re: tea": "Fwd: Re: tea"} {
		if got := ForwardSubject(in); got != want {
			t.Errorf("ForwardSubject(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestForward(t *testing.T) {
	d := Forward(Original{From: list("Bob <bob@x.example>"), To: list("ada@example.org"), Subject: "tea\nX: y", Text: "text\n\n",
		MessageID: "p@x", Date: time.Date(2024, 3, 5, 14, 7, 9, 0, time.UTC)}, self)
	want := mail.Draft{From: ada, Subject: "Fwd: tea X: y",
		Body: "\n\n---------- Forwarded message ----------\nFrom: Bob <bob@x.example>\nDate: Tue, 5 Mar 2024 14:07:09 +0000\nSubject: tea X: y\nTo: ada@example.org\n\ntext\n\n-- \nAda\n"}
	if !reflect.DeepEqual(d, want) {
		t.Errorf("got  %+v\nwant %+v", d, want)
	}
}

func TestChooseIdentity(t *testing.T) {
	own := []mail.Address{{Name: "A", Address: "ada@example.org"}, {Name: "L", Address: "lovelace@example.org"}}
	tests := []struct {
		name string
		o    Original
		want mail.Address
	}{
		{"none", Original{To: list("x@x.example")}, own[0]},
		{"to", Original{To: list("x@x.example, Lovelace@example.org")}, own[1]},
		{"delivered", Original{To: list("x@x.example"), Delivered: []string{"<lovelace@example.org>"}}, own[1]},
		{"written to an alias, put into a mailbox", Original{To: list("lovelace@example.org"), Delivered: []string{"ada@example.org"}}, own[1]},
		{"written to both, delivered for one", Original{To: list("ada@example.org, lovelace@example.org"), Delivered: []string{"lovelace@example.org"}}, own[1]},
		{"my own", Original{From: list("Lovelace@example.org"), To: list("ada@example.org")}, own[1]},
		{"plus", Original{Cc: list("lovelace+shop@example.org")}, mail.Address{Name: "L", Address: "lovelace+shop@example.org"}},
	}
	for _, tt := range tests {
		if got := ChooseIdentity(tt.o, own); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestRepliesGoToList(t *testing.T) {
	if !RepliesGoToList(Original{ReplyTo: list("L@x.example"), ListPost: "l@x.example"}) || RepliesGoToList(Original{ReplyTo: list("b@x.example"), ListPost: "l@x.example"}) {
		t.Error("munging is told from an ordinary Reply-To by the address of the list")
	}
}

func TestStyles(t *testing.T) {
	o := Original{From: list("Bob <bob@x.example>"), Text: "one\ntwo\n", Date: time.Date(2024, 3, 5, 14, 7, 9, 0, time.UTC)}
	tests := []struct {
		style Style
		want  string // | is the cursor
	}{
		{Style{}, "|\n\nOn Tue, 5 Mar 2024 at 14:07, Bob wrote:\n> one\n> two\n\n-- \nAda\n"},
		{Style{Answer: "below", Language: "de_AT.UTF-8"}, "Am 05.03.2024 um 14:07 schrieb Bob:\n> one\n> two\n\n|\n\n-- \nAda\n"},
		{Style{Answer: "inline", Language: "fr"}, "Le 05/03/2024 à 14:07, Bob a écrit :\n|> one\n> two\n\n\n-- \nAda\n"},
		{Style{Answer: "none"}, "|\n\n\n-- \nAda\n"},
		{Style{Attribution: "{name} <{address}>, {date}:\nX: y"}, "|\n\nBob <bob@x.example>, Tue, 5 Mar 2024: X: y\n> one\n> two\n\n-- \nAda\n"},
		{Style{Language: "tlh"}, "|\n\nOn Tue, 5 Mar 2024 at 14:07, Bob wrote:\n> one\n> two\n\n-- \nAda\n"},
		{Style{Language: "zh_TW.UTF-8"}, "|\n\nBob 於 2024年3月5日 14:07 寫道：\n> one\n> two\n\n-- \nAda\n"},
		{Style{Language: "zh-Hant"}, "|\n\nBob 於 2024年3月5日 14:07 寫道：\n> one\n> two\n\n-- \nAda\n"},
		{Style{Language: "zh_CN"}, "|\n\nBob 于 2024年3月5日 14:07 写道：\n> one\n> two\n\n-- \nAda\n"},
		{Style{Language: "ja_JP"}, "|\n\n2024年3月5日 14:07、Bob のメール:\n> one\n> two\n\n-- \nAda\n"},
	}
	for _, tt := range tests {
		me := self
		me.Style = tt.style
		d := Reply(o, me)
		if got := d.Body[:d.Cursor] + "|" + d.Body[d.Cursor:]; got != tt.want {
			t.Errorf("%+v\n got %q\nwant %q", tt.style, got, tt.want)
		}
	}
}

// A reply to anything can be built.
func FuzzReply(f *testing.F) {
	f.Add("Bob\n <b@x.example>", "Re: x", "> a\n-- \nb", "p@x")
	f.Fuzz(func(t *testing.T, name, subject, text, id string) {
		o := Original{From: []mail.Address{{Name: name, Address: "b@x.example"}}, Subject: subject, Text: text, MessageID: id, References: []string{name}}
		for _, d := range []mail.Draft{Reply(o, self), ReplyAll(o, self), Forward(o, self)} {
			if d.To == "" {
				d.To = "c@x.example"
			}
			b, err := Build(d, fixed())
			if err != nil {
				t.Fatalf("%v from %q", err, d.To)
			}
			checkWire(t, b)
			if len(b.Recipients) != 1 {
				t.Errorf("recipients %q from %q", b.Recipients, d.To)
			}
		}
	})
}

func TestQuoteOfSignature(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"at the end":                       {"one\n-- \nBob", "> one\n"},
		"above what was answered":          {"one\n-- \nBob\n\nAda wrote:\n> two", "> one\n"},
		"above answers among the question": {"one\n-- \nBob\n\nAda wrote:\n> two?\nthree.", "> one\n> --\n> Bob\n>\n> Ada wrote:\n>> two?\n> three.\n"},
		"and another at the end":           {"-- \nBob\n> two?\nthree.\n-- \na list", "> --\n> Bob\n>> two?\n> three.\n"},
		"footer of a list":                 {"one\n-- \nBob\n> two\n-- \na list", "> one\n"},
	} {
		if got := quote(tt.text); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}
