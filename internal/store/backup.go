package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// BackupOwn writes a copy of own.db, of one moment, to a new file, while others
// may read and write.
func (s *Store) BackupOwn(ctx context.Context, path string) error {
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("copying own.db: %w", &fs.PathError{Op: "create", Path: path, Err: fs.ErrExist})
	} else if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("copying own.db: %w", err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) // SQLite fills an empty file, and keeps its mode
	if err != nil {
		return fmt.Errorf("copying own.db: %w", err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("copying own.db: %w", err)
	}
	if _, err := s.own.write.ExecContext(ctx, `VACUUM INTO ?`, path); err != nil {
		return errors.Join(fmt.Errorf("copying own.db: %w", err), os.Remove(path))
	}
	return nil
}
