package query

import (
	"cmp"
	"slices"
	"strings"
)

// Find gives the places in a text where needles stand, in order and apart from
// each other. In what field they were looked for does not matter: what is marked
// on a screen is what was typed.
func Find(text string, needles []Text) []Span {
	if len(needles) == 0 || text == "" {
		return nil
	}
	words := Words(text)
	var out []Span
	for i := range words {
		for _, n := range needles {
			if s, ok := at(words[i:], n); ok {
				out = append(out, s)
			}
		}
	}
	if len(out) < 2 {
		return out
	}
	slices.SortFunc(out, func(a, b Span) int { return cmp.Or(a.Start-b.Start, b.End-a.End) })
	joined := out[:1]
	for _, s := range out[1:] {
		last := &joined[len(joined)-1]
		if s.Start <= last.End {
			last.End = max(last.End, s.End)
			continue
		}
		joined = append(joined, s)
	}
	return joined
}

// begins tells whether words begin with a needle.
func begins(words []Word, n Text) bool {
	if len(words) < len(n.Words) {
		return false
	}
	for k, want := range n.Words {
		last := k == len(n.Words)-1
		if have := words[k].Text; have != want && !(last && n.Prefix && strings.HasPrefix(have, want)) {
			return false
		}
	}
	return true
}

// at tells whether words begin with a needle, and where that stands.
func at(words []Word, n Text) (Span, bool) {
	if !begins(words, n) {
		return Span{}, false
	}
	end := words[len(n.Words)-1]
	s := Span{words[0].Start, end.End}
	// A pair reaches over the character behind it.
	if end.dense && !end.alone && len([]rune(n.Words[len(n.Words)-1])) > 1 && len(words) > len(n.Words) {
		s.End = words[len(n.Words)].End
	}
	return s, s.End > s.Start
}
