package imapclient

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"sync"
	"time"
)

// limits bounds one response.
type limits struct {
	line    int   // bytes outside literals
	literal int64 // bytes kept of each literal; the rest is read and dropped
	total   int64 // bytes kept of all
}

const (
	maxLine      = 1 << 20
	maxNumbers   = 16 << 20 // a line of UIDs
	maxLiteral   = 1 << 20
	maxTotal     = 8 << 20
	maxDropped   = 64 << 20 // a literal beyond this is not worth reading past
	maxLiterals  = 10_000   // in one response
	maxEmpty     = 100      // empty lines in a row
	writeBlock   = 16 << 10
	firstBlock   = 64 << 10
	maxTypical   = 8 << 10
	graceFactor  = 10  // silences, after which a response must show progress
	leastPerSec  = 256 // bytes
	uploadPerSec = 1 << 10
	uploadFactor = 4 // silences that an answer may be late for an upload
	paceInterval = time.Second
)

var usual = limits{line: maxLine, literal: maxLiteral, total: maxTotal}

// framingError says that lines and literals cannot be told apart any more.
type framingError struct {
	what     string
	tooLarge bool
}

func (e *framingError) Error() string { return e.what }

var errInterrupted = errors.New("interrupted")

// wire reads responses off a connection and writes commands to it. One
// goroutine at a time may use it; interrupt may be called from others.
type wire struct {
	conn    net.Conn
	br      *bufio.Reader
	silence time.Duration

	pushed   []byte    // a response that was read and put back
	typical  int       // bytes of a response, of late
	began    time.Time // of the command under way
	received int64     // bytes since then
	opening  int64     // those of the first read
	first    time.Time // when that was
	last     time.Time // when the last one was
	flow     int64     // bytes a second, of late; 0: not known

	underway time.Duration // what was written may need to arrive

	mu          sync.Mutex // guards what follows
	waiting     bool       // in wait: no response has begun
	until       time.Time  // end of that wait
	interrupted bool
}

func newWire(conn net.Conn, silence time.Duration) *wire {
	w := &wire{conn: conn, silence: silence, began: time.Now()}
	w.br = bufio.NewReaderSize(readerFunc(w.read), 32<<10)
	return w
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// begin starts the clock of a command.
func (w *wire) begin() {
	w.flow = w.rate()
	w.began, w.received, w.underway = time.Now(), 0, 0
}

// uploaded begins the clock of the answer to something large. However long it took to
// write is not the server's fault, and the system and what lies on the way may have taken
// more than has arrived by now.
func (w *wire) uploaded(size int) {
	if size <= writeBlock {
		return
	}
	w.begin()
	w.underway = min(time.Duration(size/uploadPerSec)*time.Second, uploadFactor*w.silence)
}

// enoughToTell is from how many bytes on it is told how fast they come.
const enoughToTell = 8 << 10

// rate is how many bytes come in a second, by the answer under way and those before it.
func (w *wire) rate() int64 {
	n, took := w.received-w.opening, w.last.Sub(w.first)
	if w.received == 0 || n < enoughToTell {
		return w.flow
	}
	now := int64(float64(n) / max(took, time.Millisecond).Seconds())
	if w.flow == 0 {
		return now
	}
	return (w.flow + now) / 2
}

// lag is how long the first byte of the answer was waited for.
func (w *wire) lag() time.Duration {
	if w.received == 0 {
		return 0
	}
	return w.first.Sub(w.began)
}

func (w *wire) read(p []byte) (int, error) {
	if err := w.arm(); err != nil {
		return 0, err
	}
	n, err := w.conn.Read(p)
	if n > 0 {
		w.last = time.Now()
		if w.received == 0 {
			w.first, w.opening = w.last, int64(n)
		}
	}
	w.received += int64(n)
	if errors.Is(err, os.ErrDeadlineExceeded) && w.wasInterrupted() {
		return n, errInterrupted
	}
	return n, err
}

// arm sets the deadline of the next read.
func (w *wire) arm() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.waiting {
		if w.interrupted {
			return errInterrupted
		}
		return w.conn.SetReadDeadline(w.until)
	}
	if w.crawls() {
		return fmt.Errorf("the server sends too slowly to be of use: %w", os.ErrDeadlineExceeded)
	}
	patience := w.silence
	if w.received == 0 {
		patience += w.underway
	}
	return w.conn.SetReadDeadline(time.Now().Add(patience))
}

// crawls finds servers that send a byte now and then to hold a client for ever.
func (w *wire) crawls() bool {
	taken := time.Since(w.began) - graceFactor*w.silence
	return taken > 0 && w.received < int64(taken/paceInterval)*leastPerSec
}

// slow tells that a command has taken long enough to ask how it is.
func (w *wire) slow() bool { return time.Since(w.began) > graceFactor*w.silence/2 }

func (w *wire) wasInterrupted() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.waiting && w.interrupted
}

// wait waits until a response begins: nil when one does, errInterrupted after
// interrupt, os.ErrDeadlineExceeded at the time given.
func (w *wire) wait(until time.Time) error {
	w.mu.Lock()
	w.waiting, w.until = true, until
	w.mu.Unlock()
	_, err := w.br.Peek(1)
	w.mu.Lock()
	w.waiting = false
	w.mu.Unlock()
	w.begin()
	return err
}

// interrupt ends the wait under way, or the next one until resume.
func (w *wire) interrupt() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.interrupted = true
	if w.waiting {
		// The past frees a read that is blocked already.
		_ = w.conn.SetReadDeadline(time.Unix(1, 0))
	}
}

func (w *wire) resume() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.interrupted = false
}

// write sends p; every block has its own deadline.
func (w *wire) write(p []byte) error {
	for len(p) > 0 {
		block := p[:min(len(p), writeBlock)]
		if err := w.conn.SetWriteDeadline(time.Now().Add(w.silence)); err != nil {
			return err
		}
		n, err := w.conn.Write(block)
		if err != nil {
			return err
		}
		p = p[n:]
	}
	return nil
}

// response reads one whole response: lines and the literals between them,
// without the last line end. cut tells that a literal was longer than allowed
// and that only its beginning is there, with its length mended to match.
func (w *wire) response(lim limits) (raw []byte, cut bool, err error) {
	if raw = w.pushed; raw != nil {
		w.pushed = nil
		return raw, false, nil
	}
	raw = make([]byte, 0, w.typical)
	defer func() { w.typical = (3*w.typical + min(len(raw)+2, maxTypical)) / 4 }()
	var text int
	for literals := 0; ; literals++ {
		start := len(raw)
		if raw, err = w.line(raw, lim.line-text); err != nil {
			return raw, cut, err
		}
		text += len(raw) - start
		if isStatus(raw) {
			return raw, cut, nil
		}
		size, digits, ok := literalAt(raw[start:])
		if !ok {
			return raw, cut, nil
		}
		if literals == maxLiterals {
			return raw, cut, &framingError{what: "the server sent a response of too many pieces", tooLarge: true}
		}
		keep := min(size, lim.literal, max(lim.total-int64(len(raw)), 0))
		if keep < size {
			cut = true
			raw = append(raw[:start+digits], strconv.FormatInt(keep, 10)+"}"...)
		}
		raw = append(raw, '\r', '\n')
		if raw, err = w.literal(raw, size, keep); err != nil {
			return raw, cut, err
		}
	}
}

// line appends the next line that is not empty, without its end. NULs in front
// are the padding of one old server; a bare LF ends a line too.
func (w *wire) line(raw []byte, limit int) ([]byte, error) {
	start := len(raw)
	for empty := 0; ; {
		piece, err := w.br.ReadSlice('\n')
		if len(raw)-start+len(piece) > limit {
			return raw, &framingError{what: "the server sent a line without end", tooLarge: true}
		}
		raw = append(raw, piece...)
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil {
			if errors.Is(err, io.EOF) && len(raw) > 0 {
				err = io.ErrUnexpectedEOF
			}
			return raw, err
		}
		raw = raw[:len(raw)-1]
		if len(raw) > start && raw[len(raw)-1] == '\r' {
			raw = raw[:len(raw)-1]
		}
		if start > 0 {
			return raw, nil
		}
		raw = bytes.TrimLeft(raw, "\x00 \r")
		if len(raw) > 0 {
			return raw, nil
		}
		if empty++; empty > maxEmpty {
			return raw, &framingError{what: "the server sends nothing but empty lines"}
		}
	}
}

// literal appends keep of size bytes and drops the others. Memory grows with
// what has come, not with what was announced.
func (w *wire) literal(raw []byte, size, keep int64) ([]byte, error) {
	if size-keep > maxDropped {
		return raw, &framingError{what: fmt.Sprintf("the server sent a piece of %d bytes", size), tooLarge: true}
	}
	for left := keep; left > 0; {
		n := int(min(left, max(firstBlock, int64(len(raw)))))
		raw = append(raw, make([]byte, n)...)
		got, err := io.ReadFull(w.br, raw[len(raw)-n:])
		if err != nil {
			return raw[:len(raw)-n+got], unexpected(err)
		}
		left -= int64(n)
	}
	if _, err := io.CopyN(io.Discard, w.br, size-keep); err != nil {
		return raw, unexpected(err)
	}
	return raw, nil
}

func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// literalAt finds the announcement of a literal at the end of a line, RFC 9051
// §4.3: its size and the offset of its digits.
func literalAt(line []byte) (size int64, digits int, ok bool) {
	if len(line) < 3 || line[len(line)-1] != '}' {
		return 0, 0, false
	}
	open := bytes.LastIndexByte(line, '{')
	if open < 0 {
		return 0, 0, false
	}
	number := bytes.TrimSuffix(line[open+1:len(line)-1], []byte{'+'})
	if len(number) == 0 || len(number) > 20 {
		return 0, 0, false
	}
	for _, b := range number {
		if b < '0' || b > '9' {
			return 0, 0, false
		}
	}
	size, err := strconv.ParseInt(string(number), 10, 64)
	if err != nil {
		size = 1<<63 - 1 // too large, whatever it is
	}
	return size, open + 1, true
}

// isStatus tells whether a response ends in text for people, where "{12}" is
// just what it looks like.
func isStatus(raw []byte) bool {
	if len(raw) > 0 && raw[0] == '+' {
		return true
	}
	_, rest, ok := bytes.Cut(raw[:min(len(raw), 64)], []byte{' '})
	if !ok {
		return false
	}
	word, _, _ := bytes.Cut(rest, []byte{' '})
	return statusType(word) != ""
}

// cutLine splits at the first line end.
func cutLine(raw []byte) (line, rest []byte, found bool) {
	line, rest, found = bytes.Cut(raw, []byte{'\n'})
	return bytes.TrimSuffix(line, []byte{'\r'}), rest, found
}
