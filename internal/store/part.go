package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"postea/internal/event"
	"postea/internal/mail"
)

// maxParts bounds the parts that are kept beside the messages: what was not asked
// for longest goes first.
const maxParts = 1 << 30

// WantPart notes that the user waits for a part of a message, or for all of it
// (mail.WholePart). What has come of it before is kept.
func (s *Store) WantPart(ctx context.Context, id mail.ID, path string) error {
	return s.writeMail(ctx, "asking for a part of the message", func(t *txn) error {
		size, err := t.partSize(id, path)
		if err != nil {
			return err
		}
		n, err := t.changed(`INSERT INTO part (msg, path, size, wanted, used) SELECT ?1, ?2, ?3, 1, ?4 WHERE NOT EXISTS (SELECT 1 FROM body WHERE msg = ?1)
			ON CONFLICT (msg, path) DO UPDATE SET wanted = 1, failed = '', used = excluded.used WHERE done = 0`, id, path, size, t.s.now().Unix())
		if n > 0 {
			t.wake = true
			t.emit(event.PartsChanged{ID: id})
		}
		return err
	})
}

func (t *txn) partSize(id mail.ID, path string) (int64, error) {
	var size int64
	var away sql.NullString
	err := t.QueryRowContext(t.ctx, `SELECT m.size, p.away FROM msg m LEFT JOIN partial p ON p.msg = m.id WHERE m.id = ?`, id).Scan(&size, &away)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, ErrNotFound
	}
	if err != nil || path == mail.WholePart {
		return size, err
	}
	var list []mail.AwayPart
	if away.Valid {
		if err := json.Unmarshal([]byte(away.String), &list); err != nil {
			return 0, err
		}
	}
	i := slices.IndexFunc(list, func(p mail.AwayPart) bool { return p.Path == path })
	if i < 0 {
		return 0, ErrNotFound
	}
	return list[i].Size, nil
}

// UnwantPart takes WantPart back; what has come stays for the next time.
func (s *Store) UnwantPart(ctx context.Context, id mail.ID, path string) error {
	return s.endPart(ctx, id, path, "")
}

// PartFailed gives up on a part and says why.
func (s *Store) PartFailed(ctx context.Context, id mail.ID, path, why string) error {
	return s.endPart(ctx, id, path, why)
}

func (s *Store) endPart(ctx context.Context, id mail.ID, path, why string) error {
	return s.writeMail(ctx, "giving up on a part of the message", func(t *txn) error {
		t.emit(event.PartsChanged{ID: id})
		return t.exec(`UPDATE part SET wanted = 0, failed = ? WHERE msg = ? AND path = ?`, why, id, path)
	})
}

// WantedPart is a part that the user waits for.
type WantedPart struct {
	ID   mail.ID
	Path string
	Size int64 // as it is encoded; 0: not known
	Got  int64
}

// WantedParts lists the parts of an account's messages that the user waits for,
// in the order in which they were asked for.
func (s *Store) WantedParts(ctx context.Context, account string) ([]WantedPart, error) {
	rows, err := s.mail.read.QueryContext(ctx, `SELECT p.msg, p.path, p.size, p.got FROM part p INDEXED BY part_wanted JOIN msg m ON m.id = p.msg
		WHERE p.wanted = 1 AND m.account = ? ORDER BY p.used, p.msg, p.path`, account)
	if err != nil {
		return nil, fmt.Errorf("listing wanted parts: %w", err)
	}
	return collect(rows, func() (p WantedPart, err error) { return p, rows.Scan(&p.ID, &p.Path, &p.Size, &p.Got) })
}

// AddChunk stores the bytes of a part that come at an offset, which must be where
// it ends so far; end tells that they are the last. wanted tells whether the user
// still waits for more.
func (s *Store) AddChunk(ctx context.Context, id mail.ID, path string, at int64, data []byte, end bool) (wanted bool, err error) {
	packed := s.pack(data)
	err = s.writeMail(ctx, "storing a part of the message", func(t *txn) error {
		n, err := t.changed(`UPDATE part SET got = got + ?1, done = ?2, wanted = wanted AND NOT ?2, used = ?3 WHERE msg = ?4 AND path = ?5 AND got = ?6 AND done = 0`,
			len(data), end, t.s.now().Unix(), id, path, at)
		if err != nil || n == 0 {
			return err
		}
		if len(data) > 0 {
			if err := t.exec(`INSERT INTO chunk (msg, path, at, zstd) VALUES (?, ?, ?, ?)`, id, path, at, packed); err != nil {
				return err
			}
		}
		t.emit(event.PartsChanged{ID: id})
		if end {
			if err := t.dropOldParts(id, path); err != nil {
				return err
			}
		}
		return t.QueryRowContext(t.ctx, `SELECT wanted FROM part WHERE msg = ? AND path = ?`, id, path).Scan(&wanted)
	})
	return wanted, err
}

// RestartPart forgets what has come of a part.
func (s *Store) RestartPart(ctx context.Context, id mail.ID, path string) error {
	return s.writeMail(ctx, "asking anew for a part of the message", func(t *txn) error {
		if err := t.exec(`DELETE FROM chunk WHERE msg = ? AND path = ?`, id, path); err != nil {
			return err
		}
		return t.exec(`UPDATE part SET got = 0, done = 0 WHERE msg = ? AND path = ?`, id, path)
	})
}

// dropOldParts keeps the parts within their bound; the one that has just come is
// spared.
func (t *txn) dropOldParts(id mail.ID, path string) error {
	return t.exec(`DELETE FROM part WHERE wanted = 0 AND NOT (msg = ?1 AND path = ?2) AND (msg, path) IN (
		SELECT msg, path FROM (SELECT msg, path, sum(got) OVER (ORDER BY used DESC, msg DESC, path DESC) AS upto FROM part) WHERE upto > ?3)`, id, path, maxParts)
}

// PartStates tells how far the parts are that somebody asked for.
func (s *Store) PartStates(ctx context.Context, id mail.ID) ([]mail.PartState, error) {
	rows, err := s.mail.read.QueryContext(ctx, `SELECT path, size, got, wanted, done, failed FROM part WHERE msg = ? ORDER BY path`, id)
	if err != nil {
		return nil, fmt.Errorf("reading the parts of message %s: %w", id, err)
	}
	return collect(rows, func() (p mail.PartState, err error) {
		return p, rows.Scan(&p.Path, &p.Size, &p.Got, &p.Wanted, &p.Done, &p.Failed)
	})
}

// PartContent gives what has come of a part, as it is encoded.
func (s *Store) PartContent(ctx context.Context, id mail.ID, path string) ([]byte, error) {
	rows, err := s.mail.read.QueryContext(ctx, `SELECT zstd FROM chunk WHERE msg = ? AND path = ? ORDER BY at`, id, path)
	if err != nil {
		return nil, fmt.Errorf("reading a part of message %s: %w", id, err)
	}
	out := []byte{}
	_, err = collect(rows, func() (struct{}, error) {
		var packed []byte
		if err := rows.Scan(&packed); err != nil {
			return struct{}{}, err
		}
		data, err := s.unpack(packed)
		out = append(out, data...)
		return struct{}{}, err
	})
	return out, err
}
