package syncer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	imap "github.com/emersion/go-imap/v2"

	"postea/imapclient"
	"postea/internal/mail"
	"postea/internal/store"
)

// batch is changes of messages in one folder that one command carries.
type batch struct {
	from, to    mail.FolderID
	add, remove []string
	hereOnly    bool // see store.Pending
	list        []store.Pending
}

func uidSet(list []store.Pending) imap.UIDSet {
	var set imap.UIDSet
	for _, p := range list {
		set.AddNum(imap.UID(p.UID))
	}
	return set
}

func idsOf(list []store.Pending) []mail.ID {
	out := make([]mail.ID, len(list))
	for i, p := range list {
		out[i] = p.ID
	}
	return out
}

func uidsOf(list []store.Pending) []mail.UID {
	out := make([]mail.UID, len(list))
	for i, p := range list {
		out[i] = p.UID
	}
	return out
}

// replay carries local changes to the server: folders, then copies, flags, moves
// and deletions, at last the deletion of folders. That a change is sent is recorded before, that it is done after the
// server's OK; what is cut off in between is done again, or, where the user has
// changed their mind since, found out about. A folder that must be pulled for
// that becomes stale.
func (a *Account) replay(ctx context.Context) error {
	if err := a.arrangeFolders(ctx); err != nil {
		return err
	}
	a.thrown = false
	if err := a.replayMessages(ctx); err != nil {
		return err
	}
	if a.thrown {
		if err := a.replayMessages(ctx); err != nil {
			return err
		}
	}
	return a.dropFolders(ctx)
}

func (a *Account) replayMessages(ctx context.Context) error {
	pending, err := a.store.PendingChanges(ctx, a.profile.Name)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(pending, func(p store.Pending) bool { return p.CopyOf != 0 }) {
		if err := a.copies(ctx, pending); err != nil {
			return err
		}
		if pending, err = a.store.PendingChanges(ctx, a.profile.Name); err != nil {
			return err
		}
	}
	if slices.ContainsFunc(pending, func(p store.Pending) bool { return p.Moving != 0 && p.Moving != p.To }) {
		open, err := a.settleMoves(ctx, pending)
		if err != nil {
			return err
		}
		if pending, err = a.store.PendingChanges(ctx, a.profile.Name); err != nil {
			return err
		}
		pending = slices.DeleteFunc(pending, func(p store.Pending) bool { return open[p.ID] })
	}
	for _, from := range sources(pending) {
		f, err := a.store.Folder(ctx, from)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if err := a.replayFolder(ctx, f, pending); err != nil {
			return err
		}
	}
	return nil
}

func (a *Account) replayFolder(ctx context.Context, f store.FolderState, pending []store.Pending) error {
	sel, err := a.selectFolder(ctx, f)
	switch {
	case errors.Is(err, errRekeyed):
		return nil // the next pull finds the messages again
	case refused(err) && a.missed[f.Wire] > 0:
		return nil // the next list tells
	case refused(err):
		return a.refuse(ctx, from(pending, f.ID), "open "+f.Name+" to change", err)
	case err != nil:
		return err
	}
	there, err := a.stillThere(ctx, f, from(pending, f.ID))
	if refused(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := a.changesCopies(ctx, there); err != nil {
		return err
	}
	for _, b := range group(there) {
		if err := a.reselect(ctx, f); err != nil {
			if errors.Is(err, errRekeyed) {
				return nil
			}
			return err
		}
		switch {
		case b.to == 0:
			err = a.erase(ctx, b)
		case b.to != b.from:
			err = a.move(ctx, b)
		default:
			err = a.storeFlags(ctx, b, sel.PermanentFlags)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// stillThere leaves out changes of messages that are not in the folder any more,
// moved by another client or by a command that had no answer: servers say OK to
// changing nothing. The pull of both folders finds out what became of them.
func (a *Account) stillThere(ctx context.Context, f store.FolderState, pending []store.Pending) ([]store.Pending, error) {
	there, err := a.among(ctx, pending)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(pending, func(p store.Pending) bool {
		if !there[imap.UID(p.UID)] {
			a.stale[f.ID], a.stale[p.To] = true, true
		}
		return !there[imap.UID(p.UID)]
	}), nil
}

// among tells which UIDs of a list are in the open folder. Those that a search does not
// find are fetched: some servers answer OK to it and nothing else, or do not search by UIDs.
func (a *Account) among(ctx context.Context, list []store.Pending) (map[imap.UID]bool, error) {
	uids, no := a.client.Search(ctx, &imap.SearchCriteria{UID: []imap.UIDSet{uidSet(list)}})
	if no != nil && !refused(no) {
		return nil, no
	}
	there := make(map[imap.UID]bool, len(uids))
	for _, uid := range uids {
		there[uid] = true
	}
	asked := slices.DeleteFunc(slices.Clone(list), func(p store.Pending) bool { return there[imap.UID(p.UID)] })
	uids, err := a.client.Present(ctx, uidSet(asked))
	if err != nil && (no != nil || !refused(err)) { // NO is what some say where there are none
		return nil, err
	}
	for _, uid := range uids {
		there[uid] = true
	}
	return there, nil
}

func sources(pending []store.Pending) []mail.FolderID {
	var out []mail.FolderID
	for _, p := range pending {
		if p.From != 0 && p.UID != 0 && !slices.Contains(out, p.From) {
			out = append(out, p.From)
		}
	}
	return out
}

func from(pending []store.Pending, folder mail.FolderID) []store.Pending {
	return slices.DeleteFunc(slices.Clone(pending), func(p store.Pending) bool { return p.From != folder || p.UID == 0 })
}

// maxBatch is how many messages one command changes: servers that say nothing until all
// are moved would seem dead, and what was done is recorded behind each.
const maxBatch = 500

// group makes batches of changes in one folder, flags before moves.
func group(pending []store.Pending) []*batch {
	var flags, moves []*batch
	byKey := map[string]*batch{}
	put := func(list *[]*batch, key string, b batch, p store.Pending) {
		if byKey[key] == nil || len(byKey[key].list) == maxBatch {
			byKey[key] = &b
			*list = append(*list, &b)
		}
		byKey[key].list = append(byKey[key].list, p)
	}
	for _, p := range pending {
		if p.To != 0 && len(p.Add)+len(p.Remove) > 0 {
			key := strings.Join(p.Add, " ") + "\x00" + strings.Join(p.Remove, " ")
			put(&flags, key, batch{from: p.From, to: p.From, add: p.Add, remove: p.Remove}, p)
		}
		if p.To != p.From {
			put(&moves, fmt.Sprint("move", p.To, p.HereOnly), batch{from: p.From, to: p.To, hereOnly: p.HereOnly}, p)
		}
	}
	return append(flags, moves...)
}

func (a *Account) storeFlags(ctx context.Context, b *batch, permanent []imap.Flag) error {
	add, remove := impermanent(b.add, permanent), impermanent(b.remove, permanent)
	if passing := slices.Concat(add, remove); len(passing) > 0 {
		why := ""
		switch {
		case len(remove) == 0 && !slices.ContainsFunc(add, func(f string) bool { return !ownWord(f) }):
		case len(permanent) == 0:
			why = "The server says that this folder can only be read. It is as it was."
		default:
			why = "The server keeps no labels in this folder. It is as it was."
		}
		if err := a.store.RefuseFlags(ctx, a.profile.Name, idsOf(b.list), add, remove, why); err != nil {
			return err
		}
		pass := func(f string) bool { return slices.Contains(passing, f) }
		b.add, b.remove = slices.DeleteFunc(slices.Clone(b.add), pass), slices.DeleteFunc(slices.Clone(b.remove), pass)
	}
	// A server that keeps no more keywords may keep the flags.
	var system, words []string
	for _, f := range b.add {
		if strings.HasPrefix(f, `\`) {
			system = append(system, f)
		} else {
			words = append(words, f)
		}
	}
	for _, part := range []struct {
		add, remove []string
	}{{system, nil}, {words, nil}, {nil, b.remove}} {
		flags := slices.Concat(part.add, part.remove)
		if len(flags) == 0 {
			continue
		}
		if err := a.store.FlagsBegun(ctx, idsOf(b.list), part.add, part.remove); err != nil {
			return err
		}
		no, why, err := sift(b.list, func(list []store.Pending) ([]store.Pending, error) {
			if err := a.changeFlags(ctx, uidSet(list), flags, part.add != nil); err != nil {
				return list, err
			}
			return nil, a.store.FlagsDone(ctx, idsOf(list), part.add, part.remove)
		})
		if len(no) > 0 {
			why := a.refusal("change the flags of", len(no), why)
			if err := a.store.RefuseFlags(ctx, a.profile.Name, idsOf(no), part.add, part.remove, why); err != nil {
				return err
			}
		}
		if err != nil {
			return a.forNow("change the flags of", err)
		}
	}
	return nil
}

// impermanent lists the flags that a folder does not keep, RFC 9051 §7.1,
// PERMANENTFLAGS. A server that does not tell keeps all, and one that names some keeps
// all but keywords: Proton Mail Bridge leaves out others.
func impermanent(flags []string, permanent []imap.Flag) []string {
	if permanent == nil || slices.Contains(permanent, imap.FlagWildcard) {
		return nil
	}
	var out []string
	for _, f := range flags {
		known := slices.ContainsFunc(permanent, func(p imap.Flag) bool { return strings.EqualFold(string(p), f) })
		_, label := mail.GmailLabel(f)
		if !known && !label && (len(permanent) == 0 || !strings.HasPrefix(f, `\`)) {
			out = append(out, f)
		}
	}
	return out
}

func imapFlags(list []string) []imap.Flag {
	out := make([]imap.Flag, len(list))
	for i, f := range list {
		out[i] = imap.Flag(f)
	}
	return out
}

func (a *Account) erase(ctx context.Context, b *batch) error {
	_, trash, through, err := a.throughTrash(ctx, b.from)
	if err != nil {
		return err
	}
	if through && !b.hereOnly {
		a.thrown = true
		return a.move(ctx, &batch{from: b.from, to: trash.ID, list: b.list})
	}
	no, why, err := sift(b.list, func(list []store.Pending) ([]store.Pending, error) {
		if err := a.expunge(ctx, list); err != nil {
			return list, err
		}
		if err := a.store.EraseDone(ctx, idsOf(list)); err != nil {
			return nil, err
		}
		return nil, a.leftBehind(ctx, b.from, uidsOf(list))
	})
	return a.ended(ctx, no, "delete", why, err)
}

// expunge deletes messages for good. Its first half is a flag, which is taken off
// again should the user change their mind before the second.
func (a *Account) expunge(ctx context.Context, list []store.Pending) error {
	if err := a.store.FlagsBegun(ctx, idsOf(list), []string{mail.FlagDeleted}, nil); err != nil {
		return err
	}
	return a.client.Expunge(ctx, uidSet(list))
}

// leftBehind hides what a server without UIDPLUS has only marked as deleted.
func (a *Account) leftBehind(ctx context.Context, folder mail.FolderID, uids []mail.UID) error {
	if a.client.Caps().Has(imap.CapUIDPlus) {
		a.tookOut(folder, len(uids))
		return nil
	}
	return a.store.LeftBehind(ctx, folder, uids)
}

// tookOut corrects the count of a folder that the list gave before so many messages were
// taken out of it: else as many that another client took out would not be missed.
func (a *Account) tookOut(folder mail.FolderID, n int) {
	if st := a.counts[folder]; st != nil && st.NumMessages != nil {
		left := *st.NumMessages - min(*st.NumMessages, uint32(n))
		st.NumMessages = &left
	}
}

// refuse takes changes back that the server will not have, and says so. A
// refusal for now leaves them waiting.
func (a *Account) refuse(ctx context.Context, list []store.Pending, what string, err error) error {
	if temporary(err) {
		a.log.Info("change waits", "what", what, "err", err)
		return nil
	}
	if len(list) == 0 {
		return nil
	}
	return a.store.Refuse(ctx, a.profile.Name, idsOf(list), a.refusal(what, len(list), err))
}

func (a *Account) refusal(what string, n int, err error) string {
	text, advice := err.Error(), "It is as it was."
	var e *imapclient.Error
	if errors.As(err, &e) {
		if e.Text != "" {
			text = strings.TrimSuffix(e.Text, ".")
		}
		if full(e) {
			advice = "The mailbox is full: delete something for good, or ask for more room. " + advice
		}
	}
	return fmt.Sprintf("The server would not %s %s: %s. %s", what, messages(n), text, advice)
}

// full recognises a mailbox without room, RFC 9208 §4.3. Courier says it in words only.
func full(e *imapclient.Error) bool {
	return (e.Code == imap.ResponseCodeOverQuota || strings.Contains(strings.ToLower(e.Text), "quota")) && !e.Temporary()
}

func messages(n int) string {
	if n == 1 {
		return "a message"
	}
	return fmt.Sprintf("%d messages", n)
}
