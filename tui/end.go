package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"postea/tui/nav"
)

const (
	// lastMoment is how long what is no change, such as a file that is fetched, may go on
	// after the user has quit.
	lastMoment = 500 * time.Millisecond
	// slow is how long a change may take before it is told that it is still being made.
	slow = time.Second
)

type (
	// momentMsg says that what is no change has had its last moment.
	momentMsg struct{}
	// slowMsg asks whether a change is still being made.
	slowMsg struct{}
)

// quit ends the program, after a question while a message is on its way out (or
// held for the time in which it can be taken back), and after every screen has
// saved what it must.
func (r *Root) quit() nav.Cmd {
	if r.ending {
		if r.overlay != nil {
			return nav.Later(tea.Quit)
		}
		return nav.Say(nav.Confirm{
			Question: "A change is still being written down. Quit without it?",
			Detail:   "postea ends by itself when it is written.",
			Yes:      "quit", No: "wait", Then: r.ask.Answer(quitNow{}),
		})
	}
	out := r.desk.side.Data().Outbox
	if r.overlay != nil || out.Sending+out.Soon == 0 {
		return r.leaveAll()
	}
	question, detail := "A message is being sent. Quit all the same?", "It goes on when postea runs again. If its server has it by now and does not say so at once, you are asked."
	if out.Sending == 0 {
		question, detail = "A message is still to go out. Quit before it has?", "It stays in the outbox and goes on when postea runs again."
	}
	return nav.Say(nav.Confirm{
		Question: question,
		Detail:   detail,
		Yes:      "quit", No: "stay", Then: r.ask.Answer(quitNow{}),
	})
}

// end quits once all that was changed is written down, as a change takes longer than the
// key that quits after it, and would be taken back.
func (r *Root) end() nav.Cmd {
	if !r.line.Working() {
		return nav.Later(tea.Quit)
	}
	r.ending, r.patient = true, true
	return nav.Batch(
		nav.Say(nav.Toast{Text: words("Ends when what you changed is written down"), Stay: true}),
		r.ask.After("last moment", lastMoment, momentMsg{}))
}

// ended quits when all is done that is waited for, and told of.
func (r *Root) ended() nav.Cmd {
	if !r.ending || r.line.Changing() || r.patient && r.line.Working() {
		return nil
	}
	return nav.Later(tea.Quit)
}

// watch has it told when a change takes long.
func (r *Root) watch() nav.Cmd {
	if !r.line.Changing() {
		r.status.Working = false
		return nil
	}
	if r.ask.Waiting("slow") {
		return nil
	}
	return r.ask.After("slow", slow, slowMsg{})
}
