package app

import (
	"cmp"
	"context"

	"postea/internal/mail"
	"postea/internal/reading"
)

// fate tells of a message of one's own what became of it, where it was sent from
// here and is still listed in the outbox.
func (a *App) fate(ctx context.Context, out *Message, m *reading.Message) error {
	if !out.Mine || m.Header.MessageID == "" {
		return nil
	}
	// Exchange has sent it under another Message-ID.
	list, err := a.store.FindOutgoing(ctx, cmp.Or(m.Header.OriginalID, m.Header.MessageID), "")
	if err != nil {
		return err
	}
	for _, o := range list { // the newest first: one to a corrected address has the same Message-ID
		if o.State == mail.ItemCancelled {
			continue
		}
		item := a.outboxItem(o)
		if out.Outgoing == nil || item.State == mail.ItemRejected {
			out.Outgoing = &item
		}
	}
	return nil
}

// markFailed marks the rows of a Sent folder whose message did not reach somebody,
// and nobody has dealt with that yet.
func (a *App) markFailed(ctx context.Context, rows []Row, ids []string) error {
	failed, err := a.store.FailedMessages(ctx)
	if err != nil || len(failed) == 0 {
		return err
	}
	for i := range rows {
		rows[i].Failed = failed[ids[i]]
	}
	return nil
}
