package smtpclient

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// openData names sender and recipients, and returns nil when the server has
// said 354 for at least one recipient.
func (tx *transaction) openData(ctx context.Context) error {
	if tx.mode == modeSequential {
		return tx.openSequential(ctx)
	}
	if tx.opts.AllOrNothing {
		return tx.openTogether(ctx)
	}
	return tx.openPipelined(ctx)
}

// ask puts one command and takes its reply.
func (tx *transaction) ask(ctx context.Context, s step) error {
	if err := tx.put(ctx, nil, s); err != nil {
		return err
	}
	return tx.drain(ctx)
}

func (tx *transaction) openSequential(ctx context.Context) error {
	for _, s := range tx.plan.head() {
		if err := tx.ask(ctx, s); err != nil {
			return err
		}
		if tx.mail.refusal() {
			break
		}
	}
	return tx.askForData(ctx)
}

// openTogether waits for all recipients, as there is no way back behind DATA.
func (tx *transaction) openTogether(ctx context.Context) error {
	if err := tx.put(ctx, nil, tx.plan.head()...); err != nil {
		return err
	}
	if err := tx.drain(ctx); err != nil {
		return err
	}
	return tx.askForData(ctx)
}

func (tx *transaction) askForData(ctx context.Context) error {
	if err := tx.envelopeError(); err != nil {
		return err
	}
	if err := tx.ask(ctx, tx.plan.data); err != nil {
		return err
	}
	return tx.afterData()
}

// openPipelined sends RSET, MAIL, RCPT and DATA in one flight, RFC 2920 §3.1.
// All replies are read before any is judged, or the next flight would take them
// for its own; only the end of the connection cuts that short.
func (tx *transaction) openPipelined(ctx context.Context) error {
	if err := tx.put(ctx, nil, append(tx.plan.head(), tx.plan.data)...); err != nil {
		return err
	}
	if err := tx.drain(ctx); err != nil {
		return err
	}
	if err := tx.envelopeError(); err != nil {
		return tx.unwanted(ctx, err)
	}
	return tx.afterData()
}

// unwanted ends a flight whose DATA must come to nothing. A server that is
// ready for content anyway gets none: the lone dot of RFC 2920 §3.1 while all
// recipients are refused, and a closed connection when it has taken recipients
// without a sender, where the dot would send them an empty message.
func (tx *transaction) unwanted(ctx context.Context, err error) error {
	c := tx.client
	if tx.data.class() != 3 {
		if tx.data.positive() {
			return c.desync(PhaseData, tx.plan.data.line, tx.data)
		}
		return err
	}
	if tx.accepted > 0 {
		c.abandon()
		return err
	}
	end := c.lastDot()
	r, endErr := c.exchange(ctx, end.command)
	if endErr == nil && r.positive() {
		if e := asError(err); e != nil && e.Err == nil {
			e.Err = ErrEmptyAccepted
		}
	}
	return err
}

func (tx *transaction) afterData() error {
	switch {
	case tx.data.class() == 3:
		return nil
	case tx.data.refusal():
		return refused(PhaseData, tx.plan.data.line, tx.data)
	}
	return tx.client.desync(PhaseData, tx.plan.data.line, tx.data)
}

// uploadData streams the message without its end. Until that leaves, every
// failure behind DATA closes the connection, upon which the server must drop
// what it has (RFC 5321 §4.1.1.4).
func (tx *transaction) uploadData(ctx context.Context) error {
	if err := tx.openData(ctx); err != nil {
		return err
	}
	sent, err := tx.stream(ctx)
	if err != nil {
		return tx.drop(ctx, err)
	}
	tx.client.trace.client(fmt.Sprintf("… %d bytes", sent))
	return nil
}

func (tx *transaction) stream(ctx context.Context) (sent int64, err error) {
	n := &normaliser{stuff: true, block: tx.client.buffer(min(tx.source.total, pieceSize))}
	defer func() { tx.client.spare = n.block }()
	for {
		if err := ctx.Err(); err != nil {
			return sent, lost(ctx, PhaseBody, "", err)
		}
		piece, err := tx.source.next()
		if writeErr := n.write(piece); writeErr != nil {
			return sent, bodyFailed(ctx, writeErr)
		}
		atEnd := errors.Is(err, io.EOF)
		if err != nil && !atEnd {
			return sent, bodyFailed(ctx, err)
		}
		if atEnd {
			n.finish()
		}
		if len(n.block) >= pieceSize || atEnd && len(n.block) > 0 {
			if err := tx.writeBlock(ctx, n.block); err != nil {
				return sent, err
			}
			sent += int64(len(n.block))
			n.block = n.block[:0]
		}
		if atEnd {
			return sent, nil
		}
	}
}

func (tx *transaction) writeBlock(ctx context.Context, block []byte) error {
	if err := tx.interrupted(ctx); err != nil {
		return err
	}
	if err := tx.client.write(block, tx.client.opts.Timeouts.Block); err != nil {
		return tx.writeFailed(ctx, err)
	}
	tx.source.report(tx.source.read)
	return nil
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

// commitData sends the dot.
func (tx *transaction) commitData(ctx context.Context) error {
	ends := []step{tx.client.lastDot()}
	if tx.client.opts.LMTP {
		ends = tx.eachVerdict()
	}
	if err := tx.put(ctx, nil, ends...); err != nil {
		return err
	}
	if err := tx.drain(ctx); err != nil {
		return err
	}
	if tx.last.refusal() {
		return refused(PhaseCommit, ".", tx.last)
	}
	return nil
}

// eachVerdict awaits one reply to the dot for each accepted recipient.
func (tx *transaction) eachVerdict() []step {
	var ends []step
	for _, s := range tx.plan.rcpts {
		if tx.result.Recipients[s.rcpt].Accepted {
			end := tx.client.lastDot()
			end.rcpt = s.rcpt
			if len(ends) > 0 {
				end.line = ""
			}
			ends = append(ends, end)
		}
	}
	return ends
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
