package syncer

import (
	"slices"

	"postea/internal/store"
)

// maxTries is with how many commands the messages are looked for at which a server
// refuses a command.
const maxTries = 24

// sifting carries a change of several messages out although the server refuses it of
// some: one NO is about all of a command, whichever of them it is for.
type sifting struct {
	do    func([]store.Pending) ([]store.Pending, error) // records what it has done and gives what it has not
	tries int
	bad   [][]store.Pending // refused lists, to be parted
	no    []store.Pending   // refused by themselves
	why   error             // the last refusal
}

// sift gives the messages of which do is refused for good, and why. The error is any
// other end of do, before which what was found out holds.
func sift(list []store.Pending, do func([]store.Pending) ([]store.Pending, error)) (no []store.Pending, why, err error) {
	if len(list) == 0 {
		return nil, nil, nil
	}
	s := &sifting{do: do}
	if err := s.try(list); err != nil || len(s.bad) == 0 {
		return s.no, s.why, err
	}
	whole := s.bad[0]
	s.bad = nil
	if err := s.ends(whole); err != nil {
		return s.no, s.why, err
	}
	for len(s.bad) > 0 && s.tries+1 < maxTries {
		list, s.bad = s.bad[0], s.bad[1:]
		if err := s.halves(list); err != nil {
			return s.no, s.why, err
		}
	}
	// What there are no tries left for was refused with the rest.
	return slices.Concat(append(s.bad, s.no)...), s.why, nil
}

// try sorts in what of a list is refused.
func (s *sifting) try(list []store.Pending) error {
	s.tries++
	left, err := s.do(list)
	if !refused(err) || temporary(err) {
		return err
	}
	s.why = err
	switch {
	case len(left) == 1:
		s.no = append(s.no, left[0])
	case len(left) > 1:
		s.bad = append(s.bad, left)
	}
	return nil
}

// ends asks of a refused list for the first and the last alone: where both are refused
// it is hardly because of single messages.
func (s *sifting) ends(list []store.Pending) error {
	first, middle, last := list[:1], list[1:len(list)-1], list[len(list)-1:]
	for _, end := range [][]store.Pending{first, last} {
		if err := s.try(end); err != nil {
			return err
		}
	}
	switch {
	case len(middle) == 0:
	case len(s.no) == 1:
		return s.try(middle)
	default: // all of them, or some in the midst
		s.bad = append(s.bad, middle)
	}
	if len(s.no) == 2 {
		s.tries = maxTries
	}
	return nil
}

// halves parts a list that is refused. Where the first half is not, the second is.
func (s *sifting) halves(list []store.Pending) error {
	half, before := len(list)/2, len(s.bad)+len(s.no)
	if err := s.try(list[:half]); err != nil {
		return err
	}
	if rest := list[half:]; len(rest) > 1 && len(s.bad)+len(s.no) == before {
		s.bad = append(s.bad, rest)
		return nil
	}
	return s.try(list[half:])
}
