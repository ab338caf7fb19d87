package composer

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/tui/nav"
)

// popup offers addresses or paths below the field that is being typed in.
type popup struct {
	contacts []app.Contact
	paths    []string
	at       int    // what enter and tab take; -1: nothing, for what is typed is whole
	typed    string // what it completes
}

func (p *popup) len() int { return len(p.contacts) + len(p.paths) }

func (p *popup) open() bool { return p.len() > 0 }

// chosen tells whether enter and tab take something.
func (p *popup) chosen() bool { return p.open() && p.at >= 0 }

// whole tells that what would be taken has been typed already, so that tab goes
// on as it does where nothing is offered.
func (p *popup) whole() bool {
	return p.at >= 0 && p.at < len(p.contacts) && strings.EqualFold(p.contacts[p.at].Raw.Address, strings.TrimSpace(p.typed))
}

func (p *popup) move(n int) { p.at = min(max(p.at+n, 0), p.len()-1) }

type contactsMsg struct {
	in    place
	typed string
	list  []app.Contact
}

// maxOffered is how many addresses are offered at once.
const maxOffered = 6

// suggest asks for what could be meant by what has been typed.
func (m *Model) suggest() nav.Cmd {
	m.popup = popup{}
	switch in := m.focus; in {
	case inTo, inCc, inBcc:
		typed := lastAddress(m.fields[m.focus].Before())
		if typed == "" {
			m.ask.Drop("suggest")
			return nil
		}
		return nav.Batch(m.ask.Ask("suggest", func(ctx context.Context) tea.Msg {
			list, _ := m.source.Complete(ctx, typed) // nothing to offer is no fault
			return contactsMsg{in, typed, list}
		}), m.ask.Ask("query", func(ctx context.Context) tea.Msg {
			list, err := m.source.QueryContacts(ctx, typed)
			return moreContactsMsg{contactsMsg{in, typed, list}, err}
		}))
	case inPath:
		typed := m.fields[inPath].Text()
		return m.ask.Ask("suggest", func(ctx context.Context) tea.Msg {
			paths, _ := m.source.CompletePath(ctx, typed)
			return pathsMsg{bestPaths(typed, paths)}
		})
	}
	return nil
}

// offerNothing takes away what is offered, and what would still come.
func (m *Model) offerNothing() {
	m.popup = popup{}
	m.ask.Drop("suggest")
	m.ask.Drop("query")
}

// tookContacts and tookPaths leave out what comes after the cursor has gone
// elsewhere.
func (m *Model) tookContacts(msg contactsMsg) {
	if m.focus != msg.in || msg.typed != lastAddress(m.fields[msg.in].Before()) {
		return
	}
	m.popup = popup{contacts: msg.list[:min(len(msg.list), maxOffered)], typed: msg.typed}
	m.popup.at = preferred(m.popup.contacts, strings.TrimSpace(msg.typed))
}

// moreContactsMsg is what a query command has found, which may take a while.
type moreContactsMsg struct {
	contactsMsg
	err error
}

func (m *Model) tookMoreContacts(msg moreContactsMsg) {
	if m.focus != msg.in || msg.typed != lastAddress(m.fields[msg.in].Before()) {
		return
	}
	if msg.err != nil {
		m.problem = nav.Words(msg.err)
		return
	}
	known := map[string]bool{}
	for _, c := range m.popup.contacts {
		known[strings.ToLower(c.Raw.Address)] = true
	}
	first := !m.popup.open()
	for _, c := range msg.list {
		if !known[strings.ToLower(c.Raw.Address)] && len(m.popup.contacts) < maxOffered {
			m.popup.contacts = append(m.popup.contacts, c)
		}
	}
	if m.popup.typed = msg.typed; first {
		m.popup.at = preferred(m.popup.contacts, strings.TrimSpace(msg.typed))
	}
}

// preferred is the contact that is taken unless the user picks another one. A
// whole address that merely resembles a known one is what the user means.
func preferred(list []app.Contact, typed string) int {
	if mail.CheckAddrSpec(typed) != "" {
		return 0
	}
	if i := slices.IndexFunc(list, func(c app.Contact) bool { return strings.EqualFold(c.Raw.Address, typed) }); i >= 0 {
		return i
	}
	for i, c := range list {
		if len(c.Raw.Address) >= len(typed) && strings.EqualFold(c.Raw.Address[:len(typed)], typed) {
			return i
		}
	}
	return -1
}

// lastAddress is the unfinished address at the end of a list.
func lastAddress(s string) string {
	quoted, from := false, 0
	for i, r := range s {
		switch {
		case r == '"':
			quoted = !quoted
		case strings.ContainsRune(mail.Separators, r) && !quoted:
			from = i + utf8.RuneLen(r)
		}
	}
	return strings.TrimLeft(s[from:], " ")
}

// take puts what is offered into the field.
func (m *Model) take() nav.Cmd {
	p := m.popup
	m.popup = popup{}
	f := &m.fields[m.focus]
	if m.focus != inPath {
		c := p.contacts[p.at]
		text := c.Raw.String()
		if c.Members != nil {
			text = mail.FormatAddresses(c.Members)
		}
		f.ReplaceBefore(len(p.typed), text+", ")
		m.ask.Drop("query")
		return nil
	}
	path := p.paths[p.at]
	f.Set(path)
	if strings.HasSuffix(path, "/") {
		return m.suggest()
	}
	return m.attach(path)
}

type pathsMsg struct{ paths []string }

func (m *Model) tookPaths(msg pathsMsg) {
	if m.focus == inPath {
		typed := m.fields[inPath].Text()
		m.popup = popup{paths: msg.paths, at: max(slices.Index(msg.paths, typed), 0)}
	}
}

type attachedMsg struct {
	refs []mail.AttachmentRef
	err  error
}

func (m *Model) attach(path string) nav.Cmd {
	if m.inline {
		return m.picture(path)
	}
	m.dropped = dropped{}
	m.attaching++
	return nav.Hold(m.ask.Run(func(ctx context.Context) tea.Msg {
		refs, err := m.source.AttachFiles(ctx, path)
		return attachedMsg{refs, err}
	}))
}

func (m *Model) tookFile(msg attachedMsg) nav.Cmd {
	m.attaching--
	if msg.err != nil {
		m.problem = nav.Words(msg.err)
		return nil
	}
	m.addFiles(msg.refs...)
	m.problem = app.Text{}
	m.fields[inPath].Set("")
	m.popup = popup{}
	if m.focus == inPath {
		m.focus = inBody
	}
	return nil
}
