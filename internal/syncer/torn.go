package syncer

import (
	"bytes"
	"context"
	"errors"
	"slices"

	imap "github.com/emersion/go-imap/v2"

	"postea/imapclient"
)

// removeTorn deletes those messages of the open folder that are no more than the
// beginning of raw, and gives the others. A server that takes the end of the line for
// that of the message leaves such.
func removeTorn(ctx context.Context, c *imapclient.Client, uids []imap.UID, raw []byte) ([]imap.UID, error) {
	if len(uids) == 0 {
		return nil, nil
	}
	shorter, err := c.Search(ctx, &imap.SearchCriteria{UID: []imap.UIDSet{imap.UIDSetNum(uids...)}, Smaller: int64(len(raw))})
	if refused(err) {
		shorter, err = uids, nil
	}
	if err != nil {
		return nil, err
	}
	var torn []imap.UID
	for _, uid := range shorter {
		is, err := isTorn(ctx, c, uid, raw)
		if err != nil {
			return nil, err
		}
		if is {
			torn = append(torn, uid)
		}
	}
	if len(torn) > 0 {
		err = c.Expunge(ctx, imap.UIDSetNum(torn...))
	}
	return slices.DeleteFunc(slices.Clone(uids), func(u imap.UID) bool { return slices.Contains(torn, u) }), err
}

func isTorn(ctx context.Context, c *imapclient.Client, uid imap.UID, raw []byte) (bool, error) {
	got, err := c.FetchBody(ctx, uid, int64(len(raw)))
	var e *imapclient.Error
	if errors.As(err, &e) && (e.Kind == imapclient.KindTooLarge || errors.Is(err, imapclient.ErrNotFound)) {
		return false, nil
	}
	if len(got) == 0 {
		return false, err // NIL is no beginning
	}
	rest, begins := bytes.CutPrefix(raw, got)
	// Some servers leave out empty lines at the end.
	return err == nil && begins && len(bytes.TrimRight(rest, "\r\n")) > 0, err
}
