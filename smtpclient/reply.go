package smtpclient

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Reply is what a server answered to one command, RFC 5321 §4.2.
type Reply struct {
	Code     int    // 200 to 599
	Enhanced string // "5.1.1", RFC 2034, whether or not the extension was offered; "" if absent
	Text     string // the lines without codes, joined by LF, no other control characters
	Mixed    bool   // the lines of the reply had different codes; Code is the last

	lines []string // as received, without line ends
	at    time.Time
}

// String returns the reply on one line.
func (r Reply) String() string {
	parts := []string{strconv.Itoa(r.Code)}
	if r.Enhanced != "" {
		parts = append(parts, r.Enhanced)
	}
	if r.Text != "" {
		parts = append(parts, strings.ReplaceAll(r.Text, "\n", " "))
	}
	return strings.Join(parts, " ")
}

func (r Reply) class() int      { return r.Code / 100 }
func (r Reply) positive() bool  { return r.class() == 2 }
func (r Reply) refusal() bool   { return r.class() == 4 || r.class() == 5 }
func (r Reply) temporary() bool { return r.class() == 4 || r.OverLimit() }

const (
	maxReplyLine    = 2048     // kept of each line
	maxReplyLines   = 128      // lines of one reply
	maxReplyBytes   = 64 << 10 // read for one reply, kept or not
	codeClosing     = 421      // RFC 5321 §3.8: the server closes after this
	codeContinue    = 354      // start of mail input
	codeChallenge   = 334      // RFC 4954 §4
	codeReady       = 220      // greeting, STARTTLS
	codeOK          = 250      //
	codeSignInFirst = 530      // RFC 4954 §6
	codeTooMany     = 452      // RFC 5321 §4.5.3.1.10: too many recipients
	codeTooMuch     = 552      // the same section: on RCPT it may mean 452
	sampleLength    = 80       // of a malformed line in an error
	noCode          = -1       // a line that continues a reply without repeating its code
	blankLines      = 16       // skipped between replies
	enhancedParts   = 3        // class.subject.detail
)

// errMalformed marks bytes that are not an SMTP reply.
var errMalformed = errors.New("the server does not answer in SMTP")

func malformed(line []byte) error {
	return fmt.Errorf("%w: %q", errMalformed, line[:min(len(line), sampleLength)])
}

// readReply reads one reply. It is liberal: bare LF, missing text, blanks in
// front, continuation lines without or with another code are all read.
func readReply(br *bufio.Reader) (Reply, error) {
	var r Reply
	budget, skipped := maxReplyBytes, 0
	for len(r.lines) < maxReplyLines {
		raw, err := readLine(br, &budget)
		if err != nil {
			if errors.Is(err, io.EOF) && (len(raw) > 0 || len(r.lines) > 0) {
				err = io.ErrUnexpectedEOF
			}
			return Reply{}, err
		}
		line := bytes.TrimLeft(raw, " \t")
		if len(line) == 0 && len(r.lines) == 0 {
			if skipped++; skipped > blankLines {
				return Reply{}, malformed(raw)
			}
			continue
		}
		last, err := r.add(line)
		if err != nil {
			return Reply{}, err
		}
		if last {
			r.finish()
			return r, nil
		}
	}
	return Reply{}, fmt.Errorf("%w: a reply of more than %d lines", errMalformed, maxReplyLines)
}

// add takes one line and reports whether it ends the reply.
func (r *Reply) add(line []byte) (last bool, err error) {
	code, more, err := splitCode(line)
	if err != nil {
		if len(r.lines) == 0 {
			return false, err
		}
		code, more = noCode, true
	}
	if code != noCode {
		r.Mixed = r.Mixed || r.Code != 0 && r.Code != code
		r.Code = code
	}
	r.lines = append(r.lines, string(line))
	return !more, nil
}

// splitCode reads the code of a line and whether more lines follow.
func splitCode(line []byte) (code int, more bool, err error) {
	if len(line) < 3 {
		return 0, false, malformed(line)
	}
	for _, digit := range line[:3] {
		if digit < '0' || digit > '9' {
			return 0, false, malformed(line)
		}
		code = code*10 + int(digit-'0')
	}
	if code < 200 || code > 599 || len(line) > 3 && line[3] >= '0' && line[3] <= '9' {
		return 0, false, malformed(line)
	}
	return code, len(line) > 3 && line[3] == '-', nil
}

// finish derives the fields callers see from the lines.
func (r *Reply) finish() {
	for _, line := range slices.Backward(r.lines) {
		if r.Enhanced = enhancedCode(textOf(line), r.Code); r.Enhanced != "" {
			break
		}
	}
	texts := make([]string, 0, len(r.lines))
	for _, line := range r.lines {
		text := textOf(line)
		if r.Enhanced != "" {
			text = strings.TrimPrefix(strings.TrimPrefix(text, r.Enhanced), " ")
		}
		texts = append(texts, text)
	}
	r.Text = printable(strings.Trim(strings.Join(texts, "\n"), " \t\n"))
}

func textOf(line string) string {
	if _, _, err := splitCode([]byte(line)); err != nil {
		return line
	}
	if len(line) > 3 && strings.ContainsRune(" -\t", rune(line[3])) {
		return line[4:]
	}
	return line[3:]
}

// enhancedCode returns the code in front of text, RFC 2034 §4, if its class is
// that of the reply.
func enhancedCode(text string, code int) string {
	first, _, _ := strings.Cut(strings.TrimLeft(text, " "), " ")
	first = strings.TrimRight(first, ":;,")
	parts := strings.Split(first, ".")
	if len(parts) != enhancedParts || parts[0] != strconv.Itoa(code/100) {
		return ""
	}
	for _, part := range parts {
		if len(part) == 0 || len(part) > 3 || strings.Trim(part, "0123456789") != "" {
			return ""
		}
	}
	return first
}

// readLine returns the next line without its end, cut at maxReplyLine; it takes
// every byte it reads from budget.
func readLine(br *bufio.Reader, budget *int) ([]byte, error) {
	var line []byte
	for {
		part, err := br.ReadSlice('\n')
		if *budget -= len(part); *budget < 0 {
			return line, fmt.Errorf("%w: a reply of more than %d bytes", errMalformed, maxReplyBytes)
		}
		room := max(maxReplyLine-len(line), 0)
		line = append(line, part[:min(len(part), room)]...)
		switch {
		case err == nil:
			return bytes.TrimRight(line, "\r\n"), nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return line, err
		}
	}
}
