package status

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/internal/event"
	"postea/internal/reading"
	"postea/tui/nav"
)

// Source is what the bar asks the backend.
type Source interface {
	Statuses(ctx context.Context) ([]app.Status, error)
}

// How long a toast stays, unless it counts down to a time of its own.
const (
	toastTime = 4 * time.Second
	errorTime = 10 * time.Second
	stayTime  = 24 * time.Hour
)

// Bar is the bottom line.
type Bar struct {
	Working bool // something that the user has changed is still being written

	source   Source
	ask      *nav.Asker
	accounts []app.Status
	stale    bool
	toast    nav.Toast
	toastOn  bool
}

type statusesMsg struct {
	list []app.Status
	err  error
}

type toastOverMsg struct{}

// New makes a bar.
func New(source Source, ask *nav.Asker) *Bar { return &Bar{source: source, ask: ask} }

// Start asks for the state of the accounts.
func (b *Bar) Start() nav.Cmd { return b.reload() }

func (b *Bar) reload() nav.Cmd {
	if b.ask.Waiting("statuses") {
		b.stale = true
		return nil
	}
	return b.ask.Ask("statuses", func(ctx context.Context) tea.Msg {
		list, err := b.source.Statuses(ctx)
		return statusesMsg{list, err}
	})
}

// Say shows a toast. now is the time of the last message, for a countdown. An
// error stays until the next key: what went well in the same moment must not hide
// it.
func (b *Bar) Say(t nav.Toast, now time.Time) nav.Cmd {
	if b.toastOn && (b.toast.Error || b.toast.Stay) && !t.Error && !t.Stay && t.Until.IsZero() {
		return nil
	}
	b.toast, b.toastOn = t, true
	d := toastTime
	switch {
	case !t.Until.IsZero():
		d = max(t.Until.Sub(now), time.Second)
	case t.Stay:
		d = stayTime
	case t.Error:
		d = errorTime
	}
	return b.ask.After("toast", d, toastOverMsg{})
}

// Hush takes a toast away; a countdown stays.
func (b *Bar) Hush() {
	if b.toastOn && b.toast.Until.IsZero() {
		b.toastOn = false
		b.ask.Drop("toast")
	}
}

// EndCountdown takes a countdown away, because what it counted to is off.
func (b *Bar) EndCountdown() {
	if !b.toast.Until.IsZero() {
		b.toastOn = false
		b.ask.Drop("toast")
	}
}

// Accounts is what the accounts are doing.
func (b *Bar) Accounts() []app.Status { return b.accounts }

// Handle takes the answers to the bar's questions.
func (b *Bar) Handle(msg tea.Msg) nav.Cmd {
	switch msg := msg.(type) {
	case statusesMsg:
		if msg.err == nil {
			b.accounts = msg.list
		}
		if b.stale {
			b.stale = false
			return b.reload()
		}
	case toastOverMsg:
		b.toastOn = false
	}
	return nil
}

// Changed tells of news.
func (b *Bar) Changed(e event.Event, now time.Time) nav.Cmd {
	switch e := e.(type) {
	case event.AccountChanged, event.MessagesChanged, event.Overflow:
		return b.reload()
	case event.ConfigChanged:
		return b.Say(nav.Toast{Text: nav.Words(app.ErrConfigChanged), Stay: true}, now)
	case event.ZoneChanged:
		return b.Say(nav.Toast{Text: nav.Words(app.ErrZoneChanged), Stay: true}, now)
	case event.Notice:
		text := e.Text
		if e.Error && e.Account != "" && len(b.accounts) > 1 {
			text = (&app.AccountError{Account: e.Account, Text: text}).Error()
		}
		return b.Say(nav.Toast{Text: reading.Line(text), Error: e.Error}, now)
	}
	return nil
}

// Pace is how often the bar changes with time alone.
func (b *Bar) Pace(now time.Time) time.Duration {
	if b.toastOn && !b.toast.Until.IsZero() {
		return time.Second
	}
	s, ok := b.worst()
	switch {
	case !ok:
		return 0
	case s.Kind == app.StatusOnline && now.Sub(b.synced()) < time.Minute:
		return time.Second
	case s.Kind == app.StatusOffline && !s.Retry.IsZero() && s.Retry.Sub(now) < time.Minute && s.Retry.After(now):
		return time.Second
	}
	return time.Minute
}

// worst is the state that matters most among the accounts.
func (b *Bar) worst() (app.Status, bool) {
	rank := map[app.StatusKind]int{
		app.StatusIdle: 0, app.StatusOnline: 1, app.StatusSyncing: 2, app.StatusConnecting: 3, app.StatusOffline: 4, app.StatusNeedsYou: 5,
	}
	if len(b.accounts) == 0 {
		return app.Status{}, false
	}
	worst := b.accounts[0]
	for _, s := range b.accounts[1:] {
		if rank[s.Kind] > rank[worst.Kind] {
			worst = s
		}
	}
	return worst, true
}

// allOffline tells whether no account has a server to talk to, as when the user
// has gone offline.
func (b *Bar) allOffline() bool {
	return !slices.ContainsFunc(b.accounts, func(s app.Status) bool { return s.Kind != app.StatusOffline })
}

// synced is when the account that is furthest behind was last in step.
func (b *Bar) synced() time.Time {
	var t time.Time
	for _, s := range b.accounts {
		if s.Kind == app.StatusOnline && (t.IsZero() || s.Synced.Before(t)) {
			t = s.Synced
		}
	}
	return t
}

// Pending is the number of changes that wait for a server.
func (b *Bar) Pending() int {
	n := 0
	for _, s := range b.accounts {
		n += s.Pending
	}
	return n
}
