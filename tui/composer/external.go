package composer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/tui/keys"
	"postea/tui/nav"
)

// maxEdited bounds what is taken back from an editor.
const maxEdited = 8 << 20

// editorMsg says that the body lies in a file for the editor to change.
type editorMsg struct {
	dir, path string
	text      string // as it was written
	argv      []string
	err       error
}

// editedMsg says that the editor has ended, and how.
type editedMsg struct {
	editorMsg
	end  error
	late bool // it has ended before, and may have written since
}

// takenMsg brings back what lies in the file.
type takenMsg struct {
	of      editedMsg
	now     string // the file
	text    string
	changed bool
	end     error  // of the editor
	err     error  // the text could not be read
	left    string // where the editor has left something else; "" for nowhere
}

// handOut gives the body to an external editor, once the draft is saved: from then on
// nothing is handled here until the editor has ended.
func (m *Model) handOut() nav.Cmd {
	m.outside, m.asked = true, true
	if m.save.running || m.dirty() {
		return m.saveNow()
	}
	if m.late.path != "" {
		return m.lookLate()
	}
	return m.writeBody()
}

// lookLate looks for what an editor has written since it came back with nothing changed:
// with a window of its own it may go on long after that.
func (m *Model) lookLate() nav.Cmd {
	m.outside = true
	return m.edited(editedMsg{editorMsg: m.late, late: true})
}

// writeBody writes the body to a file that only the user can read.
func (m *Model) writeBody() nav.Cmd {
	text, parent := m.body.Text(), m.options.TempDir
	if m.options.EditHeader {
		text = m.header() + "\n" + text
	}
	late := m.late.dir
	m.asked, m.late = false, editorMsg{}
	return m.ask.Run(func(context.Context) tea.Msg {
		dir, err := late, error(nil)
		if dir == "" {
			dir, err = app.EditorDir(parent)
		}
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
		return editorMsg{dir: dir, path: path, text: text, argv: argv}
	})
}

func (m *Model) runEditor(msg editorMsg) nav.Cmd {
	if msg.err != nil {
		return nav.Batch(nav.Failed(msg.err), m.back())
	}
	return nav.Later(m.options.Exec(exec.Command(msg.argv[0], msg.argv[1:]...), func(err error) tea.Msg {
		return m.ask.Answer(editedMsg{editorMsg: msg, end: err})
	}))
}

// edited reads the file back. It stays while an editor that ended well may still write it.
func (m *Model) edited(msg editedMsg) nav.Cmd {
	again := m.asked
	return m.ask.Run(func(context.Context) tea.Msg {
		raw, err := readEdited(msg.path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return takenMsg{of: msg, end: msg.end, err: fmt.Errorf("the text stays in %s: %w", msg.path, err)}
		}
		out := takenMsg{of: msg, now: string(raw), text: strings.ReplaceAll(reading.OwnText(raw, ""), "\r\n", "\n"), changed: string(raw) != msg.text, end: msg.end}
		if err != nil {
			out = takenMsg{of: msg, end: msg.end}
		}
		if err != nil && !msg.late {
			out.end = cmp.Or(msg.end, errors.New("it has left no file"))
		}
		switch {
		case msg.end != nil && othersIn(msg.dir, msg.path):
			out.left = msg.dir // what was typed may be in a file of the editor's own, such as .message.txt.swp
		case out.end != nil || out.changed != msg.late && !again:
			_ = os.RemoveAll(msg.dir) // it is swept later
		}
		return out
	})
}

// readEdited reads what an editor has written. What it has put in the place of a
// file may be anything.
func readEdited(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errors.New("it is no file any more")
	case info.Size() > maxEdited:
		return nil, errors.New("the file is larger than 8 MB")
	}
	return os.ReadFile(path)
}

// othersIn tells whether something else lies in a directory than one file.
func othersIn(dir, path string) bool {
	list, err := os.ReadDir(dir)
	return err != nil || slices.ContainsFunc(list, func(e fs.DirEntry) bool { return e.Name() != filepath.Base(path) })
}

// taken puts what was written into the body. Where the editor failed too: it may
// have been ended, and the body as it was is one undo away.
func (m *Model) taken(msg takenMsg) nav.Cmd {
	again, well := m.asked, msg.end == nil && msg.err == nil
	m.asked, m.late = false, editorMsg{}
	if well && (again || msg.changed == msg.of.late) {
		m.late = editorMsg{dir: msg.of.dir, path: msg.of.path, text: msg.now}
	}
	if msg.of.late && (msg.changed || !well) {
		m.save.sending = false // that is to be seen first
	}
	m.problem = editorProblem(msg, m.ask.Hint(keys.Composer, keys.EditUndo, "takes it back"))
	switch {
	case msg.changed:
	case well && again:
		return m.writeBody()
	case well && !msg.of.late:
		return nav.Batch(nav.Done("The editor changed nothing"), m.back())
	default:
		return m.back()
	}
	text, from := strings.TrimSuffix(msg.text, "\n"), m.draft.From
	if m.options.EditHeader {
		text, from = m.takeHeader(text)
	}
	if text != strings.TrimSuffix(m.body.Text(), "\n") {
		m.body.Replace(text)
	}
	m.writeFrom(from) // which signs the text that is there now
	m.focus = inBody
	return m.back()
}

// editorProblem says what went wrong in an editor.
func editorProblem(msg takenMsg, undo string) app.Text {
	var why string
	switch {
	case msg.err != nil:
		why = msg.err.Error()
	case msg.of.late && msg.changed:
		why = "What the editor has written since is here" + after("; ", undo) + "."
	case msg.end == nil:
		return app.Text{}
	case msg.changed:
		why = fmt.Sprintf("the editor ended with an error, what it wrote is here%s: %v", after("; ", undo), msg.end)
	default:
		why = fmt.Sprintf("the editor ended with an error, the text is unchanged: %v", msg.end)
	}
	if msg.left != "" {
		why += "; what it left is in " + msg.left
	}
	return reading.Line(why)
}

// back goes on with what waited for the text.
func (m *Model) back() nav.Cmd {
	m.outside = false
	if m.save.leaving || m.save.sending {
		return m.settle()
	}
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

// takeHeader takes the fields in front of a text, also folded ones, and gives the
// rest, with those at its top that no message here has, and the sender, who is still
// to be taken. Where there are none the text is all, and the fields stay; so does one
// that is left out.
func (m *Model) takeHeader(text string) (rest string, from mail.Address) {
	rest, from = text, m.draft.From
	strange, found := "", false
	for rest != "" {
		line, after, _ := strings.Cut(rest, "\n")
		for after != "" && (after[0] == ' ' || after[0] == '\t') { // RFC 5322 §2.2.3
			var more string
			more, after, _ = strings.Cut(after, "\n")
			line += " " + strings.TrimSpace(more)
		}
		name, value, ok := strings.Cut(line, ":")
		switch value = strings.TrimSpace(value); {
		case ok && strings.EqualFold(name, "From"):
			if a, err := mail.ParseAddress(value); err == nil {
				from = a
			}
			found = true
		case ok && m.takeField(name, value):
			found = true
		case ok && found && !strings.ContainsAny(name, " \t") && fieldsFollow(after):
			strange += line + "\n"
		case !found:
			return text, from
		default:
			return strange + strings.TrimPrefix(rest, "\n"), from
		}
		rest = after
	}
	return strange, from
}

// writeFrom turns to the identity of an address, or says that it is none.
func (m *Model) writeFrom(from mail.Address) {
	if from.Same(m.draft.From) {
		return
	}
	i := slices.IndexFunc(m.identities, func(id app.Identity) bool { return id.Address.Same(from) })
	if i < 0 {
		m.problem = reading.Line(from.Address + " is none of your addresses; the configuration may have aliases")
		return
	}
	m.turnIdentity(i - m.identity)
}

// fieldsFollow tells whether one more of the fields stands before a blank line.
func fieldsFollow(text string) bool {
	for line := range strings.SplitSeq(text, "\n") {
		if strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t") {
			continue
		}
		name, _, ok := strings.Cut(line, ":")
		if line == "" || !ok || strings.ContainsAny(name, " \t") {
			return false
		}
		for _, f := range headerFields {
			if strings.EqualFold(name, f.name) {
				return true
			}
		}
	}
	return false
}

func (m *Model) takeField(name, value string) bool {
	for _, f := range headerFields {
		if strings.EqualFold(name, f.name) {
			m.fields[f.at].Set(value)
			m.copies = m.copies || value != "" && (f.at == inCc || f.at == inBcc)
			return true
		}
	}
	return false
}
