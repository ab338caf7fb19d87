package reader

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/tui/nav"
	"postea/tui/words"
)

// structureMsg is the parts of a message, one of them chosen where part is set.
type structureMsg struct {
	id    mail.ID
	parts []app.PartItem
	part  string
	away  bool // it is fetched first
	err   error
}

// structure shows how a message is built, and any part of it as it is.
func (m *Model) structure() nav.Cmd {
	id := m.items[m.current].head.ID
	return nav.Hold(m.ask.Ask("structure", func(ctx context.Context) tea.Msg {
		parts, err := m.source.Structure(ctx, id)
		return structureMsg{id: id, parts: parts, err: err}
	}))
}

func (m *Model) tookStructure(msg structureMsg) nav.Cmd {
	if msg.err != nil {
		return nav.Failed(msg.err)
	}
	if msg.part != "" {
		return m.viewing(msg.away, func(ctx context.Context) (app.FileView, error) { return m.source.ViewPart(ctx, msg.id, msg.part) })
	}
	menu := nav.Menu{Title: "Parts", Hint: "look at it"}
	for _, p := range msg.parts {
		label := strings.Repeat("  ", p.Depth) + p.Type.String()
		detail := p.Name.String()
		item := nav.Item{Label: label}
		if p.Leaf {
			if detail != "" {
				detail += "  "
			}
			detail += words.Size(p.Size)
			if p.Away {
				detail += "  at the server"
			}
			item.Key = p.Path
			item.Msg = m.ask.Answer(structureMsg{id: msg.id, part: p.Path, away: p.Away})
		}
		item.Detail = detail
		menu.Items = append(menu.Items, item)
	}
	return nav.Say(menu)
}

type checkedMsg struct {
	list []app.SignatureCheck
	err  error
}

// checkSignatures asks the name servers of the domains that have signed, because the
// user said so.
func (m *Model) checkSignatures() nav.Cmd {
	h := m.items[m.current].head
	id, say := h.ID, sayFetchingAll(h)
	if say == nil {
		say = nav.Done("Asking for the keys of the domains")
	}
	return nav.Batch(say, m.ask.Ask("signatures", func(ctx context.Context) tea.Msg {
		list, err := m.source.CheckSignatures(ctx, id)
		return checkedMsg{list, err}
	}))
}

func (m *Model) checked(msg checkedMsg) nav.Cmd {
	if msg.err != nil {
		return nav.Failed(msg.err)
	}
	p := nav.Pager{Title: "Signatures of the domains (DKIM)", Note: "A signature tells which domain is answerable for a message, and nothing about whether it is honest."}
	for i, c := range msg.list {
		if i > 0 {
			p.Lines = append(p.Lines, app.Text{})
		}
		p.Lines = append(p.Lines, c.Words)
	}
	return nav.Say(p)
}

// keepContact puts the people whom a message introduces into the address book.
func (m *Model) keepContact(h app.Message) nav.Cmd {
	var list []mail.Address
	var names []string
	for _, c := range h.Contacts {
		list = append(list, c.Addresses...)
		if len(c.Addresses) > 0 {
			names = append(names, contactName(c))
		}
	}
	return m.ask.Run(func(ctx context.Context) tea.Msg {
		return doneMsg{"In the address book: " + strings.Join(names, ", "), m.source.AddContacts(ctx, list, "")}
	})
}

func contactName(c reading.ContactCard) string {
	if s := c.Name.String(); s != "" {
		return s
	}
	if len(c.Addresses) > 0 {
		return reading.Line(c.Addresses[0].Address).String()
	}
	return "a contact"
}
