package tuitest

import (
	"context"
	"fmt"

	"postea/internal/app"
	"postea/internal/mail"
)

// Parts implements tui.Backend.
func (b *Backend) Parts(_ context.Context, id mail.ID) ([]app.PartState, error) {
	defer b.mu.Unlock()
	if err := b.enter("Parts"); err != nil {
		return nil, err
	}
	return b.Fetching[id], nil
}

// StopPart implements tui.Backend.
func (b *Backend) StopPart(_ context.Context, id mail.ID, part string) error {
	defer b.mu.Unlock()
	if err := b.enter("StopPart"); err != nil {
		return err
	}
	b.Stopped = append(b.Stopped, fmt.Sprintf("part %q of %v", part, id))
	return nil
}
