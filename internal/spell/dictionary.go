package spell

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxFile bounds a file of a dictionary, in bytes.
const maxFile = 64 << 20

// Dictionary is a language.
type Dictionary struct {
	rules *rules
	stems map[string][][]flag // each way in which a stem is listed
}

// Load reads a dictionary: path without its .aff and .dic.
func Load(path string) (*Dictionary, error) {
	aff, err := read(path + ".aff")
	if err != nil {
		return nil, err
	}
	r, err := readRules(aff)
	if err != nil {
		return nil, fmt.Errorf("dictionary %s: %w", path, err)
	}
	dic, err := read(path + ".dic")
	if err != nil {
		return nil, err
	}
	text, err := r.decode(dic)
	if err != nil {
		return nil, fmt.Errorf("dictionary %s: %w", path, err)
	}
	d := &Dictionary{rules: r, stems: make(map[string][][]flag, strings.Count(text, "\n"))}
	sc := bufio.NewScanner(strings.NewReader(text))
	sc.Buffer(nil, 1<<20)
	for first := true; sc.Scan(); first = false {
		line := strings.TrimRight(strings.TrimPrefix(sc.Text(), "\ufeff"), "\r")
		if first && strings.Trim(line, "0123456789 \t") == "" {
			continue // how many there are
		}
		d.add(line)
	}
	return d, sc.Err()
}

func read(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("dictionary: %w", err)
	}
	if info.Size() > maxFile || !info.Mode().IsRegular() {
		return nil, fmt.Errorf("dictionary %s: not a file that can be read", path)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("dictionary: %w", err)
	}
	return b, nil
}

func (d *Dictionary) add(line string) {
	line, _, _ = strings.Cut(line, "\t") // what follows is morphology
	word, flags := line, ""
	for i := 1; i < len(line); i++ {
		if line[i] == '/' && line[i-1] != '\\' {
			word, flags = line[:i], line[i+1:]
			break
		}
	}
	flags, _, _ = strings.Cut(flags, " ")
	if flags == "" {
		word, _, _ = strings.Cut(word, " po:")
	}
	if word = strings.TrimSpace(strings.ReplaceAll(word, `\/`, "/")); word != "" {
		d.stems[word] = append(d.stems[word], d.rules.flagsOrAlias(flags))
	}
}

// Known tells whether a word is right, as it is written here: a capital where the
// dictionary has none is right, the other way round it is not. Numbers, and what
// holds one, are right.
func (d *Dictionary) Known(word string) bool {
	for _, c := range d.rules.convert {
		word = strings.ReplaceAll(word, c[0], c[1])
	}
	word = strings.Trim(strings.ReplaceAll(word, "’", "'"), "'")
	if word == "" || utf8.RuneCountInString(word) > 60 || strings.ContainsFunc(word, unicode.IsDigit) {
		return true
	}
	if d.right(word) {
		return true
	}
	if parts := strings.Split(word, "-"); len(parts) > 1 {
		return !slices.ContainsFunc(parts, func(p string) bool { return p != "" && !d.Known(p) })
	}
	lower := strings.ToLower(word)
	first, n := utf8.DecodeRuneInString(word)
	switch {
	case word == lower:
		return false
	case word[n:] == strings.ToLower(word[n:]): // Capital
		return d.right(lower)
	case word == strings.ToUpper(word): // ALL CAPITALS
		return d.right(lower) || d.right(string(first)+lower[len(strings.ToLower(string(first))):])
	}
	return false
}

// right tells whether a word is one in exactly this spelling.
func (d *Dictionary) right(word string) bool {
	ok := false
	d.analyse(word, func(flags []flag, whole bool) bool {
		if d.has(flags, d.rules.forbidden) && whole {
			ok = false
			return false
		}
		if !d.has(flags, d.rules.onlyInCompound) && !(whole && d.has(flags, d.rules.needAffix)) {
			ok = true
		}
		return true
	})
	return ok || d.isCompound(word, 0, 0)
}

func (d *Dictionary) has(flags []flag, f flag) bool { return f != "" && slices.Contains(flags, f) }

// analyse calls yield for each way in which a word is a stem with affixes, with
// the flags of both; whole tells that there are no affixes.
func (d *Dictionary) analyse(word string, yield func(flags []flag, whole bool) bool) {
	for _, flags := range d.stems[word] {
		if !yield(flags, true) {
			return
		}
	}
	if !d.suffixed(word, nil, 0, yield) {
		return
	}
	for n := 0; n <= min(d.rules.longest, len(word)); n++ {
		for _, p := range d.rules.prefixes[word[:n]] {
			stem := p.strip + word[n:]
			if stem == "" || !p.fitsStart(stem) {
				continue
			}
			for _, flags := range d.stems[stem] {
				if d.has(flags, p.flag) && !yield(slices.Concat(p.flags, flags), false) {
					return
				}
			}
			if p.cross && !d.suffixed(stem, p, 0, yield) {
				return
			}
		}
	}
}

// suffixed takes suffixes off, up to two, behind a prefix where there is one.
func (d *Dictionary) suffixed(word string, p *affix, depth int, yield func([]flag, bool) bool) bool {
	for n := 0; n <= min(d.rules.longest, len(word)); n++ {
		for _, s := range d.rules.suffixes[word[len(word)-n:]] {
			stem := word[:len(word)-n] + s.strip
			if stem == "" || p != nil && !s.cross || !s.fitsEnd(stem) {
				continue
			}
			for _, flags := range d.stems[stem] {
				if d.has(flags, s.flag) && (p == nil || d.has(flags, p.flag) || d.has(s.flags, p.flag)) {
					if !yield(slices.Concat(s.flags, flags), false) {
						return false
					}
				}
			}
			if depth > 0 || s.add == "" && s.strip == "" {
				continue
			}
			// A suffix that another suffix allows.
			if !d.suffixed(stem, p, 1, func(flags []flag, whole bool) bool {
				if !d.has(flags, s.flag) {
					return true
				}
				return yield(slices.Concat(s.flags, flags), whole)
			}) {
				return false
			}
		}
	}
	return true
}

// maxParts bounds the parts of a compound.
const maxParts = 4

// isCompound tells whether a word is made of parts that may stand together.
func (d *Dictionary) isCompound(word string, at, part int) bool {
	r := d.rules
	if r.compound == "" && r.compoundBegin == "" || part >= maxParts {
		return false
	}
	rest := word[at:]
	if part > 0 && d.isPart(rest, r.compoundEnd) {
		return true
	}
	letters := 0
	for i := range rest {
		if letters >= r.compoundMin && utf8.RuneCountInString(rest[i:]) >= r.compoundMin {
			position := r.compoundMiddle
			if part == 0 {
				position = r.compoundBegin
			}
			if d.isPart(rest[:i], position) && d.isCompound(word, at+i, part+1) {
				return true
			}
		}
		letters++
	}
	return false
}

// isPart tells whether a word may stand at a position of a compound.
func (d *Dictionary) isPart(word string, position flag) bool {
	found := false
	d.analyse(word, func(flags []flag, whole bool) bool {
		if d.has(flags, d.rules.forbidden) || whole && d.has(flags, d.rules.needAffix) {
			return true
		}
		found = found || d.has(flags, d.rules.compound) || d.has(flags, position)
		return !found
	})
	return found
}

// Dirs is where dictionaries are installed.
func Dirs() []string {
	dirs := filepath.SplitList(os.Getenv("DICPATH"))
	if home, err := os.UserHomeDir(); err == nil {
		dirs = append(dirs, filepath.Join(home, ".local/share/hunspell"), filepath.Join(home, "Library/Spelling"))
	}
	return append(dirs, "/usr/share/hunspell", "/usr/local/share/hunspell", "/usr/share/myspell/dicts", "/usr/share/myspell", "/opt/homebrew/share/hunspell", "/Library/Spelling")
}

// Find gives the paths for Load of the dictionaries of these names. A name such
// as "de_AT.UTF-8" or "de" is brought to the nearest that is installed.
func Find(names, dirs []string) []string {
	var out []string
	for _, name := range names {
		name, _, _ = strings.Cut(name, ".")
		name, _, _ = strings.Cut(strings.TrimSpace(name), "@")
		if p := nearest(strings.ReplaceAll(name, "-", "_"), dirs); p != "" && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

func nearest(name string, dirs []string) string {
	language, _, _ := strings.Cut(name, "_")
	if language == "" {
		return ""
	}
	best := ""
	for _, dir := range dirs {
		list, _ := filepath.Glob(filepath.Join(dir, language+"*.aff"))
		for _, p := range list {
			have := strings.TrimSuffix(filepath.Base(p), ".aff")
			if short, _, _ := strings.Cut(have, "_"); short != language {
				continue
			}
			switch {
			case have == name:
				return strings.TrimSuffix(p, ".aff")
			case best == "" || have == language || strings.EqualFold(have, language+"_"+language):
				best = strings.TrimSuffix(p, ".aff")
			}
		}
	}
	return best
}
