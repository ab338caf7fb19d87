package syncer

import (
	"context"
	"errors"
	"maps"
	"slices"

	imap "github.com/emersion/go-imap/v2"

	"postea/imapclient"
	"postea/internal/mail"
	"postea/internal/store"
)

// flagsOf are the flags of a message, with what stands for its Gmail labels.
func flagsOf(m imapclient.Message) []string {
	out := flagStrings(m.Flags)
	for _, l := range m.Labels {
		out = append(out, mail.FromGmailLabel(l))
	}
	return out
}

// half tells of flags that came without their labels, as a server may throw in;
// taken for the whole they would take the labels away.
func (a *Account) half(m imapclient.Message) bool { return m.Labels == nil && a.client.HasLabels() }

// changeFlags adds or removes flags and what stands for Gmail labels.
func (a *Account) changeFlags(ctx context.Context, set imap.UIDSet, flags []string, on bool) error {
	plain := mail.ServerFlags(flags)
	var labels []string
	for _, f := range flags {
		if name, ok := mail.GmailLabel(f); ok {
			labels = append(labels, name)
		}
	}
	put, label := a.client.RemoveFlags, a.client.RemoveLabels
	if on {
		put, label = a.client.AddFlags, a.client.AddLabels
	}
	if err := put(ctx, set, imapFlags(plain)); err != nil {
		return err
	}
	return label(ctx, set, labels)
}

// throughTrash gives the folder to which messages go before they are deleted for good. At
// Gmail and Proton deleting takes them out of one folder, and they stay among all mail,
// unless it is done in Trash or Junk. ok is false where it can be done in their own folder.
func (a *Account) throughTrash(ctx context.Context, folder mail.FolderID) (here, trash store.FolderState, ok bool, err error) {
	if several, err := a.inSeveral(ctx); err != nil || !several || !a.client.Caps().Has(imap.CapMove) {
		return here, trash, false, err
	}
	if here, err = a.store.Folder(ctx, folder); err != nil || here.Role == mail.RoleTrash || here.Role == mail.RoleJunk {
		return here, trash, false, err
	}
	trash, err = a.store.FolderByRole(ctx, a.profile.Name, mail.RoleTrash)
	if errors.Is(err, store.ErrNotFound) {
		return here, trash, false, nil
	}
	return here, trash, err == nil, err
}

// forGood deletes messages of the open folder for good, of which nothing is written down.
func (a *Account) forGood(ctx context.Context, set imap.UIDSet) error {
	here, trash, through, err := a.throughTrash(ctx, a.selected)
	if err != nil {
		return err
	}
	if !through {
		return a.client.Expunge(ctx, set)
	}
	uids, err := a.transfer(ctx, a.client.Move, set, trash.ID, trash.Wire)
	if err != nil {
		return err
	}
	err = a.reselect(ctx, trash)
	if err == nil {
		err = a.client.Expunge(ctx, imap.UIDSetNum(slices.Collect(maps.Values(uids))...))
	}
	if err != nil && !unavailable(err) { // else they stay in Trash
		return err
	}
	return a.reselect(ctx, here)
}

// inSeveral tells whether a message may lie in several folders and be one all the same: at
// Gmail, and where there is a folder of all mail, as Proton Mail Bridge has it.
func (a *Account) inSeveral(ctx context.Context) (bool, error) {
	if a.client.HasLabels() {
		return true, nil
	}
	_, err := a.store.FolderByRole(ctx, a.profile.Name, mail.RoleAll)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// changesCopies has those folders pulled where messages that are about to be changed lie too,
// or will: what is done to a message in one is done to it in all. All mail is pulled in any
// case, as what is moved from there stays, and what leaves Trash comes back.
func (a *Account) changesCopies(ctx context.Context, list []store.Pending) error {
	if several, err := a.inSeveral(ctx); err != nil || !several || len(list) == 0 {
		return err
	}
	ids, err := a.store.WithCopies(ctx, idsOf(list))
	if err != nil {
		return err
	}
	copies, err := a.store.Heads(ctx, ids[len(list):])
	if err != nil {
		return err
	}
	for _, c := range copies {
		a.stale[c.Folder] = true
	}
	folders, err := a.store.Folders(ctx, a.profile.Name)
	for _, f := range folders {
		label := mail.FromGmailLabel(f.Name)
		if f.Role == mail.RoleAll || slices.ContainsFunc(list, func(p store.Pending) bool { return slices.Contains(p.Add, label) || p.CopyOf != 0 && p.To == f.ID }) {
			a.stale[f.ID] = true
		}
	}
	return err
}

// ownWord tells of flags that postea sets by itself: that a server does not keep
// them is nothing the user could do about.
func ownWord(flag string) bool {
	return slices.Contains([]string{mail.FlagSeen, mail.FlagAnswered, mail.FlagForwarded, mail.FlagJunk, mail.FlagNotJunk, mail.FlagMuted, mail.FlagSnoozed}, flag)
}
