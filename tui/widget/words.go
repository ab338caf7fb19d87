package widget

import (
	"unicode"
	"unicode/utf8"
)

// wordLeft is the start of the word before byte i of s.
func wordLeft(s string, i int) int {
	back := func(want bool) {
		for i > 0 {
			r, n := utf8.DecodeLastRuneInString(s[:i])
			if isWord(r) != want {
				return
			}
			i -= n
		}
	}
	back(false)
	back(true)
	return i
}

// wordRight is the end of the word after byte i of s.
func wordRight(s string, i int) int {
	on := func(want bool) {
		for i < len(s) {
			r, n := utf8.DecodeRuneInString(s[i:])
			if isWord(r) != want {
				return
			}
			i += n
		}
	}
	on(false)
	on(true)
	return i
}

func isWord(r rune) bool { return unicode.In(r, unicode.L, unicode.M, unicode.N) || r == '_' }

// clusterLeft is the start of the cluster before byte i of s. Clusters are
// found from the front, because only that is unambiguous.
func (m Measure) clusterLeft(s string, i int) int {
	from := 0
	for k := i - 1; k > 0 && i-k < 256; k-- {
		if s[k-1] < utf8.RuneSelf && s[k] < utf8.RuneSelf { // nothing joins two ASCII bytes
			from = k
			break
		}
	}
	for from < i {
		_, n, _ := m.Next(s[from:])
		if from+n >= i {
			return from
		}
		from += n
	}
	return from
}

// clusterRight is the end of the cluster at byte i of s.
func (m Measure) clusterRight(s string, i int) int {
	if i >= len(s) {
		return len(s)
	}
	_, n, _ := m.Next(s[i:])
	return i + n
}
