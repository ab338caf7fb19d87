package tui_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	tea "charm.land/bubbletea/v2"

	"postea/internal/mail"
	"postea/tui"
	"postea/tui/tuitest"
)

// Whatever an editor does to its file, no text that could be had is lost, and it is
// said what happened.
func TestEditorsOfEveryKind(t *testing.T) {
	failed := errors.New("exit status 3")
	writes := func(text string, end error) func(string) error {
		return func(path string) error { return errors.Join(os.WriteFile(path, []byte(text), 0o600), end) }
	}
	tests := []struct {
		name string
		edit func(path string) error
		see  []string
		kept string // what is left of the file's directory
	}{
		{"in Latin-1", writes("Gr\xfc\xdfe\r\nzwei\r\n", nil), []string{"Grüße", "zwei"}, ""},
		{"in UTF-16", writes("\xff\xfeG\x00r\x00\xfc\x00n\x00", nil), []string{"Grün"}, ""},
		{"with a mark in front", writes("\xef\xbb\xbfBonjour\n", nil), []string{"  Bonjour"}, ""},
		{"ends badly after writing", writes("An hour of work\n", failed), []string{"An hour of work", "ended with an error, what it wrote is here; ctrl+z takes it back: exit status 3"}, ""},
		{"ends badly without writing", func(string) error { return failed }, []string{"One two", "the text is unchanged: exit status 3"}, ""},
		{"is killed and leaves what was typed", func(path string) error {
			return errors.Join(os.WriteFile(filepath.Join(filepath.Dir(path), ".message.txt.swp"), []byte("typed"), 0o600), failed)
		}, []string{"One two", "what it left is in "}, ".message.txt.swp message.txt"},
		{"removes the file", os.Remove, []string{"One two", "the text is unchanged: it has left no file"}, ""},
		{"puts a directory there", func(path string) error { return errors.Join(os.Remove(path), os.Mkdir(path, 0o700)) }, []string{"One two", "the text stays in "}, "message.txt"},
		{"leaves a copy of the old", func(path string) error {
			return errors.Join(os.WriteFile(path+"~", nil, 0o600), os.WriteFile(path, []byte("New\n"), 0o600))
		}, []string{"  New"}, ""},
		{"returns at once", func(string) error { return nil }, []string{"One two", "The editor changed nothing"}, "message.txt"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			edit := func(c *exec.Cmd) error { return tt.edit(c.Args[len(c.Args)-1]) }
			tuitest.Run(t, tuitest.Setup{Width: 200, Height: 36, Exec: edit, Options: tui.Options{TempDir: dir}}, func(d *tuitest.Driver) {
				write(d, "grace@example.net", "Moth", "One two")
				d.Press("ctrl+e")
				d.See(tt.see...)
				d.SeeNot("\ufffd")
				left, err := filepath.Glob(filepath.Join(dir, "*", "*"))
				if err != nil {
					t.Fatal(err)
				}
				var names []string
				for _, path := range left {
					names = append(names, filepath.Base(path))
				}
				if got := strings.Join(names, " "); got != tt.kept {
					t.Errorf("left behind: %q", got)
				}
				d.Type("!") // the composer listens again
				d.See("!")
			})
		})
	}
}

// An editor with a window of its own comes back at once, and writes when the user does.
// That is taken before anything becomes of the draft, and not sent unseen.
func TestEditorsThatWriteLater(t *testing.T) {
	for _, key := range []string{"ctrl+e", "ctrl+s", "esc"} {
		t.Run(key, func(t *testing.T) {
			var path string
			dir, runs := t.TempDir(), 0
			edit := func(c *exec.Cmd) error {
				path = c.Args[len(c.Args)-1]
				runs++
				return nil
			}
			tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Exec: edit, Options: tui.Options{TempDir: dir}}, func(d *tuitest.Driver) {
				write(d, "grace@example.net", "Moth", "One two")
				d.Press("ctrl+e")
				d.See("The editor changed nothing")
				if err := os.WriteFile(path, []byte("An hour of work\n"), 0o600); err != nil {
					t.Fatal(err)
				}
				d.Press(key)
				if key != "esc" {
					d.See("  An hour of work", "What the editor has written since is here; ctrl+z takes it back.")
					d.Press("ctrl+s")
				}
				var saved []mail.Draft
				d.Backend.Do(func() { saved = append(d.Backend.Drafted, d.Backend.Sent...) })
				if last := saved[len(saved)-1]; last.Body != "An hour of work" || runs != 1 {
					t.Errorf("saved %q, %d editors", last.Body, runs)
				}
				if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) > 0 {
					t.Errorf("left behind: %q", left)
				}
			})
		})
	}
}

// A terminal is closed while an editor has the text: that comes back first.
func TestEndsWhileTheEditorRuns(t *testing.T) {
	var end chan struct{}
	edit := func(c *exec.Cmd) error {
		<-end
		return errors.Join(os.WriteFile(c.Args[1], []byte("Written in the editor\n"), 0o600), errors.New("signal: hangup"))
	}
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Options: tui.Options{TempDir: t.TempDir()}, Exec: edit}, func(d *tuitest.Driver) {
		end = make(chan struct{}) // within the bubble of the test
		write(d, "grace@example.net", "Moth", "One two")
		d.Press("ctrl+e")
		d.Send(tui.End)
		if d.Quit {
			t.Fatal("it did not wait for the editor")
		}
		close(end)
		d.Press("x")
		var saved []mail.Draft
		d.Backend.Do(func() { saved = d.Backend.Drafted })
		if !d.Quit || len(saved) != 1 || saved[0].Body != "Written in the editor" {
			t.Errorf("quit %v, saved %+v", d.Quit, saved)
		}
	})
}

// What was typed is in the store before an editor gets it, for then nothing is saved
// until it ends.
func TestSavedBeforeTheEditor(t *testing.T) {
	var b *tuitest.Backend
	var saved []mail.Draft
	edit := func(*exec.Cmd) error {
		b.Do(func() { saved = append(saved, b.Drafted...) })
		return nil
	}
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Options: tui.Options{TempDir: t.TempDir()}, Exec: edit}, func(d *tuitest.Driver) {
		b = d.Backend
		write(d, "grace@example.net", "Moth", "One two")
		d.Burst("ctrl+e", "x")
		if len(saved) != 1 || !strings.HasPrefix(saved[0].Body, "One two\n") {
			t.Errorf("the store had %+v", saved)
		}
		d.See("One twox")
		d.Backend.Fail["SaveDraft"] = errors.New("the disk is full")
		d.Type("y")
		d.Press("ctrl+e")
		d.See("The editor changed nothing")
	})
}

// A terminal that cannot be read ends Bubble Tea before it has heard of the end.
func TestFinishesWithoutATerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := tuitest.Sample()
		defer b.Close()
		root := tui.New(t.Context(), b, tui.Options{Compose: &mail.Draft{To: "grace@example.net", Body: "One two", ReplacesO: "o1"}})
		_ = root.Init()
		root.Update(tea.WindowSizeMsg{Width: 120, Height: 36})
		tui.Finish(t.Context(), root, nil)
		b.Do(func() {
			if len(b.Drafted) != 1 || b.Drafted[0].Body != "One two" {
				t.Errorf("saved %+v", b.Drafted)
			}
		})
	})
}
