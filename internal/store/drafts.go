package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"postea/internal/event"
	"postea/internal/mail"
)

// draftJSON is a draft without the bytes of its attachments, which lie beside
// it under their hash, so that saving at every pause in typing stays cheap.
type draftJSON struct {
	mail.Draft
	Hashes []string `json:"hashes,omitempty"` // per attachment; "" for a file
	Mirror int32    `json:"mirror,omitempty"` // whose numbers the messages have
	Window int64    `json:"window,omitempty"` // of which Store it was written
}

// gone is the number of no message.
const gone = -1

// forget makes the messages that a draft is about ones that are gone: their numbers are
// those of a mirror that was rebuilt since, and may be of others now.
func forget(d *mail.Draft) {
	for _, id := range []*mail.ID{&d.ReplyTo, &d.Forwards, &d.Redirects, &d.Continues} {
		if *id != 0 {
			*id = gone
		}
	}
}

func (s *Store) encodeDraft(d mail.Draft) (string, map[string][]byte, error) {
	j := draftJSON{Draft: d, Hashes: make([]string, len(d.Attach)), Mirror: s.mirror, Window: s.window}
	j.Attach = append([]mail.AttachmentRef(nil), d.Attach...)
	data := map[string][]byte{}
	for i := range j.Attach {
		if j.Attach[i].Data == nil {
			continue
		}
		sum := sha256.Sum256(j.Attach[i].Data)
		h := hex.EncodeToString(sum[:])
		j.Hashes[i] = h
		data[h] = j.Attach[i].Data
		j.Attach[i].Data = nil
	}
	b, err := json.Marshal(j)
	return string(b), data, err
}

func (s *Store) decodeDraft(raw string, load func(hash string) ([]byte, error)) (mail.Draft, error) {
	var j draftJSON
	if err := json.Unmarshal([]byte(raw), &j); err != nil {
		return mail.Draft{}, fmt.Errorf("reading a draft: %w", err)
	}
	for i := range j.Attach {
		if i >= len(j.Hashes) || j.Hashes[i] == "" {
			continue
		}
		b, err := load(j.Hashes[i])
		if err != nil {
			return mail.Draft{}, fmt.Errorf("reading the attachment %s of a draft: %w", j.Attach[i].Name, err)
		}
		if b == nil {
			b = []byte{}
		}
		j.Attach[i].Data = b
	}
	if j.Mirror != s.mirror {
		forget(&j.Draft)
	}
	return j.Draft, nil
}

// SaveDraft stores a draft, a new one where its ID is zero, and returns its id.
// Saving a draft that was sent or discarded meanwhile makes it anew.
func (s *Store) SaveDraft(ctx context.Context, d mail.Draft) (mail.DraftID, error) {
	now, read := s.now(), d.Updated
	d.Updated = now
	if d.Created.IsZero() {
		d.Created = now
	}
	err := s.writeOwn(ctx, "saving the draft", func(t *txn) error {
		raw, data, err := s.encodeDraft(d)
		if err != nil {
			return err
		}
		var id any // NULL: the next free number
		if d.ID != 0 {
			id = d.ID
			if err := errors.Join(t.keepVersion(d, read), t.moveCopies(d)); err != nil {
				return err
			}
		}
		pushed := int64(0)
		if d.Redirects != 0 { // it is nothing without the message it redirects
			pushed = math.MaxInt64
		}
		copies := "[]"
		if d.Copy != "" {
			b, err := json.Marshal([]string{d.Copy})
			if err != nil {
				return err
			}
			copies = string(b)
		}
		// It is newer than its copy also where the clock was set back since that was made.
		n, err := t.insert(`INSERT INTO draft (id, account, json, created, updated, pushed, copies) VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET account = excluded.account, json = excluded.json,
			updated = iif(pushed = ?, excluded.updated, max(excluded.updated, pushed + 1))`,
			id, d.Account, raw, d.Created.UnixMilli(), now.UnixMilli(), pushed, copies, int64(math.MaxInt64))
		if err != nil {
			return err
		}
		if d.ID == 0 {
			d.ID = mail.DraftID(n)
		}
		t.emit(event.DraftsChanged{})
		return t.saveData("draft_data", "draft", int64(d.ID), data)
	})
	return d.ID, err
}

// moveCopies takes the copies of a draft away from the account that it leaves.
func (t *txn) moveCopies(d mail.Draft) error {
	var moved bool
	err := t.QueryRowContext(t.ctx, `SELECT EXISTS (SELECT 1 FROM draft WHERE id = ? AND account <> ?)`, d.ID, d.Account).Scan(&moved)
	if err != nil || !moved {
		return err
	}
	if err := t.leaveCopies(d.ID); err != nil {
		return err
	}
	return t.exec(`UPDATE draft SET copies = '[]', pushed = 0, marked = 0 WHERE id = ?`, d.ID)
}

// saveData brings the attachment bytes of a draft or an outgoing message in
// line with data, writing only those not there yet.
func (t *txn) saveData(table, key string, id int64, data map[string][]byte) error {
	rows, err := t.QueryContext(t.ctx, `SELECT hash FROM `+table+` WHERE `+key+` = ?`, id)
	if err != nil {
		return err
	}
	have, err := collect(rows, func() (h string, err error) { return h, rows.Scan(&h) })
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, h := range have {
		known[h] = true
		if _, keep := data[h]; !keep && table != "draft_data" { // an earlier version may have it
			if err := t.exec(`DELETE FROM `+table+` WHERE `+key+` = ? AND hash = ?`, id, h); err != nil {
				return err
			}
		}
	}
	for h, b := range data {
		if known[h] {
			continue
		}
		if err := t.exec(`INSERT INTO `+table+` (`+key+`, hash, zstd) VALUES (?, ?, ?)`, id, h, t.s.pack(b)); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) loadData(ctx context.Context, table, key string, id int64) func(string) ([]byte, error) {
	return func(hash string) ([]byte, error) {
		var packed []byte
		err := s.own.read.QueryRowContext(ctx, `SELECT zstd FROM `+table+` WHERE `+key+` = ? AND hash = ?`, id, hash).Scan(&packed)
		if errors.Is(err, sql.ErrNoRows) {
			return nil, ErrNotFound
		}
		if err != nil {
			return nil, err
		}
		return s.unpack(packed)
	}
}

// Draft gives one draft. The error is ErrNotFound where there is none.
func (s *Store) Draft(ctx context.Context, id mail.DraftID) (mail.Draft, error) {
	var raw string
	var updated int64
	err := s.own.read.QueryRowContext(ctx, `SELECT json, updated FROM draft WHERE id = ?`, id).Scan(&raw, &updated)
	if errors.Is(err, sql.ErrNoRows) {
		return mail.Draft{}, ErrNotFound
	}
	if err != nil {
		return mail.Draft{}, fmt.Errorf("reading the draft: %w", err)
	}
	d, err := s.decodeDraft(raw, s.loadData(ctx, "draft_data", "draft", int64(id)))
	d.ID, d.Updated = id, time.UnixMilli(updated)
	return d, err
}

// DraftFromElsewhere gives a draft as another Store, as that of a second window, has
// written it since it was read in the state of a time; false where none has.
func (s *Store) DraftFromElsewhere(ctx context.Context, id mail.DraftID, since time.Time) (mail.Draft, bool, error) {
	var written bool
	err := s.own.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM draft WHERE id = ? AND updated <> ? AND json ->> 'window' IS NOT ?)`,
		id, since.UnixMilli(), s.window).Scan(&written)
	if err != nil {
		return mail.Draft{}, false, fmt.Errorf("reading the draft: %w", err)
	}
	if !written {
		return mail.Draft{}, false, nil
	}
	d, err := s.Draft(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return d, false, nil
	}
	return d, err == nil, err
}

// Drafts lists all drafts, newest first, without the bytes of attachments.
func (s *Store) Drafts(ctx context.Context) ([]mail.Draft, error) {
	rows, err := s.own.read.QueryContext(ctx, `SELECT id, json, updated FROM draft ORDER BY updated DESC`)
	if err != nil {
		return nil, fmt.Errorf("listing drafts: %w", err)
	}
	return collect(rows, func() (mail.Draft, error) {
		var id, updated int64
		var raw string
		if err := rows.Scan(&id, &raw, &updated); err != nil {
			return mail.Draft{}, err
		}
		d, err := s.decodeDraft(raw, func(string) ([]byte, error) { return nil, nil })
		d.ID, d.Updated = mail.DraftID(id), time.UnixMilli(updated)
		return d, err
	})
}

// DiscardDraft takes a draft away; for a day it can be restored. It is no error
// where there is none.
func (s *Store) DiscardDraft(ctx context.Context, id mail.DraftID) error {
	return s.writeOwn(ctx, "discarding the draft", func(t *txn) error {
		_, err := t.discard(id)
		return err
	})
}

// discard tells under which version the draft is kept; 0 where there is none.
func (t *txn) discard(id mail.DraftID) (version int64, err error) {
	var raw string
	err = t.QueryRowContext(t.ctx, `SELECT json FROM draft WHERE id = ?`, id).Scan(&raw)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	if version, err = t.addVersion(id, t.s.now().UnixMilli(), versionGone, raw); err != nil {
		return 0, err
	}
	return version, errors.Join(t.reopenFailures(raw), t.retireDraft(id))
}

// reopenFailures asks about refused recipients once more whom a draft was to reach
// that is given up.
func (t *txn) reopenFailures(raw string) error {
	d, err := t.s.decodeDraft(raw, func(string) ([]byte, error) { return nil, nil })
	if err != nil || d.ReplacesO == "" {
		return err
	}
	var to []mail.Address
	for _, typed := range []string{d.To, d.Cc, d.Bcc} {
		list, _ := mail.ParseAddressList(typed) // as far as it is written
		to = append(to, list...)
	}
	err = t.change(d.ReplacesO, func(_ *txn, _ int64, o *mail.Outgoing) error {
		for i := range o.Recipients {
			r := &o.Recipients[i]
			if o.ReplacedBy == "" && r.State == mail.RecipientFailed && slices.ContainsFunc(to, mail.Address{Address: r.Address}.Same) {
				r.Settled = false
			}
		}
		return nil
	})
	if errors.Is(err, ErrNotFound) { // it was too long ago
		return nil
	}
	return err
}

// retireDraft deletes a draft that was queued or discarded. The bytes of its
// attachments stay as long as a version of it does.
func (t *txn) retireDraft(id mail.DraftID) error {
	if id == 0 {
		return nil
	}
	t.emit(event.DraftsChanged{})
	if err := t.leaveCopies(id); err != nil {
		return err
	}
	if err := t.exec(`UPDATE draft_version SET gone = ? WHERE draft = ? AND gone = ?`, versionGone, id, versionUnseen); err != nil {
		return err
	}
	if err := t.exec(`DELETE FROM draft WHERE id = ?`, id); err != nil {
		return err
	}
	return t.exec(`DELETE FROM draft_data WHERE draft = ?1 AND NOT EXISTS (SELECT 1 FROM draft_version WHERE draft = ?1)`, id)
}
