package composer

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/tui/nav"
)

type previewMsg struct {
	lines []app.Text
	err   error
}

// preview shows the message as its recipients see it.
func (m *Model) preview() nav.Cmd {
	d, width := m.snapshot(), min(pageMax, max(m.size.Width-8, 20))
	return nav.Hold(m.ask.Ask("preview", func(ctx context.Context) tea.Msg {
		lines, err := m.source.PreviewDraft(ctx, d, width)
		return previewMsg{lines, err}
	}))
}

func (m *Model) previewed(msg previewMsg) nav.Cmd {
	if msg.err != nil {
		m.problem = nav.Words(msg.err)
		return nil
	}
	note := "as plain text"
	if m.draft.Markdown {
		note = "the HTML version, as this reader shows it; the text goes along"
	}
	return nav.Say(nav.Pager{Title: "Preview", Lines: msg.lines, Empty: "There is no text yet.", Note: note})
}

type templatesMsg struct {
	list []app.Template
	dir  string
	err  error
}

type fillMsg struct{ file string }

type filledMsg struct {
	filled app.Filled
	err    error
}

func (m *Model) askTemplate() nav.Cmd {
	return nav.Hold(m.ask.Ask("templates", func(ctx context.Context) tea.Msg {
		list, err := m.source.Templates(ctx)
		return templatesMsg{list, m.source.TemplateDir(), err}
	}))
}

func (m *Model) pickTemplate(msg templatesMsg) nav.Cmd {
	if msg.err != nil {
		return nav.Failed(msg.err)
	}
	if len(msg.list) == 0 {
		return nav.Say(nav.Toast{Text: reading.Line("There is no template yet; put .md or .txt files into " + msg.dir)})
	}
	menu := nav.Menu{Title: "Insert a template", Hint: "insert"}
	for _, t := range msg.list {
		menu.Items = append(menu.Items, nav.Item{Label: t.Name.String(), Detail: t.About.String(), Msg: m.ask.Answer(fillMsg{t.File})})
	}
	return nav.Say(menu)
}

func (m *Model) fill(file string) nav.Cmd {
	d := m.snapshot()
	return nav.Hold(m.ask.Run(func(ctx context.Context) tea.Msg {
		f, err := m.source.FillTemplate(ctx, file, d)
		return filledMsg{f, err}
	}))
}

// filled puts a template in: its recipients beside those there, its subject
// where there is none, its text at the cursor.
func (m *Model) filled(msg filledMsg) nav.Cmd {
	if msg.err != nil {
		m.problem = nav.Words(msg.err)
		return nil
	}
	f := msg.filled
	for p, text := range map[place]string{inTo: f.To, inCc: f.Cc, inBcc: f.Bcc} {
		if text == "" {
			continue
		}
		have := strings.TrimRight(m.fields[p].Text(), ", ")
		if have != "" {
			text = have + ", " + text
		}
		m.fields[p].Set(text)
		m.copies = m.copies || p != inTo
	}
	if strings.TrimSpace(m.fields[inSubject].Text()) == "" && f.Subject != "" {
		m.fields[inSubject].Set(f.Subject)
	}
	m.setFocus(inBody)
	at := m.body.Offset()
	m.body.Insert(f.Body)
	if f.Cursor >= 0 {
		m.body.MoveTo(at + f.Cursor)
	}
	if from, to, ok := openField(m.body.Text(), at); ok && f.Cursor < 0 {
		m.body.Select(from, to)
	}
	return nil
}

// templateField is a field of a template, on one line.
var templateField = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\{\{[^\n{]{1,59}?\}\}`) })

// openField finds the next field that waits to be filled in, from an offset on, then
// from the beginning. In what others wrote, braces are theirs.
func openField(text string, at int) (from, to int, ok bool) {
	begin := 0
	for line := range strings.Lines(text) {
		if forwardedFrom(line) {
			break
		}
		if !quoted(line) {
			for _, f := range templateField().FindAllStringIndex(line, -1) {
				if begin+f[0] >= at {
					return begin + f[0], begin + f[1], true
				}
				if !ok {
					from, to, ok = begin+f[0], begin+f[1], true
				}
			}
		}
		begin += len(line)
	}
	return from, to, ok
}

// nextOpenField selects the next field of a template; it tells whether there is
// one.
func (m *Model) nextOpenField() bool {
	if m.focus != inBody {
		return false
	}
	from, to, ok := openField(m.body.Text(), m.body.Offset())
	if ok {
		m.body.Select(from, to)
	}
	return ok
}

// turnFormat goes from plain text to Markdown and back.
func (m *Model) turnFormat() nav.Cmd {
	m.draft.Markdown = !m.draft.Markdown
	if m.draft.Markdown {
		return nav.Done("Markdown: an HTML version goes along")
	}
	return nav.Done("Plain text")
}

// turnSignature takes the signature away, or puts it back.
func (m *Model) turnSignature() nav.Cmd {
	id, known := m.current()
	body := m.body.Text()
	if i := m.signatureAt(body); i >= 0 {
		at := m.body.Offset()
		m.body.Replace(strings.TrimRight(body[:i], "\n") + "\n")
		m.body.MoveTo(at)
		return nil
	}
	if !known || strings.TrimSpace(id.Signature) == "" {
		return nav.Say(nav.Toast{Text: reading.Line("There is no signature for " + m.draft.From.Address), Error: true})
	}
	m.addSignature(id.Signature)
	return nil
}

// addSignature puts a signature below the text where there is none.
func (m *Model) addSignature(signature string) {
	at, body := m.body.Offset(), m.body.Text()
	if m.signatureAt(body) >= 0 {
		return
	}
	m.body.Replace(strings.TrimRight(body, "\n") + "\n\n-- \n" + strings.TrimRight(signature, "\n") + "\n")
	m.body.MoveTo(at)
}

// signatureAt is where the mark of the signature begins; -1 where there is none. What is
// forwarded may have one of its author: there, one of the user's own is looked for.
func (m *Model) signatureAt(body string) int {
	const mark = "-- \n"
	at := strings.LastIndex("\n"+body, "\n"+mark)
	if at < 0 || !slices.ContainsFunc(strings.Split(body[:at], "\n"), forwardedFrom) {
		return at
	}
	below := strings.TrimSpace(body[at+len(mark):])
	if slices.ContainsFunc(m.identities, func(id app.Identity) bool { return strings.TrimSpace(id.Signature) == below }) {
		return at
	}
	return -1
}

type picturedMsg struct {
	ref mail.AttachmentRef
	err error
}

// picture attaches a file to be shown within the text.
func (m *Model) picture(path string) nav.Cmd {
	m.attaching++
	return nav.Hold(m.ask.Run(func(ctx context.Context) tea.Msg {
		ref, err := m.source.InlinePicture(ctx, path)
		return picturedMsg{ref, err}
	}))
}

func (m *Model) pictured(msg picturedMsg) nav.Cmd {
	m.attaching--
	if msg.err != nil {
		m.problem = nav.Words(msg.err)
		return nil
	}
	msg.ref.Name = freeName(m.files, msg.ref.Name)
	m.setFiles(append(slices.Clone(m.files), msg.ref), fileStep{typed: true})
	m.fields[inPath].Set("")
	m.popup, m.inline = popup{}, false
	m.focus = inBody
	alt := strings.NewReplacer("[", "", "]", "").Replace(strings.TrimSuffix(msg.ref.Name, extension(msg.ref.Name)))
	m.body.Insert("![" + alt + "](" + shownName(msg.ref.Name) + ")")
	if m.draft.Markdown {
		return nil
	}
	m.draft.Markdown = true
	return nav.Done("Markdown: pictures stand in an HTML version")
}

func extension(name string) string {
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		return name[i:]
	}
	return ""
}

// freeName tells two files of one name apart, because the text names them.
func freeName(files []mail.AttachmentRef, name string) string {
	name = strings.NewReplacer("<", "", ">", "", "\n", " ").Replace(name)
	taken := func(n string) bool {
		return slices.ContainsFunc(files, func(f mail.AttachmentRef) bool { return f.Name == n })
	}
	ext := extension(name)
	for n, base := 2, strings.TrimSuffix(name, ext); taken(name); n++ {
		name = fmt.Sprintf("%s-%d%s", base, n, ext)
	}
	return name
}
