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

// Speller implements tui.Backend.
func (b *Backend) Speller(context.Context) (*app.Speller, error) {
	defer b.mu.Unlock()
	err := b.enter("Speller")
	return b.Spells, err
}
