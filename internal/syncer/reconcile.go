package syncer

import (
	"context"
	"errors"
	"slices"
	"time"

	"postea/internal/mail"
	"postea/internal/store"
)

// nextReconcile is when an unsure message of this account is to be looked for;
// zero: never.
func (a *Account) nextReconcile(ctx context.Context) time.Time {
	list, err := a.store.Unsure(ctx)
	if err != nil {
		return time.Time{}
	}
	var next time.Time
	for _, o := range list {
		if at, ok := a.reconcileAt(o); ok && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	return next
}

func (a *Account) reconcileAt(o mail.Outgoing) (time.Time, bool) {
	if o.Account != a.profile.Name || o.Reconciled >= len(a.profile.Send.Reconcile) || o.UnsureSince.IsZero() {
		return time.Time{}, false
	}
	since := o.UnsureSince
	if now := a.now(); since.After(now) { // the clock was set back
		return now, true
	}
	return since.Add(a.profile.Send.Reconcile[o.Reconciled]), true
}

// reconcile looks for messages whose sending ended in doubt: in Sent, where the
// provider may have filed them, and in INBOX, where one to oneself arrives. Where somebody
// has one already, it is there since, and proves nothing about the others.
func (a *Account) reconcile(ctx context.Context) error {
	list, err := a.store.Unsure(ctx)
	if err != nil {
		return err
	}
	for _, o := range list {
		if at, ok := a.reconcileAt(o); !ok || at.After(a.now()) {
			continue
		}
		where, err := a.lookFor(ctx, o.MessageID)
		if err != nil {
			return err
		}
		if err := a.store.Reconcile(ctx, o.ID, where != "", where); err != nil {
			return err
		}
	}
	return nil
}

// taken tells whether a server has taken an item for somebody, also for one who is to get
// it again.
func taken(o mail.Outgoing) bool {
	return o.Copy == mail.CopyPending || o.Copy == mail.CopyFiled || slices.ContainsFunc(o.Recipients, mail.Recipient.Taken)
}

func (a *Account) lookFor(ctx context.Context, messageID string) (string, error) {
	items, err := a.store.FindOutgoing(ctx, messageID, "") // also that to an address which was corrected
	if err != nil || slices.ContainsFunc(items, taken) {
		return "", err
	}
	for _, role := range []mail.Role{mail.RoleSent, mail.RoleInbox, mail.RoleAll} {
		f, err := a.store.FolderByRole(ctx, a.profile.Name, role)
		if errors.Is(err, store.ErrNotFound) || err == nil && !f.Remote {
			continue
		}
		if err != nil {
			return "", err
		}
		if _, err := a.selectFolder(ctx, f); err != nil && !errors.Is(err, errRekeyed) {
			if refused(err) {
				continue
			}
			return "", err
		}
		uids, err := a.sentAs(ctx, messageID)
		if err != nil && !refused(err) {
			return "", err
		}
		if len(uids) > 0 {
			return f.Name, nil
		}
	}
	return "", nil
}
