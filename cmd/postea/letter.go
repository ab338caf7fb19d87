package main

import (
	"cmp"
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/pflag"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/internal/reading"
)

// letterFlags are what a message is made of on the command line.
type letterFlags struct {
	to, cc, bcc, attach []string
	from, subject, text string
	said                bool // a text was given, be it empty
	attachAs            string
	markdown            bool
	scale               int
	unfinished          bool // names that are no addresses may be mended by the user
}

func (f *letterFlags) register(fl *pflag.FlagSet) {
	fl.StringArrayVar(&f.to, "to", nil, "`addresses` or groups of the address book, parted by commas; may be repeated")
	fl.StringArrayVar(&f.cc, "cc", nil, "`addresses` for Cc")
	fl.StringArrayVar(&f.bcc, "bcc", nil, "`addresses` that the others do not see")
	fl.Var(wordFlag{&f.from}, "from", "write from this `address` of yours, with its signature")
	fl.StringVar(&f.subject, "subject", "", "the subject `line`")
	fl.Var(textFlag{f}, "text", "the `text`, instead of standard input")
	fl.StringArrayVar(&f.attach, "attach", nil, "attach this `file`, - for standard input; may be repeated")
	fl.StringVar(&f.attachAs, "attach-as", "", "the `name` of what is attached from standard input")
	fl.IntVar(&f.scale, "scale", 0, "make attached pictures smaller: the longer edge has at most so many `pixels`")
	fl.BoolVar(&f.markdown, "markdown", false, "the text is Markdown: an HTML version goes along")
}

// textFlag is the text of a message. An empty one is the text too: what else waits on
// standard input, as in a loop of the shell, must not be sent in its place.
type textFlag struct{ f *letterFlags }

func (t textFlag) Set(s string) error {
	t.f.text, t.f.said = s, true
	return nil
}

func (t textFlag) String() string { return "" }

func (textFlag) Type() string { return "text" }

// stdin is what a - in --attach means.
const stdin = "-"

// check tells what cannot be meant.
func (f *letterFlags) check() error {
	n := len(f.attach) - len(slices.DeleteFunc(slices.Clone(f.attach), func(p string) bool { return p == stdin }))
	switch {
	case n > 1:
		return exit(exUsage, "standard input can be attached once")
	case n == 0 && f.attachAs != "":
		return exit(exUsage, "--attach-as names what --attach - attaches, which is missing")
	case filepath.Base(f.attachAs) != f.attachAs && f.attachAs != "":
		return exit(exUsage, "--attach-as takes a name without directories, not %q", f.attachAs)
	case !f.unfinished && slices.ContainsFunc(f.to, func(s string) bool { return strings.TrimSpace(s) == "" }):
		return exit(exData, "--to names nobody: it is empty")
	case f.scale < 0:
		return exit(exUsage, "--scale takes a number of pixels, such as 1280")
	case f.scale > 0 && len(f.attach) == 0:
		return exit(exUsage, "--scale makes attached pictures smaller, and nothing is attached")
	}
	return nil
}

// pipes tells whether standard input is attached.
func (f *letterFlags) pipes() bool { return slices.Contains(f.attach, stdin) }

// letter makes a draft of flags. Its text is what comes from standard input,
// unless that is attached, or the text is given.
func (e *env) letter(ctx context.Context, a *app.App, f letterFlags) (mail.Draft, error) {
	d, err := a.NewDraftFrom(ctx, e.account, given(f.from))
	if err != nil {
		return d, err
	}
	signature := d.Body
	if err := e.fill(ctx, a, f, &d); err != nil {
		return d, err
	}
	if !f.unfinished && d.To+d.Cc+d.Bcc == "" { // before a text is typed
		return d, exit(exData, "there are no recipients: say whom with --to, --cc or --bcc")
	}
	text, err := e.textOf(f)
	if err != nil {
		return d, err
	}
	d.Body, d.Markdown = text+"\n"+signature, f.markdown
	return d, nil
}

// fill adds to a draft whom it goes to, its subject and attachments.
func (e *env) fill(ctx context.Context, a *app.App, f letterFlags, d *mail.Draft) error {
	for _, field := range []struct {
		add []string
		to  *string
	}{{f.to, &d.To}, {f.cc, &d.Cc}, {f.bcc, &d.Bcc}} {
		list, unknown, err := a.ExpandGroups(ctx, given(strings.Join(field.add, ", ")))
		switch {
		case err != nil:
			return err
		case len(unknown) > 0 && !f.unfinished:
			return exit(exData, "%q is no address and no group of the address book;  postea contacts list  shows both", unknown[0])
		case list != "":
			*field.to = strings.TrimPrefix(*field.to+", "+list, ", ")
		}
	}
	d.Subject = cmp.Or(given(f.subject), d.Subject)
	for _, path := range f.attach {
		ref, err := e.attachment(ctx, a, path, f.attachAs)
		if err != nil {
			return err
		}
		if f.scale > 0 {
			if ref, err = a.SmallerPicture(ctx, ref, f.scale); err != nil {
				return &exitError{exData, err}
			}
		}
		d.Attach = append(d.Attach, ref)
	}
	return nil
}

// textOf is the text of a message, without the ends of line behind it.
func (e *env) textOf(f letterFlags) (string, error) {
	text := f.text
	if !f.said && !f.pipes() {
		if e.inTerminal {
			e.say("write the text; end it with ctrl+d on a line of its own")
		}
		data, err := e.readInput("the text")
		if err != nil {
			return "", err
		}
		text = string(data)
	}
	return strings.TrimRight(given(text), "\r\n"), nil
}

// given is a text as UTF-8 that comes in the charset of the locale.
func given(s string) string {
	_, charset, _ := strings.Cut(cmp.Or(os.Getenv("LC_ALL"), os.Getenv("LC_CTYPE"), os.Getenv("LANG")), ".")
	charset, _, _ = strings.Cut(charset, "@")
	return reading.OwnText([]byte(s), charset)
}

func (e *env) attachment(ctx context.Context, a *app.App, path, name string) (mail.AttachmentRef, error) {
	if path != stdin {
		ref, err := a.AttachFile(ctx, path)
		if err != nil {
			err = &exitError{exNoInput, err}
		}
		return ref, err
	}
	data, err := e.readInput("the attachment")
	switch {
	case err != nil:
		return mail.AttachmentRef{}, err
	case len(data) == 0:
		return mail.AttachmentRef{}, exit(exNoInput, "nothing came from standard input to be attached")
	case name == "" && utf8.Valid(data):
		name = "stdin.txt"
	case name == "":
		name = "stdin.bin"
	}
	return mail.AttachmentRef{Name: name, Size: int64(len(data)), Data: data}, nil
}

// readInput reads standard input as far as a message may be large.
func (e *env) readInput(what string) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(e.input(), maxMessage+1))
	switch {
	case err != nil:
		return nil, exit(exNoInput, "reading %s: %w", what, err)
	case len(data) > maxMessage:
		return nil, exit(exData, "%s is larger than %d MiB", what, maxMessage>>20)
	}
	return data, nil
}
