package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"postea/internal/mail"
	"postea/internal/picture"
)

// PictureSizes are the sizes that an attached picture can be sent in.
type PictureSizes struct {
	Width, Height int                // as it was attached, in pixels
	Full          mail.AttachmentRef // so
	Smaller       []SmallPicture     // the largest first
}

// SmallPicture is a smaller copy of a picture.
type SmallPicture struct {
	Edge          int // that it was made for: the longer one, in pixels
	Width, Height int
	Ref           mail.AttachmentRef
}

// pictureEdges are for a screen, for a text, and for a look in passing.
func pictureEdges() []int { return []int{2048, 1280, 800} }

// IsPicture tells of an attachment that a smaller copy can be made of, as far as
// its name and type say.
func IsPicture(ref mail.AttachmentRef) bool {
	kind, _, _ := strings.Cut(ref.Type, ";")
	switch strings.ToLower(strings.TrimSpace(kind)) {
	case "image/jpeg", "image/png", "image/webp", "image/bmp":
		return true
	}
	switch strings.ToLower(filepath.Ext(attachedName(ref))) {
	case ".jpg", ".jpeg", ".jfif", ".png", ".webp", ".bmp":
		return true
	}
	return false
}

func attachedName(ref mail.AttachmentRef) string {
	if ref.Name == "" && ref.Path != "" {
		return filepath.Base(ref.Path)
	}
	return ref.Name
}

// PictureSizes gives the sizes of an attached picture; of one that was made
// smaller before, those of the file that it was made from, as long as that is
// there. The error is a *UsageError where no smaller copy can be made.
func (a *App) PictureSizes(_ context.Context, ref mail.AttachmentRef) (PictureSizes, error) {
	s, err := pictureSizes(ref, pictureEdges()...)
	if err != nil {
		return s, &UsageError{err.Error()}
	}
	return s, nil
}

// SmallerPicture gives an attached picture with a longer edge of so many pixels,
// from what it was before it was made smaller. 0 gives it as it was attached.
// What is smaller already, is no picture or moves is given back as it is.
func (a *App) SmallerPicture(_ context.Context, ref mail.AttachmentRef, edge int) (mail.AttachmentRef, error) {
	if !IsPicture(ref) {
		return ref, nil
	}
	if edge == 0 {
		return fullPicture(ref), nil
	}
	s, err := pictureSizes(ref, edge)
	switch {
	case errors.Is(err, picture.ErrMoving):
		return ref, nil
	case err != nil:
		return ref, &UsageError{err.Error()}
	case len(s.Smaller) == 0:
		return s.Full, nil
	}
	return s.Smaller[0].Ref, nil
}

func pictureSizes(ref mail.AttachmentRef, edges ...int) (PictureSizes, error) {
	s := PictureSizes{Full: fullPicture(ref)}
	r, err := openAttached(s.Full)
	if err != nil {
		return s, err
	}
	defer r.Close()
	w, h, list, err := picture.Smaller(r, edges...)
	if err != nil {
		return s, fmt.Errorf("%s: %w", SafeLine(attachedName(ref)), err)
	}
	s.Width, s.Height = w, h
	for _, f := range list {
		s.Smaller = append(s.Smaller, SmallPicture{Edge: max(f.Width, f.Height), Width: f.Width, Height: f.Height, Ref: smallRef(s.Full, f)})
	}
	return s, nil
}

// fullPicture is an attachment as it was before it was made smaller.
func fullPicture(ref mail.AttachmentRef) mail.AttachmentRef {
	if ref.FullPath == "" {
		return ref
	}
	info, err := os.Stat(ref.FullPath)
	if err != nil || !info.Mode().IsRegular() {
		return ref
	}
	ref.Name = withExt(attachedName(ref), filepath.Ext(ref.FullPath))
	ref.Path, ref.Data, ref.Type, ref.Size = ref.FullPath, nil, "", info.Size()
	ref.FullPath, ref.FullSize = "", 0
	return ref
}

// smallRef is a smaller copy of an attachment, in its place.
func smallRef(full mail.AttachmentRef, f picture.File) mail.AttachmentRef {
	small := full
	small.Name = withExt(attachedName(full), f.Ext)
	small.Path, small.Data, small.Type, small.Size = "", f.Data, f.Type, int64(len(f.Data))
	small.FullPath, small.FullSize = full.Path, full.Size
	return small
}

// withExt gives a file name another extension, where it does not say the same.
func withExt(name, ext string) string {
	was := filepath.Ext(name)
	same := func(e string) string {
		if e = strings.ToLower(e); e == ".jpeg" || e == ".jfif" {
			return ".jpg"
		}
		return e
	}
	if same(was) == same(ext) {
		return name
	}
	return strings.TrimSuffix(name, was) + ext
}

func openAttached(ref mail.AttachmentRef) (io.ReadCloser, error) {
	if ref.Path == "" {
		return io.NopCloser(bytes.NewReader(ref.Data)), nil
	}
	f, _, err := openRegular(ref.Path)
	if err != nil {
		return nil, fmt.Errorf("%s %w", SafeLine(ref.Path), err)
	}
	return f, nil
}
