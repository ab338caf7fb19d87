package store

import (
	"database/sql"
	"errors"
	"slices"

	"postea/internal/event"
	"postea/internal/mail"
)

// msgRow is the part of a row that decides about places and flags.
type msgRow struct {
	id                mail.ID
	account           string
	folder, srvFolder mail.FolderID
	srvUID            sql.NullInt64
	flags, srvFlags   string
	thread            mail.ThreadID
	moving            mail.FolderID // where a move without an answer may have put it
	doubt             string        // flags that were sent without an answer
	lift              int64         // see pinBase
	muted             bool
	copyOf            mail.ID // 0: none, or made
	identHash         int64
}

func (m msgRow) dirty() bool {
	return m.folder != m.srvFolder || m.flags != m.srvFlags || m.moving != 0 || m.doubt != ""
}

const msgColumns = `id, account, folder, srv_folder, srv_uid, flags, srv_flags, thread, moving, doubt, lift, muted, copy_of, ident_hash`

func (m *msgRow) fields() []any {
	return []any{&m.id, &m.account, &m.folder, &m.srvFolder, &m.srvUID, &m.flags, &m.srvFlags, &m.thread, &m.moving, &m.doubt, &m.lift, &m.muted, &m.copyOf, &m.identHash}
}

func scanMsg(row interface{ Scan(...any) error }) (m msgRow, err error) {
	err = row.Scan(m.fields()...)
	return m, err
}

// heard takes what the server says about the flags: every bit that the user has
// changed, and those of which it was not known whether the server has them, stay
// the user's.
func (m *msgRow) heard(now string) {
	add, remove := m.wish()
	m.flags, m.srvFlags, m.doubt = applyFlags(now, add, remove), now, ""
}

// wish is what the server must be told to make its flags those of the user.
func (m msgRow) wish() (add, remove []string) {
	add, remove = flagDelta(m.srvFlags, m.flags)
	for _, f := range splitFlags(m.doubt) {
		switch {
		case slices.Contains(add, f), slices.Contains(remove, f):
		case hasFlag(m.flags, f):
			add = append(add, f)
		default:
			remove = append(remove, f)
		}
	}
	return add, remove
}

func (t *txn) findMsg(where string, args ...any) (msgRow, error) {
	m, err := scanMsg(t.QueryRowContext(t.ctx, `SELECT `+msgColumns+` FROM msg WHERE `+where+` LIMIT 1`, args...))
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	return m, err
}

// findMsgs is findMsg for all that fit; none is no error.
func (t *txn) findMsgs(where string, args ...any) ([]msgRow, error) {
	rows, err := t.QueryContext(t.ctx, `SELECT `+msgColumns+` FROM msg WHERE `+where, args...)
	if err != nil {
		return nil, err
	}
	return collect(rows, func() (msgRow, error) { return scanMsg(rows) })
}

// save writes the places and flags of a row and notes what must be told.
func (t *txn) save(before, m msgRow) error {
	for _, f := range []mail.FolderID{before.folder, m.folder} {
		if f != 0 {
			t.emit(event.MessagesChanged{Account: m.account, Folder: f})
		}
	}
	t.emit(event.FoldersChanged{Account: m.account})
	if m.srvFolder != 0 {
		m.copyOf = 0
	}
	if now := hasFlag(m.flags, mail.FlagMuted); now != hasFlag(before.flags, mail.FlagMuted) {
		m.muted = now
	}
	seen, flagged := hasFlag(m.flags, mail.FlagSeen), hasFlag(m.flags, mail.FlagFlagged)
	// SQLite writes every index with a column that is named, changed or not: what
	// is done to many messages at once names few.
	moved, flags := before, before
	moved.folder = m.folder
	flags.flags, flags.srvFlags, flags.doubt = m.flags, m.srvFlags, m.doubt
	if m == flags {
		t.shift(m.folder, m.thread, countOf(!seen)-countOf(!hasFlag(before.flags, mail.FlagSeen)), countOf(flagged)-countOf(hasFlag(before.flags, mail.FlagFlagged)))
		return t.exec(`UPDATE msg SET flags = ?, srv_flags = ?, doubt = ?, dirty = ?, seen = ?, flagged = ? WHERE id = ?`,
			m.flags, m.srvFlags, m.doubt, m.dirty(), seen, flagged, m.id)
	}
	t.touch(before.folder, m.thread)
	t.touch(m.folder, m.thread)
	if m == moved {
		return t.exec(`UPDATE msg SET folder = ?, dirty = ? WHERE id = ?`, m.folder, m.dirty(), m.id)
	}
	return t.exec(`UPDATE msg SET folder = ?, flags = ?, srv_folder = ?, srv_uid = ?, srv_flags = ?, moving = ?, doubt = ?, dirty = ?, seen = ?, flagged = ?,
		lift = ?, muted = ?, copy_of = ? WHERE id = ?`,
		m.folder, m.flags, m.srvFolder, m.srvUID, m.srvFlags, m.moving, m.doubt, m.dirty(), seen, flagged, m.lift, m.muted, m.copyOf, m.id)
}

func countOf(is bool) int {
	if is {
		return 1
	}
	return 0
}

func hasFlag(flags, flag string) bool { return slices.Contains(splitFlags(flags), flag) }
