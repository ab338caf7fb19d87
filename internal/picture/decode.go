package picture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"
	"io"

	_ "golang.org/x/image/bmp"
	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp"
)

const (
	maxBytes  = 32 << 20
	maxPixels = 50_000_000 // a photograph of a telephone; 200 MB while it is decoded
)

// maxExact is how many pixels are scaled the exact way.
const maxExact = 1_000_000

// ErrTooLarge says that a file has more bytes or pixels than are looked at.
var ErrTooLarge = errors.New("the picture is too large to be worked on here")

// Picture is an image, reduced for a screen. It is immutable.
type Picture struct {
	pixels *image.RGBA
	width  int // of the file as it is seen, in pixels
	height int
}

// Size is that of the file as it is seen, in pixels.
func (p *Picture) Size() (width, height int) { return p.width, p.height }

// Decode reads a PNG, JPEG, GIF (its first frame), WebP or BMP file. What is
// wider or higher than limit pixels is reduced; what was taken with the camera on
// its side is turned upright. A file that is too large gives an error that wraps
// ErrTooLarge.
func Decode(r io.Reader, limit int) (*Picture, error) {
	o, err := read(r)
	if err != nil {
		return nil, err
	}
	b := o.img.Bounds()
	w, h := within(b.Dx(), b.Dy(), limit, limit)
	p := &Picture{turned(scale(o.img, w, h), o.turn), b.Dx(), b.Dy()}
	if o.turn >= 5 {
		p.width, p.height = p.height, p.width
	}
	return p, nil
}

// original is a file that has been decoded.
type original struct {
	metadata
	img   image.Image
	kind  string // jpeg, png, gif, webp, bmp
	bytes int
}

// read decodes a file, after a look at how large it is.
func read(r io.Reader) (*original, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("reading a picture: %w", err)
	}
	if len(data) > maxBytes {
		return nil, ErrTooLarge
	}
	c, kind, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("this is no picture of a kind that is known here: %w", err)
	}
	if c.Width <= 0 || c.Height <= 0 || c.Width > maxPixels/c.Height {
		return nil, fmt.Errorf("%d × %d pixels: %w", c.Width, c.Height, ErrTooLarge)
	}
	img, err := decode(data)
	if err != nil {
		return nil, fmt.Errorf("the %s picture is damaged: %w", kind, err)
	}
	return &original{readMetadata(data), img, kind, len(data)}, nil
}

// decode keeps a fault in a decoder from ending the program over a picture.
func decode(data []byte) (img image.Image, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("decoding: %v", p)
		}
	}()
	img, _, err = image.Decode(bytes.NewReader(data))
	return img, err
}

// scale makes the picture as large as that; of a smaller one it blurs nothing
// that was sharp.
func scale(img image.Image, w, h int) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	b := img.Bounds()
	if b.Dx() == w && b.Dy() == h {
		draw.Copy(out, image.Point{}, img, b, draw.Src, nil)
		return out
	}
	how := draw.Interpolator(draw.CatmullRom)
	if b.Dx()*b.Dy() > maxExact { // it takes seconds for a photograph
		how, img = draw.ApproxBiLinear, halved(img, w, h) // it looks at four pixels only
	}
	how.Scale(out, out.Bounds(), img, img.Bounds(), draw.Src, nil)
	return out
}

// halved is the picture halved as long as it is more than twice as large as that.
func halved(img image.Image, w, h int) image.Image {
	for b := img.Bounds(); b.Dx() > 2*w && b.Dy() > 2*h; b = img.Bounds() {
		half := image.NewRGBA(image.Rect(0, 0, b.Dx()/2, b.Dy()/2))
		draw.ApproxBiLinear.Scale(half, half.Bounds(), img, b, draw.Src, nil)
		img = half
	}
	return img
}

// within is the largest size of the same shape that fits, and no larger than
// it is.
func within(w, h, maxW, maxH int) (int, int) {
	if w > maxW {
		w, h = maxW, h*maxW/w
	}
	if h > maxH {
		w, h = w*maxH/h, maxH
	}
	return max(w, 1), max(h, 1)
}
