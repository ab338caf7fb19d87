package widget

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Match scores how well pattern, in any case, is found in s as letters in
// order: better at the start of words, in a row, and near the front. at holds
// the byte offsets of the letters found. ok is false where some are missing.
// An empty pattern matches everything.
func Match(pattern, s string) (score int, at []int, ok bool) {
	letters := []rune(strings.ToLower(strings.ReplaceAll(pattern, " ", "")))
	if len(letters) == 0 {
		return 0, nil, true
	}
	for _, start := range starts(s, letters[0]) {
		if sc, pos, found := matchFrom(letters, s, start); found && (!ok || sc > score) {
			score, at, ok = sc, pos, true
		}
	}
	return score, at, ok
}

// starts lists where a match can begin: a few places, so that the time stays linear.
func starts(s string, first rune) []int {
	const most = 8
	var list []int
	for i, r := range s {
		if unicode.ToLower(r) == first {
			list = append(list, i)
			if len(list) == most {
				break
			}
		}
	}
	return list
}

func matchFrom(letters []rune, s string, start int) (score int, at []int, ok bool) {
	next, last, word := 0, -2, true
	if start > 0 {
		r, _ := utf8.DecodeLastRuneInString(s[:start])
		word = !isWord(r)
		score -= min(start, 8)
	}
	index := 0
	for i, r := range s[start:] {
		if next < len(letters) && unicode.ToLower(r) == letters[next] {
			score += 4
			if word {
				score += 8
			}
			if last == index-1 {
				score += 10 // a word that is there counts for more than one put together from others
			}
			at, last = append(at, start+i), index
			next++
		}
		word = !isWord(r)
		index++
	}
	return score - index/16, at, next == len(letters)
}

// Ranked is one of the things that Rank found.
type Ranked struct {
	Index int   // in the list given
	At    []int // byte offsets of the letters found
	score int
}

// Rank gives those of the texts that match, best first, else in their order.
func Rank(pattern string, texts []string) []Ranked {
	var list []Ranked
	for i, s := range texts {
		if score, at, ok := Match(pattern, s); ok {
			list = append(list, Ranked{i, at, score})
		}
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].score > list[j].score })
	return list
}
