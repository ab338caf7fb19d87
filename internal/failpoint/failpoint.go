// Package failpoint ends the process at a named step of its work, so that tests
// can see what a crash leaves behind. A build with the tag failpoint, and the
// test binary of cmd/postea, honour POSTEA_FAILPOINT=name[:n]; any other build
// knows nothing of it.
//
// The names are those that the store gives to its steps (store.Options.Step).
package failpoint

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
)

// Variable is the environment variable that names the point.
const Variable = "POSTEA_FAILPOINT"

// Log is the environment variable that names a file to which every point that
// is passed is added as a line.
const Log = "POSTEA_FAILPOINT_LOG"

// FromEnvironment gives the function to be called at every step: it kills the
// process at the point that the environment names, the nth time it gets there,
// and never returns then. It is nil where nothing is asked for. It may be called
// from several goroutines.
func FromEnvironment() (func(point string), error) {
	spec, path := os.Getenv(Variable), os.Getenv(Log)
	if spec == "" && path == "" {
		return nil, nil
	}
	name, count, counted := strings.Cut(spec, ":")
	n := 1
	if counted {
		var err error
		if n, err = strconv.Atoi(count); err != nil || n < 1 {
			return nil, fmt.Errorf("%s=%s: the count after the colon must be 1 or more", Variable, spec)
		}
	}
	var log *os.File
	if path != "" {
		var err error
		if log, err = os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600); err != nil {
			return nil, err
		}
	}
	var mu sync.Mutex
	return func(point string) {
		mu.Lock()
		defer mu.Unlock()
		if log != nil {
			fmt.Fprintln(log, point)
		}
		if point != name {
			return
		}
		if n--; n == 0 {
			die()
		}
	}, nil
}
