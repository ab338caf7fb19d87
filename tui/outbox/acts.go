package outbox

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/tui/keys"
	"postea/tui/nav"
)

// acts is what can be done to an outgoing message, in the list and in its journey.
type acts struct {
	source Source
	ask    *nav.Asker
}

type draftMsg struct {
	draft mail.Draft
	err   error
}

type doneMsg struct {
	words string
	err   error
}

// verbMsg is a verb that was asked about first.
type verbMsg struct {
	do keys.Action
	id mail.OutboxID
}

func isVerb(a keys.Action) bool {
	switch a {
	case keys.Open, keys.SendNow, keys.EditOutgoing, keys.CancelOutgoing, keys.RetryOutgoing, keys.SettleOutgoing:
		return true
	}
	return false
}

// why says in words why a verb does not fit the state of a message.
func why(a keys.Action, it app.OutboxItem) string {
	is := func(states ...mail.ItemState) bool {
		for _, s := range states {
			if it.State == s {
				return true
			}
		}
		return false
	}
	switch a {
	case keys.SendNow:
		if !is(mail.ItemHeld, mail.ItemQueued, mail.ItemDeferred) {
			return "Only a message that waits can be sent now"
		}
	case keys.EditOutgoing:
		if !is(mail.ItemHeld, mail.ItemQueued, mail.ItemDeferred, mail.ItemBlocked, mail.ItemRejected, mail.ItemCancelled) {
			return "A message that is on its way cannot be edited"
		}
	case keys.CancelOutgoing:
		if !is(mail.ItemHeld, mail.ItemQueued, mail.ItemDeferred, mail.ItemBlocked, mail.ItemUnsure) {
			return "There is nothing left to cancel"
		}
	case keys.RetryOutgoing:
		if !is(mail.ItemDeferred, mail.ItemBlocked, mail.ItemUnsure, mail.ItemRejected) {
			return "There is nothing to retry"
		}
	case keys.SettleOutgoing:
		if !is(mail.ItemUnsure, mail.ItemRejected) {
			return "There is nothing to settle"
		}
	}
	return ""
}

// do carries out a verb. What cannot be taken back is asked about first.
func (a acts) do(act keys.Action, it app.OutboxItem) nav.Cmd {
	later := a.ask.Answer(verbMsg{act, it.ID})
	switch {
	case act == keys.Open && it.State == mail.ItemUnsure:
		return nav.Say(a.decide(it))
	case act == keys.Open:
		return nav.Say(nav.OpenJourney{ID: it.ID})
	case act == keys.CancelOutgoing:
		return nav.Say(nav.Confirm{Question: "Cancel this message?", Detail: "It will not be sent. It stays listed here.", Yes: "cancel it", No: "leave it", Then: later})
	case act == keys.RetryOutgoing && it.State == mail.ItemUnsure:
		return nav.Say(nav.Confirm{
			Question: "Send it once more?", Detail: "It may have arrived already; then it arrives twice.",
			Yes: "send again", No: "leave it", Careful: true, Then: later,
		})
	}
	return a.run(act, it.ID)
}

// decide offers what can be done about a message that may have arrived.
func (a acts) decide(it app.OutboxItem) nav.Menu {
	return nav.Menu{Title: "Did it arrive?", Hint: "choose", Items: []nav.Item{
		{Label: "Show the journey", Detail: "everything that happened", Msg: nav.OpenJourney{ID: it.ID}},
		{Label: "It arrived", Detail: "settle: it counts as accepted", Key: "t", Msg: a.ask.Answer(verbMsg{keys.SettleOutgoing, it.ID})},
		{Label: "Send it again", Detail: "retry: it may arrive twice", Key: "r", Msg: a.ask.Answer(verbMsg{keys.RetryOutgoing, it.ID})},
	}}
}

func (a acts) run(act keys.Action, id mail.OutboxID) nav.Cmd {
	if act == keys.EditOutgoing {
		return a.ask.Run(func(ctx context.Context) tea.Msg {
			d, err := a.source.EditOutbox(ctx, id)
			return draftMsg{d, err}
		})
	}
	call, words := a.source.SendNow, "Sending now"
	switch act {
	case keys.SendNow:
	case keys.CancelOutgoing:
		call, words = a.source.CancelSend, "Cancelled"
	case keys.RetryOutgoing:
		call, words = a.source.Retry, "Trying again"
	case keys.SettleOutgoing:
		call, words = a.source.Settle, "Settled"
	default:
		return nil
	}
	return a.ask.Run(func(ctx context.Context) tea.Msg { return doneMsg{words, call(ctx, id)} })
}

func (a acts) handle(msg tea.Msg) nav.Cmd {
	switch msg := msg.(type) {
	case verbMsg:
		return a.run(msg.do, msg.id)
	case draftMsg:
		if msg.err != nil {
			return nav.Failed(msg.err)
		}
		return nav.Batch(nav.Say(nav.EndCountdown{}), nav.Say(nav.Compose{Draft: msg.draft}))
	case doneMsg:
		if msg.err != nil {
			return nav.Failed(msg.err)
		}
		return nav.Batch(nav.Say(nav.EndCountdown{}), nav.Done(msg.words))
	}
	return nil
}
