package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"postea/internal/mail"
)

// MsgHead is what a change of many messages must know of each.
type MsgHead struct {
	ID      mail.ID
	Account string
	Thread  mail.ThreadID
	Folder  mail.FolderID
	Role    mail.Role
	Date    time.Time
	Flags   []string
	Muted   bool
	Lifted  bool
	Pinned  bool
}

// Heads gives the messages of ids, in the order of their ids.
func (s *Store) Heads(ctx context.Context, ids []mail.ID) ([]MsgHead, error) {
	rows, err := s.mail.read.QueryContext(ctx, `SELECT m.id, m.account, m.thread, m.folder, coalesce(f.role, ''), m.date, m.flags, m.muted, m.lift <> 0, m.lift >= `+pinBase+`
		FROM json_each(?) j CROSS JOIN msg m ON m.id = j.value LEFT JOIN folder f ON f.id = m.folder WHERE m.folder <> 0 ORDER BY m.id`, jsonList(ids))
	if err != nil {
		return nil, fmt.Errorf("reading messages: %w", err)
	}
	return collect(rows, func() (h MsgHead, err error) {
		var date int64
		var flags string
		err = rows.Scan(&h.ID, &h.Account, &h.Thread, &h.Folder, &h.Role, &date, &flags, &h.Muted, &h.Lifted, &h.Pinned)
		h.Date, h.Flags = time.Unix(date, 0), splitFlags(flags)
		return h, err
	})
}

// sameMessage joins a msg and all of its rows: that itself, and its copies.
const sameMessage = `copy.ident_hash = msg.ident_hash AND copy.ident = msg.ident AND copy.account = msg.account`

// WithCopies gives messages, and after them those that marks of theirs are of too: their
// copies in other folders.
func (s *Store) WithCopies(ctx context.Context, ids []mail.ID) ([]mail.ID, error) {
	list := jsonList(ids)
	rows, err := s.mail.read.QueryContext(ctx, `SELECT DISTINCT copy.id FROM msg JOIN msg AS copy ON `+sameMessage+`
		WHERE msg.id IN (SELECT value FROM json_each(?1)) AND copy.folder <> 0 AND copy.id NOT IN (SELECT value FROM json_each(?1)) ORDER BY copy.id`, list)
	if err != nil {
		return nil, fmt.Errorf("looking for copies: %w", err)
	}
	copies, err := collect(rows, func() (id mail.ID, err error) { return id, rows.Scan(&id) })
	return slices.Concat(ids, copies), err
}

// CopiesIn gives of messages that lie in a folder of a role too, or only there, the copy there.
func (s *Store) CopiesIn(ctx context.Context, ids []mail.ID, role mail.Role) (map[mail.ID]mail.ID, error) {
	return s.copiesWhere(ctx, ids, `role = ?2`, role)
}

// CopiesAt is CopiesIn for one folder.
func (s *Store) CopiesAt(ctx context.Context, ids []mail.ID, folder mail.FolderID) (map[mail.ID]mail.ID, error) {
	return s.copiesWhere(ctx, ids, `id = ?2`, folder)
}

func (s *Store) copiesWhere(ctx context.Context, ids []mail.ID, folder string, arg any) (map[mail.ID]mail.ID, error) {
	rows, err := s.mail.read.QueryContext(ctx, `SELECT msg.id, copy.id FROM msg JOIN msg AS copy ON `+sameMessage+`
		WHERE EXISTS (SELECT 1 FROM folder WHERE `+folder+`) AND msg.id IN (SELECT value FROM json_each(?1)) AND copy.folder IN (SELECT id FROM folder WHERE `+folder+`)`, jsonList(ids), arg)
	if err != nil {
		return nil, fmt.Errorf("looking for copies: %w", err)
	}
	out := map[mail.ID]mail.ID{}
	_, err = collect(rows, func() (id mail.ID, err error) {
		var copied mail.ID
		err = rows.Scan(&id, &copied)
		out[id] = copied
		return id, err
	})
	return out, err
}

// Threads lists the conversations of a list, in its order.
func (s *Store) Threads(ctx context.Context, q ListQuery) ([]mail.ThreadID, error) {
	if len(q.Folders) == 0 && !q.Starred {
		return nil, nil
	}
	where, args := q.where()
	rows, err := s.mail.read.QueryContext(ctx, `SELECT thread FROM folder_thread ft WHERE `+where+` ORDER BY ft.last_date DESC, ft.thread DESC`, args...)
	if err != nil {
		return nil, fmt.Errorf("reading the list: %w", err)
	}
	return collect(rows, func() (t mail.ThreadID, err error) { return t, rows.Scan(&t) })
}

// UnreadIn lists the unread messages of folders.
func (s *Store) UnreadIn(ctx context.Context, folders []mail.FolderID) ([]mail.ID, error) {
	return s.idsIn(ctx, folders, ` AND seen = 0`)
}

// AllIn lists the messages of folders.
func (s *Store) AllIn(ctx context.Context, folders []mail.FolderID) ([]mail.ID, error) {
	return s.idsIn(ctx, folders, "")
}

func (s *Store) idsIn(ctx context.Context, folders []mail.FolderID, and string) ([]mail.ID, error) {
	if len(folders) == 0 {
		return nil, nil
	}
	rows, err := s.mail.read.QueryContext(ctx, `SELECT id FROM msg WHERE folder IN (`+marks(len(folders))+`)`+and+` ORDER BY id`, anys(folders)...)
	if err != nil {
		return nil, fmt.Errorf("listing messages: %w", err)
	}
	return collect(rows, func() (id mail.ID, err error) { return id, rows.Scan(&id) })
}

// ThreadIDs lists the messages of conversations in every folder.
func (s *Store) ThreadIDs(ctx context.Context, threads []mail.ThreadID) ([]mail.ID, error) {
	return s.idsOfThreads(ctx, threads, `folder <> 0 ORDER BY id`)
}

func (s *Store) idsOfThreads(ctx context.Context, threads []mail.ThreadID, and string, args ...any) ([]mail.ID, error) {
	var out []mail.ID
	for chunk := range slices.Chunk(threads, 500) {
		rows, err := s.mail.read.QueryContext(ctx, `SELECT id FROM msg WHERE thread IN (`+marks(len(chunk))+`) AND `+and, append(anys(chunk), args...)...)
		if err != nil {
			return nil, fmt.Errorf("reading conversations: %w", err)
		}
		ids, err := collect(rows, func() (id mail.ID, err error) { return id, rows.Scan(&id) })
		if err != nil {
			return nil, err
		}
		out = append(out, ids...)
	}
	return out, nil
}

// Keywords counts the flags beyond the usual ones in an account, for a list of
// its labels, also of messages whose words are not in the index yet.
func (s *Store) Keywords(ctx context.Context, account string) (map[string]int, error) {
	rows, err := s.mail.read.QueryContext(ctx, `SELECT flags, count(*) FROM msg INDEXED BY msg_marked
		WHERE flags <> '' AND flags <> '\Seen' AND account = ? AND folder <> 0 GROUP BY flags`, account)
	if err != nil {
		return nil, fmt.Errorf("listing labels: %w", err)
	}
	defer rows.Close()
	out := map[string]int{}
	for rows.Next() {
		var flags string
		var n int
		if err := rows.Scan(&flags, &n); err != nil {
			return nil, err
		}
		for _, f := range splitFlags(flags) {
			out[f] += n
		}
	}
	return out, rows.Err()
}

// flagsInUse lists the flags beyond the usual ones, of all accounts.
func (s *Store) flagsInUse(ctx context.Context) ([]string, error) {
	rows, err := s.mail.read.QueryContext(ctx, `SELECT DISTINCT flags FROM msg INDEXED BY msg_marked WHERE flags <> '' AND flags <> '\Seen'`)
	if err != nil {
		return nil, fmt.Errorf("listing labels: %w", err)
	}
	sets, err := collect(rows, func() (flags string, err error) { return flags, rows.Scan(&flags) })
	seen := map[string]bool{}
	for _, set := range sets {
		for _, f := range splitFlags(set) {
			seen[f] = true
		}
	}
	return slices.Sorted(maps.Keys(seen)), err
}

// FolderNamed gives the account's folder of a name. The error is ErrNotFound
// where there is none.
func (s *Store) FolderNamed(ctx context.Context, account, name string) (FolderState, error) {
	f, err := scanFolder(s.mail.read.QueryRowContext(ctx, `SELECT `+folderColumns+` FROM folder WHERE account = ? AND name = ? AND gone = 0`, account, name))
	if err != nil && !errors.Is(err, ErrNotFound) {
		err = fmt.Errorf("reading a folder: %w", err)
	}
	return f, err
}
