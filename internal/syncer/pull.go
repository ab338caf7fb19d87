package syncer

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	imap "github.com/emersion/go-imap/v2"

	"postea/imapclient"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/internal/store"
)

// window is how many headers are fetched and stored together.
const window = 500

// pull brings the mirror of a folder in line with the server.
func (a *Account) pull(ctx context.Context, id mail.FolderID) error {
	f, err := a.store.Folder(ctx, id)
	if err != nil {
		return err
	}
	sel, err := a.selectFolder(ctx, f)
	if errors.Is(err, errRekeyed) {
		f, err = a.store.Folder(ctx, id)
	}
	if err != nil {
		return err
	}
	known, err := a.store.ServerUIDs(ctx, id)
	if err != nil {
		return err
	}
	uids, err := a.client.UIDs(ctx)
	if err != nil {
		return err
	}
	fresh, kept, vanished := compare(known, uids)
	if err := a.store.Vanished(ctx, id, vanished); err != nil {
		return err
	}
	if err := a.flags(ctx, f, kept); err != nil {
		return err
	}
	if err := a.headers(ctx, f, fresh); err != nil {
		return err
	}
	if err := a.store.DropUnclaimed(ctx, id); err != nil {
		return err
	}
	return a.store.SetFolderState(ctx, id, uint32(sel.UIDNext), sel.HighestModSeq, true)
}

// compare sorts UIDs into new ones (newest first), known ones, and known ones
// that are gone.
func compare(known map[mail.UID][]string, uids []imap.UID) (fresh, kept []imap.UID, vanished []mail.UID) {
	there := make(map[mail.UID]bool, len(uids))
	for _, u := range uids {
		there[mail.UID(u)] = true
		if _, ok := known[mail.UID(u)]; ok {
			kept = append(kept, u)
		} else {
			fresh = append(fresh, u)
		}
	}
	for u := range known {
		if !there[u] {
			vanished = append(vanished, u)
		}
	}
	slices.Sort(vanished)
	slices.SortFunc(fresh, func(x, y imap.UID) int { return int(int64(y) - int64(x)) })
	return fresh, kept, vanished
}

// flags takes over the flags of messages already in the mirror: what changed
// since the last pull where the server can say that (RFC 7162 §3.1.4), all of
// them otherwise.
func (a *Account) flags(ctx context.Context, f store.FolderState, kept []imap.UID) error {
	if len(kept) == 0 {
		return nil
	}
	since := uint64(0)
	if f.Complete && a.client.Caps().Has(imap.CapCondStore) {
		since = f.ModSeq
	}
	var updates []store.FlagUpdate
	err := a.client.FetchFlags(ctx, imap.UIDSetNum(kept...), since, func(m imapclient.Message) error {
		updates = append(updates, store.FlagUpdate{UID: mail.UID(m.UID), Flags: flagStrings(m.Flags)})
		return nil
	})
	if err != nil {
		return err
	}
	for chunk := range slices.Chunk(updates, 1000) {
		if err := a.store.SetServerFlags(ctx, f.ID, chunk); err != nil {
			return err
		}
	}
	return nil
}

func flagStrings(flags []imap.Flag) []string {
	out := make([]string, len(flags))
	for i, f := range flags {
		out[i] = string(f)
	}
	return out
}

func (a *Account) headers(ctx context.Context, f store.FolderState, fresh []imap.UID) error {
	done := 0
	for chunk := range slices.Chunk(fresh, window) {
		if len(fresh) > window {
			a.setStatus(Status{Kind: Syncing, Done: done, Of: len(fresh)})
		}
		if err := a.headerWindow(ctx, f, chunk); err != nil {
			return err
		}
		done += len(chunk)
		if err := a.wanted(ctx); err != nil {
			return err
		}
		if a.selected != f.ID {
			if _, err := a.selectFolder(ctx, f); err != nil {
				return err
			}
		}
	}
	return nil
}

// headerWindow fetches and stores headers. An answer that cannot be read spoils
// the connection but not the folder: the window is halved until the odd message
// stands alone, and that one is read from its body.
func (a *Account) headerWindow(ctx context.Context, f store.FolderState, uids []imap.UID) error {
	var list []store.Header
	err := a.client.FetchHeaders(ctx, imap.UIDSetNum(uids...), func(m imapclient.Message) error {
		list = append(list, header(m))
		return nil
	})
	if odd(err) {
		if err := a.reconnect(ctx); err != nil {
			return err
		}
		if _, err := a.selectFolder(ctx, f); err != nil {
			return err
		}
		if len(uids) > 1 {
			half := len(uids) / 2
			if err := a.headerWindow(ctx, f, uids[:half]); err != nil {
				return err
			}
			return a.headerWindow(ctx, f, uids[half:])
		}
		list = []store.Header{a.headerFromBody(ctx, uids[0])}
	} else if err != nil {
		return err
	}
	slices.SortFunc(list, func(x, y store.Header) int { return int(int64(x.UID) - int64(y.UID)) })
	_, err = a.store.AddHeaders(ctx, f.ID, list)
	return err
}

// odd tells whether an answer of the server could not be read.
func odd(err error) bool {
	var e *imapclient.Error
	return errors.As(err, &e) && e.Kind == imapclient.KindProtocol
}

// maxBody bounds what is fetched of one message.
const maxBody = 256 << 20

// headerFromBody is for the one message whose header the server misquotes.
func (a *Account) headerFromBody(ctx context.Context, uid imap.UID) store.Header {
	raw, err := a.client.FetchBody(ctx, uid, maxBody)
	if err != nil {
		return store.Header{UID: mail.UID(uid), Subject: "(the server's answer about this message cannot be read)", Internal: a.now()}
	}
	return header(imapclient.Message{UID: uid, Header: raw, Size: int64(len(raw)), InternalDate: a.now()})
}

func header(m imapclient.Message) store.Header {
	h := reading.ParseHeader(m.Header)
	return store.Header{
		UID: mail.UID(m.UID), Flags: flagStrings(m.Flags), MessageID: h.MessageID, InReplyTo: h.InReplyTo, References: h.References,
		Date: h.Date, Internal: internalDate(m.InternalDate), From: h.From, To: h.To, Cc: h.Cc, Subject: h.Subject, Size: m.Size,
		Attachments: attachments(m.Structure, 0),
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
		inline := true
		if d := p.Disposition(); d != nil {
			inline = !strings.EqualFold(d.Value, "attachment")
		} else {
			inline = p.ID != ""
		}
		text := strings.EqualFold(p.Type, "text")
		if text && (inline || p.Filename() == "") && !(p.Disposition() != nil && strings.EqualFold(p.Disposition().Value, "attachment")) {
			return nil
		}
		return []mail.AttachmentInfo{{Name: p.Filename(), Type: strings.ToLower(p.MediaType()), Size: int64(p.Size), Inline: inline}}
	}
	return nil
}
