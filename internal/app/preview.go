package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"postea/internal/mail"
	"postea/internal/picture"
	"postea/internal/reading"
	"postea/internal/reading/preview"
)

// FileView is an attachment made readable: lines, or a message.
type FileView struct {
	Title   Text
	Lines   []Text
	Message *Message // set for a message and for HTML; without an ID
	Picture *picture.Picture
}

const (
	maxViewText    = 1 << 20  // of a text
	maxViewArchive = 64 << 20 // of an archive, compressed
	maxViewMessage = 64 << 20
	maxViewLines   = 20_000
)

// ViewAttachment makes an attachment (index from 1) readable within postea:
// text, tables of separated values, HTML, a message, the listing of an archive.
// Anything else is a UsageError that says what can be done instead.
func (a *App) ViewAttachment(ctx context.Context, id mail.ID, index int) (FileView, error) {
	m, _, err := a.Parsed(ctx, id)
	if err != nil {
		return FileView{}, err
	}
	if index < 1 || index > len(m.Attachments) {
		return FileView{}, ErrNotFound
	}
	at := m.Attachments[index-1]
	v := FileView{Title: reading.Line(attachmentName(at))}
	head := make([]byte, 512)
	n, _ := io.ReadFull(m.Open(at), head)
	switch {
	case at.Type == "message/rfc822" || at.Type == "message/global" || strings.EqualFold(filepath.Ext(at.Name), ".eml"):
		raw, err := readAttachment(m, at, maxViewMessage)
		if err != nil {
			return v, err
		}
		v.Message = a.inner(reading.Parse(raw))
		return v, nil
	case at.Type == "text/html":
		text, _ := m.FileText(at, maxViewText)
		v.Message = a.inner(reading.Parse([]byte("Content-Type: text/html; charset=utf-8\n\n" + text)))
		return v, nil
	case strings.HasPrefix(at.Type, "image/"):
		p, err := picture.Decode(m.Open(at), pictureLimit)
		if err != nil {
			return v, &UsageError{fmt.Sprintf("%s: %v; open it or save it", v.Title, err)}
		}
		v.Picture = p
		return v, nil
	case preview.IsArchive(head[:n]):
		raw, err := readAttachment(m, at, maxViewArchive)
		if err != nil {
			return v, err
		}
		lines, err := preview.Archive(raw)
		if err != nil && len(lines) == 0 {
			return v, &UsageError{fmt.Sprintf("%s cannot be listed: %v", v.Title, err)}
		}
		if err != nil {
			lines = append(lines, err.Error())
		}
		v.Lines = texts(lines)
		return v, nil
	}
	text, ok := m.FileText(at, maxViewText)
	if !ok {
		return v, &UsageError{fmt.Sprintf("%s is no text and cannot be shown here; open it or save it", v.Title)}
	}
	var lines []string
	if at.Type == "text/csv" || at.Type == "text/tab-separated-values" || strings.EqualFold(filepath.Ext(at.Name), ".csv") || strings.EqualFold(filepath.Ext(at.Name), ".tsv") {
		lines = preview.Table(text)
	}
	if lines == nil {
		lines = strings.Split(strings.TrimRight(text, "\n"), "\n")
	}
	if at.Size > maxViewText {
		lines = append(lines, "… cut here; save it to read all of it")
	}
	v.Lines = texts(lines)
	return v, nil
}

var errTooLargeToView = errors.New("it is too large to be shown here; save it")

func readAttachment(m *reading.Message, at reading.Attachment, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(m.Open(at), limit+1))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", at.SafeName(), err)
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
	m, _, err := a.Parsed(ctx, id)
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
	m, _, err := a.Parsed(ctx, id)
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
