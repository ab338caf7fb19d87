package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"slices"
	"testing"
)

// corners is red at the top left, green at the top right, blue at the bottom left
// and white at the bottom right.
func corners(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := [2][2]color.RGBA{{{255, 0, 0, 255}, {0, 255, 0, 255}}, {{0, 0, 255, 255}, {255, 255, 255, 255}}}[2*y/h][2*x/w]
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

// grain is what a photograph is made of.
func grain(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	rng := rand.NewChaCha8([32]byte{2})
	_, _ = rng.Read(img.Pix)
	for i := 3; i < len(img.Pix); i += 4 {
		img.Pix[i] = 255
	}
	return img
}

func jpegOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withSegment puts a segment of JPEG in front of the others.
func withSegment(file []byte, kind byte, body string) []byte {
	out := binary.BigEndian.AppendUint16([]byte{0xff, 0xd8, 0xff, kind}, uint16(len(body)+2))
	return append(append(out, body...), file[2:]...)
}

// exif is a directory with an orientation and a place on earth, as it were.
func exif(order binary.AppendByteOrder, mark string, turn uint16) string {
	b := order.AppendUint32([]byte(mark), 8)
	b = order.AppendUint16(b, 2)
	for _, e := range []struct{ tag, kind, value uint16 }{{0x0110, 2, 0}, {0x0112, 3, turn}} {
		b = order.AppendUint32(order.AppendUint16(order.AppendUint16(b, e.tag), e.kind), 1)
		b = order.AppendUint16(order.AppendUint16(b, e.value), 0)
	}
	return exifMark + string(b) + "52 deg north"
}

// colours is a profile that says it is of RGB.
func colours(n int) string {
	p := make([]byte, n)
	copy(p[16:], "RGB ")
	copy(p[36:], "acsp")
	p[n-1] = 'x'
	return string(p)
}

func one(t *testing.T, file []byte, edge int) File {
	t.Helper()
	_, _, list, err := Smaller(bytes.NewReader(file), edge)
	if err != nil || len(list) != 1 {
		t.Fatalf("%d copies, %v", len(list), err)
	}
	return list[0]
}

// Every way to hold a camera ends with the same picture (Exif 2.32 §4.6.4).
func TestSmallerStandsUpright(t *testing.T) {
	// where the red, green, blue and white corners of the upright picture lie in the file
	held := map[uint16][4]image.Point{
		1: {{0, 0}, {1, 0}, {0, 1}, {1, 1}}, 2: {{1, 0}, {0, 0}, {1, 1}, {0, 1}}, 3: {{1, 1}, {0, 1}, {1, 0}, {0, 0}}, 4: {{0, 1}, {1, 1}, {0, 0}, {1, 0}},
		5: {{0, 0}, {0, 1}, {1, 0}, {1, 1}}, 6: {{0, 1}, {0, 0}, {1, 1}, {1, 0}}, 7: {{1, 1}, {1, 0}, {0, 1}, {0, 0}}, 8: {{1, 0}, {1, 1}, {0, 0}, {0, 1}},
	}
	upright := corners(400, 200)
	for turn, places := range held {
		w, h := 400, 200
		if turn >= 5 {
			w, h = h, w
		}
		img := image.NewRGBA(image.Rect(0, 0, w, h))
		for i, p := range places {
			c := upright.RGBAAt(i%2*399, i/2*199)
			for y := range h / 2 {
				for x := range w / 2 {
					img.SetRGBA(p.X*w/2+x, p.Y*h/2+y, c)
				}
			}
		}
		order, mark := binary.AppendByteOrder(binary.BigEndian), "MM\x00*"
		if turn%2 == 0 {
			order, mark = binary.LittleEndian, "II*\x00"
		}
		file := withSegment(jpegOf(t, img), 0xe1, exif(order, mark, turn))
		if w, h, _, err := Smaller(bytes.NewReader(file)); err != nil || w != 400 || h != 200 {
			t.Errorf("held like %d: %d × %d (%v)", turn, w, h, err)
		}
		f := one(t, file, 100)
		if f.Width != 100 || f.Height != 50 || f.Type != "image/jpeg" || f.Ext != ".jpg" {
			t.Errorf("held like %d: %d × %d, %s", turn, f.Width, f.Height, f.Type)
		}
		shown := decoded(t, file, 100)
		if w, h := shown.Size(); w != 400 || h != 200 {
			t.Errorf("held like %d it is shown as %d × %d", turn, w, h)
		}
		got, err := jpeg.Decode(bytes.NewReader(f.Data))
		if err != nil {
			t.Fatal(err)
		}
		for i := range 4 {
			x, y := 20+i%2*60, 10+i/2*30
			want := upright.RGBAAt(i%2*399, i/2*199)
			for what, at := range map[string]color.Color{"sent": got.At(x, y), "shown": shown.pixels.At(x, y)} {
				r, g, b, _ := at.RGBA()
				if near := func(a uint32, b uint8) bool { return max(int(a>>8), int(b))-min(int(a>>8), int(b)) < 40 }; !near(r, want.R) || !near(g, want.G) || !near(b, want.B) {
					t.Errorf("held like %d, %s: corner %d is %v, want %v", turn, what, i, at, want)
				}
			}
		}
	}
}

func TestSmallerTellsNothing(t *testing.T) {
	file := withSegment(jpegOf(t, grain(300, 200)), 0xe1, exif(binary.BigEndian, "MM\x00*", 1))
	file = withSegment(withSegment(file, 0xed, "Photoshop 3.0\x00city"), 0xfe, "comment: my garden")
	pic := pngOf(t, grain(300, 200))
	pic = slices.Concat(pic[:33], chunk("tEXt", "Comment\x00my garden"), chunk("eXIf", exif(binary.BigEndian, "MM\x00*", 1)[6:]), pic[33:])
	for name, f := range map[string][]byte{"jpeg": file, "png": pic} {
		got := one(t, f, 100).Data
		for _, secret := range []string{"52 deg north", "Exif", "city", "my garden"} {
			if bytes.Contains(got, []byte(secret)) {
				t.Errorf("%s: the copy holds %q", name, secret)
			}
		}
	}
}

func TestSmallerKeepsTheColours(t *testing.T) {
	for _, size := range []int{132, 70_000} { // the second needs two segments
		profile := colours(size)
		file := jpegOf(t, grain(300, 200))
		for i := (size - 1) / maxICCLen; i >= 0; i-- {
			piece := profile[i*maxICCLen : min(size, (i+1)*maxICCLen)]
			file = withSegment(file, 0xe2, iccMark+string([]byte{byte(i + 1), byte(size/maxICCLen + 1)})+piece)
		}
		f := one(t, file, 290)
		if got := readMetadata(f.Data).profile; string(got) != profile {
			t.Errorf("jpeg: %d bytes of the profile of %d", len(got), size)
		}
		if _, err := jpeg.Decode(bytes.NewReader(f.Data)); err != nil {
			t.Error(err)
		}
		clear := image.NewNRGBA(image.Rect(0, 0, 300, 200))
		f = one(t, pngWithProfile(pngOf(t, clear), []byte(profile)), 100)
		if got := readMetadata(f.Data).profile; string(got) != profile {
			t.Errorf("png: %d bytes of the profile of %d", len(got), size)
		}
		if _, err := png.Decode(bytes.NewReader(f.Data)); err != nil {
			t.Error(err)
		}
	}
	gray := []byte(colours(200))
	copy(gray[16:], "GRAY")
	if got := one(t, withSegment(jpegOf(t, grain(300, 200)), 0xe2, iccMark+"\x01\x01"+string(gray)), 100); readMetadata(got.Data).profile != nil {
		t.Error("the profile of a grey picture is that of one in colours")
	}
}

func TestSmallerChoosesTheKind(t *testing.T) {
	chart := image.NewRGBA(image.Rect(0, 0, 1200, 900)) // white, with black rules
	for i := range chart.Pix {
		chart.Pix[i] = 255
	}
	for y := 0; y < 900; y += 100 {
		for x := range 1200 {
			chart.SetRGBA(x, y, color.RGBA{0, 0, 0, 255})
		}
	}
	clear := image.NewNRGBA(image.Rect(0, 0, 1200, 900))
	copy(clear.Pix, grain(600, 900).Pix) // the lower half is transparent
	for _, tt := range []struct {
		name string
		file []byte
		want string
	}{
		{"a photograph", jpegOf(t, grain(1200, 900)), "image/jpeg"},
		{"a photograph in a PNG", pngOf(t, grain(1200, 900)), "image/jpeg"},
		{"a chart", pngOf(t, chart), "image/png"},
		{"one with transparency", pngOf(t, clear), "image/png"},
	} {
		f := one(t, tt.file, 300)
		if f.Type != tt.want || f.Width != 300 || f.Height != 225 || len(f.Data) >= len(tt.file) {
			t.Errorf("%s: %s %d × %d, %d bytes of %d", tt.name, f.Type, f.Width, f.Height, len(f.Data), len(tt.file))
		}
		c, kind, err := image.DecodeConfig(bytes.NewReader(f.Data))
		if err != nil || "image/"+kind != f.Type || c.Width != 300 {
			t.Errorf("%s: %s, %d wide, %v", tt.name, kind, c.Width, err)
		}
	}
	img, err := png.Decode(bytes.NewReader(one(t, pngOf(t, clear), 300).Data))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, _, a := img.At(150, 220).RGBA(); a != 0 {
		t.Error("what was transparent is painted")
	}
}

func TestSmallerOffersWhatIsSmaller(t *testing.T) {
	file := jpegOf(t, grain(1000, 500))
	w, h, list, err := Smaller(bytes.NewReader(file), 2048, 1000, 800, 200, 0, -1)
	if err != nil || w != 1000 || h != 500 || len(list) != 2 || list[0].Width != 800 || list[1].Width != 200 || list[1].Height != 100 {
		t.Errorf("%d × %d, %d copies, %v", w, h, len(list), err)
	}
	plain := image.NewPaletted(image.Rect(0, 0, 900, 900), color.Palette{color.White, color.Black})
	for i := range plain.Pix { // grains of black and white: more colours need more bytes
		plain.Pix[i] = grainBit(i)
	}
	if _, _, list, err := Smaller(bytes.NewReader(pngOf(t, plain)), 890); err != nil || len(list) != 0 {
		t.Errorf("%d copies that are no smaller (%v)", len(list), err)
	}
}

func grainBit(i int) uint8 { return uint8(uint32(i)*2654435761>>13) & 1 }

func TestWhatMovesStays(t *testing.T) {
	var b bytes.Buffer
	frame := image.NewPaletted(image.Rect(0, 0, 50, 50), color.Palette{color.White, color.Black})
	if err := gif.EncodeAll(&b, &gif.GIF{Image: []*image.Paletted{frame, frame}, Delay: []int{1, 1}}); err != nil {
		t.Fatal(err)
	}
	moving := pngOf(t, grain(50, 50))
	moving = slices.Concat(moving[:33], chunk("acTL", "\x00\x00\x00\x02\x00\x00\x00\x00"), moving[33:])
	for name, file := range map[string][]byte{"gif": b.Bytes(), "png": moving} {
		if _, _, list, err := Smaller(bytes.NewReader(file), 20); !errors.Is(err, ErrMoving) || list != nil {
			t.Errorf("%s: %d copies, %v", name, len(list), err)
		}
	}
	if _, _, _, err := Smaller(bytes.NewReader(bomb(16_000, 16_000)), 20); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a bomb: %v", err)
	}
	if _, _, _, err := Smaller(bytes.NewReader([]byte("hello")), 20); err == nil {
		t.Error("a text is a picture")
	}
}

func FuzzSmaller(f *testing.F) {
	file := withSegment(jpegOf(f, corners(16, 8)), 0xe1, exif(binary.BigEndian, "MM\x00*", 6))
	f.Add(file)
	f.Add(withSegment(file, 0xe2, iccMark+"\x01\x01"+colours(140)))
	f.Add(pngWithProfile(pngOf(f, corners(16, 8)), []byte(colours(140))))
	f.Add([]byte("RIFF\x1a\x00\x00\x00WEBPEXIF\x04\x00\x00\x00II*\x00"))
	f.Fuzz(func(t *testing.T, file []byte) {
		readMetadata(file)
		if c, _, err := image.DecodeConfig(bytes.NewReader(file)); err != nil || c.Width > 1000 || c.Height > 1000 {
			return
		}
		w, h, list, err := Smaller(bytes.NewReader(file), 8, 4)
		if err != nil {
			return
		}
		for _, f := range list {
			c, _, err := image.DecodeConfig(bytes.NewReader(f.Data))
			if err != nil || c.Width != f.Width || c.Height != f.Height || f.Width > w || f.Height > h || len(f.Data) >= len(file) {
				t.Errorf("%d × %d of %d × %d: %v", f.Width, f.Height, w, h, err)
			}
		}
	})
}

func BenchmarkSmaller(b *testing.B) {
	file := jpegOf(b, corners(4000, 3000))
	for b.Loop() {
		if _, _, list, err := Smaller(bytes.NewReader(file), 2048, 1280, 800); err != nil || len(list) == 0 {
			b.Fatal(err)
		}
	}
}
