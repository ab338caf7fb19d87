// Package outbox shows what has been given to the outbox: the list of outgoing
// messages by what they need, and the journey of one of them, with every
// attempt and the conversation with the server.
//
//	m := outbox.New(backend, asker)
//	j := outbox.NewJourney(backend, asker, id)
//
// Both are screens; what can be done to a message is the same in both.
package outbox
