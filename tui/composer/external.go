package composer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"postea/internal/mail"
	"postea/internal/reading"
	"postea/tui/nav"
)

// maxEdited bounds what is taken back from an editor.
const maxEdited = 8 << 20

// editorMsg says that the body lies in a file for the editor to change.
type editorMsg struct {
	dir, path string
	argv      []string
	err       error
}

type editedMsg struct {
	dir, path string
	err       error
}

type takenMsg struct {
	text string
	err  error
}

// writeBody writes the body to a file that only the user can read.
func (m *Model) writeBody() nav.Cmd {
	text, parent := m.body.Text(), m.options.TempDir
	if m.options.EditHeader {
		text = m.header() + "\n" + text
	}
	return m.ask.Run(func(context.Context) tea.Msg {
		dir, err := os.MkdirTemp(parent, "postea-draft-")
		if err != nil {
			return editorMsg{err: fmt.Errorf("draft for the editor: %w", err)}
		}
		path := filepath.Join(dir, "message.txt")
		if err = os.WriteFile(path, []byte(text), 0o600); err != nil {
			return editorMsg{err: errors.Join(fmt.Errorf("draft for the editor: %w", err), os.RemoveAll(dir))}
		}
		argv, err := m.source.ExternalEditor(path)
		if err == nil && len(argv) == 0 {
			err = errors.New("no editor is set; $VISUAL or $EDITOR names one")
		}
		if err != nil {
			return editorMsg{err: errors.Join(err, os.RemoveAll(dir))}
		}
		return editorMsg{dir: dir, path: path, argv: argv}
	})
}

func (m *Model) runEditor(msg editorMsg) nav.Cmd {
	if msg.err != nil {
		return nav.Failed(msg.err)
	}
	return nav.Later(m.options.Exec(exec.Command(msg.argv[0], msg.argv[1:]...), func(err error) tea.Msg {
		return m.ask.Answer(editedMsg{msg.dir, msg.path, err})
	}))
}

// edited reads the file back; where the editor failed, the body stays as it was.
func (m *Model) edited(msg editedMsg) nav.Cmd {
	return m.ask.Run(func(context.Context) tea.Msg {
		if msg.err != nil {
			return takenMsg{err: errors.Join(fmt.Errorf("the editor ended with an error, the text is unchanged: %w", msg.err), os.RemoveAll(msg.dir))}
		}
		info, err := os.Stat(msg.path)
		if err == nil && info.Size() > maxEdited {
			err = errors.New("the file is larger than 8 MB")
		}
		var text []byte
		if err == nil {
			text, err = os.ReadFile(msg.path)
		}
		if err != nil {
			return takenMsg{err: fmt.Errorf("the text stays in %s: %w", msg.path, err)}
		}
		return takenMsg{text: strings.ToValidUTF8(string(text), "\uFFFD"), err: os.RemoveAll(msg.dir)}
	})
}

func (m *Model) taken(msg takenMsg) nav.Cmd {
	if msg.err != nil {
		m.problem = reading.Line(msg.err.Error())
		return nil
	}
	text := strings.TrimSuffix(msg.text, "\n")
	if m.options.EditHeader {
		text = m.takeHeader(text)
	}
	if text != strings.TrimSuffix(m.body.Text(), "\n") {
		m.body.Replace(text)
	}
	m.focus = inBody
	return nil
}

// header is the fields as an external editor gets them.
func (m *Model) header() string {
	var b strings.Builder
	b.WriteString("From: " + m.draft.From.String() + "\n")
	for _, f := range headerFields {
		b.WriteString(f.name + ": " + m.fields[f.at].Text() + "\n")
	}
	return b.String()
}

var headerFields = []struct {
	name string
	at   place
}{{"To", inTo}, {"Cc", inCc}, {"Bcc", inBcc}, {"Subject", inSubject}}

// takeHeader takes the fields in front of a text, and gives the rest. Where there
// are none the text is all, and the fields stay; so does one that is left out.
func (m *Model) takeHeader(text string) string {
	rest, found := text, false
	for {
		line, after, _ := strings.Cut(rest, "\n")
		name, value, ok := strings.Cut(line, ":")
		if !ok || !m.takeField(name, strings.TrimSpace(value)) {
			break
		}
		rest, found = after, true
	}
	if !found {
		return text
	}
	return strings.TrimPrefix(rest, "\n")
}

func (m *Model) takeField(name, value string) bool {
	if strings.EqualFold(name, "From") {
		if a, err := mail.ParseAddress(value); err == nil {
			for i, id := range m.identities {
				if id.Address.Same(a) {
					m.turnIdentity(i - m.identity)
				}
			}
		}
		return true
	}
	for _, f := range headerFields {
		if strings.EqualFold(name, f.name) {
			m.fields[f.at].Set(value)
			m.copies = m.copies || value != "" && (f.at == inCc || f.at == inBcc)
			return true
		}
	}
	return false
}
