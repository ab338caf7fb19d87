package wizard

import (
	"fmt"
	"strings"
	"time"

	"postea/internal/app"
	"postea/tui/nav"
	"postea/tui/theme"
	"postea/tui/widget"
	"postea/tui/words"
)

const (
	pageWidth = 68
	labelEnd  = 10 // where values begin that stand beside their label
)

// line is one line of the page.
type line struct {
	draw func(row widget.Area)
	at   []place // what can be clicked on it
}

type place struct {
	spot    spot
	x, y, w int
}

// page gathers lines.
type page struct {
	m     *Model
	width int
	lines []line
	look  *theme.Look // nil while only places are asked for
}

// layout is where the parts of the page are.
type layout struct {
	x, y, w int
	first   int // line of the page that is drawn first
	lines   []line
	spots   []place
}

func (m *Model) layout() layout {
	l := layout{w: min(pageWidth, m.size.Width-4)}
	l.x = (m.size.Width - l.w) / 2
	p := &page{m: m, width: l.w}
	m.build(p)
	l.lines = p.lines
	l.y = max(0, min(4, (m.size.Height-len(l.lines))/2))
	if over := len(l.lines) - m.size.Height; over > 0 {
		for i, ln := range l.lines { // the focus is seen
			for _, s := range ln.at {
				if s.spot == m.focus {
					l.first = min(max(0, i-m.size.Height/2), over)
				}
			}
		}
	}
	for i, ln := range l.lines {
		for _, s := range ln.at {
			s.x, s.y = s.x+l.x, i-l.first+l.y
			l.spots = append(l.spots, s)
		}
	}
	return l
}

// Draw implements nav.Screen.
func (m *Model) Draw(a widget.Area) {
	l := m.layout()
	for i := l.first; i < len(l.lines); i++ {
		if d := l.lines[i].draw; d != nil {
			row := a.Sub(l.x, l.y+i-l.first, l.w, 1)
			row.Focused = a.Focused
			d(row)
		}
	}
}

func (p *page) add(draw func(widget.Area), at ...place) { p.lines = append(p.lines, line{draw, at}) }

func (p *page) blank() {
	if n := len(p.lines); n > 0 && p.lines[n-1].draw != nil {
		p.add(nil)
	}
}

// gap is a blank line where there is room for one.
func (p *page) gap() {
	if p.m.size.Height >= 24 {
		p.blank()
	}
}

func (p *page) text(ink theme.Ink, text string) {
	if text == "" {
		return
	}
	for _, s := range p.m.size.Measure.Wrap(text, p.width) {
		p.add(func(row widget.Area) { row.Text(0, 0, theme.Style{Ink: ink}, s) })
	}
}

func (p *page) heading(text string) {
	p.add(func(row widget.Area) { row.Text(0, 0, theme.Style{Ink: theme.Strong, Bold: true}, text) })
}

// field is a label, what is typed below it, and a rule.
func (p *page) field(s spot, label, sign string) {
	m := p.m
	focused := m.focus == s && !m.busy()
	ink := theme.Dim
	if focused {
		ink = theme.Accent
	}
	p.add(func(row widget.Area) { row.Text(0, 0, theme.Style{Ink: ink}, label) })
	p.add(func(row widget.Area) { m.value(row, s, focused, sign) }, place{spot: s, w: p.width})
	p.add(func(row widget.Area) {
		if focused {
			for x := range row.Width() {
				row.Text(x, 0, theme.Style{Ink: theme.Accent}, row.Look.Signs.Horizontal)
			}
			return
		}
		row.HRule(0)
	})
}

// beside is a field with its label in front of it.
func (p *page) beside(s spot, label string) {
	m := p.m
	focused := m.focus == s && !m.busy()
	p.add(func(row widget.Area) {
		ink := theme.Dim
		if focused {
			ink = theme.Accent
		}
		row.Text(0, 0, theme.Style{Ink: ink}, label)
		at := row.Sub(labelEnd, 0, row.Width()-labelEnd, 1)
		at.Focused = row.Focused
		m.value(at, s, focused, "")
	}, place{spot: s, w: p.width})
}

func (m *Model) value(row widget.Area, s spot, focused bool, sign string) {
	right := row.Width()
	if sign != "" {
		right = row.Right(right, 0, theme.Style{Ink: theme.Green}, row.Look.Signs.Check) - 1
	}
	at := row.Sub(0, 0, right, 1)
	at.Focused = row.Focused && focused
	style := theme.Style{Ink: theme.Strong}
	switch {
	case secretField(s):
		dots := func(text string) string {
			n := 0
			for len(text) > 0 {
				_, size, _ := at.Measure().Next(text)
				text, n = text[size:], n+1
			}
			return strings.Repeat(at.Look.Signs.Dot, n)
		}
		all, before := dots(m.fields[s].Text()), dots(m.fields[s].Before())
		at.Text(0, 0, style, all)
		if focused {
			at.PutCursor(min(at.Measure().Width(before), at.Width()-1), 0)
		}
	case focused:
		m.fields[s].Draw(at, style)
	default:
		at.Fit(0, 0, at.Width(), style, m.fields[s].Text())
	}
}

// choice is a label with several words, of which one is chosen.
func (p *page) choice(s spot, label string, options []string, chosen int) {
	focused := p.m.focus == s && !p.m.busy()
	p.add(func(row widget.Area) {
		ink := theme.Dim
		if focused {
			ink = theme.Accent
		}
		row.Text(0, 0, theme.Style{Ink: ink}, label)
		x := labelEnd
		for i, o := range options {
			style := theme.Style{Ink: theme.Dim}
			if i == chosen {
				style = theme.Style{Ink: theme.Strong, Bold: true, Underline: focused}
				o = row.Look.Signs.Dot + " " + o
			}
			x = row.Fit(x, 0, row.Width()-x, style, o) + 3
		}
		if focused {
			row.PutCursor(labelEnd, 0)
		}
	}, place{spot: s, w: p.width})
}

// buttons are drawn beside each other.
func (p *page) buttons(list ...spot) {
	labels := map[spot]string{spotSign: "Sign in", spotChange: "Change the servers", spotUse: "Use these servers", spotTrust: "Trust these keys", spotPage: "Copy the address"}
	var at []place
	x := 0
	for _, s := range list {
		w := len(labels[s]) + 4
		at = append(at, place{spot: s, x: x, w: w})
		x += w + 2
	}
	m := p.m
	p.add(func(row widget.Area) {
		for _, b := range at {
			style := theme.Style{Ink: theme.Text, On: theme.Selection}
			if b.spot == m.focus && !m.busy() {
				style = theme.Style{Ink: theme.Accent, Bold: true, Reverse: true}
			}
			text := "  " + labels[b.spot] + "  "
			if !row.Look.Coloured() {
				text = "[ " + labels[b.spot] + " ]"
				style.On = theme.Ground
			}
			row.Text(b.x, 0, style, text)
			if b.spot == m.focus && !m.busy() {
				row.PutCursor(b.x+2, 0)
			}
		}
	}, at...)
}

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
	p.field(spotAddress, "Your address", "")
	p.gap()
	p.field(spotName, "Your name, as others see it", "")
	p.gap()
	switch {
	case m.stage == atFinding:
		p.text(theme.Text, "Looking for the servers of "+domainOf(m.text(spotAddress))+" …")
		p.text(theme.Dim, "Only the domain is told to anybody, and only over TLS.")
	case m.problem.String() != "":
		p.problem(m.problem)
	case m.first:
		p.text(theme.Dim, "To look around first, with nothing to set up:  postea demo")
	}
}

func domainOf(address string) string {
	return nav.Line(address[strings.LastIndexByte(address, '@')+1:])
}

func (p *page) problem(t app.Text) {
	for i, s := range p.m.size.Measure.Wrap(t.String(), p.width-2) {
		p.add(func(row widget.Area) {
			if i == 0 {
				row.Text(0, 0, theme.Style{Ink: theme.Yellow}, row.Look.Signs.Warning)
			}
			row.Text(2, 0, theme.Style{Ink: theme.Yellow}, s)
		})
	}
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
		p.problem(m.problem)
	}
}

func (m *Model) buildSecret(p *page) {
	p.add(func(row widget.Area) { row.Text(0, 0, theme.Style{Ink: theme.Dim}, "Your address") })
	p.add(func(row widget.Area) {
		row.Fit(0, 0, row.Width()-3, theme.Style{Ink: theme.Strong}, m.text(spotAddress))
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
		p.problem(safe("Only the DNS names " + strings.Join(b.Unvouched, " and ") + ". Is this your provider?"))
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
		right = row.Right(right, 0, theme.Style{Ink: theme.Dim}, state) - 2
		row.Text(right, 0, theme.Style{Ink: ink}, sign)
		tls := "TLS"
		if e.at.TLS == "starttls" {
			tls = "STARTTLS"
		}
		right = row.Right(right-1, 0, theme.Style{Ink: theme.Green}, tls) - 2
		row.Fit(labelEnd, 0, right-labelEnd, theme.Style{Ink: theme.Text}, nav.Line(address(e.at)))
	})
	if e.why.String() != "" {
		for _, s := range m.size.Measure.Wrap(e.why.String(), p.width-labelEnd) {
			p.add(func(row widget.Area) { row.Text(labelEnd, 0, theme.Style{Ink: theme.Red}, s) })
		}
	}
	if e.pin != "" {
		p.add(func(row widget.Area) {
			row.Fit(labelEnd, 0, row.Width()-labelEnd, theme.Style{Ink: theme.Dim}, "its key is "+e.pin)
		})
	}
}

func (m *Model) state(e end, look *theme.Look) (text string, ink theme.Ink, sign string) {
	switch {
	case m.stage == atSigning && m.page.Page == "":
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

func millis(d time.Duration) string { return words.Number(int(d.Milliseconds())) + " ms" }

// buildOwn is what only the user can give.
func (m *Model) buildOwn(p *page) {
	hint, link := "", ""
	if b := m.found.Best; b != nil {
		hint, link = nav.Line(b.Hint), nav.Line(b.URL)
	}
	switch {
	case m.oauth:
		p.field(spotClientID, "Client id of your registration with "+nav.Line(m.found.Best.Provider), "")
		p.field(spotClientSecret, "Client secret, where there is one", "")
		if m.page.Page != "" {
			m.buildPage(p)
			return
		}
	case m.keep() == app.InCommand:
		p.field(spotCommand, "Command that prints the password", "")
		p.text(theme.Dim, "Such as:  pass show mail/work")
	default:
		p.field(spotSecret, "Password", "")
	}
	if hint != "" {
		p.text(theme.Blue, hint)
		p.text(theme.Dim, link)
	}
}

// buildPage says what to do in the browser.
func (m *Model) buildPage(p *page) {
	if code := nav.Line(m.page.Code); code != "" {
		p.text(theme.Text, "Open this page on any device, and type the code:")
		p.text(theme.Blue, nav.Line(m.page.Page))
		p.heading(code)
		return
	}
	p.text(theme.Text, "Open this page in a browser on this machine:")
	url := nav.Line(m.page.Page)
	const most = 5
	for i := 0; len(url) > 0 && i < most; i++ {
		n := min(len(url), p.width)
		part := url[:n]
		url = url[n:]
		p.add(func(row widget.Area) { row.Text(0, 0, theme.Style{Ink: theme.Blue}, part) })
	}
}

func (m *Model) buildPlace(p *page) {
	names := map[app.KeepSecret]string{app.InKeyring: "keyring", app.InEncrypted: "encrypted file", app.InCommand: "a command"}
	var options []string
	chosen := 0
	for i, s := range m.places {
		if s.Why != "" || m.oauth && s.Keep == app.InCommand {
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
	if s := m.where(); s.Keep == app.InEncrypted && !s.Open {
		label := "Passphrase of the encrypted file"
		if s.New {
			label = "A new passphrase for the encrypted file"
		}
		p.field(spotPassphrase, label, "")
		if s.New {
			p.field(spotAgain, "Once more", "")
		}
	}
}

func (m *Model) buildFoot(p *page) {
	list := []spot{spotSign}
	if m.page.Page != "" {
		list = append(list, spotPage)
	}
	if m.untrusted() {
		list = append(list, spotTrust)
	}
	p.buttons(append(list, spotChange)...)
	p.blank()
	switch {
	case m.problem.String() != "":
		p.problem(m.problem)
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
