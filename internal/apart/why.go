package apart

import (
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
)

// Why says in words why a command did not run, or how it ended.
func Why(err error) string {
	if errors.Is(err, exec.ErrNotFound) {
		return "there is no such program in the PATH"
	}
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err.Error()
	}
	if e, ok := errors.AsType[*exec.ExitError](err); ok && e.Exited() {
		return fmt.Sprintf("it ended with code %d", e.ExitCode())
	}
	return err.Error()
}
