package store

import (
	"cmp"
	"context"
	"fmt"

	"postea/internal/event"
	"postea/internal/mail"
)

const (
	reindexCount = 1000    // messages read at once
	reindexBytes = 4 << 20 // of bodies, so that large ones do not gather in memory
)

// wishQuery asks for a message to be indexed anew.
const wishQuery = `INSERT INTO reindex (msg) VALUES (?) ON CONFLICT (msg) DO UPDATE SET wish = wish + 1`

// Reindex writes the words of messages that wait for it, such as those of a long
// list (AddMany, PutBodies) or of a store from before there was an index: all where they
// are many, or else a thousand at most. text reads a body, or a message of which parts
// are missing. It returns how many are left, and is to be called
// until none is.
func (s *Store) Reindex(ctx context.Context, text func(raw []byte) BodyInfo) (left int, err error) {
	if err := s.gather.flush(ctx); err != nil {
		return 0, err
	}
	if left, err = s.Unindexed(ctx); err != nil || left == 0 {
		return left, err
	}
	if left >= s.many.reindex {
		if err := s.reindexMany(ctx, text); err != nil {
			return left, err
		}
	}
	list, err := s.unindexed(ctx, 0, text)
	if err != nil {
		return left, err
	}
	err = s.writePieces(ctx, "indexing messages", len(list), func(t *txn, i int) error {
		if err := t.numberUnindexed(&list[i]); err != nil {
			return err
		}
		return t.indexGathered(list[i])
	})
	if err != nil {
		return left, err
	}
	if left, err = s.Unindexed(ctx); left == 0 && err == nil && s.bus != nil {
		s.bus.Publish(event.IndexReady{})
	}
	return left, err
}

// reindexMany gathers the words of all messages that wait.
func (s *Store) reindexMany(ctx context.Context, text func(raw []byte) BodyInfo) error {
	for after := mail.ID(0); ; {
		list, err := s.unindexed(ctx, after, text)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return s.gather.flush(ctx)
		}
		after = list[len(list)-1].msg
		var news []*gathered
		for i := range list {
			if !list[i].doc.Valid {
				news = append(news, &list[i])
			}
		}
		err = s.writePieces(ctx, "indexing messages", len(news), func(t *txn, i int) error { return t.numberUnindexed(news[i]) })
		if err != nil {
			return err
		}
		if err := s.gather.add(list); err != nil {
			return err
		}
	}
}

// numberUnindexed numbers a message from before there was an index, and takes over what
// list it came by.
func (t *txn) numberUnindexed(g *gathered) error {
	if g.doc.Valid {
		return nil
	}
	if err := t.number(g.msg, &g.storedWords); err != nil || g.list == "" {
		return err
	}
	return t.exec(`UPDATE msg SET list = ? WHERE id = ? AND list = ''`, g.list, g.msg)
}

// unindexed reads what Reindex writes next, of messages with higher ids than after.
func (s *Store) unindexed(ctx context.Context, after mail.ID, text func(raw []byte) BodyInfo) ([]gathered, error) {
	const what = "reading what is to be indexed"
	rows, err := s.mail.read.QueryContext(ctx, `SELECT `+indexedColumns+`, m.id, r.wish, coalesce(b.zstd, p.zstd)
		FROM reindex r JOIN msg m ON m.id = r.msg LEFT JOIN body b ON b.msg = r.msg LEFT JOIN partial p ON p.msg = r.msg
		WHERE r.msg > ? ORDER BY r.msg LIMIT ?`, after, reindexCount)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	defer rows.Close()
	var list []gathered
	var words []byte
	for size := 0; size < reindexBytes && rows.Next(); {
		var g gathered
		var packed []byte
		if err := rows.Scan(append(g.fields(), &g.msg, &g.wish, &packed)...); err != nil {
			return nil, fmt.Errorf("%s: %w", what, err)
		}
		// A body that cannot be unpacked is left to whoever opens it.
		if raw, err := s.unpack(packed); err == nil && len(raw) > 0 {
			info := text(raw)
			g.hasBody, g.body = true, bodyWords(&words, info.Text)
			g.list = cmp.Or(g.list, info.ListID)
			size += len(raw)
		}
		list = append(list, g)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return list, nil
}
