package composer

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"postea/internal/reading"
	"postea/tui/keys"
	"postea/tui/nav"
)

// Why implements nav.Screen.
func (m *Model) Why(a keys.Action) string {
	if a == keys.NextIdentity && !m.others() {
		return "There is only one address to write from"
	}
	if a == keys.SendAndArchive && m.draft.ReplyTo == 0 && m.draft.Forwards == 0 {
		return "This answers nothing that could be archived"
	}
	if a == keys.PictureSize && len(m.pictures()) == 0 {
		return "No picture is attached that could be made smaller"
	}
	if m.fixed() {
		switch a {
		case keys.Attach, keys.ExternalEditor, keys.EditUndo, keys.EditRedo, keys.InsertPicture, keys.TurnFormat, keys.TurnSignature, keys.InsertTemplate, keys.Reflow, keys.Spelling:
			return "A redirected message goes out as it came"
		}
	}
	return ""
}

// Do implements nav.Screen.
func (m *Model) Do(a keys.Action, _ int) nav.Cmd {
	return nav.Batch(m.do(a), m.autosave(), m.keepReady())
}

func (m *Model) do(a keys.Action) nav.Cmd {
	switch a {
	case keys.Send, keys.SendAndArchive:
		m.archives = a == keys.SendAndArchive
		return m.send(false)
	case keys.SendLater:
		m.archives = false
		return m.send(true)
	case keys.Attach, keys.InsertPicture:
		m.focus, m.popup, m.inline = inPath, popup{}, a == keys.InsertPicture
		return m.suggest()
	case keys.PictureSize:
		return m.resize()
	case keys.TurnFormat:
		return m.turnFormat()
	case keys.TurnSignature:
		return m.turnSignature()
	case keys.InsertTemplate:
		return m.askTemplate()
	case keys.PreviewDraft:
		return m.preview()
	case keys.ExternalEditor:
		return m.handOut()
	case keys.NextIdentity:
		m.turnIdentity(1)
	case keys.CopyFields:
		m.offerNothing()
		m.copies = !m.copies || m.fields[inCc].Text() != "" || m.fields[inBcc].Text() != ""
		if m.copies {
			m.focus = inCc
		} else if m.focus == inCc || m.focus == inBcc {
			m.focus = inTo
		}
	case keys.NextField:
		if whole := m.popup.whole(); m.popup.chosen() {
			cmd := m.take()
			if !whole {
				return cmd
			}
		}
		if !m.nextOpenField() {
			m.turn(1)
		}
	case keys.PrevField:
		m.turn(-1)
	case keys.FindText:
		return m.askFind()
	case keys.FindAgain:
		return m.findAgain()
	case keys.Reflow:
		m.setFocus(inBody)
		m.body.Reflow()
	case keys.Spelling:
		return m.spelling()
	case keys.EditUndo:
		_ = m.undrop() || m.last && m.undoFiles() || m.undoStanding() || m.undoFiles() || m.body.Undo()
	case keys.EditRedo:
		_ = m.last && m.redoFiles() || m.redoStanding() || m.redoFiles() || m.body.Redo()
	case keys.KeepDraft, keys.Back:
		return m.escape()
	case keys.DiscardDraft:
		return m.discard()
	case keys.DraftVersions:
		return m.askVersions()
	}
	return nil
}

// escape closes what is open in the composer, and then the composer.
func (m *Model) escape() nav.Cmd {
	switch {
	case m.popup.open():
		m.offerNothing()
		return nil
	case m.focus == inPath:
		m.fields[inPath].Set("")
		m.focus = inBody
		return nil
	case m.focus == inBody && m.body.Escape():
		return nil
	}
	words := ""
	if m.dirty() || m.draft.ID != 0 {
		words = "Draft kept"
		if !m.draft.Scheduled.IsZero() {
			words = "Draft kept, and no longer scheduled"
		}
	}
	return m.leave(nav.Back{}, words)
}

// fixed tells whether only the recipients can be written: a message that is
// redirected goes out as it came.
func (m *Model) fixed() bool { return m.draft.Redirects != 0 }

// order is the places that the cursor goes to, from top to bottom.
func (m *Model) order() []place {
	list := m.shown()
	if m.fixed() {
		list = slices.DeleteFunc(list, func(p place) bool { return p == inSubject || p == inFiles || p == inBody })
	}
	return list
}

// shown is the places that are shown, from top to bottom.
func (m *Model) shown() []place {
	list := []place{inFrom, inTo}
	if m.copies {
		list = append(list, inCc, inBcc)
	}
	list = append(list, inSubject)
	if len(m.files) > 0 {
		list = append(list, inFiles)
	}
	if m.focus == inPath {
		list = append(list, inPath)
	}
	return append(list, inBody)
}

func (m *Model) turn(by int) {
	list := m.order()
	i := slices.Index(list, m.focus) + by
	m.setFocus(list[(i+len(list))%len(list)])
}

func (m *Model) setFocus(p place) {
	if !slices.Contains(m.order(), p) {
		return
	}
	m.focus, m.popup = p, popup{}
	m.ask.Drop("suggest")
}

// turnIdentity writes from another address, with its signature where that of the
// last one stands, or where there was none to be taken away.
func (m *Model) turnIdentity(by int) {
	n := len(m.identities)
	if n == 0 {
		return
	}
	old, known := m.current()
	m.identity = (m.identity + by + n) % n
	id := m.identities[m.identity]
	m.draft.From, m.draft.Account = id.Address, id.Account
	if known && old.Signature != id.Signature && !m.fixed() {
		m.sign(old.Signature, id.Signature)
	}
}

// sign puts one signature in the place of another.
func (m *Model) sign(old, fresh string) {
	at := m.body.Offset()
	if old == "" {
		if !m.unsigned {
			m.addSignature(fresh)
		}
		return
	}
	body, sign := m.body.Text(), "\n-- \n"+strings.TrimRight(old, "\n")
	i := strings.LastIndex(body, sign)
	if m.unsigned = i < 0; m.unsigned {
		return
	}
	if fresh != "" {
		fresh = "\n-- \n" + strings.TrimRight(fresh, "\n")
	}
	m.body.ReplaceRange(i, i+len(sign), fresh)
	if end := i + len(sign); at >= end {
		at += len(fresh) - len(sign)
	} else {
		at = min(at, i)
	}
	m.body.MoveTo(at)
}

func (m *Model) key(msg tea.KeyPressMsg) nav.Cmd {
	key := msg.String()
	m.dropped, m.last = dropped{}, false
	m.ask.Drop("sizes") // who types on wants to know no more
	if m.popup.open() {
		switch key {
		case "down", "ctrl+n":
			m.popup.move(1)
			return nil
		case "up", "ctrl+p":
			m.popup.move(-1)
			return nil
		case "enter":
			if m.popup.chosen() {
				return m.take()
			}
		}
	}
	switch m.focus {
	case inFrom:
		if msg.Text != "" && key != "space" {
			return m.fromIsChosen()
		}
		m.keyInFrom(key)
		return nil
	case inFiles:
		m.keyInFiles(key)
		return nil
	case inBody:
		if m.body.Mode() == "normal" && msg.Text == "/" {
			return m.askFind()
		}
		if key == "up" && m.body.AtTop() {
			m.turn(-1)
			return nil
		}
		m.body.Press(key, msg.Text)
		return nil
	}
	return m.keyInField(key, msg.Text)
}

// fromIsChosen tells who types at the sender that nothing is typed there.
func (m *Model) fromIsChosen() nav.Cmd {
	text := "This is the only address to write from; the configuration may have aliases"
	if m.others() {
		text = "The sender is chosen, not typed: right goes to your next address" + after(", ", m.ask.Hint(keys.Composer, keys.NextField, "to whom you write"))
	}
	return nav.Say(nav.Toast{Text: reading.Line(text), Error: true})
}

func (m *Model) keyInFrom(key string) {
	switch key {
	case "left", "up":
		m.turnOr(key == "up", -1)
	case "right", "down", "enter":
		m.turnOr(key != "right", 1)
	}
}

// turnOr goes to another field, or else to another identity.
func (m *Model) turnOr(field bool, by int) {
	if field {
		m.turn(by)
	} else {
		m.turnIdentity(by)
	}
}

func (m *Model) keyInField(key, text string) nav.Cmd {
	f := &m.fields[m.focus]
	switch key {
	case "enter":
		if m.focus == inPath {
			if path := f.Text(); path != "" {
				return m.attach(path)
			}
			m.focus = inBody
			return nil
		}
		m.turn(1)
	case "down":
		m.turn(1)
	case "up":
		m.turn(-1)
	case "pgdown":
		m.body.Scroll(max(m.layout().bodyH-1, 1))
	case "pgup":
		m.body.Scroll(-max(m.layout().bodyH-1, 1))
	default:
		was, at := f.Text(), f.Cursor()
		f.Press(m.size.Measure, key, text)
		switch {
		case f.Text() != was:
			m.problem = nav.Words(nil)
			return m.suggest()
		case f.Cursor() != at: // what was offered completes what stood before the cursor
			m.offerNothing()
		}
	}
	return nil
}

// paste takes what a terminal gives at once: text for the field, or the paths of
// files that were dropped on it.
func (m *Model) paste(text string) nav.Cmd {
	if ways := pastedPaths(text); len(ways) > 0 && !m.fixed() {
		return m.drop(text, ways)
	}
	return m.insert(text)
}

func (m *Model) insert(text string) nav.Cmd {
	switch m.focus {
	case inBody:
		m.body.Insert(text)
	case inTo, inCc, inBcc:
		m.fields[m.focus].Insert(pastedAddresses(text))
		return m.suggest()
	case inFrom:
		return m.fromIsChosen()
	case inSubject, inPath:
		m.fields[m.focus].Insert(strings.TrimSpace(text))
		return m.suggest()
	}
	return nil
}

// Drag implements nav.Dragger: text is selected.
func (m *Model) Drag(x, y int) nav.Cmd {
	if l := m.layout(); m.focus == inBody && m.held {
		m.body.Drag(x-l.x, min(max(y-l.bodyY, -1), l.bodyH))
	}
	return nil
}

func (m *Model) mouse(ev nav.Mouse) nav.Cmd {
	l := m.layout()
	if m.held = false; ev.Release {
		return nil
	}
	if ev.Wheel != 0 {
		m.body.Scroll(ev.Wheel)
		return nil
	}
	if y, width, height, first := m.popupAt(l); ev.X-l.x >= valueAt-1 && ev.X-l.x < valueAt-1+width && ev.Y >= y && ev.Y < y+height {
		m.popup.at = first + ev.Y - y
		return m.take()
	}
	if ev.Y >= l.bodyY && ev.Y < l.bodyY+l.bodyH {
		m.setFocus(inBody)
		m.held = true
		m.body.Click(ev.X-l.x, ev.Y-l.bodyY)
		return nil
	}
	for p, y := range l.rows {
		switch {
		case ev.Y == y && p != inFiles:
			m.setFocus(p)
		case p == inFiles && ev.Y >= y && ev.Y < y+l.files:
			m.setFocus(p)
			m.file = l.file + ev.Y - y
		}
	}
	return nil
}
