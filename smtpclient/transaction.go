package smtpclient

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// stepKind is what a command of a transaction is, and so how its reply is judged.
type stepKind int

const (
	stepReset stepKind = iota
	stepMail
	stepRcpt
	stepData
	stepChunk // BDAT without LAST
	stepLast  // BDAT LAST, or the dot
)

// step is a command of a transaction.
type step struct {
	command
	kind stepKind
	rcpt int // for stepRcpt: index in Envelope.To; for stepLast in LMTP: whose verdict, else -1
}

var resetStep = step{kind: stepReset, command: command{phase: PhaseMail, line: "RSET"}}

// lastDot ends a message that goes by DATA.
func (c *Client) lastDot() step {
	return step{kind: stepLast, rcpt: -1, command: command{phase: PhaseCommit, line: ".", wait: c.opts.Timeouts.Final}}
}

// chunkStep announces size bytes of the message, RFC 3030 §2.
func (c *Client) chunkStep(size int, last bool) step {
	line := "BDAT " + strconv.Itoa(size)
	if last {
		return step{kind: stepLast, rcpt: -1, command: command{phase: PhaseCommit, line: line + " LAST", wait: c.opts.Timeouts.Final}}
	}
	return step{kind: stepChunk, command: command{phase: PhaseBody, line: line, wait: c.opts.Timeouts.Final}}
}

// transaction is one message on its way. Commands are put on the wire in order
// and their replies taken in order; what the replies mean together is judged by
// who put the commands. The road it takes is in data.go (DATA) and chunk.go
// (BDAT).
type transaction struct {
	client *Client
	plan   plan
	opts   SendOptions
	result *Result

	mode     mode
	source   *source
	begun    bool   // something was written
	fresh    bool   // the server was heard shortly before, so the line was up
	pending  []step // written, not answered; the oldest first
	mail     Reply
	data     Reply // to DATA
	last     Reply // to the end of the message
	chunkErr error // the first refusal of a chunk
	accepted int
	refusals bool
	ended    bool // the end of the message may have left

	lines      *normaliser // for BDAT
	held       []byte      // the last chunk
	chunkStart int64       // how much of the source had been read before it
}

// put writes steps in one piece, with payload behind the last of them.
func (tx *transaction) put(ctx context.Context, payload []byte, steps ...step) error {
	c := tx.client
	c.in.expect(len(steps), false, false)
	var flight []byte
	for _, s := range steps {
		if s.line == "" {
			continue // a further reply to the command before
		}
		c.trace.client(s.line)
		flight = append(append(flight, s.line...), '\r', '\n')
		if s.kind == stepMail {
			c.countMail()
		}
	}
	if len(payload) > 0 {
		c.trace.client(fmt.Sprintf("… %d bytes", len(payload)))
	}
	tx.begun = true
	tx.pending = append(tx.pending, steps...)
	if err := tx.pour(flight, payload, steps[len(steps)-1].kind == stepLast); err != nil {
		return tx.writeFailed(ctx, err)
	}
	return nil
}

// pour writes head and payload in pieces of which each has a deadline of its
// own: a slow line makes progress, a dead one does not. Only the last piece can
// complete a message.
func (tx *transaction) pour(head, payload []byte, ends bool) error {
	size := len(payload)
	room := min(max(pieceSize-len(head), 0), size)
	piece, payload := append(head, payload[:room]...), payload[room:]
	for {
		tx.ended = tx.ended || ends && len(payload) == 0
		if err := tx.client.write(piece, tx.client.opts.Timeouts.Block); err != nil {
			return err
		}
		if size > 0 {
			tx.source.report(tx.chunkStart + (tx.source.read-tx.chunkStart)*int64(size-len(payload))/int64(size))
		}
		if len(payload) == 0 {
			return nil
		}
		next := min(pieceSize, len(payload))
		piece, payload = payload[:next], payload[next:]
	}
}

// take waits for the reply to the oldest command that has none, and files it.
func (tx *transaction) take(ctx context.Context) error {
	s := tx.pending[0]
	if tx.ended {
		// The server may hold all replies until it has dealt with the message.
		s.wait = max(s.wait, tx.client.opts.Timeouts.Final)
	}
	r, err := tx.client.answer(ctx, s.command)
	if err != nil {
		return tx.atEnd(err)
	}
	tx.pending = tx.pending[1:]
	return tx.file(s, r)
}

// drain takes all replies that are due.
func (tx *transaction) drain(ctx context.Context) error {
	for len(tx.pending) > 0 {
		if err := tx.take(ctx); err != nil {
			return err
		}
	}
	return nil
}

// peek takes the replies that have come, without waiting.
func (tx *transaction) peek(ctx context.Context) error {
	for len(tx.pending) > 0 && tx.client.in.news() {
		if err := tx.take(ctx); err != nil {
			return err
		}
	}
	return tx.interrupted(ctx)
}

// file stores a reply; an error means the connection is of no use any more.
func (tx *transaction) file(s step, r Reply) error {
	switch s.kind {
	case stepReset:
		return tx.afterReset(r)
	case stepRcpt:
		if r.positive() || r.refusal() {
			tx.note(s, r)
			return nil
		}
	case stepMail:
		if tx.mail = r; r.positive() || r.refusal() {
			return nil
		}
	case stepData:
		tx.data = r
		return nil
	case stepChunk:
		switch {
		case r.positive():
			return nil
		case r.refusal():
			tx.refusals = true
			if tx.chunkErr == nil {
				tx.chunkErr = refused(PhaseBody, s.line, r)
			}
			return nil
		}
	case stepLast:
		if r.positive() || r.refusal() {
			tx.verdict(s, r)
			return nil
		}
	}
	return tx.atEnd(tx.client.desync(s.phase, s.line, r))
}

// interrupted reports what ended the transaction before its time: the context,
// the connection, or a reply nobody should send yet.
func (tx *transaction) interrupted(ctx context.Context) error {
	c := tx.client
	if err := ctx.Err(); err != nil {
		return lost(ctx, PhaseBody, "", err)
	}
	if len(tx.pending) > 0 {
		return nil // the reply that comes will tell
	}
	if r, ok := c.in.unasked(); ok {
		c.trace.server(r)
		if r.refusal() {
			return refused(PhaseBody, tx.plan.body(), r)
		}
		return c.desync(PhaseBody, tx.plan.body(), r)
	}
	if err := c.in.ended(); err != nil {
		return lost(ctx, PhaseBody, "", err)
	}
	return nil
}

// writeFailed prefers the server's last words over the bare failure.
func (tx *transaction) writeFailed(ctx context.Context, err error) error {
	c := tx.client
	written := tx.pending
	if len(written) == 0 {
		written = []step{{command: command{phase: PhaseBody, line: tx.plan.body()}}}
	}
	for {
		r, readErr := c.in.next(ctx, lastWordsTimeout)
		if readErr != nil {
			break
		}
		c.trace.server(r)
		s := step{command: command{phase: PhaseBody, line: tx.plan.body()}}
		if len(tx.pending) > 0 {
			s, tx.pending = tx.pending[0], tx.pending[1:]
			if r.Code != codeClosing {
				if err := tx.file(s, r); err != nil {
					return err
				}
				continue
			}
		}
		c.abandon()
		if r.refusal() {
			return refused(s.phase, s.line, r)
		}
		return tx.atEnd(c.desync(s.phase, s.line, r))
	}
	c.abandon()
	if known := tx.refusal(); known != nil {
		return known
	}
	s := written[0]
	if last := written[len(written)-1]; last.kind == stepChunk || last.kind == stepLast {
		s = last
		if !tx.ended {
			s.phase = PhaseBody
		}
	}
	return tx.atEnd(lost(ctx, s.phase, s.line, err))
}

// finish closes the books: how the client is left, and who is certain.
func (tx *transaction) finish(err error) {
	c := tx.client
	e := asError(err)
	if e == nil || !e.Unknown() {
		for i := range tx.result.Recipients {
			tx.result.Recipients[i].Unanswered = false
		}
	}
	switch {
	case !tx.begun:
		c.dirty = tx.plan.reset
	case err == nil:
		c.dirty = tx.refusals
		c.sender = tx.plan.from
		if tx.mode == modeData {
			c.learned.LostFlights = 0
		}
		c.learned.InDoubt = false
	case e != nil && tx.onlyTooMany(e):
		e.Temporary = true
	case e != nil && e.Phase == PhaseMail && tx.mail.refusal() && c.refusesDSN(tx.plan.mail.line, tx.mail):
		e.Temporary = true
	case tx.mode == modeData && tx.fresh && pipeliningAtFault(e):
		c.learned.lostFlight()
	case tx.mode.chunked() && chunkingAtFault(e):
		c.learned.avoidChunking()
		e.Temporary = true
	case tx.mode == modeOneFlight && e != nil && e.Unknown():
		c.learned.InDoubt, c.learned.At = true, time.Now()
	}
}

// pipeliningAtFault tells of a flight that was not answered to its end: a server,
// or what stands before it, that throws away what comes behind a command or hangs
// up on it may take the commands one by one. That costs round trips until it is forgotten;
// the other way nothing would ever get through.
func pipeliningAtFault(e *Error) bool {
	if e.Code != 0 || errors.Is(e, context.Canceled) || errors.Is(e, ErrClosed) {
		return false
	}
	switch e.Phase {
	case PhaseMail, PhaseRcpt, PhaseData:
		return e.Temporary
	}
	return false
}

// chunkingAtFault tells whether a message may get through by DATA that did not
// by BDAT: the command is not known after all, or its content was swallowed.
func chunkingAtFault(e *Error) bool {
	if !strings.HasPrefix(e.Command, "BDAT") {
		return false
	}
	switch e.Code {
	case 0:
		return errors.Is(e, errTimeout) || errors.Is(e, os.ErrDeadlineExceeded)
	case 500, 502, 504:
		return true
	}
	return false
}
