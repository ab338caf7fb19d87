package imapclient

import (
	"context"
	"errors"
	"io"
	"net"
	"time"

	imap "github.com/emersion/go-imap/v2"
	"github.com/klauspost/compress/flate"

	"postea/internal/dial"
	"postea/internal/transcript"
)

const capCompress imap.Cap = "COMPRESS=DEFLATE"

// Compress makes both sides compress from now on (RFC 4978), where the server
// offers that and the line is worth it: not on the loopback interface. It costs
// a round trip, so it is for those who are about to read much. A refusal is no
// error.
func (c *Client) Compress(ctx context.Context) error {
	if c.compressed || !c.has(capCompress) || dial.IsLoopback(c.raw) {
		return nil
	}
	c.compressed = true // or refused: once is enough
	if _, err := c.run(ctx, newCommand("COMPRESS DEFLATE")); err != nil {
		var e *Error
		if errors.As(err, &e) && !e.fatal {
			return nil
		}
		return err
	}
	early, err := c.wire.br.Peek(c.wire.br.Buffered())
	if err == nil {
		err = c.conn.SetReadDeadline(time.Time{})
	}
	if err != nil {
		return c.lost(ctx, "COMPRESS", err)
	}
	c.wire = newWire(newDeflated(c.conn, append([]byte(nil), early...), c.closed), c.opts.Timeouts.Command)
	c.trace.line(transcript.Info, "compressed")
	return nil
}

// deflated is a connection of which both directions are compressed. Its reads
// have deadlines of their own, for the state of a decompressor does not survive
// a read that was broken off.
type deflated struct {
	net.Conn          // for writing
	plain    net.Conn // what has come, decompressed
	out      *flate.Writer
	failed   chan error // why plain has ended
}

// newDeflated takes over a connection, of which early has been read already. Who
// closes it closes closed too, which frees what has come and nobody reads.
func newDeflated(conn net.Conn, early []byte, closed <-chan struct{}) *deflated {
	near, far := net.Pipe()
	out, err := flate.NewWriter(conn, flate.BestSpeed)
	if err != nil {
		panic(err) // the level is a valid one
	}
	d := &deflated{Conn: conn, plain: near, out: out, failed: make(chan error, 1)}
	counted := &counter{r: io.MultiReader(bytesOf(early), conn)}
	go func() {
		<-closed
		near.Close()
	}()
	go func() {
		// It ends with the connection, or with the reader.
		d.failed <- inflate(far, flate.NewReader(counted), counted)
		far.Close()
		conn.Close()
	}()
	return d
}

type byteSource struct{ b []byte }

func bytesOf(b []byte) *byteSource { return &byteSource{b} }

func (s *byteSource) Read(p []byte) (int, error) {
	if len(s.b) == 0 {
		return 0, io.EOF
	}
	n := copy(p, s.b)
	s.b = s.b[n:]
	return n, nil
}

// counter counts what is read.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

const (
	// mostInflation is how much longer than what was sent the text may be, and
	// freeInflation how much more than that. Mail compresses to a fourth.
	mostInflation = 200
	freeInflation = 64 << 20
)

// inflate passes on what comes, until it ends or proves to be a bomb.
func inflate(to io.Writer, from io.Reader, sent *counter) error {
	buf := make([]byte, 32<<10)
	for total := int64(0); ; {
		n, err := from.Read(buf)
		if total += int64(n); total > freeInflation+mostInflation*sent.n {
			return &framingError{what: "the server's compressed answer is made to grow without end", tooLarge: true}
		}
		if n > 0 {
			if _, err := to.Write(buf[:n]); err != nil {
				return err
			}
		}
		var corrupt flate.CorruptInputError
		switch {
		case errors.As(err, &corrupt):
			return &framingError{what: "the server's compressed answer cannot be read"}
		case err != nil:
			return err
		}
	}
}

func (d *deflated) Read(p []byte) (int, error) {
	n, err := d.plain.Read(p)
	if errors.Is(err, io.EOF) {
		err = d.reason(err)
	}
	return n, err
}

// reason is why the connection ended, if that is known.
func (d *deflated) reason(err error) error {
	select {
	case why := <-d.failed:
		d.failed <- why
		return why
	default:
		return err
	}
}

func (d *deflated) SetReadDeadline(t time.Time) error {
	err := d.plain.SetReadDeadline(t)
	if errors.Is(err, io.ErrClosedPipe) {
		return nil // the read will say why
	}
	return err
}

func (d *deflated) SetWriteDeadline(t time.Time) error {
	err := d.Conn.SetWriteDeadline(t)
	if err != nil {
		err = d.reason(err)
	}
	return err
}

func (d *deflated) Write(p []byte) (int, error) {
	n, err := d.out.Write(p)
	if err == nil {
		err = d.out.Flush()
	}
	if err != nil {
		err = d.reason(err)
	}
	return n, err
}
