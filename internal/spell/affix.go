package spell

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"
)

// flag names a property of words and affixes.
type flag string

// affix is one rule: a stem that ends (or begins) with strip, and fits the
// condition, gets add in its place.
type affix struct {
	flag       flag
	strip, add string
	condition  []class
	flags      []flag // that a word with this affix has
	cross      bool   // may stand with an affix at the other end
}

// class is one character of a condition.
type class struct {
	set  string // "" is any
	none bool   // all but set
}

func (c class) fits(r rune) bool {
	return c.set == "" || strings.ContainsRune(c.set, r) != c.none
}

// rules is an affix file.
type rules struct {
	charset  string
	kind     string // of flags: "", long, num, UTF-8
	aliases  [][]flag
	prefixes map[string][]*affix // by what they add
	suffixes map[string][]*affix
	longest  int // of what is added, in bytes
	try      string
	replace  [][2]string
	convert  [][2]string

	needAffix, forbidden, onlyInCompound, noSuggest                 flag
	compound, compoundBegin, compoundMiddle, compoundEnd, compound1 flag
	compoundMin                                                     int
}

// maxLines bounds what is read of an affix file.
const maxLines = 500_000

func readRules(data []byte) (*rules, error) {
	r := &rules{charset: "iso-8859-1", prefixes: map[string][]*affix{}, suffixes: map[string][]*affix{}, compoundMin: 3}
	for line := range bytes.Lines(data) { // the charset first
		if f := bytes.Fields(line); len(f) > 1 && string(f[0]) == "SET" {
			r.charset = string(f[1])
		}
	}
	text, err := r.decode(data)
	if err != nil {
		return nil, err
	}
	cross := map[string]bool{}
	sc := bufio.NewScanner(strings.NewReader(text))
	sc.Buffer(nil, 1<<20)
	for n := 0; sc.Scan() && n < maxLines; n++ {
		f := strings.Fields(strings.TrimPrefix(sc.Text(), "\ufeff"))
		if len(f) < 2 || strings.HasPrefix(f[0], "#") {
			continue
		}
		r.line(f, cross)
	}
	return r, sc.Err()
}

func (r *rules) line(f []string, cross map[string]bool) {
	one := map[string]*flag{
		"NEEDAFFIX": &r.needAffix, "PSEUDOROOT": &r.needAffix, "FORBIDDENWORD": &r.forbidden, "ONLYINCOMPOUND": &r.onlyInCompound, "NOSUGGEST": &r.noSuggest,
		"COMPOUNDFLAG": &r.compound, "COMPOUNDBEGIN": &r.compoundBegin, "COMPOUNDMIDDLE": &r.compoundMiddle, "COMPOUNDEND": &r.compoundEnd, "COMPOUNDLAST": &r.compoundEnd,
		"COMPOUNDPERMITFLAG": &r.compound1,
	}
	if to := one[f[0]]; to != nil {
		if list := r.flags(f[1]); len(list) > 0 {
			*to = list[0]
		}
		return
	}
	switch f[0] {
	case "FLAG":
		r.kind = f[1]
	case "TRY":
		r.try = f[1]
	case "COMPOUNDMIN":
		if n, err := strconv.Atoi(f[1]); err == nil && n > 0 {
			r.compoundMin = n
		}
	case "AF":
		if _, err := strconv.Atoi(f[1]); err != nil || r.aliases != nil || r.kind == "num" && strings.Contains(f[1], ",") {
			r.aliases = append(r.aliases, r.flags(f[1]))
		} else {
			r.aliases = [][]flag{}
		}
	case "REP", "ICONV":
		if len(f) < 3 {
			return
		}
		pair := [2]string{strings.ReplaceAll(f[1], "_", " "), strings.ReplaceAll(f[2], "_", " ")}
		if f[0] == "REP" {
			r.replace = append(r.replace, pair)
		} else {
			r.convert = append(r.convert, pair)
		}
	case "PFX", "SFX":
		r.affix(f, cross)
	}
}

func (r *rules) affix(f []string, cross map[string]bool) {
	if len(f) < 4 {
		return
	}
	key := f[0] + f[1]
	if _, known := cross[key]; !known {
		cross[key] = f[2] == "Y"
		return
	}
	names := r.flags(f[1])
	if len(names) == 0 {
		return
	}
	a := &affix{flag: names[0], cross: cross[key]}
	add, flags, _ := strings.Cut(f[3], "/")
	a.add, a.strip = zero(add), zero(f[2])
	a.flags = r.flagsOrAlias(flags)
	if len(f) > 4 {
		a.condition = parseCondition(f[4])
	}
	to := r.suffixes
	if f[0] == "PFX" {
		to = r.prefixes
	}
	to[a.add] = append(to[a.add], a)
	r.longest = max(r.longest, len(a.add))
}

func zero(s string) string {
	if s == "0" {
		return ""
	}
	return s
}

func parseCondition(s string) []class {
	var out []class
	for s != "" {
		switch {
		case s[0] == '.':
			out, s = append(out, class{}), s[1:]
		case s[0] == '[' && strings.IndexByte(s, ']') > 1:
			end := strings.IndexByte(s, ']')
			set := s[1:end]
			rest, none := strings.CutPrefix(set, "^")
			out, s = append(out, class{rest, none}), s[end+1:]
		default:
			_, n := utf8.DecodeRuneInString(s)
			out, s = append(out, class{set: s[:n]}), s[n:]
		}
	}
	return out
}

// fitsEnd and fitsStart tell whether a stem fulfils a condition there.
func (a *affix) fitsEnd(stem string) bool {
	for _, c := range slices.Backward(a.condition) {
		r, n := utf8.DecodeLastRuneInString(stem)
		if n == 0 || !c.fits(r) {
			return false
		}
		stem = stem[:len(stem)-n]
	}
	return true
}

func (a *affix) fitsStart(stem string) bool {
	for _, c := range a.condition {
		r, n := utf8.DecodeRuneInString(stem)
		if n == 0 || !c.fits(r) {
			return false
		}
		stem = stem[n:]
	}
	return true
}

// flagsOrAlias reads flags, or the number of a list of them.
func (r *rules) flagsOrAlias(s string) []flag {
	if r.aliases != nil && s != "" {
		if n, err := strconv.Atoi(s); err == nil && n > 0 && n <= len(r.aliases) {
			return r.aliases[n-1]
		}
	}
	return r.flags(s)
}

func (r *rules) flags(s string) []flag {
	var out []flag
	switch r.kind {
	case "num":
		for f := range strings.SplitSeq(s, ",") {
			if f = strings.TrimSpace(f); f != "" {
				out = append(out, flag(f))
			}
		}
	case "long":
		for i := 0; i+2 <= len(s); {
			_, n := utf8.DecodeRuneInString(s[i:])
			_, m := utf8.DecodeRuneInString(s[min(i+n, len(s)):])
			out = append(out, flag(s[i:min(i+n+m, len(s))]))
			i += n + max(m, 1)
		}
	default:
		for _, c := range s {
			out = append(out, flag(string(c)))
		}
	}
	return out
}

// decode brings a file into UTF-8.
func (r *rules) decode(data []byte) (string, error) {
	name := strings.ToLower(r.charset)
	if name == "utf-8" || name == "utf8" {
		return strings.ToValidUTF8(string(data), "\ufffd"), nil
	}
	name = strings.Replace(strings.Replace(name, "microsoft-cp", "windows-", 1), "iso8859", "iso-8859", 1)
	enc, err := htmlindex.Get(name)
	if err != nil {
		return "", fmt.Errorf("the charset %s of a dictionary is not known", r.charset)
	}
	b, err := io.ReadAll(enc.NewDecoder().Reader(bytes.NewReader(data)))
	return string(b), err
}
