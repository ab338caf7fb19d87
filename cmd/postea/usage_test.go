package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// Who calls a command wrongly is told how it is called.
func TestArgumentErrors(t *testing.T) {
	for line, want := range map[string]string{
		"outbox show":       "postea: say  postea outbox show ID; see  postea outbox show --help\n",
		"outbox show o1 o2": "postea: say  postea outbox show ID; see  postea outbox show --help\n",
		"archive":           "postea: say  postea archive ID…; see  postea archive --help\n",
		"list inbox":        "postea: \"inbox\" is not expected: say  postea list; see  postea list --help\n",
		"outbox lst":        "postea: there is no command \"postea outbox lst\"; see  postea outbox --help\n",
	} {
		var out, errs bytes.Buffer
		e := &env{stdin: strings.NewReader(""), stdout: &out, stderr: &errs, now: time.Now}
		code := run(t.Context(), e, append([]string{"postea", "--config", "none", "--data", t.TempDir()}, strings.Fields(line)...))
		if got := strings.ReplaceAll(errs.String(), "  ", " "); code != exUsage || got != strings.ReplaceAll(want, "  ", " ") {
			t.Errorf("%s: %d %q", line, code, errs.String())
		}
	}
}
