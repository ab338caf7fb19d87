// Package composer is the screen on which a draft is written.
//
// What is typed is saved within a second, one save at a time, so that a draft
// never becomes two. Leaving and sending wait for the save under way:
//
//	m := composer.New(backend, asker, draft, composer.Options{Exec: tea.ExecProcess})
//	cmd := m.Start()
//	cmd = m.Leave(nav.Back{})     // saves, then says nav.Back
//
// Sending refuses addresses that cannot be right and asks once about what may
// be a slip; then the backend commits the message to the outbox.
package composer
