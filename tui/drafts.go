package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/tui/nav"
)

type draftsMsg struct {
	list []mail.Draft
	err  error
}

// drafts lists the drafts that are kept here.
func (r *Root) drafts() nav.Cmd {
	return nav.Hold(r.ask.Ask("drafts", func(ctx context.Context) tea.Msg {
		list, err := r.backend.Drafts(ctx)
		return draftsMsg{list, err}
	}))
}

// openDraftMsg opens a draft; the list has it without the bytes of its files.
type openDraftMsg struct{ id mail.DraftID }

func (r *Root) draftMenu(list []mail.Draft) nav.Cmd {
	if len(list) == 0 {
		return nav.Say(nav.Toast{Text: words("There is no draft here"), Error: true})
	}
	menu := nav.Menu{Title: "Continue", Hint: "open"}
	for _, d := range list {
		subject := nav.Line(d.Subject)
		if subject == "" {
			subject = "(no subject)"
		}
		menu.Items = append(menu.Items, nav.Item{Label: subject, Detail: nav.Line(d.To), Msg: r.ask.Answer(openDraftMsg{d.ID})})
	}
	return nav.Say(menu)
}

func (r *Root) openDraft(id mail.DraftID) nav.Cmd {
	return nav.Hold(r.ask.Ask("draft", func(ctx context.Context) tea.Msg {
		d, err := r.backend.Draft(ctx, id)
		return draftMsg{d, err}
	}))
}

type discardedMsg struct {
	list []app.DraftVersion
	now  time.Time
	err  error
}

type restoreMsg struct{ version int64 }

// discarded lists the drafts that were discarded in the last day.
func (r *Root) discarded() nav.Cmd {
	return nav.Hold(r.ask.Ask("drafts", func(ctx context.Context) tea.Msg {
		list, err := r.backend.DraftVersions(ctx, 0)
		return discardedMsg{list, r.ask.Clock(), err}
	}))
}

func (r *Root) discardedMenu(msg discardedMsg) nav.Cmd {
	if msg.err != nil {
		return nav.Failed(msg.err)
	}
	if len(msg.list) == 0 {
		return nav.Say(nav.Toast{Text: words("No draft was discarded in the last day"), Error: true})
	}
	menu := nav.Menu{Title: "Recover", Hint: "open"}
	for _, v := range msg.list {
		menu.Items = append(menu.Items, nav.Item{
			Label: v.About.String(), Detail: v.Text.String(), Key: r.options.Dates.Short(v.At, msg.now), Msg: r.ask.Answer(restoreMsg{v.ID}),
		})
	}
	return nav.Say(menu)
}

func (r *Root) restore(version int64) nav.Cmd {
	return nav.Hold(r.ask.Ask("draft", func(ctx context.Context) tea.Msg {
		d, err := r.backend.RestoreDraft(ctx, version)
		return draftMsg{d, err}
	}))
}
