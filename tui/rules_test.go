package tui_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// below lists what each package of the interface may import of the project,
// beside the vocabulary that all of them may.
var below = map[string][]string{
	"theme":    {},
	"screen":   {},
	"layout":   {},
	"widget":   {"layout", "theme"},
	"words":    {},
	"keys":     {"layout"},
	"nav":      {"keys", "theme", "widget", "words"},
	"status":   {"nav", "keys", "theme", "widget", "words"},
	"dialog":   {"nav", "keys", "layout", "theme", "widget", "words"},
	"help":     {"nav", "keys", "theme", "widget"},
	"palette":  {"nav", "keys"},
	"sidebar":  {"nav", "keys", "theme", "widget", "words"},
	"inbox":    {"nav", "keys", "theme", "widget", "words"},
	"search":   {"nav", "keys", "theme", "widget", "words"},
	"reader":   {"nav", "keys", "theme", "widget", "words"},
	"composer": {"nav", "keys", "theme", "widget", "words"},
	"people":   {"nav", "keys", "theme", "widget", "words"},
	"wizard":   {"nav", "keys", "theme", "widget", "words"},
	"outbox":   {"nav", "keys", "theme", "widget", "words"},
}

var vocabulary = []string{"postea/internal/app", "postea/internal/app/doctor", "postea/internal/app/setup", "postea/internal/event", "postea/internal/mail", "postea/internal/reading", "postea/internal/picture", "postea/internal/transcript", "postea/internal/when"}

// Screens that imported each other would know each other's insides; an
// interface that reached the store or the network would not be the only thing
// that can be replaced.
func TestImports(t *testing.T) {
	eachFile(t, func(dir, path string, _ *token.FileSet, f *ast.File) {
		allowed, known := below[dir]
		if !known && dir != "." && dir != "tuitest" {
			t.Errorf("%s: package %s has no place among the floors", path, dir)
		}
		for _, i := range f.Imports {
			name := strings.Trim(i.Path.Value, `"`)
			sub, ours := strings.CutPrefix(name, "postea/tui/")
			switch {
			case !strings.HasPrefix(name, "postea/"), slices.Contains(vocabulary, name), dir == "tuitest":
			case dir == "." && ours && sub != "tuitest":
			case slices.Contains(allowed, sub):
			default:
				t.Errorf("%s imports %s", path, name)
			}
		}
	})
}

// Time comes as a message. The clock is read by commands, through Options.Now.
func TestNoClock(t *testing.T) {
	eachFile(t, func(dir, path string, _ *token.FileSet, f *ast.File) {
		if dir == "tuitest" {
			return
		}
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if pkg, ok := sel.X.(*ast.Ident); ok && pkg.Name == "time" && slices.Contains([]string{"Now", "Since", "Until", "Sleep", "After", "Tick"}, sel.Sel.Name) {
				t.Errorf("%s calls time.%s", path, sel.Sel.Name)
			}
			return true
		})
	})
}

func TestFilesAndUpdateStaySmall(t *testing.T) {
	eachFile(t, func(_, path string, fset *token.FileSet, f *ast.File) {
		if n := fset.Position(f.End()).Line; n > 500 {
			t.Errorf("%s has %d lines", path, n)
		}
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if n := fset.Position(fn.End()).Line - fset.Position(fn.Pos()).Line; n > 120 {
				t.Errorf("%s: %s has %d lines", path, fn.Name.Name, n)
			}
		}
	})
}

// eachFile calls f for every file that is no test.
func eachFile(t *testing.T, f func(dir, path string, fset *token.FileSet, file *ast.File)) {
	t.Helper()
	n := 0
	err := filepath.WalkDir(".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		n++
		f(filepath.Dir(path), path, fset, file)
		return nil
	})
	if err != nil || n < 30 {
		t.Fatalf("%d files: %v", n, err)
	}
}
