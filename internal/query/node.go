package query

import "time"

// Node is a condition on a message: And, Or, Not, or one of the leaves.
type Node interface{ isNode() }

// And holds where all of its parts hold, Or where one does, Not where its part
// does not.
type (
	And []Node
	Or  []Node
	Not struct{ Of Node }
)

// Field is where words are looked for.
type Field int

// The fields.
const (
	Anywhere Field = iota
	From
	To // with Cc
	Cc
	Subject
	Body
	Files // names of attachments
	List  // List-Id
)

// Text holds where the words stand in the field, one after the other.
type Text struct {
	Field  Field
	Words  []string // as Words makes them, at least one
	Prefix bool     // the last word may go on
	Typed  string   // the words as they were typed, for a server, which has ways of its own with them
}

// Addresses holds where one of the field's addresses is one of these, in any case;
// nobody types it.
type Addresses struct {
	Field Field // From, To or Cc
	Of    []string
}

// Words is the condition that the field holds the words of one of the addresses, which
// may also stand within a longer one or in a name.
func (n Addresses) Words() Or {
	var out Or
	for _, a := range n.Of {
		out = append(out, Phrase(n.Field, a))
	}
	return out
}

// State is what a message is or has.
type State int

// The states.
const (
	Unread State = iota
	Read
	Starred
	Answered
	Forwarded
	Draft
	Sent
	Muted
	Pinned
	Attachment
)

// Is holds for messages of a state.
type Is struct{ State State }

// In holds for messages in folders of a name or role, and Account for those of an
// account; names are compared as by Same. At is where the name stands in the input.
type (
	In struct {
		Name string
		At   Span
	}
	Account struct {
		Name string
		At   Span
	}
)

// Dates holds for messages from From on and before To; zero is no bound.
type Dates struct{ From, To time.Time }

// Size holds for messages larger than Over and smaller than Under, in bytes; 0
// is no bound.
type Size struct{ Over, Under int64 }

// Label holds for messages with a label of that name, as Same compares it.
type Label struct{ Name string }

// Any holds for the messages of these numbers; nobody types it.
type Any struct{ IDs []int64 }

// ID holds for the message of that number or, with an @, of that Message-ID;
// Thread for the messages of a conversation.
type (
	ID     struct{ ID string }
	Thread struct{ ID int64 }
)

func (And) isNode()       {}
func (Or) isNode()        {}
func (Not) isNode()       {}
func (Text) isNode()      {}
func (Addresses) isNode() {}
func (Is) isNode()        {}
func (In) isNode()        {}
func (Account) isNode()   {}
func (Dates) isNode()     {}
func (Size) isNode()      {}
func (ID) isNode()        {}
func (Thread) isNode()    {}
func (Label) isNode()     {}
func (Any) isNode()       {}

// Span is a piece of the input, in bytes.
type Span struct{ Start, End int }

// Problem is what could not be understood.
type Problem struct {
	Span
	Text string // in words
	Half bool   // it may come right when more is typed
}

// Query is a search as it was understood.
type Query struct {
	Root     Node // nil: nothing is asked
	Problems []Problem
}

// Walk calls f with every node, parents first.
func Walk(n Node, f func(Node)) {
	if n == nil {
		return
	}
	f(n)
	switch n := n.(type) {
	case And:
		for _, c := range n {
			Walk(c, f)
		}
	case Or:
		for _, c := range n {
			Walk(c, f)
		}
	case Not:
		Walk(n.Of, f)
	}
}

// Map gives a condition in which f has replaced the leaves.
func Map(n Node, f func(Node) Node) Node {
	all := func(list []Node) []Node {
		out := make([]Node, len(list))
		for i, c := range list {
			out[i] = Map(c, f)
		}
		return out
	}
	switch n := n.(type) {
	case nil:
		return nil
	case And:
		return And(all(n))
	case Or:
		return Or(all(n))
	case Not:
		return Not{Map(n.Of, f)}
	}
	return f(n)
}

// Phrase is the condition that a field holds the words of a text as they stand.
func Phrase(f Field, text string) Text {
	words, _ := phrase(text, false)
	return Text{Field: f, Words: words, Typed: typed(text)}
}

// Needles gives the texts that a hit may hold, for marking them: those that are
// not asked to be absent.
func Needles(n Node) []Text {
	var out []Text
	var walk func(Node, bool)
	walk = func(n Node, not bool) {
		switch n := n.(type) {
		case And:
			for _, c := range n {
				walk(c, not)
			}
		case Or:
			for _, c := range n {
				walk(c, not)
			}
		case Not:
			walk(n.Of, !not)
		case Text:
			if !not {
				out = append(out, n)
			}
		case Addresses:
			walk(n.Words(), not)
		}
	}
	walk(n, false)
	return out
}
