package reading

import (
	"math"
	"slices"
	"strings"

	"postea/internal/mail"
)

const (
	maxAddresses    = 1000
	maxCommentDepth = 20
)

// parseAddresses reads an address list (RFC 5322 §3.4) as far as it can be
// read: groups are opened, comments and routes dropped, what has no address
// keeps its text as a name. Structure is found before encoded words are
// decoded, so that a decoded comma or bracket changes nothing
// (RFC 2047 §5 (3)).
func parseAddresses(s string) []mail.Address { return parseWithin(s, maxAddresses) }

func parseWithin(s string, maxAddresses int) []mail.Address {
	return addressParser{s: s}.parse(maxAddresses)
}

// parseOwn reads a list of the user's own, where each address is a recipient: also
// those between which a comma is missing.
func parseOwn(s string) []mail.Address {
	return addressParser{s: s, apart: true}.parse(math.MaxInt)
}

func (p addressParser) parse(maxAddresses int) []mail.Address {
	for p.i < len(p.s) && len(p.list) < maxAddresses {
		p.step()
	}
	if len(p.list) < maxAddresses {
		p.flush()
	}
	return p.list
}

type addressParser struct {
	s       string
	apart   bool // addresses without a comma between them are several
	i       int
	list    []mail.Address
	raw     strings.Builder // as written, without comments
	phrase  strings.Builder // with quotes undone
	comment string
	angle   string
	hasAddr bool
	angled  bool // there were angle brackets, maybe empty ones
	quoted  bool
	noClose bool // the rest holds no closing quote
}

func (p *addressParser) step() {
	switch c := p.s[p.i]; c {
	case '"':
		p.quotedString()
	case '(':
		p.commentText()
	case '<':
		p.angleAddr()
	case ',', ';':
		p.i++
		p.flush()
	case ':':
		p.i++
		if !strings.Contains(p.raw.String(), "@") {
			p.reset() // the name of a group, RFC 5322 §3.4
			return
		}
		p.both(":")
	default:
		// A comma or a bracket that stands uncoded in an encoded word parts nothing.
		end := p.i + max(1, wordLength(p.s[p.i:]))
		for end < len(p.s) && strings.IndexByte("\"(<,;:", p.s[end]) < 0 {
			end += max(1, wordLength(p.s[end:]))
		}
		p.both(p.s[p.i:end])
		p.i = end
	}
}

func (p *addressParser) both(s string) {
	p.raw.WriteString(s)
	p.phrase.WriteString(s)
}

func (p *addressParser) quotedString() {
	value, n := "", 0
	if !p.noClose {
		value, n = quotedString(p.s[p.i:])
	}
	if n == 0 {
		p.noClose = true
		p.both(`"`)
		p.i++
		return
	}
	p.raw.WriteString(p.s[p.i : p.i+n])
	p.phrase.WriteString(value)
	p.quoted = true
	p.i += n
}

func (p *addressParser) commentText() {
	depth := 0
	for j := p.i; j < len(p.s); j++ {
		switch p.s[j] {
		case '\\':
			j++
		case '(':
			depth++
		case ')':
			depth--
		}
		if depth == 0 || depth > maxCommentDepth {
			if p.comment == "" && j < len(p.s) {
				p.comment = p.s[p.i+1 : j]
			}
			p.i = min(j+1, len(p.s))
			return
		}
	}
	p.both(p.s[p.i:]) // never closed: text
	p.i = len(p.s)
}

func (p *addressParser) angleAddr() {
	rest := p.s[p.i+1:]
	end := strings.IndexAny(rest, "><")
	next := p.i + 1
	switch {
	case end < 0:
		if end = strings.IndexAny(rest, ",;"); end < 0 {
			end = len(rest)
		}
		next += end
	case rest[end] == '>':
		next += end + 1
	default:
		next += end
	}
	if p.hasAddr && strings.Contains(rest[:end], "@") && (p.apart || !strings.EqualFold(cleanAddrSpec(rest[:end]), cleanAddrSpec(p.angle))) {
		p.flush() // a comma is missing, or somebody hides behind the first
	}
	p.angled = true
	if a := strings.TrimSpace(rest[:end]); !p.hasAddr && a != "" {
		if strings.Contains(a, ":@") && a[0] != '"' { // <undisclosed-recipients:@host;>, a group that a server took for an address
			p.both(a[:strings.Index(a, ":@")])
			p.i = next
			return
		}
		if a[0] == '@' { // a source route, RFC 5322 §4.4
			if i := strings.LastIndexByte(a, ':'); i >= 0 {
				a = a[i+1:]
			}
		}
		p.angle, p.hasAddr = a, true
	}
	p.i = next
}

func (p *addressParser) reset() {
	p.raw.Reset()
	p.phrase.Reset()
	p.comment, p.angle, p.hasAddr, p.quoted, p.angled = "", "", false, false, false
}

func (p *addressParser) flush() {
	if fields := strings.Fields(p.raw.String()); p.apart && !p.hasAddr && !p.quoted && len(fields) > 1 && !slices.ContainsFunc(fields, notAddress) {
		for _, f := range fields {
			p.list = append(p.list, mail.Address{Address: f})
		}
		p.reset()
		return
	}
	a := p.mailbox()
	p.reset()
	if a != (mail.Address{}) {
		p.list = append(p.list, a)
	}
}

func notAddress(s string) bool { return mail.CheckAddrSpec(s) != "" }

func (p *addressParser) mailbox() mail.Address {
	raw := strings.TrimSpace(p.raw.String())
	name := func(s string) string {
		if !p.quoted {
			s = strings.Join(strings.Fields(s), " ") // around a comment there are two blanks
		}
		s = strings.TrimSpace(decodeWords(strings.TrimSpace(s)))
		if inner := strings.TrimSuffix(strings.TrimPrefix(s, `"`), `"`); len(inner) == len(s)-2 && !strings.Contains(inner, `"`) {
			s = inner // quotes that were encoded along with it
		}
		return s
	}
	if p.hasAddr {
		a := mail.Address{Name: name(p.phrase.String()), Address: cleanAddrSpec(p.angle)}
		if a.Name == "" {
			a.Name = name(p.comment)
		}
		return a
	}
	fields := strings.Fields(raw)
	switch {
	case raw == "":
		return mail.Address{} // nothing, or only a comment
	case p.angled:
		return mail.Address{Name: name(p.phrase.String())} // MAILER-DAEMON <>
	case len(fields) == 1 && !strings.HasPrefix(raw, "=?"), strings.Contains(raw, "@") && p.quoted && strings.HasPrefix(raw, `"`):
		return mail.Address{Name: name(p.comment), Address: cleanAddrSpec(raw)}
	}
	if last := fields[len(fields)-1]; strings.Contains(last, "@") && !strings.HasPrefix(last, "@") && !strings.HasPrefix(last, "=?") {
		return mail.Address{Name: name(strings.TrimSuffix(strings.TrimSpace(p.phrase.String()), last)), Address: cleanAddrSpec(last)}
	}
	joined := strings.Join(fields, "")
	if strings.Count(joined, "@") == 1 && (strings.Contains(raw, " @") || joinAddrSpec(fields) == joined) {
		return mail.Address{Name: name(p.comment), Address: joined}
	}
	return mail.Address{Name: name(p.phrase.String())}
}

// cleanAddrSpec drops the blanks that folding and RFC 5322 §4.4 leave around
// the dots and the @; inside quotes they belong to the address.
func cleanAddrSpec(s string) string {
	s = strings.TrimSpace(decodeRaw(stripComments(s)))
	if strings.HasPrefix(s, `"`) {
		return s
	}
	s = strings.Trim(s, "<>")
	if strings.HasPrefix(strings.ToLower(s), "mailto:") {
		s = s[7:]
	}
	return joinAddrSpec(strings.Fields(s))
}

// joinAddrSpec puts the pieces together. A blank that stands beside neither a
// dot nor the @ parts the address from something else.
func joinAddrSpec(pieces []string) string {
	joined := ""
	for _, piece := range pieces {
		last, next := lastByte(joined), piece[0]
		if joined != "" && last != '.' && last != '@' && next != '.' && next != '@' {
			if strings.Contains(joined, "@") {
				break
			}
			joined = ""
		}
		joined += piece
	}
	return joined
}

func lastByte(s string) byte {
	if s == "" {
		return 0
	}
	return s[len(s)-1]
}
