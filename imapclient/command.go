package imapclient

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	imap "github.com/emersion/go-imap/v2"

	"postea/internal/dial"
	"postea/internal/transcript"
)

const (
	// maxResponses bounds what a server sends in answer to one command.
	maxResponses = 5_000_000
	// maxNonsense is how many responses may make no sense before nothing of the
	// server is believed.
	maxNonsense = 1000
)

// maxProgress is how often a server may buy time for a command.
const maxProgress = 20

// untagged is one response that carries data.
type untagged struct {
	num  uint32 // of "* 12 EXISTS"; 0 without
	name string // in upper case
	args scanner
	cut  bool // a literal was longer than allowed
}

// piece is a stretch of a command: text, or the content of a literal.
type piece struct {
	data    []byte
	shown   string // for the trace
	literal bool
	nonSync bool // a literal that needs no go-ahead
}

// command is one command on its way. The zero handlers are fine.
type command struct {
	op     string // shown in errors
	pieces []piece
	limits limits

	// data is offered every untagged response that is not a status; false
	// leaves it to the state of the folder.
	data func(*untagged) bool
	// code is offered the codes of untagged OKs.
	code func(statusResponse)
	// reply answers a continuation request once all pieces have gone.
	reply func(text string) (line []byte, err error)
	// quiet says that EXPUNGE and FETCH are the command's own doing, no news.
	quiet bool
	// opens says that another folder is open once it is answered.
	opens bool
	// ended is told the tagged response, before the next command of a flight.
	ended func(statusResponse)
}

// newCommand begins with a line of plain text, without tag and line end.
func newCommand(text string) *command {
	op, _, _ := strings.Cut(text, " (")
	if fields := strings.Fields(op); len(fields) > 0 {
		op = fields[0]
		if op == "UID" && len(fields) > 1 {
			op = fields[1]
		}
	}
	return (&command{op: op, limits: usual}).text(text)
}

func (cmd *command) text(text string) *command { return cmd.add(text, text) }

// secret is text that the trace does not show.
func (cmd *command) secret(text string) *command { return cmd.add(text, blank) }

func (cmd *command) add(text, shown string) *command {
	if n := len(cmd.pieces); n == 0 || cmd.pieces[n-1].literal {
		cmd.pieces = append(cmd.pieces, piece{})
	}
	last := &cmd.pieces[len(cmd.pieces)-1]
	last.data = append(last.data, text...)
	last.shown += shown
	return cmd
}

// maxQuoted keeps command lines short.
const maxQuoted = 1000

// str adds a string, quoted where that can carry it, else as a literal.
func (cmd *command) str(value string) *command {
	if canQuote(value) {
		return cmd.text(quote(value))
	}
	return cmd.literal([]byte(value), false)
}

// secretStr is str for what the trace must not show.
func (cmd *command) secretStr(value string) *command {
	if canQuote(value) {
		return cmd.secret(quote(value))
	}
	cmd.literal([]byte(value), false)
	cmd.pieces[len(cmd.pieces)-1].shown = blank
	return cmd
}

// literal adds a literal; nonSync sends it without waiting, RFC 7888. The value
// is not copied.
func (cmd *command) literal(value []byte, nonSync bool) *command {
	plus := ""
	if nonSync {
		plus = "+"
	}
	cmd.text("{" + strconv.Itoa(len(value)) + plus + "}")
	cmd.pieces = append(cmd.pieces, piece{
		data: value, shown: fmt.Sprintf("(%d bytes)", len(value)), literal: true, nonSync: nonSync,
	})
	return cmd
}

func canQuote(value string) bool {
	return len(value) <= maxQuoted && !strings.ContainsFunc(value, func(r rune) bool {
		return r < ' ' || r >= 0x7f
	})
}

func quote(value string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) + `"`
}

// checkText refuses what no string of IMAP can hold, and what could end a line.
func checkText(op string, values ...string) error {
	for _, v := range values {
		if strings.ContainsAny(v, "\x00\r\n") {
			return invalid(op, fmt.Errorf("%q %w", printable(v), ErrArgument))
		}
	}
	return nil
}

// run sends a command and reads until its end. A NO or BAD is an error and also
// returned.
func (c *Client) run(ctx context.Context, cmd *command) (statusResponse, error) {
	if err := c.usable(ctx, cmd.op); err != nil {
		return statusResponse{}, err
	}
	defer c.watch(ctx)()
	r, err := c.exchange(ctx, cmd)
	if err != nil {
		return r, err
	}
	return r, c.judge(cmd.op, r)
}

// judge is refusal for who wants an error.
func (c *Client) judge(op string, r statusResponse) error {
	if e := refusal(op, r); e != nil {
		return e
	}
	return nil
}

func cutWord(raw []byte) (string, []byte) {
	for i, b := range raw {
		if b == ' ' {
			return string(raw[:i]), raw[i+1:]
		}
	}
	return string(raw), nil
}

// respond answers a continuation request that is not for a literal. Some
// servers send one too many; those are passed over.
func (c *Client) respond(cmd *command, text string) error {
	if cmd.reply == nil {
		c.nonsense++
		return nil
	}
	line, err := cmd.reply(strings.TrimSpace(text))
	if err != nil || line == nil {
		return err
	}
	c.trace.line(transcript.Client, blank)
	return c.wire.write(append(line, "\r\n"...))
}

// stray takes a line that is no response. One large server sends the code of a
// COPY without the "* OK" in front.
func (c *Client) stray(raw []byte, cmd *command) {
	if raw[0] == '[' && cmd.code != nil {
		cmd.code(parseStatus(imap.StatusResponseTypeOK, raw))
		return
	}
	c.nonsense++
}

// untagged sorts an untagged response: to the first of the commands under way
// that takes it, else into the state of the session. Servers carry out one
// command after the other, so what speaks of the open folder is the first's.
func (c *Client) untagged(raw []byte, cut bool, cmds ...*command) {
	word, rest := cutWord(raw)
	if typ := statusType([]byte(word)); typ != "" {
		c.condition(parseStatus(typ, rest), cmds[0])
		return
	}
	u := &untagged{name: strings.ToUpper(word), args: scanner{b: rest}, cut: cut}
	if n, err := strconv.ParseUint(word, 10, 32); err == nil {
		word, rest = cutWord(rest)
		u.num, u.name, u.args = uint32(n), strings.ToUpper(word), scanner{b: rest}
	}
	for i, cmd := range cmds {
		// News of the folder that is open now is nothing for who asks about the next.
		if i > 0 && (cmd.opens || cmds[i-1].opens) && (u.name == "FETCH" || u.name == "VANISHED") {
			break
		}
		from := u.args
		if cmd.data != nil && cmd.data(u) {
			return
		}
		u.args = from
	}
	c.notice(u, cmds[0])
}

// condition takes an untagged status.
func (c *Client) condition(r statusResponse, cmd *command) {
	c.noticeCode(r)
	if r.typ == imap.StatusResponseTypeBye {
		c.bye = &r
	}
	if r.is("NOTIFICATIONOVERFLOW") {
		c.elsewhere.overflow()
	}
	if r.is("INPROGRESS") && c.progress < maxProgress && c.wire.slow() { // RFC 9585: it is at it
		c.progress++
		c.wire.begin()
	}
	if r.ok() && r.code != "" && cmd.code != nil {
		cmd.code(r)
	}
}

// noticeCode takes codes that any status may carry. What is said before the encryption
// that is wanted anybody on the way may have said: it is not shown (RFC 9051 §7.1).
func (c *Client) noticeCode(r statusResponse) {
	switch {
	case r.is("CAPABILITY"):
		c.setCaps(parseCaps(r.args))
	case r.is(imap.ResponseCodeAlert) && r.text != "" && c.opts.Alert != nil:
		if _, secure := c.TLSState(); secure || c.opts.Dial.TLS == dial.ModeNone {
			c.opts.Alert(r.text)
		}
	}
}

// notice keeps what a server says unasked about itself and the open folder.
func (c *Client) notice(u *untagged, cmd *command) {
	switch u.name {
	case "CAPABILITY":
		c.setCaps(parseCaps(u.args.rest()))
	case "EXISTS":
		if u.num != c.exists {
			c.news = true
		}
		c.exists = u.num
	case "EXPUNGE":
		if c.exists > 0 {
			c.exists--
		}
		c.news = c.news || !cmd.quiet
	case "VANISHED": // RFC 7162 §3.2.10: EXPUNGE, once QRESYNC is on
		spans, earlier, err := parseVanished(&u.args)
		if err == nil && !earlier {
			c.exists -= uint32(min(sizeOf(spans), int64(c.exists)))
		}
		c.news = c.news || !cmd.quiet
	case "FETCH":
		c.news = c.news || !cmd.quiet
	default:
		c.elsewhere.take(u)
	}
}

// lost ends the connection and tells why; a goodbye of the server explains more
// than the broken line behind it.
func (c *Client) lost(ctx context.Context, op string, err error) *Error {
	c.abandon()
	var e *Error
	if errors.As(err, &e) {
		e.fatal = true
		return e
	}
	if c.bye != nil && ctx.Err() == nil {
		return &Error{Op: op, Kind: KindBye, Code: c.bye.code, Text: c.bye.text, Err: err, fatal: true}
	}
	return lost(ctx, op, err)
}
