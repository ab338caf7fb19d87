package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"postea/internal/event"
	"postea/internal/mail"
)

// txn is a write transaction with the events to publish once it has committed.
type txn struct {
	*sql.Tx
	ctx     context.Context
	s       *Store
	events  []event.Event
	threads map[threadKey]bool // conversations whose list rows must be counted anew; true: messages may have left
	shifts  map[threadKey]threadShift
	brief   bool                 // no statement takes long: see prepare
	wake    bool                 // tell other processes although no view changes
	stmts   map[string]*sql.Stmt // parsed once, for what is done many times
	words   []wordsRow           // to be written to the index
	book    *book                // while messages are added
	later   []gathered           // whose words are gathered once it is committed
	docs    map[int64]int64      // by second: the next number of a message in the index, while messages are added
}

type threadKey struct {
	folder mail.FolderID
	thread mail.ThreadID
}

// threadShift is by how much the row of a conversation changes.
type threadShift struct{ unread, flagged int }

func (t *txn) emit(e ...event.Event) { t.events = append(t.events, e...) }

// ExecContext, QueryContext and QueryRowContext are those of Tx with the statement kept for
// the next time. The end of the transaction closes it.
func (t *txn) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	stmt, ctx, err := t.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	return stmt.ExecContext(ctx, args...)
}

// QueryContext is Tx.QueryContext with the statement kept.
func (t *txn) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	stmt, ctx, err := t.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(ctx, args...)
}

// QueryRowContext is Tx.QueryRowContext with the statement kept.
func (t *txn) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	stmt, ctx, err := t.prepare(ctx, query)
	if err != nil {
		return t.Tx.QueryRowContext(ctx, query, args...) // which says the same
	}
	return stmt.QueryRowContext(ctx, args...)
}

// prepare gives the statement, and the context to run it with. One that has been run
// before is one of many, and short: it is not begun once ctx has ended, but not watched
// either, which would cost a goroutine each time, and a wait for it on busy cores. Where
// the transaction is brief, none is.
func (t *txn) prepare(ctx context.Context, query string) (*sql.Stmt, context.Context, error) {
	if stmt := t.stmts[query]; stmt != nil {
		return stmt, context.WithoutCancel(ctx), ctx.Err()
	}
	if t.brief {
		if err := ctx.Err(); err != nil {
			return nil, ctx, err
		}
		ctx = context.WithoutCancel(ctx)
	}
	stmt, err := t.PrepareContext(ctx, query)
	if err != nil {
		return nil, ctx, err
	}
	if t.stmts == nil {
		t.stmts = map[string]*sql.Stmt{}
	}
	t.stmts[query] = stmt
	return stmt, ctx, nil
}

func (t *txn) exec(query string, args ...any) error {
	_, err := t.ExecContext(t.ctx, query, args...)
	return err
}

// changed is exec that tells how many rows it touched.
func (t *txn) changed(query string, args ...any) (int64, error) {
	res, err := t.ExecContext(t.ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (t *txn) insert(query string, args ...any) (int64, error) {
	res, err := t.ExecContext(t.ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

// writeMail runs f in one transaction of mail.db, writeOwn of own.db.
func (s *Store) writeMail(ctx context.Context, what string, f func(*txn) error) error {
	return s.write(ctx, s.mail, what, f)
}

func (s *Store) writeOwn(ctx context.Context, what string, f func(*txn) error) error {
	return s.write(ctx, s.own, what, f)
}

// pieceTime is for how long a piece of much work gathers what it writes; it takes
// about three times as long in all.
const pieceTime = 60 * time.Millisecond

// writePieces runs f for n things, in pieces that let others take their turn: a
// transaction of mail.db ends after pieceTime, or when somebody else waits.
func (s *Store) writePieces(ctx context.Context, what string, n int, f func(t *txn, i int) error) error {
	for done := 0; done < n; {
		began := time.Now()
		tx, err := s.mail.write.BeginTx(ctx, nil)
		if err != nil {
			return fmt.Errorf("%s: %w", what, s.explain(err))
		}
		err = s.finish(ctx, tx, s.mail, what, func(t *txn) error {
			for first := done; done < n; {
				if err := f(t, done); err != nil {
					return err
				}
				if done++; done-first >= leastInPiece && (s.mail.waiting.Load() > 0 || time.Since(began) > pieceTime) {
					return nil
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// leastInPiece keeps much work from coming to a halt beside a busy writer.
const leastInPiece = 20

func (s *Store) write(ctx context.Context, db *database, what string, f func(*txn) error) error {
	db.waiting.Add(1)
	tx, err := db.write.BeginTx(ctx, nil)
	db.waiting.Add(-1)
	if err != nil {
		return fmt.Errorf("%s: %w", what, s.explain(err))
	}
	return s.finish(ctx, tx, db, what, f)
}

// finish runs f in a transaction, commits it, and tells of it.
func (s *Store) finish(ctx context.Context, tx *sql.Tx, db *database, what string, f func(*txn) error) (err error) {
	t := &txn{Tx: tx, ctx: ctx, s: s}
	defer func() { db.end(tx, err) }()
	if err := f(t); err != nil {
		return fmt.Errorf("%s: %w", what, s.explain(err))
	}
	if err := errors.Join(t.recount(), t.writeWords()); err != nil {
		return fmt.Errorf("%s: %w", what, s.explain(err))
	}
	point := strings.TrimSuffix(filepath.Base(db.path), ".db") + "." + strings.ReplaceAll(what, " ", "-")
	s.step(point + ".commit")
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("%s: %w", what, s.explain(err))
	}
	s.step(point + ".committed")
	if len(t.events) > 0 && s.bus != nil {
		s.bus.Publish(t.events...)
	}
	if (len(t.events) > 0 || t.wake) && s.committed != nil {
		s.committed()
	}
	return s.gather.add(t.later)
}

// end takes back what was not committed. What SQLite may not open for writing it opens for
// reading, and so it stays: where nothing can be written, the next connection is a new one.
func (d *database) end(tx *sql.Tx, err error) {
	_ = tx.Rollback()
	if e, ok := errors.AsType[*sqlite.Error](err); ok && e.Code()&0xff == sqlite3.SQLITE_READONLY {
		d.write.SetMaxIdleConns(0)
		d.write.SetMaxIdleConns(1)
	}
}

// FullError says that the disk has no room, or may not be written.
type FullError struct {
	Text string
	Err  error
}

func (e *FullError) Error() string { return e.Text }
func (e *FullError) Unwrap() error { return e.Err }

// BusyError says that another process has been writing for longer than is waited for.
type BusyError struct{ Err error }

func (e *BusyError) Error() string {
	return "another program is at the mailbox and does not come to an end; try again"
}
func (e *BusyError) Unwrap() error { return e.Err }

func (s *Store) explain(err error) error { return s.damage(explain(err)) }

func explain(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	switch code := e.Code(); {
	case code&0xff == sqlite3.SQLITE_BUSY:
		return &BusyError{err}
	case code&0xff == sqlite3.SQLITE_FULL, code == sqlite3.SQLITE_IOERR_SHMSIZE: // no room for the index of the log
		return &FullError{"the disk is full", err}
	case slices.Contains([]int{sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}, code&0xff):
		return &FullError{fmt.Sprintf("the data directory cannot be written: %v", err), err}
	}
	return err
}
