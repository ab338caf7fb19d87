package tui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"golang.org/x/term"

	"postea/tui/screen"
)

// spare is how many threads run beside one for each core. What has computed for a
// while keeps its thread for up to 10 ms, and with no thread left a key would wait
// that long at every step of its way while a sync parses bodies; between threads
// the system decides, and it lets one that slept go first.
const spare = 2

const (
	// lastSave is how long a program that is told to end may take to save a draft.
	lastSave = 2 * time.Second
	// lastWord is how long it then may take to leave the terminal as it was.
	lastWord = time.Second
	// beats is how often in a second Bubble Tea wakes to see whether there is something to
	// draw. Frames do not wait for it; what it has left, modes and title, is in no hurry.
	beats = 30
)

// AddedError ends Run when an account has been added: whoever called it opens
// the configuration anew and runs the interface again.
type AddedError struct{ Name string }

func (e *AddedError) Error() string { return "account " + e.Name + " was added" }

// Run shows the interface on the terminal until the user quits or ctx ends.
// The error may be an *AddedError.
func Run(ctx context.Context, b Backend, o Options) error {
	ended := ctx.Done()
	// The interface outlives ctx by the moment it takes to save what was typed.
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	if os.Getenv("GOMAXPROCS") == "" {
		was := runtime.GOMAXPROCS(0)
		runtime.GOMAXPROCS(was + spare)
		defer runtime.GOMAXPROCS(was)
	}
	var lent counter
	if o.Exec == nil {
		o.Exec = func(c *exec.Cmd, done tea.ExecCallback) tea.Cmd {
			g := &guest{Cmd: c, counter: &lent, done: done, lend: o.Lend, ended: ended}
			return tea.Exec(g, func(err error) tea.Msg {
				if !g.ran {
					lent.leave(done(err))
				}
				return guestMsg{}
			})
		}
	}
	root := New(ctx, b, o)
	colours := profile(os.Getenv, colorprofile.Detect(os.Stdout, os.Environ()))
	s := screen.New(os.Stdout, os.Environ(), colours)
	go s.Run(ctx)
	p := tea.NewProgram(shown{root, s, &lent}, tea.WithContext(ctx), tea.WithInput(&screen.Keyboard{File: os.Stdin}), tea.WithOutput(s), tea.WithColorProfile(colours), tea.WithFPS(beats), tea.WithoutSignalHandler())
	var gone atomic.Bool
	over := make(chan struct{})
	go func() {
		select {
		case <-ctx.Done():
			return
		case <-ended:
		}
		gone.Store(true)
		go p.Send(endMsg{})
		lent.wait() // until then nothing is handled
		last, stop := context.WithTimeout(ctx, lastSave)
		defer stop()
		<-last.Done()
		cancel()
		time.AfterFunc(lastWord, func() { close(over) })
	}()
	err := attend(p, over)
	if errors.Is(err, errOver) {
		return context.Canceled
	}
	if err != nil && !errors.Is(err, tea.ErrProgramPanic) {
		finish(ctx, root, lent.take())
	}
	if root.news != nil {
		root.news.news.Close()
	}
	if gone.Load() {
		return context.Canceled
	}
	if err != nil {
		return fmt.Errorf("terminal interface: %w", err)
	}
	if root.added != "" {
		return &AddedError{root.added}
	}
	return nil
}

// errOver says that the interface was left as it was.
var errOver = errors.New("the terminal takes nothing any more")

// attend runs the interface until it ends, or until it is over: a line that has died
// takes nothing any more, and would be waited for.
func attend(p *tea.Program, over <-chan struct{}) error {
	ended := make(chan error, 1)
	go func() {
		_, err := p.Run()
		ended <- err
	}()
	select {
	case err := <-ended:
		return err
	case <-over:
		return errOver
	}
}

// guest is a program that has the terminal for a while.
type guest struct {
	*exec.Cmd
	*counter
	done tea.ExecCallback
	lend func() func()
	ran  bool
	// ended: postea is to end, and the guest with it. A closed terminal is told to one
	// program only.
	ended <-chan struct{}
}

// Run implements tea.ExecCommand.
func (g *guest) Run() error {
	g.busy.Lock()
	defer g.busy.Unlock()
	g.ran = true
	err := g.host()
	g.leave(g.done(err))
	return err
}

func (g *guest) host() error {
	if g.lend != nil {
		defer g.lend()()
	}
	if f, ok := g.Stdin.(*os.File); ok {
		if was, err := term.GetState(int(f.Fd())); err == nil {
			defer term.Restore(int(f.Fd()), was) // a guest that is killed leaves it raw
		}
	}
	if err := g.Start(); err != nil {
		return err
	}
	gone := make(chan struct{})
	defer close(gone)
	go func() {
		select {
		case <-g.ended:
			_ = g.Process.Signal(syscall.SIGHUP)
		case <-gone:
		}
	}()
	return g.Wait()
}

// counter is where guests leave word of how they have ended. Where the terminal has
// gone Bubble Tea ends too, and passes nothing on.
type counter struct {
	busy sync.Mutex // held while a guest is here
	mu   sync.Mutex
	word tea.Msg
}

// leave keeps what is to be said of a guest.
func (c *counter) leave(word tea.Msg) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.word = word
}

func (c *counter) take() tea.Msg {
	c.mu.Lock()
	defer c.mu.Unlock()
	word := c.word
	c.word = nil
	return word
}

func (c *counter) wait() {
	c.busy.Lock()
	defer c.busy.Unlock()
}

// guestMsg says that a word lies at the counter.
type guestMsg struct{}

// finish lets the interface save what it must where Bubble Tea carries nothing out any
// more, for it ends as soon as its terminal cannot be read.
func finish(ctx context.Context, root *Root, first tea.Msg) {
	ctx, stop := context.WithTimeout(ctx, lastSave)
	defer stop()
	said := make(chan tea.Msg)
	run := func(cmd tea.Cmd) {
		if cmd == nil {
			return
		}
		go func() {
			select {
			case said <- cmd():
			case <-ctx.Done():
			}
		}()
	}
	for _, msg := range []tea.Msg{first, endMsg{}} {
		_, cmd := root.Update(msg)
		run(cmd)
	}
	for {
		select {
		case <-ctx.Done():
			return
		case msg := <-said:
			switch msg := msg.(type) {
			case nil:
			case tea.QuitMsg:
				return
			case tea.BatchMsg:
				for _, c := range msg {
					run(c)
				}
			default:
				_, cmd := root.Update(msg)
				run(cmd)
			}
		}
	}
}

// SetStdin implements tea.ExecCommand. It is the terminal, and not what reads it here.
func (g *guest) SetStdin(io.Reader) { g.Stdin = os.Stdin }

// SetStdout implements tea.ExecCommand. It is the terminal, and not what draws on it.
func (g *guest) SetStdout(io.Writer) { g.Stdout = os.Stdout }

// SetStderr implements tea.ExecCommand.
func (g *guest) SetStderr(w io.Writer) { g.Stderr = w }

// Added is the account that was added, when the model has ended for one.
func (r *Root) Added() string { return r.added }

// profile tells how many colours the terminal has, which is known to have detected.
func profile(getenv func(string) string, detected colorprofile.Profile) colorprofile.Profile {
	switch c, tmux := getenv("COLORTERM"), getenv("TMUX") != ""; {
	case getenv("NO_COLOR") != "": // any value counts, https://no-color.org
		return colorprofile.ASCII
	case tmux && (c == "truecolor" || c == "24bit"):
		// tmux takes all colours and brings them down to what the terminal around it has.
		return colorprofile.TrueColor
	case !tmux && getenv("STY") != "" && !strings.Contains(getenv("TERM"), "256color"):
		// screen takes 256, and makes red of amber and black of grey where it knows of eight.
		return min(detected, colorprofile.ANSI)
	}
	return detected
}

// shown is the interface, drawn at once and not at the next beat of Bubble Tea.
type shown struct {
	*Root
	screen *screen.Screen
	lent   *counter
}

func (m shown) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	m.screen.Hear(msg)
	if _, ok := msg.(guestMsg); ok {
		msg = m.lent.take()
	}
	_, cmd := m.Root.Update(msg)
	return m, cmd
}

func (m shown) View() tea.View { return m.screen.Show(m.Root.View()) }
