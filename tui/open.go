package tui

import (
	tea "charm.land/bubbletea/v2"

	"postea/internal/mail"
	"postea/tui/composer"
	"postea/tui/nav"
	"postea/tui/outbox"
)

// starter is a screen that begins by asking the backend.
type starter interface {
	nav.Screen
	Start() tea.Cmd
}

// open puts a screen, made with its own asker, over the others.
func (r *Root) open(create func(*nav.Asker) starter) tea.Cmd {
	var s starter
	ask := r.asker(func(msg tea.Msg) tea.Cmd { return s.Handle(msg) })
	s = create(ask)
	return r.push(frame{s, ask}, s.Start())
}

func (r *Root) openComposer(d mail.Draft) tea.Cmd {
	return r.open(func(ask *nav.Asker) starter {
		return composer.New(r.backend, ask, d, composer.Options{TempDir: r.options.TempDir, Exec: r.options.Exec})
	})
}

func (r *Root) openOutbox() tea.Cmd {
	return tea.Batch(r.closeAll(), r.open(func(ask *nav.Asker) starter { return outbox.New(r.backend, ask) }))
}

func (r *Root) openJourney(id mail.OutboxID) tea.Cmd {
	return r.open(func(ask *nav.Asker) starter { return outbox.NewJourney(r.backend, ask, id) })
}
