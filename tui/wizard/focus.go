package wizard

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/internal/app/setup"
	"postea/tui/nav"
)

// order lists what can have the focus now.
func (m *Model) order() []spot {
	switch m.stage {
	case atAddress, atFinding:
		return []spot{spotAddress, spotName}
	case atServers:
		return []spot{spotIMAP, spotSMTP, spotUser, spotUse}
	case atSaved:
		return nil
	case atSigning:
		if m.page.Page != "" {
			return m.pageButtons()
		}
		return nil
	}
	var out []spot
	if m.choosesHow() {
		out = append(out, spotHow)
	}
	switch {
	case m.oauth:
		out = append(out, spotClientID, spotClientSecret)
	case m.keep() == setup.InCommand:
		out = append(out, spotCommand)
	default:
		out = append(out, spotSecret)
	}
	if len(m.places) > 0 {
		out = append(out, spotPlace)
	}
	if p := m.where(); p.Keep == setup.InEncrypted && !p.Open {
		out = append(out, spotPassphrase)
		if p.New {
			out = append(out, spotAgain)
		}
	}
	out = append(out, spotSign)
	if m.untrusted() {
		out = append(out, spotTrust)
	}
	return append(out, spotChange)
}

// pageButtons are those beside the provider's page. Some companies forbid the sign-in by code.
func (m *Model) pageButtons() []spot {
	if m.page.Code != "" {
		return []spot{spotPage, spotBrowser}
	}
	return []spot{spotPage}
}

func (m *Model) step(by int) {
	list := m.order()
	if len(list) == 0 {
		return
	}
	at := 0
	for i, s := range list {
		if s == m.focus {
			at = (i + by + len(list)) % len(list)
		}
	}
	m.focus = list[at]
}

// choosesHow tells whether there are two ways to sign in.
func (m *Model) choosesHow() bool {
	b := m.found.Best
	return b != nil && b.OAuth != "" && len(b.IMAP) > 0 && b.IMAP[0].Password
}

// where is the chosen place of the secret.
func (m *Model) where() setup.SecretPlace {
	if m.place < len(m.places) {
		return m.places[m.place]
	}
	return setup.SecretPlace{} // the keyring still asks its user
}

func (m *Model) keep() setup.KeepSecret { return m.where().Keep }

func (m *Model) untrusted() bool {
	for _, e := range m.ends {
		if e.pin != "" {
			return true
		}
	}
	return false
}

func isField(s spot) bool {
	switch s {
	case spotHow, spotPlace, spotSign, spotTrust, spotPage, spotBrowser, spotChange, spotUse:
		return false
	}
	return true
}

func secretField(s spot) bool {
	return s == spotSecret || s == spotPassphrase || s == spotAgain || s == spotClientSecret
}

func (m *Model) text(s spot) string {
	if secretField(s) {
		return m.fields[s].Text()
	}
	return strings.TrimSpace(m.fields[s].Text())
}

// busy tells that nothing can be typed now.
func (m *Model) busy() bool {
	return m.stage == atFinding || m.stage == atSigning && m.page.Page == "" || m.stage == atSaved
}

func (m *Model) key(msg tea.KeyPressMsg) nav.Cmd {
	name := msg.String()
	switch {
	case m.busy():
		return nil
	case m.focus == spotHow || m.focus == spotPlace:
		by := 0
		switch name {
		case "right", "space", " ", "l":
			by = 1
		case "left", "h":
			by = -1
		}
		if by != 0 {
			m.turn(by)
		}
		return nil
	case isField(m.focus):
		if m.fields[m.focus].Press(m.size.Measure, name, msg.Text) {
			m.problem = app.Text{}
		}
	}
	return nil
}

// turn chooses the next way, or the next place that can be used.
func (m *Model) turn(by int) {
	if m.focus == spotHow {
		m.oauth = !m.oauth
		return
	}
	for range m.places {
		m.place = (m.place + by + len(m.places)) % len(m.places)
		if p := m.where(); p.Why == "" && !(m.oauth && p.Keep == setup.InCommand) {
			return
		}
	}
}

func (m *Model) paste(text string) {
	if !m.busy() && isField(m.focus) {
		m.fields[m.focus].Insert(strings.TrimSpace(text))
		m.problem = app.Text{}
	}
}

func (m *Model) mouse(ev nav.Mouse) nav.Cmd {
	if ev.Wheel != 0 || m.busy() {
		return nil
	}
	for _, p := range m.layout().spots {
		if ev.Y == p.y && ev.X >= p.x && ev.X < p.x+p.w {
			m.focus = p.spot
			switch {
			case p.spot == spotHow || p.spot == spotPlace:
				m.turn(1)
			case !isField(p.spot):
				return m.enter()
			}
			return nil
		}
	}
	return nil
}
