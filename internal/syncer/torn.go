package syncer

import (
	"bytes"
	"context"
	"errors"

	imap "github.com/emersion/go-imap/v2"

	"postea/imapclient"
)

// removeTorn deletes those messages of the open folder that are no more than the
// beginning of raw, and gives the others. A server that takes the end of the line for
// that of the message leaves such.
func removeTorn(ctx context.Context, c *imapclient.Client, uids []imap.UID, raw []byte) ([]imap.UID, error) {
	shorter := map[imap.UID]bool{}
	err := c.FetchHeaders(ctx, imap.UIDSetNum(uids...), func(m imapclient.Message) error {
		shorter[m.UID] = m.Size < int64(len(raw))
		return nil
	})
	if err != nil {
		return nil, err
	}
	var torn imap.UIDSet
	var whole []imap.UID
	for _, u := range uids {
		is := false
		if shorter[u] {
			if is, err = isTorn(ctx, c, u, raw); err != nil {
				return nil, err
			}
		}
		if is {
			torn.AddNum(u)
		} else {
			whole = append(whole, u)
		}
	}
	if len(torn) > 0 {
		err = c.Expunge(ctx, torn)
	}
	return whole, err
}

func isTorn(ctx context.Context, c *imapclient.Client, uid imap.UID, raw []byte) (bool, error) {
	got, err := c.FetchBody(ctx, uid, int64(len(raw)))
	var e *imapclient.Error
	if errors.As(err, &e) && (e.Kind == imapclient.KindTooLarge || errors.Is(err, imapclient.ErrNotFound)) {
		return false, nil
	}
	rest, begins := bytes.CutPrefix(raw, got)
	// Some servers leave out empty lines at the end.
	return err == nil && begins && len(bytes.TrimRight(rest, "\r\n")) > 0, err
}
