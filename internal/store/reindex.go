package store

import (
	"context"
	"database/sql"
	"fmt"

	"postea/internal/event"
	"postea/internal/mail"
)

const (
	reindexCount = 1000    // messages read at once
	reindexBytes = 4 << 20 // of bodies, so that large ones do not gather in memory
)

// unindexed is a message that waits for its words to be written.
type unindexed struct {
	id   mail.ID
	date int64
	doc  sql.NullInt64
	info BodyInfo
	indexed
}

// Reindex writes the words of messages that wait for it, such as those of a long
// list (AddMany) or of a store from before there was an index: a thousand at
// most. text reads a body, or a message of which parts
// are missing. It returns how many are left, and is to be called
// until none is.
func (s *Store) Reindex(ctx context.Context, text func(raw []byte) BodyInfo) (left int, err error) {
	list, err := s.unindexed(ctx, text)
	if err != nil {
		return 0, fmt.Errorf("reading what is to be indexed: %w", err)
	}
	if len(list) == 0 {
		return 0, nil
	}
	err = s.writePieces(ctx, "indexing messages", len(list), func(t *txn, i int) error {
		if err := t.reindex(list[i]); err != nil || i < len(list)-1 {
			return err
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

func (t *txn) reindex(m unindexed) error {
	// Who stores a body in the meantime indexes it.
	n, err := t.changed(`DELETE FROM reindex WHERE msg = ?`, m.id)
	if err != nil || n == 0 {
		return err
	}
	if m.info.ListID != "" && m.list == "" {
		if err := t.exec(`UPDATE msg SET list = ? WHERE id = ? AND list = ''`, m.info.ListID, m.id); err != nil {
			return err
		}
		m.list = m.info.ListID
	}
	return t.indexMessage(m.id, m.date, m.doc, m.indexed)
}

// unindexed reads what Reindex writes next.
func (s *Store) unindexed(ctx context.Context, text func(raw []byte) BodyInfo) ([]unindexed, error) {
	rows, err := s.mail.read.QueryContext(ctx, `SELECT `+indexedColumns+`, m.id, coalesce(b.zstd, p.zstd)
		FROM reindex r JOIN msg m ON m.id = r.msg LEFT JOIN body b ON b.msg = r.msg LEFT JOIN partial p ON p.msg = r.msg ORDER BY r.msg LIMIT ?`, reindexCount)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []unindexed
	for size := 0; size < reindexBytes && rows.Next(); {
		var m unindexed
		var packed []byte
		if m.doc, m.date, m.indexed, err = scanIndexed(rows, &m.id, &packed); err != nil {
			return nil, err
		}
		// A body that cannot be unpacked is left to whoever opens it.
		if raw, err := s.unpack(packed); err == nil && len(raw) > 0 {
			m.info = text(raw)
			m.hasBody, m.body = true, bodyWords(m.info.Text)
			size += len(raw)
		}
		list = append(list, m)
	}
	return list, rows.Err()
}
