package mailfile

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"unicode"
)

// Format is how mail lies in files.
type Format string

// The formats.
const (
	Mbox    Format = "mbox"
	Maildir Format = "maildir"
	EML     Format = "eml" // one message a file
	MH      Format = "mh"  // the same, named by numbers; only read
)

// ParseFormat reads the name of a format.
func ParseFormat(name string) (Format, error) {
	switch f := Format(name); f {
	case Mbox, Maildir, EML:
		return f, nil
	}
	return "", fmt.Errorf("%q is not one of mbox, maildir and eml", name)
}

// Source is mail in files, to be read.
type Source struct {
	Path   string
	Format Format
	Total  int64 // what Message.Next comes to in the end: bytes of an mbox, else messages
}

// NoMailError says that a directory is none with mail, or that a file is no mail.
type NoMailError struct{ Path, Why string }

func (e *NoMailError) Error() string { return e.Path + " " + e.Why }

// Open finds out what lies at a path: a Maildir, an MH folder, a directory of .eml
// files, an mbox or a single message, which begins with a header or is named .eml.
func Open(path string) (Source, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Source{}, err
	}
	s := Source{Path: path}
	switch {
	case info.IsDir() && isDir(filepath.Join(path, "cur")) && isDir(filepath.Join(path, "new")):
		list, err := maildirEntries(path)
		s.Format, s.Total = Maildir, int64(len(list))
		return s, err
	case info.IsDir() && isMH(path):
		list, err := mhNumbers(path)
		s.Format, s.Total = MH, int64(len(list))
		return s, err
	case info.IsDir():
		list, err := emlFiles(path)
		if err == nil && len(list) == 0 {
			err = &NoMailError{path, "is no Maildir, no MH folder, and has no .eml files"}
		}
		s.Format, s.Total = EML, int64(len(list))
		return s, err
	}
	head, err := headOf(path)
	switch {
	case err != nil:
	case isFromLine(head), len(head) == 0:
		s.Format, s.Total = Mbox, info.Size()
	case isEML(path), hasField(head):
		s.Format, s.Total = EML, 1
	default:
		err = &NoMailError{path, "is no mbox, and no message: it does not begin with a header"}
	}
	return s, err
}

// headOf gives what a file begins with.
func headOf(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head, _ := bufio.NewReader(f).Peek(1000)
	return head, nil
}

// isFromLine tells whether a text begins with the line that begins a message of an mbox.
func isFromLine(text []byte) bool { return bytes.HasPrefix(text, []byte("From ")) }

// hasField tells whether a text begins with a field of a header, as programs name
// them: what lies beside mail, such as an index, may have a colon too.
func hasField(text []byte) bool {
	name, _, ok := bytes.Cut(text, []byte(":"))
	name = bytes.TrimRight(name, " \t")
	return ok && len(name) > 0 && !bytes.ContainsFunc(name, func(r rune) bool {
		return r != '-' && r != '_' && (r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r))
	})
}

func isEML(path string) bool { return strings.EqualFold(filepath.Ext(path), ".eml") }

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func emlFiles(path string) ([]string, error) {
	var out []string
	err := filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && isEML(p) {
			out = append(out, p)
		}
		return err
	})
	return out, err
}

// Messages gives the messages from a place on, which is 0 or a Message.Next. A
// *SkippedError stands for one message; after any other error nothing follows.
func (s Source) Messages(ctx context.Context, from int64) iter.Seq2[Message, error] {
	switch s.Format {
	case Mbox:
		return readMbox(ctx, s.Path, from)
	case Maildir:
		return readMaildir(ctx, s.Path, from)
	case MH:
		return readMH(ctx, s.Path, from)
	}
	return func(yield func(Message, error) bool) {
		list := []string{s.Path}
		if isDir(s.Path) {
			var err error
			if list, err = emlFiles(s.Path); err != nil {
				yield(Message{}, err)
				return
			}
		}
		readEach(ctx, len(list), from, yield, func(i int) (Message, error) { return readFile(list[i]) })
	}
}

// readEach gives n messages that are files of their own, from one on.
func readEach(ctx context.Context, n int, from int64, yield func(Message, error) bool, read func(i int) (Message, error)) {
	for i := int(from); i < n; i++ {
		if err := ctx.Err(); err != nil {
			yield(Message{}, err)
			return
		}
		m, err := read(i)
		m.Next = int64(i + 1)
		if !yield(m, err) {
			return
		}
	}
}

// Writer writes messages. Close must be called for an mbox to be complete.
type Writer struct {
	path   string
	format Format
	n      int
	file   *os.File
	out    *bufio.Writer
}

// Create makes a file or directory for messages, which must not hold any yet.
func Create(path string, format Format) (*Writer, error) {
	w := &Writer{path: path, format: format}
	switch format {
	case Mbox:
		f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return nil, err
		}
		w.file, w.out = f, bufio.NewWriterSize(f, 256<<10)
		return w, nil
	case Maildir, EML:
		list, err := os.ReadDir(path)
		if err == nil && len(list) > 0 {
			return nil, fmt.Errorf("%s is not empty", path)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		if format == Maildir {
			return w, makeMaildir(path)
		}
		return w, os.MkdirAll(path, 0o700)
	}
	_, err := ParseFormat(string(format))
	return nil, err
}

// Add writes a message.
func (w *Writer) Add(m Message) error {
	w.n++
	switch w.format {
	case Mbox:
		return writeMbox(w.out, m)
	case Maildir:
		return writeMaildir(w.path, m, w.n)
	}
	raw := m.Raw
	if len(m.Flags) > 0 || strings.HasPrefix(string(raw), flagsField) {
		raw = append(toCRLF([]byte(flagLines(m.Flags))), raw...)
	}
	return writeNew(filepath.Join(w.path, fmt.Sprintf("%06d.eml", w.n)), raw, m.Date)
}

// Close ends writing. The error tells that not everything is on the disk.
func (w *Writer) Close() error {
	if w.file == nil {
		return nil
	}
	err := w.out.Flush()
	if err == nil {
		err = w.file.Sync()
	}
	if cerr := w.file.Close(); err == nil {
		err = cerr
	}
	return err
}
