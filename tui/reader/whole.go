package reader

import (
	"bufio"
	"fmt"
	"io"
	"os"

	tea "charm.land/bubbletea/v2"
	"golang.org/x/term"

	"postea/internal/picture"
	"postea/tui/nav"
)

// whole shows one picture on the whole terminal, until a key is pressed. It is a
// tea.ExecCommand: the protocols of iTerm2 and sixel print where the cursor is,
// which cannot be mixed with cells that are drawn anew.
type whole struct {
	image *picture.Picture
	how   picture.Protocol
	size  nav.Size
	in    io.Reader
	out   io.Writer
}

func (m *Model) showWhole(p *picture.Picture) nav.Cmd {
	w := &whole{image: p, how: m.size.WholePictures, size: m.size}
	return nav.Later(tea.Exec(w, func(err error) tea.Msg { return m.ask.Answer(doneMsg{err: err}) }))
}

// SetStdin implements tea.ExecCommand. It is the terminal, and not what reads it here.
func (w *whole) SetStdin(r io.Reader) {
	if w.in = r; behind(r) != nil {
		w.in = behind(r)
	}
}

// SetStdout implements tea.ExecCommand. It is the terminal, and not what draws on it.
func (w *whole) SetStdout(o io.Writer) {
	if w.out = o; behind(o) != nil {
		w.out = behind(o)
	}
}

// SetStderr implements tea.ExecCommand.
func (w *whole) SetStderr(io.Writer) {}

// behind is the terminal that lies behind what reads it or draws on it; nil where
// there is none.
func behind(v any) io.ReadWriter {
	if t, ok := v.(interface{ Terminal() io.ReadWriteCloser }); ok {
		return t.Terminal()
	}
	return nil
}

// Run implements tea.ExecCommand.
func (w *whole) Run() error {
	f, ok := w.in.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return fmt.Errorf("a picture needs a terminal")
	}
	cols, rows := w.image.Fit(w.size.Width, max(w.size.Height-1, 1), picture.Cell{})
	out := bufio.NewWriter(w.out)
	fmt.Fprint(out, "\x1b[?1049h\x1b[2J\x1b[H")
	defer fmt.Fprint(w.out, "\x1b[?1049l")
	if err := w.image.Print(out, w.how, cols, rows, picture.Cell{}); err != nil {
		return err
	}
	fmt.Fprintf(out, "\x1b[%d;1Hany key goes back", max(w.size.Height+4, 1))
	if err := out.Flush(); err != nil {
		return err
	}
	before, err := term.MakeRaw(int(f.Fd()))
	if err != nil {
		return err
	}
	defer func() { _ = term.Restore(int(f.Fd()), before) }()
	var key [64]byte
	_, err = f.Read(key[:])
	return err
}
