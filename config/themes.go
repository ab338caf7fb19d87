package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// ThemeFile is a theme of the user's as it is written. Which colours there are
// and how they are written is known to who draws.
type ThemeFile struct {
	Name, Path string
	Base       ThemeValue // its Value is "" where none is named
	Values     []ThemeValue
}

// ThemeValue is a colour of a role, in the table dark or light, or "" for both,
// with its place in the file, from 1.
type ThemeValue struct {
	Table, Key, Value string
	Line, Column      int
}

// maxTheme is far more than the names of all colours take.
const maxTheme = 64 << 10

// ThemeDir is where themes lie: beside the configuration.
func (c *Config) ThemeDir() string { return filepath.Join(filepath.Dir(c.Path), "themes") }

// Themes reads the files NAME.toml of the directory for themes. A file that
// cannot be read is left out and its faults are among the Problems.
func (c *Config) Themes() ([]ThemeFile, Problems) {
	list, err := os.ReadDir(c.ThemeDir())
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		return nil, Problems{{Path: c.ThemeDir(), Line: 1, Column: 1, Text: err.Error()}}
	}
	var out []ThemeFile
	var problems Problems
	for _, e := range list {
		name, ok := strings.CutSuffix(e.Name(), ".toml")
		if !ok || strings.HasPrefix(name, ".") {
			continue
		}
		path := filepath.Join(c.ThemeDir(), e.Name())
		t, wrong := readTheme(name, path)
		if problems = append(problems, wrong...); len(wrong) == 0 {
			out = append(out, t)
		}
	}
	return out, problems
}

func readTheme(name, path string) (ThemeFile, Problems) {
	if !plainName(name) {
		return ThemeFile{}, Problems{{Path: path, Line: 1, Column: 1, Text: fmt.Sprintf("the name %q must be 1 to 32 of a-z, 0-9, - and _", name)}}
	}
	data, err := readAtMost(path, maxTheme)
	if err != nil {
		return ThemeFile{}, Problems{{Path: path, Line: 1, Column: 1, Text: err.Error()}}
	}
	return parseTheme(name, path, data)
}

func readAtMost(path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(data)) > most {
		err = fmt.Errorf("is longer than %d KiB", most>>10)
	}
	return data, err
}

func parseTheme(name, path string, data []byte) (ThemeFile, Problems) {
	data = withoutMark(data)
	root, problems := parseTree(path, data)
	if problems != nil {
		return ThemeFile{}, problems
	}
	r := &reader{path: path, data: data}
	t := ThemeFile{Name: name, Path: path}
	value := func(table string, v *item) (ThemeValue, bool) {
		line, column := position(data, v.at)
		return ThemeValue{table, v.key, v.str, line, column}, r.want(v, kindString)
	}
	for _, v := range root.fields {
		if v.kind == kindTable {
			for _, w := range v.fields {
				if tv, ok := value(v.key, w); ok {
					t.Values = append(t.Values, tv)
				}
			}
			continue
		}
		tv, ok := value("", v)
		switch {
		case !ok:
		case v.key == "base":
			t.Base = tv
		default:
			t.Values = append(t.Values, tv)
		}
	}
	return t, r.problems
}
