package smtpclient

import (
	"context"
	"time"
)

// probeChunk is the content of the chunk that must be refused. Should a server
// run it as a command, its answer is no 250, and so cannot be taken for the
// answer to RSET.
const probeChunk = "XTST\r\n"

// probeTimeout is how long a server may take for an answer that costs it nothing.
const probeTimeout = 30 * time.Second

// Learn finds out whether the server may be sent messages in one flight. Call
// it on the idle connection after the first accepted message, when nobody
// waits: it takes two round trips, once for each server, and does nothing when
// there is nothing to learn. Nothing can be sent by it, as it opens a
// transaction without recipients. [Client.Learned] has the answer.
func (c *Client) Learn(ctx context.Context) error {
	if !c.unproven() {
		return nil
	}
	defer c.watch(ctx)()
	return c.probe(ctx, c.sender)
}

// probe offers a chunk that the server must refuse, for there is no recipient.
// A server that throws it away has nothing more to say; one that leaves it in
// its input answers it as a command, and would do so with any refused message,
// such as one that somebody else wrote and the user forwards.
func (c *Client) probe(ctx context.Context, from string) error {
	if err := c.usable(ctx, PhaseIdle); err != nil {
		return err
	}
	sender := Envelope{From: from}
	line, err := sender.mailCommand(c.caps, true)
	if err != nil {
		return invalid(PhaseMail, "MAIL", err)
	}
	c.probed, c.chunking = true, true
	mail := command{phase: PhaseIdle, line: line, wait: probeTimeout}
	chunk := command{phase: PhaseIdle, line: "BDAT 6 LAST", wait: probeTimeout}
	answers, err := c.probeFlight(ctx, mail, chunk)
	if err != nil {
		if ctx.Err() == nil {
			// What kills the connection once may do so again.
			c.learned.avoidChunking()
		}
		return err
	}
	reset := command{phase: PhaseIdle, line: resetStep.line, wait: probeTimeout}
	r, err := c.exchange(ctx, reset)
	if err != nil {
		return err
	}
	switch {
	case !r.positive() && r.Code != codeClosing:
		// The chunk was run; the answer to RSET comes behind.
		c.learned.discards(No)
		if r, err = c.answer(ctx, reset); err != nil {
			return err
		}
	case answers[1].positive():
		c.learned.discards(No) // it was not even refused
	case answers[0].positive() && answers[1].class() == 5:
		c.learned.discards(Yes)
	}
	if !r.positive() {
		c.abandon()
		return refused(PhaseIdle, reset.line, r)
	}
	c.dirty = false
	return nil
}

func (c *Client) probeFlight(ctx context.Context, mail, chunk command) ([]Reply, error) {
	c.countMail()
	c.in.expect(2, false, false)
	c.trace.client(mail.line)
	c.trace.client(chunk.line)
	c.trace.info("is a refused message thrown away?")
	if err := c.write([]byte(mail.line+"\r\n"+chunk.line+"\r\n"+probeChunk), c.opts.Timeouts.Command); err != nil {
		return nil, c.writeFailed(ctx, mail, err)
	}
	answers := make([]Reply, 0, 2)
	for _, cmd := range []command{mail, chunk} {
		r, err := c.answer(ctx, cmd)
		if err != nil {
			return nil, err
		}
		answers = append(answers, r)
	}
	return answers, nil
}
