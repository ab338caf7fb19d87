package people

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// fold makes text comparable: no case, no accents, no difference of form.
func fold(s string) string {
	ascii := true
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			ascii = false
			break
		}
	}
	if ascii {
		return strings.ToLower(s)
	}
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case r == 'ß':
			b.WriteString("ss")
		case r == 'ø' || r == 'Ø':
			b.WriteByte('o')
		case r == 'ł' || r == 'Ł':
			b.WriteByte('l')
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// letters is the set of letters in a folded text, as far as 64 bits tell them
// apart: what is missing there is missing in the text.
func letters(s string) uint64 {
	var m uint64
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z':
			m |= 1 << (r - 'a')
		case r >= '0' && r <= '9':
			m |= 1 << (26 + r - '0')
		case r >= utf8.RuneSelf:
			m |= 1 << (36 + r%28)
		}
	}
	return m
}

const (
	nowhere = iota
	inside
	atStart
)

// quality tells where all the words are found: the worst of them counts.
func quality(text string, words []string) int {
	q := atStart
	for _, w := range words {
		switch found := find(text, w); found {
		case nowhere:
			return nowhere
		case inside:
			q = inside
		}
	}
	return q
}

func find(text, word string) int {
	q := nowhere
	for from := 0; ; {
		i := strings.Index(text[from:], word)
		if i < 0 {
			return q
		}
		i += from
		if i == 0 || !isWord(before(text, i)) || !isWord(after(word)) {
			return atStart
		}
		q = inside
		_, n := utf8.DecodeRuneInString(text[i:])
		from = i + n
	}
}

func before(s string, i int) rune {
	if c := s[i-1]; c < utf8.RuneSelf {
		return rune(c)
	}
	r, _ := utf8.DecodeLastRuneInString(s[:i])
	if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai) { // no blanks between words
		return ' '
	}
	return r
}

func after(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

func isWord(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= 'a' && r <= 'z' || r >= '0' && r <= '9'
	}
	return unicode.In(r, unicode.L, unicode.N)
}

// inOrder tells whether the letters of each word are found in their order,
// within the name or within the address before the @.
func inOrder(text string, words []string) bool {
	name, address, _ := strings.Cut(text, "\n")
	address, _, _ = strings.Cut(address, "@")
	for _, w := range words {
		if len(w) < 2 || !subsequence(name, w) && !subsequence(address, w) {
			return false
		}
	}
	return true
}

// subsequence begins at the beginning of a word, so that little is found by
// chance.
func subsequence(text, word string) bool {
	first, n := utf8.DecodeRuneInString(word)
	word = word[n:]
	begun, last := false, ' '
	for _, r := range text {
		switch {
		case !begun:
			begun = r == first && !isWord(last)
			last = r
		case word == "":
			return true
		default:
			if next, n := utf8.DecodeRuneInString(word); r == next {
				word = word[n:]
			}
		}
	}
	return begun && word == ""
}
