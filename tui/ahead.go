package tui

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"postea/tui/keys"
	"postea/tui/nav"
)

// Keys that follow one another faster than the store answers must land where
// the user means them to: what is typed after the key of a new message belongs
// into the message. So what a screen says is handled at once, and where only an
// answer tells where to go, keys wait for it.

const (
	// longestHold is how long keys wait: after that the answer hangs, and they
	// go to what is on the screen.
	longestHold = time.Second
	// maxAhead bounds what is typed ahead.
	maxAhead = 4096
)

// heldMsg is an answer that keys wait for.
type heldMsg struct{ msg tea.Msg }

// overdueMsg ends a wait that is too long.
type overdueMsg struct{}

// holding tells whether keys wait.
func (r *Root) holding() bool {
	if r.held > 0 {
		return true
	}
	h, ok := r.top().(nav.Holder)
	return ok && r.overlay == nil && h.Holds()
}

// take handles a message, and all that is said because of it; or keeps what is
// typed for later.
func (r *Root) take(msg tea.Msg) tea.Cmd {
	if k, ok := msg.(tea.KeyPressMsg); ok {
		msg = usual(r.keys.Map(), k)
	}
	switch msg := msg.(type) {
	case tea.KeyPressMsg, tea.PasteMsg:
		if k, ok := msg.(tea.KeyPressMsg); r.holding() && !(ok && keyName(k) == "ctrl+c") {
			if len(r.ahead) < maxAhead {
				r.ahead = append(r.ahead, msg)
			}
			return nil
		}
		if k, ok := msg.(tea.KeyPressMsg); ok && k.Code == tea.KeyEscape && k.Mod == tea.ModAlt {
			// Esc twice, so close together that the terminal took it for alt and esc.
			esc := tea.KeyPressMsg{Code: tea.KeyEscape}
			return tea.Batch(r.take(esc), r.take(esc))
		}
		if k, ok := msg.(tea.KeyPressMsg); ok && r.escaped(k) {
			plain := k
			plain.Mod &^= tea.ModAlt
			plain.Text = string(k.Code)
			return tea.Batch(r.take(tea.KeyPressMsg{Code: tea.KeyEscape}), r.take(plain))
		}
	case heldMsg:
		r.held = max(r.held-1, 0)
		if r.held == 0 {
			r.ask.Drop("hold")
		}
		return r.take(msg.msg)
	}
	return r.carryOut(r.update(msg))
}

// carryOut handles what is said at once, and gives the work that is left.
func (r *Root) carryOut(c nav.Cmd) tea.Cmd {
	var work []tea.Cmd
	c.Each(func(said tea.Msg) {
		work = append(work, r.take(said))
	}, func(run tea.Cmd, hold bool) {
		if !hold {
			work = append(work, run)
			return
		}
		if r.held++; r.held == 1 {
			work = append(work, r.carryOut(r.ask.After("hold", longestHold, overdueMsg{})))
		}
		work = append(work, func() tea.Msg { return heldMsg{run()} })
	})
	return tea.Batch(work...)
}

// overdue lets keys go on without the answer.
func (r *Root) overdue() { r.held = 0 }

// escaped tells of esc and a letter that came so close together that the
// terminal took them for alt and the letter. Where alt and the letter mean
// nothing, and no text is typed, that is what they were.
func (r *Root) escaped(k tea.KeyPressMsg) bool {
	scope := r.top().Scope()
	if r.overlay != nil || scope&keys.InText != 0 || k.Mod != tea.ModAlt || k.Code < ' ' || k.Code >= 0x7f {
		return false
	}
	for _, e := range r.keys.Map().In(scope) {
		if slices.Contains(e.Keys, keyName(k)) {
			return false
		}
	}
	return true
}
