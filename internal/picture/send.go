package picture

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image/png"
	"io"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/ansi/iterm2"
	"github.com/charmbracelet/x/ansi/kitty"
	"github.com/charmbracelet/x/ansi/sixel"
)

// Protocol is how a terminal takes pictures.
type Protocol uint8

// The protocols. Coloured cells need nothing but colours.
const (
	None  Protocol = iota
	Cells          // two pixels a cell, by Blocks
	Kitty          // the graphics protocol of kitty, with placeholders among the text
	ITerm          // inline images of iTerm2
	Sixel
)

const kittyChunk = 4096 // of base64, the most that the protocol allows

// Kitty is what sends the picture under a number from 1 to 0xffffff, to be
// shown wherever placeholders in a colour of that number stand.
func (p *Picture) Kitty(id uint32, cols, rows int, c Cell) (string, error) {
	return p.kitty(cols, rows, c, fmt.Sprintf("a=T,U=1,i=%d,c=%d,r=%d,f=100,q=2", id, cols, rows))
}

// ForgetKitty takes pictures that were sent from the terminal's memory.
func ForgetKitty(id uint32) string { return fmt.Sprintf("\x1b_Ga=d,d=I,i=%d,q=2\x1b\\", id) }

func (p *Picture) kitty(cols, rows int, c Cell, control string) (string, error) {
	file, err := p.png(cols, rows, c)
	if err != nil {
		return "", err
	}
	data := base64.StdEncoding.EncodeToString(file)
	var b strings.Builder
	for first := true; first || data != ""; first = false {
		n := min(len(data), kittyChunk)
		more := 0
		if n < len(data) {
			more = 1
		}
		if !first {
			control = "q=2"
		}
		fmt.Fprintf(&b, "\x1b_G%s,m=%d;%s\x1b\\", control, more, data[:n])
		data = data[n:]
	}
	return b.String(), nil
}

// Placeholder is the cell at a row and column of a picture that was sent by
// Kitty; both are below 297, the number of diacritics there are for them.
func Placeholder(row, col int) string {
	return string([]rune{kitty.Placeholder, kitty.Diacritic(row), kitty.Diacritic(col)})
}

func (p *Picture) png(cols, rows int, c Cell) ([]byte, error) {
	var b bytes.Buffer
	e := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := e.Encode(&b, p.fill(cols, rows, c)); err != nil {
		return nil, fmt.Errorf("preparing a picture: %w", err)
	}
	return b.Bytes(), nil
}

// Print writes the picture where the cursor is, by a protocol other than Cells.
func (p *Picture) Print(w io.Writer, how Protocol, cols, rows int, c Cell) error {
	var s string
	switch how {
	case Kitty:
		var err error
		if s, err = p.kitty(cols, rows, c, fmt.Sprintf("a=T,c=%d,r=%d,f=100,q=2", cols, rows)); err != nil {
			return err
		}
	case ITerm:
		file, err := p.png(cols, rows, c)
		if err != nil {
			return err
		}
		s = ansi.ITerm2(iterm2.File{Width: iterm2.Cells(cols), Height: iterm2.Cells(rows), Inline: true, Size: int64(len(file)), Content: []byte(base64.StdEncoding.EncodeToString(file))})
	case Sixel:
		var b bytes.Buffer
		if err := new(sixel.Encoder).Encode(&b, p.fill(cols, rows, c)); err != nil {
			return fmt.Errorf("preparing a picture: %w", err)
		}
		s = ansi.SixelGraphics(0, 1, 0, b.Bytes())
	default:
		return fmt.Errorf("a picture cannot be printed like that")
	}
	_, err := io.WriteString(w, s)
	return err
}
