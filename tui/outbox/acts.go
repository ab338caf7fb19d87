package outbox

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/internal/when"
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
	away  string // in their place while the user is offline; "" for the same
	err   error
}

// verbMsg is a verb that was asked about first.
type verbMsg struct {
	do keys.Action
	id mail.OutboxID
}

func isVerb(a keys.Action) bool {
	switch a {
	case keys.Open, keys.SendNow, keys.EditOutgoing, keys.CancelOutgoing, keys.RetryOutgoing, keys.SettleOutgoing, keys.Reschedule, keys.CorrectAddress:
		return true
	}
	return false
}

// why says in words why a verb does not fit the state of a message.
func why(a keys.Action, it app.OutboxItem) string {
	is := func(states ...mail.ItemState) bool { return slices.Contains(states, it.State) }
	has := func(state mail.RecipientState) bool {
		return slices.ContainsFunc(it.Recipients, func(r app.OutboxRecipient) bool { return r.State == state })
	}
	over := ""
	switch it.State {
	case mail.ItemAccepted, mail.ItemDone:
		over = "It has been sent"
	case mail.ItemCancelled:
		over = "It is cancelled"
	case mail.ItemSending:
		over = "It is on its way"
	}
	switch a {
	case keys.SendNow:
		if !is(mail.ItemHeld, mail.ItemQueued, mail.ItemDeferred) {
			return cmp.Or(over, "Only a message that waits can be sent now")
		}
	case keys.Reschedule:
		if !is(mail.ItemHeld, mail.ItemQueued, mail.ItemDeferred, mail.ItemBlocked) {
			return cmp.Or(over, "Only a message that waits can be sent later")
		}
	case keys.CorrectAddress:
		if len(wrong(it)) == 0 {
			return "No address has failed"
		}
	case keys.EditOutgoing:
		if !is(mail.ItemHeld, mail.ItemQueued, mail.ItemDeferred, mail.ItemBlocked, mail.ItemRejected, mail.ItemCancelled) || has(mail.RecipientUnsure) {
			if over == "" {
				return "It may have arrived already, and cannot be edited"
			}
			return over + " and cannot be edited"
		}
	case keys.CancelOutgoing:
		if is(mail.ItemUnsure) && !has(mail.RecipientPending) {
			return "It may have arrived already, and cannot be cancelled"
		}
		if !is(mail.ItemHeld, mail.ItemQueued, mail.ItemDeferred, mail.ItemBlocked, mail.ItemUnsure) {
			return cmp.Or(over, "There is nothing left to cancel")
		}
	case keys.RetryOutgoing:
		if !is(mail.ItemDeferred, mail.ItemBlocked, mail.ItemUnsure, mail.ItemRejected) {
			return cmp.Or(over, "It goes out by itself")
		}
	case keys.SettleOutgoing:
		if over != "" || !has(mail.RecipientUnsure) && !slices.ContainsFunc(it.Recipients, open) {
			return cmp.Or(over, "There is nothing to settle")
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
	switch act {
	case keys.Reschedule:
		return nav.Say(nav.AskWhen("Send", "send then", func(text string) tea.Msg { return a.ask.Answer(laterMsg{it.ID, text}) }))
	case keys.CorrectAddress:
		return nav.Say(a.correct(it))
	}
	return a.run(act, it.ID)
}

// laterMsg is another time for a message, as it was written.
type laterMsg struct {
	id   mail.OutboxID
	text string
}

// correctMsg is the address to be corrected, and then what it is to be.
type correctMsg struct {
	id         mail.OutboxID
	failed, to string
}

// open tells whether a failure is still to be dealt with.
func open(r app.OutboxRecipient) bool { return r.State == mail.RecipientFailed && !r.Settled }

// refused tells whether a server has refused the recipient, and not the message.
func refused(r app.OutboxRecipient) bool {
	return r.Source == mail.SourceReply || r.Source == mail.SourceReport
}

// misaddressed tells whether the address seems to be at fault, and not the content or a
// policy (RFC 3463, x.6 and x.7), which forbids the same message at another one too.
func misaddressed(r app.OutboxRecipient) bool {
	_, rest, _ := strings.Cut(r.Enhanced.String(), ".")
	return open(r) && refused(r) && !strings.HasPrefix(rest, "6.") && !strings.HasPrefix(rest, "7.")
}

// wrong are the addresses that have failed: where the message was refused, no other one helps.
func wrong(it app.OutboxItem) []string {
	var list []string
	for _, r := range it.Recipients {
		if open(r) && refused(r) {
			list = append(list, r.Address.String())
		}
	}
	return list
}

// correct asks which address is meant, where several have failed, and then for
// the right one.
func (a acts) correct(it app.OutboxItem) tea.Msg {
	list := wrong(it)
	switch len(list) {
	case 0:
		return nil
	case 1:
		return a.askAddress(it.ID, list[0])
	}
	menu := nav.Menu{Title: "Which address?", Hint: "correct it"}
	for _, address := range list {
		menu.Items = append(menu.Items, nav.Item{Label: address, Msg: a.ask.Answer(correctMsg{id: it.ID, failed: address})})
	}
	return menu
}

func (a acts) askAddress(id mail.OutboxID, wrong string) nav.Prompt {
	return nav.Prompt{
		Title: "Send to", Hint: "send the same message there", Text: wrong, Selected: true,
		Help: "the address that is meant",
		Preview: func(text string, _ time.Time, _ when.Style) (string, bool) {
			if why := mail.CheckAddrSpec(text); why != "" {
				return nav.Line(why), false
			}
			if text == wrong {
				return "this is the one that failed", false
			}
			return "instead of " + wrong + ", and to nobody else", true
		},
		Then: func(text string) tea.Msg { return a.ask.Answer(correctMsg{id, wrong, text}) },
	}
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
		return nav.Hold(a.ask.Run(func(ctx context.Context) tea.Msg {
			d, err := a.source.EditOutbox(ctx, id)
			return draftMsg{d, err}
		}))
	}
	const waits = "Goes out when you are online again"
	call, words, away := a.source.SendNow, "Sending now", waits
	switch act {
	case keys.SendNow:
	case keys.CancelOutgoing:
		call, words, away = a.source.CancelSend, "Cancelled", ""
	case keys.RetryOutgoing:
		call, words, away = a.source.Retry, "Trying again", waits
	case keys.SettleOutgoing:
		call, words, away = a.source.Settle, "Settled", ""
	default:
		return nil
	}
	return a.ask.Run(func(ctx context.Context) tea.Msg { return doneMsg{words, away, call(ctx, id)} })
}

func (a acts) handle(msg tea.Msg) nav.Cmd {
	switch msg := msg.(type) {
	case verbMsg:
		return a.run(msg.do, msg.id)
	case laterMsg:
		return a.ask.Run(func(ctx context.Context) tea.Msg {
			at, err := a.source.Reschedule(ctx, msg.id, msg.text)
			return doneMsg{words: "Goes out " + a.ask.Dates.Said(at, a.ask.Clock()), err: err}
		})
	case correctMsg:
		if msg.to == "" {
			return nav.Say(a.askAddress(msg.id, msg.failed))
		}
		return a.ask.Run(func(ctx context.Context) tea.Msg {
			_, err := a.source.Redirect(ctx, msg.id, msg.failed, msg.to)
			return doneMsg{words: "Queued for " + nav.Line(msg.to), err: err}
		})
	case draftMsg:
		if msg.err != nil {
			return nav.Failed(msg.err)
		}
		return nav.Batch(nav.Say(nav.EndCountdown{}), nav.Say(nav.Compose{Draft: msg.draft}))
	case doneMsg:
		if msg.err != nil {
			return nav.Failed(msg.err)
		}
		return nav.Batch(nav.Say(nav.EndCountdown{}), nav.Say(nav.Toast{Text: reading.Line(msg.words), Away: reading.Line(msg.away)}))
	}
	return nil
}
