package inbox

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/tui/nav"
)

// inInbox tells whether the list is one of what is in an inbox.
func (m *Model) inInbox() bool {
	return m.place.Role == mail.RoleInbox || m.place.Kind == app.PlaceAllInboxes
}

// askTime asks for a time to come and makes a change of it.
func (m *Model) askTime(rows []app.Row, title, hint string, of func(text string) change) nav.Cmd {
	return nav.Say(nav.AskWhen(title, hint, func(text string) tea.Msg { return m.ask.Answer(changeMsg{rows, of(text)}) }))
}

func (m *Model) snooze(text string) change {
	return change{leaves: m.place.Role != mail.RoleSnoozed, call: func(ctx context.Context, in app.Place, t []mail.ThreadID) (string, error) {
		return m.source.Snooze(ctx, in, t, text)
	}}
}

func (m *Model) remind(text string) change {
	return change{call: func(ctx context.Context, in app.Place, t []mail.ThreadID) (string, error) {
		return m.source.Remind(ctx, in, t, text)
	}}
}

// labelsMsg brings the labels of an account, to pick from.
type labelsMsg struct {
	rows   []app.Row
	labels []app.Label
	err    error
}

func (m *Model) askLabels(rows []app.Row) nav.Cmd {
	in, threads := m.place, threadsOf(rows)
	return nav.Hold(m.ask.Ask("labels", func(ctx context.Context) tea.Msg {
		list, err := m.source.Labels(ctx, in, threads)
		return labelsMsg{rows, list, err}
	}))
}

func (m *Model) pickLabel(msg labelsMsg) nav.Cmd {
	if msg.err != nil {
		return nav.Failed(msg.err)
	}
	menu := nav.Menu{Title: "Labels", Hint: "put on, take off"}
	for _, l := range msg.labels {
		state := ""
		switch {
		case l.On:
			state = "on"
		case l.Some:
			state = "on some"
		}
		item := nav.Item{Label: l.Name.String(), Detail: state, Msg: m.labelled(msg.rows, l.Raw, !l.On)}
		if l.Used > 0 {
			item.Key = app.Number(l.Used)
		}
		menu.Items = append(menu.Items, item)
	}
	menu.Other = func(text string) (nav.Item, bool) {
		for _, l := range msg.labels {
			if strings.EqualFold(l.Raw, text) {
				return nav.Item{}, false
			}
		}
		return nav.Item{Label: nav.Line(text), Detail: "a new label", Msg: m.labelled(msg.rows, text, true)}, true
	}
	return nav.Say(menu)
}

func (m *Model) labelled(rows []app.Row, name string, on bool) tea.Msg {
	return m.ask.Answer(changeMsg{rows, change{call: func(ctx context.Context, in app.Place, t []mail.ThreadID) (string, error) {
		return m.source.SetLabel(ctx, in, t, name, on)
	}}})
}

func threadsOf(rows []app.Row) []mail.ThreadID {
	out := make([]mail.ThreadID, len(rows))
	for i, r := range rows {
		out[i] = r.Thread
	}
	return out
}

// markAllRead marks the whole list, whatever is selected.
func (m *Model) markAllRead() nav.Cmd {
	in := m.place
	for i := range m.page.Rows {
		m.page.Rows[i].Unread = false
	}
	m.page.Unread = 0
	m.busy++
	m.ask.Drop("page")
	m.stale = true
	return m.ask.Change(func(ctx context.Context) tea.Msg {
		words, err := m.source.MarkAllRead(ctx, in)
		return changedMsg{words: words, err: err}
	})
}

// saidMsg says how something ended that changes nothing in the list.
type saidMsg struct {
	words string
	err   error
}

// exportMsg brings a name for the file to export to.
type exportMsg struct {
	rows []app.Row
	name string
	err  error
}

func (m *Model) askExport(rows []app.Row) nav.Cmd {
	in, threads := m.place, threadsOf(rows)
	return nav.Hold(m.ask.Ask("export", func(ctx context.Context) tea.Msg {
		name, err := m.source.ExportName(ctx, in, threads)
		return exportMsg{rows, name, err}
	}))
}

func (m *Model) offerExport(msg exportMsg) nav.Cmd {
	if msg.err != nil {
		return nav.Failed(msg.err)
	}
	return nav.Say(nav.Prompt{
		Title: "Export to", Hint: "export", Help: "a name that ends in .eml, .mbox or .txt", Text: msg.name,
		Then: func(path string) tea.Msg { return m.ask.Answer(exportToMsg{msg.rows, path}) },
	})
}

// exportToMsg brings the file to export to.
type exportToMsg struct {
	rows []app.Row
	path string
}

func (m *Model) export(msg exportToMsg) nav.Cmd {
	in, threads := m.place, threadsOf(msg.rows)
	return m.ask.Run(func(ctx context.Context) tea.Msg {
		words, err := m.source.Export(ctx, in, threads, msg.path)
		return saidMsg{words, err}
	})
}

func (m *Model) print(rows []app.Row) nav.Cmd {
	in, threads := m.place, threadsOf(rows)
	return m.ask.Run(func(ctx context.Context) tea.Msg {
		words, err := m.source.Print(ctx, in, threads)
		return saidMsg{words, err}
	})
}

// viewMsg brings how the list is to be shown.
type viewMsg struct{ view app.View }

// orders are the orders of a list in words.
var orders = []struct {
	sort  app.Sort
	title string
}{
	{app.SortNewest, "Newest first"}, {app.SortOldest, "Oldest first"}, {app.SortUnread, "Unread first"},
	{app.SortSender, "By sender"}, {app.SortSubject, "By subject"}, {app.SortLargest, "Largest first"},
}

// arrange asks how the list is to be shown.
func (m *Model) arrange() nav.Cmd {
	if m.place.Kind != app.PlaceFolder || m.place.Query != "" {
		return nav.Say(nav.Toast{Text: nav.Words(errNoView), Error: true})
	}
	now := m.page.View
	menu := nav.Menu{Title: "Sort and view", Hint: "choose"}
	put := func(title, detail string, v app.View) {
		menu.Items = append(menu.Items, nav.Item{Label: title, Detail: detail, Msg: m.ask.Answer(viewMsg{v})})
	}
	for _, o := range orders {
		v, detail := now, ""
		if v.Sort == o.sort {
			detail = "now"
		}
		v.Sort = o.sort
		put(o.title, detail, v)
	}
	v := now
	v.Single = !v.Single
	if now.Single {
		put("Conversations", "now single messages", v)
	} else {
		put("Single messages", "now conversations", v)
	}
	for _, r := range []struct{ rows, title string }{{"comfortable", "Comfortable rows here"}, {"compact", "Compact rows here"}, {"", "Rows as elsewhere"}} {
		v, detail := now, ""
		if v.Rows == r.rows {
			detail = "now"
		}
		v.Rows = r.rows
		put(r.title, detail, v)
	}
	for _, n := range []struct{ notify, title string }{{"on", "Notify of new messages here"}, {"off", "Do not notify of new messages here"}, {"", "Notify as configured"}} {
		v, detail := now, ""
		if v.Notify == n.notify {
			detail = "now"
		}
		v.Notify = n.notify
		put(n.title, detail, v)
	}
	return nav.Say(menu)
}

// setView stores how the list is shown, and shows it so: another order from its top.
func (m *Model) setView(v app.View) nav.Cmd {
	place, now := m.place, m.page.View
	m.unmark()
	if v.Sort != now.Sort || v.Single != now.Single {
		m.list.To(0)
		m.held, m.rested = false, false
	}
	m.busy++
	m.ask.Drop("page")
	m.stale = true
	return m.ask.Run(func(ctx context.Context) tea.Msg {
		return changedMsg{err: m.source.SetView(ctx, place, v)}
	})
}
