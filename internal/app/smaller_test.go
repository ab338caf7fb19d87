package app

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"postea/internal/mail"
)

// photograph makes a file with grain in it, by the end of its name.
func photograph(t *testing.T, name string, w, h int) string {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	rng := rand.NewChaCha8([32]byte{3})
	for i := range w * h {
		v := rng.Uint64()
		img.SetRGBA(i%w, i/w, color.RGBA{uint8(v), uint8(v >> 8), uint8(v >> 16), 255})
	}
	var b bytes.Buffer
	err := jpeg.Encode(&b, img, nil)
	if strings.HasSuffix(name, ".png") {
		b.Reset()
		err = png.Encode(&b, img)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := errors.Join(err, os.WriteFile(path, b.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPictureSizes(t *testing.T) {
	a := writer(t)
	for _, tt := range []struct {
		file  string
		w, h  int
		edges []int
		name  string // of a smaller copy
	}{
		{"beach.JPG", 2400, 1600, []int{2048, 1280, 800}, "beach.JPG"},
		{"beach.jpeg", 900, 1500, []int{1280, 800}, "beach.jpeg"},
		{"beach.png", 1000, 500, []int{800}, "beach.jpg"},
		{"small.jpg", 640, 480, nil, ""},
	} {
		ref, err := a.AttachFile(t.Context(), photograph(t, tt.file, tt.w, tt.h))
		if err != nil || !IsPicture(ref) {
			t.Fatal(err)
		}
		ref.Inline = true
		s, err := a.PictureSizes(t.Context(), ref)
		if err != nil || s.Width != tt.w || s.Height != tt.h || s.Full.Path != ref.Path {
			t.Errorf("%s: %d × %d of %s, %v", tt.file, s.Width, s.Height, s.Full.Path, err)
		}
		var edges []int
		last := ref.Size
		for _, small := range s.Smaller {
			edges = append(edges, small.Edge)
			r := small.Ref
			c, _, err := image.DecodeConfig(bytes.NewReader(r.Data))
			if err != nil || c.Width != small.Width || c.Height != small.Height || max(c.Width, c.Height) != small.Edge {
				t.Errorf("%s at %d: %d × %d, %v", tt.file, small.Edge, c.Width, c.Height, err)
			}
			if r.Name != tt.name || r.Size != int64(len(r.Data)) || r.Size >= last || r.Path != "" || r.FullPath != ref.Path || r.FullSize != ref.Size || !r.Inline || !IsPicture(r) {
				t.Errorf("%s at %d: %s, %d bytes of %d", tt.file, small.Edge, r.Name, r.Size, r.FullSize)
			}
			last = r.Size
		}
		if !slices.Equal(edges, tt.edges) {
			t.Errorf("%s: %v, want %v", tt.file, edges, tt.edges)
		}
	}
}

func TestSmallerPictureAndBack(t *testing.T) {
	a := writer(t)
	path := photograph(t, "chart.png", 1000, 500)
	ref, err := a.AttachFile(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	small, err := a.SmallerPicture(t.Context(), ref, 300)
	if err != nil || small.Name != "chart.jpg" || small.Size >= ref.Size {
		t.Fatalf("%+v, %v", small.Name, err)
	}
	larger, err := a.SmallerPicture(t.Context(), small, 600) // of the file, and not of the small copy
	if c, _, cerr := image.DecodeConfig(bytes.NewReader(larger.Data)); err != nil || cerr != nil || c.Width != 600 || larger.FullPath != path {
		t.Errorf("%d wide, %v, %v", c.Width, err, cerr)
	}
	if back, err := a.SmallerPicture(t.Context(), larger, 0); err != nil || back.Path != path || back.Name != "chart.png" || back.Data != nil || back.Size != ref.Size || back.FullPath != "" {
		t.Errorf("as it was: %+v, %v", back, err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if kept, err := a.SmallerPicture(t.Context(), larger, 0); err != nil || kept.Size != larger.Size || kept.Data == nil {
		t.Errorf("with the file gone: %+v, %v", kept.Name, err)
	}
	if again, err := a.SmallerPicture(t.Context(), larger, 100); err != nil || again.Size >= larger.Size || again.FullSize != larger.Size {
		t.Errorf("of what is left: %d of %d, %v", again.Size, again.FullSize, err)
	}
	for _, same := range []mail.AttachmentRef{{Name: "notes.txt", Data: []byte("x"), Size: 1}, small} {
		edge := 2000
		if got, err := a.SmallerPicture(t.Context(), same, edge); err != nil || got.Size != same.Size {
			t.Errorf("%s became %d bytes, %v", same.Name, got.Size, err)
		}
	}
	for _, bad := range []mail.AttachmentRef{{Name: "x.png", Data: []byte("no picture")}, {Path: path}, {Path: t.TempDir(), Name: "dir.png"}} {
		_, err := a.SmallerPicture(t.Context(), bad, 100)
		if _, ok := errors.AsType[*UsageError](err); !ok {
			t.Errorf("%s: %v", attachedName(bad), err)
		}
	}
}
