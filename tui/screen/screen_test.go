package screen

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
)

// terminal is an emulator that tells when it was written to.
type terminal struct {
	input  io.Reader // what the terminal answers
	mu     sync.Mutex
	vt     *vt.Emulator
	writes []string
	wrote  chan struct{}
}

func newTerminal(w, h int) *terminal {
	e := vt.NewEmulator(w, h)
	return &terminal{input: e, vt: e, wrote: make(chan struct{}, 1)}
}

func (t *terminal) Fd() uintptr                { return ^uintptr(0) }
func (t *terminal) Read(p []byte) (int, error) { return t.input.Read(p) }

func (t *terminal) Close() error { return nil }

func (t *terminal) Write(p []byte) (int, error) {
	t.mu.Lock()
	n, err := t.vt.Write(p)
	t.writes = append(t.writes, string(p))
	t.mu.Unlock()
	select {
	case t.wrote <- struct{}{}:
	default:
	}
	return n, err
}

func (t *terminal) resize(w, h int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.vt.Resize(w, h)
}

func (t *terminal) text() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.Split(t.vt.String(), "\n")
}

func (t *terminal) cursor() uv.Position {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.vt.CursorPosition()
}

func (t *terminal) other() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.vt.IsAltScreen()
}

func (t *terminal) written() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := t.writes
	t.writes = nil
	return list
}

// cells gives every cell of what can be drawn, with its style.
func cells(at func(x, y int) *uv.Cell, w, h int) []string {
	out := make([]string, h)
	for y := range h {
		var b strings.Builder
		for x := range w {
			c := at(x, y)
			if c == nil {
				c = &uv.EmptyCell
			}
			style := c.Style.String()
			if c.Content == " " || c.Content == "" {
				style = fmt.Sprint(c.Style.Bg, c.Style.Underline, c.Style.Attrs&uv.AttrReverse)
			}
			fmt.Fprintf(&b, "%s%q%s|", c.Link.URL, c.Content, style)
		}
		out[y] = b.String()
	}
	return out
}

// expect tells whether the terminal shows a content as it is.
func (t *terminal) expect(tt *testing.T, content string) {
	tt.Helper()
	all := t.written()
	t.mu.Lock()
	defer t.mu.Unlock()
	w, h := t.vt.Width(), t.vt.Height()
	want := uv.NewScreenBuffer(w, h)
	want.Method = ansi.GraphemeWidth // as the emulator
	uv.NewStyledString(content).Draw(want, want.Bounds())
	theirs, ours := cells(want.CellAt, w, h), cells(t.vt.CellAt, w, h)
	for y := range theirs {
		if theirs[y] != ours[y] {
			tt.Fatalf("line %d is\n%s\nwant\n%s\nof %q\n%q", y, ours[y], theirs[y], content, all)
		}
	}
}

// begun is a screen that Bubble Tea has given the other screen of the terminal.
func begun(w, h int) (*Screen, *terminal) {
	t := newTerminal(w, h)
	s := New(t, []string{"TERM=xterm-256color"}, colorprofile.TrueColor)
	s.Hear(tea.WindowSizeMsg{Width: w, Height: h})
	_, _ = s.Write([]byte(ansi.SetModeAltScreenSaveCursor))
	return s, t
}

func (s *Screen) frame(content string, cursor *tea.Cursor) {
	v := tea.NewView(content)
	v.Cursor = cursor
	s.Show(v)
	s.draw()
}

func randomLine(r *rand.Rand, w int) string {
	words := []string{"postea", "Grüße", "日本", "語", "👩‍👩‍👧", "é", "عربي", "─", "│ ", "  ", " ", "a", "zz"}
	codes := []string{"\x1b[m", "\x1b[1m", "\x1b[31m", "\x1b[38;2;1;2;3m", "\x1b[48;5;20m", "\x1b[4m", "\x1b[7m", "\x1b[m", "\x1b[m"}
	var b strings.Builder
	for range r.IntN(12) {
		word := words[r.IntN(len(words))]
		if ansi.GraphemeWidth.StringWidth(b.String()+word) > w {
			break
		}
		b.WriteString(codes[r.IntN(len(codes))] + word)
	}
	return b.String() + "\x1b[m"
}

// Whatever frames follow upon each other, and whatever else is written between
// them, the terminal shows the last one.
func TestFramesArrive(t *testing.T) {
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 1))
		w, h := 8+r.IntN(60), 3+r.IntN(20)
		s, term := begun(w, h)
		s.Hear(tea.ModeReportMsg{Mode: ansi.ModeUnicodeCore, Value: ansi.ModeReset})
		lines := make([]string, h)
		for step := range 60 {
			switch r.IntN(8) {
			case 0: // another page
				for y := range lines {
					lines[y] = randomLine(r, w)
				}
			case 1: // scrolled
				n := r.IntN(h)
				lines = append(lines[n:], lines[:n]...)
			case 2, 3, 4:
				lines[r.IntN(h)] = randomLine(r, w)
			case 5: // a title, a sound, a picture: what leaves the pen and the cursor anywhere
				_, _ = s.Write([]byte("\x1b]2;title\x07\x1b[3;3H\x1b[31m"))
			case 6:
				_, _ = s.Write([]byte("\x1b[H\x1b[2J"))
			case 7:
				w, h = 8+r.IntN(60), 3+r.IntN(20)
				term.resize(w, h)
				lines = make([]string, h)
				s.Hear(tea.WindowSizeMsg{Width: w, Height: h})
			}
			content := strings.Join(lines, "\n")
			var cursor *tea.Cursor
			if r.IntN(2) == 0 {
				cursor = tea.NewCursor(r.IntN(w), r.IntN(h))
			}
			s.frame(content, cursor)
			term.expect(t, content)
			if cursor != nil && term.cursor() != uv.Pos(cursor.X, cursor.Y) {
				t.Fatalf("seed %d, step %d: the cursor is at %v, want %v", seed, step, term.cursor(), cursor.Position)
			}
			if s.cursor != (cursor != nil) {
				t.Fatalf("seed %d, step %d: the cursor is visible: %v", seed, step, s.cursor)
			}
		}
	}
}

func TestCursorIsHiddenWhileItFlies(t *testing.T) {
	s, term := begun(20, 5)
	term.written()
	s.frame("one", tea.NewCursor(1, 1))
	if all := strings.Join(term.written(), ""); !strings.Contains(all, ansi.SetCursorStyle(steadyBlock)) || !strings.HasSuffix(all, ansi.SetModeTextCursorEnable) {
		t.Errorf("%q", all)
	}
	s.frame("two", tea.NewCursor(2, 1))
	if all := strings.Join(term.written(), ""); !strings.HasPrefix(all, ansi.ResetModeTextCursorEnable) || !strings.HasSuffix(all, ansi.SetModeTextCursorEnable) {
		t.Errorf("%q", all)
	}
	s.Hear(tea.ModeReportMsg{Mode: ansi.ModeSynchronizedOutput, Value: ansi.ModeReset})
	s.frame("three", tea.NewCursor(2, 1))
	if all := strings.Join(term.written(), ""); !strings.HasPrefix(all, ansi.SetModeSynchronizedOutput) || !strings.HasSuffix(all, ansi.ResetModeSynchronizedOutput) || strings.Contains(all, "?25") {
		t.Errorf("%q", all)
	}
	s.frame("three", nil)
	if all := strings.Join(term.written(), ""); !strings.Contains(all, ansi.ResetModeTextCursorEnable) {
		t.Errorf("%q", all)
	}
	s.frame("three", nil)
	if all := term.written(); len(all) != 0 {
		t.Errorf("nothing has changed: %q", all)
	}
	s.frame("three", tea.NewCursor(7, 2))
	_, _ = s.Write([]byte("\x1b[1;1H"))
	if at := term.cursor(); at != uv.Pos(7, 2) {
		t.Errorf("somebody's output leaves the cursor at %v", at)
	}
}

// The terminal is somebody else's before the other screen is shown and after it was
// left, and then what it shows is gone.
func TestTheTerminalOfOthers(t *testing.T) {
	term := newTerminal(20, 4)
	s := New(term, nil, colorprofile.ANSI)
	s.Hear(tea.WindowSizeMsg{Width: 20, Height: 4})
	s.frame("not yet", nil)
	if all := term.written(); len(all) != 0 {
		t.Fatalf("drawn over the shell: %q", all)
	}
	_, _ = s.Write([]byte("\x1b[>4;2m" + ansi.SetModeAltScreenSaveCursor + "\x1b[2J"))
	term.expect(t, "not yet")
	s.frame("mine", tea.NewCursor(0, 0))
	_, _ = s.Write([]byte(ansi.ResetModeAltScreenSaveCursor + "\x1b[?25h"))
	all := term.written()
	if last := all[len(all)-1]; !strings.HasPrefix(last, ansi.SetCursorStyle(0)) {
		t.Errorf("the cursor keeps our shape: %q", last)
	}
	s.frame("later", tea.NewCursor(0, 0))
	if all := term.written(); len(all) != 0 {
		t.Fatalf("drawn over an editor: %q", all)
	}
	_, _ = s.Write([]byte("an editor\x1b[2;3r" + ansi.SetModeAltScreenSaveCursor))
	if out := strings.Join(term.written(), ""); !strings.Contains(out, "\x1b[r") {
		t.Errorf("all scrolls within the margins of an editor that was killed: %q", out)
	}
	term.expect(t, "later")
}

func TestOtherColours(t *testing.T) {
	s, term := begun(20, 2)
	s.frame("\x1b[38;2;255;0;0mred\x1b[m", nil)
	term.written()
	s.Hear(tea.ColorProfileMsg{Profile: colorprofile.ASCII})
	s.draw()
	if all := strings.Join(term.written(), ""); !strings.Contains(all, "red") || strings.Contains(all, "255") {
		t.Errorf("%q", all)
	}
	s.Hear(tea.ModeReportMsg{Mode: ansi.ModeUnicodeCore, Value: ansi.ModeReset})
	s.draw()
	if all := strings.Join(term.written(), ""); !strings.Contains(all, ansi.SetModeUnicodeCore) || !strings.Contains(all, "red") {
		t.Errorf("%q", all)
	}
}

// The first frame after a rest is drawn at once, of those that follow within the
// gap only the last.
func TestFramesAreDrawnAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, term := begun(20, 2)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go s.Run(ctx)
		synctest.Wait()
		time.Sleep(gap)
		term.written()
		begin := time.Now()
		s.Show(tea.NewView("a"))
		synctest.Wait()
		if n := len(term.written()); n != 1 || time.Since(begin) != 0 {
			t.Fatalf("%d writes after %v", n, time.Since(begin))
		}
		for _, c := range "bcdef" {
			s.Show(tea.NewView(string(c)))
		}
		synctest.Wait()
		if all := term.written(); len(all) != 0 {
			t.Fatalf("within the gap: %q", all)
		}
		time.Sleep(gap)
		synctest.Wait()
		if all := term.written(); len(all) != 1 {
			t.Fatalf("%q", all)
		}
		term.expect(t, "f")
		cancel()
		synctest.Wait()
	})
}

// stuck is a terminal that takes nothing, as over a line that has died.
type stuck struct {
	*terminal
	enter, leave chan struct{}
}

func (s stuck) Write(p []byte) (int, error) {
	s.enter <- struct{}{}
	<-s.leave
	return len(p), nil
}

func TestNobodyWaitsForTheTerminal(t *testing.T) {
	term := stuck{newTerminal(20, 2), make(chan struct{}, 10), make(chan struct{})}
	s := New(term, nil, colorprofile.ANSI)
	s.active = true
	go s.Run(t.Context())
	s.Hear(tea.WindowSizeMsg{Width: 20, Height: 2})
	s.Show(tea.NewView("a"))
	<-term.enter
	for range 100 {
		s.Hear(tea.WindowSizeMsg{Width: 20, Height: 2})
		s.Hear(tea.ColorProfileMsg{Profile: colorprofile.ANSI})
		s.Show(tea.NewView("b"))
	}
	close(term.leave)
}

func TestClears(t *testing.T) {
	for out, want := range map[string]bool{"": false, "J": false, "\x1b[": false, "\x1b[J": true, "\x1b[0J": true, "\x1b[2J": true, "x\x1b[1mJ": false, "\x1b[K\x1b[H\x1b[2J": true, "\x1b[12;3H": false} {
		if got := clears([]byte(out)); got != want {
			t.Errorf("%q: %v", out, got)
		}
	}
}

// BenchmarkDraw is one line of a full screen that changes.
func BenchmarkDraw(b *testing.B) {
	lines := make([]string, 40)
	for y := range lines {
		lines[y] = "\x1b[38;2;1;2;3m" + strings.Repeat("word ", 20) + "\x1b[1mstrong\x1b[m"
	}
	s, term := begun(120, 40)
	for i := 0; b.Loop(); i++ {
		lines[i%40], lines[(i+1)%40] = lines[(i+1)%40], lines[i%40]
		lines[i%40] = fmt.Sprint(i)
		s.frame(strings.Join(lines, "\n"), nil)
		term.written()
	}
}

func TestKeepsClusters(t *testing.T) {
	for _, tt := range []struct {
		msg  tea.Msg
		want bool
	}{
		{tea.ModeReportMsg{Mode: ansi.ModeUnicodeCore, Value: ansi.ModeSet}, true},
		{tea.ModeReportMsg{Mode: ansi.ModeUnicodeCore, Value: ansi.ModeNotRecognized}, false},
		{tea.ModeReportMsg{Mode: ansi.ModeSynchronizedOutput, Value: ansi.ModeSet}, false},
		{tea.TerminalVersionMsg{Name: "kitty(0.42.0)"}, true},
		{tea.TerminalVersionMsg{Name: "kitty(1.0.1)"}, true},
		{tea.TerminalVersionMsg{Name: "kitty(0.41.1)"}, false},
		{tea.TerminalVersionMsg{Name: "tmux 3.5a"}, false},
		{tea.WindowSizeMsg{}, false},
	} {
		if got := KeepsClusters(tt.msg); got != tt.want {
			t.Errorf("%+v: %v", tt.msg, got)
		}
	}
}
