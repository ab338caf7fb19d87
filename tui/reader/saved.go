package reader

import (
	"postea/internal/app"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/tui/nav"
	"postea/tui/theme"
	"postea/tui/widget"
	"postea/tui/words"
)

// savedFile is where an attachment has been saved.
type savedFile struct {
	path app.Text
	link string
}

// savedMsg says which attachments were saved: index 0 means all.
type savedMsg struct {
	id    mail.ID
	index int
	files []savedFile
	err   error
}

func savedAt(paths []string) []savedFile {
	var list []savedFile
	for _, p := range paths {
		list = append(list, savedFile{reading.Line(p), app.FileLink(p)})
	}
	return list
}

// saved says where files have been saved, and remembers it, so that they can be
// opened and dragged from where the attachment stands.
func (m *Model) saved(msg savedMsg) nav.Cmd {
	if it := m.find(msg.id); it != nil {
		for i, f := range msg.files {
			index := msg.index
			if index == 0 && i < len(it.head.Attachments) {
				index = it.head.Attachments[i].Index
			}
			if it.saved == nil {
				it.saved = map[int]savedFile{}
			}
			it.saved[index] = f
		}
	}
	if msg.err != nil {
		return nav.Failed(msg.err)
	}
	n := len(msg.files)
	if n == 0 {
		return nav.Done("Nothing to save")
	}
	last := msg.files[n-1]
	toast := nav.Toast{Text: reading.Line("Saved"), Path: last.path, Link: last.link}
	if n > 1 {
		toast.Text = reading.Line("Saved " + app.Counted(n, "file") + ", the last one")
	}
	return nav.Say(toast)
}

// sizeColumn has room for the size of any file.
const sizeColumn = 7

func drawFile(a widget.Area, it *item, f app.Attachment) {
	saved := it.saved[f.Index]
	path, where := saved.path.String(), ""
	if f.Away {
		where = it.partWords(f.Part)
	}
	if a.Look.Plain {
		if path != "" {
			path = "saved as " + path
		}
		a.PlainRow(false, "attachment", f.Name.String(), f.Type.String(), words.Size(f.Size), where, path)
		return
	}
	right := a.Right(a.Width(), 0, theme.Style{Ink: theme.Dim}, words.Size(f.Size)) - 2
	if where != "" {
		right = a.Right(min(right, a.Width()-sizeColumn-2), 0, theme.Style{Ink: it.partInk(f.Part)}, where) - 2
	}
	column := min(max(a.Width()*3/10, 20), right)
	name := a.Link(theme.Style{Ink: theme.Text}, saved.link)
	end := a.Fit(2, 0, max(column-4, right/2), name, f.Name.String())
	if column = max(column, end+2); column >= right {
		return
	}
	x := a.Fit(column, 0, right-column, theme.Style{Ink: theme.Dim}, f.Type.String())
	if path != "" {
		x = a.Fit(x+2, 0, right-x-2, theme.Style{Ink: theme.Dim}, a.Look.Signs.Check) + 1
		a.Fit(x, 0, right-x, a.Link(theme.Style{Ink: theme.Dim}, saved.link), path)
	}
}
