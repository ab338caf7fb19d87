package app

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"postea/internal/mail"
	"postea/internal/picture"
	"postea/internal/reading"
	"postea/internal/reading/preview"
	"postea/internal/reading/rtf"
)

// FileView is an attachment made readable: lines, or a message.
type FileView struct {
	Title   Text
	Lines   []Text
	Fields  int      // how many of Lines, the first ones, are fields of a header
	Message *Message // set for a message and for HTML; without an ID
	Picture *picture.Picture
}

const (
	maxViewText    = 1 << 20  // of a text
	maxViewArchive = 64 << 20 // of an archive, compressed
	maxViewMessage = 64 << 20
	maxViewPDF     = 32 << 20
	maxViewRTF     = 16 << 20
	maxViewBytes   = 16 << 10 // of what is no text
	maxViewLines   = 20_000
)

// viewable is something within a message that can be looked at.
type viewable struct {
	name string // true
	kind string // media type
	size int64
	open func() io.Reader
	text func(limit int64) (string, bool)
}

// ViewAttachment makes an attachment (index from 1) readable within postea:
// text, tables of separated values, HTML, a message, a picture, the text of a
// PDF or of RTF, the listing of an archive. Anything else is a UsageError that says what
// can be done instead.
func (a *App) ViewAttachment(ctx context.Context, id mail.ID, index int) (FileView, error) {
	m, at, err := a.file(ctx, id, index)
	if err != nil {
		return FileView{}, err
	}
	return a.view(ctx, viewable{
		name: attachmentName(at), kind: at.Type, size: at.Size,
		open: func() io.Reader { return m.Open(at) },
		text: func(limit int64) (string, bool) { return m.FileText(at, limit) },
	})
}

func (a *App) view(ctx context.Context, f viewable) (FileView, error) {
	v := FileView{Title: reading.Line(f.name)}
	head := make([]byte, 512)
	n, _ := io.ReadFull(f.open(), head)
	head = head[:n]
	var lines []string
	var err error
	switch {
	case f.kind == "message/rfc822" || f.kind == "message/global" || f.ext() == ".eml":
		var raw []byte
		if raw, err = f.all(maxViewMessage); err == nil {
			v.Message = a.inner(reading.Parse(raw))
		}
		return v, err
	case f.kind == "text/html":
		text, _ := f.text(maxViewText)
		v.Message = a.inner(reading.Parse([]byte("Content-Type: text/html; charset=utf-8\n\n" + text)))
		return v, nil
	case strings.HasPrefix(f.kind, "image/"):
		if v.Picture, err = picture.Decode(f.open(), pictureLimit); err != nil {
			return v, &UsageError{fmt.Sprintf("%s: %v; open it or save it", v.Title, err)}
		}
		return v, nil
	case rtf.Is(head):
		lines, err = f.rtf()
	case preview.IsPDF(head):
		lines, err = a.pdfLines(ctx, f)
	case preview.IsArchive(head):
		lines, err = f.archive()
	default:
		lines, err = f.lines()
	}
	if err != nil {
		return v, err
	}
	v.Lines = texts(lines)
	return v, nil
}

func (f viewable) ext() string { return strings.ToLower(filepath.Ext(f.name)) }

func (f viewable) rtf() ([]string, error) {
	raw, err := f.all(maxViewRTF)
	if err != nil {
		return nil, err
	}
	return strings.Split(rtf.Text(raw), "\n"), nil
}

func (a *App) pdfLines(ctx context.Context, f viewable) ([]string, error) {
	raw, err := f.all(maxViewPDF)
	if err != nil {
		return nil, err
	}
	text, err := a.pdf(ctx, raw)
	if err != nil {
		return nil, &UsageError{fmt.Sprintf("%s cannot be shown here (%v); open it or save it", reading.Line(f.name), err)}
	}
	return strings.Split(text, "\n"), nil
}

// archive lists what is in it, and says where the list broke off.
func (f viewable) archive() ([]string, error) {
	raw, err := f.all(maxViewArchive)
	if err != nil {
		return nil, err
	}
	lines, err := preview.Archive(raw)
	if err != nil && len(lines) == 0 {
		return nil, &UsageError{fmt.Sprintf("%s cannot be listed: %v", reading.Line(f.name), err)}
	}
	if err != nil {
		lines = append(lines, err.Error())
	}
	return lines, nil
}

func (f viewable) lines() ([]string, error) {
	text, ok := f.text(maxViewText)
	if !ok {
		return nil, &UsageError{fmt.Sprintf("%s is no text and cannot be shown here; open it or save it", reading.Line(f.name))}
	}
	var lines []string
	if ext := f.ext(); f.kind == "text/csv" || f.kind == "text/tab-separated-values" || ext == ".csv" || ext == ".tsv" {
		lines = preview.Table(text)
	}
	if lines == nil {
		lines = strings.Split(strings.TrimRight(text, "\n"), "\n")
	}
	if f.size > maxViewText {
		lines = append(lines, "… cut here; save it to read all of it")
	}
	return lines, nil
}

// PartItem is a part in the structure of a message.
type PartItem struct {
	Path  string // "" for the message itself, where it is a multipart
	Depth int
	Type  Text
	Name  Text // may be empty
	Size  int64
	Leaf  bool // there is something to look at
	Away  bool // it was left at the server; Size is an estimate
}

// Structure lists the parts of a message, multiparts before what they hold.
func (a *App) Structure(ctx context.Context, id mail.ID) ([]PartItem, error) {
	m, _, err := a.Readable(ctx, id)
	if err != nil {
		return nil, err
	}
	var out []PartItem
	for _, p := range m.Parts {
		kind := p.Type
		if p.Charset != "" {
			kind += "; " + p.Charset
		}
		_, leaf := m.OpenPart(p.Path)
		out = append(out, PartItem{Path: p.Path, Depth: strings.Count(p.Path, "."), Type: reading.Line(kind), Name: reading.Line(p.Name), Size: p.Size, Leaf: leaf, Away: p.Away})
	}
	return out, nil
}

// ViewPart shows the fields of a part and its decoded content as it is: a text is
// not laid out, and what is no text is shown byte by byte.
func (a *App) ViewPart(ctx context.Context, id mail.ID, path string) (FileView, error) {
	m, _, err := a.Readable(ctx, id)
	if err != nil {
		return FileView{}, err
	}
	if slices.ContainsFunc(m.Parts, func(p reading.Part) bool { return p.Path == path && p.Away }) {
		if err := a.FetchPart(ctx, id, path); err != nil {
			return FileView{}, err
		}
		if m, _, err = a.Readable(ctx, id); err != nil {
			return FileView{}, err
		}
	}
	r, ok := m.OpenPart(path)
	if !ok {
		return FileView{}, &UsageError{"this part only holds others"}
	}
	var head []string
	if h, _ := m.PartHeader(path); path != "1" || len(m.Parts) > 1 { // the header of the message has a view of its own
		for _, f := range h.All() {
			head = append(head, f.Name+": "+f.Value)
		}
		head = append(head, "")
	}
	v := FileView{Title: reading.Line("part " + path), Fields: len(head)}
	if text, ok := m.PartText(path, maxViewText); ok {
		v.Lines = texts(append(head, strings.Split(strings.TrimRight(text, "\n"), "\n")...))
		return v, nil
	}
	data, err := io.ReadAll(io.LimitReader(r, maxViewBytes+1))
	if err != nil {
		return v, fmt.Errorf("reading part %s: %w", path, err)
	}
	cut := len(data) > maxViewBytes
	lines := strings.Split(strings.TrimRight(hex.Dump(data[:min(len(data), maxViewBytes)]), "\n"), "\n")
	if cut {
		lines = append(lines, "… cut here")
	}
	v.Lines = texts(append(head, lines...))
	return v, nil
}

var errTooLargeToView = errors.New("it is too large to be shown here; save it")

func (f viewable) all(limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(f.open(), limit+1))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", reading.Line(f.name), err)
	}
	if int64(len(data)) > limit {
		return nil, &UsageError{errTooLargeToView.Error()}
	}
	return data, nil
}

// texts makes lines safe; blanks at their beginnings stay.
func texts(lines []string) []Text {
	if len(lines) > maxViewLines {
		lines = append(lines[:maxViewLines:maxViewLines], "… cut here")
	}
	out := make([]Text, len(lines))
	for i, l := range lines {
		l = strings.ReplaceAll(strings.TrimRight(l, "\r"), "\t", "    ")
		out[i] = reading.Block(strings.ReplaceAll(l, "\r", " "))
	}
	return out
}

// inner is a message that stands within another.
func (a *App) inner(m *reading.Message) *Message {
	h := m.Header
	out := &Message{
		From: a.strangers(h.From), To: a.strangers(h.To), Cc: a.strangers(h.Cc), Subject: reading.Line(h.Subject), Date: h.Date,
		Here: true, Body: body{m, a.cfg.Reading.PreferHTML}, Attachments: attachments(m), Protection: m.Protection().Words(),
	}
	return out
}

// strangers are persons of whom it is not said which are the reader.
func (a *App) strangers(list []mail.Address) []Person {
	out := make([]Person, len(list))
	for i, p := range list {
		out[i] = Person{Name: reading.Line(p.Name), Address: reading.Line(p.Address)}
	}
	return out
}

// Copies are what can be copied of a message, all of it safe to be pasted: no
// control characters, nothing that hides.
type Copies struct {
	Address   string // of the sender; "" for none
	Subject   string
	MessageID string // with <>; "" for none
	Text      string
}

// Copies gives what can be copied of a message.
func (a *App) Copies(ctx context.Context, id mail.ID) (Copies, error) {
	m, _, err := a.Readable(ctx, id)
	if err != nil {
		return Copies{}, err
	}
	c := Copies{Subject: SafeLine(m.Header.Subject), Text: SafeBlock(m.Text())}
	if len(m.Header.From) > 0 {
		c.Address = SafeLine(m.Header.From[0].Address)
	}
	if m.Header.MessageID != "" {
		c.MessageID = "<" + SafeLine(m.Header.MessageID) + ">"
	}
	return c, nil
}

// OpenHTML hands the HTML version to the system's browser, as a private file
// without anything that runs or is fetched.
func (a *App) OpenHTML(ctx context.Context, id mail.ID) error {
	m, _, err := a.Readable(ctx, id)
	if err != nil {
		return err
	}
	page := m.WebPage()
	if page == "" {
		return &UsageError{"this message has no HTML version"}
	}
	path, err := a.privateFile("message.html", bytes.NewReader([]byte(page)))
	if err != nil {
		return fmt.Errorf("opening the HTML: %w", err)
	}
	return a.systemOpen(ctx, path)
}
