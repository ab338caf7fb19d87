package config

import (
	"path/filepath"
	"testing"
)

// Without HOME nothing is read from the directory that a program happens to run in.
func TestNoHome(t *testing.T) {
	for _, name := range []string{"HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "POSTEA_CONFIG", "POSTEA_DATA"} {
		t.Setenv(name, "")
	}
	for what, path := range map[string]string{"configuration": DefaultPath(), "data": DefaultDataDir(), "state": DefaultStateDir()} {
		if !filepath.IsAbs(path) {
			t.Errorf("%s at %s", what, path)
		}
	}
}
