package imapclient

import (
	"context"
	"slices"
	"strconv"

	imap "github.com/emersion/go-imap/v2"

	"postea/internal/transcript"
)

const (
	// maxFlight bounds the commands that are under way together: some servers
	// refuse more than a few dozen.
	maxFlight = 25
	// maxFlightText bounds their length, so that they fit into the buffers
	// between us and the server.
	maxFlightText = 16 << 10
)

// exchange is run without the frame: the caller watches the context.
func (c *Client) exchange(ctx context.Context, cmd *command) (statusResponse, error) {
	rs, err := c.flight(ctx, cmd)
	return rs[0], err
}

// runAll sends commands without waiting in between, as far as their literals
// allow, and reads until the end of the last. The answers are those up to an
// error, which is the end of the connection; NO and BAD are for the caller.
func (c *Client) runAll(ctx context.Context, cmds []*command) ([]statusResponse, error) {
	if err := c.usable(ctx, cmds[0].op); err != nil {
		return nil, err
	}
	defer c.watch(ctx)()
	var all []statusResponse
	for len(cmds) > 0 {
		n := fit(cmds)
		rs, err := c.flight(ctx, cmds[:n]...)
		all = append(all, rs...)
		if err != nil {
			return all, err
		}
		cmds = cmds[n:]
	}
	return all, nil
}

// fit is how many of the commands may be under way together.
func fit(cmds []*command) int {
	size := 0
	for i, cmd := range cmds {
		for _, p := range cmd.pieces {
			size += len(p.data) + 20
		}
		if i == maxFlight || i > 0 && size > maxFlightText {
			return i
		}
	}
	return len(cmds)
}

// inFlight is commands under way.
type inFlight struct {
	cmds    []*command
	tags    []string
	answers []statusResponse
	open    []int // those without an answer
}

// flight writes commands, RFC 9051 §5.5, and reads all of their answers. The
// limits on what a response may hold are those of the first command without an
// answer.
func (c *Client) flight(ctx context.Context, cmds ...*command) ([]statusResponse, error) {
	c.wire.begin()
	c.bye, c.nonsense, c.progress = nil, 0, 0
	f := &inFlight{cmds: cmds, answers: make([]statusResponse, len(cmds))}
	for i := range cmds {
		c.tag++
		f.tags = append(f.tags, "P"+strconv.Itoa(c.tag))
		f.open = append(f.open, i)
	}
	var out []byte
	shown := ""
	for i, cmd := range cmds {
		out, shown = append(out, f.tags[i]+" "...), f.tags[i]+" "
		for _, p := range cmd.pieces {
			if !p.literal {
				out, shown = append(out, p.data...), shown+p.shown
				continue
			}
			c.trace.line(transcript.Client, shown)
			out, shown = append(out, "\r\n"...), p.shown
			if !p.nonSync {
				if err := c.wire.write(out); err != nil {
					return f.answers, c.lost(ctx, cmd.op, err)
				}
				c.wire.uploaded(len(out))
				out = nil
				goAhead, err := c.answers(ctx, f, i)
				if err != nil {
					return f.answers, err
				}
				if !goAhead { // refused: the rest of this command must not be sent
					shown = ""
					break
				}
			}
			out = append(out, p.data...)
		}
		if f.done(i) {
			continue
		}
		c.trace.line(transcript.Client, shown)
		out = append(out, "\r\n"...)
	}
	if len(f.open) == 0 {
		return f.answers, nil
	}
	written := make(chan error, 1)
	if len(cmds) == 1 {
		if err := c.wire.write(out); err != nil {
			return f.answers, c.lost(ctx, f.first().op, err)
		}
		c.wire.uploaded(len(out))
		written <- nil
	} else {
		// A server may stop reading until its first answers are taken.
		w := c.wire
		go func() { written <- w.write(out) }()
	}
	_, err := c.answers(ctx, f, -1)
	if err != nil {
		<-written // the connection is closed, which frees the writer
		return f.answers, err
	}
	if err := <-written; err != nil {
		return f.answers, c.lost(ctx, cmds[len(cmds)-1].op, err)
	}
	return f.answers, nil
}

func (f *inFlight) done(i int) bool {
	return !slices.Contains(f.open, i)
}

// first is the command that the server is at.
func (f *inFlight) first() *command { return f.cmds[f.open[0]] }

// waiting lists the commands without an answer.
func (f *inFlight) waiting() []*command {
	out := make([]*command, len(f.open))
	for i, j := range f.open {
		out[i] = f.cmds[j]
	}
	return out
}

// answers reads responses until all commands have their answers, or, for the
// command whose literal waits, until the server asks for it (true) or has
// answered without.
func (c *Client) answers(ctx context.Context, f *inFlight, literal int) (goAhead bool, err error) {
	waiting := f.waiting()
	for range maxResponses {
		cmd := f.first()
		raw, cut, err := c.wire.response(cmd.limits)
		if err != nil {
			return false, c.lost(ctx, cmd.op, err)
		}
		c.trace.server(raw)
		first, rest := cutWord(raw)
		switch i := f.tagged(first); {
		case first == "*":
			c.untagged(rest, cut, waiting...)
		case i >= 0:
			word, text := cutWord(rest)
			typ := statusType([]byte(word))
			if typ == "" {
				return false, c.lost(ctx, cmd.op, &framingError{what: "the server's answer is none of OK, NO and BAD"})
			}
			c.tagged(f, i, parseStatus(typ, text))
			waiting = f.waiting()
			if i == literal || len(f.open) == 0 {
				return false, nil
			}
		case raw[0] == '+':
			if literal >= 0 && f.open[0] == literal {
				return true, nil
			}
			if err := c.respond(cmd, string(raw[1:])); err != nil {
				return false, c.lost(ctx, cmd.op, err)
			}
		default:
			c.stray(raw, cmd)
		}
		if c.nonsense > maxNonsense {
			break
		}
	}
	return false, c.lost(ctx, f.first().op, &framingError{what: "the server sends too much that makes no sense"})
}

// tagged finds the command of a tag, -1 for others.
func (f *inFlight) tagged(tag string) int {
	for _, i := range f.open {
		if f.tags[i] == tag {
			return i
		}
	}
	return -1
}

func (c *Client) tagged(f *inFlight, i int, r statusResponse) {
	f.answers[i] = r
	for k, j := range f.open {
		if i == j {
			f.open = append(f.open[:k:k], f.open[k+1:]...)
			break
		}
	}
	c.noticeCode(r)
	if ended := f.cmds[i].ended; ended != nil {
		ended(r)
	}
}

// refusal makes an error of an answer that is not OK, nil of one that is.
func refusal(op string, r statusResponse) *Error {
	e := &Error{Op: op, Code: r.code, Text: r.text}
	switch {
	case r.ok():
		return nil
	case r.typ == imap.StatusResponseTypeNo && r.is(imap.ResponseCodeTooBig):
		e.Kind = KindTooLarge
	case r.typ == imap.StatusResponseTypeNo:
		e.Kind = KindNo
	default:
		e.Kind = KindBad
	}
	return e
}
