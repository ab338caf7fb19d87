// Package preview makes files readable as lines of text: tables of separated
// values are aligned, archives are listed and never unpacked.
//
//	lines := preview.Table(text)
//	lines, err := preview.Archive(name, data)
//
// Input is hostile: how much is read, listed and expanded is bounded. Lines are
// true, not safe for a screen.
package preview
