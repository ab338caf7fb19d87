package mailfile

import (
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// Box is a folder of another program: a Maildir, an MH folder, an mbox or a directory
// with .eml files.
type Box struct {
	Path   string
	Format Format
	Levels []string // its name, without the directory that was looked through; none for that itself
}

// Within lists the boxes in a directory, itself among them, as programs lay them
// out: Maildirs and MH folders below each other, .A.B beside cur and new (Maildir++), mbox
// files, and those of Thunderbird, whose folders within Name are in Name.sbd.
func Within(path string) ([]Box, error) {
	var out []Box
	err := filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(path, p)
		if err != nil {
			return err
		}
		if d.IsDir() {
			if inMaildir(p) {
				return fs.SkipDir
			}
			switch {
			case isMaildir(p):
				out = append(out, Box{p, Maildir, levels(path, rel)})
			case hasEML(p) && !slices.ContainsFunc(out, func(b Box) bool { // those of its directories are its own
				return b.Format == EML && strings.HasPrefix(p, b.Path+string(filepath.Separator))
			}):
				out = append(out, Box{p, EML, levels(path, rel)})
			case isMH(p):
				out = append(out, Box{p, MH, levels(path, rel)})
			}
			return nil
		}
		inMH := slices.ContainsFunc(out, func(b Box) bool { return b.Format == MH && b.Path == filepath.Dir(p) })
		if d.Type().IsRegular() && !strings.HasPrefix(d.Name(), ".") && !isEML(p) && !inMH && !isMaildir(filepath.Dir(p)) && isMbox(p) {
			out = append(out, Box{p, Mbox, levels(path, rel)})
		}
		return nil
	})
	return out, err
}

func isMaildir(dir string) bool {
	return isDir(filepath.Join(dir, "cur")) && isDir(filepath.Join(dir, "new"))
}

// inMaildir tells of the directories of which a Maildir consists.
func inMaildir(dir string) bool {
	switch filepath.Base(dir) {
	case "cur", "new", "tmp":
		return isMaildir(filepath.Dir(dir))
	}
	return false
}

func hasEML(dir string) bool {
	list, err := filepath.Glob(filepath.Join(dir, "*.[eE][mM][lL]"))
	return err == nil && len(list) > 0
}

func isMbox(path string) bool {
	head, err := headOf(path)
	return err == nil && isFromLine(head)
}

// levels are the levels of a box's name.
func levels(root, rel string) []string {
	if rel == "." {
		return nil
	}
	var out []string
	at := root
	parts := strings.Split(filepath.ToSlash(rel), "/")
	for i, part := range parts {
		inside := isMaildir(at)
		at = filepath.Join(at, part)
		switch name, ok := strings.CutPrefix(part, "."); {
		case ok && inside: // Maildir++
			out = append(out, strings.Split(name, ".")...)
		case i > 0 && part == "mbox" && strings.HasSuffix(parts[i-1], ".mbox"): // Apple Mail
		default:
			part = strings.TrimSuffix(strings.TrimSuffix(part, ".sbd"), ".mbox")
			out = append(out, part)
		}
	}
	return out
}
