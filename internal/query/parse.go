package query

import (
	"fmt"
	"strings"
	"time"
	"unicode"
)

// Bounds of a query. What is beyond is a problem.
const (
	maxInput  = 4000
	maxLeaves = 100
	maxDepth  = 30
)

// Parse reads a query as typed; now is what relative dates count from, and its
// location says when days begin. It never fails: Root is what was understood.
//
// Words are joined by AND. The last word may go on where nothing stands behind
// it, as may one with a * at its end; one in quotes is exact.
func Parse(input string, now time.Time) Query {
	p := parser{input: input, now: now}
	if len(input) > maxInput {
		p.problem(Span{maxInput, len(input)}, false, "the search is too long")
		input = strings.ToValidUTF8(input[:maxInput], "")
	}
	p.input, p.tokens = input, lex(input)
	var parts []Node
	for {
		if n := p.either(""); n != nil {
			parts = append(parts, n)
		}
		if p.done() {
			break
		}
		p.problem(p.next().at, false, "there is no ( for this )")
	}
	return Query{Root: both(parts), Problems: p.problems}
}

type parser struct {
	input    string
	now      time.Time
	tokens   []token
	at       int
	depth    int
	leaves   int
	problems []Problem
}

func (p *parser) done() bool { return p.at >= len(p.tokens) }

func (p *parser) peek(k kind) bool { return !p.done() && p.tokens[p.at].kind == k }

func (p *parser) next() token {
	t := p.tokens[p.at]
	p.at++
	return t
}

func (p *parser) accept(k kind) bool {
	if p.peek(k) {
		p.at++
		return true
	}
	return false
}

func (p *parser) problem(at Span, half bool, format string, args ...any) {
	p.problems = append(p.problems, Problem{at, fmt.Sprintf(format, args...), half})
}

// both joins by AND; nil for none.
func both(list []Node) Node {
	switch len(list) {
	case 0:
		return nil
	case 1:
		return list[0]
	}
	return And(list)
}

// either reads conditions joined by OR. in is the field whose brackets they stand in, as in
// from:(ada OR grace); "" for none.
func (p *parser) either(in string) Node {
	var list []Node
	if n := p.all(in); n != nil {
		list = append(list, n)
	}
	for p.peek(or) {
		at := p.next().at
		n := p.all(in)
		switch {
		case n == nil:
			p.problem(at, true, "nothing stands after OR")
		case list == nil:
			p.problem(at, false, "nothing stands before OR")
			fallthrough
		default:
			list = append(list, n)
		}
	}
	if len(list) < 2 {
		return both(list)
	}
	return Or(list)
}

func (p *parser) all(in string) Node {
	var list []Node
	for !p.done() && !p.peek(or) && !p.peek(closing) {
		if p.peek(and) {
			if at := p.next().at; p.done() || p.peek(or) || p.peek(closing) || p.peek(and) {
				p.problem(at, p.done(), "nothing stands after AND")
			}
			continue
		}
		if n := p.one(in); n != nil {
			list = append(list, n)
		}
	}
	return both(list)
}

// one reads a condition with what negates it.
func (p *parser) one(in string) Node {
	negative := false
	var at Span
	for p.peek(minus) || p.peek(not) {
		at = p.next().at
		negative = !negative
	}
	if p.done() || p.peek(or) || p.peek(closing) || p.peek(and) {
		p.problem(at, p.done(), "nothing stands after NOT")
		return nil
	}
	n := p.primary(in)
	if n != nil && negative {
		return Not{n}
	}
	return n
}

func (p *parser) primary(in string) Node {
	t := p.next()
	switch t.kind {
	case open:
		return p.bracket(in, t)
	case name:
		return p.field(t)
	}
	return p.leaf(in, t)
}

func (p *parser) bracket(in string, t token) Node {
	if p.depth == maxDepth {
		p.problem(t.at, false, "brackets are nested too deeply")
		return nil
	}
	before := len(p.problems)
	p.depth++
	n, found := p.either(in), len(p.problems)
	p.depth--
	switch {
	case !p.accept(closing):
		p.problem(t.at, true, "the bracket is not closed")
	case n == nil && found == before:
		p.problem(t.at, p.tokens[p.at-1].at.End == len(p.input), "nothing stands between the brackets")
	}
	return n
}

// field reads what stands after a name with a colon.
func (p *parser) field(t token) Node {
	if !isField(t.text) {
		p.problem(t.at, false, "there is no field %q; there are %s", t.text, fieldNames)
		return p.primary("") // what was typed is still looked for
	}
	if p.done() || p.peek(closing) || p.peek(or) || p.peek(and) || p.peek(not) {
		p.problem(t.at, p.done(), "nothing stands after %s:", t.text)
		return nil
	}
	if p.peek(open) {
		return p.bracket(t.text, p.next())
	}
	v := p.next()
	if v.kind == name { // from:re:something
		v = token{kind: word, text: p.input[v.at.Start:v.at.End], at: v.at, glue: v.glue}
		for v.glue && !p.done() && (p.peek(word) || p.peek(name)) {
			more := p.next()
			v.at.End, v.glue = more.at.End, more.glue
			v.text = p.input[v.at.Start:v.at.End]
		}
	}
	return p.leaf(t.text, v)
}

// leaf makes a word or a quoted text into a condition.
func (p *parser) leaf(in string, t token) Node {
	if t.open {
		p.problem(Span{t.at.Start, t.at.Start + 1}, true, "the quote is not closed")
	}
	if p.leaves++; p.leaves > maxLeaves {
		if p.leaves == maxLeaves+1 {
			p.problem(t.at, false, "the search has too many words")
		}
		return nil
	}
	if in == "" {
		return p.text(Anywhere, t)
	}
	return p.value(in, t)
}

// text is the condition that words stand in a field. Signs between the words of a
// search ask for nothing; a field or a quote that asks for nothing is a mistake, as
// what is left would find more than was meant.
func (p *parser) text(f Field, t token) Node {
	source := t.text
	prefix := t.kind != quoted && t.at.End == len(p.input)
	if t.kind != quoted && strings.HasSuffix(source, "*") {
		prefix = true
	}
	words, prefix := phrase(source, prefix)
	if len(words) == 0 {
		switch {
		case strings.TrimSpace(source) == "":
			p.problem(t.at, t.at.End == len(p.input), "nothing stands between the quotes")
		case f != Anywhere || t.kind == quoted:
			p.problem(t.at, t.at.End == len(p.input), "%q holds no letters or digits", source)
		case !isBetween(source):
			p.problem(t.at, false, "%q holds no letters or digits", source)
		}
		return nil
	}
	return Text{Field: f, Words: words, Prefix: prefix, Typed: typed(source)}
}

// isBetween tells of signs that stand between words, such as dashes, § and €. Others,
// such as ⭐, may be what is looked for.
func isBetween(signs string) bool {
	return !strings.ContainsFunc(signs, func(r rune) bool {
		return r != '№' && !unicode.In(r, unicode.P, unicode.Sc, unicode.Sm, unicode.Sk)
	})
}
