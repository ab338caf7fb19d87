package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"postea/internal/mail"
)

// PartialItem is what is here of a large message, with what it taught.
type PartialItem struct {
	ID mail.ID
	mail.Partial
	BodyInfo
}

// PutPartials stores messages of which parts were left at the server; a message
// that is here as a whole stays as it is.
func (s *Store) PutPartials(ctx context.Context, list []PartialItem) error {
	return s.writePieces(ctx, "storing parts of messages", len(list), func(t *txn, i int) error { return t.putPartial(list[i]) })
}

func (t *txn) putPartial(p PartialItem) error {
	away, err := json.Marshal(p.Away)
	if err != nil {
		return err
	}
	m, err := t.findBodyless(p.ID)
	if errors.Is(err, ErrNotFound) || m.body {
		return nil
	}
	if err != nil {
		return err
	}
	if err := t.exec(`INSERT INTO partial (msg, away, zstd) VALUES (?, ?, ?) ON CONFLICT (msg) DO UPDATE SET away = excluded.away, zstd = excluded.zstd`,
		p.ID, string(away), t.s.pack(p.Raw)); err != nil {
		return err
	}
	return t.learned(m, p.BodyInfo, bodyWords(new([]byte), p.Text), false)
}

// Partial gives what is here of a large message. The error is ErrNotFound where
// there is nothing, or where Body has it.
func (s *Store) Partial(ctx context.Context, id mail.ID) (mail.Partial, error) {
	var p mail.Partial
	var away string
	var packed []byte
	err := s.mail.read.QueryRowContext(ctx, `SELECT away, zstd FROM partial WHERE msg = ?`, id).Scan(&away, &packed)
	if errors.Is(err, sql.ErrNoRows) {
		return p, ErrNotFound
	}
	if err == nil {
		err = json.Unmarshal([]byte(away), &p.Away)
	}
	if err == nil {
		p.Raw, err = s.unpack(packed)
	}
	if err != nil {
		return p, fmt.Errorf("reading message %s: %w", id, err)
	}
	p.Parts = map[string][]byte{}
	states, err := s.PartStates(ctx, id)
	for _, st := range states {
		if err == nil && st.Done && st.Path != mail.WholePart {
			p.Parts[st.Path], err = s.PartContent(ctx, id, st.Path)
		}
	}
	return p, err
}

// HasText tells whether a message can be read, if only without some of its parts.
func (s *Store) HasText(ctx context.Context, id mail.ID) (bool, error) {
	var n int
	err := s.mail.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM body WHERE msg = ?1) OR EXISTS (SELECT 1 FROM partial WHERE msg = ?1)`, id).Scan(&n)
	return n > 0, err
}

// Structure gives what AddHeaders was told of how a message is built; "" for
// nothing.
func (s *Store) Structure(ctx context.Context, id mail.ID) (string, error) {
	var text string
	err := s.mail.read.QueryRowContext(ctx, `SELECT body FROM structure WHERE msg = ?`, id).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return text, err
}

// SetStructure keeps how a message is built for the next time.
func (s *Store) SetStructure(ctx context.Context, id mail.ID, text string) error {
	return s.writeMail(ctx, "storing a structure", func(t *txn) error {
		return t.exec(`INSERT OR REPLACE INTO structure (msg, body) SELECT id, ? FROM msg WHERE id = ?`, text, id)
	})
}

// whole forgets what was needed only as long as a message was here in part.
func (t *txn) whole(id mail.ID) error {
	for _, q := range []string{`DELETE FROM structure WHERE msg = ?`, `DELETE FROM partial WHERE msg = ?`, `DELETE FROM part WHERE msg = ?`} {
		if err := t.exec(q, id); err != nil {
			return err
		}
	}
	return nil
}
