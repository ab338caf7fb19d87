package tui_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postea/internal/app"
	"postea/tui/tuitest"
)

func speller(t *testing.T) *app.Speller {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"x.aff": "SET UTF-8\nTRY esianrtolcdugmphbyfvkwz\nSFX S Y 1\nSFX S 0 s .\n",
		"x.dic": "9\nthe\nmoth/S\nis\nhere\nSee\nreceive\nletter/S\nAda\nmine\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := app.LoadSpeller([]string{filepath.Join(dir, "x")}, filepath.Join(dir, "words.txt"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSpelling(t *testing.T) {
	s := speller(t)
	b := tuitest.Sample()
	b.Spells = s
	b.Accounts[0].Signature = "Xyzzy Analytical"
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Backend: b}, func(d *tuitest.Driver) {
		write(d, "grace@example.net", "Moth", "Teh moths is heer. See https://wrod.example postea\n> quoted wrod\n")
		d.Press("f7")
		d.See("“Teh” is not known", "The", "It is right in this message")
		d.Press("enter")
		d.See("“heer” is not known", "here")
		d.Press("enter")
		d.See("“postea” is not known")
		d.Press("down", "down", "enter") // the last one: right always
		d.See("Every word is known", "The moths is here. See https://wrod.example postea", "quoted wrod")
		if !s.Known("Postea") {
			d.T.Error("the word was not kept")
		}
		d.Press("ctrl+z")
		d.See("heer")
	})
}

func TestWithoutDictionary(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Press("c", "f7")
		d.See("No dictionary of your language is installed")
	})(t)
}

func TestFindInTheText(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		write(d, "grace@example.net", "Moth", "one two three\none two three")
		d.Press("ctrl+r")
		d.See("Find in the text")
		d.Type("TWO")
		d.Press("enter")
		d.Type("X")
		d.See("one X three")
		d.Press("ctrl+g")
		d.Type("Y")
		d.See("one X three", "one Y three")
		d.Press("ctrl+g")
		d.See("“TWO” is not in the text")
	})(t)
}

func TestReflowInTheComposer(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		write(d, "grace@example.net", "Moth", strings.Repeat("word ", 5)+"\nmore words")
		d.Press("alt+q")
		d.See("word word word word word more words")
	})(t)
}
