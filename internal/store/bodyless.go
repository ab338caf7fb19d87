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
