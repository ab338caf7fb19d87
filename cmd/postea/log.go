package main

import (
	"os"
	"runtime/debug"
	"sync"
)

// tooLong is the size in bytes from which a log becomes the old one.
const tooLong = 4 << 20

// logFile is postea.log, which several processes write at once, some for months: whoever
// finds it too long puts it aside as postea.log.old, and the others go on in the new one.
// What the runtime says of a crash goes there too.
type logFile struct {
	path string
	mu   sync.Mutex
	f    *os.File
}

func openLog(path string) (*logFile, error) {
	l := &logFile{path: path}
	return l, l.turn()
}

// Write implements io.Writer.
func (l *logFile) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_ = l.turn() // where that cannot be, it goes on as it was
	return l.f.Write(p)
}

// turn opens the file that is to be written now, unless it is open.
func (l *logFile) turn() error {
	there, err := os.Stat(l.path)
	switch {
	case err == nil && there.Size() > tooLong:
		_ = os.Rename(l.path, l.path+".old")
	case err == nil && l.f != nil:
		if mine, err := l.f.Stat(); err == nil && os.SameFile(mine, there) {
			return nil
		}
	}
	f, err := os.OpenFile(l.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if l.f != nil {
		l.f.Close()
	}
	l.f = f
	_ = debug.SetCrashOutput(f, debug.CrashOptions{}) // the interface covers what is written to the terminal
	return nil
}
