package inbox

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/internal/when"
	"postea/tui/nav"
)

// rulesForMsg brings what a rule could be for.
type rulesForMsg struct {
	rows []app.Row
	list []app.RuleFor
	err  error
}

// ruleMsg says more of a rule that is being made, until it says what is done.
type ruleMsg struct {
	rows []app.Row
	rule app.NewRule
}

// askRule asks what a rule is to be for, beginning with the first of the conversations.
func (m *Model) askRule(rows []app.Row) nav.Cmd {
	in := m.place
	return nav.Hold(m.ask.Ask("rule", func(ctx context.Context) tea.Msg {
		list, err := m.source.RulesFor(ctx, in, rows[0].Thread)
		return rulesForMsg{rows, list, err}
	}))
}

func (m *Model) pickRule(msg rulesForMsg) nav.Cmd {
	if msg.err != nil {
		return nav.Failed(msg.err)
	}
	is := func(name, match string) tea.Msg {
		return m.ask.Answer(ruleMsg{msg.rows, app.NewRule{Name: name, Match: match}})
	}
	menu := nav.Menu{Title: "A rule for mail", Hint: "next"}
	for _, r := range msg.list {
		menu.Items = append(menu.Items, nav.Item{Label: r.Words.String(), Detail: nav.Line(r.Match), Msg: is(r.Words.String(), r.Match)})
	}
	menu.Other = func(text string) (nav.Item, bool) {
		return nav.Item{Label: nav.Line(text), Detail: "a search of your own", Msg: is(text, text)}, true
	}
	return nav.Say(menu)
}

// pickDeed asks what the rule does.
func (m *Model) pickDeed(msg ruleMsg) nav.Cmd {
	does := func(set func(*app.NewRule)) tea.Msg {
		rule := msg.rule
		set(&rule)
		return m.ask.Answer(ruleMsg{msg.rows, rule})
	}
	toFolder := nav.PickFolder{Title: "Move to", Hint: "keep the rule", Account: m.accountOf(msg.rows[0]), Then: func(f app.FolderItem) tea.Msg {
		return does(func(r *app.NewRule) {
			if r.Move = f.Place.Name; f.Place.Role != mail.RoleNone {
				r.Move = string(f.Place.Role)
			}
		})
	}}
	label := nav.Prompt{Title: "Label", Hint: "keep the rule", Help: "what new mail is labelled with",
		Preview: func(text string, _ time.Time, _ when.Style) (string, bool) { return "", strings.TrimSpace(text) != "" },
		Then:    func(text string) tea.Msg { return does(func(r *app.NewRule) { r.Label = strings.TrimSpace(text) }) },
	}
	return nav.Say(nav.Menu{Title: nav.Line(msg.rule.Name), Hint: "keep the rule", Items: []nav.Item{
		{Label: "Move to a folder…", Msg: toFolder},
		{Label: "Archive", Msg: does(func(r *app.NewRule) { r.Move = string(mail.RoleArchive) })},
		{Label: "Label…", Msg: label},
		{Label: "Star", Msg: does(func(r *app.NewRule) { r.Star = true })},
		{Label: "Mark as read", Msg: does(func(r *app.NewRule) { r.Read = true })},
		{Label: "Mark as read and archive", Msg: does(func(r *app.NewRule) { r.Read, r.Move = true, string(mail.RoleArchive) })},
		{Label: "Move to Trash", Msg: does(func(r *app.NewRule) { r.Move = string(mail.RoleTrash) })},
	}})
}

// ruled goes on with a rule: it asks what it does, or keeps it and does that with what it was made for.
func (m *Model) ruled(msg ruleMsg) nav.Cmd {
	if r := msg.rule; r.Move == "" && r.Label == "" && !r.Read && !r.Star {
		return m.pickDeed(msg)
	}
	return m.apply(msg.rows, change{once: true, call: func(ctx context.Context, in app.Place, t []mail.ThreadID) (string, error) {
		return m.source.MakeRule(ctx, in, t, msg.rule)
	}})
}

func (m *Model) askForgetRule() nav.Cmd {
	menu := nav.Menu{Title: "Forget", Hint: "forget"}
	for _, r := range m.source.Rules() {
		menu.Items = append(menu.Items, nav.Item{Label: r.Name.String(), Detail: r.Says.String(), Msg: m.ask.Answer(forgetRuleMsg{r.Raw})})
	}
	return nav.Say(menu)
}

type forgetRuleMsg struct{ name string }

func (m *Model) forgetRule(name string) nav.Cmd {
	return m.ask.Change(func(ctx context.Context) tea.Msg {
		words, err := m.source.ForgetRule(ctx, name)
		return saidMsg{words, err}
	})
}
