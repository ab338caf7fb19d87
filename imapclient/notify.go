package imapclient

import (
	"context"
	"errors"
	"slices"

	imap "github.com/emersion/go-imap/v2"
)

// maxElsewhere bounds the folders that a server tells of between two looks.
const maxElsewhere = 10_000

// elsewhere is what the server says unasked about folders that are not open.
type elsewhere struct {
	on    bool            // the server has agreed to
	wires map[string]bool // with changes
	all   bool            // folders came or went, or it has lost track
}

func (e *elsewhere) news() bool { return e.all || len(e.wires) > 0 }

// Notify asks the server to tell during Idle of changes in all folders (RFC
// 5465), which Elsewhere then gives. It reports whether the server agrees; one
// that does not offer it, or refuses, is no error.
func (c *Client) Notify(ctx context.Context) (bool, error) {
	if c.elsewhere.on || !c.has(imap.CapNotify) || c.noNotify {
		return c.elsewhere.on, nil
	}
	// Flags of other folders are more than some servers will tell. What vanishes
	// from the open folder is told when nothing else is under way.
	for _, others := range []string{"MessageNew MessageExpunge FlagChange MailboxName", "MessageNew MessageExpunge MailboxName"} {
		_, err := c.run(ctx, newCommand("NOTIFY SET (selected-delayed (MessageNew MessageExpunge FlagChange)) (personal ("+others+"))"))
		var e *Error
		if errors.As(err, &e) && !e.fatal {
			continue
		}
		c.elsewhere.on = err == nil
		return err == nil, err
	}
	c.noNotify = true
	return false, nil
}

// Notified reports whether the server tells of changes in all folders: it is asked for
// those of one's own.
func (c *Client) Notified() bool { return c.elsewhere.on && !c.shares }

// Elsewhere takes what the server has told since the last call: the wire names
// of folders in which something has changed; all means that the list of folders
// has, or that the server cannot tell any more, so that everything must be
// looked at.
func (c *Client) Elsewhere() (wires []string, all bool) {
	e := &c.elsewhere
	for wire := range e.wires {
		wires = append(wires, wire)
	}
	slices.Sort(wires)
	all = e.all
	e.wires, e.all = nil, false
	return wires, all
}

// take notes an untagged response that no command has asked for.
func (e *elsewhere) take(u *untagged) {
	if !e.on {
		return
	}
	switch u.name {
	case "LIST":
		e.all = true
	case "STATUS":
		line, err := parseStatusData(&u.args)
		if err != nil || line.data.Mailbox == "" {
			return
		}
		if len(e.wires) == maxElsewhere {
			e.all = true
			return
		}
		if e.wires == nil {
			e.wires = map[string]bool{}
		}
		e.wires[line.data.Mailbox] = true
	}
}

// overflow is the server's word that it tells no more, RFC 5465 §5.8.
func (e *elsewhere) overflow() {
	if e.on {
		e.on, e.all = false, true
	}
}
