package composer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/tui/nav"
	"postea/tui/words"
)

type (
	// sizesOfMsg asks for the sizes of a file.
	sizesOfMsg struct{ file int }
	// sizesMsg are the sizes of a file.
	sizesMsg struct {
		file  int
		of    mail.AttachmentRef
		sizes app.PictureSizes
		err   error
	}
	// resizeMsg puts a file in the place of another.
	resizeMsg struct {
		file int
		ref  mail.AttachmentRef
	}
	// resizeAllMsg asks for all pictures with a longer edge of so many pixels; 0 as
	// they were.
	resizeAllMsg struct{ edge int }
	// resizedMsg are all files, with the pictures among them in another size.
	resizedMsg struct {
		of   []mail.AttachmentRef
		refs []mail.AttachmentRef
		err  error
	}
)

// pictures are the places of the attached files that can be made smaller.
func (m *Model) pictures() []int {
	var list []int
	for i, f := range m.files {
		if app.IsPicture(f) {
			list = append(list, i)
		}
	}
	return list
}

// resize offers the sizes of the picture under the cursor, or of the only one, or
// asks which one is meant.
func (m *Model) resize() nav.Cmd {
	list := m.pictures()
	if m.focus == inFiles && app.IsPicture(m.files[m.file]) {
		return m.askSizes(m.file)
	}
	if len(list) == 1 {
		return m.askSizes(list[0])
	}
	menu := nav.Menu{Title: "Size of which picture?", Hint: "its sizes"}
	for _, i := range list {
		menu.Items = append(menu.Items, nav.Item{Label: nav.Line(m.files[i].Name), Detail: words.Size(m.files[i].Size), Msg: m.ask.Answer(sizesOfMsg{i})})
	}
	return nav.Say(menu)
}

func (m *Model) askSizes(file int) nav.Cmd {
	ref := m.files[file]
	return nav.Batch(nav.Done("Trying smaller sizes of "+ref.Name), nav.Hold(m.ask.Ask("sizes", func(ctx context.Context) tea.Msg {
		s, err := m.source.PictureSizes(ctx, ref)
		return sizesMsg{file, ref, s, err}
	})))
}

func (m *Model) tookSizes(msg sizesMsg) nav.Cmd {
	s := msg.sizes
	switch {
	case msg.err != nil:
		return nav.Failed(msg.err)
	case msg.file >= len(m.files) || !sameFile(m.files[msg.file], msg.of): // it has gone in the meantime
		return nil
	case len(s.Smaller) == 0:
		return nav.Say(nav.Toast{Text: reading.Line(fmt.Sprintf("%s has %s in %s; a smaller one would gain nothing", m.files[msg.file].Name, pixels(s.Width, s.Height), words.Size(s.Full.Size)))})
	}
	menu := nav.Menu{Title: "Size of " + nav.Line(m.files[msg.file].Name), Hint: "take it", At: 1}
	others := len(m.pictures()) > 1
	if others {
		menu.Extra = []nav.Extra{{Key: "ctrl+a", Label: "all pictures so"}}
	}
	add := func(label string, w, h, edge int, ref mail.AttachmentRef) {
		it := nav.Item{Label: label, Detail: fmt.Sprintf("%-13s%9s", pixels(w, h), words.Size(ref.Size)), Msg: m.ask.Answer(resizeMsg{msg.file, ref})}
		if others {
			it.More = map[string]tea.Msg{"ctrl+a": m.ask.Answer(resizeAllMsg{edge})}
		}
		menu.Items = append(menu.Items, it)
	}
	add("As it is", s.Width, s.Height, 0, s.Full)
	for i, small := range s.Smaller {
		label := []string{"Large", "Medium", "Small"}[min(i+3-min(len(s.Smaller), 3), 2)]
		add(label, small.Width, small.Height, small.Edge, small.Ref)
	}
	return nav.Say(menu)
}

func sameFile(a, b mail.AttachmentRef) bool {
	return a.Path == b.Path && a.Name == b.Name && a.Size == b.Size
}

func pixels(w, h int) string { return strconv.Itoa(w) + " × " + strconv.Itoa(h) }

func (m *Model) resized(msg resizeMsg) nav.Cmd {
	if msg.file >= len(m.files) {
		return nil
	}
	files := slices.Clone(m.files)
	files[msg.file] = msg.ref
	return m.takeSizes(files)
}

// resizeAll makes all pictures so large, none larger than it was.
func (m *Model) resizeAll(edge int) nav.Cmd {
	before, files := m.files, slices.Clone(m.files)
	m.attaching++
	return nav.Batch(nav.Done("Making the pictures smaller"), nav.Hold(m.ask.Run(func(ctx context.Context) tea.Msg {
		var errs []error
		for i, f := range files {
			ref, err := m.source.SmallerPicture(ctx, f, edge)
			if err != nil {
				errs = append(errs, err)
				continue
			}
			files[i] = ref
		}
		return resizedMsg{before, files, errors.Join(errs...)}
	})))
}

func (m *Model) resizedAll(msg resizedMsg) nav.Cmd {
	m.attaching--
	if !slices.EqualFunc(msg.of, m.files, sameFile) {
		return nav.Failed(errors.New("the files have changed in the meantime; ask again"))
	}
	return nav.Batch(m.takeSizes(msg.refs), nav.Failed(msg.err))
}

// takeSizes puts pictures of other sizes in the place of those there.
func (m *Model) takeSizes(files []mail.AttachmentRef) nav.Cmd {
	before, after, changed := int64(0), int64(0), []string{}
	var step fileStep
	for i, f := range files {
		was := m.files[i]
		if f.Size == was.Size && f.Path == was.Path {
			continue
		}
		if f.Inline && f.Name != was.Name {
			files[i].Name = "" // it is not in its own way
			f.Name = freeName(files, f.Name)
			step.renamed = append(step.renamed, [2]string{f.Name, was.Name})
		}
		files[i] = f
		before, after, changed = before+was.Size, after+f.Size, append(changed, f.Name)
	}
	if len(changed) == 0 {
		return nav.Done("Nothing has changed")
	}
	for _, n := range step.renamed {
		m.renamePictures([][2]string{{n[1], n[0]}})
	}
	m.setFiles(files, step)
	what := app.Counted(len(changed), "picture")
	if len(changed) == 1 {
		what = changed[0]
	}
	return nav.Done(fmt.Sprintf("%s: %s → %s; undo brings it back", what, words.Size(before), words.Size(after)))
}
