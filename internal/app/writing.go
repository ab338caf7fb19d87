package app

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"postea/internal/compose"
	"postea/internal/mail"
	"postea/internal/reading"
)

// maxTemplate bounds a template, in bytes.
const maxTemplate = 1 << 20

// Template is a text to begin with, from the directory of templates.
type Template struct {
	Name  Text
	About Text // its subject, or the beginning of its text
	File  string
}

// Filled is a template whose known fields have been filled in.
type Filled struct {
	To, Cc, Bcc, Subject, Body string
	Cursor                     int // in Body, in bytes; -1 at its end
}

// TemplateDir is where the templates lie.
func (a *App) TemplateDir() string { return a.cfg.TemplateDir() }

// Templates lists the templates by name: the .md and .txt files beside the
// configuration in templates/. No such directory is an empty list.
func (a *App) Templates(_ context.Context) ([]Template, error) {
	dir := a.TemplateDir()
	entries, err := os.ReadDir(dir)
	if err != nil && !os.IsNotExist(err) {
		return nil, fmt.Errorf("reading the templates: %w", err)
	}
	var out []Template
	for _, e := range entries {
		ext := strings.ToLower(filepath.Ext(e.Name()))
		if e.IsDir() || ext != ".md" && ext != ".txt" {
			continue
		}
		t, err := readTemplate(dir, e.Name())
		if err != nil {
			a.log.Warn("template", "err", err)
			continue
		}
		about := t.Subject
		if about == "" {
			about, _, _ = strings.Cut(strings.TrimSpace(t.Body), "\n")
		}
		out = append(out, Template{Name: reading.Line(strings.TrimSuffix(e.Name(), filepath.Ext(e.Name()))), About: reading.Line(about), File: e.Name()})
	}
	slices.SortFunc(out, func(x, y Template) int { return strings.Compare(x.File, y.File) })
	return out, nil
}

func readTemplate(dir, name string) (compose.Template, error) {
	if !fs.ValidPath(name) || strings.Contains(name, "/") {
		return compose.Template{}, &UsageError{fmt.Sprintf("%q is no template", name)}
	}
	path := filepath.Join(dir, name)
	info, err := os.Stat(path)
	if err != nil {
		return compose.Template{}, fmt.Errorf("reading the template: %w", err)
	}
	if !info.Mode().IsRegular() { // who opens a pipe waits for whoever writes to it
		return compose.Template{}, &UsageError{fmt.Sprintf("%s is no file", path)}
	}
	f, err := os.Open(path)
	if err != nil {
		return compose.Template{}, fmt.Errorf("reading the template: %w", err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxTemplate))
	if err != nil {
		return compose.Template{}, fmt.Errorf("reading the template %s: %w", name, err)
	}
	return compose.ParseTemplate(reading.OwnText(b, "")), nil
}

// FillTemplate fills a template in for a draft: {{name}}, {{first_name}} and
// {{address}} are its first recipient, or else that of the template, {{my_name}} and {{my_address}} its sender,
// {{subject}}, {{date}} and {{time}} speak for themselves; {{cursor}} is where
// writing goes on. Other fields stay for the user to fill in.
func (a *App) FillTemplate(_ context.Context, file string, d mail.Draft) (Filled, error) {
	t, err := readTemplate(a.TemplateDir(), file)
	if err != nil {
		return Filled{}, err
	}
	now := a.now()
	values := map[string]string{
		"my_name": d.From.Name, "my_address": d.From.Address, "subject": d.Subject, "date": now.Format("2 January 2006"), "time": now.Format("15:04"),
	}
	if to, _ := mail.ParseAddressList(d.To + "," + t.To); len(to) > 0 {
		values["address"], values["name"], values["first_name"] = to[0].Address, to[0].Name, firstName(to[0].Name)
	}
	maps.DeleteFunc(values, func(_, known string) bool { return strings.TrimSpace(known) == "" })
	t = t.Fill(values)
	return Filled(t), nil
}

// firstName is how one addresses somebody: of "Hopper, Grace" and "Grace
// Hopper" it is Grace.
func firstName(name string) string {
	if _, given, ok := strings.Cut(name, ","); ok && strings.TrimSpace(given) != "" {
		name = strings.TrimSpace(given)
	}
	first, _, _ := strings.Cut(strings.TrimSpace(name), " ")
	return first
}

// PreviewDraft lays out a draft as its recipients see it: the HTML version where
// there is one. Attachments are not read but for pictures in the text.
func (a *App) PreviewDraft(_ context.Context, d mail.Draft, width int) ([]Text, error) {
	d.To, d.Cc, d.Bcc = d.From.Address, "", ""
	d.Attach = slices.DeleteFunc(slices.Clone(d.Attach), func(f mail.AttachmentRef) bool {
		return !f.Inline && !strings.Contains(d.Body, compose.FileName(f))
	})
	built, err := compose.Build(d, compose.Options{Now: a.now()})
	if err != nil {
		return nil, err
	}
	var out []Text
	for _, l := range reading.Parse(built.Wire).Lines(width, reading.LayoutOptions{PreferHTML: d.Markdown}) {
		var b strings.Builder
		b.WriteString(strings.Repeat("│ ", l.Depth))
		for _, s := range l.Spans {
			b.WriteString(s.Text)
		}
		out = append(out, reading.Block(b.String()))
	}
	return out, nil
}

// InlinePicture makes a file of an attachment that is shown within the text. The
// error is a *UsageError where it is no picture.
func (a *App) InlinePicture(ctx context.Context, path string) (mail.AttachmentRef, error) {
	ref, err := a.AttachFile(ctx, path)
	if err != nil {
		return ref, err
	}
	switch strings.ToLower(filepath.Ext(ref.Path)) {
	case ".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".svg":
		ref.Inline = true
		return ref, nil
	}
	return ref, &UsageError{SafeLine(ref.Name) + " is no picture that can stand in a text"}
}
