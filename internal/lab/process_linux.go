package lab

import "syscall"

// ownGroup keeps signals for the test away from a server, and has the kernel
// end it if the test dies.
func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}
