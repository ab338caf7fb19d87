//go:build !linux && !darwin

package dial

import "syscall"

func keepLittleUnsent(_, _ string, _ syscall.RawConn) error { return nil }
