package reading

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func checkName(t *testing.T, name string) {
	t.Helper()
	checkSafe(t, name, false)
	switch {
	case name == "" || len(name) > maxNameBytes || !utf8.ValidString(name):
		t.Errorf("bad length or encoding: %q", name)
	case strings.ContainsAny(name, `/\:`), strings.ContainsAny(name[:1], ".-~"), strings.HasSuffix(name, "."), strings.HasSuffix(name, " "):
		t.Errorf("dangerous name %q", name)
	}
}
