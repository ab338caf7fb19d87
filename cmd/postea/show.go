package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/internal/reading"
)

// maxMessage bounds what is read of a file or a pipe.
const maxMessage = 512 << 20

func (e *env) showCommand() *cobra.Command {
	var text, headers, raw, force, fetch bool
	var width int
	c := &cobra.Command{
		Use:   "show ID|FILE.eml|-",
		Short: "Show a message as the reader does",
		Long: `Show a message of the store, of a file, or of standard input (-), as the reader
lays it out. For a file neither configuration nor store is needed or made.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if width < 0 {
				return exit(exUsage, "--width says how many cells there are, and cannot be less than none")
			}
			m, sum, err := e.message(c.Context(), args[0], raw, fetch)
			if err != nil {
				return err
			}
			switch {
			case raw && e.outTerminal && !force:
				return exit(exUsage, "the exact bytes could harm this terminal: redirect them, or use --force")
			case raw:
				_, err := e.stdout.Write(m.Source())
				return err
			case e.json:
				return e.emit(shown(m, sum))
			case headers:
				for _, f := range m.Header.All() {
					e.print("%s", app.SafeLine(f.Name+": "+f.Value))
				}
				return nil
			}
			if width <= 0 {
				width = 80
				if e.width > 0 {
					width = min(e.width, 100)
				}
			}
			e.printMessage(m, width)
			return nil
		},
	}
	f := c.Flags()
	f.BoolVar(&text, "text", false, "the text, laid out (the default)")
	f.BoolVar(&headers, "headers", false, "all header fields")
	f.BoolVar(&raw, "raw", false, "the exact bytes")
	f.BoolVar(&force, "force", false, "allow --raw on a terminal")
	f.BoolVar(&fetch, "fetch", false, "ask the server for a message that is not here yet")
	f.IntVar(&width, "width", 0, "lay out for this many `cells`")
	c.MarkFlagsMutuallyExclusive("text", "headers", "raw")
	return c
}

// message finds what an argument names: an id, a file, or - for standard input. Of a
// large message, parts may be missing unless it must be whole.
func (e *env) message(ctx context.Context, arg string, whole, fetch bool) (*reading.Message, mail.Summary, error) {
	id, isID := mail.ParseID(arg)
	if arg == "-" || !isID || fileExists(arg) && strings.Contains(arg, "/") {
		raw, err := e.readMessage(arg)
		if err != nil {
			return nil, mail.Summary{}, err
		}
		return reading.Parse(raw), mail.Summary{}, nil
	}
	a, err := e.openFor(ctx, fetch)
	if err != nil {
		return nil, mail.Summary{}, err
	}
	defer a.Close()
	read := a.Readable
	if whole {
		read = a.Parsed
	}
	m, sum, err := read(ctx, id)
	if errors.Is(err, app.ErrNotHere) && fetch {
		if err = a.Fetch(ctx, id); err == nil {
			m, sum, err = read(ctx, id)
		}
	}
	switch {
	case errors.Is(err, app.ErrNotFound):
		return nil, sum, exit(exNoInput, "there is no message %s", arg)
	case errors.Is(err, app.ErrNotHere) && !fetch:
		return nil, sum, exit(exTempFail, "message %s is not here yet, or not all of it: use --fetch, or run  postea sync", arg)
	}
	return m, sum, err
}

func fileExists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func (e *env) readMessage(arg string) ([]byte, error) {
	in := e.input()
	if arg != "-" {
		f, err := os.Open(arg)
		if err != nil {
			return nil, exit(exNoInput, "%q is no message id, and no file that can be read: %w", arg, errors.Unwrap(err))
		}
		defer f.Close()
		in = f
	}
	raw, err := io.ReadAll(io.LimitReader(in, maxMessage+1))
	if err != nil {
		return nil, exit(exNoInput, "%s cannot be read: %w", arg, cmp.Or(errors.Unwrap(err), err))
	}
	if len(raw) > maxMessage {
		return nil, exit(exData, "%s is larger than %d MiB", arg, maxMessage>>20)
	}
	if len(raw) == 0 && arg == "-" {
		return nil, exit(exNoInput, "there is no message on standard input")
	}
	return raw, nil
}

func byteSize(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d bytes", n)
	case n < 1000_000:
		return fmt.Sprintf("%d KB", (n+500)/1000)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}
