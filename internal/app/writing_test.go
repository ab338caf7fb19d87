package app

import (
	"context"
	"errors"
	"image"
	"image/png"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postea/config"
	"postea/internal/compose"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/internal/store"
	"postea/internal/storetest"
)

var emptyStore = storetest.New(func(dir string) (*store.Store, error) { return store.Open(context.Background(), dir, store.Options{}) })

// writer is an App with one account and no server.
func writer(t *testing.T) *App {
	t.Helper()
	dir := t.TempDir()
	emptyStore.Put(t, filepath.Join(dir, "data"))
	c, err := config.Parse(filepath.Join(dir, "config.toml"), []byte("[[account]]\nname = \"a\"\naddress = \"ada@example.org\"\nreal_name = \"Ada\"\nsignature = \"Ada\"\n[account.smtp]\nhost = \"smtp.example.org\"\npassword = { env = \"X\" }\n"))
	if err != nil {
		t.Fatal(err)
	}
	a, err := Open(t.Context(), Options{Config: c, Dir: filepath.Join(dir, "data"), Now: func() time.Time { return time.Date(2026, 11, 28, 9, 5, 0, 0, time.UTC) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// receiver is an App with one account whose server is never asked.
func receiver(t *testing.T) *App {
	t.Helper()
	a, err := Open(t.Context(), Options{Dir: emptyStore.Dir(t), Config: &config.Config{Accounts: []config.Account{
		{Name: "a", Address: "ada@a.test", IMAP: config.Server{Host: "imap.a.test", Port: 993}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a
}

func TestTemplatesOfADirectory(t *testing.T) {
	a := writer(t)
	if list, err := a.Templates(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("without a directory: %v, %v", list, err)
	}
	must(t, os.Mkdir(a.TemplateDir(), 0o700))
	must(t, os.WriteFile(filepath.Join(a.TemplateDir(), "thanks.md"), []byte("Subject: Thanks, {{first_name}}\n\nDear {{name}},\n\n{{cursor}}\n\n{{my_name}}, {{date}}, {{what}}\n"), 0o600))
	must(t, os.WriteFile(filepath.Join(a.TemplateDir(), "ooo.txt"), []byte("I am away.\n"), 0o600))
	must(t, os.WriteFile(filepath.Join(a.TemplateDir(), "notes.doc"), []byte("x"), 0o600))
	if l, err := net.Listen("unix", filepath.Join(a.TemplateDir(), "socket.txt")); err == nil { // which is no file, as a pipe is none
		defer l.Close()
	}
	list, err := a.Templates(t.Context())
	must(t, err)
	if len(list) != 2 || list[0].Name.String() != "ooo" || list[0].About.String() != "I am away." || list[1].About.String() != "Thanks, {{first_name}}" {
		t.Errorf("%+v", list)
	}
	f, err := a.FillTemplate(t.Context(), "thanks.md", mail.Draft{From: mail.Address{Name: "Ada", Address: "ada@example.org"}, To: `"Hopper, Grace" <grace@x.example>, b@x.example`})
	must(t, err)
	want := Filled{Subject: "Thanks, Grace", Body: "Dear Hopper, Grace,\n\n\n\nAda, 28 November 2026, {{what}}", Cursor: 21}
	if f != want {
		t.Errorf("%+v", f)
	}
	must(t, os.WriteFile(filepath.Join(a.TemplateDir(), "weekly.md"), []byte("To: Grace Hopper <grace@x.example>\n\nDear {{first_name}},\n"), 0o600))
	for to, want := range map[string]string{"": "Dear Grace,", "Bob <bob@x.example>": "Dear Bob,"} {
		if f, err := a.FillTemplate(t.Context(), "weekly.md", mail.Draft{To: to}); err != nil || f.Body != want {
			t.Errorf("to %q: %v %+v", to, err, f)
		}
	}
	nameless := mail.Address{Address: "ada@example.org"} // an address is nobody's name
	if f, err = a.FillTemplate(t.Context(), "thanks.md", mail.Draft{From: nameless, To: "grace@x.example"}); err != nil || f.Subject != "Thanks, {{first_name}}" || !strings.HasPrefix(f.Body, "Dear {{name}},") || !strings.Contains(f.Body, "{{my_name}}") {
		t.Errorf("%v %+v", err, f)
	}
	for _, bad := range []string{"../config.toml", "/etc/passwd", "", "gone.md"} {
		if _, err := a.FillTemplate(t.Context(), bad, mail.Draft{}); err == nil {
			t.Errorf("%q is a template", bad)
		}
	}
}

func TestListsReachTheMessage(t *testing.T) {
	a := writer(t)
	a.cfg.Compose.Subscribed = []string{"talk@lists.example"}
	d := mail.Draft{Account: "a", From: mail.Address{Address: "ada@example.org"}, To: "talk@lists.example", Cc: "ada@example.org, bob@x.example", Subject: "Moth", Body: "x"}
	id, _, err := a.Send(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	c, err := a.store.OutboxContent(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if got := mail.FormatAddresses(reading.ParseHeader(c.Wire).MailFollowupTo); got != "talk@lists.example, bob@x.example" {
		t.Errorf("follow-ups to %s", got)
	}
}

func TestPictureInMarkdown(t *testing.T) {
	a := writer(t)
	path := filepath.Join(t.TempDir(), "my moth.png")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(f, image.NewGray(image.Rect(0, 0, 2, 2))); err != nil {
		t.Fatal(err)
	}
	_ = f.Close()
	ref, err := a.InlinePicture(t.Context(), path)
	if err != nil || !ref.Inline {
		t.Fatal(err)
	}
	if _, err := a.InlinePicture(t.Context(), "writing_test.go"); err == nil {
		t.Error("a program is a picture")
	}
	d := mail.Draft{Account: "a", From: mail.Address{Address: "ada@example.org"}, To: "bob@x.example", Markdown: true,
		Body: "Look:\n\n![a moth](<my moth.png>)\n\n> ![not mine](/etc/hostname)\n", Attach: []mail.AttachmentRef{ref, {Name: "notes.txt", Data: []byte("x"), Size: 1}}}
	built, err := compose.Build(d, compose.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var shape []string
	for _, p := range reading.Parse(built.Wire).Parts {
		shape = append(shape, p.Path+" "+p.Type)
	}
	want := "1 multipart/alternative; 1.1 text/plain; 1.2 multipart/related; 1.2.1 text/html; 1.2.2 image/png; 2 text/plain"
	if got := strings.Join(shape, "; "); !strings.HasSuffix(got, want) {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
	attached := d
	attached.Body, attached.Attach = "![x](pics/my%20moth.png) ![y](http://x.example/moth.png) ![z](notes.txt)", []mail.AttachmentRef{{Path: path}, d.Attach[1]}
	if built, err = compose.Build(attached, compose.Options{}); err != nil || strings.Count(string(built.Wire), `src="cid:`) != 1 || !strings.Contains(string(built.Wire), `filename="notes.txt"`) {
		t.Errorf("a picture that is attached, and named by the text: %v\n%s", err, built.Wire)
	}
	lines, err := a.PreviewDraft(t.Context(), d, 60)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, l := range lines {
		text.WriteString(l.String() + "\n")
	}
	if !strings.Contains(text.String(), "Look:") || !strings.Contains(text.String(), "not mine") || strings.Contains(text.String(), "hostname") {
		t.Errorf("preview\n%s", text.String())
	}
}

// The configuration takes the languages that a quote can be introduced in.
func TestLanguagesOfQuotes(t *testing.T) {
	line := func(language string) string {
		d := compose.Reply(compose.Original{Text: "x", From: []mail.Address{{Address: "b@example.org"}}}, compose.Self{Style: compose.Style{Language: language}})
		return d.Body
	}
	for _, l := range config.Languages() {
		if l != "en" && line(l) == line("en") {
			t.Errorf("there is no line in %s", l)
		}
	}
}

// A scheduled message that is taken up again is not scheduled, and knows when it
// was to go out, also after it is closed.
func TestEditingKeepsTheTime(t *testing.T) {
	a, ctx := writer(t), t.Context()
	d := mail.Draft{Account: "a", From: mail.Address{Address: "ada@example.org"}, To: "bob@x.example", Subject: "Lunch", Body: "?"}
	id, at, err := a.SendLater(ctx, d, "tomorrow 10:15")
	if err != nil {
		t.Fatal(err)
	}
	got, err := a.EditOutbox(ctx, id)
	if err != nil || !got.Scheduled.Equal(at) {
		t.Fatalf("%v, %v; want %v", got.Scheduled, err, at)
	}
	if kept, err := a.Draft(ctx, got.ID); err != nil || !kept.Scheduled.Equal(at) || kept.Subject != "Lunch" {
		t.Errorf("%+v, %v", kept, err)
	}
	if id, err = a.SendAt(ctx, d, a.now().Add(time.Hour), mail.HeldForUndo); err != nil {
		t.Fatal(err)
	}
	if got, err := a.EditOutbox(ctx, id); err != nil || !got.Scheduled.IsZero() {
		t.Errorf("of one that was held only to be taken back: %v, %v", got.Scheduled, err)
	}
}

// Files that another program has written in its own charset lose no letter.
func TestOwnFilesInTheirCharset(t *testing.T) {
	a := writer(t)
	file := filepath.Join(t.TempDir(), "signature")
	if err := errors.Join(os.WriteFile(file, []byte("J\xf6rg\r\nK\xf6ln\r\n"), 0o600), os.Mkdir(a.TemplateDir(), 0o700),
		os.WriteFile(filepath.Join(a.TemplateDir(), "t.txt"), []byte("Subject: Gr\xfc\xdfe\r\n\r\nSch\xf6n\r\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	acc := a.cfg.Accounts[0]
	acc.Signature, acc.SignatureFile = "", file
	if got := a.signature(acc, mail.Address{Address: "ada@example.org"}); got != "Jörg\nKöln" {
		t.Errorf("%q", got)
	}
	if f, err := a.FillTemplate(t.Context(), "t.txt", mail.Draft{}); err != nil || f.Subject != "Grüße" || f.Body != "Schön" {
		t.Errorf("%+v %v", f, err)
	}
}

// The signature of an address is that which stands below a text, so that another takes its
// place, and has one mark.
func TestSignaturesAsTheyStand(t *testing.T) {
	for _, written := range []string{"  Ada", "Ada  \n", "\nAda\t", "-- \nAda", "--\r\n  Ada\r\n", "Ada\n  London \n"} {
		a := writer(t)
		a.cfg.Accounts[0].Signature = written
		d, err := a.NewDraft(t.Context(), "")
		must(t, err)
		list, err := a.Identities(t.Context())
		must(t, err)
		if want := "\n-- \n" + list[0].Signature + "\n"; !strings.HasSuffix(d.Body, want) || strings.Count(d.Body, "--") != 1 {
			t.Errorf("%q: %q below %q", written, list[0].Signature, d.Body)
		}
	}
}

// Who was to get a blind copy and did not is named to nobody when the message goes out once
// more; nor is who stands in Cc turned into a To.
func TestEditingKeepsBlindCopies(t *testing.T) {
	a, ctx := writer(t), t.Context()
	written, err := a.SendAt(ctx, mail.Draft{Account: "a", To: "Bob <bob@x.example>", Cc: "cy@x.example", Bcc: "Eve <eve@köln.example>", Subject: "s"}, time.Time{}, "")
	must(t, err)
	submitted, err := a.Submit(ctx, Submission{Raw: []byte("From: ada@example.org\r\nTo: Bob <bob@x.example>\r\nCc: cy@x.example\r\nBcc: Eve <eve@x.example>\r\nSubject: s\r\n\r\nx\r\n"), FromHeader: true})
	must(t, err)
	for _, id := range []mail.OutboxID{written, submitted} {
		_, err := a.store.BeginAttempt(ctx, id, "x.example", a.now())
		must(t, err)
		must(t, a.store.EndAttempt(ctx, id, store.Outcome{Kind: "accepted", Changes: []store.RecipientChange{
			{Index: 0, State: mail.RecipientFailed}, {Index: 1, State: mail.RecipientAccepted}, {Index: 2, State: mail.RecipientFailed},
		}}))
		d, err := a.EditOutbox(ctx, id)
		if err != nil || d.To != "Bob <bob@x.example>" || d.Cc != "" || !strings.Contains(d.Bcc, "eve@") || d.ReplacesO != id {
			t.Errorf("%+v, %v", d, err)
		}
	}
}

// Files that are gone when a message is edited come out of it under their own names, though a
// picture in the text stands in front of them there.
func TestEditingTakesEachFileOfItsName(t *testing.T) {
	a, ctx, dir := writer(t), t.Context(), t.TempDir()
	d := mail.Draft{Account: "a", To: "bob@x.example", Subject: "s", Markdown: true, Body: "See ![a map](map.png)\n"}
	want := map[string]string{"contract.txt": "signed\n", "Übersicht, neu.csv": "1;2\n", "map.png": "\x89PNG\r\n\x1a\n and so on"}
	for _, name := range []string{"contract.txt", "Übersicht, neu.csv", "map.png"} {
		path := filepath.Join(dir, name)
		must(t, os.WriteFile(path, []byte(want[name]), 0o600))
		ref, err := a.AttachFile(ctx, path)
		must(t, err)
		ref.Inline = name == "map.png"
		d.Attach = append(d.Attach, ref)
	}
	id, err := a.SendAt(ctx, d, a.now().Add(time.Hour), mail.HeldForSchedule)
	must(t, err)
	must(t, os.RemoveAll(dir))
	got, err := a.EditOutbox(ctx, id)
	must(t, err)
	for _, at := range got.Attach {
		if at.Path != "" || string(at.Data) != want[at.Name] {
			t.Errorf("%s: %q, still at %q", at.Name, at.Data, at.Path)
		}
	}
}

// What goes to a corrected address and is edited is for that one: the others have it.
func TestEditingWhatWentToAnotherAddress(t *testing.T) {
	a, ctx := writer(t), t.Context()
	written, err := a.SendAt(ctx, mail.Draft{Account: "a", To: "Bob <bob@x.example>, Ann <ann@x.example>", Bcc: "eve@x.example", Subject: "s"}, time.Time{}, "")
	must(t, err)
	submitted, err := a.Submit(ctx, Submission{Raw: []byte("From: ada@example.org\r\nTo: Bob <bob@x.example>, ann@x.example\r\nBcc: eve@x.example\r\nSubject: s\r\n\r\nx\r\n"), FromHeader: true})
	must(t, err)
	for _, id := range []mail.OutboxID{written, submitted} {
		_, err := a.store.BeginAttempt(ctx, id, "x.example", a.now())
		must(t, err)
		must(t, a.store.EndAttempt(ctx, id, store.Outcome{Kind: "accepted", Changes: []store.RecipientChange{
			{Index: 0, State: mail.RecipientFailed}, {Index: 1, State: mail.RecipientAccepted}, {Index: 2, State: mail.RecipientAccepted},
		}}))
		fresh, err := a.Redirect(ctx, id, "bob@x.example", "rob@x.example")
		must(t, err)
		if d, err := a.EditOutbox(ctx, fresh); err != nil || d.To+d.Cc+d.Bcc != "rob@x.example" {
			t.Errorf("%+v, %v", d, err)
		}
	}
}
