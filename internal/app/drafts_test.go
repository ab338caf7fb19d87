package app

import (
	"reflect"
	"strings"
	"testing"

	"postea/internal/compose"
	"postea/internal/mail"
	"postea/internal/reading"
)

// What a draft in a Drafts folder holds is what was written.
func TestDraftsAreReadBack(t *testing.T) {
	a := writer(t)
	acc := a.Config().Accounts[0]
	tests := []mail.Draft{
		{Body: ""},
		{To: "bob@x.example", Subject: "Hi", Body: "one\ntwo\n\n  indented\n> quoted\n>> deeper\n\n-- \nAda"},
		{To: `"Hopper, Grace" <grace@x.example>, bob at home, `, Cc: "team", Bcc: "secret@x.example", Subject: "Grüße 日本", Body: "From here\n> a quote\n" + strings.Repeat("a long line of words ", 40)},
		{Subject: strings.Repeat("very long subject ", 30), Body: strings.Repeat("x", 3000), Markdown: true, InReplyTo: "p@x.example", Refs: []string{"a@x.example", "p@x.example"}},
		{Body: "![moth](moth.png)", Markdown: true, Attach: []mail.AttachmentRef{{Name: "moth.png", Type: "image/png", Data: []byte("png"), Inline: true}, {Name: "résumé.pdf", Data: []byte("%PDF")}, {Path: "/gone/away.txt", Name: "away.txt"}}},
	}
	for i, d := range tests {
		d.Account, d.From = "a", mail.Address{Name: "Ada", Address: "ada@example.org"}
		raw := compose.DraftMessage(d, "copy@example.org", "", compose.Options{})
		got, err := a.readDraft(t.Context(), reading.Parse(raw), acc)
		if err != nil {
			t.Fatal(err)
		}
		trim := func(s string) string { return strings.Trim(s, "\n ") }
		if got.Copy != "copy@example.org" || got.From != d.From || strings.Trim(got.To, ", ") != strings.Trim(d.To, ", ") || got.Cc != d.Cc || got.Bcc != d.Bcc || got.Subject != strings.TrimSpace(d.Subject) ||
			got.Markdown != d.Markdown || got.InReplyTo != d.InReplyTo || !reflect.DeepEqual(got.Refs, d.Refs) || trim(got.Body) != trim(d.Body) {
			t.Errorf("%d\n got %+v\nwant %+v\n%s", i, got, d, raw)
		}
		var files []string
		for _, f := range got.Attach {
			files = append(files, f.Name)
			if f.Inline != (f.Name == "moth.png") {
				t.Errorf("%s: inline %v", f.Name, f.Inline)
			}
		}
		if want := map[bool]string{true: "moth.png résumé.pdf"}[d.Attach != nil]; strings.Join(files, " ") != want {
			t.Errorf("%d: files %q", i, files)
		}
		built, err := compose.Build(mail.Draft{From: d.From, To: "x@x.example", Body: got.Body}, compose.Options{})
		if err != nil || strings.Contains(string(built.Wire), "X-Postea") {
			t.Errorf("sent with private fields: %v", err)
		}
	}
}

// The form in which Thunderbird keeps drafts.
func TestDraftOfThunderbird(t *testing.T) {
	a := writer(t)
	raw := strings.ReplaceAll(`Message-ID: <4f2d8a1c-8d3e-4f0b-9d2a-1c2b3d4e5f60@example.org>
Date: Fri, 20 Nov 2026 10:00:00 +0100
MIME-Version: 1.0
X-Mozilla-Draft-Info: internal/draft; vcard=0; receipt=0; DSN=0; uuencode=0;
 attachmentreminder=0; deliveryformat=1
X-Identity-Key: id1
X-Account-Key: account1
User-Agent: Mozilla Thunderbird
Content-Language: en-GB
From: Ada <ada@example.org>
To: Grace Hopper <grace@x.example>, bob@x.example
Bcc: boss@x.example
Subject: =?UTF-8?Q?The_moth_=E2=80=93_again?=
In-Reply-To: <parent@x.example>
References: <root@x.example> <parent@x.example>
Content-Type: multipart/mixed; boundary="------------0kQ"

This is a multi-part message in MIME format.
--------------0kQ
Content-Type: multipart/alternative; boundary="------------1kQ"

--------------1kQ
Content-Type: text/plain; charset=UTF-8; format=flowed
Content-Transfer-Encoding: 8bit

Hello Grace, this is a line that was flowed by the program because it is 
rather long – and it goes on here.

> Is it still there?

Yes.

--------------1kQ
Content-Type: text/html; charset=UTF-8

<html><body><p>Hello Grace</p></body></html>

--------------1kQ--
--------------0kQ
Content-Type: image/jpeg; name="moth.jpg"
Content-Disposition: attachment; filename="moth.jpg"
Content-Transfer-Encoding: base64

/9j/4AAQSkZJRg==
--------------0kQ--
`, "\n", "\r\n")
	d, err := a.readDraft(t.Context(), reading.Parse([]byte(raw)), a.Config().Accounts[0])
	if err != nil {
		t.Fatal(err)
	}
	if d.To != "Grace Hopper <grace@x.example>, bob@x.example" || d.Bcc != "boss@x.example" || d.Subject != "The moth – again" || d.InReplyTo != "parent@x.example" || len(d.Refs) != 2 ||
		d.Copy != "4f2d8a1c-8d3e-4f0b-9d2a-1c2b3d4e5f60@example.org" || len(d.Attach) != 1 || d.Attach[0].Name != "moth.jpg" || d.Attach[0].Size != 10 {
		t.Errorf("%+v", d)
	}
	if want := "Hello Grace, this is a line that was flowed by the program because it is rather long – and it goes on here.\n\n> Is it still there?\n\nYes."; strings.TrimSpace(d.Body) != want {
		t.Errorf("%q", d.Body)
	}
}

func TestDiscardingCanBeUndone(t *testing.T) {
	a := writer(t)
	id, err := a.SaveDraft(t.Context(), mail.Draft{Account: "a", Subject: "Moth", Body: "words", Attach: []mail.AttachmentRef{{Name: "x", Data: []byte("bytes")}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.DiscardDraft(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	gone, err := a.DraftVersions(t.Context(), 0)
	if err != nil || len(gone) != 1 || gone[0].About.String() != "Moth" || gone[0].Text.String() != "words" {
		t.Fatalf("%+v, %v", gone, err)
	}
	u, err := a.Undo(t.Context())
	if err != nil || u.Draft == nil || u.Draft.Body != "words" || len(u.Draft.Attach) != 1 || string(u.Draft.Attach[0].Data) != "bytes" {
		t.Fatalf("%+v, %v", u, err)
	}
	kept, err := a.Draft(t.Context(), u.Draft.ID)
	if err != nil || string(kept.Attach[0].Data) != "bytes" {
		t.Errorf("%+v, %v", kept, err)
	}
	if _, err := a.Undo(t.Context()); err == nil {
		t.Error("undone twice")
	}
}

func TestWhatWasWipedOutIsKept(t *testing.T) {
	a := writer(t)
	d := mail.Draft{Account: "a", Body: strings.Repeat("words ", 100)}
	var err error
	if d.ID, err = a.SaveDraft(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	d.Body = "oops"
	if _, err = a.SaveDraft(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	list, err := a.DraftVersions(t.Context(), d.ID)
	if err != nil || len(list) != 1 || list[0].Size != 600 {
		t.Fatalf("%+v, %v", list, err)
	}
	if was, err := a.DraftVersion(t.Context(), list[0].ID); err != nil || was.Body != strings.Repeat("words ", 100) || was.ID != d.ID {
		t.Errorf("%+v, %v", was, err)
	}
}
