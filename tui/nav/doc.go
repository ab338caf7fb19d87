// Package nav is how the screens speak with the root and, through it, with
// each other: the messages by which they ask to go somewhere, what a screen
// must offer, and how it asks the backend.
//
// A screen never imports another one. It returns a command that says where to
// go, and the root knows who shows that:
//
//	return nav.Say(nav.OpenJourney{ID: id})
//
// It asks the backend through its Asker. A newer question in the same slot
// cancels the older one, and an answer that comes late is dropped by the root:
//
//	return m.ask.Ask("page", func(ctx context.Context) tea.Msg {
//		page, err := backend.List(ctx, place, window)
//		return pageMsg{page, err}
//	})
package nav
