// Package query is the language of searches, and the words that mail is
// searched by. It is pure: no store, no clock, no screen.
//
//	q := query.Parse(`from:ada "dry run" -is:read`, time.Now())
//	q.Root      // what was understood, nil where nothing was
//	q.Problems  // what was not, with its place in the input
//
// Parse never fails. What is typed half is a problem that says so, so that
// results can follow the typing.
//
// Text is searched by its words as Words makes them: without case, accents and
// forms of presentation. Scripts that put no blanks between words give pairs of
// neighbouring characters. The index, the queries, and what is marked on the
// screen all go through the same function, which is why they agree.
package query
