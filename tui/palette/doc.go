// Package palette makes the menu of everything: every action that is valid
// here, every folder and account, each with its key, so that the palette
// teaches the keys.
package palette
