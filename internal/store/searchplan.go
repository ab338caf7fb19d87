package store

import (
	"slices"
	"strings"

	"postea/internal/mail"
	"postea/internal/query"
)

// A search is brought into the form (a AND b …) OR (c AND d …), where each part
// in brackets is a branch: at most one expression for the index of words, and
// conditions on rows of msg. A branch gives its hits newest first without
// sorting, and the branches are merged.

// maxBranches bounds how far a search is spread out; one that would become
// longer is answered in one branch that looks at every message.
const maxBranches = 16

// branch is a conjunction.
type branch struct {
	match  []textAtom // of the index
	where  []string   // of msg m, joined by AND
	args   []any
	from   int64 // docs of the index
	below  int64
	narrow bool // a condition that few messages fulfil and that has an index
	listed int  // how many messages are named one by one, which is narrow too
	never  bool

	unread, marked bool // conditions that have an index of their own
	folder         mail.FolderID
}

// textAtom is an expression of FTS5, to be or not to be fulfilled.
type textAtom struct {
	expr string
	not  bool
}

// atom is a leaf of the search as the planner sees it: text, or a row condition.
type atom struct {
	text textAtom
	add  func(*branch)
	sql  string // the condition alone, for the branch that looks at everything
	args []any
}

// planner knows what names in a search stand for.
type planner struct {
	folders   []FolderState
	displaced func(before int64) int64        // the highest row of a displaced message that is older
	keywords  func() []string                 // the flags that messages have beyond the usual ones
	wordFrom  func(from, below string) string // the first word of the index from one on and below another; "" for none
}

// negated pushes the negation down to the leaves.
func negated(n query.Node, not bool) query.Node {
	list := func(in []query.Node) []query.Node {
		out := make([]query.Node, len(in))
		for i, c := range in {
			out[i] = negated(c, not)
		}
		return out
	}
	switch n := n.(type) {
	case query.Not:
		return negated(n.Of, !not)
	case query.And:
		if not {
			return query.Or(list(n))
		}
		return query.And(list(n))
	case query.Or:
		if not {
			return query.And(list(n))
		}
		return query.Or(list(n))
	}
	if not {
		return query.Not{Of: n}
	}
	return n
}

// isText tells whether the index of words alone can answer.
func isText(n query.Node) bool {
	switch n := n.(type) {
	case query.And:
		return !slices.ContainsFunc(n, func(c query.Node) bool { return !isText(c) })
	case query.Or:
		return !slices.ContainsFunc(n, func(c query.Node) bool { return !isText(c) })
	case query.Not:
		return isText(n.Of)
	case query.Text, query.Account:
		return true
	case query.Is:
		return n.State == query.Attachment
	}
	return false
}

// branches spreads the search out; ok is false where it would become too long.
func (p *planner) branches(n query.Node) (list [][]atom, ok bool) {
	if isText(n) {
		return [][]atom{{{text: p.expr(n)}}}, true
	}
	switch n := n.(type) {
	case query.Or:
		// What only asks for words stays together.
		var text query.Or
		for _, c := range n {
			if isText(c) {
				text = append(text, c)
				continue
			}
			more, ok := p.branches(c)
			if list = append(list, more...); !ok || len(list) > maxBranches {
				return nil, false
			}
		}
		if len(text) > 0 {
			list = append(list, []atom{{text: p.expr(text)}})
		}
		return list, len(list) <= maxBranches
	case query.And:
		list = [][]atom{nil}
		for _, c := range n {
			more, ok := p.branches(c)
			if !ok || len(list)*len(more) > maxBranches {
				return nil, false
			}
			list = product(list, more)
		}
		return list, true
	}
	return p.leaf(n)
}

func product(a, b [][]atom) [][]atom {
	var out [][]atom
	for _, x := range a {
		for _, y := range b {
			out = append(out, slices.Concat(x, y))
		}
	}
	return out
}

// expr gives the FTS5 expression of a node that only asks for words. Negations
// stand at leaves.
func (p *planner) expr(n query.Node) textAtom {
	switch n := n.(type) {
	case query.Not:
		a := p.expr(n.Of)
		a.not = !a.not
		return a
	case query.And:
		return conjunction(p.exprs(n))
	case query.Or:
		var out textAtom
		var parts []string
		for _, a := range p.exprs(n) {
			parts = append(parts, a.positive())
		}
		out.expr = "(" + strings.Join(parts, " OR ") + ")"
		return out
	case query.Text:
		return p.text(n)
	case query.Account:
		return textAtom{expr: p.account(n.Name)}
	case query.Is:
		return textAtom{expr: quoteFTS(tagFile)}
	}
	return textAtom{expr: quoteFTS(tagAll)}
}

func (p *planner) exprs(list []query.Node) []textAtom {
	out := make([]textAtom, len(list))
	for i, c := range list {
		out[i] = p.expr(c)
	}
	return out
}

// conjunction joins by AND. FTS5 knows NOT only between two expressions; one
// that only says what is not wanted is taken from all messages.
func conjunction(list []textAtom) textAtom {
	var out textAtom
	var with, without []string
	for _, a := range list {
		if a.not {
			without = append(without, a.expr)
		} else {
			with = append(with, a.expr)
		}
	}
	if with == nil {
		with = []string{quoteFTS(tagAll)}
	}
	out.expr = strings.Join(with, " AND ")
	if len(with) > 1 {
		out.expr = "(" + out.expr + ")"
	}
	if without != nil {
		out.expr = "(" + out.expr + " NOT (" + strings.Join(without, " OR ") + "))"
	}
	return out
}

func (a textAtom) positive() string {
	if a.not {
		return conjunction([]textAtom{a}).expr
	}
	return a.expr
}

func quoteFTS(s string) string { return `"` + s + `"` }

// text quotes the words, so that none of them is taken for syntax.
func (p *planner) text(n query.Text) textAtom {
	expr := quoteFTS(strings.Join(n.Words, " "))
	if n.Prefix {
		expr = p.goingOn(n.Words)
	}
	column, ok := map[query.Field]string{
		query.From: "sender", query.To: "rcpt cc", query.Cc: "cc", query.Subject: "subject",
		query.Body: "body", query.Files: "files", query.List: "list",
	}[n.Field]
	if ok {
		expr = "{" + column + "} : " + expr
	}
	return textAtom{expr: "(" + expr + ")"}
}

// goingOn is the expression of words of which the last may go on.
func (p *planner) goingOn(words []string) string {
	last := len(words) - 1
	var parts []string
	for _, e := range p.endings(words[last]) {
		part := quoteFTS(strings.Join(append(slices.Clone(words[:last]), e.word), " "))
		if e.star {
			part += " *"
		}
		parts = append(parts, part)
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return "(" + strings.Join(parts, " OR ") + ")"
}

// account gives the expression for the accounts of a name.
func (p *planner) account(name string) string {
	var tags []string
	for _, f := range p.folders {
		if tag := quoteFTS(accountTag(f.Account)); query.Same(f.Account, name) && !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	if tags == nil {
		return quoteFTS(tagAccount) // which no message has
	}
	return "(" + strings.Join(tags, " OR ") + ")"
}
