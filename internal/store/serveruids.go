package store

import (
	"context"
	"fmt"

	"postea/internal/mail"
)

// ServerUIDs lists the UIDs that the server is known to have in the folder,
// with the flags it is known to have for each.
func (s *Store) ServerUIDs(ctx context.Context, folder mail.FolderID) (map[mail.UID][]string, error) {
	rows, err := s.mail.read.QueryContext(ctx, `SELECT srv_uid, srv_flags FROM msg WHERE srv_folder = ? AND srv_uid IS NOT NULL`, folder)
	if err != nil {
		return nil, fmt.Errorf("listing UIDs: %w", err)
	}
	defer rows.Close()
	out := map[mail.UID][]string{}
	for rows.Next() {
		var uid mail.UID
		var flags string
		if err := rows.Scan(&uid, &flags); err != nil {
			return nil, err
		}
		out[uid] = splitFlags(flags)
	}
	return out, rows.Err()
}

// ServerCount is how many messages with a UID below the given one the server is
// known to have in the folder; 0 counts all.
func (s *Store) ServerCount(ctx context.Context, folder mail.FolderID, below mail.UID) (int, error) {
	var n int
	err := s.mail.read.QueryRowContext(ctx, `SELECT count(*) FROM msg WHERE srv_folder = ? AND srv_uid IS NOT NULL AND srv_uid < ?`,
		folder, upTo(below)).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("counting messages: %w", err)
	}
	return n, nil
}

// ServerUnseen is how many messages the server is known to have in the folder that are
// not read.
func (s *Store) ServerUnseen(ctx context.Context, folder mail.FolderID) (int, error) {
	var n int
	err := s.mail.read.QueryRowContext(ctx, `SELECT count(*) FROM msg WHERE srv_folder = ? AND srv_uid IS NOT NULL
		AND instr(' ' || lower(srv_flags) || ' ', ' \seen ') = 0`, folder).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("counting unread messages: %w", err)
	}
	return n, nil
}

// ServerCountFrom is ServerCount of the messages with that UID or a higher one.
func (s *Store) ServerCountFrom(ctx context.Context, folder mail.FolderID, from mail.UID) (int, error) {
	var n int
	err := s.mail.read.QueryRowContext(ctx, `SELECT count(*) FROM msg WHERE srv_folder = ? AND srv_uid >= ?`, folder, int64(from)).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("counting messages: %w", err)
	}
	return n, nil
}

// upTo makes 0 the end of all UIDs.
func upTo(below mail.UID) int64 {
	if below == 0 {
		return 1 << 32
	}
	return int64(below)
}

// ServerUIDsBetween lists the UIDs from first to last that the server is known
// to have in the folder.
func (s *Store) ServerUIDsBetween(ctx context.Context, folder mail.FolderID, first, last mail.UID) ([]mail.UID, error) {
	rows, err := s.mail.read.QueryContext(ctx, `SELECT srv_uid FROM msg
		WHERE srv_folder = ? AND srv_uid IS NOT NULL AND srv_uid BETWEEN ? AND ? ORDER BY srv_uid`, folder, first, last)
	if err != nil {
		return nil, fmt.Errorf("listing UIDs: %w", err)
	}
	return collect(rows, func() (uid mail.UID, err error) { return uid, rows.Scan(&uid) })
}

// Unplaced tells whether there are messages of which only the whole list of the
// folder can tell whether, and where, they are in it.
func (s *Store) Unplaced(ctx context.Context, folder mail.FolderID) (bool, error) {
	var yes bool
	err := s.mail.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM msg WHERE srv_folder = ?1 AND srv_uid IS NULL)
		OR EXISTS (SELECT 1 FROM msg WHERE folder = ?1 AND srv_folder = 0 AND srv_uid IS NULL AND copy_of = 0)
		OR EXISTS (SELECT 1 FROM msg WHERE moving = ?1 AND moving <> 0)`, folder).Scan(&yes)
	if err != nil {
		return false, fmt.Errorf("looking for messages without a place: %w", err)
	}
	return yes, nil
}

// Unnumbered gives what messages are recognised by that the server had in a folder, and
// whose UIDs are not known since it was renumbered.
func (s *Store) Unnumbered(ctx context.Context, folder mail.FolderID) (map[string]bool, error) {
	rows, err := s.mail.read.QueryContext(ctx, `SELECT ident FROM msg WHERE srv_folder = ? AND srv_uid IS NULL AND ident <> ''`, folder)
	if err != nil {
		return nil, fmt.Errorf("listing messages without a UID: %w", err)
	}
	out := map[string]bool{}
	_, err = collect(rows, func() (struct{}, error) {
		var ident string
		err := rows.Scan(&ident)
		out[ident] = true
		return struct{}{}, err
	})
	return out, err
}
