package syncer

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	imap "github.com/emersion/go-imap/v2"

	"postea/config"
	"postea/imapclient"
	"postea/internal/mail"
)

// Drop puts messages into one folder of an account, over a connection of its
// own: what it puts there comes back by the sync, as everything else does. It is
// for one goroutine.
type Drop struct {
	profile config.Account
	folder  string // a name or a role
	client  *imapclient.Client
	wire    string
	opened  bool
}

// NewDrop names the folder; nothing is connected yet.
func NewDrop(p config.Account, folder string) *Drop { return &Drop{profile: p, folder: folder} }

// Open connects, and makes the folder where it is missing. It does nothing where
// a connection stands.
func (d *Drop) Open(ctx context.Context) error {
	if d.client != nil && d.client.Alive() {
		return nil
	}
	d.Close()
	c, err := imapclient.Connect(ctx, ClientOptions(d.profile))
	if err != nil {
		return err
	}
	d.client, d.opened = c, false
	list, err := c.List(ctx)
	if err != nil {
		return err
	}
	role, isRole := mail.ParseRole(d.folder)
	for _, m := range list {
		if isRole && m.Role == role || strings.EqualFold(m.Name, d.folder) {
			d.wire = m.Wire
			return nil
		}
	}
	if isRole {
		return fmt.Errorf("the account has no folder that is its %s", role)
	}
	d.wire, err = c.Create(ctx, d.folder)
	return err
}

// Put appends a message. The error is an *imapclient.Error, which tells by
// Rejected whether only this message cannot be taken.
func (d *Drop) Put(ctx context.Context, flags []string, at time.Time, raw []byte) error {
	list := make([]imap.Flag, len(flags))
	for i, f := range flags {
		list[i] = imap.Flag(f)
	}
	_, err := d.client.Append(ctx, d.wire, list, at, raw)
	return err
}

// Has tells whether a message of that Message-ID is in the folder.
func (d *Drop) Has(ctx context.Context, messageID string) (bool, error) {
	if !d.opened {
		if _, err := d.client.Select(ctx, d.wire, true); err != nil {
			return false, err
		}
		d.opened = true
	} else if err := d.client.Noop(ctx); err != nil {
		return false, err
	}
	uids, err := d.client.Search(ctx, &imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: "Message-ID", Value: messageID}}})
	return len(uids) > 0, err
}

// Rejected tells of an error that is about the one message: it is too large, or
// the server does not like it.
func Rejected(err error) bool {
	var e *imapclient.Error
	if !errors.As(err, &e) || e.Fatal() || e.Temporary() || full(e) {
		return false
	}
	switch e.Kind {
	case imapclient.KindNo, imapclient.KindBad, imapclient.KindTooLarge, imapclient.KindUnsupported:
		return true
	}
	return false
}

// Close hangs up.
func (d *Drop) Close() {
	if d.client == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), farewell)
	defer cancel()
	if d.client.Alive() {
		_ = d.client.Logout(ctx) // a courtesy
	}
	d.client.Close()
	d.client = nil
}
