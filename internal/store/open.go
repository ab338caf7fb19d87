package store

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/klauspost/compress/zstd"
	"modernc.org/sqlite"

	"postea/internal/event"
)

// Options of Open. The zero value is fine.
type Options struct {
	Bus       *event.Bus       // where changes are published; nil: nowhere
	Now       func() time.Time // nil: time.Now
	Committed func()           // called after each commit that others may want to see; nil: nothing
	// Brief is for a process that looks once and ends: it reads mail.db where the system
	// has it, without a copy. A disk that fails ends such a process at once.
	Brief bool
	// MailOnly leaves own.db alone, for a process that only looks into the mirror. What
	// asks for own.db fails.
	MailOnly bool
	// Step is told before and after each transaction is committed, as
	// "own.beginning-to-send.commit" and "….committed"; tests end the process
	// there. nil: nobody.
	Step func(point string)
}

// Store is an open data directory.
type Store struct {
	dir       string
	mail, own *database
	bus       *event.Bus
	now       func() time.Time
	committed func()
	step      func(point string)
	enc       *zstd.Encoder
	dec       *zstd.Decoder
	content   *sql.Stmt // of an outgoing message, read for each of a long queue
	turns     *turns
	lists     lists
	gather    *gatherer // of words that go into the index by the many
	many      many
	builders  sync.Pool  // of *segment.Builder, whose memory is used again and again
	packs     buffers    // for packed bodies
	marking   sync.Mutex // held while marks change in both files, so that none is seen halfway
	notices   []string
	broken    atomic.Bool // that something cannot be read was told
	window    int64       // tells what this Store has written from what others have
	mirror    int32       // which mail.db it is that gives messages their numbers; 0: one from before these were told apart
}

// NewerError says that a file was written by a newer postea.
type NewerError struct {
	Path        string
	Have, Known int
}

func (e *NewerError) Error() string {
	return fmt.Sprintf("%s was written by a newer postea (schema %d, this one knows %d): update postea; nothing was changed", e.Path, e.Have, e.Known)
}

// ErrNotFound is returned where an id names nothing.
var ErrNotFound = errors.New("not found")

// Open opens the data directory, making it (0700) and its files where they are
// missing, and brings their schemas up to date. A damaged file is renamed, told
// by Notices, and begun anew, own.db with what can be read of it. The error is a
// *NewerError where a newer postea has been here.
func Open(ctx context.Context, dir string, o Options) (*Store, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the data directory: %w", err)
	}
	if o.Step == nil {
		o.Step = func(string) {}
	}
	s := &Store{many: many{listBytes: 1 << 20, segmentBytes: 1 << 20, segmentRows: 2000, reindex: 5000, commitBytes: 512 << 10}, dir: dir, bus: o.Bus, now: o.Now, committed: o.Committed, step: o.Step, turns: newTurns(dir), window: rand.Int64()}
	var err error
	if s.enc, err = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<20)); err != nil {
		return nil, err
	}
	// It is left to the garbage collector: to close it ends a program that reads by it just then.
	if s.dec, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(2), zstd.WithDecoderMaxMemory(maxBody)); err != nil {
		return nil, err
	}
	if err := s.openFiles(ctx, o); err != nil {
		return nil, err
	}
	s.gather = newGatherer(s.writeGathered)
	return s, nil
}

// openFiles opens both files, and puts them in order where they are damaged.
func (s *Store) openFiles(ctx context.Context, o Options) error {
	if err := s.mendMarked(ctx); err != nil {
		return err
	}
	err := s.openBoth(ctx, o)
	if !damaged(err) {
		return explain(err)
	}
	if err := s.mend(ctx, err); err != nil {
		return err
	}
	return explain(s.openBoth(ctx, o))
}

// openBoth opens both files, each beside the other: half of the start of a command is
// spent here.
func (s *Store) openBoth(ctx context.Context, o Options) error {
	var ownErr error
	var beside sync.WaitGroup
	if o.MailOnly {
		s.own = unopened("own.db")
	} else {
		beside.Go(func() { ownErr = s.openOwn(ctx, o.Brief) })
	}
	var err error
	s.mail, err = openDatabase(ctx, filepath.Join(s.dir, "mail.db"), "mail", "NORMAL", o.Brief)
	beside.Wait()
	if err = cmp.Or(ownErr, err); err == nil {
		if o.MailOnly {
			return nil
		}
		if err = s.mail.read.QueryRowContext(ctx, "PRAGMA application_id").Scan(&s.mirror); err == nil {
			return nil
		}
	}
	for _, d := range []*database{s.own, s.mail} {
		if d != nil {
			d.close()
		}
	}
	return err
}

func (s *Store) openOwn(ctx context.Context, mapped bool) (err error) {
	if s.own, err = openDatabase(ctx, filepath.Join(s.dir, "own.db"), "own", "FULL", mapped); err != nil {
		return err
	}
	s.content, err = s.own.read.PrepareContext(ctx, `SELECT c.wire, c.bcc, o.eight_bit, o.utf8
		FROM content c JOIN outgoing o ON o.id = c.outgoing WHERE c.outgoing = ?`)
	if err != nil {
		err = fmt.Errorf("opening the store: %w", err)
	}
	return err
}

// maxBody bounds what one stored message may unpack to.
const maxBody = 1 << 30

// Notices tells what the user must know about the files, such as a damaged one
// that was put aside.
func (s *Store) Notices() []string { return s.notices }

// Dir is the data directory.
func (s *Store) Dir() string { return s.dir }

// Close closes both files. What is still being read by then, as a message that nobody
// waits for any more, ends with an error or is given.
func (s *Store) Close() error {
	s.gather.close()
	s.turns.close()
	return errors.Join(s.mail.close(), s.own.close(), s.enc.Close())
}

// database is one SQLite file: one connection that writes, some that read.
type database struct {
	path        string
	write, read *sql.DB
	waiting     atomic.Int32 // who wants to write and has no long work to do
}

func openDatabase(ctx context.Context, path, name, sync string, mapped bool) (*database, error) {
	fresh, err := touchPrivate(path)
	if err != nil {
		return nil, fmt.Errorf("opening the store: %w", err)
	}
	if err := ownLog(path); err != nil {
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	open := func(n int, pragmas ...string) (*sql.DB, error) {
		q := url.Values{"_txlock": {"immediate"}, "_pragma": append([]string{"busy_timeout(10000)"}, pragmas...)}
		db, err := sql.Open("sqlite", fileName(path)+"?"+q.Encode())
		if err != nil {
			return nil, fmt.Errorf("opening %s: %w", path, err)
		}
		db.SetMaxOpenConns(n)
		db.SetMaxIdleConns(n)
		return db, nil
	}
	if fresh && name == "mail" {
		if err := begin(ctx, path, open); err != nil {
			return nil, err
		}
	}
	// A connection that is never needed is never made: each reads the schema.
	w, err := open(1, "journal_mode(WAL)", "synchronous("+sync+")", "wal_autocheckpoint(4000)", "cache_size(-8000)", "temp_store(MEMORY)")
	if err != nil {
		return nil, err
	}
	reading := []string{"query_only(1)"}
	if mapped {
		reading = append(reading, fmt.Sprintf("mmap_size(%d)", mostMapped))
	}
	r, err := open(4, reading...)
	if err != nil {
		w.Close()
		return nil, err
	}
	db := &database{path: path, write: w, read: r}
	if err := migrate(ctx, db, path, name); err != nil {
		db.close()
		return nil, err
	}
	return db, nil
}

const mostMapped = 0x7fff0000 // bytes; SQLite maps no more

// fileName is a path as SQLite takes it, whatever characters are in it.
func fileName(path string) string {
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath()}).String()
}

func (d *database) close() error { return errors.Join(d.read.Close(), d.write.Close()) }

// notOpened is the way to a database that was not opened.
type notOpened string

func (n notOpened) Connect(context.Context) (driver.Conn, error) {
	return nil, fmt.Errorf("%s was not opened", string(n))
}

func (notOpened) Driver() driver.Driver { return &sqlite.Driver{} }

// unopened is a database of which every use fails.
func unopened(path string) *database {
	db := sql.OpenDB(notOpened(path))
	return &database{path: path, write: db, read: db}
}

// touchPrivate makes the file 0600 before SQLite opens it; SQLite gives its
// -wal and -shm files the same mode. It tells whether there is nothing in it.
func touchPrivate(path string) (empty bool, err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return false, err
	}
	info, err := f.Stat()
	return err == nil && info.Size() == 0, errors.Join(err, f.Close())
}

// begin gives a new file the number that tells it from one before it, and pages in which
// several bodies find room: half as many calls of the system for what a first
// synchronisation writes. A connection of its own does it, since the cache of one on which
// the size changes grows with it.
func begin(ctx context.Context, path string, open func(int, ...string) (*sql.DB, error)) error {
	db, err := open(1, "page_size(8192)", fmt.Sprintf("application_id(%d)", 1+rand.Int32N(math.MaxInt32)))
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "PRAGMA journal_mode = WAL")
	if err = errors.Join(err, db.Close()); err != nil {
		return fmt.Errorf("opening %s: %w", path, err)
	}
	return nil
}

func (s *Store) pack(b []byte) []byte { return s.enc.EncodeAll(b, nil) }

func (s *Store) unpack(b []byte) ([]byte, error) {
	if len(b) == 0 {
		return nil, nil
	}
	out, err := s.dec.DecodeAll(b, nil)
	if err != nil {
		return nil, fmt.Errorf("unpacking: %w", err)
	}
	return out, nil
}

// Watch looks for commits of other processes.
type Watch struct {
	conns []*sql.Conn
	seen  []int64
}

// Watch begins to look for commits by others. It holds two connections until Close.
func (s *Store) Watch(ctx context.Context) (*Watch, error) {
	w := &Watch{}
	for _, d := range []*database{s.mail, s.own} {
		c, err := d.read.Conn(ctx)
		if err != nil {
			w.Close()
			return nil, err
		}
		w.conns, w.seen = append(w.conns, c), append(w.seen, 0)
	}
	_, err := w.Changed(ctx)
	if err != nil {
		w.Close()
		return nil, err
	}
	return w, nil
}

// Changed tells whether anything was committed over another connection since
// the last call.
func (w *Watch) Changed(ctx context.Context) (bool, error) {
	changed := false
	for i, c := range w.conns {
		var v int64
		if err := c.QueryRowContext(ctx, "PRAGMA data_version").Scan(&v); err != nil {
			return false, err
		}
		changed = changed || v != w.seen[i]
		w.seen[i] = v
	}
	return changed, nil
}

// Close ends the watch.
func (w *Watch) Close() {
	for _, c := range w.conns {
		c.Close()
	}
}
