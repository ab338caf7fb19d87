package config

import (
	"bufio"
	"cmp"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"strings"
)

// hasPermissions is false where files have no owner, group and others.
const hasPermissions = runtime.GOOS != "windows"

// DefaultPath is the configuration file: $POSTEA_CONFIG, or postea/config.toml
// in $XDG_CONFIG_HOME (~/.config).
func DefaultPath() string {
	return cmp.Or(os.Getenv("POSTEA_CONFIG"), filepath.Join(xdg("XDG_CONFIG_HOME", ".config"), "postea", "config.toml"))
}

// DefaultDataDir is where mail is kept: $POSTEA_DATA, or postea in
// $XDG_DATA_HOME (~/.local/share).
func DefaultDataDir() string {
	return cmp.Or(os.Getenv("POSTEA_DATA"), filepath.Join(xdg("XDG_DATA_HOME", ".local", "share"), "postea"))
}

// DefaultStateDir is where logs are written: postea in $XDG_STATE_HOME
// (~/.local/state).
func DefaultStateDir() string {
	return filepath.Join(xdg("XDG_STATE_HOME", ".local", "state"), "postea")
}

// xdg gives a base directory; a relative value counts as unset, as the base
// directory specification says.
func xdg(name string, fallback ...string) string {
	if dir := os.Getenv(name); filepath.IsAbs(dir) {
		return dir
	}
	home, err := os.UserHomeDir()
	if err != nil {
		// Without HOME, as a service or from cron: never the current directory, whose
		// files may be anybody's.
		home = "/nonexistent"
		if u, err := user.Current(); err == nil && filepath.IsAbs(u.HomeDir) {
			home = u.HomeDir
		}
	}
	return filepath.Join(append([]string{home}, fallback...)...)
}

// DownloadDir is where attachments are saved: the setting, the user's download
// folder, or the home directory.
func (c *Config) DownloadDir() string {
	if c.Reading.Downloads != "" {
		return ExpandHome(c.Reading.Downloads)
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "."
	}
	dirs := []string{userDir(home), filepath.Join(home, "Downloads")}
	for _, dir := range dirs {
		if info, err := os.Stat(dir); dir != "" && err == nil && info.IsDir() {
			return dir
		}
	}
	return home
}

// userDir reads XDG_DOWNLOAD_DIR from user-dirs.dirs.
func userDir(home string) string {
	f, err := os.Open(filepath.Join(xdg("XDG_CONFIG_HOME", ".config"), "user-dirs.dirs"))
	if err != nil {
		return ""
	}
	defer f.Close()
	for in := bufio.NewScanner(f); in.Scan(); {
		if value, ok := strings.CutPrefix(strings.TrimSpace(in.Text()), "XDG_DOWNLOAD_DIR="); ok {
			return strings.Replace(strings.Trim(value, `"`), "$HOME", home, 1)
		}
	}
	return ""
}
