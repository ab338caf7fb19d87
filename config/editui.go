package config

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
)

// SetUI sets a key of the table [ui], such as "theme", and leaves every other
// byte of the file alone; a missing file is made.
func SetUI(path, key string, value any) error {
	data, err := readText(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("reading the configuration: %w", err)
	}
	out, err := setKey(path, data, "ui", key, value)
	if err != nil {
		return err
	}
	return replace(path, data, out)
}

// setKey sets a key of a table that stands once in the file.
func setKey(path string, data []byte, table, key string, value any) ([]byte, error) {
	root, problems := parseTree(path, data)
	if problems != nil {
		return nil, problems
	}
	t := root.get(table)
	if t != nil {
		if old := t.get(key); old != nil {
			from, to := valueRange(data, old)
			return slices.Concat(data[:from], []byte(tomlValue(value)), data[to:]), nil
		}
	}
	line := key + " = " + tomlValue(value) + "\n"
	first := len(data)
	for _, h := range headers(data) {
		if h.table == table {
			at := h.at + lineLength(data[h.at:])
			if at > 0 && data[at-1] != '\n' {
				line = "\n" + line
			}
			return slices.Concat(data[:at], []byte(indentOf(data, t)+line), data[at:]), nil
		}
		first = min(first, commentsAbove(data, h.at))
	}
	switch {
	case t != nil && t.to > 0:
		return nil, fmt.Errorf("%s: write  %s = %s  into the table %s yourself: it stands on one line", path, key, tomlValue(value), table)
	case t != nil: // keys such as ui.rows
		at := lineStart(data, t.at)
		return slices.Concat(data[:at], []byte(table+"."+line), data[at:]), nil
	}
	before := ""
	if first > 0 && data[first-1] != '\n' {
		before = "\n\n"
	}
	return slices.Concat(data[:first], []byte(before+"["+table+"]\n"+line+"\n"), data[first:]), nil
}
