package demo

import (
	"fmt"
	"io"
	netmail "net/mail"
	"strings"

	gomessage "github.com/emersion/go-message"
	gomail "github.com/emersion/go-message/mail"
	nethtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxQuoted is how many lines of a message an answer quotes.
const maxQuoted = 200

func echoes() []person {
	return []person{{"Echo", "echo@" + homeDomain}, {"Echo", "echo@" + workDomain}}
}

// meet makes people known, so that they answer what is written to them.
func (s *Server) meet(people ...person) {
	for _, p := range people {
		s.people[strings.ToLower(p.address)] = p
	}
}

func (s *Server) answers(address string) bool {
	_, known := s.people[strings.ToLower(address)]
	return known
}

// answer writes back to whoever has sent a message to one of the people. What is
// itself an answer of a machine gets none (RFC 3834 §2).
func (s *Server) answer(mail Submission, to string) {
	e := readEntity(mail.Raw)
	h := gomail.Header{Header: e.Header}
	if auto := h.Get("Auto-Submitted"); mail.From == "" || auto != "" && !strings.EqualFold(auto, "no") {
		return
	}
	who := s.people[strings.ToLower(to)]
	sender := replyAddress(h, mail.From)
	if s.owner(sender.address) == nil {
		sender = person{"", mail.From}
	}
	subject, err := h.Subject()
	if err != nil {
		subject = h.Get("Subject")
	}
	if !strings.HasPrefix(strings.ToLower(subject), "re:") {
		subject = strings.TrimSpace("Re: " + subject)
	}
	now := s.now()
	l := letter{
		id:   fmt.Sprintf("answer-%d-%d@%s", now.UnixNano(), s.number(), hostname),
		from: who, to: []person{sender}, subject: subject, date: now,
		extra: []field{{"Auto-Submitted", "auto-replied"}},
	}
	if own := messageID(mail.Raw); own != "" {
		l.parents = append(referencesOf(h), own)
	}
	written, date := readText(e), now
	if d, err := h.Date(); err == nil && !d.IsZero() {
		date = d
	}
	l.body = plain(opening(who) + fmt.Sprintf("\nOn %s, %s wrote:\n", date.Format("2 January 2006 at 15:04"), nameOf(sender)) + quote(written))
	s.post(who.address, sender.address, l.bytes())
}

func opening(who person) string {
	if who.name == "Echo" {
		return "Your words came back to me, and here they are again. Answer, and I\nshall answer you.\n"
	}
	return "Your letter has arrived, and I thank you for it. I shall think about\n" +
		"what you say before I answer properly.\n\n" + who.name + "\n\n" +
		"(This is postea's demo: " + who.name + " is a small program with good\nmanners, and would answer this too.)\n"
}

func nameOf(p person) string {
	if p.name != "" {
		return p.name
	}
	return p.address
}

func replyAddress(h gomail.Header, otherwise string) person {
	for _, name := range []string{"Reply-To", "From"} {
		if list, err := h.AddressList(name); err == nil && len(list) > 0 {
			return person{list[0].Name, list[0].Address}
		}
	}
	if a, err := netmail.ParseAddress(otherwise); err == nil {
		return person{a.Name, a.Address}
	}
	return person{"", otherwise}
}

// referencesOf returns the conversation a message stands in (RFC 5322 §3.6.4).
func referencesOf(h gomail.Header) []string {
	for _, name := range []string{"References", "In-Reply-To"} {
		if ids, err := h.MsgIDList(name); err == nil && len(ids) > 0 {
			return ids
		}
	}
	return nil
}

func quote(s string) string {
	var b strings.Builder
	lines := strings.Split(strings.TrimRight(s, "\n"), "\n")
	for i, line := range lines {
		if i == maxQuoted {
			b.WriteString("> [...]\n")
			break
		}
		if line == "-- " {
			break // nobody quotes a signature
		}
		line = strings.TrimRight(line, " \t")
		if line != "" && !strings.HasPrefix(line, ">") {
			line = " " + line
		}
		b.WriteString(">" + line + "\n")
	}
	return b.String()
}

// readText finds the text of a message, that of the HTML part where there is no
// other.
func readText(e *gomessage.Entity) string {
	text, rich := findText(e)
	if text == "" {
		text = stripTags(rich)
	}
	return strings.ReplaceAll(text, "\r\n", "\n")
}

func findText(e *gomessage.Entity) (text, rich string) {
	if parts := e.MultipartReader(); parts != nil {
		for text == "" {
			p, err := parts.NextPart()
			if p == nil || err != nil && !gomessage.IsUnknownCharset(err) && !gomessage.IsUnknownEncoding(err) {
				break
			}
			t, r := findText(p)
			text = t
			if rich == "" {
				rich = r
			}
		}
		return text, rich
	}
	kind, parameters, _ := e.Header.ContentType()
	disposition, _, _ := e.Header.ContentDisposition()
	if disposition == "attachment" || !strings.HasPrefix(kind, "text/") && kind != "" {
		return "", ""
	}
	body, err := io.ReadAll(io.LimitReader(e.Body, 1<<20))
	if err != nil && len(body) == 0 {
		return "", ""
	}
	s := strings.ToValidUTF8(string(body), "\uFFFD")
	if kind == "text/html" {
		return "", s
	}
	if strings.EqualFold(parameters["format"], "flowed") {
		s = unstuff(s)
	}
	return s, ""
}

// unstuff takes off what format=flowed puts before and behind lines, but for
// what keeps a signature one.
func unstuff(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i, line := range lines {
		line = strings.TrimPrefix(line, " ")
		if line != "-- " {
			line = strings.TrimRight(line, " ")
		}
		lines[i] = line
	}
	return strings.Join(lines, "\n")
}

// stripTags keeps the words of HTML, a line for each block.
func stripTags(s string) string {
	var b strings.Builder
	z := nethtml.NewTokenizer(strings.NewReader(s))
	hidden := 0
	for {
		switch z.Next() {
		case nethtml.ErrorToken:
			return strings.TrimSpace(b.String())
		case nethtml.TextToken:
			if words := strings.Fields(string(z.Text())); hidden == 0 && len(words) > 0 {
				b.WriteString(strings.Join(words, " ") + " ")
			}
		case nethtml.StartTagToken:
			name, _ := z.TagName()
			switch atom.Lookup(name) {
			case atom.Style, atom.Script, atom.Title:
				hidden++
			case atom.Br:
				b.WriteString("\n")
			}
		case nethtml.EndTagToken:
			name, _ := z.TagName()
			switch atom.Lookup(name) {
			case atom.Style, atom.Script, atom.Title:
				hidden--
			case atom.P, atom.Div, atom.Tr, atom.Li, atom.H1, atom.H2, atom.H3, atom.Blockquote:
				b.WriteString("\n")
			}
		case nethtml.SelfClosingTagToken:
			b.WriteString("\n")
		}
	}
}
