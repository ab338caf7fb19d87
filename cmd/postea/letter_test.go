package main

import (
	"bytes"
	"image"
	"image/jpeg"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"postea/internal/demo"
)

// What is piped in arrives as it is, under the name it was given.
func TestSendWhatIsPipedIn(t *testing.T) {
	t.Parallel()
	sh := newShell(t, demo.Options{Empty: true})
	sh.ok("sync")
	data := "\x1f\x8b\x00\xff binary\r\n\n.\n"
	sh.okWith(data, "send", "--to", "ada@postea.example", "--subject", "Piped", "--attach", "-", "--attach-as", "größe.sql.gz", "--text", "Here it is.", "--wait")
	sh.okWith("only text\n", "send", "--to", "ada@postea.example", "--subject", "Named by us", "--attach", "-", "--wait")
	sh.ok("sync")
	for _, want := range []struct{ subject, name, text, data string }{
		{"Piped", "größe.sql.gz", "Here it is.", data}, {"Named by us", "stdin.txt", "", "only text\n"},
	} {
		list := sh.objects("search", `subject:"`+want.subject+`"`, "in:inbox")
		if len(list) != 1 {
			t.Fatalf("%s: %d messages", want.subject, len(list))
		}
		id := list[0]["id"].(string)
		dir := t.TempDir()
		sh.ok("save", id, "--all", "--dir", dir)
		got, err := os.ReadFile(filepath.Join(dir, want.name))
		if err != nil || string(got) != want.data {
			t.Errorf("%s: %q, %v", want.subject, got, err)
		}
		if text := sh.objects("show", id)[0]["text"].(string); !strings.HasPrefix(text, want.text) {
			t.Errorf("%s says %q", want.subject, text)
		}
	}
}

// A text that is given and empty is the text: what a loop of the shell reads is not sent.
func TestSendOfEmptyText(t *testing.T) {
	t.Parallel()
	sh := newShell(t, demo.Options{Empty: true})
	sh.okWith("next@x.example\n", "send", "--to", "ada@postea.example", "--subject", "Nothing said", "--text", "", "--wait")
	sh.ok("sync")
	for _, m := range sh.objects("search", `subject:"nothing said"`) {
		if shown := sh.objects("show", m["id"].(string))[0]; strings.Contains(shown["text"].(string), "next@x.example") {
			t.Errorf("%q was sent", shown["text"])
		}
	}
}

// What is written in another charset than UTF-8 arrives with all its letters.
func TestSendOfOldText(t *testing.T) {
	t.Setenv("LC_ALL", "de_DE.ISO-8859-15@euro")
	sh := newShell(t, demo.Options{Empty: true})
	sh.ok("sync")
	sh.okWith("ein Caf\xe9 f\xfcr 3 \xa4\n", "send", "--to", "J\xfcrgen <ada@postea.example>", "--subject", "Gr\xfc\xdfe", "--wait")
	sh.ok("sync")
	list := sh.objects("search", "subject:Grüße", "in:inbox")
	if len(list) != 1 {
		t.Fatalf("%d messages", len(list))
	}
	m := sh.objects("show", list[0]["id"].(string))[0]
	if text := m["text"].(string); !strings.HasPrefix(text, "ein Café für 3 €") {
		t.Errorf("%q", text)
	}
}

func TestSendMakesPicturesSmaller(t *testing.T) {
	t.Parallel()
	sh := newShell(t, demo.Options{Empty: true})
	sh.ok("sync")
	dir := t.TempDir()
	noise := image.NewGray(image.Rect(0, 0, 600, 400))
	rng := rand.NewChaCha8([32]byte{4})
	_, _ = rng.Read(noise.Pix)
	var pic bytes.Buffer
	if err := jpeg.Encode(&pic, noise, nil); err != nil {
		t.Fatal(err)
	}
	write := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	photo, notes, bad := write("photo.jpg", pic.Bytes()), write("notes.txt", []byte("notes\n")), write("bad.jpg", []byte("no picture"))
	send := []string{"send", "--to", "ada@postea.example", "--subject", "Photo", "--scale", "300", "--text", "x", "--wait", "--attach"}
	sh.ok(slices.Concat(send, []string{photo, "--attach", notes})...)
	if r := sh.run("", slices.Concat(send, []string{bad})...); r.code != exData || !strings.Contains(r.err, "bad.jpg") {
		t.Errorf("a picture that is none: %d, %s", r.code, r.err)
	}
	sh.ok("sync")
	list := sh.objects("search", "subject:Photo", "in:inbox")
	if len(list) != 1 {
		t.Fatalf("%d messages", len(list))
	}
	out := t.TempDir()
	sh.ok("save", list[0]["id"].(string), "--all", "--dir", out)
	data, err := os.ReadFile(filepath.Join(out, "photo.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	if c, err := jpeg.DecodeConfig(bytes.NewReader(data)); err != nil || c.Width != 300 || c.Height != 200 {
		t.Errorf("%d × %d arrived, %v", c.Width, c.Height, err)
	}
	if data, err := os.ReadFile(filepath.Join(out, "notes.txt")); err != nil || string(data) != "notes\n" {
		t.Errorf("the notes: %q, %v", data, err)
	}
}
