package wizard

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/internal/app/doctor"
	"postea/internal/app/setup"
	"postea/internal/event"
	"postea/internal/mail"
	"postea/tui/keys"
	"postea/tui/nav"
	"postea/tui/theme"
	"postea/tui/widget"
)

// Source is what the wizard asks; *setup.Setup is the real one.
type Source interface {
	Find(ctx context.Context, address string) setup.Discovery
	Reach(ctx context.Context, service string, at setup.Server) (time.Duration, error)
	Places(ctx context.Context) []setup.SecretPlace
	SuggestName(address string) string
	Unlock(passphrase string) error
	Authorize(ctx context.Context, n *setup.NewAccount, show func(setup.OAuthStep)) error
	Try(ctx context.Context, n *setup.NewAccount) ([]doctor.Service, error)
	Save(ctx context.Context, n setup.NewAccount) error
	Clipboard(ctx context.Context, text string) error
}

// stage is how far it has come.
type stage int

const (
	atAddress stage = iota
	atFinding
	atSecret  // servers are known, the secret is not
	atServers // the servers are being corrected
	atSigning
	atSaved
)

// spot is something that can have the focus.
type spot int

const (
	spotAddress spot = iota
	spotName
	spotIMAP
	spotSMTP
	spotUser
	spotUse // the servers as typed
	spotHow // password or OAuth
	spotSecret
	spotClientID
	spotClientSecret
	spotPlace
	spotCommand
	spotPassphrase
	spotAgain
	spotSign
	spotTrust
	spotPage    // copies the address of the provider's page
	spotBrowser // another page, on this machine, in place of the code
	spotChange
	spots
)

// end is one of the two servers, with what is known of it.
type end struct {
	service string // imap, smtp
	at      setup.Server
	reached time.Duration
	asked   bool // it was asked, and reached or why holds
	why     app.Text
	pin     string // of a key that cannot be verified
	signed  bool
	took    time.Duration
}

// Model is the wizard. It is a nav.Screen.
type Model struct {
	source Source
	ask    *nav.Asker
	first  bool // there is no account to go back to

	stage  stage
	focus  spot
	fields [spots]widget.Field
	size   nav.Size

	found   setup.Discovery
	ends    []end
	places  []setup.SecretPlace
	place   int
	oauth   bool // signs in with OAuth
	page    setup.OAuthStep
	problem app.Text
	account setup.NewAccount
}

// New makes a wizard; first tells that there is no account yet.
func New(source Source, ask *nav.Asker, first bool) *Model {
	return &Model{source: source, ask: ask, first: first}
}

type (
	placesMsg  []setup.SecretPlace
	foundMsg   struct{ found setup.Discovery }
	reachedMsg struct {
		n     int
		at    setup.Server
		took  time.Duration
		err   error
		pin   string
		clear bool // it does not begin with TLS
	}
	triedMsg struct {
		account  setup.NewAccount
		services []doctor.Service
		err      error
	}
	oauthMsg struct {
		account setup.NewAccount
		err     error
	}
	stepMsg struct {
		step setup.OAuthStep
		more bool
	}
	savedMsg struct{ err error }
)

// Start asks where secrets can be kept.
func (m *Model) Start() nav.Cmd {
	return m.ask.Ask("places", func(ctx context.Context) tea.Msg { return placesMsg(m.source.Places(ctx)) })
}

// Scope implements nav.Screen.
func (m *Model) Scope() keys.Scope { return keys.Setup }

// Changed implements nav.Screen.
func (m *Model) Changed(event.Event) nav.Cmd { return nil }

// Pace implements nav.Screen.
func (m *Model) Pace(time.Time) time.Duration { return 0 }

// Why implements nav.Screen.
func (m *Model) Why(keys.Action) string { return "" }

// Head implements nav.Screen.
func (m *Model) Head(time.Time) nav.Head {
	h := nav.Head{Crumbs: []string{"Add an account"}, Hints: []keys.Action{keys.NextField, keys.Open, keys.Back}}
	step := map[stage]string{atAddress: "1", atFinding: "1", atServers: "2", atSecret: "2", atSigning: "3", atSaved: "3"}[m.stage]
	h.Right = []nav.Piece{{Text: "step " + step + " of 3", Style: theme.Style{Ink: theme.Dim}}}
	if m.first && m.stage == atAddress {
		h.Hints = []keys.Action{keys.NextField, keys.Open, keys.Quit}
	}
	return h
}

// Handle implements nav.Screen.
func (m *Model) Handle(msg tea.Msg) nav.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return m.key(msg)
	case tea.PasteMsg:
		m.paste(msg.Content)
	case nav.Mouse:
		return m.mouse(msg)
	case nav.Size:
		m.size = msg
	case placesMsg:
		m.places, m.place = msg, 0
	case foundMsg:
		return m.tookFound(msg.found)
	case reachedMsg:
		return m.tookReached(msg)
	case stepMsg:
		return m.tookStep(msg)
	case oauthMsg:
		return m.tookOAuth(msg)
	case triedMsg:
		return m.tookTried(msg)
	case savedMsg:
		return m.tookSaved(msg)
	}
	return nil
}

// Do implements nav.Screen.
func (m *Model) Do(a keys.Action, _ int) nav.Cmd {
	switch a {
	case keys.NextField:
		m.step(1)
	case keys.PrevField:
		m.step(-1)
	case keys.Open:
		return m.enter()
	case keys.Back:
		return m.back()
	}
	return nil
}

// back goes one step back, and out of the wizard from the first one.
func (m *Model) back() nav.Cmd {
	m.ask.Drop("find")
	m.ask.Drop("sign")
	m.ask.Drop("step")
	m.problem = app.Text{}
	switch m.stage {
	case atSaved:
		return nil
	case atSigning:
		m.stage, m.page = atSecret, setup.OAuthStep{}
		m.focus = m.order()[0]
	case atServers:
		if len(m.ends) > 0 && m.found.Best != nil { // they were to be changed
			m.stage = atSecret
			m.focus = m.order()[0]
			return nil
		}
		m.stage, m.focus = atAddress, spotAddress
	case atSecret:
		if m.found.Best == nil { // the servers were typed, and are not asked for again
			return m.change()
		}
		m.stage, m.focus = atAddress, spotAddress
	case atFinding:
		m.stage, m.focus = atAddress, spotAddress
	default:
		if m.first {
			return nav.Say(nav.Quit{})
		}
		return nav.Say(nav.Back{})
	}
	return nil
}

func (m *Model) complain(s spot, text string) nav.Cmd {
	m.focus, m.problem = s, safe(text)
	return nil
}

// enter goes on: from the page as a whole, or by the button that has the focus.
func (m *Model) enter() nav.Cmd {
	if m.busy() {
		return nil
	}
	m.problem = app.Text{}
	switch {
	case m.stage == atAddress:
		return m.find()
	case m.stage == atServers:
		return m.use()
	case m.focus == spotChange:
		return m.change()
	case m.focus == spotTrust:
		return m.trust()
	case m.focus == spotPage:
		return m.copyPage()
	case m.focus == spotBrowser:
		return m.withoutCode()
	}
	return m.sign()
}

func (m *Model) find() nav.Cmd {
	address := m.text(spotAddress)
	if why := mail.CheckAddrSpec(address); why != "" {
		return m.complain(spotAddress, "This is no mail address yet: "+why)
	}
	m.stage, m.ends = atFinding, nil
	m.account = setup.NewAccount{}
	return m.ask.Ask("find", func(ctx context.Context) tea.Msg { return foundMsg{m.source.Find(ctx, address)} })
}
