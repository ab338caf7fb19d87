package store

import (
	"context"
	"fmt"
	"time"

	"postea/internal/event"
	"postea/internal/mail"
)

// maxUnruled bounds how many messages Unruled gives at once.
const maxUnruled = 500

// BeginRules makes what comes to the inboxes from now on new to the rules of the user, in
// accounts whose first round is over; where it was called before, from then on. An inbox that
// could not be read in that round waits for its own. With on false there are no rules, and what
// comes meanwhile is new to none.
func (s *Store) BeginRules(ctx context.Context, on bool) error {
	const unbegun = `FROM folder f JOIN account_state a ON a.account = f.account AND a.synced > 0
		WHERE f.role = 'inbox' AND f.gone = 0 AND f.complete = 1 AND f.id NOT IN (SELECT folder FROM ruled)`
	open, write := `SELECT EXISTS (SELECT 1 `+unbegun+`)`, `INSERT INTO ruled (folder, msg, uid, uidvalidity)
		SELECT f.id, (SELECT coalesce(max(id), 0) FROM msg), max(f.uidnext - 1, (SELECT coalesce(max(srv_uid), 0) FROM msg WHERE srv_folder = f.id)), f.uidvalidity `+unbegun
	if !on {
		open, write = `SELECT EXISTS (SELECT 1 FROM ruled)`, `DELETE FROM ruled`
	}
	var due bool
	if err := s.mail.read.QueryRowContext(ctx, open).Scan(&due); err != nil {
		return fmt.Errorf("looking where rules begin: %w", err)
	}
	if !due {
		return nil
	}
	return s.writeMail(ctx, "storing where rules begin", func(t *txn) error { return t.exec(write) })
}

// unruled joins the messages of inboxes, ready or not, that rules have not been asked about: none
// of a first round, also where the mirror of an account begins anew. A server that numbers its
// messages anew makes none of them new: they keep their id. What the user has copied there is none,
// and neither is what another client has moved or copied from where rules had left it, though
// it stands in two rows until its old folder is read. Where a message lies in all mail too, that has
// been seen before says something only of one that came before ?1. The inboxes come first: else all
// messages are gone through.
const unruled = `FROM ruled r CROSS JOIN folder f ON f.id = r.folder CROSS JOIN account_state a ON a.account = f.account AND a.synced > 0
	CROSS JOIN msg m ON m.srv_folder = r.folder AND m.srv_uid > iif(f.uidvalidity = r.uidvalidity, r.uid, 0)
	WHERE m.folder = r.folder AND m.id > max(r.msg, a.begun) AND m.id NOT IN (SELECT msg FROM unruly) AND m.lift = 0
	AND NOT EXISTS (SELECT 1 FROM msg o JOIN folder g ON g.id = o.srv_folder AND g.id <> r.folder AND g.role NOT IN ('sent', 'drafts')
		WHERE (o.ident_hash, o.account, o.ident, o.size, o.internal) = (m.ident_hash, m.account, m.ident, m.size, m.internal) AND o.id <= r.msg
		AND (m.internal < ?1 OR NOT EXISTS (SELECT 1 FROM folder WHERE account = m.account AND role = 'all')))`

// settled is how long ago a message came that is seen in an inbox after it was seen in all mail, and
// did not just come to both.
const settled = time.Hour

// Unruled is what rules are to be asked about next.
type Unruled struct {
	IDs  []mail.ID // oldest first
	UpTo mail.ID   // none is left out up to this one; 0: nothing is new since Rule was called
	More bool      // there are more than fit, or whose words are not in the index yet
}

// Unruled gives the messages that came to the inboxes and that rules have not been asked about, as
// far as searches find them by now.
func (s *Store) Unruled(ctx context.Context) (Unruled, error) {
	const what = "looking for what is new to rules"
	last, err := s.LastMessage(ctx)
	if err != nil {
		return Unruled{}, err
	}
	var since mail.ID
	// A folder that was numbered anew has older mail below its depth, as soon as it was read.
	if err := s.mail.read.QueryRowContext(ctx, `SELECT coalesce(min(iif(f.uidvalidity = r.uidvalidity OR f.complete = 0, r.msg, 0)), ?)
		FROM ruled r JOIN folder f ON f.id = r.folder`, last).Scan(&since); err != nil {
		return Unruled{}, fmt.Errorf("%s: %w", what, err)
	}
	if since >= last {
		return Unruled{}, nil
	}
	rows, err := s.mail.read.QueryContext(ctx, `SELECT m.id, m.id IN (SELECT msg FROM reindex) `+unruled+` AND m.id <= ?2 ORDER BY m.id LIMIT ?3`,
		s.now().Add(-settled).Unix(), last, maxUnruled+1)
	if err != nil {
		return Unruled{}, fmt.Errorf("%s: %w", what, err)
	}
	out := Unruled{UpTo: last}
	_, err = collect(rows, func() (struct{}, error) {
		var id mail.ID
		var unready bool
		err := rows.Scan(&id, &unready)
		switch {
		case out.More:
		case unready || len(out.IDs) == maxUnruled:
			out.UpTo, out.More = id-1, true
		default:
			out.IDs = append(out.IDs, id)
		}
		return struct{}{}, err
	})
	if out.UpTo <= since {
		out.UpTo = 0
	}
	return out, err
}

// FirstUnruled is the first message that Unruled gives now or later; 0 for none.
func (s *Store) FirstUnruled(ctx context.Context) (id mail.ID, err error) {
	if err := s.mail.read.QueryRowContext(ctx, `SELECT coalesce(min(m.id), 0) `+unruled, s.now().Add(-settled).Unix()).Scan(&id); err != nil {
		return 0, fmt.Errorf("looking for what is new to rules: %w", err)
	}
	return id, nil
}

// Rule does what rules want of messages and records that those up to one have been asked about,
// in one transaction: a message is ruled once. What the user has moved since it was asked about stays
// there. It is no step of undo.
func (s *Store) Rule(ctx context.Context, upTo mail.ID, parts []Part) error {
	return s.writeMail(ctx, "doing what rules want", func(t *txn) error {
		var done []undoItem
		for _, p := range parts {
			var err error
			if p.IDs, err = t.inInbox(p.IDs); err != nil {
				return err
			}
			if _, err := t.apply(p, &done); err != nil {
				return err
			}
		}
		t.emit(event.Ruled{})
		if err := t.exec(`DELETE FROM unruly WHERE msg <= ?`, upTo); err != nil {
			return err
		}
		// What lies at the server by now is here, but for what comes after upTo: of much new
		// mail the newest may be here first.
		return t.exec(`UPDATE ruled SET msg = max(msg, ?1), uidvalidity = iif(f.complete = 1, f.uidvalidity, ruled.uidvalidity),
			uid = max(iif(f.complete = 0 OR ruled.uidvalidity = f.uidvalidity, uid, 0), iif(f.complete = 0, 0, min(f.uidnext - 1,
				coalesce((SELECT min(srv_uid) - 1 FROM msg WHERE id > ?1 AND +srv_folder = ruled.folder), f.uidnext - 1))))
			FROM folder f WHERE f.id = ruled.folder`, upTo)
	})
}

// inInbox gives those of some messages that lie where rules are asked.
func (t *txn) inInbox(ids []mail.ID) ([]mail.ID, error) {
	rows, err := t.QueryContext(t.ctx, `SELECT id FROM msg WHERE id IN (SELECT value FROM json_each(?)) AND folder IN (SELECT folder FROM ruled)`, jsonList(ids))
	if err != nil {
		return nil, err
	}
	return collect(rows, func() (id mail.ID, err error) { return id, rows.Scan(&id) })
}
