package syncer

import (
	"context"

	imap "github.com/emersion/go-imap/v2"

	"postea/internal/mail"
	"postea/internal/store"
)

// worthCounting is from how many folders on they are counted before they are looked at, on
// a server that does neither tell counts along with the list nor number its changes. Of
// fewer, all are looked at, which tells of every flag.
const worthCounting = 10

// count asks such a server for the counts of the folders that the mirror has, all in a few
// flights. In a thorough round all are looked at anyway.
func (a *Account) count(ctx context.Context, folders []store.FolderState) error {
	if a.thorough || a.tellsMore() {
		clear(a.unseen)
		return nil
	}
	var wires []string
	var asked []store.FolderState
	for _, f := range folders {
		if f.Complete && f.Remote && f.Selectable && f.Role != mail.RoleInbox {
			wires, asked = append(wires, f.Wire), append(asked, f)
		}
	}
	if len(asked) < worthCounting {
		return nil
	}
	told, err := a.client.Statuses(ctx, wires)
	if err != nil {
		return err
	}
	for i, f := range asked {
		if told[i].Status != nil {
			a.counts[f.ID] = told[i].Status
		}
	}
	return nil
}

func (a *Account) tellsMore() bool {
	caps := a.client.Caps()
	return caps.Has(imap.CapCondStore) || caps.Has(imap.CapListStatus)
}

// sameCounts tells whether the counts of a folder are those of the mirror, and as many
// messages unread as when it was looked at last. That other flags have changed a thorough
// round finds out.
func (a *Account) sameCounts(ctx context.Context, f store.FolderState) (bool, error) {
	st := a.counts[f.ID]
	if a.thorough || st == nil || st.NumUnseen == nil || f.Role == mail.RoleInbox || a.tellsMore() {
		return false, nil
	}
	same, err := a.asCounted(ctx, f, st)
	if err != nil || !same {
		return false, err
	}
	unseen, known := a.unseen[f.ID]
	if !known {
		if f.Reach.Older > 0 {
			return false, nil
		}
		if unseen, err = a.store.ServerUnseen(ctx, f.ID); err != nil {
			return false, err
		}
	}
	return unseen == int(*st.NumUnseen), nil
}

// looked remembers the counts from before folders were looked at.
func (a *Account) looked(folders []store.FolderState) {
	for _, f := range folders {
		delete(a.unseen, f.ID)
		_, passed := a.passed[f.ID]
		if st := a.counts[f.ID]; st != nil && st.NumUnseen != nil && !passed {
			a.unseen[f.ID] = int(*st.NumUnseen)
		}
	}
}
