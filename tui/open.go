package tui

import (
	tea "charm.land/bubbletea/v2"

	"postea/internal/mail"
	"postea/tui/composer"
	"postea/tui/nav"
	"postea/tui/outbox"
	"postea/tui/people"
	"postea/tui/wizard"
)

// starter is a screen that begins by asking the backend.
type starter interface {
	nav.Screen
	Start() nav.Cmd
}

// open puts a screen, made with its own asker, over the others.
func (r *Root) open(create func(*nav.Asker) starter) nav.Cmd {
	var s starter
	ask := r.asker(func(msg tea.Msg) nav.Cmd { return s.Handle(msg) })
	s = create(ask)
	return r.push(frame{s, ask}, s.Start())
}

func (r *Root) openComposer(d mail.Draft) nav.Cmd {
	return r.open(func(ask *nav.Asker) starter {
		return composer.New(r.backend, ask, d, composer.Options{TempDir: r.options.TempDir, Exec: r.options.Exec, Style: r.options.Editor, EditHeader: r.options.EditHeader})
	})
}

func (r *Root) openWizard() nav.Cmd {
	if r.options.Setup == nil {
		return nav.Say(nav.Toast{Text: words("No account can be added here"), Error: true})
	}
	return r.open(func(ask *nav.Asker) starter { return wizard.New(r.options.Setup, ask, r.options.First) })
}

func (r *Root) openOutbox() nav.Cmd {
	return nav.Batch(r.closeAll(), r.open(func(ask *nav.Asker) starter { return outbox.New(r.backend, ask) }))
}

func (r *Root) openContacts() nav.Cmd {
	return nav.Batch(r.closeAll(), r.open(func(ask *nav.Asker) starter {
		return people.New(r.backend, ask, r.desk.side.Account())
	}))
}

func (r *Root) openJourney(id mail.OutboxID) nav.Cmd {
	return r.open(func(ask *nav.Asker) starter { return outbox.NewJourney(r.backend, ask, id) })
}
