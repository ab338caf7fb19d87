// Package owner decides which process of a data directory talks to servers,
// and lets the others wake it.
//
// Every process may read and commit to the store. The one that holds the lock
// on owner.lock sends and syncs. The lock dies with its process. Others poke it
// through the unix socket "wake": it means "look again" or, with a byte in it, "begin a
// round".
//
//	own, err := owner.Acquire(dir)
//	switch {
//	case err == nil: // this process is the owner
//		defer own.Release()
//		go own.Listen(ctx, howItIs, lookAgain)
//	case errors.Is(err, owner.ErrHeld): // another is; tell it
//		owner.Wake(dir)
//	}
package owner

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"time"

	"postea/internal/filelock"
)

// ErrHeld says that another process owns the data directory.
var ErrHeld = errors.New("another postea owns this data directory")

// Owner is the lock on a data directory.
type Owner struct {
	dir  string
	lock *os.File
}

// Acquire takes the lock of the data directory, or returns ErrHeld at once.
func Acquire(dir string) (*Owner, error) { return AcquireWithin(context.Background(), dir, 0) }

// AcquireWithin is Acquire that waits for the lock, and returns ErrHeld where it is not
// free within the limit.
func AcquireWithin(ctx context.Context, dir string, limit time.Duration) (*Owner, error) {
	f, err := filelock.WaitContext(ctx, filepath.Join(dir, "owner.lock"), limit)
	if errors.Is(err, filelock.ErrHeld) {
		return nil, ErrHeld
	}
	if err != nil {
		return nil, fmt.Errorf("locking the data directory: %w", err)
	}
	return &Owner{dir: dir, lock: f}, nil
}

// Release gives the lock up.
func (o *Owner) Release() error { return o.lock.Close() }

// Listen calls woken for every poke, one call at a time, until ctx ends, and tells
// whether it was one of Ask; who pings is answered by tell. A socket that a dead process left behind is replaced:
// only the holder of the lock may listen.
func (o *Owner) Listen(ctx context.Context, tell func() []byte, woken func(asked bool)) error {
	path := socketPath(o.dir)
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("clearing the wake socket: %w", err)
	}
	l, err := listenPrivate(ctx, path)
	if err != nil {
		return fmt.Errorf("listening on the wake socket: %w", err)
	}
	stop := context.AfterFunc(ctx, func() { l.Close() })
	defer stop()
	defer l.Close()
	for {
		c, err := l.Accept()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("listening on the wake socket: %w", err)
		}
		_ = c.SetReadDeadline(time.Now().Add(time.Second))
		word := make([]byte, 1)
		n, _ := c.Read(word) // nothing but the end of it from Wake
		if word[0] == ping {
			_ = c.SetWriteDeadline(time.Now().Add(time.Second))
			_, _ = c.Write(tell()) // to whom it concerns, who may be gone
		}
		c.Close()
		if word[0] != ping {
			woken(n > 0)
		}
	}
}

// Wake pokes the owner of a data directory and tells whether there was one.
func Wake(dir string) bool { return poke(dir, nil) }

// What is said to the owner, besides nothing.
const (
	ask  = 1
	ping = 2
)

// Ask is Wake for a whole round with the servers, at once.
func Ask(dir string) bool { return poke(dir, []byte{ask}) }

func poke(dir string, word []byte) bool {
	c, err := net.DialTimeout("unix", socketPath(dir), time.Second)
	if err != nil {
		return false
	}
	defer c.Close()
	_, err = c.Write(word)
	return err == nil
}

// Ping asks the owner how it is, for what Listen has it tell, and wakes nobody. silent tells of
// one that is there and does not react within the patience: it is suspended, or stuck, and does
// nothing until it goes on.
func Ping(dir string, patience time.Duration) (told []byte, silent bool) {
	c, err := net.DialTimeout("unix", socketPath(dir), time.Second)
	if err != nil {
		return nil, false
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(patience))
	if _, err = c.Write([]byte{ping}); err == nil {
		told, err = io.ReadAll(c)
	}
	if err != nil {
		told = nil
	}
	return told, errors.Is(err, os.ErrDeadlineExceeded)
}

// socketPath is <dir>/wake, or a short name in the temporary directory of the
// user where that would be longer than a unix socket's name may be.
func socketPath(dir string) string {
	path := filepath.Join(dir, "wake")
	if len(path) < maxSocketPath {
		return path
	}
	sum := sha256.Sum256([]byte(path))
	return filepath.Join(os.TempDir(), fmt.Sprintf("postea-%d-%s", os.Getuid(), hex.EncodeToString(sum[:6])))
}

// maxSocketPath is the length of sun_path on the systems postea is built for.
const maxSocketPath = 100
