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
// configuration with themes and templates, and the encrypted secrets. It returns the names of the files.
// Of a copy that fails nothing is left, which would pass for one, and be in the way of the next.
func (a *App) Backup(ctx context.Context, dir string) (out []string, err error) {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the directory of the copy: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}()
	out = []string{"own.db"}
	if err := a.store.BackupOwn(ctx, filepath.Join(dir, "own.db")); err != nil {
		return nil, err
	}
	files := []string{a.cfg.Path, a.cfg.Vault().Path()}
	for _, of := range []string{a.cfg.ThemeDir(), a.cfg.TemplateDir()} {
		list, err := os.ReadDir(of)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("copying %s: %w", filepath.Base(of), err)
		}
		for _, e := range list {
			if e.Type().IsRegular() {
				files = append(files, filepath.Join(of, e.Name()))
			}
		}
	}
	for _, from := range files {
		name, err := filepath.Rel(filepath.Dir(a.cfg.Path), from)
		if err != nil || !filepath.IsLocal(name) {
			name = filepath.Base(from)
		}
		if err := copyFile(filepath.Join(dir, name), from); errors.Is(err, fs.ErrNotExist) {
			continue
		} else if err != nil {
			return nil, fmt.Errorf("copying %s: %w", name, err)
		}
		out = append(out, name)
	}
	return out, nil
}

// copyFile makes a private copy, and the directory that it lies in.
func copyFile(to, from string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o600)
}
