package smtpclient

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

var endOfData = []byte(".\r\n")

// data sends the content after 354 and waits for the verdict. Until the end of
// the data leaves, every failure closes the connection, upon which the server
// must drop what it has (RFC 5321 §4.1.1.4).
func (tx *transaction) data(ctx context.Context, env Envelope, body io.Reader, opts SendOptions) error {
	sent, err := tx.upload(ctx, env, body, opts)
	if err != nil {
		tx.client.abandon()
		return err
	}
	tx.client.trace.client(fmt.Sprintf("… %d bytes", sent))
	if err := tx.beforeCommit(ctx, opts); err != nil {
		tx.client.abandon()
		return err
	}
	return tx.commit(ctx)
}

// upload streams the message without its end and returns how many bytes left.
func (tx *transaction) upload(ctx context.Context, env Envelope, body io.Reader, opts SendOptions) (int64, error) {
	var read, wire int64
	n := &normaliser{
		stuff: true,
		block: make([]byte, 0, 2*blockSize),
		flush: func(block []byte) error {
			wire += int64(len(block))
			if err := tx.writeBlock(ctx, block); err != nil {
				return err
			}
			if opts.Progress != nil {
				opts.Progress(read, env.BodySize)
			}
			return nil
		},
	}
	buf := make([]byte, blockSize)
	for {
		if err := ctx.Err(); err != nil {
			return wire, lost(ctx, PhaseBody, "", err)
		}
		k, err := body.Read(buf)
		read += int64(k)
		if writeErr := n.write(buf[:k]); writeErr != nil {
			return wire, bodyFailed(ctx, writeErr)
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return wire, bodyFailed(ctx, fmt.Errorf("reading the message: %w", err))
		}
	}
	if err := n.finish(); err != nil {
		return wire, bodyFailed(ctx, err)
	}
	return wire, nil
}

// bodyFailed keeps errors that are typed already.
func bodyFailed(ctx context.Context, err error) error {
	switch {
	case asError(err) != nil:
		return err
	case ctx.Err() != nil:
		return lost(ctx, PhaseBody, "", err)
	}
	return invalid(PhaseBody, "", err)
}

func (tx *transaction) writeBlock(ctx context.Context, block []byte) error {
	if err := tx.interrupted(ctx); err != nil {
		return err
	}
	if err := tx.client.write(block, tx.client.opts.Timeouts.Block); err != nil {
		return tx.client.writeFailed(ctx, command{phase: PhaseBody, line: "DATA"}, err)
	}
	return nil
}

// interrupted reports what ended the transaction before its time: the context,
// the connection, or a reply nobody should send yet.
func (tx *transaction) interrupted(ctx context.Context) error {
	c := tx.client
	if err := ctx.Err(); err != nil {
		return lost(ctx, PhaseBody, "", err)
	}
	if r, ok := c.in.unasked(); ok {
		c.trace.server(r)
		if r.refusal() {
			return refused(PhaseBody, "DATA", r)
		}
		return c.desync(PhaseBody, "DATA", r)
	}
	if err := c.in.ended(); err != nil {
		return lost(ctx, PhaseBody, "", err)
	}
	return nil
}

func (tx *transaction) beforeCommit(ctx context.Context, opts SendOptions) error {
	if opts.BeforeCommit != nil {
		if err := opts.BeforeCommit(slices.Clone(tx.result.Recipients)); err != nil {
			e := invalid(PhaseBody, "", fmt.Errorf("before the end of the message: %w", err))
			e.Temporary = true
			return e
		}
	}
	return tx.interrupted(ctx)
}

// commit sends the end of the data. From here on a lost connection leaves the
// outcome unknown (RFC 1047).
func (tx *transaction) commit(ctx context.Context) error {
	c := tx.client
	end := command{phase: PhaseCommit, line: ".", wait: c.opts.Timeouts.Final}
	c.in.expect(1, false, false)
	c.trace.client(end.line)
	writeErr := c.write(endOfData, c.opts.Timeouts.Block)
	if writeErr != nil {
		// The server may have read it; if it can still answer, it will.
		return c.writeFailed(ctx, end, writeErr)
	}
	r, err := c.answer(ctx, end)
	if err != nil {
		return err
	}
	switch {
	case r.positive():
		tx.result.Reply, tx.result.QueueID = r, queueID(r.Text)
		return nil
	case r.refusal():
		tx.result.Reply = r
		return refused(PhaseCommit, end.line, r)
	}
	return c.desync(PhaseCommit, end.line, r)
}

// queueID finds the server's name for a message in the words of the servers
// that are in use. Nothing depends on it but a line for the user.
func queueID(text string) string {
	lower := strings.ToLower(text)
	for _, mark := range []string{"queued as ", "queued with id ", " id=", "ok id=", "internalid="} {
		if i := strings.Index(lower, mark); i >= 0 && len(lower) == len(text) {
			return firstWord(text[i+len(mark):])
		}
	}
	if before, _, ok := strings.Cut(text, " Message accepted for delivery"); ok {
		return firstWord(strings.TrimPrefix(before, ": "))
	}
	return ""
}

func firstWord(s string) string {
	fields := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" \t\n,;()[]<>", r) })
	if len(fields) == 0 {
		return ""
	}
	return strings.TrimRight(fields[0], ".")
}
