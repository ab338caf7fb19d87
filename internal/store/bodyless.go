package store

import (
	"context"
	"fmt"

	"postea/internal/mail"
)

// BodylessFolders lists the folders with messages whose texts are not here.
func (s *Store) BodylessFolders(ctx context.Context) ([]FolderState, error) {
	rows, err := s.mail.read.QueryContext(ctx, `SELECT `+folderColumns+` FROM folder WHERE gone = 0 AND remote = 1 AND selectable = 1
		AND EXISTS (SELECT 1 FROM msg WHERE srv_folder = folder.id AND srv_uid IS NOT NULL AND msg.folder <> 0 AND NOT EXISTS (SELECT 1 FROM body INDEXED BY body_msg WHERE msg = msg.id)
		AND NOT EXISTS (SELECT 1 FROM partial WHERE msg = msg.id))
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
		AND folder <> 0 AND NOT EXISTS (SELECT 1 FROM body INDEXED BY body_msg WHERE msg = msg.id)
		AND NOT EXISTS (SELECT 1 FROM partial WHERE msg = msg.id) ORDER BY id`, folder, jsonList(uids))
	if err != nil {
		return nil, fmt.Errorf("looking for messages without bodies: %w", err)
	}
	return collect(rows, func() (id mail.ID, err error) { return id, rows.Scan(&id) })
}

// Bodyless lists messages of a folder without a body, newest first, whose size
// is at most maxSize.
func (s *Store) Bodyless(ctx context.Context, folder mail.FolderID, maxSize int64, limit int) ([]Place, error) {
	return s.without(ctx, "", folder, maxSize, limit)
}

// Textless is Bodyless for those of which nothing is here.
func (s *Store) Textless(ctx context.Context, folder mail.FolderID, maxSize int64, limit int) ([]Place, error) {
	return s.without(ctx, ` AND NOT EXISTS (SELECT 1 FROM partial WHERE msg = msg.id)`, folder, maxSize, limit)
}

func (s *Store) without(ctx context.Context, and string, folder mail.FolderID, maxSize int64, limit int) ([]Place, error) {
	// Only messages without bodies are looked at; the others are passed over in two indexes.
	rows, err := s.mail.read.QueryContext(ctx, `SELECT id, srv_folder, srv_uid, size FROM (SELECT id AS bare, date AS at FROM msg INDEXED BY msg_folder_date
			WHERE folder = ?1 AND NOT EXISTS (SELECT 1 FROM body INDEXED BY body_msg WHERE msg = msg.id)`+and+`)
		CROSS JOIN msg ON id = bare WHERE srv_folder = ?1 AND srv_uid IS NOT NULL AND size <= ?2 ORDER BY at DESC, bare DESC LIMIT ?3`, folder, maxSize, limit)
	if err != nil {
		return nil, fmt.Errorf("listing messages without bodies: %w", err)
	}
	return collect(rows, func() (p Place, err error) { return p, rows.Scan(&p.ID, &p.Folder, &p.UID, &p.Size) })
}
