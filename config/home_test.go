package config

import (
	"os"
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

// Attachments are saved where the configuration says, else where the desktop, else in
// Downloads or, where there is none, at home.
func TestDownloadDir(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", "")
	var c Config
	is := func(want string) {
		t.Helper()
		if got := c.DownloadDir(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	is(home)
	must(t, os.Mkdir(filepath.Join(home, "Downloads"), 0o700))
	is(filepath.Join(home, "Downloads"))
	must(t, os.MkdirAll(filepath.Join(home, ".config"), 0o700))
	must(t, os.WriteFile(filepath.Join(home, ".config", "user-dirs.dirs"), []byte("# of the desktop\nXDG_DOWNLOAD_DIR=\"$HOME/Geladen\"\n"), 0o600))
	is(filepath.Join(home, "Downloads")) // that one is not there
	must(t, os.Mkdir(filepath.Join(home, "Geladen"), 0o700))
	is(filepath.Join(home, "Geladen"))
	c.Reading.Downloads = "~/mail"
	is(filepath.Join(home, "mail"))
}
