package imapclient

import (
	"context"
	"strings"

	imap "github.com/emersion/go-imap/v2"
)

// introduceTo lists the providers that open no folder for a client that has not
// given its name.
var introduceTo = []string{"163.com", "126.com", "yeah.net", "188.com"}

// introduce sends our name (RFC 2971), and nothing else, to servers that insist.
func (c *Client) introduce(ctx context.Context) error {
	if !c.has(imap.CapID) || !insistsOnID(c.opts.Dial.Host) {
		return nil
	}
	return c.sendID(ctx)
}

func (c *Client) sendID(ctx context.Context) error {
	_, err := c.exchange(ctx, newCommand(`ID ("name" "postea")`))
	return err
}

func insistsOnID(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for _, domain := range introduceTo {
		if host == domain || strings.HasSuffix(host, "."+domain) {
			return true
		}
	}
	return false
}

// wantsID recognises the refusal of such a server under another name.
func wantsID(e *Error) bool {
	return e.Kind == KindNo && strings.Contains(strings.ToLower(e.Text), "unsafe login")
}
