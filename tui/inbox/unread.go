package inbox

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/tui/keys"
	"postea/tui/nav"
)

// unreadMsg is where the next unread conversation stands.
type unreadMsg struct {
	at    int // -1: there is none
	by    int
	or    keys.Action // to be done where there is none; "": that is said
	place app.Place
	err   error
}

// ReadOn goes to the next unread conversation, and where nothing further down is
// unread to the next one.
func (m *Model) ReadOn() nav.Cmd { return m.toUnread(1, keys.NextConversation) }

// toUnread goes to the next unread conversation, down or up. What is not loaded
// is asked for in pieces.
func (m *Model) toUnread(by int, or keys.Action) nav.Cmd {
	i := m.list.Cursor + by
	if row, ok := m.Current(); ok && by > 0 && !row.Unread && m.page.View.Sort == app.SortUnread {
		i = 0 // what is unread stands above what has just been read
	}
	for ; ; i += by {
		row, ok := m.at(i)
		if !ok {
			break
		}
		if row.Unread {
			return m.wentTo(i)
		}
	}
	if i < 0 || i >= m.list.Total() {
		return m.noUnread(by, or)
	}
	place, total := m.place, m.list.Total()
	return nav.Hold(m.ask.Ask("unread", func(ctx context.Context) tea.Msg {
		at, err := m.findUnread(ctx, place, i, total, by)
		return unreadMsg{at, by, or, place, err}
	}))
}

func (m *Model) findUnread(ctx context.Context, place app.Place, from, total, by int) (int, error) {
	for from >= 0 && from < total {
		offset := from
		if by < 0 {
			offset = max(from-listWindow+1, 0)
		}
		page, err := m.source.List(ctx, place, app.Window{Offset: offset, Limit: listWindow})
		if err != nil {
			return -1, err
		}
		for ; from >= page.Offset && from < page.Offset+len(page.Rows); from += by {
			if page.Rows[from-page.Offset].Unread {
				return from, nil
			}
		}
		if len(page.Rows) == 0 || from >= offset && from < offset+listWindow { // it has become shorter
			break
		}
	}
	return -1, nil
}

func (m *Model) tookUnread(msg unreadMsg) nav.Cmd {
	switch {
	case msg.err != nil:
		return nav.Failed(msg.err)
	case msg.place != m.place:
		return nil
	case msg.at < 0:
		return m.noUnread(msg.by, msg.or)
	}
	return m.wentTo(msg.at)
}

func (m *Model) wentTo(i int) nav.Cmd {
	m.Hold()
	m.list.To(i)
	return nav.Batch(m.sayCursor(true), m.fill())
}

func (m *Model) noUnread(by int, or keys.Action) nav.Cmd {
	switch {
	case or != "":
		return nav.Say(nav.Run{Action: or})
	case by < 0:
		return nav.Done("Nothing further up is unread")
	}
	return nav.Done("Nothing further down is unread")
}
