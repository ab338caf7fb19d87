package config

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"postea/internal/dial"
	"postea/internal/sasl"
)

// field is one key of a table: how it is documented and how it is read.
type field struct {
	key     string
	doc     string                   // one line, for the example and the reference
	sample  string                   // as it stands in the example, commented out
	need    bool                     // shown live in the example; its absence is the reader's to report
	set     func(r *reader, v *item) // nil: the field is a table
	section []field                  // of a table
	tables  bool                     // a list of tables; section is one of them, for the example
}

// reader turns a tree into a Config and gathers what is wrong.
type reader struct {
	path     string
	data     []byte
	problems Problems
	inline   []string // keys whose value is a secret in the file itself
	lock     *locker
	files    []namedFile
}

func (r *reader) problem(at int, key, format string, args ...any) {
	line, col := position(r.data, at)
	r.problems = append(r.problems, Problem{Path: r.path, Line: line, Column: col, Key: key, Text: fmt.Sprintf(format, args...)})
}

// at gives the place of a byte.
func (r *reader) at(offset int) Place {
	line, col := position(r.data, offset)
	return Place{line, col}
}

// read sets the fields of a table and reports keys that no field has.
func (r *reader) read(t *item, prefix string, fields []field) {
	for _, v := range t.fields {
		i := slices.IndexFunc(fields, func(f field) bool { return f.key == v.key })
		name := join(prefix, v.key)
		if i < 0 {
			r.problem(v.at, name, "unknown key%s", suggest(v.key, fields))
			continue
		}
		f := fields[i]
		if f.set == nil {
			if v.kind != kindTable {
				r.problem(v.at, name, "must be %s, not %s", kindTable, v.kind)
				continue
			}
			r.read(v, name, f.section)
			continue
		}
		f.set(r, v)
	}
}

func join(prefix, key string) string {
	if prefix == "" {
		return key
	}
	return prefix + "." + key
}

// suggest names the key that was probably meant.
func suggest(key string, fields []field) string {
	best, dist := "", 3
	for _, f := range fields {
		if d := distance(key, f.key); d < dist {
			best, dist = f.key, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}

// distance is the number of edits between two short words.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			next := min(row[j]+1, row[j+1]+1, diagonal+cost)
			diagonal, row[j+1] = row[j+1], next
		}
	}
	return row[len(b)]
}

func (r *reader) want(v *item, k kind) bool {
	if v.kind == k {
		return true
	}
	r.problem(v.at, v.key, "must be %s, not %s", k, v.kind)
	return false
}

func str(to *string) func(*reader, *item) {
	return func(r *reader, v *item) {
		if r.want(v, kindString) {
			*to = v.str
		}
	}
}

func oneOf(to *string, values ...string) func(*reader, *item) {
	return func(r *reader, v *item) {
		if !r.want(v, kindString) {
			return
		}
		if !slices.Contains(values, v.str) {
			r.problem(v.at, v.key, "%q is not one of %s", v.str, strings.Join(values, ", "))
			return
		}
		*to = v.str
	}
}

func yes(to *bool) func(*reader, *item) {
	return func(r *reader, v *item) {
		if r.want(v, kindBool) {
			*to = v.yes
		}
	}
}

func port(to *int) func(*reader, *item) {
	return func(r *reader, v *item) {
		if !r.want(v, kindInt) {
			return
		}
		if v.num < 1 || v.num > 65535 {
			r.problem(v.at, v.key, "%d is no port; ports lie between 1 and 65535", v.num)
			return
		}
		*to = int(v.num)
	}
}

// proxy takes what internal/dial can use. What is wrong does not repeat the
// address, which may hold a password.
func proxy(to *string) func(*reader, *item) {
	return func(r *reader, v *item) {
		if !r.want(v, kindString) {
			return
		}
		u, err := url.Parse(v.str)
		if v.str != "" && (err != nil || u.Host == "" || !slices.Contains([]string{"socks5", "socks5h", "http"}, u.Scheme)) {
			r.problem(v.at, v.key, "is no address of a proxy; write socks5://host:port or http://host:port")
			return
		}
		*to = v.str
	}
}

// readFile is str for the name of a file that is read when it is needed.
func readFile(to *string) func(*reader, *item) {
	return func(r *reader, v *item) {
		if str(to)(r, v); *to != "" {
			r.files = append(r.files, namedFile{v.key, *to, r.at(v.at)})
		}
	}
}

func readFiles(to *[]string) func(*reader, *item) {
	return func(r *reader, v *item) {
		strs(to)(r, v)
		for _, e := range v.list {
			if e.str != "" {
				r.files = append(r.files, namedFile{v.key, e.str, r.at(e.at)})
			}
		}
	}
}

func pin(to *string) func(*reader, *item) {
	return func(r *reader, v *item) {
		if !r.want(v, kindString) {
			return
		}
		if v.str != "" {
			if err := dial.CheckPin(v.str); err != nil {
				r.problem(v.at, v.key, "%v; postea probe HOST shows that of a server", err)
				return
			}
		}
		*to = v.str
	}
}

func signIn(to *string) func(*reader, *item) {
	return func(r *reader, v *item) {
		if !r.want(v, kindString) {
			return
		}
		if !sasl.Known(v.str) {
			r.problem(v.at, v.key, "%q is none of password, strong, oauth2, none and the mechanisms PLAIN, LOGIN, CRAM-MD5, SCRAM-SHA-1, SCRAM-SHA-256, SCRAM-SHA-512 (also with -PLUS), OAUTHBEARER, XOAUTH2, EXTERNAL", v.str)
			return
		}
		*to = v.str
	}
}

func strs(to *[]string) func(*reader, *item) {
	return func(r *reader, v *item) {
		if !r.want(v, kindArray) {
			return
		}
		*to = nil
		for _, e := range v.list {
			e.key = v.key
			if r.want(e, kindString) {
				*to = append(*to, e.str)
			}
		}
	}
}

func duration(to *time.Duration) func(*reader, *item) {
	return func(r *reader, v *item) {
		if !r.want(v, kindString) {
			return
		}
		d, err := parseDuration(v.str)
		if err != nil {
			r.problem(v.at, v.key, "%v", err)
			return
		}
		*to = d
	}
}

// markRead reads a duration, or never.
func markRead(to *Reading) func(*reader, *item) {
	set := duration(&to.MarkRead)
	return func(r *reader, v *item) {
		if to.KeepUnread = v.kind == kindString && v.str == "never"; !to.KeepUnread {
			set(r, v)
		}
	}
}

func durations(to *[]time.Duration) func(*reader, *item) {
	return func(r *reader, v *item) {
		if !r.want(v, kindArray) {
			return
		}
		*to = nil
		for _, e := range v.list {
			e.key = v.key
			if !r.want(e, kindString) {
				continue
			}
			d, err := parseDuration(e.str)
			if err == nil && d <= 0 {
				err = fmt.Errorf("%q must be longer than nothing", e.str)
			}
			if err != nil {
				r.problem(e.at, v.key, "%v", err)
				continue
			}
			*to = append(*to, d)
		}
	}
}

// parseDuration reads "10s", "5m", "48h" and also "2d".
func parseDuration(s string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(s, "d"); ok {
		if d, err := time.ParseDuration(days + "h"); err == nil && d >= 0 {
			return 24 * d, nil
		}
	}
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 {
		return 0, fmt.Errorf(`%q is no duration; write it like "10s", "5m", "48h" or "2d"`, s)
	}
	return d, nil
}

func secret(to *Secret) func(*reader, *item) {
	return func(r *reader, v *item) {
		*to = Secret{}
		before := len(r.problems)
		defer func() { to.faulty = len(r.problems) > before }()
		switch v.kind {
		case kindString:
			to.Value = v.str
			r.inline = append(r.inline, v.key)
		case kindTable:
			if len(v.fields) != 1 {
				r.problem(v.at, v.key, `must name one source: { command = "…" }, { env = "VAR" }, { keyring = true }, { encrypted = true } or { value = "…" }`)
				return
			}
			r.read(v, v.key, []field{
				{key: "command", set: command(&to.Command)}, {key: "env", set: str(&to.Env)},
				{key: "keyring", set: yes(&to.Keyring)}, {key: "value", set: str(&to.Value)},
				{key: "encrypted", set: yes(&to.Encrypted)},
			})
			to.lock = r.lock
			if to.Value != "" {
				r.inline = append(r.inline, v.key)
			}
		default:
			r.problem(v.at, v.key, `must be { command = "…" }, { env = "VAR" }, { keyring = true }, { encrypted = true } or { value = "…" }, not %s`, v.kind)
		}
	}
}

// passphrase reads where the passphrase of the encrypted secrets comes from, which is
// not from among them.
func passphrase(to *Secret) func(*reader, *item) {
	return func(r *reader, v *item) {
		if secret(to)(r, v); to.Encrypted {
			*to = Secret{}
			r.problem(v.at, "secrets.passphrase", `cannot lie in the file that it opens; write { command = "…" }, { env = "VAR" } or { keyring = true }, or leave it out and be asked`)
		}
	}
}

func command(to *[]string) func(*reader, *item) {
	return func(r *reader, v *item) {
		if v.kind == kindArray {
			strs(to)(r, v)
			if len(*to) == 0 {
				r.problem(v.at, v.key, "names no program")
			}
			return
		}
		if !r.want(v, kindString) {
			return
		}
		argv, err := SplitCommand(v.str)
		if err != nil {
			r.problem(v.at, v.key, "%v", err)
			return
		}
		*to = argv
	}
}

// SplitCommand splits by the shell's quoting rules (POSIX XCU 2.2) but runs no
// shell: what only a shell could do is refused, not taken literally.
func SplitCommand(s string) ([]string, error) {
	var argv []string
	var word strings.Builder
	open, quote := false, rune(0)
	runes := []rune(s)
	for i := 0; i < len(runes); i++ {
		c := runes[i]
		switch {
		case quote == '\'':
			if c == '\'' {
				quote = 0
			} else {
				word.WriteRune(c)
			}
		case c == '\\' && i+1 < len(runes) && (quote == 0 || strings.ContainsRune("\\\"$`", runes[i+1])):
			i++
			open = true
			word.WriteRune(runes[i])
		case quote == '"' && c == '"':
			quote = 0
		case c == '$' || c == '`':
			return nil, fmt.Errorf(`%q is not expanded, for no shell is run; write a script, or sh -c '…'`, c)
		case quote == '"':
			word.WriteRune(c)
		case c == '\'' || c == '"':
			quote, open = c, true
		case c == ' ' || c == '\t' || c == '\n':
			if open {
				argv = append(argv, word.String())
				word.Reset()
				open = false
			}
		case strings.ContainsRune("|&;<>()*?", c), !open && strings.ContainsRune("[]{}~#", c):
			return nil, fmt.Errorf(`%q means nothing without a shell, and none is run; quote it, or write sh -c '…'`, c)
		default:
			open = true
			word.WriteRune(c)
		}
	}
	if quote != 0 {
		return nil, fmt.Errorf("the quote %q is not closed", quote)
	}
	if open {
		argv = append(argv, word.String())
	}
	if len(argv) == 0 {
		return nil, fmt.Errorf("names no program")
	}
	return argv, nil
}
