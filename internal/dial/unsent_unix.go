//go:build linux || darwin

package dial

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// mostUnsent is how much of what was written may wait in the system to be sent.
const mostUnsent = 64 << 10

// keepLittleUnsent has the system take no more than the line carries soon. Otherwise it
// takes megabytes at once, so that a slow upload looks like one that is done, whose
// answer does not come.
func keepLittleUnsent(_, _ string, c syscall.RawConn) error {
	// Where it cannot be set, only the progress that is shown runs ahead.
	_ = c.Control(func(fd uintptr) {
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_NOTSENT_LOWAT, mostUnsent)
	})
	return nil
}
