package query

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxWord bounds a word in bytes. Longer ones are what no one types: keys,
// checksums, encoded data.
const maxWord = 40

// Word is a word of a text in the form by which it is searched. A character of
// a dense script (Chinese, Japanese, Korean, Thai …) gives one word: itself with
// the one behind it, or itself alone at the end of its run.
type Word struct {
	Text       string
	Start, End int // bytes of the source; of a pair, those of its first character
	alone      bool
	dense      bool
}

// splitter walks over a text once.
type splitter struct {
	emit       func(word []byte, start, end int, dense, alone bool)
	buf        []byte
	start, end int

	run          []byte // the last character of a run of a dense script
	runAt, runTo int
}

func (s *splitter) word() {
	if len(s.buf) > 0 {
		s.emit(clip(s.buf), s.start, s.end, false, false)
		s.buf = s.buf[:0]
	}
}

func clip(b []byte) []byte {
	if len(b) <= maxWord {
		return b
	}
	n := maxWord
	for n > 0 && !utf8.RuneStart(b[n]) {
		n--
	}
	return b[:n]
}

func (s *splitter) endRun() {
	if len(s.run) > 0 {
		s.emit(s.run, s.runAt, s.runTo, true, true)
		s.run = s.run[:0]
	}
}

func (s *splitter) dense(r rune, at, to int) {
	s.word()
	var one [3 * utf8.UTFMax]byte
	c := fold(one[:0], r)
	if needsFolding := len(c) == 0 || r >= 0xac00 && r <= 0xd7a3 || r >= 0x3041 && r <= 0x30ff; needsFolding {
		c = utf8.AppendRune(one[:0], r) // these come apart when they are decomposed
	}
	if len(s.run) > 0 {
		first := len(s.run)
		s.run = append(s.run, c...)
		s.emit(s.run, s.runAt, s.runTo, true, false)
		s.run = append(s.run[:0], s.run[first:]...)
	} else {
		s.run = append(s.run, c...)
	}
	s.runAt, s.runTo = at, to
}

func (s *splitter) split(text string) {
	for i := 0; i < len(text); {
		if c := text[i]; c < utf8.RuneSelf {
			if isWordByte(c) {
				if len(s.run) > 0 {
					s.endRun()
				}
				if len(s.buf) == 0 {
					s.start = i
				}
				first := len(s.buf)
				s.end = i + 1
				for s.end < len(text) && isWordByte(text[s.end]) {
					s.end++
				}
				s.buf = append(s.buf, text[i:s.end]...)
				for j, c := range s.buf[first:] {
					s.buf[first+j] = lowerByte(c)
				}
				i = s.end
				continue
			}
			s.word()
			// Lines of dense scripts are broken anywhere.
			if c != '\n' && c != '\r' {
				s.endRun()
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		switch classOf(r) {
		case letter:
			s.endRun()
			if len(s.buf) == 0 {
				s.start = i
			}
			s.buf = fold(s.buf, r)
			s.end = i + n
		case dense:
			s.dense(r, i, i+n)
		case sign:
			s.word()
			s.endRun()
			s.emit([]byte(text[i:i+n]), i, i+n, false, false)
		case inside:
			if len(s.buf) > 0 {
				s.end = i + n
			}
		default:
			s.word()
			s.endRun()
		}
		i += n
	}
	s.word()
	s.endRun()
}

// compose gives the text with the characters composed that only together make
// the one by which they are searched.
func compose(text string) string {
	ascii := 0
	for ascii < len(text) && text[ascii] < utf8.RuneSelf {
		ascii++
	}
	if strings.IndexFunc(text[ascii:], needsComposing) < 0 {
		return text
	}
	return composeAll(text)
}

func composeAll(text string) string {
	var b strings.Builder
	for {
		i := strings.IndexFunc(text, staysWhole)
		if i < 0 {
			return b.String() + norm.NFKC.String(text)
		}
		_, n := utf8.DecodeRuneInString(text[i:])
		b.WriteString(norm.NFKC.String(text[:i]) + text[i:i+n])
		text = text[i+n:]
	}
}

// staysWhole tells of the vowels am of Thai and Lao, which NFKC takes apart: one is the
// same word whatever else is in the text.
func staysWhole(r rune) bool { return r == 0xe33 || r == 0xeb3 }

// joint is where a character begins: at a byte of the composed text, and of its source.
type joint struct{ at, source int }

// composeParts is compose which tells where each character comes from.
func composeParts(text string) (string, []joint) {
	var b strings.Builder
	var list []joint
	i := 0
	for i < len(text) {
		list = append(list, joint{b.Len(), i})
		n := norm.NFKC.NextBoundaryInString(text[i:], true)
		b.WriteString(composeAll(text[i : i+n]))
		i += n
	}
	return b.String(), append(list, joint{b.Len(), i})
}

// source gives the bytes of the source that became those of the composed text.
func source(list []joint, start, end int) (from, to int) {
	after := func(at int) int {
		i, _ := slices.BinarySearchFunc(list, at, func(j joint, at int) int { return cmp.Compare(j.at, at) })
		return i
	}
	return list[after(start+1)-1].source, list[after(end)].source
}

// Words gives the words of a text in order.
func Words(text string) []Word {
	var out []Word
	var parts []joint
	whole := compose(text)
	if whole != text {
		whole, parts = composeParts(text)
	}
	s := splitter{emit: func(w []byte, start, end int, dense, alone bool) {
		if parts != nil {
			start, end = source(parts, start, end)
		}
		out = append(out, Word{string(w), start, end, alone, dense})
	}}
	s.split(whole)
	return out
}

// AppendWords appends the words of a text to dst, parted by blanks, as the index
// stores them. None of them holds a blank or any other ASCII but letters and
// digits.
func AppendWords(dst []byte, text string) []byte {
	s := splitter{emit: func(w []byte, _, _ int, _, _ bool) {
		if len(dst) > 0 {
			dst = append(dst, ' ')
		}
		dst = append(dst, w...)
	}}
	s.split(compose(text))
	return dst
}

// phrase makes the words of a text typed into what is looked for. The text may
// begin or end within a run of a dense script, and with prefix within a word.
func phrase(text string, prefix bool) (words []string, asPrefix bool) {
	list := Words(text)
	for i, w := range list {
		last := i == len(list)-1
		if last && w.alone && i > 0 && list[i-1].dense && !list[i-1].alone {
			break // the pair before holds it
		}
		words = append(words, w.Text)
		asPrefix = last && (w.alone || prefix && !w.dense && utf8.RuneCountInString(w.Text) > 1)
	}
	return words, asPrefix
}

// typed gives the words of a text as they stand, without what is around them.
func typed(text string) string {
	return strings.TrimFunc(norm.NFC.String(strings.Join(strings.Fields(text), " ")), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r)
	})
}
