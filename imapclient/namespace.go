package imapclient

import (
	"context"
	"errors"
	"slices"
	"strings"

	imap "github.com/emersion/go-imap/v2"
)

// namespaces is where whose folders lie (RFC 2342): what the wire names of one's own
// begin with, and those of other users and of all together.
type namespaces struct {
	asked       bool
	own, others []string
}

// askNamespaces gives the command that asks for them, nil where the server cannot say or
// has said. They are asked for once: they do not change while somebody is signed in.
func (c *Client) askNamespaces() *command {
	if c.spaces.asked || !c.has(imap.CapNamespace) {
		return nil
	}
	cmd := newCommand("NAMESPACE")
	cmd.data = func(u *untagged) bool {
		if u.name != "NAMESPACE" {
			return false
		}
		if n, err := parseNamespaces(&u.args); err == nil {
			c.spaces = n
		}
		return true
	}
	cmd.ended = func(statusResponse) { c.spaces.asked = true } // a courtesy, also when it is refused
	return cmd
}

func (c *Client) learnNamespaces(ctx context.Context) error {
	cmd := c.askNamespaces()
	if cmd == nil {
		return nil
	}
	_, err := c.run(ctx, cmd)
	var e *Error
	if errors.As(err, &e) && !e.fatal {
		return nil
	}
	return err
}

// parseNamespaces reads the three lists of RFC 2342 §5: own, other users', shared.
func parseNamespaces(s *scanner) (n namespaces, err error) {
	for i := range 3 {
		if !s.take('(') {
			if _, err := s.str(); err != nil { // NIL
				return n, err
			}
			continue
		}
		for s.take('(') {
			prefix, err := s.str()
			if err != nil {
				return n, err
			}
			if i == 0 {
				n.own = append(n.own, string(prefix))
			} else {
				n.others = append(n.others, string(prefix))
			}
			for !s.take(')') { // the delimiter, and extensions
				if err := s.skip(); err != nil {
					return n, err
				}
			}
		}
		if !s.take(')') {
			return n, errSyntax
		}
	}
	return n, nil
}

// prefix is what the names of all own folders but INBOX begin with; "" on most servers.
func (n namespaces) prefix() string {
	if len(n.own) == 0 {
		return ""
	}
	return n.own[0]
}

// foreign tells whether a folder is not the user's own. The longest prefix decides, as
// one may be part of another: some servers have what is shared at the top, and one's own
// folders below INBOX.
func (n namespaces) foreign(wire string) bool {
	if len(n.own) == 0 || strings.EqualFold(wire, inbox) {
		return false
	}
	own, other := -1, -1
	for _, p := range n.own {
		if hasPrefixFold(wire, p) {
			own = max(own, len(p))
		}
	}
	for _, p := range n.others {
		if strings.HasPrefix(wire, p) {
			other = max(other, len(p))
		}
	}
	return other > own
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// stays tells whether a name that is to be has its place already: below a folder that
// was listed, or where other namespaces begin.
func (c *Client) stays(wire string, delim rune) bool {
	for _, p := range slices.Concat(c.spaces.own, c.spaces.others) {
		if p != "" && strings.HasPrefix(wire, p) {
			return true
		}
	}
	for delim != 0 {
		i := strings.LastIndex(wire, string(delim))
		if i < 0 {
			return false
		}
		if wire = wire[:i]; c.outside[wire] {
			return true
		}
	}
	return false
}

// OwnPrefix is what the names of all own folders but INBOX begin with, as in
// [Mailbox.Name]: "" on most servers, "INBOX/" on some. It is known after a list.
func (c *Client) OwnPrefix() string {
	p := c.spaces.prefix()
	if p == "" || !c.delimSeen {
		return ""
	}
	return c.decodeName(p, c.delim)
}
