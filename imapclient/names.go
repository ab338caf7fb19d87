package imapclient

import (
	"strings"

	imap "github.com/emersion/go-imap/v2"

	"postea/internal/mail"
)

const inbox = "INBOX"

// divisionSlash stands for a "/" within a level, where the server parts levels
// by something else.
const divisionSlash = "\u2215"

// DecodeName reads the name of a level in modified UTF-7, as Maildirs have it too;
// what is none stays as it is.
func DecodeName(level string) string {
	if decoded, err := mail.DecodeUTF7(level); err == nil {
		return decoded
	}
	return level
}

// utf8Names tells whether names go over the wire as UTF-8, RFC 9051 §5.1: on
// servers that know nothing else.
func (c *Client) utf8Names() bool {
	_, rev1 := c.caps[imap.CapIMAP4rev1]
	_, rev2 := c.caps[imap.CapIMAP4rev2]
	return rev2 && !rev1
}

// decodeName turns a wire name into one for people. A name that is not in the
// encoding it should be in is shown as it is.
func (c *Client) decodeName(wire string, delim rune) string {
	levels := []string{wire}
	if delim != 0 {
		levels = strings.Split(wire, string(delim))
	}
	for i, level := range levels {
		if !c.utf8Names() {
			if decoded, err := mail.DecodeUTF7(level); err == nil {
				level = decoded
			}
		}
		level = strings.ToValidUTF8(level, "\uFFFD")
		levels[i] = strings.ReplaceAll(level, "/", divisionSlash)
	}
	// RFC 9051 §5.1: INBOX in any case.
	if strings.EqualFold(levels[0], inbox) {
		levels[0] = inbox
	}
	return strings.Join(levels, "/")
}

// encodeName is the inverse of decodeName.
func (c *Client) encodeName(name string, delim rune) string {
	levels := strings.Split(name, "/")
	for i, level := range levels {
		level = strings.ReplaceAll(level, divisionSlash, "/")
		if !c.utf8Names() {
			level = mail.EncodeUTF7(level)
		}
		levels[i] = level
	}
	if delim == 0 {
		return strings.Join(levels, "/")
	}
	return strings.Join(levels, string(delim))
}
