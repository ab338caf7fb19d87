package store

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"postea/internal/mail"
)

// before makes a mail.db as it was at a schema, with what the statements put there.
func before(t *testing.T, dir string, schema int, statements ...string) {
	t.Helper()
	steps, err := migrations("mail")
	must(t, err)
	db, err := sql.Open("sqlite", filepath.Join(dir, "mail.db"))
	must(t, err)
	defer db.Close()
	db.SetMaxOpenConns(1)
	for _, m := range steps[:schema] {
		statements, err := schemas.ReadFile(m.file)
		must(t, err)
		_, err = db.ExecContext(t.Context(), string(statements))
		must(t, err)
	}
	for _, q := range append(statements, fmt.Sprintf("PRAGMA user_version = %d", schema)) {
		_, err := db.ExecContext(t.Context(), q)
		must(t, err)
	}
}

// TestStoreFromBeforeTheHashes: what an earlier schema knew by Message-IDs and
// addresses is known by them still.
func TestStoreFromBeforeTheHashes(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	const n = 2500
	before(t, dir, 9,
		`INSERT INTO folder (account, name, wire, role) VALUES ('a', 'INBOX', 'INBOX', 'inbox')`,
		fmt.Sprintf(`WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < %d)
			INSERT INTO msg (account, folder, srv_folder, srv_uid, ident, message_id, thread, date, sender, subject, doc)
			SELECT 'a', 1, 1, i, i || '@old', i || '@old', i, 1700000000 + i, json_array(json_object('address', 'P' || i || '@Example.org')), 'old ' || i, (1700000000 + i) * 4 FROM c`, n),
		`INSERT INTO thread (id, account) SELECT thread, account FROM msg`,
		`INSERT INTO mid (account, mid, thread) SELECT account, ident, thread FROM msg`,
		`INSERT INTO mid (account, mid, thread) VALUES ('b', '7@old', 1)`,
		`INSERT INTO msg (account, folder, flags, srv_folder, srv_uid, srv_flags, ident, thread, date) VALUES ('a', 0, '\Deleted', 1, 9999, '\Deleted', '', 0, 0)`)

	s, err := Open(ctx, dir, Options{})
	must(t, err)
	defer s.Close()
	for _, i := range []int{1, 1000, 1001, n} {
		id, err := s.ByMessageID(ctx, "a", fmt.Sprintf("%d@old", i))
		if err != nil || id != mail.ID(i) {
			t.Errorf("message %d: id %d, %v", i, id, err)
		}
	}
	if known, err := s.KnownSender(ctx, "p7@example.org", 9); err != nil || !known {
		t.Errorf("the sender of an old message: %v, %v", known, err)
	}
	if known, err := s.KnownSender(ctx, "p7@example.net", 9); err != nil || known {
		t.Errorf("a stranger: %v, %v", known, err)
	}
	inbox, err := s.FolderByRole(ctx, "a", mail.RoleInbox)
	must(t, err)
	ids, err := s.AddHeaders(ctx, inbox.ID, []Header{
		{UID: 10_000, MessageID: "new@x", References: []string{"7@old"}, Date: time.Unix(1_800_000_000, 0), Subject: "Re: old 7"},
		{UID: 10_001, MessageID: "8@old", Date: time.Unix(1_800_000_001, 0), Subject: "the eighth again"},
	})
	must(t, err)
	var threads []int
	for _, id := range ids {
		var thread int
		must(t, s.mail.read.QueryRowContext(ctx, `SELECT thread FROM msg WHERE id = ?`, id).Scan(&thread))
		threads = append(threads, thread)
	}
	if !slices.Equal(threads, []int{7, 8}) {
		t.Errorf("threads %v, not those of the old messages", threads)
	}
}
