//go:build unix

package owner

import (
	"context"
	"net"
	"os"
)

// listenPrivate makes the socket 0600; the directory is private already, so
// nobody else can reach it in between.
func listenPrivate(ctx context.Context, path string) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}
