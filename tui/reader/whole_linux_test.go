package reader

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"postea/internal/lab"
	"postea/internal/picture"
	"postea/tui/nav"
	"postea/tui/screen"
)

// A picture has the terminal to itself, though its input and output run through what
// reads and draws for the interface, and any key ends it.
func TestWholePicture(t *testing.T) {
	master, slave := lab.Terminal(t)
	s := screen.New(slave, nil, colorprofile.TrueColor)
	s.Hear(tea.WindowSizeMsg{Width: 40, Height: 10})
	s.Show(tea.NewView("the interface"))
	var file bytes.Buffer
	if err := png.Encode(&file, image.NewGray(image.Rect(0, 0, 20, 8))); err != nil {
		t.Fatal(err)
	}
	img, err := picture.Decode(&file, 1000)
	if err != nil {
		t.Fatal(err)
	}
	w := &whole{image: img, how: picture.ITerm, size: nav.Size{Width: 40, Height: 6}}
	w.SetStdin(&screen.Keyboard{File: slave})
	w.SetStdout(s)
	ended := make(chan error, 1)
	go func() {
		err := w.Run()
		fmt.Fprint(slave, "over")
		ended <- err
	}()
	var seen strings.Builder
	buf := make([]byte, 1<<16)
	for !strings.Contains(seen.String(), "any key goes back") && !strings.HasSuffix(seen.String(), "over") {
		n, err := master.Read(buf)
		if seen.Write(buf[:n]); err != nil {
			t.Fatalf("%v after %q", err, seen.String())
		}
	}
	if !strings.Contains(seen.String(), "1337;File=") || strings.Contains(seen.String(), "interface") {
		t.Errorf("%q", seen.String())
	}
	if _, err := master.WriteString("x"); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
