// Package status is the bottom line: at its left what the machine is doing, or
// a toast, at its right the keys that matter here.
//
// The bar keeps what the backend says of the accounts' connections:
//
//	b := status.New(backend, asker)
//	cmd := b.Start()
//	cmd = b.Say(nav.Toast{Text: words})
//	b.Draw(area, counts, hints)
package status
