package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"postea/internal/mail"
)

// maxUndo is how many steps can be taken back.
const maxUndo = 100

// UndoStep tells what Undo would take back, or has.
type UndoStep struct {
	Label   string
	Created time.Time
	Items   []mail.ID
	Folder  mail.FolderID // where the first of them is again
	Rule    string        // of RuleForgotten
}

const lastUndo = `SELECT id, label, created, items, more FROM undo ORDER BY id DESC LIMIT 1`

// undoRow is a step as it is stored.
type undoRow struct {
	UndoStep
	id    int64
	items []undoItem
	more  undoMore
}

// LastUndo tells what Undo would take back. The error is ErrNotFound where
// there is nothing.
func (s *Store) LastUndo(ctx context.Context) (UndoStep, error) {
	u, err := scanUndo(s.mail.read.QueryRowContext(ctx, lastUndo))
	return u.UndoStep, err
}

func scanUndo(row interface{ Scan(...any) error }) (undoRow, error) {
	var u undoRow
	var created int64
	var raw, more string
	if err := row.Scan(&u.id, &u.Label, &created, &raw, &more); err != nil {
		if errors.Is(err, sql.ErrNoRows) {
			err = ErrNotFound
		}
		return u, err
	}
	if err := errors.Join(json.Unmarshal([]byte(raw), &u.items), json.Unmarshal([]byte(more), &u.more)); err != nil {
		return u, fmt.Errorf("reading the undo step: %w", err)
	}
	u.Created, u.Rule = time.UnixMilli(created), u.more.Rule
	for i, it := range u.items {
		u.Items = append(u.Items, it.ID)
		if i == 0 {
			u.Folder = mail.FolderID(it.FolderBefore)
		}
	}
	return u, nil
}

// RuleForgotten makes a step of undo of a rule that was forgotten. The rules are not kept here: who
// undoes the step keeps it again.
func (s *Store) RuleForgotten(ctx context.Context, label, rule string) error {
	return s.writeMail(ctx, "forgetting a rule", func(t *txn) error { return t.pushUndo(label, nil, undoMore{Rule: rule}) })
}

// Undo takes the newest change back: only what that change did, so that later
// changes made elsewhere stay. The error is ErrNotFound where there is nothing, and
// a *FolderExistsError or a *SearchExistsError where a folder or a search cannot have its old name again.
func (s *Store) Undo(ctx context.Context) (UndoStep, error) {
	s.marking.Lock()
	defer s.marking.Unlock()
	last, err := scanUndo(s.mail.read.QueryRowContext(ctx, lastUndo))
	if err != nil {
		return UndoStep{}, err
	}
	// The step stays until all of it is taken back, so that this may be repeated.
	if err := errors.Join(s.restoreMarks(ctx, last.more.Marks), s.restoreDrafts(ctx, last.more.Drafts)); err != nil {
		return UndoStep{}, err
	}
	if err := s.restoreSearches(ctx, last.more.Searches); err != nil {
		if taken, ok := errors.AsType[*SearchExistsError](err); ok {
			return last.UndoStep, cmp.Or(s.dropUndo(ctx, last.id), error(taken))
		}
		return UndoStep{}, err
	}
	err = s.writeMail(ctx, "undoing", func(t *txn) error {
		now, err := t.restoreFolders(last.more.Folders)
		if err != nil {
			return err
		}
		last.Folder = cmp.Or(now[last.Folder], last.Folder)
		for _, it := range slices.Backward(last.items) { // one message may stand there twice
			before := mail.FolderID(it.FolderBefore)
			if err := t.undo(it, cmp.Or(now[before], before)); err != nil {
				return err
			}
		}
		if err := t.unmark(last.more.Marks); err != nil {
			return err
		}
		return t.exec(`DELETE FROM undo WHERE id = ?`, last.id)
	})
	if taken, ok := errors.AsType[*FolderExistsError](err); ok && !taken.Going {
		return last.UndoStep, errors.Join(err, s.dropUndo(ctx, last.id))
	}
	return last.UndoStep, err
}

// dropUndo forgets a step that can never be taken back, so that what was done before it can be.
func (s *Store) dropUndo(ctx context.Context, id int64) error {
	return s.writeMail(ctx, "undoing", func(t *txn) error { return t.exec(`DELETE FROM undo WHERE id = ?`, id) })
}

// goesOn finds the row in which a message goes on whose own row is gone: that in the same folder,
// or where a message lies in several folders, with the same flags, in the one it has lain in longest:
// in that of a label which was put on it since, that label is no flag.
const goesOn = `ident_hash = ?1 AND account = (SELECT account FROM folder WHERE id = ?2) AND folder <> 0
	AND (folder = ?2 OR EXISTS (SELECT 1 FROM folder WHERE account = msg.account AND role = 'all')) ORDER BY folder = ?2 DESC, id`

// undo takes back what a step has done to a message; to is the folder where it lay.
func (t *txn) undo(it undoItem, to mail.FolderID) error {
	m, err := t.findMsg(`id = ?`, it.ID)
	if errors.Is(err, ErrNotFound) && it.IdentHash != 0 {
		m, err = t.findMsg(goesOn, it.IdentHash, it.FolderAfter)
	}
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return t.put(m, it.takenBack(m, to))
}

// takenBack is a message without what a step has done to it, as far as that still holds.
func (it undoItem) takenBack(m msgRow, to mail.FolderID) msgRow {
	add, remove := flagDelta(it.FlagsAfter, it.FlagsBefore)
	if m.folder == mail.FolderID(it.FolderAfter) {
		m.folder = to
		if m.srvFolder != 0 || m.moving != 0 {
			m.folder = cmp.Or(to, mail.FolderID(it.BackTo))
		}
		if m.folder == 0 { // a copy, see Pending.HereOnly
			add = append(add, mail.FlagDeleted)
		}
	}
	m.flags = applyFlags(m.flags, add, remove)
	if m.lift == it.LiftAfter {
		m.lift = it.LiftBefore
	}
	if it.MutedBefore != it.MutedAfter {
		m.muted = it.MutedBefore
	}
	return m
}

// dropRefused leaves out of the steps of undo what they have done to messages, or to a folder
// (0: none), and is taken back already, as the server has refused it. A step of which nothing
// is left goes: undo would only say that it takes it back.
func (t *txn) dropRefused(ids []mail.ID, folder mail.FolderID) error {
	rows, err := t.QueryContext(t.ctx, `SELECT id, label, created, items, more FROM undo`)
	if err != nil {
		return err
	}
	steps, err := collect(rows, func() (undoRow, error) { return scanUndo(rows) })
	if err != nil {
		return err
	}
	refused := make(map[mail.ID]bool, len(ids))
	for _, id := range ids {
		refused[id] = true
	}
	for _, u := range steps {
		var left []undoItem
		for _, it := range u.items {
			holds := true
			if refused[it.ID] {
				if holds, err = t.holds(it); err != nil {
					return err
				}
			}
			if holds {
				left = append(left, it)
			}
		}
		about := slices.ContainsFunc(u.more.Folders, func(f folderBefore) bool { return f.ID == folder })
		if len(left) == len(u.items) && !about {
			continue
		}
		more, err := t.moreHolds(u.more)
		if err != nil {
			return err
		}
		if len(left) == 0 && !more {
			err = t.exec(`DELETE FROM undo WHERE id = ?`, u.id)
		} else {
			err = t.exec(`UPDATE undo SET items = ? WHERE id = ?`, jsonList(left), u.id)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// holds tells whether something of what a step has done to a message is still so.
func (t *txn) holds(it undoItem) (bool, error) {
	m, err := t.findMsg(`id = ?`, it.ID)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return m != it.takenBack(m, mail.FolderID(it.FolderBefore)), err
}

// moreHolds is holds for what a step has done besides.
func (t *txn) moreHolds(more undoMore) (bool, error) {
	marked := slices.ContainsFunc(more.Marks, func(b markBefore) bool { return b.Kind != MarkSnooze }) // that is where a message lies
	if marked || len(more.Drafts)+len(more.Searches)+len(more.Rule) > 0 {
		return true, nil
	}
	for _, f := range more.Folders {
		var holds bool
		err := t.QueryRowContext(t.ctx, `SELECT CASE WHEN ?1 THEN gone = 0 WHEN ?2 THEN gone <> 0 WHEN ?3 IS NOT NULL THEN subscribed <> ?3 ELSE name = ?4 END
			FROM folder WHERE id = ?5`, f.Made, f.Gone, f.Subscribed, f.NameAfter, f.ID).Scan(&holds)
		if errors.Is(err, sql.ErrNoRows) {
			holds, err = f.Gone, nil
		}
		if holds || err != nil {
			return holds, err
		}
	}
	return false, nil
}

// unmark takes off what marks that are no more have done to messages that came since.
func (t *txn) unmark(list []markBefore) error {
	const same = `(account, ident_hash, ident) = (?, ?, ?)`
	for _, b := range list {
		var where string
		var clear func(*msgRow)
		switch {
		case !b.New:
		case b.Kind == MarkPin:
			where, clear = same+` AND lift = `+pinBase, func(m *msgRow) { m.lift = 0 }
		case b.Kind == MarkMute:
			where, clear = `muted = 1 AND thread IN (SELECT thread FROM msg WHERE `+same+`)`, func(m *msgRow) { m.muted = false }
		}
		if where == "" {
			continue
		}
		rest, err := t.findMsgs(where, b.Account, hashOf(b.Ident), b.Ident)
		if err != nil {
			return err
		}
		for _, m := range rest {
			before := m
			clear(&m)
			if err := t.save(before, m); err != nil {
				return err
			}
		}
	}
	return nil
}
