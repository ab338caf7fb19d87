package picture

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// halves is red above and blue below.
func halves(w, h int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.NRGBA{0xff, 0, 0, 0xff}
			if y >= h/2 {
				c = color.NRGBA{0, 0, 0xff, 0xff}
			}
			img.SetNRGBA(x, y, c)
		}
	}
	return img
}

func pngOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func decoded(t *testing.T, file []byte, limit int) *Picture {
	t.Helper()
	p, err := Decode(bytes.NewReader(file), limit)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestFitKeepsTheShape(t *testing.T) {
	for _, tt := range []struct{ w, h, maxCols, maxRows, cols, rows int }{
		{200, 200, 80, 20, 20, 10},      // as large as it is
		{2000, 1000, 80, 20, 80, 20},    // as wide as there is room
		{1000, 4000, 80, 20, 10, 20},    // as high
		{3, 3, 80, 20, 1, 1},            // never nothing
		{20000, 10, 80, 20, 80, 1},      // a line
		{10, 20000, 80, 20, 1, 20},      // the other way
		{400, 400, 1, 1, 1, 1},          // hardly any room
		{1600, 900, 100, 20, 71, 20},    // a photograph
		{8000, 6000, 100, 100, 100, 38}, // a large one
	} {
		p := decoded(t, pngOf(t, image.NewGray(image.Rect(0, 0, tt.w, tt.h))), 300)
		if cols, rows := p.Fit(tt.maxCols, tt.maxRows, Cell{}); cols != tt.cols || rows != tt.rows {
			t.Errorf("%d × %d in %d × %d: %d × %d, want %d × %d", tt.w, tt.h, tt.maxCols, tt.maxRows, cols, rows, tt.cols, tt.rows)
		}
		if b := p.pixels.Bounds(); b.Dx() > 300 || b.Dy() > 300 {
			t.Errorf("%v is kept", b)
		}
	}
}

func TestBlocks(t *testing.T) {
	var jpg bytes.Buffer
	if err := jpeg.Encode(&jpg, halves(400, 400), nil); err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string][]byte{"png": pngOf(t, halves(400, 400)), "jpeg": jpg.Bytes()} {
		b := decoded(t, file, 1000).Blocks(20, 10)
		if len(b) != 10 || len(b[0]) != 20 {
			t.Fatalf("%s: %d × %d", name, len(b), len(b[0]))
		}
		top, bottom := b[0][10].Top, b[9][10].Bottom
		if top.R < 0xf0 || top.B > 0x10 || bottom.B < 0xf0 || bottom.R > 0x10 {
			t.Errorf("%s: %v above, %v below", name, top, bottom)
		}
	}
	clear := decoded(t, pngOf(t, image.NewNRGBA(image.Rect(0, 0, 10, 10))), 100).Blocks(1, 1)
	if clear[0][0].Top.A != 0 {
		t.Error("what is transparent is painted")
	}
}

// bomb is a PNG that says it is that large and has no pixels.
func bomb(w, h uint32) []byte {
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)
	return slices.Concat([]byte(pngMagic), chunk("IHDR", string(head)+"\x08\x06\x00\x00\x00"), chunk("IDAT", ""))
}

// chunk is a piece of a PNG.
func chunk(kind, body string) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	b = append(append(b, kind...), body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

func TestHostile(t *testing.T) {
	for name, file := range map[string][]byte{
		"empty": nil, "no picture": []byte("hello"), "cut off": pngOf(t, halves(40, 40))[:60], "nothing in it": bomb(100, 100), "no width": bomb(0, 100),
	} {
		if _, err := Decode(bytes.NewReader(file), 100); err == nil || errors.Is(err, ErrTooLarge) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, file := range map[string][]byte{"16,000 × 16,000": bomb(16_000, 16_000), "2²⁸ × 1": bomb(1<<28-1, 1)} {
		if _, err := Decode(bytes.NewReader(file), 100); !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Where an int has 32 bits the decoder refuses these itself.
	for name, file := range map[string][]byte{"100,000 × 100,000": bomb(100_000, 100_000), "2³¹ × 1": bomb(1<<31-1, 1)} {
		if _, err := Decode(bytes.NewReader(file), 100); err == nil {
			t.Errorf("%s: it was decoded", name)
		}
	}
	if _, err := Decode(endless{}, 100); !errors.Is(err, ErrTooLarge) {
		t.Errorf("endless: %v", err)
	}
}

type endless struct{}

func (endless) Read(b []byte) (int, error) { return len(b), nil }

func TestKitty(t *testing.T) {
	noisy := image.NewNRGBA(image.Rect(0, 0, 200, 200))
	rng := rand.NewChaCha8([32]byte{1})
	_, _ = rng.Read(noisy.Pix)
	p := decoded(t, pngOf(t, noisy), 1000)
	s, err := p.Kitty(0x123456, 20, 10, Cell{})
	if err != nil {
		t.Fatal(err)
	}
	chunks := strings.Split(strings.TrimSuffix(s, "\x1b\\"), "\x1b\\")
	if len(chunks) < 3 || !strings.HasPrefix(chunks[0], "\x1b_Ga=T,U=1,i=1193046,c=20,r=10,f=100,q=2,m=1;") {
		t.Fatalf("%d chunks, the first %.60q", len(chunks), chunks[0])
	}
	var data string
	for i, c := range chunks {
		control, part, _ := strings.Cut(c, ";")
		if len(part) > kittyChunk || strings.HasSuffix(control, "m=0") != (i == len(chunks)-1) || i < len(chunks)-1 && len(part)%4 != 0 {
			t.Errorf("chunk %d: %s with %d", i, control, len(part))
		}
		data += part
	}
	file, err := base64.StdEncoding.DecodeString(data)
	if err != nil {
		t.Fatal(err)
	}
	if img, err := png.Decode(bytes.NewReader(file)); err != nil || img.Bounds().Dx() != 200 {
		t.Errorf("%v, %v", img, err)
	}
	if Placeholder(0, 1) != "\U0010eeee\u0305\u030d" || Placeholder(0, 1) == Placeholder(1, 0) {
		t.Errorf("placeholder %q", Placeholder(0, 1))
	}
}

func TestPrint(t *testing.T) {
	p := decoded(t, pngOf(t, halves(40, 40)), 1000)
	for how, prefix := range map[Protocol]string{Kitty: "\x1b_Ga=T,c=4,r=2", ITerm: "\x1b]1337;File=", Sixel: "\x1bP0;1q"} {
		var b bytes.Buffer
		if err := p.Print(&b, how, 4, 2, Cell{}); err != nil || !strings.HasPrefix(b.String(), prefix) {
			t.Errorf("%d: %v, %.30q", how, err, b.String())
		}
	}
	if err := p.Print(new(bytes.Buffer), Cells, 4, 2, Cell{}); err == nil {
		t.Error("cells are not printed")
	}
}

func FuzzDecode(f *testing.F) {
	var t testing.T
	f.Add(pngOf(&t, halves(8, 8)))
	f.Add(bomb(10, 10))
	f.Add([]byte("GIF89a\x02\x00\x02\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x02\x00\x02\x00\x00\x02\x02D\x01\x00;"))
	f.Add([]byte("BM"))
	f.Add([]byte("RIFF\x1a\x00\x00\x00WEBPVP8L"))
	f.Fuzz(func(t *testing.T, file []byte) {
		p, err := Decode(bytes.NewReader(file), 64)
		if err != nil {
			return
		}
		cols, rows := p.Fit(40, 20, Cell{})
		if b := p.Blocks(cols, rows); len(b) != rows || len(b[0]) != cols {
			t.Errorf("%d × %d cells for %d × %d", len(b[0]), len(b), cols, rows)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, halves(4000, 3000), nil); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := Decode(bytes.NewReader(buf.Bytes()), 1600); err != nil {
			b.Fatal(err)
		}
	}
}
