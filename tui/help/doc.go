// Package help is the overlay that lists every key of a view. Typing narrows
// the list; the keys come from the table, so that they are always true.
package help
