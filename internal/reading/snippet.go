package reading

import (
	"strings"
	"unicode/utf8"
)

// Snippet gives the first words of the body on one line, at most n characters
// long: without quotes, the line that introduces them, the signature and a
// greeting that stands alone. It is asked for thousands of messages at once,
// so it does without enmime.
func (m *Message) Snippet(n int) Text {
	if n <= 0 {
		return Text{}
	}
	doc := m.build(false, nil, (*grid).inRows)
	if s := snippet(doc, n, true); s != "" {
		return Text{s}
	}
	return Text{snippet(doc, n, false)}
}

func snippet(doc *document, n int, ownOnly bool) string {
	enough := 8 * n // bytes of what may become less
	var words strings.Builder
	words.Grow(min(enough, 4096))
	for i := range doc.blocks {
		b := &doc.blocks[i]
		if b.kind == Rule || b.kind == LinkList || ownOnly && (b.depth > 0 || b.kind == Signature || b.kind == Quote) {
			continue
		}
		line := snippetText(b)
		if line == "" || ownOnly && (words.Len() == 0 && (isGreeting(line) || isBrowserHint(line)) || introducesQuote(doc.blocks, i, line) || isRuler(line)) {
			continue
		}
		words.WriteString(line)
		words.WriteByte(' ')
		if words.Len() > enough {
			break
		}
	}
	// Most often little more than n bytes will do.
	for s, some := words.String(), n+n/4; ; some = enough {
		for some < len(s) && !utf8.RuneStart(s[some]) {
			some++
		}
		line := Line(s[:min(some, len(s))]).String()
		if some >= enough || some >= len(s) || utf8.RuneCountInString(line) > n {
			return cutWords(line, n)
		}
	}
}

// snippetText is the text of a block without the numbers of its links.
func snippetText(b *block) string {
	if b.grid != nil {
		return strings.Join(strings.Fields(b.grid.text(false)), " ")
	}
	if len(b.runs) == 1 && b.runs[0].kind != Dim {
		return strings.TrimSpace(b.runs[0].text)
	}
	var s strings.Builder
	for _, r := range b.runs {
		if r.kind != Dim {
			s.WriteString(r.text)
		}
	}
	return strings.TrimSpace(s.String())
}

// isGreeting tells of "Hi Ada," alone on a line.
func isGreeting(line string) bool {
	if len(line) > 60 || !strings.HasSuffix(line, ",") && !strings.HasSuffix(line, "!") && !strings.HasSuffix(line, ":") && !strings.HasSuffix(line, "，") {
		return false
	}
	word, _, _ := strings.Cut(strings.ToLower(strings.TrimRight(line, ",!:，")), " ")
	switch strings.Trim(word, ",") {
	case "hi", "hello", "hey", "dear", "hallo", "liebe", "lieber", "moin", "guten", "sehr",
		"bonjour", "salut", "cher", "chère", "hola", "estimado", "estimada", "querido", "querida",
		"ciao", "gentile", "olá", "prezado", "prezada", "caro", "cara", "hej", "beste", "kære", "good", "greetings":
		return strings.Count(line, " ") <= 5
	}
	return false
}

// isBrowserHint tells of the line above newsletters.
func isBrowserHint(line string) bool {
	if len(line) > 90 {
		return false
	}
	lower := strings.ToLower(line)
	return strings.Contains(lower, "view") && (strings.Contains(lower, "browser") || strings.Contains(lower, "web version") || strings.Contains(lower, "web page") || strings.Contains(lower, "online"))
}

// introducesQuote tells of "On … Ada wrote:" in front of a quote.
func introducesQuote(blocks []block, i int, line string) bool {
	if !strings.HasSuffix(line, ":") && !strings.HasSuffix(line, "：") {
		return false
	}
	for i++; i < len(blocks); i++ {
		if blocks[i].depth > 0 {
			return true
		}
		if !blocks[i].blank() {
			return false
		}
	}
	return false
}

// isRuler tells of lines drawn with punctuation.
func isRuler(line string) bool {
	return len(line) > 2 && strings.Trim(line, "-=_*~#+. \t—–─━═") == ""
}

// cutWords shortens s to n characters at the end of a word, if one is near.
func cutWords(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	end := 0
	for range n {
		_, size := utf8.DecodeRuneInString(s[end:])
		end += size
	}
	if s[end] != ' ' {
		if i := strings.LastIndexByte(s[:end], ' '); i > end*2/3 {
			end = i
		}
	}
	return strings.TrimSpace(s[:end])
}
