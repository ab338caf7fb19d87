package imapclient

import (
	"context"
	"errors"
	"time"

	imap "github.com/emersion/go-imap/v2"
)

// NewMessage is a message to be stored; what is said of Append holds for it.
type NewMessage struct {
	Flags []imap.Flag
	At    time.Time
	Raw   []byte
}

// AppendsMany tells whether the server does AppendMany.
func (c *Client) AppendsMany() bool { return c.has(imap.CapMultiAppend) }

// AppendMany stores messages in a folder in one step: all of them, or on an error of
// the server's none (RFC 3502). Only for servers of which AppendsMany is true. Where
// literals need no go-ahead it is one round trip.
func (c *Client) AppendMany(ctx context.Context, wire string, list []NewMessage) error {
	const op = "APPEND"
	if len(list) == 0 {
		return invalid(op, errors.New("no messages"))
	}
	if err := checkText(op, wire); err != nil {
		return err
	}
	cmd := newCommand("APPEND ").str(wire)
	for _, m := range list {
		nonSync := c.takesNonSync(len(m.Raw)) || c.has(imap.CapLiteralPlus)
		if err := c.message(cmd.text(" "), op, m, nonSync); err != nil {
			return err
		}
	}
	_, err := c.run(ctx, cmd)
	return err
}
