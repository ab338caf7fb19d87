package screen

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
)

// gap is the least time between two frames.
const gap = 4 * time.Millisecond

// File is a terminal, as Bubble Tea wants it.
type File interface {
	io.ReadWriteCloser
	Fd() uintptr
}

// Screen draws frames on a terminal. Its methods may be called side by side.
type Screen struct {
	File
	wake chan struct{}

	mu   sync.Mutex // of the frame that is to be drawn
	next frame

	out     sync.Mutex // of the terminal and what is on it
	env     []string
	active  bool // the other screen is shown, which is ours
	foreign bool // somebody else has written since the last frame
	cleared bool // nothing of the last frame is there any more
	shown   frame
	cursor  bool // it is visible
	shaped  bool // it has our shape
	unicode bool // the terminal was told to measure graphemes

	renderer *uv.TerminalRenderer
	cells    uv.ScreenBuffer
	buf      bytes.Buffer
}

// Terminal is what is drawn on, for what has the terminal to itself for a while: the
// Screen takes what runs through it for the beginning and the end of its own.
func (s *Screen) Terminal() io.ReadWriteCloser { return s.File }

// frame is what is to be on the terminal.
type frame struct {
	width, height int
	content       string
	cursor        tea.Cursor
	hasCursor     bool
	manner
}

// manner is how the terminal wants to be drawn on.
type manner struct {
	profile colorprofile.Profile
	method  ansi.Method
	synced  bool // what stands between two marks is shown at once, mode 2026
}

// New makes a screen for a terminal, which nobody but the program that it is the
// output of may write to.
func New(out File, environ []string, profile colorprofile.Profile) *Screen {
	s := &Screen{File: out, wake: make(chan struct{}, 1), env: environ}
	s.next.profile = profile
	s.begin(s.next.manner)
	return s
}

// begin makes a renderer that knows nothing of what is on the terminal.
func (s *Screen) begin(m manner) {
	r := uv.NewTerminalRenderer(&s.buf, s.env)
	r.SetColorProfile(m.profile)
	r.SetWidthMethod(m.method)
	r.SetFullscreen(true)
	r.SetRelativeCursor(false)
	r.SetTabStops(-1)
	r.SetBackspace(false)
	r.SetMapNewline(false)
	r.SetScrollOptim(runtime.GOOS != "windows") // its terminal leaves the region with the cursor
	s.renderer = r
	s.cells = uv.ScreenBuffer{}
	s.shown, s.cleared, s.foreign = frame{manner: m}, true, true
}

// Hear takes from a message what concerns drawing: the size, the colours, what
// the terminal says it can do. It counts from the next Show on.
func (s *Screen) Hear(msg tea.Msg) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		s.next.width, s.next.height = msg.Width, msg.Height
	case tea.ColorProfileMsg:
		s.next.profile = msg.Profile
	case tea.ModeReportMsg:
		s.next.synced = s.next.synced || msg.Mode == ansi.ModeSynchronizedOutput && msg.Value == ansi.ModeReset
	}
	if KeepsClusters(msg) {
		s.next.method = ansi.GraphemeWidth
	}
}

// KeepsClusters tells whether a message says that the terminal draws a grapheme cluster in
// as many cells as its first letter takes, however many code points it has: mode 2027, or
// kitty since 0.42, which has no mode for it.
func KeepsClusters(msg tea.Msg) bool {
	switch msg := msg.(type) {
	case tea.ModeReportMsg:
		return msg.Mode == ansi.ModeUnicodeCore && (msg.Value == ansi.ModeReset || msg.Value == ansi.ModeSet || msg.Value == ansi.ModePermanentlySet)
	case tea.TerminalVersionMsg:
		return KittySince(msg.Name, 42)
	}
	return false
}

// KittySince tells whether the name that a terminal gives itself is that of kitty 0.minor or later.
func KittySince(name string, minor int) bool {
	var major, is int
	_, err := fmt.Sscanf(strings.ToLower(name), "kitty(%d.%d", &major, &is)
	return err == nil && (major > 0 || is >= minor)
}

// Show takes over what a view has to show, and gives the rest, which is for Bubble
// Tea to see to.
func (s *Screen) Show(v tea.View) tea.View {
	s.mu.Lock()
	s.next.content, s.next.cursor, s.next.hasCursor = v.Content, tea.Cursor{}, v.Cursor != nil
	if v.Cursor != nil {
		s.next.cursor = *v.Cursor
	}
	s.mu.Unlock()
	s.poke()
	v.Content, v.Cursor = " ", nil
	return v
}

func (s *Screen) poke() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Run draws until ctx ends.
func (s *Screen) Run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.wake:
		}
		if !s.draw() {
			continue
		}
		timer.Reset(gap)
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
	}
}

// draw brings the terminal up to date. It tells whether there was anything to do.
func (s *Screen) draw() bool {
	s.out.Lock()
	defer s.out.Unlock()
	b := s.update()
	if len(b) == 0 {
		return false
	}
	_, _ = s.File.Write(b) // a terminal that has gone ends the program where it is read
	return true
}

// update gives what makes the terminal show the newest frame, and takes it for
// written.
func (s *Screen) update() []byte {
	s.mu.Lock()
	f := s.next
	s.mu.Unlock()
	astray := s.foreign && f.hasCursor // the cursor may be anywhere
	if !s.active || f.width <= 0 || f.height <= 0 || f == s.shown && !s.cleared && !astray {
		return nil
	}
	if f.profile != s.shown.profile || f.method != s.shown.method {
		s.begin(f.manner)
	}
	if f.width != s.shown.width || f.height != s.shown.height || s.cells.RenderBuffer == nil {
		s.cells = uv.NewScreenBuffer(f.width, f.height)
		s.cells.Method = f.method
		s.renderer.Resize(f.width, f.height)
		s.cleared = true
	}
	was := s.shown.content
	if s.cleared {
		was = ""
		s.renderer.Erase()
		s.cells.Clear()
	}
	s.put(f, was)
	b := s.bytes(f)
	s.shown, s.cleared = f, false
	return b
}

// put writes the lines that are not as they were into the cells. Every line begins
// and ends without a style, so that each can be read by itself.
func (s *Screen) put(f frame, was string) {
	for y := range f.height {
		var line, old string
		line, f.content, _ = strings.Cut(f.content, "\n")
		old, was, _ = strings.Cut(was, "\n")
		if line != old {
			uv.NewStyledString(line).Draw(s.cells, uv.Rect(0, y, f.width, 1))
		}
	}
}

// bytes has the renderer compare the cells with those on the terminal.
func (s *Screen) bytes(f frame) []byte {
	if s.foreign {
		s.renderer.SetPosition(-1, -1)
	}
	s.renderer.Render(s.cells.RenderBuffer)
	if f.hasCursor {
		s.renderer.MoveTo(f.cursor.X, f.cursor.Y)
	}
	_ = s.renderer.Flush() // into memory
	tell := f.method == ansi.GraphemeWidth && !s.unicode
	if s.buf.Len() == 0 && s.cursor == f.hasCursor && !tell {
		return nil
	}
	var b bytes.Buffer
	if tell { // Bubble Tea does too, but only when it has something else to say
		b.WriteString(ansi.SetModeUnicodeCore)
		s.unicode = true
	}
	if f.synced {
		b.WriteString(ansi.SetModeSynchronizedOutput)
	}
	if s.cursor && (!f.hasCursor || !f.synced) { // or it would be seen flying about
		b.WriteString(ansi.ResetModeTextCursorEnable)
		s.cursor = false
	}
	if s.foreign {
		b.WriteString(ansi.ResetStyle)
		if s.cleared { // after a guest that may have ended in the middle
			b.WriteString(resetMargins)
		}
		s.foreign = false
	}
	b.Write(s.buf.Bytes())
	s.buf.Reset()
	if f.hasCursor && !s.shaped {
		b.WriteString(ansi.SetCursorStyle(steadyBlock))
		s.shaped = true
	}
	if f.hasCursor && !s.cursor {
		b.WriteString(ansi.SetModeTextCursorEnable)
		s.cursor = true
	}
	if f.synced {
		b.WriteString(ansi.ResetModeSynchronizedOutput)
	}
	return b.Bytes()
}

const resetMargins = "\x1b[r" // DECSTBM

const steadyBlock = 2 // DECSCUSR; 0 is what the user has set

// Write passes on what Bubble Tea has for the terminal, and draws again what that
// has cleared.
func (s *Screen) Write(p []byte) (int, error) {
	s.out.Lock()
	defer s.out.Unlock()
	s.foreign = true
	enter := bytes.LastIndex(p, []byte(ansi.SetModeAltScreenSaveCursor))
	leave := bytes.LastIndex(p, []byte(ansi.ResetModeAltScreenSaveCursor))
	var b []byte
	if leave >= 0 && s.shaped {
		b = append(b, ansi.SetCursorStyle(0)...)
		s.shaped = false
	}
	b = append(b, p...)
	switch {
	case enter > leave:
		s.active, s.cleared, s.cursor, s.unicode = true, true, false, false
	case leave >= 0:
		s.active = false
	case clears(p):
		s.cleared = true
	}
	b = append(b, s.update()...)
	if _, err := s.File.Write(b); err != nil {
		return 0, err
	}
	return len(p), nil
}

// clears tells whether output holds an erasing of the display, CSI Ps J.
func clears(p []byte) bool {
	for {
		i := bytes.Index(p, []byte("\x1b["))
		if i < 0 {
			return false
		}
		p = bytes.TrimLeft(p[i+2:], "0123")
		if len(p) > 0 && p[0] == 'J' {
			return true
		}
	}
}
