package mailfile

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"regexp"
	"strings"
	"sync"
	"time"
)

// separator is the line that begins a message: RFC 4155 with the liberties that
// programs take: any sender, and a date with or without seconds and zone.
var separator = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^From .*\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +.*\d\d?:\d\d.*\d{4}`)
})

// looseSeparator is one only where a header follows: what people write begins
// with such words too, and not every program quotes it.
var looseSeparator = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^From (?:-|\S+)? *\r?\n?$|^From \S+ .*\d{4}`) })

// begins tells whether a line that was read begins a message.
func (s *scanner) begins(line []byte) bool {
	if !isFromLine(line) {
		return false
	}
	if separator().Match(line) {
		return true
	}
	next, _ := s.in.Peek(maxFieldName)
	name, _, ok := bytes.Cut(next, []byte(":"))
	return looseSeparator().Match(line) && (len(next) == 0 || ok && isFieldName(name))
}

// maxFieldName bounds the names of header fields that are looked for.
const maxFieldName = 80

// isFieldName: RFC 5322 §3.6.8.
func isFieldName(name []byte) bool {
	return len(name) > 0 && !bytes.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r >= 0x7f })
}

// readMbox gives the messages of an mbox from a byte on, which must be where one
// begins. One message is in memory at a time.
func readMbox(ctx context.Context, path string, from int64) iter.Seq2[Message, error] {
	return func(yield func(Message, error) bool) {
		f, err := os.Open(path)
		if err != nil {
			yield(Message{}, err)
			return
		}
		defer f.Close()
		if _, err := f.Seek(from, io.SeekStart); err != nil {
			yield(Message{}, err)
			return
		}
		s := scanner{in: bufio.NewReaderSize(f, 256<<10), at: from}
		for {
			if err := ctx.Err(); err != nil {
				yield(Message{}, err)
				return
			}
			m, err := s.next()
			if errors.Is(err, io.EOF) {
				return
			}
			var skipped *SkippedError
			if !yield(m, err) || err != nil && !errors.As(err, &skipped) {
				return
			}
		}
	}
}

// scanner cuts an mbox into messages.
type scanner struct {
	in      *bufio.Reader
	at      int64  // of the byte that is read next
	from    string // the line that began the message to come
	begun   int64  // where that line stands
	started bool
	line    []byte
}

// read gives the next line, whole, with its end.
func (s *scanner) read() ([]byte, error) {
	s.line = s.line[:0]
	for {
		part, err := s.in.ReadSlice('\n')
		if len(s.line) <= MaxMessage {
			s.line = append(s.line, part...)
		}
		s.at += int64(len(part))
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if len(s.line) > 0 {
			err = nil
		}
		return s.line, err
	}
}

func (s *scanner) next() (Message, error) {
	if !s.started {
		s.started = true
		for { // blank lines before the first message
			line, err := s.read()
			if err != nil {
				return Message{}, err
			}
			if len(bytes.TrimRight(line, "\r\n")) == 0 {
				continue
			}
			if !isFromLine(line) {
				return Message{}, errors.New("it does not begin with a line From, as an mbox does")
			}
			s.from, s.begun = string(line), s.at-int64(len(line))
			break
		}
	}
	if s.from == "" {
		return Message{}, io.EOF
	}
	m := Message{Date: fromDate(s.from), Name: fmt.Sprintf("the message at byte %d", s.begun)}
	s.from = ""
	var raw []byte
	blank, long := false, false
	for {
		line, err := s.read()
		if errors.Is(err, io.EOF) {
			m.Next = s.at
			break
		}
		if err != nil {
			return m, err
		}
		if blank && s.begins(line) {
			s.from, s.begun = string(line), s.at-int64(len(line))
			m.Next = s.begun
			break
		}
		blank = len(bytes.TrimRight(line, "\r\n")) == 0
		if long = long || len(raw)+len(line) > MaxMessage; long {
			continue
		}
		raw = append(raw, unquoted(line)...)
	}
	if long {
		return m, &SkippedError{m.Name, fmt.Sprintf("larger than %d MiB", MaxMessage>>20)}
	}
	raw = bytes.TrimSuffix(bytes.TrimSuffix(raw, []byte("\n")), []byte("\r")) // the blank line that parts messages
	if len(raw) > 0 && raw[len(raw)-1] != '\n' {
		raw = append(raw, '\n')
	}
	var gone bool
	if m.Raw, m.Flags, gone = anyFlags(toCRLF(raw)); gone {
		return m, &SkippedError{m.Name, "it was deleted or moved in Thunderbird, which keeps such until the folder is compacted"}
	}
	return m, nil
}

// unquoted takes one > off a quoted From, as mboxrd does.
func unquoted(line []byte) []byte {
	if rest := bytes.TrimLeft(line, ">"); len(rest) < len(line) && bytes.HasPrefix(rest, []byte("From ")) {
		return line[1:]
	}
	return line
}

// fromDate reads the date of the line that begins a message; zero where it
// cannot be read.
func fromDate(line string) time.Time {
	words := strings.Fields(line)
	for i := range words {
		rest := strings.Join(words[i:], " ")
		for _, layout := range []string{"Mon Jan 2 15:04:05 2006", "Mon Jan 2 15:04:05 -0700 2006", "Mon Jan 2 15:04:05 2006 -0700", "Mon Jan 2 15:04 2006", "Mon, 2 Jan 2006 15:04:05 -0700", "Mon Jan 2 15:04:05 MST 2006"} {
			if t, err := time.Parse(layout, rest); err == nil {
				return t
			}
		}
	}
	return time.Time{}
}

// writeMbox writes a message as mboxrd.
func writeMbox(w io.Writer, m Message) error {
	date := m.Date
	if date.IsZero() {
		date = time.Unix(0, 0)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "From MAILER-DAEMON %s\n", date.UTC().Format("Mon Jan _2 15:04:05 2006"))
	b.WriteString(flagLines(m.Flags)) // also without flags, or a Status of the message's own would be read as such
	for line := range bytes.Lines(toLF(m.Raw)) {
		if bytes.HasPrefix(bytes.TrimLeft(line, ">"), []byte("From ")) {
			b.WriteByte('>')
		}
		b.Write(line)
	}
	if n := b.Len(); n > 0 && b.Bytes()[n-1] != '\n' {
		b.WriteByte('\n')
	}
	b.WriteByte('\n')
	_, err := w.Write(b.Bytes())
	return err
}
