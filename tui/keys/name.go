package keys

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// modifier is a key that is held, with the other ways to write it.
type modifier struct {
	name  string
	other []string
}

// modifiers are all there are, in the order in which they arrive.
var modifiers = [...]modifier{{"ctrl", []string{"control"}}, {"alt", []string{"option", "opt"}}, {"shift", nil}, {"super", []string{"cmd", "win"}}}

// named are the keys that have a name and write nothing, each with the other
// ways to write it.
var named = map[string][]string{
	"enter": {"return", "ret", "cr"}, "esc": {"escape"}, "tab": nil, "backspace": {"bs"}, "space": {"spc"},
	"delete": {"del"}, "insert": {"ins"}, "home": nil, "end": nil, "begin": nil, "find": nil, "select": nil,
	"up": nil, "down": nil, "left": nil, "right": nil,
	"pgup": {"pageup", "page-up", "page_up", "prior"}, "pgdown": {"pagedown", "pgdn", "page-down", "page_down", "next"},
}

// lastFunctionKey is the highest key of the kind f1.
const lastFunctionKey = 63

// Canonical brings a key or chord to the form in which keys arrive: lower-case
// names, modifiers in their order, one blank between the keys of a chord. Of a
// letter the case counts, which under alt means shift and under ctrl, where
// terminals do not tell it, nothing. The error says what is wrong with one that
// can never arrive.
func Canonical(chord string) (string, error) {
	if chord == " " {
		return "space", nil
	}
	list := strings.Fields(chord)
	if len(list) == 0 {
		return "", fmt.Errorf("names no key; write [] for none")
	}
	for i, k := range list {
		one, err := canonical(k)
		if err != nil {
			return "", err
		}
		list[i] = one
	}
	return strings.Join(list, " "), nil
}

func canonical(key string) (string, error) {
	var held [len(modifiers)]bool
	rest := key
	for {
		at := strings.IndexByte(rest, '+')
		if at <= 0 { // none, or the key itself
			break
		}
		word := strings.ToLower(rest[:at])
		i := slices.IndexFunc(modifiers[:], func(m modifier) bool { return m.name == word || slices.Contains(m.other, word) })
		if i < 0 {
			return "", fmt.Errorf("%q is no modifier; there are ctrl, alt, shift and super", rest[:at])
		}
		held[i], rest = true, rest[at+1:]
	}
	if rest == "" {
		return "", fmt.Errorf("names no key after %s", key)
	}
	ctrl, alt, shift, super := &held[0], &held[1], &held[2], &held[3]
	if name, ok := nameOf(rest); ok {
		rest = name
	} else {
		r, size := utf8.DecodeRuneInString(rest)
		switch {
		case size != len(rest) || r == utf8.RuneError || !unicode.IsGraphic(r):
			return "", fmt.Errorf("no key is called %q; keys are written like e, ctrl+s, alt+1, enter, f5, g i", rest)
		case !*ctrl && !*alt && !*super:
			if *shift && !unicode.IsLetter(r) {
				return "", fmt.Errorf("write the sign that shift gives with %s, such as ! or ?", rest)
			}
			if *shift {
				r = unicode.ToUpper(r)
			}
			return string(r), nil
		case *ctrl:
			r = unicode.ToLower(r)
		case unicode.IsUpper(r) && r < utf8.RuneSelf: // other letters arrive as they are written
			r, *shift = unicode.ToLower(r), true
		}
		rest = string(r)
	}
	var b strings.Builder
	for i, m := range modifiers {
		if held[i] {
			b.WriteString(m.name + "+")
		}
	}
	return b.String() + rest, nil
}

// nameOf gives the name of a key that is written out.
func nameOf(word string) (string, bool) {
	word = strings.ToLower(word)
	for name, other := range named {
		if word == name || slices.Contains(other, word) {
			return name, true
		}
	}
	if digits, ok := strings.CutPrefix(word, "f"); ok && digits != "" && digits[0] != '0' {
		if n, err := strconv.Atoi(digits); err == nil && n >= 1 && n <= lastFunctionKey {
			return word, true
		}
	}
	return "", false
}

// reaches says why a key that arrives never comes to an action that is valid in
// a scope; "" where it does.
func reaches(chord string, in Scope) string {
	first, _, _ := strings.Cut(chord, " ")
	switch {
	case in&^InText == 0 && types(first):
		return "writes text there, and text goes before actions"
	case len(first) == 1 && first[0] >= '1' && first[0] <= '9':
		return "begins a count, as in 3j; with alt it can be given to an action"
	}
	return ""
}
