package imapclient

import (
	"bytes"
	"context"
	"errors"
	"strings"

	imap "github.com/emersion/go-imap/v2"
)

func (c *Client) statusItems() string {
	items := "MESSAGES UIDNEXT UIDVALIDITY UNSEEN"
	if c.has(imap.CapCondStore) {
		items += " HIGHESTMODSEQ"
	}
	if c.has(capObjectID) {
		items += " MAILBOXID"
	}
	return "(" + items + ")"
}

// Status asks for the counters of a folder that need not be open. What the
// server does not tell is nil or zero.
func (c *Client) Status(ctx context.Context, wire string) (*imap.StatusData, error) {
	if err := checkText("STATUS", wire); err != nil {
		return nil, err
	}
	data := &imap.StatusData{Mailbox: wire}
	cmd := c.statusCommand(wire, func(string) bool { return true }, func(d *imap.StatusData) { data = d })
	if _, err := c.run(ctx, cmd); err != nil {
		return nil, err
	}
	return data, nil
}

// Counted is what Statuses says of one folder.
type Counted struct {
	Status *imap.StatusData // nil where the server has not told
	Err    error            // why not; an *Error, which is not fatal
}

// Statuses is Status of several folders in as few flights as it takes. The error is the
// end of the connection.
func (c *Client) Statuses(ctx context.Context, wires []string) ([]Counted, error) {
	out := make([]Counted, len(wires))
	var cmds []*command
	var asked []int
	for i, wire := range wires {
		if out[i].Err = checkText("STATUS", wire); out[i].Err != nil {
			continue
		}
		// Names tell the answers apart: not every server keeps to the order.
		named := func(name string) bool {
			return name == wire || strings.EqualFold(name, inbox) && strings.EqualFold(wire, inbox)
		}
		cmds = append(cmds, c.statusCommand(wire, named, func(d *imap.StatusData) { out[i].Status = d }))
		asked = append(asked, i)
	}
	if len(cmds) == 0 {
		return out, nil
	}
	answers, err := c.runAll(ctx, cmds)
	if err != nil {
		return nil, err
	}
	for k, r := range answers {
		if e := refusal("STATUS", r); e != nil {
			out[asked[k]] = Counted{Err: e}
		}
	}
	return out, nil
}

func (c *Client) statusCommand(wire string, named func(string) bool, told func(*imap.StatusData)) *command {
	cmd := newCommand("STATUS ").str(wire).text(" " + c.statusItems())
	cmd.data = func(u *untagged) bool {
		if u.name != "STATUS" {
			return false
		}
		line, err := parseStatusData(&u.args)
		if err != nil {
			return true
		}
		got := line.data
		if !named(got.Mailbox) {
			return false
		}
		got.Mailbox = wire
		told(got)
		return true
	}
	return cmd
}

// statusLine is the answer to STATUS, also along with LIST.
type statusLine struct {
	data    *imap.StatusData
	lasting string // the name that the folder keeps (RFC 8474 §4.3); "" where there is none
	garbled bool   // what stood in its place is none
}

// parseStatusData reads "name (item value …)", RFC 9051 §7.3.4.
func parseStatusData(s *scanner) (l statusLine, err error) {
	name, err := s.str()
	if err != nil {
		return l, err
	}
	l.data = &imap.StatusData{Mailbox: string(name)}
	if !s.take('(') {
		return l, errSyntax
	}
	for !s.take(')') {
		item := strings.ToUpper(s.word())
		switch {
		case item == "":
			return l, errSyntax
		case item == "MAILBOXID":
			from := s.i
			if l.lasting, err = parseObjectID(s); err != nil || l.lasting == "" && !bytes.EqualFold(bytes.TrimSpace(s.b[from:s.i]), []byte("NIL")) {
				// Cyrus (3.6 to 3.10) sends some bytes of its memory, which may be anything.
				l.garbled, err = true, nil
				s.i = from
				if !s.toStatusItem() {
					return l, nil
				}
			}
		case isStatusItem(item):
			var n uint64
			n, err = s.number()
			setStatusItem(l.data, item, n)
		default:
			err = s.skip()
		}
		if err != nil {
			return l, err
		}
	}
	return l, nil
}

// toStatusItem passes over what cannot be read, up to the next known item.
func (s *scanner) toStatusItem() bool {
	for i := range s.rest() {
		if word := (&scanner{b: s.b, i: s.i + i}).word(); s.rest()[i] == ' ' && isStatusItem(word) {
			s.i += i
			return true
		}
	}
	return false
}

func isStatusItem(item string) bool {
	switch item {
	case "MESSAGES", "UIDNEXT", "UIDVALIDITY", "UNSEEN", "HIGHESTMODSEQ":
		return true
	}
	return false
}

func setStatusItem(data *imap.StatusData, item string, n uint64) {
	if item == "HIGHESTMODSEQ" {
		data.HighestModSeq = n
		return
	}
	if n > 1<<32-1 {
		return
	}
	n32 := uint32(n)
	switch item {
	case "MESSAGES":
		data.NumMessages = &n32
	case "UIDNEXT":
		data.UIDNext = imap.UID(n32)
	case "UIDVALIDITY":
		data.UIDValidity = n32
	case "UNSEEN":
		data.NumUnseen = &n32
	}
}

// Select opens a folder; readOnly promises to change nothing. A folder that was
// open is closed, also when this fails.
func (c *Client) Select(ctx context.Context, wire string, readOnly bool) (*imap.SelectData, error) {
	if err := checkText("SELECT", wire); err != nil {
		return nil, err
	}
	data, err := c.selectOnce(ctx, wire, readOnly)
	var e *Error
	if errors.As(err, &e) && wantsID(e) && c.has(imap.CapID) {
		if err := c.sendID(ctx); err != nil {
			return nil, err
		}
		data, err = c.selectOnce(ctx, wire, readOnly)
	}
	return data, err
}

func (c *Client) selectOnce(ctx context.Context, wire string, readOnly bool) (*imap.SelectData, error) {
	var data *imap.SelectData
	cmd := c.selectCommand(wire, readOnly, func(d *imap.SelectData) { data = d })
	if c.has(imap.CapCondStore) {
		cmd.text(" (CONDSTORE)")
	}
	_, err := c.run(ctx, cmd)
	return data, err
}

// selectCommand leaves the parameters to be added. What the server says of the
// folder goes to opened, if it opens it.
func (c *Client) selectCommand(wire string, readOnly bool, opened func(*imap.SelectData)) *command {
	verb := "SELECT "
	if readOnly {
		verb = "EXAMINE "
	}
	modSeqs := c.has(imap.CapCondStore)
	data := &imap.SelectData{}
	cmd := newCommand(verb).str(wire)
	cmd.opens = true
	cmd.data = func(u *untagged) bool {
		switch u.name {
		case "FLAGS":
			data.Flags = parseFlags(&u.args)
		case "EXISTS":
			data.NumMessages, c.exists = u.num, u.num
		case "LIST":
			return tellsName(u.args, wire)
		default:
			return false
		}
		return true
	}
	cmd.code = func(r statusResponse) { selectCode(data, r, modSeqs) }
	cmd.ended = func(r statusResponse) {
		c.open, c.exists, c.news = r.ok(), data.NumMessages, false
		if r.ok() {
			opened(data)
		}
	}
	return cmd
}

// tellsName reports whether a LIST is the part of the answer to SELECT that gives
// the folder's name, with OLDNAME where that is another (RFC 9051 §6.3.2), and not
// the news of some folder.
func tellsName(s scanner, wire string) bool {
	if s.spaces(); s.peek() != '(' {
		return false
	}
	s.words(maxFlags)
	if _, err := s.str(); err != nil {
		return false
	}
	name, err := s.str()
	if err != nil {
		return false
	}
	return string(name) == wire || strings.EqualFold(string(name), inbox) && strings.EqualFold(wire, inbox) ||
		bytes.Contains(bytes.ToUpper(s.rest()), []byte("OLDNAME"))
}

// selectCode takes the codes of RFC 9051 §6.3.2. Without CONDSTORE a
// HIGHESTMODSEQ means nothing: some servers send one all the same.
func selectCode(data *imap.SelectData, r statusResponse, modSeqs bool) {
	s := scanner{b: r.args}
	switch r.code {
	case "PERMANENTFLAGS":
		data.PermanentFlags = parseFlags(&s)
	case "UIDNEXT":
		n, _ := s.number32()
		data.UIDNext = imap.UID(n)
	case "UIDVALIDITY":
		data.UIDValidity, _ = s.number32()
	case "HIGHESTMODSEQ":
		if n, err := s.number(); err == nil && modSeqs {
			data.HighestModSeq = n
		}
	}
}

// Create makes a folder and subscribes to it. Levels of name are parted by "/".
// That it exists already is fine. The wire name is returned.
func (c *Client) Create(ctx context.Context, name string) (wire string, err error) {
	if wire, err = c.wireFor(ctx, "CREATE", "", name); err != nil {
		return "", err
	}
	return wire, c.create(ctx, wire)
}

// CreateWire is Create for a name in the server's spelling, as TRYCREATE asks
// for it.
func (c *Client) CreateWire(ctx context.Context, wire string) error {
	if err := checkText("CREATE", wire); err != nil {
		return err
	}
	return c.create(ctx, wire)
}

func (c *Client) create(ctx context.Context, wire string) error {
	_, err := c.run(ctx, newCommand("CREATE ").str(wire))
	var e *Error
	if err != nil && !(errors.As(err, &e) && alreadyExists(e)) {
		return err
	}
	// A folder nobody subscribed to is hidden in other clients; that it cannot
	// be is their loss, not a failure.
	if _, err := c.run(ctx, newCommand("SUBSCRIBE ").str(wire)); errors.As(err, &e) && e.fatal {
		return err
	}
	return nil
}

func alreadyExists(e *Error) bool {
	if e.fatal || e.Kind != KindNo {
		return false
	}
	text := strings.ToLower(e.Text)
	return e.Code == imap.ResponseCodeAlreadyExists || // RFC 5530 §3
		strings.Contains(text, "already exist") || strings.Contains(text, "mailbox exist")
}

// maxName is the longest name any server takes, in bytes.
const maxName = 1000

func checkName(op, name string) error {
	switch {
	case strings.Trim(name, "/") == "" || len(name) > maxName:
		return invalid(op, errors.New("this is no name for a folder"))
	case strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return invalid(op, ErrArgument)
	}
	return nil
}

// delimiter asks for the delimiter of levels unless a list has told it, RFC
// 9051 §6.3.9.
func (c *Client) delimiter(ctx context.Context) (rune, error) {
	if c.delimSeen {
		return c.delim, nil
	}
	cmd := newCommand(`LIST "" ""`)
	cmd.data = func(u *untagged) bool {
		if u.name != "LIST" {
			return false
		}
		u.args.words(maxFlags)
		if raw, err := u.args.str(); err == nil {
			c.learnDelim(firstRune(raw))
		}
		return true
	}
	_, err := c.run(ctx, cmd)
	c.delimSeen = c.delimSeen || err == nil
	return c.delim, err
}
