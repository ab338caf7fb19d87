package imapclient

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	imap "github.com/emersion/go-imap/v2"
)

// NewMessage is a message to be stored. A zero At leaves the date of arrival to the
// server. Raw is stored as it is; its line ends must be CRLF.
type NewMessage struct {
	Flags []imap.Flag
	At    time.Time
	Raw   []byte
}

// Append stores a message in a folder, which need not be open, and returns its
// UID, 0 where the server does not tell it. A folder that does not exist is KindNo with
// the code TRYCREATE. Of servers of which AppendsMany is true it stores several in one
// step: all of them, or on an error of the server's none (RFC 3502); the UID is the
// highest among them. Where literals need no go-ahead that is one round trip.
func (c *Client) Append(ctx context.Context, wire string, list ...NewMessage) (imap.UID, error) {
	cmd, err := c.storing("APPEND", "APPEND ", wire, list...)
	if err != nil {
		return 0, err
	}
	r, err := c.run(ctx, cmd)
	if err != nil {
		return 0, err
	}
	return appendUID(r), nil
}

// AppendsMany tells whether the server takes several messages in one step.
func (c *Client) AppendsMany() bool { return c.has(imap.CapMultiAppend) }

// Replaces tells whether the server does Replace.
func (c *Client) Replaces() bool { return c.has(imap.CapReplace) }

// Replace is Append that takes a message of the open folder away in the same step,
// so that there is never none of the two and never both (RFC 8508). Only for servers
// of which Replaces is true.
func (c *Client) Replace(ctx context.Context, old imap.UID, wire string, m NewMessage) (imap.UID, error) {
	const op = "REPLACE"
	if err := c.needsFolder(op); err != nil {
		return 0, err
	}
	cmd, err := c.storing(op, fmt.Sprintf("UID REPLACE %d ", old), wire, m)
	if err != nil {
		return 0, err
	}
	var uid imap.UID
	cmd.code = func(r statusResponse) { // in an untagged OK, RFC 8508 §3.4
		if u := appendUID(r); u != 0 {
			uid = u
		}
	}
	cmd.quiet = true // the old one goes
	r, err := c.run(ctx, cmd)
	if err != nil {
		return 0, err
	}
	return cmp.Or(appendUID(r), uid), nil
}

// storing makes the command that begins so and ends with messages.
func (c *Client) storing(op, head, wire string, list ...NewMessage) (*command, error) {
	if len(list) == 0 {
		return nil, invalid(op, errors.New("no messages"))
	}
	if err := checkText(op, wire); err != nil {
		return nil, err
	}
	cmd := newCommand(head).str(wire)
	cmd.op = op
	for _, m := range list {
		if err := c.checkMessage(op, m); err != nil {
			return nil, err
		}
		cmd.text(" ")
		if len(m.Flags) > 0 {
			cmd.text(flagList(m.Flags) + " ")
		}
		if !m.At.IsZero() {
			cmd.text(m.At.Format(`"_2-Jan-2006 15:04:05 -0700" `))
		}
		cmd.literal(m.Raw, c.takesNonSync(len(m.Raw)) || len(list) > 1 && c.has(imap.CapLiteralPlus))
	}
	return cmd, nil
}

func (c *Client) checkMessage(op string, m NewMessage) error {
	if err := checkFlags(op, m.Flags); err != nil {
		return err
	}
	if slices.Contains(m.Raw, 0) {
		return invalid(op, errors.New("the message has a NUL byte, which IMAP cannot carry")) // RFC 9051 §4.3
	}
	if limit, ok := c.caps.AppendLimit(); ok && limit != nil && *limit > 0 && int64(len(m.Raw)) > int64(*limit) {
		return &Error{Op: op, Kind: KindTooLarge, Err: fmt.Errorf("the server takes no more than %d bytes", *limit)}
	}
	return nil
}

// maxNonSync is the largest literal that is sent without asking, RFC 7888 §5; a
// larger one might travel to no use. Of many messages each would cost a round trip.
const maxNonSync = 4096

func (c *Client) takesNonSync(size int) bool {
	return size <= maxNonSync && (c.has(imap.CapLiteralMinus) || c.has(imap.CapLiteralPlus))
}

// appendUID reads "validity uids", RFC 4315 §3: one UID, or a set where several
// messages were stored, of which it gives the highest.
func appendUID(r statusResponse) imap.UID {
	if !r.is("APPENDUID") {
		return 0
	}
	s := scanner{b: r.args}
	if _, err := s.number32(); err != nil {
		return 0
	}
	set, err := parseSet(s.word(), maxMissing)
	if err != nil {
		return 0
	}
	var highest uint32
	for _, span := range set {
		highest = max(highest, span.last)
	}
	return imap.UID(highest)
}
