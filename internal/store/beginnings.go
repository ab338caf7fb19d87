package store

import (
	"context"
	"database/sql"
	"errors"
	"unicode/utf8"
)

// A word that may go on is looked for by the words it can be. FTS5 would gather
// the messages of all of them before it gives the first one, which takes long for
// the beginnings of common words; of alternatives it reads only as far as the
// newest hits. Beginnings of three letters have an index of their own (words).
const (
	indexedLetters = 3
	mostEndings    = 48 // words that one can be; with more of them they are rare words mostly
	mostThirds     = 96 // third letters behind two: those of a few alphabets
)

// ending is what may stand for a word that may go on.
type ending struct {
	word string
	star bool // it may go on, and the index of beginnings knows it
}

// endings lists what a word that may go on stands for; where that is too much, the
// word itself.
func (p *planner) endings(word string) []ending {
	switch n := utf8.RuneCountInString(word); {
	case n < indexedLetters-1 || n == indexedLetters:
		return []ending{{word, true}}
	case n == indexedLetters-1:
		return p.thirdLetters(word)
	}
	var out []ending
	below := word + "\xff"
	for from := word; ; {
		w := p.wordFrom(from, below)
		if w == "" {
			break
		}
		if len(out) == mostEndings {
			return []ending{{word, true}}
		}
		out = append(out, ending{word: w})
		from = w + "\x00"
	}
	if out == nil {
		return []ending{{word: word}} // and there is none
	}
	return out
}

// thirdLetters lists the beginnings of three letters that begin with two.
func (p *planner) thirdLetters(two string) []ending {
	out := []ending{{word: two}}
	below := two + "\xff"
	for from := two + "\x00"; ; {
		w := p.wordFrom(from, below)
		if w == "" {
			return out
		}
		_, n := utf8.DecodeRuneInString(w[len(two):])
		three := w[:len(two)+n]
		if len(out) > mostThirds {
			return []ending{{two, true}}
		}
		out = append(out, ending{three, true})
		from = three + "\xff"
	}
}

// wordsIn gives the first word of the index from one on and below another, "" for
// none. done must be called.
func (s *Store) wordsIn(ctx context.Context) (next func(from, below string) (string, error), done func()) {
	var stmt *sql.Stmt
	next = func(from, below string) (word string, err error) {
		if stmt == nil {
			stmt, err = s.mail.read.PrepareContext(ctx, `SELECT term FROM words_terms WHERE term >= ? AND term < ? LIMIT 1`)
			if err != nil {
				return "", err
			}
		}
		err = stmt.QueryRowContext(ctx, from, below).Scan(&word)
		if errors.Is(err, sql.ErrNoRows) {
			err = nil
		}
		return word, err
	}
	return next, func() {
		if stmt != nil {
			stmt.Close()
		}
	}
}
