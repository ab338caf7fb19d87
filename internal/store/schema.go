package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"strings"
)

//go:embed schema/*.sql
var schemas embed.FS

func migrate(ctx context.Context, db *database, path, name string) error {
	steps, err := migrations(name)
	if err != nil {
		return err
	}
	var have int
	if err := db.read.QueryRowContext(ctx, "PRAGMA user_version").Scan(&have); err != nil {
		return fmt.Errorf("opening %s: %w", path, err)
	}
	if have > len(steps) {
		return &NewerError{Path: path, Have: have, Known: len(steps)}
	}
	if have == len(steps) {
		return checkSchema(ctx, db.read, path)
	}
	tx, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("opening %s: %w", path, err)
	}
	defer tx.Rollback()
	// Another process may have migrated while this one waited for the lock.
	if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&have); err != nil {
		return fmt.Errorf("opening %s: %w", path, err)
	}
	for i := have; i < len(steps); i++ {
		if err := steps[i].take(ctx, tx); err != nil {
			return fmt.Errorf("bringing %s to schema %d: %w", path, i+1, err)
		}
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", len(steps))); err != nil {
		return fmt.Errorf("bringing %s up to date: %w", path, err)
	}
	return tx.Commit()
}

// checkSchema touches the head of every table, which finds a file that was cut
// or overwritten without reading all of it.
func checkSchema(ctx context.Context, db *sql.DB, path string) error {
	var n int
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema WHERE type = 'table'").Scan(&n); err != nil {
		return fmt.Errorf("opening %s: %w", path, err)
	}
	if n == 0 {
		return fmt.Errorf("opening %s: %w: it has no tables", path, errCheck)
	}
	return nil
}

// migration is a step from one schema to the next.
type migration struct {
	file string
	then func(context.Context, *sql.Tx) error // what SQL cannot do; nil: nothing
}

func (m migration) take(ctx context.Context, tx *sql.Tx) error {
	statements, err := schemas.ReadFile(m.file)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, string(statements)); err != nil || m.then == nil {
		return err
	}
	return m.then(ctx, tx)
}

func migrations(name string) ([]migration, error) {
	entries, err := schemas.ReadDir("schema")
	if err != nil {
		return nil, err
	}
	then := map[string]func(context.Context, *sql.Tx) error{"mail_0010.sql": hashRows}
	var steps []migration
	for _, e := range entries { // in the order of their names
		if !strings.HasPrefix(e.Name(), name+"_") {
			continue
		}
		steps = append(steps, migration{"schema/" + e.Name(), then[e.Name()]})
	}
	return steps, nil
}
