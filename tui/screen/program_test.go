package screen

import (
	"fmt"
	"io"
	"os/exec"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"
)

// counter is a program that shows how often a key was pressed.
type counter struct {
	screen *Screen
	keys   string
	w, h   int
}

func (m counter) Init() tea.Cmd { return nil }

func (m counter) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	m.screen.Hear(msg)
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.w, m.h = msg.Width, msg.Height
	case tea.KeyPressMsg:
		m.keys += msg.String()
		switch msg.String() {
		case "x":
			c := exec.Command("true")
			c.Stdin, c.Stdout = strings.NewReader(""), io.Discard
			return m, tea.ExecProcess(c, func(err error) tea.Msg { return err })
		case "l":
			return m, tea.ClearScreen
		case "q":
			return m, tea.Quit
		}
	}
	return m, nil
}

func (m counter) View() tea.View {
	v := tea.NewView(fmt.Sprintf("%dx%d\n\nkeys: %s", m.w, m.h, m.keys))
	v.AltScreen = true
	v.WindowTitle = m.keys
	v.Cursor = tea.NewCursor(6+len(m.keys), 2)
	return m.screen.Show(v)
}

// until waits for the terminal to show something.
func (t *terminal) until(tt *testing.T, what string, ok func() bool) {
	tt.Helper()
	late := time.After(30 * time.Second)
	for !ok() {
		select {
		case <-t.wrote:
		case <-late:
			tt.Fatalf("%s: the terminal shows\n%s", what, strings.Join(t.text(), "\n"))
		}
	}
}

func (t *terminal) shows(line int, text string) func() bool {
	return func() bool {
		lines := t.text()
		return line < len(lines) && strings.TrimRight(lines[line], " \r") == text
	}
}

// A program keeps its screen when the title changes with every key, when others had
// the terminal, when it is cleared and when its size changes; and it leaves the
// terminal as it was.
func TestUnderBubbleTea(t *testing.T) {
	term := newTerminal(40, 6)
	_, _ = term.Write([]byte("$ "))
	s := New(term, []string{"TERM=xterm-256color"}, colorprofile.TrueColor)
	go s.Run(t.Context())
	p := tea.NewProgram(counter{screen: s}, tea.WithContext(t.Context()), tea.WithInput(term), tea.WithOutput(s),
		tea.WithColorProfile(colorprofile.TrueColor), tea.WithWindowSize(40, 6), tea.WithoutSignalHandler(),
		tea.WithEnvironment([]string{"TERM=xterm-256color"}))
	ended := make(chan error, 1)
	go func() {
		_, err := p.Run()
		ended <- err
	}()
	term.until(t, "the first frame", term.shows(0, "40x6"))
	press := func(key rune) { p.Send(tea.KeyPressMsg{Code: key, Text: string(key)}) }
	typed := ""
	for _, key := range "abxcld" {
		press(key)
		typed += string(key)
		term.until(t, "after "+typed, term.shows(2, "keys: "+typed))
	}
	term.resize(30, 5)
	p.Send(tea.WindowSizeMsg{Width: 30, Height: 5})
	term.until(t, "another size", term.shows(0, "30x5"))
	press('e')
	term.until(t, "a key after that", func() bool {
		return term.shows(2, "keys: abxclde")() && term.cursor() == uv.Pos(13, 2)
	})
	press('q')
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if term.other() || !term.shows(0, "$")() {
		t.Errorf("the terminal is left with\n%s", strings.Join(term.text(), "\n"))
	}
	last := strings.Join(term.written(), "")
	if i, j := strings.LastIndex(last, "\x1b[?25h"), strings.LastIndex(last, "\x1b[?25l"); i < j {
		t.Error("the cursor is left hidden")
	}
}
