package tui_test

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"postea/tui"
	"postea/tui/tuitest"
)

func TestViStyle(t *testing.T) {
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Options: tui.Options{Editor: "vi"}}, func(d *tuitest.Driver) {
		write(d, "grace@example.net", "Moth", "one two three")
		d.See("insert")
		d.Press("esc")
		d.See("normal", "one two three")
		d.Type("0wdw")
		d.See("one three")
		d.Type("/")
		d.See("Find in the text")
		d.Type("three")
		d.Press("enter")
		d.Type("x")
		d.SeeNot("three")
		d.Type("u")
		d.See("one three")
		d.Press("v")
		d.See("visual")
		d.Press("esc", "esc")
		d.See("Draft kept")
	})
}

func TestEmacsStyle(t *testing.T) {
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Options: tui.Options{Editor: "emacs"}}, func(d *tuitest.Driver) {
		d.Press("c")
		d.Type("grace@example.net")
		d.Press("shift+tab", "tab", "tab")
		d.Type("Moth")
		d.Press("tab")
		d.Type("one two")
		d.Press("ctrl+a", "alt+d", "ctrl+e")
		d.Type("!")
		d.See(" two!", "ctrl+x s send")
		d.Press("ctrl+x", "f")
		d.See("lovelace@work.example")
		d.Press("ctrl+x")
		d.See("ctrl+x …", "s send")
		d.Press("s")
		d.See("Queued")
	})
}

func TestHeaderInTheExternalEditor(t *testing.T) {
	var had string
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Options: tui.Options{EditHeader: true, TempDir: t.TempDir()}, Exec: func(c *exec.Cmd) error {
		path := c.Args[len(c.Args)-1]
		raw, err := os.ReadFile(path)
		had = string(raw)
		if err != nil {
			return err
		}
		return os.WriteFile(path, []byte("From: lovelace@work.example\nTo: bob@example.net\nCC: carol@example.net\nSubject: Changed\n\nNote: this stays\nin the text\n"), 0o600)
	}}, func(d *tuitest.Driver) {
		write(d, "grace@example.net", "Moth", "one")
		d.Press("ctrl+e")
		d.See("Subject  Changed", "To  bob@example.net", "Cc  carol@example.net", "lovelace@work.example", "Note: this stays", "in the text")
		if !strings.HasPrefix(had, "From: Ada Lovelace <ada@example.org>\nTo: grace@example.net\nCc: \nBcc: \nSubject: Moth\n\none") {
			d.T.Errorf("the editor got %q", had)
		}
	})
}

func TestFoldedHeaderInTheExternalEditor(t *testing.T) {
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Options: tui.Options{EditHeader: true, TempDir: t.TempDir()}, Exec: func(c *exec.Cmd) error {
		return os.WriteFile(c.Args[len(c.Args)-1], []byte("To: bob@example.net,\n\tcarol@example.net,\n  dave@example.net\nX-Note: mine\nSubject: Folded\n on\n\n  two\nwords\n"), 0o600)
	}}, func(d *tuitest.Driver) {
		write(d, "grace@example.net", "Moth", "one")
		d.Press("ctrl+e")
		d.See("Subject  Folded on", "To  bob@example.net, carol@example.net, dave@example.net", "X-Note: mine", "  two", "words")
		d.Press("ctrl+s")
		d.See("Queued")
	})
}

// An editor that writes CRLF adds no lines.
func TestLineEndsOfTheExternalEditor(t *testing.T) {
	var had string
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Options: tui.Options{EditHeader: true, TempDir: t.TempDir()}, Exec: func(c *exec.Cmd) error {
		path := c.Args[len(c.Args)-1]
		raw, err := os.ReadFile(path)
		had = string(raw)
		return errors.Join(err, os.WriteFile(path, []byte(strings.ReplaceAll(had, "\n", "\r\n")+"\r\n"), 0o600))
	}}, func(d *tuitest.Driver) {
		write(d, "grace@example.net", "Moth", "one")
		d.Press("ctrl+e")
		first := had
		d.Press("ctrl+e")
		if had != first {
			d.T.Errorf("the editor got %q and then %q", first, had)
		}
	})
}

// Who turns to another address in the header does not sign as at the last one.
func TestSenderInTheExternalEditor(t *testing.T) {
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Options: tui.Options{EditHeader: true, TempDir: t.TempDir()}, Exec: func(c *exec.Cmd) error {
		path := c.Args[len(c.Args)-1]
		raw, err := os.ReadFile(path)
		text := strings.NewReplacer("Ada Lovelace <ada@example.org>", "lovelace@work.example", "one", "one two").Replace(string(raw))
		return errors.Join(err, os.WriteFile(path, []byte(text), 0o600))
	}}, func(d *tuitest.Driver) {
		write(d, "grace@example.net", "Moth", "one")
		d.Press("ctrl+e")
		d.See("lovelace@work.example", "one two", "A. Lovelace")
		d.SeeNot("Analytical Society")
		d.Press("ctrl+z")
		d.See("one two", "Analytical Society")
	})
}

func TestStrangeSenderInTheExternalEditor(t *testing.T) {
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Options: tui.Options{EditHeader: true, TempDir: t.TempDir()}, Exec: func(c *exec.Cmd) error {
		return os.WriteFile(c.Args[len(c.Args)-1], []byte("From: ada@elsewhere.example\nSubject: Moth\n\ntwo\n"), 0o600)
	}}, func(d *tuitest.Driver) {
		write(d, "grace@example.net", "Moth", "one")
		d.Press("ctrl+e")
		d.See("From  Ada Lovelace <ada@example.org>", "two", "ada@elsewhere.example is none of your addresses")
	})
}
