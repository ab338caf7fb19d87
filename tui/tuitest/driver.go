package tuitest

import (
	"context"
	"fmt"
	"os/exec"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"postea/tui"
	"postea/tui/widget"
)

// Now is the time at which tests begin: a Tuesday morning.
var now = time.Date(2026, 11, 24, 9, 41, 12, 0, time.UTC)

// Setup is how a test begins.
type Setup struct {
	Width, Height int
	Backend       *Backend
	Options       tui.Options
	Early         []string // keys that are pressed before anything has been answered
	// Exec stands for an external program; nil does nothing and succeeds.
	Exec func(*exec.Cmd) error
}

// Driver presses keys and looks at the screen.
type Driver struct {
	T       *testing.T
	Backend *Backend
	Sent    []string // what was written to the terminal as it is
	Quit    bool     // the program has ended
	Copied  []string // what was written to the clipboard
	Grounds int      // how often the terminal was asked for its background

	root *tui.Root
	mu   sync.Mutex
	msgs []tea.Msg
}

// Run runs f with an interface that has started.
func Run(t *testing.T, s Setup, f func(*Driver)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(now))
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		if s.Backend == nil {
			s.Backend = Sample()
		}
		s.Options.Now = func() time.Time { return time.Now().UTC() }
		s.Options.Exec = func(c *exec.Cmd, done tea.ExecCallback) tea.Cmd {
			return func() tea.Msg {
				if s.Exec == nil {
					return done(nil)
				}
				return done(s.Exec(c))
			}
		}
		d := &Driver{T: t, Backend: s.Backend, root: tui.New(ctx, s.Backend, s.Options)}
		d.run(d.root.Init())
		d.update(tea.WindowSizeMsg{Width: s.Width, Height: s.Height})
		d.Burst(s.Early...)
		f(d)
		cancel()
		s.Backend.Close()
		synctest.Wait()
	})
}

// run runs a command and queues what it says.
func (d *Driver) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go func() {
		msg := cmd()
		d.mu.Lock()
		defer d.mu.Unlock()
		d.msgs = append(d.msgs, msg)
	}()
}

// settle handles messages until nothing happens any more without time passing.
func (d *Driver) settle() {
	const many = 10_000
	for rounds := 0; ; rounds++ {
		if rounds == many {
			d.T.Fatalf("it does not come to rest:\n%s", d.Screen())
		}
		synctest.Wait()
		d.mu.Lock()
		msgs := d.msgs
		d.msgs = nil
		d.mu.Unlock()
		if len(msgs) == 0 {
			return
		}
		for _, m := range msgs {
			d.update(m)
		}
	}
}

func (d *Driver) update(msg tea.Msg) {
	switch msg := msg.(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			d.run(c)
		}
	case tea.QuitMsg:
		d.Quit = true
	case tea.RawMsg:
		d.Sent = append(d.Sent, fmt.Sprint(msg.Msg))
	default:
		switch v := reflect.ValueOf(msg); v.Type() {
		case reflect.TypeOf(tea.SetClipboard("")()):
			d.Copied = append(d.Copied, v.String())
		case reflect.TypeOf(tea.RequestBackgroundColor()):
			d.Grounds++
		}
		_, cmd := d.root.Update(msg)
		d.run(cmd)
	}
}

// Send gives the program a message, as the terminal would.
func (d *Driver) Send(msg tea.Msg) {
	d.update(msg)
	d.settle()
}

// Advance lets time pass, in steps that are short enough for timers that
// follow from others.
func (d *Driver) Advance(by time.Duration) {
	const step = 100 * time.Millisecond
	for ; by > step; by -= step {
		time.Sleep(step)
		d.settle()
	}
	time.Sleep(by)
	d.settle()
}

// Press presses keys by their names: "j", "enter", "ctrl+s", "g i" for a chord.
func (d *Driver) Press(keys ...string) {
	for _, k := range keys {
		for name := range strings.FieldsSeq(k) {
			d.Send(KeyPress(name))
		}
	}
}

// Burst presses keys, and single letters, faster than any answer comes.
func (d *Driver) Burst(keys ...string) {
	for _, k := range keys {
		d.update(KeyPress(k))
	}
	d.settle()
}

// Type types text key by key.
func (d *Driver) Type(text string) {
	for _, r := range text {
		if r == '\n' {
			d.Press("enter")
			continue
		}
		d.Send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

// Paste pastes text.
func (d *Driver) Paste(text string) { d.Send(tea.PasteMsg{Content: text}) }

// Click clicks a cell of the screen.
func (d *Driver) Click(x, y int) {
	d.Send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
	d.Send(tea.MouseReleaseMsg{X: x, Y: y, Button: tea.MouseLeft})
}

// Drag moves the mouse from the beginning of one text on the screen to that of
// another, with its button held.
func (d *Driver) Drag(from, to string) {
	d.T.Helper()
	x, y := d.find(from)
	d.Send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
	x, y = d.find(to)
	d.Send(tea.MouseMotionMsg{X: x, Y: y, Button: tea.MouseLeft})
	d.Send(tea.MouseReleaseMsg{X: x, Y: y, Button: tea.MouseLeft})
}

// find gives the cell at which a text begins.
func (d *Driver) find(text string) (x, y int) {
	d.T.Helper()
	for y, line := range strings.Split(d.Screen(), "\n") {
		if i := strings.Index(line, text); i >= 0 {
			return widget.Measure{}.Width(line[:i]), y
		}
	}
	d.T.Fatalf("no %q on the screen:\n%s", text, d.Screen())
	return 0, 0
}

// ClickOn clicks where text stands on the screen.
func (d *Driver) ClickOn(text string) {
	d.T.Helper()
	d.Click(d.find(text))
}

// Resize changes the size of the terminal.
func (d *Driver) Resize(w, h int) { d.Send(tea.WindowSizeMsg{Width: w, Height: h}) }

// Screen is the screen as plain text.
func (d *Driver) Screen() string { return d.root.Plain() }

// View is the screen with its styles.
func (d *Driver) View() tea.View { return d.root.View() }

// See fails the test unless every text is on the screen.
func (d *Driver) See(texts ...string) {
	d.T.Helper()
	screen := d.Screen()
	for _, s := range texts {
		if !strings.Contains(screen, s) {
			d.T.Fatalf("no %q on the screen:\n%s", s, screen)
		}
	}
}

// SeeNot fails the test if one of the texts is on the screen.
func (d *Driver) SeeNot(texts ...string) {
	d.T.Helper()
	screen := d.Screen()
	for _, s := range texts {
		if strings.Contains(screen, s) {
			d.T.Fatalf("%q is on the screen:\n%s", s, screen)
		}
	}
}

// KeyPress makes the press of a named key.
func KeyPress(name string) tea.KeyPressMsg {
	rest := name
	var mod tea.KeyMod
	for {
		switch {
		case strings.HasPrefix(rest, "ctrl+"):
			mod, rest = mod|tea.ModCtrl, rest[5:]
			continue
		case strings.HasPrefix(rest, "alt+"):
			mod, rest = mod|tea.ModAlt, rest[4:]
			continue
		case strings.HasPrefix(rest, "shift+"):
			mod, rest = mod|tea.ModShift, rest[6:]
			continue
		}
		break
	}
	special := map[string]rune{
		"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "backspace": tea.KeyBackspace, "delete": tea.KeyDelete,
		"up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight, "home": tea.KeyHome, "end": tea.KeyEnd,
		"pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "f1": tea.KeyF1, "f3": tea.KeyF3, "f7": tea.KeyF7,
	}
	if code, ok := special[rest]; ok {
		return tea.KeyPressMsg{Code: code, Mod: mod}
	}
	if rest == "space" {
		return tea.KeyPressMsg{Code: ' ', Text: " ", Mod: mod}
	}
	k := tea.KeyPressMsg{Code: []rune(rest)[0], Mod: mod}
	if mod&(tea.ModCtrl|tea.ModAlt) == 0 {
		k.Text = rest
	}
	return k
}
