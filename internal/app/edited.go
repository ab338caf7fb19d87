package app

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"postea/internal/event"
)

// editedDirs begins the names of the directories that hold the text of a draft while an
// external editor has it, followed by the number of the process that waits for it.
const editedDirs = "postea-draft-"

// EditorDir makes such a directory within a parent (TempDir), for this process.
func EditorDir(parent string) (string, error) {
	return os.MkdirTemp(parent, editedDirs+strconv.Itoa(os.Getpid())+"-")
}

// tellEdited tells of what an editor had when a postea was killed: the draft does not have
// what was written there. It is told once, and stays where it lies for keepEdited.
func (a *App) tellEdited() {
	tmp := a.TempDir()
	entries, err := os.ReadDir(tmp)
	if err != nil {
		return
	}
	for _, e := range entries {
		rest, edited := strings.CutPrefix(e.Name(), editedDirs)
		number, tail, _ := strings.Cut(rest, "-")
		pid, err := strconv.Atoi(number)
		if !edited || err != nil || running(pid) {
			continue
		}
		kept := filepath.Join(tmp, editedDirs+"kept-"+tail)
		if err := os.Rename(filepath.Join(tmp, e.Name()), kept); err != nil {
			a.log.Warn("keeping what an editor had", "err", err)
			continue
		}
		a.bus.Publish(event.Notice{Error: true, Text: "postea was ended while an editor had a draft. What was written there is in " + kept})
	}
}

// running tells whether there is a process of that number, whoever it belongs to.
func running(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	defer p.Release()
	err = p.Signal(syscall.Signal(0))
	return err == nil || errors.Is(err, os.ErrPermission) || runtime.GOOS == "windows" // where a process that is found is one
}
