package app

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"postea/internal/reading/preview"
)

const (
	pdfTimeout = 10 * time.Second
	maxPDFText = 4 << 20
)

// pdf gives the text of a PDF. Where there is a helper, it is read in a process
// of its own, which can be ended: a file can be made to take a reader for ever.
func (a *App) pdf(ctx context.Context, data []byte) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, pdfTimeout)
	defer cancel()
	if len(a.helper) == 0 {
		return preview.PDFText(ctx, data, maxPDFText)
	}
	cmd := exec.CommandContext(ctx, a.helper[0], append(a.helper[1:len(a.helper):len(a.helper)], "pdf")...)
	cmd.Stdin = bytes.NewReader(data)
	cmd.Env = append(os.Environ(), "GOMEMLIMIT=256MiB")
	out := &boundedBuffer{left: maxPDFText}
	cmd.Stdout = out
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return "", errors.New("it takes too long to read")
	case err != nil:
		return "", errors.New("no text can be read in it")
	}
	return strings.TrimRight(out.b.String(), "\n"), nil
}

// Help does, in a process of its own, what is better not done in this one: it
// reads a file from in and writes what it says to out. The command runs it under the
// words of Options.Helper.
func Help(ctx context.Context, what string, in io.Reader, out io.Writer) error {
	if what != "pdf" {
		return &UsageError{"there is no such help"}
	}
	data, err := io.ReadAll(io.LimitReader(in, maxViewPDF+1))
	if err != nil {
		return err
	}
	text, err := preview.PDFText(ctx, data, maxPDFText)
	if err != nil {
		return err
	}
	_, err = io.WriteString(out, text)
	return err
}
