// Package people is the address book on the screen: what is typed narrows the
// list, enter writes to whom the cursor stands on.
package people
