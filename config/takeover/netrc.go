package takeover

import (
	"os"
	"path/filepath"
	"strings"
)

// netrcEntry is what a .netrc holds for one machine; an empty machine is the
// default entry.
type netrcEntry struct{ machine, login, password string }

// netrcFor gives the entries of the .netrc that the user of a file has: beside
// it, where it lies in the home directory, or in the own one.
func netrcFor(path string) []netrcEntry {
	var dirs []string
	if filepath.Base(path) == ".msmtprc" {
		dirs = append(dirs, filepath.Dir(path))
	}
	if home, err := os.UserHomeDir(); err == nil {
		dirs = append(dirs, home)
	}
	for _, dir := range dirs {
		if text, err := readText(filepath.Join(dir, ".netrc")); err == nil {
			return parseNetrc(text)
		}
	}
	return nil
}

// parseNetrc reads the words of netrc(5). What is defined by macdef, up to a blank
// line, is passed over.
func parseNetrc(text string) []netrcEntry {
	var out []netrcEntry
	macro := false
	key := "" // whose value comes next
	for line := range strings.SplitSeq(text, "\n") {
		words := netrcWords(line)
		if macro && len(words) > 0 {
			continue
		}
		macro = false
		for _, w := range words {
			switch {
			case key != "":
				if len(out) > 0 {
					switch e := &out[len(out)-1]; key {
					case "machine":
						e.machine = strings.ToLower(w)
					case "login":
						e.login = w
					case "password":
						e.password = w
					}
				}
				key = ""
			case w == "machine":
				out, key = append(out, netrcEntry{}), w
			case w == "default":
				out = append(out, netrcEntry{})
			case w == "login", w == "password", w == "account":
				key = w
			case w == "macdef":
				macro = true
			}
			if macro {
				break
			}
		}
	}
	return out
}

// netrcWords splits a line; a word may be quoted, and a backslash takes what
// follows as it is. A # at the beginning of a word begins a comment, but not in
// the place of a value.
func netrcWords(line string) []string {
	var out []string
	var word strings.Builder
	open, quoted, taken := false, false, false
	end := func() {
		if open {
			out = append(out, word.String())
			word.Reset()
			open = false
		}
	}
	for _, r := range line {
		switch {
		case taken:
			word.WriteRune(r)
			taken = false
		case r == '\\':
			open, taken = true, true
		case r == '"' && (quoted || !open):
			open, quoted = true, !quoted
		case !quoted && (r == ' ' || r == '\t' || r == '\r'):
			end()
		case r == '#' && !open && !quoted && !wantsValue(out):
			return out
		default:
			open = true
			word.WriteRune(r)
		}
	}
	end()
	return out
}

func wantsValue(words []string) bool {
	if len(words) == 0 {
		return false
	}
	switch words[len(words)-1] {
	case "machine", "login", "password", "account":
		return true
	}
	return false
}

// netrcPassword gives the password of a user at a host; "" where there is none.
// An entry without a login is for every user.
func netrcPassword(list []netrcEntry, host, user string) string {
	host = strings.ToLower(host)
	for _, e := range list {
		if (e.machine == host || e.machine == "") && (e.login == user || e.login == "") && e.password != "" {
			return e.password
		}
	}
	return ""
}
