package composer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"postea/internal/mail"
	"postea/tui/nav"
	"postea/tui/widget"
)

const (
	maxPaths   = 50        // that are offered, or dropped at once
	maxDropped = 16 * 1024 // bytes of a paste that may be paths
)

// bestPaths ranks what lies in a directory by what is typed of its name: what
// begins so, then what has these letters in order.
func bestPaths(typed string, paths []string) []string {
	base := typed[strings.LastIndexByte(typed, '/')+1:]
	type ranked struct {
		path  string
		score int
	}
	var list []ranked
	for _, p := range paths {
		name := strings.TrimSuffix(p, "/")
		name = name[strings.LastIndexByte(name, '/')+1:]
		score, _, ok := widget.Match(base, name)
		if !ok {
			continue
		}
		if len(name) >= len(base) && strings.EqualFold(name[:len(base)], base) {
			score = 1 << 20 // in the order of the directory
		}
		list = append(list, ranked{p, score})
	}
	slices.SortStableFunc(list, func(a, b ranked) int { return cmp.Compare(b.score, a.score) })
	var out []string
	for _, r := range list[:min(len(list), maxPaths)] {
		out = append(out, r.path)
	}
	return out
}

// pastedPaths reads a paste that consists of nothing but paths, as terminals give
// for files that are dropped on them: file:// addresses, quoted or escaped as for a
// shell, or one a line as they are. Where it can be read in several ways all are
// given; none is where it is text.
func pastedPaths(text string) [][]string {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r", "\n")) // which terminals make of line breaks
	if text == "" || len(text) > maxDropped || strings.ContainsAny(text, "\x00\x1b") {
		return nil
	}
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "# ") {
			lines = append(lines, line)
		}
	}
	var ways [][]string
	for _, words := range [][]string{lines, shellWords(text)} {
		paths := make([]string, 0, len(words))
		for _, w := range words {
			if p := asPath(w); p != "" {
				paths = append(paths, p)
			}
		}
		if n := len(paths); n > 0 && n == len(words) && n <= maxPaths && (len(ways) == 0 || !slices.Equal(ways[0], paths)) {
			ways = append(ways, paths)
		}
	}
	return ways
}

// asPath gives the path that a word is, "" for none. A relative one may be any word.
func asPath(word string) string {
	if strings.HasPrefix(word, "/") && len(word) > 1 || strings.HasPrefix(word, "~/") {
		return word
	}
	u, err := url.Parse(word)
	if err != nil || !strings.EqualFold(u.Scheme, "file") || u.Host != "" && u.Host != "localhost" || !strings.HasPrefix(u.Path, "/") {
		return ""
	}
	return u.Path
}

// shellWords parts text as a shell does; nil where a quote is left open.
func shellWords(text string) []string {
	var words []string
	var word strings.Builder
	inWord, quote, escaped := false, rune(0), false
	for _, r := range text {
		switch {
		case escaped:
			word.WriteRune(r)
			escaped = false
		case r == '\\' && quote != '\'':
			escaped, inWord = true, true
		case r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '\'' || r == '"':
			quote, inWord = r, true
		case r == ' ' || r == '\n' || r == '\r' || r == '\t':
			if inWord {
				words = append(words, word.String())
			}
			word.Reset()
			inWord = false
		default:
			word.WriteRune(r)
			inWord = true
		}
	}
	if quote != 0 || escaped {
		return nil
	}
	if inWord {
		words = append(words, word.String())
	}
	return words
}

// dropped is what the last paste has attached, and what was pasted.
type dropped struct {
	files int
	text  string
}

type droppedMsg struct {
	text string
	refs []mail.AttachmentRef // nil: these are no files
}

// drop attaches the files of a paste, if all of them are there in one way to read
// it. Else it was text.
func (m *Model) drop(text string, ways [][]string) nav.Cmd {
	m.attaching++
	return nav.Hold(m.ask.Run(func(ctx context.Context) tea.Msg {
		for _, paths := range ways {
			var refs []mail.AttachmentRef
			var errs []error
			for _, p := range paths {
				ref, err := m.source.AttachFile(ctx, p)
				refs, errs = append(refs, ref), append(errs, err)
			}
			if errors.Join(errs...) == nil {
				return droppedMsg{text, refs}
			}
		}
		return droppedMsg{text: text}
	}))
}

func (m *Model) tookDropped(msg droppedMsg) nav.Cmd {
	m.attaching--
	if msg.refs == nil {
		return m.insert(msg.text)
	}
	m.addFiles(msg.refs...)
	m.dropped = dropped{len(msg.refs), msg.text}
	if m.focus == inPath {
		m.focus = inBody
	}
	what := fmt.Sprintf("Attached %d files", len(msg.refs))
	if len(msg.refs) == 1 {
		what = "Attached " + msg.refs[0].Name
	}
	return nav.Done(what + "; undo makes it text")
}

// undrop makes text of a paste that has attached files, if that was the last thing
// done.
func (m *Model) undrop() bool {
	d := m.dropped
	m.dropped = dropped{}
	if d.files == 0 || len(m.files) < d.files {
		return false
	}
	m.undoFiles()
	m.insert(d.text)
	return true
}
