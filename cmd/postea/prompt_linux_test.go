package main

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"postea/internal/lab"
)

// A question ends with ctrl+c and SIGTERM, and not only with an answer, and so does a text that is typed; after that for
// a password the terminal shows what is typed.
func TestQuestionsEndWithTheCommand(t *testing.T) {
	_, tty := lab.Terminal(t)
	echo := func() bool {
		modes, err := unix.IoctlGetTermios(int(tty.Fd()), unix.TCGETS)
		if err != nil {
			t.Fatal(err)
		}
		return modes.Lflag&unix.ECHO != 0
	}
	silent, nobody := io.Pipe()
	defer nobody.Close()
	for name, c := range map[string]struct {
		stdin    io.Reader
		terminal bool
		ask      func(*prompter) error
	}{
		"a line":     {silent, false, func(p *prompter) error { _, err := p.line("Mail address", "", nil); return err }},
		"yes or no":  {silent, false, func(p *prompter) error { _, err := p.yes("Remove it", false); return err }},
		"a password": {tty, true, func(p *prompter) error { _, err := p.secret("Password"); return err }},
		"a text":     {silent, false, func(p *prompter) error { _, err := p.e.textOf(letterFlags{}); return err }},
		"a message":  {silent, false, func(p *prompter) error { _, err := p.e.readMessage("-"); return err }},
	} {
		t.Run(name, func(t *testing.T) {
			ended := make(chan struct{})
			var out bytes.Buffer
			e := &env{stdin: c.stdin, stdout: &out, inTerminal: c.terminal, keyboard: keyboard{ended: ended}}
			answer := make(chan error)
			go func() { answer <- c.ask(newPrompter(e)) }()
			for c.terminal && echo() {
				select {
				case err := <-answer:
					t.Fatal(err)
				default:
				}
			}
			close(ended)
			if err := <-answer; err == nil || !strings.Contains(err.Error(), "no answer") && !errors.Is(err, errEnded) {
				t.Error(err)
			}
			if !echo() {
				t.Error("what is typed is not shown any more")
			}
		})
	}
}
