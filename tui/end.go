package tui

import (
	"strings"
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
	if r.overlay != nil || !r.unsent() {
		return r.leaveAll()
	}
	return r.overUnsent("Quit", "when postea runs again", quitNow{})
}

// suspend stops postea until its shell lets it go on, after the same question: until
// then nothing goes out, of other programs neither.
func (r *Root) suspend() nav.Cmd {
	if r.overlay != nil || !r.unsent() {
		return nav.Later(suspend)
	}
	return r.overUnsent("Suspend", "when postea is brought back", suspendNow{})
}

func (r *Root) unsent() bool {
	out := r.desk.side.Data().Outbox
	return out.Sending+out.Soon > 0
}

// overUnsent asks before a message is kept from going out, or is left while it does.
func (r *Root) overUnsent(verb, goesOn string, now tea.Msg) nav.Cmd {
	question, detail := "A message is being sent. "+verb+" all the same?", "It goes on "+goesOn+". If its server has it by now and does not say so at once, you are asked."
	if r.desk.side.Data().Outbox.Sending == 0 {
		question, detail = "A message is still to go out. "+verb+" before it has?", "It stays in the outbox and goes on "+goesOn+"."
	}
	return nav.Say(nav.Confirm{
		Question: question,
		Detail:   detail,
		Yes:      strings.ToLower(verb), No: "stay", Then: r.ask.Answer(now),
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
