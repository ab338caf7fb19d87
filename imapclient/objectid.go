package imapclient

import (
	"strconv"

	imap "github.com/emersion/go-imap/v2"
)

// capObjectID says that folders and messages have names that last, and conversations
// too (RFC 8474).
const capObjectID = imap.Cap("OBJECTID")

// threadItem is the item of a fetch that asks for the conversation a message is in,
// with a blank before it; "" where the server keeps none.
func (c *Client) threadItem() string {
	switch {
	case c.has(capObjectID):
		return " THREADID"
	case c.has(capGmail):
		return " X-GM-THRID"
	}
	return ""
}

// parseObjectID reads the value of MAILBOXID or THREADID, "(id)" or NIL (RFC 8474 §4,
// §5.3).
func parseObjectID(s *scanner) (string, error) {
	if !s.take('(') {
		_, err := s.str()
		return "", err // NIL
	}
	raw, err := s.str()
	if err != nil {
		return "", err
	}
	if !s.take(')') {
		return "", errSyntax
	}
	if !isObjectID(raw) {
		return "", nil
	}
	return string(raw), nil
}

// parseGmailThread reads the value of X-GM-THRID, a number.
func parseGmailThread(s *scanner) (string, error) {
	n, err := s.number()
	if err != nil || n == 0 {
		return "", err
	}
	return strconv.FormatUint(n, 10), nil
}

// isObjectID tells whether a name is one of RFC 8474 §3.
func isObjectID(b []byte) bool {
	for _, c := range b {
		if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '-') {
			return false
		}
	}
	return len(b) > 0 && len(b) <= 255
}
