package tuitest

import (
	"context"
	"os/exec"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"postea/tui"
)

// Live presses keys on an interface over a backend that really works, with
// workers and networks that take their time.
//
//	l := tuitest.NewLive(t, app, tui.Options{}, 120, 36)
//	l.Press("c")
//	l.See("New message")   // waits until it is on the screen
type Live struct {
	T    *testing.T
	Quit bool // the program has ended

	root *tui.Root
	msgs chan tea.Msg
	ctx  context.Context
}

// patience is how long Live waits for something to appear before it fails.
const patience = 30 * time.Second

// NewLive starts an interface, which ends with the test.
func NewLive(t *testing.T, b tui.Backend, o tui.Options, width, height int) *Live {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	o.Exec = func(_ *exec.Cmd, done tea.ExecCallback) tea.Cmd { return func() tea.Msg { return done(nil) } }
	l := &Live{T: t, root: tui.New(ctx, b, o), msgs: make(chan tea.Msg), ctx: ctx}
	l.run(l.root.Init())
	l.Send(tea.WindowSizeMsg{Width: width, Height: height})
	return l
}

func (l *Live) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go func() {
		msg := cmd()
		select {
		case l.msgs <- msg:
		case <-l.ctx.Done():
		}
	}()
}

func (l *Live) update(msg tea.Msg) {
	switch msg := msg.(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			l.run(c)
		}
	case tea.QuitMsg:
		l.Quit = true
	default:
		_, cmd := l.root.Update(msg)
		l.run(cmd)
	}
}

// Send gives the program a message, as the terminal would.
func (l *Live) Send(msg tea.Msg) { l.update(msg) }

// Press presses keys by their names: "j", "enter", "ctrl+s", "g i" for a chord.
func (l *Live) Press(keys ...string) {
	for _, k := range keys {
		for name := range strings.FieldsSeq(k) {
			l.Send(KeyPress(name))
		}
	}
}

// Type types text key by key.
func (l *Live) Type(text string) {
	for _, r := range text {
		if r == '\n' {
			l.Press("enter")
			continue
		}
		l.Send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

// Drag presses the button of the mouse on one text and lets it go on another.
func (l *Live) Drag(from, to string) {
	l.T.Helper()
	for i, text := range []string{from, to} {
		x, y := -1, -1
		for row, line := range strings.Split(l.Screen(), "\n") {
			if before, _, ok := strings.Cut(line, text); ok && y < 0 {
				x, y = len([]rune(before)), row
			}
		}
		switch {
		case y < 0:
			l.T.Fatalf("no %q on the screen:\n%s", text, l.Screen())
		case i == 0:
			l.Send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
		default:
			l.Send(tea.MouseReleaseMsg{X: x, Y: y, Button: tea.MouseLeft})
		}
	}
}

// Screen is the screen as plain text, as it is now.
func (l *Live) Screen() string { return l.root.Plain() }

// Focus tells whether the terminal's cursor stands at a text.
func (l *Live) Focus(text string) bool {
	v := l.root.View()
	lines := strings.Split(l.Screen(), "\n")
	if v.Cursor == nil || v.Cursor.Y >= len(lines) {
		return false
	}
	before, _, on := strings.Cut(lines[v.Cursor.Y], text)
	const near = 12 // a label stands before what is chosen
	at := len([]rune(before))
	return on && v.Cursor.X >= at-near && v.Cursor.X <= at+near
}

// Added is the account for which the interface wants to begin anew.
func (l *Live) Added() string { return l.root.Added() }

// Until lets the program run until the screen is as ok wants it.
func (l *Live) Until(what string, ok func(screen string) bool) {
	l.T.Helper()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	for !ok(l.Screen()) {
		select {
		case msg := <-l.msgs:
			l.update(msg)
		case <-limit.C:
			l.T.Fatalf("%s: not after %s; the screen:\n%s", what, patience, l.Screen())
		}
	}
}

// Rest lets the program run for a while.
func (l *Live) Rest(d time.Duration) {
	end := time.NewTimer(d)
	defer end.Stop()
	for {
		select {
		case msg := <-l.msgs:
			l.update(msg)
		case <-end.C:
			return
		}
	}
}

// See waits until every text is on the screen at the same time.
func (l *Live) See(texts ...string) {
	l.T.Helper()
	l.Until("waiting for "+strings.Join(texts, " and "), func(screen string) bool {
		for _, s := range texts {
			if !strings.Contains(screen, s) {
				return false
			}
		}
		return true
	})
}

// Gone waits until none of the texts is on the screen.
func (l *Live) Gone(texts ...string) {
	l.T.Helper()
	l.Until("waiting for "+strings.Join(texts, " and ")+" to go", func(screen string) bool {
		for _, s := range texts {
			if strings.Contains(screen, s) {
				return false
			}
		}
		return true
	})
}
