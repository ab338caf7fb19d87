package wizard

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/internal/app/doctor"
	"postea/internal/app/setup"
	"postea/internal/reading"
	"postea/tui/nav"
)

func safe(s string) app.Text { return reading.Line(s) }

func (m *Model) tookFound(found setup.Discovery) nav.Cmd {
	m.found = found
	if found.No != "" {
		m.stage = atAddress
		return m.complain(spotAddress, found.No)
	}
	b := found.Best
	if b == nil {
		m.problem = safe("No settings were found for " + found.Domain + ". Your provider's help pages name its servers.")
		if found.Unheard {
			m.problem = safe("Nobody who was asked about " + found.Domain + " can be reached: is there a network? Go back to try again, or name the servers.")
		}
		return m.change()
	}
	m.ends = []end{{service: "imap", at: server(b.IMAP[0])}}
	if len(b.SMTP) > 0 {
		m.ends = append(m.ends, end{service: "smtp", at: server(b.SMTP[0])})
	}
	m.oauth = b.OAuth != "" && !b.IMAP[0].Password
	m.stage = atSecret
	m.focus = m.order()[0]
	if m.focus == spotHow { // the secret is what is asked for
		m.step(1)
	}
	return m.reachAll()
}

func server(f setup.FoundServer) setup.Server {
	return setup.Server{Host: f.Host, Port: f.Port, TLS: f.TLS, Username: f.Username}
}

// reachAll tries whether the servers answer.
func (m *Model) reachAll() nav.Cmd {
	var cmds []nav.Cmd
	for n := range m.ends {
		cmds = append(cmds, m.reach(n))
	}
	return nav.Batch(cmds...)
}

func (m *Model) reach(n int) nav.Cmd {
	e := &m.ends[n]
	e.asked, e.why, e.pin, e.signed = false, app.Text{}, "", false
	service, at := e.service, e.at
	return m.ask.Ask("reach"+strconv.Itoa(n), func(ctx context.Context) tea.Msg {
		took, err := m.source.Reach(ctx, service, at)
		s := doctor.Service{Err: err}
		return reachedMsg{n, at, took, err, s.Pin(), s.InClear()}
	})
}

func (m *Model) tookReached(msg reachedMsg) nav.Cmd {
	if msg.n >= len(m.ends) || m.ends[msg.n].at != msg.at {
		return nil
	}
	e := &m.ends[msg.n]
	if msg.clear && e.at.TLS == "implicit" { // a port of the other kind
		e.at.TLS = "starttls"
		return m.reach(msg.n)
	}
	e.asked, e.reached, e.why, e.pin = true, msg.took, nav.Words(msg.err), msg.pin
	return nil
}

// change lets the servers be corrected.
func (m *Model) change() nav.Cmd {
	m.stage, m.focus = atServers, spotIMAP
	show := func(n int, s spot, fallback string) {
		text := fallback
		if n < len(m.ends) {
			text = m.ends[n].at.Address()
		}
		m.fields[s].Set(text)
	}
	show(0, spotIMAP, "imap."+m.found.Domain)
	show(1, spotSMTP, "smtp."+m.found.Domain)
	user := m.text(spotAddress)
	if len(m.ends) > 0 && m.ends[0].at.Username != "" {
		user = m.ends[0].at.Username
	}
	m.fields[spotUser].Set(user)
	return nil
}

// use takes the servers as they were typed.
func (m *Model) use() nav.Cmd {
	var ends []end
	for _, f := range []struct {
		spot    spot
		service string
		port    int
	}{{spotIMAP, "imap", 993}, {spotSMTP, "smtp", 465}} {
		text := m.text(f.spot)
		if text == "" && f.service == "smtp" {
			continue // only reading
		}
		host, port, err := setup.HostPort(text)
		if err != nil {
			return m.complain(f.spot, err.Error())
		}
		e := end{service: f.service, at: setup.Server{Host: host, Port: port, TLS: "implicit", Username: m.text(spotUser)}}
		switch e.at.Port {
		case 0:
			e.at.Port = f.port
		case 143, 587, 25:
			e.at.TLS = "starttls"
		}
		if n := len(ends); n < len(m.ends) && m.ends[n].at.Address() == e.at.Address() {
			e.at.TLS, e.at.Pin = m.ends[n].at.TLS, m.ends[n].at.Pin
			if f.service == "smtp" && m.ends[0].at.Username == m.text(spotUser) {
				e.at.Username = m.ends[n].at.Username
			}
		}
		ends = append(ends, e)
	}
	m.ends = ends
	m.stage = atSecret
	m.focus = m.order()[0]
	return m.reachAll()
}

// trust takes the keys that the servers show, as the user says so.
func (m *Model) trust() nav.Cmd {
	for i := range m.ends {
		if m.ends[i].pin != "" {
			m.ends[i].at.Pin = m.ends[i].pin
		}
	}
	m.focus = m.order()[0]
	return m.reachAll()
}

// sign checks what was typed and signs in.
func (m *Model) sign() nav.Cmd {
	n := setup.NewAccount{
		Name: m.source.SuggestName(m.text(spotAddress)), Address: m.text(spotAddress), RealName: m.text(spotName),
		Keep: m.keep(), Secret: m.text(spotSecret), Command: m.text(spotCommand), Passphrase: m.text(spotPassphrase),
	}
	for _, e := range m.ends {
		if e.service == "imap" {
			n.IMAP = e.at
		} else {
			n.SMTP = e.at
		}
	}
	switch {
	case m.oauth && m.text(spotClientID) == "":
		return m.complain(spotClientID, "A client id is needed: the provider gives one to whoever registers a program.")
	case m.oauth:
		n.Secret, n.Command = "", ""
		n.OAuth = &setup.NewOAuth{Provider: m.found.Best.OAuth, ClientID: m.text(spotClientID), ClientSecret: m.text(spotClientSecret)}
	case n.Keep == setup.InCommand && n.Command == "":
		return m.complain(spotCommand, "Which command prints the password?")
	case n.Keep != setup.InCommand && n.Secret == "":
		return m.complain(spotSecret, "The password is still missing.")
	}
	if len(m.places) == 0 {
		return m.complain(spotSign, "The keyring of this machine wants to be unlocked first. Without that, wait half a minute.")
	}
	if p := m.where(); p.Keep == setup.InEncrypted && !p.Open {
		switch {
		case n.Passphrase == "":
			return m.complain(spotPassphrase, "The passphrase is still missing.")
		case p.New && m.text(spotAgain) != n.Passphrase:
			return m.complain(spotAgain, "The two passphrases differ.")
		}
	}
	m.account, m.stage = n, atSigning
	for i := range m.ends {
		m.ends[i].signed = false
	}
	if m.oauth {
		return m.authorize(n)
	}
	return m.try(n)
}

func (m *Model) try(n setup.NewAccount) nav.Cmd {
	unlock := m.where().Keep == setup.InEncrypted && !m.where().Open
	return m.ask.Ask("sign", func(ctx context.Context) tea.Msg {
		if unlock { // a wrong passphrase is found before the servers are asked
			if err := m.source.Unlock(n.Passphrase); err != nil {
				return triedMsg{account: n, err: err}
			}
		}
		services, err := m.source.Try(ctx, &n)
		return triedMsg{n, services, err}
	})
}

// authorize signs in with OAuth; what the user is to do comes by a channel,
// for it comes while the sign-in goes on.
func (m *Model) authorize(n setup.NewAccount) nav.Cmd {
	steps := make(chan setup.OAuthStep, 1)
	m.page = setup.OAuthStep{}
	own := *n.OAuth
	n.OAuth = &own
	return nav.Batch(
		m.ask.Ask("sign", func(ctx context.Context) tea.Msg {
			defer close(steps)
			err := m.source.Authorize(ctx, &n, func(s setup.OAuthStep) {
				select {
				case steps <- s:
				default:
				}
			})
			return oauthMsg{n, err}
		}),
		m.ask.Ask("step", func(ctx context.Context) tea.Msg {
			select {
			case s, more := <-steps:
				return stepMsg{s, more}
			case <-ctx.Done():
				return nil
			}
		}))
}

func (m *Model) tookStep(msg stepMsg) nav.Cmd {
	if msg.more && m.stage == atSigning {
		m.page, m.focus = msg.step, spotPage
	}
	return nil
}

// copyPage writes the clipboard as the copy menu of a message does.
func (m *Model) copyPage() nav.Cmd {
	address := m.page.Page
	return nav.Batch(nav.Later(tea.SetClipboard(address)), m.ask.Run(func(ctx context.Context) tea.Msg {
		_ = m.source.Clipboard(ctx, address) // the terminal may have taken it
		return nil
	}), nav.Done("Copied the address of the page"))
}

// withoutCode begins the sign-in anew, by this machine's browser.
func (m *Model) withoutCode() nav.Cmd {
	n := m.account
	own := *n.OAuth
	own.Browser = true
	n.OAuth = &own
	return m.authorize(n)
}

func (m *Model) tookOAuth(msg oauthMsg) nav.Cmd {
	m.page = setup.OAuthStep{}
	if msg.err != nil {
		m.stage = atSecret
		return m.complain(spotSign, "Not signed in: "+msg.err.Error())
	}
	return m.try(msg.account)
}

func (m *Model) tookTried(msg triedMsg) nav.Cmd {
	if msg.err != nil {
		m.stage = atSecret
		m.focus, m.problem = m.order()[0], nav.Words(msg.err)
		if strings.Contains(msg.err.Error(), "passphrase") {
			m.focus = spotPassphrase
		}
		return nil
	}
	good := true
	for _, s := range msg.services {
		for i := range m.ends {
			e := &m.ends[i]
			if e.service != s.Name {
				continue
			}
			e.at.TLS = msg.account.IMAP.TLS
			if e.service == "smtp" {
				e.at.TLS = msg.account.SMTP.TLS
			}
			e.asked, e.signed, e.took, e.pin = true, s.Err == nil, s.Took, s.Pin()
			e.why = app.Text{}
			if s.Err != nil {
				good = false
				e.why = safe(s.Text)
			}
		}
	}
	if !good {
		m.stage = atSecret
		m.focus = m.order()[0]
		if m.untrusted() {
			m.focus = spotTrust
		}
		m.problem = safe("Nothing was saved.")
		return nil
	}
	n := msg.account
	m.account = n
	return m.ask.Run(func(ctx context.Context) tea.Msg { return savedMsg{m.source.Save(ctx, n)} })
}

func (m *Model) tookSaved(msg savedMsg) nav.Cmd {
	if msg.err != nil {
		m.stage = atSecret
		m.focus = spotPlace
		m.problem = safe(fmt.Sprintf("Both servers let you in, but nothing was saved: %v", msg.err))
		return nil
	}
	m.stage = atSaved
	for _, s := range []spot{spotSecret, spotPassphrase, spotAgain, spotClientSecret} {
		m.fields[s].Set("")
	}
	return nav.Say(nav.AccountAdded{Name: m.account.Name})
}
