package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"postea/internal/mail"
)

// FromCopy is what is said of a message that waited when own.db was copied: by the time
// the copy is taken into use it may long have been sent.
const FromCopy = "it waited when this copy of the outbox was made, and may have been sent since"

// BackupOwn writes a copy of own.db, of one moment, to a new file, while others
// may read and write. What waits in the outbox is unsure in the copy, so that it is
// looked for and asked about before it is sent a second time.
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
		return errors.Join(fmt.Errorf("copying own.db: %w", s.explain(err)), os.Remove(path))
	}
	if err := s.doubtWaiting(ctx, path); err != nil {
		return errors.Join(fmt.Errorf("copying own.db: %w", s.explain(err)), os.Remove(path))
	}
	return nil
}

// doubtWaiting makes what waits in a copy unsure.
func (s *Store) doubtWaiting(ctx context.Context, path string) (err error) {
	db, err := sql.Open("sqlite", fileName(path))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := s.doubtAll(ctx, tx, FromCopy); err != nil {
		return err
	}
	return tx.Commit()
}

// doubtAll makes what waits in an own.db unsure, and says why.
func (s *Store) doubtAll(ctx context.Context, tx *sql.Tx, why string) error {
	now := s.now().UnixMilli()
	const waits = `finished = 0 AND cancelled = 0 AND id IN (SELECT outgoing FROM recipient WHERE state = 'pending')`
	for _, q := range []struct {
		sql  string
		args []any
	}{
		{`INSERT INTO journey (outgoing, at, kind, text, detail) SELECT id, ?, 'unsure', ?, '' FROM outgoing WHERE ` + waits, []any{now, why}},
		{`UPDATE outgoing SET sending = 0, unsure_since = ?, reconciled = 0, blocked = '', next_attempt = 0, last_text = ? WHERE ` + waits, []any{now, why}},
		{`UPDATE recipient SET state = ? WHERE state = 'pending' AND outgoing IN (SELECT id FROM outgoing WHERE finished = 0 AND cancelled = 0)`, []any{mail.RecipientUnsure}},
	} {
		if _, err := tx.ExecContext(ctx, q.sql, q.args...); err != nil {
			return err
		}
	}
	return nil
}
