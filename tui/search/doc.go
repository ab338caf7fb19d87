// Package search is the line above the list in which a search is typed. It
// says by Changed what is to be listed after every key, by Accept that the
// typing is done, and by Leave that the user wants back to where the search
// began. What is found is the list's business.
package search
