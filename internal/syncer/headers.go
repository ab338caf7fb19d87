package syncer

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"time"

	imap "github.com/emersion/go-imap/v2"

	"postea/imapclient"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/internal/store"
)

// headers fetches the headers of new messages, newest first, in windows that
// grow as long as they take little time; between them it does what the user
// waits for. Some came just before.
func (a *Account) headers(ctx context.Context, f store.FolderState, fresh []imap.UID, came int) error {
	if len(fresh) == 0 {
		return nil
	}
	k := a.keepHeaders(ctx, f.ID, len(fresh) > storedTogether)
	err := a.windows(ctx, f, fresh, came, k)
	return cmp.Or(err, k.close())
}

// storedTogether is how many headers one transaction holds: the first are to be
// seen while the others come. Of a long list they are more, each of whose rows and
// pages of indexes is written once for all of them.
const (
	storedTogether     = 1000
	manyStoredTogether = 4000
)

// headerKeeper is a keeper of headers.
type headerKeeper struct {
	add          func(store.Header) error
	flush, close func() error
}

// keepHeaders stores headers of a folder; those of a long list are indexed later.
func (a *Account) keepHeaders(ctx context.Context, folder mail.FolderID, long bool) headerKeeper {
	if long {
		k := newKeeper(manyStoredTogether, func(store.PreparedHeader) int { return 1 }, func(list []store.PreparedHeader) error {
			_, err := a.store.AddMany(ctx, folder, list)
			return err
		})
		add := func(h store.Header) error { return k.add(store.PrepareHeader(a.profile.Name, h)) }
		return headerKeeper{add, k.flush, k.close}
	}
	k := newKeeper(storedTogether, func(store.Header) int { return 1 }, func(list []store.Header) error {
		slices.SortFunc(list, func(x, y store.Header) int { return cmp.Compare(x.UID, y.UID) })
		_, err := a.store.AddHeaders(ctx, folder, list)
		return err
	})
	return headerKeeper{k.add, k.flush, k.close}
}

func (a *Account) windows(ctx context.Context, f store.FolderState, fresh []imap.UID, came int, k headerKeeper) error {
	all, stored, size := came+len(fresh), time.Now(), firstWindow
	if f.Role == mail.RoleInbox {
		defer func(was imap.UID) { a.listed = was }(a.listed)
		a.listed = fresh[0]
	}
	if came > 0 { // there is something to see
		size = max(int(a.affordable(window*headerBytes)/headerBytes), leastHeaders)
	}
	for first := came == 0; len(fresh) > 0; first = false {
		if !first && len(fresh) > worthCompressing {
			if err := a.client.Compress(ctx); err != nil {
				return err
			}
		}
		if all > window {
			a.setStatus(Status{Kind: Syncing, Done: all - len(fresh), Of: all})
		}
		began := time.Now()
		chunk := fresh[:min(size, len(fresh))]
		if err := a.headerWindow(ctx, f, chunk, k); err != nil {
			return err
		}
		// The first is seen at once, the others as transactions fill, or when they
		// come slowly.
		if first || time.Since(stored) > showWithin {
			if err := k.flush(); err != nil {
				return err
			}
			stored = time.Now()
		}
		took, may := a.lasted(began)
		size = int(nextWindow(int64(size), leastHeaders, largestOfAll, 4, took, may))
		if fresh = fresh[len(chunk):]; len(fresh) == 0 {
			break
		}
		if err := a.attend(ctx); err != nil {
			return err
		}
		if err := a.lookForMail(ctx); err != nil {
			return err
		}
		if err := a.reselect(ctx, f); err != nil {
			return err
		}
	}
	if all > window {
		a.setStatus(Status{Kind: Syncing})
	}
	return nil
}

// newcomers fetches the headers of what has come to INBOX since the messages were listed
// that are being fetched, and leaves all else to the next pull.
func (a *Account) newcomers(ctx context.Context, inbox store.FolderState) error {
	newest := a.listed
	if err := a.reselect(ctx, inbox); err != nil {
		return err
	}
	above := imap.UIDSet{{Start: newest + 1, Stop: math.MaxUint32}}
	uids, err := a.client.Search(ctx, &imap.SearchCriteria{UID: []imap.UIDSet{above}})
	if refused(err) {
		return nil
	}
	if err != nil {
		return err
	}
	known, err := a.store.ServerUIDsBetween(ctx, inbox.ID, mail.UID(newest+1), math.MaxUint32)
	if err != nil {
		return err
	}
	uids = slices.DeleteFunc(uids, func(u imap.UID) bool { return u <= newest || slices.Contains(known, mail.UID(u)) })
	slices.Reverse(uids)
	return a.headers(ctx, inbox, uids, 0)
}

const (
	showWithin   = time.Second
	leastHeaders = 10
	largestOfAll = 8000
	headerBytes  = 1 << 10 // that come of one, roughly
)

// worthCompressing is from how many headers on the round trip that compression
// takes is saved.
const worthCompressing = 2000

// headerWindow fetches headers to be stored. An answer that cannot be read spoils
// the connection but not the folder: the window is halved until the odd message
// stands alone, and that one is read from its body.
func (a *Account) headerWindow(ctx context.Context, f store.FolderState, uids []imap.UID, k headerKeeper) error {
	got := make(map[imap.UID]bool, len(uids))
	err := a.client.FetchHeaders(ctx, imap.UIDSetNum(uids...), func(m imapclient.Message) error {
		got[m.UID] = true
		return k.add(header(m))
	})
	if odd(err) {
		if err := a.reopen(ctx, f, err); err != nil {
			return err
		}
		if half := len(uids) / 2; half > 0 {
			if err := a.headerWindow(ctx, f, uids[:half], k); err != nil {
				return err
			}
			return a.headerWindow(ctx, f, uids[half:], k)
		}
	} else if err != nil {
		return err
	}
	left := slices.DeleteFunc(slices.Clone(uids), func(u imap.UID) bool { return got[u] })
	if len(left) > maxUnreadable && len(left) < len(uids) { // the server does so many at once and no more (RFC 9738)
		return a.headerWindow(ctx, f, left, k)
	}
	more, err := a.unreadable(ctx, f, left)
	if err != nil {
		return err
	}
	for _, h := range more {
		if err := k.add(h); err != nil {
			return err
		}
	}
	return nil
}

// storeHeaders stores messages that came along with a look.
func (a *Account) storeHeaders(ctx context.Context, f store.FolderState, list []imapclient.Message) error {
	if len(list) == 0 {
		return nil
	}
	headers := make([]store.Header, 0, len(list))
	for _, m := range list {
		headers = append(headers, header(m))
	}
	slices.SortFunc(headers, func(x, y store.Header) int { return int(int64(x.UID) - int64(y.UID)) })
	_, err := a.store.AddHeaders(ctx, f.ID, headers)
	return err
}

// reopen replaces the connection in the midst of a folder.
func (a *Account) reopen(ctx context.Context, f store.FolderState, cause error) error {
	if err := a.reconnect(ctx, cause); err != nil {
		return err
	}
	return a.reselect(ctx, f)
}

const (
	maxUnreadable = 20       // in one window; the next round goes on
	maxOddBody    = 32 << 20 // of a message whose header is read from its body
)

// unreadable is for the messages whose headers the server did not give. Most of
// them are just gone; the others are read from their bodies, and where even
// that is refused they are listed all the same: mail must not be invisible.
func (a *Account) unreadable(ctx context.Context, f store.FolderState, uids []imap.UID) ([]store.Header, error) {
	var out []store.Header
	for _, uid := range uids[:min(len(uids), maxUnreadable)] {
		raw, err := a.client.FetchBody(ctx, uid, maxOddBody)
		switch {
		case err == nil:
			out = append(out, header(imapclient.Message{UID: uid, Header: raw, Size: int64(len(raw)), InternalDate: a.now()}))
			continue
		case errors.Is(err, imapclient.ErrNotFound):
			continue
		case odd(err):
			if err := a.reopen(ctx, f, err); err != nil {
				return nil, err
			}
		case !refused(err):
			return nil, err
		default: // a server that does not even say that it is there has trouble of its own
			if _, err := a.client.Present(ctx, imap.UIDSetNum(uid)); err != nil {
				return nil, err
			}
		}
		a.log.Warn("message cannot be read", "folder", f.Name, "uid", uid, "err", err)
		out = append(out, store.Header{UID: mail.UID(uid), Subject: "(the server's answer about this message cannot be read)", Internal: a.now()})
	}
	return out, nil
}

func header(m imapclient.Message) store.Header {
	h := reading.ParseHeader(m.Header)
	structure := ""
	if m.Size > prefetchSize {
		structure = structureOf(m.Structure)
	}
	return store.Header{
		Structure: structure,
		UID:       mail.UID(m.UID), Flags: flagsOf(m), MessageID: h.MessageID, InReplyTo: h.InReplyTo, References: h.References,
		Date: h.Date, Internal: internalDate(m.InternalDate), From: h.From, To: h.To, Cc: h.Cc, Subject: h.Subject, Size: m.Size,
		Attachments: attachments(m.Structure, 0), ListID: h.ListID, ServerThread: m.ThreadID,
	}
}

func internalDate(t time.Time) time.Time {
	if t.IsZero() || t.Unix() < 0 {
		return time.Unix(0, 0)
	}
	return t
}

// attachments lists the files of a message by its structure.
func attachments(s imap.BodyStructure, depth int) []mail.AttachmentInfo {
	const tooDeep = 20
	if s == nil || depth > tooDeep {
		return nil
	}
	switch p := s.(type) {
	case *imap.BodyStructureMultiPart:
		var out []mail.AttachmentInfo
		for _, child := range p.Children {
			out = append(out, attachments(child, depth+1)...)
		}
		return out
	case *imap.BodyStructureSinglePart:
		attached := false
		inline := p.ID != ""
		if d := p.Disposition(); d != nil {
			attached = strings.EqualFold(d.Value, "attachment")
			inline = !attached
		}
		// No type at all is how one server says that the message names none, which
		// is text (RFC 2045 §5.2).
		if (p.Type == "" || strings.EqualFold(p.Type, "text")) && !attached && (inline || p.Filename() == "") {
			return nil
		}
		return []mail.AttachmentInfo{{Name: p.Filename(), Type: strings.ToLower(p.MediaType()), Size: reading.DecodedSize(p.Encoding, int64(p.Size)), Inline: inline}}
	}
	return nil
}
