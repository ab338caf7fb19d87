package imapclient

import (
	"context"
	"errors"
	"strings"

	imap "github.com/emersion/go-imap/v2"
)

// wireFor gives the server's spelling of a folder's name, RFC 2342 for where own
// folders lie. A folder that lies elsewhere, whose wire name is given, stays there.
func (c *Client) wireFor(ctx context.Context, op, from, name string) (string, error) {
	if err := checkName(op, name); err != nil {
		return "", err
	}
	delim, err := c.delimiter(ctx)
	if err != nil {
		return "", err
	}
	if delim != '/' && delim != 0 && strings.ContainsRune(name, delim) {
		return "", invalid(op, errors.New("the server does not allow "+string(delim)+" in the name of a folder"))
	}
	if delim == 0 && strings.Contains(name, "/") {
		return "", invalid(op, errors.New("the server has no folders in folders"))
	}
	wire := c.encodeName(name, delim)
	if err := c.learnNamespaces(ctx); err != nil {
		return "", err
	}
	prefix := c.spaces.prefix()
	if hasPrefixFold(wire, prefix) || c.stays(wire, delim) || from != "" && !hasPrefixFold(from, prefix) {
		return wire, nil
	}
	return prefix + wire, nil
}

// Rename gives a folder another name and returns its new wire name. What lies
// below it goes along (RFC 9051 §6.3.6).
func (c *Client) Rename(ctx context.Context, wire, name string) (string, error) {
	if err := checkText("RENAME", wire); err != nil {
		return "", err
	}
	to, err := c.wireFor(ctx, "RENAME", wire, name)
	if err != nil {
		return "", err
	}
	if _, err := c.run(ctx, newCommand("RENAME ").str(wire).text(" ").str(to)); err != nil {
		return "", err
	}
	// A subscription is to a name (RFC 9051 §6.3.7): the old one would stay.
	for _, courtesy := range []struct{ verb, wire string }{{"SUBSCRIBE ", to}, {"UNSUBSCRIBE ", wire}} {
		var e *Error
		if _, err := c.run(ctx, newCommand(courtesy.verb).str(courtesy.wire)); errors.As(err, &e) && e.fatal {
			return to, err
		}
	}
	return to, nil
}

// Delete deletes a folder with everything in it. That it is not there any more
// is fine.
func (c *Client) Delete(ctx context.Context, wire string) error {
	if err := checkText("DELETE", wire); err != nil {
		return err
	}
	_, err := c.run(ctx, newCommand("DELETE ").str(wire))
	var e *Error
	if errors.As(err, &e) && !e.fatal && e.Kind == KindNo && e.Code == imap.ResponseCodeNonExistent { // RFC 5530 §3
		err = nil
	}
	if err != nil {
		return err
	}
	if _, err := c.run(ctx, newCommand("UNSUBSCRIBE ").str(wire)); errors.As(err, &e) && e.fatal {
		return err
	}
	return nil
}

// Subscribe says whether other clients should show a folder, RFC 9051 §6.3.7.
func (c *Client) Subscribe(ctx context.Context, wire string, on bool) error {
	verb := "SUBSCRIBE "
	if !on {
		verb = "UNSUBSCRIBE "
	}
	if err := checkText("SUBSCRIBE", wire); err != nil {
		return err
	}
	_, err := c.run(ctx, newCommand(verb).str(wire))
	return err
}

// Unselect closes the open folder without expunging. Where the server has no command for
// it (RFC 3691), INBOX takes its place, to be read only (RFC 9051 §6.3.3): some, Courier
// among them, delete no folder that is open.
func (c *Client) Unselect(ctx context.Context) error {
	if !c.open {
		return nil
	}
	var err error
	if c.has(imap.CapUnselect) || c.has(imap.CapIMAP4rev2) {
		_, err = c.run(ctx, newCommand("UNSELECT"))
	} else {
		var e *Error
		if _, err = c.selectOnce(ctx, inbox, true); errors.As(err, &e) && !e.fatal {
			err = nil // none is open then
		}
	}
	c.open = err != nil
	return err
}

// Quota is how much room the account has, in bytes. Room 0: it is not known.
type Quota struct{ Used, Room int64 }

// Quota asks for the room of the account, RFC 9208 §4.3: of the roots of INBOX,
// the one that is fullest. It is zero where the server does not tell.
func (c *Client) Quota(ctx context.Context) (Quota, error) {
	var q Quota
	if !c.has(imap.CapQuota) && !hasPrefix(c.caps, "QUOTA=RES-STORAGE") {
		return q, nil
	}
	cmd := newCommand("GETQUOTAROOT ").str(inbox)
	cmd.data = func(u *untagged) bool {
		switch u.name {
		case "QUOTAROOT":
		case "QUOTA":
			if got, err := parseQuota(&u.args); err == nil && got.Room > 0 && (q.Room == 0 || got.share() > q.share()) {
				q = got
			}
		default:
			return false
		}
		return true
	}
	_, err := c.run(ctx, cmd)
	var e *Error
	if errors.As(err, &e) && !e.fatal {
		return Quota{}, nil // a courtesy that was refused
	}
	return q, err
}

func (q Quota) share() float64 { return float64(q.Used) / float64(max(q.Room, 1)) }

func hasPrefix(caps imap.CapSet, prefix string) bool {
	for c := range caps {
		if strings.HasPrefix(strings.ToUpper(string(c)), prefix) {
			return true
		}
	}
	return false
}

// parseQuota reads `root (STORAGE used limit …)`; STORAGE counts units of 1024
// octets (RFC 9208 §5.1).
func parseQuota(s *scanner) (Quota, error) {
	var q Quota
	if _, err := s.str(); err != nil {
		return q, err
	}
	if !s.take('(') {
		return q, errSyntax
	}
	for !s.take(')') {
		name, err := s.str()
		if err != nil {
			return q, err
		}
		used, err := s.number()
		if err != nil {
			return q, err
		}
		room, err := s.number()
		if err != nil {
			return q, err
		}
		const most = 1 << 50
		if strings.EqualFold(string(name), "STORAGE") && used < most && room < most {
			q = Quota{int64(used) * 1024, int64(room) * 1024}
		}
	}
	return q, nil
}
