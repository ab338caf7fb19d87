// Package storetest gives tests data directories with an empty store. It is made once and
// copied: to make one takes long, and seconds under the race detector.
package storetest

import (
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// Template is a data directory to be copied. It may be used by several tests at once.
type Template struct {
	files func() (map[string][]byte, error)
}

// New gives a template of what open leaves in an empty directory once it is closed. It is
// called at the first use.
func New[C io.Closer](open func(dir string) (C, error)) *Template {
	return &Template{sync.OnceValues(func() (map[string][]byte, error) {
		dir, err := os.MkdirTemp("", "store")
		if err != nil {
			return nil, err
		}
		defer os.RemoveAll(dir)
		c, err := open(dir)
		if err != nil {
			return nil, err
		}
		if err := c.Close(); err != nil {
			return nil, err
		}
		return read(dir)
	})}
}

func read(dir string) (map[string][]byte, error) {
	list, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, f := range list {
		if !f.Type().IsRegular() {
			continue
		}
		if files[f.Name()], err = os.ReadFile(filepath.Join(dir, f.Name())); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// Dir gives a directory of its own that ends with the test.
func (t *Template) Dir(tb testing.TB) string {
	tb.Helper()
	dir := tb.TempDir()
	t.Put(tb, dir)
	return dir
}

// Put fills a directory, and makes it where there is none.
func (t *Template) Put(tb testing.TB, dir string) {
	tb.Helper()
	files, err := t.files()
	if err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	for name, content := range files {
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), content, 0o600)
		}
	}
	if err != nil {
		tb.Fatal(err)
	}
}
