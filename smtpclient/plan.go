package smtpclient

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// mode is the road a message takes, from the slowest to the fastest.
type mode int

const (
	modeSequential mode = iota // one command, one reply
	modeData                   // MAIL, RCPT and DATA in one flight, then the message
	modeTwoStep                // MAIL, RCPT and BDAT in one flight, then BDAT 0 LAST
	modeOneFlight              // MAIL, RCPT and BDAT LAST in one flight
)

func (m mode) chunked() bool { return m >= modeTwoStep }

// idleLimit is how old the last sign of life of a connection may be before a
// message is entrusted to it in one flight: on a dead line that leaves the
// outcome unknown, where two steps only fail.
const idleLimit = 30 * time.Second

// mode picks the road. BDAT is for servers that have proved to throw a refused
// chunk away: others may run it as commands, with the rights of the user. So
// nothing is gained by it on the others, where DATA takes as many round trips.
func (c *Client) mode(opts SendOptions, hold bool) mode {
	switch {
	case !c.pipelines():
		return modeSequential
	case !c.chunks() || c.learned.Discards != Yes:
		return modeData
	case hold, opts.AllOrNothing, c.dirty, c.learned.InDoubt, time.Since(c.heard) > idleLimit:
		// After a refusal the flight waits for the answer to RSET.
		return modeTwoStep
	}
	return modeOneFlight
}

func (c *Client) pipelines() bool {
	return c.caps.Offers("PIPELINING") && !c.learned.AvoidPipelining
}

func (c *Client) chunks() bool {
	return c.pipelines() && c.caps.Offers("CHUNKING") && !c.learned.AvoidChunking && !c.opts.LMTP
}

// unproven reports whether Learn has something to find out.
func (c *Client) unproven() bool {
	return c.chunks() && c.learned.Discards == "" && !c.probed
}

// plan has the commands of one transaction; recipients beyond the server's
// limits have none.
type plan struct {
	from    string
	reset   bool
	chunked bool
	mail    step
	rcpts   []step
	data    step
}

// body names the command that carries the message, for errors.
func (p plan) body() string {
	if p.chunked {
		return "BDAT"
	}
	return "DATA"
}

// head returns the commands that name sender and recipients.
func (p plan) head() []step {
	steps := make([]step, 0, len(p.rcpts)+3)
	if p.reset {
		steps = append(steps, resetStep)
	}
	return append(append(steps, p.mail), p.rcpts...)
}

// plan checks the envelope against what the server offers.
func (c *Client) plan(env Envelope) (plan, error) {
	p := plan{from: env.From}
	if len(env.To) == 0 {
		return p, invalid(PhaseRcpt, "", ErrNoRecipients)
	}
	room := newRoom(c.caps)
	if c.rcptMax > 0 && (room.recipients == 0 || room.recipients > c.rcptMax) {
		room.recipients = c.rcptMax
	}
	for i, rcpt := range env.To {
		line, err := rcpt.rcptCommand(env.asksForReports(), c.caps)
		if err != nil {
			return p, invalid(PhaseRcpt, "RCPT", err)
		}
		if room.has(rcpt.Address) {
			p.rcpts = append(p.rcpts, step{kind: stepRcpt, rcpt: i, command: command{phase: PhaseRcpt, line: line}})
		}
	}
	_, secure := c.TLSState()
	line, err := env.mailCommand(c.caps, secure)
	if err != nil {
		return p, invalid(PhaseMail, "MAIL", err)
	}
	p.mail = step{kind: stepMail, command: command{phase: PhaseMail, line: line}}
	p.data = step{kind: stepData, command: command{phase: PhaseData, line: "DATA", wait: c.opts.Timeouts.Data}}
	return p, nil
}

// room is what the server's LIMITS (RFC 9422 §4) leave for recipients.
type room struct {
	recipients, domains int // 0: no limit
	taken               int
	seen                map[string]bool
}

func newRoom(caps Capabilities) *room {
	return &room{recipients: caps.limit("RCPTMAX"), domains: caps.limit("RCPTDOMAINMAX"), seen: map[string]bool{}}
}

func (r *room) has(address string) bool {
	domain := strings.ToLower(address[strings.LastIndexByte(address, '@')+1:])
	switch {
	case r.recipients > 0 && r.taken >= r.recipients:
		return false
	case r.domains > 0 && !r.seen[domain] && len(r.seen) >= r.domains:
		return false
	}
	r.seen[domain] = true
	r.taken++
	return true
}

// countMail notes that a transaction was opened, for MAILMAX (RFC 9422 §4.1).
func (c *Client) countMail() { c.mails.Add(1) }

// exhausted says that the next message needs another connection.
func (c *Client) exhausted(ctx context.Context) error {
	if !c.spent() {
		return nil
	}
	return lost(ctx, PhaseMail, "", fmt.Errorf("%w: it has carried as many messages as the server allows", ErrClosed))
}

// spent reports whether the server takes no further message on this connection.
func (c *Client) spent() bool { return c.mailMax > 0 && c.mails.Load() >= c.mailMax }
