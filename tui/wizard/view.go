package wizard

import (
	"fmt"
	"strings"
	"time"

	"postea/internal/app"
	"postea/internal/app/setup"
	"postea/tui/nav"
	"postea/tui/theme"
	"postea/tui/widget"
)

// build makes the page of the stage.
func (m *Model) build(p *page) {
	switch m.stage {
	case atAddress, atFinding:
		m.buildAddress(p)
	case atServers:
		m.buildServers(p)
	case atSaved:
		p.heading("All set")
		p.gap()
		p.text(theme.Text, "Your mail is being fetched.")
	case atSigning:
		if m.page.Page != "" {
			m.buildPage(p)
			return
		}
		fallthrough
	default:
		m.buildSecret(p)
	}
}

func (m *Model) buildAddress(p *page) {
	if m.first {
		p.heading("Welcome to postea")
		p.text(theme.Dim, "Your address and your password, and your mail is here.")
		p.blank()
	}
	p.field(spotAddress, "Your address", "Address")
	p.gap()
	p.field(spotName, "Your name, as others see it", "Name")
	p.gap()
	switch {
	case m.stage == atFinding:
		p.text(theme.Text, "Looking for the servers of "+domainOf(m.text(spotAddress))+" …")
		p.text(theme.Dim, "Only the domain is told to anybody, and only over TLS.")
	case m.problem.String() != "":
		p.foot = p.warning(m.problem.String())
	case m.first:
		p.text(theme.Dim, "To look around first, with nothing to set up:  postea demo")
	}
}

func domainOf(address string) string {
	return nav.Line(address[strings.LastIndexByte(address, '@')+1:])
}

func (p *page) warning(text string) (lines []line) {
	for i, s := range p.m.size.Measure.Wrap(text, p.width-2) {
		lines = append(lines, line{draw: func(row widget.Area) {
			if i == 0 {
				row.Text(0, 0, theme.Style{Ink: theme.Yellow}, row.Look.Signs.Warning)
			}
			row.Text(2, 0, theme.Style{Ink: theme.Yellow}, s)
		}})
	}
	return lines
}

func (m *Model) buildServers(p *page) {
	p.add(func(row widget.Area) {
		row.Text(0, 0, theme.Style{Ink: theme.Dim}, "Address")
		row.Fit(labelEnd, 0, row.Width()-labelEnd, theme.Style{Ink: theme.Text}, m.text(spotAddress))
	})
	p.blank()
	p.beside(spotIMAP, "IMAP")
	p.beside(spotSMTP, "SMTP")
	p.beside(spotUser, "User name")
	p.blank()
	p.text(theme.Dim, "Host, or host:port. 993 and 465 speak TLS at once, 143 and 587 begin it with STARTTLS; without it no password is sent.")
	p.blank()
	p.buttons(spotUse)
	if m.problem.String() != "" {
		p.blank()
		p.foot = p.warning(m.problem.String())
	}
}

func (m *Model) buildSecret(p *page) {
	x := 0
	if m.low() {
		x = labelEnd
	} else {
		p.add(func(row widget.Area) { row.Text(0, 0, theme.Style{Ink: theme.Dim}, "Your address") })
	}
	p.add(func(row widget.Area) {
		if x > 0 {
			row.Text(0, 0, theme.Style{Ink: theme.Dim}, "Address")
		}
		row.Fit(x, 0, row.Width()-x-3, theme.Style{Ink: theme.Strong}, m.text(spotAddress))
		row.Right(row.Width(), 0, theme.Style{Ink: theme.Green}, row.Look.Signs.Check)
	})
	p.add(func(row widget.Area) { row.HRule(0) })
	p.gap()
	p.add(func(row widget.Area) {
		row.Text(0, 0, theme.Style{Ink: theme.Dim}, "Found")
		row.Fit(labelEnd, 0, row.Width()-labelEnd, theme.Style{Ink: theme.Dim}, m.how())
	})
	for i := range m.ends {
		m.buildEnd(p, m.ends[i])
	}
	if b := m.found.Best; b != nil && len(b.Unvouched) > 0 {
		p.lines = append(p.lines, p.warning(safe("Only the DNS names "+strings.Join(b.Unvouched, " and ")+". Is this your provider?").String())...)
	}
	p.blank()
	if m.choosesHow() {
		way := 0
		if m.oauth {
			way = 1
		}
		p.choice(spotHow, "Sign in", []string{"with a password", "with OAuth 2"}, way)
		p.gap()
	}
	m.buildOwn(p)
	m.buildPlace(p)
	p.blank()
	m.buildFoot(p)
}

func (m *Model) how() string {
	b := m.found.Best
	switch {
	case b == nil:
		return "as you typed them"
	case b.Where == "" || b.Source.String() == "built in":
		return nav.Line(b.Provider) + ", known here"
	}
	text := "by " + b.Source.String()
	if where := nav.Line(b.Where); where != "" {
		text += " at " + where
	}
	return text
}

// buildEnd is the line of one server, and why it cannot be used.
func (m *Model) buildEnd(p *page, e end) {
	p.add(func(row widget.Area) {
		row.Text(0, 0, theme.Style{Ink: theme.Text}, strings.ToUpper(e.service))
		state, ink, sign := m.state(e, row.Look)
		right := row.Width()
		right = row.Right(right, 0, theme.Style{Ink: theme.Dim}, state)
		if state != "" {
			right--
		}
		right = row.Right(right, 0, theme.Style{Ink: ink}, sign) - 1
		tls := "TLS"
		if e.at.TLS == "starttls" {
			tls = "STARTTLS"
		}
		right = row.Right(right-2, 0, theme.Style{Ink: theme.Green}, tls) - 2
		row.Fit(labelEnd, 0, right-labelEnd, theme.Style{Ink: theme.Text}, nav.Line(e.at.Address()))
	})
	if e.why.String() != "" {
		for _, s := range m.size.Measure.Wrap(e.why.String(), p.width-labelEnd) {
			p.add(func(row widget.Area) { row.Text(labelEnd, 0, theme.Style{Ink: theme.Red}, s) })
		}
	}
	if e.pin != "" {
		for text := "its key: " + e.pin; len(text) > 0; { // whole, for it is compared
			n := min(len(text), p.width-labelEnd)
			part := text[:n]
			text = text[n:]
			p.add(func(row widget.Area) { row.Text(labelEnd, 0, theme.Style{Ink: theme.Dim}, part) })
		}
	}
}

func (m *Model) state(e end, look *theme.Look) (text string, ink theme.Ink, sign string) {
	switch {
	case m.stage == atSigning:
		return "signing in", theme.Accent, look.Signs.Working
	case e.signed:
		return "signed in, " + millis(e.took), theme.Green, look.Signs.Check
	case e.why.String() != "":
		return "", theme.Red, look.Signs.Cross
	case e.asked:
		return "answers in " + millis(e.reached), theme.Green, look.Signs.Check
	}
	return "asking", theme.Dim, look.Signs.Working
}

func millis(d time.Duration) string { return app.Number(int(d.Milliseconds())) + " ms" }

// buildOwn is what only the user can give.
func (m *Model) buildOwn(p *page) {
	hint, link := "", ""
	if b := m.found.Best; b != nil {
		hint, link = nav.Line(b.Hint), nav.Line(b.URL)
	}
	switch {
	case m.oauth:
		p.field(spotClientID, "Client id of your registration with "+nav.Line(m.found.Best.Provider), "Client id")
		p.field(spotClientSecret, "Client secret, where there is one", "Its secret")
	case m.keep() == setup.InCommand:
		p.field(spotCommand, "Command that prints the password", "Command")
		p.text(theme.Dim, "Such as:  pass show mail/work")
	default:
		p.field(spotSecret, "Password", "Password")
	}
	if hint != "" {
		p.text(theme.Blue, hint)
		p.text(theme.Dim, link)
	}
}

// buildPage says what to do in the browser, and nothing else: the address is whole, for
// where a terminal copies nothing it is marked with the mouse.
func (m *Model) buildPage(p *page) {
	as, address := ", to sign in as "+m.text(spotAddress)+":", nav.Line(m.page.Page)
	if code := nav.Line(m.page.Code); code != "" {
		p.text(theme.Text, "Open this page on any device, and type the code"+as)
		p.text(theme.Blue, address)
		p.blank()
		p.heading(code)
	} else {
		p.text(theme.Text, "Open this page in a browser on this machine"+as)
		for rest := address; len(rest) > 0; {
			n := min(len(rest), p.width)
			part := rest[:n]
			rest = rest[n:]
			p.add(func(row widget.Area) { row.Text(0, 0, row.Link(theme.Style{Ink: theme.Blue}, address), part) })
		}
	}
	p.blank()
	p.buttons(m.pageButtons()...)
	p.blank()
	p.text(theme.Dim, "Waiting for you to sign in there; esc gives it up. Nothing is saved yet.")
}

func (m *Model) buildPlace(p *page) {
	if len(m.places) == 0 {
		p.gap()
		p.text(theme.Dim, "Kept in    the keyring of this machine is being asked …")
		return
	}
	names := map[setup.KeepSecret]string{setup.InKeyring: "keyring", setup.InEncrypted: "encrypted file", setup.InCommand: "a command"}
	var options []string
	chosen := 0
	for i, s := range m.places {
		if s.Why != "" || m.oauth && s.Keep == setup.InCommand {
			continue
		}
		if i == m.place {
			chosen = len(options)
		}
		options = append(options, names[s.Keep])
	}
	if len(options) == 0 {
		return
	}
	p.gap()
	p.choice(spotPlace, "Kept in", options, chosen)
	for _, s := range m.places {
		if s.Keep == setup.InKeyring && s.Why != "" {
			p.beneath(s.Why)
		}
	}
	if s := m.where(); s.Keep == setup.InEncrypted && !s.Open {
		label := "Passphrase of the encrypted file"
		if s.New {
			label = "A new passphrase for the encrypted file"
		}
		p.field(spotPassphrase, label, "Passphrase")
		if s.New {
			p.field(spotAgain, "Once more", "Once more")
		}
	}
}

func (m *Model) buildFoot(p *page) {
	list := []spot{spotSign}
	if m.untrusted() {
		list = append(list, spotTrust)
	}
	p.buttons(append(list, spotChange)...)
	p.blank()
	switch {
	case m.problem.String() != "":
		p.foot = p.warning(m.problem.String())
	case m.untrusted():
		p.text(theme.Dim, "Trust a key only if your provider confirms it, or the server is your own. Any other key is refused from then on.")
	default:
		p.text(theme.Dim, fmt.Sprintf("Nothing is saved until %s.", both(len(m.ends))))
	}
}

func both(n int) string {
	if n == 1 {
		return "the server has let you in"
	}
	return "both servers have let you in"
}
