// Package sidebar is the pane of accounts and folders.
//
// It also keeps what the backend says of them, because the top line, the
// palette and the folder picker show the same:
//
//	m := sidebar.New(backend, asker)
//	cmd := m.Start()
//	m.Show(place)               // marks where the list is
//	m.Data().Accounts           // for others
package sidebar
