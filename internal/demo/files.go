package demo

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"
)

// wovenPattern is a picture as a Jacquard loom might weave it: which threads are
// lifted follows from the row and the column alone.
func wovenPattern() []byte {
	const size, thread = 192, 4
	palette := color.Palette{
		color.RGBA{0xf4, 0xee, 0xdf, 0xff}, color.RGBA{0x7a, 0x1f, 0x2b, 0xff},
		color.RGBA{0x1d, 0x3a, 0x4f, 0xff}, color.RGBA{0xc8, 0x9b, 0x3c, 0xff},
	}
	picture := image.NewPaletted(image.Rect(0, 0, size, size), palette)
	for y := range size {
		for x := range size {
			row, column := abs(y/thread-size/thread/2), abs(x/thread-size/thread/2)
			lifted := uint8(0)
			switch {
			case (row*row+column*column)/24%3 == 0:
				lifted = 1
			case (row^column)&5 == 0:
				lifted = 2
			case (row+column)%7 == 0:
				lifted = 3
			}
			picture.SetColorIndex(x, y, lifted)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		panic("demo: " + err.Error()) // a buffer takes everything
	}
	return b.Bytes()
}

func abs(n int) int { return max(n, -n) }

// pdf writes a page of text as a minimal PDF file.
func pdf(title string, lines ...string) []byte {
	escape := strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`)
	var page strings.Builder
	fmt.Fprintf(&page, "BT /F1 18 Tf 72 760 Td (%s) Tj /F1 11 Tf 0 -14 Td", escape.Replace(title))
	for _, line := range lines {
		fmt.Fprintf(&page, " 0 -16 Td (%s) Tj", escape.Replace(line))
	}
	page.WriteString(" ET")
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", page.Len(), page.String()),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >>",
	}
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	offsets := make([]int, len(objects))
	for i, object := range objects {
		offsets[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	table := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, at := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, table)
	return b.Bytes()
}
