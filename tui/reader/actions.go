package reader

import (
	"context"
	"slices"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/tui/keys"
	"postea/tui/nav"
)

// Why implements nav.Screen.
func (m *Model) Why(a keys.Action) string {
	switch {
	case m.passage.on:
		return m.passageWhy(a)
	case a == keys.Select && m.raw.on:
		return "Only the text of a message can be selected"
	}
	if (a == keys.NextMatch || a == keys.PrevMatch) && m.marks.Empty() && !m.raw.on && m.sought.text == "" {
		return "Nothing is searched for; / does, and \\ in this conversation"
	}
	if len(m.items) == 0 {
		if ofMessage(a) {
			return "No message is shown"
		}
		return ""
	}
	it := m.items[m.current]
	if why := m.cardWhy(a); why != "" {
		return why
	}
	switch a {
	case keys.Links:
		if it.head.Body == nil || len(it.head.Body.Links(it.other)) == 0 {
			return "This message has no links"
		}
	case keys.ToggleVersion:
		if it.head.Body == nil || !it.head.Body.Versions() {
			return "This message has one version only"
		}
	case keys.Pictures:
		return m.pictureWhy(it)
	case keys.Save:
		if len(it.head.Attachments) == 0 {
			return "This message has no attachments"
		}
	case keys.NextMessage:
		if m.current == len(m.items)-1 {
			return "This is the newest message of the conversation"
		}
	case keys.PrevMessage:
		if m.current == 0 {
			return "This is the first message of the conversation"
		}
	}
	return ""
}

// ofMessage tells of actions that are nothing without a message.
func ofMessage(a keys.Action) bool {
	switch a {
	case keys.Links, keys.Save, keys.Headers, keys.Copy, keys.Select, keys.Pictures, keys.Parts, keys.CheckSignatures, keys.Pipe, keys.ToggleVersion, keys.OpenHTML:
		return true
	}
	return keys.Answering(a) != ""
}

// Do implements nav.Screen.
func (m *Model) Do(a keys.Action, count int) nav.Cmd {
	if m.passage.on {
		return m.inPassage(a, count)
	}
	if m.motion(a, max(count, 1)) {
		return nil
	}
	if a == keys.Filter || m.raw.on && a == keys.Find {
		return m.askFind()
	}
	if m.raw.on || m.sought.text != "" {
		switch a {
		case keys.NextMatch:
			return m.toFound(1)
		case keys.PrevMatch:
			return m.toFound(-1)
		}
	}
	if how := keys.Answering(a); how != "" {
		return m.answer(app.Answering(how), "")
	}
	switch a {
	case keys.ReadOn:
		return m.readOn()
	case keys.Fold:
		return m.fold()
	case keys.UnfoldAll:
		return m.foldAll()
	case keys.NextMessage:
		return m.goTo(m.current + max(count, 1))
	case keys.PrevMessage:
		return m.goTo(m.current - max(count, 1))
	case keys.NextMatch:
		return m.toMatch(1, keys.NextConversation)
	case keys.PrevMatch:
		return m.toMatch(-1, keys.PrevConversation)
	}
	if len(m.items) == 0 {
		return nil
	}
	switch a {
	case keys.Links:
		return m.linkMenu()
	case keys.Save:
		return m.attachments()
	case keys.Headers:
		return m.cycleRaw()
	case keys.Copy:
		return m.copyMenu()
	case keys.Select:
		return m.selectText()
	case keys.Pictures:
		return m.pictureMenu()
	case keys.Parts:
		return m.structure()
	case keys.CheckSignatures:
		return m.checkSignatures()
	case keys.Pipe:
		return m.pipeMenu()
	case keys.ToggleVersion:
		return m.toggleVersion()
	case keys.OpenHTML:
		return m.openHTML()
	}
	return m.doCard(a)
}

func (m *Model) motion(a keys.Action, n int) bool {
	h := m.size.Height
	switch a {
	case keys.Down:
		m.line(n)
	case keys.Up:
		m.line(-n)
	case keys.HalfDown:
		m.scrollTo(m.top + n*max(h/2, 1))
	case keys.HalfUp:
		m.scrollTo(m.top - n*max(h/2, 1))
	case keys.PageDown:
		m.scrollTo(m.top + n*max(h-2, 1))
	case keys.PageUp:
		m.scrollTo(m.top - n*max(h-2, 1))
	case keys.Top:
		m.scrollTo(0)
	case keys.Bottom:
		m.scrollTo(len(m.lines))
	default:
		return false
	}
	m.toItem = -1
	return true
}

// readOn goes a page down; at the end it unfolds the quotes that are seen, then
// goes to the next unread message, and at last to the next unread conversation.
func (m *Model) readOn() nav.Cmd {
	if !m.atEnd() {
		m.scrollTo(m.top + max(m.size.Height-2, 1))
		return nil
	}
	if it := m.visibleFold(); it != nil {
		return m.unfoldQuotes(it)
	}
	for i := m.current + 1; i < len(m.items); i++ {
		if m.items[i].head.Unread {
			return m.goTo(i)
		}
	}
	return nav.Say(nav.Run{Action: keys.NextUnread})
}

func (m *Model) unfoldQuotes(it *item) nav.Cmd {
	it.quotes = true
	return m.fetch()
}

// fold opens a folded message; of an open one it unfolds the quotes that are
// seen, and otherwise folds the message.
func (m *Model) fold() nav.Cmd {
	if len(m.items) == 0 {
		return nil
	}
	it := m.items[m.current]
	if it.open && !m.raw.on {
		if b := it.head.Bounce; b != nil && b.Outgoing != "" && m.cardVisible(m.current) {
			return nav.Say(nav.OpenJourney{ID: b.Outgoing})
		}
		if f := m.visibleFold(); f != nil {
			return m.unfoldQuotes(f)
		}
	}
	return m.toggle(m.current)
}

func (m *Model) toggle(i int) nav.Cmd {
	it := m.items[i]
	it.open = !it.open
	m.current = i
	m.arrange()
	return nav.Batch(m.fetch(), m.markLater())
}

// foldAll opens every message with its quotes; where all are open, it folds them
// but for the current one.
func (m *Model) foldAll() nav.Cmd {
	if m.raw.on {
		return nil
	}
	unfold := slices.ContainsFunc(m.items, func(it *item) bool { return !it.open || !it.quotes })
	for i, it := range m.items {
		it.open, it.quotes = unfold || i == m.current, unfold
	}
	m.toItem = m.current
	m.arrange()
	return nav.Batch(m.fetch(), m.markLater())
}

// goTo makes a message the current one and opens it.
func (m *Model) goTo(i int) nav.Cmd {
	i = min(max(i, 0), len(m.items)-1)
	if i < 0 || m.raw.on {
		return nil
	}
	m.current, m.toItem = i, i
	m.items[i].open = true
	m.arrange()
	return nav.Batch(m.fetch(), m.markLater())
}

type draftMsg struct {
	draft mail.Draft
	err   error
}

// answer begins an answer that quotes only, or the whole text where that is empty.
func (m *Model) answer(how app.Answering, only string) nav.Cmd {
	if len(m.items) == 0 {
		return nil
	}
	h := m.items[m.current].head
	id, long := h.ID, h.Partial && how.Carries()
	var say nav.Cmd
	if long {
		say = sayFetchingAll(h)
	}
	return nav.Batch(say, holdUnless(long, m.ask.Ask("draft", func(ctx context.Context) tea.Msg {
		var msg draftMsg
		msg.draft, msg.err = m.source.Answer(ctx, id, how, only)
		return msg
	})))
}

type openLinkMsg struct{ url string }

// linkMenu lists the links, each with the host it really leads to.
func (m *Model) linkMenu() nav.Cmd {
	it := m.items[m.current]
	menu := nav.Menu{Title: "Open a link", Hint: "open"}
	for _, l := range it.head.Body.Links(it.other) {
		host, rest := reading.Line(l.Host).String(), reading.Line(l.Shown).String()
		detail := reading.Line(l.Text).String()
		if detail == "" || detail == rest {
			detail = rest
		}
		menu.Items = append(menu.Items, nav.Item{
			Label: host, Detail: detail, Key: strconv.Itoa(l.Number), Msg: m.ask.Answer(openLinkMsg{l.URL}),
		})
	}
	return nav.Say(menu)
}

func (m *Model) openLink(url string) nav.Cmd {
	return m.ask.Run(func(ctx context.Context) tea.Msg {
		return doneMsg{"Opening " + url, m.source.OpenLink(ctx, url)}
	})
}

// attachmentMsg asks for something to be done to attachments; index 0 means all.
type attachmentMsg struct {
	id    mail.ID
	index int
	do    fileAct
	sure  bool // though it would run
}

type fileAct uint8

const (
	saveFile fileAct = iota
	openFile
	viewFile
)

func (m *Model) attachments() nav.Cmd {
	it := m.items[m.current]
	menu := nav.Menu{Title: "Attachments", Hint: "save", Extra: []nav.Extra{
		{Key: "ctrl+v", Label: "view"}, {Key: "ctrl+o", Label: "open"}, {Key: "|", Label: "pipe"}, {Key: "ctrl+a", Label: "all"},
	}}
	stop := it.fetchingParts()
	if len(stop) > 0 {
		menu.Extra = append(menu.Extra, nav.Extra{Key: "ctrl+x", Label: "stop"})
	}
	all := m.ask.Answer(attachmentMsg{id: it.head.ID})
	for _, a := range it.head.Attachments {
		name := a.Name.String()
		act := func(do fileAct) tea.Msg { return m.ask.Answer(attachmentMsg{id: it.head.ID, index: a.Index, do: do}) }
		menu.Items = append(menu.Items, nav.Item{
			Label: name, Detail: it.fileDetail(a), Key: strconv.Itoa(a.Index), Msg: act(saveFile),
			More: map[string]tea.Msg{
				"ctrl+v": act(viewFile), "ctrl+o": act(openFile), "ctrl+a": all, "ctrl+x": m.ask.Answer(stopMsg{it.head.ID, stop}),
				"|": m.ask.Answer(pipeMsg{id: it.head.ID, what: app.PipeFile, index: a.Index}),
			},
		})
	}
	return nav.Say(menu)
}

func (m *Model) attachment(msg attachmentMsg) nav.Cmd {
	switch msg.do {
	case openFile:
		return m.openFile(msg)
	case viewFile:
		return m.view(msg)
	}
	say := sayFetching(m.awayFiles(msg.id, msg.index))
	return nav.Batch(say, m.ask.Run(func(ctx context.Context) tea.Msg {
		var which []int
		if msg.index > 0 {
			which = []int{msg.index}
		}
		paths, err := m.source.SaveAttachments(ctx, msg.id, which...)
		return savedMsg{msg.id, msg.index, savedAt(paths), err}
	}))
}

func (m *Model) mouse(msg nav.Mouse) nav.Cmd {
	if msg.Wheel != 0 {
		m.scrollTo(m.top + msg.Wheel)
		return nil
	}
	if msg.Release {
		return m.released(msg)
	}
	m.EndSelection()
	m.pressed = pressed{x: msg.X, y: msg.Y, held: true}
	lines := m.visible()
	if msg.Y < 0 || msg.Y >= len(lines) {
		return nil
	}
	switch l := lines[msg.Y]; l.kind {
	case foldedLine, fromLine:
		return m.toggle(l.item)
	case fileLine:
		it := m.items[l.item]
		return m.attachment(attachmentMsg{id: it.head.ID, index: it.head.Attachments[l.n].Index, do: openFile})
	case textLine:
		m.current = l.item
		it := m.items[l.item]
		if it.text[l.n].Kind == reading.FoldMark {
			return m.unfoldQuotes(it)
		}
	}
	return nil
}

// released ends what the press of the button has begun: a selection, or the click
// on a link.
func (m *Model) released(msg nav.Mouse) nav.Cmd {
	p := m.pressed
	m.pressed = pressed{}
	lines := m.visible()
	if !p.held || p.dragged || msg.X != p.x || msg.Y != p.y || p.y >= len(lines) || lines[p.y].kind != textLine {
		return nil
	}
	it := m.items[lines[p.y].item]
	return m.clickLink(it, it.text[lines[p.y].n], p.x)
}

// clickLink opens the link under the mouse, if there is one.
func (m *Model) clickLink(it *item, t reading.TextLine, x int) nav.Cmd {
	x -= (m.size.Width-m.measureWidth())/2 + 2*t.Depth
	for _, s := range t.Spans {
		w := m.measure().Width(s.Text)
		if x >= 0 && x < w && s.Link > 0 {
			return m.openNumber(it, s.Link)
		}
		x -= w
	}
	return nil
}

func (m *Model) openNumber(it *item, n int) nav.Cmd {
	for _, l := range it.head.Body.Links(it.other) {
		if l.Number == n {
			return m.openLink(l.URL)
		}
	}
	return nil
}
