package store

import (
	"context"
	"fmt"

	"postea/internal/event"
	"postea/internal/mail"
)

const (
	reindexCount = 200      // messages in one transaction
	reindexBytes = 16 << 20 // of bodies, so that large ones do not gather in memory
)

// Reindex writes the words of messages that wait for it, such as those of a
// store from before there was an index: one short transaction's worth. text
// reads a body. It returns how many are left, and is to be called until none is.
func (s *Store) Reindex(ctx context.Context, text func(raw []byte) BodyInfo) (left int, err error) {
	rows, err := s.mail.read.QueryContext(ctx, `SELECT r.msg, b.zstd FROM reindex r LEFT JOIN body b ON b.msg = r.msg ORDER BY r.msg LIMIT ?`, reindexCount)
	if err != nil {
		return 0, fmt.Errorf("reading what is to be indexed: %w", err)
	}
	type item struct {
		id   mail.ID
		info BodyInfo
		here bool
	}
	var list []item
	size := 0
	for rows.Next() && size < reindexBytes {
		var it item
		var packed []byte
		if err = rows.Scan(&it.id, &packed); err != nil {
			break
		}
		// A body that cannot be unpacked is left to whoever opens it.
		if raw, uerr := s.unpack(packed); uerr == nil && len(raw) > 0 {
			it.here, it.info = true, text(raw)
			size += len(raw)
		}
		list = append(list, it)
	}
	rows.Close()
	if err == nil {
		err = rows.Err()
	}
	if err != nil {
		return 0, fmt.Errorf("reading what is to be indexed: %w", err)
	}
	if len(list) == 0 {
		return 0, nil
	}
	err = s.writeMail(ctx, "indexing messages", func(t *txn) error {
		for _, it := range list {
			// Who stores a body in the meantime indexes it.
			n, err := t.changed(`DELETE FROM reindex WHERE msg = ?`, it.id)
			if err != nil {
				return err
			}
			if n == 0 {
				continue
			}
			if it.info.ListID != "" {
				if err := t.exec(`UPDATE msg SET list = ? WHERE id = ? AND list = ''`, it.info.ListID, it.id); err != nil {
					return err
				}
			}
			if err := t.indexStored(it.id, it.info.Text, it.here); err != nil {
				return err
			}
		}
		if err := t.QueryRowContext(t.ctx, `SELECT count(*) FROM reindex`).Scan(&left); err != nil {
			return err
		}
		if left == 0 {
			t.emit(event.IndexReady{})
		}
		return nil
	})
	return left, err
}
