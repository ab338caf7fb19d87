package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// FromDamage is what is said of a message that waited in an outbox of which some could not
// be read.
const FromDamage = "the file of the outbox was damaged, and it may have been sent"

// mended is what the name of a file ends with while what can be read of it is copied.
const mended = ".mended"

// salvage copies what can be read of a damaged own.db into a new one, and tells in words
// what is there now.
func (s *Store) salvage(ctx context.Context, from, to string) (left string, err error) {
	for _, suffix := range []string{"", "-wal", "-shm"} { // of one that was not finished
		if err := os.Remove(to + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", fmt.Errorf("reading what is left of %s: %w", from, err)
		}
	}
	fresh, err := openDatabase(ctx, to, "own", "FULL", false)
	if err != nil {
		return "", explain(err)
	}
	defer func() { err = errors.Join(err, fresh.close()) }()
	// With writable_schema a file that was cut is read as far as it goes.
	old, err := sql.Open("sqlite", fileName(from)+"?mode=ro&_pragma=writable_schema(1)")
	if err != nil {
		return "", err
	}
	defer old.Close()
	tx, err := fresh.write.BeginTx(ctx, nil)
	if err != nil {
		return "", explain(err)
	}
	defer tx.Rollback()
	n, lost, err := copyTables(ctx, tx, old)
	if err == nil && slices.ContainsFunc([]string{"outgoing", "recipient", "attempt"}, func(t string) bool { return slices.Contains(lost, t) }) {
		err = s.doubtAll(ctx, tx, FromDamage)
	}
	if err == nil {
		err = tx.Commit()
	}
	if err != nil {
		return "", fmt.Errorf("reading what is left of %s: %w", from, explain(err))
	}
	switch {
	case n == 0:
		return "drafts and outbox begin empty", nil
	case len(lost) > 0:
		return "what could be read of it is here, and some is missing", nil
	}
	return "all that was in it is here", nil
}

// copyTables copies the rows of all tables, and tells how many there are and of which tables
// some are missing.
func copyTables(ctx context.Context, tx *sql.Tx, old *sql.DB) (n int, lost []string, err error) {
	// The numbers that are taken come last: rows that are copied count themselves.
	rows, err := tx.QueryContext(ctx, `SELECT name, iif(wr, (SELECT group_concat(name) FROM (SELECT name FROM pragma_table_info(l.name) WHERE pk > 0 ORDER BY pk)), 'rowid')
		FROM pragma_table_list l WHERE schema = 'main' AND type = 'table' AND name <> 'sqlite_schema' ORDER BY name = 'sqlite_sequence'`)
	if err != nil {
		return 0, nil, err
	}
	type table struct{ name, key string }
	tables, err := collect(rows, func() (t table, err error) { return t, rows.Scan(&t.name, &t.key) })
	if err != nil {
		return 0, nil, err
	}
	for _, t := range tables {
		some, all, err := copyTable(ctx, tx, old, t.name, strings.Split(t.key, ","))
		if err != nil {
			return 0, nil, err
		}
		if n += some; !all {
			lost = append(lost, t.name)
		}
	}
	// Of these not enough is left to send them, or to show whom they were for.
	_, err = tx.ExecContext(ctx, `DELETE FROM outgoing WHERE finished = 0 AND id NOT IN (SELECT outgoing FROM content) OR id NOT IN (SELECT outgoing FROM recipient)`)
	return n, lost, err
}

// copyTable copies the rows of a table in the order of its key, and from its end where
// something cannot be read: what lies between two such places is lost.
func copyTable(ctx context.Context, tx *sql.Tx, old *sql.DB, name string, key []string) (n int, whole bool, err error) {
	if _, err := tx.ExecContext(ctx, `DELETE FROM `+name); err != nil {
		return 0, false, err
	}
	columns, err := columnsOf(ctx, tx, name)
	if err != nil {
		return 0, false, err
	}
	had, err := columnsOf(ctx, old, name)
	if err != nil || len(had) == 0 {
		return 0, err == nil, nil // one from before there was such a table has all it can have
	}
	columns = slices.DeleteFunc(columns, func(c string) bool { return !slices.Contains(had, c) })
	list := strings.Join(columns, ", ")
	insert, err := tx.PrepareContext(ctx, `INSERT INTO `+name+` (`+list+`) VALUES (?`+strings.Repeat(", ?", len(columns)-1)+`) ON CONFLICT DO NOTHING`)
	if err != nil {
		return 0, false, err
	}
	defer insert.Close()
	whole = true
	for _, order := range []string{" ASC", " DESC"} {
		some, all, err := copyRows(ctx, insert, old, `SELECT `+list+` FROM `+name+` NOT INDEXED ORDER BY `+strings.Join(key, order+", ")+order, len(columns))
		n, whole = n+some, whole && all
		if err != nil || whole {
			return n, whole, err
		}
	}
	return n, false, nil
}

func columnsOf(ctx context.Context, db queryer, table string) ([]string, error) {
	rows, err := db.QueryContext(ctx, `SELECT name FROM pragma_table_info(?)`, table)
	if err != nil {
		return nil, err
	}
	return collect(rows, func() (c string, err error) { return c, rows.Scan(&c) })
}

// copyRows copies what a query gives until that fails. The error is one of writing.
func copyRows(ctx context.Context, insert *sql.Stmt, old *sql.DB, query string, columns int) (n int, whole bool, err error) {
	rows, err := old.QueryContext(ctx, query)
	if err != nil {
		return 0, false, nil
	}
	defer rows.Close()
	values, into := make([]any, columns), make([]any, columns)
	for i := range values {
		into[i] = &values[i]
	}
	whole = true
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return n, false, nil
		}
		for i, v := range values {
			if b, ok := v.([]byte); ok {
				values[i] = notNil(b) // an empty one is not NULL
			}
		}
		res, err := insert.ExecContext(ctx, values...)
		var e *sqlite.Error
		if errors.As(err, &e) && e.Code()&0xff == sqlite3.SQLITE_CONSTRAINT { // it is no row any more
			whole = false
			continue
		}
		if err != nil {
			return n, false, err
		}
		if some, err := res.RowsAffected(); err == nil {
			n += int(some)
		}
	}
	return n, whole && rows.Err() == nil, nil
}
