package composer

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"postea/internal/mail"
	"postea/tui/nav"
	"postea/tui/theme"
	"postea/tui/widget"
)

// doubt is an address that cannot be right, or may be a slip.
type doubt struct {
	mail.Piece
	bad bool
	why string
}

// doubts judges the addresses of a field, but for the one that is being typed.
func (m *Model) doubts(p place) []doubt {
	f := &m.fields[p]
	var list []doubt
	for _, d := range m.reading(p).doubts {
		if m.focus != p || f.Cursor() < d.From || d.To < f.Cursor() {
			list = append(list, d)
		}
	}
	return list
}

// addresses is how the text of a field is read.
type addresses struct {
	text   string
	list   []mail.Address
	doubts []doubt
}

// reading reads a field of addresses, once for each of its texts: it is drawn with every
// key, wherever that is typed, and may hold thousands of them.
func (m *Model) reading(p place) addresses {
	text := m.fields[p].Text()
	if r := m.read[p]; r.text == text {
		return r
	}
	r := addresses{text: text}
	r.list, _ = mail.ParseAddressList(text)
	for _, piece := range mail.SplitAddresses(text) {
		a, err := mail.ParseAddress(piece.Text)
		if err != nil {
			r.doubts = append(r.doubts, doubt{piece, true, err.Error()})
		} else if meant := likelyDomain(a.Domain()); meant != "" {
			r.doubts = append(r.doubts, doubt{piece, false, a.Address + ": it looks like " + meant})
		}
	}
	m.read[p] = r
	return r
}

// marks underlines the doubtful addresses of a field.
func (m *Model) marks(p place) []widget.Span {
	if p != inTo && p != inCc && p != inBcc {
		return nil
	}
	var list []widget.Span
	for _, d := range m.doubts(p) {
		style := theme.Style{Ink: theme.Yellow, Underline: true}
		if d.bad {
			style.Ink = theme.Red
		}
		list = append(list, widget.Span{From: d.From, To: d.To, Style: style})
	}
	return list
}

// firstDoubt says in words what is wrong with the recipients: what cannot be
// right first.
func (m *Model) firstDoubt() (why string, bad bool) {
	for _, p := range []place{inTo, inCc, inBcc} {
		for _, d := range m.doubts(p) {
			if d.bad {
				return nav.Line(d.why), true
			}
			if why == "" {
				why = nav.Line(d.why)
			}
		}
	}
	return why, false
}

// beyondASCII tells that an address needs a server that takes UTF-8 in addresses
// (RFC 6531): one whose part before the @ is not ASCII.
func beyondASCII(list []mail.Address) bool {
	for _, a := range list {
		local := a.Address[:max(strings.LastIndexByte(a.Address, '@'), 0)]
		for i := range len(local) {
			if local[i] >= 0x80 {
				return true
			}
		}
	}
	return false
}

var (
	boxed = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)\[mailto:([^\s\]]*)\]`) }) // by Outlook, beside a name
	link  = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)mailto:([^\s<>,;?]*)(\?[^\s<>,;]*)?`)
	})
	unseen = strings.NewReplacer("\r", "\n", "\u200b", "", "\u200e", "", "\u200f", "", "\u202a", "", "\u202c", "", "\u2068", "", "\u2069", "", "\ufeff", "")
)

// pastedAddresses makes a list of what was copied from elsewhere: one a line,
// parted by blanks alone, from a table or from links, with names such as "Lovelace, Ada"
// without quotes.
func pastedAddresses(text string) string {
	text = link().ReplaceAllString(boxed().ReplaceAllString(unseen.Replace(text), "<$1>"), "$1")
	if strings.ContainsAny(strings.TrimSpace(text), ";\n") { // which part the list, and not commas
		text = quoteReversed(text)
	}
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		cells := strings.Split(line, "\t")
		if a, ok := rowAddress(cells); ok {
			out = append(out, a.String())
			continue
		}
		for _, cell := range cells {
			out = append(out, lineAddresses(cell)...)
		}
	}
	for i, s := range out {
		out[i] = strings.Trim(s, ",; ")
	}
	return strings.Join(out, ", ")
}

// quoteReversed puts names such as "Lovelace, Ada" in quotes.
func quoteReversed(list string) string {
	var b strings.Builder
	pieces, at := mail.SplitAddresses(list), 0
	for i := range len(pieces) - 1 {
		family, rest := pieces[i], pieces[i+1]
		a, err := mail.ParseAddress(rest.Text)
		if err != nil || a.Name == "" || strings.ContainsAny(family.Text+a.Name, `@"<>`) || strings.Trim(list[family.To:rest.From], " ") != "," {
			continue
		}
		a.Name = family.Text + ", " + a.Name
		b.WriteString(list[at:family.From] + a.String())
		at = rest.To
	}
	return b.String() + list[at:]
}

// rowAddress is the address in a row of a table that has little more than a name, in
// one cell or two.
func rowAddress(cells []string) (a mail.Address, ok bool) {
	var name []string
	for _, cell := range cells {
		switch cell = strings.TrimSpace(cell); {
		case cell == "":
		case mail.CheckAddrSpec(cell) != "":
			name = append(name, cell)
		case ok:
			return a, false
		default:
			a.Address, ok = cell, true
		}
	}
	a.Name = strings.Join(name, " ")
	return a, ok && len(name) > 0 && len(name) < 3 && !strings.ContainsAny(a.Name, `@"<>`)
}

// lineAddresses parts what stands in one line.
func lineAddresses(line string) (out []string) {
	for strings.Contains(line, "> ") { // "Ann <a@x> Bob <b@x>"
		head, rest, _ := strings.Cut(line, "> ")
		rest = strings.TrimLeft(rest, " ")
		if rest != "" && !strings.ContainsAny(rest[:1], ",;") {
			out = append(out, head+">")
		} else {
			out = append(out, head+"> "+rest)
			rest = ""
		}
		line = rest
	}
	if words := strings.Fields(line); len(words) > 1 && allAddresses(words) {
		return append(out, slices.CompactFunc(words, sameAddress)...) // a link is often beside itself
	}
	if line = strings.TrimSpace(line); line != "" {
		out = append(out, line)
	}
	return out
}

const aroundAddress = "<>,;"

func sameAddress(a, b string) bool {
	return strings.EqualFold(strings.Trim(a, aroundAddress), strings.Trim(b, aroundAddress))
}

func allAddresses(words []string) bool {
	for _, w := range words {
		if mail.CheckAddrSpec(strings.Trim(w, aroundAddress)) != "" {
			return false
		}
	}
	return true
}
