package app

import (
	"context"

	"postea/internal/app/clipboard"
)

// Clipboard gives text to the clipboard.
func (a *App) Clipboard(ctx context.Context, text string) error {
	if err := clipboard.Copy(ctx, text); err != nil {
		a.log.Warn("clipboard", "err", err)
	}
	return ctx.Err()
}
