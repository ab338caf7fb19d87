package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"postea/internal/apart"
	"postea/internal/mail"
	"postea/internal/reading"
)

// SaveAttachments writes attachments into a directory and returns their paths.
// Names are made safe; a file that is there already is never touched, the new
// one gets a number. The directory must exist.
func SaveAttachments(m *reading.Message, list []reading.Attachment, dir string) ([]string, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("saving into %s: %w", dir, err)
	}
	defer root.Close()
	var paths []string
	for _, a := range list {
		f, err := createNew(root, a.SafeName())
		if err != nil {
			return paths, fmt.Errorf("saving %s: %w", a.SafeName(), err)
		}
		name := filepath.Base(f.Name())
		if err := fill(f, m.Open(a)); err != nil {
			// Half a file would be taken for the whole one.
			return paths, errors.Join(fmt.Errorf("saving %s: %w", a.SafeName(), err), root.Remove(name))
		}
		paths = append(paths, filepath.Join(dir, name))
	}
	return paths, nil
}

// fill writes content to a new file and closes it.
func fill(f *os.File, content io.Reader) error {
	_, err := io.Copy(f, content)
	return errors.Join(err, f.Close())
}

// createNew makes a file that was not there, by a number behind its name where
// it must. os.Root keeps it within the directory whatever links lie there.
func createNew(root *os.Root, name string) (*os.File, error) {
	ext := filepath.Ext(name)
	stem := strings.TrimSuffix(name, ext)
	for n := range 1000 {
		try := name
		if n > 0 {
			try = fmt.Sprintf("%s (%d)%s", stem, n, ext)
		}
		f, err := root.OpenFile(try, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
	return nil, fmt.Errorf("there are too many files of that name: %w", fs.ErrExist)
}

// SaveAttachments writes attachments of a message (indexes from 1; none: all)
// into the download directory and returns the paths.
func (a *App) SaveAttachments(ctx context.Context, id mail.ID, index ...int) ([]string, error) {
	m, list, err := a.Files(ctx, id, index...)
	if err != nil {
		return nil, err
	}
	return SaveAttachments(m, list, a.cfg.DownloadDir())
}

// ProgramError says that a file would run as a program if it were opened.
type ProgramError struct {
	Name Text
	What string // "a script"
}

func (e *ProgramError) Error() string {
	return fmt.Sprintf("%s is %s", e.Name, e.What)
}

// OpenAttachment hands an attachment to the system's opener, as a private copy.
// What would run as a program is a *ProgramError, unless the user is sure.
func (a *App) OpenAttachment(ctx context.Context, id mail.ID, index int, sure bool) error {
	m, at, err := a.file(ctx, id, index)
	if err != nil {
		return err
	}
	if why := runs(m, at); why != "" && !sure {
		return &ProgramError{reading.Line(at.SafeName()), why}
	}
	path, err := a.privateFile(at.SafeName(), m.Open(at))
	if err != nil {
		return fmt.Errorf("opening the attachment: %w", err)
	}
	return a.systemOpen(ctx, path)
}

// privateFile writes a file into a directory of its own that only the user can
// read. Those of earlier days are removed.
func (a *App) privateFile(name string, content io.Reader) (string, error) {
	a.sweep()
	dir, err := os.MkdirTemp(a.TempDir(), "open-*")
	if err != nil {
		return "", err
	}
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err == nil {
		err = fill(f, content)
	}
	if err != nil {
		return "", errors.Join(err, os.RemoveAll(dir))
	}
	return f.Name(), nil
}

// keepOpened is how long a file lies there for the program that was asked to
// open it.
const keepOpened = 24 * time.Hour

// keepEdited is how long that lies there which an editor has left.
const keepEdited = 30 * 24 * time.Hour

func (a *App) sweep() {
	tmp := a.TempDir()
	entries, err := os.ReadDir(tmp)
	if err != nil {
		return
	}
	for _, e := range entries {
		keep := keepOpened
		if strings.HasPrefix(e.Name(), editedDirs) {
			keep = keepEdited
		} else if !strings.HasPrefix(e.Name(), "open-") {
			continue
		}
		if info, err := e.Info(); err != nil || a.now().Sub(info.ModTime()) < keep {
			continue
		}
		if err := os.RemoveAll(filepath.Join(tmp, e.Name())); err != nil {
			a.log.Warn("removing an opened file", "err", err)
		}
	}
}

// TempDir is a private place within the data directory.
func (a *App) TempDir() string {
	dir := filepath.Join(a.store.Dir(), "tmp")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return ""
	}
	return dir
}

// runs tells what kind of program a file is, by its first bytes and its name;
// "" for none.
func runs(m *reading.Message, at reading.Attachment) string {
	head := make([]byte, 4)
	n, _ := io.ReadFull(m.Open(at), head)
	switch h := string(head[:n]); {
	case strings.HasPrefix(h, "\x7fELF"), strings.HasPrefix(h, "MZ"), h == "\xcf\xfa\xed\xfe", h == "\xca\xfe\xba\xbe":
		return "a program"
	case strings.HasPrefix(h, "#!"):
		return "a script"
	}
	switch strings.ToLower(filepath.Ext(at.SafeName())) {
	case ".exe", ".com", ".bat", ".cmd", ".scr", ".msi", ".ps1", ".vbs", ".vbe", ".js", ".jse", ".wsf", ".hta", ".lnk", ".pif",
		".desktop", ".sh", ".jar", ".jnlp", ".app", ".command", ".tool", ".terminal", ".workflow", ".scpt", ".pkg", ".dmg", ".appimage", ".url", ".inetloc",
		".fileloc", ".webloc", ".reg", ".cpl", ".msc", ".chm", ".xll", ".dll", ".iso", ".img", ".vhd", ".vhdx", ".apk":
		return "of a kind that can run as a program"
	}
	return ""
}

// OpenLink hands a link to the system's opener: http, https and mailto only.
func (a *App) OpenLink(ctx context.Context, url string) error {
	lower := strings.ToLower(url)
	if !strings.HasPrefix(lower, "https://") && !strings.HasPrefix(lower, "http://") && !strings.HasPrefix(lower, "mailto:") {
		return &UsageError{"only web and mail links are opened from here"}
	}
	return a.systemOpen(ctx, url)
}

func (a *App) systemOpen(ctx context.Context, target string) error {
	timer := time.NewTimer(openerTime)
	defer timer.Stop()
	return openWith(ctx, target, timer.C)
}

// openerTime is how long a failure of the opener is waited for.
const openerTime = 5 * time.Second

// openWith starts the opener and waits until it has ended, or until enough. One that
// still runs then is the program that shows the file, as it is where no desktop starts
// that one; it goes on, also when postea ends.
func openWith(ctx context.Context, target string, enough <-chan time.Time) error {
	argv := []string{"xdg-open", target}
	switch runtime.GOOS {
	case "darwin":
		argv = []string{"open", target}
	case "windows":
		argv = []string{"rundll32", "url.dll,FileProtocolHandler", target}
	}
	path, err := exec.LookPath(argv[0])
	if err != nil {
		return &UsageError{fmt.Sprintf("there is no %s on this machine to open it with; save it instead", argv[0])}
	}
	cmd := exec.Command(path, argv[1:]...)
	apart.Set(cmd) // a browser for terminals would draw over the interface
	cmd.Cancel = nil
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("%s could not open it: %w", argv[0], err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			return fmt.Errorf("%s could not open it: %w; save it instead", argv[0], err)
		}
	case <-enough:
	case <-ctx.Done():
	}
	return nil
}

// ExternalEditor gives the words of $VISUAL or $EDITOR with a path behind them. What
// only a shell understands, such as quotes and ~, is left to one, as other programs do.
func (a *App) ExternalEditor(path string) ([]string, error) {
	for _, name := range []string{"VISUAL", "EDITOR"} {
		value := strings.TrimSpace(os.Getenv(name))
		if value == "" {
			continue
		}
		if program, err := exec.LookPath(value); err == nil { // it may have a blank in its name
			return []string{program, path}, nil
		}
		if strings.ContainsAny(value, "|&;<>()$`\\\"'*?[#~=%") && runtime.GOOS != "windows" {
			return []string{"/bin/sh", "-c", value + ` "$@"`, value, path}, nil
		}
		return append(strings.Fields(value), path), nil
	}
	for _, name := range []string{"nano", "vi"} {
		if found, err := exec.LookPath(name); err == nil {
			return []string{found, path}, nil
		}
	}
	return nil, &UsageError{"there is no editor: set $EDITOR"}
}

// AttachFile checks a path and gives what the composer shows for it.
func (a *App) AttachFile(_ context.Context, path string) (mail.AttachmentRef, error) {
	full, err := absolute(path)
	if err != nil {
		return mail.AttachmentRef{}, err
	}
	f, size, err := openRegular(full)
	if err != nil {
		return mail.AttachmentRef{}, &UsageError{SafeLine(path) + " " + err.Error()}
	}
	f.Close()
	return mail.AttachmentRef{Path: full, Name: filepath.Base(full), Size: size}, nil
}

// AttachFiles is AttachFile for a path that may be a pattern as of a shell, such as
// *.pdf, which stands for all files that it matches and not for directories.
func (a *App) AttachFiles(ctx context.Context, path string) ([]mail.AttachmentRef, error) {
	ref, err := a.AttachFile(ctx, path)
	if err == nil {
		return []mail.AttachmentRef{ref}, nil
	}
	var refs []mail.AttachmentRef
	for _, p := range matching(path) {
		ref, err := a.AttachFile(ctx, p)
		if err != nil {
			return nil, err
		}
		refs = append(refs, ref)
	}
	if refs == nil {
		return nil, err
	}
	return refs, nil
}

// matching lists the files that a pattern stands for; hidden ones only where it
// begins with a dot.
func matching(pattern string) []string {
	full, err := absolute(pattern)
	if err != nil {
		return nil
	}
	found, _ := filepath.Glob(full) // no pattern, no files
	hidden := strings.HasPrefix(filepath.Base(full), ".")
	return slices.DeleteFunc(found, func(p string) bool {
		info, err := os.Stat(p)
		return err == nil && info.IsDir() || strings.HasPrefix(filepath.Base(p), ".") && !hidden
	})
}

// openRegular opens a file; a pipe or a device would wait. The error goes on behind
// the path.
func openRegular(path string) (f *os.File, size int64, err error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, 0, fmt.Errorf("cannot be read: %w", errors.Unwrap(err))
	case !info.Mode().IsRegular():
		return nil, 0, errors.New("is no file")
	}
	if f, err = os.Open(path); err != nil {
		return nil, 0, fmt.Errorf("cannot be read: %w", errors.Unwrap(err))
	}
	return f, info.Size(), nil
}

func absolute(path string) (string, error) {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		path = filepath.Join(home, rest)
	}
	return filepath.Abs(path)
}

// maxCompletions bounds how many paths are offered.
const maxCompletions = 5000

// CompletePath lists what lies in the directory of a path that is being typed, as
// paths in the same spelling; directories end in a slash. Hidden files are there
// only once a dot is typed.
func (a *App) CompletePath(_ context.Context, typed string) ([]string, error) {
	dir, base := filepath.Split(typed)
	where, err := absolute(dir)
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(where)
	if err != nil {
		return nil, nil // nothing to offer
	}
	var out []string
	for _, e := range entries {
		name := e.Name()
		if strings.HasPrefix(name, ".") && !strings.HasPrefix(base, ".") {
			continue
		}
		isDir := e.IsDir()
		if e.Type()&os.ModeSymlink != 0 {
			info, err := os.Stat(filepath.Join(where, name))
			isDir = err == nil && info.IsDir()
		}
		if isDir {
			name += "/"
		}
		if out = append(out, dir+name); len(out) == maxCompletions {
			break
		}
	}
	return out, nil
}
