package spell

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Suggest gives up to n words that may be meant, the likeliest first: what the
// dictionary says is often mistaken, then one slip of a finger, then two words
// run together, then what differs by two letters.
func (d *Dictionary) Suggest(word string, n int) []string {
	word = strings.Trim(strings.ReplaceAll(word, "’", "'"), "'")
	if word == "" || utf8.RuneCountInString(word) > 40 {
		return nil
	}
	var out []string
	try := func(s string) {
		if len(out) < n && s != word && !slices.ContainsFunc(out, func(have string) bool { return strings.EqualFold(have, s) }) && d.offered(s) {
			out = append(out, s)
		}
	}
	first, size := utf8.DecodeRuneInString(word)
	try(string(unicode.ToUpper(first)) + word[size:])
	try(strings.ToLower(word))
	for _, r := range d.rules.replace {
		from := strings.Trim(r[0], "^$")
		for i := strings.Index(word, from); i >= 0 && from != ""; {
			if !(strings.HasPrefix(r[0], "^") && i > 0) {
				try(word[:i] + r[1] + word[i+len(from):])
			}
			next := strings.Index(word[i+1:], from)
			if next < 0 {
				break
			}
			i += next + 1
		}
	}
	for s := range d.slips(word) {
		try(s)
	}
	for i := range word {
		if i > 1 && len(word)-i > 1 && len(out) < n && d.Known(word[:i]) && d.Known(word[i:]) {
			try(word[:i] + " " + word[i:])
		}
	}
	if len(out) < n {
		for _, s := range d.near(word, n) {
			try(s)
		}
	}
	return out
}

// offered tells whether a suggestion is a word, or two.
func (d *Dictionary) offered(s string) bool {
	for part := range strings.SplitSeq(s, " ") {
		if part == "" || !d.Known(part) {
			return false
		}
		for _, flags := range d.stems[part] {
			if d.has(flags, d.rules.noSuggest) {
				return false
			}
		}
	}
	return true
}

// slips are what one slip makes of a word: neighbours swapped, a letter changed,
// missing or too many.
func (d *Dictionary) slips(word string) func(func(string) bool) {
	return func(yield func(string) bool) {
		letters := []rune(word)
		alphabet := []rune(d.rules.try)
		if len(alphabet) == 0 {
			alphabet = []rune("esianrtolcdugmphbyfvkwzjxq'")
		}
		with := func(i, drop int, put ...rune) string {
			return string(letters[:i]) + string(put) + string(letters[i+drop:])
		}
		for i := range len(letters) - 1 {
			if !yield(with(i, 2, letters[i+1], letters[i])) {
				return
			}
		}
		for i := range letters {
			if !yield(with(i, 1)) {
				return
			}
		}
		for i := range len(letters) + 1 {
			for _, r := range alphabet {
				if !unicode.IsLetter(r) && !strings.ContainsRune(word, r) && r != '\'' || r == '\'' && i == 0 {
					continue
				}
				if i < len(letters) && !yield(with(i, 1, r)) || !yield(with(i, 0, r)) {
					return
				}
			}
		}
	}
}

// near looks among the stems for what differs by two letters and begins alike.
func (d *Dictionary) near(word string, n int) []string {
	target := []rune(strings.ToLower(word))
	var out []string
	for stem := range d.stems {
		if len(stem) < len(word)-3 || len(stem) > len(word)+3 || stem[0]|0x20 != word[0]|0x20 {
			continue
		}
		if distance(target, []rune(strings.ToLower(stem)), 2) <= 2 {
			out = append(out, stem)
		}
	}
	slices.SortFunc(out, func(a, b string) int {
		if c := distance(target, []rune(strings.ToLower(a)), 2) - distance(target, []rune(strings.ToLower(b)), 2); c != 0 {
			return c
		}
		return strings.Compare(a, b)
	})
	return out[:min(len(out), n)]
}

// distance counts the letters to be changed, put in or taken out, or limit+1
// where there are more than limit.
func distance(a, b []rune, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		diagonal, best := row[0], i+1
		row[0] = i + 1
		for j := range b {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j+1]+1, row[j]+1)
			best = min(best, row[j+1])
		}
		if best > limit {
			return limit + 1
		}
	}
	return row[len(b)]
}
