package trust

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"

	"postea/internal/mail"
)

// maxDomain is the longest name that is looked at.
const maxDomain = 512

// ASCII gives a domain as it is asked for: lower case, punycode, no dot at the
// end; "" for what is none.
func ASCII(domain string) string {
	domain = strings.ToLower(strings.Trim(strings.TrimSpace(domain), "."))
	if len(domain) > maxDomain {
		return ""
	}
	if out, err := idna.Lookup.ToASCII(domain); err == nil {
		return out
	}
	return domain
}

// Looks tells in words what is odd about the name of a domain, "" for nothing:
// letters of several alphabets in one word, or letters of another alphabet that
// look Latin (UTS 39 §5, §4). known are domains that the reader has to do
// with; a name that can be mistaken for one of them is odd as well.
func Looks(domain string, known []string) string {
	ascii := ASCII(domain)
	if ascii == "" {
		return ""
	}
	shown, err := idna.ToUnicode(ascii)
	if err != nil || len(shown) > maxDomain {
		return ""
	}
	labels := strings.Split(shown, ".")
	latinTop := mail.IsASCII(labels[len(labels)-1])
	for _, label := range labels {
		switch {
		case mixesScripts(label):
			return "“" + shown + "” mixes letters of several alphabets; it is " + ascii
		case latinTop && !mail.IsASCII(label) && looksLatin(label):
			return "“" + shown + "” is not written in Latin letters; it is " + ascii
		}
	}
	for _, k := range known {
		if k = ASCII(k); k != "" && k != ascii && !Aligned(k, ascii) && mistakable(ascii, shown, k) {
			return ascii + " looks like " + k + " and is another"
		}
	}
	return ""
}

// mixesScripts tells of a label in several alphabets. Han and what is written beside it in
// Japanese and Korean count as one.
func mixesScripts(label string) bool {
	var latin, cyrillic, greek, other, cjk bool
	for _, r := range label {
		switch {
		case r < utf8.RuneSelf:
			latin = latin || unicode.IsLetter(r)
		case unicode.Is(unicode.Latin, r):
			latin = true
		case unicode.Is(unicode.Cyrillic, r):
			cyrillic = true
		case unicode.Is(unicode.Greek, r):
			greek = true
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo):
			cjk = true
		case unicode.Is(unicode.L, r) && !unicode.In(r, unicode.Common, unicode.Inherited):
			other = true
		}
	}
	n := 0
	for _, is := range []bool{latin, cyrillic, greek, other} {
		if is {
			n++
		}
	}
	return n > 1 || cjk && (cyrillic || greek || other) // CJK with Latin is common
}

// looksLatin tells whether every letter has a Latin one that looks the same.
func looksLatin(label string) bool {
	letters := false
	for _, r := range label {
		if unicode.IsLetter(r) {
			if r >= utf8.RuneSelf && latinTwin(r) == 0 {
				return false
			}
			letters = letters || latinTwin(r) != 0
		}
	}
	return letters
}

// latinTwin gives the Latin letter that a Cyrillic, Greek or Armenian one
// cannot be told from, 0 for none. From the table of UTS 39, those in use.
func latinTwin(r rune) rune {
	const from, to = "асԁеһіјӏорԛѕԝхуүѵɑαγικνορυωϲօոսհցյզ", "acdehijlopqswxyyvaayiknopuwconuhgjq"
	i := 0
	for _, c := range from {
		if c == r {
			return rune(to[i])
		}
		i++
	}
	return 0
}

// skeleton maps a name to what it looks like.
func skeleton(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r):
			continue
		case r == 'ı':
			r = 'i'
		case latinTwin(r) != 0:
			r = latinTwin(r)
		}
		b.WriteRune(r)
	}
	return strings.NewReplacer("rn", "m", "vv", "w", "cl", "d", "0", "o", "1", "l", "5", "s", "i", "l", "-", "").Replace(b.String())
}

// mistakable compares the parts before the public suffix: those that look the
// same, and longer ones that differ by one letter under the same suffix.
func mistakable(ascii, shown, known string) bool {
	if skeleton(shown) == skeleton(known) {
		return true
	}
	a, b := Organisation(ascii), Organisation(known)
	nameA, suffixA, okA := strings.Cut(a, ".")
	nameB, suffixB, okB := strings.Cut(b, ".")
	return okA && okB && suffixA == suffixB && len(nameB) >= 7 && oneEdit(nameA, nameB)
}

// oneEdit tells whether one letter was put in, left out or replaced, or two
// neighbours have changed places.
func oneEdit(a, b string) bool {
	if len(a) < len(b) {
		a, b = b, a
	}
	if len(a)-len(b) > 1 {
		return false
	}
	i := 0
	for i < len(b) && a[i] == b[i] {
		i++
	}
	switch {
	case len(a) > len(b):
		return a[i+1:] == b[i:]
	case i == len(a):
		return false
	case a[i+1:] == b[i+1:]:
		return true
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}
