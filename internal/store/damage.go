package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"postea/internal/event"
	"postea/internal/owner"
)

var (
	errCheck    = errors.New("integrity check failed")
	errOtherLog = errors.New("beside it lie changes to the file that was there before")
)

func damaged(err error) bool {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return errors.Is(err, errCheck) || errors.Is(err, errOtherLog)
	}
	code := e.Code() & 0xff
	return code == sqlite3.SQLITE_CORRUPT || code == sqlite3.SQLITE_NOTADB
}

// ownLog finds a log that is of another file: one that was put in place, as from a backup,
// after postea had no time to end. SQLite would write into it what was done to that other
// one. A file of which there is a log says in its head that it has one.
func ownLog(path string) error {
	info, err := os.Stat(path + "-wal")
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	head := make([]byte, 20)
	if _, err := f.ReadAt(head, 0); err == nil && head[18] == 1 && head[19] == 1 {
		return errOtherLog
	}
	return nil
}

// patience is how long another process that has the files open is waited for, as it may
// be putting them in order.
const patience = 10 * time.Second

// DamagedError says that something of a file cannot be read.
type DamagedError struct {
	Text string
	Err  error
}

func (e *DamagedError) Error() string { return e.Text }
func (e *DamagedError) Unwrap() error { return e.Err }

// Damaged gives a *DamagedError for an error that means that, and any other as it is. A
// mark is left for the next Open: all of a file is too much to be looked at each time.
func Damaged(dir string, err error) error {
	var told *DamagedError
	if !damaged(err) || errors.As(err, &told) {
		return err
	}
	if f, merr := os.OpenFile(mark(dir), os.O_CREATE|os.O_WRONLY, 0o600); merr == nil {
		f.Close()
	}
	return &DamagedError{"the files of postea are damaged: end it and start it again, which mends them", err}
}

// damage is Damaged that tells whoever is there, once: much is read in the background, such
// as what is due, where an error is only seen in the log.
func (s *Store) damage(err error) error {
	err = Damaged(s.dir, err)
	var told *DamagedError
	if errors.As(err, &told) && s.bus != nil && s.broken.CompareAndSwap(false, true) {
		s.bus.Publish(event.Notice{Error: true, Text: told.Text})
	}
	return err
}

func mark(dir string) string { return filepath.Join(dir, "damaged") }

// mendMarked looks at all of the files where something could not be read of them before.
// As long as others have them open, that is left to the next.
func (s *Store) mendMarked(ctx context.Context) error {
	if _, err := os.Stat(mark(s.dir)); err != nil {
		return nil
	}
	alone, err := owner.Acquire(s.dir)
	if errors.Is(err, owner.ErrHeld) {
		return nil
	}
	if err != nil {
		return err
	}
	defer alone.Release()
	if err := s.mendBoth(ctx, true); err != nil {
		return err
	}
	return os.Remove(mark(s.dir))
}

// mend puts aside what is damaged of the files. Nobody else may have them open, who would
// write on into what was put aside.
func (s *Store) mend(ctx context.Context, found error) error {
	alone, err := owner.AcquireWithin(ctx, s.dir, patience)
	if errors.Is(err, owner.ErrHeld) {
		return &DamagedError{found.Error() + "; another postea has it open: end that one, and start this again", found}
	}
	if err != nil {
		return errors.Join(found, err)
	}
	defer alone.Release()
	return s.mendBoth(ctx, false)
}

func (s *Store) mendBoth(ctx context.Context, all bool) error {
	for _, of := range []struct{ name, sync string }{{"own", "FULL"}, {"mail", "NORMAL"}} {
		if err := s.mendFile(ctx, of.name, of.sync, all); err != nil {
			return err
		}
	}
	return nil
}

// mendFile puts a file aside where it cannot be opened, or where something of all that is
// in it cannot be read.
func (s *Store) mendFile(ctx context.Context, name, sync string, all bool) error {
	path := filepath.Join(s.dir, name+".db")
	db, err := openDatabase(ctx, path, name, sync, false)
	if err == nil {
		if all {
			err = db.check(ctx)
		}
		err = errors.Join(err, db.close())
	}
	if !damaged(err) {
		return explain(err)
	}
	now := "-" + s.now().UTC().Format("20060102-150405")
	if errors.Is(err, errOtherLog) {
		aside := path + ".before" + now
		if err := putAside(path, aside, "-wal", "-shm"); err != nil {
			return err
		}
		s.notices = append(s.notices, fmt.Sprintf("%s.db was put in place of another, of which the last changes lay beside it still; they are kept as %s-wal", name, aside))
		return s.mendFile(ctx, name, sync, all) // what was put in place may be damaged itself
	}
	aside, left := path+".damaged"+now, "it is rebuilt from the server"
	if name == "own" {
		var failed error
		if left, failed = s.salvage(ctx, path, path+mended); failed != nil {
			return failed // what is damaged stays in its place
		}
	}
	if err := putAside(path, aside, "", "-wal", "-shm"); err != nil {
		return err
	}
	if name == "own" {
		if err := os.Rename(path+mended, path); err != nil {
			return fmt.Errorf("putting what was read in place: %w", err)
		}
	}
	s.notices = append(s.notices, fmt.Sprintf("%s.db was damaged; %s. It is kept as %s (%v)", name, left, aside, err))
	return nil
}

// check reads all of a file.
func (d *database) check(ctx context.Context) error {
	var found string
	if err := d.write.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&found); err != nil {
		return err
	}
	if found != "ok" {
		return fmt.Errorf("%w: %s", errCheck, found)
	}
	return nil
}

// putAside gives a file and what belongs to it, of which some may not be there, the name
// of another, and takes no name that is taken.
func putAside(path, aside string, suffixes ...string) error {
	for _, suffix := range suffixes {
		if _, err := os.Lstat(aside + suffix); err == nil {
			return fmt.Errorf("%s cannot be put aside: %w", path, &fs.PathError{Op: "rename", Path: aside + suffix, Err: fs.ErrExist})
		}
		if err := os.Rename(path+suffix, aside+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s cannot be put aside: %w", path, err)
		}
	}
	return nil
}
