package imapclient

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"

	imap "github.com/emersion/go-imap/v2"

	"postea/internal/mail"
)

// maxMailboxes bounds the list of folders; what comes behind is left out.
const maxMailboxes = 20_000

// Mailbox is a folder as the server lists it.
type Mailbox struct {
	Name       string // for people: decoded, levels parted by "/"; INBOX in any case is "INBOX"
	Wire       string // for commands: the server's spelling
	Role       mail.Role
	Selectable bool             // false: only a level above others
	Told       bool             // the server tells of subscriptions: Subscribed means something
	Subscribed bool             // other clients show it
	Status     *imap.StatusData // where the server gives it along with the list; else nil
	Foreign    bool             // of another user, or shared with others
	Lasting    string           // the name it keeps when it is renamed (RFC 8474 §4); "" where the server gives none along with the list
}

// List gives all folders, at most one for each role: by SPECIAL-USE (RFC 6154),
// else by the names such folders usually have. INBOX is always among them.
func (c *Client) List(ctx context.Context) ([]Mailbox, error) {
	if err := c.learnNamespaces(ctx); err != nil {
		return nil, err
	}
	for _, line := range c.listCommands() {
		l := c.newListing()
		_, err := c.run(ctx, l.command(line))
		var e *Error
		switch {
		case err == nil && len(l.boxes) > 0:
			return l.finish(), nil
		case err == nil, errors.As(err, &e) && !e.fatal && e.Kind != KindCanceled && !e.Temporary():
			// Some servers answer RETURN with BAD, others with nothing.
			if c.usesReturn() {
				c.noReturn = true
				continue
			}
		}
		if err != nil {
			return nil, err
		}
		return l.finish(), nil
	}
	return nil, invalid("LIST", errors.New("the server lists no folders"))
}

func (c *Client) usesReturn() bool {
	return !c.noReturn && (c.has(imap.CapListExtended) || c.has(imap.CapListStatus) || c.has(imap.CapSpecialUse))
}

// listCommands gives the commands to try, the richest first.
func (c *Client) listCommands() []string {
	plain := `LIST "" "*"`
	if _, ok := c.caps["XLIST"]; ok && !c.has(imap.CapSpecialUse) {
		plain = `XLIST "" "*"`
	}
	if !c.usesReturn() {
		return []string{plain}
	}
	var options []string
	if c.has(imap.CapListExtended) {
		options = append(options, "SUBSCRIBED")
	}
	if c.has(imap.CapSpecialUse) {
		options = append(options, "SPECIAL-USE")
	}
	if c.has(imap.CapListStatus) {
		options = append(options, "STATUS "+c.statusItems())
	}
	if len(options) == 0 {
		return []string{plain}
	}
	// RFC 5258 §3.1, RFC 6154 §5.1, RFC 5819 §2.
	return []string{`LIST "" "*" RETURN (` + strings.Join(options, " ") + ")", plain}
}

// listing gathers the responses to LIST.
type listing struct {
	client *Client
	boxes  []Mailbox
	byWire map[string]int
	byName map[string]bool

	garbled bool   // a lasting name was none
	told    bool   // subscriptions are asked for
	refused *Error // the answer was NO or BAD
}

func (c *Client) newListing() *listing {
	return &listing{client: c, byWire: map[string]int{}, byName: map[string]bool{}}
}

func (l *listing) command(line string) *command {
	cmd := newCommand(line)
	l.told = strings.Contains(line, "SUBSCRIBED")
	cmd.data = l.take
	cmd.ended = func(r statusResponse) { l.refused = refusal(cmd.op, r) }
	return cmd
}

func (l *listing) take(u *untagged) bool {
	switch u.name {
	case "LIST", "XLIST":
		if l.add(&u.args) != nil {
			l.client.nonsense++
		}
		return true
	case "STATUS":
		if line, err := parseStatusData(&u.args); err == nil {
			l.garbled = l.garbled || line.garbled
			if i, ok := l.byWire[line.data.Mailbox]; ok {
				l.boxes[i].Status, l.boxes[i].Lasting = line.data, line.lasting
			}
		}
		return true
	}
	return false
}

// add reads "(attributes) delimiter name", RFC 9051 §7.3.1.
func (l *listing) add(s *scanner) error {
	if s.spaces(); s.peek() != '(' {
		return errSyntax
	}
	attrs := s.words(maxFlags)
	delim, err := s.str()
	if err != nil {
		return err
	}
	name, err := s.str()
	if err != nil {
		return err
	}
	box := l.client.mailbox(string(name), firstRune(delim), attrs)
	box.Told = l.told
	if _, known := l.byWire[box.Wire]; known || l.byName[box.Name] || len(l.boxes) == maxMailboxes || box.Wire == "" {
		return nil
	}
	l.client.learnDelim(firstRune(delim))
	l.byWire[box.Wire] = len(l.boxes)
	l.byName[box.Name] = true
	l.boxes = append(l.boxes, box)
	return nil
}

func firstRune(raw []byte) rune {
	r, size := utf8.DecodeRune(raw)
	if size == 0 || r == utf8.RuneError {
		return 0
	}
	return r
}

// learnDelim takes the delimiter of a folder. That one has none means nothing: some servers
// give none for INBOX, in which no folder can be, and have levels elsewhere.
func (c *Client) learnDelim(delim rune) {
	if delim != 0 {
		c.delim, c.delimSeen = delim, true
	}
}

func (c *Client) mailbox(wire string, delim rune, attrs []string) Mailbox {
	if delim != 0 && len(wire) > 1 {
		wire = strings.TrimSuffix(wire, string(delim)) // "a/" for a level without messages
	}
	m := Mailbox{Name: c.decodeName(wire, delim), Wire: wire, Selectable: true}
	for _, attr := range attrs {
		switch strings.ToLower(attr) {
		case `\noselect`, `\nonexistent`: // RFC 9051 §7.3.1
			m.Selectable = false
		case `\subscribed`:
			m.Subscribed = true
		}
		if role := roleOf(attr); role != mail.RoleNone && m.Role == mail.RoleNone {
			m.Role = role
		}
	}
	if m.Name == inbox {
		m.Role = mail.RoleInbox
	}
	return m
}

// finish settles the roles. XLIST may list INBOX under a translated name, and
// some servers leave it out.
func (l *listing) finish() []Mailbox {
	if !l.byName[inbox] {
		translated := -1
		for i, m := range l.boxes {
			if m.Role == mail.RoleInbox {
				translated = i
			}
		}
		if translated >= 0 {
			l.boxes[translated].Name, l.boxes[translated].Wire = inbox, inbox
		} else {
			l.boxes = append([]Mailbox{{Name: inbox, Wire: inbox, Role: mail.RoleInbox, Selectable: true}}, l.boxes...)
		}
	}
	for i := range l.boxes {
		if l.boxes[i].Role == mail.RoleInbox && l.boxes[i].Name != inbox {
			l.boxes[i].Role = mail.RoleNone
		}
	}
	l.client.outside, l.client.shares = map[string]bool{}, false
	for i, m := range l.boxes {
		if l.garbled {
			l.boxes[i].Lasting = "" // those that look right may be so by chance
		}
		// What another user has for his Trash is not one's own, nor is a folder that
		// many share and that is only called so.
		if l.client.spaces.foreign(m.Wire) {
			l.boxes[i].Foreign, l.boxes[i].Role = true, mail.RoleNone
			l.client.shares = true
		}
		if m.Name != inbox && !hasPrefixFold(m.Wire, l.client.spaces.prefix()) {
			l.client.outside[m.Wire] = true
		}
	}
	giveRoles(l.boxes, l.client.opts.Roles, l.client.OwnPrefix())
	assignRoles(l.boxes)
	return l.boxes
}
