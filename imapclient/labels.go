package imapclient

import (
	"context"
	"errors"
	"strings"

	imap "github.com/emersion/go-imap/v2"

	"postea/internal/mail"
)

// capGmail says that messages have Gmail's labels: X-GM-LABELS of the extension
// X-GM-EXT-1 (developers.google.com/workspace/gmail/imap/imap-extensions).
const capGmail = imap.Cap("X-GM-EXT-1")

// maxLabels bounds the labels of one message.
const maxLabels = 500

// HasLabels tells whether the server has Gmail's labels.
func (c *Client) HasLabels() bool { return c.has(capGmail) }

// flagItems are the items of a fetch that asks for flags.
func (c *Client) flagItems() string {
	if c.HasLabels() {
		return "FLAGS X-GM-LABELS"
	}
	return "FLAGS"
}

// parseLabels reads a list of astrings; none is an empty list, not nil.
func parseLabels(s *scanner, utf8Names bool) ([]string, error) {
	if !s.take('(') {
		return nil, errSyntax
	}
	out := []string{}
	for !s.take(')') {
		raw, err := s.str()
		if err != nil {
			return nil, err
		}
		name := string(raw)
		if decoded, err := mail.DecodeUTF7(name); err == nil && !utf8Names {
			name = decoded
		}
		if name = strings.ToValidUTF8(name, "\uFFFD"); name != "" && len(out) < maxLabels {
			out = append(out, name)
		}
	}
	return out, nil
}

// AddLabels puts Gmail labels on messages of the open folder, making those that
// there are not. Names are as for people.
func (c *Client) AddLabels(ctx context.Context, uids imap.UIDSet, labels []string) error {
	return c.storeLabels(ctx, uids, "+X-GM-LABELS.SILENT", labels)
}

// RemoveLabels is the opposite of AddLabels.
func (c *Client) RemoveLabels(ctx context.Context, uids imap.UIDSet, labels []string) error {
	return c.storeLabels(ctx, uids, "-X-GM-LABELS.SILENT", labels)
}

func (c *Client) storeLabels(ctx context.Context, uids imap.UIDSet, how string, labels []string) error {
	const op = "STORE"
	switch err := c.needsFolder(op); {
	case err != nil, len(labels) == 0:
		return err
	case !c.HasLabels():
		return invalid(op, errors.New("the server has no labels"))
	}
	for _, l := range labels {
		if err := checkName(op, l); err != nil {
			return err
		}
	}
	for _, chunk := range chunks(spansOf(uids)) {
		cmd := newCommand("UID STORE " + setText(chunk) + " " + how + " (")
		cmd.quiet = true
		for i, l := range labels {
			if i > 0 {
				cmd.text(" ")
			}
			if !c.utf8Names() {
				l = mail.EncodeUTF7(l)
			}
			cmd.str(l)
		}
		cmd.text(")")
		if _, err := c.run(ctx, cmd); err != nil {
			return err
		}
	}
	return nil
}
