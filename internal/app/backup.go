package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Backup copies what only this machine has into a new directory: own.db, the
// configuration, and the encrypted secrets. It returns the names of the files.
func (a *App) Backup(ctx context.Context, dir string) ([]string, error) {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the directory of the copy: %w", err)
	}
	out := []string{"own.db"}
	if err := a.store.BackupOwn(ctx, filepath.Join(dir, "own.db")); err != nil {
		return nil, err
	}
	for _, from := range []string{a.cfg.Path, a.cfg.Vault().Path()} {
		data, err := os.ReadFile(from)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		name := filepath.Base(from)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), data, 0o600)
		}
		if err != nil {
			return nil, fmt.Errorf("copying %s: %w", name, err)
		}
		out = append(out, name)
	}
	return out, nil
}
