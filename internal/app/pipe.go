package app

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"postea/internal/apart"
	"postea/internal/mail"
	"postea/internal/reading"
)

// PipeWhat is what of a message goes to a command.
type PipeWhat int

// The parts of a message that can be piped.
const (
	PipeText    PipeWhat = iota // as it is read, UTF-8
	PipeSource                  // the exact bytes
	PipePatches                 // the patches of its conversation in their order, as a mailbox (mbox), for git am
	PipeFile                    // an attachment, decoded
)

// Piped is what a command wrote.
type Piped struct {
	Lines []Text
	Code  int // exit code; -1 where it was killed
	Cut   bool
}

const (
	maxPiped    = 1 << 20
	pipeTimeout = 2 * time.Minute
)

// Pipe gives a part of a message to a command of the user's shell, which has no
// terminal, and returns what it wrote. Nothing of the message is ever part of
// the command. It ends the command with ctx, or after two minutes.
func (a *App) Pipe(ctx context.Context, id mail.ID, what PipeWhat, index int, command string) (Piped, error) {
	in, err := a.pipeInput(ctx, id, what, index)
	if err != nil {
		return Piped{}, err
	}
	limit, cancel := context.WithTimeout(ctx, pipeTimeout)
	defer cancel()
	argv := []string{"/bin/sh", "-c", command}
	if runtime.GOOS == "windows" {
		argv = []string{"cmd", "/c", command}
	}
	cmd := exec.CommandContext(limit, argv[0], argv[1:]...)
	apart.Set(cmd)
	out := &boundedBuffer{left: maxPiped}
	cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.WaitDelay = in, out, out, time.Second
	err = cmd.Run()
	p := Piped{Lines: texts(strings.Split(strings.TrimRight(strings.ReplaceAll(out.b.String(), "\r\n", "\n"), "\n"), "\n")), Cut: out.cut}
	switch exited, ok := errors.AsType[*exec.ExitError](err); {
	case limit.Err() != nil:
		return p, fmt.Errorf("the command was ended: %w", limit.Err())
	case ok:
		p.Code = exited.ExitCode()
	case err != nil && !errors.Is(err, exec.ErrWaitDelay):
		return p, fmt.Errorf("running the command: %w", err)
	}
	return p, nil
}

// boundedBuffer keeps the beginning of what is written to it.
type boundedBuffer struct {
	b    bytes.Buffer
	left int
	cut  bool
}

func (w *boundedBuffer) Write(p []byte) (int, error) {
	n := min(len(p), w.left)
	w.b.Write(p[:n])
	w.left -= n
	w.cut = w.cut || n < len(p)
	return len(p), nil
}

func (a *App) pipeInput(ctx context.Context, id mail.ID, what PipeWhat, index int) (io.Reader, error) {
	switch what {
	case PipeSource:
		if err := a.bringWhole(ctx, id); err != nil {
			return nil, err
		}
		raw, err := a.Raw(ctx, id)
		return bytes.NewReader(raw), err
	case PipeFile:
		m, at, err := a.file(ctx, id, index)
		if err != nil {
			return nil, err
		}
		return m.Open(at), nil
	}
	m, sum, err := a.Readable(ctx, id)
	if err != nil {
		return nil, err
	}
	if what == PipePatches {
		return a.patches(ctx, sum)
	}
	return strings.NewReader(m.Text()), nil
}

var patchSubject = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^\s*\[[^\]]*\bpatch(?:v\d{1,3})?\b[^\]]*?(?:\b(\d{1,4})/\d{1,4})?\s*\]`)
})

var (
	patchTag     = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)\[[^\]]*\bpatch(?:v\d{1,3})?\b[^\]]*\]`) })
	patchVersion = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)(?:\b|patch)v(\d{1,3})\b`) })
)

// versionOf is that of the patches which a subject names or answers, 1 where it says none; 0
// where it is about no patch.
func versionOf(subject string) int {
	tag := patchTag().FindString(subject)
	if tag == "" {
		return 0
	}
	m := patchVersion().FindStringSubmatch(tag)
	if m == nil {
		return 1
	}
	n, _ := strconv.Atoi(m[1])
	return n
}

// IsPatch tells by the subject whether a message is a patch as git sends it.
func IsPatch(subject string) bool { return patchSubject().MatchString(subject) }

// fromLine is what git takes for the start of a message. Others stay as they are: git am
// takes no > away again.
var fromLine = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^From .*\d.\d\d:\d\d *\+?\d\d`) })

// patches writes the patches of the conversation of a message as a mailbox, without the
// letter that introduces them: those of one version, as a further one is often sent as an
// answer to that before. It is the version that the message is of, or else the last.
func (a *App) patches(ctx context.Context, of mail.Summary) (io.Reader, error) {
	list, err := a.store.Thread(ctx, of.Thread)
	if err != nil {
		return nil, err
	}
	type numbered struct {
		n   int
		sum mail.Summary
	}
	var found []numbered
	last, version := 0, 0
	seen := map[string]bool{}
	for _, sum := range list {
		match := patchSubject().FindStringSubmatch(sum.Subject)
		if match == nil || seen[sum.MessageID] && sum.MessageID != "" {
			continue
		}
		seen[sum.MessageID] = true
		n, err := strconv.Atoi(match[1])
		if err == nil && n == 0 {
			continue // the letter
		}
		found = append(found, numbered{n, sum})
		v := versionOf(sum.Subject)
		if last = max(last, v); v == versionOf(of.Subject) {
			version = v
		}
	}
	version = cmp.Or(version, last)
	found = slices.DeleteFunc(found, func(f numbered) bool { return versionOf(f.sum.Subject) != version })
	slices.SortStableFunc(found, func(x, y numbered) int { return cmp.Compare(x.n, y.n) })
	var out bytes.Buffer
	for _, f := range found {
		if err := a.bringWhole(ctx, f.sum.ID); err != nil {
			return nil, err
		}
		raw, err := a.Raw(ctx, f.sum.ID)
		if err != nil {
			return nil, fmt.Errorf("the patch %q: %w", reading.Line(f.sum.Subject), err)
		}
		out.WriteString("From mboxrd@z Thu Jan  1 00:00:00 1970\n")
		for line := range bytes.SplitSeq(bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n")), []byte("\n")) {
			if fromLine().Match(line) {
				out.WriteByte('>')
			}
			out.Write(line)
			out.WriteByte('\n')
		}
	}
	if out.Len() == 0 {
		return nil, &UsageError{"there is no patch in this conversation"}
	}
	return &out, nil
}
