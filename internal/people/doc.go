// Package people finds whom a few typed letters may mean, among all that are
// known: written to, read from, in address books.
//
//	b := people.NewBook(list, groups, now)
//	hits := b.Find("gra ho", 8)
//
// A Book does not change and may be used by several goroutines. A search over
// 50,000 people takes a millisecond or two, so it can run at every key.
//
// The package also reads and writes vCards (RFC 6350, and the older versions
// that address books export), and reads what other address books and query commands print.
package people
