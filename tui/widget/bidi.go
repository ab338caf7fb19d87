package widget

import (
	"slices"

	"golang.org/x/text/unicode/bidi"
)

// levels gives the embedding level of each cluster of a text whose base direction is known
// (UAX #9, without explicit embeddings, which no text has here). Clusters stand for their
// first rune.
func levels(clusters []string, base direction) []uint8 {
	p := paragraph{clusters: clusters, types: make([]bidi.Class, len(clusters)), sos: bidi.L}
	if base == leftward {
		p.sos = bidi.R
	}
	for i, c := range clusters {
		props, _ := bidi.LookupString(c)
		p.types[i] = props.Class()
	}
	p.weak()
	p.brackets()
	p.neutral()
	out := make([]uint8, len(clusters))
	for i, t := range p.types {
		switch { // I1, I2
		case base == leftward && t == bidi.R:
			out[i] = 1
		case base == leftward:
			out[i] = 2
		case t == bidi.R:
			out[i] = 1
		case t == bidi.EN || t == bidi.AN:
			out[i] = 2
		}
	}
	return out
}

// paragraph is a text whose types are being resolved.
type paragraph struct {
	clusters []string
	types    []bidi.Class
	sos      bidi.Class // what stands before and after it: its base direction
}

// weak resolves what depends on the type before it (W1 to W7).
func (p *paragraph) weak() {
	t := p.types
	strong, before := p.sos, p.sos
	for i, c := range t {
		switch c {
		case bidi.NSM:
			t[i] = before
		case bidi.L, bidi.R, bidi.AL:
			strong = c
		case bidi.EN:
			if strong == bidi.AL {
				t[i] = bidi.AN
			}
		}
		before = t[i]
	}
	for i, c := range t {
		if c == bidi.AL {
			t[i] = bidi.R
		}
		if i == 0 || i == len(t)-1 || t[i-1] != t[i+1] {
			continue
		}
		if n := t[i-1]; n == bidi.EN && (c == bidi.ES || c == bidi.CS) || n == bidi.AN && c == bidi.CS {
			t[i] = n
		}
	}
	p.runs(func(c bidi.Class) bool { return c == bidi.ET }, func(from, to int, before, after bidi.Class) {
		if before == bidi.EN || after == bidi.EN {
			p.set(from, to, bidi.EN)
		}
	})
	strong = p.sos
	for i, c := range t {
		switch c {
		case bidi.ES, bidi.ET, bidi.CS:
			t[i] = bidi.ON
		case bidi.L, bidi.R:
			strong = c
		case bidi.EN:
			if strong == bidi.L {
				t[i] = bidi.L
			}
		}
	}
}

// closing are the brackets that come in pairs.
const opening, closing = "([{<«‹", ")]}>»›"

// brackets gives both of a pair the direction of what they are around (N0).
func (p *paragraph) brackets() {
	type pair struct{ from, to int }
	var pairs []pair
	var open []pair // to: which kind
	for i, c := range p.clusters {
		if p.types[i] != bidi.ON {
			continue
		}
		if kind := slices.Index([]rune(opening), []rune(c)[0]); kind >= 0 && kind < 3 {
			open = append(open, pair{i, kind})
		} else if kind := slices.Index([]rune(closing), []rune(c)[0]); kind >= 0 && kind < 3 {
			for k := len(open) - 1; k >= 0; k-- {
				if open[k].to == kind {
					pairs = append(pairs, pair{open[k].from, i})
					open = open[:k]
					break
				}
			}
		}
	}
	slices.SortFunc(pairs, func(a, b pair) int { return a.from - b.from })
	for _, b := range pairs {
		within := p.directions(b.from+1, b.to)
		other := bidi.R
		if p.sos == bidi.R {
			other = bidi.L
		}
		switch {
		case within[p.sos]:
			p.types[b.from], p.types[b.to] = p.sos, p.sos
		case within[other]:
			to := p.sos
			for i := b.from - 1; i >= 0; i-- {
				if d := asDirection(p.types[i]); d != bidi.ON {
					to = d
					break
				}
			}
			p.types[b.from], p.types[b.to] = to, to
		}
	}
}

// directions tells which directions are among some of the clusters.
func (p *paragraph) directions(from, to int) map[bidi.Class]bool {
	found := map[bidi.Class]bool{}
	for _, t := range p.types[from:to] {
		found[asDirection(t)] = true
	}
	return found
}

// asDirection is the direction that a neutral takes from a type; ON where it is none.
func asDirection(t bidi.Class) bidi.Class {
	switch t {
	case bidi.L:
		return bidi.L
	case bidi.R, bidi.EN, bidi.AN:
		return bidi.R
	}
	return bidi.ON
}

// neutral gives neutrals the direction of what is on both sides, else that of the text
// (N1, N2).
func (p *paragraph) neutral() {
	p.runs(func(c bidi.Class) bool { return asDirection(c) == bidi.ON }, func(from, to int, before, after bidi.Class) {
		if a := asDirection(before); a == asDirection(after) {
			p.set(from, to, a)
		} else {
			p.set(from, to, p.sos)
		}
	})
}

// runs finds sequences of clusters, with the types on both sides.
func (p *paragraph) runs(of func(bidi.Class) bool, f func(from, to int, before, after bidi.Class)) {
	for from := 0; from < len(p.types); from++ {
		if !of(p.types[from]) {
			continue
		}
		to, before, after := from, p.sos, p.sos
		for to < len(p.types) && of(p.types[to]) {
			to++
		}
		if from > 0 {
			before = p.types[from-1]
		}
		if to < len(p.types) {
			after = p.types[to]
		}
		f(from, to, before, after)
		from = to
	}
}

func (p *paragraph) set(from, to int, c bidi.Class) {
	for i := from; i < to; i++ {
		p.types[i] = c
	}
}

// visual gives the clusters in the order in which they stand on the screen, by their
// levels (L2).
func visual(levels []uint8) []int {
	order := make([]int, len(levels))
	for i := range order {
		order[i] = i
	}
	for level := uint8(2); level > 0; level-- {
		for from := 0; from < len(order); from++ {
			to := from
			for to < len(order) && levels[order[to]] >= level {
				to++
			}
			slices.Reverse(order[from:to])
			from = max(from, to)
		}
	}
	return order
}

// mirrored is a bracket as it looks among what is written from the right (L4).
func mirrored(cluster string) string {
	r := []rune(cluster)
	if i := slices.Index([]rune(opening), r[0]); i >= 0 {
		r[0] = []rune(closing)[i]
	} else if i := slices.Index([]rune(closing), r[0]); i >= 0 {
		r[0] = []rune(opening)[i]
	}
	return string(r)
}
