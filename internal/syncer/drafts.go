package syncer

import (
	"context"
	"errors"

	imap "github.com/emersion/go-imap/v2"

	"postea/imapclient"
	"postea/internal/compose"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/internal/store"
)

// copyDrafts brings the Drafts folder in line with the drafts that are kept
// here: one copy of each that has rested, none of those that are gone.
func (a *Account) copyDrafts(ctx context.Context) error {
	if a.profile.Drafts == "local" {
		return nil
	}
	gone, err := a.store.GoneDrafts(ctx, a.profile.Name)
	if err != nil {
		return err
	}
	due, err := a.store.DraftsToCopy(ctx, a.profile.Name)
	if err != nil || len(gone)+len(due) == 0 {
		return err
	}
	folder, err := a.openDrafts(ctx)
	if err != nil {
		return a.draftsRefused(ctx, gone, due, err)
	}
	for _, d := range due {
		if err := a.copyDraft(ctx, folder, d); err != nil {
			if !refused(err) {
				return err
			}
			a.log.Warn("copying a draft", "account", a.profile.Name, "err", err)
			if err := a.store.DraftCopyLater(ctx, d.Draft.ID); err != nil {
				return err
			}
		}
	}
	if err := a.expungeDrafts(ctx, gone); err != nil {
		return a.draftsRefused(ctx, gone, nil, err)
	}
	if err := a.store.DraftsGone(ctx, a.profile.Name, gone, false); err != nil {
		return err
	}
	// The copies lie, and lay, among all mail too.
	all, err := a.store.FolderByRole(ctx, a.profile.Name, mail.RoleAll)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	a.stale[all.ID] = true
	if folder, err = a.store.Folder(ctx, folder.ID); err == nil && folder.Complete {
		err = a.pullTolerant(ctx, folder)
	}
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// openDrafts selects the Drafts folder, which is made where there is none.
func (a *Account) openDrafts(ctx context.Context) (store.FolderState, error) {
	f, err := a.store.EnsureFolder(ctx, a.profile.Name, mail.RoleDrafts, a.profile.FolderName(mail.RoleDrafts, "Drafts"))
	if err != nil {
		return f, err
	}
	if _, err := a.wireName(ctx, f.ID); err != nil {
		return f, err
	}
	if f, err = a.store.Folder(ctx, f.ID); err != nil {
		return f, err
	}
	if _, err := a.selectFolder(ctx, f); err != nil && !errors.Is(err, errRekeyed) {
		return f, err
	}
	return f, nil
}

// draftsRefused puts off what the server does not do; any other error is given
// back.
func (a *Account) draftsRefused(ctx context.Context, gone []store.GoneCopy, due []store.DraftCopy, err error) error {
	if !refused(err) {
		return err
	}
	a.log.Warn("drafts", "account", a.profile.Name, "err", err)
	if err := a.store.DraftsGone(ctx, a.profile.Name, gone, true); err != nil {
		return err
	}
	for _, d := range due {
		if err := a.store.DraftCopyLater(ctx, d.Draft.ID); err != nil {
			return err
		}
	}
	return nil
}

// copyDraft appends the state of a draft, and then takes away what it replaces.
// Its Message-ID is written down first: a copy that was made although the answer
// was lost is found by it and taken away next time.
func (a *Account) copyDraft(ctx context.Context, folder store.FolderState, c store.DraftCopy) error {
	id, err := a.store.BeginDraftCopy(ctx, c)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	forwards := ""
	if c.Draft.Forwards != 0 {
		if m, err := a.store.Summary(ctx, c.Draft.Forwards); err == nil {
			forwards = m.MessageID
		}
	}
	old, theirs, err := a.copiesOf(ctx, c)
	if err != nil {
		return err
	}
	raw := compose.DraftMessage(c.Draft, id, forwards, compose.Options{Now: c.Draft.Updated})
	if old, err = a.putDraft(ctx, folder, c, raw, old); err != nil {
		return err
	}
	if err := a.expungeCopies(ctx, old); err != nil {
		return err
	}
	marked := c.Marked
	if !marked {
		if marked, err = a.keepsMark(ctx, id); err != nil && !refused(err) {
			return err
		}
	}
	return a.store.DraftCopied(ctx, c.Draft.ID, c.State, id, theirs, marked)
}

// keepsMark tells whether a copy that was made bears its mark at the server. Proton Mail Bridge
// makes a message of its own of it, which has only the Message-ID.
func (a *Account) keepsMark(ctx context.Context, copied string) (bool, error) {
	found, err := a.carrying(ctx, copied)
	if err == nil {
		found, err = a.marked(ctx, found)
	}
	return len(found) > 0, err
}

// copiesOf gives the older copies of a draft in the open folder. What another program has put
// in the place of one, under its Message-ID, is none and stays: theirs has those Message-IDs.
func (a *Account) copiesOf(ctx context.Context, c store.DraftCopy) (own []imap.UID, theirs []string, err error) {
	for _, mid := range c.Copies {
		found, err := a.carrying(ctx, mid)
		if err != nil {
			return nil, nil, err
		}
		mine := found
		if c.Marked && mid != c.Draft.Copy { // else it is the draft of another program that is gone on with here
			if mine, err = a.marked(ctx, found); err != nil {
				return nil, nil, err
			}
		}
		own = append(own, mine...)
		if len(mine) < len(found) {
			theirs = append(theirs, mid)
		}
	}
	return own, theirs, nil
}

// marked gives those messages that postea has written as copies of drafts.
func (a *Account) marked(ctx context.Context, uids []imap.UID) ([]imap.UID, error) {
	if len(uids) == 0 {
		return nil, nil
	}
	asked := make([]imapclient.SectionRequest, len(uids))
	for i, uid := range uids {
		asked[i] = imapclient.SectionRequest{UID: uid, Sections: []string{"HEADER"}}
	}
	var out []imap.UID
	err := a.client.FetchSections(ctx, asked, maxBody, func(uid imap.UID, got imapclient.Sections) error {
		if reading.ParseHeader(got["HEADER"]).Get(compose.FieldDraft) != "" {
			out = append(out, uid)
		}
		return nil
	})
	return out, err
}

// putDraft stores a copy, in place of the newest older one where the server does both in
// one step, and gives those that are left.
func (a *Account) putDraft(ctx context.Context, folder store.FolderState, c store.DraftCopy, raw []byte, old []imap.UID) ([]imap.UID, error) {
	m := imapclient.NewMessage{Flags: []imap.Flag{imap.FlagDraft, imap.FlagSeen}, At: c.Draft.Updated, Raw: raw}
	if last := len(old) - 1; a.client.Replaces() && last >= 0 {
		_, err := a.client.Replace(ctx, old[last], folder.Wire, m)
		if err == nil || !refused(err) {
			return old[:last], err
		}
		a.log.Info("a draft is not replaced but copied", "account", a.profile.Name, "err", err)
	}
	_, err := a.client.Append(ctx, folder.Wire, m)
	return old, err
}

// hideMarked takes copies out of the list of Drafts that the server has only marked as
// deleted: who sees there what was sent, or an older state, sends it once more.
func (a *Account) hideMarked(ctx context.Context, found []imap.UID) error {
	if a.client.Caps().Has(imap.CapUIDPlus) {
		return nil
	}
	uids := make([]mail.UID, len(found))
	for i, uid := range found {
		uids[i] = mail.UID(uid)
	}
	if err := a.store.Vanished(ctx, a.selected, uids); err != nil {
		return err
	}
	return a.store.LeftBehind(ctx, a.selected, uids)
}

// expungeDrafts deletes copies by their Message-IDs.
func (a *Account) expungeDrafts(ctx context.Context, copies []store.GoneCopy) error {
	for _, c := range copies {
		found, err := a.carrying(ctx, c.MessageID)
		if err == nil && c.Marked {
			found, err = a.marked(ctx, found)
		}
		if err != nil {
			return err
		}
		if err := a.expungeCopies(ctx, found); err != nil {
			return err
		}
	}
	return nil
}

func (a *Account) expungeCopies(ctx context.Context, found []imap.UID) error {
	if len(found) == 0 {
		return nil
	}
	if err := a.forGood(ctx, imap.UIDSetNum(found...)); err != nil {
		return err
	}
	return a.hideMarked(ctx, found)
}
