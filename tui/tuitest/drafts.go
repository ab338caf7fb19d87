package tuitest

import (
	"context"
	"errors"
	"slices"
	"time"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/internal/reading"
)

// DiscardDraft implements tui.Backend.
func (b *Backend) DiscardDraft(_ context.Context, id mail.DraftID) error {
	defer b.mu.Unlock()
	err := b.enter("DiscardDraft")
	b.Drafted = slices.DeleteFunc(b.Drafted, func(d mail.Draft) bool {
		if d.ID == id {
			b.Discarded = append(b.Discarded, d)
			b.undo = append(b.undo, func() app.Undone {
				b.Discarded = slices.DeleteFunc(b.Discarded, func(x mail.Draft) bool { return x.ID == id })
				b.Drafted = append(b.Drafted, d)
				return app.Undone{What: "Draft restored", Draft: &d}
			})
		}
		return d.ID == id
	})
	return err
}

// DraftFromElsewhere implements tui.Backend.
func (b *Backend) DraftFromElsewhere(_ context.Context, id mail.DraftID, _ time.Time) (mail.Draft, bool, error) {
	defer b.mu.Unlock()
	err := b.enter("DraftFromElsewhere")
	d, written := b.Rewritten[id]
	return d, written && err == nil, err
}

// DraftVersions implements tui.Backend.
func (b *Backend) DraftVersions(_ context.Context, id mail.DraftID) ([]app.DraftVersion, error) {
	defer b.mu.Unlock()
	err := b.enter("DraftVersions")
	list := b.Discarded
	if id != 0 {
		list = b.Versions
	}
	var out []app.DraftVersion
	for i, d := range list {
		out = append(out, app.DraftVersion{ID: int64(i), At: time.Now().UTC().Add(-time.Hour), About: reading.Line(d.Subject), Text: reading.Line(d.Body), Size: len(d.Body)})
	}
	return out, err
}

// DraftVersion implements tui.Backend.
func (b *Backend) DraftVersion(_ context.Context, version int64) (mail.Draft, error) {
	defer b.mu.Unlock()
	err := b.enter("DraftVersion")
	return b.Versions[version], err
}

// RestoreDraft implements tui.Backend.
func (b *Backend) RestoreDraft(_ context.Context, version int64) (mail.Draft, error) {
	defer b.mu.Unlock()
	if err := b.enter("RestoreDraft"); err != nil {
		return mail.Draft{}, err
	}
	if int(version) >= len(b.Discarded) {
		return mail.Draft{}, errors.New("no such draft")
	}
	d := b.Discarded[version]
	b.Discarded = slices.Delete(b.Discarded, int(version), int(version)+1)
	b.Drafted = append(b.Drafted, d)
	return d, nil
}
