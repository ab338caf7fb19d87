package reader

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/tui/keys"
	"postea/tui/nav"
)

// cardWhy says why an action of a card cannot be done with the current message;
// "" for any other action.
func (m *Model) cardWhy(a keys.Action) string {
	if len(m.items) == 0 {
		return ""
	}
	h := m.items[m.current].head
	switch a {
	case keys.AcceptInvitation, keys.TentativeInvitation, keys.DeclineInvitation, keys.CommentInvitation:
		if h.Invitation == nil || !h.Invitation.Answer {
			return "This message asks for no answer to an invitation"
		}
	case keys.ShowJourney:
		switch {
		case h.Outgoing != nil:
		case h.Bounce == nil:
			return "This message is no report about one of yours"
		case h.Bounce.Outgoing == "":
			return "The message that it is about was not sent from here"
		}
	case keys.LeaveList:
		switch {
		case h.List == nil:
			return "This message came over no list"
		case h.List.Leave == app.LeaveNot:
			return "The list does not say how to leave it"
		}
	case keys.KeepContact:
		if !slices.ContainsFunc(h.Contacts, func(c reading.ContactCard) bool { return len(c.Addresses) > 0 }) {
			return "This message brings no contact with an address"
		}
	case keys.ListArchive:
		if h.List == nil || h.List.Archive == "" {
			return "The message does not say where its archive is"
		}
	}
	return ""
}

func (m *Model) doCard(a keys.Action) nav.Cmd {
	if len(m.items) == 0 {
		return nil
	}
	h := m.items[m.current].head
	switch a {
	case keys.AcceptInvitation:
		return m.answerInvitation(h.ID, "accepted", true)
	case keys.TentativeInvitation:
		return m.answerInvitation(h.ID, "tentative", true)
	case keys.DeclineInvitation:
		return m.answerInvitation(h.ID, "declined", true)
	case keys.CommentInvitation:
		return m.answerMenu(h.ID)
	case keys.ShowJourney:
		if h.Outgoing != nil {
			return nav.Say(nav.OpenJourney{ID: h.Outgoing.ID})
		}
		return nav.Say(nav.OpenJourney{ID: h.Bounce.Outgoing})
	case keys.LeaveList:
		return m.askToLeave(h)
	case keys.KeepContact:
		return m.keepContact(h)
	case keys.ListArchive:
		return m.openLink(h.List.Archive)
	}
	return nil
}

// answerMsg is the answer to an invitation: asked for, begun, or on its way.
type answerMsg struct {
	id     mail.ID
	status string
	draft  mail.Draft
	begun  bool
	until  time.Time
	now    time.Time
	err    error
}

// answerInvitation answers, at once or in the composer.
func (m *Model) answerInvitation(id mail.ID, status string, atOnce bool) nav.Cmd {
	run := m.ask.Change(func(ctx context.Context) tea.Msg {
		d, err := m.source.AnswerInvitation(ctx, id, status)
		msg := answerMsg{id: id, status: status, draft: d, begun: true, err: err}
		if err == nil && atOnce {
			_, msg.until, msg.err = m.source.Send(ctx, d)
			msg.now = m.ask.Clock()
		}
		return msg
	})
	if !atOnce {
		return nav.Hold(run)
	}
	return run
}

// answerMenu asks what the answer is to be, and opens it in the composer.
func (m *Model) answerMenu(id mail.ID) nav.Cmd {
	menu := nav.Menu{Title: "Answer", Hint: "write it"}
	for _, row := range [][2]string{{"Accept", "accepted"}, {"Accept, maybe", "tentative"}, {"Decline", "declined"}} {
		menu.Items = append(menu.Items, nav.Item{Label: row[0], Msg: m.ask.Answer(answerMsg{id: id, status: row[1]})})
	}
	return nav.Say(menu)
}

func (m *Model) answered(msg answerMsg) nav.Cmd {
	switch {
	case msg.err != nil:
		return nav.Failed(msg.err)
	case !msg.begun:
		return m.answerInvitation(msg.id, msg.status, false)
	case msg.now.IsZero():
		return nav.Say(nav.Compose{Draft: msg.draft})
	}
	words := map[string]string{"accepted": "Accepted", "tentative": "Accepted, maybe", "declined": "Declined"}[msg.status]
	toast := nav.Toast{Text: reading.Line(words + ", " + msg.draft.To + " will be told")}
	if msg.until.After(msg.now) {
		toast = nav.Toast{Text: reading.Line(words + ", goes to " + msg.draft.To), Until: msg.until, After: reading.Line(m.ask.Hint(keys.Reader, keys.Undo, "undo"))}
	}
	return nav.Say(toast)
}

type (
	leaveMsg struct{ id mail.ID }
	leftMsg  struct {
		words string
		draft *mail.Draft
		err   error
	}
)

// askToLeave says who is told what before anything leaves this machine. A mail
// is seen in the composer before it goes, and needs no question.
func (m *Model) askToLeave(h app.Message) nav.Cmd {
	l := h.List
	name := l.Name.String()
	if name == "" {
		name = "this list"
	}
	ask := nav.Confirm{Question: "Leave " + name + "?", Yes: "leave", No: "stay", Careful: true, Then: m.ask.Answer(leaveMsg{h.ID})}
	switch l.Leave {
	case app.LeaveByMail:
		return nav.Hold(m.leave(h.ID))
	case app.LeaveByPost:
		ask.Detail = "One request goes to " + l.LeaveAt.String() + ". It says that you want to leave, and by that, that this address is read."
	default:
		ask.Detail = "The browser opens a page of " + l.LeaveAt.String() + ", which learns that this address is read."
		ask.Yes = "open it"
	}
	return nav.Say(ask)
}

func (m *Model) leave(id mail.ID) nav.Cmd {
	return m.ask.Run(func(ctx context.Context) tea.Msg {
		words, draft, err := m.source.LeaveList(ctx, id)
		return leftMsg{words, draft, err}
	})
}

func (m *Model) left(msg leftMsg) nav.Cmd {
	switch {
	case msg.err != nil:
		return nav.Failed(msg.err)
	case msg.draft != nil:
		return nav.Say(nav.Compose{Draft: *msg.draft})
	}
	return nav.Done(msg.words)
}

// cardVisible tells whether any of a message's card is on the screen.
func (m *Model) cardVisible(i int) bool {
	for _, l := range m.visible() {
		if l.kind == rowLine && l.item == i && m.items[i].rows[l.n].bar {
			return true
		}
	}
	return false
}
