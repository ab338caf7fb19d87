package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"strings"

	"postea/internal/mail"
)

// hashOf is the key that texts are looked up by together. It is cut from SHA-256
// so that nobody can write a Message-ID that meets another one's.
func hashOf(texts ...string) int64 {
	var room [256]byte
	b := room[:0]
	for i, s := range texts {
		if i > 0 {
			b = append(b, 0)
		}
		b = append(b, s...)
	}
	sum := sha256.Sum256(b)
	return int64(binary.BigEndian.Uint64(sum[:8]))
}

// hashOfSender is the hash of the first address, 0 where there is none.
func hashOfSender(from []mail.Address) int64 {
	if len(from) == 0 || from[0].Address == "" {
		return 0
	}
	return hashOf(strings.ToLower(from[0].Address))
}

// hashRows fills in what mail_0010 adds.
func hashRows(ctx context.Context, tx *sql.Tx) error {
	if err := hashMessages(ctx, tx); err != nil {
		return err
	}
	if err := hashReferences(ctx, tx); err != nil {
		return err
	}
	for _, q := range []string{
		`DROP TABLE mid`,
		`CREATE INDEX msg_ident ON msg (ident_hash)`,
		`CREATE INDEX msg_sender ON msg (sender_hash)`,
	} {
		if _, err := tx.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	return nil
}

func hashMessages(ctx context.Context, tx *sql.Tx) error {
	set, err := tx.PrepareContext(ctx, `UPDATE msg SET ident_hash = ?, sender_hash = ? WHERE id = ?`)
	if err != nil {
		return err
	}
	type row struct {
		id            mail.ID
		ident, sender string
	}
	for last := mail.ID(0); ; {
		rows, err := tx.QueryContext(ctx, `SELECT id, ident, sender FROM msg WHERE id > ? ORDER BY id LIMIT 1000`, last)
		if err != nil {
			return err
		}
		list, err := collect(rows, func() (r row, err error) { return r, rows.Scan(&r.id, &r.ident, &r.sender) })
		if err != nil || len(list) == 0 {
			return err
		}
		for _, r := range list {
			var from []mail.Address
			if err := json.Unmarshal([]byte(r.sender), &from); err != nil {
				from = nil
			}
			ident := int64(0)
			if r.ident != "" {
				ident = hashOf(r.ident)
			}
			if _, err := set.ExecContext(ctx, ident, hashOfSender(from), r.id); err != nil {
				return err
			}
		}
		last = list[len(list)-1].id
	}
}

func hashReferences(ctx context.Context, tx *sql.Tx) error {
	put, err := tx.PrepareContext(ctx, `INSERT OR IGNORE INTO reference (hash, thread) VALUES (?, ?)`)
	if err != nil {
		return err
	}
	type row struct {
		account, id string
		thread      mail.ThreadID
	}
	for last := (row{}); ; {
		rows, err := tx.QueryContext(ctx, `SELECT account, mid, thread FROM mid WHERE (account, mid) > (?, ?) ORDER BY account, mid LIMIT 1000`, last.account, last.id)
		if err != nil {
			return err
		}
		list, err := collect(rows, func() (r row, err error) { return r, rows.Scan(&r.account, &r.id, &r.thread) })
		if err != nil || len(list) == 0 {
			return err
		}
		for _, r := range list {
			if _, err := put.ExecContext(ctx, hashOf(r.account, r.id), r.thread); err != nil {
				return err
			}
		}
		last = list[len(list)-1]
	}
}
