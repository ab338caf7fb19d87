package tuitest

import (
	"context"
	"strings"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/internal/reading"
)

// Templates implements tui.Backend.
func (b *Backend) Templates(context.Context) ([]app.Template, error) {
	defer b.mu.Unlock()
	err := b.enter("Templates")
	return b.TemplateList, err
}

// TemplateDir implements tui.Backend.
func (b *Backend) TemplateDir() string { return "~/.config/postea/templates" }

// FillTemplate implements tui.Backend: the file is the text, of which {{name}}
// is filled in.
func (b *Backend) FillTemplate(_ context.Context, file string, d mail.Draft) (app.Filled, error) {
	defer b.mu.Unlock()
	err := b.enter("FillTemplate")
	name := "{{name}}"
	if to, _ := mail.ParseAddressList(d.To); len(to) > 0 {
		name = to[0].Label()
	}
	return app.Filled{Subject: "From a template", Body: strings.ReplaceAll(file, "{{name}}", name), Cursor: -1}, err
}

// PreviewDraft implements tui.Backend.
func (b *Backend) PreviewDraft(_ context.Context, d mail.Draft, _ int) ([]app.Text, error) {
	defer b.mu.Unlock()
	err := b.enter("PreviewDraft")
	return []app.Text{reading.Line("As read: " + d.Body)}, err
}

// InlinePicture implements tui.Backend.
func (b *Backend) InlinePicture(ctx context.Context, path string) (mail.AttachmentRef, error) {
	ref, err := b.AttachFile(ctx, path)
	ref.Inline = true
	return ref, err
}

// PictureSizes implements tui.Backend: a picture has 4000 × 3000 pixels, unless it
// is called small.
func (b *Backend) PictureSizes(_ context.Context, ref mail.AttachmentRef) (app.PictureSizes, error) {
	defer b.mu.Unlock()
	err := b.enter("PictureSizes")
	s := app.PictureSizes{Width: 4000, Height: 3000, Full: ref}
	if ref.FullPath != "" {
		s.Full.Path, s.Full.Data, s.Full.Size, s.Full.FullPath, s.Full.FullSize = ref.FullPath, nil, ref.FullSize, "", 0
		s.Full.Name = ref.FullPath[strings.LastIndexByte(ref.FullPath, '/')+1:]
	}
	if strings.Contains(ref.Name, "small") {
		s.Width, s.Height = 640, 480
		return s, err
	}
	for _, edge := range []int{2048, 1280, 800} {
		s.Smaller = append(s.Smaller, app.SmallPicture{Edge: edge, Width: edge, Height: edge * 3 / 4, Ref: smaller(s.Full, edge)})
	}
	return s, err
}

// smaller is a copy of a picture, with a quarter of a byte for each pixel.
func smaller(full mail.AttachmentRef, edge int) mail.AttachmentRef {
	small := full
	small.FullPath, small.FullSize, small.Path = full.Path, full.Size, ""
	small.Name = strings.TrimSuffix(full.Name, ".png")
	if small.Name != full.Name {
		small.Name += ".jpg"
	}
	small.Data = make([]byte, edge*edge*3/16)
	small.Size = int64(len(small.Data))
	return small
}

// SmallerPicture implements tui.Backend.
func (b *Backend) SmallerPicture(ctx context.Context, ref mail.AttachmentRef, edge int) (mail.AttachmentRef, error) {
	if !app.IsPicture(ref) {
		return ref, nil
	}
	s, err := b.PictureSizes(ctx, ref)
	for _, small := range s.Smaller {
		if small.Edge <= edge {
			return small.Ref, err
		}
	}
	return s.Full, err
}

// Speller implements tui.Backend.
func (b *Backend) Speller(context.Context) (*app.Speller, error) {
	defer b.mu.Unlock()
	err := b.enter("Speller")
	return b.Spells, err
}
