package config

import (
	"errors"
	"io/fs"
	"os"
)

// namedFile is a file that the configuration names, and where it does.
type namedFile struct {
	key, path string
	at        Place
}

// Unreadable tells which of the files that the configuration names cannot be
// read now. It works without them until they are needed, so Load does not ask.
func (c *Config) Unreadable() Problems {
	var out Problems
	for _, f := range c.files {
		file, err := os.Open(ExpandHome(f.path))
		if err == nil {
			file.Close()
			continue
		}
		if p, ok := errors.AsType[*fs.PathError](err); ok {
			err = p.Err
		}
		out = append(out, Problem{Path: c.Path, Line: f.at.Line, Column: f.at.Column, Key: f.key, Text: f.path + " cannot be read: " + err.Error()})
	}
	return out
}
