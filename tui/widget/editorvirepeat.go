package widget

// press is a key, or a text that was put in at once.
type press struct {
	key, text string
	whole     bool // text was pasted
}

// viChange is a change that can be made again.
type viChange struct {
	keys  []press // of the command
	count int     // in front of it; 0 for none
	typed []press // while inserting
	over  *viSpan // what was selected; nil for none
}

// viSpan is how much is selected: lines, and of the last one so many bytes.
type viSpan struct {
	mode  viMode
	lines int // beside the first
	bytes int // of the last line, from where the selection begins in the only one
}

// viTake takes a key outside of insert and remembers it, so that a change can be
// made again.
func (e *Editor) viTake(key, text string) bool {
	v := &e.vi
	if v.op == "" && v.prefix == "" && v.count == 0 {
		v.now, v.began, v.steps = viChange{}, e.changes, len(e.history.done)
		if v.mode == viVisual || v.mode == viLines {
			v.now.over = e.viSelection()
		}
	}
	if n := e.viCount(); n > 0 {
		v.now.count = n
	}
	if !e.viDigit(text) {
		v.now.keys = append(v.now.keys, press{key: key, text: text})
	}
	used := e.viKey(key, text)
	if v.mode == viNormal && v.op == "" && v.prefix == "" {
		e.viOnText()
		if text != "" {
			e.viChanged()
		}
	}
	return used
}

// viOnText puts the cursor on the last cluster of its line where it stands behind
// it.
func (e *Editor) viOnText() {
	if n := len(e.lines[e.at.Line]); n > 0 && e.at.Byte == n {
		e.at.Byte = e.viLastByte()
	}
}

// viChanged ends a command: what it has changed can be made again.
func (e *Editor) viChanged() {
	v := &e.vi
	if !v.again && e.changes != v.began && v.now.keys != nil {
		v.last = v.now
	}
	v.now, v.began = viChange{}, e.changes
}

// viTyped remembers what is typed while inserting.
func (e *Editor) viTyped(p press) {
	if e.Style == "vi" && e.vi.mode == viInsert && !e.vi.again {
		e.vi.now.typed = append(e.vi.now.typed, p)
	}
}

// viElsewhere makes of what is typed from now on an insertion of its own: the
// cursor has been taken elsewhere.
func (e *Editor) viElsewhere() {
	if v := &e.vi; e.Style == "vi" && v.mode == viInsert && !v.again {
		v.now, v.times, v.began = viChange{keys: []press{{key: "i", text: "i"}}}, 1, e.changes
		v.steps = len(e.history.done)
	}
}

// viLeaveInsert ends inserting; what was typed comes as often as the count says.
func (e *Editor) viLeaveInsert(typed []press) {
	v := &e.vi
	again := v.again
	v.again = true // this is not typed
	for range v.times - 1 {
		if v.opened {
			at := Pos{e.at.Line, len(e.lines[e.at.Line])}
			e.replace(at, at, "\n")
		}
		e.viType(typed)
	}
	v.again = again
	if !again { // a command and what was typed after it are taken back together
		e.history.joinSince(v.steps)
	}
	if e.at.Byte > 0 {
		e.at = e.left()
	}
	v.mode, v.times, v.opened = viNormal, 0, false
	e.viDone()
}

func (e *Editor) viType(list []press) {
	for _, p := range list {
		if p.whole {
			e.insert(p.text)
		} else {
			e.Press(p.key, p.text)
		}
	}
}

// viAgain makes the last change again, here, as one step. A count stands for the
// one that it had.
func (e *Editor) viAgain(count int) {
	v := &e.vi
	last := v.last
	e.viDone()
	if last.keys == nil {
		return
	}
	if count > 0 {
		last.count = count
	}
	v.again = true
	e.history.join(func() {
		if last.over != nil {
			e.viSelect(*last.over)
		}
		v.count = last.count
		for _, p := range last.keys {
			e.viKey(p.key, p.text)
		}
		if v.mode == viInsert {
			e.viType(last.typed)
			e.viLeaveInsert(last.typed)
		}
	})
	v.again, v.last, v.now = false, last, viChange{}
}

// viSelection is how much is selected.
func (e *Editor) viSelection() *viSpan {
	from, to := e.selection()
	s := viSpan{mode: e.vi.mode, lines: to.Line - from.Line, bytes: to.Byte}
	if s.lines == 0 {
		s.bytes -= from.Byte
	}
	return &s
}

// viSelect selects as much from the cursor on.
func (e *Editor) viSelect(s viSpan) {
	from := e.at
	line := min(from.Line+s.lines, len(e.lines)-1)
	if s.mode == viLines {
		e.vi.mode, e.vi.column0, e.vi.walked = viLines, from, Pos{line, 0}
		e.viSelectLines(line)
		return
	}
	at := s.bytes
	if s.lines == 0 {
		at += from.Byte
	}
	text := e.lines[line]
	at = min(at, len(text))
	if at > 0 && at < len(text) { // between clusters
		at = e.measure.clusterRight(text, e.measure.clusterLeft(text, at))
	}
	e.vi.mode, e.anchor = viVisual, from
	e.moveTo(Pos{line, at}, true)
}
