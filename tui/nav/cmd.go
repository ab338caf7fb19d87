package nav

import (
	"slices"

	tea "charm.land/bubbletea/v2"
)

// Cmd is what a call of Update leads to: things that are said, which the root
// handles at once and in order, before the next key; and work that runs
// elsewhere and answers later. nil is nothing.
type Cmd []step

// step is one thing said, or one piece of work.
type step struct {
	say  tea.Msg
	run  tea.Cmd
	hold bool // keys wait for the answer of run
}

// Say makes a command that says one thing.
func Say(msg tea.Msg) Cmd {
	if msg == nil {
		return nil
	}
	return Cmd{{say: msg}}
}

// Later makes a command of work that runs off the UI goroutine.
func Later(run tea.Cmd) Cmd {
	if run == nil {
		return nil
	}
	return Cmd{{run: run}}
}

// Hold makes what is typed from now on wait until the command has answered,
// because the answer decides where it goes: what follows the key of a new
// message is meant for the composer.
func Hold(c Cmd) Cmd {
	c = slices.Clone(c)
	for i := range c {
		c[i].hold = c[i].run != nil
	}
	return c
}

// Batch joins commands in their order.
func Batch(cmds ...Cmd) Cmd { return slices.Concat(cmds...) }

// Each hands everything that is said to say, and all work to run; hold tells
// that keys are to wait for its answer.
func (c Cmd) Each(say func(tea.Msg), run func(work tea.Cmd, hold bool)) {
	for _, s := range c {
		if s.run != nil {
			run(s.run, s.hold)
			continue
		}
		say(s.say)
	}
}

// Holder is a screen that at times wants keys to wait, such as while it saves
// before it goes.
type Holder interface{ Holds() bool }
