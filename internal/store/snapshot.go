package store

import (
	"context"
	"database/sql"
	"fmt"
)

// snapshot is mail.db as it is at one moment, whatever is written meanwhile: the rows
// that are read are those that were counted.
type snapshot struct {
	*sql.Tx
	lists *lists
}

// atOnce runs f on a snapshot, which begins with what f reads first.
func (s *Store) atOnce(ctx context.Context, f func(snapshot) error) error {
	tx, err := s.mail.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return fmt.Errorf("reading the list: %w", err)
	}
	defer tx.Rollback()
	return s.damage(f(snapshot{tx, &s.lists}))
}
