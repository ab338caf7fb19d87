package picture

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/draw"
)

// jpegQuality is one at which photographs show no traces at the size they are
// looked at.
const jpegQuality = 85

// ErrMoving says that a picture moves, and would no longer.
var ErrMoving = errors.New("the picture moves, and stays as it is")

// File is a picture to be sent.
type File struct {
	Data          []byte
	Type          string // image/jpeg or image/png
	Ext           string // .jpg or .png
	Width, Height int    // in pixels
}

// Smaller makes smaller copies of a PNG, JPEG, WebP or BMP file: one for each
// length of the longer edge, in pixels, from the longest to the shortest. Copies
// that would have no fewer pixels or bytes than the file are left out. It also
// gives the size of the file as it is seen, in pixels.
//
// A copy stands upright and keeps the file's colours; nothing else that the file
// tells (when, where and with what it was taken) is in it. A JPEG stays one; of
// another file without transparency, a copy is a JPEG where that is less than half
// as large. The error wraps ErrTooLarge or ErrMoving, or says that this is no
// picture.
func Smaller(r io.Reader, edges ...int) (width, height int, list []File, err error) {
	o, err := read(r)
	if err != nil {
		return 0, 0, nil, err
	}
	if o.moving || o.kind == "gif" {
		return 0, 0, nil, ErrMoving
	}
	b := o.img.Bounds()
	width, height = b.Dx(), b.Dy()
	if o.turn >= 5 {
		width, height = height, width
	}
	img := o.img
	for _, edge := range edges {
		if edge <= 0 || edge >= max(width, height) {
			continue
		}
		w, h := within(b.Dx(), b.Dy(), edge, edge)
		img = halved(img, w, h)
		f, err := o.encode(turned(finely(img, w, h), o.turn))
		if err != nil {
			return width, height, nil, err
		}
		if len(f.Data) < o.bytes {
			list = append(list, f)
		}
	}
	return width, height, list, nil
}

// finely scales by what keeps edges sharp.
func finely(img image.Image, w, h int) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.CatmullRom.Scale(out, out.Bounds(), img, img.Bounds(), draw.Src, nil)
	return out
}

func (o *original) encode(img *image.RGBA) (File, error) {
	f := File{Width: img.Bounds().Dx(), Height: img.Bounds().Dy()}
	opaque := o.kind == "jpeg" || img.Opaque()
	if opaque {
		var b bytes.Buffer
		if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: jpegQuality}); err != nil {
			return f, fmt.Errorf("making a smaller picture: %w", err)
		}
		f.Data, f.Type, f.Ext = jpegWithProfile(b.Bytes(), o.profile), "image/jpeg", ".jpg"
	}
	if o.kind == "jpeg" {
		return f, nil
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return f, fmt.Errorf("making a smaller picture: %w", err)
	}
	if data := pngWithProfile(b.Bytes(), o.profile); !opaque || len(data) <= 2*len(f.Data) {
		f.Data, f.Type, f.Ext = data, "image/png", ".png"
	}
	return f, nil
}

// jpegWithProfile puts a colour profile behind the first mark of a JPEG, in pieces
// that fit into its segments (ICC.1:2022 §B.4).
func jpegWithProfile(file, profile []byte) []byte {
	count := (len(profile) + maxICCLen - 1) / maxICCLen
	if count == 0 || count > 255 {
		return file
	}
	out := append([]byte(nil), file[:2]...)
	for n := 1; n <= count; n++ {
		piece := profile[:min(len(profile), maxICCLen)]
		profile = profile[len(piece):]
		out = binary.BigEndian.AppendUint16(append(out, 0xff, 0xe2), uint16(2+len(iccMark)+2+len(piece)))
		out = append(append(append(out, iccMark...), byte(n), byte(count)), piece...)
	}
	return append(out, file[2:]...)
}

// pngWithProfile puts a colour profile behind the first chunk of a PNG, the
// header (PNG 3rd edition §11.3.2.3).
func pngWithProfile(file, profile []byte) []byte {
	const header = len(pngMagic) + 12 + 13
	if len(profile) == 0 || len(file) < header {
		return file
	}
	var chunk bytes.Buffer
	chunk.WriteString("iCCPprofile\x00\x00")
	z := zlib.NewWriter(&chunk)
	_, err := z.Write(profile)
	if err := errors.Join(err, z.Close()); err != nil {
		return file
	}
	out := append([]byte(nil), file[:header]...)
	out = binary.BigEndian.AppendUint32(out, uint32(chunk.Len()-4))
	out = binary.BigEndian.AppendUint32(append(out, chunk.Bytes()...), crc32.ChecksumIEEE(chunk.Bytes()))
	return append(out, file[header:]...)
}
