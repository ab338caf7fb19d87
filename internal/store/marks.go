package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"postea/internal/event"
	"postea/internal/mail"
)

// MarkKind is what the user wants of a message.
type MarkKind string

// The kinds of marks.
const (
	MarkSnooze MarkKind = "snooze" // it comes back at a time
	MarkRemind MarkKind = "remind" // it comes back unless somebody has answered by then
	MarkPin    MarkKind = "pin"    // it stands on top
	MarkMute   MarkKind = "mute"   // its conversation is muted
)

// Mark is a wish of the user that no server keeps. The message is named by its
// ident, which outlives the mirror.
type Mark struct {
	Account string
	Kind    MarkKind
	Ident   string
	At      time.Time // when it is due; zero: never
	Origin  string    // the name of the folder to return to
}

// MarkChange sets a mark on messages, or takes it off.
type MarkChange struct {
	Kind MarkKind
	Off  bool
	At   time.Time
}

// markBefore is a mark as it was before a step.
type markBefore struct {
	Account string   `json:"a"`
	Kind    MarkKind `json:"k"`
	Ident   string   `json:"i"`
	Had     bool     `json:"h,omitempty"`
	New     bool     `json:"n,omitempty"` // the step has set it
	At      int64    `json:"t,omitempty"`
	Origin  string   `json:"o,omitempty"`
}

// markMessages changes the marks of messages and tells what was before.
func (s *Store) markMessages(ctx context.Context, ids []mail.ID, c MarkChange) ([]markBefore, error) {
	rows, err := s.mail.read.QueryContext(ctx, `SELECT m.account, m.ident, coalesce(f.name, ''), coalesce(f.role, '') FROM msg m LEFT JOIN folder f ON f.id = m.folder
		WHERE m.folder <> 0 AND m.ident <> '' AND m.id IN (SELECT value FROM json_each(?))`, jsonList(ids))
	if err != nil {
		return nil, fmt.Errorf("marking messages: %w", err)
	}
	type place struct {
		markBefore
		folder string
		role   mail.Role
	}
	list, err := collect(rows, func() (p place, err error) {
		p.Kind = c.Kind
		return p, rows.Scan(&p.Account, &p.Ident, &p.folder, &p.role)
	})
	if err != nil || len(list) == 0 {
		return nil, err
	}
	var out []markBefore
	err = s.writeOwn(ctx, "marking messages", func(t *txn) error {
		out = nil
		for _, p := range list {
			err := t.QueryRowContext(t.ctx, `SELECT at, origin FROM mark WHERE account = ? AND kind = ? AND ident = ?`, p.Account, p.Kind, p.Ident).Scan(&p.At, &p.Origin)
			p.Had = err == nil
			p.New = !p.Had && !c.Off
			out = append(out, p.markBefore)
			if c.Off {
				if err := t.exec(`DELETE FROM mark WHERE account = ? AND kind = ? AND ident = ?`, p.Account, p.Kind, p.Ident); err != nil {
					return err
				}
				continue
			}
			origin := p.folder
			if p.role == mail.RoleSnoozed { // snoozed once more: it returns to where it came from
				origin = p.Origin
			}
			if err := t.putMark(p.Account, c.Kind, p.Ident, millis(c.At), origin); err != nil {
				return err
			}
		}
		t.emit(event.MarksChanged{})
		return nil
	})
	return out, err
}

func (t *txn) putMark(account string, kind MarkKind, ident string, at int64, origin string) error {
	return t.exec(`INSERT INTO mark (account, kind, ident, at, origin) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (account, kind, ident) DO UPDATE SET at = excluded.at, origin = excluded.origin`, account, kind, ident, at, origin)
}

func (s *Store) restoreMarks(ctx context.Context, list []markBefore) error {
	if len(list) == 0 {
		return nil
	}
	return s.writeOwn(ctx, "undoing", func(t *txn) error {
		for _, b := range slices.Backward(list) { // that of a message and its copy is one
			err := t.exec(`DELETE FROM mark WHERE account = ? AND kind = ? AND ident = ?`, b.Account, b.Kind, b.Ident)
			if err == nil && b.Had {
				err = t.putMark(b.Account, b.Kind, b.Ident, b.At, b.Origin)
			}
			if err != nil {
				return err
			}
		}
		t.emit(event.MarksChanged{})
		return nil
	})
}

// DropMark takes one mark off, which is no step of undo.
func (s *Store) DropMark(ctx context.Context, m Mark) error {
	return s.writeOwn(ctx, "unmarking a message", func(t *txn) error {
		return t.exec(`DELETE FROM mark WHERE account = ? AND kind = ? AND ident = ?`, m.Account, m.Kind, m.Ident)
	})
}

func (s *Store) marks(ctx context.Context, where string, args ...any) ([]Mark, error) {
	rows, err := s.own.read.QueryContext(ctx, `SELECT account, kind, ident, at, origin FROM mark WHERE `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("reading marks: %w", s.damage(err))
	}
	list, err := collect(rows, func() (m Mark, err error) {
		var at int64
		err = rows.Scan(&m.Account, &m.Kind, &m.Ident, &at, &m.Origin)
		if at != 0 {
			m.At = time.UnixMilli(at)
		}
		return m, err
	})
	return list, s.damage(err)
}

// DueMarks lists the marks whose time has come, oldest first.
func (s *Store) DueMarks(ctx context.Context) ([]Mark, error) {
	return s.marks(ctx, `at > 0 AND at <= ? ORDER BY at`, s.now().UnixMilli())
}

// NextMark is when the next mark falls due; zero: none does. Those that are due already
// and still there wait for something else.
func (s *Store) NextMark(ctx context.Context) (time.Time, error) {
	list, err := s.marks(ctx, `at > ? ORDER BY at LIMIT 1`, max(s.now().UnixMilli(), 0))
	if err != nil || len(list) == 0 {
		return time.Time{}, err
	}
	return list[0].At, nil
}

// MarkOf gives a mark of a message. The error is ErrNotFound where it has none.
func (s *Store) MarkOf(ctx context.Context, id mail.ID, kind MarkKind) (Mark, error) {
	var account, ident string
	if err := s.mail.read.QueryRowContext(ctx, `SELECT account, ident FROM msg WHERE id = ?`, id).Scan(&account, &ident); err != nil {
		return Mark{}, ErrNotFound
	}
	list, err := s.marks(ctx, `account = ? AND kind = ? AND ident = ?`, account, kind, ident)
	if err == nil && len(list) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Mark{}, err
	}
	return list[0], nil
}

// MarkedMessages lists the messages that a mark is of.
func (s *Store) MarkedMessages(ctx context.Context, m Mark) ([]mail.Summary, error) {
	return s.summaries(ctx, "looking for a marked message", `m.account = ? AND m.ident_hash = ? AND m.ident = ? AND m.folder <> 0 ORDER BY m.id`, m.Account, hashOf(m.Ident), m.Ident)
}

// Remark shows again what is pinned and muted, after the mirror was rebuilt or
// a message has come back under another id.
func (s *Store) Remark(ctx context.Context) error {
	s.marking.Lock()
	defer s.marking.Unlock()
	list, err := s.marks(ctx, `kind IN ('pin', 'mute')`)
	if err != nil || len(list) == 0 {
		return err
	}
	var lost []Mark
	for _, m := range list {
		query := `SELECT EXISTS (SELECT 1 FROM msg WHERE account = ? AND ident_hash = ? AND ident = ? AND folder <> 0 AND lift = 0)`
		if m.Kind == MarkMute {
			query = `SELECT EXISTS (SELECT 1 FROM msg WHERE account = ? AND ident_hash = ? AND ident = ? AND folder <> 0 AND muted = 0)`
		}
		var open bool
		if err := s.mail.read.QueryRowContext(ctx, query, m.Account, hashOf(m.Ident), m.Ident).Scan(&open); err != nil {
			return fmt.Errorf("reading marks: %w", err)
		}
		if open {
			lost = append(lost, m)
		}
	}
	if len(lost) == 0 {
		return nil
	}
	return s.writeMail(ctx, "showing marks again", func(t *txn) error {
		for _, mark := range lost {
			list, err := t.findMsgs(`account = ? AND ident_hash = ? AND ident = ? AND folder <> 0`, mark.Account, hashOf(mark.Ident), mark.Ident)
			if err != nil {
				return err
			}
			for _, m := range list {
				before := m
				if mark.Kind == MarkPin {
					m.lift = Pinned
				} else {
					m.muted = true
				}
				if err := t.save(before, m); err != nil {
					return err
				}
				t.emit(event.MessagesChanged{Account: m.account, Folder: m.folder})
			}
		}
		return nil
	})
}

// Answered tells whether somebody else has written in the conversation of a
// message after it; own tells of one's own addresses, automatic of what no person wrote.
func (s *Store) Answered(ctx context.Context, m mail.Summary, own func(string) bool, automatic func(mail.Summary) bool) (bool, error) {
	list, err := s.Thread(ctx, m.Thread)
	if err != nil {
		return false, err
	}
	for _, other := range list {
		mine := len(other.From) > 0 && own(other.From[0].Address)
		if other.MessageID != m.MessageID && !mine && !other.Date.Before(m.Date) && other.FolderRole != mail.RoleJunk && !automatic(other) {
			return true, nil
		}
	}
	return false, nil
}
