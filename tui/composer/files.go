package composer

import (
	"slices"
	"strings"

	"postea/internal/mail"
)

// attached is the files of the draft, and what they were before.
type attached struct {
	files   []mail.AttachmentRef
	file    int // under the cursor
	changes int
	done    []fileStep
	undone  []fileStep
	last    bool // the last thing that was done was about files
}

// fileStep is what undoing goes back to.
type fileStep struct {
	files   []mail.AttachmentRef
	typed   bool        // the text got a word for it, to be taken back too
	renamed [][2]string // names of pictures in the text: what each became, and was
}

// setFiles gives the draft other files, as a step that can be taken back.
func (m *Model) setFiles(files []mail.AttachmentRef, step fileStep) {
	step.files = m.files
	m.attached.done = append(m.attached.done, step)
	m.undone, m.last = nil, true
	m.showFiles(files)
}

// addFiles attaches more.
func (m *Model) addFiles(refs ...mail.AttachmentRef) {
	m.setFiles(slices.Concat(m.files, refs), fileStep{})
}

func (m *Model) showFiles(files []mail.AttachmentRef) {
	m.files = files
	m.attached.changes++
	m.file = max(min(m.file, len(files)-1), 0)
	if m.focus == inFiles && len(files) == 0 {
		m.focus = inBody
	}
}

// undoFiles takes the last change of the files back, where that is what was done
// last or the cursor stands there; it tells whether it did.
func (m *Model) undoFiles() bool {
	if !m.last && m.focus != inFiles || len(m.attached.done) == 0 {
		return false
	}
	at := len(m.attached.done) - 1
	step := m.attached.done[at]
	if step.typed && m.last { // else something was written since then
		m.body.Undo()
	}
	m.attached.done, m.last = m.attached.done[:at], true
	back := step
	back.files = m.files
	m.undone = append(m.undone, back)
	m.renamePictures(step.renamed)
	m.showFiles(step.files)
	return true
}

// redoFiles makes a change again that undoFiles has taken back.
func (m *Model) redoFiles() bool {
	if !m.last && m.focus != inFiles || len(m.undone) == 0 {
		return false
	}
	at := len(m.undone) - 1
	step := m.undone[at]
	if step.typed && m.last {
		m.body.Redo()
	}
	m.undone, m.last = m.undone[:at], true
	back := step
	back.files = m.files
	m.attached.done = append(m.attached.done, back)
	var names [][2]string
	for _, n := range step.renamed {
		names = append(names, [2]string{n[1], n[0]})
	}
	m.renamePictures(names)
	m.showFiles(step.files)
	return true
}

// renamePictures writes other names where the text shows pictures: each from the
// first to the second.
func (m *Model) renamePictures(names [][2]string) {
	text := m.body.Text()
	was := text
	for _, n := range names {
		text = strings.NewReplacer("]("+shownName(n[0])+")", "]("+shownName(n[1])+")").Replace(text)
	}
	if text != was {
		at := m.body.Offset()
		m.body.Replace(text)
		m.body.MoveTo(at)
	}
}

// shownName is the name of a picture as the text has it.
func shownName(name string) string {
	if strings.ContainsAny(name, " ()<>") {
		return "<" + strings.NewReplacer("<", "", ">", "").Replace(name) + ">"
	}
	return name
}

func (m *Model) keyInFiles(key string) {
	switch key {
	case "up", "left":
		if m.file == 0 {
			m.turn(-1)
			return
		}
		m.file--
	case "down", "right":
		if m.file == len(m.files)-1 {
			m.turn(1)
			return
		}
		m.file++
	case "enter":
		m.turn(1)
	case "backspace", "delete":
		m.setFiles(slices.Delete(slices.Clone(m.files), m.file, m.file+1), fileStep{})
	}
}
