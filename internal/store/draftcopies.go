package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"postea/internal/compose"
	"postea/internal/mail"
	"postea/internal/reading"
)

// A draft is copied to the Drafts folder of its server once it has rested. The
// Message-ID of a copy is written down before it is made, so that whatever
// happens every copy is known, and all but the newest are taken away.

const (
	draftRests     = 10 * time.Second
	largeRests     = time.Minute // a draft that is costly to copy
	largeDraft     = 1 << 20
	copyTriesAfter = 2 * time.Minute
	longestPutOff  = 30 * copyTriesAfter // what lies further ahead was put off by a clock that has been set back
)

// DraftCopy is a draft whose state is to be copied to its server.
type DraftCopy struct {
	Draft  mail.Draft
	State  int64    // what is copied, for DraftCopied
	Copies []string // Message-IDs of what may lie on the server
	Marked bool     // the server keeps the mark of copies
}

// newCopyID makes a Message-ID for a copy.
func newCopyID(from mail.Address) string {
	domain := from.Domain()
	if domain == "" || strings.IndexFunc(domain, func(r rune) bool { return r >= 0x80 || r <= ' ' || r == '<' || r == '>' }) >= 0 {
		domain = "draft.invalid"
	}
	return strings.ToLower(rand.Text()) + "@" + domain
}

// DraftsToCopy lists the drafts of an account that have rested since they were
// changed, whole.
func (s *Store) DraftsToCopy(ctx context.Context, account string) ([]DraftCopy, error) {
	now := s.now()
	rows, err := s.own.read.QueryContext(ctx, `SELECT id, updated, copies, marked FROM draft
		WHERE account = ?1 AND updated > pushed AND (next <= ?2 OR next > ?2 + ?3) AND (`+restedAt+` <= ?2 OR updated > ?2) ORDER BY updated`,
		account, now.UnixMilli(), 2*longestPutOff.Milliseconds())
	if err != nil {
		return nil, fmt.Errorf("listing drafts: %w", err)
	}
	list, err := collect(rows, func() (c DraftCopy, err error) {
		var id int64
		var copies string
		if err = rows.Scan(&id, &c.State, &copies, &c.Marked); err == nil {
			err = json.Unmarshal([]byte(copies), &c.Copies)
		}
		c.Draft.ID = mail.DraftID(id)
		return c, err
	})
	if err != nil {
		return nil, err
	}
	var out []DraftCopy
	for _, c := range list {
		if c.Draft, err = s.Draft(ctx, c.Draft.ID); errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if c.Draft.Updated.UnixMilli() == c.State { // else it is being written again
			out = append(out, c)
		}
	}
	return out, nil
}

// restedAt is when a row of draft may be copied.
var restedAt = fmt.Sprintf(`(updated + CASE WHEN (SELECT coalesce(sum(length(zstd)), 0) FROM draft_data WHERE draft = draft.id) + length(json) > %d THEN %d ELSE %d END)`,
	largeDraft, largeRests.Milliseconds(), draftRests.Milliseconds())

// BeginDraftCopy writes down that a copy is about to be made, and gives its
// Message-ID. The error is ErrNotFound where the draft is gone.
func (s *Store) BeginDraftCopy(ctx context.Context, c DraftCopy) (string, error) {
	id := newCopyID(c.Draft.From)
	copies, err := json.Marshal(append(c.Copies[:len(c.Copies):len(c.Copies)], id))
	if err != nil {
		return "", err
	}
	return id, s.writeOwn(ctx, "beginning the copy of a draft", func(t *txn) error {
		n, err := t.changed(`UPDATE draft SET copies = ?, tries = tries + 1 WHERE id = ?`, string(copies), c.Draft.ID)
		if err == nil && n == 0 {
			return ErrNotFound
		}
		return err
	})
}

// DraftCopied records that a copy is all that lies on the server of a draft, and
// that it has the state. An older one that the mirror still has is known as one of the
// draft until then, so that whoever opens or deletes it does so to the draft; but not what
// another program has put in the place of one (theirs), which is a draft of its own. Marked
// says that the server keeps the mark of copies.
func (s *Store) DraftCopied(ctx context.Context, id mail.DraftID, state int64, copied string, theirs []string, marked bool) error {
	var account, before string
	switch err := s.own.read.QueryRowContext(ctx, `SELECT account, copies FROM draft WHERE id = ?`, id).Scan(&account, &before); {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return fmt.Errorf("recording the copy of a draft: %w", err)
	}
	var old, known []string
	if err := json.Unmarshal([]byte(before), &old); err != nil {
		return err
	}
	for _, c := range old {
		if c == copied || slices.Contains(theirs, c) {
			continue
		}
		switch _, err := s.ByMessageID(ctx, account, c); {
		case err == nil:
			known = append(known, c)
		case !errors.Is(err, ErrNotFound):
			return err
		}
	}
	list, err := json.Marshal(append(known, copied))
	if err != nil {
		return err
	}
	return s.writeOwn(ctx, "recording the copy of a draft", func(t *txn) error {
		return t.exec(`UPDATE draft SET copies = ?, pushed = ?, marked = ?, next = 0, tries = 0 WHERE id = ?`, string(list), state, marked, id)
	})
}

// DraftCopyLater puts the copy of a draft off after it was refused.
func (s *Store) DraftCopyLater(ctx context.Context, id mail.DraftID) error {
	return s.writeOwn(ctx, "putting off the copy of a draft", func(t *txn) error {
		return t.exec(`UPDATE draft SET next = ? + min(tries, 30) * ? WHERE id = ?`, s.now().UnixMilli(), copyTriesAfter.Milliseconds(), id)
	})
}

// GoneCopy is a copy that is to be taken away.
type GoneCopy struct {
	MessageID string
	Marked    bool // what another program has put in its place stays
}

// GoneDrafts lists the copies that are to be taken away.
func (s *Store) GoneDrafts(ctx context.Context, account string) ([]GoneCopy, error) {
	rows, err := s.own.read.QueryContext(ctx, `SELECT copy, marked FROM draft_gone WHERE account = ?1 AND (next <= ?2 OR next > ?2 + ?3) LIMIT 100`,
		account, s.now().UnixMilli(), 2*longestPutOff.Milliseconds())
	if err != nil {
		return nil, fmt.Errorf("listing drafts: %w", err)
	}
	return collect(rows, func() (c GoneCopy, err error) { return c, rows.Scan(&c.MessageID, &c.Marked) })
}

// EraseGoneDrafts takes the copies that are to be taken away out of the lists, also while
// no server can be told: who finds there what was sent sends it once more. Where another
// program may have written in the place of one, the server is asked first.
func (s *Store) EraseGoneDrafts(ctx context.Context) error {
	rows, err := s.own.read.QueryContext(ctx, `SELECT account, json_group_array(copy), marked FROM draft_gone GROUP BY account, marked`)
	if err != nil {
		return fmt.Errorf("listing drafts: %w", err)
	}
	type gone struct {
		account, copies string
		marked          bool
	}
	list, err := collect(rows, func() (c gone, err error) { return c, rows.Scan(&c.account, &c.copies, &c.marked) })
	if err != nil {
		return err
	}
	for _, c := range list {
		rows, err := s.mail.read.QueryContext(ctx, `SELECT m.id FROM msg m JOIN folder f ON f.id = m.folder
			WHERE f.account = ? AND f.role = ? AND m.message_id IN (SELECT value FROM json_each(?))`, c.account, mail.RoleDrafts, c.copies)
		if err != nil {
			return fmt.Errorf("looking for drafts: %w", err)
		}
		ids, err := collect(rows, func() (id mail.ID, err error) { return id, rows.Scan(&id) })
		if err != nil {
			return err
		}
		if c.marked {
			if ids, err = s.markedAmong(ctx, ids); err != nil {
				return err
			}
		}
		if _, err := s.Apply(ctx, ids, Change{Erase: true}); err != nil {
			return err
		}
	}
	return nil
}

// markedAmong gives those messages that are here, and that postea has written as copies of drafts.
func (s *Store) markedAmong(ctx context.Context, ids []mail.ID) ([]mail.ID, error) {
	var out []mail.ID
	for _, id := range ids {
		raw, err := s.Body(ctx, id)
		if errors.Is(err, ErrNotFound) {
			var p mail.Partial
			p, err = s.Partial(ctx, id)
			raw = p.Raw
		}
		switch {
		case errors.Is(err, ErrNotFound):
		case err != nil:
			return nil, err
		case reading.ParseHeader(raw).Get(compose.FieldDraft) != "":
			out = append(out, id)
		}
	}
	return out, nil
}

// DraftsGone records that copies have been taken away, or, where later is set,
// that they could not be.
func (s *Store) DraftsGone(ctx context.Context, account string, copies []GoneCopy, later bool) error {
	return s.writeOwn(ctx, "recording the end of a draft", func(t *txn) error {
		for _, c := range copies {
			var err error
			if later {
				err = t.exec(`UPDATE draft_gone SET tries = tries + 1, next = ? + min(tries + 1, 30) * ? WHERE account = ? AND copy = ?`,
					s.now().UnixMilli(), copyTriesAfter.Milliseconds(), account, c.MessageID)
			} else {
				err = t.exec(`DELETE FROM draft_gone WHERE account = ? AND copy = ?`, account, c.MessageID)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// NextDraft is the earliest time at which a draft of an account is to be copied
// or taken away; zero where none is.
func (s *Store) NextDraft(ctx context.Context, account string) (time.Time, error) {
	var at sql.NullInt64
	err := s.own.read.QueryRowContext(ctx, `SELECT min(at) FROM (
		SELECT max(next, `+restedAt+`) AS at FROM draft WHERE account = ?1 AND updated > pushed
		UNION ALL SELECT max(next, 1) FROM draft_gone WHERE account = ?1)`, account).Scan(&at)
	if err != nil {
		return time.Time{}, fmt.Errorf("listing drafts: %w", err)
	}
	return fromMillis(at.Int64), nil
}

// DraftByCopy gives the draft that a message of a Drafts folder is a copy of,
// and whether its last copy has its present state: else what lies there is older, or what
// it was begun with. The error is ErrNotFound where it is none.
func (s *Store) DraftByCopy(ctx context.Context, account, messageID string) (d mail.Draft, copied bool, err error) {
	var id int64
	err = s.own.read.QueryRowContext(ctx, `SELECT id, pushed > 0 AND updated <= pushed FROM draft WHERE account = ? AND EXISTS (SELECT 1 FROM json_each(copies) WHERE value = ?)`,
		account, messageID).Scan(&id, &copied)
	if errors.Is(err, sql.ErrNoRows) {
		return d, false, ErrNotFound
	}
	if err != nil {
		return d, false, fmt.Errorf("looking for the draft: %w", err)
	}
	d, err = s.Draft(ctx, mail.DraftID(id))
	return d, copied, err
}

// KeptDraft is a draft with what is known of its copies.
type KeptDraft struct {
	Draft  mail.Draft // without the bytes of attachments
	Copies []string   // Message-IDs of what may lie on the server
	Newer  bool       // than any copy
}

// KeptDrafts lists the drafts of an account, newest first.
func (s *Store) KeptDrafts(ctx context.Context, account string) ([]KeptDraft, error) {
	rows, err := s.own.read.QueryContext(ctx, `SELECT id, json, updated, copies, updated > pushed FROM draft WHERE account = ? ORDER BY updated DESC, id DESC`, account)
	if err != nil {
		return nil, fmt.Errorf("listing drafts: %w", err)
	}
	return collect(rows, func() (k KeptDraft, err error) {
		var id, updated int64
		var raw, copies string
		if err = rows.Scan(&id, &raw, &updated, &copies, &k.Newer); err != nil {
			return k, err
		}
		if err = json.Unmarshal([]byte(copies), &k.Copies); err != nil {
			return k, err
		}
		k.Draft, err = s.decodeDraft(raw, func(string) ([]byte, error) { return nil, nil })
		k.Draft.ID, k.Draft.Updated = mail.DraftID(id), time.UnixMilli(updated)
		return k, err
	})
}

// LiesIn tells whether a message with the Message-ID lies in a folder.
func (s *Store) LiesIn(ctx context.Context, folder mail.FolderID, messageID string) (bool, error) {
	var there bool
	err := s.mail.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM msg WHERE ident_hash = ? AND ident = ? AND folder = ?)`,
		hashOf(messageID), messageID, folder).Scan(&there)
	return there, err
}

// draftBefore is a draft that a step has discarded, and the copy that was deleted.
type draftBefore struct {
	Version int64  `json:"v"`
	Copy    string `json:"c"`
}

// discardOf takes the drafts away that a step discards, and tells how they come back. Of
// those whose copies it deletes the user has the other copies.
func (s *Store) discardOf(ctx context.Context, p Part) ([]draftBefore, error) {
	gone := map[mail.DraftID]string{}
	for _, id := range p.Discard {
		gone[id] = ""
	}
	if p.Forget {
		copies, err := s.draftsAmong(ctx, p.IDs, mail.RoleDrafts, mail.RoleAll)
		if err != nil {
			return nil, err
		}
		maps.Copy(gone, copies)
	}
	if len(gone) == 0 {
		return nil, nil
	}
	var out []draftBefore
	err := s.writeOwn(ctx, "discarding the draft", func(t *txn) error {
		out = nil
		for _, id := range slices.Sorted(maps.Keys(gone)) {
			before := draftBefore{Copy: gone[id]}
			if before.Copy != "" {
				if err := t.exec(`UPDATE draft SET copies = '[]' WHERE id = ?`, id); err != nil {
					return err
				}
			}
			var err error
			if before.Version, err = t.discard(id); err != nil {
				return err
			}
			out = append(out, before)
		}
		return nil
	})
	return out, err
}

// DraftsAmong gives the drafts whose copies are among messages of Drafts folders, with the
// Message-IDs of these.
func (s *Store) DraftsAmong(ctx context.Context, ids []mail.ID) (map[mail.DraftID]string, error) {
	return s.draftsAmong(ctx, ids, mail.RoleDrafts)
}

// draftsAmong is DraftsAmong for folders of some roles: at Gmail a copy lies among all mail too.
func (s *Store) draftsAmong(ctx context.Context, ids []mail.ID, roles ...mail.Role) (map[mail.DraftID]string, error) {
	rows, err := s.mail.read.QueryContext(ctx, `SELECT m.account, m.message_id FROM msg m JOIN folder f ON f.id = m.folder
		WHERE m.message_id <> '' AND m.id IN (SELECT value FROM json_each(?)) AND f.role IN (`+marks(len(roles))+`)`, append([]any{jsonList(ids)}, anys(roles)...)...)
	if err != nil {
		return nil, fmt.Errorf("looking for drafts: %w", err)
	}
	list, err := collect(rows, func() (c [2]string, err error) { return c, rows.Scan(&c[0], &c[1]) })
	if err != nil {
		return nil, err
	}
	out := map[mail.DraftID]string{}
	for _, c := range list {
		d, _, err := s.DraftByCopy(ctx, c[0], c[1])
		switch {
		case errors.Is(err, ErrNotFound):
		case err != nil:
			return nil, err
		default:
			out[d.ID] = c[1]
		}
	}
	return out, nil
}

// restoreDrafts makes drafts again whose copies are brought back.
func (s *Store) restoreDrafts(ctx context.Context, list []draftBefore) error {
	for _, b := range list {
		if _, err := s.restoreDraft(ctx, b); err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
	}
	return nil
}

// leaveCopies lets the copies of a draft be taken away; what it goes on with whoever wrote
// that, and all of them where the server keeps no mark.
func (t *txn) leaveCopies(id mail.DraftID) error {
	return t.exec(`INSERT OR IGNORE INTO draft_gone (account, copy, marked) SELECT draft.account, value, draft.marked AND value IS NOT draft.json ->> 'Copy'
		FROM draft, json_each(draft.copies) WHERE draft.id = ?`, id)
}
