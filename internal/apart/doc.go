// Package apart runs commands of the user's beside an interface that has the terminal.
package apart
