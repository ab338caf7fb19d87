package smtpclient

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// chunkSize is how much of a message travels in one BDAT: a refusal can stop the
// upload at the end of any, and none of it costs memory beyond one.
const chunkSize = 1 << 20

// maxBlindChunks is how many chunks travel before the sender and the recipients are
// answered. A server that refuses them counts each as a bad command, and some hang up
// at ten, with what they had to say unsaid.
const maxBlindChunks = 4

// source is the message as it is read, and the report of how far it is.
type source struct {
	body     io.Reader
	total    int64
	progress func(sent, total int64)
	read     int64
	empty    int // reads without a byte
	buf      []byte
}

const (
	smallestBuffer = 4 << 10
	maxEmptyReads  = 100
)

// next reads a piece.
func (s *source) next() ([]byte, error) {
	if s.buf == nil {
		size := int64(pieceSize)
		if s.total > 0 {
			size = max(min(size, s.total+1), smallestBuffer) // the total may be wrong
		}
		s.buf = make([]byte, size)
	}
	n, err := s.body.Read(s.buf)
	s.read += int64(n)
	if n > 0 {
		s.empty = 0
	} else if s.empty++; err == nil && s.empty > maxEmptyReads {
		err = io.ErrNoProgress
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("reading the message: %w", err)
	}
	return s.buf[:n], err
}

func (s *source) report(sent int64) {
	if s.progress != nil {
		s.progress(sent, s.total)
	}
}

// nextChunk returns the next chunk, good until the call after, and whether it is
// the last; only the last may be empty.
func (tx *transaction) nextChunk() (chunk []byte, last bool, err error) {
	if tx.lines == nil {
		tx.lines = &normaliser{block: tx.client.buffer(tx.source.total)}
	}
	n := tx.lines
	n.block = n.block[:0]
	tx.chunkStart = tx.source.read
	for len(n.block) < tx.client.chunk {
		piece, err := tx.source.next()
		if writeErr := n.write(piece); writeErr != nil {
			return nil, false, writeErr
		}
		if errors.Is(err, io.EOF) {
			n.finish()
			tx.client.spare = n.block
			return n.block, true, nil
		}
		if err != nil {
			return nil, false, err
		}
	}
	return n.block, false, nil
}

// buffer returns a block for a message of size bytes, the same for each message
// if it is large enough.
func (c *Client) buffer(size int64) []byte {
	want := min(size+size/16, int64(c.chunk)) + 2*pieceSize
	if size > 0 && size < pieceSize {
		want = size + size/16 + 256
	}
	if int64(cap(c.spare)) >= want {
		return c.spare[:0]
	}
	return make([]byte, 0, want)
}

// uploadChunks brings the server all chunks but the one that commits. In one
// flight a message that is a single chunk does not even begin before that.
func (tx *transaction) uploadChunks(ctx context.Context) error {
	c := tx.client
	c.chunking = true
	steps := tx.plan.head()
	for sent := 0; ; sent++ {
		if err := ctx.Err(); err != nil {
			return tx.drop(ctx, lost(ctx, PhaseBody, "", err))
		}
		chunk, last, err := tx.nextChunk()
		if err != nil {
			return tx.drop(ctx, bodyFailed(ctx, err))
		}
		if tx.begun {
			if sent >= maxBlindChunks {
				if err := tx.takeEnvelope(ctx); err != nil {
					return err
				}
			}
			if err := tx.peek(ctx); err != nil {
				return err
			}
			if err := tx.stopped(); err != nil {
				return tx.drop(ctx, err)
			}
		}
		if last && tx.mode == modeOneFlight {
			return tx.lastChunkReady(ctx, chunk)
		}
		if len(chunk) > 0 {
			steps = append(steps, c.chunkStep(len(chunk), false)) // an empty one is an error to some servers
		}
		if len(steps) > 0 {
			if err := tx.put(ctx, chunk, steps...); err != nil {
				return err
			}
		}
		steps = nil
		if last {
			return tx.allChunksSent(ctx)
		}
	}
}

// lastChunkReady keeps the last chunk for the commit. If chunks have gone before
// it, the recipients are known by now and must be worth it.
func (tx *transaction) lastChunkReady(ctx context.Context, chunk []byte) error {
	tx.held = chunk
	if !tx.begun {
		for _, s := range tx.plan.rcpts {
			tx.result.Recipients[s.rcpt].Unanswered = true
		}
		return nil
	}
	if err := tx.takeEnvelope(ctx); err != nil {
		return err
	}
	if err := tx.stopped(); err != nil {
		return tx.drop(ctx, err)
	}
	return nil
}

// takeEnvelope waits for the replies to what comes before the chunks.
func (tx *transaction) takeEnvelope(ctx context.Context) error {
	for len(tx.pending) > 0 && tx.pending[0].kind != stepChunk {
		if err := tx.take(ctx); err != nil {
			return err
		}
	}
	return nil
}

// allChunksSent makes sure that nothing stands against the commit.
func (tx *transaction) allChunksSent(ctx context.Context) error {
	if err := tx.drain(ctx); err != nil {
		return err
	}
	return tx.stopped()
}

// stopped returns the refusal that makes the rest of the message useless.
func (tx *transaction) stopped() error {
	if tx.mail.Code != 0 && (tx.mail.refusal() || tx.allAnswered()) {
		if err := tx.envelopeError(); err != nil {
			return err
		}
	}
	return tx.chunkErr
}

// commitChunks sends the chunk that is marked as the last.
func (tx *transaction) commitChunks(ctx context.Context) error {
	c := tx.client
	var steps []step
	if !tx.begun {
		steps = tx.plan.head()
	}
	if err := tx.put(ctx, tx.held, append(steps, c.chunkStep(len(tx.held), true))...); err != nil {
		return err
	}
	if err := tx.drain(ctx); err != nil {
		return err
	}
	return tx.judgeChunks()
}

// judgeChunks decides what the replies to a message by BDAT mean together.
func (tx *transaction) judgeChunks() error {
	c := tx.client
	envelope := tx.nobody()
	switch {
	case tx.last.positive() && tx.mail.refusal():
		c.abandon()
		c.learned.avoidChunking()
		return &Error{Phase: PhaseCommit, Command: tx.plan.mail.line, Text: tx.mail.Text, Err: ErrWrongEnvelope}
	case tx.last.positive() && (envelope != nil || tx.chunkErr != nil):
		return c.desync(PhaseCommit, tx.plan.body(), tx.last)
	case tx.last.positive():
		return nil
	case envelope != nil:
		return envelope
	case tx.chunkErr != nil:
		return tx.chunkErr
	}
	return refused(PhaseCommit, "BDAT LAST", tx.last)
}
