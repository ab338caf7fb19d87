package takeover

import (
	"maps"
	"os"
	"path/filepath"
	"postea/config"
	"slices"
	"strings"
)

// muttState is what a muttrc has set so far.
type muttState struct {
	vars       map[string]word
	env        map[string]string
	alternates []string
	hooks      []muttHook
	notes      []Note
	aliases    *[]string           // files with aliases
	lists      map[string][]string // mailing lists, by the command that names them

	file  string // that is read
	dir   string // of the file that is read
	depth int    // of source and of hooks
	files *int   // that were read, in all
	about bool   // a hook is carried out: keys that switch accounts are not gathered
}

// muttHook is a command that waits for an account or folder to be entered.
type muttHook struct{ pattern, command, dir string }

const (
	maxMuttDepth = 10
	maxMuttFiles = 200
)

func newMuttState(path string) *muttState {
	return &muttState{vars: map[string]word{}, env: map[string]string{}, dir: filepath.Dir(path), files: new(int), aliases: new([]string), lists: map[string][]string{}}
}

// clone is a state of its own, to carry out a hook in.
func (m *muttState) clone() *muttState {
	c := *m
	c.vars, c.env = maps.Clone(m.vars), maps.Clone(m.env)
	c.alternates, c.notes, c.hooks = slices.Clone(m.alternates), nil, nil
	c.about = true
	return &c
}

func (m *muttState) text(name string) string { return m.vars[name].text }

func (m *muttState) yes(name string, standard bool) bool {
	switch strings.ToLower(m.text(name)) {
	case "":
		return standard
	case "no", "ask-no":
		return false
	}
	return true
}

// read carries out the commands of a file.
func (m *muttState) read(path string) error {
	text, err := readText(path)
	if err != nil {
		return err
	}
	dir, file := m.dir, m.file
	m.dir, m.file = filepath.Dir(path), path
	for _, line := range muttLines(text) {
		m.line(line)
	}
	m.dir, m.file = dir, file
	return nil
}

func (m *muttState) line(s string) {
	l := &lexer{s: s, lookup: m.lookup}
	for l.command() {
		m.command(strings.ToLower(l.next("").text), l)
		for l.more() { // what no command wanted
			l.next("")
		}
	}
}

func (m *muttState) lookup(name string) word {
	if w, ok := m.vars[name]; ok {
		return w
	}
	if v, ok := m.env[name]; ok {
		return word{text: v}
	}
	return word{text: os.Getenv(name)}
}

func (m *muttState) command(verb string, l *lexer) {
	switch verb {
	case "set":
		m.set(l)
	case "unset", "reset":
		for l.more() {
			name := strings.TrimPrefix(l.next("").text, "&")
			delete(m.vars, name)
			if verb == "unset" {
				m.vars[name] = word{text: "no"}
			}
		}
	case "source":
		m.source(l.next(""))
	case "setenv":
		name := l.next("=").text
		l.take('=')
		m.env[name] = l.next("").text
	case "ifdef": // of a program that has everything
		l.next("")
		if l.more() {
			m.line(l.next("").text)
		}
	case "account-hook", "folder-hook":
		for _, flag := range []string{"-noregex"} {
			if l.more(); strings.HasPrefix(l.s[l.at:], flag) {
				l.next("")
			}
		}
		if pattern := l.next("").text; l.more() {
			m.hooks = append(m.hooks, muttHook{pattern, rest(l), m.dir})
		}
	case "macro":
		l.next("")
		l.next("")
		if !m.about && l.more() {
			m.macro(l.next("").text)
		}
	case "alias":
		if !slices.Contains(*m.aliases, m.file) {
			*m.aliases = append(*m.aliases, m.file)
		}
	case "alternates":
		for l.more() {
			m.alternates = append(m.alternates, l.next("").text)
		}
	case "subscribe", "lists":
		for l.more() {
			m.lists[verb] = append(m.lists[verb], plainPattern(l.next("").text))
		}
	case "my_hdr":
		field, value, _ := strings.Cut(l.s[l.at:], ":")
		value, l.at = strings.TrimSpace(value), len(l.s)
		switch field = strings.ToLower(strings.TrimSpace(field)); {
		case field == "from" && m.text("from") == "":
			m.vars["from"] = word{text: value}
		case field == "reply-to":
			m.notes = append(m.notes, Note{"answers to " + value, "postea has no fixed Reply-To"})
		}
	}
}

// rest is the command of a hook: one quoted word, or all that follows.
func rest(l *lexer) string {
	from := l.at
	w := l.next("")
	if !l.more() {
		return w.text
	}
	for l.more() {
		l.next("")
	}
	return l.s[from:l.at]
}

// set reads name=value, name, noname, invname and name?.
func (m *muttState) set(l *lexer) {
	for l.more() {
		name := strings.TrimSuffix(l.next("=").text, "?")
		add := strings.HasSuffix(name, "+")
		name = strings.TrimSuffix(name, "+")
		if !l.take('=') {
			if off, ok := strings.CutPrefix(name, "no"); ok {
				m.vars[off] = word{text: "no"}
			} else {
				m.vars[name] = word{text: "yes"}
			}
			if name == "" { // what is no name: on, or it would be read again
				l.at++
			}
			continue
		}
		value := l.next("")
		if add {
			before := m.vars[name]
			value = word{text: before.text + value.text, partly: before.partly || value.partly || before.command != "" || value.command != ""}
		}
		m.vars[name] = value
	}
}

// source reads another file. One that a command would print is left out.
func (m *muttState) source(w word) {
	name := strings.TrimSpace(w.text)
	switch {
	case w.command != "" || w.partly || strings.HasSuffix(name, "|"):
		m.notes = append(m.notes, Note{"source of what a command prints", "nothing is run; what is set there is not known"})
		return
	case name == "" || m.depth >= maxMuttDepth || *m.files >= maxMuttFiles:
		return
	}
	*m.files++
	m.depth++
	defer func() { m.depth-- }()
	path := config.ExpandHome(name)
	if !filepath.IsAbs(path) {
		path = filepath.Join(m.dir, path)
	}
	if err := m.read(path); err != nil {
		m.notes = append(m.notes, Note{"source " + name, "it cannot be read"})
	}
}

// macro finds the file that a key which switches accounts reads.
func (m *muttState) macro(keys string) {
	_, after, ok := strings.Cut(keys, "<enter-command>")
	if !ok {
		return
	}
	command, _, _ := strings.Cut(after, "<enter>")
	if command = strings.TrimSpace(command); strings.HasPrefix(command, "source ") {
		m.hooks = append(m.hooks, muttHook{"", command, m.dir})
	}
}
