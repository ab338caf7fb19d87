package reading

import (
	"cmp"
	"strings"

	"postea/internal/mail"
	"postea/internal/reading/trust"
)

// TrustOptions says what Sender may rely on. The zero value is fine: then
// nothing that the message says about itself counts.
type TrustOptions struct {
	// Server is the authserv-id (RFC 8601 §2.5) under which the user's own
	// server writes; results under another name were written by anybody.
	Server string
	// Known are domains that the user has to do with, for names that look
	// like one of them.
	Known []string
}

// Sender is what can be said about who a message is from.
type Sender struct {
	Verdict  trust.Verdict
	Words    Text // the verdict in words; empty while it is trust.Unknown
	Warnings []Warning
}

// Warning is something odd about the sender, in one line.
type Warning struct {
	Kind  WarningKind
	Words Text
}

// WarningKind tells the warnings apart.
type WarningKind int

// The warnings.
const (
	NoSender       WarningKind = iota // there is no address at all
	ManySenders                       // From stands more than once, or has several addresses
	NameIsAddress                     // the name contains another address
	OddDomain                         // the domain mixes alphabets or looks like another
	ReplyElsewhere                    // answers go to another domain
	OnBehalf                          // Sender is at another domain
	LinkMismatch                      // a link names one host and leads to another
)

// Sender judges who the message is from.
func (m *Message) Sender(o TrustOptions) Sender {
	var s Sender
	h := m.Header
	from := mail.Address{}
	if len(h.From) > 0 {
		from = h.From[0]
	}
	domain := domainOfAddress(from.Address)
	several := len(h.From) > 1 || countOf(h.fields, "From") > 1
	if o.Server != "" && !several {
		var words string
		s.Verdict, words = m.results(o.Server).Judge(domain)
		s.Words = Line(words)
	}
	warn := func(kind WarningKind, words string) {
		s.Warnings = append(s.Warnings, Warning{kind, Line(words)})
	}
	if domain == "" {
		warn(NoSender, "there is no address that this is from")
	}
	if several {
		warn(ManySenders, "it is said to be from several addresses; the first is shown")
	}
	if other := addressIn(from.Name); other != "" && !strings.EqualFold(other, from.Address) {
		warn(NameIsAddress, "the name contains another address, "+other+"; it is from "+from.Address)
	}
	if odd := trust.Looks(domain, o.Known); odd != "" {
		warn(OddDomain, odd)
	}
	m.warnAnswers(from, warn)
	if n := m.mismatches(); n > 0 {
		words := "a link leads to another host than it names"
		if n > 1 {
			words = "several links lead to other hosts than they name"
		}
		warn(LinkMismatch, words)
	}
	return s
}

// AuthServer gives the name under which the topmost Authentication-Results
// field was written, "" for none. Anybody can have written it: a server that
// writes none of its own may let one through that came with the message.
func (m *Message) AuthServer() string {
	return trust.ParseResults(m.Header.Get("Authentication-Results")).Server
}

// results gives the topmost field of the trusted server. Fields below it came
// with the message (RFC 8601 §5).
func (m *Message) results(server string) trust.Results {
	for _, f := range m.Header.fields {
		if !strings.EqualFold(f.Name, "Authentication-Results") {
			continue
		}
		if r := trust.ParseResults(f.Value); strings.EqualFold(r.Server, strings.TrimSpace(server)) {
			return r
		}
	}
	return trust.Results{}
}

// warnAnswers looks where answers go and who sent it. On a list both are
// someone else by right.
func (m *Message) warnAnswers(from mail.Address, warn func(WarningKind, string)) {
	h := m.Header
	domain := domainOfAddress(from.Address)
	if domain == "" || h.ListID != "" || h.ListPost != "" {
		return
	}
	for _, a := range h.ReplyTo {
		if d := domainOfAddress(a.Address); d != "" && !trust.Aligned(d, domain) {
			warn(ReplyElsewhere, "answers go to "+a.Address+", and not to "+from.Address)
			break
		}
	}
	if len(h.Sender) == 1 {
		if d := domainOfAddress(h.Sender[0].Address); d != "" && !trust.Aligned(d, domain) {
			warn(OnBehalf, "sent by "+h.Sender[0].Address+" for "+from.Address)
		}
	}
}

// mismatches counts the links whose text is the name of another host.
func (m *Message) mismatches() int {
	n := 0
	for _, l := range m.Links(LayoutOptions{}) {
		text := cmp.Or(unwrapped(l.Text), l.Text)
		if named := namedHost(text); named != "" && !sameHost(named, l.Host) {
			n++
		}
	}
	return n
}

func domainOfAddress(address string) string {
	i := strings.LastIndexByte(address, '@')
	if i < 0 {
		return ""
	}
	return strings.ToLower(strings.Trim(address[i+1:], " >.]["))
}

// addressIn finds what looks like an address in a name.
func addressIn(name string) string {
	for word := range strings.FieldsFuncSeq(name, func(r rune) bool { return r <= ' ' || strings.ContainsRune("<>()[]\"',;:\u00a0", r) }) {
		local, domain, ok := strings.Cut(word, "@")
		if ok && local != "" && strings.Contains(domain, ".") && mail.CheckAddrSpec(word) == "" {
			return word
		}
	}
	return ""
}
