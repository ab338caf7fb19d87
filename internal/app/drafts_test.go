package app

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"postea/config"
	"postea/internal/compose"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/internal/store"
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

// Apple Mail keeps a text file that was dropped between the words as a part of its own,
// to be read in place. It is a file, and none of the words.
func TestDraftOfAppleMail(t *testing.T) {
	a := writer(t)
	raw := strings.ReplaceAll(`Message-ID: <5A0C2B7E@example.org>
From: Ada <ada@example.org>
To: bob@x.example
Subject: Notes
MIME-Version: 1.0 (Mac OS X Mail 16.0)
X-Uniform-Type-Identifier: com.apple.mail-draft
Content-Type: multipart/mixed; boundary="Apple-Mail=_1"

--Apple-Mail=_1
Content-Type: text/plain; charset=utf-8

Here are the notes:

--Apple-Mail=_1
Content-Disposition: inline; filename=notes.txt
Content-Type: text/plain; name="notes.txt"; x-unix-mode=0644

the notes themselves
--Apple-Mail=_1
Content-Type: text/plain; charset=utf-8

Yours, Ada
--Apple-Mail=_1--
`, "\n", "\r\n")
	d, err := a.readDraft(t.Context(), reading.Parse([]byte(raw)), a.Config().Accounts[0])
	if err != nil || d.Body != "Here are the notes:\n\nYours, Ada" || len(d.Attach) != 1 || d.Attach[0].Name != "notes.txt" || string(d.Attach[0].Data) != "the notes themselves" {
		t.Errorf("%+v, %v", d, err)
	}
}

// A text that is taken along is read as before: in its own charset.
func TestFilesKeepTheirCharset(t *testing.T) {
	raw := "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhi\r\n--b\r\n" +
		"Content-Type: text/csv; charset=\"windows-1251\"; header=present\r\nContent-Disposition: attachment; filename=list.csv\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\xcf\xf0\xe8\xe2\xe5\xf2\r\n--b--\r\n"
	files, err := attachmentsOf(reading.Parse([]byte(raw)))
	if err != nil {
		t.Fatal(err)
	}
	ada := mail.Address{Address: "ada@example.org"}
	b, err := compose.Build(mail.Draft{From: ada, To: "bob@x.example", Attach: files}, compose.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m := reading.Parse(b.Wire)
	if text, ok := m.FileText(m.Attachments[0], 100); !ok || text != "Привет" || m.Attachments[0].Type != "text/csv" {
		t.Errorf("%q %v in\n%s", text, ok, b.Wire)
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

// Of one draft in two windows, each is told what the other has written, and what it
// writes over all the same is kept.
func TestDraftInTwoWindows(t *testing.T) {
	a, ctx := writer(t), t.Context()
	b, err := Open(ctx, Options{Config: a.Config(), Dir: a.store.Dir(), Now: func() time.Time { return a.now().Add(time.Minute) }})
	must(t, err)
	defer b.Close()
	elsewhere := func(in *App, d mail.Draft) string {
		t.Helper()
		got, written, err := in.DraftFromElsewhere(ctx, d.ID, d.Updated)
		must(t, err)
		if !written {
			return ""
		}
		return got.Body
	}
	mine := mail.Draft{Account: "a", Body: "one"}
	mine.ID, err = a.SaveDraft(ctx, mine)
	must(t, err)
	theirs, err := b.Draft(ctx, mine.ID)
	must(t, err)
	if got := elsewhere(a, mine) + elsewhere(b, theirs); got != "" {
		t.Errorf("nobody else wrote %q", got)
	}
	theirs.Body = "one two"
	_, err = b.SaveDraft(ctx, theirs)
	must(t, err)
	if got := elsewhere(a, mine); got != "one two" {
		t.Errorf("%q", got)
	}
	mine.Body = "one three"
	_, err = a.SaveDraft(ctx, mine)
	must(t, err)
	list, err := a.DraftVersions(ctx, mine.ID)
	if err != nil || len(list) == 0 || list[0].Text.String() != "one two" {
		t.Errorf("%+v, %v", list, err)
	}
	if list, err = a.DraftVersions(ctx, 0); err != nil || len(list) != 0 {
		t.Errorf("discarded are %+v, %v", list, err)
	}
	theirs.Body, theirs.Updated = "one four", time.Time{}
	_, err = b.SaveDraft(ctx, theirs)
	must(t, err)
	mine.To = "bob@x.example"
	_, _, err = a.Send(ctx, mine)
	must(t, err)
	texts := map[string]bool{}
	list, err = a.DraftVersions(ctx, 0)
	for _, v := range list {
		texts[v.Text.String()] = true
	}
	if err != nil || len(list) != 3 || !texts["one two"] || !texts["one three"] || !texts["one four"] {
		t.Errorf("unseen are %+v, %v", list, err)
	}
}

// Where a server makes a message of its own of a copy, the draft here is gone on with as
// long as that says the same: it knows what is answered.
func TestDraftOfARebuiltCopy(t *testing.T) {
	a, ids := holding(t, "Message-ID: <copy@x>\nTo: Bob <bob@x.example>\nSubject: Re: Moth\n\nHere it\nis. \n", "Message-ID: <copy@x>\nTo: Bob <bob@x.example>\nSubject: Re: Moth\n\nHere it was.\n")
	ctx := t.Context()
	id, err := a.SaveDraft(ctx, mail.Draft{Account: "work", To: "Bob <bob@x.example>", Subject: "Re: Moth", Body: "Here it is.\n", InReplyTo: "moth@x", Copy: "copy@x"})
	must(t, err)
	saved, err := a.Draft(ctx, id)
	must(t, err)
	must(t, a.store.DraftCopied(ctx, id, saved.Updated.UnixMilli(), "copy@x", nil, false))
	for i, want := range []string{"moth@x", ""} {
		if d, err := a.DraftOf(ctx, ids[i]); err != nil || d.ID != id || d.InReplyTo != want {
			t.Errorf("%+v, %v", d, err)
		}
	}
	saved.Body = "Here it comes." // which the list shows in the place of the copy
	_, err = a.SaveDraft(ctx, saved)
	must(t, err)
	if d, err := a.DraftOf(ctx, ids[1]); err != nil || d.Body != saved.Body {
		t.Errorf("newer than the copy: %+v, %v", d, err)
	}
	for _, gone := range []mail.ID{ids[1] + 1, mail.DraftAsMessage(id + 1)} {
		if _, err := a.DraftOf(ctx, gone); err == nil || err.Error() != "This draft is there no longer" {
			t.Errorf("one that is gone: %v", err)
		}
	}
}

// A draft of an account without a Drafts folder is in Drafts all the same.
func TestDraftsWithoutAFolder(t *testing.T) {
	a, ctx := writer(t), t.Context()
	drafts := func() []FolderItem {
		sb, err := a.Sidebar(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return sb.Accounts[0].Folders
	}
	if list := drafts(); len(list) != 0 {
		t.Errorf("without a draft there are %+v", list)
	}
	id, err := a.SaveDraft(ctx, mail.Draft{Account: "a", From: mail.Address{Address: "ada@example.org"}, To: "bob", Subject: "Moth", Body: "some words", Attach: []mail.AttachmentRef{{Name: "x.pdf", Size: 3}}})
	if err != nil {
		t.Fatal(err)
	}
	list := drafts()
	if len(list) != 1 || list[0].Drafts != 1 || list[0].Place.Role != mail.RoleDrafts || !list[0].Selectable {
		t.Fatalf("%+v", list)
	}
	in := list[0].Place
	page, err := a.List(ctx, in, Window{Limit: 10})
	if err != nil || page.Total != 1 || page.Count != 1 || len(page.Rows) != 1 {
		t.Fatalf("%+v, %v", page, err)
	}
	row := page.Rows[0]
	if row.Subject.String() != "Moth" || row.Who.String() != "bob" || row.Snippet.String() != "some words" || row.Role != mail.RoleDrafts || !row.Attachments {
		t.Errorf("%+v", row)
	}
	if d, err := a.DraftOf(ctx, row.ID); err != nil || d.ID != id || d.Body != "some words" {
		t.Errorf("%+v, %v", d, err)
	}
	if c, err := a.Conversation(ctx, in, row.Thread); err != nil || len(c.Messages) != 1 || c.Messages[0].ID != row.ID {
		t.Errorf("%+v, %v", c, err)
	}
	m, err := a.Open(ctx, row.ID)
	if err != nil || !m.Here || len(m.Attachments) != 1 || m.Body.Lines(80, reading.LayoutOptions{})[0].Spans[0].Text != "some words" {
		t.Errorf("%+v, %v", m, err)
	}
	if all, err := a.Threads(ctx, in); err != nil || len(all) != 1 || all[0] != row.Thread {
		t.Errorf("%v, %v", all, err)
	}
	if said, err := a.Archive(ctx, in, []mail.ThreadID{row.Thread}); err == nil {
		t.Errorf("archiving says %q", said)
	}
	if said, err := a.Delete(ctx, in, []mail.ThreadID{row.Thread}); err != nil || said != "Deleted 1 draft" {
		t.Errorf("%q, %v", said, err)
	}
	if page, err := a.List(ctx, in, Window{Limit: 10}); err != nil || page.Total != 0 || len(page.Rows) != 0 {
		t.Errorf("%+v, %v", page, err)
	}
	if u, err := a.Undo(ctx); err != nil || u.What != "Taken back: Deleted 1 draft" {
		t.Errorf("%+v, %v", u, err)
	}
	if page, err := a.List(ctx, in, Window{Limit: 10}); err != nil || len(page.Rows) != 1 || page.Rows[0].Subject != row.Subject {
		t.Errorf("%+v, %v", page, err)
	}
}

// Drafts that the server has not yet, and those whose copy is older, are listed
// in their present state and once.
func TestDraftsBesideTheirCopies(t *testing.T) {
	a, ctx := writer(t), t.Context()
	f, err := a.store.EnsureFolder(ctx, "a", mail.RoleDrafts, "Drafts")
	must(t, err)
	in := folderItem(f).Place
	add := func(uid mail.UID, messageID, subject string) {
		t.Helper()
		_, err := a.store.AddHeaders(ctx, f.ID, []store.Header{{UID: uid, MessageID: messageID, Subject: subject, Flags: []string{mail.FlagDraft, mail.FlagSeen}, Date: a.now().Add(-time.Duration(uid) * time.Hour)}})
		must(t, err)
	}
	for i := range 3 {
		add(mail.UID(i+1), fmt.Sprint("other", i), fmt.Sprint("other ", i))
	}
	subjects := func(w Window) (out []string, page Page) {
		t.Helper()
		page, err := a.List(ctx, in, w)
		must(t, err)
		for _, r := range page.Rows {
			out = append(out, r.Subject.String())
		}
		return out, page
	}
	want := func(list ...string) {
		t.Helper()
		if got, page := subjects(Window{Limit: 10}); !reflect.DeepEqual(got, list) || page.Total != len(list) || page.Count != len(list) {
			t.Errorf("%q of %d, want %q", got, page.Total, list)
		}
	}
	draft := mail.Draft{Account: "a", From: mail.Address{Address: "ada@example.org"}, Subject: "moth"}
	draft.ID, err = a.SaveDraft(ctx, draft)
	must(t, err)
	_, err = a.SaveDraft(ctx, mail.Draft{Account: "a", Subject: "bee"})
	must(t, err)
	all := []string{"bee", "moth", "other 0", "other 1", "other 2"}
	want(all...)
	_, whole := subjects(Window{Limit: 10})
	for offset := range 6 {
		for limit := 1; limit <= 6; limit++ {
			from := min(offset, 4)
			if got, page := subjects(Window{Offset: offset, Limit: limit}); page.Offset != from || !reflect.DeepEqual(got, all[from:min(from+limit, 5)]) {
				t.Errorf("%d, %d: %q at %d", offset, limit, got, page.Offset)
			}
			for i, r := range whole.Rows {
				from := max(i-offset, 0)
				if got, page := subjects(Window{Anchor: r.Thread, Offset: offset, Limit: limit}); page.Offset != from || !reflect.DeepEqual(got, all[from:min(from+limit, 5)]) {
					t.Errorf("%d, %d around %d: %q at %d", offset, limit, i, got, page.Offset)
				}
			}
		}
	}
	if next, ok, err := a.Neighbour(ctx, in, whole.Rows[1].Thread, 1); err != nil || !ok || next != whole.Rows[2].Thread {
		t.Errorf("%v, %v, %v", next, ok, err)
	}

	copyID, err := a.store.BeginDraftCopy(ctx, store.DraftCopy{Draft: draft})
	must(t, err)
	want(all...)
	add(9, copyID, "moth")
	want("bee", "other 0", "other 1", "other 2", "moth")
	saved, err := a.Draft(ctx, draft.ID)
	must(t, err)
	must(t, a.store.DraftCopied(ctx, draft.ID, saved.Updated.UnixMilli(), copyID, nil, false))
	want("bee", "other 0", "other 1", "other 2", "moth")
	draft.Subject = "moth, again"
	_, err = a.SaveDraft(ctx, draft)
	must(t, err)
	must(t, a.store.DraftCopied(ctx, draft.ID, saved.Updated.UnixMilli()-1, copyID, nil, false)) // the clock of the test stands still
	want("bee", "other 0", "other 1", "other 2", "moth, again")
	_, page := subjects(Window{Limit: 10})
	_, err = a.Delete(ctx, in, []mail.ThreadID{page.Rows[0].Thread, page.Rows[4].Thread})
	must(t, err)
	want("other 0", "other 1", "other 2")
	if left, err := a.Drafts(ctx); err != nil || len(left) != 0 {
		t.Errorf("%v, %v", left, err)
	}
}

// A search finds drafts that only this machine has, above the messages it finds.
func TestSearchFindsDrafts(t *testing.T) {
	a, ctx := writer(t), t.Context()
	f, err := a.store.EnsureFolder(ctx, "a", mail.RoleDrafts, "Entwürfe")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.store.AddHeaders(ctx, f.ID, []store.Header{{UID: 1, MessageID: "old", Subject: "An old moth", Flags: []string{mail.FlagDraft}, Date: a.now()}}); err != nil {
		t.Fatal(err)
	}
	if err := a.indexAll(ctx); err != nil {
		t.Fatal(err)
	}
	for _, d := range []mail.Draft{
		{Subject: "Moth", To: "Bob Brown <bob@example.net>", Body: "with a lamp"},
		{Subject: "Bee", Cc: "carol@example.net", Body: "of moths and men", Attach: []mail.AttachmentRef{{Path: "/tmp/wings.pdf"}}},
	} {
		d.Account, d.From = "a", mail.Address{Address: "ada@example.org"}
		if _, err := a.SaveDraft(ctx, d); err != nil {
			t.Fatal(err)
		}
	}
	drafts := folderItem(f).Place
	everywhere := Place{Kind: PlaceEverywhere}
	for _, tt := range []struct {
		in    Place
		query string
		want  []string
	}{
		{everywhere, "moth", []string{"Bee", "Moth", "An old moth"}},
		{drafts, "moth", []string{"Bee", "Moth", "An old moth"}},
		{everywhere, "subject:moth is:draft", []string{"Moth", "An old moth"}},
		{everywhere, "in:drafts to:carol", []string{"Bee"}},
		{everywhere, "in:entwürfe -moth", nil},
		{everywhere, "in:inbox moth", nil},
		{everywhere, "filename:wings", []string{"Bee"}},
		{everywhere, "has:attachment", []string{"Bee"}},
		{everywhere, "account:a lamp", []string{"Moth"}},
		{Place{Kind: PlaceAllInboxes}, "moth", nil},
		{everywhere, "", nil},
	} {
		tt.in.Query = tt.query
		var got []string
		for at := 0; ; at++ { // one by one, as a list that is scrolled
			page, err := a.find(ctx, tt.in, Window{Offset: at, Limit: 1})
			if err != nil {
				t.Fatal(err)
			}
			if page.Offset < at || len(page.Rows) == 0 {
				break
			}
			got = append(got, page.Rows[0].Subject.String())
		}
		if !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%q finds %q, want %q", tt.query, got, tt.want)
		}
	}

	everywhere.Query = "moth"
	page, err := a.List(ctx, everywhere, Window{Limit: 10})
	if err != nil || len(page.Rows) != 3 || page.Rows[0].Where.String() != "Drafts" {
		t.Fatalf("%+v, %v", page, err)
	}
	if next, ok, err := a.Neighbour(ctx, everywhere, page.Rows[1].Thread, 1); err != nil || !ok || next != page.Rows[2].Thread {
		t.Errorf("%v, %v, %v", next, ok, err)
	}
	if d, err := a.DraftOf(ctx, page.Rows[0].ID); err != nil || d.Subject != "Bee" {
		t.Errorf("%+v, %v", d, err)
	}
	if said, err := a.Delete(ctx, everywhere, []mail.ThreadID{page.Rows[1].Thread}); err != nil || said != "Deleted 1 draft" {
		t.Errorf("%q, %v", said, err)
	}
}

// Drafts that are kept here are listed before there is a folder for them, also where not
// all mail is kept.
func TestDraftsBeforeTheirFolder(t *testing.T) {
	a, err := Open(t.Context(), Options{Dir: emptyStore.Dir(t), Config: &config.Config{Accounts: []config.Account{
		{Name: "a", Address: "ada@a.test", IMAP: config.Server{Host: "imap.a.test", Port: 993}, Depth: config.Depth{Newest: 500}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	d, err := a.NewDraft(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	d.Subject = "kept"
	if _, err := a.SaveDraft(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	page, err := a.List(t.Context(), Place{Account: "a", Name: "Drafts", Role: mail.RoleDrafts}, Window{Limit: 10})
	if err != nil || len(page.Rows) != 1 {
		t.Errorf("%d rows, %v", len(page.Rows), err)
	}
}

// What was sent or discarded is in Drafts no more, also before its server is told.
func TestDraftsGoneBeforeTheirCopies(t *testing.T) {
	ctx := t.Context()
	for _, tt := range []struct {
		name string
		end  func(a *App, d mail.Draft) error
	}{
		{"sent", func(a *App, d mail.Draft) error { _, _, err := a.Send(ctx, d); return err }},
		{"discarded", func(a *App, d mail.Draft) error { return a.DiscardDraft(ctx, d.ID) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a, _ := holding(t)
			a.cfg.Accounts[0].SMTP = config.Server{Host: "smtp.x.example", Port: 465, Password: config.Secret{Value: "x"}}
			drafts, err := a.store.EnsureFolder(ctx, "work", mail.RoleDrafts, "Drafts")
			if err != nil {
				t.Fatal(err)
			}
			_, err = a.store.AddHeaders(ctx, drafts.ID, []store.Header{{UID: 1, MessageID: "copy@x.example"}, {UID: 2, MessageID: "other@x.example"}})
			if err != nil {
				t.Fatal(err)
			}
			d, err := a.NewDraft(ctx, "work")
			if err != nil {
				t.Fatal(err)
			}
			d.To, d.Copy = "bob@y.example", "copy@x.example"
			if d.ID, err = a.SaveDraft(ctx, d); err != nil {
				t.Fatal(err)
			}
			if err := tt.end(a, d); err != nil {
				t.Fatal(err)
			}
			list, err := a.Messages(ctx, "work", "drafts", 10)
			if err != nil || len(list) != 1 || list[0].MessageID != "other@x.example" {
				t.Errorf("in Drafts: %+v, %v", list, err)
			}
		})
	}
}
