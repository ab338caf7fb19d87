package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"postea/internal/apart"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/internal/store"
)

// ExportName proposes the file that conversations are exported to: a name of
// their subject in the directory for downloads, that is not taken.
func (a *App) ExportName(ctx context.Context, in Place, t []mail.ThreadID) (string, error) {
	ids, err := a.chosenMessages(ctx, in, t)
	if err != nil || len(ids) == 0 {
		return "", err
	}
	m, err := a.store.Summary(ctx, ids[0])
	if err != nil {
		return "", err
	}
	ext := ".eml"
	if len(ids) > 1 {
		ext = ".mbox"
	}
	stem := strings.TrimSuffix(reading.Attachment{Name: subjectLine(m.Subject).String() + ext}.SafeName(), ext)
	for n := 1; n < 1000; n++ {
		name := stem + ext
		if n > 1 {
			name = fmt.Sprintf("%s (%d)%s", stem, n, ext)
		}
		path := filepath.Join(a.cfg.DownloadDir(), name)
		if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
			return path, nil
		}
	}
	return filepath.Join(a.cfg.DownloadDir(), stem+ext), nil
}

// chosenMessages are the messages of conversations in a place, oldest first.
func (a *App) chosenMessages(ctx context.Context, in Place, t []mail.ThreadID) ([]mail.ID, error) {
	heads, err := a.headsOnce(ctx, in, t)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(heads, func(x, y store.MsgHead) int { return x.Date.Compare(y.Date) })
	return idsOf(heads), nil
}

// Export writes the messages of conversations to a new file: one as it is
// (.eml), any number as a mailbox (.mbox, RFC 4155 in the manner of mboxrd), or
// as text (.txt). A file that is there already is not touched.
func (a *App) Export(ctx context.Context, in Place, t []mail.ThreadID, path string) (string, error) {
	ids, err := a.chosenMessages(ctx, in, t)
	if err != nil {
		return "", err
	}
	if path, err = absolute(strings.TrimSpace(path)); err != nil {
		return "", err
	}
	data, err := a.exported(ctx, ids, strings.ToLower(filepath.Ext(path)))
	if err != nil {
		return "", err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return "", &UsageError{fmt.Sprintf("%s is there already; nothing was written", path)}
	}
	if err != nil {
		return "", fmt.Errorf("exporting: %w", err)
	}
	_, err = f.Write(data)
	if err := errors.Join(err, f.Close()); err != nil {
		return "", errors.Join(fmt.Errorf("exporting: %w", err), os.Remove(path))
	}
	return fmt.Sprintf("Exported %s to %s", messages(len(ids)), path), nil
}

func (a *App) exported(ctx context.Context, ids []mail.ID, ext string) ([]byte, error) {
	var out bytes.Buffer
	switch ext {
	case ".eml":
		if len(ids) != 1 {
			return nil, &UsageError{fmt.Sprintf("A .eml holds one message, not %d; name it .mbox or .txt", len(ids))}
		}
		if err := a.bringWhole(ctx, ids[0]); err != nil {
			return nil, err
		}
		return a.Raw(ctx, ids[0])
	case ".mbox", ".mbx":
		for _, id := range ids {
			if err := a.bringWhole(ctx, id); err != nil {
				return nil, err
			}
			raw, err := a.Raw(ctx, id)
			if err != nil {
				return nil, a.notHere(ctx, id, err)
			}
			m, err := a.store.Summary(ctx, id)
			if err != nil {
				return nil, err
			}
			writeMbox(&out, m, raw)
		}
	case ".txt":
		return a.asText(ctx, ids, func(m *reading.Message) string { return reading.Block(m.Text()).String() })
	default:
		return nil, &UsageError{"The name of the file ends in .eml, .mbox or .txt"}
	}
	return out.Bytes(), nil
}

// lineOfText is how long a line is where text ends up on paper.
const lineOfText = 72

func (a *App) asText(ctx context.Context, ids []mail.ID, body func(*reading.Message) string) ([]byte, error) {
	var out bytes.Buffer
	for i, id := range ids {
		if i > 0 {
			out.WriteString("\n\n" + strings.Repeat("-", lineOfText) + "\n\n")
		}
		if err := a.writeText(ctx, &out, id, body); err != nil {
			return nil, err
		}
	}
	return out.Bytes(), nil
}

// onPaper gives a text in lines: a printer would break words, and knows no tables.
func onPaper(m *reading.Message) string {
	var out strings.Builder
	for _, line := range m.Lines(lineOfText, reading.LayoutOptions{Graphemes: true}) {
		out.WriteString(line.String() + "\n")
	}
	return out.String()
}

// notHere names the message whose body is missing, and asks for it.
func (a *App) notHere(ctx context.Context, id mail.ID, err error) error {
	if !errors.Is(err, ErrNotHere) {
		return err
	}
	m, serr := a.store.Summary(ctx, id)
	if serr != nil {
		return serr
	}
	if werr := a.store.WantPart(ctx, id, mail.WholePart); werr != nil {
		return werr
	}
	return fmt.Errorf("%q: %w; it is being fetched, try again", subjectLine(m.Subject), err)
}

// writeMbox writes one message of a mailbox, RFC 4155: lines that could be taken
// for the beginning of a message are quoted by a ">".
func writeMbox(out *bytes.Buffer, m mail.Summary, raw []byte) {
	sender := "MAILER-DAEMON"
	if len(m.From) > 0 && !strings.ContainsAny(m.From[0].Address, " \r\n") && m.From[0].Address != "" {
		sender = m.From[0].Address
	}
	fmt.Fprintf(out, "From %s %s\n", sender, m.Date.UTC().Format(time.ANSIC))
	raw = bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n"))
	for line := range bytes.SplitSeq(bytes.TrimSuffix(raw, []byte("\n")), []byte("\n")) {
		if bytes.HasPrefix(bytes.TrimLeft(line, ">"), []byte("From ")) {
			out.WriteByte('>')
		}
		out.Write(line)
		out.WriteByte('\n')
	}
	out.WriteByte('\n')
}

// writeText writes a message as it is read.
func (a *App) writeText(ctx context.Context, out *bytes.Buffer, id mail.ID, body func(*reading.Message) string) error {
	m, sum, err := a.Readable(ctx, id)
	if err != nil {
		return a.notHere(ctx, id, err)
	}
	for _, f := range []struct{ name, value string }{
		{"From", mail.FormatAddresses(sum.From)}, {"To", mail.FormatAddresses(sum.To)}, {"Cc", mail.FormatAddresses(sum.Cc)},
		{"Date", sum.Date.In(a.now().Location()).Format(time.RFC1123Z)}, {"Subject", sum.Subject},
	} {
		if f.value != "" {
			fmt.Fprintf(out, "%s: %s\n", f.name, reading.Line(f.value))
		}
	}
	fmt.Fprintf(out, "\n%s\n", strings.TrimRight(body(m), "\n"))
	return nil
}

// printers are the commands that print their standard input.
var printers = [][]string{{"lp", "-s"}, {"lpr"}}

// Print gives the text of conversations to the printer of the system.
func (a *App) Print(ctx context.Context, in Place, t []mail.ThreadID) (string, error) {
	ids, err := a.chosenMessages(ctx, in, t)
	if err != nil {
		return "", err
	}
	text, err := a.asText(ctx, ids, onPaper)
	if err != nil {
		return "", err
	}
	for _, argv := range printers {
		path, err := exec.LookPath(argv[0])
		if err != nil {
			continue
		}
		limit, cancel := context.WithTimeout(ctx, pipeTimeout)
		defer cancel()
		cmd := exec.CommandContext(limit, path, argv[1:]...)
		apart.Set(cmd)
		cmd.Stdin = bytes.NewReader(text)
		if out, err := cmd.CombinedOutput(); err != nil {
			return "", fmt.Errorf("printing by %s: %w: %s", argv[0], err, reading.Line(string(out)))
		}
		return "Sent to the printer: " + messages(len(ids)), nil
	}
	return "", &UsageError{"There is neither lp nor lpr here; exporting it writes a .txt"}
}
