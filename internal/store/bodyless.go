package store

import (
	"context"
	"fmt"

	"postea/internal/mail"
)

// noBody tells of a msg that its bytes are not here.
const noBody = `NOT EXISTS (SELECT 1 FROM body INDEXED BY body_msg WHERE msg = msg.id)`

// copyOfMsg joins a msg and a copy with the same bytes: the same message in another folder,
// as there are many where labels are folders.
const copyOfMsg = sameMessage + ` AND copy.size = msg.size AND copy.internal = msg.internal AND copy.folder NOT IN (msg.folder, 0)`

// copyHere tells of a msg that the bytes of a copy of it are here.
const copyHere = `EXISTS (SELECT 1 FROM msg AS copy JOIN body INDEXED BY body_msg ON body.msg = copy.id WHERE ` + copyOfMsg + `)`

// BodylessFolders lists the folders with messages whose texts are not here. A folder of
// all mail has none where their copies are.
func (s *Store) BodylessFolders(ctx context.Context) ([]FolderState, error) {
	rows, err := s.mail.read.QueryContext(ctx, `SELECT `+folderColumns+` FROM folder WHERE gone = 0 AND remote = 1 AND selectable = 1
		AND EXISTS (SELECT 1 FROM msg WHERE srv_folder = folder.id AND srv_uid IS NOT NULL AND msg.folder <> 0 AND `+noBody+`
		AND NOT EXISTS (SELECT 1 FROM partial WHERE msg = msg.id) AND (folder.role <> 'all' OR msg.id > folder.bodied AND NOT `+copyHere+`))
		ORDER BY account, role <> 'inbox', name`)
	if err != nil {
		return nil, fmt.Errorf("looking for messages without bodies: %w", err)
	}
	return collect(rows, func() (FolderState, error) { return scanFolder(rows) })
}

// BodylessAt gives the messages without texts among those that the server has
// under UIDs of a folder.
func (s *Store) BodylessAt(ctx context.Context, folder mail.FolderID, uids []mail.UID) ([]mail.ID, error) {
	rows, err := s.mail.read.QueryContext(ctx, `SELECT id FROM msg WHERE srv_folder = ? AND srv_uid IN (SELECT value FROM json_each(?)) AND srv_uid IS NOT NULL
		AND folder <> 0 AND `+noBody+`
		AND NOT EXISTS (SELECT 1 FROM partial WHERE msg = msg.id) ORDER BY id`, folder, jsonList(uids))
	if err != nil {
		return nil, fmt.Errorf("looking for messages without bodies: %w", err)
	}
	return collect(rows, func() (id mail.ID, err error) { return id, rows.Scan(&id) })
}

// MaxFetched is up to which size messages are fetched, in bytes: Bodyless lists no larger ones.
const MaxFetched = 256 << 20

// Bodyless lists messages of a folder without a body, newest first; of a folder of all
// mail those of which there is no copy with one.
func (s *Store) Bodyless(ctx context.Context, folder mail.FolderID, limit int) ([]Place, error) {
	const what = "listing messages without bodies"
	var bodied int64
	var all bool
	if err := s.mail.read.QueryRowContext(ctx, `SELECT coalesce(max(bodied), 0), coalesce(max(role = 'all'), 0) FROM folder WHERE id = ?`, folder).Scan(&bodied, &all); err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	from, bare := `INDEXED BY msg_folder_doc WHERE folder = ?1`, noBody
	if bodied > 0 {
		from = `NOT INDEXED WHERE id > ?4 AND folder = ?1`
	}
	if all {
		bare += ` AND NOT ` + copyHere
	}
	list, err := s.without(ctx, from, bare, folder, MaxFetched, limit, bodied)
	if err != nil || len(list) == limit {
		return list, err
	}
	var last int64
	if err := s.mail.read.QueryRowContext(ctx, `SELECT coalesce(max(id), 0) FROM msg`).Scan(&last); err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	upTo := last
	for _, p := range list {
		upTo = min(upTo, int64(p.ID)-1)
	}
	if upTo == bodied || len(list) > 0 && upTo < bodied+worthSkipping {
		return list, nil
	}
	// Nothing may have come in between.
	return list, s.writeMail(ctx, what, func(t *txn) error {
		return t.exec(`UPDATE folder SET bodied = ?1 WHERE id = ?2 AND bodied = ?3 AND NOT EXISTS (SELECT 1 FROM msg NOT INDEXED
			WHERE id > ?3 AND id <= ?1 AND folder = ?2 AND srv_folder = ?2 AND srv_uid IS NOT NULL AND size <= ?4
			AND `+bare+`)`, upTo, folder, bodied, MaxFetched)
	})
}

// worthSkipping is how many messages must have their bodies before it is noted that they
// need not be looked at again, where others have none.
const worthSkipping = 1000

// Textless is Bodyless for messages up to a size of which nothing is here.
func (s *Store) Textless(ctx context.Context, folder mail.FolderID, maxSize int64, limit int) ([]Place, error) {
	return s.without(ctx, `INDEXED BY msg_folder_doc WHERE folder = ?1 AND NOT EXISTS (SELECT 1 FROM partial WHERE msg = msg.id)`, noBody, folder, maxSize, limit)
}

func (s *Store) without(ctx context.Context, from, bare string, folder mail.FolderID, maxSize int64, limit int, more ...any) ([]Place, error) {
	// Only messages without bodies are looked at; the others are passed over in two indexes.
	rows, err := s.mail.read.QueryContext(ctx, `SELECT id, srv_folder, srv_uid, size FROM (SELECT id AS bare, doc AS at FROM msg `+from+`
			AND `+bare+`)
		CROSS JOIN msg ON id = bare WHERE srv_folder = ?1 AND srv_uid IS NOT NULL AND size <= ?2 ORDER BY at DESC, bare DESC LIMIT ?3`,
		append([]any{folder, maxSize, limit}, more...)...)
	if err != nil {
		return nil, fmt.Errorf("listing messages without bodies: %w", err)
	}
	return collect(rows, func() (p Place, err error) { return p, rows.Scan(&p.ID, &p.Folder, &p.UID, &p.Size) })
}
