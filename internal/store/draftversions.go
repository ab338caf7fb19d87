package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"postea/internal/event"
	"postea/internal/mail"
)

const (
	versionsFor  = 24 * time.Hour  // how long earlier states of a draft are kept
	versionEvery = 3 * time.Minute // how far they lie apart, unless much is taken away at once
	muchGone     = 200             // so many bytes, if they are half of the text
)

// DraftVersion is an earlier state of a draft, or a discarded draft.
type DraftVersion struct {
	ID    int64
	At    time.Time // when it was saved
	Gone  bool      // the draft was discarded then
	Draft mail.Draft
}

// What stands in draft_version.gone.
const (
	versionEarlier = iota
	versionGone    // the draft was discarded
	versionUnseen  // another window wrote it, and this one over it; versionGone once the draft is sent or discarded
)

// keepVersion keeps the state of a draft that is about to be replaced by one of somebody
// who has read it in the state of a time: what another window wrote since in any case.
func (t *txn) keepVersion(next mail.Draft, read time.Time) error {
	var raw string
	var updated, last int64
	err := t.QueryRowContext(t.ctx, `SELECT json, updated, (SELECT coalesce(max(at), draft.created) FROM draft_version WHERE draft = ?1) FROM draft WHERE id = ?1`, next.ID).Scan(&raw, &updated, &last)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	var was struct {
		Body   string
		Window int64
	}
	if err := json.Unmarshal([]byte(raw), &was); err != nil {
		return err
	}
	lost := len(was.Body) - len(next.Body)
	rested := t.s.now().UnixMilli()-updated >= versionEvery.Milliseconds()
	kind := versionEarlier
	if was.Window != t.s.window && updated != read.UnixMilli() {
		kind = versionUnseen
	}
	if kind == versionEarlier && !rested && updated-last < versionEvery.Milliseconds() && (lost < muchGone || lost < len(was.Body)/2) {
		return nil
	}
	_, err = t.addVersion(next.ID, updated, kind, raw)
	return err
}

// keepUnseen keeps what another window has written of a draft that is sent as it was before.
func (t *txn) keepUnseen(sent mail.Draft) error {
	var raw string
	var updated int64
	err := t.QueryRowContext(t.ctx, `SELECT json, updated FROM draft WHERE id = ? AND updated <> ? AND json ->> 'window' IS NOT ?`,
		sent.ID, sent.Updated.UnixMilli(), t.s.window).Scan(&raw, &updated)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err == nil {
		_, err = t.addVersion(sent.ID, updated, versionUnseen, raw)
	}
	return err
}

func (t *txn) addVersion(id mail.DraftID, at int64, gone int, raw string) (version int64, err error) {
	if version, err = t.insert(`INSERT INTO draft_version (draft, at, gone, zstd) VALUES (?, ?, ?, ?)`, id, at, gone, t.s.pack([]byte(raw))); err != nil {
		return 0, err
	}
	if err := t.exec(`DELETE FROM draft_version WHERE at < ?`, t.s.now().Add(-versionsFor).UnixMilli()); err != nil {
		return 0, err
	}
	return version, t.exec(`DELETE FROM draft_data WHERE draft NOT IN (SELECT id FROM draft) AND draft NOT IN (SELECT draft FROM draft_version)`)
}

// DraftVersions lists the earlier states of a draft, newest first, without the
// bytes of attachments; of 0 the drafts that were discarded.
func (s *Store) DraftVersions(ctx context.Context, id mail.DraftID) ([]DraftVersion, error) {
	where, args := `draft = ?`, []any{id}
	if id == 0 {
		where, args = `gone = 1`, nil
	}
	rows, err := s.own.read.QueryContext(ctx, `SELECT id, draft, at, gone = 1, zstd FROM draft_version WHERE `+where+` AND at >= ? ORDER BY at DESC, id DESC LIMIT 200`,
		append(args, s.now().Add(-versionsFor).UnixMilli())...)
	if err != nil {
		return nil, fmt.Errorf("listing versions: %w", err)
	}
	return collect(rows, func() (v DraftVersion, err error) {
		var draft, at int64
		var packed []byte
		if err = rows.Scan(&v.ID, &draft, &at, &v.Gone, &packed); err != nil {
			return v, err
		}
		raw, err := s.unpack(packed)
		if err != nil {
			return v, err
		}
		v.Draft, err = s.decodeDraft(string(raw), func(string) ([]byte, error) { return nil, nil })
		v.Draft.ID, v.At = mail.DraftID(draft), fromMillis(at)
		return v, err
	})
}

// Version gives an earlier state whole, as a draft that is not saved yet: with
// the id that it had. An attachment whose bytes are gone is left out. The error
// is ErrNotFound where there is no such version.
func (s *Store) Version(ctx context.Context, id int64) (mail.Draft, error) {
	var draft int64
	var packed []byte
	err := s.own.read.QueryRowContext(ctx, `SELECT draft, zstd FROM draft_version WHERE id = ?`, id).Scan(&draft, &packed)
	if errors.Is(err, sql.ErrNoRows) {
		return mail.Draft{}, ErrNotFound
	}
	if err != nil {
		return mail.Draft{}, fmt.Errorf("reading a version: %w", err)
	}
	raw, err := s.unpack(packed)
	if err != nil {
		return mail.Draft{}, err
	}
	load := s.loadData(ctx, "draft_data", "draft", draft)
	missing := map[int]bool{}
	n := -1
	d, err := s.decodeDraft(string(raw), func(hash string) ([]byte, error) {
		n++
		b, err := load(hash)
		if errors.Is(err, ErrNotFound) {
			missing[n], err = true, nil
		}
		return b, err
	})
	var kept []mail.AttachmentRef
	n = -1
	for _, a := range d.Attach {
		if a.Path == "" {
			if n++; missing[n] {
				continue
			}
		}
		kept = append(kept, a)
	}
	d.ID, d.Attach = mail.DraftID(draft), kept
	return d, err
}

// RestoreDiscarded makes a draft of a discarded one again, and returns it.
func (s *Store) RestoreDiscarded(ctx context.Context, version int64) (mail.Draft, error) {
	return s.restoreDraft(ctx, draftBefore{Version: version})
}

func (s *Store) restoreDraft(ctx context.Context, b draftBefore) (mail.Draft, error) {
	d, err := s.Version(ctx, b.Version)
	if err != nil {
		return d, err
	}
	d.ID, d.Copy = 0, cmp.Or(b.Copy, d.Copy)
	if d.ID, err = s.SaveDraft(ctx, d); err != nil {
		return d, err
	}
	err = s.writeOwn(ctx, "restoring the draft", func(t *txn) error {
		t.emit(event.DraftsChanged{})
		return t.exec(`DELETE FROM draft_version WHERE id = ?`, b.Version)
	})
	return d, err
}
